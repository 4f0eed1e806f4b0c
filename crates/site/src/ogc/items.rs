//! Features of a collection.

use super::collection::{Content, find};
use super::select::{BBox, Span, bbox, datetime, page};
use super::{CRS84, GEOJSON, HTML, JSON, answer, link};
use crate::ask::{Ask, Params};
use crate::problem::{Answer, Problem, base_url, only_known};
use crate::state::SiteState;
use crate::words::segment;
use axum::http::HeaderName;
use kekiz_atlas::export::geojson::{area_feature, area_properties, facility_feature};
use kekiz_atlas::export::status;
use kekiz_base::{Area, Cell, Mark, Period};
use kekiz_lake::{AreaLayer, Facility};
use kekiz_spatial::measure;
use serde_json::{Value, json};

const AREA_FILTERS: [&str; 4] = ["schluessel", "name", "ebene", "uebergeordnet"];
const FACILITY_FILTERS: [&str; 5] = ["id", "name", "art", "traeger", "gebiet"];

/// The properties a collection can be filtered by.
pub(super) fn filters(content: &Content<'_>) -> &'static [&'static str] {
    match content {
        Content::Areas(_) => &AREA_FILTERS,
        Content::Facilities(_) => &FACILITY_FILTERS,
    }
}

/// `GET /ogc/collections/{id}/items`
pub(super) fn list(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    let content = find(state, ask.segment("id"))?;
    let mut known = vec!["f", "bbox", "datetime", "limit", "offset"];
    known.extend_from_slice(filters(&content));
    only_known(&ask.params, &known)?;
    let (wanted_box, span) = (bbox(&ask.params)?, datetime(&ask.params)?);
    let (limit, offset) = page(&ask.params)?;
    let found = chosen(&content, &ask.params, wanted_box, span.as_ref());
    let features: Vec<Value> = found
        .iter()
        .skip(offset)
        .take(limit)
        .map(|position| feature(state, &content, *position, span.as_ref()))
        .collect::<Result<_, _>>()?;
    let at = format!("{}/ogc/collections/{}", base_url(state, ask), segment(ask.segment("id")));
    let turned = |offset: usize| {
        let params = ask.params.with("offset", Some(&offset.to_string())).with("f", Some("json"));
        params.url(&format!("{at}/items"))
    };
    let as_format = |f: &str| ask.params.with("f", Some(f)).url(&format!("{at}/items"));
    let mut links = vec![
        link(&as_format("json"), "self", GEOJSON, "Diese Objekte"),
        link(&as_format("html"), "alternate", HTML, "Diese Objekte als Seite"),
        link(&format!("{at}?f=json"), "collection", JSON, "Die Sammlung"),
    ];
    if offset + features.len() < found.len() && !features.is_empty() {
        links.push(link(&turned(offset + features.len()), "next", GEOJSON, "Nächste Seite"));
    }
    if offset > 0 {
        links.push(link(&turned(offset.saturating_sub(limit)), "prev", GEOJSON, "Vorige Seite"));
    }
    let value = json!({
        "type": "FeatureCollection",
        "links": links,
        "numberMatched": found.len(),
        "numberReturned": features.len(),
        "attribution": attribution(state, &content),
        "features": features,
    });
    Ok(answer(state, ask, "application/geo+json", &value, "Objekte")?.with(CONTENT_CRS, format!("<{CRS84}>")))
}

/// `GET /ogc/collections/{id}/items/{item}`
pub(super) fn show(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    let content = find(state, ask.segment("id"))?;
    only_known(&ask.params, &["f"])?;
    let wanted = ask.segment("item");
    let position = match &content {
        Content::Areas(layer) => layer.areas.iter().position(|area| area.key.as_str() == wanted),
        Content::Facilities(layer) => layer.facilities.iter().position(|facility| facility.id == wanted),
    };
    let position =
        position.ok_or_else(|| Problem::not_found("Dieses Objekt gibt es in der Sammlung nicht."))?;
    let mut value = feature(state, &content, position, None)?;
    let at = format!("{}/ogc/collections/{}", base_url(state, ask), segment(ask.segment("id")));
    value["links"] = json!([
        link(&format!("{at}/items/{}?f=json", segment(wanted)), "self", GEOJSON, "Dieses Objekt"),
        link(&format!("{at}/items/{}?f=html", segment(wanted)), "alternate", HTML, "Dieses Objekt als Seite"),
        link(&format!("{at}?f=json"), "collection", JSON, "Die Sammlung"),
    ]);
    value["attribution"] = json!(attribution(state, &content));
    Ok(answer(state, ask, "application/geo+json", &value, "Objekt")?.with(CONTENT_CRS, format!("<{CRS84}>")))
}

const CONTENT_CRS: HeaderName = HeaderName::from_static("content-crs");

/// Positions of the features that fit.
fn chosen(content: &Content<'_>, params: &Params, wanted: Option<BBox>, span: Option<&Span>) -> Vec<usize> {
    let same = |name: &str, value: &str| params.get(name).is_none_or(|wanted| wanted == value);
    match content {
        Content::Areas(layer) => (0..layer.areas.len())
            .filter(|i| {
                let area = &layer.areas[*i];
                let parent = area.parent.as_ref().map_or("", |parent| parent.as_str());
                same("schluessel", area.key.as_str())
                    && same("name", &area.name)
                    && same("ebene", area.level.slug())
                    && same("uebergeordnet", parent)
                    && span.is_none_or(|span| existed(area, span))
                    && wanted.is_none_or(|wanted| box_of(layer, *i).is_some_and(|own| wanted.meets(own)))
            })
            .collect(),
        Content::Facilities(layer) => (0..layer.facilities.len())
            .filter(|i| {
                let facility: &Facility = &layer.facilities[*i];
                let area = facility.area.as_ref().map_or("", |area| area.as_str());
                same("id", &facility.id)
                    && same("name", &facility.name)
                    && same("art", &facility.kind)
                    && same("traeger", &facility.operator)
                    && same("gebiet", area)
                    && wanted.is_none_or(|wanted| {
                        wanted.meets([facility.lon, facility.lat, facility.lon, facility.lat])
                    })
            })
            .collect(),
    }
}

fn box_of(layer: &AreaLayer, position: usize) -> Option<[f64; 4]> {
    let found = measure::bbox(layer.shapes.get(position)?)?;
    Some([found.min().x, found.min().y, found.max().x, found.max().y])
}

/// Whether an area existed at some time of the span.
fn existed(area: &Area, span: &Span) -> bool {
    let began = area.validity.from.map(|day| day.to_string());
    let ended = area.validity.until.map(|day| day.to_string());
    let before_end = span.until.as_ref().zip(began.as_ref()).is_none_or(|(until, began)| began <= until);
    let after_begin = span.from.as_ref().zip(ended.as_ref()).is_none_or(|(from, ended)| ended >= from);
    before_end && after_begin
}

fn feature(
    state: &SiteState,
    content: &Content<'_>,
    position: usize,
    span: Option<&Span>,
) -> Result<Value, Problem> {
    match content {
        Content::Facilities(layer) => Ok(facility_feature(layer, &layer.facilities[position])),
        Content::Areas(layer) => {
            let area = &layer.areas[position];
            let mut properties = area_properties(area);
            properties.insert("einwohner".into(), json!(layer.population.get(position).copied().flatten()));
            properties.insert("initiative".into(), json!(state.atlas.is_member(&area.key)));
            let until = span.and_then(|span| span.until.as_ref()).and_then(|day| day.parse::<Period>().ok());
            for meta in state.atlas.indicators() {
                let indicator = state.atlas.indicator(&meta.id)?;
                if indicator.slice(&area.geography).is_none() {
                    continue;
                }
                let group = indicator.default_group();
                let latest = indicator.latest(&area.key, group, until);
                let cell = latest.map_or(Cell::Missing { mark: Mark::Empty }, |period| {
                    indicator.cell(&area.key, period, group)
                });
                let name = meta.id.as_str().replace('-', "_");
                let period = latest.and_then(|period| indicator.data.periods.get(period));
                properties.insert(format!("{name}_zeitraum"), json!(period));
                properties.insert(format!("{name}_status"), json!(status(&cell)));
                properties.insert(name, json!(cell.value().filter(|value| value.is_finite())));
            }
            Ok(area_feature(area, layer.shapes.get(position), properties))
        }
    }
}

/// The attributions of the boundaries and of every indicator with figures in the collection.
fn attribution(state: &SiteState, content: &Content<'_>) -> String {
    let mut sources = Vec::new();
    match content {
        Content::Facilities(layer) => sources.push(layer.source.clone()),
        Content::Areas(layer) => {
            sources.push(layer.source.clone());
            for meta in state.atlas.indicators() {
                let used = state.atlas.indicator(&meta.id).is_ok_and(|indicator| {
                    layer.geography().is_some_and(|geography| indicator.slice(geography).is_some())
                });
                if used {
                    sources.extend(meta.sources.iter().cloned());
                }
            }
        }
    }
    kekiz_atlas::about::attribution(&sources)
}
