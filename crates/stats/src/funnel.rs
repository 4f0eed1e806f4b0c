//! Funnel plots: between which limits an area of a given size lies by chance alone.

use crate::Interval;
use crate::difference::{binomial_cdf, poisson_cdf};
use crate::interval::{NOBODY, byar, normal_quantile, wilson};

/// How the limits are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunnelMethod {
    /// Quantiles of the binomial or Poisson distribution, interpolated between counts; beyond a million persons or
    /// cases the approximation stands in.
    /// Source: Spiegelhalter, D. J. (2005), Statistics in Medicine 24, 1185-1202, appendix A.1.1.
    Exact,
    /// Closed form: Wilson's interval around the target share, Byar's around the expected count (Public Health
    /// England's Fingertips).
    Approximate,
}

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunnelKind {
    /// Shares of persons; the target is in `[0, 1]`.
    Share,
    /// Poisson rates per person.
    Rate,
}

/// Limits around `target` for each base (persons), in the unit of the target, at two-sided `level` (0.95 and 0.998
/// are usual). One entry per base; `None` for a base without persons, a target outside its range, or a bad level.
pub fn limits(
    target: f64,
    bases: &[f64],
    level: f64,
    kind: FunnelKind,
    method: FunnelMethod,
) -> Vec<Option<Interval>> {
    bases.iter().map(|base| limit(target, *base, level, kind, method)).collect()
}

fn limit(target: f64, base: f64, level: f64, kind: FunnelKind, method: FunnelMethod) -> Option<Interval> {
    normal_quantile(level)?;
    let in_range = target.is_finite() && target >= 0.0 && (kind == FunnelKind::Rate || target <= 1.0);
    if !(in_range && base.is_finite() && base >= NOBODY && (target * base).is_finite()) {
        return None;
    }
    let expected = target * base;
    let tail = (1.0 - level) / 2.0;
    // Beyond a million the steps of a count no longer show.
    let method = if base.max(expected) > 1e6 { FunnelMethod::Approximate } else { method };
    match (kind, method) {
        (FunnelKind::Share, FunnelMethod::Approximate) => wilson(expected.min(base), base, level),
        (FunnelKind::Rate, FunnelMethod::Approximate) => {
            let counts = byar(expected, level)?;
            Some(Interval { lower: counts.lower / base, upper: counts.upper / base })
        }
        (FunnelKind::Share, FunnelMethod::Exact) => {
            let end = |p| interpolated_quantile(|x| binomial_cdf(x, base, target), p, base) / base;
            Some(Interval { lower: end(tail).clamp(0.0, target), upper: end(1.0 - tail).clamp(target, 1.0) })
        }
        (FunnelKind::Rate, FunnelMethod::Exact) => {
            let highest = 2.0 * expected + 20.0 * expected.sqrt() + 60.0;
            let end = |p| interpolated_quantile(|x| poisson_cdf(x, expected), p, highest) / base;
            Some(Interval { lower: end(tail).clamp(0.0, target), upper: end(1.0 - tail).max(target) })
        }
    }
}

/// The smallest count whose cumulative probability reaches `p`, moved down by the share of its own probability
/// that lies beyond `p`.
fn interpolated_quantile(cdf: impl Fn(f64) -> f64, p: f64, highest: f64) -> f64 {
    let (mut low, mut high) = (-1.0, highest.ceil());
    while high - low > 1.0 {
        let middle = ((low + high) / 2.0).floor();
        if cdf(middle) >= p {
            high = middle;
        } else {
            low = middle;
        }
    }
    let (at, below) = (cdf(high), cdf(high - 1.0));
    if at > below { high - ((at - p) / (at - below)).clamp(0.0, 1.0) } else { high }
}
