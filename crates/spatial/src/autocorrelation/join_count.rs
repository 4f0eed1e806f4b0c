//! Join counts: how often do areas with a feature border on each other?

use super::moments::score;
use super::{AutocorrelationError, Permutations, check, total};
use crate::weights::Weights;
use kekiz_stats::Extremes;

/// One kind of join.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Count {
    /// Joins counted; pairs count once, with the mean weight of both directions.
    pub count: f64,
    /// Mean when the same number of areas is marked at random.
    pub expected: f64,
    /// Variance of the same; `None` for fewer than four areas.
    pub variance: Option<f64>,
}

impl Count {
    /// Standard score.
    pub fn z(&self) -> Option<f64> {
        score(self.count, self.expected, self.variance)
    }
}

/// The three kinds of join.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JoinCounts {
    /// Both areas have the feature.
    pub both: Count,
    /// Neither has.
    pub neither: Count,
    /// One has, the other has not.
    pub mixed: Count,
}

fn counts(marks: &[f64], weights: &Weights) -> [f64; 3] {
    let mut sums = [0.0; 3];
    for (area, mark) in marks.iter().enumerate() {
        for (other, weight) in weights.row(area) {
            let kind = match (*mark == 1.0, marks[other] == 1.0) {
                (true, true) => 0,
                (false, false) => 1,
                _ => 2,
            };
            sums[kind] += weight / 2.0;
        }
    }
    sums
}

fn check_marks(marks: &[f64], weights: &Weights) -> Result<(), AutocorrelationError> {
    check(marks, weights, 3)?;
    match marks.iter().position(|m| *m != 0.0 && *m != 1.0) {
        Some(area) => Err(AutocorrelationError::NotBinary { area: area + 1 }),
        None if marks.iter().all(|m| *m == marks[0]) => Err(AutocorrelationError::Constant),
        None => Ok(()),
    }
}

/// Join counts of marks that are 0 or 1, with moments under sampling without replacement.
///
/// Source: Cliff and Ord (1981), section 1.4; equal to spdep's `joincount.test` (nonfree sampling) for binary weights.
///
/// # Errors
/// [`AutocorrelationError`]: fewer than three areas, marks other than 0 and 1, all the same, no neighbours.
pub fn join_counts(marks: &[f64], weights: &Weights) -> Result<JoinCounts, AutocorrelationError> {
    check_marks(marks, weights)?;
    let [both, neither, mixed] = counts(marks, weights);
    let n = marks.len() as f64;
    let with: f64 = marks.iter().sum();
    let without = n - with;
    let sums = weights.sums();
    let (s0, s1, s2) = (sums.s0, sums.s1, sums.s2);
    let falling = |x: f64, k: i32| (0..k).map(|i| x - f64::from(i)).product::<f64>();
    let share = |x: f64, k: i32| falling(x, k) / falling(n, k);
    let alike = |count: f64, m: f64| Count {
        count,
        expected: s0 * share(m, 2) / 2.0,
        variance: (n > 3.0).then(|| {
            let pairs = s0 * share(m, 2);
            (s1 * share(m, 2) + (s2 - 2.0 * s1) * share(m, 3) + (s0 * s0 + s1 - s2) * share(m, 4)
                - pairs * pairs)
                / 4.0
        }),
    };
    let cross = with * without;
    let mixed = Count {
        count: mixed,
        expected: s0 * cross / falling(n, 2),
        variance: (n > 3.0).then(|| {
            let pairs = s0 * cross / falling(n, 2);
            let three = cross * (with + without - 2.0) / falling(n, 3);
            let four = falling(with, 2) * falling(without, 2) / falling(n, 4);
            (2.0 * s1 * cross / falling(n, 2) + (s2 - 2.0 * s1) * three + 4.0 * (s0 * s0 + s1 - s2) * four
                - 4.0 * pairs * pairs)
                / 4.0
        }),
    };
    Ok(JoinCounts { both: alike(both, with), neither: alike(neither, without), mixed })
}

/// How often each kind of join (both, neither, mixed) is as frequent as observed when marks are dealt out at random.
///
/// # Errors
/// As [`join_counts`].
pub fn join_counts_permutation(
    marks: &[f64],
    weights: &Weights,
    permutations: Permutations,
) -> Result<[Extremes; 3], AutocorrelationError> {
    check_marks(marks, weights)?;
    let observed = counts(marks, weights);
    let of = |kind: usize| total(marks, observed[kind], permutations, |drawn| counts(drawn, weights)[kind]);
    Ok([of(0)?, of(1)?, of(2)?])
}
