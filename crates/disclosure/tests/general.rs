//! General tables against an attacker who tries every whole table, and against figures of the handbook.
#![allow(clippy::unwrap_used, missing_docs)]

use kekiz_disclosure::general::{
    Contents, Dimension, Dominance, GeneralTable, Layout, Method, Noise, Primary, TablePolicy, TableRefusal,
    Zero, perturb, round, round_controlled, suppress, transition,
};
use proptest::prelude::*;

fn layout(rows: usize, columns: usize) -> Layout {
    let names = |prefix: &str, n: usize| (1..=n).map(|i| format!("{prefix}{i}")).collect::<Vec<_>>();
    let flat = |name: &str, parts: &[String]| {
        Dimension::flat(name, "insgesamt", &parts.iter().map(String::as_str).collect::<Vec<_>>())
    };
    Layout::new(vec![flat("ort", &names("o", rows)), flat("alter", &names("a", columns))]).unwrap()
}

/// A table of counts from its inner cells, row by row.
fn counts(layout: &Layout, inner: &[i64], policy: &TablePolicy) -> GeneralTable {
    GeneralTable::new(layout.clone(), contents(layout, inner), policy, None).unwrap()
}

fn contents(layout: &Layout, inner: &[i64]) -> Contents {
    let columns = layout.dimensions[1].len() - 1;
    let mut counts = vec![0; layout.len()];
    for (place, &count) in inner.iter().enumerate() {
        counts[layout.cell(&[1 + (place / columns) as u32, 1 + (place % columns) as u32])] = count;
    }
    Contents { counts: Some(counts), ..Contents::default() }
}

fn all_cells(layout: &Layout, inner: &[i64]) -> Vec<i64> {
    let (rows, columns) = (layout.dimensions[0].len(), layout.dimensions[1].len());
    let mut cells = vec![0; layout.len()];
    for row in 0..rows {
        for column in 0..columns {
            let of = |r: usize, c: usize| inner[(r - 1) * (columns - 1) + c - 1];
            let rows: Vec<usize> = if row == 0 { (1..rows).collect() } else { vec![row] };
            let columns: Vec<usize> = if column == 0 { (1..columns).collect() } else { vec![column] };
            cells[layout.cell(&[row as u32, column as u32])] =
                rows.iter().flat_map(|&r| columns.iter().map(move |&c| of(r, c))).sum();
        }
    }
    cells
}

/// Smallest and largest value of every cell over all tables of whole numbers from 0 to `most` that show the same.
fn exhaustive(layout: &Layout, inner: &[i64], hidden: &[bool], most: i64) -> Vec<(i64, i64)> {
    let truth = all_cells(layout, inner);
    let mut found: Vec<(i64, i64)> = truth.iter().map(|&v| (v, v)).collect();
    let mut trial = vec![0; inner.len()];
    loop {
        let cells = all_cells(layout, &trial);
        if cells.iter().zip(&truth).zip(hidden).all(|((a, b), &hidden)| hidden || a == b) {
            for (range, &value) in found.iter_mut().zip(&cells) {
                *range = (range.0.min(value), range.1.max(value));
            }
        }
        let Some(place) = trial.iter().position(|&v| v < most) else { return found };
        trial[..place].fill(0);
        trial[place] += 1;
    }
}

