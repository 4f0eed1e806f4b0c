//! The state of a goal, the SMART check, versions.

use jiff::civil::{Date, date};
use kekiz_base::{Interval, Polarity};
use kekiz_planning::goals::*;
use proptest::prelude::*;

fn target(from: f64, to: f64, polarity: Polarity) -> Target {
    Target {
        indicator: None,
        title: "Kinderarmut".into(),
        unit: "%".into(),
        decimals: 1,
        polarity,
        baseline: Some(Mark { date: date(2020, 12, 31), value: from }),
        target: Some(Mark { date: date(2030, 12, 31), value: to }),
        source: "Atlas".into(),
    }
}

fn seen(year: i16, value: f64, half_width: Option<f64>) -> Observed {
    let interval = half_width.map(|half| Interval { lower: value - half, upper: value + half });
    Observed { date: date(year, 12, 31), value, interval }
}

const TODAY: Date = date(2032, 6, 30);

#[test]
fn states_follow_the_rules() {
    let down = target(20.0, 10.0, Polarity::LowerIsBetter);
    let off = Status::OffTrack;
    for (name, series, status, ground) in [
        ("reached", vec![seen(2024, 9.0, Some(0.5))], Status::Reached, Ground::TargetReached),
        ("exactly reached", vec![seen(2024, 10.0, None)], Status::Reached, Ground::TargetReached),
        (
            "reached, not surely",
            vec![seen(2024, 9.5, Some(1.0))],
            Status::Reached,
            Ground::TargetReachedUnsure,
        ),
        ("date passed", vec![seen(2030, 10.5, Some(1.0))], off, Ground::DatePassed),
        ("ahead", vec![seen(2022, 17.0, None)], Status::OnTrack, Ground::OnTheWay),
        ("behind by chance", vec![seen(2022, 18.5, Some(1.0))], Status::OnTrack, Ground::WithinChance),
        ("behind", vec![seen(2022, 18.5, Some(0.3))], off, Ground::BehindTheWay),
        ("behind without interval", vec![seen(2022, 18.1, None)], off, Ground::BehindTheWay),
        (
            "late but fast",
            vec![
                seen(2021, 22.0, None),
                seen(2022, 21.0, None),
                seen(2023, 19.5, None),
                seen(2024, 17.8, None),
                seen(2025, 16.2, None),
            ],
            Status::OnTrack,
            Ground::TrendReaches,
        ),
        (
            "good but turning",
            vec![
                seen(2021, 12.0, None),
                seen(2022, 12.5, None),
                seen(2023, 13.0, None),
                seen(2024, 13.6, None),
            ],
            off,
            Ground::TrendMisses,
        ),
    ] {
        let state = state(&down, &series, TODAY, Rules::default());
        assert_eq!((state.status, state.ground), (status, ground), "{name}: {}", state.finding.sentence);
        assert!(state.finding.sentence.contains(status.name()));
        assert!(state.finding.rests_on.len() >= 4);
    }
}

#[test]
fn what_cannot_be_measured_says_why() {
    let whole = target(20.0, 10.0, Polarity::LowerIsBetter);
    let series = [seen(2022, 18.0, None)];
    let cases: [(Target, &[Observed], Reason); 6] = [
        (Target { target: None, ..whole.clone() }, &series, Reason::NoTarget),
        (Target { baseline: None, ..whole.clone() }, &series, Reason::NoBaseline),
        (target(20.0, 20.0, Polarity::Neutral), &series, Reason::NoWay),
        (target(10.0, 20.0, Polarity::LowerIsBetter), &series, Reason::NoWay),
        (whole.clone(), &[], Reason::NoObservation),
        // The baseline itself is no news.
        (whole, &[seen(2020, 20.0, None)], Reason::NoObservation),
    ];
    for (target, series, reason) in cases {
        let state = state(&target, series, TODAY, Rules::default());
        assert_eq!(state.status, Status::NotMeasurableYet(reason));
        assert!(state.finding.sentence.contains("noch nicht messbar"));
    }
    let future =
        state(&target(20.0, 10.0, Polarity::LowerIsBetter), &series, date(2021, 1, 1), Rules::default());
    assert_eq!(future.status, Status::NotMeasurableYet(Reason::NoObservation));
}

/// Reference: scipy 1.17.1 (`linregress`, `t.ppf`) on the same days.
#[test]
fn forecast_equals_scipy() {
    let values = [20.1, 19.2, 19.6, 18.1, 17.9];
    let series: Vec<Observed> = (2018..).zip(values).map(|(year, value)| seen(year, value, None)).collect();
    for (level, lower, upper) in
        [(0.8, 13.317179358131675, 16.94611796811994), (0.95, 11.605792431231635, 18.65750489501998)]
    {
        let found = forecast(&series, 5, date(2027, 12, 31), level).unwrap();
        assert!((found.value - 15.131648663125807).abs() < 1e-9);
        assert!((found.interval.lower - lower).abs() < 1e-6 && (found.interval.upper - upper).abs() < 1e-6);
    }
    assert_eq!(forecast(&series[..2], 5, date(2027, 12, 31), 0.8), None);
    let same_day = [series[0], series[0], series[0]];
    assert_eq!(forecast(&same_day, 5, date(2027, 12, 31), 0.8), None);
}

