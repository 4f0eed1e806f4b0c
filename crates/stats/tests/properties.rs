//! Theorems.
#![allow(clippy::unwrap_used, clippy::panic)]

use kekiz_stats::Interval;
use kekiz_stats::difference::{Test, two_proportions, two_rates};
use kekiz_stats::empirical_bayes::empirical_bayes;
use kekiz_stats::funnel::{FunnelKind, FunnelMethod, limits};
use kekiz_stats::index::{
    RankSensitivity, SensitivitySettings, StatusDynamics, WeightDraws, first_principal_component, min_max,
    rank_sensitivity, sd_classes, status_dynamics, z_scores,
};
use kekiz_stats::interval::{byar, clopper_pearson, poisson_exact, wilson};
use kekiz_stats::moments::{Deviation, mean_and_deviation};
use kekiz_stats::mover::{difference_interval, ratio_interval};
use kekiz_stats::quantile::{QuantileType, quantile};
use kekiz_stats::standardise::{CountInterval, direct, indirect};
use proptest::collection::vec;
use proptest::prelude::*;

type OfShare = fn(f64, f64, f64) -> Option<Interval>;
type OfCount = fn(f64, f64) -> Option<Interval>;

fn any_f64() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -1e6..1e6_f64,
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => Just(0.0),
        1 => Just(-0.0),
        1 => Just(f64::MAX),
        1 => Just(f64::MIN_POSITIVE),
    ]
}

