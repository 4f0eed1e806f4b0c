//! The JSON interface under `/api/v1`, described by OpenAPI 3.1.
//!
//! Names are English, texts German. A protected cell has `status` `suppressed` with its reason and no number.

mod areas;
mod figures;
mod openapi;
mod try_page;

use crate::problem::{Answer, Problem, machine};
use crate::state::SiteState;
use axum::Router;

/// The routes of this module.
pub(crate) fn router() -> Router<SiteState> {
    Router::new()
        .route("/api", machine(try_page::show))
        .route("/api/v1", machine(openapi::entry))
        .route("/api/v1/openapi.json", machine(openapi::document))
        .route("/api/v1/indicators", machine(figures::indicators))
        .route("/api/v1/indicators/{id}", machine(figures::indicator))
        .route("/api/v1/indicators/{id}/values", machine(figures::values))
        .route("/api/v1/indicators/{id}/series", machine(figures::series))
        .route("/api/v1/sources", machine(figures::sources))
        .route("/api/v1/releases", machine(figures::releases))
        .route("/api/v1/areas", machine(areas::list))
        .route("/api/v1/areas/{key}", machine(areas::show))
        .route("/api/v1/areas/{key}/profile", machine(areas::profile))
        .route("/api/v1/geographies", machine(areas::geographies))
        .route("/api/v1/geographies/{geography}/geometry", machine(areas::geometry))
        .route("/api/v1/facilities", machine(areas::facility_layers))
        .route("/api/v1/facilities/{layer}", machine(areas::facilities))
        .route("/api/v1/facilities/{layer}/{facility}", machine(areas::facility))
        .route("/api/v1/search", machine(areas::search))
        .route(
            "/api/v1/{*rest}",
            machine(|_, _| {
                Err(Problem::not_found(
                    "Diese Adresse gibt es nicht; die Beschreibung steht unter /api/v1/openapi.json.",
                ))
            }),
        )
}

/// One page of a list, with the address of the next one.
fn paged(items: &[serde_json::Value], total: usize, limit: usize, offset: usize) -> serde_json::Value {
    let next = (offset + items.len() < total).then_some(offset + items.len());
    serde_json::json!({ "total": total, "limit": limit, "offset": offset, "next_offset": next, "items": items })
}

fn json(value: &serde_json::Value) -> Result<Answer, Problem> {
    Ok(Answer::json(value))
}
