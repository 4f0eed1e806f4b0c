//! Local linear regression.

use super::{TrendError, check};
use crate::Interval;
use crate::interval::student_quantile;

/// A smooth line through a series.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalLinear {
    /// The line at each time.
    pub fitted: Vec<f64>,
    /// Its interval at each time; `None` when the points leave nothing to judge the spread by.
    pub interval: Vec<Option<Interval>>,
    /// Standard deviation of values around the line; `None` as for the interval.
    pub deviation: Option<f64>,
}

/// The line through a series that at each time follows the nearest points: a straight line fitted there to the share
/// `span` of points nearest in time, weighted by (1 − (distance/largest)³)³.
///
/// `times` rise (years or parts of them), `values` are in any unit; at least four. The interval of `level` holds the line,
/// not single values, if values scatter independently and evenly around a line that is nearly straight within the span.
///
/// Source: Cleveland, W. S. and Devlin, S. J. (1988), Journal of the American Statistical Association 83, 596-610. Equal
/// to R's `loess(degree = 1, family = "gaussian")` with `surface = "direct", statistics = "exact"`; R takes points
/// nearer than 3 % of the span's width with full weight, which no yearly series has.
///
/// # Errors
/// [`TrendError`].
pub fn local_linear(times: &[f64], values: &[f64], span: f64, level: f64) -> Result<LocalLinear, TrendError> {
    check(times, values, 4)?;
    if !(level > 0.0 && level < 1.0) {
        return Err(TrendError::Level);
    }
    let n = times.len();
    let nearest = (span * n as f64 + 1e-5).floor();
    if !(span > 0.0 && span <= 1.0) || nearest < 3.0 {
        return Err(TrendError::Span);
    }
    let rows: Vec<Vec<f64>> = times.iter().map(|at| weights_at(*at, times, nearest as usize)).collect();
    let fitted: Vec<f64> = rows.iter().map(|row| dot(row, values)).collect();
    // I − L, row by row: what is left of each value.
    let mut left = rows.clone();
    for (at, row) in left.iter_mut().enumerate() {
        row.iter_mut().for_each(|weight| *weight = -*weight);
        row[at] += 1.0;
    }
    let first: f64 = left.iter().map(|row| dot(row, row)).sum();
    let second: f64 = left.iter().map(|a| left.iter().map(|b| dot(a, b).powi(2)).sum::<f64>()).sum();
    let squares: f64 = values.iter().zip(&fitted).map(|(value, line)| (value - line).powi(2)).sum();
    let judged = first > 1e-9 && second > 1e-18;
    let deviation = judged.then(|| (squares / first).sqrt());
    let reach = judged.then(|| student_quantile(level, first * first / second)).flatten();
    let band = |(line, row): (&f64, &Vec<f64>)| {
        let wide = reach? * deviation? * dot(row, row).sqrt();
        wide.is_finite().then(|| Interval { lower: line - wide, upper: line + wide })
    };
    let interval = fitted.iter().zip(&rows).map(band).collect();
    Ok(LocalLinear { fitted, interval, deviation })
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// How much each value counts for the line at one time.
fn weights_at(at: f64, times: &[f64], nearest: usize) -> Vec<f64> {
    let mut distances: Vec<f64> = times.iter().map(|time| (time - at).abs()).collect();
    let ways = distances.clone();
    distances.sort_unstable_by(f64::total_cmp);
    let width = distances[nearest - 1];
    let tricube = |way: &f64| {
        if *way < width { (1.0 - (way / width).powi(3)).powi(3) } else { 0.0 }
    };
    let weights: Vec<f64> = ways.iter().map(tricube).collect();
    let (mut s0, mut s1, mut s2) = (0.0, 0.0, 0.0);
    for (weight, time) in weights.iter().zip(times) {
        let off = time - at;
        s0 += weight;
        s1 += weight * off;
        s2 += weight * off * off;
    }
    let divisor = s0 * s2 - s1 * s1;
    let flat = divisor <= 1e-12 * s0 * s2;
    weights
        .iter()
        .zip(times)
        .map(|(weight, time)| if flat { weight / s0 } else { weight * (s2 - s1 * (time - at)) / divisor })
        .collect()
}
