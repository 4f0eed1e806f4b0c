//! Serves the embedded frontend.
//!
//! File names carry a hash of their content, so browsers may keep them for ever.

use crate::compress::Encoding;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

pub(crate) use kekiz_frontend::{fonts, script, styles};

/// `GET /assets/{name}`.
pub(crate) async fn show(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = kekiz_frontend::find(&name) else {
        return (StatusCode::NOT_FOUND, "Diese Datei gibt es nicht.").into_response();
    };
    let (body, encoding) = match Encoding::wanted(&headers) {
        Encoding::Brotli if asset.br.is_some() => (asset.br.unwrap_or(asset.raw), Encoding::Brotli),
        Encoding::Brotli | Encoding::Gzip if asset.gzip.is_some() => {
            (asset.gzip.unwrap_or(asset.raw), Encoding::Gzip)
        }
        _ => (asset.raw, Encoding::Identity),
    };
    let mut response = body.into_response();
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(name) = encoding.header() {
        out.insert(header::CONTENT_ENCODING, name);
    }
    response
}
