//! GeoJSON after RFC 7946: longitude before latitude, outer rings counter-clockwise, foreign members for the source.

use super::{attribution, licences, mark, remark, sources, status};
use crate::table::Table;
use crate::{Atlas, AtlasError};
use geo_types::{LineString, MultiPolygon};
use kekiz_base::{Area, Cell};
use kekiz_lake::{AreaLayer, Facility, FacilityLayer};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Decimals of coordinates: about a tenth of a metre, the precision RFC 7946 (section 11.2) suggests.
const DECIMALS: f64 = 1e6;

fn position(x: f64, y: f64) -> Value {
    let round = |v: f64| (v * DECIMALS).round() / DECIMALS;
    json!([round(x), round(y)])
}

fn ring(line: &LineString<f64>) -> Value {
    line.0.iter().map(|point| position(point.x, point.y)).collect()
}

/// A shape as a Polygon or MultiPolygon; null for an empty one.
pub fn geometry(shape: &MultiPolygon<f64>) -> Value {
    let polygons: Vec<Value> = shape
        .0
        .iter()
        .map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring).collect())
        .collect();
    match polygons.len() {
        0 => Value::Null,
        1 => json!({ "type": "Polygon", "coordinates": polygons[0] }),
        _ => json!({ "type": "MultiPolygon", "coordinates": polygons }),
    }
}

/// What an area is, as properties.
pub fn area_properties(area: &Area) -> Map<String, Value> {
    let mut properties = Map::new();
    properties.insert("schluessel".into(), json!(area.key));
    properties.insert("name".into(), json!(area.name));
    properties.insert("ebene".into(), json!(area.level.slug()));
    properties.insert("gliederung".into(), json!(area.geography));
    properties.insert("uebergeordnet".into(), json!(area.parent));
    properties
}

/// A feature of an area.
pub fn area_feature(area: &Area, shape: Option<&MultiPolygon<f64>>, properties: Map<String, Value>) -> Value {
    json!({
        "type": "Feature",
        "id": area.key,
        "geometry": shape.map_or(Value::Null, geometry),
        "properties": properties,
    })
}

/// A feature of a facility.
pub fn facility_feature(layer: &FacilityLayer, facility: &Facility) -> Value {
    let mut properties = Map::new();
    properties.insert("id".into(), json!(facility.id));
    properties.insert("art".into(), json!(facility.kind));
    properties.insert("name".into(), json!(facility.name));
    properties.insert("traeger".into(), json!(facility.operator));
    properties.insert("anschrift".into(), json!(facility.address));
    properties.insert("gebiet".into(), json!(facility.area));
    if layer.index_label.is_some() {
        properties.insert("index".into(), json!(facility.index));
    }
    for (label, text) in &facility.attributes {
        let name = crate::wording::slug(label).replace('-', "_");
        if !name.is_empty() {
            properties.entry(name).or_insert_with(|| json!(text));
        }
    }
    json!({
        "type": "Feature",
        "id": facility.id,
        "geometry": { "type": "Point", "coordinates": position(facility.lon, facility.lat) },
        "properties": properties,
    })
}

/// The areas of a layer with further properties by area.
pub(crate) fn areas(layer: &AreaLayer, more: impl Fn(&Area) -> BTreeMap<String, Value>) -> Value {
    let features: Vec<Value> = layer
        .areas
        .iter()
        .zip(&layer.shapes)
        .map(|(area, shape)| {
            let mut properties = area_properties(area);
            properties.extend(more(area));
            area_feature(area, Some(shape), properties)
        })
        .collect();
    json!({
        "type": "FeatureCollection",
        "attribution": layer.source.attribution,
        "licence": layer.source.licence,
        "source": layer.source.title,
        "features": features,
    })
}

/// The properties of a cell: `wert` is a number or null, `status` and `zeichen` say why it is null.
pub fn cell_properties(cell: &Cell) -> Map<String, Value> {
    let mut properties = Map::new();
    let figure = cell.figure();
    properties.insert("wert".into(), json!(figure.map(|f| f.value).filter(|v| v.is_finite())));
    properties.insert("status".into(), json!(status(cell)));
    let sign = mark(cell);
    if !sign.is_empty() {
        properties.insert("zeichen".into(), json!(sign));
    }
    let remark = remark(cell);
    if !remark.is_empty() {
        properties.insert("bemerkung".into(), json!(remark));
    }
    if let Some(figure) = figure {
        let mut number = |name: &str, value: Option<f64>| {
            if let Some(value) = value.filter(|v| v.is_finite()) {
                properties.insert(name.into(), json!(value));
            }
        };
        number("untergrenze_95", figure.interval.map(|i| i.lower));
        number("obergrenze_95", figure.interval.map(|i| i.upper));
        number("faelle", figure.numerator);
        number("bezug", figure.denominator);
        number("geglaettet", figure.smoothed);
        number("klasse", figure.class.map(f64::from));
    }
    properties
}

impl Atlas {
    /// A table as GeoJSON, one feature per cell.
    ///
    /// # Errors
    /// A geography that is not there.
    pub fn geojson(&self, table: &Table) -> Result<Value, AtlasError> {
        let mut features = Vec::with_capacity(table.rows.len());
        let mut boundaries: Vec<String> = Vec::new();
        for row in &table.rows {
            let layer = self.layer(&row.area.geography)?;
            if !boundaries.contains(&layer.source.attribution) {
                boundaries.push(layer.source.attribution.clone());
            }
            let shape = self.position(&row.area.key).and_then(|(_, position)| layer.shapes.get(*position));
            let mut properties = area_properties(&row.area);
            properties.insert("indikator".into(), json!(table.meta.id));
            properties.insert("zeitraum".into(), json!(row.period));
            properties.insert("gruppe".into(), json!(row.group));
            properties.extend(cell_properties(&row.cell));
            features.push(area_feature(&row.area, shape, properties));
        }
        Ok(json!({
            "type": "FeatureCollection",
            "title": table.meta.title,
            "unit": table.meta.unit,
            "definition": table.meta.definition,
            "source": sources(table),
            "licence": licences(table),
            "attribution": attribution(table),
            "boundaries": boundaries.join("; "),
            "protection": table.about.protection,
            "receipt": table.about.receipt,
            "features": features,
        }))
    }
}
