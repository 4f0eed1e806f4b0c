//! Getis and Ord's G: do high, or low, values gather?

use super::conditional::{SumOfValues, extremes};
use super::exact::{limit_of_sums, whole_numbers};
use super::moments::score;
use super::{AutocorrelationError, Permutations, check, deviations, total};
use crate::weights::Weights;
use kekiz_stats::Extremes;

/// The G of the whole map with its moments under randomisation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GetisOrd {
    /// Products of neighbouring values over products of all pairs of values.
    pub statistic: f64,
    /// Mean without spatial pattern.
    pub expected: f64,
    /// Variance; `None` for fewer than four areas.
    pub variance: Option<f64>,
}

impl GetisOrd {
    /// Standard score: positive when high values gather, negative when low ones do.
    pub fn z(&self) -> Option<f64> {
        score(self.statistic, self.expected, self.variance)
    }
}

fn not_negative(values: &[f64]) -> Result<(), AutocorrelationError> {
    match values.iter().position(|v| *v < 0.0) {
        Some(area) => Err(AutocorrelationError::Negative { area: area + 1 }),
        None => Ok(()),
    }
}

fn products(values: &[f64], weights: &Weights) -> f64 {
    let row = |area: usize| weights.row(area).map(|(other, weight)| weight * values[other]).sum::<f64>();
    values.iter().enumerate().map(|(area, value)| value * row(area)).sum()
}

/// Getis and Ord's G of values from 0 up, usually with binary weights.
///
/// Source: Getis, A. and Ord, J. K. (1992), Geographical Analysis 24, 189-206.
///
/// # Errors
/// [`AutocorrelationError`]: as Moran's I, and for negative values.
pub fn getis_ord(values: &[f64], weights: &Weights) -> Result<GetisOrd, AutocorrelationError> {
    check(values, weights, 3)?;
    deviations(values)?;
    not_negative(values)?;
    let n = values.len() as f64;
    let sums = weights.sums();
    let (s0_2, s1, s2) = (sums.s0 * sums.s0, sums.s1, sums.s2);
    let power = |exponent: i32| values.iter().map(|v| v.powi(exponent)).sum::<f64>();
    let (m1, m2) = (power(1), power(2));
    let pairs = m1 * m1 - m2;
    if pairs <= 0.0 {
        return Err(AutocorrelationError::Constant);
    }
    let expected = sums.s0 / (n * (n - 1.0));
    let variance = (n > 3.0).then(|| {
        let b0 = (n * n - 3.0 * n + 3.0) * s1 - n * s2 + 3.0 * s0_2;
        let b1 = -((n * n - n) * s1 - 2.0 * n * s2 + 6.0 * s0_2);
        let b2 = -(2.0 * n * s1 - (n + 3.0) * s2 + 6.0 * s0_2);
        let b3 = 4.0 * (n - 1.0) * s1 - 2.0 * (n + 1.0) * s2 + 8.0 * s0_2;
        let b4 = s1 - s2 + s0_2;
        let square = b0 * m2 * m2 + b1 * power(4) + b2 * m1 * m1 * m2 + b3 * m1 * power(3) + b4 * m1.powi(4);
        square / (pairs * pairs * n * (n - 1.0) * (n - 2.0) * (n - 3.0)) - expected * expected
    });
    Ok(GetisOrd { statistic: products(values, weights) / pairs, expected, variance })
}

/// How often G of the same values, dealt out at random, is as extreme as the observed one.
///
/// # Errors
/// As [`getis_ord`].
pub fn getis_ord_permutation(
    values: &[f64],
    weights: &Weights,
    permutations: Permutations,
) -> Result<Extremes, AutocorrelationError> {
    getis_ord(values, weights)?;
    total(values, products(values, weights), permutations, |drawn| products(drawn, weights))
}

/// Whether an area's own value counts among its neighbours'.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Star {
    /// Gi: only the neighbours.
    Without,
    /// Gi*: the area itself as well, with the weight 1, or with the mean weight of its neighbours in a row that adds
    /// up to 1 (then the row is scaled to add up to 1 again).
    With,
}

/// Gi or Gi* of one area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocalGetisOrd {
    /// Weighted sum around the area over the sum of all (others') values; `None` when those add up to 0.
    pub statistic: Option<f64>,
    /// Mean of the statistic when values are dealt out at random.
    pub expected: f64,
    /// Standard score, which Getis and Ord (1995) and R spdep report as Gi: positive among high values.
    pub z: Option<f64>,
}

/// Gi or Gi* of each area; Gi is `None` for areas without neighbours.
///
/// Any weights may be used; for binary ones the score equals PySAL's and spdep's. Values may be negative: the score is
/// defined for them, and the ratio is as meaningful as its denominator.
/// Source: Ord, J. K. and Getis, A. (1995), Geographical Analysis 27, 286-306.
///
/// # Errors
/// As Moran's I.
pub fn local_getis_ord(
    values: &[f64],
    weights: &Weights,
    star: Star,
) -> Result<Vec<Option<LocalGetisOrd>>, AutocorrelationError> {
    check(values, weights, 3)?;
    let (z, squares) = deviations(values)?;
    let (sum, sum_z): (f64, f64) = (values.iter().sum(), z.iter().sum());
    let n = values.len() as f64;
    let one = |area: usize| {
        let (own_weight, scale) = own_weight(weights, area, star);
        if weights.neighbours(area).is_empty() && star == Star::Without {
            return None;
        }
        let parts = weights.row(area).map(|(other, weight)| (weight * scale, other));
        let parts = parts.chain((star == Star::With).then_some((own_weight, area)));
        let (mut w1, mut w2, mut around, mut around_z) = (0.0, 0.0, 0.0, 0.0);
        for (weight, other) in parts {
            w1 += weight;
            w2 += weight * weight;
            around += weight * values[other];
            around_z += weight * z[other];
        }
        let without = star == Star::Without;
        let (count, total, total_z, total_squares) = if without {
            (n - 1.0, sum - values[area], sum_z - z[area], squares - z[area] * z[area])
        } else {
            (n, sum, sum_z, squares)
        };
        let mean = total_z / count;
        let spread = (total_squares / count - mean * mean).max(0.0);
        let variance = spread * (count * w2 - w1 * w1) / (count - 1.0);
        Some(LocalGetisOrd {
            statistic: (total != 0.0).then(|| around / total),
            expected: w1 / count,
            z: score(around_z, w1 * mean, Some(variance)),
        })
    };
    Ok((0..values.len()).map(one).collect())
}

/// The weight of an area itself for Gi*, and what its row is multiplied by.
fn own_weight(weights: &Weights, area: usize, star: Star) -> (f64, f64) {
    let row = weights.values(area);
    let sum: f64 = row.iter().sum();
    let standardised = row.len() > 1 && (sum - 1.0).abs() < 1e-9;
    if star == Star::With && standardised {
        let share = 1.0 / (row.len() + 1) as f64;
        (share, 1.0 - share)
    } else {
        (1.0, 1.0)
    }
}

/// How often conditional permutation makes Gi (or Gi*: the area's own value stays, so both have the same draws) as
/// extreme as observed; `None` for areas without neighbours.
///
/// # Errors
/// As [`local_getis_ord`].
pub fn local_getis_ord_permutation(
    values: &[f64],
    weights: &Weights,
    permutations: Permutations,
) -> Result<Vec<Option<Extremes>>, AutocorrelationError> {
    check(values, weights, 3)?;
    deviations(values)?;
    let items = whole_numbers(values, limit_of_sums(weights.most_neighbours()));
    extremes(&items, weights, &SumOfValues, permutations)
}
