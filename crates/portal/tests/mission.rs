//! The Leitbild: states come from the atlas, versions from the store.
#![allow(clippy::unwrap_used, clippy::panic)]

use kekiz_atlas::Atlas;
use kekiz_base::{AreaKey, IndicatorId};
use kekiz_planning::goals::{Reason, Status};
use kekiz_portal::mission::{Draft, with_unit};
use kekiz_portal::{Actor, Around, Portal, PortalConfig, PortalError};
use kekiz_store::leitbild::{Goal, Target};

const CITY: &str = "99001001";

fn around() -> Around {
    Around::new(|| "2026-05-05T08:30:00Z".parse().unwrap(), |bytes| bytes.fill(7))
}

/// First and last published value of child poverty in Musterstadt with their years.
fn ends(atlas: &Atlas) -> [(i16, f64); 2] {
    let id = IndicatorId::new("kinderarmut").unwrap();
    let series = atlas.series(&id, &[AreaKey::new(CITY)], None).unwrap();
    let shown: Vec<(i16, f64)> = series
        .periods
        .iter()
        .zip(&series.lines[0].cells)
        .filter_map(|(period, cell)| Some((period.year(), cell.value()?)))
        .collect();
    [shown[0], shown[shown.len() - 1]]
}

fn target(from_year: i16, value: f64, year: i16) -> Target {
    let (indicator, area) = ("kinderarmut".into(), CITY.into());
    Target { indicator, area, from_year, value, year, higher_is_better: false }
}

fn goal(id: &str, targets: Vec<Target>) -> Goal {
    Goal {
        id: id.into(),
        parent: "armut".into(),
        title: "Weniger Kinder sind arm.".into(),
        effect_step: 6,
        targets,
        ..Goal::default()
    }
}

async fn portal(dir: &tempfile::TempDir) -> Portal {
    let config = PortalConfig::in_folder(&dir.path().join("portal"));
    let portal = Portal::open(&config, around()).await.unwrap();
    let draft = "[[sentence]]\nid = \"armut\"\ntext = \"Kein Kind ist arm.\"";
    assert!(portal.load_mission(&Actor::System, &Draft::from_toml(draft).unwrap()).await.unwrap());
    portal
}

#[tokio::test]
async fn a_state_is_computed_from_what_is_published() {
    let (city, published) = kekiz_testkit::published_city().unwrap();
    let atlas = Atlas::of(published).unwrap();
    let [(first, from), (last, to)] = ends(&atlas);
    let portal = portal(&city).await;
    let foreign = Target { indicator: "gibt-es-nicht".into(), ..target(first, 1.0, last) };
    let cases = [
        goal("weit-weg", vec![target(first, from * 0.01, last)]),
        goal("offen", vec![target(last, to / 2.0, last + 5)]),
        goal("fremd", vec![foreign]),
    ];
    for goal in &cases {
        portal.save_goal(&Actor::System, goal.clone(), 0, "neu").await.unwrap();
    }
    let mission = portal.mission(&atlas).await.unwrap().unwrap();
    let state = |id: &str| {
        let goals = &mission.sentences[0].goals;
        goals.iter().find(|one| one.goal.id == id).unwrap().targets[0].clone()
    };
    assert_eq!(state("weit-weg").state.status, Status::OffTrack);
    assert_eq!(state("offen").state.status, Status::NotMeasurableYet(Reason::NoObservation));
    assert_eq!(state("fremd").state.status, Status::NotMeasurableYet(Reason::NoBaseline));
    assert!(state("fremd").meta.is_none());
    let found = state("weit-weg");
    assert_eq!(found.baseline, Some(from));
    let latest = with_unit(found.meta.as_deref(), to).replace('\u{a0}', " ");
    assert!(found.state.finding.sentence.contains(&latest), "{}", found.state.finding.sentence);
}

#[tokio::test]
async fn versions_say_what_changed_and_nobody_overwrites() {
    let (city, published) = kekiz_testkit::published_city().unwrap();
    let atlas = Atlas::of(published).unwrap();
    let portal = portal(&city).await;
    let saved = portal
        .save_goal(&Actor::System, goal("ziel", vec![target(2015, 9.0, 2030)]), 0, "neu")
        .await
        .unwrap();
    let changed = Goal { title: "Viel weniger Kinder sind arm.".into(), ..saved.value.clone() };
    portal.save_goal(&Actor::System, changed.clone(), saved.revision, "schärfer").await.unwrap();
    let page = portal.goal(&atlas, "ziel").await.unwrap();
    assert_eq!(page.versions.len(), 2);
    assert_eq!(page.versions[0].reason, "schärfer");
    let change = &page.versions[0].changes[0];
    assert_eq!(change.before.as_deref(), Some("Weniger Kinder sind arm."));
    assert_eq!(change.after.as_deref(), Some("Viel weniger Kinder sind arm."));
    assert!(page.versions[1].changes.is_empty());
    let stale = portal.save_goal(&Actor::System, changed.clone(), saved.revision, "").await;
    assert!(matches!(stale, Err(PortalError::StaleRecord)));
    let public = portal.save_goal(&Actor::Public, changed, 2, "").await;
    assert!(matches!(public, Err(PortalError::Forbidden { .. })));
    kekiz_store::audit::verify(portal.db()).await.unwrap();
}

#[tokio::test]
async fn goals_that_cannot_be_shown_are_refused_with_the_field() {
    let (city, _published) = kekiz_testkit::published_city().unwrap();
    let portal = portal(&city).await;
    let wrong = [
        ("id", goal("Ä b", vec![])),
        ("titel", Goal { title: " ".into(), ..goal("a", vec![]) }),
        ("stufe", Goal { effect_step: 9, ..goal("a", vec![]) }),
        ("mass_0_wert", goal("a", vec![target(2020, f64::NAN, 2030)])),
        ("mass_1_jahr", goal("a", vec![target(2020, 1.0, 2030), target(2030, 1.0, 2020)])),
        ("leitsatz", Goal { parent: "nirgends".into(), ..goal("a", vec![]) }),
    ];
    for (expected, goal) in wrong {
        match portal.save_goal(&Actor::System, goal.clone(), 0, "").await {
            Err(PortalError::Invalid { field, .. }) => assert_eq!(field, expected),
            other => panic!("{expected}: {other:?}"),
        }
    }
}

#[test]
fn the_example_is_whole() {
    let draft = Draft::from_toml(include_str!("../../../data/portal/leitbild-beispiel.toml")).unwrap();
    for goal in &draft.goal {
        assert!(draft.sentence.iter().any(|one| one.id == goal.parent), "{}", goal.id);
        assert!(goal.id.starts_with("beispiel-"), "{}", goal.id);
        for decision in &goal.council_decisions {
            assert!(draft.decision.iter().any(|one| one.id == *decision), "{decision}");
        }
    }
    assert!(Draft::from_toml("[[goal]]\nid = 3").is_err());
    assert!(Draft::from_toml("[[ziel]]").is_err());
}
