//! What must hold for any table.
#![allow(clippy::unwrap_used, clippy::panic)]

use kekiz_segregation::chance::{Index, corrected, expected_information};
use kekiz_segregation::evenness::{atkinson, dissimilarity, gini};
use kekiz_segregation::exposure::{correlation_ratio, interaction, isolation};
use kekiz_segregation::inference::{Draws, Null, bootstrap, randomise};
use kekiz_segregation::information::{information, local_by_group, nested};
use kekiz_segregation::{Counts, CountsError, multigroup, space};
use proptest::prelude::*;

fn tables(groups: usize) -> impl Strategy<Value = Counts> {
    let row = proptest::collection::vec(0_u16..60, groups);
    proptest::collection::vec(row, 2..30).prop_filter_map("a group is empty", |rows| {
        let rows: Vec<Vec<f64>> = rows.into_iter().map(|r| r.into_iter().map(f64::from).collect()).collect();
        Counts::from_rows(&rows).ok()
    })
}

proptest! {
    #[test]
    fn indices_of_two_groups_lie_between_0_and_1(counts in tables(2)) {
        let (x, y) = (counts.group(0), counts.group(1));
        let h = information(&counts).h;
        for value in [dissimilarity(x, y), gini(x, y), atkinson(x, y, 0.5), correlation_ratio(x, y), Some(h)] {
            let value = value.unwrap();
            prop_assert!((-1e-9..=1.0 + 1e-9).contains(&value), "{value}");
        }
        prop_assert!(dissimilarity(x, y).unwrap() <= gini(x, y).unwrap() + 1e-12);
        prop_assert!((isolation(x, y).unwrap() + interaction(x, y).unwrap() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn spatial_indices_of_units_that_meet_nobody_else_are_the_plain_ones(counts in tables(3)) {
        let only_here = |i: usize, j: usize| f64::from(u8::from(i == j));
        let everybody = |_: usize, _: usize| 1.0;
        let h = information(&counts).h;
        prop_assert!((space::spatial_information(&counts, only_here).unwrap() - h).abs() < 1e-12);
        prop_assert!(space::spatial_information(&counts, everybody).unwrap().abs() < 1e-12);
        let near = |i: usize, j: usize| (-(i.abs_diff(j) as f64) / 3.0).exp();
        let spatial = space::spatial_information(&counts, near).unwrap();
        prop_assert!(spatial <= 1.0 + 1e-12);
        // Whom a member meets belongs to some group.
        let met: f64 = (0..3).map(|to| space::spatial_exposure(&counts, 0, to, near).unwrap()).sum();
        prop_assert!((met - 1.0).abs() < 1e-12);
    }

    #[test]
    fn equal_shares_are_0_and_only_they(sizes in proptest::collection::vec(1_u16..50, 2..20), share in 1_u16..9, moved in any::<bool>()) {
        let mut rows: Vec<Vec<f64>> =
            sizes.iter().map(|s| vec![f64::from(*s) * f64::from(share), f64::from(*s) * f64::from(10 - share)]).collect();
        if moved {
            rows[0][0] += 1.0;
        }
        let counts = Counts::from_rows(&rows).unwrap();
        let d = dissimilarity(counts.group(0), counts.group(1)).unwrap();
        prop_assert_eq!(d > 1e-12, moved);
        prop_assert_eq!(information(&counts).m > 1e-12, moved);
    }

    #[test]
    fn with_two_groups_the_many_group_indices_are_the_two_group_ones(counts in tables(2)) {
        let (x, y) = (counts.group(0), counts.group(1));
        prop_assert!((multigroup::dissimilarity(&counts) - dissimilarity(x, y).unwrap()).abs() < 1e-9);
        prop_assert!((multigroup::gini(&counts) - gini(x, y).unwrap()).abs() < 1e-9);
        let v = correlation_ratio(x, y).unwrap();
        prop_assert!((multigroup::relative_diversity(&counts) - v).abs() < 1e-9);
        prop_assert!((multigroup::normalised_exposure(&counts) - v).abs() < 1e-9);
    }

    #[test]
    fn decompositions_add_up(counts in tables(3), halves in proptest::collection::vec(0_usize..3, 30)) {
        let mut into: Vec<usize> = halves[..counts.units()].to_vec();
        into[0] = 0;
        let split = nested(&counts, &into).unwrap();
        let inside: f64 = split.inside.iter().map(|w| w.share * w.inside.m).sum();
        prop_assert!((split.within.m - inside).abs() < 1e-9, "{} {}", split.within.m, inside);
        let inside: f64 = split.inside.iter().map(|w| w.share * w.entropy_ratio * w.inside.h).sum();
        prop_assert!((split.within.h - inside).abs() < 1e-9);
        let local: f64 = local_by_group(&counts).iter().map(|l| l.share * l.ls).sum();
        prop_assert!((local - split.total.m).abs() < 1e-9);
    }

    #[test]
    fn drawn_tables_keep_their_margins(counts in tables(3), seed in 0_u64..1000) {
        let draws = Draws { draws: 3, seed, threads: 1 };
        let (units, groups) = (counts.unit_totals(), counts.group_totals());
        randomise(&counts, Null::Systematic, draws, |table| {
            assert_eq!(table.group_totals(), groups);
            0.0
        }).unwrap();
        randomise(&counts, Null::Persons, draws, |table| {
            assert_eq!(table.group_totals(), groups);
            assert_eq!(table.unit_totals(), units);
            0.0
        }).unwrap();
        bootstrap(&counts, draws, 0.9, |table| {
            assert_eq!(table.total(), groups.iter().sum::<f64>());
            0.0
        }).unwrap();
    }
}

/// Units of one size with a share of the focal group, as even as whole persons allow.
fn even(units: usize, size: usize, share: f64) -> Counts {
    let all = units * size;
    let focal = (all as f64 * share).round() as usize;
    let rows: Vec<Vec<f64>> = (0..units)
        .map(|u| {
            let x = (focal * (u + 1) / units - focal * u / units) as f64;
            vec![x, size as f64 - x]
        })
        .collect();
    Counts::from_rows(&rows).unwrap()
}

#[test]
fn chance_alone_separates_small_units() {
    // The figures of the issue: at a share of 28 %.
    for (units, size, expected) in [(60, 60, 0.11), (180, 20, 0.20), (40, 300, 0.05)] {
        let found = corrected(&even(units, size, 0.28), Index::Dissimilarity).unwrap();
        assert!((found.expected - expected).abs() < 0.006, "{units} × {size}: {}", found.expected);
        assert!(found.adjusted.unwrap() < 0.0);
    }
}

#[test]
fn expectations_are_the_means_of_draws() {
    let rows: Vec<Vec<f64>> =
        (0..40).map(|u| vec![f64::from(u % 7), f64::from(5 + u % 11), f64::from(u % 3)]).collect();
    let three = Counts::from_rows(&rows).unwrap();
    let two = three.against_rest(0);
    let draws = Draws { draws: 20_000, seed: 5, threads: 2 };
    let check = |expected: f64, counts: &Counts, index: &(dyn Fn(&Counts) -> f64 + Sync)| {
        let drawn = randomise(counts, Null::Persons, draws, index).unwrap();
        let error = drawn.deviation / (20_000_f64).sqrt();
        assert!((drawn.mean - expected).abs() < 5.0 * error, "{} {expected} ± {error}", drawn.mean);
    };
    let of = |index| corrected(&two, index).unwrap().expected;
    check(of(Index::Dissimilarity), &two, &|t| dissimilarity(t.group(0), t.group(1)).unwrap());
    check(of(Index::CorrelationRatio), &two, &|t| correlation_ratio(t.group(0), t.group(1)).unwrap());
    check(of(Index::Theil), &two, &|t| information(t).h);
    check(expected_information(&three).unwrap(), &three, &|t| information(t).m);
}

#[test]
fn adjusted_d_is_0_on_average_under_chance() {
    let counts = even(30, 15, 0.3);
    let draws = Draws { draws: 4_000, seed: 9, threads: 1 };
    let adjusted = |table: &Counts| corrected(table, Index::Dissimilarity).unwrap().adjusted.unwrap();
    let drawn = randomise(&counts, Null::Persons, draws, adjusted).unwrap();
    assert!(drawn.mean.abs() < 5.0 * drawn.deviation / 4_000_f64.sqrt(), "{}", drawn.mean);
}

#[test]
fn threads_change_nothing() {
    let counts = even(50, 40, 0.3);
    let d = |t: &Counts| dissimilarity(t.group(0), t.group(1)).unwrap();
    for null in [Null::Systematic, Null::Persons] {
        let [one, three] =
            [1, 3].map(|threads| randomise(&counts, null, Draws { draws: 99, seed: 2, threads }, d).unwrap());
        assert_eq!(one, three);
    }
}

#[test]
fn bad_tables_are_told() {
    for (rows, expected) in [
        (vec![], CountsError::Shape),
        (vec![vec![1.0]], CountsError::Shape),
        (vec![vec![1.0, 2.0], vec![1.0]], CountsError::Shape),
        (vec![vec![1.0, -2.0]], CountsError::Number { unit: 1, group: 2 }),
        (vec![vec![1.0, f64::NAN]], CountsError::Number { unit: 1, group: 2 }),
        (vec![vec![0.0, 0.0]], CountsError::NoUnits { minimum: 0.0 }),
        (vec![vec![0.0, 3.0], vec![0.0, 1.0]], CountsError::EmptyGroup { group: 1 }),
    ] {
        assert_eq!(Counts::from_rows(&rows), Err(expected));
    }
    let fractions = Counts::from_rows(&[vec![1.5, 2.0], vec![1.0, 1.0]]).unwrap();
    assert_eq!(corrected(&fractions, Index::Theil), Err(CountsError::NotWhole { unit: 1, group: 1 }));
    let one = Counts::from_rows(&[vec![3.0, 4.0]]).unwrap();
    assert_eq!(dissimilarity(one.group(0), one.group(1)), Some(0.0));
    // Every unit one person: chance alone separates completely, and there is nothing to adjust.
    let single = Counts::from_rows(&[vec![1.0, 0.0], vec![0.0, 1.0]]).unwrap();
    assert_eq!(corrected(&single, Index::Dissimilarity).unwrap().adjusted, None);
}
