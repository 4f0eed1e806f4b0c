//! The description of the interface after OpenAPI 3.0.

use super::collection::{all, describe};
use super::html::api_page;
use super::items::filters;
use crate::ask::Ask;
use crate::problem::{Answer, Problem, base_url, format, only_known};
use crate::state::SiteState;
use serde_json::{Map, Value, json};

/// `GET /ogc/api`
pub(super) fn document(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    only_known(&ask.params, &["f"])?;
    let base = base_url(state, ask);
    let mut paths = Map::new();
    let f = json!({
        "name": "f", "in": "query", "required": false, "description": "Format",
        "schema": { "type": "string", "enum": ["json", "html"] },
    });
    let get = |summary: &str, media: &str, parameters: &[Value]| {
        let mut parameters = parameters.to_vec();
        parameters.push(f.clone());
        let problem = json!({ "description": "Problem (RFC 9457)", "content": { "application/problem+json": { "schema": { "type": "object" } } } });
        json!({ "get": {
            "summary": summary,
            "parameters": parameters,
            "responses": {
                "200": { "description": "Gefunden", "content": {
                    media: { "schema": { "type": "object" } },
                    "text/html": { "schema": { "type": "string" } },
                } },
                "400": problem, "404": problem, "406": problem,
            },
        } })
    };
    paths.insert("/".into(), get("Einstieg", "application/json", &[]));
    paths.insert("/conformance".into(), get("Konformitätsklassen", "application/json", &[]));
    paths.insert("/collections".into(), get("Sammlungen", "application/json", &[]));
    let query = |name: &str, text: &str, schema: Value| json!({ "name": name, "in": "query", "required": false, "description": text, "schema": schema, "style": "form", "explode": false });
    for content in all(state) {
        let described = describe(&base, &content);
        let (id, title) = (described["id"].as_str().unwrap_or(""), described["title"].as_str().unwrap_or(""));
        let mut parameters = vec![
            query(
                "bbox",
                "West,Süd,Ost,Nord in Grad",
                json!({
                    "type": "array", "minItems": 4, "maxItems": 6, "items": { "type": "number" },
                }),
            ),
            query("datetime", "Tag oder Spanne nach RFC 3339", json!({ "type": "string" })),
            query(
                "limit",
                "Objekte je Seite",
                json!({ "type": "integer", "minimum": 1, "maximum": 10_000, "default": 100 }),
            ),
            query(
                "offset",
                "Übersprungene Objekte",
                json!({ "type": "integer", "minimum": 0, "default": 0 }),
            ),
        ];
        for name in filters(&content) {
            parameters.push(query(name, "Nur Objekte mit genau diesem Wert", json!({ "type": "string" })));
        }
        let item =
            json!({ "name": "featureId", "in": "path", "required": true, "schema": { "type": "string" } });
        paths.insert(format!("/collections/{id}"), get(title, "application/json", &[]));
        paths.insert(
            format!("/collections/{id}/items"),
            get(&format!("Objekte: {title}"), "application/geo+json", &parameters),
        );
        paths.insert(
            format!("/collections/{id}/items/{{featureId}}"),
            get(&format!("Ein Objekt: {title}"), "application/geo+json", &[item]),
        );
    }
    let value = json!({
        "openapi": "3.0.3",
        "info": { "title": state.atlas.site().title, "version": "1.0.0" },
        "servers": [{ "url": format!("{base}/ogc") }],
        "paths": paths,
    });
    let offered = [("json", "application/vnd.oai.openapi+json,application/json"), ("html", "text/html")];
    match format(ask, &offered)? {
        "html" => api_page(state, &value),
        _ => Ok(Answer::typed(super::OPENAPI, &value)),
    }
}
