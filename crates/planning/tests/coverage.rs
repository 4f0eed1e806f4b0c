//! Need against offers: child-months, shared catchments, what is unknown stays unknown.
#![allow(clippy::unwrap_used)]

use kekiz_base::{AreaKey, LifePhase};
use kekiz_planning::coverage::*;
use kekiz_planning::{Amount, Estimate};
use proptest::prelude::*;

const NORD: &str = "nord";
const SUED: &str = "sued";

/// Two areas; Nord has 300 children under 3 and 120 from 3 to under 6, Süd a third of it.
fn chain(offers: Vec<Supply>) -> Chain {
    let children = |area: &str, from, to, count: f64| Children {
        area: area.into(),
        ages: Ages { from, to },
        count: Some(count),
        source: "Melderegister 2024".into(),
    };
    let phase = |id: LifePhase, name: &str, from, to| Phase {
        id,
        name: name.into(),
        ages: Ages { from, to },
        pregnancy: false,
    };
    Chain {
        areas: [(NORD, "Nord"), (SUED, "Süd")]
            .map(|(key, name)| Place { key: key.into(), name: name.into() })
            .into(),
        phases: vec![
            phase(LifePhase::KleinkindU3, "unter 3", 0, 35),
            phase(LifePhase::Kita, "3 bis unter 6", 36, 71),
        ],
        fields: ["gesundheit", "bildung"].map(|code| Field { code: code.into(), name: code.into() }).into(),
        children: vec![
            children(NORD, 0, 35, 300.0),
            children(NORD, 36, 71, 120.0),
            children(SUED, 0, 35, 100.0),
            children(SUED, 36, 71, 40.0),
        ],
        rates: Vec::new(),
        offers,
    }
}

fn offer(name: &str, catchment: Catchment, ages: (u16, u16), places: Option<f64>) -> Supply {
    Supply {
        name: name.into(),
        fields: vec!["gesundheit".into()],
        ages: Some(Ages { from: ages.0, to: ages.1 }),
        phases: Vec::new(),
        pregnancy: false,
        catchment,
        places,
        reached_per_year: None,
        cost_cents: Some(100_000),
        reach: Some(Reach::Komm),
        directed: Some(Directed::Selektiv),
        source: "Träger".into(),
    }
}

fn only(area: &str) -> Catchment {
    Catchment::Areas(vec![area.into()])
}

fn matrix(chain: &Chain) -> Matrix {
    coverage(chain, Measure::Places, Thresholds::default())
}

/// Places in the four cells of the field: Nord unter 3, Nord Kita, Süd unter 3, Süd Kita.
fn places(chain: &Chain) -> [Amount; 4] {
    let matrix = matrix(chain);
    [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(area, phase)| matrix.cell(area, phase, 0).unwrap().places)
}

#[test]
fn places_follow_catchment_and_child_months() {
    use Amount::Known;
    let none = Known(0.0);
    for (name, offers, expected) in [
        (
            "one area, one phase",
            vec![offer("A", only(NORD), (0, 35), Some(30.0))],
            [Known(30.0), none, none, none],
        ),
        // 300 : 100 children.
        (
            "shared",
            vec![offer("A", Catchment::Everywhere, (0, 35), Some(40.0))],
            [Known(30.0), none, Known(10.0), none],
        ),
        // A third of the band (12 of 36 months): 100 children under 3, and all 120 of the Kita.
        (
            "across phases",
            vec![offer("A", only(NORD), (24, 71), Some(22.0))],
            [Known(10.0), Known(12.0), none, none],
        ),
        (
            "two offers",
            vec![offer("A", only(SUED), (0, 35), Some(5.0)), offer("B", only(SUED), (0, 35), Some(6.0))],
            [none, none, Known(11.0), none],
        ),
        ("elsewhere", vec![offer("A", only("west"), (0, 35), Some(5.0))], [none; 4]),
        ("too old", vec![offer("A", only(NORD), (200, 220), Some(5.0))], [none; 4]),
    ] {
        assert_eq!(places(&chain(offers)), expected, "{name}");
    }
}

