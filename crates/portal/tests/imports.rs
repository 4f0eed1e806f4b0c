//! Files in and out: what an import shows before it does it, that it is all or nothing, and that what goes out comes back.
#![allow(clippy::unwrap_used)]

use kekiz_offers::{Offer, OfferState};
use kekiz_portal::exchange::FileKind;
use kekiz_portal::find::Question;
use kekiz_portal::import::{ImportOptions, Source, Written, suggest};
use kekiz_portal::{Actor, Around, Portal, PortalConfig, PortalError};
use kekiz_store::{audit, offers};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

fn around() -> Around {
    let count = AtomicU64::new(1);
    Around::new(
        || "2026-05-05T08:30:00Z".parse().unwrap(),
        move |bytes| {
            bytes.fill(0);
            let next = count.fetch_add(1, Ordering::Relaxed).to_le_bytes();
            bytes.iter_mut().zip(next).for_each(|(byte, next)| *byte = next);
        },
    )
}

async fn portal(dir: &tempfile::TempDir) -> Portal {
    Portal::open(&PortalConfig::in_folder(dir.path()), around()).await.unwrap()
}

fn source(name: &str, bytes: impl Into<Vec<u8>>) -> Source {
    Source { name: name.into(), bytes: bytes.into() }
}

const LIST: &str = "Name;Träger;Beschreibung;Straße;PLZ;Ort;Telefon;Öffnungszeiten;Kosten;Alter von (Monate);Alter bis (Monate)\n\
    Krabbelgruppe;Familienbund;Spielen und reden;Markt 1;47798;Krefeld;02151 1;Mo 09:30-11:00;kostenlos;3;18\n\
    Nachhilfe;Schulverein;Lernen;Weg 2;47799;Krefeld;02151 2;;;72;180\n";

async fn read(portal: &Portal, name: &str, text: &str, publish: bool) -> Result<Written, PortalError> {
    let plan = portal.plan_import(&source(name, text), &ImportOptions { mapping: None, publish }).await?;
    portal.apply_import(&Actor::System, plan).await
}

async fn everything(portal: &Portal) -> Vec<Offer> {
    let all = offers::list(portal.db(), &offers::Filter::default(), 1000).await.unwrap();
    all.into_iter().map(|stored| stored.value).collect()
}

#[tokio::test]
async fn a_list_is_shown_read_and_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let portal = portal(&dir).await;
    let file = source("angebote.csv", LIST);
    assert!(suggest(&file).unwrap().contains("Krabbel") || suggest(&file).unwrap().contains("Name"));
    let plan = portal.plan_import(&file, &ImportOptions::default()).await.unwrap();
    assert_eq!(plan.preview.new.len(), 2);
    assert!(everything(&portal).await.is_empty(), "a preview saves nothing");

    let first = read(&portal, "angebote.csv", LIST, false).await.unwrap();
    assert_eq!(first, Written { new: 2, ..Written::default() });
    assert!(everything(&portal).await.iter().all(|one| one.state == OfferState::Draft));
    let again = read(&portal, "angebote.csv", LIST, false).await.unwrap();
    assert_eq!(again, Written { unchanged: 2, ..Written::default() });
    let changed = LIST.replace("02151 2", "02151 99");
    assert_eq!(
        read(&portal, "angebote.csv", &changed, false).await.unwrap(),
        Written { changed: 1, unchanged: 1, ..Written::default() }
    );
    assert!(audit::verify(portal.db()).await.unwrap().entries >= 3);
}

#[tokio::test]
async fn one_unreadable_cell_stops_the_whole_import() {
    let dir = tempfile::tempdir().unwrap();
    let portal = portal(&dir).await;
    let broken = LIST.replace(";3;18", ";drei;18");
    let plan =
        portal.plan_import(&source("a.csv", broken.as_str()), &ImportOptions::default()).await.unwrap();
    assert_eq!(plan.preview.refused.len(), 1, "{:?}", plan.preview.refused);
    assert_eq!(plan.preview.refused[0].line, 2);
    assert!(matches!(portal.apply_import(&Actor::System, plan).await, Err(PortalError::Import(_))));
    assert!(everything(&portal).await.is_empty());
}

#[tokio::test]
async fn only_who_coordinates_may_import() {
    let dir = tempfile::tempdir().unwrap();
    let portal = portal(&dir).await;
    let plan = portal.plan_import(&source("a.csv", LIST), &ImportOptions::default()).await.unwrap();
    let refused = portal.apply_import(&Actor::Public, plan).await;
    assert!(matches!(refused, Err(PortalError::Forbidden { .. })));
    assert!(everything(&portal).await.is_empty());
}

