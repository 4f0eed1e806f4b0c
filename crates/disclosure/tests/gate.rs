//! What the gate lets out, refuses and withholds.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use kekiz_base::*;
use kekiz_disclosure::{
    Breakdown, EarlierCells, GroupDisclosure, History, Policy, Refusal, Release, WithoutCounts, protect,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use support::{area, count, cube, share};

fn city(districts: usize) -> Vec<Area> {
    let mut areas = vec![area("0", Level::Gemeinde, "stadt", None)];
    areas.extend((1..=districts).map(|d| area(&d.to_string(), Level::Stadtteil, "teile", Some("0"))));
    areas
}

/// `7` shown, `s` below the threshold, `c` secondary, `b` small base, `-` missing.
fn picture(release: &Release) -> String {
    let cell = |cell: &Cell| match cell {
        Cell::Shown(figure) => figure.value.to_string(),
        Cell::Suppressed { reason: Reason::BelowThreshold } => "s".into(),
        Cell::Suppressed { reason: Reason::SmallBase } => "b".into(),
        Cell::Suppressed { .. } => "c".into(),
        Cell::Missing { .. } => "-".into(),
    };
    release.cells().iter().map(cell).collect::<Vec<_>>().join(" ")
}

fn counts(numbers: &[f64]) -> Cube {
    cube(
        IndicatorKind::Count,
        city(numbers.len() - 1),
        &["insgesamt"],
        numbers.iter().map(|&n| count(n)).collect(),
    )
}

fn check(numbers: &[f64], policy: &Policy, expected: &str) {
    let (release, _) = protect(&counts(numbers), policy, &History::empty()).unwrap();
    assert_eq!(picture(&release), expected, "{numbers:?} {}", policy.id);
}

#[test]
fn small_numbers_and_what_they_could_be_computed_from_are_hidden() {
    check(&[60.0, 10.0, 20.0, 30.0], &Policy::min5(), "60 10 20 30");
    check(&[54.0, 4.0, 20.0, 30.0], &Policy::min5(), "54 s c 30");
    check(&[54.0, 4.0, 20.0, 30.0], &Policy::ba(), "54 4 20 30");
    check(&[52.0, 2.0, 20.0, 30.0], &Policy::ba(), "52 s c 30");
    check(&[50.0, 0.0, 20.0, 30.0], &Policy::min5(), "50 0 20 30");
    check(&[50.0, 0.0, 20.0, 30.0], &Policy { suppress_zero: true, ..Policy::min5() }, "50 s c 30");
    check(&[3.0, 3.0, 0.0], &Policy::min5(), "s s 0");
    // Both below 5, but their sum would give them away: 1 and 1 are the only numbers that make 2.
    check(&[32.0, 1.0, 1.0, 30.0], &Policy::min5(), "32 s s c");
    check(&[52.0, 2.0, 20.0, 30.0], &Policy::published_source("IT.NRW"), "52 2 20 30");
}

#[test]
fn almost_additive_figures_are_protected_like_additive_ones() {
    // The districts make 51, the city says 52: three persons are told to one.
    check(&[52.0, 3.0, 18.0, 30.0], &Policy::min5(), "52 s c 30");
    // Nothing of a district follows from a city that counts hundreds of others.
    check(&[900.0, 3.0, 18.0, 30.0], &Policy::min5(), "900 s 18 30");
}

fn shares(cells: &[(f64, f64)]) -> Cube {
    let cells: Vec<_> = cells.iter().map(|&(cases, persons)| share(cases, persons)).collect();
    cube(IndicatorKind::Share, city(cells.len() - 1), &["insgesamt"], cells)
}

#[test]
fn nobody_and_everybody_are_hidden_in_small_groups_only() {
    let policy = Policy::min5();
    let zero = shares(&[(90.0, 300.0), (0.0, 20.0), (0.0, 80.0), (50.0, 100.0), (40.0, 100.0)]);
    let (release, _) = protect(&zero, &policy, &History::empty()).unwrap();
    assert_eq!(picture(&release), "30 s 0 50 c");
    let all = shares(&[(110.0, 220.0), (20.0, 20.0), (50.0, 100.0), (40.0, 100.0)]);
    let (release, _) = protect(&all, &policy, &History::empty()).unwrap();
    assert_eq!(picture(&release), "50 s 50 c");
    let always = Policy { group_disclosure: GroupDisclosure::Always, ..Policy::min5() };
    let (release, _) = protect(&zero, &always, &History::empty()).unwrap();
    assert_eq!(release.cells()[2], Cell::Suppressed { reason: Reason::BelowThreshold });
    // Only 3 of 100 are no cases.
    let rest = shares(&[(187.0, 300.0), (97.0, 100.0), (50.0, 100.0), (40.0, 100.0)]);
    let (release, _) = protect(&rest, &policy, &History::empty()).unwrap();
    assert_eq!(release.cells()[1], Cell::Suppressed { reason: Reason::BelowThreshold });
}

#[test]
fn a_small_base_hides_the_rate_and_says_so() {
    let mut small = shares(&[(60.0, 215.0), (7.0, 15.0), (30.0, 100.0), (23.0, 100.0)]);
    small.meta.minimum_base = 20;
    let (release, _) = protect(&small, &Policy::min5(), &History::empty()).unwrap();
    assert_eq!(release.cells()[1], Cell::Suppressed { reason: Reason::SmallBase });
    let (release, _) = protect(&small, &Policy::published_source("IT.NRW"), &History::empty()).unwrap();
    assert_eq!(release.cells()[1], Cell::Suppressed { reason: Reason::SmallBase });
    assert!(release.protection().text.contains("IT.NRW"));
}

#[test]
fn rounded_figures_come_from_rounded_counts_alone() {
    let table = shares(&[(64.0, 222.0), (2.0, 22.0), (33.0, 101.0), (29.0, 99.0)]);
    let (release, _) = protect(&table, &Policy::rounding5(), &History::empty()).unwrap();
    let figure = release.cells()[2].figure().unwrap();
    assert_eq!((figure.numerator, figure.denominator, figure.value), (Some(35.0), Some(100.0), 35.0));
    assert_eq!((figure.interval, figure.smoothed), (None, None));
    assert_eq!(release.cells()[1].value(), Some(0.0));
    // The mean of something is not numerator by denominator.
    let mut mean = table.clone();
    mean.cells[2] = match mean.cells[2] {
        CubeCell::Value {
            interval,
            numerator,
            denominator,
            smoothed,
            versus_parent,
            class,
            annotation,
            ..
        } => {
            let value = Sensitive::new(1234.5);
            CubeCell::Value {
                value,
                interval,
                numerator,
                denominator,
                smoothed,
                versus_parent,
                class,
                annotation,
            }
        }
        missing => missing,
    };
    assert!(matches!(
        protect(&mean, &Policy::rounding5(), &History::empty()),
        Err(Refusal::NotRoundable { .. })
    ));
}

#[test]
fn groups_that_add_up_are_found_and_protected() {
    let groups = ["insgesamt", "weiblich", "maennlich"];
    let cells: Vec<_> =
        [60.0, 31.0, 29.0, 20.0, 3.0, 17.0, 40.0, 28.0, 12.0].iter().map(|&n| count(n)).collect();
    let table = cube(IndicatorKind::Count, city(2), &groups, cells.clone());
    let (release, audit) = protect(&table, &Policy::min5(), &History::empty()).unwrap();
    // 17, 28 and 12 cost less than 31, 29 and 17.
    assert_eq!(picture(&release), "60 31 29 20 s c 40 c c");
    assert_eq!((audit.gap_percent, audit.exact), (Some(0), true));
    assert_eq!(audit.breakdowns, ["insgesamt = weiblich + maennlich"]);
    assert_eq!((audit.primary, audit.secondary), (1, 3));
    let declared = Policy {
        breakdowns: vec![Breakdown {
            whole: GroupId::total(),
            parts: vec![GroupId::new("weiblich"), GroupId::new("maennlich")],
        }],
        ..Policy::min5()
    };
    let (again, _) = protect(&table, &declared, &History::empty()).unwrap();
    assert_eq!(picture(&again), picture(&release));
}

#[test]
fn a_comparison_never_tells_the_hidden_parent() {
    let with_versus = |cell: CubeCell, difference: f64| match cell {
        CubeCell::Value { value, interval, numerator, denominator, smoothed, class, annotation, .. } => {
            let versus = Versus { difference, significant: Some(false) };
            let versus_parent = Some(Sensitive::new(versus));
            CubeCell::Value {
                value,
                interval,
                numerator,
                denominator,
                smoothed,
                versus_parent,
                class,
                annotation,
            }
        }
        missing => missing,
    };
    let mut shown = shares(&[(60.0, 200.0), (40.0, 100.0), (20.0, 100.0)]);
    shown.cells[1] = with_versus(shown.cells[1], 10.0);
    let (release, _) = protect(&shown, &Policy::min5(), &History::empty()).unwrap();
    assert_eq!(release.cells()[1].figure().unwrap().versus_parent.unwrap().difference, 10.0);
    // Two of 200: the city is hidden, so the district must not say how far it lies from the city.
    let mut hidden = shares(&[(3.0, 200.0), (0.0, 100.0), (3.0, 100.0)]);
    hidden.cells[1] = with_versus(hidden.cells[1], -1.5);
    let (release, audit) = protect(&hidden, &Policy::min5(), &History::empty()).unwrap();
    assert_eq!(picture(&release), "s 0 s");
    assert_eq!(release.cells()[1].figure().unwrap().versus_parent, None);
    assert_eq!(audit.comparisons_withheld, 1);
    assert_eq!(release.cells()[1].figure().unwrap().smoothed, None);
}

#[test]
fn what_cannot_be_judged_is_refused() {
    let refused = |table: &Cube, policy: &Policy| protect(table, policy, &History::empty()).unwrap_err();
    let mut no_counts = shares(&[(60.0, 200.0), (40.0, 100.0), (20.0, 100.0)]);
    no_counts.cells[1] = CubeCell::Value {
        value: Sensitive::new(40.0),
        interval: None,
        numerator: None,
        denominator: None,
        smoothed: None,
        versus_parent: None,
        class: None,
        annotation: Annotation::None,
    };
    let error = refused(&no_counts, &Policy::min5());
    assert!(matches!(error, Refusal::NoCounts { .. }));
    assert!(error.to_string().contains("published_source"), "{error}");
    let pass = Policy { without_counts: WithoutCounts::Pass, ..Policy::min5() };
    assert!(protect(&no_counts, &pass, &History::empty()).is_ok());
    let nan = counts(&[f64::NAN, 3.0]);
    assert!(matches!(refused(&nan, &Policy::min5()), Refusal::NotFinite { .. }));
    assert!(matches!(refused(&counts(&[1e300, 3.0]), &Policy::min5()), Refusal::NotFinite { .. }));
    let mut twice = counts(&[9.0, 3.0, 6.0]);
    twice.areas[2].key = "1".into();
    assert!(matches!(refused(&twice, &Policy::min5()), Refusal::Table { .. }));
    let mut short = counts(&[9.0, 3.0, 6.0]);
    short.cells.pop();
    assert!(matches!(refused(&short, &Policy::min5()), Refusal::Table { .. }));
    let odd = Policy { complement_threshold: 0, ..Policy::min5() };
    assert!(matches!(refused(&nan, &odd), Refusal::Policy(_)));
}

#[test]
fn nothing_and_missing_marks_pass() {
    let empty = cube(IndicatorKind::Count, vec![], &["insgesamt"], vec![]);
    assert!(protect(&empty, &Policy::min5(), &History::empty()).unwrap().0.cells().is_empty());
    let mut marks = counts(&[20.0, 9.0, 11.0]);
    marks.cells[1] = CubeCell::Missing(Mark::UnknownOrSecret);
    let (release, _) = protect(&marks, &Policy::min5(), &History::empty()).unwrap();
    assert_eq!(picture(&release), "20 - 11");
    assert_eq!(release.protection().missing[&Mark::UnknownOrSecret], 1);
}

#[test]
fn policies_are_data_and_unknown_keys_are_refused() {
    let text = "version = 1\nid = \"eigene\"\ntitle = \"Eigene Regel\"\nthreshold = 7\nminimum_base = 30\n";
    let policy = Policy::from_toml(text).unwrap();
    assert_eq!((policy.threshold, policy.minimum_base, policy.protection), (7, 30, 3));
    assert!(Policy::from_toml(&format!("{text}schwelle = 3\n")).is_err());
    assert!(
        Policy::from_toml(&text.replace("version = 1", "version = 2"))
            .unwrap_err()
            .to_string()
            .contains("Version 2")
    );
    assert!(Policy::from_toml(&text.replace("threshold = 7", "threshold = 2")).is_err());
    for name in ["ba", "min5", "min10", "rounding5", "rounding10"] {
        let preset = Policy::by_name(name).unwrap();
        preset.check().unwrap();
        assert!(preset.basis.contains("Annahme"), "{name}");
        assert!(!preset.describe().is_empty());
    }
}

fn earlier(numbers: &[f64], areas: Vec<Area>) -> EarlierCells {
    EarlierCells {
        indicator: IndicatorId::new("kinderarmut").unwrap(),
        areas,
        periods: vec![Period::Year(2020)],
        groups: vec![GroupId::total()],
        cells: numbers
            .iter()
            .map(|&n| Cell::Shown(Figure { numerator: Some(n), ..Figure::bare(n) }))
            .collect(),
        definition: None,
    }
}

#[test]
fn earlier_releases_are_part_of_the_attack() {
    let table = counts(&[54.0, 4.0, 20.0, 30.0]);
    let policy = Policy::min5();
    let protect_after = |before: Vec<EarlierCells>| protect(&table, &policy, &History::from_cells(before));
    // The number that must be hidden now was shown then.
    let error = protect_after(vec![earlier(&[4.0], vec![table.areas[1].clone()])]).unwrap_err();
    assert!(matches!(&error, Refusal::ShownBefore { cells, .. } if cells.len() == 1));
    assert!(error.to_string().contains("Gebiet 1, 2020, insgesamt"), "{error}");
    // A number shown then cannot hide anything now: the other district takes its place.
    let (release, _) = protect_after(vec![earlier(&[20.0], vec![table.areas[2].clone()])]).unwrap();
    assert_eq!(picture(&release), "54 s 20 c");
    // Releasing the same table again gives the same cells.
    let (first, _) = protect(&table, &policy, &History::empty()).unwrap();
    let mut history = History::empty();
    history.add(&first);
    let (second, _) = protect(&table, &policy, &history).unwrap();
    assert_eq!(first.cells(), second.cells());
}

#[test]
fn a_small_difference_to_a_larger_area_is_refused() {
    let lone = || vec![area("1", Level::Stadtteil, "teile", Some("0"))];
    let table = cube(IndicatorKind::Count, lone(), &["insgesamt"], vec![count(100.0)]);
    let whole =
        |n: f64| History::from_cells([earlier(&[n], vec![area("0", Level::Gemeinde, "stadt", None)])]);
    let policy = Policy::min5();
    assert!(matches!(protect(&table, &policy, &whole(102.0)), Err(Refusal::Differencing { .. })));
    assert!(protect(&table, &policy, &whole(100.0)).is_ok());
    assert!(protect(&table, &policy, &whole(140.0)).is_ok());
    // Earlier parts of the area shown now.
    let parts = History::from_cells([earlier(
        &[60.0, 37.0],
        vec![
            area("11", Level::Baublock, "bloecke", Some("1")),
            area("12", Level::Baublock, "bloecke", Some("1")),
        ],
    )]);
    assert!(matches!(protect(&table, &policy, &parts), Err(Refusal::Differencing { .. })));
}

#[test]
fn one_person_more_under_another_definition_is_refused() {
    let table = counts(&[100.0, 60.0, 40.0]);
    let mut before = earlier(&[99.0, 59.0, 40.0], table.areas.clone());
    let history = |before: &EarlierCells| History::from_cells([before.clone()]);
    assert!(protect(&table, &Policy::min5(), &history(&before)).is_ok());
    before.definition = Some("andere".into());
    assert!(matches!(
        protect(&table, &Policy::min5(), &history(&before)),
        Err(Refusal::Differencing { cells, .. }) if cells.len() == 2
    ));
}

#[test]
fn planted_numbers_never_appear() {
    // Unusual numbers in cells that must be hidden, and values made from them.
    let policy = Policy { threshold: 5000, complement_threshold: 5000, ..Policy::min5() };
    let cells = vec![
        share(604_328.0, 1_900_001.0),
        share(4_217.0, 100_003.0),
        share(300_000.0, 900_000.0),
        share(300_111.0, 899_998.0),
    ];
    let table = cube(IndicatorKind::Share, city(3), &["insgesamt"], cells);
    let (release, audit) = protect(&table, &policy, &History::empty()).unwrap();
    let value = 100.0 * 4_217.0 / 100_003.0;
    let secrets = ["4217".to_string(), "4.217".to_string(), format!("{value:.3}"), "100003".into()];
    let texts = [
        format!("{release:?}"),
        format!("{audit:?}"),
        serde_json::to_string(&release).unwrap(),
        serde_json::to_string(&audit).unwrap(),
        String::from_utf8(release.receipt().bytes()).unwrap(),
    ];
    for text in &texts {
        for secret in &secrets {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    let shown = earlier(&[4_217.0], vec![table.areas[1].clone()]);
    let refusal = protect(&table, &policy, &History::from_cells([shown])).unwrap_err();
    for text in [format!("{refusal:?}"), refusal.to_string()] {
        for secret in &secrets {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

#[test]
fn a_release_can_cross_threads_and_names_what_it_was_made_from() {
    fn crosses<T: Send + Sync + Clone>(_: &T) {}
    let table = counts(&[54.0, 4.0, 20.0, 30.0]);
    let (release, _) = protect(&table, &Policy::min5(), &History::empty()).unwrap();
    crosses(&release);
    assert_eq!(release.receipt().inputs, table.inputs);
    let (other, _) = protect(&table, &Policy::ba(), &History::empty()).unwrap();
    assert_ne!(release.receipt().digest(), other.receipt().digest());
    assert_eq!(release.receipt().digest().len(), 64);
}

/// Random leaves of a Land with Kreise and Gemeinden.
fn random() -> impl Strategy<Value = Vec<Vec<i64>>> {
    prop::collection::vec(prop::collection::vec(prop_oneof![0i64..8, 5i64..60], 2), 12)
}

fn hierarchy(leaves: &[Vec<i64>]) -> Cube {
    let mut parents = vec![None, Some(0), Some(0), Some(0)];
    parents.extend((0..leaves.len()).map(|leaf| Some(1 + leaf % 3)));
    let leaves: BTreeMap<usize, Vec<i64>> =
        leaves.iter().cloned().enumerate().map(|(leaf, row)| (leaf + 4, row)).collect();
    support::summed(&parents, 2, &leaves).0
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_areas_does_not_matter(leaves in random(), turn in 0usize..16) {
        let table = hierarchy(&leaves);
        let Ok((release, _)) = protect(&table, &Policy::min5(), &History::empty()) else { return Ok(()) };
        let mut turned = table.clone();
        turned.areas.rotate_left(turn);
        turned.cells.rotate_left(turn * table.groups.len() * table.periods.len());
        let (other, _) = protect(&turned, &Policy::min5(), &History::empty()).unwrap();
        prop_assert_eq!(release, other);
    }

    #[test]
    fn a_stricter_threshold_shows_no_cell_the_milder_one_hides_by_itself(leaves in random()) {
        let table = hierarchy(&leaves);
        let run = |policy: &Policy| protect(&table, policy, &History::empty());
        if let (Ok((mild, _)), Ok((strict, _))) = (run(&Policy::ba()), run(&Policy::min5())) {
            for (mild, strict) in mild.cells().iter().zip(strict.cells()) {
                let primary = *mild == Cell::Suppressed { reason: Reason::BelowThreshold };
                prop_assert!(!(primary && strict.figure().is_some()));
            }
        }
    }

    #[test]
    fn no_table_panics(numbers in prop::collection::vec(prop_oneof![Just(f64::MAX), Just(-3.5), Just(0.4), -20.0f64..40.0], 1..9)) {
        for policy in [Policy::min5(), Policy::rounding10(), Policy::published_source("x")] {
            let _ = protect(&counts(&numbers), &policy, &History::empty());
        }
    }
}

proptest! {
    // Four equal years hang together and are protected three times in every case.
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]

    #[test]
    fn threads_and_repetition_do_not_matter(leaves in random()) {
        let mut table = hierarchy(&leaves);
        table.periods = (2020..2024).map(Period::Year).collect();
        let groups = table.groups.len();
        table.cells = table.cells.chunks(groups).flat_map(|row| row.repeat(4)).collect();
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| protect(&table, &Policy::min5(), &History::empty()))
                .map(|(release, audit)| (serde_json::to_vec(&release).unwrap(), audit))
        };
        let one = run(1);
        prop_assert_eq!(&one, &run(4));
        prop_assert_eq!(&one, &run(1));
    }
}
