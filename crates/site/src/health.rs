//! For the machines that watch the server.

use crate::state::SiteState;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;

/// `/healthz` (the process answers) and `/readyz` (there are figures to show).
pub(crate) fn router() -> Router<SiteState> {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready))
}

async fn alive() -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-store")], "ok\n")
}

async fn ready(State(state): State<SiteState>) -> impl IntoResponse {
    let (status, text) = if state.atlas.indicators().next().is_some() {
        (StatusCode::OK, "bereit\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "noch keine veröffentlichten Zahlen\n")
    };
    (status, [(header::CACHE_CONTROL, "no-store")], text)
}
