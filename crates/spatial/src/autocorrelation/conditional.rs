//! Conditional permutation: an area keeps its value, and its neighbours get a random sample of all others'.

use super::shared::Table;
use super::{AutocorrelationError, DrawTable, Permutations, on_threads};
use crate::weights::Weights;
use kekiz_stats::Extremes;
use kekiz_stats::draw::Generator;
use rayon::prelude::*;

/// What is summed over the neighbours of an area: a term of each neighbour's item, times its weight.
pub(crate) trait Terms: Sync {
    /// What travels when areas are permuted.
    type Item: Copy + Send + Sync;
    /// A term that adds up without rounding, when the area's weights are all the same.
    fn whole(&self, area: usize, item: Self::Item) -> i64;
    /// The term as a number, when weights differ.
    fn number(&self, area: usize, item: Self::Item) -> f64;
    /// Whether the sum is the same function of the items for every area.
    fn same_for_all(&self) -> bool;
}

/// The sum of the neighbours' values.
pub(crate) struct SumOfValues;

impl Terms for SumOfValues {
    type Item = i64;
    fn whole(&self, _area: usize, item: i64) -> i64 {
        item
    }
    fn number(&self, _area: usize, item: i64) -> f64 {
        item as f64
    }
    fn same_for_all(&self) -> bool {
        true
    }
}

/// For each area with neighbours how often a random arrangement gave a sum as extreme as the observed one; `None`
/// for islands. Area `i` draws from the stream of unit `i`.
pub(crate) fn extremes<T: Terms>(
    items: &[T::Item],
    weights: &Weights,
    terms: &T,
    permutations: Permutations,
) -> Result<Vec<Option<Extremes>>, AutocorrelationError> {
    let areas = 0..weights.areas();
    on_threads(permutations.threads, || match permutations.table {
        DrawTable::Independent => {
            let one =
                |pool: &mut Vec<T::Item>, area| of_area(items, pool, weights, terms, permutations, area);
            areas.into_par_iter().with_min_len(8).map_init(|| items.to_vec(), one).collect()
        }
        DrawTable::Shared => {
            let table = Table::new(items.len(), weights.most_neighbours(), permutations);
            table.extremes(items, weights, terms)
        }
    })
}

/// The observed sum and the direction of one area.
pub(crate) enum Observed {
    /// Sum of whole terms; `mirrored` when the common weight is negative.
    Whole { sum: i64, mirrored: bool },
    /// Weighted sum, and how far rounding may move it.
    Number { sum: f64, slack: f64 },
}

pub(crate) fn observed<T: Terms>(items: &[T::Item], weights: &Weights, terms: &T, area: usize) -> Observed {
    match weights.common_value(area) {
        Some(value) => {
            let sum = weights.row(area).map(|(other, _)| terms.whole(area, items[other])).sum();
            Observed::Whole { sum, mirrored: value < 0.0 }
        }
        None => {
            let parts = weights.row(area).map(|(other, weight)| weight * terms.number(area, items[other]));
            let (sum, size) = parts.fold((0.0, 0.0), |(sum, size): (f64, f64), p| (sum + p, size + p.abs()));
            Observed::Number { sum, slack: 1e-13 * size }
        }
    }
}

fn of_area<T: Terms>(
    items: &[T::Item],
    pool: &mut [T::Item],
    weights: &Weights,
    terms: &T,
    permutations: Permutations,
    area: usize,
) -> Option<Extremes> {
    let size = weights.neighbours(area).len();
    if size == 0 {
        return None;
    }
    let mut generator = Generator::new(permutations.seed, area as u64);
    let draws = permutations.draws;
    let equal = weights.common_value(area).is_some();
    let sparse = (draws as usize).saturating_mul(size) < items.len() / 2 && size <= 64;
    let counted = match observed(items, weights, terms, area) {
        Observed::Whole { sum, mirrored } => {
            let term = |item| terms.whole(area, item);
            let counted = if sparse {
                scattered(items, area, size, draws, &mut generator, term, sum)
            } else {
                shuffled(pool, area, size, draws, &mut generator, term, sum)
            };
            if mirrored { counted.mirrored() } else { counted }
        }
        Observed::Number { sum, slack } => {
            let term = |item| terms.number(area, item);
            weighted(pool, area, weights.values(area), draws, &mut generator, term, (sum, slack))
        }
    };
    if !(sparse && equal) {
        pool.copy_from_slice(items);
    }
    Some(counted)
}

