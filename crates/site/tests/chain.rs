//! The pages of the prevention chain over the made-up city, asked for over HTTP.
#![allow(clippy::unwrap_used)]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use kekiz_atlas::Atlas;
use kekiz_portal::kinds::{Facility, Kinds, offer, provider};
use kekiz_portal::{Actor, Around, Portal, PortalConfig};
use kekiz_site::{SiteConfig, SiteState, router};
use kekiz_testkit::published_city;
use std::sync::{Arc, LazyLock};
use tower::ServiceExt;

/// Need of the made-up city: its own figures instead of those of Krefeld.
const RULES: &str = r#"
version = 1
gap_below = 0.5
overlap_above = 1.2
[[children]]
ages = [0, 215]
count = "COUNT"
[[need]]
field = "kinderbetreuung"
phases = ["kita"]
share = [0.9, 0.8, 1.0]
source = "Annahme: neun von zehn"
[[need]]
field = "bildung"
phases = ["grundschule"]
share = [1.0, 1.0, 1.0]
[[need]]
field = "existenz"
phases = ["grundschule"]
share = [0.2, 0.1, 0.3]
source = "Annahme: jedes fünfte"
[[supply]]
kind = "KITA"
places = 70
catchment = "gebiet"
source = "Annahme: 70 Plätze"
"#;

struct City {
    router: Router,
    runtime: tokio::runtime::Runtime,
    parts: usize,
}

static CITY: LazyLock<City> = LazyLock::new(|| {
    let (dir, published) = published_city().unwrap();
    let atlas = Atlas::of(published).unwrap();
    std::mem::forget(dir);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let count = atlas
        .indicators()
        .find(|meta| meta.kind == kekiz_base::IndicatorKind::Count)
        .map(|meta| meta.id.clone())
        .unwrap();
    let areas = atlas.indicator(&count).unwrap();
    let slice = areas.slices().iter().find(|slice| slice.areas.len() > 2).unwrap();
    let point = slice.areas.iter().find_map(|(_, area)| atlas.inner_point(&area.key)).unwrap();
    let kinds = Kinds::shipped().unwrap();
    let kita = kinds.get("kita").unwrap();
    let folder = tempfile::tempdir().unwrap().keep();
    let rules = RULES.replace("COUNT", count.as_str()).replace("KITA", &kita.name);
    std::fs::write(folder.join("kette.toml"), rules).unwrap();
    let parts = slice.areas.len();
    let portal = runtime.block_on(async {
        let around = Around::new(|| "2026-05-05T08:30:00Z".parse().unwrap(), |bytes| bytes.fill(7));
        let portal = Portal::open(&PortalConfig::in_folder(&folder), around).await.unwrap();
        let facility = Facility {
            key: vec!["test".into(), "kita".into()],
            name: "Kita Sonnenschein <&>".into(),
            provider: "Stadt".into(),
            point: Some(point),
            as_of: jiff::civil::date(2026, 1, 2),
            ..Facility::default()
        };
        let one = offer(&facility, kita);
        let mut writing = portal.begin(&Actor::System, "").await.unwrap();
        let owner = provider("Stadt");
        kekiz_portal::store::records::save(&writing.tx, &owner, 0, &writing.edit).await.unwrap();
        kekiz_portal::store::offers::save(&writing.tx, &one, &writing.edit).await.unwrap();
        writing.note("offer.saved", "offer", one.id.as_str(), serde_json::json!({}));
        writing.finish().await.unwrap();
        assert!(portal.load_example_network().await.unwrap());
        assert!(!portal.load_example_network().await.unwrap(), "a second time changes nothing");
        portal
    });
    let state = SiteState::new(Arc::new(atlas), SiteConfig::default()).with_portal(Arc::new(portal));
    City { router: router(state), runtime, parts }
});

fn ask(path: &str) -> (StatusCode, String) {
    CITY.runtime.block_on(async {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = CITY.router.clone().oneshot(request).await.unwrap();
        assert!(!answer.headers().contains_key("set-cookie"), "{path}");
        let status = answer.status();
        let body = to_bytes(answer.into_body(), 64 << 20).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    })
}

