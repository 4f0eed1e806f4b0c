//! From parameters to match weights: the evidence of a pair in bits.

use crate::compare::{Comparer, LEVEL_MISSING};
use crate::em::Parameters;
use crate::model::{Model, Test};
use crate::prepare::Prepared;
use crate::records::{MISSING, hash};
use rayon::prelude::*;
use std::collections::HashMap;

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
    /// What the size of a home adds to the odds of a household pair.
    homes: Option<Homes>,
    /// Whether members of one household share the value, so that its rarity speaks for both.
    shared: Vec<bool>,
    /// Largest weight of a level other than 1.
    best_of_rest: Vec<f64>,
    columns: Vec<usize>,
}

/// Level at which rarity counts: equal values.
const LEVEL_EQUAL: u8 = 1;

/// Records other persons have of a value (or home) that `count` records have, seen from one of them: without itself
/// and without the `partners` it has on average.
fn others(count: u32, partners: f64) -> f64 {
    (f64::from(count) - 1.0 - partners).max(0.0)
}

/// Mean of [`others`] over records that have a value, from the counts of values.
fn mean_others(counts: &[u32], partners: f64) -> f64 {
    let all: f64 = counts.iter().map(|count| f64::from(*count)).sum();
    let sum: f64 = counts.iter().map(|count| f64::from(*count) * others(*count, partners)).sum();
    if all > 0.0 { sum / all } else { 0.0 }
}

/// Bits by which `expected` others are more than the others there `are`.
///
/// How often others share a value is taken as Poisson with a gamma prior of mean `expected` and shape 1, so that a
/// value seen once in a small file is as rare as the column says and not rarer than the file can show; with many
/// records it is the usual ratio of frequencies. Over all records the frequencies make the column's own, because
/// partners are not counted among the others.
///
/// Source: Winkler (2000), Frequency-based matching in Fellegi–Sunter model, US Census RR2000/06, on frequencies; the
/// prior is ours.
fn more_than(expected: f64, are: f64) -> f64 {
    ((expected + 1.0) / (are + 1.0)).log2()
}

/// Homes with many records: where many of one name live at one address, that two records agree in both says less.
#[derive(Debug)]
struct Homes {
    /// Columns a household shares.
    columns: Vec<usize>,
    /// Bits of homes with more than two records; two records that share another home are all there are.
    larger: HashMap<u64, f32, foldhash::fast::FixedState>,
    /// Bits of a home of two records.
    pair: f64,
}

impl Homes {
    /// `partners` are the records of its own person a record has on average.
    fn new(model: &Model, prepared: &Prepared, partners: f64) -> Self {
        let columns: Vec<usize> =
            model.comparison.iter().filter(|comparison| comparison.household).map(|c| c.column).collect();
        let mut keys: Vec<u64> = (0..prepared.len())
            .into_par_iter()
            .filter_map(|record| home(prepared.record(record), &columns))
            .collect();
        keys.par_sort_unstable();
        let counts: Vec<u32> = keys.chunk_by(|a, b| a == b).map(|home| home.len() as u32).collect();
        let partners = partners.min(mean_others(&counts, 0.0));
        let members = mean_others(&counts, partners);
        let bits = |count: u32| -more_than(members, others(count, partners));
        let homes = keys.chunk_by(|a, b| a == b).filter(|home| home.len() > 2);
        let larger = homes.map(|home| (home[0], bits(home.len() as u32) as f32)).collect();
        Self { columns, larger, pair: bits(2) }
    }

    fn bits(&self, record: &[u32]) -> f64 {
        let key = home(record, &self.columns);
        key.map_or(0.0, |key| self.larger.get(&key).map_or(self.pair, |bits| f64::from(*bits)))
    }
}

/// The home of a record; `None` if one of its values is missing.
fn home(record: &[u32], columns: &[usize]) -> Option<u64> {
    columns.iter().try_fold(0, |key, column| {
        let value = record[*column];
        (value != MISSING).then(|| hash::join(key, u64::from(value)))
    })
}

impl Weights {
    /// Weights of a model's parameters; `all_pairs` is the number of pairs the parameters are shares of.
    pub(crate) fn new(model: &Model, parameters: &Parameters, prepared: &Prepared, all_pairs: f64) -> Self {
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
        // Records of a person besides the one that is looked at, on average.
        let partners = parameters.matching * 2.0 * all_pairs / (prepared.len() as f64).max(1.0);
        let rarity = model.comparison.iter().zip(parameters.u.iter().zip(&parameters.m)).map(
            |(comparison, (u, m))| {
                let exact = comparison.levels.first().is_some_and(|level| level.test == Test::Exact);
                if !comparison.term_frequency || !exact {
                    return None;
                }
                let counts = prepared.counts(comparison.column);
                let there: f64 = counts.iter().map(|count| f64::from(*count)).sum();
                // Not more than equal values leave room for: a prior may have been learned from another file.
                let same = mean_others(&counts, 0.0);
                let own = (partners * m[0]).min((same - u[0] * there).max(0.0));
                let of = |count: &u32| more_than(u[0] * there, others(*count, own)) as f32;
                Some(counts.iter().map(of).collect::<Vec<f32>>())
            },
        );
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
            homes: (parameters.household > 0.0).then(|| Homes::new(model, prepared, partners)),
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
        sum + household_term(household + self.home(levels, left))
    }

    /// What the size of the home two records share adds to the odds of a household pair; 0 if they share none.
    #[inline]
    fn home(&self, levels: &[u8], left: &[u32]) -> f64 {
        let Some(homes) = &self.homes else { return 0.0 };
        let same = self.shared.iter().zip(levels).all(|(shared, level)| !shared || *level == LEVEL_EQUAL);
        if same { homes.bits(left) } else { 0.0 }
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
        Some(sum + self.home(levels, left))
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Weighted by how often they occur, the frequencies of values make the column's own.
        #[test]
        fn rarities_average_to_the_column(counts in proptest::collection::vec(3_u32..40, 1..50), partners in 0.0..2.0_f64) {
            let all: f64 = counts.iter().map(|count| f64::from(*count)).sum();
            let expected = mean_others(&counts, partners);
            let theta = |count: u32| (expected + 1.0) * (-more_than(expected, others(count, partners))).exp2();
            let mean: f64 = counts.iter().map(|count| f64::from(*count) * theta(*count)).sum::<f64>() / all;
            prop_assert!((mean - (expected + 1.0)).abs() < 1e-9 * mean, "{mean} {expected}");
        }

        /// The more records share a value, the less their agreement says.
        #[test]
        fn frequent_values_say_less(count in 0_u32..1_000, partners in 0.0..5.0_f64, expected in 0.0..500.0_f64) {
            let bits = |count| more_than(expected, others(count, partners));
            prop_assert!(bits(count) >= bits(count + 1));
            prop_assert!(bits(count).is_finite());
        }
    }
}
