//! From parameters to match weights: the evidence of a pair in bits.

use crate::compare::{Comparer, LEVEL_MISSING};
use crate::em::Parameters;
use crate::model::{Model, Test};
use crate::prepare::Prepared;
use crate::records::MISSING;

/// Levels a comparison can have, missing and else included.
const WIDTH: usize = 16;

/// Match weights, ready for scoring. The weight of a pair is the logarithm to base 2 of the odds that it is a match:
/// prior, plus one weight per comparison, plus what rare values add, less what a household explains.
#[derive(Debug)]
pub(crate) struct Weights {
    /// Log odds of a match against an unlinked pair before anything is compared.
    pub(crate) prior: f64,
    /// Log odds of a household pair against an unlinked pair; `None` without this class.
    pub(crate) household_prior: Option<f64>,
    /// log2 m/u per comparison and level.
    matching: Vec<[f64; WIDTH]>,
    /// log2 h/u per comparison and level.
    household: Vec<[f64; WIDTH]>,
    /// What a value's rarity adds to its agreement, by number of the value.
    rarity: Vec<Option<Vec<f32>>>,
    /// Whether members of one household share the value, so that its rarity speaks for both.
    shared: Vec<bool>,
    /// Largest weight of a level other than 1.
    best_of_rest: Vec<f64>,
    columns: Vec<usize>,
}

/// Level at which rarity counts: equal values.
const LEVEL_EQUAL: u8 = 1;

impl Weights {
    pub(crate) fn new(model: &Model, parameters: &Parameters, prepared: &Prepared) -> Self {
        let unlinked = (1.0 - parameters.matching - parameters.household).max(f64::MIN_POSITIVE);
        let row = |above: &[f64], below: &[f64]| {
            let mut row = [0.0; WIDTH];
            for ((weight, a), b) in row[1..].iter_mut().zip(above).zip(below) {
                *weight = (a.max(f64::MIN_POSITIVE) / b.max(f64::MIN_POSITIVE)).log2();
            }
            row
        };
        let rows = |above: &[Vec<f64>]| -> Vec<[f64; WIDTH]> {
            above.iter().zip(&parameters.u).map(|(above, u)| row(above, u)).collect()
        };
        let matching = rows(&parameters.m);
        let rarity = model.comparison.iter().zip(&parameters.u).map(|(comparison, u)| {
            let exact = comparison.levels.first().is_some_and(|level| level.test == Test::Exact);
            if !comparison.term_frequency || !exact {
                return None;
            }
            let counts = prepared.counts(comparison.column);
            let there: f64 = counts.iter().map(|count| f64::from(*count)).sum();
            let of = |count: &u32| {
                if *count == 0 { 0.0 } else { (u[0] * there / f64::from(*count)).log2() as f32 }
            };
            Some(counts.iter().map(of).collect::<Vec<f32>>())
        });
        let rest = |(row, comparison): (&[f64; WIDTH], &crate::model::Comparison)| {
            // A first level that is not equality can be reached by different values.
            let from = if comparison.levels.first().is_some_and(|l| l.test == Test::Exact) { 2 } else { 1 };
            row[from..comparison.levels.len() + 2].iter().copied().fold(f64::NEG_INFINITY, f64::max)
        };
        Self {
            prior: (parameters.matching / unlinked).log2(),
            household_prior: (parameters.household > 0.0).then(|| (parameters.household / unlinked).log2()),
            best_of_rest: matching.iter().zip(&model.comparison).map(rest).collect(),
            household: rows(&parameters.h),
            rarity: rarity.collect(),
            shared: model.comparison.iter().map(|c| c.household).collect(),
            columns: model.comparison.iter().map(|c| c.column).collect(),
            matching,
        }
    }

    /// What the rarity of a value adds at a level.
    #[inline]
    pub(crate) fn rarity(&self, comparison: usize, level: u8, left: &[u32]) -> f64 {
        if level != LEVEL_EQUAL {
            return 0.0;
        }
        let Some(table) = &self.rarity[comparison] else { return 0.0 };
        let value = left[self.columns[comparison]];
        if value == MISSING { 0.0 } else { f64::from(table[value as usize]) }
    }

