//! Theorems of linkage on arbitrary input.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use kekiz_linkage::clk::{Encoded, Encoding, Key, balance, best_pairs, dice, encode, similar, xor_fold};
use kekiz_linkage::em::{AllPairs, Fixed, Parameters, PatternCount, Tie, expectation_maximisation};
use kekiz_linkage::model::{parse_model, write_model};
use kekiz_linkage::similarity::{damerau_levenshtein, damerau_levenshtein_within, jaro, jaro_winkler};
use kekiz_linkage::text::{Date, koelner_phonetik, latin, name, spelling, street};
use kekiz_linkage::{
    Cardinality, Linked, Model, Records, Search, TextColumnBuilder, link, probability, stable_hash, weight_of,
};
use proptest::prelude::*;

const MODEL: &str = r#"
version = 1
[[column]]
name = "first_name"
from = ["vorname"]
kind = "first_name"
[[column]]
name = "surname"
from = ["nachname"]
kind = "surname"
[[column]]
name = "birth"
from = ["geboren"]
kind = "date"
[[column]]
name = "street"
from = ["strasse"]
kind = "street"
[[column]]
name = "source"
from = ["quelle"]
kind = "category"
[[blocking]]
keys = ["surname:spelling"]
[[blocking]]
keys = ["birth"]
[[blocking]]
keys = ["swap(first_name, surname)"]
[[comparison]]
column = "first_name"
term_frequency = true
level = [
  { test = "exact" }, { test = "spelling" }, { test = "part" }, { test = "jaro_winkler", at_least = 0.9 },
  { test = "swapped", with = "surname" }, { test = "phonetic" },
]
[[comparison]]
column = "surname"
term_frequency = true
household = true
level = [{ test = "exact" }, { test = "damerau_levenshtein", at_most = 1 }]
[[comparison]]
column = "birth"
level = [{ test = "exact" }, { test = "day_month_swapped" }, { test = "one_digit" }, { test = "two_parts" }]
[[comparison]]
column = "street"
household = true
level = [{ test = "exact" }, { test = "street_name" }]
[decision]
match_probability = 0.5
keep_probability = 0.001
"#;

/// A person's fields; few different ones, so that records agree often.
type Row = (Option<u8>, Option<u8>, Option<u8>, Option<u8>, u8);

fn field(number: u8, kind: usize) -> String {
    let list: [&[&str]; 4] = [
        &["Anna", "Anna Maria", "Anne", "Ben", "Bernd", "Müller"],
        &["Müller", "Mueller", "Yılmaz", "Kowalski", "Anna", "von Weiß"],
        &["2014-03-09", "2014-09-03", "2014-03-10", "2015-01-01", "09.03.2014", "x"],
        &["Hauptstr. 1", "Hauptstraße 1", "Hauptstr. 2", "Ring 5", "Am Markt", "?"],
    ];
    list[kind][usize::from(number) % 6].to_string()
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let some = || proptest::option::weighted(0.9, 0..6_u8);
    proptest::collection::vec((some(), some(), some(), some(), 0..3_u8), 0..40)
}

/// Records in the given order, each with its own number as key.
fn records(rows: &[Row], order: &[usize], files: &[usize]) -> Records {
    let names = ["vorname", "nachname", "geboren", "strasse", "quelle"];
    let mut builders: Vec<TextColumnBuilder> =
        names.iter().map(|name| TextColumnBuilder::new(name)).collect();
    for at in order {
        let (a, b, c, d, source) = rows[*at];
        for (kind, value) in [a, b, c, d].into_iter().enumerate() {
            builders[kind].push(value.map(|number| field(number, kind)).as_deref());
        }
        builders[4].push(Some(&format!("q{source}")));
    }
    Records {
        columns: builders.into_iter().map(TextColumnBuilder::finish).collect(),
        files: files.to_vec(),
        keys: order.iter().map(|at| stable_hash(&at.to_string())).collect(),
    }
}

