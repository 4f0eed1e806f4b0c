//! Keys and numbers of a table, for methods that need no neighbours.

use crate::AnalyseError;
use crate::source::table_file;
use kekiz_base::Diagnostics;
use kekiz_tables::read_columns;
use std::path::Path;

/// Rows of a table: a key and one number per column asked for.
pub(crate) struct Rows {
    /// Key of each row; its number without a key column.
    pub(crate) keys: Vec<String>,
    /// One list per column.
    pub(crate) numbers: Vec<Vec<Option<f64>>>,
    /// What was found on the way.
    pub(crate) diagnostics: Diagnostics,
}

pub(crate) fn rows(path: &Path, key: Option<&str>, columns: &[&str]) -> Result<Rows, AnalyseError> {
    let file = table_file(path)?;
    let names: Vec<&str> = columns.iter().copied().chain(key).collect();
    let (table, mut diagnostics) = read_columns(&file, &names)?;
    let numbers = (0..columns.len()).map(|at| table.numbers(at, &mut diagnostics));
    let numbers = numbers.collect::<Result<Vec<_>, _>>()?;
    let keys = match key {
        Some(_) => table.texts[columns.len()].clone(),
        None => (1..=table.rows()).map(|row| row.to_string()).collect(),
    };
    Ok(Rows { keys, numbers, diagnostics })
}
