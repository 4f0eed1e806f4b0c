//! Opening a table, whatever it was written in.

use crate::AnalyseError;
use kekiz_tables::TableFile;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use std::path::Path;

/// A table by its path. Parquet files become a table of text; nested columns are refused.
///
/// # Errors
/// A German sentence when a Parquet file cannot be read.
pub(crate) fn table_file(path: &Path) -> Result<TableFile, AnalyseError> {
    if !path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet")) {
        return Ok(TableFile::from_path(path));
    }
    let damaged = |cause: &dyn std::fmt::Display| {
        AnalyseError::Input(format!(
            "{}: nicht lesbar ({cause}). Abhilfe: die Datei neu schreiben, oder als CSV.",
            path.display()
        ))
    };
    let reader =
        SerializedFileReader::new(bytes::Bytes::from(crate::input::bytes(path)?)).map_err(|e| damaged(&e))?;
    let schema = reader.metadata().file_metadata().schema_descr();
    let mut text = String::new();
    let names = schema.columns().iter().map(|column| quoted(&column.path().string()));
    text.push_str(&names.collect::<Vec<_>>().join(","));
    text.push('\n');
    for row in reader.get_row_iter(None).map_err(|e| damaged(&e))? {
        let row = row.map_err(|e| damaged(&e))?;
        let cells = row.get_column_iter().map(|(_, field)| cell(field));
        let cells: Option<Vec<String>> = cells.collect();
        let Some(cells) = cells else {
            return Err(damaged(&"verschachtelte Spalten"));
        };
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    let name = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    Ok(TableFile::from_bytes(format!("{name}.csv"), text.into_bytes()))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn cell(field: &Field) -> Option<String> {
    match field {
        Field::Null => Some(String::new()),
        Field::Str(text) => Some(quoted(text)),
        Field::Float(number) => Some(plain(f64::from(*number))),
        Field::Double(number) => Some(plain(*number)),
        Field::Group(_) | Field::ListInternal(_) | Field::MapInternal(_) | Field::Bytes(_) => None,
        other => Some(quoted(&other.to_string())),
    }
}

/// A number that is read back as the same, whatever the country: fractions in the notation of programs.
fn plain(number: f64) -> String {
    let whole = number.fract() == 0.0 && number.abs() < 1e15;
    if whole { format!("{number}") } else { format!("{number:e}") }
}
