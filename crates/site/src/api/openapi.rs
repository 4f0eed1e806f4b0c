//! The description of the interface after OpenAPI 3.1. A test asks every address that stands in it.

use super::json;
use crate::ask::Ask;
use crate::problem::{Answer, Problem, base_url, only_known};
use crate::state::SiteState;
use kekiz_base::Level;
use serde_json::{Map, Value, json};

/// One address of the interface.
pub(super) struct Operation {
    pub(super) path: &'static str,
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    /// Names of the parameters in path and query; [`parameter`] describes them.
    pub(super) path_parameters: &'static [&'static str],
    pub(super) query: &'static [&'static str],
    pub(super) schema: &'static str,
    pub(super) media: &'static str,
}

const JSON: &str = "application/json";

const fn operation(
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    schema: &'static str,
) -> Operation {
    Operation { path, id, summary, path_parameters: &[], query: &[], schema, media: JSON }
}

/// All addresses in the order of the page to try them.
pub(super) const OPERATIONS: [Operation; 16] = [
    Operation {
        query: &["life_area"],
        ..operation("/api/v1/indicators", "listIndicators", "Alle Indikatoren", "List")
    },
    Operation {
        path_parameters: &["id"],
        ..operation(
            "/api/v1/indicators/{id}",
            "getIndicator",
            "Ein Indikator mit Definition, Quellen und Schutz",
            "Indicator",
        )
    },
    Operation {
        path_parameters: &["id"],
        query: &["level", "within", "period", "group", "limit", "offset"],
        ..operation(
            "/api/v1/indicators/{id}/values",
            "getValues",
            "Werte eines Indikators, seitenweise",
            "Values",
        )
    },
    Operation {
        path_parameters: &["id"],
        query: &["areas", "group"],
        ..operation("/api/v1/indicators/{id}/series", "getSeries", "Zeitreihen eines Indikators", "Series")
    },
    operation("/api/v1/sources", "listSources", "Quellen mit Lizenz und Namensnennung", "List"),
    operation("/api/v1/releases", "listReleases", "Freigaben mit ihren Belegen", "List"),
    Operation {
        query: &["only_level", "geography", "within", "member", "limit", "offset"],
        ..operation("/api/v1/areas", "listAreas", "Gebiete, seitenweise", "Page")
    },
    Operation {
        path_parameters: &["key"],
        ..operation("/api/v1/areas/{key}", "getArea", "Ein Gebiet", "Area")
    },
    Operation {
        path_parameters: &["key"],
        query: &["period"],
        ..operation("/api/v1/areas/{key}/profile", "getProfile", "Steckbrief eines Gebiets", "Profile")
    },
    operation("/api/v1/geographies", "listGeographies", "Gebietsgliederungen", "List"),
    Operation {
        path_parameters: &["geography"],
        media: "application/geo+json",
        ..operation(
            "/api/v1/geographies/{geography}/geometry",
            "getGeometry",
            "Grenzen als GeoJSON",
            "FeatureCollection",
        )
    },
    operation("/api/v1/facilities", "listFacilityLayers", "Arten von Einrichtungen", "List"),
    Operation {
        path_parameters: &["layer"],
        query: &["within", "limit", "offset"],
        ..operation(
            "/api/v1/facilities/{layer}",
            "listFacilities",
            "Einrichtungen einer Art, seitenweise",
            "Page",
        )
    },
    Operation {
        path_parameters: &["layer", "facility"],
        ..operation("/api/v1/facilities/{layer}/{facility}", "getFacility", "Eine Einrichtung", "Facility")
    },
    Operation {
        query: &["q"],
        ..operation("/api/v1/search", "search", "Suche nach Gebieten, Indikatoren und Einrichtungen", "List")
    },
    operation("/api/v1", "getEntry", "Einstieg mit allen Adressen", "Entry"),
];

