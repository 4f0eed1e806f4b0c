//! Trends against R 4's loess (stats) and ruptures 1.1.10, and what must hold for any series.
#![allow(clippy::unwrap_used, clippy::panic)]

use kekiz_stats::interval::student_quantile;
use kekiz_stats::trend::{Segments, TrendError, change_points, local_linear, usual_penalty};
use proptest::prelude::*;

/// A share over the years, 2017 missing.
const VALUES: [f64; 19] = [
    31.2, 30.8, 31.9, 33.1, 32.7, 34.2, 36.0, 35.1, 37.8, 39.4, 41.0, 44.9, 47.2, 46.1, 45.8, 43.9, 44.4,
    42.0, 41.7,
];

fn years() -> Vec<f64> {
    (2005..=2016).chain(2018..=2024).map(f64::from).collect()
}

fn close(found: f64, expected: f64) {
    assert!((found / expected - 1.0).abs() < 1e-10, "found {found:?}, expected {expected:?}");
}

#[test]
fn local_lines_agree_with_loess() {
    // loess(y ~ x, degree = 1, span = s, control = loess.control(surface = "direct", statistics = "exact")), then
    // predict(se = TRUE) and fit - qt(.975, df) * se.fit, at the 1st, 10th and 19th year.
    let cases = [
        (
            0.5,
            1.02234321341913,
            [30.6777777160658, 39.8398891110536, 41.6873893658159],
            [29.1576940381653, 38.9460309865639, 40.1907594490786],
        ),
        (
            0.75,
            1.7188865075592,
            [29.9853306817026, 39.8898050250714, 43.8401366538793],
            [27.9302835699646, 38.6587045827641, 41.8100888700941],
        ),
        (
            1.0,
            2.34313852945594,
            [29.4787981304421, 39.6102996604932, 45.6062660974928],
            [27.0369239405732, 38.2411308748181, 43.1592281193295],
        ),
    ];
    for (span, deviation, lines, lower) in cases {
        let found = local_linear(&years(), &VALUES, span, 0.95).unwrap();
        close(found.deviation.unwrap(), deviation);
        for (at, (line, low)) in [0, 9, 18].into_iter().zip(lines.into_iter().zip(lower)) {
            close(found.fitted[at], line);
            close(found.interval[at].unwrap().lower, low);
        }
    }
}

#[test]
fn student_quantiles_agree_with_r() {
    // qt(.975, 10), qt(.95, 2.5), qt(.975, .7)
    close(student_quantile(0.95, 10.0).unwrap(), 2.22813885198627);
    close(student_quantile(0.9, 2.5).unwrap(), 2.55821861413595);
    close(student_quantile(0.95, 0.7).unwrap(), 36.6114150315883);
    assert_eq!(student_quantile(0.95, 0.0), None);
    assert_eq!(student_quantile(1.0, 3.0), None);
}

#[test]
fn breaks_agree_with_ruptures() {
    // Pelt(model="l2", min_size=m, jump=1).fit(y).predict(pen=p), without the last entry it adds.
    let levels: [(f64, usize, &[usize]); 5] = [
        (5.0, 1, &[5, 8, 11, 17]),
        (15.0, 2, &[5, 8, 11, 17]),
        (15.0, 3, &[5, 8, 11, 15]),
        (40.0, 3, &[8, 11]),
        (400.0, 1, &[9]),
    ];
    for (penalty, shortest, expected) in levels {
        let found = change_points(&years(), &VALUES, Segments::Levels, penalty, shortest).unwrap();
        assert_eq!(found, expected, "{penalty} {shortest}");
    }
    // Pelt(model="linear", min_size=m, jump=1).fit(column_stack([y, ones, x])).
    let lines: [(f64, usize, &[usize]); 4] =
        [(1.0, 3, &[4, 7, 12]), (1.0, 4, &[7, 12]), (5.0, 3, &[7, 12]), (40.0, 3, &[11])];
    for (penalty, shortest, expected) in lines {
        let found = change_points(&years(), &VALUES, Segments::Lines, penalty, shortest).unwrap();
        assert_eq!(found, expected, "{penalty} {shortest}");
    }
}