fn model(one_per: bool) -> Model {
    let constraint = if one_per { "[constraints]\none_per = \"source\"\n" } else { "" };
    parse_model(&format!("{MODEL}{constraint}")).unwrap()
}

fn linked(rows: &[Row], one_per: bool) -> Linked {
    let order: Vec<usize> = (0..rows.len()).collect();
    link(&model(one_per), records(rows, &order, &[rows.len()]), Search::Dedupe, 7).unwrap()
}

fn text() -> impl Strategy<Value = String> {
    "[a-e ]{0,12}"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn similarities_are_symmetric_and_between_0_and_1(a in text(), b in text()) {
        let [a, b] = [a.as_bytes(), b.as_bytes()];
        for metric in [jaro, jaro_winkler] {
            let value = metric(a, b);
            prop_assert!((0.0..=1.0).contains(&value));
            prop_assert_eq!(value.to_bits(), metric(b, a).to_bits());
            prop_assert_eq!(metric(a, a), 1.0);
        }
    }

    #[test]
    fn damerau_levenshtein_is_a_metric(a in text(), b in text(), c in text()) {
        let [a, b, c] = [a.as_bytes(), b.as_bytes(), c.as_bytes()];
        let d = damerau_levenshtein;
        prop_assert_eq!(d(a, b), d(b, a));
        prop_assert_eq!(d(a, b) == 0, a == b);
        prop_assert!(d(a, c) <= d(a, b) + d(b, c));
        for most in 0..4 {
            prop_assert_eq!(damerau_levenshtein_within(a, b, most), d(a, b) <= most);
        }
    }

    #[test]
    fn texts_of_any_script_are_normalised_once_and_for_all(text in any::<String>()) {
        let once = latin(&text);
        prop_assert!(once.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b' '));
        prop_assert_eq!(&latin(&once), &once);
        prop_assert!(!once.starts_with(' ') && !once.ends_with(' ') && !once.contains("  "));
        let _ = (name(&text), spelling(&once), street(&text), Date::parse(&text));
        prop_assert!(koelner_phonetik(&text).bytes().all(|b| b.is_ascii_digit()));
    }

    #[test]
    fn days_of_dates_are_counted_both_ways(days in -700_000..2_900_000_i64) {
        prop_assert_eq!(Date::from_days(days).and_then(Date::days), Some(days));
    }

    #[test]
    fn the_log_likelihood_never_falls(
        counts in proptest::collection::vec((0..4_u8, 0..3_u8, 0..3_u8, 1..200_u32), 1..20),
        outside in 0..100_000_u32,
        tied in any::<bool>(),
    ) {
        let candidates: Vec<PatternCount> = counts
            .iter()
            .map(|(a, b, c, count)| PatternCount { levels: vec![*a, *b, *c], count: f64::from(*count) })
            .collect();
        let seen: f64 = candidates.iter().map(|c| c.count).sum();
        let sizes = [3, 2, 2];
        // Pairs outside have levels of their own; those of the candidates are part of all.
        let mut levels: Vec<Vec<f64>> = sizes.iter().map(|size| vec![f64::from(outside) / f64::from(*size); *size as usize]).collect();
        let mut present = [f64::from(outside); 3];
        for c in &candidates {
            for (at, level) in c.levels.iter().enumerate() {
                if *level > 0 {
                    levels[at][usize::from(*level) - 1] += c.count;
                    present[at] += c.count;
                }
            }
        }
        let count = seen + f64::from(outside);
        for (levels, present) in levels.iter_mut().zip(present) {
            levels.iter_mut().for_each(|level| *level /= present.max(1.0));
        }
        let all = AllPairs { count, levels, present: present.iter().map(|p| p / count).collect() };
        let falling = |size: usize, top: f64| -> Vec<f64> {
            (0..size).map(|l| if l == 0 { top } else { (1.0 - top) / (size - 1) as f64 }).collect()
        };
        let class = |top: f64| sizes.iter().map(|size| falling(*size as usize, top)).collect::<Vec<_>>();
        let start = Parameters { matching: 0.05, household: 0.03, m: class(0.9), u: class(0.2), h: class(0.5) };
        let mut start = start;
        let mut fixed = Fixed::default();
        if tied {
            fixed.ties = vec![Tie::Free, Tie::AsUnlinked, Tie::AsUnlinked];
            start.h[1] = start.u[1].clone();
            start.h[2] = start.u[2].clone();
        }
        let (found, report) = expectation_maximisation(&candidates, &all, &start, &fixed, 60);
        for two in report.log_likelihood.windows(2) {
            prop_assert!(two[1] >= two[0] - 1e-7 * two[0].abs().max(1.0), "{:?}", two);
        }
        for levels in found.m.iter().chain(&found.u).chain(&found.h) {
            prop_assert!((levels.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn waterfalls_add_up(rows in rows()) {
        let linked = linked(&rows, false);
        for pair in &linked.pairs {
            let waterfall = linked.waterfall(pair);
            prop_assert!((waterfall.weight - pair.weight).abs() < 1e-9);
            let sum: f64 = waterfall.steps.iter().map(|step| step.bits).sum();
            prop_assert!((sum - waterfall.weight).abs() < 1e-12);
            prop_assert!((probability(pair.weight) - waterfall.probability).abs() < 1e-9);
        }
        let kept: u64 = linked.charts().histogram.iter().map(|bar| bar.pairs).sum();
        prop_assert_eq!(kept, linked.pairs.len() as u64);
    }

    #[test]
    fn clusters_cover_every_record_and_obey_the_constraint(rows in rows(), threshold in 0.01..0.99_f64) {
        for one_per in [false, true] {
            let linked = linked(&rows, one_per);
            let clusters = linked.clusters(threshold, &[]);
            prop_assert_eq!(clusters.of_row.len(), rows.len());
            let mut seen = 0;
            for (row, cluster) in clusters.of_row.iter().enumerate() {
                prop_assert!(*cluster <= seen, "numbers follow first appearance: row {}", row);
                seen = seen.max(*cluster + 1);
            }
            prop_assert_eq!(seen as usize, clusters.count);
            if one_per {
                for (a, x) in rows.iter().enumerate() {
                    for (b, y) in rows.iter().enumerate().skip(a + 1) {
                        prop_assert!(clusters.of_row[a] != clusters.of_row[b] || x.4 != y.4);
                    }
                }
            }
        }
    }

    #[test]
    fn the_order_of_rows_changes_nothing(rows in rows(), seed in any::<u64>()) {
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|at| stable_hash(&(seed ^ *at as u64).to_string()));
        let one = linked(&rows, true).clusters(0.5, &[]);
        let other = link(&model(true), records(&rows, &order, &[rows.len()]), Search::Dedupe, 7).unwrap();
        let other = other.clusters(0.5, &[]);
        for (i, a) in order.iter().enumerate() {
            for (j, b) in order.iter().enumerate() {
                prop_assert_eq!(one.of_row[*a] == one.of_row[*b], other.of_row[i] == other.of_row[j]);
            }
        }
    }

    #[test]
    fn one_thread_or_many_give_the_same(rows in rows()) {
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let linked = linked(&rows, false);
                let clusters = linked.clusters(0.5, &[]);
                (linked.pairs.clone(), linked.estimate.clone(), clusters)
            })
        };
        prop_assert_eq!(on(1), on(4));
    }

    #[test]
    fn links_between_files_obey_their_constraint(rows in rows(), cut in 0..40_usize) {
        let cut = cut.min(rows.len());
        let order: Vec<usize> = (0..rows.len()).collect();
        let files = [cut, rows.len() - cut];
        let linked = link(&model(false), records(&rows, &order, &files), Search::Link, 7).unwrap();
        let all = linked.links(0.01, Cardinality::ManyToMany).pairs;
        for pair in &all {
            prop_assert!(linked.row(pair.left) < cut && linked.row(pair.right) >= cut);
        }
        let many = linked.links(0.01, Cardinality::OneToMany).pairs;
        let one = linked.links(0.01, Cardinality::OneToOne).pairs;
        for (pairs, left_too) in [(&many, false), (&one, true)] {
            let mut rights: Vec<u32> = pairs.iter().map(|pair| pair.right).collect();
            rights.sort_unstable();
            prop_assert!(rights.windows(2).all(|two| two[0] != two[1]));
            let mut lefts: Vec<u32> = pairs.iter().map(|pair| pair.left).collect();
            lefts.sort_unstable();
            prop_assert!(!left_too || lefts.windows(2).all(|two| two[0] != two[1]));
        }
        // The best assignment is at least as good as taking the heaviest first.
        let mut order: Vec<_> = all.clone();
        order.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        let mut taken = std::collections::HashSet::new();
        let threshold = weight_of(0.01);
        let greedy: f64 = order.iter().filter(|p| {
            let free = !taken.contains(&p.left) && !taken.contains(&p.right);
            if free { taken.extend([p.left, p.right]); }
            free
        }).map(|p| p.weight - threshold).sum();
        let best: f64 = one.iter().map(|p| p.weight - threshold).sum();
        prop_assert!(best >= greedy - 1e-6);
    }

    #[test]
    fn known_persons_stay_apart_and_together(rows in rows(), cut in 0..40_usize) {
        let cut = cut.min(rows.len());
        let known: Vec<Option<u32>> = (0..rows.len()).map(|row| (row < cut).then_some(row as u32 / 2)).collect();
        let order: Vec<usize> = (0..rows.len()).collect();
        let records = records(&rows, &order, &[cut, rows.len() - cut]);
        let linked = link(&model(false), records, Search::Add, 7).unwrap();
        let clusters = linked.clusters(0.5, &known);
        for a in 0..cut {
            for b in 0..cut {
                prop_assert_eq!(clusters.of_row[a] == clusters.of_row[b], a / 2 == b / 2);
            }
        }
    }

    #[test]
    fn dice_is_symmetric_and_found_by_the_fast_way(words in proptest::collection::vec(any::<u64>(), 1..200), width in 1..9_usize) {
        let sparse: Vec<u64> = words.iter().map(|w| w & w.rotate_left(7)).collect();
        let a = Encoded::new(width, words);
        let b = Encoded::new(width, sparse);
        let threshold = 0.6;
        let mut slow = Vec::new();
        for i in 0..a.len() {
            for j in 0..b.len() {
                let value = dice(a.record(i), b.record(j));
                prop_assert_eq!(value.to_bits(), dice(b.record(j), a.record(i)).to_bits());
                prop_assert!((0.0..=1.0).contains(&value));
                if value >= threshold {
                    slow.push((i as u32, j as u32, value));
                }
            }
        }
        let fast = similar(&a, &b, threshold);
        prop_assert_eq!(fast.iter().map(|m| (m.left, m.right, m.dice)).collect::<Vec<_>>(), slow);
        let best = best_pairs(&fast);
        let mut lefts: Vec<u32> = best.iter().map(|m| m.left).collect();
        lefts.dedup();
        prop_assert_eq!(lefts.len(), best.len());
    }

    #[test]
    fn balancing_gives_every_record_as_many_ones_as_zeros(field in proptest::collection::vec(any::<u64>(), 2..8)) {
        let order: Vec<u32> = (0..field.len() as u32 * 128).rev().collect();
        let balanced = balance(&field, &order);
        let ones: u32 = balanced.iter().map(|word| word.count_ones()).sum();
        prop_assert_eq!(ones, field.len() as u32 * 64);
        prop_assert_eq!(xor_fold(&balanced).len(), field.len());
    }

    #[test]
    fn models_are_written_as_they_are_read(m in 0.0..1.0_f64, households in any::<bool>(), random in 1..9_999_999_u64) {
        let mut model = model(true);
        model.comparison[0].levels[0].probabilities.m = Some(m);
        model.estimation.households = households;
        model.estimation.random_pairs = random;
        model.encoding = Some(Encoding::for_model(&model));
        prop_assert_eq!(parse_model(&write_model(&model)).unwrap(), model);
    }
}