/// What a parameter means and takes.
fn parameter(name: &str, inside: &str) -> Value {
    let (text, schema) = match name {
        "id" => ("Name des Indikators", json!({ "type": "string" })),
        "key" => ("Gebietsschlüssel, zum Beispiel der AGS", json!({ "type": "string" })),
        "geography" => ("Name der Gebietsgliederung", json!({ "type": "string" })),
        "layer" => ("Name der Einrichtungsart", json!({ "type": "string" })),
        "facility" => ("Kennung der Einrichtung", json!({ "type": "string" })),
        "level" => (
            "Ebene (kreis, gemeinde, stadtteil …) oder bei Werten auch Name einer Gebietsgliederung",
            json!({ "type": "string" }),
        ),
        "only_level" => {
            let levels: Vec<&str> = Level::ALL.into_iter().map(Level::slug).collect();
            ("Nur Gebiete dieser Ebene", json!({ "type": "string", "enum": levels }))
        }
        "within" => ("Nur Gebiete innerhalb dieses Gebiets (Schlüssel)", json!({ "type": "string" })),
        "period" => {
            ("Zeitraum: 2024, 2024/25, 2024-Q1, 2024-03 oder 2024-12-31", json!({ "type": "string" }))
        }
        "group" => ("Gruppe, zum Beispiel insgesamt", json!({ "type": "string" })),
        "areas" => ("1 bis 20 Gebietsschlüssel, durch Komma getrennt", json!({ "type": "string" })),
        "life_area" => ("Nur Indikatoren dieses Lebensbereichs", json!({ "type": "string" })),
        "member" => (
            "Nur Kommunen der Initiative (true) oder nur andere (false)",
            json!({ "type": "string", "enum": ["true", "false"] }),
        ),
        "limit" => (
            "Höchstzahl der Einträge",
            json!({ "type": "integer", "minimum": 1, "maximum": 10_000, "default": 1000 }),
        ),
        "offset" => (
            "Zahl der übersprungenen Einträge",
            json!({ "type": "integer", "minimum": 0, "maximum": 1_000_000_000, "default": 0 }),
        ),
        _ => ("Suchtext", json!({ "type": "string", "minLength": 1 })),
    };
    let required = inside == "path" || matches!(name, "q" | "areas");
    let name = name.trim_start_matches("only_");
    json!({ "name": name, "in": inside, "required": required, "description": text, "schema": schema })
}

fn described(operation: &Operation) -> Value {
    let parameters: Vec<Value> = operation
        .path_parameters
        .iter()
        .map(|name| parameter(name, "path"))
        .chain(operation.query.iter().map(|name| parameter(name, "query")))
        .collect();
    let problem = |text: &str| {
        json!({
            "description": text,
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
        })
    };
    let mut responses = json!({
        "200": {
            "description": "Gefunden",
            "content": { operation.media: { "schema": { "$ref": format!("#/components/schemas/{}", operation.schema) } } },
        },
        "304": { "description": "Unverändert (If-None-Match)" },
        "400": problem("Ein Parameter passt nicht"),
        "405": problem("Nur GET und HEAD"),
    });
    if !operation.path_parameters.is_empty() {
        responses["404"] = problem("Nicht vorhanden");
    }
    json!({ "get": {
        "operationId": operation.id,
        "summary": operation.summary,
        "parameters": parameters,
        "responses": responses,
    } })
}

