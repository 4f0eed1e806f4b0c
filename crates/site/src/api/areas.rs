//! Areas, facilities, search.

use super::{figures, json, paged};
use crate::ask::Ask;
use crate::problem::{Answer, Problem, only_known, whole};
use crate::state::SiteState;
use kekiz_atlas::export::geojson::facility_feature;
use kekiz_atlas::profile::ProfileEntry;
use kekiz_base::{Area, AreaKey, GeographyId, Level};
use serde_json::{Value, json};

fn area(state: &SiteState, area: &Area) -> Value {
    json!({
        "key": area.key,
        "name": area.name,
        "level": area.level,
        "geography": area.geography,
        "parent": area.parent,
        "valid_from": area.validity.from.map(|day| day.to_string()),
        "valid_until": area.validity.until.map(|day| day.to_string()),
        "population": state.atlas.population(&area.key),
        "member": state.atlas.is_member(&area.key),
    })
}

fn key(ask: &Ask) -> AreaKey {
    AreaKey::new(ask.segment("key"))
}

/// `GET /api/v1/areas`
pub(super) fn list(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    only_known(&ask.params, &["level", "geography", "within", "member", "limit", "offset"])?;
    let limit = whole(&ask.params, "limit", 1000, 1, figures::MOST)?;
    let offset = whole(&ask.params, "offset", 0, 0, 1_000_000_000)?;
    let level = match ask.params.get("level") {
        None => None,
        Some(slug) => Some(Level::from_slug(slug).ok_or_else(|| {
            let known: Vec<&str> = Level::ALL.into_iter().map(Level::slug).collect();
            Problem::parameter(format!("Diese Ebene gibt es nicht. Möglich: {}.", known.join(", ")))
        })?),
    };
    let member = match ask.params.get("member") {
        None => None,
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => return Err(Problem::parameter("„member“ kennt nur „true“ und „false“.")),
    };
    let geography = ask.params.get("geography").map(GeographyId::new);
    if let Some(geography) = &geography {
        state.atlas.layer(geography).map_err(Problem::from_query)?;
    }
    let within = ask.params.get("within").map(AreaKey::new);
    if let Some(within) = &within {
        state.atlas.area(within).map_err(Problem::from_query)?;
    }
    let found: Vec<&Area> = state
        .atlas
        .tree()
        .iter()
        .filter(|area| level.is_none_or(|level| area.level == level))
        .filter(|area| geography.as_ref().is_none_or(|id| area.geography == *id))
        .filter(|area| member.is_none_or(|member| state.atlas.is_member(&area.key) == member))
        .filter(|area| within.as_ref().is_none_or(|outer| state.atlas.lies_in(&area.key, outer)))
        .collect();
    let items: Vec<Value> = found.iter().skip(offset).take(limit).map(|found| area(state, found)).collect();
    json(&paged(&items, found.len(), limit, offset))
}

/// `GET /api/v1/areas/{key}`
pub(super) fn show(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    only_known(&ask.params, &[])?;
    let found = state.atlas.area(&key(ask))?;
    let mut out = area(state, found);
    let ancestors: Vec<&AreaKey> = state.atlas.tree().ancestors(&found.key).map(|above| &above.key).collect();
    out["ancestors"] = json!(ancestors);
    out["children"] = json!(state.atlas.tree().children(&found.key));
    out["area_km2"] = json!(state.atlas.area_km2(&found.key));
    json(&out)
}

/// `GET /api/v1/areas/{key}/profile`
pub(super) fn profile(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    let key = key(ask);
    state.atlas.area(&key)?;
    only_known(&ask.params, &["period"])?;
    let profile = state.atlas.profile(&key, figures::period(ask)?)?;
    let themes: Vec<Value> = profile
        .themes
        .iter()
        .map(|theme| {
            let entries: Vec<Value> = theme.entries.iter().map(entry).collect();
            json!({ "name": theme.name, "indicators": entries })
        })
        .collect();
    let peers = profile.peers.as_ref().map(|peers| {
        let list: Vec<Value> = peers
            .peers
            .iter()
            .map(|peer| json!({ "key": peer.area.key, "name": peer.area.name, "distance": peer.distance }))
            .collect();
        json!({ "explanation": peers.explanation, "areas": list })
    });
    json(&json!({
        "area": area(state, &profile.area),
        "sentence": profile.sentence,
        "themes": themes,
        "peers": peers,
    }))
}

