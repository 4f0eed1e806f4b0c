//! Which areas are municipalities of the initiative.

use crate::error::{AppError, read_input};
use crate::project::Project;
use kekiz_base::AreaKey;
use std::collections::BTreeSet;

/// Keys of the municipalities the configuration names; none where it names no file.
pub(crate) fn load(project: &Project) -> Result<BTreeSet<AreaKey>, AppError> {
    let Some(members) = &project.config.members else { return Ok(BTreeSet::new()) };
    let path = project.resolve(&members.file);
    let bytes = read_input(&path)?;
    let fail = |reason: String| {
        AppError::input(format!(
            "„{}“: {reason} Abhilfe: die Datei oder [members] in kekiz.toml berichtigen.",
            path.display()
        ))
    };
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let headers = reader.headers().map_err(|error| fail(format!("keine lesbare CSV-Datei ({error}).")))?;
    let column = headers
        .iter()
        .position(|name| name.trim_start_matches('\u{feff}') == members.key)
        .ok_or_else(|| fail(format!("Eine Spalte „{}“ gibt es nicht.", members.key)))?;
    let mut keys = BTreeSet::new();
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(|error| fail(format!("Zeile {}: {error}.", row + 2)))?;
        let (key, _) = members
            .key_kind
            .parse(record.get(column).unwrap_or_default())
            .map_err(|problem| fail(format!("Zeile {}: {problem}", row + 2)))?;
        // A kreisfreie Stadt is a Gemeinde and a Kreis at once, under two keys of one territory.
        if let Some(kreis) = key.as_str().strip_suffix("000").filter(|kreis| kreis.len() == 5) {
            keys.insert(AreaKey::new(kreis));
        }
        keys.insert(key);
    }
    Ok(keys)
}
