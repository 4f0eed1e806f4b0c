//! Opening a file of person records, whatever it is.

use crate::raw::{RawCell, RawColumn, RawTable};
use crate::schema::{Layout, Schema};
use crate::{IntakeError, fixed, parquet, sav};
use kekiz_tables::{Content, TableFile, read_records};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Reads a file as its schema says: fixed width, or columns in CSV, XLSX, ODS, Parquet or SPSS (told apart by content).
///
/// # Errors
/// The file cannot be read, is damaged, or is none of these.
pub fn read(file: &TableFile, schema: &Schema) -> Result<RawTable, IntakeError> {
    if schema.layout == Layout::FixedWidth {
        return fixed::read(&file.name, &bytes_of(file)?, schema);
    }
    let head = head_of(file)?;
    if head.starts_with(b"PAR1") {
        let bytes = bytes_of(file)?;
        // The reading library may panic on a damaged file.
        return catch_unwind(AssertUnwindSafe(|| parquet::read(&file.name, bytes.into_owned())))
            .unwrap_or_else(|_| Err(parquet::broken(&file.name)));
    }
    if sav::is_sav(&head) {
        return sav::read(&file.name, &bytes_of(file)?);
    }
    let named: Vec<&str> = schema
        .variables
        .iter()
        .flat_map(|variable| [&variable.name, &variable.title].into_iter().chain(&variable.columns))
        .map(String::as_str)
        .collect();
    let mut records = read_records(file, &schema.file, &named)?;
    let columns = records.header.iter().enumerate().map(|(at, name)| RawColumn {
        name: name.clone(),
        label: String::new(),
        labels: BTreeMap::new(),
        cells: records.rows.iter_mut().map(|row| RawCell::text(&std::mem::take(&mut row[at]))).collect(),
    });
    let columns = columns.collect();
    Ok(RawTable { file: file.name.clone(), columns, lines: records.lines })
}

/// Largest file that is taken into memory.
const LARGEST: u64 = 2 << 30;

fn cause(file: &TableFile, error: &std::io::Error) -> IntakeError {
    let why = match error.kind() {
        std::io::ErrorKind::NotFound => "sie ist nicht da".to_string(),
        std::io::ErrorKind::PermissionDenied => "der Zugriff ist nicht erlaubt".into(),
        _ => format!("das Betriebssystem meldet: {error}"),
    };
    IntakeError::file(
        &file.name,
        format!("Die Datei lässt sich nicht lesen: {why}."),
        "Pfad und Zugriffsrechte prüfen.",
    )
}

fn bytes_of(file: &TableFile) -> Result<Cow<'_, [u8]>, IntakeError> {
    let size = match &file.content {
        Content::Bytes(bytes) => bytes.len() as u64,
        Content::Path(path) => std::fs::metadata(path).map_err(|error| cause(file, &error))?.len(),
    };
    if size > LARGEST {
        return Err(IntakeError::file(
            &file.name,
            "Die Datei ist größer als 2 GiB.",
            "Die Datei in Teilen einlesen.",
        ));
    }
    match &file.content {
        Content::Bytes(bytes) => Ok(Cow::Borrowed(bytes)),
        Content::Path(path) => std::fs::read(path).map(Cow::Owned).map_err(|error| cause(file, &error)),
    }
}

fn head_of(file: &TableFile) -> Result<Vec<u8>, IntakeError> {
    use std::io::Read;
    match &file.content {
        Content::Bytes(bytes) => Ok(bytes.iter().take(8).copied().collect()),
        Content::Path(path) => {
            let mut head = Vec::new();
            let opened = std::fs::File::open(path).map_err(|error| cause(file, &error))?;
            // A folder opens but does not read; the reader of tables says what it is.
            let _ = opened.take(8).read_to_end(&mut head);
            Ok(head)
        }
    }
}
