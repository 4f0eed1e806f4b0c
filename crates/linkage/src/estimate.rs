//! From records to parameters: random pairs for the unlinked, candidates for the matches.

use crate::blocking::{Between, Blocks};
use crate::compare::Comparer;
use crate::em::{
    AllPairs, Convergence, Fixed, Levels, MOST_OTHER_DATE, MOST_OTHER_GIVEN, MOST_OTHER_SURNAME,
    MOST_RENAMED, MOST_TWINS, Parameters, PatternCount, Tie, Weak, expectation_maximisation,
};
use crate::model::{Kind, Model, Probabilities, Test};
use crate::prepare::Prepared;
use crate::records::hash;
use rand::RngExt;
use rayon::prelude::*;
use std::collections::HashMap;

/// Levels of a pair in one word, four bits each, the first comparison lowest.
pub(crate) type Packed = u64;

/// The levels of a packed pattern.
pub(crate) fn unpack(pattern: Packed, comparisons: usize) -> Vec<u8> {
    (0..comparisons).map(|at| (pattern >> (4 * at) & 15) as u8).collect()
}

/// What was estimated, and how.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Estimate {
    /// Parameters, no probability being 0.
    pub parameters: Parameters,
    /// Rounds and log-likelihood.
    pub convergence: Convergence,
    /// Random pairs that were compared.
    pub random_pairs: u64,
    /// Candidates that were compared to estimate.
    pub candidate_pairs: u64,
    /// Share of the candidates that were looked at.
    pub sampled: f64,
    /// All pairs the data have.
    pub all_pairs: f64,
}

/// Number of pairs that could be compared.
pub(crate) fn all_pairs(prepared: &Prepared, between: Between) -> f64 {
    let pairs = |count: usize| count as f64 * (count as f64 - 1.0) / 2.0;
    let all = pairs(prepared.len());
    let sizes: Vec<usize> = prepared.files.windows(2).map(|file| file[1] - file[0]).collect();
    match between {
        Between::All => all,
        Between::Files => all - sizes.iter().map(|size| pairs(*size)).sum::<f64>(),
        Between::New => all - pairs(prepared.len() - sizes.last().copied().unwrap_or(0)),
    }
}

/// As many matches as there can be at most: between two files each record of the smaller one with two of the other, in
/// one file eight for each record, as if all persons stood there seventeen times.
fn most_matches(prepared: &Prepared, between: Between) -> f64 {
    let sizes: Vec<usize> = prepared.files.windows(2).map(|file| file[1] - file[0]).collect();
    let between_files = || {
        let pairs =
            sizes.iter().enumerate().flat_map(|(at, one)| sizes[..at].iter().map(move |two| one.min(two)));
        2.0 * pairs.sum::<usize>() as f64
    };
    match between {
        Between::Files => between_files(),
        Between::All | Between::New => 8.0 * prepared.len() as f64,
    }
}

/// Levels of random pairs, per comparison, level 0 being missing.
struct RandomLevels {
    counts: Vec<Vec<u64>>,
    pairs: u64,
}

/// Random pairs a unit of work draws.
const UNIT: u64 = 8_192;

