//! Pages of the made-up city, asked for over HTTP.
#![allow(clippy::unwrap_used)]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use kekiz_atlas::Atlas;
use kekiz_site::{SiteConfig, SiteState, router};
use kekiz_testkit::{CANARIES, published_city};
use proptest::prelude::*;
use std::sync::{Arc, LazyLock};
use tower::ServiceExt;

/// One server for all tests; the store lives as long as the process.
static CITY: LazyLock<(Router, tokio::runtime::Runtime)> = LazyLock::new(|| {
    let (dir, published) = published_city().unwrap();
    let atlas = Atlas::of(published).unwrap();
    std::mem::forget(dir);
    (router(SiteState::new(Arc::new(atlas), SiteConfig::default())), tokio::runtime::Runtime::new().unwrap())
});

fn ask(path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let (router, runtime) = &*CITY;
    runtime.block_on(async {
        let answer = router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        (status, headers, to_bytes(answer.into_body(), 64 << 20).await.unwrap().to_vec())
    })
}

fn page(path: &str) -> String {
    let (status, _, body) = ask(path, &[]);
    let text = String::from_utf8(body).unwrap();
    assert_eq!(status, StatusCode::OK, "{path}: {text}");
    text
}

const PAGES: [&str; 22] = [
    "/",
    "/atlas",
    "/atlas?phase=familie",
    "/atlas/kinderarmut",
    "/atlas/kinderarmut?ebene=stadtteil&klassen=3&methode=natuerlich&sortierung=wert-absteigend",
    "/atlas/kinderarmut?ebene=stadtteil&grenzen=10;20&palette=violett",
    "/atlas/kinderarmut/streuung",
    "/atlas/kinderarmut/bivariat",
    "/atlas/kinderarmut/trichter?ebene=stadtteil",
    "/karte/kinderarmut?ebene=stadtteil",
    "/orte",
    "/vergleich",
    "/einrichtungen",
    "/daten",
    "/suche?q=muster",
    "/suche/vorschlaege?q=muster",
    "/methodik",
    "/barrierefreiheit",
    "/datenschutz",
    "/impressum",
    "/robots.txt",
    "/sitemap.xml",
];

#[test]
fn every_page_answers_with_headers_that_keep_it_to_itself() {
    for path in PAGES {
        let (status, headers, _) = ask(path, &[]);
        assert_eq!(status, StatusCode::OK, "{path}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        for part in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("vary", "accept-encoding"),
        ] {
            assert_eq!(headers[name], value, "{path}");
        }
        assert!(headers.contains_key("permissions-policy"), "{path}");
        assert!(!headers.contains_key("set-cookie"), "{path}");
    }
}

#[test]
fn no_page_holds_style_or_script_of_its_own_or_a_canary() {
    for path in PAGES {
        let html = page(path);
        for bad in [" style=", "<style", " onclick=", " onload=", "javascript:"] {
            assert!(!html.contains(bad), "{path} holds {bad}");
        }
        assert_eq!(
            html.matches("<script").count(),
            html.matches("<script type=\"module\" src=\"/assets/").count(),
            "{path}"
        );
        for canary in CANARIES {
            assert!(!html.contains(canary), "{path} holds {canary}");
        }
    }
}

#[test]
fn an_unchanged_page_is_not_sent_twice() {
    let path = "/atlas/kinderarmut";
    for coding in ["identity", "gzip", "br"] {
        let (status, headers, body) = ask(path, &[("accept-encoding", coding)]);
        assert_eq!(status, StatusCode::OK);
        assert!(!body.is_empty());
        let found = headers.get("content-encoding").map(|value| value.to_str().unwrap());
        assert_eq!(found, (coding != "identity").then_some(coding));
        let tag = headers["etag"].to_str().unwrap();
        let (status, headers, body) = ask(path, &[("accept-encoding", coding), ("if-none-match", tag)]);
        assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0), "{coding}");
        assert_eq!(headers["etag"], tag);
        let (status, ..) = ask(path, &[("if-none-match", "\"etwas-anderes\"")]);
        assert_eq!(status, StatusCode::OK);
    }
}

#[test]
fn compressed_pages_are_the_same_pages() {
    use std::io::Read;
    let (_, _, plain) = ask("/daten", &[]);
    let (_, _, br) = ask("/daten", &[("accept-encoding", "br")]);
    let mut found = Vec::new();
    brotli::Decompressor::new(br.as_slice(), 4096).read_to_end(&mut found).unwrap();
    assert_eq!(found, plain);
    assert!(br.len() < plain.len() / 2);
}

