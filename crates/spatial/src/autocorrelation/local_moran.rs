//! Local Moran's I: which areas lie among their like, and which stand out from their neighbours.

use super::conditional::{SumOfValues, extremes};
use super::exact::{limit_of_sums, whole_numbers};
use super::moments::score;
use super::{AutocorrelationError, Permutations, check, deviations};
use crate::weights::Weights;
use kekiz_stats::Extremes;

/// Divisor of the variance that scales local Moran's I.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scaling {
    /// n − 1: PySAL esda and GeoDa.
    AreasMinusOne,
    /// n: R spdep and Anselin's paper. Larger by n/(n − 1).
    Areas,
}

/// Where an area lies in the Moran scatter plot: itself and its neighbours, against the mean. A value or lag
/// exactly at the mean counts as low, as in PySAL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quadrant {
    /// High among high.
    HighHigh,
    /// Low among high.
    LowHigh,
    /// Low among low.
    LowLow,
    /// High among low.
    HighLow,
}

impl Quadrant {
    fn of(own: f64, lag: f64) -> Self {
        match (own > 0.0, lag > 0.0) {
            (true, true) => Quadrant::HighHigh,
            (false, true) => Quadrant::LowHigh,
            (false, false) => Quadrant::LowLow,
            (true, false) => Quadrant::HighLow,
        }
    }

    /// The quadrant's number in PySAL and GeoDa: 1 high-high, 2 low-high, 3 low-low, 4 high-low.
    pub fn number(self) -> u8 {
        match self {
            Quadrant::HighHigh => 1,
            Quadrant::LowHigh => 2,
            Quadrant::LowLow => 3,
            Quadrant::HighLow => 4,
        }
    }
}

/// Local Moran's I of one area with its moments under conditional randomisation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocalMoran {
    /// The statistic.
    pub statistic: f64,
    /// Mean when the values of all other areas are dealt out at random.
    pub expected: f64,
    /// Variance of the same.
    pub variance: f64,
    /// Standard score; `None` when the variance is 0, as for a value exactly at the mean.
    pub z: Option<f64>,
    /// Place in the scatter plot.
    pub quadrant: Quadrant,
}

/// Local Moran's I of each area; `None` for areas without neighbours.
///
/// Mean and variance are those of Sokal et al., with the population variance whatever the scaling, as in both
/// PySAL and spdep (`conditional = TRUE`). Source: Anselin, L. (1995), Geographical Analysis 27, 93-115; Sokal, R. R.,
/// Oden, N. L. and Thomson, B. A. (1998), Geographical Analysis 30, 331-354.
///
/// # Errors
/// [`AutocorrelationError`]: fewer than three areas, values that are missing or all the same, no neighbours at all.
pub fn local_moran(
    values: &[f64],
    weights: &Weights,
    scaling: Scaling,
) -> Result<Vec<Option<LocalMoran>>, AutocorrelationError> {
    bivariate_local_moran(values, values, weights, scaling)
}

/// Bivariate local Moran's I: the area's own `x` against the `y` of its neighbours, both in standard deviations with
/// the divisor of `scaling`; with the same column twice it is [`local_moran`].
///
/// Source: Anselin, Syabri and Smirnov (2002); esda's `Moran_Local_BV`, whose standard scores have the divisor n and
/// whose statistic is their product times (n − 1)/n: that is [`Scaling::AreasMinusOne`] here.
///
/// # Errors
/// As [`local_moran`], for either column.
pub fn bivariate_local_moran(
    x: &[f64],
    y: &[f64],
    weights: &Weights,
    scaling: Scaling,
) -> Result<Vec<Option<LocalMoran>>, AutocorrelationError> {
    check(x, weights, 3)?;
    check(y, weights, 3)?;
    let (zx, squares_x) = deviations(x)?;
    let (zy, squares_y) = deviations(y)?;
    let n = x.len() as f64;
    let divisor = match scaling {
        Scaling::AreasMinusOne => n - 1.0,
        Scaling::Areas => n,
    };
    let spread = squares_x.sqrt() * squares_y.sqrt();
    let sum_y: f64 = zy.iter().sum();
    let one = |area: usize| {
        if weights.neighbours(area).is_empty() {
            return None;
        }
        let lag: f64 = weights.row(area).map(|(other, weight)| weight * zy[other]).sum();
        let (sum, squares) =
            weights.values(area).iter().fold((0.0, 0.0), |(s, q), weight| (s + weight, q + weight * weight));
        // Mean and variance of a weighted sum of a sample without repeats from the others.
        let factor = zx[area] * n / spread;
        let mean_others = (sum_y - zy[area]) / (n - 1.0);
        let variance_others = (squares_y - zy[area] * zy[area]) / (n - 1.0) - mean_others * mean_others;
        let expected = factor * sum * mean_others;
        let spread_lag = (squares - sum * sum / (n - 1.0)) * (n - 1.0) / (n - 2.0) * variance_others;
        let variance = factor * factor * spread_lag.max(0.0);
        let statistic = divisor * zx[area] * lag / spread;
        Some(LocalMoran {
            statistic,
            expected,
            variance,
            z: score(statistic, expected, Some(variance)),
            quadrant: Quadrant::of(zx[area], lag),
        })
    };
    Ok((0..x.len()).map(one).collect())
}

/// How often conditional permutation makes local Moran's I as extreme as observed, for each area; `None` for areas
/// without neighbours. A value exactly at the mean makes every draw a tie, and p = 1.
///
/// # Errors
/// As [`local_moran`].
pub fn local_moran_permutation(
    values: &[f64],
    weights: &Weights,
    permutations: Permutations,
) -> Result<Vec<Option<Extremes>>, AutocorrelationError> {
    bivariate_local_moran_permutation(values, values, weights, permutations)
}

/// As [`local_moran_permutation`], dealing out `y` while the area's own `x` stays.
///
/// # Errors
/// As [`bivariate_local_moran`].
pub fn bivariate_local_moran_permutation(
    x: &[f64],
    y: &[f64],
    weights: &Weights,
    permutations: Permutations,
) -> Result<Vec<Option<Extremes>>, AutocorrelationError> {
    check(x, weights, 3)?;
    check(y, weights, 3)?;
    let (zx, _) = deviations(x)?;
    deviations(y)?;
    let items = whole_numbers(y, limit_of_sums(weights.most_neighbours()));
    let counted = extremes(&items, weights, &SumOfValues, permutations)?;
    let draws = u64::from(permutations.draws);
    let turned = counted.into_iter().zip(&zx).map(|(counted, z)| match counted? {
        _ if *z == 0.0 => Some(Extremes { at_least: draws, at_most: draws, draws }),
        counted if *z < 0.0 => Some(counted.mirrored()),
        counted => Some(counted),
    });
    Ok(turned.collect())
}
