//! Moran's I of the whole map.

use super::{AutocorrelationError, Moments, Permutations, check, deviations, total};
use crate::weights::Weights;
use kekiz_stats::Extremes;

/// Moran's I of one value per area: above its mean of −1/(n − 1) when like lies with like.
///
/// Areas without neighbours count as areas with a lag of 0, as in PySAL; leave them out beforehand for R spdep's
/// `adjust.n`. Source: Cliff, A. D. and Ord, J. K. (1981), Spatial Processes, chapter 2.
///
/// # Errors
/// [`AutocorrelationError`]: fewer than three areas, values that are missing or all the same, no neighbours at all.
pub fn moran(values: &[f64], weights: &Weights) -> Result<Moments, AutocorrelationError> {
    check(values, weights, 3)?;
    let (z, squares) = deviations(values)?;
    let n = values.len() as f64;
    let sums = weights.sums();
    if sums.s0 == 0.0 {
        return Err(AutocorrelationError::NoNeighbours);
    }
    let s0_2 = sums.s0 * sums.s0;
    let expected = -1.0 / (n - 1.0);
    let normal = (n * n * sums.s1 - n * sums.s2 + 3.0 * s0_2) / ((n * n - 1.0) * s0_2) - expected * expected;
    let fourth: f64 = z.iter().map(|z| z.powi(4)).sum();
    let kurtosis = n * fourth / (squares * squares);
    let randomisation = (n > 3.0).then(|| {
        let first = n * ((n * n - 3.0 * n + 3.0) * sums.s1 - n * sums.s2 + 3.0 * s0_2);
        let second = kurtosis * ((n * n - n) * sums.s1 - 2.0 * n * sums.s2 + 6.0 * s0_2);
        (first - second) / ((n - 1.0) * (n - 2.0) * (n - 3.0) * s0_2) - expected * expected
    });
    Ok(Moments {
        statistic: n / sums.s0 * cross(&z, &z, weights) / squares,
        expected,
        variance_normal: normal,
        variance_randomisation: randomisation,
    })
}

/// Sum over all pairs of weight times the product of both values.
fn cross(x: &[f64], y: &[f64], weights: &Weights) -> f64 {
    let row = |area: usize| weights.row(area).map(|(other, weight)| weight * y[other]).sum::<f64>();
    x.iter().enumerate().map(|(area, x)| x * row(area)).sum()
}

/// How often Moran's I of the same values, dealt out at random, is as extreme as the observed one.
///
/// # Errors
/// As [`moran`].
pub fn moran_permutation(
    values: &[f64],
    weights: &Weights,
    permutations: Permutations,
) -> Result<Extremes, AutocorrelationError> {
    check(values, weights, 3)?;
    let (z, _) = deviations(values)?;
    total(&z, cross(&z, &z, weights), permutations, |drawn| cross(drawn, drawn, weights))
}

/// Bivariate Moran's I: does `x` here go with `y` around? The correlation of x with the spatial lag of y, both
/// standardised with the divisor n, as in PySAL and GeoDa. It mixes the correlation of x and y at the same place with
/// a pattern in space.
///
/// Source: Anselin, L., Syabri, I. and Smirnov, O. (2002), "Visualizing multivariate spatial correlation".
///
/// # Errors
/// As [`moran`], for either column.
pub fn bivariate_moran(x: &[f64], y: &[f64], weights: &Weights) -> Result<f64, AutocorrelationError> {
    check(x, weights, 3)?;
    check(y, weights, 3)?;
    let (zx, squares_x) = deviations(x)?;
    let (zy, squares_y) = deviations(y)?;
    let s0 = weights.sums().s0;
    if s0 == 0.0 {
        return Err(AutocorrelationError::NoNeighbours);
    }
    Ok(x.len() as f64 / s0 * cross(&zx, &zy, weights) / (squares_x.sqrt() * squares_y.sqrt()))
}

/// Permutes y over the map while x stays.
///
/// # Errors
/// As [`bivariate_moran`].
pub fn bivariate_moran_permutation(
    x: &[f64],
    y: &[f64],
    weights: &Weights,
    permutations: Permutations,
) -> Result<Extremes, AutocorrelationError> {
    bivariate_moran(x, y, weights)?;
    let (zx, _) = deviations(x)?;
    let (zy, _) = deviations(y)?;
    total(&zy, cross(&zx, &zy, weights), permutations, |drawn| cross(&zx, drawn, weights))
}
