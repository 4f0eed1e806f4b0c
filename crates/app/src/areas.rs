//! Boundaries become areas: read, keyed, put into the hierarchy, simplified, published.

use crate::config::AreaSource;
use crate::error::{AppError, read_input};
use crate::progress::Progress;
use crate::project::Project;
use crate::{hierarchy, members};
use geo_types::MultiPolygon;
use kekiz_base::{
    Area, AreaKey, Diagnostics, GeographyId, KeyKind, Level, Place, Recovered, Severity, Validity,
};
use kekiz_lake::AreaLayer;
use kekiz_spatial::{Feature, Geometry, InputFile, ReadOptions};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What was imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AreasImported {
    /// Name of the geography.
    pub geography: GeographyId,
    /// Number of areas.
    pub areas: usize,
    /// Coordinate system found in the file.
    pub crs: String,
    /// Key of the area that was made by joining these.
    pub joined: Option<AreaKey>,
}

/// Areas before they have a place in the hierarchy.
struct AreasRead {
    areas: Vec<Area>,
    shapes: Vec<MultiPolygon<f64>>,
    parents_found: Vec<Option<String>>,
    crs: String,
}

/// Imports one geography. All or nothing: with any error the published areas stay as they were.
pub fn import_areas(
    project: &Project,
    source: &AreaSource,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<(AreasImported, Diagnostics), AppError> {
    check_name(&source.geography)?;
    let published = project.published_or_new()?;
    let file = source.files.first().map(|path| path.display().to_string()).unwrap_or_default();
    progress.step(&format!("Grenzen lesen: {file}"));
    let mut findings = Diagnostics::new();
    let mut read = read_areas(source, folder, &file, &mut findings)?;
    hierarchy::assign(source, &published, &mut read.areas, &read.shapes, &read.parents_found, &mut findings)?;
    if findings.has_errors() {
        return Err(AppError::rejected(&file, findings));
    }
    progress.step(&format!("Grenzen vereinfachen: {} Gebiete", read.areas.len()));
    let shapes = if source.simplify_m > 0.0 {
        kekiz_spatial::simplify(&read.shapes, source.simplify_m)
    } else {
        read.shapes
    };
    let joined = source.join.as_ref().map(|join| {
        let area = Area {
            key: AreaKey::new(&join.key),
            name: join.name.clone(),
            level: join.level,
            geography: GeographyId::new(&join.geography),
            parent: None,
            validity: Validity::default(),
        };
        let all = vec![Some(0); shapes.len()];
        let shape =
            kekiz_spatial::dissolve(&shapes, &all, 1, SLIVER_M).pop().unwrap_or(MultiPolygon(Vec::new()));
        (area, shape)
    });
    let mut layers = vec![layer(project, source, read.areas, shapes)?];
    if let Some((area, shape)) = &joined {
        layers.push(layer(project, source, vec![area.clone()], vec![shape.clone()])?);
    }
    hierarchy::check(&published, &layers).map_err(AppError::input)?;
    let areas = layers[0].areas.len();
    // The joined area goes first, so that a stop in between never leaves children without their parent.
    for layer in layers.iter().rev() {
        published.add_areas(layer)?;
    }
    let imported = AreasImported {
        geography: GeographyId::new(&source.geography),
        areas,
        crs: read.crs,
        joined: joined.map(|(area, _)| area.key),
    };
    Ok((imported, findings))
}

/// The name of a geography stands in addresses and file names.
fn check_name(name: &str) -> Result<(), AppError> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    if !name.is_empty() && name.len() <= 60 && name.chars().all(fits) {
        return Ok(());
    }
    Err(AppError::Configuration(format!(
        "„{name}“ ist kein Name für eine Gliederung. Abhilfe: kleine Buchstaben ohne Umlaute, Ziffern, - und _ verwenden, zum Beispiel „{}“.",
        match kekiz_atlas::wording::slug(name) {
            slug if slug.is_empty() => "stadtteile".to_string(),
            slug => slug,
        }
    )))
}

fn layer(
    project: &Project,
    source: &AreaSource,
    areas: Vec<Area>,
    shapes: Vec<MultiPolygon<f64>>,
) -> Result<AreaLayer, AppError> {
    let members = members::load(project)?;
    Ok(AreaLayer {
        source: source.source.clone(),
        population: vec![None; areas.len()],
        members: areas.iter().map(|area| members.contains(&area.key)).collect(),
        changes: project.config.changes.clone(),
        areas,
        shapes,
    })
}

