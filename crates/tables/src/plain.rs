//! A table as it stands: header and cells as text, for lists of things that are no figures.

use crate::mapping::FileHints;
use crate::open::{Opened, open};
use crate::records::first_records;
use crate::text::TextBlocks;
use crate::{ReadError, TableFile, dialect, sheet};

/// Largest text that is kept in memory, in bytes.
const LARGEST: usize = 256 << 20;

/// A table of texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlainTable {
    /// Titles of the columns.
    pub header: Vec<String>,
    /// Rows below the header, each as long as the header; empty rows are left out.
    pub rows: Vec<Vec<String>>,
}

/// Reads a table as text: encoding, delimiter and header are found by looking, workbooks give their first sheet.
///
/// # Errors
/// A file that is no table, or larger than 256 MiB.
pub fn read_plain(file: &TableFile) -> Result<PlainTable, ReadError> {
    let hints = FileHints::default();
    let (text, is_sheet) = whole_text(file, &hints)?;
    table(file, &hints, &text, is_sheet)
}

/// The text of a file, or of a sheet (`true`).
fn whole_text(file: &TableFile, hints: &FileHints) -> Result<(Vec<u8>, bool), ReadError> {
    open(file, hints, |opened, _| match opened {
        Opened::Sheet(sheet) => Ok((sheet.text, true)),
        Opened::Text(reader) => {
            let mut text = Vec::new();
            let mut blocks = TextBlocks::new(file, reader, hints.encoding.as_deref());
            while blocks.append_to(&mut text)? {
                if text.len() > LARGEST {
                    return Err(
                        file.unusable("Die Liste ist größer als 256 MiB.", "Die Liste in Teilen einlesen.")
                    );
                }
            }
            Ok((text, false))
        }
    })
}

/// A table of person records as it stands. Its cells may tell of a person: there is no `Debug`.
pub struct PlainRecords {
    /// Titles of the columns.
    pub header: Vec<String>,
    /// Rows below the header, each as long as the header; empty rows are left out.
    pub rows: Vec<Vec<String>>,
    /// Line of each row in the file, from 1.
    pub lines: Vec<u64>,
}

/// Reads a table of person records as text; `named` are titles that tell which line is the header.
///
/// Numbers of a workbook come with a point as decimal sign, dates as `2024-12-31`.
///
/// # Errors
/// A file that is no table, or larger than 256 MiB.
pub fn read_records(file: &TableFile, hints: &FileHints, named: &[&str]) -> Result<PlainRecords, ReadError> {
    let (text, is_sheet) = whole_text(file, hints)?;
    let (header, seen) = body(file, hints, &text, is_sheet, named)?;
    let mut records = PlainRecords { header, rows: Vec::new(), lines: Vec::new() };
    for (mut fields, line) in seen {
        for field in &mut fields {
            if is_sheet && field.starts_with(char::from(crate::cell::NUMERIC)) {
                field.remove(0);
            }
        }
        records.rows.push(fields);
        records.lines.push(line);
    }
    Ok(records)
}

type Body = (Vec<String>, Vec<(Vec<String>, u64)>);

fn table(file: &TableFile, hints: &FileHints, text: &[u8], is_sheet: bool) -> Result<PlainTable, ReadError> {
    let (header, rows) = body(file, hints, text, is_sheet, &[])?;
    Ok(PlainTable { header, rows: rows.into_iter().map(|(fields, _)| fields).collect() })
}

/// Header, and the rows that are not empty with their lines.
fn body(
    file: &TableFile,
    hints: &FileHints,
    text: &[u8],
    is_sheet: bool,
    named: &[&str],
) -> Result<Body, ReadError> {
    let nothing = || {
        file.unusable(
            "In der Datei ist keine Kopfzeile mit Spaltennamen zu erkennen.",
            "Eine Tabelle mit den Namen der Spalten in der ersten Zeile übergeben.",
        )
    };
    let found = dialect::detect(text, true, hints, is_sheet, named).map_err(|_| nothing())?;
    let delimiter = if is_sheet { sheet::DELIMITER } else { found.delimiter };
    let width = found.header.len();
    let before = found.body_line - 1;
    let rows = first_records(&text[found.body.min(text.len())..], delimiter, usize::MAX, true)
        .into_iter()
        .map(|record| {
            let mut fields = record.fields;
            fields.resize(width, String::new());
            (fields, record.line + before)
        })
        .filter(|(fields, _)| fields.iter().any(|cell| !cell.is_empty()))
        .collect();
    Ok((found.header, rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_as_they_stand() {
        for (text, rows) in [
            (
                "Name;Ort\nA;Krefeld\n\n;\nB;\"Moers; Mitte\"\n",
                vec![vec!["A", "Krefeld"], vec!["B", "Moers; Mitte"]],
            ),
            ("Name,Ort\r\n\"A \"\"B\"\"\",Köln\r\n", vec![vec!["A \"B\"", "Köln"]]),
            ("Name\tOrt\nA", vec![vec!["A", ""]]),
        ] {
            let read = read_plain(&TableFile::from_bytes("liste.csv", text.as_bytes().to_vec())).unwrap();
            assert_eq!(read.header, ["Name", "Ort"], "{text}");
            assert_eq!(read.rows, rows, "{text}");
        }
        for text in ["", "%PDF-1.4 x", "<html><table>"] {
            assert!(read_plain(&TableFile::from_bytes("x", text.as_bytes().to_vec())).is_err(), "{text}");
        }
    }
}