/// The same record under two keys shares no more bits than two strangers do.
#[test]
fn another_key_gives_unrelated_codes() {
    let rows: Vec<Row> = (0..200_u32)
        .map(|i| {
            (Some((i % 6) as u8), Some((i / 6 % 6) as u8), Some((i / 36 % 6) as u8), Some((i % 5) as u8), 0)
        })
        .collect();
    let order: Vec<usize> = (0..rows.len()).collect();
    for (balanced, fold) in [(false, false), (true, false), (false, true), (true, true)] {
        let model = model(false);
        let encoding = Encoding { balance: balanced, xor_fold: fold, ..Encoding::for_model(&model) };
        let codes = |secret: &[u8]| {
            let records = records(&rows, &order, &[rows.len()]);
            encode(&model, &records, &encoding, &Key::new(secret).unwrap()).unwrap()
        };
        let (a, again, b) =
            (codes(b"secret number one"), codes(b"secret number one"), codes(b"secret number two"));
        assert_eq!(a, again);
        let mean = |shift: usize| {
            let pairs = (0..rows.len()).map(|i| dice(a.record(i), b.record((i + shift) % rows.len())));
            pairs.sum::<f64>() / rows.len() as f64
        };
        assert!((mean(0) - mean(17)).abs() < 0.02, "{balanced} {fold}: {} {}", mean(0), mean(17));
        assert!((0..rows.len()).all(|i| dice(a.record(i), b.record(i)) < 0.8));
    }
    assert!(Key::new(b"short").is_err());
    assert_eq!(format!("{:?}", Key::new(b"secret number one").unwrap()), "Key(…)");
}

