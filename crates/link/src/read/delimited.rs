//! Columns of a delimited text file.

use super::{FileColumns, Wanted, places};
use crate::LinkFileError;
use encoding_rs::{Encoding, WINDOWS_1252};
use kekiz_linkage::{TextColumnBuilder, Texts};
use rayon::prelude::*;
use std::borrow::Cow;
use std::path::Path;

/// Records that are split before their fields are numbered, column by column in parallel.
const BATCH: usize = 1 << 16;

/// Fields of one column of a batch.
#[derive(Default)]
struct Fields {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Fields {
    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    fn push(&mut self, field: &[u8]) {
        self.bytes.extend_from_slice(field.trim_ascii());
        self.ends.push(self.bytes.len() as u32);
    }

    fn for_each(&self, mut see: impl FnMut(&str)) {
        let mut from = 0;
        for end in &self.ends {
            let end = *end as usize;
            // The whole text is UTF-8 and delimiters are ASCII, so every field is UTF-8.
            see(std::str::from_utf8(&self.bytes[from..end]).unwrap_or_default());
            from = end;
        }
    }
}

/// UTF-8, by a byte order mark UTF-16, or else Windows-1252.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[length..]).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// The delimiter that splits the header into most columns.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let mut quoted = false;
    let mut counts = [(b';', 0), (b'\t', 0), (b',', 0), (b'|', 0)];
    for byte in header.bytes() {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(d, _)| *d == byte && !quoted) {
            *count += 1;
        }
    }
    // The first of equals: a semicolon is never part of a number or name.
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    counts.iter().find(|(_, count)| *count == most).map_or(b',', |(d, _)| *d)
}

pub(super) fn read(
    path: &Path,
    bytes: &[u8],
    wanted: Wanted<'_>,
    id: Option<&str>,
) -> Result<FileColumns, LinkFileError> {
    let text = decode(bytes);
    if memchr::memchr(0, text.as_bytes()).is_some() {
        return Err(LinkFileError::file(
            path,
            "Das ist weder eine CSV- noch eine Parquet-Datei.",
            "die Tabelle als CSV (UTF-8) oder Parquet speichern.",
        ));
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(&text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut record = csv::ByteRecord::new();
    let broken = |cause: csv::Error| {
        LinkFileError::file(
            path,
            format!("Die Datei ist nicht zu lesen ({cause})."),
            "sie noch einmal speichern.",
        )
    };
    if !reader.read_byte_record(&mut record).map_err(broken)? {
        return Err(LinkFileError::file(path, "Die Datei ist leer.", "eine Tabelle mit Kopfzeile angeben."));
    }
    let header: Vec<String> =
        record.iter().map(|field| String::from_utf8_lossy(field).trim().to_string()).collect();
    let (columns, id_place) = places(path, &header, wanted, id)?;
    let mut builders: Vec<TextColumnBuilder> =
        columns.iter().map(|place| TextColumnBuilder::new(&header[*place])).collect();
    let mut ids = id_place.map(|_| Texts::default());
    let mut rows = 0;
    let mut fill = |batch: &mut Vec<Fields>| -> Result<usize, LinkFileError> {
        batch.iter_mut().for_each(Fields::clear);
        let mut count = 0;
        while count < BATCH && reader.read_byte_record(&mut record).map_err(broken)? {
            if record.len() != header.len() {
                if record.len() == 1 && record[0].trim_ascii().is_empty() {
                    continue;
                }
                return Err(LinkFileError::file(
                    path,
                    format!(
                        "Zeile {} hat {} Felder, die Kopfzeile {}.",
                        record.position().map_or(0, csv::Position::line),
                        record.len(),
                        header.len()
                    ),
                    "Trennzeichen und Anführungszeichen dieser Zeile prüfen.",
                ));
            }
            let (fields, rest) = batch.split_at_mut(columns.len());
            fields.iter_mut().zip(&columns).for_each(|(fields, place)| fields.push(&record[*place]));
            if let (Some(fields), Some(place)) = (rest.first_mut(), id_place) {
                fields.push(&record[place]);
            }
            count += 1;
        }
        Ok(count)
    };
    let empty = || -> Vec<Fields> {
        (0..columns.len() + usize::from(id_place.is_some())).map(|_| Fields::default()).collect()
    };
    let (mut current, mut next) = (empty(), empty());
    let mut count = fill(&mut current)?;
    while count > 0 {
        rows += count;
        // One thread splits the next records while the others number the fields of these.
        let number = || {
            let (fields, rest) = current.split_at(builders.len());
            builders.par_iter_mut().zip(fields).for_each(|(builder, fields)| {
                fields.for_each(|field| builder.push((!field.is_empty()).then_some(field)));
            });
            if let (Some(ids), Some(fields)) = (&mut ids, rest.first()) {
                fields.for_each(|field| {
                    ids.push(field);
                });
            }
        };
        let (more, ()) = rayon::join(|| fill(&mut next), number);
        count = more?;
        std::mem::swap(&mut current, &mut next);
    }
    Ok(FileColumns { rows, columns: builders.into_iter().map(TextColumnBuilder::finish).collect(), ids })
}
