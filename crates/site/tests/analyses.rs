//! Pages and files of analyses, asked for over HTTP.
#![allow(clippy::unwrap_used)]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use kekiz_atlas::Atlas;
use kekiz_site::{SiteConfig, SiteState, router};
use kekiz_testkit::{canary_in, published_city, published_grid};
use proptest::prelude::*;
use std::sync::{Arc, LazyLock};
use tower::ServiceExt;

struct Server(Router, tokio::runtime::Runtime);

impl Server {
    fn of(atlas: Atlas) -> Self {
        let state = SiteState::new(Arc::new(atlas), SiteConfig::default());
        Self(router(state), tokio::runtime::Runtime::new().unwrap())
    }

    fn ask(&self, path: &str) -> (StatusCode, String) {
        self.1.block_on(async {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let answer = self.0.clone().oneshot(request).await.unwrap();
            let status = answer.status();
            let body = to_bytes(answer.into_body(), 64 << 20).await.unwrap();
            (status, String::from_utf8(body.to_vec()).unwrap())
        })
    }

    fn page(&self, path: &str) -> String {
        let (status, text) = self.ask(path);
        assert_eq!(status, StatusCode::OK, "{path}: {text}");
        assert_eq!(text.matches("<h1").count(), 1, "{path}");
        assert!(!text.contains(" style=") && !text.contains("<script>"), "{path}");
        assert_eq!(canary_in(&text), None, "{path}");
        text
    }
}

static CITY: LazyLock<Server> = LazyLock::new(|| {
    let (dir, published) = published_city().unwrap();
    std::mem::forget(dir);
    Server::of(Atlas::of(published).unwrap())
});

static GRID: LazyLock<Server> = LazyLock::new(|| {
    let (dir, published) = published_grid().unwrap();
    std::mem::forget(dir);
    Server::of(Atlas::of(published).unwrap())
});

#[test]
fn clusters_are_shown_named_and_tabled() {
    let html = GRID.page("/atlas/raster-wert/haeufungen?ort=R66");
    for part in [
        "Hohe Werte liegen beieinander rund um",
        "Viertel R66 liegt hoch zwischen niedrigen Werten",
        "Morans I",
        "p nach FDR",
        "keine Angabe",
        "Ohne Nachbarn mit Wert und darum nicht gerechnet: Viertel Rx",
        "href=\"/gebiet/R66\"",
        "/download/raster-wert/haeufungen.csv",
        "9.999 zufällige Anordnungen",
    ] {
        assert!(html.contains(part), "{part}");
    }
    assert_eq!(html.matches("<tr data-key=").count(), 65);
    let near = GRID.page("/atlas/raster-wert/haeufungen?nachbarn=naechste-6");
    assert!(near.contains("die 6 nächsten Gebiete") && !near.contains("darum nicht gerechnet"));
    assert!(GRID.page("/atlas/raster-wert").contains("/atlas/raster-wert/haeufungen"));
    assert!(CITY.page("/atlas/kinderarmut/haeufungen?ebene=stadtteil").contains("geschützt"));
    for (path, start) in [
        ("/download/raster-wert/haeufungen.csv?nachbarn=naechste-4", "\u{feff}indikator;"),
        ("/download/raster-wert/haeufungen.svg", "<svg"),
    ] {
        let (status, body) = GRID.ask(path);
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        assert!(body.starts_with(start), "{path}");
    }
}

