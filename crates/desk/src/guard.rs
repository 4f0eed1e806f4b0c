//! Who may ask at all: only browsers that know this machine by its own name, and only from its own pages.

use crate::problem::Problem;
use crate::state::Desk;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kekiz_frontend::SECURITY_HEADERS;
use std::net::IpAddr;

/// Whether an address is reached from this machine only.
pub fn is_own_machine(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.to_ipv4_mapped().is_some_and(|v4| v4.is_loopback()),
    }
}

/// Refuses foreign host names (a page elsewhere whose name was pointed at this machine) and forms from other sites, and
/// dresses every answer in the headers that keep a page to itself.
pub(crate) async fn guard(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let refused = foreign(&desk.config().hosts, request.method(), request.headers());
    let mut response = match refused {
        Some(reason) => Problem::forbidden(reason).into_response(),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    for (name, value) in SECURITY_HEADERS {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn foreign(hosts: &[String], method: &Method, headers: &HeaderMap) -> Option<&'static str> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let known = |host: &str| hosts.iter().any(|own| own.eq_ignore_ascii_case(host));
    if !text(header::HOST).is_some_and(known) {
        return Some(
            "Diese Adresse ist dem Arbeitsplatz nicht bekannt. Abhilfe: die Adresse aufrufen, die „kekiz desk“ beim Start nennt.",
        );
    }
    if method == Method::GET || method == Method::HEAD {
        return None;
    }
    let origin = text(header::ORIGIN).map(|origin| origin.split_once("://").map_or("", |(_, host)| host));
    // Old browsers send no Origin; the token of the form protects then.
    match origin {
        Some(host) if !known(host) => {
            Some("Dieses Formular kam von einer anderen Seite. Es wurde nichts getan.")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_names_and_own_forms_pass() {
        let hosts = vec!["127.0.0.1:8090".to_string()];
        for (host, origin, method, passes) in [
            (Some("127.0.0.1:8090"), None, Method::GET, true),
            (Some("boese.example:8090"), None, Method::GET, false),
            (Some("127.0.0.1"), None, Method::GET, false),
            (None, None, Method::GET, false),
            (Some("127.0.0.1:8090"), Some("http://127.0.0.1:8090"), Method::POST, true),
            (Some("127.0.0.1:8090"), Some("http://boese.example"), Method::POST, false),
            (Some("127.0.0.1:8090"), Some("null"), Method::POST, false),
            (Some("127.0.0.1:8090"), None, Method::POST, true),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(host) = host {
                headers.insert(header::HOST, HeaderValue::from_static(host));
            }
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            }
            assert_eq!(foreign(&hosts, &method, &headers).is_none(), passes, "{host:?} {origin:?} {method}");
        }
    }

    #[test]
    fn loopback_is_the_own_machine() {
        for (address, own) in [
            ("127.0.0.1", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("10.1.2.3", false),
            ("0.0.0.0", false),
        ] {
            assert_eq!(address.parse().map(is_own_machine), Ok(own), "{address}");
        }
    }
}