fn min5() -> TablePolicy {
    TablePolicy { threshold: 3, ..TablePolicy::by_name("min5").unwrap() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// No suppressed sensitive cell is narrower than its interval for an attacker who tries every table.
    #[test]
    fn nothing_is_recovered(inner in prop::collection::vec(0i64..6, 6), method in 0usize..4) {
        let layout = layout(2, 3);
        let table = counts(&layout, &inner, &min5());
        let method = [Method::Auto, Method::Optimal, Method::Modular, Method::Fast][method];
        match suppress(&table, method, 1) {
            Ok(done) => {
                let truth = all_cells(&layout, &inner);
                let ranges = exhaustive(&layout, &inner, &done.hidden, 7);
                for (cell, reason) in table.primary().iter().enumerate() {
                    if reason.is_some() {
                        prop_assert!(done.hidden[cell]);
                        // 1 and 2 with 30 %: one down, one up.
                        prop_assert!(ranges[cell].0 < truth[cell] && truth[cell] < ranges[cell].1, "{inner:?} {cell}");
                    }
                }
                prop_assert_eq!(done.audit.underprotected + done.audit.disclosed, 0);
            }
            Err(TableRefusal::NotProtectable { .. }) => {}
            Err(other) => prop_assert!(false, "{other}"),
        }
    }

    #[test]
    fn controlled_rounding_adds_up_within_the_base(inner in prop::collection::vec(0i64..40, 12), base in 2u32..8) {
        let layout = layout(3, 4);
        let table = counts(&layout, &inner, &min5());
        let rounded = round_controlled(&table, base).unwrap();
        let base = i64::from(base);
        prop_assert_eq!(rounded.margins.not_additive, 0);
        // A two-way table always has a zero-restricted rounding (Cox 1987).
        prop_assert!(rounded.largest_change < base);
        for (new, old) in rounded.values.iter().zip(all_cells(&layout, &inner)) {
            prop_assert!(new % base == 0 && (new - old).abs() < base && (old % base != 0 || *new == old));
        }
    }

    #[test]
    fn the_same_key_gives_the_same_noise(inner in prop::collection::vec(0i64..30, 6), keys in prop::collection::vec(any::<u64>(), 12)) {
        let layout = layout(2, 3);
        let table = counts(&layout, &inner, &min5());
        let noise = Noise::default();
        let (a, b) = (perturb(&table, &keys, noise), perturb(&table, &keys, noise));
        prop_assert_eq!(&a.values, &b.values);
        prop_assert!(a.largest_change <= i64::from(noise.largest));
        for (&new, old) in a.values.iter().zip(all_cells(&layout, &inner)) {
            prop_assert!(new == 0 || new > i64::from(noise.none_up_to));
            prop_assert!(old != 0 || new == 0);
        }
        prop_assert_eq!(a.margins.sums, 3 + 4);
    }
}

#[test]
fn chances_of_changes_have_mean_nought_and_the_variance() {
    let noise = Noise { largest: 4, variance: 2.0, none_up_to: 2 };
    for count in 1..=8 {
        let row = transition(count, noise);
        let moment = |power: i32| row.iter().map(|(v, p)| p * (*v as f64).powi(power)).sum::<f64>();
        assert!((row.iter().map(|(_, p)| p).sum::<f64>() - 1.0).abs() < 1e-9);
        assert!(moment(1).abs() < 1e-6, "{count}: {}", moment(1));
        assert!((moment(2) - 2.0).abs() < 1e-3, "{count}: {}", moment(2));
    }
    assert_eq!(transition(0, noise), [(0, 1.0)]);
}

/// Contributions of one cell under a rule, in a table of one part.
fn verdict(contributions: &[i64], policy: &TablePolicy) -> Option<Primary> {
    let layout = Layout::new(vec![Dimension::flat("ort", "insgesamt", &["a"])]).unwrap();
    let mut sorted = contributions.to_vec();
    sorted.sort_unstable_by_key(|&x| std::cmp::Reverse(x));
    let contents = Contents {
        counts: Some(vec![0, contributions.len() as i64]),
        amounts: Some(vec![0, contributions.iter().sum()]),
        largest: Some(vec![vec![], sorted]),
        ..Contents::default()
    };
    GeneralTable::new(layout, contents, policy, None).unwrap().primary()[1]
}

/// Hundepool et al. (2012), Statistical Disclosure Control, section 4.2: a cell is sensitive under (n, k) where the n largest make
/// more than k % of it, and under p % where what is left after the two largest is less than p % of the largest. The cells are
/// those of the handbook's reasoning, computed by hand: 100 of contributions 60, 30, 10 and so on.
#[test]
fn dominance_and_p_percent_as_in_the_handbook() {
    let off = TablePolicy { threshold: 0, ..TablePolicy::by_name("min5").unwrap() };
    let dominance = |n, k| TablePolicy { dominance: vec![Dominance { n, k }], ..off.clone() };
    let p = |p| TablePolicy { p_percent: Some(p), ..off.clone() };
    for (contributions, policy, expected) in [
        (&[60, 30, 10][..], dominance(1, 60.0), None),
        (&[61, 29, 10], dominance(1, 60.0), Some(Primary::Dominance)),
        (&[60, 30, 10], dominance(2, 89.0), Some(Primary::Dominance)),
        (&[60, 30, 10], dominance(2, 90.0), None),
        (&[60, 30, 6], p(10.0), None),
        (&[60, 30, 5], p(10.0), Some(Primary::PPercent)),
        (&[50, 50], p(1.0), Some(Primary::PPercent)),
        (&[100], dominance(2, 99.0), Some(Primary::Dominance)),
    ] {
        assert_eq!(verdict(contributions, &policy), expected, "{contributions:?}");
    }
}

#[test]
fn rules_about_zeros_groups_and_rates() {
    let layout = layout(2, 2);
    let inner = [8, 0, 9, 7];
    let policy = TablePolicy { zero: Zero::Sensitive, threshold: 0, ..min5() };
    let table = counts(&layout, &inner, &policy);
    assert_eq!(table.primary()[layout.cell(&[1, 2])], Some(Primary::Zero));
    let mut policy = TablePolicy { threshold: 0, ..min5() };
    policy.group_disclosure =
        vec![kekiz_disclosure::general::GroupRule { dimension: "alter".into(), base_below: Some(20) }];
    let table = counts(&layout, &inner, &policy);
    assert_eq!(table.primary()[layout.cell(&[1, 1])], Some(Primary::GroupDisclosure));
    let done = suppress(&table, Method::Auto, 1).unwrap();
    assert!(done.hidden[layout.cell(&[1, 2])], "the zero beside it would tell");
    policy.group_disclosure.clear();
    policy.rates = vec![kekiz_disclosure::general::RateRule { dimension: "alter".into(), minimum_base: 10 }];
    let table = counts(&layout, &inner, &policy);
    assert_eq!(table.primary()[layout.cell(&[1, 1])], Some(Primary::SmallBase));
    assert_eq!(table.primary()[layout.cell(&[2, 1])], None);
}

#[test]
fn hostile_tables_are_refused_or_protected() {
    // One cell, and nothing to hide it behind but the total.
    let one = Layout::new(vec![Dimension::flat("ort", "insgesamt", &["a"])]).unwrap();
    let contents = Contents { counts: Some(vec![0, 2]), ..Contents::default() };
    let table = GeneralTable::new(one, contents, &min5(), None).unwrap();
    let done = suppress(&table, Method::Auto, 1).unwrap();
    assert_eq!(done.hidden, [true, true]);
    // Everything sensitive.
    let all = layout(2, 2);
    let done =
        suppress(&counts(&all, &[1, 1, 1, 1], &TablePolicy { threshold: 5, ..min5() }), Method::Auto, 1)
            .unwrap();
    assert!(done.hidden.iter().filter(|hidden| **hidden).count() >= 8);
    // A sensitive cell that was shown before.
    let contents = Contents { known: vec![all.cell(&[1, 1])], ..contents_of(&all) };
    let table = GeneralTable::new(all.clone(), contents, &min5(), None).unwrap();
    assert!(matches!(suppress(&table, Method::Auto, 1), Err(TableRefusal::ShownBefore { .. })));
    // All else known: nothing can hide it.
    let contents =
        Contents { known: (0..9).filter(|&c| c != all.cell(&[1, 1])).collect(), ..contents_of(&all) };
    let table = GeneralTable::new(all, contents, &min5(), None).unwrap();
    assert!(matches!(suppress(&table, Method::Auto, 1), Err(TableRefusal::NotProtectable { .. })));
}

fn contents_of(layout: &Layout) -> Contents {
    contents(layout, &[1, 9, 9, 9])
}

#[test]
fn negative_amounts_widen_what_is_possible() {
    let layout = layout(2, 2);
    let mut table = contents(&layout, &[2, 9, 9, 9]);
    let mut amounts = vec![0; layout.len()];
    for (cell, amount) in [([1, 1], -500), ([1, 2], 900), ([2, 1], 0), ([2, 2], 70)] {
        amounts[layout.cell(&cell)] = amount;
    }
    table.amounts = Some(amounts);
    let table = GeneralTable::new(layout.clone(), table, &min5(), None).unwrap();
    let done = suppress(&table, Method::Auto, 1).unwrap();
    assert_eq!(table.primary()[layout.cell(&[1, 1])], Some(Primary::BelowThreshold));
    assert!(done.audit.minimal_width.unwrap() >= 300);
}

#[test]
fn linked_breakdowns_are_protected_together() {
    // Four blocks in two Ortsteile and, crosswise, in two Sozialraeume.
    let chains: Vec<Vec<String>> = [["o1", "b1"], ["o1", "b2"], ["o2", "b3"], ["o2", "b4"]]
        .iter()
        .map(|c| c.map(String::from).to_vec())
        .collect();
    let also = [("s1", ["b1", "b3"]), ("s2", ["b2", "b4"])];
    let also = also
        .into_iter()
        .map(|(code, members)| (code.to_string(), members.map(String::from).to_vec()))
        .collect();
    let areas = Dimension::from_chains("ort", "T", &chains).unwrap().also(&also).unwrap();
    let sex = Dimension::flat("sex", "T", &["m", "w"]);
    let layout = Layout::new(vec![areas, sex]).unwrap();
    let mut counts = vec![0; layout.len()];
    for (place, block) in ["b1", "b2", "b3", "b4"].iter().enumerate() {
        let node = layout.dimensions[0].node(block).unwrap();
        counts[layout.cell(&[node, 1])] = [2, 30, 40, 50][place];
        counts[layout.cell(&[node, 2])] = 20 + place as i64;
    }
    let table =
        GeneralTable::new(layout, Contents { counts: Some(counts), ..Contents::default() }, &min5(), None)
            .unwrap();
    for method in [Method::Auto, Method::Modular, Method::Fast] {
        let done = suppress(&table, method, 1).unwrap();
        assert_eq!((done.audit.proven, done.audit.primary), (1, 1));
        assert!(done.audit.minimal_width.unwrap() >= 2);
    }
}

#[test]
fn one_thread_and_many_give_the_same_cells() {
    let layout = layout(12, 9);
    let inner: Vec<i64> = (0..108).map(|n| (n * n * 7 + n * 3) % 23).collect();
    let table = counts(&layout, &inner, &TablePolicy { threshold: 5, ..min5() });
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let done = pool.install(|| suppress(&table, Method::Auto, 7).unwrap());
        (done.hidden, done.audit)
    };
    assert_eq!(run(1), run(4));
}

