use crate::{at, edit, on_both};
use kekiz_offers::hsds::Organization;
use kekiz_store::entities::JobState;
use kekiz_store::jobs::Job;
use kekiz_store::leitbild::{Goal, GuidingSentence, Target};
use kekiz_store::network::{Task, TaskState};
use kekiz_store::taxonomy::Term;
use kekiz_store::{Edit, SaveError, begin, jobs, records, taxonomy};

fn goal(title: &str) -> Goal {
    Goal {
        id: "z1".into(),
        parent: "l1".into(),
        title: title.into(),
        effect_step: 6,
        targets: vec![Target {
            indicator: "kinderarmut".into(),
            area: String::new(),
            from_year: 2024,
            value: 15.5,
            year: 2030,
            higher_is_better: false,
        }],
        ..Goal::default()
    }
}

#[test]
fn a_goal_keeps_its_versions_and_refuses_stale_writes() {
    on_both(async |db| {
        let tx = begin(&db).await.unwrap();
        let first = records::save(&tx, &goal("Erste Fassung"), 0, &edit()).await.unwrap();
        let second = records::save(&tx, &goal("Zweite Fassung"), first.revision, &edit()).await.unwrap();
        assert_eq!(second.revision, 2);
        for base in [0, 1, 3] {
            match records::save(&tx, &goal("Veraltet"), base, &edit()).await {
                Err(SaveError::Stale { yours, theirs }) => {
                    assert_eq!(yours.title, "Veraltet");
                    assert_eq!(theirs.unwrap().value.title, "Zweite Fassung");
                }
                other => panic!("{base}: {other:?}"),
            }
        }
        tx.commit().await.unwrap();
        assert_eq!(records::get::<Goal>(&db, "z1").await.unwrap().unwrap().value, goal("Zweite Fassung"));
        let tx = begin(&db).await.unwrap();
        let why = Edit { reason: "erreicht".into(), ..edit() };
        records::remove(&tx, &goal("Zweite Fassung"), 2, &why).await.unwrap();
        tx.commit().await.unwrap();
        assert!(records::get::<Goal>(&db, "z1").await.unwrap().is_none());
        let history = records::history::<Goal>(&db, "z1").await.unwrap();
        let told: Vec<_> = history.iter().map(|one| (one.revision, one.reason.as_str())).collect();
        assert_eq!(told, [(3, "erreicht"), (2, "Versuch"), (1, "Versuch")]);
    });
}

#[test]
fn of_two_who_save_at_once_one_is_told() {
    on_both(async |db| {
        let tx = begin(&db).await.unwrap();
        records::save(&tx, &goal("Anfang"), 0, &edit()).await.unwrap();
        tx.commit().await.unwrap();
        let writers: Vec<_> = (0..6)
            .map(|n| {
                let db = db.clone();
                tokio::spawn(async move {
                    let tx = begin(&db).await.unwrap();
                    let saved = records::save(&tx, &goal(&format!("Fassung {n}")), 1, &edit()).await;
                    let won = saved.is_ok();
                    if won {
                        tx.commit().await.unwrap()
                    } else {
                        tx.rollback().await.unwrap()
                    }
                    u8::from(won)
                })
            })
            .collect();
        let mut won = 0;
        for writer in writers {
            won += writer.await.unwrap();
        }
        assert_eq!(won, 1);
    });
}

