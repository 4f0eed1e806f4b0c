//! What programs read: `/api`, `/ogc`, `/download`, asked over the router as a client would.
#![allow(clippy::unwrap_used)]

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use kekiz_atlas::Atlas;
use kekiz_site::{SiteConfig, SiteState, router};
use kekiz_testkit::{CANARIES, published_city};
use proptest::prelude::*;
use serde_json::Value;
use std::sync::{Arc, OnceLock};
use tower::ServiceExt;

struct Got {
    status: StatusCode,
    kind: String,
    headers: axum::http::HeaderMap,
    body: Vec<u8>,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

fn app() -> axum::Router {
    static APP: OnceLock<(axum::Router, Box<dyn std::any::Any + Send + Sync>)> = OnceLock::new();
    APP.get_or_init(|| {
        let (dir, published) = published_city().unwrap();
        let atlas = Arc::new(Atlas::of(published).unwrap());
        let config = SiteConfig { base_url: Some("http://atlas.example".into()) };
        (router(SiteState::new(atlas, config)), Box::new(dir))
    })
    .0
    .clone()
}

fn ask(method: &str, target: &str, headers: &[(header::HeaderName, &str)]) -> Option<Got> {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let request = request.body(Body::empty()).ok()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    Some(runtime.block_on(async {
        let response = app().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 1 << 26).await.unwrap().to_vec();
        let kind = parts.headers.get(header::CONTENT_TYPE).map_or("", |v| v.to_str().unwrap()).to_string();
        Got { status: parts.status, kind, headers: parts.headers, body }
    }))
}

fn get(target: &str) -> Got {
    ask("GET", target, &[]).unwrap()
}

#[test]
fn every_described_address_answers() {
    let document = get("/api/v1/openapi.json").json();
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 16);
    for path in paths.keys() {
        let target = path
            .replace("{id}", "kinderarmut")
            .replace("{key}", "99001001")
            .replace("{geography}", "muster-stadtteile")
            .replace("{layer}", "schulen")
            .replace("{facility}", "100001");
        let target = match path.as_str() {
            "/api/v1/search" => format!("{target}?q=muster"),
            path if path.ends_with("/series") => format!("{target}?areas=M1-01"),
            _ => target,
        };
        let got = get(&target);
        assert_eq!(got.status, StatusCode::OK, "{target}");
        assert!(got.json().is_object(), "{target}");
        assert!(got.headers.contains_key(header::ETAG));
    }
    assert_eq!(get("/api").status, StatusCode::OK);
}

#[test]
fn errors_are_problems_with_a_stable_code() {
    for (target, status, code) in [
        ("/api/v1/indicators/nichts", 404, "indicator-unknown"),
        ("/api/v1/areas/1", 404, "area-unknown"),
        ("/api/v1/nirgends", 404, "not-found"),
        ("/api/v1/indicators/kinderarmut/values?level=mond", 400, "level-unknown"),
        ("/api/v1/indicators/kinderarmut/values?period=1999", 400, "period-unknown"),
        ("/api/v1/indicators/kinderarmut/values?period=heute", 400, "parameter-invalid"),
        ("/api/v1/indicators/kinderarmut/values?within=1", 400, "area-unknown"),
        ("/api/v1/indicators/kinderarmut/values?limit=0", 400, "parameter-invalid"),
        ("/api/v1/indicators?foo=1", 400, "parameter-invalid"),
        ("/api/v1/search", 400, "parameter-invalid"),
        ("/ogc/collections/mond", 404, "not-found"),
        ("/ogc/collections/muster-kreise/items?bbox=1,2,3", 400, "parameter-invalid"),
        ("/ogc?f=xml", 400, "parameter-invalid"),
        ("/download/kinderarmut.exe", 404, "not-found"),
        ("/download/kinderarmut.csv?jahr=x", 400, "parameter-invalid"),
    ] {
        let got = get(target);
        assert_eq!(got.status.as_u16(), status, "{target}");
        assert_eq!(got.kind, "application/problem+json", "{target}");
        let problem = got.json();
        assert_eq!(problem["code"], code, "{target}");
        assert_eq!(problem["status"], status);
        assert!(problem["detail"].as_str().unwrap().len() > 20);
    }
    let posted = ask("POST", "/api/v1/indicators", &[]).unwrap();
    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(posted.json()["code"], "method-not-allowed");
    let picture = ask("GET", "/ogc", &[(header::ACCEPT, "image/png")]).unwrap();
    assert_eq!(picture.status, StatusCode::NOT_ACCEPTABLE);
}

#[test]
fn pages_of_values_join_to_the_whole() {
    let whole = get("/api/v1/indicators/kinderarmut/values?limit=10000").json();
    let total = whole["total"].as_u64().unwrap() as usize;
    assert_eq!(total, 16 * 6);
    let mut items = Vec::new();
    let mut offset = Some(0);
    while let Some(at) = offset {
        let page = get(&format!("/api/v1/indicators/kinderarmut/values?limit=25&offset={at}")).json();
        items.extend(page["items"].as_array().unwrap().clone());
        offset = page["next_offset"].as_u64();
    }
    assert_eq!(&items, whole["items"].as_array().unwrap());
    let first =
        &get("/api/v1/indicators/kinderarmut/values?level=stadtteil&period=2024&limit=3").json()["items"];
    insta::assert_json_snapshot!("values", first);
    insta::assert_json_snapshot!("area", get("/api/v1/areas/99002001").json());
}