#[test]
fn nothing_one_record_and_all_missing_are_no_error() {
    for rows in
        [Vec::new(), vec![(Some(0), Some(0), Some(0), Some(0), 0)], vec![(None, None, None, None, 0); 5]]
    {
        let linked = linked(&rows, false);
        assert!(linked.pairs.is_empty());
        let clusters = linked.clusters(0.5, &[]);
        assert_eq!(clusters.count, rows.len());
        let charts = linked.charts();
        assert!(charts.histogram.is_empty() && charts.best_expected.is_none());
        assert!(charts.thresholds.iter().all(|row| row.expected_precision.is_none()));
        for level in charts.weights {
            assert!(level.bits.is_finite(), "{level:?}");
        }
    }
}

#[test]
fn wrong_models_say_what_to_do() {
    for (from, to, wanted) in [
        ("version = 1", "version = 2", "Version 2"),
        ("version = 1", "", "keine Versionsangabe"),
        ("kind = \"date\"", "kind = \"datum\"", "Zeile"),
        ("keys = [\"birth\"]", "keys = [\"geboren\"]", "geboren"),
        ("keys = [\"birth\"]", "keys = [\"birth:jahr\"]", "jahr"),
        ("test = \"two_parts\"", "test = \"zwei\"", "zwei"),
        ("test = \"street_name\"", "test = \"one_digit\"", "passt nicht"),
        ("at_least = 0.9 ", "at_least = 9.0 ", "at_least"),
        ("match_probability = 0.5", "match_probability = 1.5", "match_probability"),
        ("column = \"street\"", "column = \"birth\"", "zweimal"),
    ] {
        assert!(MODEL.contains(from), "{from}");
        let error = parse_model(&MODEL.replace(from, to)).unwrap_err().to_string();
        assert!(error.contains(wanted) && error.contains("Abhilfe"), "{error}");
    }
}