#[test]
fn a_sentence_tells_the_story() {
    let state = state(
        &target(20.0, 10.0, Polarity::LowerIsBetter),
        &[seen(2022, 18.5, Some(0.3))],
        TODAY,
        Rules::default(),
    );
    assert_eq!(
        state.finding.sentence,
        "Kinderarmut: nicht auf Kurs. 18,5 % (18,2–18,8) am 31.12.2022; auf dem geraden Weg zum Ziel 10,0 % bis 31.12.2030 wäre 18,0 % nötig."
    );
}

fn goal() -> Goal {
    Goal {
        id: "armut".into(),
        sentence: "Bis 2030 leben weniger Kinder in Armut.".into(),
        target_group: "Kinder unter 15 Jahren".into(),
        step: Step::new(6),
        achievable: "Beratung in jedem Familienzentrum".into(),
        relevant: "Jedes fünfte Kind lebt in Armut.".into(),
        responsible: "Jugendamt".into(),
        targets: vec![target(20.0, 10.0, Polarity::LowerIsBetter)],
        decision: None,
        story: String::new(),
    }
}

#[test]
fn smart_lists_what_is_missing() {
    assert_eq!(lacks(&goal()), []);
    let letters = |goal: &Goal| lacks(goal).into_iter().map(|gap| gap.letter).collect::<Vec<_>>();
    assert_eq!(letters(&Goal { targets: Vec::new(), ..goal() }), [Letter::Measurable]);
    assert_eq!(letters(&Goal { step: Step::new(2), ..goal() }), [Letter::Relevant]);
    assert_eq!(letters(&Goal { target_group: " ".into(), ..goal() }), [Letter::Specific]);
    let wrong = Goal { targets: vec![target(10.0, 120.0, Polarity::LowerIsBetter)], ..goal() };
    assert_eq!(letters(&wrong), [Letter::Measurable, Letter::Achievable]);
    let open = Goal { targets: vec![Target { target: None, ..goal().targets[0].clone() }], ..goal() };
    assert_eq!(letters(&open), [Letter::Measurable, Letter::Timed]);
}

#[test]
fn versions_show_what_changed() {
    let before = MissionStatement {
        title: "Leitbild".into(),
        sentences: vec![GuidingSentence {
            id: "s1".into(),
            sentence: "Kein Kind zurücklassen".into(),
            goals: vec![goal()],
        }],
    };
    assert_eq!(changes(&before, &before), []);
    let mut after = before.clone();
    after.sentences[0].goals[0].targets[0].target = Some(Mark { date: date(2032, 12, 31), value: 12.0 });
    after.sentences[0].goals[0].decision = Some("Rat 12/2026".into());
    let found = changes(&before, &after);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].place, "s1 › armut › Beschluss");
    assert_eq!((found[0].before.as_deref(), found[0].after.as_deref()), (None, Some("Rat 12/2026")));
    assert_eq!(found[1].after.as_deref(), Some("12 % (2032-12-31)"));
    let json = serde_json::to_string(&after).unwrap();
    assert_eq!(serde_json::from_str::<MissionStatement>(&json).unwrap(), after);
    assert!(serde_json::from_str::<Step>("8").is_err());
}

proptest! {
    /// Turning the scale upside down (more is better instead of less) changes no state.
    #[test]
    fn polarity_is_a_mirror(values in prop::collection::vec((2021_i16..2032, 0.0..30.0_f64, prop::option::of(0.0..3.0_f64)), 0..8)) {
        let down = target(20.0, 10.0, Polarity::LowerIsBetter);
        let up = target(-20.0, -10.0, Polarity::HigherIsBetter);
        let series: Vec<_> = values.iter().map(|(y, v, h)| seen(*y, *v, *h)).collect();
        let mirrored: Vec<_> = values.iter().map(|(y, v, h)| seen(*y, -v, *h)).collect();
        let (a, b) = (state(&down, &series, TODAY, Rules::default()), state(&up, &mirrored, TODAY, Rules::default()));
        prop_assert_eq!((a.status, a.ground), (b.status, b.ground));
    }

    /// The order of observations on different days does not matter.
    #[test]
    fn order_does_not_matter(mut series in prop::collection::btree_map(2021_i16..2032, 0.0..30.0_f64, 0..8).prop_map(|m| m.into_iter().map(|(y, v)| seen(y, v, Some(0.5))).collect::<Vec<_>>())) {
        let down = target(20.0, 10.0, Polarity::LowerIsBetter);
        let forward = state(&down, &series, TODAY, Rules::default());
        series.reverse();
        prop_assert_eq!(forward, state(&down, &series, TODAY, Rules::default()));
    }
}
