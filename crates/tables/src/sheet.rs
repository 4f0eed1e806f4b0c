//! Sheets of workbooks as delimited text: one line per row, so that one pipeline reads everything.

use crate::cell::NUMERIC;
use crate::mapping::FileHints;
use crate::{ReadError, TableFile};
use calamine::{Data, DataRef, Dimensions, ExcelDateTime, Reader, Sheets};
use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Character between fields of a sheet; it stands in no cell.
pub(crate) const DELIMITER: u8 = 0x1f;

/// Largest text of a sheet.
const LIMIT: usize = 1 << 28;

/// A sheet as text.
pub(crate) struct Sheet {
    pub(crate) name: String,
    pub(crate) text: Vec<u8>,
    /// Cells that were filled since they belong to a merged cell.
    pub(crate) filled: u64,
    /// Other sheets of the workbook.
    pub(crate) others: Vec<String>,
}

/// Reads a sheet. A broken workbook may make the reading library panic; that is caught and said.
pub(crate) fn read(file: &TableFile, hints: &FileHints, bytes: Vec<u8>) -> Result<Sheet, ReadError> {
    catch_unwind(AssertUnwindSafe(|| read_sheet(file, hints, bytes)))
        .unwrap_or_else(|_| Err(broken(file, "sie ist beschädigt")))
}

fn broken(file: &TableFile, cause: &str) -> ReadError {
    file.unusable(
        format!("Die Arbeitsmappe ist nicht lesbar: {cause}."),
        "Die Datei in der Tabellenkalkulation öffnen und ohne Kennwort neu speichern, oder das Blatt als CSV ausgeben.",
    )
}

/// What is wrong with a workbook, in German; the reading library says it in English and in terms of XML.
fn reason(error: &calamine::Error) -> &'static str {
    use calamine::{Error, OdsError, XlsError, XlsbError, XlsxError};
    match error {
        Error::Xlsx(XlsxError::Password)
        | Error::Xls(XlsError::Password)
        | Error::Xlsb(XlsbError::Password)
        | Error::Ods(OdsError::Password) => "sie ist mit einem Kennwort geschützt",
        Error::Io(_)
        | Error::Xlsx(XlsxError::Io(_) | XlsxError::Zip(_))
        | Error::Xlsb(XlsbError::Io(_) | XlsbError::Zip(_))
        | Error::Ods(OdsError::Io(_) | OdsError::Zip(_))
        | Error::Xls(XlsError::Io(_)) => "ein gepackter Teil bricht ab oder fehlt",
        Error::Xlsx(XlsxError::Xml(_) | XlsxError::XmlAttr(_) | XlsxError::XmlEof(_)) => {
            "ein Teil ist kein lesbares XML"
        }
        Error::Xlsx(XlsxError::ParseFloat(_) | XlsxError::ParseInt(_)) => {
            "in einer Zelle für Zahlen steht keine Zahl"
        }
        Error::Xlsx(XlsxError::WorksheetNotFound(_) | XlsxError::FileNotFound(_)) => {
            "das Verzeichnis nennt ein Blatt, das fehlt"
        }
        _ => "ihr Aufbau ist nicht der einer Arbeitsmappe",
    }
}

fn read_sheet(file: &TableFile, hints: &FileHints, bytes: Vec<u8>) -> Result<Sheet, ReadError> {
    let mut book =
        calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|e| broken(file, reason(&e)))?;
    let names = book.sheet_names();
    let name = choose(file, hints, &names)?;
    let mut rows = Rows::default();
    let mut merged = Vec::new();
    if let Sheets::Xlsx(xlsx) = &mut book {
        merged = xlsx.merge_cells_by_sheet_name(&name).unwrap_or_default();
        let mut cells = xlsx.worksheet_cells_reader(&name).map_err(|e| broken(file, reason(&e.into())))?;
        while let Some(cell) = cells.next_cell().map_err(|e| broken(file, reason(&e.into())))? {
            let (row, column) = cell.get_position();
            rows.set(row, column, text_of_ref(cell.get_value()));
            if rows.size > LIMIT {
                return Err(too_large(file));
            }
        }
    } else {
        let range = book.worksheet_range(&name).map_err(|e| broken(file, reason(&e)))?;
        let (top, left) = range.start().unwrap_or((0, 0));
        for (row, column, value) in range.used_cells() {
            let place = |offset: u32, at: usize| offset.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
            rows.set(place(top, row), place(left, column), text_of(value));
            if rows.size > LIMIT {
                return Err(too_large(file));
            }
        }
    }
    let filled = rows.fill_merged(&merged);
    let others = names.into_iter().filter(|other| *other != name).collect();
    let text = rows.into_text().ok_or_else(|| too_large(file))?;
    Ok(Sheet { name, text, filled, others })
}

fn too_large(file: &TableFile) -> ReadError {
    file.unusable("Das Blatt ist zu groß.", "Das Blatt als CSV speichern; CSV darf beliebig groß sein.")
}