fn read_areas(
    source: &AreaSource,
    folder: &Path,
    file: &str,
    findings: &mut Diagnostics,
) -> Result<AreasRead, AppError> {
    let paths: Vec<PathBuf> = source.files.iter().map(|path| folder.join(path)).collect();
    let files = with_parts(paths).iter().map(|path| input_file(path)).collect::<Result<Vec<_>, _>>()?;
    let crs = source.crs.as_deref().map(parse_crs).transpose()?;
    let options = ReadOptions { layer: source.layer.clone(), crs };
    let (layer, notes) =
        kekiz_spatial::read(&files, &options).map_err(|error| AppError::input(error.to_string()))?;
    findings.extend(notes);
    let validity = Validity {
        from: source.valid_from.as_deref().map(parse_day).transpose()?,
        until: source.valid_until.as_deref().map(parse_day).transpose()?,
    };
    if let Some(column) = &source.parent_column {
        known_column(column, "--parent-column", &layer.features)?;
    }
    let mut found: BTreeMap<AreaKey, (Area, MultiPolygon<f64>, Option<String>)> = BTreeMap::new();
    let mut repaired = Vec::new();
    for (index, feature) in layer.features.iter().enumerate() {
        let place = |column: &str| Place {
            file: Some(file.into()),
            line: u64::try_from(index + 1).ok(),
            column: Some(column.into()),
        };
        let Some(raw) = text(feature, &source.key, source, &layer.features, findings, place(&source.key))?
        else {
            continue;
        };
        let padded = format!("{raw:0>width$}", width = source.key_width);
        let key = match source.key_kind.parse(&padded) {
            Ok((key, recovered)) => {
                if recovered != Recovered::Unchanged {
                    repaired.push(raw.clone());
                }
                AreaKey::new(format!("{}{key}", source.key_prefix))
            }
            Err(problem) => {
                findings.push(
                    Severity::Error,
                    "area-key",
                    place(&source.key),
                    problem.to_string(),
                    "Den Schlüssel in der Datei berichtigen oder mit --key-kind eine andere Art angeben.",
                );
                continue;
            }
        };
        let Some(Geometry::Areas(shape)) = &feature.geometry else {
            findings.push(
                Severity::Error,
                "area-shape",
                place(&source.key),
                format!("„{key}“ hat keine Fläche."),
                "Eine Datei mit Flächen angeben; Punkte gehören zu „kekiz import facilities“.",
            );
            continue;
        };
        let name = text(feature, &source.name, source, &layer.features, findings, place(&source.name))?
            .unwrap_or_else(|| key.to_string());
        let parent = source
            .parent_column
            .as_ref()
            .and_then(|column| feature.attributes.get(column))
            .and_then(kekiz_spatial::Attribute::text);
        match found.get_mut(&key) {
            None => {
                let area = Area {
                    key: key.clone(),
                    name,
                    level: source.level,
                    geography: GeographyId::new(&source.geography),
                    parent: None,
                    validity,
                };
                found.insert(key, (area, shape.clone(), parent));
            }
            Some((area, whole, _)) if area.name == name => {
                findings.push(
                    Severity::Note,
                    "area-parts",
                    place(&source.key),
                    format!("„{key}“ kommt mehrmals vor; die Teile wurden zusammengefügt."),
                    "",
                );
                whole.0.extend(shape.0.iter().cloned());
            }
            Some((area, ..)) => findings.push(
                Severity::Error,
                "area-twice",
                place(&source.key),
                format!("Der Schlüssel „{key}“ gehört zu „{}“ und zu „{name}“.", area.name),
                "Eine Spalte mit eindeutigem Schlüssel angeben.",
            ),
        }
    }
    let official =
        |key: &AreaKey| KeyKind::Ags.parse(key.as_str()).is_ok_and(|(_, how)| how == Recovered::Unchanged);
    if source.key_kind == KeyKind::Own
        && source.level > Level::Gemeinde
        && let Some(key) = found.keys().find(|key| official(key))
    {
        findings.push(
            Severity::Warning,
            "own-key-official",
            Place { file: Some(file.into()), line: None, column: Some(source.key.clone()) },
            format!("Der eigene Schlüssel „{key}“ sieht aus wie ein amtlicher; Zahlen des Landes oder Kreises mit diesem Schlüssel kämen in dieses Gebiet."),
            "Mit --key-prefix den Gemeindeschlüssel davorsetzen, zum Beispiel --key-prefix 05114000-.",
        );
    }
    if !repaired.is_empty() {
        findings.push(
            Severity::Note,
            "key-zeros",
            Place { file: Some(file.into()), line: None, column: Some(source.key.clone()) },
            format!(
                "{} Schlüssel hatten führende Nullen verloren (zuerst „{}“).",
                repaired.len(),
                repaired[0]
            ),
            "Sie wurden wieder ergänzt.",
        );
    }
    if found.is_empty() && !findings.has_errors() {
        return Err(AppError::input(format!(
            "„{file}“ enthält keine Gebiete. Abhilfe: die richtige Datei oder mit --layer die richtige Ebene angeben."
        )));
    }
    let mut read =
        AreasRead { areas: vec![], shapes: vec![], parents_found: vec![], crs: layer.crs.to_string() };
    for (area, shape, parent) in found.into_values() {
        read.areas.push(area);
        read.shapes.push(shape);
        read.parents_found.push(parent);
    }
    Ok(read)
}

