use crate::{account, at, edit, offer, on_both};
use kekiz_offers::{Offer, OfferState};
use kekiz_store::addresses::{self, Address};
use kekiz_store::bulk::{self, BulkError};
use kekiz_store::changes::{self, ChangeRequest, Decision};
use kekiz_store::claims::{self, Claim};
use kekiz_store::entities::{ReminderAnswer, RequestState};
use kekiz_store::error_reports::{self, ErrorReport};
use kekiz_store::merges::{self, MergeError};
use kekiz_store::offers::{self, Entry, Filter};
use kekiz_store::reminders::{self, Reminder};
use kekiz_store::{DatabaseConnection, Edit, SaveError, Stored, accounts, begin};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::time::Instant;

async fn save(db: &DatabaseConnection, offer: &Offer) -> Result<Stored<Offer>, SaveError<Offer>> {
    let tx = begin(db).await.unwrap();
    let saved = offers::save(&tx, offer, &edit()).await;
    if saved.is_ok() {
        tx.commit().await.unwrap()
    } else {
        tx.rollback().await.unwrap()
    }
    saved
}

#[test]
fn a_stale_write_gives_both_versions_back() {
    on_both(async |db| {
        let first = save(&db, &offer("a", "Krabbelgruppe")).await.unwrap().value;
        assert_eq!(first.revision, 1);
        let mine = Offer { state: OfferState::Published, ..first.clone() };
        let second = save(&db, &mine).await.unwrap();
        assert_eq!((second.revision, second.value.revision), (2, 2));
        match save(&db, &Offer { state: OfferState::Archived, ..first.clone() }).await {
            Err(SaveError::Stale { yours, theirs }) => {
                assert_eq!(yours.state, OfferState::Archived);
                assert_eq!(theirs.unwrap().value, second.value);
            }
            other => panic!("{other:?}"),
        }
        let again = save(&db, &offer("a", "Noch eine")).await;
        assert!(matches!(again, Err(SaveError::Stale { theirs: Some(_), .. })));
        let unknown = save(&db, &Offer { revision: 4, ..offer("b", "Gab es nie") }).await;
        assert!(matches!(unknown, Err(SaveError::Stale { theirs: None, .. })));
        let history = offers::history(&db, &"a".into()).await.unwrap();
        assert_eq!(
            history.iter().map(|one| one.value.state).collect::<Vec<_>>(),
            [OfferState::Published, OfferState::Draft]
        );
        assert_eq!(offers::version(&db, &"a".into(), 1).await.unwrap().unwrap().value, first);
        assert_eq!(offers::version(&db, &"a".into(), 2).await.unwrap().unwrap().value, second.value);
        assert_eq!(offers::version(&db, &"a".into(), 3).await.unwrap(), None);
    });
}

