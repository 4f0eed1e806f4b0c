//! Taking out again: a dataset, its particulars, or one person everywhere.

use crate::describe::resting;
use crate::error::PersonsError;
use crate::office::Office;
use jiff::civil::Date;
use kekiz_microdata::{Table, Values};
use kekiz_strongbox::{Item, ItemKind};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What was taken out of one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PurgedPart {
    /// What it is (`records`, `linking`, `links` …).
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Rows that were taken out.
    pub rows: u64,
    /// Whether the item is gone as a whole.
    pub whole: bool,
}

/// What was taken out, and what was let out before and rests on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PurgeReport {
    /// What was taken out.
    pub parts: Vec<PurgedPart>,
    /// Names of releases that rest on it; they stay, since they hold no person.
    pub releases: Vec<String>,
}

fn gone(item: &Item) -> PurgedPart {
    PurgedPart { kind: item.kind.slug(), name: item.name.clone(), rows: item.rows, whole: true }
}

/// Takes out a dataset with its particulars, and the links that rest on it.
///
/// # Errors
/// There is no such dataset, or the strongbox refuses.
pub fn purge_dataset(office: &Office, dataset: &str) -> Result<PurgeReport, PersonsError> {
    office.strongbox.item(ItemKind::Records, dataset)?;
    purge(office, dataset, |item| match item.kind {
        ItemKind::Description | ItemKind::Records | ItemKind::Linking => item.name == dataset,
        ItemKind::Links | ItemKind::Decisions => item.rests_on.iter().any(|base| base.name == dataset),
        ItemKind::Release => false,
    })
}

/// Takes out the particulars of a dataset only: names and dates are gone, links and content stay. What § 103 SGB VIII asks
/// for once linking is done.
///
/// # Errors
/// The dataset has none, or the strongbox refuses.
pub fn purge_linking(office: &Office, dataset: &str) -> Result<PurgeReport, PersonsError> {
    office.strongbox.item(ItemKind::Linking, dataset)?;
    purge(office, dataset, |item| item.kind == ItemKind::Linking && item.name == dataset)
}

fn purge(office: &Office, dataset: &str, goes: impl Fn(&Item) -> bool) -> Result<PurgeReport, PersonsError> {
    let mut change = office.strongbox.begin("purge", dataset)?;
    let items = change.items().to_vec();
    let mut report = PurgeReport { parts: Vec::new(), releases: Vec::new() };
    for item in items.iter().filter(|item| goes(item)) {
        change.remove(item.kind, &item.name)?;
        report.parts.push(gone(item));
    }
    report.releases = resting(&items, ItemKind::Release, dataset).map(|item| item.name.clone()).collect();
    change.commit(&format!("{} Teile gelöscht", report.parts.len()))?;
    Ok(report)
}

/// Takes out one person everywhere: every record with the pseudonym, every record linked to one of those, their
/// particulars and links.
///
/// # Errors
/// Nobody has the pseudonym, or the strongbox refuses.
pub fn purge_person(office: &Office, pseudonym: &str) -> Result<PurgeReport, PersonsError> {
    // The log names nobody: the first digits tell the office which request it was.
    let subject =
        format!("person {}…", pseudonym.chars().filter(char::is_ascii_hexdigit).take(8).collect::<String>());
    let mut change = office.strongbox.begin("purge", &subject)?;
    let items = change.items().to_vec();
    let mut tables: Vec<(&Item, Table)> = Vec::new();
    for item in &items {
        if matches!(item.kind, ItemKind::Records | ItemKind::Linking | ItemKind::Links | ItemKind::Decisions)
        {
            let bytes = change.read(item.kind, &item.name, "Löschung")?;
            let table = Table::from_bytes(&bytes)
                .map_err(|reason| PersonsError::Table { name: item.name.clone(), reason })?;
            tables.push((item, table));
        }
    }
    let found = records_of(&tables, pseudonym);
    if found.is_empty() {
        return Err(PersonsError::UnknownPerson);
    }
    let mut report = PurgeReport { parts: Vec::new(), releases: Vec::new() };
    let mut touched: BTreeSet<&str> = BTreeSet::new();
    for (item, table) in &tables {
        let keep: Vec<bool> =
            (0..table.rows()).map(|row| !names(table, row).any(|name| found.contains(name))).collect();
        let out = keep.iter().filter(|keep| !**keep).count() as u64;
        if out == 0 {
            continue;
        }
        if matches!(item.kind, ItemKind::Records) {
            touched.insert(&item.name);
        }
        let kept = table.filtered(&keep);
        change.put(item.kind, &item.name, kept.rows() as u64, item.rests_on.clone(), &kept.to_bytes())?;
        report.parts.push(PurgedPart {
            kind: item.kind.slug(),
            name: item.name.clone(),
            rows: out,
            whole: false,
        });
    }
    let releases = touched.iter().flat_map(|dataset| resting(&items, ItemKind::Release, dataset));
    report.releases = releases.map(|item| item.name.clone()).collect::<BTreeSet<_>>().into_iter().collect();
    change.commit(&format!("{} Datensätze gelöscht", found.len()))?;
    Ok(report)
}

/// Columns that hold record numbers: in tables of records and particulars one, in links and decisions two.
const RECORD_COLUMNS: [&str; 3] = ["record", "left", "right"];

fn names(table: &Table, row: usize) -> impl Iterator<Item = &str> {
    RECORD_COLUMNS.iter().filter_map(move |name| table.column(name)?.code(row))
}

/// The record numbers of a person: those with the pseudonym, and what is linked to them, again and again.
fn records_of(tables: &[(&Item, Table)], pseudonym: &str) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = BTreeSet::new();
    let mut linked: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (item, table) in tables {
        match item.kind {
            ItemKind::Records => {
                for column in table.columns() {
                    let Values::Codes(codes) = &column.values else { continue };
                    if !codes.words().iter().any(|word| word == pseudonym) {
                        continue;
                    }
                    let rows = (0..table.rows()).filter(|row| codes.get(*row) == Some(pseudonym));
                    found.extend(rows.filter_map(|row| names(table, row).next()).map(String::from));
                }
            }
            ItemKind::Links => {
                for row in 0..table.rows() {
                    if let [Some(left), Some(right)] =
                        ["left", "right"].map(|name| table.column(name)?.code(row))
                    {
                        linked.entry(left).or_default().push(right);
                        linked.entry(right).or_default().push(left);
                    }
                }
            }
            _ => {}
        }
    }
    let mut open: Vec<String> = found.iter().cloned().collect();
    while let Some(record) = open.pop() {
        for other in linked.get(record.as_str()).into_iter().flatten() {
            if found.insert((*other).to_string()) {
                open.push((*other).to_string());
            }
        }
    }
    found
}

/// Datasets whose time is over on a day, with that time.
///
/// # Errors
/// The strongbox refuses.
pub fn overdue(office: &Office, today: Date) -> Result<Vec<(String, Date)>, PersonsError> {
    let mut found = Vec::new();
    for item in office.strongbox.list()?.iter().filter(|item| item.kind == ItemKind::Description) {
        let description = office.description(&item.name, "Fristprüfung")?;
        if let Some(until) = description.keep_until.filter(|until| *until < today) {
            found.push((item.name.clone(), until));
        }
    }
    Ok(found)
}
