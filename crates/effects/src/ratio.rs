//! Risk ratio and odds ratio of a fourfold table.

use crate::fourfold::FourFold;
use crate::{exact, score};
use kekiz_stats::interval::normal_quantile;

/// A ratio with its interval. `None` stands for "beyond all bounds" (cases in the exposed group, none in the other).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// The ratio, 0 or more.
    pub value: Option<f64>,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: Option<f64>,
}

/// How the interval of a risk ratio is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RiskInterval {
    /// Normal approximation of the logarithm; needs cases in both groups.
    ///
    /// Katz, D. et al. (1978), Biometrics 34, 469-474.
    KatzLog,
    /// Score interval; good in small groups, defined with no cases in one group.
    ///
    /// Koopman, P. A. R. (1984), Biometrics 40, 513-517.
    Koopman,
    /// Koopman's with the variance times N / (N - 1).
    ///
    /// Miettinen, O. and Nurminen, M. (1985), Statistics in Medicine 4, 213-226.
    MiettinenNurminen,
}

/// How the interval of an odds ratio is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OddsInterval {
    /// Normal approximation of the logarithm; needs all four cells.
    ///
    /// Woolf, B. (1955), Annals of Human Genetics 19, 251-253.
    Woolf,
    /// Score interval with the variance times N / (N - 1). Miettinen and Nurminen (1985).
    MiettinenNurminen,
    /// Exact conditional interval (Cornfield 1956; as R's `fisher.test`). The value stays the sample odds ratio; the
    /// conditional estimate is [`exact::conditional_odds_ratio`].
    Conditional,
}

/// Risk ratio: share of cases among the exposed by the share in the reference group.
///
/// `None` when a group has no persons, when there are no cases at all, when `level` is not between 0 and 1, and for
/// [`RiskInterval::KatzLog`] when a group has no cases. Everybody a case in both groups gives 1; Katz's interval then
/// has no width.
pub fn risk_ratio(table: &FourFold, level: f64, how: RiskInterval) -> Option<Ratio> {
    let [a, b, c, d] = table.cells();
    let (n1, n0) = (a + b, c + d);
    let z = normal_quantile(level)?;
    if n1 == 0.0 || n0 == 0.0 || a + c == 0.0 {
        return None;
    }
    let value = (c > 0.0).then(|| (a / n1) / (c / n0));
    let (lower, upper) = match how {
        RiskInterval::KatzLog => {
            let value = value.filter(|value| *value > 0.0)?;
            // Differences of reciprocals cancel; b / (a n) is the same and never below zero.
            let spread = z * (b / (a * n1) + d / (c * n0)).sqrt();
            (value * (-spread).exp(), Some(value * spread.exp()))
        }
        RiskInterval::Koopman => score::risk_interval(table, z * z),
        RiskInterval::MiettinenNurminen => score::risk_interval(table, z * z * score::widening(n1 + n0)),
    };
    Some(Ratio { value, lower, upper })
}

/// Odds ratio: odds of a case among the exposed by the odds in the reference group.
///
/// `None` when a group has no persons, when nobody or everybody is a case, when `level` is not between 0 and 1, and
/// for [`OddsInterval::Woolf`] when a cell is empty.
pub fn odds_ratio(table: &FourFold, level: f64, how: OddsInterval) -> Option<Ratio> {
    let [a, b, c, d] = table.cells();
    let z = normal_quantile(level)?;
    if a + b == 0.0 || c + d == 0.0 || a + c == 0.0 || b + d == 0.0 {
        return None;
    }
    let value = (b > 0.0 && c > 0.0).then(|| (a / b) / (c / d)).filter(|value| value.is_finite());
    let (lower, upper) = match how {
        OddsInterval::Woolf => {
            let value = value.filter(|value| *value > 0.0)?;
            let spread = z * (1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d).sqrt();
            (value * (-spread).exp(), Some(value * spread.exp()))
        }
        OddsInterval::MiettinenNurminen => {
            score::odds_interval(table, z * z * score::widening(a + b + c + d))
        }
        OddsInterval::Conditional => exact::odds_interval(table, level),
    };
    Some(Ratio { value, lower, upper })
}
