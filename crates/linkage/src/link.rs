//! The whole way: records in, pairs with weights out.

use crate::blocking::{Between, Blocks, RuleCount};
use crate::compare::Comparer;
use crate::estimate::{Estimate, Packed, estimate, unpack};
use crate::model::{Model, ModelError};
use crate::prepare::{PrepareError, Prepared, prepare};
use crate::records::{MISSING, Records};
use crate::weights::{Weights, probability, weight_of};
use kekiz_base::Diagnostics;
use std::time::Instant;

/// Why records could not be linked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LinkError {
    /// Records and model do not fit.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// The model cannot be used.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The blocking rules give too many pairs.
    #[error(
        "Die Vorauswahl ergibt {pairs} Paare, mehr als most_pairs = {most}; die meisten gibt „{rule}“ ({largest} Paare). Abhilfe: diese Vorauswahl um eine Spalte verengen, oder most_pairs unter [estimation] erhöhen."
    )]
    TooManyPairs {
        /// All pairs.
        pairs: u64,
        /// Allowed pairs.
        most: u64,
        /// Rule with the most.
        rule: String,
        /// Its pairs.
        largest: u64,
    },
    /// Linking needs at least two files.
    #[error(
        "Zum Verknüpfen braucht es mindestens zwei Dateien. Abhilfe: eine zweite angeben, oder mit kekiz link dedupe in einer Datei suchen."
    )]
    OneFile,
}

/// Which pairs are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// Records of one person anywhere, inside a file too.
    Dedupe,
    /// Records of one person in different files.
    Link,
    /// Records of the last file among themselves and in the others, which were linked before.
    Add,
}

impl Search {
    fn between(self) -> Between {
        match self {
            Search::Dedupe => Between::All,
            Search::Link => Between::Files,
            Search::Add => Between::New,
        }
    }
}

/// A pair of records with its weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoredPair {
    /// Number of a record: its place in the order of [`Linked`], not its row.
    pub left: u32,
    /// Number of the other, larger.
    pub right: u32,
    /// Log odds of a match, base 2.
    pub weight: f64,
    /// Levels of the comparisons, four bits each, the first lowest; 0 is missing.
    pub levels: Packed,
}

impl ScoredPair {
    /// Probability of a match.
    pub fn probability(&self) -> f64 {
        probability(self.weight)
    }
}

/// Wall-clock seconds of a step.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Timing {
    /// The step.
    pub step: &'static str,
    /// Seconds.
    pub seconds: f64,
}

/// Records with a model's parameters and the pairs found.
#[derive(Debug)]
pub struct Linked {
    pub(crate) model: Model,
    pub(crate) prepared: Prepared,
    pub(crate) weights: Weights,
    pub(crate) search: Search,
    /// What was estimated.
    pub estimate: Estimate,
    /// Pairs of each rule.
    pub rules: Vec<RuleCount>,
    /// Pairs of each rule that no rule before it gives: these were compared.
    pub compared: Vec<u64>,
    /// Pairs of at least `keep_probability`, in an order that does not depend on the order of rows or threads.
    pub pairs: Vec<ScoredPair>,
    /// Seconds per step.
    pub timings: Vec<Timing>,
    /// What was found in the data.
    pub diagnostics: Diagnostics,
}

/// Counts the pairs of each blocking rule, without comparing any.
///
/// # Errors
/// Records that lack a column of the model.
pub fn count_pairs(model: &Model, records: &Records, search: Search) -> Result<Vec<RuleCount>, LinkError> {
    let prepared = prepare(model, records)?;
    Ok(Blocks::new(model, &prepared, search.between()).counts(model))
}

