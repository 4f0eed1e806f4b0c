//! Intervals for shares and counts.
//!
//! Shares are in `[0, 1]`; counts are in cases, so an interval of a rate is the interval of its count divided by
//! the base. Counts may be fractional (weighted or rounded figures). `level` is two-sided, for example 0.95.
//! All functions give `None` when an argument is not finite, negative, outside its range, or when `x > n`.

use crate::Interval;
use crate::root::solve_increasing;
use statrs::function::{beta, erf, gamma};
use std::f64::consts::SQRT_2;

/// Quantile of the standard normal distribution that a two-sided interval of `level` uses (1.95996 for 0.95).
/// `None` unless `0 < level < 1`.
pub fn normal_quantile(level: f64) -> Option<f64> {
    (level > 0.0 && level < 1.0).then(|| SQRT_2 * erf::erfc_inv(1.0 - level))
}

/// Quantile of Student's t distribution that a two-sided interval of `level` uses (2.2281 for 0.95 and 10 degrees of
/// freedom, which need not be whole). `None` unless `0 < level < 1` and there are degrees of freedom.
pub fn student_quantile(level: f64, degrees: f64) -> Option<f64> {
    let normal = normal_quantile(level)?;
    if !(degrees > 0.0 && degrees.is_finite()) {
        return None;
    }
    // The square of t over (degrees + t²) follows the beta distribution.
    let start = normal * normal / (degrees + normal * normal);
    let share = beta_quantile(level, 0.5, degrees / 2.0, start);
    let quantile = (degrees * share / (1.0 - share)).sqrt();
    quantile.is_finite().then_some(quantile)
}

/// Fewer persons than this are nobody; squares of smaller numbers vanish in double precision.
pub(crate) const NOBODY: f64 = 1e-9;

/// Whether `x` of `n` can be a share.
fn is_share(x: f64, n: f64) -> bool {
    x.is_finite() && n.is_finite() && x >= 0.0 && n >= NOBODY && x <= n
}

fn is_count(x: f64) -> bool {
    x.is_finite() && x >= 0.0
}

/// Wilson score interval of the share `x / n`.
///
/// Source: Wilson, E. B. (1927), Journal of the American Statistical Association 22, 209-212.
pub fn wilson(x: f64, n: f64, level: f64) -> Option<Interval> {
    if !is_share(x, n) {
        return None;
    }
    let z = normal_quantile(level)?;
    let z2 = z * z;
    let share = x / n;
    let spread = z * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    let middle = share + z2 / (2.0 * n);
    let scale = 1.0 + z2 / n;
    let lower = if x == 0.0 { 0.0 } else { ((middle - spread) / scale).clamp(0.0, share) };
    let upper = if x == n { 1.0 } else { ((middle + spread) / scale).clamp(share, 1.0) };
    Some(Interval { lower, upper })
}

/// Exact (Clopper-Pearson) interval of the share `x / n`, from quantiles of the beta distribution. Beyond a
/// thousand million persons [`wilson`] stands in.
///
/// Source: Clopper, C. J. and Pearson, E. S. (1934), Biometrika 26, 404-413.
pub fn clopper_pearson(x: f64, n: f64, level: f64) -> Option<Interval> {
    let start = wilson(x, n, level)?;
    if n > 1e9 {
        return Some(start);
    }
    let tail = (1.0 - level) / 2.0;
    let lower = if x == 0.0 { 0.0 } else { beta_quantile(tail, x, n - x + 1.0, start.lower) };
    let upper = if x == n { 1.0 } else { beta_quantile(1.0 - tail, x + 1.0, n - x, start.upper) };
    Some(Interval { lower: lower.clamp(0.0, x / n), upper: upper.clamp(x / n, 1.0) })
}

fn beta_quantile(p: f64, a: f64, b: f64, start: f64) -> f64 {
    let normaliser = beta::ln_beta(a, b);
    let density = |x: f64| ((a - 1.0) * x.ln() + (b - 1.0) * (-x).ln_1p() - normaliser).exp();
    solve_increasing(
        |x| beta::checked_beta_reg(a, b, x.clamp(0.0, 1.0)).unwrap_or(0.0),
        density,
        p,
        (0.0, 1.0),
        start,
    )
}

/// Byar's approximation to the Poisson interval of a count. The lower end of 0 cases is 0.
///
/// Close to [`poisson_exact`] from about 10 cases up. Source: Breslow, N. E. and Day, N. E. (1987), Statistical
/// Methods in Cancer Research II, IARC, p. 69; as used by Public Health England's technical guide.
pub fn byar(x: f64, level: f64) -> Option<Interval> {
    if !is_count(x) {
        return None;
    }
    let z = normal_quantile(level)?;
    let end = |count: f64, z: f64| count * (1.0 - 1.0 / (9.0 * count) + z / (3.0 * count.sqrt())).powi(3);
    let lower = if x == 0.0 { 0.0 } else { end(x, -z).clamp(0.0, x) };
    Some(Interval { lower, upper: end(x + 1.0, z).max(x) })
}

/// Exact Poisson interval of a count, from quantiles of the gamma distribution.
///
/// Above one million cases [`byar`] stands in, which there differs by less than 1e-9 of the count.
/// Source: Garwood, F. (1936), Biometrika 28, 437-442.
pub fn poisson_exact(x: f64, level: f64) -> Option<Interval> {
    let start = byar(x, level)?;
    if x > 1e6 {
        return Some(start);
    }
    let tail = (1.0 - level) / 2.0;
    let lower = if x == 0.0 { 0.0 } else { gamma_quantile(tail, x, start.lower) };
    let upper = gamma_quantile(1.0 - tail, x + 1.0, start.upper);
    Some(Interval { lower: lower.clamp(0.0, x), upper: upper.max(x) })
}

/// Quantile of the gamma distribution with shape `a` and scale 1.
fn gamma_quantile(p: f64, a: f64, start: f64) -> f64 {
    let normaliser = gamma::ln_gamma(a);
    let density = |x: f64| ((a - 1.0) * x.ln() - x - normaliser).exp();
    // Chernoff's bound puts less than 1e-12 above this end.
    let high = a + 8.0 * (2.0 * a).sqrt() + 60.0;
    let lower_tail = |x: f64| if x <= 0.0 { 0.0 } else { gamma::checked_gamma_lr(a, x).unwrap_or(0.0) };
    let near = if start > 0.0 { start } else { (p * (gamma::ln_gamma(a + 1.0)).exp()).powf(1.0 / a) };
    solve_increasing(lower_tail, density, p, (0.0, high), near)
}

/// Two-sided p-value of a standard normal statistic.
pub(crate) fn two_sided(z: f64) -> f64 {
    erf::erfc(z.abs() / SQRT_2).min(1.0)
}
