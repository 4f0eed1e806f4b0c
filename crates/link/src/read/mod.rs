//! Columns of a plain file, CSV or Parquet.

mod delimited;
mod parquet_file;

use crate::LinkFileError;
use kekiz_linkage::{TextColumn, Texts};
use std::path::Path;

/// Columns of a file.
#[derive(Debug)]
pub(crate) struct FileColumns {
    /// Number of records.
    pub(crate) rows: usize,
    /// Wanted columns, in the wanted order.
    pub(crate) columns: Vec<TextColumn>,
    /// Identifier per record, if a column of identifiers was asked for.
    pub(crate) ids: Option<Texts>,
}

/// Which columns are read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted<'a> {
    /// All.
    All,
    /// These.
    Named(&'a [&'a str]),
}

/// Reads a file whole.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, LinkFileError> {
    kekiz_disk::read(path).map_err(|cause| LinkFileError::Input(cause.to_string()))
}

/// Reads columns of a CSV or Parquet file; which of the two it is shows its first bytes.
pub(crate) fn read(path: &Path, wanted: Wanted<'_>, id: Option<&str>) -> Result<FileColumns, LinkFileError> {
    let bytes = bytes(path)?;
    let columns = if bytes.starts_with(b"PAR1") {
        parquet_file::read(path, bytes, wanted, id)?
    } else {
        delimited::read(path, &bytes, wanted, id)?
    };
    if let Some(ids) = &columns.ids {
        unique(path, ids)?;
    }
    Ok(columns)
}

/// Places of the wanted columns and of the identifier among a header.
fn places(
    path: &Path,
    header: &[String],
    wanted: Wanted<'_>,
    id: Option<&str>,
) -> Result<(Vec<usize>, Option<usize>), LinkFileError> {
    let place = |name: &str| {
        let exact = header.iter().position(|column| column == name);
        let found = exact.or_else(|| header.iter().position(|column| column.eq_ignore_ascii_case(name)));
        found.ok_or_else(|| {
            let there: Vec<String> = header.iter().take(40).map(|column| format!("„{column}“")).collect();
            LinkFileError::file(
                path,
                format!("Die Spalte „{name}“ gibt es nicht; vorhanden sind {}.", there.join(", ")),
                "den Namen im Modell oder bei --id berichtigen.",
            )
        })
    };
    let columns = match wanted {
        Wanted::All => (0..header.len()).collect(),
        Wanted::Named(names) => names.iter().map(|name| place(name)).collect::<Result<_, _>>()?,
    };
    Ok((columns, id.map(place).transpose()?))
}

/// Identifiers must be there and tell records apart.
fn unique(path: &Path, ids: &Texts) -> Result<(), LinkFileError> {
    let mut hashes: Vec<(u64, u32)> =
        ids.iter().enumerate().map(|(row, id)| (kekiz_linkage::stable_hash(id), row as u32)).collect();
    if let Some(row) = ids.iter().position(str::is_empty) {
        return Err(LinkFileError::file(
            path,
            format!("Im Datensatz {} fehlt das Kennzeichen.", row + 1),
            "es ergänzen, oder --id weglassen, dann gilt die Nummer des Datensatzes.",
        ));
    }
    hashes.sort_unstable();
    for pair in hashes.windows(2) {
        let (a, b) = (pair[0].1, pair[1].1);
        if pair[0].0 == pair[1].0 && ids.get(a) == ids.get(b) {
            return Err(LinkFileError::file(
                path,
                format!("Die Datensätze {} und {} haben dasselbe Kennzeichen.", a + 1, b + 1),
                "eine Spalte angeben, die jeden Datensatz kennzeichnet, oder --id weglassen, dann gilt die Nummer des Datensatzes.",
            ));
        }
    }
    Ok(())
}
