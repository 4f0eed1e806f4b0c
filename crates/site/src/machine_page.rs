//! Pages about the interfaces for programs, in the layout of all pages.

use crate::layout::{Chrome, Section};
use crate::problem::{Answer, Problem};
use crate::state::SiteState;
use askama::Template;

#[derive(Template)]
#[template(path = "machine.html")]
struct MachinePage {
    chrome: Chrome,
    heading: String,
    /// Markup; everything in it that is not ours is already escaped.
    body: String,
}

/// A page with a heading and a body of escaped markup. `above` is the step between the data page and this one.
pub(crate) fn answer(
    state: &SiteState,
    heading: &str,
    body: String,
    above: Option<(&str, &str)>,
) -> Result<Answer, Problem> {
    let mut chrome = Chrome::new(state, Section::Data, heading).crumb("Daten", "/daten");
    if let Some((title, url)) = above {
        chrome = chrome.crumb(title, url);
    }
    chrome.noindex = true;
    let page = MachinePage { chrome, heading: heading.to_string(), body };
    let body = page.render().map_err(|error| {
        tracing::error!(%error, "a page could not be made");
        Problem {
            status: axum::http::StatusCode::INTERNAL_SERVER_ERROR,
            code: "internal",
            detail: "Der Fehler liegt bei uns. Bitte versuchen Sie es in einigen Minuten noch einmal.".into(),
        }
    })?;
    Ok(Answer::new("text/html; charset=utf-8", body))
}

/// Text inside markup.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
