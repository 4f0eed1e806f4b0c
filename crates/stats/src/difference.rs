//! Whether two shares or two rates differ by more than chance.
//!
//! Counts and bases are in cases and persons. All p-values are two-sided. `None` for no persons, negative or not
//! finite numbers or rates, and for shares more cases than persons.

use crate::interval::two_sided;
use statrs::function::{beta, gamma};

/// The result of a comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// First minus second, per person.
    pub difference: f64,
    /// Two-sided p-value under the hypothesis of equality.
    pub p: f64,
}

/// How a p-value is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// Normal approximation with the pooled share or rate (score test).
    Score,
    /// Fisher's exact test for shares, the conditional binomial test for rates. Needs whole numbers; cases are
    /// rounded to the nearest. Beyond a million cases the score test stands in.
    Exact,
    /// Exact where fewer than five cases (or non-cases) are expected on a side, score elsewhere (Cochran's rule).
    ExactWhenSmall,
}

/// Cases beyond which an exact test is the score test to all digits shown, and would only cost time.
const MANY_CASES: f64 = 1e6;

fn takes_exact(test: Test, cases: f64, smallest: f64) -> bool {
    let wanted = test == Test::Exact || test == Test::ExactWhenSmall && smallest < 5.0;
    wanted && cases <= MANY_CASES
}

fn good(x: f64, n: f64) -> bool {
    x.is_finite() && n.is_finite() && x >= 0.0 && n > 0.0
}

/// Compares the shares `x1 / n1` and `x2 / n2` of two groups that do not overlap.
///
/// Nobody or everybody on both sides gives p = 1. Source: Fleiss, J. L., Levin, B. and Paik, M. C. (2003),
/// Statistical Methods for Rates and Proportions, chapter 3 (without continuity correction); Cochran, W. G. (1954).
pub fn two_proportions(x1: f64, n1: f64, x2: f64, n2: f64, test: Test) -> Option<Difference> {
    if !good(x1, n1) || !good(x2, n2) || x1 > n1 || x2 > n2 {
        return None;
    }
    let difference = x1 / n1 - x2 / n2;
    let pooled = (x1 + x2) / (n1 + n2);
    if !pooled.is_finite() {
        return None;
    }
    let smallest = n1.min(n2) * pooled.min(1.0 - pooled);
    let exact = takes_exact(test, x1 + x2, smallest);
    let p = if exact {
        fisher(x1.round(), n1.round(), x2.round(), n2.round())
    } else {
        score(difference, pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2))
    };
    Some(Difference { difference, p })
}

/// Compares the Poisson rates `x1 / n1` and `x2 / n2` of two groups that do not overlap.
///
/// No cases on both sides give p = 1. Source: Przyborowski, J. and Wilenski, H. (1940), Biometrika 31, 313-323
/// (exact); Breslow and Day (1987), section 3.3 (score).
pub fn two_rates(x1: f64, n1: f64, x2: f64, n2: f64, test: Test) -> Option<Difference> {
    if !good(x1, n1) || !good(x2, n2) {
        return None;
    }
    let difference = x1 / n1 - x2 / n2;
    let pooled = (x1 + x2) / (n1 + n2);
    if !(difference.is_finite() && pooled.is_finite()) {
        return None;
    }
    let smallest = n1.min(n2) * pooled;
    let exact = takes_exact(test, x1 + x2, smallest);
    let p = if exact {
        binomial_two_sided(x1.round(), (x1 + x2).round(), n1 / (n1 + n2))
    } else {
        score(difference, pooled * (1.0 / n1 + 1.0 / n2))
    };
    Some(Difference { difference, p })
}

/// Compares the share of a part with the share of the whole that contains it.
///
/// The two are not independent, so the part is tested against the rest: the share of the part differs from that of
/// the whole exactly when it differs from that of the rest. `difference` is part minus whole. `None` when the part
/// is not contained in the whole (more cases, persons or non-cases than it), and when it is the whole.
pub fn part_of_whole_proportion(
    x: f64,
    n: f64,
    whole_x: f64,
    whole_n: f64,
    test: Test,
) -> Option<Difference> {
    let rest = two_proportions(x, n, whole_x - x, whole_n - n, test)?;
    Some(Difference { difference: x / n - whole_x / whole_n, p: rest.p })
}

/// Compares the Poisson rate of a part with that of the whole that contains it; see [`part_of_whole_proportion`].
pub fn part_of_whole_rate(x: f64, n: f64, whole_x: f64, whole_n: f64, test: Test) -> Option<Difference> {
    let rest = two_rates(x, n, whole_x - x, whole_n - n, test)?;
    Some(Difference { difference: x / n - whole_x / whole_n, p: rest.p })
}

fn score(difference: f64, variance: f64) -> f64 {
    if difference == 0.0 || variance <= 0.0 || !variance.is_finite() {
        return 1.0;
    }
    two_sided(difference / variance.sqrt())
}

/// Relative slack within which two probabilities count as equal, as in R's `fisher.test` and `binom.test`.
const TIE: f64 = 1.0 + 1e-7;

/// Two-sided Fisher test: all tables with the margins of the observed one that are no likelier than it.
fn fisher(x1: f64, n1: f64, x2: f64, n2: f64) -> f64 {
    let cases = x1 + x2;
    let (low, high) = ((cases - n2).max(0.0), cases.min(n1));
    // Ratio of the probabilities of k + 1 and k cases on the first side.
    let step = |k: f64| (cases - k) * (n1 - k) / ((k + 1.0) * (n2 - cases + k + 1.0));
    no_likelier(x1, low, high, step)
}

/// Two-sided exact binomial test.
fn binomial_two_sided(x: f64, n: f64, share: f64) -> f64 {
    let odds = share / (1.0 - share);
    no_likelier(x, 0.0, n, |k| (n - k) / (k + 1.0) * odds)
}

/// Probability of all outcomes in `low..=high` no likelier than `x`, for a unimodal distribution given by the ratio
/// of neighbouring probabilities. Walks outwards from `x` relative to its own probability; terms that no longer
/// count in double precision end the walk, so the work is that of a few standard deviations.
fn no_likelier(x: f64, low: f64, high: f64, step: impl Fn(f64) -> f64) -> f64 {
    let (mut counted, mut total) = (1.0_f64, 1.0_f64);
    for upwards in [true, false] {
        let (mut k, mut p) = (x, 1.0_f64);
        while if upwards { k < high } else { k > low } {
            p = if upwards { p * step(k) } else { p / step(k - 1.0) };
            k += if upwards { 1.0 } else { -1.0 };
            total += p;
            if p <= TIE {
                counted += p;
                if p < total * 1e-18 {
                    break;
                }
            }
            if !total.is_finite() {
                return 0.0;
            }
        }
    }
    (counted / total).clamp(0.0, 1.0)
}

/// Probability of at most `x` cases among `n` with chance `share` each.
pub(crate) fn binomial_cdf(x: f64, n: f64, share: f64) -> f64 {
    if x < 0.0 {
        0.0
    } else if x >= n {
        1.0
    } else {
        beta::checked_beta_reg(n - x, x + 1.0, 1.0 - share).unwrap_or(1.0)
    }
}

/// Probability of at most `x` cases where `expected` are expected.
pub(crate) fn poisson_cdf(x: f64, expected: f64) -> f64 {
    if x < 0.0 {
        0.0
    } else if expected <= 0.0 {
        1.0
    } else {
        gamma::checked_gamma_ur(x + 1.0, expected).unwrap_or(1.0)
    }
}
