//! The portal as a whole: opening, writing, finding.
#![allow(clippy::unwrap_used)]

use kekiz_offers::hsds::Organization;
use kekiz_offers::{Offer, OfferId, OfferState, OrganizationId};
use kekiz_portal::find::Question;
use kekiz_portal::{Actor, Around, Portal, PortalConfig, PortalError};
use kekiz_store::{audit, error_reports, offers, records};
use serde_json::json;
use std::sync::atomic::{AtomicU64, Ordering};

/// A Tuesday morning, and bytes that count up.
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

fn offer(name: &str) -> Offer {
    let id = OfferId(kekiz_offers::derived_uuid(&["test", name]));
    let mut offer = Offer::draft(id, OrganizationId("org".into()));
    offer.state = OfferState::Published;
    offer.service.name = name.into();
    offer
}

async fn put(portal: &Portal, list: &[Offer]) {
    let mut writing = portal.begin(&Actor::System, "").await.unwrap();
    for one in list {
        offers::save(&writing.tx, one, &writing.edit).await.unwrap();
        writing.note("offer.saved", "offer", one.id.as_str(), json!({}));
    }
    writing.finish().await.unwrap();
}

fn ask(text: &str) -> Question {
    Question { text: text.into(), language: "de".into(), ..Question::default() }
}

#[tokio::test]
async fn what_is_written_is_found_at_once_and_after_opening_again() {
    let dir = tempfile::tempdir().unwrap();
    let config = PortalConfig::in_folder(&dir.path().join("portal"));
    let portal = Portal::open(&config, around()).await.unwrap();
    let mut writing = portal.begin(&Actor::System, "").await.unwrap();
    let owner = Organization { id: "org".into(), name: "Familienbund".into(), ..Organization::default() };
    records::save(&writing.tx, &owner, 0, &writing.edit).await.unwrap();
    writing.note("organization.saved", "organization", "org", json!({}));
    writing.finish().await.unwrap();
    put(&portal, &[offer("Krabbelgruppe am Markt"), offer("Nachhilfe Mathematik")]).await;
    let now = portal.now();
    let answer = portal.find(&ask("Krabbelgruppen"), &now).await.unwrap();
    assert_eq!(answer.cards[0].offer.name(), "Krabbelgruppe am Markt");
    assert_eq!(answer.cards[0].provider, "Familienbund");
    assert_eq!(
        portal.find(&ask("Familienbund"), &now).await.unwrap().total,
        2,
        "found by the provider's name"
    );

    let mut gone = offers::get(portal.db(), &offer("Nachhilfe Mathematik").id).await.unwrap().unwrap().value;
    gone.state = OfferState::Archived;
    put(&portal, &[gone]).await;
    assert_eq!(portal.find(&ask("Nachhilfe"), &now).await.unwrap().total, 0);
    assert_eq!(audit::verify(portal.db()).await.unwrap().entries, 4);
    let content = portal.content();
    drop(portal);

    let again = Portal::open(&config, around()).await.unwrap();
    assert_eq!(again.content(), content);
    assert_eq!(again.find(&ask("Babygruppe"), &now).await.unwrap().total, 1, "by a synonym");
    drop(again);
    std::fs::remove_dir_all(config.folder.join("index")).unwrap();
    let rebuilt = Portal::open(&config, around()).await.unwrap();
    assert_eq!(rebuilt.find(&ask("Krabbelgruppe"), &now).await.unwrap().total, 1);
}

#[tokio::test]
async fn a_write_that_is_not_finished_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let portal = Portal::open(&PortalConfig::in_folder(dir.path()), around()).await.unwrap();
    let writing = portal.begin(&Actor::System, "").await.unwrap();
    offers::save(&writing.tx, &offer("Verworfen"), &writing.edit).await.unwrap();
    drop(writing);
    assert!(offers::get(portal.db(), &offer("Verworfen").id).await.unwrap().is_none());
}

#[tokio::test]
async fn readers_report_errors_without_login_and_nonsense_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let portal = Portal::open(&PortalConfig::in_folder(dir.path()), around()).await.unwrap();
    let krabbel = offer("Krabbelgruppe");
    let draft = Offer { state: OfferState::Draft, ..offer("Entwurf") };
    put(&portal, &[krabbel.clone(), draft.clone()]).await;
    for (message, contact, fits) in [
        ("Die Nummer ist falsch\u{202e}.", "a@b.de", true),
        ("", "", false),
        (" .!? ", "", false),
        (&"x".repeat(2001), "", false),
        ("Zu lang", &"y".repeat(201), false),
    ] {
        let done = portal.report_error(&krabbel.id, message, contact, 3).await;
        assert_eq!(done.is_ok(), fits, "{message:.20}");
    }
    let open = error_reports::open(portal.db(), 10).await.unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].message, "Die Nummer ist falsch.");
    for hidden in [&draft.id, &OfferId("gibt-es-nicht".into())] {
        let refused = portal.report_error(hidden, "Hallo Welt", "", 3).await;
        assert!(matches!(refused, Err(PortalError::NotFound { .. })));
    }
}

#[tokio::test]
async fn a_list_of_the_municipality_that_is_wrong_is_named() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("handlungsfelder.toml"), "version = 99").unwrap();
    let refused = Portal::open(&PortalConfig::in_folder(dir.path()), around()).await.unwrap_err();
    assert!(refused.to_string().contains("handlungsfelder.toml"), "{refused}");
}