#[test]
fn what_is_not_there_is_explained() {
    for (path, status, part) in [
        ("/gibt-es-nicht", 404, "keine Seite"),
        ("/atlas/gibt-es-nicht", 404, "gibt es hier nicht"),
        ("/atlas/%00%ff", 404, "gibt es hier nicht"),
        ("/gebiet/99999", 404, "gibt es hier nicht"),
        ("/gebiet/%ff%fe", 404, "gibt es hier nicht"),
        ("/einrichtungen/schulen/x", 404, "gibt es"),
        ("/atlas/kinderarmut?jahr=1800", 400, "Möglich"),
        ("/atlas/kinderarmut?jahr=gestern", 400, "kein Zeitraum"),
        ("/atlas/kinderarmut?ebene=mond", 400, "Möglich"),
        ("/atlas/kinderarmut?gruppe=x", 400, "Möglich"),
        ("/atlas/kinderarmut?gebiet=x", 400, "gibt es hier nicht"),
        ("/atlas/kinderarmut?ort=x", 400, "gibt es hier nicht"),
        ("/atlas/kinderarmut?klassen=99", 400, "2 bis 9"),
        ("/atlas/kinderarmut?einrichtungen=x", 400, "Möglich"),
        ("/atlas/kinderarmut/streuung?mit=x", 400, "gibt es hier nicht"),
        ("/atlas?phase=x", 400, "Möglich"),
        ("/orte?ebene=x", 400, "Möglich"),
        ("/einrichtungen?art=x", 400, "Möglich"),
    ] {
        let (found, headers, body) = ask(path, &[]);
        let html = String::from_utf8(body).unwrap();
        assert_eq!(found.as_u16(), status, "{path}");
        assert!(html.contains(part), "{path}: {html}");
        assert!(html.contains("Hier geht es weiter"), "{path}");
        assert!(headers.contains_key("content-security-policy"), "{path}");
        assert_eq!(headers["cache-control"], "no-store", "{path}");
    }
}

#[test]
fn a_place_to_compare_is_typed_as_people_write_it() {
    for (address, part) in [
        ("/vergleich?a=99001001&b=99002001", "Musterstadt und Beispielstadt im Vergleich"),
        ("/vergleich?a=musterstadt&b=BEISPIELSTADT", "Musterstadt und Beispielstadt im Vergleich"),
        (
            "/vergleich?a=K%C3%B6hlerdorf%2C+Gemeinden+(99002002)&b=grossenau",
            "Köhlerdorf und Größenau im Vergleich",
        ),
        ("/vergleich?a=Bezirk&b=99001001", "kann mehreres meinen"),
        ("/vergleich?a=Bezirk&b=99001001", "/vergleich?a=M1&#38;b=99001001"),
        ("/vergleich?a=x9&b=y9", "Einen Ort „x9“ gibt es hier nicht"),
        ("/vergleich?a=%22%3E%3Cscript%3E", "gibt es hier nicht"),
    ] {
        let html = page(address);
        assert!(html.contains(part), "{address}: {html}");
        assert!(!html.contains("<script>"), "{address}");
    }
}

#[test]
fn what_a_reader_sends_is_escaped() {
    let html = page("/suche?q=%3Cscript%3Ealert(1)%3C/script%3E");
    assert!(!html.contains("<script>alert"), "{html}");
}

#[test]
fn machines_are_told_the_state() {
    assert_eq!(page("/healthz"), "ok\n");
    assert_eq!(page("/readyz"), "bereit\n");
    assert_eq!(page("/favicon.svg").matches("<svg").count(), 1);
}

/// The text of a page as a reader gets it: no tags, no drawings, one line per block.
fn text(html: &str) -> String {
    let main = html.split_once("<main").map_or(html, |(_, rest)| rest);
    let main = main.split_once("</main>").map_or(main, |(main, _)| main);
    let mut out = String::new();
    let (mut inside, mut drawing) = (true, false);
    for (i, letter) in main.char_indices() {
        let rest = &main[i..];
        if rest.starts_with("<svg") {
            drawing = true;
        }
        if rest.starts_with("</svg") {
            drawing = false;
        }
        match letter {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push('\n');
            }
            other if !inside && !drawing => out.push(other),
            _ => {}
        }
    }
    let lines: Vec<&str> = out.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

#[test]
fn pages_read_well() {
    for (name, path) in [
        ("map", "/atlas/kinderarmut?ebene=stadtteil"),
        ("themes", "/atlas"),
        ("not_found", "/gibt-es-nicht"),
        ("imprint", "/impressum"),
    ] {
        let (_, _, body) = ask(path, &[]);
        insta::assert_snapshot!(name, text(&String::from_utf8(body).unwrap()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever stands in the address: an answer, never a fault of the server.
    #[test]
    fn no_address_breaks_the_server(
        path in prop::sample::select(vec![
            "/atlas/kinderarmut", "/atlas/kinderarmut/streuung", "/atlas/kinderarmut/bivariat",
            "/atlas/kinderarmut/trichter", "/karte/kinderarmut", "/atlas", "/orte", "/vergleich",
            "/einrichtungen", "/suche", "/suche/vorschlaege",
        ]),
        names in prop::collection::vec(prop::sample::select(vec![
            "ebene", "gebiet", "jahr", "gruppe", "ort", "methode", "klassen", "grenzen", "palette",
            "geglaettet", "einrichtungen", "sortierung", "mit", "a", "b", "q", "art", "seite", "phase",
        ]), 0..5),
        values in prop::collection::vec(
            prop_oneof![
                "[ -~]{0,12}",
                "\\PC{0,6}",
                Just("-1".to_string()),
                Just("1e308; 1e309".to_string()),
                Just("18446744073709551616".to_string()),
                Just("eigene".to_string()),
                Just("stadtteil".to_string()),
                Just("kinderarmut".to_string()),
            ],
            5,
        ),
    ) {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(names.iter().zip(&values))
            .finish();
        let (status, ..) = ask(&format!("{path}?{query}"), &[]);
        prop_assert!(status.as_u16() < 500, "{status} for {path}?{query}");
    }
}
