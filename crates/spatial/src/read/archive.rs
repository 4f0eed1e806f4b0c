//! Files as given, with zip and gzip unpacked in memory under a limit.

use super::error::ReadError;
use super::{MAX_BYTES, raw};
use crate::InputFile;
use kekiz_base::{Diagnostics, Place, Severity};
use std::io::{Cursor, Read};

/// Input files with the content of archives in their place.
pub(crate) struct Unpacked<'a> {
    files: Vec<Entry<'a>>,
}

enum Entry<'a> {
    Given(&'a InputFile),
    Unpacked(InputFile),
}

/// More entries than any delivery of boundaries has; a limit against archives made to exhaust memory.
const MAX_ENTRIES: usize = 2_000;

impl<'a> Unpacked<'a> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &InputFile> {
        self.files.iter().map(|entry| match entry {
            Entry::Given(file) => *file,
            Entry::Unpacked(file) => file,
        })
    }

    pub(crate) fn open(files: &'a [InputFile], diagnostics: &mut Diagnostics) -> Result<Self, ReadError> {
        let mut left = MAX_BYTES;
        let mut out = Vec::with_capacity(files.len());
        for file in files {
            let size = file.bytes.len() as u64;
            left = left.checked_sub(size).ok_or_else(|| too_large(file))?;
            if file.bytes.starts_with(b"PK\x03\x04") || file.bytes.starts_with(b"PK\x05\x06") {
                let entries = unzip(file, &mut left, diagnostics)?;
                if entries.is_empty() {
                    return Err(damaged(file, "ZIP", "das Archiv enthält keine Geodaten."));
                }
                out.extend(entries.into_iter().map(Entry::Unpacked));
            } else if file.bytes.starts_with(&[0x1f, 0x8b]) {
                out.push(Entry::Unpacked(gunzip(file, &mut left)?));
            } else {
                out.push(Entry::Given(file));
            }
        }
        Ok(Unpacked { files: out })
    }
}

fn too_large(file: &InputFile) -> ReadError {
    ReadError::TooLarge {
        file: file.name.clone(),
        detail: format!("mehr als {} MiB, entpackt gezählt", MAX_BYTES >> 20),
    }
}

fn damaged(file: &InputFile, format: &'static str, detail: &str) -> ReadError {
    ReadError::Damaged { file: file.name.clone(), format, detail: detail.to_string() }
}

/// Reads to the end, but never more than what is left of the limit.
fn read_limited(reader: impl Read, left: &mut u64) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    reader.take(*left + 1).read_to_end(&mut bytes)?;
    Ok(match left.checked_sub(bytes.len() as u64) {
        Some(rest) => {
            *left = rest;
            Some(bytes)
        }
        None => None,
    })
}

fn gunzip(file: &InputFile, left: &mut u64) -> Result<InputFile, ReadError> {
    let bytes = read_limited(flate2::read::MultiGzDecoder::new(file.bytes.as_slice()), left)
        .map_err(|_| damaged(file, "gzip", "der Datenstrom bricht ab oder hat eine falsche Prüfsumme."))?
        .ok_or_else(|| too_large(file))?;
    let name = match file.name.strip_suffix(".gz") {
        Some(name) if !name.is_empty() => name.to_string(),
        _ => file.name.clone(),
    };
    Ok(InputFile { name, bytes })
}

fn is_geodata(name: &str) -> bool {
    ["shp", "dbf", "prj", "cpg", "geojson", "json", "topojson", "gpkg", "cst"]
        .iter()
        .any(|ending| raw::has_ending(name, ending))
}

fn unzip(
    file: &InputFile,
    left: &mut u64,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<InputFile>, ReadError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(file.bytes.as_slice()))
        .map_err(|_| damaged(file, "ZIP", "das Inhaltsverzeichnis des Archivs ist nicht lesbar."))?;
    if archive.len() > MAX_ENTRIES {
        return Err(ReadError::TooLarge {
            file: file.name.clone(),
            detail: format!("mehr als {MAX_ENTRIES} Dateien im Archiv"),
        });
    }
    let mut out = Vec::new();
    let mut skipped = Vec::new();
    for index in 0..archive.len() {
        let unreadable = |what: &str| damaged(file, "ZIP", &format!("der Eintrag {} {what}", index + 1));
        let entry = archive
            .by_index(index)
            .map_err(|_| unreadable("ist nicht lesbar oder mit einem Kennwort geschützt."))?;
        let name = match entry.name() {
            Ok(name) => name.into_owned(),
            Err(_) => String::from_utf8_lossy(entry.name_raw()).into_owned(),
        };
        if entry.is_dir() || name.contains("__MACOSX") {
            continue;
        }
        if !is_geodata(&name) {
            skipped.push(name);
            continue;
        }
        let bytes = read_limited(entry, left)
            .map_err(|_| unreadable("bricht ab oder hat eine falsche Prüfsumme."))?
            .ok_or_else(|| too_large(file))?;
        out.push(InputFile { name, bytes });
    }
    skipped.retain(|name| {
        !["shx", "sbn", "sbx", "qix", "qpj", "xml", "qmd"].iter().any(|e| raw::has_ending(name, e))
    });
    if !skipped.is_empty() && !out.is_empty() {
        diagnostics.push(
            Severity::Note,
            "archive-entry-skipped",
            Place { file: Some(file.name.clone()), ..Place::default() },
            format!("Im Archiv wurden {} Dateien übergangen, die keine Geodaten sind.", skipped.len()),
            "",
        );
    }
    Ok(out)
}
