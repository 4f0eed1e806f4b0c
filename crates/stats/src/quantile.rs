//! Sample quantiles.

/// How a quantile between two values is chosen: the nine definitions of Hyndman and Fan.
///
/// Source: Hyndman, R. J. and Fan, Y. (1996), The American Statistician 50, 361-365. Types 7 (R, Excel
/// `QUANTIL.INKL`), 6 (SPSS, Minitab, Excel `QUANTIL.EXKL`) and 2 (SAS, Stata) are the common ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuantileType {
    /// Inverse of the empirical distribution function.
    T1,
    /// Like 1, averaging at discontinuities.
    T2,
    /// Nearest order statistic, ties to even.
    T3,
    /// Linear interpolation of the empirical distribution function.
    T4,
    /// Hydrologists' rule: interpolation at the middle of the steps.
    T5,
    /// Interpolation of the expected distribution function, `(n + 1) p`.
    T6,
    /// Interpolation of the modes, `(n - 1) p + 1`.
    T7,
    /// Approximately median-unbiased.
    T8,
    /// Approximately unbiased for normal samples.
    T9,
}

/// The `p` quantile of values in any order; `None` for no values, a value that is not finite, or `p` outside
/// `[0, 1]`.
pub fn quantile(values: &[f64], p: f64, kind: QuantileType) -> Option<f64> {
    if !values.iter().all(|v| v.is_finite()) {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    quantile_of_sorted(&sorted, p, kind)
}

/// The `p` quantile of finite values already in ascending order; `None` for no values or `p` outside `[0, 1]`.
pub fn quantile_of_sorted(sorted: &[f64], p: f64, kind: QuantileType) -> Option<f64> {
    if sorted.is_empty() || !(0.0..=1.0).contains(&p) {
        return None;
    }
    let n = sorted.len() as f64;
    // Rounding in n·p must not move a quantile that falls on a value (R: fuzz of 4 machine epsilons).
    let fuzz = 4.0 * f64::EPSILON * n.max(1.0);
    let whole_part = |x: f64| (x + fuzz).floor();
    let shift = match kind {
        QuantileType::T1 | QuantileType::T2 | QuantileType::T4 => 0.0,
        QuantileType::T3 => -0.5,
        QuantileType::T5 => 0.5,
        QuantileType::T6 => p,
        QuantileType::T7 => 1.0 - p,
        QuantileType::T8 => (p + 1.0) / 3.0,
        QuantileType::T9 => p / 4.0 + 3.0 / 8.0,
    };
    let position = n * p + shift;
    let whole = whole_part(position);
    let rest = position - whole;
    let on_value = rest.abs() <= fuzz;
    let weight = match kind {
        QuantileType::T1 => f64::from(!on_value),
        QuantileType::T2 => {
            if on_value {
                0.5
            } else {
                1.0
            }
        }
        QuantileType::T3 => f64::from(!(on_value && whole % 2.0 == 0.0)),
        _ if on_value => 0.0,
        _ => rest,
    };
    // Position j is the j-th value counted from 1; outside the sample the ends stand in.
    let at = |j: f64| sorted[(j.clamp(1.0, n) as usize) - 1];
    let (below, above) = (at(whole), at(whole + 1.0));
    Some(if weight == 0.0 || below == above {
        below
    } else {
        (below + weight * (above - below)).clamp(below, above)
    })
}