fn random_levels(
    prepared: &Prepared,
    comparer: &Comparer<'_>,
    between: Between,
    wanted: u64,
    seed: u64,
) -> RandomLevels {
    let length = prepared.len();
    let empty = || -> Vec<Vec<u64>> {
        (0..comparer.len()).map(|c| vec![0; usize::from(comparer.otherwise(c)) + 1]).collect()
    };
    let file = |record: usize| prepared.files.partition_point(|start| *start <= record);
    let last = prepared.files[prepared.files.len().saturating_sub(2)];
    let allowed = |a: usize, b: usize| match between {
        Between::All => true,
        Between::Files => file(a) != file(b),
        Between::New => a >= last || b >= last,
    };
    let see = |counts: &mut Vec<Vec<u64>>, a: usize, b: usize| {
        let (left, right) = (prepared.record(a), prepared.record(b));
        for (comparison, counts) in counts.iter_mut().enumerate() {
            counts[usize::from(comparer.level(comparison, left, right))] += 1;
        }
    };
    let parts: Vec<(Vec<Vec<u64>>, u64)> = if all_pairs(prepared, between) <= wanted as f64 {
        // So few that all are looked at.
        let one = |a: usize| {
            let (mut counts, mut pairs) = (empty(), 0);
            for b in a + 1..length {
                if allowed(a, b) {
                    see(&mut counts, a, b);
                    pairs += 1;
                }
            }
            (counts, pairs)
        };
        (0..length).into_par_iter().map(one).collect()
    } else {
        let one = |unit: u64| {
            let mut random = kekiz_base::stream::stream(seed, unit);
            let (mut counts, mut pairs) = (empty(), 0);
            for _ in 0..UNIT {
                let (a, b) = (random.random_range(0..length), random.random_range(0..length));
                if a != b && allowed(a, b) {
                    see(&mut counts, a, b);
                    pairs += 1;
                }
            }
            (counts, pairs)
        };
        (0..wanted.div_ceil(UNIT)).into_par_iter().map(one).collect()
    };
    let mut sum = RandomLevels { counts: empty(), pairs: 0 };
    for (counts, pairs) in parts {
        sum.pairs += pairs;
        for (sum, counts) in sum.counts.iter_mut().flatten().zip(counts.into_iter().flatten()) {
            *sum += counts;
        }
    }
    sum
}

/// Share of pairs with equal values among those with both values, from the counts of values: exact where a sample
/// sees a handful of equal pairs.
fn equal_share(prepared: &Prepared, column: usize, between: Between) -> Option<f64> {
    let files = prepared.files.len() - 1;
    let by_file = between == Between::Files && files > 1;
    let mut counts = vec![0_u32; prepared.pool.len()];
    let (mut equal, mut within, mut present, mut present_within) = (0.0, 0.0, 0_u64, 0.0);
    let pairs = |count: f64| count * (count - 1.0) / 2.0;
    for file in prepared.files.windows(2) {
        let mut own = vec![0_u32; if by_file { counts.len() } else { 0 }];
        let mut there = 0_u64;
        for record in file[0]..file[1] {
            let value = prepared.cells[record * prepared.width + column] as usize;
            if let Some(count) = counts.get_mut(value) {
                *count += 1;
                there += 1;
                if by_file {
                    own[value] += 1;
                }
            }
        }
        present += there;
        if by_file {
            within += own.iter().map(|count| pairs(f64::from(*count))).sum::<f64>();
            present_within += pairs(there as f64);
        }
    }
    equal += counts.iter().map(|count| pairs(f64::from(*count))).sum::<f64>() - within;
    let all = pairs(present as f64) - present_within;
    (all > 0.0).then(|| (equal / all).max(0.0))
}

/// Levels of candidates by pattern. Records are sampled, not pairs, so that sampling costs no more than it looks at.
fn candidates(
    model: &Model,
    prepared: &Prepared,
    blocks: &Blocks,
    comparer: &Comparer<'_>,
    between: Between,
    seed: u64,
) -> (Vec<PatternCount>, u64, f64) {
    let total: u64 = blocks.counts(model).iter().map(|rule| rule.pairs).sum();
    let share = (model.estimation.candidate_pairs as f64 / (total as f64).max(1.0)).min(1.0);
    let bound = (share * u64::MAX as f64) as u64;
    let take = |rule: usize, record: u32| {
        share >= 1.0 || hash::join(hash::join(seed, rule as u64), u64::from(record)) <= bound
    };
    type Counts = HashMap<Packed, u64, foldhash::fast::FixedState>;
    let found = blocks.visit(prepared, between, take, Counts::default, |counts, pair| {
        let mut pattern = 0;
        for comparison in 0..comparer.len() {
            pattern |= Packed::from(comparer.level(comparison, pair.left, pair.right)) << (4 * comparison);
        }
        *counts.entry(pattern).or_default() += 1;
    });
    let mut sum = Counts::default();
    for (pattern, count) in found.into_iter().flatten() {
        *sum.entry(pattern).or_default() += count;
    }
    let mut list: Vec<(Packed, u64)> = sum.into_iter().collect();
    list.sort_unstable();
    let looked: u64 = list.iter().map(|(_, count)| count).sum();
    let scale = 1.0 / share.max(f64::MIN_POSITIVE);
    let counts = list.into_iter().map(|(pattern, count)| PatternCount {
        levels: unpack(pattern, comparer.len()),
        count: count as f64 * scale,
    });
    (counts.collect(), looked, share)
}

