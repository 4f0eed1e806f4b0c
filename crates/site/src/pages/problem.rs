//! Pages for what is not there, not possible, or broken.

use crate::ask::Ask;
use crate::layout::{Chrome, Section};
use crate::pages::{Page, PageError};
use crate::state::SiteState;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

#[derive(askama::Template)]
#[template(path = "problem.html")]
struct Problem<'a> {
    chrome: Chrome,
    heading: &'a str,
    message: &'a str,
    /// The same page without the parameters that did not fit.
    without: Option<String>,
}

/// The answer to a request that cannot be fulfilled.
pub(crate) fn answer(state: &SiteState, ask: &Ask, error: &PageError) -> Response {
    let message = error.to_string();
    match error {
        PageError::NotFound(_) => {
            render(state, StatusCode::NOT_FOUND, "Das gibt es hier nicht", &message, None)
        }
        PageError::BadParameter(_) => {
            let without = ask.target.contains('?').then(|| ask.path.clone());
            render(state, StatusCode::BAD_REQUEST, "Diese Auswahl geht nicht", &message, without)
        }
        PageError::Forbidden(_) => {
            render(state, StatusCode::FORBIDDEN, "Das geht mit diesem Konto nicht", &message, None)
        }
        PageError::Internal(_) => {
            tracing::error!(path = %ask.path, error = %message, "a page failed");
            let text = "Der Fehler liegt bei uns, nicht bei Ihnen. Bitte versuchen Sie es in einigen Minuten noch einmal.";
            render(state, StatusCode::INTERNAL_SERVER_ERROR, "Hier ist etwas schiefgegangen", text, None)
        }
    }
}

/// The answer to an address no route knows.
pub(crate) async fn not_found(State(state): State<SiteState>, ask: Ask) -> Response {
    let error = PageError::NotFound(
        "Unter dieser Adresse gibt es keine Seite. Vielleicht ist sie umgezogen, oder die Adresse enthält einen Tippfehler."
            .into(),
    );
    answer(&state, &ask, &error)
}

fn render(
    state: &SiteState,
    status: StatusCode,
    heading: &str,
    message: &str,
    without: Option<String>,
) -> Response {
    let mut chrome = Chrome::new(state, Section::Other, heading);
    chrome.noindex = true;
    match Page::html(&Problem { chrome, heading, message, without }) {
        Ok(page) => {
            let mut response = (status, page.body).into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(page.content_type));
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Err(error) => {
            tracing::error!(%error, "the page for problems failed");
            plain_failure()
        }
    }
}

/// The last resort, without a template.
pub(crate) fn plain_failure() -> Response {
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        "Hier ist etwas schiefgegangen. Bitte versuchen Sie es später noch einmal.\n",
    )
        .into_response()
}
