//! What every family page has around its content, and how it is sent.

use crate::ask::{Ask, Params};
use crate::compress::Encoding;
use crate::layout::Chrome;
use crate::layout::Section;
use crate::pages::{PageError, problem};
use crate::portal::tongue::Tongue;
use crate::state::SiteState;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kekiz_portal::people::Refusal;
use kekiz_portal::{Portal, PortalError};
use std::sync::Arc;
use std::time::Instant;

/// A link to the same page in another language.
pub(crate) struct LanguageLink {
    pub(crate) lang: &'static str,
    pub(crate) dir: &'static str,
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) current: bool,
}

/// The frame of a family page.
pub(crate) struct Frame {
    pub(crate) t: &'static Tongue,
    pub(crate) chrome: Chrome,
    pub(crate) title: String,
    pub(crate) description: String,
    /// The way here, without the page itself.
    pub(crate) crumbs: Vec<(String, String)>,
    pub(crate) here: String,
    pub(crate) languages: Vec<LanguageLink>,
    /// Entry of the menu this page belongs to.
    pub(crate) current: &'static str,
    pub(crate) noindex: bool,
}

impl Frame {
    /// The frame of a page; its language links carry the parameters the page understands.
    pub(crate) fn new(state: &SiteState, ask: &Ask, known: &Params, title: impl Into<String>) -> Self {
        let t = Tongue::of(&ask.params);
        let title = title.into();
        let languages = Tongue::all()
            .iter()
            .map(|one| LanguageLink {
                lang: one.lang,
                dir: one.dir,
                name: one.t("language").to_string(),
                url: one.keep(known).url(&ask.path),
                current: one.code == t.code,
            })
            .collect();
        Self {
            t,
            chrome: Chrome::new(state, Section::Help, ""),
            here: title.clone(),
            description: t.t("find_lead").to_string(),
            title,
            crumbs: Vec::new(),
            languages,
            current: "",
            noindex: false,
        }
    }

    /// `aria-current` of a menu entry.
    pub(crate) fn menu(&self, entry: &str) -> &'static str {
        if self.current == entry { "page" } else { "false" }
    }
}

/// The portal, or why there is none.
pub(crate) fn portal(state: &SiteState) -> Result<&Arc<Portal>, PageError> {
    state.portal.as_ref().ok_or_else(|| {
        PageError::NotFound(
            "Auf dieser Seite gibt es nur den Atlas; Hilfsangebote sind hier nicht eingetragen.".into(),
        )
    })
}

impl From<PortalError> for PageError {
    fn from(error: PortalError) -> Self {
        match error {
            PortalError::NotFound { .. } | PortalError::Merged { .. } => {
                PageError::NotFound(error.to_string())
            }
            error if error.is_internal() => PageError::Internal(error.to_string()),
            PortalError::Forbidden { .. } | PortalError::Account(Refusal::Forbidden) => {
                PageError::Forbidden(error.to_string())
            }
            error => PageError::BadParameter(error.to_string()),
        }
    }
}

/// A page that is made for every request, since it depends on the time of day.
pub(crate) fn respond(
    state: &SiteState,
    ask: &Ask,
    started: Instant,
    page: Result<Made, PageError>,
) -> Response {
    match page {
        Ok(Made::Html(status, body)) => html(&ask.headers, started, status, body),
        Ok(Made::Other(response)) => response,
        Err(error) => problem::answer(state, ask, &error),
    }
}

/// What a handler of a family page gives.
pub(crate) enum Made {
    /// A page.
    Html(StatusCode, String),
    /// A file or a redirect.
    Other(Response),
}

impl Made {
    /// A page from its template.
    pub(crate) fn page(template: &impl askama::Template) -> Result<Self, PageError> {
        Self::page_with(StatusCode::OK, template)
    }

    /// A page from its template with another status.
    pub(crate) fn page_with(status: StatusCode, template: &impl askama::Template) -> Result<Self, PageError> {
        let body = template.render().map_err(|error| PageError::Internal(error.to_string()))?;
        Ok(Self::Html(status, body))
    }

    /// A redirect after a form was sent (303), or to where something moved (308).
    pub(crate) fn redirect(status: StatusCode, to: &str) -> Result<Self, PageError> {
        let to = HeaderValue::from_str(to).map_err(|error| PageError::Internal(error.to_string()))?;
        Ok(Self::Other((status, [(header::LOCATION, to)]).into_response()))
    }

    /// A file; with a name it is offered for saving.
    pub(crate) fn file(content_type: &'static str, name: Option<&str>, bytes: Vec<u8>) -> Self {
        let mut response = Response::new(Body::from(bytes));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        if let Some(name) = name
            && let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        {
            headers.insert(header::CONTENT_DISPOSITION, value);
        }
        Self::Other(response)
    }
}

fn html(asked: &HeaderMap, started: Instant, status: StatusCode, body: String) -> Response {
    let encoding = Encoding::wanted(asked);
    let (bytes, encoding) = match encoding.encode_fast(body.as_bytes()) {
        Ok(bytes) => (bytes, encoding),
        Err(_) => (body.into_bytes(), Encoding::Identity),
    };
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(name) = encoding.header() {
        headers.insert(header::CONTENT_ENCODING, name);
    }
    let timing = format!("render;dur={:.3}", started.elapsed().as_secs_f64() * 1000.0);
    if let Ok(timing) = HeaderValue::from_str(&timing) {
        headers.insert(HeaderName::from_static("server-timing"), timing);
    }
    response
}

/// The address of a path as others reach it: from the configuration, else from the request.
pub(crate) fn absolute(state: &SiteState, ask: &Ask, path: &str) -> String {
    if let Some(base) = &state.config.base_url {
        return format!("{}{path}", base.trim_end_matches('/'));
    }
    let host = ask.headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or("localhost");
    format!("http://{host}{path}")
}

/// A route of a family page.
macro_rules! family {
    ($make:path) => {
        axum::routing::get(
            |axum::extract::State(state): axum::extract::State<crate::state::SiteState>,
             ask: crate::ask::Ask| async move {
                let started = std::time::Instant::now();
                let page = $make(&state, &ask).await;
                crate::portal::family::respond(&state, &ask, started, page)
            },
        )
    };
}
pub(crate) use family;