/// Samples without repeats by the first steps of a shuffle. Any order of the pool serves as the start of the next
/// sample, so nothing is put back between draws.
#[inline(never)]
fn shuffled<I: Copy>(
    pool: &mut [I],
    own: usize,
    size: usize,
    draws: u32,
    generator: &mut Generator,
    term: impl Fn(I) -> i64 + Copy,
    observed: i64,
) -> Extremes {
    let Some(last) = pool.len().checked_sub(1) else { return Extremes::default() };
    // The area's own item moves out of the way.
    pool.swap(own, last);
    let others = &mut pool[..last];
    match Generator::per_word(last) {
        4 => count_shuffled::<4, I>(others, size, draws, generator, term, observed),
        3 => count_shuffled::<3, I>(others, size, draws, generator, term, observed),
        2 => count_shuffled::<2, I>(others, size, draws, generator, term, observed),
        _ => count_shuffled::<1, I>(others, size, draws, generator, term, observed),
    }
}

#[inline(always)]
fn count_shuffled<const N: usize, I: Copy>(
    others: &mut [I],
    size: usize,
    draws: u32,
    generator: &mut Generator,
    term: impl Fn(I) -> i64,
    observed: i64,
) -> Extremes {
    let (mut at_least, mut at_most) = (0_u64, 0_u64);
    let mut own = generator.clone();
    for _ in 0..draws {
        let mut sum = 0_i64;
        own.front_by::<N, I>(others, size, &mut |item| sum = sum.wrapping_add(term(item)));
        at_least += u64::from(sum >= observed);
        at_most += u64::from(sum <= observed);
    }
    *generator = own;
    Extremes { at_least, at_most, draws: u64::from(draws) }
}

/// Samples without repeats from far more items than are drawn: positions are drawn one by one, and drawn again when
/// met before. Spares the copy of all items that a shuffle spoils.
fn scattered<I: Copy>(
    items: &[I],
    own: usize,
    size: usize,
    draws: u32,
    generator: &mut Generator,
    term: impl Fn(I) -> i64,
    observed: i64,
) -> Extremes {
    let mut counted = Extremes { draws: u64::from(draws), ..Extremes::default() };
    let others = items.len().saturating_sub(1);
    let mut taken = Vec::with_capacity(size);
    for _ in 0..draws {
        taken.clear();
        let mut sum = 0_i64;
        while taken.len() < size.min(others) {
            let at = generator.below(others);
            if !taken.contains(&at) {
                taken.push(at);
                sum = sum.wrapping_add(term(items[if at == own { others } else { at }]));
            }
        }
        counted.at_least += u64::from(sum >= observed);
        counted.at_most += u64::from(sum <= observed);
    }
    counted
}

/// As [`shuffled`], with a weight for each place in the sample.
fn weighted<I: Copy>(
    pool: &mut [I],
    own: usize,
    weights: &[f64],
    draws: u32,
    generator: &mut Generator,
    term: impl Fn(I) -> f64,
    (observed, slack): (f64, f64),
) -> Extremes {
    let mut counted = Extremes { draws: u64::from(draws), ..Extremes::default() };
    let Some(last) = pool.len().checked_sub(1) else { return counted };
    pool.swap(own, last);
    for _ in 0..draws {
        let (mut sum, mut place) = (0.0, 0);
        generator.front(&mut pool[..last], weights.len(), |item| {
            sum += weights[place] * term(item);
            place += 1;
        });
        counted.at_least += u64::from(sum >= observed - slack);
        counted.at_most += u64::from(sum <= observed + slack);
    }
    counted
}
