//! Lines of fixed width, as the statistical offices of the Länder hand them out.

use crate::IntakeError;
use crate::raw::{RawCell, RawColumn, RawTable};
use crate::schema::Schema;
use encoding_rs::{Encoding, WINDOWS_1252};
use std::collections::BTreeMap;

/// Reads the lines; positions count characters. Lines that end before the last variable are refused, since a shifted line
/// would put values under wrong names.
pub(crate) fn read(file: &str, bytes: &[u8], schema: &Schema) -> Result<RawTable, IntakeError> {
    let stated = schema.file.encoding.as_deref().and_then(|label| Encoding::for_label(label.as_bytes()));
    let text = match stated {
        Some(encoding) => encoding.decode(bytes).0,
        None => match std::str::from_utf8(bytes) {
            Ok(text) => text.trim_start_matches('\u{feff}').into(),
            Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
        },
    };
    let end = |from: Option<usize>, length: Option<usize>| Some(from? - 1 + length?);
    let width = schema.variables.iter().filter_map(|v| end(v.from, v.length)).max().unwrap_or(0);
    let mut columns: Vec<RawColumn> = schema
        .variables
        .iter()
        .map(|variable| RawColumn {
            name: variable.name.clone(),
            label: variable.title.clone(),
            labels: BTreeMap::new(),
            cells: Vec::new(),
        })
        .collect();
    let mut lines = Vec::new();
    for (number, line) in (1u64..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let characters: Vec<char> = line.chars().collect();
        if characters.len() < width {
            return Err(IntakeError::file(
                file,
                format!("Zeile {number} hat {} Stellen; das Schema braucht {width}.", characters.len()),
                "Die Datensatzbeschreibung mit dem Schema vergleichen; Leerzeichen am Zeilenende gehören dazu.",
            ));
        }
        for (column, variable) in columns.iter_mut().zip(&schema.variables) {
            let from = variable.from.unwrap_or(1) - 1;
            let text: String = characters.iter().skip(from).take(variable.length.unwrap_or(0)).collect();
            column.cells.push(RawCell::text(&text));
        }
        lines.push(number);
    }
    if lines.is_empty() {
        return Err(IntakeError::file(
            file,
            "Die Datei hat keine Zeilen.",
            "Die Datei noch einmal ausgeben lassen.",
        ));
    }
    Ok(RawTable { file: file.into(), columns, lines })
}
