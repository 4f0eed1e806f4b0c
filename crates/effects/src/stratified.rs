//! Fourfold tables in strata (areas, years, age groups): one common ratio, and whether there is one.

use crate::chi_square::{Correction, Test, upper_tail};
use crate::fourfold::FourFold;
use crate::ratio::Ratio;
use crate::score::fitted;
use kekiz_stats::interval::normal_quantile;

/// Common risk ratio of Mantel and Haenszel with the interval of Greenland and Robins.
///
/// Strata that lack a group say nothing and count nothing. `None` when no stratum has cases in the reference group or
/// none in the exposed group, or for a level outside of 0 to 1. With one stratum this is the risk ratio with
/// [`crate::RiskInterval::KatzLog`].
/// Source: Greenland, S. and Robins, J. M. (1985), Biometrics 41, 55-68.
pub fn risk_ratio(strata: &[FourFold], level: f64) -> Option<Ratio> {
    let z = normal_quantile(level)?;
    let [mut over, mut under, mut spread] = [0.0; 3];
    for [a, b, c, d] in cells(strata) {
        let (n1, n0, n) = (a + b, c + d, a + b + c + d);
        over += a * n0 / n;
        under += c * n1 / n;
        spread += ((a + c) * n1 * n0 - a * c * n) / (n * n);
    }
    if over <= 0.0 || under <= 0.0 {
        return None;
    }
    Some(around(over / under, z * (spread / (over * under)).max(0.0).sqrt()))
}

/// Common odds ratio of Mantel and Haenszel with the interval of Robins, Breslow and Greenland.
///
/// `None` when no stratum has both exposed cases and reference others, or none the opposite. With one stratum this is
/// the odds ratio with [`crate::OddsInterval::Woolf`].
/// Sources: Mantel, N. and Haenszel, W. (1959), Journal of the National Cancer Institute 22, 719-748; Robins, J.,
/// Breslow, N. and Greenland, S. (1986), Biometrics 42, 311-323.
pub fn odds_ratio(strata: &[FourFold], level: f64) -> Option<Ratio> {
    let z = normal_quantile(level)?;
    let [mut over, mut under, mut pr, mut mixed, mut qs] = [0.0; 5];
    for [a, b, c, d] in cells(strata) {
        let n = a + b + c + d;
        let (p, q, r, s) = ((a + d) / n, (b + c) / n, a * d / n, b * c / n);
        over += r;
        under += s;
        pr += p * r;
        mixed += p * s + q * r;
        qs += q * s;
    }
    if over <= 0.0 || under <= 0.0 {
        return None;
    }
    let variance = pr / (2.0 * over * over) + mixed / (2.0 * over * under) + qs / (2.0 * under * under);
    Some(around(over / under, z * variance.sqrt()))
}

fn around(value: f64, spread: f64) -> Ratio {
    Ratio { value: Some(value), lower: value * (-spread).exp(), upper: Some(value * spread.exp()) }
}

/// Cells of the strata in which both groups have persons.
fn cells(strata: &[FourFold]) -> impl Iterator<Item = [f64; 4]> + '_ {
    strata.iter().map(FourFold::cells).filter(|[a, b, c, d]| a + b > 0.0 && c + d > 0.0)
}

/// Test of Cochran, Mantel and Haenszel: no association in any stratum.
///
/// [`Correction::Yates`] takes half a person off the sum, never beyond 0, as R does. `None` when no stratum has both
/// groups, cases and others.
/// Source: Agresti, A. (2013), Categorical Data Analysis, section 6.4.2.
pub fn no_association(strata: &[FourFold], correction: Correction) -> Option<Test> {
    let [mut distance, mut variance] = [0.0; 2];
    for [a, b, c, d] in cells(strata) {
        let (n1, n0, cases, others) = (a + b, c + d, a + c, b + d);
        let n = n1 + n0;
        distance += a - n1 * cases / n;
        if n > 1.0 {
            variance += n1 * n0 * cases * others / (n * n * (n - 1.0));
        }
    }
    if variance <= 0.0 {
        return None;
    }
    let mut distance: f64 = f64::abs(distance);
    if correction == Correction::Yates {
        distance -= distance.min(0.5);
    }
    let statistic = distance * distance / variance;
    Some(Test { statistic, degrees: 1.0, p: upper_tail(statistic, 1.0)? })
}

/// Test of Breslow and Day with Tarone's correction: the same odds ratio in all strata.
///
/// Strata without both groups, cases and others say nothing and take no degree of freedom. `None` with fewer than two
/// others, or when there is no common odds ratio.
/// Sources: Breslow, N. E. and Day, N. E. (1980), Statistical Methods in Cancer Research I, section 4.4; Tarone, R. E.
/// (1985), Biometrika 72, 91-95.
pub fn same_odds_ratio(strata: &[FourFold]) -> Option<Test> {
    let common = odds_ratio(strata, 0.95)?.value?;
    let [mut statistic, mut distances, mut variances, mut used] = [0.0; 4];
    for [a, b, c, d] in cells(strata).filter(|[a, b, c, d]| a + c > 0.0 && b + d > 0.0) {
        let fitted = fitted([a, b, c, d], common);
        let expected = fitted[0];
        let variance = 1.0 / fitted.iter().map(|cell| 1.0 / cell).sum::<f64>();
        statistic += (a - expected) * (a - expected) / variance;
        distances += a - expected;
        variances += variance;
        used += 1.0;
    }
    if used < 2.0 {
        return None;
    }
    let statistic = (statistic - distances * distances / variances).max(0.0);
    let degrees = used - 1.0;
    Some(Test { statistic, degrees, p: upper_tail(statistic, degrees)? })
}