/// What is dear is shown, what is cheap is hidden, and the program proves it.
#[test]
fn weights_steer_what_is_hidden() {
    let layout = layout(2, 3);
    let inner = [1, 20, 20, 20, 20, 20];
    let run = |dear: &str| {
        let weight = |code: &str| kekiz_disclosure::general::Weight {
            dimension: "alter".into(),
            code: code.into(),
            factor: 100.0,
        };
        let policy = TablePolicy { weights: vec![weight(dear), weight("insgesamt")], ..min5() };
        let table = counts(&layout, &inner, &policy);
        let done = suppress(&table, Method::Optimal, 1).unwrap();
        assert_eq!((done.audit.gap_percent, done.audit.secondary), (Some(0), 3));
        done.hidden
    };
    let (first, second) = (run("a2"), run("a3"));
    assert!(!first[layout.cell(&[1, 2])] && first[layout.cell(&[1, 3])]);
    assert!(second[layout.cell(&[1, 2])] && !second[layout.cell(&[1, 3])]);
    let unknown = TablePolicy {
        weights: vec![kekiz_disclosure::general::Weight {
            dimension: "alter".into(),
            code: "nie".into(),
            factor: 2.0,
        }],
        ..min5()
    };
    let refused = GeneralTable::new(layout.clone(), contents(&layout, &inner), &unknown, None).err().unwrap();
    assert!(refused.to_string().contains("„nie“"));
}

