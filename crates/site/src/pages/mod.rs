//! Pages, one module per topic. A handler asks the atlas, fills a template, and returns a [`Page`].

mod about;
pub(crate) mod access;
mod area;
pub(crate) mod atlas;
mod compare;
pub(crate) mod composite;
mod data;
mod facility;
mod home;
mod machine;
pub(crate) mod problem;
mod search;

use crate::ask::Ask;
use crate::cache;
use crate::state::SiteState;
use axum::Router;
use axum::extract::State;
use axum::routing::{MethodRouter, get};
use kekiz_atlas::AtlasError;

/// All pages.
pub(crate) fn router() -> Router<SiteState> {
    Router::new()
        .route("/", page(home::show))
        .merge(atlas::router())
        .merge(area::router())
        .merge(facility::router())
        .route("/erreichbarkeit", page(access::show))
        .route("/index-bauen", page(composite::show))
        .route("/vergleich", page(compare::show))
        .route("/daten", page(data::show))
        .route("/suche", page(search::show))
        .route("/suche/vorschlaege", page(search::suggest))
        .route("/methodik", page(about::method))
        .route("/barrierefreiheit", page(about::accessibility))
        .route("/datenschutz", page(about::privacy))
        .route("/impressum", page(about::imprint))
        .route("/robots.txt", page(machine::robots))
        .route("/sitemap.xml", page(machine::sitemap))
        .route("/favicon.svg", page(machine::icon))
}

/// A rendered page.
pub(crate) struct Page {
    pub(crate) content_type: &'static str,
    pub(crate) body: String,
}

impl Page {
    /// A page from its template.
    pub(crate) fn html(template: &impl askama::Template) -> Result<Self, PageError> {
        let body = template.render().map_err(|error| PageError::Internal(error.to_string()))?;
        Ok(Self { content_type: "text/html; charset=utf-8", body })
    }

    /// A plain text file.
    pub(crate) fn text(content_type: &'static str, body: String) -> Self {
        Self { content_type, body }
    }
}

/// Why there is no page. Messages are German sentences with the remedy.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PageError {
    /// Nothing of this name is published (404).
    #[error("{0}")]
    NotFound(String),
    /// A parameter has a value that does not fit (400).
    #[error("{0}")]
    BadParameter(String),
    /// The person may not do that (403).
    #[error("{0}")]
    Forbidden(String),
    /// The server is at fault (500); the text goes to the log only.
    #[error("{0}")]
    Internal(String),
}

impl From<AtlasError> for PageError {
    fn from(error: AtlasError) -> Self {
        if error.is_internal() {
            PageError::Internal(error.to_string())
        } else if error.is_not_found() {
            PageError::NotFound(error.to_string())
        } else {
            PageError::BadParameter(error.to_string())
        }
    }
}

impl PageError {
    /// An error about a parameter: whatever is not there was named in the query, so the answer is 400 unless
    /// the path itself names something unknown.
    pub(crate) fn parameter(error: AtlasError) -> Self {
        match error {
            AtlasError::UnknownArea { .. }
            | AtlasError::UnknownLayer { .. }
            | AtlasError::UnknownGeography { .. } => PageError::BadParameter(error.to_string()),
            other => other.into(),
        }
    }
}

/// A route that answers with a cached page.
pub(crate) fn page(make: fn(&SiteState, &Ask) -> Result<Page, PageError>) -> MethodRouter<SiteState> {
    get(move |State(state): State<SiteState>, ask: Ask| cache::respond(state, ask, make))
}
