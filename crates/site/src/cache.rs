//! Rendered pages, kept until the published figures change.
//!
//! A page depends on its address and on the published figures only, so both together are the key. Bodies are
//! kept compressed as well; the second reader of a page costs a look-up.

use crate::ask::Ask;
use crate::compress::Encoding;
use crate::pages::{Page, PageError, problem};
use crate::state::SiteState;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// Memory for rendered pages in bytes.
const CAPACITY: u64 = 256 << 20;

/// A rendered page in the codings asked for so far.
pub(crate) struct Stored {
    content_type: &'static str,
    digest: String,
    raw: Bytes,
    br: OnceLock<Bytes>,
    gzip: OnceLock<Bytes>,
}

impl Stored {
    fn new(page: Page) -> Self {
        Self {
            content_type: page.content_type,
            digest: blake3::hash(page.body.as_bytes()).to_hex()[..32].to_string(),
            raw: Bytes::from(page.body),
            br: OnceLock::new(),
            gzip: OnceLock::new(),
        }
    }

    /// The body in a coding; falls back to the plain body should compressing fail.
    fn body(&self, encoding: Encoding) -> (Bytes, Encoding) {
        let slot = match encoding {
            Encoding::Identity => return (self.raw.clone(), Encoding::Identity),
            Encoding::Brotli => &self.br,
            Encoding::Gzip => &self.gzip,
        };
        let bytes = slot.get_or_init(|| encoding.encode(&self.raw).map(Bytes::from).unwrap_or_default());
        if bytes.is_empty() { (self.raw.clone(), Encoding::Identity) } else { (bytes.clone(), encoding) }
    }
}

/// The cache of a running server.
pub(crate) struct PageCache(moka::sync::Cache<(String, String), Arc<Stored>>);

impl PageCache {
    /// An empty cache of [`CAPACITY`] bytes.
    pub(crate) fn new() -> Self {
        let weigh = |key: &(String, String), page: &Arc<Stored>| {
            u32::try_from(key.0.len() + page.raw.len() + page.raw.len() / 2).unwrap_or(u32::MAX)
        };
        Self(moka::sync::Cache::builder().max_capacity(CAPACITY).weigher(weigh).build())
    }
}

/// Answers with the cached page, or makes it.
pub(crate) async fn respond(
    state: SiteState,
    ask: Ask,
    make: fn(&SiteState, &Ask) -> Result<Page, PageError>,
) -> Response {
    let encoding = Encoding::wanted(&ask.headers);
    let key = (ask.target.clone(), state.atlas.generation());
    if let Some(stored) = state.cache.0.get(&key)
        && (encoding == Encoding::Identity || ready(&stored, encoding))
    {
        return answer(&stored, encoding, &ask.headers, None);
    }
    let work = tokio::task::spawn_blocking(move || {
        let started = Instant::now();
        if let Some(stored) = state.cache.0.get(&key) {
            let _ = stored.body(encoding);
            return answer(&stored, encoding, &ask.headers, Some(started.elapsed()));
        }
        match make(&state, &ask) {
            Ok(page) => {
                let rendered = started.elapsed();
                let stored = Arc::new(Stored::new(page));
                let _ = stored.body(encoding);
                state.cache.0.insert(key, stored.clone());
                answer(&stored, encoding, &ask.headers, Some(rendered))
            }
            Err(error) => problem::answer(&state, &ask, &error),
        }
    });
    match work.await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            problem::plain_failure()
        }
    }
}

fn ready(stored: &Stored, encoding: Encoding) -> bool {
    match encoding {
        Encoding::Identity => true,
        Encoding::Brotli => stored.br.get().is_some(),
        Encoding::Gzip => stored.gzip.get().is_some(),
    }
}

fn answer(stored: &Stored, encoding: Encoding, asked: &HeaderMap, rendered: Option<Duration>) -> Response {
    let (body, encoding) = stored.body(encoding);
    let tag = format!("\"{}{}\"", stored.digest, encoding.suffix());
    let same = asked.get_all(header::IF_NONE_MATCH).iter().any(|value| matches(value, &stored.digest));
    let mut response = if same {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Response::new(Body::from(body));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(stored.content_type));
        if let Some(name) = encoding.header() {
            response.headers_mut().insert(header::CONTENT_ENCODING, name);
        }
        response
    };
    let out = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        out.insert(header::ETAG, tag);
    }
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let timing = match rendered {
        Some(time) => format!("render;dur={:.3}", time.as_secs_f64() * 1000.0),
        None => "cache;desc=hit".into(),
    };
    if let Ok(timing) = HeaderValue::from_str(&timing) {
        out.insert(HeaderName::from_static("server-timing"), timing);
    }
    response
}

/// Whether a list of entity tags names this content in any coding (RFC 9110 § 13.1.2, weak comparison).
fn matches(value: &HeaderValue, digest: &str) -> bool {
    value.to_str().is_ok_and(|text| {
        text.split(',').map(str::trim).any(|tag| {
            let tag = tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"');
            tag == "*" || tag.strip_suffix("-br").or(tag.strip_suffix("-gz")).unwrap_or(tag) == digest
        })
    })
}
