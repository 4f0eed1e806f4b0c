//! Headers that keep a page to itself: nothing from elsewhere runs, loads, frames or listens.

use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use kekiz_frontend::SECURITY_HEADERS;

/// Adds the headers to every answer that does not bring its own.
pub(crate) async fn headers(mut response: Response) -> Response {
    for (name, value) in SECURITY_HEADERS {
        response
            .headers_mut()
            .entry(HeaderName::from_static(name))
            .or_insert(HeaderValue::from_static(value));
    }
    response
}