#[test]
fn unknown_is_never_zero() {
    use Amount::{AtLeast, Known, Unknown};
    let none = Known(0.0);
    let alone = chain(vec![offer("A", only(NORD), (0, 35), None)]);
    assert_eq!(places(&alone), [Unknown, none, none, none]);
    assert_eq!(matrix(&alone).cell(0, 0, 0).unwrap().coverage, Coverage::Unknown);
    let beside =
        chain(vec![offer("A", only(NORD), (0, 35), None), offer("B", only(NORD), (0, 35), Some(30.0))]);
    assert_eq!(places(&beside), [AtLeast(30.0), none, none, none]);
    assert_eq!(matrix(&beside).cell(0, 0, 0).unwrap().coverage, Coverage::PossibleGap);
    let nowhere = chain(vec![offer("A", Catchment::Unknown, (0, 35), Some(30.0))]);
    assert_eq!(places(&nowhere), [Unknown, none, Unknown, none]);
    // A protected number of children: the shared catchment cannot be split, the other phase still can.
    let mut protected = chain(vec![offer("A", Catchment::Everywhere, (0, 35), Some(40.0))]);
    protected.children[2].count = None;
    assert_eq!(places(&protected), [Unknown, none, Unknown, none]);
    let cell = matrix(&protected).cell(1, 0, 0).unwrap().clone();
    assert_eq!((cell.children, cell.need, cell.coverage), (None, None, Coverage::Unknown));
    // Months without any band are unknown too.
    protected.children.truncate(1);
    assert_eq!(matrix(&protected).cell(0, 1, 0).unwrap().children, None);
}

#[test]
fn the_rate_that_names_most_wins_and_carries_its_interval() {
    let rate = |area: Option<&str>, field: Option<&str>, phase, share| NeedRate {
        area: area.map(AreaKey::from),
        field: field.map(String::from),
        phase,
        share,
        source: "Befragung".into(),
    };
    let mut chain = chain(vec![offer("A", only(NORD), (0, 35), Some(45.0))]);
    chain.rates = vec![
        rate(None, None, None, Estimate::exact(0.9)),
        rate(None, Some("gesundheit"), None, Estimate::within(0.3, 0.2, 0.4)),
        rate(Some(SUED), None, None, Estimate::exact(0.5)),
        rate(None, None, Some(LifePhase::Kita), Estimate::exact(2.0)),
    ];
    let matrix = matrix(&chain);
    let nord = matrix.cell(0, 0, 0).unwrap();
    assert_eq!((nord.rate, nord.need), (Some(1), Some(Estimate::within(90.0, 60.0, 120.0))));
    assert_eq!(nord.share, Share::Known(Estimate::within(0.5, 0.375, 0.75)));
    assert_eq!(matrix.cell(1, 0, 0).unwrap().rate, Some(2));
    assert_eq!(matrix.cell(0, 0, 1).unwrap().rate, Some(0));
    // 200 % is no share: the need is unknown, not 240 children.
    assert_eq!((matrix.cell(0, 1, 1).unwrap().rate, matrix.cell(0, 1, 1).unwrap().need), (Some(3), None));
}

#[test]
fn classes_know_their_uncertainty() {
    let with = |places: f64, share: Option<Estimate>| {
        let mut chain = chain(vec![offer("A", only(NORD), (0, 35), Some(places))]);
        chain.rates = share
            .map(|share| NeedRate { area: None, field: None, phase: None, share, source: "x".into() })
            .into_iter()
            .collect();
        matrix(&chain).cell(0, 0, 0).unwrap().coverage
    };
    assert_eq!(with(149.0, None), Coverage::Gap);
    assert_eq!(with(150.0, None), Coverage::Covered);
    assert_eq!(with(361.0, None), Coverage::Overlap);
    // 45 places for 90 (60–120) or 100 (60–160) children.
    assert_eq!(with(45.0, Some(Estimate::within(0.3, 0.2, 0.4))), Coverage::Covered);
    assert_eq!(with(45.0, Some(Estimate::within(0.32, 0.2, 0.4))), Coverage::PossibleGap);
    assert_eq!(with(45.0, Some(Estimate::within(0.5, 0.4, 0.6))), Coverage::Gap);
    assert_eq!(with(130.0, Some(Estimate::within(0.3, 0.2, 0.4))), Coverage::Covered);
    assert_eq!(with(0.0, Some(Estimate::exact(0.0))), Coverage::NoNeed);
    assert_eq!(matrix(&chain(Vec::new())).cell(0, 0, 0).unwrap().coverage, Coverage::NoOffer);
}

