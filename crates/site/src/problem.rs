//! Answers for machines: bytes with a media type, or a problem after RFC 9457.

use crate::ask::{Ask, Params};
use crate::compress::Encoding;
use crate::state::SiteState;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use kekiz_atlas::AtlasError;
use serde_json::{Value, json};

/// A body with its media type.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) content_type: &'static str,
    pub(crate) body: Vec<u8>,
    pub(crate) headers: Vec<(HeaderName, String)>,
}

impl Answer {
    /// Bytes of a media type.
    pub(crate) fn new(content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { content_type, body: body.into(), headers: Vec::new() }
    }

    /// A JSON document.
    pub(crate) fn json(value: &Value) -> Self {
        Self::typed("application/json; charset=utf-8", value)
    }

    /// A JSON document of a special media type.
    pub(crate) fn typed(content_type: &'static str, value: &Value) -> Self {
        Self::new(content_type, value.to_string())
    }

    /// The answer with a further header; text that cannot stand in one is left out.
    pub(crate) fn with(mut self, name: HeaderName, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// Why there is no answer. `detail` is a German sentence with the remedy; `code` is stable.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) detail: String,
}

impl Problem {
    /// A wrong parameter (400).
    pub(crate) fn parameter(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: "parameter-invalid", detail: detail.into() }
    }

    /// Nothing of this name (404).
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, code: "not-found", detail: detail.into() }
    }

    /// What the path names is there, so whatever the atlas does not know came from a parameter.
    pub(crate) fn from_query(error: AtlasError) -> Self {
        let mut problem = Problem::from(error);
        if problem.status == StatusCode::NOT_FOUND {
            problem.status = StatusCode::BAD_REQUEST;
        }
        problem
    }

    fn title(&self) -> &'static str {
        match self.status {
            StatusCode::NOT_FOUND => "Nicht vorhanden",
            StatusCode::METHOD_NOT_ALLOWED => "Methode nicht erlaubt",
            StatusCode::NOT_ACCEPTABLE => "Format nicht verfügbar",
            StatusCode::INTERNAL_SERVER_ERROR => "Fehler auf unserer Seite",
            _ => "Anfrage nicht möglich",
        }
    }

    pub(crate) fn response(&self) -> Response {
        let body = json!({
            "type": format!("urn:kekiz:problem:{}", self.code),
            "title": self.title(),
            "status": self.status.as_u16(),
            "detail": self.detail,
            "code": self.code,
        });
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        }
        open_to_all(headers);
        response
    }
}

impl From<AtlasError> for Problem {
    fn from(error: AtlasError) -> Self {
        if error.is_internal() {
            tracing::error!(%error, "the published store failed");
            return Problem {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                code: error.code(),
                detail: "Der Fehler liegt bei uns. Bitte versuchen Sie es in einigen Minuten noch einmal."
                    .into(),
            };
        }
        let status = if error.is_not_found() { StatusCode::NOT_FOUND } else { StatusCode::BAD_REQUEST };
        Problem { status, code: error.code(), detail: error.to_string() }
    }
}

/// Published figures may be read from any page.
fn open_to_all(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::VARY, HeaderValue::from_static("accept, accept-encoding"));
}

/// A route that answers GET and HEAD with what `make` gives, with entity tag and compression; 405 otherwise.
pub(crate) fn machine(make: fn(&SiteState, &Ask) -> Result<Answer, Problem>) -> MethodRouter<SiteState> {
    get(move |State(state): State<SiteState>, ask: Ask| async move {
        let work = tokio::task::spawn_blocking(move || match make(&state, &ask) {
            Ok(answer) => respond(answer, &ask.headers),
            Err(problem) => problem.response(),
        });
        work.await.unwrap_or_else(|error| {
            tracing::error!(%error, "an answer could not be made");
            Problem {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                code: "internal",
                detail: "Der Fehler liegt bei uns. Bitte versuchen Sie es in einigen Minuten noch einmal."
                    .into(),
            }
            .response()
        })
    })
    .fallback(|| async {
        Problem {
            status: StatusCode::METHOD_NOT_ALLOWED,
            code: "method-not-allowed",
            detail: "Diese Adresse wird nur gelesen: erlaubt sind GET und HEAD.".into(),
        }
        .response()
    })
}

