//! TopoJSON: areas as lists of shared arcs, quantised or not.
//!
//! Source: "The TopoJSON Format Specification" 1.0 (M. Bostock, C. Metcalf).

use super::error::ReadError;
use super::json::attribute;
use super::raw::{self, Declared, RawFeature, RawGeometry, RawLayer};
use super::{MAX_VERTICES, json};
use crate::{Attribute, InputFile};
use geo::Coord;
use kekiz_base::Diagnostics;
use serde_json::Value;
use std::collections::BTreeMap;

struct Topology {
    arcs: Vec<Vec<Coord<f64>>>,
    scale: [f64; 2],
    translate: [f64; 2],
    /// Vertices that may still be taken; arcs can be named again and again.
    left: usize,
}

pub(crate) fn read(file: &InputFile, value: &Value, wanted: Option<&str>) -> Result<RawLayer, ReadError> {
    let damaged = |detail: String| ReadError::Damaged { file: file.name.clone(), format: "TopoJSON", detail };
    let objects = value.get("objects").and_then(Value::as_object);
    let objects = objects.ok_or_else(|| damaged("es fehlt das Objekt „objects“.".into()))?;
    let names: Vec<String> = objects.keys().cloned().collect();
    let (name, object) = match (wanted, names.as_slice()) {
        (None, [_]) => objects.iter().next(),
        (None, _) => return Err(ReadError::ChooseLayer { layers: names }),
        (Some(wanted), [_]) if raw::same_name(&raw::stem(&file.name), wanted) => objects.iter().next(),
        (Some(wanted), _) => objects.iter().find(|(name, _)| raw::same_name(name, wanted)),
    }
    .ok_or_else(|| ReadError::LayerUnknown {
        found: wanted.unwrap_or_default().to_string(),
        layers: names,
    })?;
    let mut topology = Topology::parse(value).map_err(damaged)?;
    let members: Vec<&Value> = match object.get("type").and_then(Value::as_str) {
        Some("GeometryCollection") => object
            .get("geometries")
            .and_then(Value::as_array)
            .map(|list| list.iter().collect())
            .unwrap_or_default(),
        _ => vec![object],
    };
    let mut features = Vec::with_capacity(members.len());
    for member in members {
        let geometry = topology.geometry(member, 0).map(|g| (g != RawGeometry::default()).then_some(g));
        if topology.left == 0 {
            return Err(ReadError::TooLarge {
                file: file.name.clone(),
                detail: format!("mehr als {MAX_VERTICES} Stützpunkte"),
            });
        }
        features.push(RawFeature { geometry, attributes: attributes(member) });
    }
    Ok(RawLayer {
        file: file.name.clone(),
        name: name.clone(),
        crs: Declared::Nothing,
        features,
        diagnostics: Diagnostics::new(),
    })
}

fn attributes(member: &Value) -> BTreeMap<String, Attribute> {
    let mut out: BTreeMap<String, Attribute> = match member.get("properties") {
        Some(Value::Object(properties)) => {
            properties.iter().map(|(name, value)| (name.clone(), attribute(value))).collect()
        }
        _ => BTreeMap::new(),
    };
    if let Some(id) = member.get("id") {
        out.entry("id".into()).or_insert_with(|| json::attribute(id));
    }
    out
}

fn pair(value: Option<&Value>) -> Option<[f64; 2]> {
    let list = value?.as_array()?;
    let pair = [list.first()?.as_f64()?, list.get(1)?.as_f64()?];
    pair.iter().all(|n| n.is_finite()).then_some(pair)
}