#[test]
fn gaps_are_sentences_with_figures() {
    let found = {
        let chain = chain(vec![
            offer("Babytreff", only(NORD), (0, 35), Some(30.0)),
            offer("Spielkreis", only(SUED), (36, 71), Some(60.0)),
            offer("Lotsen", only(NORD), (36, 71), None),
        ]);
        gaps(&chain, &matrix(&chain))
    };
    let sentences: Vec<&str> = found.iter().map(|gap| gap.finding.sentence.as_str()).collect();
    assert_eq!(
        sentences,
        [
            "unter 3, bildung: In keinem Gebiet gibt es ein Angebot, für zusammen 400 Kinder mit Bedarf.",
            "3 bis unter 6, bildung: In keinem Gebiet gibt es ein Angebot, für zusammen 160 Kinder mit Bedarf.",
            "Nord, unter 3, gesundheit: Auf 300 Kinder mit Bedarf kommen 30 Plätze, das sind 10 %. Alle Angebote warten darauf, dass Familien kommen (Komm-Struktur).",
            "Süd, unter 3, gesundheit: Für 100 Kinder mit Bedarf gibt es kein Angebot.",
            "Süd, 3 bis unter 6, gesundheit: Auf 40 Kinder mit Bedarf kommen 60 Plätze aus 1 Angebot, das sind 150 %; prüfen, ob sie anderswo fehlen.",
            "Für 1 Angebot fehlt die Zahl der Plätze; die Deckung ist dort nicht sicher bekannt.",
            "Für 3 Angebote fehlt die Zahl der im Jahr erreichten Personen; die Deckung ist dort nicht sicher bekannt.",
        ]
    );
    for gap in &found {
        assert!(!gap.finding.rests_on.is_empty());
        assert!(gap.finding.rests_on.iter().all(|rests| !rests.source.is_empty()), "{gap:?}");
    }
    assert_eq!(found[2].unserved, Some(270.0));
    assert_eq!(found[2].finding.rests_on[2].value, "30");
}

#[test]
fn empty_input_gives_an_empty_matrix() {
    let mut empty = chain(vec![offer("A", Catchment::Everywhere, (0, 35), Some(1.0))]);
    empty.areas.clear();
    assert!(matrix(&empty).cells.is_empty());
    assert_eq!(matrix(&empty).cell(0, 0, 0), None);
    let mut fieldless = chain(Vec::new());
    fieldless.fields.clear();
    assert!(gaps(&fieldless, &matrix(&fieldless)).is_empty());
    let backwards = chain(vec![offer("A", Catchment::Everywhere, (35, 0), Some(1.0))]);
    assert_eq!(places(&backwards), [Amount::Known(0.0); 4]);
}

proptest! {
    /// What an offer gives arrives in full: no place is lost or made up by splitting.
    #[test]
    fn places_add_up(
        counts in prop::collection::vec(1_u16..500, 4),
        from in 0_u16..72, length in 0_u16..72, places_given in 0_u16..500, shared in any::<bool>(),
    ) {
        let to = from.saturating_add(length);
        let catchment = if shared { Catchment::Everywhere } else { only(SUED) };
        let mut chain = chain(vec![offer("A", catchment, (from, to), Some(f64::from(places_given)))]);
        for (children, count) in chain.children.iter_mut().zip(&counts) {
            children.count = Some(f64::from(*count));
        }
        let sum: f64 = places(&chain).iter().filter_map(|amount| amount.least()).sum();
        prop_assert!((sum - f64::from(places_given)).abs() < 1e-6);
        let cost: f64 = matrix(&chain).cells.iter().filter_map(|cell| cell.cost_cents.least()).sum();
        prop_assert!((cost - 100_000.0).abs() < 1e-6);
    }

    /// The order of offers and of areas changes no amount.
    #[test]
    fn order_does_not_matter(places_given in prop::collection::vec(prop::option::of(0_u16..50), 1..6)) {
        let offers: Vec<Supply> = places_given.iter().enumerate().map(|(i, p)| {
            offer(&i.to_string(), if i % 2 == 0 { Catchment::Everywhere } else { only(NORD) }, (0, 35), p.map(f64::from))
        }).collect();
        let there = chain(offers);
        let mut back = there.clone();
        back.offers.reverse();
        for (a, b) in places(&there).iter().zip(&places(&back)) {
            match (a.least(), b.least()) {
                (Some(x), Some(y)) => prop_assert!((x - y).abs() < 1e-9),
                (x, y) => prop_assert_eq!(x, y),
            }
        }
    }
}
