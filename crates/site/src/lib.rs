//! Pages for the public, and the API: everything is read from releases, nothing here could open the vault.
//!
//! A request goes from a route to one function of a module in `pages` (or `api`, `ogc`, `download`), which asks
//! the [`kekiz_atlas::Atlas`] and fills a template. Rendered pages are cached until the published figures change.

mod analysis_files;
mod api;
mod ask;
mod assets;
mod cache;
mod compress;
mod download;
mod health;
mod layout;
mod machine_page;
mod ogc;
mod pages;
mod portal;
mod problem;
mod security;
mod state;
mod words;

pub use portal::desk::guarded_paths;
pub use state::{SiteConfig, SiteState};

use axum::Router;
use axum::routing::get;

/// All routes of the public server.
pub fn router(state: SiteState) -> Router {
    Router::new()
        .merge(pages::router())
        .merge(portal::router())
        .route("/assets/{name}", get(assets::show))
        .merge(health::router())
        .merge(api::router())
        .merge(ogc::router())
        .merge(download::router())
        .merge(analysis_files::router())
        .fallback(pages::problem::not_found)
        .layer(axum::middleware::map_response(security::headers))
        .with_state(state)
}

/// Serves until a signal to stop arrives; open requests are finished.
pub async fn serve(listener: tokio::net::TcpListener, state: SiteState) -> std::io::Result<()> {
    let service = router(state).into_make_service_with_connect_info::<std::net::SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop()).await
}

/// Waits for Ctrl-C or, on Unix, SIGTERM.
async fn stop() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