#[test]
fn a_series_without_breaks_has_none_and_short_or_wrong_ones_say_why() {
    let flat = [7.0; 8];
    let times: Vec<f64> = (0..8).map(f64::from).collect();
    for segments in [Segments::Levels, Segments::Lines] {
        assert_eq!(usual_penalty(&flat, segments), 0.0);
        assert_eq!(change_points(&times, &flat, segments, 0.0, 3).unwrap(), Vec::<usize>::new());
        assert_eq!(change_points(&times[..1], &flat[..1], segments, 0.0, 3).unwrap(), Vec::<usize>::new());
    }
    let line = local_linear(&times, &flat, 0.75, 0.95).unwrap();
    assert!(line.fitted.iter().all(|v| (v - 7.0).abs() < 1e-12));
    let refused =
        |times: &[f64], values: &[f64], span: f64| local_linear(times, values, span, 0.95).unwrap_err();
    assert_eq!(refused(&times[..3], &flat[..3], 1.0), TrendError::TooFew { found: 3, needed: 4 });
    assert_eq!(refused(&times, &flat, 0.3), TrendError::Span);
    assert_eq!(refused(&times, &[f64::NAN; 8], 0.75), TrendError::NotFinite { entry: 1 });
    assert_eq!(refused(&[1.0, 2.0, 2.0, 3.0], &flat[..4], 1.0), TrendError::Order { entry: 3 });
    assert_eq!(change_points(&times, &flat, Segments::Lines, 1.0, 2), Err(TrendError::Penalty));
    // Four points in a span of three leave nothing to judge the spread by everywhere, but never a number that is none.
    let tight = local_linear(&times[..4], &[1.0, 5.0, 2.0, 8.0], 0.75, 0.95).unwrap();
    assert!(tight.interval.iter().flatten().all(|i| i.lower.is_finite() && i.upper.is_finite()));
}

/// Least cost by trying every set of breaks.
fn least_cost(values: &[f64], penalty: f64, shortest: usize) -> f64 {
    let n = values.len();
    let cost = |part: &[f64]| {
        let mean = part.iter().sum::<f64>() / part.len() as f64;
        part.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>()
    };
    (0..1_u32 << (n - 1))
        .filter_map(|marks| {
            let mut ends: Vec<usize> = (1..n).filter(|at| marks >> (at - 1) & 1 == 1).collect();
            ends.push(n);
            let (mut start, mut sum) = (0, -penalty);
            for end in ends {
                if end - start < shortest {
                    return None;
                }
                sum += cost(&values[start..end]) + penalty;
                start = end;
            }
            Some(sum)
        })
        .fold(f64::INFINITY, f64::min)
}

proptest! {
    #[test]
    fn breaks_are_the_best_there_are(
        values in proptest::collection::vec(-9.0..9.0_f64, 1..12),
        penalty in 0.0..60.0_f64,
        shortest in 1_usize..4,
    ) {
        prop_assume!(values.len() >= shortest);
        let times: Vec<f64> = (0..values.len()).map(|t| t as f64).collect();
        let breaks = change_points(&times, &values, Segments::Levels, penalty, shortest).unwrap();
        let mut sum = breaks.len() as f64 * penalty;
        let mut start = 0;
        for end in breaks.iter().copied().chain([values.len()]) {
            prop_assert!(end - start >= shortest);
            let part = &values[start..end];
            let mean = part.iter().sum::<f64>() / part.len() as f64;
            sum += part.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>();
            start = end;
        }
        prop_assert!((sum - least_cost(&values, penalty, shortest)).abs() < 1e-7);
    }

    #[test]
    fn straight_lines_stay_straight_and_move_with_the_values(
        slope in -5.0..5.0_f64, values in proptest::collection::vec(-9.0..9.0_f64, 9), span in 0.5..1.0_f64,
    ) {
        let times: Vec<f64> = (0..9).map(|t| 2000.0 + f64::from(t)).collect();
        let line: Vec<f64> = times.iter().map(|t| 3.0 + slope * (t - 2000.0)).collect();
        let found = local_linear(&times, &line, span, 0.9).unwrap();
        prop_assert!(found.fitted.iter().zip(&line).all(|(a, b)| (a - b).abs() < 1e-9));
        let both: Vec<f64> = values.iter().zip(&line).map(|(a, b)| a + b).collect();
        let (own, moved) = (local_linear(&times, &values, span, 0.9).unwrap(), local_linear(&times, &both, span, 0.9).unwrap());
        for (at, line) in line.iter().enumerate() {
            prop_assert!((own.fitted[at] + line - moved.fitted[at]).abs() < 1e-9);
        }
    }
}
