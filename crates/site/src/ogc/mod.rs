//! OGC API – Features, Part 1: Core (OGC 17-069r4), with GeoJSON, HTML and OpenAPI 3.0, so that QGIS opens the layers.
//!
//! One collection per geography, its areas carrying the latest figure of every indicator, and one per layer of
//! facilities.

mod collection;
mod definition;
mod html;
mod items;
mod select;

use crate::ask::Ask;
use crate::problem::{Answer, Problem, base_url, format, machine, only_known};
use crate::state::SiteState;
use axum::Router;
use serde_json::{Value, json};

/// The routes of this module.
pub(crate) fn router() -> Router<SiteState> {
    Router::new()
        .route("/ogc", machine(landing))
        .route("/ogc/", machine(landing))
        .route("/ogc/conformance", machine(conformance))
        .route("/ogc/api", machine(definition::document))
        .route("/ogc/collections", machine(collection::list))
        .route("/ogc/collections/{id}", machine(collection::show))
        .route("/ogc/collections/{id}/items", machine(items::list))
        .route("/ogc/collections/{id}/items/{item}", machine(items::show))
        .route(
            "/ogc/{*rest}",
            machine(|_, _| Err(Problem::not_found("Diese Adresse gibt es nicht; der Einstieg ist /ogc."))),
        )
}

const JSON: &str = "application/json";
const GEOJSON: &str = "application/geo+json";
const HTML: &str = "text/html";
const OPENAPI: &str = "application/vnd.oai.openapi+json;version=3.0";

/// Longitude and latitude in degrees, the only reference system offered.
const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

const CONFORMS: [&str; 4] = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
];

fn link(href: &str, rel: &str, media: &str, title: &str) -> Value {
    json!({ "href": href, "rel": rel, "type": media, "title": title })
}

/// The document in the format asked for.
fn answer(
    state: &SiteState,
    ask: &Ask,
    json_media: &'static str,
    value: &Value,
    title: &str,
) -> Result<Answer, Problem> {
    let offered =
        [("json", "application/json,application/geo+json"), ("html", "text/html,application/xhtml+xml")];
    match format(ask, &offered)? {
        "html" => html::page(state, title, value),
        _ => Ok(Answer::typed(json_media, value)),
    }
}

fn landing(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    only_known(&ask.params, &["f"])?;
    let base = base_url(state, ask);
    let at = |path: &str| format!("{base}/ogc{path}");
    let site = state.atlas.site();
    let value = json!({
        "title": site.title,
        "description": site.subtitle,
        "links": [
            link(&at("?f=json"), "self", JSON, "Dieses Dokument"),
            link(&at("?f=html"), "alternate", HTML, "Dieses Dokument als Seite"),
            link(&at("/api"), "service-desc", OPENAPI, "Beschreibung der Schnittstelle (OpenAPI 3.0)"),
            link(&at("/api?f=html"), "service-doc", HTML, "Beschreibung der Schnittstelle als Seite"),
            link(&at("/conformance"), "conformance", JSON, "Erfüllte Konformitätsklassen"),
            link(&at("/collections"), "data", JSON, "Sammlungen"),
        ],
    });
    answer(state, ask, "application/json", &value, "OGC API Features")
}

fn conformance(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    only_known(&ask.params, &["f"])?;
    answer(state, ask, "application/json", &json!({ "conformsTo": CONFORMS }), "Konformität")
}
