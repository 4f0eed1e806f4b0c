//! `/karte/{indikator}`: areas, texts and colours of a view as GeoJSON, for the movable map.

use super::figures;
use super::query::AtlasAsk;
use crate::ask::Ask;
use crate::pages::{Page, PageError};
use crate::state::SiteState;
use crate::words;
use kekiz_base::Cell;
use serde_json::{Value, json};
use std::collections::HashMap;

/// The same areas and classes as the drawing, in degrees with five decimals (about a metre).
pub(crate) fn show(state: &SiteState, ask: &Ask) -> Result<Page, PageError> {
    let asked = AtlasAsk::parse(ask.segment("indikator"), &ask.params)?;
    let view = state.atlas.view(&asked.view).map_err(PageError::parameter)?;
    let layer = state.atlas.layer(&view.geography)?;
    let shapes: HashMap<_, _> = layer.areas.iter().map(|area| &area.key).zip(&layer.shapes).collect();
    let colours = view.classes.as_ref().map_or(&[][..], |info| &info.colours);
    let features: Vec<Value> = view
        .rows
        .iter()
        .filter_map(|row| {
            let shape = shapes.get(&row.area.key)?;
            let coordinates: Vec<Value> = shape
                .iter()
                .map(|polygon| {
                    let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
                    rings
                        .map(|ring| {
                            ring.coords().map(|at| json!([round(at.x), round(at.y)])).collect::<Value>()
                        })
                        .collect()
                })
                .collect();
            let kind = match row.cell {
                Cell::Shown(_) => "shown",
                Cell::Suppressed { .. } => "suppressed",
                Cell::Missing { .. } => "missing",
            };
            Some(json!({
                "type": "Feature",
                "properties": {
                    "key": row.area.key,
                    "name": row.area.name,
                    "text": words::cell(&view.meta, &row.cell),
                    "kind": kind,
                    "colour": row.class.and_then(|class| colours.get(class)),
                    "member": row.member,
                    "url": asked.url_with("ort", Some(row.area.key.as_str())),
                },
                "geometry": { "type": "MultiPolygon", "coordinates": coordinates },
            }))
        })
        .collect();
    let points: Vec<Value> = match asked.facilities.as_deref() {
        None => Vec::new(),
        Some(name) => {
            let within = view.within.as_ref().map(|area| &area.key);
            let found = state.atlas.facilities(name, within).map_err(PageError::parameter)?;
            found.facilities().map(|facility| figures::point_feature(&found.layer.id, facility)).collect()
        }
    };
    let body = json!({
        "type": "FeatureCollection",
        "features": features,
        "points": { "type": "FeatureCollection", "features": points },
    });
    Ok(Page::text("application/geo+json", body.to_string()))
}

fn round(degrees: f64) -> f64 {
    (degrees * 1e5).round() / 1e5
}
