//! A plain table by the names of its columns, for whoever needs no mapping: a key and numbers, one row each.

use crate::body::with_table;
use crate::mapping::FileHints;
use crate::number::{Evidence, NumberFormat};
use crate::open::{TableFile, open};
use crate::pattern::closest;
use crate::plan::find_column;
use crate::records::each_record;
use crate::rows::text_bytes;
use crate::{ReadError, words};
use kekiz_base::{Diagnostics, Place, Severity};

/// The columns asked for, row by row. Rows without any content and lines below the table are left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    /// Line of each row in the file.
    pub lines: Vec<u64>,
    /// One list of trimmed texts per column asked for, in the order asked.
    pub texts: Vec<Vec<String>>,
    /// Name of the file, for messages.
    file: String,
    /// Names of the columns.
    names: Vec<String>,
}

/// What files write where a value is missing or kept secret.
const MISSING: [&str; 14] =
    ["", "na", "n/a", "nan", "null", "none", ".", "-", "–", "x", "/", "…", "...", "•"];

/// Reads columns of a CSV or XLSX table (packed or not) by name. Encoding, delimiter and header line are found by
/// looking.
///
/// # Errors
/// [`ReadError`] when the file cannot be opened, is no table, or lacks a column; the message names those there are.
pub fn read_columns(file: &TableFile, names: &[&str]) -> Result<(Columns, Diagnostics), ReadError> {
    let mut diagnostics = Diagnostics::new();
    let hints = FileHints::default();
    let found = open(file, &hints, |opened, _| {
        with_table(file, opened, &hints, names, &mut diagnostics, |mut body, dialect, diagnostics| {
            let places = names.iter().map(|name| place_of(file, &dialect.header, name));
            let places = places.collect::<Result<Vec<usize>, ReadError>>()?;
            let mut columns = Columns {
                lines: Vec::new(),
                texts: vec![Vec::new(); places.len()],
                file: file.name.clone(),
                names: names.iter().map(ToString::to_string).collect(),
            };
            let delimiter = body.delimiter();
            while let Some((chunk, base)) = body.next_chunk()? {
                each_record(&chunk, delimiter, |buffer, fields, line| {
                    let text = |at: usize| {
                        let raw = if at < fields.len() { fields.get(buffer, at) } else { &[] };
                        String::from_utf8_lossy(text_bytes(raw)).trim().to_string()
                    };
                    let filled = (0..fields.len()).filter(|at| !text(*at).is_empty()).count();
                    let below = filled == 1 && dialect.header.len() > 1 && {
                        let first = (0..fields.len()).map(text).find(|t| !t.is_empty()).unwrap_or_default();
                        words::is_footer(&first) || words::is_prose(&first)
                    };
                    if filled > 0 && !below {
                        columns.lines.push(base + u64::from(line));
                        for (texts, place) in columns.texts.iter_mut().zip(&places) {
                            texts.push(text(*place));
                        }
                    }
                    std::ops::ControlFlow::Continue(())
                });
            }
            body.say_encoding(&file.name, diagnostics);
            Ok(columns)
        })
    })?;
    Ok((found, diagnostics))
}

fn place_of(file: &TableFile, header: &[String], name: &str) -> Result<usize, ReadError> {
    find_column(header, name).ok_or_else(|| {
        let shown: Vec<String> =
            header.iter().filter(|h| !h.is_empty()).take(20).map(|h| format!("„{h}“")).collect();
        let remedy = match closest(name, header.iter().map(String::as_str)) {
            Some(near) => format!("Gemeint ist vielleicht „{near}“."),
            None => "Einen dieser Namen angeben.".into(),
        };
        let message =
            format!("Die Spalte „{name}“ gibt es nicht; die Kopfzeile enthält {}.", shown.join(", "));
        file.unusable(message, remedy)
    })
}

impl Columns {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.lines.len()
    }

    /// A column as numbers. Empty cells and the usual marks for missing or secret values are `None`. Whether point or
    /// comma is the decimal separator is decided by what the column shows, and said where it is a guess.
    ///
    /// # Errors
    /// A German sentence with line and remedy for the first cell that is no number.
    pub fn numbers(
        &self,
        column: usize,
        diagnostics: &mut Diagnostics,
    ) -> Result<Vec<Option<f64>>, ReadError> {
        let missing = |text: &str| MISSING.contains(&text.to_lowercase().as_str());
        let mut evidence = Evidence::default();
        self.texts[column].iter().for_each(|text| evidence.see(text));
        let (format, guess) = evidence.decide(&Evidence::default());
        if let Some((separator, _)) = guess {
            let meaning =
                if format.fast_decimal() == separator as u8 { "Dezimalzeichen" } else { "Tausenderzeichen" };
            diagnostics.push(
                Severity::Note,
                "number-format",
                Place { file: Some(self.file.clone()), line: None, column: Some(self.names[column].clone()) },
                format!("„{separator}“ ist als {meaning} gelesen."),
                "",
            );
        }
        let read = |(text, line): (&String, &u64)| match text.as_str() {
            text if missing(text) => Ok(None),
            text => number(format, text).map(Some).ok_or_else(|| ReadError::Unusable {
                file: format!("{}, Zeile {line}, Spalte „{}“", self.file, self.names[column]),
                message: format!("„{}“ ist keine Zahl.", text.chars().take(40).collect::<String>()),
                remedy: "Die Zelle berichtigen oder leeren.".into(),
            }),
        };
        self.texts[column].iter().zip(&self.lines).map(read).collect()
    }
}

/// Numbers of programs (`1.5e-3`) come before those of offices.
fn number(format: NumberFormat, text: &str) -> Option<f64> {
    let scientific = text.contains(['e', 'E']) || format.fast_decimal() == b'.';
    let plain = if scientific { text.parse().ok() } else { None };
    plain.or_else(|| format.parse(text).ok()).filter(|v: &f64| v.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Result<Vec<Option<f64>>, String> {
        let file = TableFile::from_bytes("t.csv", text.as_bytes().to_vec());
        let (columns, mut diagnostics) = read_columns(&file, &["key", "v"]).map_err(|e| e.to_string())?;
        columns.numbers(1, &mut diagnostics).map_err(|e| e.to_string())
    }

    #[test]
    fn columns_by_name_with_numbers_as_written() {
        for (text, expected) in [
            ("key,v\n01,1.5\n02,-2e-3\n03,\n", vec![Some(1.5), Some(-0.002), None]),
            ("key;v\n01;1,5\n02;1.234,5\n03;NA\n", vec![Some(1.5), Some(1234.5), None]),
            ("v\tkey\n0.7589241\t1\n3\t2\n", vec![Some(0.7589241), Some(3.0)]),
            ("key,v\na,-0.802773737\nb,12\n\n", vec![Some(-0.802773737), Some(12.0)]),
        ] {
            assert_eq!(numbers(text), Ok(expected), "{text}");
        }
        let wrong = numbers("key,v\n1,2\n2,inf\n").unwrap_err();
        assert!(wrong.contains("Zeile 3") && wrong.contains("„v“") && wrong.contains("„inf“"), "{wrong}");
        let missing = numbers("key,value\n1,2\n").unwrap_err();
        assert!(missing.contains("„v“") && missing.contains("„value“"), "{missing}");
    }
}
