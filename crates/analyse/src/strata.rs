//! Long tables: several rows per key, told apart by a second column.

use crate::AnalyseError;
use crate::counts::Names;
use crate::source::table_file;
use kekiz_base::Diagnostics;
use kekiz_tables::read_columns;
use std::path::Path;

/// Rows by key and second column, in the order of their first appearance.
pub(crate) struct Strata {
    /// Keys.
    pub(crate) keys: Vec<String>,
    /// Texts of the second column.
    pub(crate) strata: Vec<String>,
    /// One grid per column of numbers, key by key. The outer `None` is a row that is not there, the inner one a cell
    /// without a number.
    pub(crate) cells: Vec<Vec<Option<Option<f64>>>>,
    /// What was found on the way.
    pub(crate) diagnostics: Diagnostics,
}

impl Strata {
    /// Number of the row of a key and second text in the grids.
    pub(crate) fn at(&self, key: usize, stratum: usize) -> usize {
        key * self.strata.len() + stratum
    }
}

/// Reads a long table.
///
/// # Errors
/// A German sentence for two rows with the same key and second text, and what reading refuses.
pub(crate) fn strata(
    path: &Path,
    key: Option<&str>,
    stratum: &str,
    columns: &[&str],
) -> Result<Strata, AnalyseError> {
    let file = table_file(path)?;
    let names: Vec<&str> = columns.iter().copied().chain([stratum]).chain(key).collect();
    let (table, mut diagnostics) = read_columns(&file, &names)?;
    let numbers = (0..columns.len()).map(|at| table.numbers(at, &mut diagnostics));
    let numbers = numbers.collect::<Result<Vec<_>, _>>()?;
    let (mut keys, mut strata) = (Names::default(), Names::default());
    let places: Vec<(usize, usize)> = (0..table.rows())
        .map(|row| {
            let name = key.map_or("", |_| table.texts[columns.len() + 1][row].as_str());
            (keys.number(name), strata.number(&table.texts[columns.len()][row]))
        })
        .collect();
    let size = keys.list.len() * strata.list.len();
    let mut cells = vec![vec![None; size]; columns.len()];
    let mut lines = vec![0_u64; size];
    for (row, (key, stratum)) in places.iter().enumerate() {
        let at = key * strata.list.len() + stratum;
        if lines[at] > 0 {
            return Err(AnalyseError::Input(format!(
                "{}: „{}“ mit „{}“ steht in Zeile {} und in Zeile {}. Abhilfe: jede Verbindung nur einmal aufführen.",
                file.name, keys.list[*key], strata.list[*stratum], lines[at], table.lines[row]
            )));
        }
        lines[at] = table.lines[row];
        for (cells, numbers) in cells.iter_mut().zip(&numbers) {
            cells[at] = Some(numbers[row]);
        }
    }
    Ok(Strata { keys: keys.list, strata: strata.list, cells, diagnostics })
}
