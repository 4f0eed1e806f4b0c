//! Mean and standard deviation.

/// Divisor of a variance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deviation {
    /// Divide by `n - 1`: the values are a sample. The default of R, SPSS and Excel's `STABW.S`.
    Sample,
    /// Divide by `n`: the values are all there are. Excel's `STABW.N`.
    Population,
}

/// Arithmetic mean; `None` for no values or a value that is not finite.
pub fn mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() || !values.iter().all(|v| v.is_finite()) {
        return None;
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    mean.is_finite().then_some(mean)
}

/// Mean and standard deviation in two passes; `None` for no values (for a sample: fewer than two), values that
/// are not finite, or a spread that overflows.
pub fn mean_and_deviation(values: &[f64], deviation: Deviation) -> Option<(f64, f64)> {
    let mean = mean(values)?;
    let divisor = match deviation {
        Deviation::Sample => values.len().checked_sub(1).filter(|n| *n > 0)?,
        Deviation::Population => values.len(),
    };
    let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    let spread = (squares / divisor as f64).sqrt();
    spread.is_finite().then_some((mean, spread))
}

/// Whether values differ by more than the rounding of their mean.
pub(crate) fn varies(values: &[f64]) -> bool {
    let (low, high) =
        values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
    high - low > 8.0 * f64::EPSILON * low.abs().max(high.abs())
}
