//! Generated datasets for the tests.
#![allow(clippy::unwrap_used)]
#![allow(dead_code)]

use kekiz_base::*;
use kekiz_vault::{Dataset, DatasetWriter, Vault, VaultError};
use smol_str::SmolStr;

pub(crate) fn info(id: &str) -> DatasetInfo {
    DatasetInfo {
        id: id.into(),
        source: Source { title: "Probe".into(), ..Source::default() },
        protected_by_publisher: false,
        file_name: "probe.csv".into(),
        file_digest: "00".into(),
        mapping_digest: "11".into(),
    }
}

/// One row: area, year, variable, group, observation.
pub(crate) type Row<'a> = (&'a str, i16, &'a str, &'a str, Observation);

pub(crate) fn value(value: f64) -> Observation {
    Observation::Value(value, Annotation::None)
}

pub(crate) fn append(
    writer: &mut DatasetWriter,
    rows: &[Row<'_>],
    batch_rows: usize,
) -> Result<(), VaultError> {
    append_with(writer, &mut FigureDictionaries::default(), rows, batch_rows)
}

/// Appends further rows with dictionaries that grow, as an importer does.
pub(crate) fn append_with(
    writer: &mut DatasetWriter,
    dictionaries: &mut FigureDictionaries,
    rows: &[Row<'_>],
    batch_rows: usize,
) -> Result<(), VaultError> {
    for part in rows.chunks(batch_rows) {
        let mut batch = FigureBatch::default();
        for (area, year, variable, group, observation) in part {
            batch.push(
                dictionaries.areas.number(&AreaKey::new(area)),
                dictionaries.periods.number(&Period::Year(*year)),
                dictionaries.variables.number(&SmolStr::new(variable)),
                dictionaries.groups.number(&GroupId::new(group)),
                *observation,
            );
        }
        writer.append(&batch, dictionaries)?;
    }
    Ok(())
}

pub(crate) fn import(vault: &Vault, id: &str, rows: &[Row<'_>]) -> Result<Dataset, VaultError> {
    let mut writer = vault.begin(info(id))?;
    append(&mut writer, rows, 7)?;
    writer.commit()
}

/// A German message with a remedy.
pub(crate) fn check_message(error: &VaultError, part: &str) {
    let text = error.to_string();
    assert!(text.contains(part) && text.contains("Abhilfe"), "{text}");
}

/// Names of everything in a directory of the vault, ordered.
pub(crate) fn names(vault: &Vault, dir: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(vault.dir().join(dir))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
