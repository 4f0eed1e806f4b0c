//! Asking providers whether offers still hold.
#![allow(clippy::unwrap_used)]

use kekiz_offers::{Answer, Offer, OfferId, OfferState, ReminderRules};
use kekiz_portal::people::{Account, State};
use kekiz_portal::remind::Reminded;
use kekiz_portal::{Actor, Around, Grant, Portal, PortalConfig, Role, Scope};
use kekiz_store::{accounts, offers, outbox, roles};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

#[tokio::test]
async fn providers_are_asked_twice_then_the_offer_is_greyed_until_somebody_answers() {
    let day = Arc::new(AtomicI64::new(0));
    let (clock, count) = (Arc::clone(&day), AtomicU64::new(1));
    let around = Around::new(
        move || {
            let start: jiff::Timestamp = "2026-05-05T08:30:00Z".parse().unwrap();
            start + jiff::SignedDuration::from_hours(24 * clock.load(Ordering::Relaxed))
        },
        move |bytes| {
            let next = count.fetch_add(1, Ordering::Relaxed).to_le_bytes();
            bytes.iter_mut().zip(next.iter().cycle()).for_each(|(byte, next)| *byte = *next);
        },
    );
    let dir = tempfile::tempdir().unwrap();
    let portal = Portal::open(&PortalConfig::in_folder(dir.path()), around).await.unwrap();
    let now = portal.now().at;
    let account = Account {
        id: "ada".into(),
        email: "ada@verein.example".into(),
        name: "Ada".into(),
        password: None,
        state: State::Active,
        language: "de".into(),
        created_at: now.into(),
        last_login_at: None,
        password_changed_at: None,
    };
    accounts::insert(portal.db(), account).await.unwrap();
    let grant = Grant { role: Role::Provider, scope: Scope::Organization("org".into()) };
    roles::grant(portal.db(), "ada", &grant, now, None).await.unwrap();
    let id = OfferId("1".into());
    let mut offer = Offer::draft(id.clone(), "org".into());
    offer.state = OfferState::Published;
    let today = portal.now().local.date();
    kekiz_offers::confirm(&mut offer, kekiz_offers::FieldGroup::ALL, today, "ada", "");
    let mut writing = portal.begin(&Actor::System, "").await.unwrap();
    offers::save(&writing.tx, &offer, &writing.edit).await.unwrap();
    writing.note("offer.saved", "offer", "1", json!({}));
    writing.finish().await.unwrap();

    let rules = ReminderRules::default();
    let nothing = Reminded::default();
    // 5 May plus six months is 5 November, day 184; then 14 and 30 days.
    for (on, done, state) in [
        (183, nothing, OfferState::Published),
        (184, Reminded { due: 1, mails: 1, ..nothing }, OfferState::Due),
        (184, nothing, OfferState::Due),
        (197, nothing, OfferState::Due),
        (198, Reminded { mails: 1, ..nothing }, OfferState::Due),
        (214, Reminded { greyed: 1, ..nothing }, OfferState::Greyed),
        (300, nothing, OfferState::Greyed),
    ] {
        day.store(on, Ordering::Relaxed);
        assert_eq!(portal.remind(&Actor::System, &rules).await.unwrap(), done, "day {on}");
        assert_eq!(offers::get(portal.db(), &id).await.unwrap().unwrap().value.state, state, "day {on}");
    }
    let mails = outbox::due(portal.db(), portal.now().at, 10).await.unwrap();
    assert_eq!(mails.len(), 2);
    assert!(mails[0].plain.contains("/pruefen/"));
    let ada = Actor::Account { id: "ada".into(), grants: vec![grant] };
    portal.answer_offer(&ada, &id, Answer::StillValid).await.unwrap();
    assert_eq!(portal.remind(&Actor::System, &rules).await.unwrap(), nothing);
    assert!(portal.remind(&ada, &rules).await.is_err(), "only who coordinates");
}
