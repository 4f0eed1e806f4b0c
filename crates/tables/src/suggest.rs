//! A first mapping made from the file itself.

mod columns;
mod genesis;
mod roles;
mod write;

use crate::body::with_table;
use crate::mapping::FileHints;
use crate::open::{Opened, TableFile, open};
use crate::records::each_record;
use crate::words::is_footer;
use crate::{ReadError, dialect::Dialect};
use columns::Column;
use kekiz_base::Diagnostics;
use roles::Roles;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// Rows that are looked at, and cells; a very wide table shows itself in fewer rows.
const LOOK: usize = 20_000;
const LOOK_CELLS: usize = 2_000_000;

/// Writes a first mapping (TOML with comments) for a table. It parses, and reads the table where the guesses are
/// right; source and licence are for the user to fill in.
///
/// # Errors
/// When the file cannot be opened or is no table, when none of its columns holds numbers (a list, a description of
/// other data), and when its rows are single places with coordinates rather than figures of areas.
pub fn suggest(file: &TableFile) -> Result<(String, Diagnostics), ReadError> {
    match suggest_with(file, &FileHints::default()) {
        Err((error, sheets)) => {
            // A cover in front of the tables: the first sheet that is a table counts.
            let other = sheets.into_iter().take(SHEETS).find_map(|sheet| {
                suggest_with(file, &FileHints { sheet: Some(sheet), ..FileHints::default() }).ok()
            });
            other.ok_or(error)
        }
        Ok(done) => Ok(done),
    }
}

/// Sheets that are looked at when the first is no table.
const SHEETS: usize = 20;

/// A suggestion, or why there is none and which other sheets there are.
fn suggest_with(
    file: &TableFile,
    hints: &FileHints,
) -> Result<(String, Diagnostics), (ReadError, Vec<String>)> {
    let mut found = look(file, hints).map_err(|error| (error, sheet_names(file)))?;
    let line = found.dialect.header_line;
    let two_rows = |first: u64| {
        let hints = FileHints { header_line: Some(first), header_rows: Some(2), ..hints.clone() };
        look(file, &hints)
    };
    if repeats(&found.dialect.header) {
        // Years above and figures below, or the other way round: the names are unique only together.
        for first in [line, line.saturating_sub(1)].into_iter().filter(|first| *first > 0) {
            if let Ok(two) = two_rows(first)
                && roles::two_way(&two.columns).is_some()
            {
                found = two;
                break;
            }
        }
    } else if found.units_below
        && let Ok(two) = two_rows(line)
    {
        found = two;
    }
    if genesis::is_genesis(&found.columns) {
        let text = write::head(file, &found) + &genesis::write(&found.columns);
        return Ok((text, found.diagnostics));
    }
    let others = found.sheet.as_ref().map_or(Vec::new(), |(_, others)| others.clone());
    let roles = Roles::find(file, &found).map_err(|error| (error, others))?;
    Ok((write::head(file, &found) + &write::body(file, &found, &roles), found.diagnostics))
}

/// The sheets behind the first, where the file is a workbook.
fn sheet_names(file: &TableFile) -> Vec<String> {
    let names = open(file, &FileHints::default(), |opened, _| {
        Ok(match opened {
            Opened::Sheet(sheet) => sheet.others,
            Opened::Text(_) => Vec::new(),
        })
    });
    names.unwrap_or_default()
}

/// A table that was looked at.
struct Looked {
    dialect: Dialect,
    columns: Vec<Column>,
    /// The sheet and the others of the workbook.
    sheet: Option<(String, Vec<String>)>,
    /// The sheet has to be named, since it is not the first.
    stated_sheet: bool,
    header_rows: usize,
    /// The first row names units under the columns of numbers.
    units_below: bool,
    diagnostics: Diagnostics,
}

fn look(file: &TableFile, hints: &FileHints) -> Result<Looked, ReadError> {
    let mut diagnostics = Diagnostics::new();
    let (dialect, columns, sheet) = open(file, hints, |opened, _| {
        with_table(file, opened, hints, &[], &mut diagnostics, |mut body, dialect, diagnostics| {
            let mut columns: Vec<Column> = dialect.header.iter().map(|name| Column::new(name)).collect();
            let delimiter = dialect.delimiter;
            let (mut rows, most) = (0, LOOK.min(LOOK_CELLS / columns.len().max(1)));
            while rows < most
                && let Some((chunk, _)) = body.next_chunk()?
            {
                each_record(&chunk, delimiter, |buffer, fields, _| {
                    let first = String::from_utf8_lossy(fields.get(buffer, 0));
                    if fields.len() == columns.len() && !is_footer(&first) {
                        for (index, column) in columns.iter_mut().enumerate() {
                            column.look(fields.get(buffer, index));
                        }
                    }
                    rows += 1;
                    if rows >= most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                });
            }
            body.say_encoding(&file.name, diagnostics);
            let sheet = body.sheets().map(|(name, others)| (name.to_string(), others.to_vec()));
            Ok((dialect, columns, sheet))
        })
    })?;
    let units_below = hints.header_rows.is_none() && columns::units_below(&columns);
    Ok(Looked {
        dialect,
        columns,
        sheet,
        stated_sheet: hints.sheet.is_some(),
        header_rows: hints.header_rows.unwrap_or(1),
        units_below,
        diagnostics,
    })
}

/// Whether a name stands over several columns, by repetition or by fields left empty beside it.
fn repeats(header: &[String]) -> bool {
    let mut seen = BTreeSet::new();
    header.iter().any(|name| name.is_empty() || !seen.insert(name))
}
