//! GeoJSON: RFC 7946, and the older specification of 2008 with its `crs` member.

use super::error::ReadError;
use super::json::attribute;
use super::raw::{self, Declared, RawFeature, RawGeometry, RawLayer};
use super::{MAX_VERTICES, json};
use crate::{Attribute, Crs, InputFile};
use geo::Coord;
use kekiz_base::Diagnostics;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const GEOMETRIES: [&str; 7] =
    ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"];

pub(crate) fn read(file: &InputFile, value: Value, wanted: Option<&str>) -> Result<RawLayer, ReadError> {
    let damaged = |detail: &str| ReadError::Damaged {
        file: file.name.clone(),
        format: "GeoJSON",
        detail: detail.to_string(),
    };
    let name =
        value.get("name").and_then(Value::as_str).map_or_else(|| raw::stem(&file.name), str::to_string);
    if let Some(wanted) = wanted
        && !raw::same_name(&name, wanted)
        && !raw::same_name(&raw::stem(&file.name), wanted)
        && !raw::same_name(&file.name, wanted)
    {
        return Err(ReadError::LayerUnknown { found: wanted.to_string(), layers: vec![name] });
    }
    let crs = declared(value.get("crs"));
    let Value::Object(mut root) = value else {
        return Err(damaged("das oberste Element ist eine Liste und kein Objekt."));
    };
    let kind = root.get("type").and_then(Value::as_str).unwrap_or_default().to_string();
    let features = match kind.as_str() {
        "FeatureCollection" => match root.remove("features") {
            Some(Value::Array(features)) => features,
            _ => return Err(damaged("der FeatureCollection fehlt die Liste „features“.")),
        },
        "Feature" => vec![Value::Object(root)],
        kind if GEOMETRIES.contains(&kind) => {
            let mut wrapped = Map::new();
            wrapped.insert("type".into(), "Feature".into());
            wrapped.insert("geometry".into(), Value::Object(root));
            vec![Value::Object(wrapped)]
        }
        "" => return Err(ReadError::Unknown { file: file.name.clone() }),
        other => {
            let other: String = other.chars().take(60).collect();
            return Err(damaged(&format!("„{other}“ ist keine Art von GeoJSON-Objekt.")));
        }
    };
    let mut layer = RawLayer {
        file: file.name.clone(),
        name,
        crs,
        features: Vec::with_capacity(features.len()),
        diagnostics: Diagnostics::new(),
    };
    let mut vertices = 0usize;
    for (index, feature) in features.into_iter().enumerate() {
        let Value::Object(feature) = feature else {
            return Err(damaged(&format!("das Element {} in „features“ ist kein Objekt.", index + 1)));
        };
        let feature = read_feature(&feature);
        if let Ok(Some(geometry)) = &feature.geometry {
            vertices = vertices.saturating_add(geometry.vertices());
        }
        if vertices > MAX_VERTICES {
            return Err(ReadError::TooLarge {
                file: file.name.clone(),
                detail: format!("mehr als {MAX_VERTICES} Stützpunkte"),
            });
        }
        layer.features.push(feature);
    }
    Ok(layer)
}

fn declared(crs: Option<&Value>) -> Declared {
    let Some(crs) = crs.filter(|value| !value.is_null()) else { return Declared::Nothing };
    let properties = crs.get("properties");
    let text = match properties.and_then(|p| p.get("name")).or(crs.as_str().map(|_| crs)) {
        Some(Value::String(name)) => name.clone(),
        _ => match properties.and_then(|p| p.get("code")) {
            Some(code) => format!("EPSG:{}", code.to_string().trim_matches('"')),
            None => crs.to_string().chars().take(80).collect(),
        },
    };
    match text.parse::<Crs>() {
        Ok(crs) => Declared::Known(crs),
        Err(error) => Declared::Unsupported(error.found),
    }
}

fn read_feature(feature: &Map<String, Value>) -> RawFeature {
    let mut attributes: BTreeMap<String, Attribute> = match feature.get("properties") {
        Some(Value::Object(properties)) => {
            properties.iter().map(|(name, value)| (name.clone(), attribute(value))).collect()
        }
        _ => BTreeMap::new(),
    };
    if let Some(id) = feature.get("id") {
        attributes.entry("id".into()).or_insert_with(|| json::attribute(id));
    }
    let geometry = match feature.get("geometry") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => geometry(value).map(Some),
    };
    RawFeature { geometry, attributes }
}

fn geometry(value: &Value) -> Result<RawGeometry, String> {
    let mut out = RawGeometry::default();
    let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
    if kind == "GeometryCollection" {
        for member in list(value.get("geometries"), "geometries")? {
            out.append(geometry(member)?);
        }
        return Ok(out);
    }
    let coordinates = value.get("coordinates");
    let flat = &mut out.had_height;
    match kind {
        "Point" => {
            if let Some(value) =
                coordinates.filter(|value| value.as_array().is_none_or(|list| !list.is_empty()))
            {
                out.points.push(position(value, flat)?);
            }
        }
        "MultiPoint" => out.points = positions(coordinates, flat)?,
        "LineString" => out.lines = 1,
        "MultiLineString" => out.lines = list(coordinates, "coordinates")?.len(),
        "Polygon" => {
            let rings = list(coordinates, "coordinates")?;
            out.polygons
                .push(rings.iter().map(|ring| positions(Some(ring), flat)).collect::<Result<_, _>>()?);
        }
        "MultiPolygon" => {
            for polygon in list(coordinates, "coordinates")? {
                let rings = list(Some(polygon), "coordinates")?;
                out.polygons
                    .push(rings.iter().map(|ring| positions(Some(ring), flat)).collect::<Result<_, _>>()?);
            }
        }
        other => {
            let other: String = other.chars().take(60).collect();
            return Err(format!("Die Geometrieart „{other}“ gibt es in GeoJSON nicht."));
        }
    }
    Ok(out)
}

fn list<'a>(value: Option<&'a Value>, name: &str) -> Result<&'a [Value], String> {
    match value {
        Some(Value::Array(list)) => Ok(list),
        _ => Err(format!("Statt einer Liste in „{name}“ steht etwas anderes.")),
    }
}

fn positions(value: Option<&Value>, had_height: &mut bool) -> Result<Vec<Coord<f64>>, String> {
    list(value, "coordinates")?.iter().map(|value| position(value, had_height)).collect()
}

fn position(value: &Value, had_height: &mut bool) -> Result<Coord<f64>, String> {
    let parts = value.as_array().map(Vec::as_slice).unwrap_or_default();
    *had_height |= parts.len() > 2;
    match (parts.first().and_then(Value::as_f64), parts.get(1).and_then(Value::as_f64)) {
        (Some(x), Some(y)) if x.is_finite() && y.is_finite() => Ok(Coord { x, y }),
        _ => {
            let found: String = value.to_string().chars().take(60).collect();
            Err(format!("„{found}“ ist keine Koordinate (erwartet werden zwei Zahlen)."))
        }
    }
}