/// Text of a column; an unknown column ends the import with the columns that are there.
fn text(
    feature: &Feature,
    column: &str,
    source: &AreaSource,
    all: &[Feature],
    findings: &mut Diagnostics,
    place: Place,
) -> Result<Option<String>, AppError> {
    if let Some(text) = feature.attributes.get(column).and_then(kekiz_spatial::Attribute::text)
        && !text.trim().is_empty()
    {
        return Ok(Some(text.trim().to_string()));
    }
    known_column(column, if column == source.key { "--key" } else { "--name" }, all)?;
    let what = if column == source.key { "Der Schlüssel" } else { "Der Name" };
    let severity = if column == source.key { Severity::Error } else { Severity::Warning };
    findings.push(
        severity,
        "area-empty",
        place,
        format!("{what} fehlt."),
        "Das Feld in der Datei ausfüllen.",
    );
    Ok(None)
}

/// An unknown column ends the import with the columns that are there.
fn known_column(column: &str, option: &str, all: &[Feature]) -> Result<(), AppError> {
    if all.iter().any(|feature| feature.attributes.contains_key(column)) {
        return Ok(());
    }
    let mut columns: Vec<&str> =
        all.iter().take(50).flat_map(|feature| feature.attributes.keys()).map(String::as_str).collect();
    columns.sort_unstable();
    columns.dedup();
    if columns.is_empty() {
        return Err(AppError::input(format!(
            "Die Datei hat keine Spalten, also auch keine „{column}“. Abhilfe: zu einer .shp-Datei die .dbf-Datei danebenlegen, sonst mit Attributen exportieren."
        )));
    }
    Err(AppError::input(format!(
        "Eine Spalte „{column}“ gibt es nicht; vorhanden sind: {}. Abhilfe: mit {option} die richtige Spalte angeben.",
        columns.join(", ")
    )))
}

/// A lone `.shp` brings the parts that lie beside it under the same name, in either case of letters.
fn with_parts(mut paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let [only] = paths.as_slice() else { return paths };
    if !only.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("shp")) {
        return paths;
    }
    let only = only.clone();
    for ending in ["dbf", "prj", "cpg"] {
        let written = [ending.to_string(), ending.to_ascii_uppercase()];
        paths.extend(written.iter().map(|ending| only.with_extension(ending)).find(|part| part.is_file()));
    }
    paths
}

/// Reads a file of a layer; `.gz` is unpacked and cut off the name.
pub(crate) fn input_file(path: &Path) -> Result<InputFile, AppError> {
    let bytes = read_input(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let Some(inner) = name.strip_suffix(".gz") else { return Ok(InputFile { name, bytes }) };
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(bytes.as_slice()).take(MAX_UNPACKED).read_to_end(&mut unpacked).map_err(
        |error| {
            AppError::input(format!(
                "„{name}“ lässt sich nicht entpacken ({error}). Abhilfe: die Datei neu herunterladen."
            ))
        },
    )?;
    Ok(InputFile { name: inner.to_string(), bytes: unpacked })
}

/// Gaps between areas that are narrower than this were left by generalising each border on its own.
const SLIVER_M: f64 = 50.0;

/// No boundary file of a municipality or Land comes near this; a packed bomb does.
const MAX_UNPACKED: u64 = 2 << 30;

fn parse_crs(text: &str) -> Result<kekiz_spatial::Crs, AppError> {
    text.parse().map_err(|error: kekiz_spatial::CrsTextError| AppError::Configuration(error.to_string()))
}

fn parse_day(text: &str) -> Result<jiff::civil::Date, AppError> {
    text.parse().map_err(|_| {
        AppError::Configuration(format!("„{text}“ ist kein Tag; erwartet wird zum Beispiel 2024-01-01."))
    })
}