fn respond(answer: Answer, asked: &HeaderMap) -> Response {
    let digest = blake3::hash(&answer.body).to_hex()[..32].to_string();
    let packed = ["image/png", "application/vnd.openxml", "application/vnd.apache"];
    let encoding = match Encoding::wanted(asked) {
        _ if packed.iter().any(|kind| answer.content_type.starts_with(kind)) => Encoding::Identity,
        wanted => wanted,
    };
    let known = asked
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .any(|value| value.to_str().is_ok_and(|text| text.trim() == "*" || text.contains(&digest)));
    let mut response = Response::new(Body::empty());
    let mut used = Encoding::Identity;
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else if let Ok(body) = encoding.encode(&answer.body) {
        used = encoding;
        *response.body_mut() = Body::from(body);
    } else {
        *response.body_mut() = Body::from(answer.body);
    }
    let headers = response.headers_mut();
    if !known {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
        if let Some(name) = used.header() {
            headers.insert(header::CONTENT_ENCODING, name);
        }
    }
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{digest}{}\"", encoding.suffix())) {
        headers.insert(header::ETAG, tag);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
    open_to_all(headers);
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.append(name, value);
        }
    }
    response
}

/// Refuses parameters that are not in the list, so that a typing error is not silently ignored.
pub(crate) fn only_known(params: &Params, known: &[&str]) -> Result<(), Problem> {
    match params.iter().find(|(name, _)| !known.contains(name)) {
        None => Ok(()),
        Some((name, _)) => {
            let name: String = name.chars().take(60).collect();
            let list = if known.is_empty() { "keine".to_string() } else { known.join(", ") };
            Err(Problem::parameter(format!("Den Parameter „{name}“ gibt es hier nicht. Möglich: {list}.")))
        }
    }
}

/// A whole number within bounds.
pub(crate) fn whole(
    params: &Params,
    name: &str,
    default: usize,
    least: usize,
    most: usize,
) -> Result<usize, Problem> {
    let Some(text) = params.get(name) else { return Ok(default) };
    let bad = || {
        let text: String = text.chars().take(40).collect();
        Problem::parameter(format!(
            "„{text}“ geht nicht für „{name}“; erwartet wird eine ganze Zahl von {least} bis {most}."
        ))
    };
    text.parse().ok().filter(|number| (least..=most).contains(number)).ok_or_else(bad)
}

/// What the client takes: `f=` wins over the `Accept` header; nothing said means the first.
pub(crate) fn format<'a>(ask: &Ask, offered: &[(&'a str, &str)]) -> Result<&'a str, Problem> {
    let names: Vec<&str> = offered.iter().map(|(name, _)| *name).collect();
    if let Some(wanted) = ask.params.get("f") {
        return names.iter().find(|name| **name == wanted).copied().ok_or_else(|| {
            let wanted: String = wanted.chars().take(40).collect();
            Problem::parameter(format!(
                "Das Format „{wanted}“ gibt es hier nicht. Möglich: {}.",
                names.join(", ")
            ))
        });
    }
    let accept: Vec<String> = ask
        .headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .map(|item| item.split(';').next().unwrap_or("").trim().to_ascii_lowercase())
        .filter(|item| !item.is_empty())
        .collect();
    if accept.is_empty() {
        return Ok(names[0]);
    }
    let fits = |range: &str, media: &str| {
        range == media
            || range == "*/*"
            || range.strip_suffix("/*").is_some_and(|kind| media.split('/').next() == Some(kind))
    };
    let found = accept.iter().find_map(|range| {
        offered
            .iter()
            .find(|(_, media)| media.split(',').any(|media| fits(range, media)))
            .map(|(name, _)| *name)
    });
    found.ok_or_else(|| Problem {
        status: StatusCode::NOT_ACCEPTABLE,
        code: "not-acceptable",
        detail: format!("Keines der gewünschten Formate ist verfügbar. Möglich: {}.", names.join(", ")),
    })
}

/// The address under which the reader reached the server.
pub(crate) fn base_url(state: &SiteState, ask: &Ask) -> String {
    if let Some(base) = &state.config.base_url {
        return base.trim_end_matches('/').to_string();
    }
    let host = ask.headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or("");
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b':' | b'-' | b'[' | b']');
    if host.is_empty() || host.len() > 255 || !host.bytes().all(plain) {
        return String::new();
    }
    format!("http://{host}")
}