/// Finds pairs of records that are one person: normalises, blocks, estimates, scores.
///
/// The random pairs and sampled candidates follow from `seed`. Results depend neither on the number of threads (of
/// the rayon pool this runs in) nor, if the records have keys, on the order of rows. Fewer than two records give no
/// pairs. Columns without any value say nothing; missing values say nothing for their pair.
///
/// # Errors
/// Records that lack a column of the model; blocking rules that give more pairs than the model allows; one file
/// where two are needed.
pub fn link(model: &Model, records: Records, search: Search, seed: u64) -> Result<Linked, LinkError> {
    if search != Search::Dedupe && records.files.len() < 2 {
        return Err(LinkError::OneFile);
    }
    let mut timings = Vec::new();
    let mut since = Instant::now();
    let mut lap = |step| {
        timings.push(Timing { step, seconds: since.elapsed().as_secs_f64() });
        since = Instant::now();
    };
    let mut prepared = prepare(model, &records)?;
    drop(records);
    lap("prepare");
    let between = search.between();
    let blocks = Blocks::new(model, &prepared, between);
    let rules = blocks.counts(model);
    refuse_too_many(model, &rules)?;
    lap("block");
    let comparer = Comparer::new(model, &prepared.pool);
    let estimate = estimate(model, &prepared, &blocks, &comparer, between, seed);
    lap("estimate");
    let weights = Weights::new(model, &estimate.parameters, &prepared, estimate.all_pairs);
    let floor = weight_of(model.decision.keep_probability);
    let one_per = model.constraints.one_per.as_deref().and_then(|name| model.column_named(name));
    struct Found {
        pairs: Vec<ScoredPair>,
        compared: Vec<u64>,
    }
    let found = blocks.visit(
        &prepared,
        between,
        |_, _| true,
        || Found { pairs: Vec::new(), compared: vec![0; rules.len()] },
        |found, pair| {
            found.compared[pair.rule] += 1;
            if let Some(column) = one_per
                && pair.left[column] == pair.right[column]
                && pair.left[column] != MISSING
            {
                return;
            }
            let mut levels = [0; 16];
            if let Some(weight) = weights.score(&comparer, pair.left, pair.right, floor, &mut levels) {
                let packed =
                    levels[..comparer.len()].iter().rev().fold(0, |all, l| all << 4 | Packed::from(*l));
                found.pairs.push(ScoredPair { left: pair.a, right: pair.b, weight, levels: packed });
            }
        },
    );
    let mut pairs = Vec::with_capacity(found.iter().map(|f| f.pairs.len()).sum());
    let mut compared = vec![0; rules.len()];
    for task in found {
        pairs.extend(task.pairs);
        compared.iter_mut().zip(task.compared).for_each(|(sum, count)| *sum += count);
    }
    drop(blocks);
    rayon::slice::ParallelSliceMut::par_sort_unstable_by_key(&mut pairs[..], |pair: &ScoredPair| {
        (pair.left, pair.right)
    });
    lap("score");
    let diagnostics = std::mem::take(&mut prepared.diagnostics);
    Ok(Linked {
        model: model.clone(),
        prepared,
        weights,
        search,
        estimate,
        rules,
        compared,
        pairs,
        timings,
        diagnostics,
    })
}

fn refuse_too_many(model: &Model, rules: &[RuleCount]) -> Result<(), LinkError> {
    let pairs = rules.iter().map(|rule| rule.pairs).sum();
    let most = model.estimation.most_pairs;
    let largest = rules.iter().max_by_key(|rule| rule.pairs);
    match largest {
        Some(largest) if pairs > most => {
            Err(LinkError::TooManyPairs { pairs, most, rule: largest.rule.clone(), largest: largest.pairs })
        }
        _ => Ok(()),
    }
}

impl Linked {
    /// Number of records.
    pub fn len(&self) -> usize {
        self.prepared.len()
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Row of the input of a record (counted over all files from 0).
    pub fn row(&self, record: u32) -> usize {
        self.prepared.rows[record as usize] as usize
    }

    /// File of a record, from 0.
    pub fn file(&self, record: u32) -> usize {
        self.prepared.files.partition_point(|start| *start <= record as usize) - 1
    }

    /// Levels of a pair, one per comparison of the model; 0 is missing, 1 the first level.
    pub fn levels(&self, pair: &ScoredPair) -> Vec<u8> {
        unpack(pair.levels, self.model.comparison.len())
    }

    /// The model with the parameters that were estimated, to link further records with the same weights.
    pub fn trained_model(&self) -> Model {
        let mut model = self.model.clone();
        let parameters = &self.estimate.parameters;
        for (at, comparison) in model.comparison.iter_mut().enumerate() {
            let levels = comparison.levels.iter_mut().map(|level| &mut level.probabilities);
            for (level, given) in levels.chain([&mut comparison.otherwise]).enumerate() {
                given.m = Some(parameters.m[at][level]);
                given.u = Some(parameters.u[at][level]);
                given.h = (parameters.household > 0.0).then(|| parameters.h[at][level]);
            }
        }
        model.prior.matching = Some(parameters.matching);
        model.prior.household = (parameters.household > 0.0).then_some(parameters.household);
        model
    }

    /// The model as it was given.
    pub fn model(&self) -> &Model {
        &self.model
    }

    pub(crate) fn comparer(&self) -> Comparer<'_> {
        Comparer::new(&self.model, &self.prepared.pool)
    }

    /// Adds the seconds of a later step, such as clustering.
    pub fn add_timing(&mut self, step: &'static str, seconds: f64) {
        self.timings.push(Timing { step, seconds });
    }
}