fn schemas() -> Value {
    let text = json!({ "type": "string" });
    let object = json!({ "type": "object" });
    let list = |items: Value| json!({ "type": "array", "items": items });
    let number = json!({ "type": ["number", "null"] });
    let total = json!({ "type": "integer", "minimum": 0 });
    json!({
        "Problem": {
            "type": "object",
            "description": "Problem nach RFC 9457",
            "required": ["type", "title", "status", "detail", "code"],
            "properties": { "type": text, "title": text, "status": { "type": "integer" }, "detail": text, "code": text },
        },
        "Cell": {
            "description": "Eine Zelle: gezeigt, geschützt (ohne Zahl) oder in der Quelle nicht vorhanden",
            "oneOf": [
                {
                    "type": "object",
                    "required": ["status", "value"],
                    "properties": {
                        "status": { "const": "shown" },
                        "value": { "type": "number" },
                        "interval": { "type": ["object", "null"], "properties": { "lower": { "type": "number" }, "upper": { "type": "number" } } },
                        "numerator": number,
                        "denominator": number,
                        "smoothed": number,
                        "versus_parent": { "type": ["object", "null"] },
                        "class": { "type": ["integer", "null"] },
                        "annotation": text,
                    },
                },
                {
                    "type": "object",
                    "required": ["status", "reason"],
                    "properties": {
                        "status": { "const": "suppressed" },
                        "reason": { "enum": ["below_threshold", "small_base", "group_disclosure", "complementary", "unreliable"] },
                    },
                },
                {
                    "type": "object",
                    "required": ["status", "mark"],
                    "properties": {
                        "status": { "const": "missing" },
                        "mark": { "enum": ["unknown_or_secret", "later", "unreliable", "blocked", "empty"] },
                    },
                },
            ],
        },
        "List": { "type": "object", "required": ["total", "items"], "properties": { "total": total, "items": list(object.clone()) } },
        "Page": {
            "type": "object",
            "required": ["total", "limit", "offset", "items"],
            "properties": {
                "total": total, "limit": total, "offset": total,
                "next_offset": { "type": ["integer", "null"] },
                "items": list(object.clone()),
            },
        },
        "Indicator": {
            "type": "object",
            "required": ["id", "title", "definition", "unit", "levels", "periods", "groups", "about", "protection"],
            "properties": { "id": text, "title": text, "definition": text, "unit": text },
        },
        "Values": {
            "type": "object",
            "required": ["total", "items", "indicator", "attribution", "protection", "receipt"],
            "properties": {
                "total": total,
                "items": list(json!({
                    "type": "object",
                    "required": ["area", "name", "level", "geography", "period", "group", "cell"],
                    "properties": {
                        "area": text, "name": text, "level": text, "geography": text, "period": text, "group": text,
                        "cell": { "$ref": "#/components/schemas/Cell" },
                    },
                })),
                "attribution": text, "protection": text, "receipt": text,
            },
        },
        "Series": {
            "type": "object",
            "required": ["indicator", "periods", "lines", "breaks", "sentence", "attribution"],
            "properties": {
                "periods": list(text.clone()),
                "lines": list(json!({
                    "type": "object",
                    "required": ["area", "name", "role", "cells"],
                    "properties": { "cells": list(json!({ "$ref": "#/components/schemas/Cell" })) },
                })),
            },
        },
        "Area": {
            "type": "object",
            "required": ["key", "name", "level", "geography"],
            "properties": { "key": text, "name": text, "level": text, "geography": text },
        },
        "Profile": { "type": "object", "required": ["area", "sentence", "themes"] },
        "Facility": { "type": "object", "required": ["facility", "source"] },
        "Entry": { "type": "object", "required": ["title", "operations"] },
        "FeatureCollection": {
            "type": "object",
            "required": ["type", "features"],
            "properties": { "type": { "const": "FeatureCollection" }, "features": list(object) },
        },
    })
}

/// `GET /api/v1/openapi.json`
pub(super) fn document(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    only_known(&ask.params, &[])?;
    let paths: Map<String, Value> =
        OPERATIONS.iter().map(|operation| (operation.path.to_string(), described(operation))).collect();
    let site = state.atlas.site();
    let base = base_url(state, ask);
    let server = if base.is_empty() { "/".to_string() } else { base };
    json(&json!({
        "openapi": "3.1.0",
        "info": {
            "title": format!("{} – Schnittstelle", site.title),
            "version": "1.0.0",
            "description": "Veröffentlichte Zahlen mit Quelle, Lizenz und Schutz. Geschützte Werte haben einen Grund und keine Zahl.",
        },
        "servers": [{ "url": server }],
        "paths": paths,
        "components": { "schemas": schemas() },
    }))
}

/// `GET /api/v1`
pub(super) fn entry(state: &SiteState, ask: &Ask) -> Result<Answer, Problem> {
    only_known(&ask.params, &[])?;
    let operations: Vec<Value> = OPERATIONS
        .iter()
        .map(|operation| json!({ "path": operation.path, "summary": operation.summary, "query": operation.query }))
        .collect();
    json(&json!({
        "title": state.atlas.site().title,
        "operator": state.atlas.site().operator,
        "openapi": "/api/v1/openapi.json",
        "try": "/api",
        "ogc": "/ogc",
        "operations": operations,
    }))
}