/// Where estimation starts: most matches agree, few disagree wholly.
fn start(model: &Model, all: &AllPairs, records: usize) -> Parameters {
    let falling = |levels: usize| -> Levels {
        // Four fifths on the first level, a fiftieth on the last, the rest spread evenly.
        let between = 0.18 / levels.saturating_sub(2).max(1) as f64;
        let share = |level: usize| match level {
            0 => 0.8,
            last if last + 1 == levels => {
                if levels == 2 {
                    0.2
                } else {
                    0.02
                }
            }
            _ => between,
        };
        (0..levels).map(share).collect()
    };
    let m: Vec<Levels> = model.comparison.iter().map(|c| falling(c.levels.len() + 1)).collect();
    let u = all.levels.clone();
    let shared = model.comparison.iter().zip(&m).zip(&u);
    let h = shared.map(|((c, m), u)| if c.household { m.clone() } else { u.clone() }).collect();
    let per_record = records as f64 / all.count.max(1.0);
    Parameters {
        matching: (0.5 * per_record).min(0.1),
        household: if model.knows_households() { (0.5 * per_record).min(0.05) } else { 0.0 },
        m,
        u,
        h,
    }
}

/// Replaces levels by what the model gives; true if it gives all of them.
fn given(
    levels: &mut Levels,
    model: &crate::model::Comparison,
    of: fn(&Probabilities) -> Option<f64>,
) -> bool {
    let values: Vec<Option<f64>> =
        model.levels.iter().map(|level| of(&level.probabilities)).chain([of(&model.otherwise)]).collect();
    let all = values.iter().all(Option::is_some);
    for (level, value) in levels.iter_mut().zip(values) {
        if let Some(value) = value {
            *level = value;
        }
    }
    let sum: f64 = levels.iter().sum();
    if sum > 0.0 {
        levels.iter_mut().for_each(|level| *level /= sum);
    }
    all
}

/// No probability stays at 0: what was not seen in `pairs` pairs is taken as half a pair.
fn floored(levels: &[f64], pairs: f64) -> Levels {
    let floor = (0.5 / pairs.max(1.0)).clamp(1e-12, 0.05);
    let raised: Vec<f64> = levels.iter().map(|level| level.max(floor)).collect();
    let sum: f64 = raised.iter().sum();
    raised.into_iter().map(|level| level / sum).collect()
}

/// Pairs by which a household's levels are drawn to what is expected without data.
const HOUSEHOLD_BELIEF: f64 = 50.0;

