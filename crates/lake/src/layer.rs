//! Area layers as GeoParquet, so that QGIS, R and Python open them.
//!
//! Source: OGC GeoParquet 1.1.0 (metadata key `geo`, WKB geometry, CRS84 when `crs` is absent).

use crate::parquet::{Columns, HEADER, Table, number, text};
use crate::wkb;
use datafusion::arrow::array::Array;
use geo_types::{Coord, MultiPolygon};
use jiff::civil::{Date, date};
use kekiz_base::{Area, AreaChange, AreaKey, GeographyId, Level, Source, Validity};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Version of the file format of an area layer.
const VERSION: u32 = 1;

/// The areas of one geography with their shapes. All lists have the length and the order of `areas`.
#[derive(Clone, Debug, PartialEq)]
pub struct AreaLayer {
    /// Where the boundaries come from.
    pub source: Source,
    /// The areas; all of one geography.
    pub areas: Vec<Area>,
    /// Their shapes in degrees (WGS 84), simplified for drawing; an empty shape where none is known.
    pub shapes: Vec<MultiPolygon<f64>>,
    /// Inhabitants, where known.
    pub population: Vec<Option<f64>>,
    /// Changes of territory that touch the geography.
    pub changes: Vec<AreaChange>,
    /// Whether the area is a municipality of the initiative.
    pub members: Vec<bool>,
}

#[derive(Serialize, Deserialize)]
struct Header {
    version: u32,
    source: Source,
    geography: GeographyId,
    changes: Vec<AreaChange>,
}

/// Smallest box around coordinates: west, south, east, north; `None` without coordinates.
pub(crate) fn bounds(coords: impl Iterator<Item = Coord<f64>>) -> Option<[f64; 4]> {
    coords.fold(None, |found, c| {
        let [west, south, east, north] = found.unwrap_or([c.x, c.y, c.x, c.y]);
        Some([west.min(c.x), south.min(c.y), east.max(c.x), north.max(c.y)])
    })
}

/// The GeoParquet metadata of a file with one geometry column `geometry`.
pub(crate) fn geo_metadata(kind: &str, bounds: Option<[f64; 4]>) -> String {
    let mut column = json!({
        "encoding": "WKB",
        "geometry_types": [kind],
        "orientation": "counterclockwise",
    });
    if let Some(bounds) = bounds {
        column["bbox"] = json!(bounds);
    }
    json!({ "version": "1.1.0", "primary_column": "geometry", "columns": { "geometry": column } }).to_string()
}

/// Whether a position is in degrees at all.
pub(crate) fn is_degree(lon: f64, lat: f64) -> bool {
    (-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat)
}

fn coords(shape: &MultiPolygon<f64>) -> impl Iterator<Item = Coord<f64>> + '_ {
    shape
        .0
        .iter()
        .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()))
        .flat_map(|ring| ring.0.iter().copied())
}

impl AreaLayer {
    /// The geography of the layer; `None` when it has no areas.
    pub fn geography(&self) -> Option<&GeographyId> {
        self.areas.first().map(|area| &area.geography)
    }

    /// What keeps the layer from being published, and what to do about it.
    pub(crate) fn problem(&self) -> Option<(String, String)> {
        let Some(geography) = self.geography() else {
            return Some(("es hat keine Gebiete".into(), "eine Datei mit Gebieten angeben".into()));
        };
        let n = self.areas.len();
        if [self.shapes.len(), self.population.len(), self.members.len()] != [n; 3] {
            return Some((
                format!("die Listen der Umrisse, Einwohner und Mitglieder haben nicht alle {n} Einträge"),
                "je Gebiet einen Eintrag angeben".into(),
            ));
        }
        if let Some(area) = self.areas.iter().find(|area| area.geography != *geography) {
            return Some((
                format!("„{}“ gehört zu „{}“ statt zu „{geography}“", area.key, area.geography),
                "jede Gebietsebene einzeln veröffentlichen".into(),
            ));
        }
        let outside = |shape: &&MultiPolygon<f64>| coords(shape).any(|c| !is_degree(c.x, c.y));
        if let Some(i) = self.shapes.iter().position(|shape| outside(&shape)) {
            return Some((
                format!("der Umriss von „{}“ ist nicht in Grad angegeben", self.areas[i].key),
                "das Koordinatensystem der Datei angeben".into(),
            ));
        }
        None
    }
}

