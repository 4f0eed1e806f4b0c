//! From files to a layer: which format, which layer, which reference system, then repair.

mod archive;
mod dbf;
mod error;
mod finish;
mod geojson;
mod geopackage;
mod json;
mod raw;
mod shapefile;
mod shp;
mod system;
mod topojson;
mod wkb;

pub use error::ReadError;

use crate::{Geometry, InputFile, Layer, ReadOptions};
use archive::Unpacked;
use kekiz_base::{Diagnostics, Place, Severity};
use raw::RawLayer;

/// Largest total size of unpacked input, in bytes. Boundaries of all German municipalities take a tenth.
pub(crate) const MAX_BYTES: u64 = 1 << 30;

/// Largest number of vertices of a layer; a small file can otherwise ask for more than memory holds.
pub(crate) const MAX_VERTICES: usize = 20_000_000;

/// Something in the input that can be read as one or several layers.
struct Dataset<'a> {
    stem: String,
    file: &'a InputFile,
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    GeoPackage,
    Shapefile,
}

/// Reads one layer of areas or places from its files.
///
/// Formats are told apart by content, not by name: GeoJSON, TopoJSON, GeoPackage, Shapefile (its parts side by
/// side), each also inside a zip or gzip. Coordinates come out as WGS 84 longitude and latitude, polygons
/// repaired and valid; what was assumed, repaired or left out is in the diagnostics.
///
/// # Errors
/// [`ReadError`], a German sentence with the remedy: unknown or damaged file, several layers and none named,
/// no reference system although coordinates are metres, and so on. Never panics, whatever the bytes.
pub fn read(files: &[InputFile], options: &ReadOptions) -> Result<(Layer, Diagnostics), ReadError> {
    let mut diagnostics = Diagnostics::new();
    let unpacked = Unpacked::open(files, &mut diagnostics)?;
    let files: Vec<&InputFile> = unpacked.iter().collect();
    if let Some(log) = files.iter().find(|file| file.name.ends_with("-wal") && !file.bytes.is_empty()) {
        diagnostics.push(
            Severity::Warning,
            "geopackage-log-ignored",
            Place { file: Some(log.name.clone()), ..Place::default() },
            "Das Änderungsprotokoll (-wal) des GeoPackage wurde nicht gelesen; die letzten Änderungen können fehlen.",
            "Die Datei in QGIS schließen, damit das Protokoll in die .gpkg-Datei übernommen wird.",
        );
    }
    let datasets = datasets(&files)?;
    let raw = choose(&datasets, &files, options)?;
    diagnostics.extend(raw.diagnostics.clone());
    let layer = finish::finish(raw, options, &mut diagnostics)?;
    Ok((layer, diagnostics))
}

/// Reads one geometry in (extended) well-known binary whose coordinates are WGS 84 longitude and latitude.
///
/// # Errors
/// A German sentence if the bytes are no geometry.
pub fn wkb_geometry(bytes: &[u8]) -> Result<Option<Geometry>, String> {
    let raw = wkb::parse(bytes)?;
    Ok(finish::geometry(raw).0)
}

fn datasets<'a>(files: &[&'a InputFile]) -> Result<Vec<Dataset<'a>>, ReadError> {
    let mut found = Vec::new();
    for file in files.iter().copied() {
        let format = match &file.bytes {
            bytes if bytes.starts_with(b"SQLite format 3\0") => Format::GeoPackage,
            bytes if bytes.starts_with(&[0, 0, 0x27, 0x0a]) && !raw::has_ending(&file.name, "shx") => {
                Format::Shapefile
            }
            bytes if json::looks_like_json(bytes) => Format::Json,
            _ if raw::has_ending(&file.name, "shp") => Format::Shapefile,
            _ => continue,
        };
        found.push(Dataset { stem: raw::stem(&file.name), file, format });
    }
    if !found.is_empty() {
        return Ok(found);
    }
    let Some(first) = files.first() else { return Err(ReadError::NoFiles) };
    match files.iter().find(|file| raw::has_ending(&file.name, "dbf") || raw::has_ending(&file.name, "shx")) {
        Some(part) => Err(ReadError::MissingPart { file: part.name.clone(), part: ".shp" }),
        None if files.iter().all(|file| file.bytes.trim_ascii().is_empty()) => {
            Err(ReadError::EmptyFile { file: first.name.clone() })
        }
        None => Err(ReadError::Unknown { file: first.name.clone() }),
    }
}

/// The one layer that is meant: the only one, or the one whose name the caller gave.
fn choose(
    datasets: &[Dataset<'_>],
    files: &[&InputFile],
    options: &ReadOptions,
) -> Result<RawLayer, ReadError> {
    let wanted = options.layer.as_deref();
    if let [only] = datasets {
        return open(only, files, wanted);
    }
    let names: Vec<String> = datasets.iter().map(|dataset| dataset.stem.clone()).collect();
    let Some(wanted) = wanted else { return Err(ReadError::ChooseLayer { layers: names }) };
    let same = |dataset: &&Dataset<'_>| {
        raw::same_name(&dataset.stem, wanted) || raw::same_name(&dataset.file.name, wanted)
    };
    if let Some(dataset) = datasets.iter().find(same) {
        return match open(dataset, files, Some(wanted)) {
            Err(ReadError::LayerUnknown { .. }) => open(dataset, files, None),
            other => other,
        };
    }
    for dataset in datasets.iter().filter(|dataset| dataset.format != Format::Shapefile) {
        match open(dataset, files, Some(wanted)) {
            Err(ReadError::LayerUnknown { .. }) => {}
            other => return other,
        }
    }
    Err(ReadError::LayerUnknown { found: wanted.to_string(), layers: names })
}

fn open(dataset: &Dataset<'_>, files: &[&InputFile], wanted: Option<&str>) -> Result<RawLayer, ReadError> {
    match dataset.format {
        Format::GeoPackage => geopackage::read(dataset.file, wanted),
        Format::Shapefile => {
            if let Some(wanted) = wanted
                && !raw::same_name(&dataset.stem, wanted)
                && !raw::same_name(&dataset.file.name, wanted)
            {
                return Err(ReadError::LayerUnknown {
                    found: wanted.to_string(),
                    layers: vec![dataset.stem.clone()],
                });
            }
            shapefile::read(dataset.file, files)
        }
        Format::Json => {
            let mut diagnostics = Diagnostics::new();
            let value = json::parse(dataset.file, &mut diagnostics)?;
            let mut raw = match value.get("type").and_then(|kind| kind.as_str()) {
                Some("Topology") => topojson::read(dataset.file, &value, wanted),
                _ => geojson::read(dataset.file, value, wanted),
            }?;
            diagnostics.extend(raw.diagnostics);
            raw.diagnostics = diagnostics;
            Ok(raw)
        }
    }
}
