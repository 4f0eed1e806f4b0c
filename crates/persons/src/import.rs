//! A file of person records into the strongbox: all or nothing.

use crate::describe::Description;
use crate::error::{PersonsError, Refused};
use crate::office::Office;
use jiff::civil::Date;
use kekiz_base::{AreaKey, Diagnostics, Period, Severity};
use kekiz_microdata::{AreaFinder, Intake, Schema, Summary, read, take_in};
use kekiz_strongbox::ItemKind;
use kekiz_tables::TableFile;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is to be imported, and how.
pub struct ImportJob<'a> {
    /// The file.
    pub file: &'a TableFile,
    /// Which variable is what.
    pub schema: &'a Schema,
    /// Name of the dataset; one of that name is replaced.
    pub dataset: &'a str,
    /// Finds areas of addresses.
    pub areas: &'a dyn AreaFinder,
    /// Keys of the areas that exist; empty: any key is taken.
    pub known_areas: &'a BTreeSet<AreaKey>,
    /// Day the records stand for.
    pub reference: Option<Date>,
    /// Period of all records, where the schema does not take it from a variable.
    pub period: Option<Period>,
    /// Lists of known keys by their name (`kitas`).
    pub lists: &'a BTreeMap<String, BTreeSet<String>>,
    /// Last day the dataset may be kept.
    pub keep_until: Option<Date>,
    /// Only read and judge, store nothing.
    pub check_only: bool,
}

/// What was imported: numbers that say nothing about a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Name of the dataset.
    pub dataset: String,
    /// Title of the schema.
    pub title: String,
    /// Rows, areas, coverage.
    pub summary: Summary,
    /// Whether particulars for linking (Hilfsmerkmale) lie apart.
    pub linking: bool,
    /// Whether a dataset of that name was replaced. Links made with it are gone with it.
    pub replaced: bool,
    /// Whether it was stored; not so for `check_only`.
    pub stored: bool,
}

/// Imports a file.
///
/// Records, particulars and description become visible in one step. When a dataset of the name was there, it is
/// replaced, and links that rest on it are removed, since record numbers may mean other rows now.
///
/// # Errors
/// The file cannot be read or is refused ([`PersonsError::Refused`] with all findings); the strongbox refuses. Nothing was
/// stored then.
pub fn import(office: &Office, job: &ImportJob<'_>) -> Result<(Imported, Diagnostics), PersonsError> {
    let raw = read(job.file, job.schema)?;
    let key = office.key();
    let intake = Intake {
        dataset: job.dataset,
        key: &key,
        areas: job.areas,
        reference: job.reference,
        period: job.period,
        lists: job.lists,
        known_areas: job.known_areas,
    };
    let (taken, findings) = take_in(&raw, job.schema, &intake);
    drop(raw);
    let Some(taken) = taken else {
        let errors = findings.count(Severity::Error);
        let found = if errors == 1 { "1 Fehler".to_string() } else { format!("{errors} Fehler") };
        let message =
            format!("„{}“ wurde nicht eingelesen: {found}. Am Bestand wurde nichts geändert.", job.file.name);
        return Err(PersonsError::Refused(Box::new(Refused { message, findings })));
    };
    let mut imported = Imported {
        dataset: job.dataset.into(),
        title: job.schema.title.clone(),
        summary: taken.summary.clone(),
        linking: taken.linking.is_some(),
        replaced: false,
        stored: false,
    };
    if job.check_only {
        return Ok((imported, findings));
    }
    let description = Description {
        dataset: job.dataset.into(),
        schema: job.schema.clone(),
        file: job.file.name.clone(),
        summary: taken.summary,
        reference: job.reference,
        keep_until: job.keep_until,
    };
    let rows = taken.records.rows() as u64;
    let mut change = office.strongbox.begin("import", job.dataset)?;
    let before: Vec<_> = change.items().to_vec();
    for item in &before {
        let of_dataset = item.name == job.dataset
            && matches!(item.kind, ItemKind::Description | ItemKind::Records | ItemKind::Linking);
        let rests = matches!(item.kind, ItemKind::Links | ItemKind::Decisions)
            && item.rests_on.iter().any(|base| base.name == job.dataset);
        if of_dataset || rests {
            change.remove(item.kind, &item.name)?;
            imported.replaced = true;
        }
    }
    let text = serde_json::to_vec(&description).unwrap_or_default();
    let base =
        change.put(ItemKind::Records, job.dataset, rows, Vec::new(), &taken.records.to_bytes())?.as_base();
    change.put(ItemKind::Description, job.dataset, rows, vec![base.clone()], &text)?;
    if let Some(linking) = &taken.linking {
        change.put(ItemKind::Linking, job.dataset, rows, vec![base], &linking.to_bytes())?;
    }
    change.commit(&format!("{rows} Datensätze"))?;
    imported.stored = true;
    Ok((imported, findings))
}