const EPOCH: Date = date(1970, 1, 1);

fn day_number(day: Option<Date>) -> Option<i32> {
    day.and_then(|day| (day - EPOCH).get_days().into())
}

fn day(number: i32) -> Result<Date, String> {
    EPOCH
        .checked_add(jiff::Span::new().try_days(number).map_err(|e| e.to_string())?)
        .map_err(|_| "ein Gültigkeitsdatum liegt außerhalb des Kalenders".to_string())
}

/// The bytes of a layer's file.
pub(crate) fn encode(layer: &AreaLayer) -> Result<Vec<u8>, String> {
    let geography = layer.geography().ok_or("keine Gebiete")?.clone();
    let header =
        Header { version: VERSION, source: layer.source.clone(), geography, changes: layer.changes.clone() };
    let header = serde_json::to_string(&header).map_err(|e| e.to_string())?;
    let areas = || layer.areas.iter();
    let mut columns = Columns::default();
    columns.texts("key", areas().map(|a| Some(a.key.as_str())));
    columns.texts("name", areas().map(|a| Some(a.name.as_str())));
    columns.words("level", areas().map(|a| Some(a.level.slug())));
    columns.words("parent", areas().map(|a| a.parent.as_ref().map(AreaKey::as_str)));
    columns.days("valid_from", areas().map(|a| day_number(a.validity.from)));
    columns.days("valid_until", areas().map(|a| day_number(a.validity.until)));
    columns.numbers("population", layer.population.iter().copied());
    columns.flags("member", layer.members.iter().map(|member| Some(*member)));
    columns.blobs("geometry", layer.shapes.iter().map(|s| (!s.0.is_empty()).then(|| wkb::encode_areas(s))));
    let geo = geo_metadata("MultiPolygon", bounds(layer.shapes.iter().flat_map(coords)));
    columns.write(&[("geo", geo), (HEADER, header)])
}

/// A layer from the bytes of its file.
pub(crate) fn decode(bytes: Vec<u8>) -> Result<AreaLayer, String> {
    let table = Table::read(bytes)?;
    let header: Header = table.header()?;
    if header.version != VERSION {
        return Err(format!("das Format {} ist unbekannt", header.version));
    }
    let (key, name, level) = (table.texts("key")?, table.texts("name")?, table.texts("level")?);
    let (parent, from, until) =
        (table.texts("parent")?, table.days("valid_from")?, table.days("valid_until")?);
    let (population, member) = (table.numbers("population")?, table.flags("member")?);
    let geometry = table.blobs("geometry")?;
    let n = table.rows();
    let mut layer = AreaLayer {
        source: header.source,
        areas: Vec::with_capacity(n),
        shapes: Vec::with_capacity(n),
        population: Vec::with_capacity(n),
        changes: header.changes,
        members: Vec::with_capacity(n),
    };
    for row in 0..n {
        let absent = |what: &str| format!("in Zeile {} fehlt {what}", row + 1);
        let day_of = |days: &datafusion::arrow::array::Date32Array| {
            days.is_valid(row).then(|| day(days.value(row))).transpose()
        };
        layer.areas.push(Area {
            key: AreaKey::new(text(&key, row).ok_or_else(|| absent("der Schlüssel"))?),
            name: text(&name, row).ok_or_else(|| absent("der Name"))?.to_string(),
            level: text(&level, row).and_then(Level::from_slug).ok_or_else(|| absent("die Ebene"))?,
            geography: header.geography.clone(),
            parent: text(&parent, row).map(AreaKey::new),
            validity: Validity { from: day_of(&from)?, until: day_of(&until)? },
        });
        layer.shapes.push(if geometry.is_valid(row) {
            wkb::decode_areas(geometry.value(row)).map_err(|e| format!("Zeile {}: {e}", row + 1))?
        } else {
            MultiPolygon(Vec::new())
        });
        layer.population.push(number(&population, row));
        layer.members.push(member.is_valid(row) && member.value(row));
    }
    Ok(layer)
}