impl Topology {
    fn parse(value: &Value) -> Result<Topology, String> {
        let transform = value.get("transform").filter(|value| !value.is_null());
        let (scale, translate) = match transform {
            None => ([1.0, 1.0], [0.0, 0.0]),
            Some(transform) => (
                pair(transform.get("scale")).ok_or("„transform.scale“ sind keine zwei Zahlen.")?,
                pair(transform.get("translate")).ok_or("„transform.translate“ sind keine zwei Zahlen.")?,
            ),
        };
        let mut topology = Topology { arcs: Vec::new(), scale, translate, left: MAX_VERTICES };
        let arcs = match value.get("arcs") {
            Some(Value::Array(arcs)) => arcs.as_slice(),
            None => &[],
            Some(_) => return Err("„arcs“ ist keine Liste.".into()),
        };
        for (index, arc) in arcs.iter().enumerate() {
            let bad = || format!("der Bogen {index} in „arcs“ enthält etwas, das keine Koordinate ist.");
            let mut at = [0.0, 0.0];
            let mut coords = Vec::new();
            for position in arc.as_array().ok_or_else(bad)? {
                let step = pair(Some(position)).ok_or_else(bad)?;
                at = if transform.is_some() { [at[0] + step[0], at[1] + step[1]] } else { step };
                coords.push(topology.place(at));
            }
            topology.arcs.push(coords);
        }
        Ok(topology)
    }

    fn place(&self, at: [f64; 2]) -> Coord<f64> {
        Coord { x: at[0] * self.scale[0] + self.translate[0], y: at[1] * self.scale[1] + self.translate[1] }
    }

    fn geometry(&mut self, object: &Value, depth: usize) -> Result<RawGeometry, String> {
        let mut out = RawGeometry::default();
        let list = |name: &str| -> Result<&[Value], String> {
            match object.get(name) {
                Some(Value::Array(list)) => Ok(list.as_slice()),
                _ => Err(format!("Es fehlt die Liste „{name}“.")),
            }
        };
        match object.get("type").and_then(Value::as_str).unwrap_or_default() {
            "GeometryCollection" if depth < 32 => {
                for member in list("geometries")? {
                    out.append(self.geometry(member, depth + 1)?);
                }
            }
            "Polygon" => out.polygons.push(self.rings(list("arcs")?)?),
            "MultiPolygon" => {
                for polygon in list("arcs")? {
                    let rings = polygon.as_array().ok_or("Ein Polygon in „arcs“ ist keine Liste.")?;
                    out.polygons.push(self.rings(rings)?);
                }
            }
            "Point" => out.points.push(self.point(object.get("coordinates"))?),
            "MultiPoint" => {
                for value in list("coordinates")? {
                    out.points.push(self.point(Some(value))?);
                }
            }
            "LineString" => out.lines = 1,
            "MultiLineString" => out.lines = list("arcs")?.len(),
            "" => {}
            other => {
                let other: String = other.chars().take(60).collect();
                return Err(format!("Die Geometrieart „{other}“ gibt es in TopoJSON nicht."));
            }
        }
        Ok(out)
    }

    fn point(&self, value: Option<&Value>) -> Result<Coord<f64>, String> {
        pair(value).map(|at| self.place(at)).ok_or_else(|| "Ein Punkt hat keine zwei Zahlen.".to_string())
    }

    fn rings(&mut self, rings: &[Value]) -> Result<Vec<Vec<Coord<f64>>>, String> {
        rings.iter().map(|ring| self.ring(ring)).collect()
    }

    fn ring(&mut self, ring: &Value) -> Result<Vec<Coord<f64>>, String> {
        let mut coords: Vec<Coord<f64>> = Vec::new();
        for reference in ring.as_array().ok_or("Ein Ring in „arcs“ ist keine Liste.")? {
            let number = reference.as_i64().ok_or("Ein Verweis auf einen Bogen ist keine ganze Zahl.")?;
            let index = usize::try_from(if number < 0 { !number } else { number }).unwrap_or(usize::MAX);
            let arc = self.arcs.get(index).ok_or_else(|| format!("Den Bogen {number} gibt es nicht."))?;
            self.left = self.left.saturating_sub(arc.len());
            if self.left == 0 {
                return Err("Die Ebene hat zu viele Stützpunkte.".into());
            }
            let skip = usize::from(!coords.is_empty());
            if number < 0 {
                coords.extend(arc.iter().rev().skip(skip));
            } else {
                coords.extend(arc.iter().skip(skip));
            }
        }
        Ok(coords)
    }
}