#[test]
fn thresholds_of_sources_and_unusable_rules() {
    let layout = layout(2, 2);
    let inner = [3, 9, 9, 9];
    let mut policy = TablePolicy { threshold: 5, ..min5() };
    policy.sources = vec![kekiz_disclosure::general::SourceThreshold { name: "ba".into(), threshold: 3 }];
    let primary = |source: Option<&str>| {
        let table = GeneralTable::new(layout.clone(), contents(&layout, &inner), &policy, source);
        table.map(|table| table.primary()[layout.cell(&[1, 1])])
    };
    assert_eq!(primary(None), Ok(Some(Primary::BelowThreshold)));
    assert_eq!(primary(Some("ba")), Ok(None));
    assert!(primary(Some("jugendamt")).unwrap_err().to_string().contains("„jugendamt“"));
    for (text, part) in [
        ("version = 2\nid = \"a\"\ntitle = \"b\"", "version = 1"),
        ("version = 1\nid = \"a\"\ntitle = \"b\"\nfalsch = 1", "line 4"),
        ("version = 1\nid = \"a\"\ntitle = \"b\"\nthreshold = 1", "threshold"),
        ("version = 1\nid = \"a\"\ntitle = \"b\"\nbase = 1", "base"),
        ("version = 1\nid = \"a\"\ntitle = \"b\"\np_percent = 0.0", "p_percent"),
    ] {
        let refused = TablePolicy::from_toml(text).unwrap_err().to_string();
        assert!(refused.contains(part) && refused.contains("Abhilfe"), "{text}: {refused}");
    }
}

#[test]
fn plain_rounding_says_what_no_longer_adds_up() {
    let layout = layout(1, 3);
    let table = counts(&layout, &[2, 2, 2], &min5());
    let rounded = round(&table, 5);
    assert_eq!(rounded.values, [5, 0, 0, 0, 5, 0, 0, 0]);
    assert_eq!(
        (rounded.margins.not_additive, rounded.margins.largest_gap, rounded.largest_change),
        (2, 5, 2)
    );
}
