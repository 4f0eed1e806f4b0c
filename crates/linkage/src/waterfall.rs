//! Why a pair has its weight.

use crate::link::{Linked, ScoredPair};
use crate::model::Test;
use crate::weights::{household_term, probability};

/// One contribution to a weight, in bits.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Step {
    /// What contributes: a column, or "prior", "rarity of" a column, "household".
    pub what: String,
    /// Level that was reached, as the model names it; "missing" and "else" besides.
    pub level: String,
    /// Bits that are added.
    pub bits: f64,
}

/// The weight of a pair, step by step; the steps add up to it.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Waterfall {
    /// Prior, comparisons with their rarity, household.
    pub steps: Vec<Step>,
    /// Sum of the steps.
    pub weight: f64,
    /// Probability of a match.
    pub probability: f64,
}

/// How a level is called.
pub(crate) fn level_name(tests: &[Test], level: u8) -> String {
    let Some(at) = level.checked_sub(1) else { return "missing".into() };
    match tests.get(usize::from(at)) {
        None => "else".into(),
        Some(Test::JaroWinkler { at_least }) => format!("jaro_winkler ≥ {at_least}"),
        Some(Test::DamerauLevenshtein { at_most }) => format!("damerau_levenshtein ≤ {at_most}"),
        Some(Test::Days { at_most }) => format!("days ≤ {at_most}"),
        Some(test) => crate::model::test_name(*test).into(),
    }
}

impl Linked {
    /// Explains the weight of a pair. Levels are named as in the model; values are not part of the explanation.
    pub fn waterfall(&self, pair: &ScoredPair) -> Waterfall {
        let levels = self.levels(pair);
        let left = self.prepared.record(pair.left as usize);
        let mut steps = vec![Step { what: "prior".into(), level: String::new(), bits: self.weights.prior }];
        for (at, (comparison, level)) in self.model.comparison.iter().zip(&levels).enumerate() {
            let name = &self.model.column[comparison.column].name;
            let tests: Vec<Test> = comparison.levels.iter().map(|level| level.test).collect();
            steps.push(Step {
                what: name.clone(),
                level: level_name(&tests, *level),
                bits: self.weights.level(at, *level),
            });
            let rarity = self.weights.rarity(at, *level, left);
            if rarity != 0.0 {
                steps.push(Step { what: format!("rarity of {name}"), level: String::new(), bits: rarity });
            }
        }
        if let Some(odds) = self.weights.household_odds(&levels, left) {
            steps.push(Step { what: "household".into(), level: String::new(), bits: household_term(odds) });
        }
        let weight = steps.iter().map(|step| step.bits).sum();
        Waterfall { steps, weight, probability: probability(weight) }
    }
}
