//! Figures of some variables, read from the datasets through the query engine.

use crate::error::{Conflict, VaultError};
use crate::manifest::Dataset;
use crate::rowgroup::COLUMNS;
use crate::vault::Shared;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, Int32Type, UInt8Type};
use kekiz_base::figures::observation;
use kekiz_base::{AreaKey, DatasetDigest, FigureKey, Figures, GroupId, Mark, Observation, Period};
use kekiz_disk::DiskError;
use kekiz_lake::{Session, SessionConfig};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;

pub(crate) fn read(shared: &Shared, datasets: &[Dataset], names: &[&str]) -> Result<Figures, VaultError> {
    let has = |name: &str| datasets.iter().any(|dataset| dataset.variables.contains_key(name));
    let unknown: BTreeSet<&str> = names.iter().copied().filter(|name| !has(name)).collect();
    if !unknown.is_empty() {
        let known: BTreeSet<&SmolStr> =
            datasets.iter().flat_map(|dataset| dataset.variables.keys()).collect();
        return Err(VaultError::UnknownVariables { names: list(unknown), known: list(known) });
    }
    let mut figures = Figures::default();
    let mut conflicts = Conflicts::default();
    let session = Session::local(&SessionConfig { may_spill: false, ..SessionConfig::default() })?;
    for dataset in datasets {
        let wanted: Vec<&str> =
            names.iter().copied().filter(|name| dataset.variables.contains_key(*name)).collect();
        if wanted.is_empty() {
            continue;
        }
        let path = shared.file(dataset);
        check(dataset, &path)?;
        session.register_file(&dataset.file, &path)?;
        let batches = session.select(&dataset.file, &COLUMNS, "variable", &wanted)?;
        let content = |problem| VaultError::Content { path: path.clone(), problem };
        for batch in &batches {
            take(batch, &mut figures, &mut conflicts, &dataset.info.id).map_err(content)?;
        }
        for name in wanted {
            let origin = DatasetDigest { info: dataset.info.clone(), digest: dataset.digest.clone() };
            figures.add_origin(&SmolStr::new(name), origin);
        }
    }
    conflicts.into_result()?;
    Ok(figures)
}

fn list<T: ToString>(names: BTreeSet<T>) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("„{}“", name.to_string())).collect();
    if names.is_empty() { "nichts".into() } else { names.join(", ") }
}

/// Compares the file's bytes with its name.
fn check(dataset: &Dataset, path: &Path) -> Result<(), VaultError> {
    let fail = |reason| DiskError::new("lesen", path, reason);
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path).map_err(fail)?).map_err(fail)?;
    if hasher.finalize().to_hex().as_str() == dataset.file {
        return Ok(());
    }
    Err(VaultError::Tampered { dataset: dataset.info.id.clone(), path: path.to_path_buf() })
}

/// A column of words: their distinct values and, for each row, which of them.
struct Words<T> {
    values: Vec<T>,
    rows: Vec<usize>,
}

impl<T> Words<T> {
    fn of(
        batch: &RecordBatch,
        name: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Self, String> {
        let column = batch.column_by_name(name).ok_or_else(|| format!("die Spalte „{name}“ fehlt"))?;
        let wanted = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let column = cast(column, &wanted).map_err(|_| format!("die Spalte „{name}“ enthält keine Texte"))?;
        if column.null_count() > 0 {
            return Err(format!("die Spalte „{name}“ hat Lücken"));
        }
        let column = column.as_dictionary::<Int32Type>();
        let texts: &StringArray = column.values().as_string();
        let values = texts.iter().map(|text| parse(text.unwrap_or_default())).collect::<Result<_, _>>()?;
        let rows = column.keys().values().iter().map(|key| usize::try_from(*key).unwrap_or(0)).collect();
        Ok(Self { values, rows })
    }

    fn at(&self, row: usize) -> &T {
        &self.values[self.rows[row]]
    }
}

fn take(
    batch: &RecordBatch,
    figures: &mut Figures,
    conflicts: &mut Conflicts,
    id: &str,
) -> Result<(), String> {
    let areas = Words::of(batch, "area", |text| Ok(AreaKey::new(text)))?;
    let periods = Words::of(batch, "period", |text| text.parse::<Period>().map_err(|e| e.to_string()))?;
    let variables = Words::of(batch, "variable", |text| Ok(SmolStr::new(text)))?;
    let groups = Words::of(batch, "group", |text| Ok(GroupId::new(text)))?;
    let column = |name: &str, wanted: &DataType| -> Result<ArrayRef, String> {
        let column = batch.column_by_name(name).ok_or_else(|| format!("die Spalte „{name}“ fehlt"))?;
        cast(column, wanted).map_err(|_| format!("die Spalte „{name}“ hat einen unerwarteten Typ"))
    };
    let (values, states) = (column("value", &DataType::Float64)?, column("state", &DataType::UInt8)?);
    let (values, states) = (values.as_primitive::<Float64Type>(), states.as_primitive::<UInt8Type>());
    for row in 0..batch.num_rows() {
        let value = values.is_valid(row).then(|| values.value(row));
        let state = states.value(row);
        let found = observation(state, value).ok_or_else(|| format!("der Zustand {state} ist unbekannt"))?;
        let key = (areas.at(row).clone(), *periods.at(row), groups.at(row).clone());
        add(figures, conflicts, variables.at(row), key, found, id);
    }
    Ok(())
}

fn add(
    figures: &mut Figures,
    conflicts: &mut Conflicts,
    variable: &SmolStr,
    key: FigureKey,
    found: Observation,
    id: &str,
) {
    const SILENT: Observation = Observation::Missing(Mark::Empty);
    let Some(before) = figures.insert(variable, key.clone(), found) else { return };
    if found == SILENT {
        figures.insert(variable, key, before);
    } else if before != found && before != SILENT {
        let others = figures.origins(variable).iter().map(|origin| origin.info.id.clone());
        conflicts.note(variable, key, others.chain([id.to_string()]));
    }
}

/// Contradicting cells by variable, with the datasets that have the variable.
#[derive(Default)]
struct Conflicts(BTreeMap<SmolStr, (BTreeSet<String>, BTreeSet<FigureKey>)>);

impl Conflicts {
    fn note(&mut self, variable: &SmolStr, key: FigureKey, datasets: impl Iterator<Item = String>) {
        let (names, cells) = self.0.entry(variable.clone()).or_default();
        names.extend(datasets);
        cells.insert(key);
    }

    fn into_result(self) -> Result<(), VaultError> {
        let conflicts: Vec<Conflict> = self
            .0
            .into_iter()
            .filter_map(|(variable, (names, cells))| {
                let (area, period, _) = cells.first()?.clone();
                let datasets = names.into_iter().collect();
                Some(Conflict { variable, datasets, cells: cells.len(), first: (area, period) })
            })
            .collect();
        if conflicts.is_empty() { Ok(()) } else { Err(VaultError::Contradiction { conflicts }) }
    }
}
