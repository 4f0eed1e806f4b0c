//! All pages and their addresses.

mod analysis;
mod counting;
mod datasets;
mod enter;
mod import;
pub(crate) mod linking;
mod log;
mod purge;
mod releases;

use crate::guard::guard;
use crate::problem::Problem;
use crate::state::Desk;
use axum::extract::{DefaultBodyLimit, Path};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};

/// The workbench as a service. Every answer passes the guard, also those for addresses nobody knows.
pub fn router(desk: Desk) -> Router {
    let limit = DefaultBodyLimit::max(desk.config().largest_upload);
    Router::new()
        .merge(enter::router())
        .merge(datasets::router())
        .merge(import::router())
        .merge(linking::router())
        .merge(analysis::router())
        .merge(counting::router())
        .merge(releases::router())
        .merge(purge::router())
        .merge(log::router())
        .route("/assets/{name}", get(asset))
        .fallback(unknown)
        .layer(limit)
        .layer(middleware::from_fn_with_state(desk.clone(), guard))
        .with_state(desk)
}

/// Answers until the process is told to end.
///
/// # Errors
/// The network fails.
pub async fn serve(listener: tokio::net::TcpListener, desk: Desk) -> std::io::Result<()> {
    let end = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "the signal to end is not heard");
        }
    };
    axum::serve(listener, router(desk)).with_graceful_shutdown(end).await
}

async fn unknown() -> Problem {
    Problem::missing("Diese Seite gibt es nicht. Abhilfe: mit dem Menü weitergehen.")
}

async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = kekiz_frontend::find(&name) else {
        return (StatusCode::NOT_FOUND, "Diese Datei gibt es nicht.").into_response();
    };
    let takes = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    let (body, encoding) = match (asset.gzip, takes.contains("gzip")) {
        (Some(gzip), true) => (gzip, Some("gzip")),
        _ => (asset.raw, None),
    };
    let mut response = body.into_response();
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(name) = encoding {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    response
}

/// Runs something long away from the threads that answer.
pub(crate) async fn away<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await?
}