    /// log2 m/u of a level.
    pub(crate) fn level(&self, comparison: usize, level: u8) -> f64 {
        self.matching[comparison][usize::from(level)]
    }

    /// Weight of levels: prior, comparisons and rarity in order, then the household.
    #[inline]
    pub(crate) fn total(&self, levels: &[u8], left: &[u32]) -> f64 {
        let mut sum = self.prior;
        let mut household = self.household_prior.unwrap_or(f64::NEG_INFINITY);
        for (comparison, level) in levels.iter().enumerate() {
            let rarity = self.rarity(comparison, *level, left);
            sum += self.matching[comparison][usize::from(*level)] + rarity;
            household += self.household[comparison][usize::from(*level)];
            if self.shared[comparison] {
                household += rarity;
            }
        }
        sum + household_term(household)
    }

    /// Log odds of a household pair against an unlinked pair.
    pub(crate) fn household_odds(&self, levels: &[u8], left: &[u32]) -> Option<f64> {
        let mut sum = self.household_prior?;
        for (comparison, level) in levels.iter().enumerate() {
            sum += self.household[comparison][usize::from(*level)];
            if self.shared[comparison] {
                sum += self.rarity(comparison, *level, left);
            }
        }
        Some(sum)
    }

    /// Weight and levels of a pair, or `None` if the weight is below `floor`; most pairs are rejected by what their
    /// equal and missing values leave possible, before any text is looked at.
    #[inline]
    pub(crate) fn score(
        &self,
        comparer: &Comparer<'_>,
        left: &[u32],
        right: &[u32],
        floor: f64,
        levels: &mut [u8; WIDTH],
    ) -> Option<f64> {
        const PENDING: u8 = u8::MAX;
        let count = comparer.len();
        let mut bound = self.prior;
        for (comparison, found) in levels[..count].iter_mut().enumerate() {
            let level = comparer.quick(comparison, left, right).unwrap_or(PENDING);
            *found = level;
            bound += if level == PENDING {
                self.best_of_rest[comparison]
            } else {
                self.matching[comparison][usize::from(level)] + self.rarity(comparison, level, left)
            };
        }
        for (comparison, found) in levels[..count].iter_mut().enumerate() {
            // The household term is never above 0, and rounding differs by far less than the margin.
            if bound < floor - 1e-6 {
                return None;
            }
            if *found == PENDING {
                let level = comparer.unequal(comparison, left, right);
                *found = level;
                bound += self.matching[comparison][usize::from(level)] - self.best_of_rest[comparison];
            }
        }
        if bound < floor - 1e-6 {
            return None;
        }
        let weight = self.total(&levels[..count], left);
        (weight >= floor).then_some(weight)
    }

    /// Weight of a pair whatever it is.
    pub(crate) fn weight(&self, comparer: &Comparer<'_>, left: &[u32], right: &[u32]) -> f64 {
        let mut levels = [LEVEL_MISSING; WIDTH];
        for (comparison, level) in levels[..comparer.len()].iter_mut().enumerate() {
            *level = comparer.level(comparison, left, right);
        }
        self.total(&levels[..comparer.len()], left)
    }
}

/// What the chance of a common household takes from the odds of a match: −log2(1 + household odds).
pub(crate) fn household_term(odds: f64) -> f64 {
    if odds < -40.0 {
        0.0
    } else if odds > 60.0 {
        -odds
    } else {
        -odds.exp2().ln_1p() / std::f64::consts::LN_2
    }
}

/// Probability of a match from its weight (log2 odds).
pub fn probability(weight: f64) -> f64 {
    1.0 / (1.0 + (-weight).exp2())
}

/// Weight (log2 odds) of a probability.
pub fn weight_of(probability: f64) -> f64 {
    (probability / (1.0 - probability)).log2()
}
