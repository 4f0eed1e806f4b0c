//! Places become a layer of facilities: read, put into the smallest area they lie in, published.

use crate::areas::input_file;
use crate::error::AppError;
use crate::figures::mapping_text;
use crate::progress::Progress;
use crate::project::Project;
use geo_types::Coord;
use kekiz_base::{AreaKey, Diagnostics, Place, Severity};
use kekiz_lake::{AreaLayer, Facility, FacilityLayer, Published};
use kekiz_spatial::project::Projector;
use kekiz_spatial::{AreaIndex, Crs, Geometry, ReadOptions};
use kekiz_tables::{PointRow, TableFile, parse_facility_mapping, read_points};
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;

/// What was imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FacilitiesImported {
    /// Name of the layer.
    pub layer: String,
    /// Number of facilities.
    pub facilities: usize,
    /// How many lie in none of the areas.
    pub outside: usize,
}

/// Imports a table of places (CSV, XLSX) or a file of points (GeoJSON, GeoPackage, Shapefile). All or nothing.
///
/// A file of points is read as a table with the columns `lon` and `lat` beside its own.
pub fn import_facilities(
    project: &Project,
    file: &Path,
    mapping: &Path,
    progress: &dyn Progress,
) -> Result<(FacilitiesImported, Diagnostics), AppError> {
    let published = project.published_or_new()?;
    let text = mapping_text(mapping)?;
    let map = parse_facility_mapping(&mapping.display().to_string(), &text)
        .map_err(|error| AppError::Configuration(error.to_string()))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    progress.step(&format!("Einrichtungen lesen: {name}"));
    let mut findings = Diagnostics::new();
    let table = match point_table(file, &mut findings)? {
        Some(bytes) => TableFile::from_bytes(name.clone(), bytes),
        None => TableFile::from_path(file),
    };
    let (rows, found) =
        read_points(&table, &map, &degrees).map_err(|error| AppError::input(error.to_string()))?;
    findings.extend(found);
    if findings.has_errors() {
        return Err(AppError::rejected(&name, findings));
    }
    progress.step(&format!("Einrichtungen verorten: {}", rows.len()));
    let layers = layers_from_the_smallest(&published)?;
    let indices: Vec<(&AreaLayer, AreaIndex<'_>)> =
        layers.iter().map(|layer| (layer.as_ref(), AreaIndex::new(&layer.shapes))).collect();
    let facilities: Vec<Facility> = rows.into_iter().map(|row| facility(row, &indices)).collect();
    let outside = facilities.iter().filter(|facility| facility.area.is_none()).count();
    if outside > 0 {
        findings.push(
            Severity::Warning,
            "facility-outside",
            Place { file: Some(name), ..Place::default() },
            format!("{outside} Einrichtungen liegen in keinem eingelesenen Gebiet."),
            "Koordinaten prüfen oder die fehlenden Grenzen einlesen.",
        );
    }
    let imported = FacilitiesImported { layer: map.layer.clone(), facilities: facilities.len(), outside };
    published.add_facilities(&FacilityLayer {
        id: map.layer,
        title: map.title,
        source: map.source,
        index_label: map.index_label,
        facilities,
    })?;
    Ok((imported, findings))
}

/// Longitude and latitude of coordinates in another system.
fn degrees(epsg: u32, x: f64, y: f64) -> Option<(f64, f64)> {
    let crs: Crs = format!("EPSG:{epsg}").parse().ok()?;
    let found = Projector::new(crs, Crs::WGS84)?.transform_one(Coord { x, y }).ok()?;
    Some((found.x, found.y))
}

fn layers_from_the_smallest(published: &Published) -> Result<Vec<Arc<AreaLayer>>, AppError> {
    let mut layers = published
        .geographies()
        .iter()
        .map(|geography| published.layer(geography))
        .collect::<Result<Vec<_>, _>>()?;
    layers.sort_by_key(|layer| std::cmp::Reverse(layer.areas.first().map(|area| area.level)));
    Ok(layers)
}

fn facility(row: PointRow, indices: &[(&AreaLayer, AreaIndex<'_>)]) -> Facility {
    let located: Option<AreaKey> = indices
        .iter()
        .find_map(|(layer, index)| index.locate(row.lon, row.lat).map(|at| layer.areas[at].key.clone()));
    Facility {
        id: row.id,
        kind: row.kind,
        name: row.name,
        operator: row.operator,
        address: row.address,
        lon: row.lon,
        lat: row.lat,
        area: located.or(row.area),
        attributes: row.attributes,
        index: row.index,
    }
}

/// A file of points as a CSV table; `None` for a file that is a table already.
fn point_table(file: &Path, findings: &mut Diagnostics) -> Result<Option<Vec<u8>>, AppError> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    if ![".geojson", ".json", ".topojson", ".gpkg", ".shp"].iter().any(|ending| name.ends_with(ending)) {
        return Ok(None);
    }
    let (layer, notes) = kekiz_spatial::read(&[input_file(file)?], &ReadOptions::default())
        .map_err(|error| AppError::input(error.to_string()))?;
    findings.extend(notes);
    let columns: Vec<&String> = {
        let all: std::collections::BTreeSet<&String> =
            layer.features.iter().flat_map(|feature| feature.attributes.keys()).collect();
        all.into_iter().filter(|name| *name != "lon" && *name != "lat").collect()
    };
    let mut table = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    let fail = |error: csv::Error| {
        AppError::input(format!("„{name}“ lässt sich nicht als Tabelle lesen ({error})."))
    };
    let header = ["lon", "lat"].into_iter().chain(columns.iter().map(|name| name.as_str()));
    table.write_record(header).map_err(fail)?;
    for feature in &layer.features {
        let at = match &feature.geometry {
            Some(Geometry::Point(point)) => Some((point.x(), point.y())),
            Some(Geometry::Areas(shape)) => {
                kekiz_spatial::measure::label_point(shape).map(|p| (p.x(), p.y()))
            }
            None => None,
        };
        let (lon, lat) = at.map_or_else(Default::default, |(x, y)| (x.to_string(), y.to_string()));
        let fields = columns.iter().map(|name| {
            feature.attributes.get(*name).and_then(kekiz_spatial::Attribute::text).unwrap_or_default()
        });
        table.write_record([lon, lat].into_iter().chain(fields)).map_err(fail)?;
    }
    table.into_inner().map(Some).map_err(|error| fail(error.into_error().into()))
}