#[test]
fn lists_are_ordered_and_tasks_come_due() {
    on_both(async |db| {
        let task = |id: &str, due: &str, state| Task {
            id: id.into(),
            parent: "ag".into(),
            title: id.into(),
            due_on: Some(due.parse().unwrap()),
            state,
            ..Task::default()
        };
        let tx = begin(&db).await.unwrap();
        for one in [
            task("spaet", "2026-05-01", TaskState::Open),
            task("frueh", "2026-03-01", TaskState::Doing),
            task("fertig", "2026-02-01", TaskState::Done),
        ] {
            records::save(&tx, &one, 0, &edit()).await.unwrap();
        }
        for (id, position) in [("b", 2), ("a", 2), ("c", 1)] {
            let sentence = GuidingSentence { id: id.into(), text: id.into(), position, ..Default::default() };
            records::save(&tx, &sentence, 0, &edit()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let due = records::due::<Task>(&db, "2026-04-01".parse().unwrap()).await.unwrap();
        assert_eq!(due.iter().map(|task| task.value.id.as_str()).collect::<Vec<_>>(), ["frueh"]);
        assert_eq!(records::of_parent::<Task>(&db, "ag").await.unwrap().len(), 3);
        let sentences = records::all::<GuidingSentence>(&db).await.unwrap();
        assert_eq!(sentences.iter().map(|one| one.value.id.as_str()).collect::<Vec<_>>(), ["c", "a", "b"]);
    });
}

#[test]
fn organisations_keep_what_the_standard_does_not_know() {
    on_both(async |db| {
        let text = r#"{"id":"o1","name":"Träger e. V.","x-anzahl":1.50,"services":[]}"#;
        let organization: Organization = serde_json::from_str(text).unwrap();
        let tx = begin(&db).await.unwrap();
        records::insert_many(&tx, std::slice::from_ref(&organization), &edit()).await.unwrap();
        tx.commit().await.unwrap();
        let found = records::page::<Organization>(&db, "", 10).await.unwrap();
        assert_eq!(found[0].value, organization);
        assert!(serde_json::to_string(&found[0].value).unwrap().contains("x-anzahl"));
    });
}

#[test]
fn two_workers_never_take_the_same_job() {
    on_both(async |db| {
        for n in 0..10 {
            let job = Job {
                id: format!("j{n}"),
                kind: "import".into(),
                state: JobState::Waiting,
                input: "{}".into(),
                outcome: None,
                progress: 0.0,
                created_at: at("2026-03-01T10:00:00Z").into(),
                created_by: None,
                started_at: None,
                finished_at: None,
            };
            jobs::push(&db, job).await.unwrap();
        }
        let now = at("2026-03-01T10:01:00Z");
        let workers: Vec<_> = (0..4)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    let mut mine = Vec::new();
                    while let Some(job) = jobs::take(&db, now).await.unwrap() {
                        mine.push(job.id);
                    }
                    mine
                })
            })
            .collect();
        let mut taken = Vec::new();
        for worker in workers {
            taken.extend(worker.await.unwrap());
        }
        taken.sort();
        assert_eq!(taken, (0..10).map(|n| format!("j{n}")).collect::<Vec<_>>());
        jobs::progress(&db, "j1", 0.5).await.unwrap();
        jobs::finish(&db, "j0", Ok("{}"), now).await.unwrap();
        jobs::finish(&db, "j2", Err("Die Datei fehlt."), now).await.unwrap();
        assert_eq!(jobs::get(&db, "j1").await.unwrap().unwrap().progress, 0.5);
        assert_eq!(jobs::get(&db, "j2").await.unwrap().unwrap().state, JobState::Failed);
        assert_eq!(jobs::resume(&db).await.unwrap(), 8);
        assert_eq!(jobs::list(&db, 100).await.unwrap().len(), 10);
    });
}

#[test]
fn the_municipality_has_its_own_words() {
    on_both(async |db| {
        let term = |code: &str, label: &str, position| Term {
            vocabulary: "action_field".into(),
            code: code.into(),
            label: label.into(),
            parent: None,
            position,
            hidden: false,
        };
        taxonomy::set_term(&db, term("gesundheit", "Gesundheit", 2)).await.unwrap();
        taxonomy::set_term(&db, term("bildung", "Bildung", 1)).await.unwrap();
        taxonomy::set_term(&db, Term { hidden: true, ..term("gesundheit", "Gesund", 3) }).await.unwrap();
        let terms = taxonomy::terms(&db, "action_field").await.unwrap();
        assert_eq!(terms.iter().map(|term| term.label.as_str()).collect::<Vec<_>>(), ["Bildung", "Gesund"]);
        taxonomy::reset_term(&db, "action_field", "gesundheit").await.unwrap();
        assert_eq!(taxonomy::terms(&db, "action_field").await.unwrap().len(), 1);
        let pair = |a: &str, b: &str| (a.to_string(), b.to_string());
        let pairs = [pair("Babygruppe", "Krabbelgruppe"), pair("Babygruppe", "Krabbelgruppe")];
        let tx = begin(&db).await.unwrap();
        taxonomy::set_synonyms(&tx, "de", &pairs).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(taxonomy::synonyms(&db, "de").await.unwrap().len(), 1);
        assert_eq!(taxonomy::synonyms(&db, "tr").await.unwrap().len(), 0);
    });
}