#[test]
fn features_follow_the_standard() {
    let landing = get("/ogc").json();
    let rels: Vec<&str> =
        landing["links"].as_array().unwrap().iter().map(|l| l["rel"].as_str().unwrap()).collect();
    for rel in ["self", "service-desc", "conformance", "data"] {
        assert!(rels.contains(&rel), "{rel}");
    }
    assert_eq!(get("/ogc/conformance").json()["conformsTo"].as_array().unwrap().len(), 4);
    assert_eq!(get("/ogc/collections").json()["collections"].as_array().unwrap().len(), 6);
    let page = get("/ogc/collections/muster-stadtteile/items?limit=5");
    assert_eq!(page.kind, "application/geo+json");
    assert_eq!(page.headers["content-crs"], "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>");
    let mut seen = 0;
    let mut next = Some("/ogc/collections/muster-stadtteile/items?limit=5".to_string());
    while let Some(target) = next {
        let value = get(&target).json();
        assert_eq!(value["numberMatched"], 12);
        seen += value["features"].as_array().unwrap().len();
        next =
            value["links"].as_array().unwrap().iter().find(|l| l["rel"] == "next").map(|l| {
                l["href"].as_str().unwrap().strip_prefix("http://atlas.example").unwrap().to_string()
            });
    }
    assert_eq!(seen, 12);
    for (query, expected) in [
        ("bbox=6.5,51.0,6.65,51.04", 1),
        ("bbox=0,0,1,1", 0),
        ("name=Altstadt", 1),
        ("uebergeordnet=M1", 4),
        ("datetime=2024-01-01", 12),
        ("limit=99999", 12),
    ] {
        let value = get(&format!("/ogc/collections/muster-stadtteile/items?{query}")).json();
        assert_eq!(value["numberMatched"], expected, "{query}");
    }
    let hidden = get("/ogc/collections/muster-stadtteile/items/M1-03").json();
    assert_eq!(hidden["properties"]["kinderarmut"], Value::Null);
    assert_eq!(hidden["properties"]["kinderarmut_status"], "geschuetzt");
    let html = ask("GET", "/ogc/collections", &[(header::ACCEPT, "text/html,*/*;q=0.8")]).unwrap();
    assert!(html.kind.starts_with("text/html"));
    assert_eq!(
        get("/ogc/collections/einrichtungen-schulen/items?art=Gesamtschule").json()["numberMatched"],
        2
    );
}

#[test]
fn an_unchanged_answer_is_not_sent_again() {
    let first = get("/api/v1/indicators");
    let tag = first.headers[header::ETAG].to_str().unwrap().to_string();
    let second = ask("GET", "/api/v1/indicators", &[(header::IF_NONE_MATCH, &tag)]).unwrap();
    assert_eq!((second.status, second.body.len()), (StatusCode::NOT_MODIFIED, 0));
    let packed = ask("GET", "/api/v1/openapi.json", &[(header::ACCEPT_ENCODING, "br")]).unwrap();
    assert_eq!(packed.headers[header::CONTENT_ENCODING], "br");
    assert!(packed.body.len() * 3 < get("/api/v1/openapi.json").body.len());
}

#[test]
fn files_are_of_their_kind_and_hold_no_canary() {
    for (ending, kind, start) in [
        ("csv", "text/csv", &b"\xef\xbb\xbfindikator"[..]),
        ("xlsx", "application/vnd.openxmlformats", b"PK"),
        ("geojson", "application/geo+json", b"{"),
        ("parquet", "application/vnd.apache.parquet", b"PAR1"),
        ("json", "application/json", b"{"),
        ("svg", "image/svg+xml", b"<svg"),
        ("png", "image/png", b"\x89PNG"),
    ] {
        let got = get(&format!("/download/kinderarmut.{ending}?ebene=stadtteil"));
        assert_eq!(got.status, StatusCode::OK, "{ending}");
        assert!(got.kind.starts_with(kind) && got.body.starts_with(start), "{ending} {}", got.kind);
        let text = String::from_utf8_lossy(&got.body);
        if !matches!(ending, "png" | "xlsx" | "parquet") {
            assert!(CANARIES.iter().all(|canary| !text.contains(canary)), "{ending}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn hostile_parameters_never_break_the_server(
        path in prop::sample::select(vec![
            "/api/v1/indicators", "/api/v1/indicators/kinderarmut/values", "/api/v1/indicators/kinderarmut/series",
            "/api/v1/areas", "/api/v1/areas/M1/profile", "/api/v1/facilities/schulen", "/api/v1/search",
            "/ogc/collections/muster-stadtteile/items", "/download/kinderarmut.csv", "/download/kinderarmut.svg",
        ]),
        name in prop::sample::select(vec![
            "level", "within", "period", "group", "limit", "offset", "areas", "q", "bbox", "datetime", "f", "jahr", "ebene",
            "gebiet", "grenzen", "klassen", "methode", "palette",
        ]),
        value in prop_oneof![
            "[%0-9A-Za-z,;./:&=+*~-]{0,40}",
            prop::sample::select(vec![
                "%00", "%ff%fe", "..%2f..%2fetc", "NaN,NaN,NaN,NaN", "1e999", "-1", "18446744073709551616", "%F0%9F%92%A9",
                "2024-Q9", "9999-99-99/..", "eigene", "0;0;0", "%27%20OR%201=1",
            ]).prop_map(str::to_string),
        ],
    ) {
        if let Some(got) = ask("GET", &format!("{path}?{name}={value}"), &[]) {
            prop_assert!(got.status.as_u16() < 500, "{path}?{name}={value} gives {}", got.status);
        }
    }
}
