//! Geary's C: how different are neighbours?

use super::conditional::{Terms, extremes};
use super::exact::{limit_of_squares, whole_numbers};
use super::{AutocorrelationError, Moments, Permutations, check, deviations, total};
use crate::weights::Weights;
use kekiz_stats::Extremes;

fn squared_differences(values: &[f64], weights: &Weights) -> f64 {
    let row = |area: usize| {
        let own = values[area];
        weights
            .row(area)
            .map(|(other, weight)| weight * (own - values[other]) * (own - values[other]))
            .sum::<f64>()
    };
    (0..values.len()).map(row).sum()
}

/// Geary's C of one value per area: below its mean of 1 neighbours are alike, above 1 they differ more than chance
/// would have it.
///
/// Source: Cliff and Ord (1981), chapter 2; areas without neighbours count as in PySAL.
///
/// # Errors
/// [`AutocorrelationError`]: fewer than three areas, values that are missing or all the same, no neighbours at all.
pub fn geary(values: &[f64], weights: &Weights) -> Result<Moments, AutocorrelationError> {
    check(values, weights, 3)?;
    let (z, squares) = deviations(values)?;
    let n = values.len() as f64;
    let sums = weights.sums();
    if sums.s0 == 0.0 {
        return Err(AutocorrelationError::NoNeighbours);
    }
    let s0_2 = sums.s0 * sums.s0;
    let fourth: f64 = z.iter().map(|z| z.powi(4)).sum();
    let k = n * fourth / (squares * squares);
    let randomisation = (n > 3.0).then(|| {
        let a = (n - 1.0) * sums.s1 * (n * n - 3.0 * n + 3.0 - (n - 1.0) * k);
        let b = (n - 1.0) * sums.s2 * (n * n + 3.0 * n - 6.0 - (n * n - n + 2.0) * k) / 4.0;
        let c = s0_2 * (n * n - 3.0 - (n - 1.0) * (n - 1.0) * k);
        (a - b + c) / (n * (n - 2.0) * (n - 3.0) * s0_2)
    });
    Ok(Moments {
        statistic: (n - 1.0) * squared_differences(values, weights) / (2.0 * sums.s0 * squares),
        expected: 1.0,
        variance_normal: ((2.0 * sums.s1 + sums.s2) * (n - 1.0) - 4.0 * s0_2) / (2.0 * (n + 1.0) * s0_2),
        variance_randomisation: randomisation,
    })
}

/// How often Geary's C of the same values, dealt out at random, is as extreme as the observed one.
///
/// # Errors
/// As [`geary`].
pub fn geary_permutation(
    values: &[f64],
    weights: &Weights,
    permutations: Permutations,
) -> Result<Extremes, AutocorrelationError> {
    check(values, weights, 3)?;
    let (z, _) = deviations(values)?;
    total(&z, squared_differences(&z, weights), permutations, |drawn| squared_differences(drawn, weights))
}

/// Local Geary of one area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocalGeary {
    /// Weighted sum of squared differences to the neighbours, in variances (divisor n).
    pub statistic: f64,
    /// Mean when the values of all other areas are dealt out at random.
    pub expected: f64,
}

/// Local Geary of each area; `None` for areas without neighbours. Small values mark areas like their neighbours.
///
/// Values are standardised with the divisor n as in PySAL esda; GeoDa divides by n − 1, so its statistic is smaller by
/// (n − 1)/n. Source: Anselin, L. (2019), Geographical Analysis 51, 133-150.
///
/// # Errors
/// As [`geary`].
pub fn local_geary(
    values: &[f64],
    weights: &Weights,
) -> Result<Vec<Option<LocalGeary>>, AutocorrelationError> {
    check(values, weights, 3)?;
    let (z, squares) = deviations(values)?;
    let n = values.len() as f64;
    let variance = squares / n;
    let sum: f64 = z.iter().sum();
    let one = |area: usize| {
        if weights.neighbours(area).is_empty() {
            return None;
        }
        let own = z[area];
        let parts = weights.row(area).map(|(other, weight)| weight * (own - z[other]) * (own - z[other]));
        let row: f64 = weights.values(area).iter().sum();
        let others = (squares - own * own) - 2.0 * own * (sum - own) + (n - 1.0) * own * own;
        Some(LocalGeary {
            statistic: parts.sum::<f64>() / variance,
            expected: row * others / (n - 1.0) / variance,
        })
    };
    Ok((0..values.len()).map(one).collect())
}

/// Squared differences to an area's own value.
struct Differences<'a> {
    own: &'a [i64],
}

impl Terms for Differences<'_> {
    type Item = i64;
    fn whole(&self, area: usize, item: i64) -> i64 {
        let difference = self.own[area] - item;
        difference * difference
    }
    fn number(&self, area: usize, item: i64) -> f64 {
        self.whole(area, item) as f64
    }
    fn same_for_all(&self) -> bool {
        false
    }
}

/// How often conditional permutation makes local Geary as extreme as observed; `None` for areas without neighbours.
/// Few draws at most as large (`Alternative::Less`) speak for an area like its neighbours.
///
/// # Errors
/// As [`geary`].
pub fn local_geary_permutation(
    values: &[f64],
    weights: &Weights,
    permutations: Permutations,
) -> Result<Vec<Option<Extremes>>, AutocorrelationError> {
    check(values, weights, 3)?;
    let (z, _) = deviations(values)?;
    let limit = limit_of_squares(weights.most_neighbours());
    // Large values with many digits are taken from their mean, so that the digits go to the differences.
    let fits = values.iter().all(|v| v.abs() <= limit && v.fract() == 0.0);
    let items = whole_numbers(if fits { values } else { &z }, limit);
    extremes(&items, weights, &Differences { own: &items }, permutations)
}