fn page(path: &str) -> String {
    let (status, html) = ask(path);
    assert_eq!(status, StatusCode::OK, "{path}: {html}");
    assert_eq!(html.matches("<h1").count(), 1, "{path}");
    assert!(!html.contains(" style=") && !html.contains("<script>"), "{path}");
    html
}

#[test]
fn the_matrix_says_of_every_cell_what_it_is_and_a_cell_all_its_figures() {
    let html = page("/kette");
    assert!(html.contains("Kindertagesbetreuung") && html.contains("nicht betrachtet"), "{html}");
    let cell = page("/kette?feld=kinderbetreuung&phase=kita");
    for part in
        ["Kinder mit Bedarf", "Annahme: neun von zehn", "Annahme: 70 Plätze", "Komm-Struktur", "unbekannt"]
    {
        assert!(cell.contains(part), "{part}: {cell}");
    }
    assert!(cell.contains("Kita Sonnenschein &#60;&#38;&#62;"), "{cell}");
    let table = cell.split("Gebiete im Vergleich</caption>").nth(1).unwrap();
    let rows = table.split("</table>").next().unwrap().matches("<tr><th scope=\"row\">").count();
    assert!(rows > 1 && rows <= CITY.parts.max(120), "{rows}");
}

#[test]
fn gaps_are_sentences_with_figures_and_links() {
    let html = page("/kette/luecken");
    assert!(html.contains("Worauf das beruht") && html.contains("/kette?"), "{html}");
    assert!(html.contains("In keinem Gebiet gibt es ein Angebot"), "no help with money anywhere: {html}");
    assert!(html.contains("Für 1 Angebot fehlt"), "{html}");
}

#[test]
fn siting_names_places_and_proves_them() {
    let html = page("/kette/standort?anzahl=1&ziel=wege");
    assert!(html.contains("neuer Ort") && html.contains("bewiesen"), "{html}");
    assert_eq!(html, page("/kette/standort?anzahl=1&ziel=wege"), "the same question, the same answer");
    page("/kette/standort?anzahl=5&umkreis=50000");
}

#[test]
fn what_cannot_be_answered_is_explained() {
    for (path, part) in [
        ("/kette?ort=mond", "gibt es hier nicht"),
        ("/kette?ebene=mond", "Möglich"),
        ("/kette/standort?anzahl=0", "zwischen 1 und 5"),
        ("/kette/standort?anzahl=99999999999999", "keine ganze Zahl"),
        ("/kette/standort?anzahl=-1", "keine ganze Zahl"),
        ("/kette/standort?umkreis=1", "zwischen 100"),
        ("/kette/standort?art=%3Cscript%3E", "aus der Liste"),
        ("/kette/standort?ziel=mond", "Möglich"),
    ] {
        let (status, html) = ask(path);
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        assert!(html.contains(part) && !html.contains("<script>"), "{path}: {html}");
    }
    // A cell that is not in the matrix is simply not shown.
    assert!(!page("/kette?feld=x&phase=y").contains("id=\"zelle\""));
}

#[test]
fn network_and_transitions_are_told_in_words_and_drawn() {
    let html = page("/netzwerk");
    for part in [
        "Akteure haben",
        "verbindet andere",
        "Ohne Vereinbarung mit anderen Sektoren",
        "überfällig",
        "Planungszyklus",
        "kk-network",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(html.matches("(Beispiel)").count() > 20, "the example says that it is one");
    let html = page("/kette/uebergaenge");
    for part in ["Geburt → Familie", "nicht bekannt", "Niemand ist verantwortlich", "kommen an"] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(
        html.find("Familie → Kita").unwrap() < html.find("Kita → Grundschule").unwrap(),
        "most lost first"
    );
}

#[test]
fn without_a_portal_there_is_no_chain() {
    let (dir, published) = published_city().unwrap();
    let bare = router(SiteState::new(Arc::new(Atlas::of(published).unwrap()), SiteConfig::default()));
    for path in ["/kette", "/kette/luecken", "/kette/standort", "/netzwerk", "/kette/uebergaenge"] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = CITY.runtime.block_on(bare.clone().oneshot(request)).unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
    drop(dir);
}