/// Estimates the parameters of a model.
pub(crate) fn estimate(
    model: &Model,
    prepared: &Prepared,
    blocks: &Blocks,
    comparer: &Comparer<'_>,
    between: Between,
    seed: u64,
) -> Estimate {
    let count = all_pairs(prepared, between);
    let random = random_levels(prepared, comparer, between, model.estimation.random_pairs, seed);
    let mut all = AllPairs { count, levels: Vec::new(), present: Vec::new() };
    for (comparison, counts) in model.comparison.iter().zip(&random.counts) {
        let there: u64 = counts[1..].iter().sum();
        let floor = 0.5 / (there as f64).max(1.0);
        let mut levels: Levels =
            counts[1..].iter().map(|count| *count as f64 / (there as f64).max(1.0)).collect();
        let exact = comparison.levels.first().is_some_and(|level| level.test == Test::Exact);
        if let Some(equal) = equal_share(prepared, comparison.column, between).filter(|_| exact) {
            let rest: f64 = levels[1..].iter().sum();
            levels[0] = equal;
            let scale = if rest > 0.0 { (1.0 - equal) / rest } else { 1.0 };
            levels[1..].iter_mut().for_each(|level| *level *= scale);
        }
        if levels.iter().all(|level| *level == 0.0) {
            levels.iter_mut().for_each(|level| *level = floor);
        }
        all.levels.push(levels);
        all.present.push(there as f64 / (random.pairs as f64).max(1.0));
    }
    let (patterns, looked, sampled) = candidates(model, prepared, blocks, comparer, between, seed);
    let mut first = start(model, &all, prepared.len());
    let mut fixed = Fixed::default();
    for (at, comparison) in model.comparison.iter().enumerate() {
        let exact = comparison.levels.first().is_some_and(|level| level.test == Test::Exact);
        fixed.ties.push(match model.column[comparison.column].kind {
            _ if comparison.household => Tie::Free,
            Kind::Date if exact => {
                first.h[at] = first.u[at].iter().map(|u| (1.0 - MOST_TWINS / 2.0) * u).collect();
                first.h[at][0] += MOST_TWINS / 2.0;
                Tie::Twins
            }
            _ => Tie::AsUnlinked,
        });
        let most = match model.column[comparison.column].kind {
            Kind::FirstName if model.knows_households() => MOST_RENAMED,
            Kind::FirstName => MOST_OTHER_GIVEN,
            Kind::Surname => MOST_OTHER_SURNAME,
            Kind::Date => MOST_OTHER_DATE,
            Kind::Street | Kind::Text | Kind::Code | Kind::Category => 1.0,
        };
        let same_year = comparison.levels.last().is_some_and(|level| level.test == Test::SameYear);
        fixed.most_else.push(Weak { levels: 1 + usize::from(same_year), most });
        fixed.m.push(given(&mut first.m[at], comparison, |p| p.m));
        fixed.u.push(given(&mut first.u[at], comparison, |p| p.u));
        fixed.h.push(given(&mut first.h[at], comparison, |p| p.h));
    }
    fixed.most_matching = Some((most_matches(prepared, between) / count.max(1.0)).min(0.999));
    if let Some(share) = model.prior.matching {
        (first.matching, fixed.matching) = (share, true);
    }
    match model.prior.household {
        Some(share) if model.knows_households() => (first.household, fixed.household) = (share, true),
        _ => {}
    }
    let (mut parameters, convergence) =
        expectation_maximisation(&patterns, &all, &first, &fixed, model.estimation.rounds);
    finish(model, &mut parameters, &fixed, count, random.pairs);
    Estimate {
        parameters,
        convergence,
        random_pairs: random.pairs,
        candidate_pairs: looked,
        sampled,
        all_pairs: count,
    }
}

/// Keeps every probability above 0.
fn finish(model: &Model, parameters: &mut Parameters, fixed: &Fixed, count: f64, random_pairs: u64) {
    parameters.matching = parameters.matching.clamp(0.5 / count.max(1.0), 0.999);
    let matches = parameters.matching * count;
    let households = parameters.household * count;
    for at in 0..model.comparison.len() {
        if !fixed.m[at] {
            parameters.m[at] = floored(&parameters.m[at], matches);
        }
        if !fixed.u[at] {
            parameters.u[at] = floored(&parameters.u[at], (random_pairs as f64).max(1.0) * 2.0);
        }
        if !fixed.h[at] {
            // Few household pairs say little: what is expected without data counts as so many of them.
            let believed = match fixed.ties[at] {
                Tie::Free => parameters.m[at]
                    .iter()
                    .zip(&parameters.h[at])
                    .map(|(m, h)| (h * households + m * HOUSEHOLD_BELIEF) / (households + HOUSEHOLD_BELIEF))
                    .collect(),
                Tie::AsUnlinked | Tie::Twins => parameters.h[at].clone(),
            };
            parameters.h[at] = floored(&believed, households + HOUSEHOLD_BELIEF);
        }
    }
}
