//! The family pages of a made-up portal, asked for over HTTP.
#![allow(clippy::unwrap_used)]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use kekiz_atlas::Atlas;
use kekiz_portal::kinds::{Facility, Kinds, offer, provider};
use kekiz_portal::offers::{LanguageTag, Offer, OfferText};
use kekiz_portal::search::address::AddressRow;
use kekiz_portal::{Actor, Around, Portal, PortalConfig};
use kekiz_site::{SiteConfig, SiteState, router};
use kekiz_testkit::published_city;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use tower::ServiceExt;

struct City {
    router: Router,
    runtime: tokio::runtime::Runtime,
    kita: String,
}

/// A Tuesday in May, half past ten in Germany.
const NOW: &str = "2026-05-05T08:30:00Z";

fn facility(kind: &str, name: &str, point: (f64, f64), opening: &str) -> Offer {
    let facility = Facility {
        key: vec!["test".into(), kind.into(), name.into()],
        name: name.into(),
        provider: "Stadt Musterstadt".into(),
        street: "Marktplatz 1".into(),
        postcode: "47798".into(),
        town: "Musterstadt".into(),
        point: Some(point),
        web: "www.example.org/kita".into(),
        opening: opening.into(),
        source: "Liste der Stadt".into(),
        as_of: jiff::civil::date(2026, 1, 2),
        ..Facility::default()
    };
    offer(&facility, Kinds::shipped().unwrap().get(kind).unwrap())
}

async fn portal() -> Portal {
    let dir = tempfile::tempdir().unwrap().keep();
    let count = AtomicU64::new(1);
    let around = Around::new(
        || NOW.parse().unwrap(),
        move |bytes| {
            let next = count.fetch_add(1, Ordering::Relaxed).to_le_bytes();
            bytes.iter_mut().zip(next).for_each(|(byte, next)| *byte = next);
        },
    );
    let portal = Portal::open(&PortalConfig::in_folder(&dir), around).await.unwrap();
    let mut kita =
        facility("kita", "Kita Sonnenschein <&>", (6.56, 51.33), "montags bis freitags: 7 bis 16 Uhr");
    kita.texts.insert(
        LanguageTag::parse("tr").unwrap(),
        OfferText {
            name: "Güneş Kreşi".into(),
            description: "Çocuklar için kreş.".into(),
            ..OfferText::default()
        },
    );
    let far = facility("kita", "Kita am Wald", (6.66, 51.40), "");
    let youth =
        facility("jugendzentrum", "Jugendtreff Nord", (6.57, 51.34), "montags bis freitags 15 bis 21 Uhr");
    let mut writing = portal.begin(&Actor::System, "").await.unwrap();
    let owner = provider("Stadt Musterstadt");
    kekiz_portal::store::records::save(&writing.tx, &owner, 0, &writing.edit).await.unwrap();
    for one in [&kita, &far, &youth] {
        kekiz_portal::store::offers::save(&writing.tx, one, &writing.edit).await.unwrap();
    }
    writing.note("test.filled", "offers", "test", serde_json::json!({}));
    writing.finish().await.unwrap();
    let row = AddressRow {
        street: "Marktplatz".into(),
        house_number: "1".into(),
        postal_code: "47798".into(),
        town: "Musterstadt".into(),
        district: "Mitte".into(),
        point: (6.56, 51.33),
    };
    portal.import_addresses(&Actor::System, "test", vec![row]).await.unwrap();
    portal
}

static CITY: LazyLock<City> = LazyLock::new(|| {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (dir, published) = published_city().unwrap();
    let atlas = Atlas::of(published).unwrap();
    std::mem::forget(dir);
    let portal = runtime.block_on(portal());
    let kita = facility("kita", "Kita Sonnenschein <&>", (6.56, 51.33), "").id.to_string();
    let state = SiteState::new(Arc::new(atlas), SiteConfig::default()).with_portal(Arc::new(portal));
    City { router: router(state), runtime, kita }
});

fn send(request: Request<Body>) -> (StatusCode, HeaderMap, Vec<u8>) {
    let city = &*CITY;
    city.runtime.block_on(async {
        let answer = city.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        (status, headers, to_bytes(answer.into_body(), 64 << 20).await.unwrap().to_vec())
    })
}

fn ask(path: &str) -> (StatusCode, HeaderMap, String) {
    let (status, headers, body) =
        send(Request::get(path).header("host", "kekiz.test").body(Body::empty()).unwrap());
    (status, headers, String::from_utf8_lossy(&body).into_owned())
}

fn page(path: &str) -> String {
    let (status, _, text) = ask(path);
    assert_eq!(status, StatusCode::OK, "{path}: {text}");
    text
}

