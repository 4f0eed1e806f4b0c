//! The collections and what they hold.

use super::{CRS84, GEOJSON, HTML, JSON, answer, link};
use crate::ask::Ask;
use crate::problem::{Answer, Problem, base_url, only_known};
use crate::state::SiteState;
use crate::words::segment;
use kekiz_base::Source;
use kekiz_lake::{AreaLayer, FacilityLayer};
use serde_json::{Value, json};
use std::sync::Arc;

/// What a collection is made of.
pub(super) enum Content<'a> {
    Areas(&'a Arc<AreaLayer>),
    Facilities(&'a Arc<FacilityLayer>),
}

/// Begins the names of collections of facilities, so that they cannot clash with geographies.
const FACILITIES: &str = "einrichtungen-";

/// The collection of a name.
pub(super) fn find<'a>(state: &'a SiteState, id: &str) -> Result<Content<'a>, Problem> {
    let areas =
        state.atlas.layers().into_iter().find(|layer| layer.geography().is_some_and(|g| g.as_str() == id));
    if let Some(layer) = areas {
        return Ok(Content::Areas(layer));
    }
    let facilities = id
        .strip_prefix(FACILITIES)
        .and_then(|id| state.atlas.facility_layers().iter().find(|layer| layer.id == id));
    facilities.map(Content::Facilities).ok_or_else(|| {
        Problem::not_found("Diese Sammlung gibt es nicht; die Liste steht unter /ogc/collections.")
    })
}

/// Name, title, source, and box of a collection.
fn about(content: &Content<'_>) -> (String, String, Source, Option<[f64; 4]>) {
    match content {
        Content::Areas(layer) => {
            let id = layer.geography().map_or_else(String::new, ToString::to_string);
            let title = layer.areas.first().map_or_else(String::new, |area| area.level.plural().to_string());
            let boxes = kekiz_spatial::measure::bbox_of_all(&layer.shapes);
            let extent = boxes.map(|b| [b.min().x, b.min().y, b.max().x, b.max().y]);
            (id.clone(), format!("{title} ({id})"), layer.source.clone(), extent)
        }
        Content::Facilities(layer) => {
            let extent = layer.facilities.iter().fold(None, |found: Option<[f64; 4]>, f| {
                let [w, s, e, n] = found.unwrap_or([f.lon, f.lat, f.lon, f.lat]);
                Some([w.min(f.lon), s.min(f.lat), e.max(f.lon), n.max(f.lat)])
            });
            (format!("{FACILITIES}{}", layer.id), layer.title.clone(), layer.source.clone(), extent)
        }
    }
}

pub(super) fn describe(base: &str, content: &Content<'_>) -> Value {
    let (id, title, source, extent) = about(content);
    let at = format!("{base}/ogc/collections/{}", segment(&id));
    let mut links = vec![
        link(&format!("{at}?f=json"), "self", JSON, "Diese Sammlung"),
        link(&format!("{at}?f=html"), "alternate", HTML, "Diese Sammlung als Seite"),
        link(&format!("{at}/items?f=json"), "items", GEOJSON, "Objekte als GeoJSON"),
        link(&format!("{at}/items?f=html"), "items", HTML, "Objekte als Seite"),
    ];
    if !source.licence_url.is_empty() {
        links.push(link(&source.licence_url, "license", HTML, &source.licence));
    }
    let mut value = json!({
        "id": id,
        "title": title,
        "description": format!("{} Quelle: {}, {}", title, source.title, source.attribution),
        "attribution": source.attribution,
        "itemType": "feature",
        "crs": [CRS84],
        "links": links,
    });
    if let Some(extent) = extent {
        value["extent"] = json!({ "spatial": { "bbox": [extent], "crs": CRS84 } });
    }
    value
}

/// All collections of a store.
pub(super) fn all(state: &SiteState) -> Vec<Content<'_>> {
    let areas = state.atlas.layers().into_iter().filter(|layer| !layer.areas.is_empty()).map(Content::Areas);
    areas.chain(state.atlas.facility_layers().iter().map(Content::Facilities)).collect()
}

/// `GET /ogc/collections`
pub(super) fn list(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    only_known(&ask.params, &["f"])?;
    let base = base_url(state, ask);
    let collections: Vec<Value> = all(state).iter().map(|content| describe(&base, content)).collect();
    let value = json!({
        "links": [
            link(&format!("{base}/ogc/collections?f=json"), "self", JSON, "Dieses Dokument"),
            link(&format!("{base}/ogc/collections?f=html"), "alternate", HTML, "Dieses Dokument als Seite"),
        ],
        "collections": collections,
    });
    answer(state, ask, "application/json", &value, "Sammlungen")
}

/// `GET /ogc/collections/{id}`
pub(super) fn show(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    let content = find(state, ask.segment("id"))?;
    only_known(&ask.params, &["f"])?;
    answer(state, ask, "application/json", &describe(&base_url(state, ask), &content), &about(&content).1)
}