fn entry(entry: &ProfileEntry) -> Value {
    json!({
        "indicator": entry.meta.id,
        "title": entry.meta.title,
        "unit": entry.meta.unit,
        "period": entry.period,
        "cell": entry.cell,
        "parent": entry.parent.as_ref().map(|(above, cell)| json!({ "key": above.key, "name": above.name, "cell": cell })),
        "judgement": entry.judgement,
        "trend": entry.trend.as_ref().map(|trend| json!({
            "from": trend.from,
            "to": trend.to,
            "from_value": trend.from_value,
            "to_value": trend.to_value,
            "judgement": trend.judgement,
            "broken": trend.broken,
        })),
        "rank_among_siblings": entry.siblings.map(|siblings| json!({ "rank": siblings.rank, "of": siblings.of })),
        "peer_median": entry.peer_median.map(|(value, of)| json!({ "value": value, "of": of })),
        "sources": entry.meta.sources,
    })
}

/// `GET /api/v1/geographies`
pub(super) fn geographies(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    only_known(&ask.params, &[])?;
    let items: Vec<Value> = state
        .atlas
        .layers()
        .into_iter()
        .filter_map(|layer| {
            let first = layer.areas.first()?;
            Some(json!({
                "id": first.geography,
                "level": first.level,
                "areas": layer.areas.len(),
                "source": layer.source,
            }))
        })
        .collect();
    json(&json!({ "total": items.len(), "items": items }))
}

/// `GET /api/v1/geographies/{id}/geometry`
pub(super) fn geometry(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    only_known(&ask.params, &[])?;
    let value = state.atlas.geometry(&GeographyId::new(ask.segment("geography")))?;
    Ok(Answer::typed("application/geo+json", &value))
}

/// `GET /api/v1/facilities`
pub(super) fn facility_layers(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    only_known(&ask.params, &[])?;
    let items: Vec<Value> = state
        .atlas
        .facility_layers()
        .iter()
        .map(|layer| {
            json!({
                "id": layer.id,
                "title": layer.title,
                "index_label": layer.index_label,
                "facilities": layer.facilities.len(),
                "source": layer.source,
            })
        })
        .collect();
    json(&json!({ "total": items.len(), "items": items }))
}

/// `GET /api/v1/facilities/{layer}`
pub(super) fn facilities(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    let layer = state.atlas.facility_layer(ask.segment("layer"))?;
    only_known(&ask.params, &["within", "limit", "offset"])?;
    let limit = whole(&ask.params, "limit", 1000, 1, figures::MOST)?;
    let offset = whole(&ask.params, "offset", 0, 0, 1_000_000_000)?;
    let within = ask.params.get("within").map(AreaKey::new);
    let view = state.atlas.facilities(&layer.id, within.as_ref()).map_err(Problem::from_query)?;
    let items: Vec<Value> =
        view.facilities().skip(offset).take(limit).map(|facility| json!(facility)).collect();
    let mut page = paged(&items, view.shown.len(), limit, offset);
    page["title"] = json!(layer.title);
    page["index_label"] = json!(layer.index_label);
    page["sentence"] = json!(view.sentence);
    page["source"] = json!(layer.source);
    json(&page)
}

/// `GET /api/v1/facilities/{layer}/{id}`
pub(super) fn facility(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    only_known(&ask.params, &[])?;
    let layer = state.atlas.facility_layer(ask.segment("layer"))?;
    let profile = state.atlas.facility(&layer.id, ask.segment("facility"))?;
    let neighbours: Vec<Value> = profile
        .neighbours
        .iter()
        .map(|other| json!({ "id": other.facility.id, "name": other.facility.name, "metres": other.metres.round() }))
        .collect();
    json(&json!({
        "facility": profile.facility,
        "feature": facility_feature(layer, &profile.facility),
        "neighbours": neighbours,
        "sentence": profile.sentence,
        "source": profile.source,
    }))
}

/// `GET /api/v1/search`
pub(super) fn search(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    only_known(&ask.params, &["q"])?;
    let text = ask.params.get("q").ok_or_else(|| {
        Problem::parameter("Der Suchtext fehlt: er steht im Parameter „q“, zum Beispiel ?q=Krefeld.")
    })?;
    let hits = state.atlas.search(text);
    json(&json!({ "total": hits.len(), "items": hits }))
}