#[test]
fn reach_is_shown_with_what_is_assumed_and_unknown() {
    let html = CITY.page("/erreichbarkeit?minuten=20");
    for part in [
        "von 100 Kindern",
        "20 Minuten",
        "Die Liste nennt keine Plätze",
        "Luftlinie mal 1,3",
        "gleichmäßig über die Fläche",
        "/erreichbarkeit/erreichbarkeit.csv?art=schulen",
        "href=\"/gebiet/99001001\"",
    ] {
        assert!(html.contains(part), "{part}");
    }
    assert!(CITY.page("/einrichtungen").contains("href=\"/erreichbarkeit"));
    for (path, start) in [
        ("/erreichbarkeit/erreichbarkeit.csv?minuten=10", "\u{feff}schluessel;"),
        ("/erreichbarkeit/erreichbarkeit.svg", "<svg"),
    ] {
        let (status, body) = CITY.ask(path);
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        assert!(body.starts_with(start), "{path}");
    }
    for (path, status, part) in [
        ("/erreichbarkeit?minuten=0", 400, "1 bis 60"),
        ("/erreichbarkeit?minuten=1e9", 400, "1 bis 60"),
        ("/erreichbarkeit?art=opern", 400, "Möglich: schulen"),
        ("/erreichbarkeit?form=Oper", 400, "Möglich: alle"),
        ("/erreichbarkeit?kinder=kinderarmut", 400, "zählt keine Kinder"),
        ("/erreichbarkeit?kinder=xx", 400, "gibt es hier nicht"),
        ("/erreichbarkeit?gebiet=xx", 400, "Abhilfe"),
        ("/erreichbarkeit/x.csv", 404, "Möglich"),
    ] {
        let (found, body) = CITY.ask(path);
        assert_eq!(found.as_u16(), status, "{path}: {body}");
        assert!(body.contains(part), "{path}: {body}");
    }
    let (status, _) = GRID.ask("/erreichbarkeit");
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[test]
fn segregation_stands_beside_chance() {
    let html = CITY.page("/atlas/kinderarmut/trennung?ebene=stadtteil");
    for part in [
        "müssten umziehen",
        "D*",
        "Zufall im Mittel",
        "Dissimilarität D",
        "je Kita oder Schule",
        "nicht dabei",
    ] {
        assert!(html.contains(part), "{part}");
    }
    assert!(CITY.page("/atlas/kinderarmut?ebene=stadtteil").contains("/atlas/kinderarmut/trennung?"));
    for (path, start) in [
        ("/download/kinderarmut/trennung.csv?ebene=stadtteil", "\u{feff}zeile;"),
        ("/download/kinderarmut/trennung.svg?ebene=stadtteil", "<svg"),
    ] {
        let (status, body) = CITY.ask(path);
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        assert!(body.starts_with(start), "{path}");
    }
    for (path, part) in [
        ("/atlas/jugendanteil/trennung", "Fallzahl"),
        ("/atlas/kinderarmut/trennung?ebene=gemeinde", "weniger als drei"),
        ("/atlas/kinderarmut/trennung?jahr=1800", "Möglich"),
        ("/download/kinderarmut/trennung.csv?nachbarn=x", "gibt es hier nicht"),
    ] {
        let (status, body) = CITY.ask(path);
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        assert!(body.contains(part), "{path}: {body}");
    }
}

const INDEX: &str = "k1=kinderarmut&g1=2&k2=jugendanteil&g2=0,5&r2=mehr&ebene=stadtteil";

#[test]
fn an_index_is_built_in_a_plain_form_and_taken_away_as_a_recipe() {
    let empty = CITY.page("/index-bauen");
    assert!(empty.contains("Kennzahl 3") && !empty.contains("Wie stabil"));
    let html = CITY.page(&format!("/index-bauen?{INDEX}"));
    for part in [
        "Am günstigsten ist die Lage",
        "bleiben in ihrer Klasse",
        "Rang und seine Spanne",
        "1.000 zufälligen",
        "/index-bauen/rezept.toml?k1=kinderarmut&#38;g1=2",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(CITY.page("/atlas").contains("href=\"/index-bauen\""));
    for skala in ["spanne", "rang"] {
        CITY.page(&format!("/index-bauen?{INDEX}&skala={skala}"));
    }
    for (path, start) in
        [("rezept.toml", "# Rezept"), ("index.csv", "\u{feff}schluessel;"), ("index.svg", "<svg")]
    {
        let (status, body) = CITY.ask(&format!("/index-bauen/{path}?{INDEX}"));
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        assert!(body.starts_with(start), "{path}: {body}");
        assert_eq!(canary_in(&body), None);
    }
    // What makes no index is said above the form, which keeps the choice.
    let one = CITY.page("/index-bauen?k1=kinderarmut");
    assert!(one.contains("mindestens zwei Kennzahlen") && one.contains("value=\"kinderarmut\" selected"));
    for (path, status, part) in [
        ("/index-bauen?k1=gibt-es-nicht", 400, "gibt es hier nicht"),
        ("/index-bauen?k1=kinderarmut&g1=viel", 400, "kein Gewicht"),
        ("/index-bauen?k1=kinderarmut&g1=-1", 400, "kein Gewicht"),
        ("/index-bauen?k1=kinderarmut&r1=quer", 400, "mehr, weniger"),
        ("/index-bauen?skala=gefuehl", 400, "z, spanne, rang"),
        ("/index-bauen?k1=kinderarmut&k2=jugendanteil&r2=mehr&ebene=mond", 400, "Möglich"),
        ("/index-bauen/rezept.toml?k1=kinderarmut", 400, "mindestens zwei"),
        ("/index-bauen/rezept.exe", 404, "Möglich"),
    ] {
        let (found, body) = CITY.ask(path);
        assert_eq!(found.as_u16(), status, "{path}: {body}");
        assert!(body.contains(part), "{path}: {body}");
    }
}

#[test]
fn what_cannot_be_is_explained() {
    for (path, status, part) in [
        ("/atlas/raster-wert/haeufungen?nachbarn=alle", 400, "Möglich: grenze, naechste-4"),
        ("/atlas/raster-wert/haeufungen?nachbarn=naechste-0", 400, "Möglich"),
        ("/atlas/raster-wert/haeufungen?nachbarn=naechste-999", 400, "Möglich"),
        ("/atlas/raster-wert/haeufungen?ebene=mond", 400, "Möglich"),
        ("/atlas/gibt-es-nicht/haeufungen", 404, "gibt es hier nicht"),
        ("/download/raster-wert/haeufungen.exe", 404, "gibt es nicht"),
        ("/download/raster-wert/haeufungen.csv?x=1", 400, "gibt es hier nicht"),
        ("/download/raster-wert/haeufungen.csv?nachbarn=x", 400, "Möglich"),
        ("/download/%ff/haeufungen.csv", 404, "gibt es"),
    ] {
        let (found, body) = GRID.ask(path);
        assert_eq!(found.as_u16(), status, "{path}: {body}");
        assert!(body.contains(part), "{path}: {body}");
    }
    let (status, body) = CITY.ask("/atlas/kinder/haeufungen?ebene=kreis");
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(body.contains("mindestens 3"), "{body}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_query_breaks_a_page(names in prop::collection::vec("(ebene|gebiet|jahr|gruppe|ort|nachbarn|art|form|kinder|minuten|k1|g1|r1|skala)", 0..4), values in prop::collection::vec("[a-z0-9%&=;.\\-<>ä ]{0,12}", 4)) {
        let query: Vec<(String, String)> = names.into_iter().zip(values).collect();
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        for (server, path) in [(&*GRID, "/atlas/raster-wert/haeufungen"), (&*CITY, "/erreichbarkeit"), (&*CITY, "/atlas/kinderarmut/trennung"), (&*CITY, "/index-bauen")] {
            let (status, body) = server.ask(&format!("{path}?{query}"));
            prop_assert!(status == StatusCode::OK || status == StatusCode::BAD_REQUEST, "{status} {query} {body}");
        }
    }
}
