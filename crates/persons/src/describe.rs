//! What lies in the strongbox, told without a person's value.

use crate::error::PersonsError;
use crate::office::Office;
use jiff::civil::Date;
use kekiz_microdata::{Schema, Summary};
use kekiz_strongbox::{Item, ItemKind};
use serde::{Deserialize, Serialize};

/// What is known of a dataset beside its records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Description {
    /// Its name.
    pub dataset: String,
    /// The schema it was read by.
    pub schema: Schema,
    /// Name of the file.
    pub file: String,
    /// Rows, areas, coverage.
    pub summary: Summary,
    /// Day the records stand for.
    pub reference: Option<Date>,
    /// Last day it may be kept.
    pub keep_until: Option<Date>,
}

/// A dataset in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DatasetLine {
    /// Its name.
    pub dataset: String,
    /// Number of records.
    pub rows: u64,
    /// When it was stored (UTC).
    pub stored: String,
    /// Who stored it.
    pub user: String,
    /// Whether particulars for linking (Hilfsmerkmale) are still there.
    pub linking: bool,
    /// Links made with it.
    pub links: Vec<String>,
    /// What was let out and rests on it.
    pub releases: Vec<String>,
}

/// All datasets, ordered by name.
///
/// # Errors
/// The strongbox refuses.
pub fn list(office: &Office) -> Result<Vec<DatasetLine>, PersonsError> {
    let items = office.strongbox.list()?;
    let resting = |kind: ItemKind, dataset: &str| {
        resting(&items, kind, dataset).map(|item| item.name.clone()).collect()
    };
    let datasets = items.iter().filter(|item| item.kind == ItemKind::Records);
    let lines = datasets.map(|item| DatasetLine {
        dataset: item.name.clone(),
        rows: item.rows,
        stored: item.stored.clone(),
        user: item.user.clone(),
        linking: items.iter().any(|other| other.kind == ItemKind::Linking && other.name == item.name),
        links: resting(ItemKind::Links, &item.name),
        releases: resting(ItemKind::Release, &item.name),
    });
    Ok(lines.collect())
}

/// The items of a kind that rest on a dataset.
pub(crate) fn resting<'a>(
    items: &'a [Item],
    kind: ItemKind,
    dataset: &'a str,
) -> impl Iterator<Item = &'a Item> + 'a {
    items
        .iter()
        .filter(move |item| item.kind == kind && item.rests_on.iter().any(|base| base.name == dataset))
}

/// One dataset: schema, coverage of each variable, how long it may be kept.
///
/// # Errors
/// There is no such dataset, or the strongbox refuses.
pub fn describe(office: &Office, dataset: &str) -> Result<Description, PersonsError> {
    office.description(dataset, "Beschreibung")
}