#[tokio::test]
async fn what_is_no_list_is_refused_with_a_reason() {
    let dir = tempfile::tempdir().unwrap();
    let portal = portal(&dir).await;
    let files: [(&str, &[u8]); 9] = [
        ("leer.csv", b""),
        ("bild.png", b"\x89PNG\r\n\x1a\n"),
        ("seite.html", b"<!doctype html><p>Angebote"),
        ("kaputt.json", b"{\"name\": "),
        ("zahl.json", b"[1, 2, 3]"),
        ("kaputt.zip", b"PK\x03\x04kaputt"),
        ("leer.ics", b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"),
        ("ohne-name.csv", b"Farbe;Zahl\nrot;1\n"),
        ("bytes.csv", &[0xff, 0xfe, 0x00, 0xd8, 0x01]),
    ];
    for (name, bytes) in files {
        let plan = portal.plan_import(&source(name, bytes), &ImportOptions::default()).await;
        let fine = match plan {
            Err(error) => error.to_string().len() > 20,
            Ok(plan) => !plan.preview.is_ready(),
        };
        assert!(fine, "{name}");
    }
    assert!(everything(&portal).await.is_empty());
}

#[tokio::test]
async fn calendars_become_offers() {
    let dir = tempfile::tempdir().unwrap();
    let portal = portal(&dir).await;
    let text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//DE\r\nBEGIN:VEVENT\r\nUID:1@x\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260504T093000\r\nDTEND:20260504T110000\r\nRRULE:FREQ=WEEKLY;BYDAY=MO\r\nSUMMARY:Elterncafé\r\nLOCATION:Gemeindehaus\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    assert_eq!(read(&portal, "termine.ics", text, false).await.unwrap().new, 1);
    assert_eq!(read(&portal, "termine.ics", text, false).await.unwrap().unchanged, 1);
    assert_eq!(everything(&portal).await[0].name(), "Elterncafé");
}

#[tokio::test]
async fn what_goes_out_as_hsds_comes_back_the_same() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (from, to) = (portal(&one).await, portal(&two).await);
    read(&from, "angebote.csv", LIST, false).await.unwrap();
    let mut writing = from.begin(&Actor::System, "").await.unwrap();
    for offer in everything(&from).await {
        let published = Offer { state: OfferState::Published, ..offer };
        offers::save(&writing.tx, &published, &writing.edit).await.unwrap();
        writing.note("offer.published", "offer", published.id.as_str(), serde_json::json!({}));
    }
    writing.finish().await.unwrap();
    let package = from.hsds_package().await.unwrap();
    let plan = to.plan_import(&source("hsds.zip", package), &ImportOptions::default()).await.unwrap();
    assert!(plan.preview.is_ready(), "{:?}", plan.preview.refused);
    to.apply_import(&Actor::System, plan).await.unwrap();
    let (sent, got) = (everything(&from).await, everything(&to).await);
    assert_eq!(sent.len(), got.len());
    for (sent, got) in sent.iter().zip(&got) {
        assert_eq!(sent.id, got.id);
        assert_eq!(sent.service.name, got.service.name);
        assert_eq!(sent.prevention, got.prevention);
        assert_eq!(sent.organization, got.organization);
        assert_eq!(sent.addresses().len(), got.addresses().len());
        assert_eq!(from.provider_of(sent), to.provider_of(got));
    }
}

#[tokio::test]
async fn the_example_is_loaded_once() {
    let dir = tempfile::tempdir().unwrap();
    let portal = portal(&dir).await;
    let first = portal.load_example().await.unwrap();
    assert!(first.added > 5000 && first.addresses > 5000, "{first:?}");
    let second = portal.load_example().await.unwrap();
    assert_eq!((second.added, second.known), (0, first.added));
    let now = portal.now();
    let question = Question {
        text: "Kita".into(),
        place: "Dießem".into(),
        language: "de".into(),
        ..Question::default()
    };
    let answer = portal.find(&question, &now).await.unwrap();
    assert!(
        answer.cards[0].offer.service.alternate_name.contains("Kita"),
        "{}",
        answer.cards[0].offer.name()
    );
    let some: Vec<Arc<Offer>> = answer.cards.iter().map(|card| Arc::clone(&card.offer)).collect();
    for kind in [FileKind::Csv, FileKind::GeoJson, FileKind::ICal, FileKind::JsonLd, FileKind::Pdf] {
        let bytes = portal.file(kind, "Hilfe", some.clone(), &now).await.unwrap();
        assert!(bytes == portal.file(kind, "Hilfe", some.clone(), &now).await.unwrap(), "{kind:?}");
    }
}

/// A file names providers by their names: one that is here already, under another id, gets no double.
#[tokio::test]
async fn a_provider_that_is_here_already_is_found_by_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let portal = portal(&dir).await;
    let owner = kekiz_offers::hsds::Organization {
        id: "hier".into(),
        name: "Familienbund".into(),
        ..Default::default()
    };
    let mut writing = portal.begin(&Actor::System, "").await.unwrap();
    kekiz_store::records::save(&writing.tx, &owner, 0, &writing.edit).await.unwrap();
    writing.note("organization.saved", "organization", "hier", serde_json::json!({}));
    writing.finish().await.unwrap();
    for _ in 0..2 {
        read(&portal, "angebote.csv", &LIST.replace("Familienbund", " FAMILIENBUND "), false).await.unwrap();
        let all = everything(&portal).await;
        let owners: Vec<&str> = all.iter().map(|one| one.organization.as_str()).collect();
        assert!(owners.contains(&"hier"), "{owners:?}");
        assert_eq!(portal.providers().len(), 2);
    }
}