proptest! {
    #[test]
    fn intervals_of_shares_hold_the_share_and_grow_with_the_level(n in 1u32..5_000, part in 0.0..=1.0_f64) {
        let (n, x) = (f64::from(n), (f64::from(n) * part).floor());
        for interval in [wilson as OfShare, clopper_pearson] {
            let narrow = interval(x, n, 0.95).unwrap();
            let wide = interval(x, n, 0.998).unwrap();
            prop_assert!(narrow.lower <= x / n && x / n <= narrow.upper);
            prop_assert!(0.0 <= wide.lower && wide.upper <= 1.0);
            prop_assert!(wide.lower <= narrow.lower && narrow.upper <= wide.upper);
        }
        // The exact interval never covers less than it says: it contains the score interval's centre.
        prop_assert!(clopper_pearson(x, n, 0.95).unwrap().upper >= x / n);
    }

    #[test]
    fn intervals_of_counts_hold_the_count_and_grow_with_the_level(x in 0u32..100_000) {
        let x = f64::from(x);
        for interval in [byar as OfCount, poisson_exact] {
            let (narrow, wide) = (interval(x, 0.95).unwrap(), interval(x, 0.998).unwrap());
            prop_assert!(0.0 <= wide.lower && wide.lower <= narrow.lower && narrow.lower <= x);
            prop_assert!(x < narrow.upper && narrow.upper <= wide.upper);
        }
    }

    #[test]
    fn nothing_returns_nan_or_panics(x in any_f64(), n in any_f64(), level in any_f64(), m in any_f64()) {
        for interval in [wilson(x, n, level), clopper_pearson(x, n, level), byar(x, level), poisson_exact(x, level)] {
            prop_assert!(interval.is_none_or(|i| !i.lower.is_nan() && !i.upper.is_nan()));
        }
        for test in [Test::Score, Test::ExactWhenSmall] {
            let found = [two_proportions(x, n, m, n, test), two_rates(x, n, m, n, test)];
            prop_assert!(found.into_iter().flatten().all(|d| !d.difference.is_nan() && (0.0..=1.0).contains(&d.p)));
        }
        for kind in [FunnelKind::Share, FunnelKind::Rate] {
            for method in [FunnelMethod::Exact, FunnelMethod::Approximate] {
                for limit in limits(x, &[n, 10.0], level, kind, method).into_iter().flatten() {
                    prop_assert!(limit.lower <= limit.upper);
                }
            }
        }
        let values = [x, n, level, m];
        let smoothed = empirical_bayes(&values, &[n, m, x, level]);
        prop_assert!(smoothed.is_none_or(|rates| rates.iter().all(|r| r.is_finite())));
        prop_assert!(z_scores(&values, Deviation::Sample).is_none_or(|z| z.iter().all(|v| v.is_finite())));
        prop_assert!(min_max(&values).is_none_or(|z| z.iter().all(|v| v.is_finite())));
        prop_assert!(quantile(&values, 0.3, QuantileType::T7).is_none_or(f64::is_finite));
        let _ = first_principal_component(&[values.to_vec(), vec![1.0, 2.0, 3.0, 5.0]]);
    }

    #[test]
    fn empirical_bayes_lies_between_rate_and_mean(areas in vec((0u32..60, 1u32..2_000), 1..30)) {
        let cases: Vec<f64> = areas.iter().map(|(c, _)| f64::from(*c)).collect();
        let persons: Vec<f64> = areas.iter().map(|(_, n)| f64::from(*n)).collect();
        let mean = cases.iter().sum::<f64>() / persons.iter().sum::<f64>();
        let smoothed = empirical_bayes(&cases, &persons).unwrap();
        for ((c, n), s) in cases.iter().zip(&persons).zip(smoothed) {
            let slack = 1e-12 * (1.0 + mean);
            prop_assert!(s >= mean.min(c / n) - slack && s <= mean.max(c / n) + slack);
        }
    }

    #[test]
    fn z_scores_have_mean_0_and_deviation_1(values in vec(-1e4..1e4_f64, 3..60)) {
        for deviation in [Deviation::Sample, Deviation::Population] {
            let Some(z) = z_scores(&values, deviation) else { continue };
            let (mean, spread) = mean_and_deviation(&z, deviation).unwrap();
            prop_assert!(mean.abs() < 1e-9 && (spread - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn the_principal_component_ignores_shift_and_scale(
        rows in vec((0.0..100.0_f64, 0.0..100.0_f64, 0.0..100.0_f64), 6..30),
        shift in -50.0..50.0_f64,
        scale in 0.1..20.0_f64,
    ) {
        let columns = [
            rows.iter().map(|r| r.0).collect::<Vec<_>>(),
            rows.iter().map(|r| r.0 * 0.7 + r.1 * 0.4).collect(),
            rows.iter().map(|r| r.0 * 0.6 + r.2 * 0.3).collect(),
        ];
        let moved: Vec<Vec<f64>> =
            columns.iter().map(|column| column.iter().map(|v| shift + scale * v).collect()).collect();
        let (Ok(a), Ok(b)) = (first_principal_component(&columns), first_principal_component(&moved)) else {
            return Ok(());
        };
        prop_assert!((a.explained - b.explained).abs() < 1e-9);
        for (a, b) in a.scores.iter().zip(&b.scores) {
            prop_assert!((a - b).abs() < 1e-5);
        }
        prop_assert!(a.loadings.iter().sum::<f64>() > 0.0);
        prop_assert!((a.loadings.iter().map(|l| l * l).sum::<f64>() - 1.0).abs() < 1e-10);
    }

    #[test]
    fn equal_rates_standardise_to_the_rate(
        strata in vec((10u32..5_000, 1u32..9_000), 1..20),
        rate in 0.001..0.9_f64,
    ) {
        let persons: Vec<f64> = strata.iter().map(|(n, _)| f64::from(*n)).collect();
        let standard: Vec<f64> = strata.iter().map(|(_, w)| f64::from(*w)).collect();
        let cases: Vec<f64> = persons.iter().map(|n| n * rate).collect();
        let found = direct(&cases, &persons, &standard, 0.95, CountInterval::Byar).unwrap();
        prop_assert!((found.value - rate).abs() < 1e-12);
        prop_assert!(found.interval.lower <= found.value && found.value <= found.interval.upper);
        let standard_cases: Vec<f64> = standard.iter().map(|n| n * rate).collect();
        let observed: f64 = cases.iter().sum();
        let found = indirect(observed, &persons, &standard_cases, &standard, 0.95, CountInterval::Byar).unwrap();
        prop_assert!((found.value - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_test_does_not_care_which_side_comes_first(x in 0u32..50, y in 0u32..50, n in 50u32..500, m in 50u32..500) {
        let (x, y, n, m) = (f64::from(x), f64::from(y), f64::from(n), f64::from(m));
        for test in [Test::Score, Test::Exact] {
            let (a, b) = (two_proportions(x, n, y, m, test).unwrap(), two_proportions(y, m, x, n, test).unwrap());
            prop_assert!((a.p - b.p).abs() < 1e-9 && (a.difference + b.difference).abs() < 1e-12);
            let (a, b) = (two_rates(x, n, y, m, test).unwrap(), two_rates(y, m, x, n, test).unwrap());
            prop_assert!((a.p - b.p).abs() < 1e-9);
        }
    }

    #[test]
    fn intervals_of_contrasts_hold_them_and_mirror(x in 1u32..60, y in 1u32..60, n in 60u32..500, m in 60u32..500) {
        let side = |x: u32, n: u32| {
            let (x, n) = (f64::from(x), f64::from(n));
            (x / n, wilson(x, n, 0.95).unwrap())
        };
        let ((a, of_a), (b, of_b)) = (side(x, n), side(y, m));
        let (there, back) = (difference_interval(a, of_a, b, of_b).unwrap(), difference_interval(b, of_b, a, of_a).unwrap());
        prop_assert!(there.lower <= a - b && a - b <= there.upper);
        prop_assert!((there.lower + back.upper).abs() < 1e-12 && (there.upper + back.lower).abs() < 1e-12);
        let (there, back) = (ratio_interval(a, of_a, b, of_b).unwrap(), ratio_interval(b, of_b, a, of_a).unwrap());
        prop_assert!(there.lower <= a / b && a / b <= there.upper);
        prop_assert!((there.lower * back.upper - 1.0).abs() < 1e-9 && (there.upper * back.lower - 1.0).abs() < 1e-9);
    }

    #[test]
    fn quantiles_rise_and_stay_inside(values in vec(-1e3..1e3_f64, 1..40), a in 0.0..=1.0_f64, b in 0.0..=1.0_f64) {
        use QuantileType::{T1, T2, T3, T4, T5, T6, T7, T8, T9};
        let (a, b) = (a.min(b), a.max(b));
        let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
        for kind in [T1, T2, T3, T4, T5, T6, T7, T8, T9] {
            let (a, b) = (quantile(&values, a, kind).unwrap(), quantile(&values, b, kind).unwrap());
            prop_assert!(low <= a && a <= b && b <= high, "{kind:?}");
        }
    }

    #[test]
    fn mirrored_scores_get_mirrored_classes(values in vec(-100i32..100, 4..40)) {
        let values: Vec<f64> = values.into_iter().map(f64::from).collect();
        let mirrored: Vec<f64> = values.iter().map(|v| -v).collect();
        let limits = [1.5, 1.0, -1.0, -1.5];
        if let Ok(classes) = sd_classes(&values, &limits, Deviation::Sample) {
            let back = sd_classes(&mirrored, &limits, Deviation::Sample).unwrap();
            prop_assert!(classes.iter().zip(back).all(|(a, b)| a + b == 6));
        }
    }

    #[test]
    fn ranks_stay_inside_and_their_interval_is_ordered(
        rows in vec((0.0..1.0_f64, 0.0..1.0_f64, 0.0..1.0_f64), 3..15),
        seed in 0u64..1_000,
    ) {
        let columns = [
            rows.iter().map(|r| r.0).collect::<Vec<_>>(),
            rows.iter().map(|r| r.1).collect(),
            rows.iter().map(|r| r.2).collect(),
        ];
        let found = sensitivity(&columns, seed, WeightDraws::Dirichlet { concentration: 1.0 });
        let n = rows.len() as f64;
        for (lower, upper) in found.rank_lower.iter().zip(&found.rank_upper) {
            prop_assert!(1.0 <= *lower && lower <= upper && *upper <= n);
        }
        prop_assert!((found.rank.iter().sum::<f64>() - n * (n + 1.0) / 2.0).abs() < 1e-9);
        prop_assert!((0.0..=1.0).contains(&found.class_stability));
    }
}

fn sensitivity(columns: &[Vec<f64>], seed: u64, weights: WeightDraws) -> RankSensitivity {
    let settings = SensitivitySettings { draws: 200, seed, weights };
    rank_sensitivity(columns, &vec![1.0; columns.len()], &settings, |_, scores| {
        sd_classes(scores, &[1.0, -1.0, -1.5], Deviation::Sample).ok()
    })
    .unwrap()
}

fn columns() -> Vec<Vec<f64>> {
    (1..=5_u32)
        .map(|c| (0..80_u32).map(|a| f64::from((a + 1) * (c * 7_919 + 13) % 1_009)).collect())
        .collect()
}

#[test]
fn one_thread_and_many_give_the_same_bits() {
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| sensitivity(&columns(), 7, WeightDraws::Uniform { spread: 0.5 }))
    };
    let (one, many) = (run(1), run(7));
    assert_eq!(one, many);
    assert_eq!(one.mean_rank_shift.to_bits(), many.mean_rank_shift.to_bits());
    assert_ne!(one, sensitivity(&columns(), 8, WeightDraws::Uniform { spread: 0.5 }));
}

#[test]
fn weights_near_the_given_ones_move_ranks_less() {
    let shift = |weights| sensitivity(&columns(), 1, weights).mean_rank_shift;
    let free = shift(WeightDraws::Dirichlet { concentration: 1.0 });
    let near = shift(WeightDraws::Dirichlet { concentration: 50.0 });
    let nearest = shift(WeightDraws::Uniform { spread: 0.01 });
    assert!(free > 2.0 * near && near > nearest, "{free} {near} {nearest}");
}

#[test]
fn inputs_that_agree_leave_every_rank_where_it_is() {
    let column: Vec<f64> = (0..20).map(f64::from).collect();
    let found = sensitivity(&[column.clone(), column], 1, WeightDraws::Dirichlet { concentration: 1.0 });
    assert_eq!(found.mean_rank_shift, 0.0);
    assert_eq!(found.class_stability, 1.0);
    assert_eq!(found.rank_lower, found.rank_upper);
}

/// Draws of a flat Dirichlet over k weights: a weight of the sum 1 has mean 1/k and variance (k-1)/(k²(k+1)).
#[test]
fn draws_have_the_moments_of_their_distribution() {
    // With one area alone at the top of a column, its score minus the other's shows the weights through ranks only;
    // so read the weights from the classifier instead.
    let seen = std::sync::Mutex::new(Vec::new());
    let columns = [vec![1.0, 0.0], vec![0.0, 1.0], vec![1.0, 0.5]];
    let weights = WeightDraws::Dirichlet { concentration: 1.0 };
    let settings = SensitivitySettings { draws: 20_000, seed: 3, weights };
    rank_sensitivity(&columns, &[1.0; 3], &settings, |weights, _| {
        seen.lock().unwrap().push(weights[0] / weights.iter().sum::<f64>());
        None
    })
    .unwrap();
    let mut seen = seen.into_inner().unwrap();
    seen.sort_unstable_by(f64::total_cmp);
    let (mean, spread) = mean_and_deviation(&seen, Deviation::Sample).unwrap();
    assert!((mean - 1.0 / 3.0).abs() < 0.005, "{mean}");
    assert!((spread * spread - 2.0 / 36.0).abs() < 0.002, "{spread}");
}

#[test]
fn status_and_dynamics_count_from_the_best_corner() {
    // Nine areas: status and change far above, at, and far below the mean.
    let status = [9.0, 9.0, 9.0, 0.0, 0.0, 0.0, -9.0, -9.0, -9.0];
    let change = [5.0, 0.0, -5.0, 5.0, 0.0, -5.0, 5.0, 0.0, -5.0];
    let classes = status_dynamics(&status, &change, &StatusDynamics::default()).unwrap();
    // Standard deviation of the status is 7.79, so ±9 lies at ±1.15: classes 1 (hoch), 2 (mittel), 3 (niedrig).
    assert_eq!(classes, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

#[test]
fn what_has_no_answer_is_none_or_an_error() {
    let one = [3.0];
    let constant = [2.0; 4];
    assert!(
        wilson(1.0, 0.0, 0.95).is_none()
            && wilson(2.0, 1.0, 0.95).is_none()
            && wilson(-1.0, 5.0, 0.95).is_none()
    );
    assert!(
        wilson(1.0, 5.0, 1.0).is_none()
            && byar(f64::NAN, 0.95).is_none()
            && poisson_exact(-1.0, 0.95).is_none()
    );
    assert!(two_proportions(1.0, 0.0, 1.0, 5.0, Test::Score).is_none());
    assert!(z_scores(&one, Deviation::Sample).is_none() && z_scores(&constant, Deviation::Sample).is_none());
    assert!(z_scores(&[], Deviation::Population).is_none() && min_max(&constant).is_none());
    assert!(empirical_bayes(&[], &[]).is_none() && empirical_bayes(&[1.0], &[0.0]).is_none());
    assert_eq!(empirical_bayes(&[2.0], &[10.0]).unwrap(), [0.2]);
    assert_eq!(empirical_bayes(&[2.0, 0.0], &[10.0, 0.0]).unwrap(), [0.2, 0.2]);
    assert!(
        quantile(&[], 0.5, QuantileType::T7).is_none() && quantile(&[1.0], 1.5, QuantileType::T7).is_none()
    );
    let table = [
        first_principal_component(&[]).unwrap_err().to_string(),
        first_principal_component(&[vec![1.0, 2.0], vec![1.0]]).unwrap_err().to_string(),
        first_principal_component(&[vec![1.0, f64::NAN]]).unwrap_err().to_string(),
        first_principal_component(&[vec![1.0]]).unwrap_err().to_string(),
        first_principal_component(&[vec![1.0, 2.0], constant[..2].to_vec()]).unwrap_err().to_string(),
    ];
    let expected =
        ["mindestens ein Merkmal", "andere Zahl", "keine Zahl", "mindestens zwei", "denselben Wert"];
    assert!(table.iter().zip(expected).all(|(found, part)| found.contains(part)), "{table:?}");
    assert!(sd_classes(&[1.0, 2.0], &[-1.0, 1.0], Deviation::Sample).is_err());
    assert!(direct(&[1.0], &[0.0], &[1.0], 0.95, CountInterval::Byar).is_err());
    assert!(direct(&[], &[], &[], 0.95, CountInterval::Byar).is_err());
    assert!(direct(&[1.0], &[2.0], &[0.0], 0.95, CountInterval::Byar).is_err());
    assert!(indirect(1.0, &[1.0], &[0.0], &[10.0], 0.95, CountInterval::Byar).is_err());
    let none = direct(&[0.0], &[100.0], &[1.0], 0.95, CountInterval::Exact).unwrap();
    assert!(none.value == 0.0 && none.interval.lower == 0.0 && (none.interval.upper - 0.036889).abs() < 1e-6);
}
