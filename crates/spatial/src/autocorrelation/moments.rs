//! A statistic of the whole map beside its moments under chance.

use kekiz_stats::{Alternative, normal_p};

/// Moran's I or Geary's C with its moments under both assumptions about chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// The statistic.
    pub statistic: f64,
    /// Mean without spatial pattern.
    pub expected: f64,
    /// Variance if the values are a normal sample.
    pub variance_normal: f64,
    /// Variance if the values at hand fell on the areas at random; `None` for fewer than four areas.
    pub variance_randomisation: Option<f64>,
}

impl Moments {
    /// Standard score under normality; `None` where the variance is not positive.
    pub fn z_normal(&self) -> Option<f64> {
        score(self.statistic, self.expected, Some(self.variance_normal))
    }

    /// Standard score under randomisation; `None` where the variance is not positive.
    pub fn z_randomisation(&self) -> Option<f64> {
        score(self.statistic, self.expected, self.variance_randomisation)
    }

    /// Analytic p-value under randomisation.
    pub fn p_randomisation(&self, alternative: Alternative) -> Option<f64> {
        normal_p(self.z_randomisation()?, alternative)
    }

    /// Analytic p-value under normality.
    pub fn p_normal(&self, alternative: Alternative) -> Option<f64> {
        normal_p(self.z_normal()?, alternative)
    }
}

/// Standard score; `None` where the variance is missing or not positive.
pub(crate) fn score(statistic: f64, expected: f64, variance: Option<f64>) -> Option<f64> {
    let spread = variance.filter(|v| *v > 0.0 && v.is_finite())?.sqrt();
    Some((statistic - expected) / spread)
}