#[test]
fn of_many_who_save_at_once_one_wins_and_none_is_lost() {
    on_both(async |db| {
        save(&db, &offer("a", "Anfang")).await.unwrap();
        let writers: Vec<_> = (0..6)
            .map(|n| {
                let db = db.clone();
                tokio::spawn(async move {
                    let mut wins = 0;
                    while wins < 5 {
                        let now = offers::get(&db, &"a".into()).await.unwrap().unwrap().value;
                        let mut mine = now;
                        mine.service.name = format!("{} {n}", mine.service.name);
                        match save(&db, &mine).await {
                            Ok(_) => wins += 1,
                            Err(SaveError::Stale { .. }) => {}
                            Err(error) => panic!("{error}"),
                        }
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        let now = offers::get(&db, &"a".into()).await.unwrap().unwrap();
        assert_eq!(now.revision, 31);
        assert_eq!(now.value.service.name.split(' ').count(), 31);
        assert_eq!(offers::history(&db, &"a".into()).await.unwrap().len(), 31);
    });
}

#[test]
fn lists_are_filtered_counted_and_paged() {
    on_both(async |db| {
        for (id, state) in [("a", OfferState::Draft), ("b", OfferState::Published), ("c", OfferState::Due)] {
            save(&db, &Offer { state, ..offer(id, id) }).await.unwrap();
        }
        let names =
            |found: Vec<Stored<Offer>>| found.into_iter().map(|one| one.value.id.0).collect::<Vec<_>>();
        let public = Filter { states: vec![OfferState::Published, OfferState::Due], ..Filter::default() };
        assert_eq!(names(offers::list(&db, &public, 10).await.unwrap()), ["b", "c"]);
        let after =
            Filter { after: Some("a".into()), organization: Some("traeger".into()), ..Filter::default() };
        assert_eq!(names(offers::list(&db, &after, 1).await.unwrap()), ["b"]);
        let nobody = Filter { organization: Some("x".into()), ..Filter::default() };
        assert!(offers::list(&db, &nobody, 10).await.unwrap().is_empty());
        let ids = ["c".into(), "x".into(), "a".into()];
        assert_eq!(names(offers::get_all(&db, &ids).await.unwrap()), ["c", "a"]);
        let counts: Vec<u64> = offers::count_by_state(&db).await.unwrap().iter().map(|one| one.1).collect();
        assert_eq!(counts, [1, 1, 1, 0, 0]);
    });
}

/// Twenty offers for a page are found by their ids, however many there are.
#[test]
fn a_few_offers_are_read_without_reading_all() {
    on_both(async |db| {
        if db.get_database_backend() == DbBackend::Postgres {
            return;
        }
        let sql = "EXPLAIN QUERY PLAN SELECT * FROM offers WHERE id IN ('a', 'b') AND merged_into IS NULL";
        let plan = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap();
        let steps: Vec<String> = plan.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
        assert!(steps.iter().all(|step| step.contains("(id=?)")), "{steps:?}");
    });
}

#[test]
fn duplicates_are_merged_and_unmerged_with_their_history() {
    on_both(async |db| {
        let kept = save(&db, &offer("a", "Krabbelgruppe")).await.unwrap().value;
        let other = save(&db, &offer("b", "Krabbelgruppen")).await.unwrap().value;
        let union = |name: &str| {
            let mut union = kept.clone();
            union.service.name = name.into();
            union
        };
        let tx = begin(&db).await.unwrap();
        let itself = merges::merge(&tx, "m0", &kept, (&kept.id, 1), &edit()).await;
        assert!(matches!(itself, Err(MergeError::Same)));
        tx.rollback().await.unwrap();
        let tx = begin(&db).await.unwrap();
        let stale = merges::merge(&tx, "m0", &kept, (&other.id, 7), &edit()).await;
        assert!(matches!(stale, Err(MergeError::Stale { offer }) if offer.0 == "b"));
        tx.rollback().await.unwrap();

        let before = bulk::last_sequence(&db).await.unwrap();
        let tx = begin(&db).await.unwrap();
        merges::merge(&tx, "m1", &union("Beide"), (&other.id, 1), &edit()).await.unwrap();
        tx.commit().await.unwrap();
        let entry = offers::entry(&db, &other.id).await.unwrap().unwrap();
        assert_eq!(entry, Entry::Merged { into: kept.id.clone() });
        assert_eq!(offers::list(&db, &Filter::default(), 10).await.unwrap().len(), 1);
        let changes = bulk::changes_since(&db, before, 10).await.unwrap();
        let told: Vec<_> = changes.iter().map(|one| (one.id.0.as_str(), one.now.is_some())).collect();
        assert_eq!(told, [("a", true), ("b", false)]);
        let into_tombstone = save(&db, &other).await;
        assert!(matches!(into_tombstone, Err(SaveError::Stale { theirs: None, .. })));

        let tx = begin(&db).await.unwrap();
        let undone = merges::unmerge(&tx, "m1", &edit()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(undone.restored.unwrap().value.service.name, "Krabbelgruppe");
        assert_eq!(offers::get(&db, &other.id).await.unwrap().unwrap().value, other);
        let tx = begin(&db).await.unwrap();
        assert!(matches!(merges::unmerge(&tx, "m1", &edit()).await, Err(MergeError::Unknown)));
        tx.rollback().await.unwrap();

        // Merged again, then the kept offer is changed: undoing leaves that change alone.
        let now = offers::get(&db, &kept.id).await.unwrap().unwrap().value;
        let tx = begin(&db).await.unwrap();
        let merged = merges::merge(&tx, "m2", &now, (&other.id, 1), &edit()).await.unwrap();
        tx.commit().await.unwrap();
        let mut newer = merged.value;
        newer.service.name = "Neuer Name".into();
        save(&db, &newer).await.unwrap();
        let tx = begin(&db).await.unwrap();
        assert_eq!(merges::unmerge(&tx, "m2", &edit()).await.unwrap().restored, None);
        tx.commit().await.unwrap();
        let name = offers::get(&db, &kept.id).await.unwrap().unwrap().value.service.name;
        assert_eq!(name, "Neuer Name");
        assert_eq!(merges::of(&db, &other.id).await.unwrap().len(), 2);
    });
}

#[test]
fn requests_are_decided_once() {
    on_both(async |db| {
        accounts::insert(&db, account("ada")).await.unwrap();
        save(&db, &offer("a", "Krabbelgruppe")).await.unwrap();
        let now = at("2026-03-01T10:00:00Z");
        let request = ChangeRequest {
            id: "r".into(),
            offer: "a".into(),
            field: "service.name".into(),
            before_value: "\"Krabbelgruppe\"".into(),
            after_value: "\"Babygruppe\"".into(),
            base_revision: 1,
            proposed_by: None,
            proposed_at: now.into(),
            note: String::new(),
            state: RequestState::Open,
            decided_by: None,
            decided_at: None,
            decision_note: None,
        };
        changes::propose(&db, vec![request.clone()]).await.unwrap();
        assert_eq!(changes::open(&db, 10).await.unwrap(), [request]);
        assert_eq!(changes::count_open(&db).await.unwrap(), 1);
        let yes = Decision {
            state: RequestState::Accepted,
            by: Some("ada".into()),
            at: now,
            note: "stimmt".into(),
        };
        assert!(changes::decide(&db, "r", &yes).await.unwrap());
        assert!(!changes::decide(&db, "r", &yes).await.unwrap());
        assert_eq!(changes::of_offer(&db, &"a".into()).await.unwrap()[0].state, RequestState::Accepted);

        let claim = Claim {
            id: "c".into(),
            organization: "traeger".into(),
            account: "ada".into(),
            grounds: "Ich leite die Kita.".into(),
            claimed_at: now.into(),
            state: RequestState::Open,
            decided_by: None,
            decided_at: None,
        };
        assert!(claims::insert(&db, claim.clone()).await.unwrap());
        assert!(!claims::insert(&db, Claim { id: "c2".into(), ..claim.clone() }).await.unwrap());
        assert_eq!(claims::open(&db).await.unwrap(), [claim]);
        assert!(claims::decide(&db, "c", RequestState::Rejected, "bea", now).await.unwrap());
        assert!(!claims::decide(&db, "c", RequestState::Accepted, "bea", now).await.unwrap());

        let report = ErrorReport {
            id: "e".into(),
            offer: "a".into(),
            message: "Telefonnummer falsch".into(),
            contact: Some("leserin@example.org".into()),
            reported_at: now.into(),
            state: RequestState::Open,
            handled_by: None,
            handled_at: None,
        };
        error_reports::insert(&db, report).await.unwrap();
        assert_eq!(error_reports::open(&db, 10).await.unwrap().len(), 1);
        assert!(error_reports::close(&db, "e", RequestState::Accepted, "ada", now).await.unwrap());
        assert_eq!(error_reports::get(&db, "e").await.unwrap().unwrap().contact, None);

        let reminder = Reminder {
            id: "m".into(),
            offer: "a".into(),
            step: 1,
            sent_at: now.into(),
            due_at: at("2026-03-31T10:00:00Z").into(),
            answer: None,
            answered_at: None,
        };
        reminders::insert(&db, reminder).await.unwrap();
        assert!(reminders::overdue(&db, at("2026-03-31T10:00:00Z")).await.unwrap().is_empty());
        assert_eq!(reminders::overdue(&db, at("2026-04-01T10:00:00Z")).await.unwrap().len(), 1);
        let valid = ReminderAnswer::StillValid;
        assert_eq!(reminders::answer(&db, &"a".into(), valid, now).await.unwrap(), 1);
        assert_eq!(reminders::answer(&db, &"a".into(), valid, now).await.unwrap(), 0);
        assert_eq!(reminders::of(&db, &"a".into()).await.unwrap()[0].answer, Some(valid));
    });
}

#[test]
fn an_import_is_all_or_nothing() {
    on_both(async |db| {
        save(&db, &offer("o1500", "Schon da")).await.unwrap();
        let many: Vec<Offer> = (0..2000).map(|n| offer(&format!("o{n}"), "Neu")).collect();
        let tx = begin(&db).await.unwrap();
        assert!(matches!(bulk::insert(&tx, &many, &edit()).await, Err(BulkError::Taken)));
        tx.rollback().await.unwrap();
        assert_eq!(offers::list(&db, &Filter::default(), 10_000).await.unwrap().len(), 1);
    });
}

/// The size of a large Land. Prints how long each step takes; the bounds only catch a fall into quadratic time.
#[test]
fn a_hundred_thousand_offers_go_in_and_come_out_in_seconds() {
    on_both(async |db| {
        let engine = db.get_database_backend();
        let many: Vec<Offer> = (0..100_000).map(|n| offer(&format!("o{n:06}"), "Krabbelgruppe")).collect();
        let begun = Instant::now();
        let tx = begin(&db).await.unwrap();
        assert_eq!(bulk::insert(&tx, &many, &edit()).await.unwrap(), 100_000);
        tx.commit().await.unwrap();
        let inserted = begun.elapsed();
        let begun = Instant::now();
        let mut read = 0;
        bulk::for_each(&db, |stored| {
            assert_eq!(stored.value.id.0, format!("o{read:06}"));
            read += 1;
            true
        })
        .await
        .unwrap();
        println!("{engine:?}: in {inserted:?}, out {:?}", begun.elapsed());
        assert_eq!(read, 100_000);
        assert!(inserted.as_secs() < 300, "{engine:?}: {inserted:?}");

        let last = bulk::last_sequence(&db).await.unwrap();
        assert_eq!(last, 100_000);
        let mut one = offers::get(&db, &"o000007".into()).await.unwrap().unwrap().value;
        for name in ["Zweite", "Dritte"] {
            one.service.name = name.into();
            one = save(&db, &one).await.unwrap().value;
        }
        let changed = bulk::changes_since(&db, last, 10).await.unwrap();
        assert_eq!(changed.len(), 1);
        assert_eq!((changed[0].sequence, changed[0].id.as_str()), (last + 2, "o000007"));
        assert_eq!(changed[0].now.as_ref().unwrap().value.service.name, "Dritte");
        assert_eq!(bulk::changes_since(&db, 99_990, 4).await.unwrap().len(), 4);
    });
}

/// Two writers, one of whom commits late: a reader who continues from the last number misses neither.
#[test]
fn changes_become_visible_in_the_order_of_their_numbers() {
    on_both(async |db| {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let db = db.clone();
                tokio::spawn(async move {
                    for n in 0..25 {
                        save(&db, &offer(&format!("w{writer}-{n}"), "x")).await.unwrap();
                    }
                })
            })
            .collect();
        let (mut seen, mut last) = (0, 0);
        while seen < 100 {
            for change in bulk::changes_since(&db, last, 1000).await.unwrap() {
                assert!(change.sequence > last);
                last = change.sequence;
                seen += 1;
            }
            tokio::task::yield_now().await;
        }
        for writer in writers {
            writer.await.unwrap();
        }
        assert_eq!((seen, last), (100, 100));
    });
}

#[test]
fn addresses_are_replaced_by_file() {
    on_both(async |db| {
        let many = |street: &'static str, n: usize| {
            (0..n).map(move |number| Address {
                source: String::new(),
                line: 0,
                street: street.into(),
                house_number: number.to_string(),
                postcode: "47798".into(),
                place: "Krefeld".into(),
                district: "Mitte".into(),
                area: String::new(),
                latitude: 51.33,
                longitude: 6.56,
            })
        };
        for (source, street, n) in
            [("a.csv", "Ostwall", 5000), ("b.csv", "Westwall", 3), ("a.csv", "Südwall", 4001)]
        {
            let tx = begin(&db).await.unwrap();
            assert_eq!(addresses::replace(&tx, source, many(street, n)).await.unwrap(), n as u64);
            tx.commit().await.unwrap();
        }
        assert_eq!(addresses::count(&db).await.unwrap(), 4004);
        assert_eq!(addresses::sources(&db).await.unwrap(), ["a.csv", "b.csv"]);
        let mut streets = std::collections::BTreeMap::new();
        addresses::for_each(&db, |address| *streets.entry(address.street).or_insert(0) += 1).await.unwrap();
        assert_eq!(
            streets.into_iter().collect::<Vec<_>>(),
            [("Südwall".into(), 4001), ("Westwall".into(), 3)]
        );
    });
}

#[test]
fn the_reason_and_the_writer_stay_with_each_version() {
    on_both(async |db| {
        let why = |reason: &str| Edit { by: Some("ada".into()), reason: reason.into(), ..edit() };
        let tx = begin(&db).await.unwrap();
        let first = offers::save(&tx, &offer("a", "x"), &why("neu")).await.unwrap();
        offers::save(&tx, &first.value, &why("geprüft")).await.unwrap();
        tx.commit().await.unwrap();
        let history = offers::history(&db, &"a".into()).await.unwrap();
        let told: Vec<_> =
            history.iter().map(|one| (one.reason.as_str(), one.changed_by.as_deref())).collect();
        assert_eq!(told, [("geprüft", Some("ada")), ("neu", Some("ada"))]);
        assert_eq!(history[0].changed_at, edit().at);
    });
}
