//! What a reviewer wants to see, as data: weights, m and u, histogram, expected precision and recall.

use crate::link::Linked;
use crate::model::Test;
use crate::waterfall::level_name;
use crate::weights::{probability, weight_of};

/// A level with its probabilities and weight.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct LevelWeight {
    /// Column that is compared.
    pub column: String,
    /// Level as the model names it.
    pub level: String,
    /// Share among matches.
    pub m: f64,
    /// Share among unlinked pairs.
    pub u: f64,
    /// Share among different persons of one household; `None` without this class.
    pub h: Option<f64>,
    /// log2 m/u.
    pub bits: f64,
}

/// Pairs with a weight in `[from, from + width)`.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Bar {
    /// Lower end in bits.
    pub from: f64,
    /// Width in bits.
    pub width: f64,
    /// Number of pairs.
    pub pairs: u64,
}

/// What to expect of a threshold, from the probabilities of the pairs themselves.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct ThresholdRow {
    /// Smallest probability that is linked.
    pub match_probability: f64,
    /// The same as a weight.
    pub match_weight: f64,
    /// Pairs that are linked.
    pub pairs: u64,
    /// Expected share of the linked pairs that are true; `None` without pairs.
    pub expected_precision: Option<f64>,
    /// Expected share of the true pairs among those kept that are linked; `None` without pairs.
    pub expected_recall: Option<f64>,
}

/// Data for charts.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Charts {
    /// Levels of all comparisons.
    pub weights: Vec<LevelWeight>,
    /// Histogram of the weights of kept pairs, one bar per bit, no gap.
    pub histogram: Vec<Bar>,
    /// Expected precision and recall by threshold.
    pub thresholds: Vec<ThresholdRow>,
    /// Threshold with the best expected F1; `None` without pairs.
    pub best_expected: Option<f64>,
}

/// Probabilities at which thresholds are reported.
const THRESHOLDS: [f64; 14] = [0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999];

impl Linked {
    /// Data for charts. Expected precision and recall trust the model: they are as good as its probabilities, and
    /// leave out true pairs that no blocking rule gives.
    pub fn charts(&self) -> Charts {
        let mut weights: Vec<f64> = self.pairs.iter().map(|pair| pair.weight).collect();
        weights.sort_unstable_by(f64::total_cmp);
        // Sums from the heaviest pair down: expected true pairs among the k heaviest.
        let mut expected = Vec::with_capacity(weights.len() + 1);
        let mut sum = 0.0;
        expected.push(sum);
        for weight in weights.iter().rev() {
            sum += probability(*weight);
            expected.push(sum);
        }
        let row = |match_probability: f64| {
            let match_weight = weight_of(match_probability);
            let pairs = weights.len() - weights.partition_point(|weight| *weight < match_weight);
            ThresholdRow {
                match_probability,
                match_weight,
                pairs: pairs as u64,
                expected_precision: (pairs > 0).then(|| expected[pairs] / pairs as f64),
                expected_recall: (sum > 0.0).then(|| expected[pairs] / sum),
            }
        };
        let keep = self.model.decision.keep_probability;
        let thresholds: Vec<ThresholdRow> = THRESHOLDS
            .iter()
            .filter(|threshold| **threshold >= keep)
            .map(|threshold| row(*threshold))
            .collect();
        let f1 = |row: &ThresholdRow| {
            let (precision, recall) = (row.expected_precision?, row.expected_recall?);
            (precision + recall > 0.0).then(|| 2.0 * precision * recall / (precision + recall))
        };
        let best = thresholds
            .iter()
            .filter_map(|row| Some((f1(row)?, row.match_probability)))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        Charts {
            weights: self.level_weights(),
            histogram: histogram(&weights),
            best_expected: best.map(|(_, probability)| probability),
            thresholds,
        }
    }

    fn level_weights(&self) -> Vec<LevelWeight> {
        let parameters = &self.estimate.parameters;
        let mut list = Vec::new();
        for (at, comparison) in self.model.comparison.iter().enumerate() {
            let tests: Vec<Test> = comparison.levels.iter().map(|level| level.test).collect();
            for level in 0..=tests.len() {
                let number = level as u8 + 1;
                list.push(LevelWeight {
                    column: self.model.column[comparison.column].name.clone(),
                    level: level_name(&tests, number),
                    m: parameters.m[at][level],
                    u: parameters.u[at][level],
                    h: (parameters.household > 0.0).then(|| parameters.h[at][level]),
                    bits: self.weights.level(at, number),
                });
            }
        }
        list
    }
}

/// One bar per bit over sorted weights.
fn histogram(weights: &[f64]) -> Vec<Bar> {
    let (Some(first), Some(last)) = (weights.first(), weights.last()) else { return Vec::new() };
    let (low, high) = (first.floor() as i64, last.floor() as i64);
    let mut bars: Vec<Bar> =
        (low..=high).map(|from| Bar { from: from as f64, width: 1.0, pairs: 0 }).collect();
    for weight in weights {
        bars[(weight.floor() as i64 - low) as usize].pairs += 1;
    }
    bars
}
