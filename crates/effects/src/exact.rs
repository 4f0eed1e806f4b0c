//! Fisher's exact test and the conditional odds ratio: all tables with the same margins.
//!
//! Given the margins, the number of exposed cases follows Fisher's noncentral hypergeometric distribution with the
//! odds ratio as its parameter. Sources: Fisher, R. A. (1935), Journal of the Royal Statistical Society 98, 39-82;
//! Cornfield, J. (1956), Proceedings of the Third Berkeley Symposium 4, 135-148.

use crate::bisect::last_true;
use crate::fourfold::FourFold;
use statrs::function::gamma::ln_gamma;

/// Direction of the other hypothesis: the odds ratio is …
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alternative {
    /// … not 1; tables at most as likely as the observed one count.
    TwoSided,
    /// … above 1.
    Greater,
    /// … below 1.
    Less,
}

/// Tables with the observed margins.
struct Margins {
    /// Smallest possible number of exposed cases.
    low: f64,
    /// Log-probability under odds ratio 1 by number of exposed cases from `low` up, without constant.
    log: Vec<f64>,
    /// Place of the observed table.
    at: usize,
}

fn log_choose(n: f64, k: f64) -> f64 {
    ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0)
}

impl Margins {
    fn new(table: &FourFold) -> Self {
        let [a, b, c, d] = table.cells();
        let (n1, n0, cases) = (a + b, c + d, a + c);
        let low = (cases - n0).max(0.0);
        let high = cases.min(n1);
        let count = (high - low) as usize;
        // From one table to the next the probability changes by a simple factor; only the first needs logarithms of
        // factorials.
        let mut log = Vec::with_capacity(count + 1);
        let mut here = log_choose(n1, low) + log_choose(n0, cases - low);
        log.push(here);
        for step in 0..count {
            let x = low + step as f64;
            here += ((n1 - x) * (cases - x)).ln() - ((x + 1.0) * (n0 - cases + x + 1.0)).ln();
            log.push(here);
        }
        Self { low, log, at: (a - low) as usize }
    }

    /// Probabilities under a log odds ratio.
    fn probabilities(&self, log_odds: f64) -> Vec<f64> {
        let tilted = self.log.iter().enumerate().map(|(place, log)| log + log_odds * place as f64);
        let tilted: Vec<f64> = tilted.collect();
        let top = tilted.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = tilted.iter().map(|log| (log - top).exp()).collect();
        let sum: f64 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / sum).collect()
    }

    fn last(&self) -> usize {
        self.log.len() - 1
    }
}

/// p-value of Fisher's exact test. 1 where the margins allow one table only.
///
/// The two-sided value adds all tables at most as likely as the observed one (with a relative tolerance of 1e-7), as
/// R and scipy do.
pub fn fisher(table: &FourFold, alternative: Alternative) -> f64 {
    let margins = Margins::new(table);
    let probabilities = margins.probabilities(0.0);
    let p: f64 = match alternative {
        Alternative::Greater => probabilities[margins.at..].iter().sum(),
        Alternative::Less => probabilities[..=margins.at].iter().sum(),
        Alternative::TwoSided => {
            let limit = probabilities[margins.at] * (1.0 + 1e-7);
            probabilities.iter().filter(|p| **p <= limit).sum()
        }
    };
    p.min(1.0)
}

/// Farthest log odds ratio looked at.
const FAR: f64 = 80.0;

/// The odds ratio under which the observed table is most likely given its margins; `None` when it grows without end, or
/// when the margins allow one table only.
pub fn conditional_odds_ratio(table: &FourFold) -> Option<f64> {
    let margins = Margins::new(table);
    if margins.at == margins.last() {
        return None;
    }
    if margins.at == 0 {
        return Some(0.0);
    }
    let [a, ..] = table.cells();
    let mean = |log_odds: f64| {
        let probabilities = margins.probabilities(log_odds);
        margins.low + probabilities.iter().enumerate().map(|(place, p)| place as f64 * p).sum::<f64>()
    };
    Some(last_true(-FAR, FAR, |log| mean(log) < a).exp())
}

/// Ends of the exact interval: where one tail holds half of the error.
pub(crate) fn odds_interval(table: &FourFold, level: f64) -> (f64, Option<f64>) {
    let margins = Margins::new(table);
    let tail = (1.0 - level) / 2.0;
    let above = |log: f64| margins.probabilities(log)[margins.at..].iter().sum::<f64>();
    let below = |log: f64| margins.probabilities(log)[..=margins.at].iter().sum::<f64>();
    let lower = if margins.at == 0 { 0.0 } else { last_true(-FAR, FAR, |log| above(log) < tail).exp() };
    let upper = (margins.at < margins.last()).then(|| last_true(-FAR, FAR, |log| below(log) > tail).exp());
    (lower, upper)
}