#[test]
fn a_family_finds_what_it_typed_with_what_it_needs_to_know() {
    let html = page("/hilfe?q=Kitas&ort=47798");
    for part in [
        "2 Angebote gefunden",
        "Kita Sonnenschein &#60;&#38;&#62;",
        "Stadt Musterstadt",
        "jetzt geöffnet bis 16 Uhr",
        "bis 6 Jahre",
        "Warum steht das hier?",
        "https://www.example.org/kita",
        "Gesucht rund um:",
        "/hilfe/karte.svg?",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    assert!(html.find("Sonnenschein").unwrap() < html.find("Kita am Wald").unwrap(), "the nearer first");
}

#[test]
fn filters_narrow_and_an_empty_page_says_what_to_let_go_of() {
    for (query, total) in [
        ("q=kita&ort=47798&umkreis=2", "1 Angebot gefunden"),
        ("q=kita&offen=jetzt", "1 Angebot gefunden"),
        ("alter=150", "1 Angebot gefunden"),
        ("alter=30", "2 Angebote gefunden"),
        ("kostenlos=1", "1 Angebot gefunden"),
        ("phase=kita&thema=kinderbetreuung", "2 Angebote gefunden"),
        ("alter=quatsch&umkreis=x&offen=nie&seite=-1&q=kita", "2 Angebote gefunden"),
    ] {
        assert!(page(&format!("/hilfe?{query}")).contains(total), "{query}");
    }
    let none = page("/hilfe?q=kita&kostenlos=1");
    assert!(none.contains("Dazu gibt es hier noch kein Angebot"));
    assert!(none.contains("Ohne „kostenlos“: 2 Angebote"), "{none}");
    assert!(page("/hilfe?q=Jugentreff").contains("Jugendtreff Nord"), "typing errors are forgiven");
    assert!(page("/hilfe?q=kita&ort=Atlantis").contains("Den Ort „Atlantis“ kennen wir nicht"));
}

#[test]
fn every_language_has_its_pages_and_marks_what_stays_german() {
    let kita = format!("/hilfe/{}", CITY.kita);
    for (code, lang, dir) in [
        ("de", "de", "ltr"),
        ("leicht", "de", "ltr"),
        ("en", "en", "ltr"),
        ("tr", "tr", "ltr"),
        ("uk", "uk", "ltr"),
        ("ar", "ar", "rtl"),
    ] {
        for path in ["/hilfe", "/hilfe?q=kita", &kita, "/merkliste", &format!("{kita}/fehler")] {
            let mark = if path.contains('?') { '&' } else { '?' };
            let html = page(&format!("{path}{mark}sprache={code}"));
            assert!(html.contains(&format!("<html lang=\"{lang}\" dir=\"{dir}\">")), "{path} {code}");
            assert!(!html.contains(" style=") && !html.contains("<style"), "{path} {code}");
            for key in ["find_", "offer_", "card_", "result_", "wrong_", "menu_"] {
                assert!(!html.contains(&format!(">{key}")), "{key} on {path} in {code}");
            }
            // The way to the German page stands in the head and in the list of languages.
            if code != "de" {
                let here: Vec<&str> = html.split("href=\"/hilfe").skip(1).collect();
                let kept = here.iter().filter(|link| {
                    let url = link.split('"').next().unwrap();
                    url.contains("sprache=")
                        || url.contains(".ics")
                        || url.contains("/liste.")
                        || url.contains("karte")
                });
                assert!(kept.count() + 2 >= here.len(), "{path} {code} loses the language");
            }
        }
    }
    let arabic = page(&format!("{kita}?sprache=ar"));
    assert!(arabic.contains("<h1 lang=\"de\" dir=\"ltr\">Kita Sonnenschein"));
    let turkish = page(&format!("{kita}?sprache=tr"));
    assert!(turkish.contains("<h1>Güneş Kreşi</h1>"), "{turkish}");
}

#[test]
fn an_offer_shows_all_it_knows_and_what_to_do_next() {
    let html = page(&format!("/hilfe/{}", CITY.kita));
    for part in [
        "Die nächsten sieben Tage",
        "07:00–16:00 Uhr",
        "Marktplatz 1",
        "Zuletzt geprüft am 02.01.2026",
        "aus der Art der Einrichtung abgeleitet",
        "beitragsfrei",
        "openstreetmap.org/directions?to=51.330000%2C6.560000",
        "termin.ics",
        "<svg aria-hidden=\"true\"",
        "application/ld+json",
        "Angaben veraltet?",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    assert!(!html.contains("Sonnenschein <&>"), "names are escaped");
    let (status, _, text) = ask("/hilfe/gibt-es-nicht?sprache=en");
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(text.contains("This offer is no longer here"));
}

#[test]
fn lists_are_taken_along_in_every_form() {
    for (ending, kind, start) in [
        ("csv", "text/csv", "\u{feff}Kennung;Name"),
        ("geojson", "application/geo+json", "{"),
        ("ics", "text/calendar", "BEGIN:VCALENDAR"),
        ("jsonld", "application/ld+json", "{"),
        ("pdf", "application/pdf", "%PDF-"),
    ] {
        let (status, headers, body) = ask(&format!("/hilfe/liste.{ending}?q=kita"));
        assert_eq!(status, StatusCode::OK, "{ending}: {body}");
        assert!(headers["content-type"].to_str().unwrap().starts_with(kind), "{ending}");
        assert!(headers["content-disposition"].to_str().unwrap().contains("attachment"), "{ending}");
        assert!(body.starts_with(start), "{ending}: {body:.40}");
        assert_eq!(
            ask(&format!("/hilfe/liste.{ending}?q=kita&kostenlos=1")).0,
            StatusCode::NOT_FOUND,
            "{ending}"
        );
    }
    let one = page(&format!("/hilfe/liste.csv?id={}", CITY.kita));
    assert_eq!(one.lines().count(), 2, "{one}");
    let calendar = page(&format!("/hilfe/{}/termin.ics", CITY.kita));
    assert!(calendar.contains("RRULE:FREQ=WEEKLY"), "{calendar}");
    let map = page("/hilfe/karte.svg?q=kita");
    assert!(map.starts_with("<svg") && map.matches("<title>").count() == 2, "{map}");
    assert!(map.contains("Sonnenschein &lt;&amp;&gt;"));
}

#[test]
fn bookmarks_live_in_the_address() {
    let html = page(&format!("/merkliste?id={0}&id={0}&id=fremd", CITY.kita));
    assert_eq!(html.matches("class=\"k-offer\"").count(), 1);
    assert!(html.contains(&format!("http://kekiz.test/merkliste?id={}", CITY.kita)));
    assert!(page("/merkliste").contains("Noch nichts gemerkt"));
}

fn post(path: &str, body: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (status, headers, body) = send(request.body(Body::from(body.to_string())).unwrap());
    (status, headers, String::from_utf8_lossy(&body).into_owned())
}

#[test]
fn errors_are_reported_from_this_site_only_and_answered_with_a_redirect() {
    let path = format!("/hilfe/{}/fehler", CITY.kita);
    let same = [("sec-fetch-site", "same-origin")];
    let (status, headers, _) = post(&path, "meldung=Die+Zeiten+stimmen+nicht&kontakt=", &same);
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(page(headers["location"].to_str().unwrap()).contains("Vielen Dank!"));
    let (status, _, html) = post(&path, "meldung=%3F&kontakt=a%40b.de", &same);
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(html.contains("Bitte schreiben Sie kurz") && html.contains("value=\"a@b.de\""), "{html}");
    assert_eq!(
        post(&path, "meldung=Hallo+Welt", &[("sec-fetch-site", "cross-site")]).0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(post("/hilfe/nein/fehler", "meldung=Hallo+Welt", &same).0, StatusCode::NOT_FOUND);
}

fn json(path: &str) -> serde_json::Value {
    serde_json::from_str(&page(path)).unwrap()
}

#[test]
fn machines_read_the_offers_as_hsds() {
    assert_eq!(json("/hsds")["version"], "3.1");
    let services = json("/hsds/services?per_page=2");
    assert_eq!((services["total_items"].as_u64(), services["total_pages"].as_u64()), (Some(3), Some(2)));
    assert_eq!(services["contents"].as_array().unwrap().len(), 2);
    let kita = json(&format!("/hsds/services/{}", CITY.kita));
    assert_eq!(kita["organization"]["name"], "Stadt Musterstadt");
    assert!(kita["attributes"].as_array().unwrap().len() > 3, "{kita}");
    assert_eq!(json("/hsds/services?search=jugendtreff")["total_items"], 1);
    assert_eq!(json("/hsds/services?modified_after=2026-05-06")["total_items"], 0);
    assert_eq!(json("/hsds/services?modified_after=2026-05-05T08:00:00Z")["total_items"], 3);
    let terms = json("/hsds/taxonomy_terms?per_page=100");
    let term =
        terms["contents"].as_array().unwrap().iter().find(|one| one["code"] == "jugendarbeit").unwrap();
    let by_term = json(&format!("/hsds/services?taxonomy_term_id={}", term["id"].as_str().unwrap()));
    assert_eq!(by_term["total_items"], 1);
    assert_eq!(json("/hsds/services?taxonomy_term_id=fremd")["total_items"], 0);
    assert_eq!(json("/hsds/service_at_locations?postcode=47798&proximity=3000")["total_items"], 2);
    let place = json("/hsds/service_at_locations")["contents"][0]["id"].as_str().unwrap().to_string();
    assert_eq!(json(&format!("/hsds/service_at_locations/{place}"))["id"], place.as_str());
    assert_eq!(json("/hsds/organizations")["total_items"], 1);
    let owner = json("/hsds/organizations")["contents"][0]["id"].as_str().unwrap().to_string();
    assert_eq!(
        json(&format!("/hsds/organizations/{owner}?full_service=true"))["services"].as_array().unwrap().len(),
        3
    );
    assert_eq!(page("/hsds/services?format=ndjson").lines().count(), 3);
    assert_eq!(ask("/hsds/services/fremd").0, StatusCode::NOT_FOUND);
    assert_eq!(ask("/hsds/services?page=eins").0, StatusCode::BAD_REQUEST);
    assert_eq!(ask("/hsds/quatsch").0, StatusCode::NOT_FOUND);
    assert!(ask("/hsds/datapackage.zip").2.starts_with("PK"));
}

/// What the schemas require (`hsds::conform`) and what the reader finds odd (`hsds::check`), for every object a list
/// gives out: nothing is missing, nothing odd, and what is read back is what was written.
fn conforms<R: kekiz_portal::offers::hsds::Record>(path: &str) -> usize {
    use kekiz_portal::offers::hsds::{check, conform, read_objects};
    let page = json(path);
    let contents = page["contents"].as_array().unwrap();
    for one in contents {
        let bytes = serde_json::to_vec(one).unwrap();
        let read: Vec<R> = read_objects(&bytes).unwrap();
        assert_eq!(read.len(), 1, "{path}");
        let findings = check(&read[0]);
        assert!(findings.iter().next().is_none(), "{path}: {findings:?}");
        let again = serde_json::to_value(conform(&read[0])).unwrap();
        assert_eq!(again, *one, "{path}");
    }
    assert_eq!(page["size"].as_u64().unwrap() as usize, contents.len(), "{path}");
    contents.len()
}

#[test]
fn every_answer_of_the_hsds_interface_is_whole() {
    use kekiz_portal::offers::hsds::{Organization, Service, ServiceAtLocation, Taxonomy, TaxonomyTerm};
    assert_eq!(conforms::<Service>("/hsds/services?full=true"), 3);
    assert_eq!(conforms::<ServiceAtLocation>("/hsds/service_at_locations?full=true"), 3);
    assert_eq!(conforms::<Organization>("/hsds/organizations?full_service=true"), 1);
    assert!(conforms::<Taxonomy>("/hsds/taxonomies") > 5);
    assert!(conforms::<TaxonomyTerm>("/hsds/taxonomy_terms?per_page=100") > 20);
}

#[test]
fn services_at_places_are_counted_and_paged_by_place() {
    let all = json("/hsds/service_at_locations?per_page=2");
    assert_eq!((all["total_items"].as_u64(), all["total_pages"].as_u64()), (Some(3), Some(2)));
    let ids = |path: &str| -> Vec<String> {
        let page = json(path);
        let one = |one: &serde_json::Value| one["id"].as_str().unwrap().to_string();
        page["contents"].as_array().unwrap().iter().map(one).collect()
    };
    let mut both = ids("/hsds/service_at_locations?per_page=2");
    both.extend(ids("/hsds/service_at_locations?per_page=2&page=2"));
    assert_eq!(both, ids("/hsds/service_at_locations"));
    assert!(ids("/hsds/service_at_locations?page=9").is_empty());
    assert_eq!(json("/hsds/service_at_locations?modified_after=2026-05-06")["total_items"], 0);
    assert_eq!(ask("/hsds/service_at_locations/fremd").0, StatusCode::NOT_FOUND);
}

#[test]
fn family_pages_keep_to_themselves_and_set_no_cookie() {
    for path in ["/hilfe", "/hilfe?q=kita", "/merkliste", "/hilfe/liste.csv", "/"] {
        let (status, headers, _) = ask(path);
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(
            headers["content-security-policy"].to_str().unwrap().contains("default-src 'none'"),
            "{path}"
        );
        assert!(!headers.contains_key("set-cookie"), "{path}");
    }
    assert!(page("/").contains("3 Angebote für Kinder und Eltern"));
    assert!(page("/").contains("href=\"/hilfe\""));
}
