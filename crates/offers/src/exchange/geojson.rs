//! Offers as GeoJSON (RFC 7946).

use crate::{Offer, phase_slug};
use serde_json::{Value, json};

/// A feature per place with coordinates, in longitude and latitude; offers without coordinates have a feature
/// without geometry, as the RFC allows.
pub fn geojson(offers: &[Offer]) -> Value {
    let features: Vec<Value> = offers.iter().flat_map(features).collect();
    json!({"type": "FeatureCollection", "features": features})
}

fn features(offer: &Offer) -> Vec<Value> {
    let prevention = &offer.prevention;
    let phases: Vec<&str> = prevention.life_phases.iter().map(|one| phase_slug(*one)).collect();
    let fields: Vec<&str> = prevention.action_fields.iter().map(|one| one.as_str()).collect();
    let properties = json!({
        "id": offer.id.as_str(), "name": offer.service.name, "description": offer.service.description,
        "url": offer.service.url, "organization_id": offer.organization.as_str(), "state": offer.state.slug(),
        "life_phases": phases, "action_fields": fields,
        "age_from_months": prevention.age_months.map(|(from, _)| from),
        "age_to_months": prevention.age_months.map(|(_, to)| to),
    });
    let feature =
        |geometry: Value| json!({"type": "Feature", "geometry": geometry, "properties": properties});
    let points = offer.points();
    if points.is_empty() {
        return vec![feature(Value::Null)];
    }
    points.into_iter().map(|(x, y)| feature(json!({"type": "Point", "coordinates": [x, y]}))).collect()
}
