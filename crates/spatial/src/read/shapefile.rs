//! Shapefiles: the parts that belong together, put together.

use super::error::ReadError;
use super::raw::{self, Declared, RawFeature, RawLayer};
use super::{MAX_VERTICES, dbf, shp};
use crate::{Crs, InputFile};
use kekiz_base::{Diagnostics, Place, Severity};
use std::collections::BTreeMap;

pub(crate) fn read(file: &InputFile, files: &[&InputFile]) -> Result<RawLayer, ReadError> {
    let damaged = |detail: String| ReadError::Damaged { file: file.name.clone(), format: "Shape", detail };
    let part = |ending: &str| -> Option<&InputFile> {
        let path = raw::path_stem(&file.name);
        let exact =
            files.iter().find(|f| raw::has_ending(&f.name, ending) && raw::path_stem(&f.name) == path);
        exact.copied()
    };
    let text = |ending: &str| part(ending).map(|f| String::from_utf8_lossy(&f.bytes).into_owned());
    let mut diagnostics = Diagnostics::new();
    let place = |name: &str| Place { file: Some(name.to_string()), ..Place::default() };
    let geometries = shp::parse(&file.bytes).map_err(damaged)?;
    let vertices: usize = geometries.iter().flatten().flatten().map(|g| g.vertices()).sum();
    if vertices > MAX_VERTICES {
        return Err(ReadError::TooLarge {
            file: file.name.clone(),
            detail: format!("mehr als {MAX_VERTICES} Stützpunkte"),
        });
    }
    let crs = match text("prj").filter(|text| !text.trim().is_empty()) {
        None => Declared::Nothing,
        Some(text) => match text.parse::<Crs>() {
            Ok(crs) => Declared::Known(crs),
            Err(error) => Declared::Unsupported(error.found),
        },
    };
    let mut rows = None;
    match part("dbf") {
        None => diagnostics.push(
            Severity::Warning,
            "attributes-missing",
            place(&file.name),
            "Die Attributtabelle (.dbf) fehlt; die Gebiete haben weder Schlüssel noch Namen.",
            "Die .dbf-Datei mit angeben.",
        ),
        Some(table) => {
            let cpg = text("cpg").or_else(|| text("cst"));
            let parsed = dbf::parse(&table.bytes, cpg.as_deref()).map_err(damaged)?;
            if let Some(assumption) = parsed.assumption {
                let remedy =
                    "Umlaute in den Namen prüfen; sonst eine .cpg-Datei mit dem Zeichensatz beilegen.";
                diagnostics.push(Severity::Note, "encoding-assumed", place(&table.name), assumption, remedy);
            }
            if parsed.rows.len() != geometries.len() {
                return Err(damaged(format!(
                    "die .shp-Datei hat {} Objekte, die .dbf-Datei aber {} Zeilen.",
                    geometries.len(),
                    parsed.rows.len()
                )));
            }
            rows = Some(parsed.rows);
        }
    }
    let mut features = Vec::with_capacity(geometries.len());
    let mut deleted = 0usize;
    let mut rows = rows.map(Vec::into_iter);
    for geometry in geometries {
        match rows.as_mut().map(|rows| rows.next().flatten()) {
            None => features.push(RawFeature { geometry, attributes: BTreeMap::new() }),
            Some(Some(attributes)) => features.push(RawFeature { geometry, attributes }),
            Some(None) => deleted += 1,
        }
    }
    if deleted > 0 {
        diagnostics.push(
            Severity::Note,
            "feature-deleted",
            place(&file.name),
            format!(
                "{deleted} Objekte sind in der Attributtabelle als gelöscht markiert und wurden übergangen."
            ),
            "",
        );
    }
    Ok(RawLayer { file: file.name.clone(), name: raw::stem(&file.name), crs, features, diagnostics })
}