fn choose(file: &TableFile, hints: &FileHints, names: &[String]) -> Result<String, ReadError> {
    let Some(wanted) = &hints.sheet else {
        return names.first().cloned().ok_or_else(|| {
            file.unusable(
                "Die Arbeitsmappe enthält kein Blatt.",
                "Eine Arbeitsmappe mit einer Tabelle übergeben.",
            )
        });
    };
    names.iter().find(|name| name.trim() == wanted.trim()).cloned().ok_or_else(|| {
        let list: Vec<String> = names.iter().take(30).map(|n| format!("„{n}“")).collect();
        file.unusable(
            format!("Das Blatt „{wanted}“ gibt es nicht; vorhanden sind {}.", list.join(", ")),
            "In der Zuordnung unter [file] sheet berichtigen.",
        )
    })
}

/// Cells by row and column.
#[derive(Default)]
struct Rows {
    rows: BTreeMap<u32, BTreeMap<u32, String>>,
    size: usize,
}

impl Rows {
    fn set(&mut self, row: u32, column: u32, text: String) {
        if text.is_empty() {
            return;
        }
        self.size = self.size.saturating_add(text.len() + 64);
        self.rows.entry(row).or_default().insert(column, text);
    }

    /// Repeats the content of a merged cell in every cell it covers.
    fn fill_merged(&mut self, merged: &[Dimensions]) -> u64 {
        let mut filled = 0;
        for region in merged {
            let Some(text) = self.rows.get(&region.start.0).and_then(|row| row.get(&region.start.1)).cloned()
            else {
                continue;
            };
            let (last_row, last_column) = (
                region.end.0.min(region.start.0.saturating_add(100_000)),
                region.end.1.min(region.start.1.saturating_add(1_000)),
            );
            // A title over the whole table is no content of its columns: only header-like or narrow regions count.
            for row in region.start.0..=last_row {
                if row > region.start.0 && !self.rows.contains_key(&row) {
                    continue;
                }
                for column in region.start.1..=last_column {
                    let cells = self.rows.entry(row).or_default();
                    if cells.contains_key(&column) {
                        continue;
                    }
                    if self.size > LIMIT {
                        return filled;
                    }
                    self.size += text.len() + 64;
                    cells.insert(column, text.clone());
                    filled += 1;
                }
            }
        }
        filled
    }

    /// One line per row from the first row of the sheet on; `None` when it would be too long.
    fn into_text(self) -> Option<Vec<u8>> {
        let width = self.rows.values().filter_map(|row| row.keys().next_back()).max().map_or(0, |c| c + 1);
        let mut out = Vec::new();
        let mut line = 0u32;
        for (row, cells) in self.rows {
            while line < row {
                out.push(b'\n');
                line += 1;
            }
            let mut column = 0u32;
            for (at, text) in cells {
                while column < at {
                    out.push(DELIMITER);
                    column += 1;
                }
                push_text(&mut out, &text);
            }
            while column + 1 < width {
                out.push(DELIMITER);
                column += 1;
            }
            out.push(b'\n');
            line += 1;
            if out.len() > LIMIT * 2 {
                return None;
            }
        }
        Some(out)
    }
}

/// A cell's text without the characters that structure the file.
fn push_text(out: &mut Vec<u8>, text: &str) {
    if text.starts_with('"') {
        out.push(b'"');
        out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

fn clean(text: &str) -> String {
    let text = text.trim();
    if text.bytes().any(|b| b < b' ') {
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    } else {
        text.to_string()
    }
}

fn number(value: f64) -> String {
    format!("{}{value}", char::from(NUMERIC))
}

fn date(moment: &ExcelDateTime) -> String {
    if moment.is_duration() {
        return number(moment.as_f64());
    }
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02}")
}

fn text_of_ref(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(n) => number(*n as f64),
        DataRef::Float(n) => number(*n),
        DataRef::String(text) => clean(text),
        DataRef::SharedString(text) => clean(text),
        DataRef::Bool(yes) => if *yes { "wahr" } else { "falsch" }.into(),
        DataRef::DateTime(moment) => date(moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => clean(text),
        DataRef::Error(error) => clean(&error.to_string()),
        DataRef::Empty => String::new(),
    }
}

fn text_of(value: &Data) -> String {
    match value {
        Data::Int(n) => number(*n as f64),
        Data::Float(n) => number(*n),
        Data::String(text) => clean(text),
        Data::Bool(yes) => if *yes { "wahr" } else { "falsch" }.into(),
        Data::DateTime(moment) => date(moment),
        Data::DateTimeIso(text) | Data::DurationIso(text) => clean(text),
        Data::Error(error) => clean(&error.to_string()),
        Data::Empty => String::new(),
        #[allow(unreachable_patterns)]
        _ => String::new(),
    }
}
