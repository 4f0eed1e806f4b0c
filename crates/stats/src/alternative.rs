//! What a test asks for, and the p-values of normal and of permutation tests.

use crate::interval::two_sided;
use statrs::function::erf::erfc;
use std::f64::consts::SQRT_2;

/// The hypothesis set against chance. There is no default: whoever tests has to say what would surprise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alternative {
    /// The statistic is larger or smaller than chance explains.
    TwoSided,
    /// The statistic is larger than chance explains.
    Greater,
    /// The statistic is smaller than chance explains.
    Less,
}

/// p-value of a standard normal statistic; `None` for a `z` that is no number.
pub fn normal_p(z: f64, alternative: Alternative) -> Option<f64> {
    if z.is_nan() {
        return None;
    }
    Some(match alternative {
        Alternative::TwoSided => two_sided(z),
        Alternative::Greater => erfc(z / SQRT_2) / 2.0,
        Alternative::Less => erfc(-z / SQRT_2) / 2.0,
    })
}

/// How often statistics drawn by chance were as large, or as small, as the observed one.
///
/// Draws equal to the observed statistic count on both sides, so ties make a test more careful, never less.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extremes {
    /// Draws at least as large as observed.
    pub at_least: u64,
    /// Draws at most as large as observed.
    pub at_most: u64,
    /// All draws.
    pub draws: u64,
}

impl Extremes {
    /// Counts one draw.
    pub fn count(&mut self, drawn: f64, observed: f64) {
        self.at_least += u64::from(drawn >= observed);
        self.at_most += u64::from(drawn <= observed);
        self.draws += 1;
    }

    /// The permutation p-value `(extreme + 1) / (draws + 1)`: the observed arrangement is one of those possible, so
    /// p is never 0. Two-sided is twice the smaller tail, at most 1. Without draws p is 1.
    ///
    /// Source: Phipson, B. and Smyth, G. K. (2010), Statistical Applications in Genetics and Molecular Biology 9,
    /// article 39; PySAL esda calls this two-sided p "two-sided" and half of it "directed".
    pub fn p(self, alternative: Alternative) -> f64 {
        let share = |extreme: u64| (extreme + 1) as f64 / (self.draws + 1) as f64;
        match alternative {
            Alternative::Greater => share(self.at_least),
            Alternative::Less => share(self.at_most),
            Alternative::TwoSided => (2.0 * share(self.at_least.min(self.at_most))).min(1.0),
        }
    }

    /// The same counts seen from the other side, for a statistic that was multiplied by a negative number.
    pub fn mirrored(self) -> Self {
        Self { at_least: self.at_most, at_most: self.at_least, draws: self.draws }
    }
}
