//! One table of random arrangements for all areas.
//!
//! A row holds the first places of a random order of all areas. Area `i` takes the first of them that are not
//! itself: given its own value, that is a random sample of the others. Most rows do not hold `i` at all, so for
//! equal weights the sums of a row are the same for all areas of equal size; they are sorted once, each area looks
//! its own up, and only the few rows that hold it are put right.

use super::Permutations;
use super::conditional::{Observed, Terms, observed};
use crate::weights::Weights;
use kekiz_stats::Extremes;
use kekiz_stats::draw::Generator;
use rayon::prelude::*;
use std::collections::BTreeMap;

pub(crate) struct Table {
    /// Positions, row by row.
    places: Vec<u32>,
    width: usize,
    draws: usize,
    /// For each area the (row, place in the row) where it stands, as starts and entries.
    starts: Vec<usize>,
    entries: Vec<(u32, u32)>,
}

impl Table {
    /// A table wide enough for `widest` neighbours. Row `d` uses the stream of unit `d`.
    pub(crate) fn new(areas: usize, widest: usize, permutations: Permutations) -> Self {
        let (width, draws) = ((widest + 1).min(areas), permutations.draws as usize);
        let mut places = Vec::with_capacity(draws * width);
        let mut order: Vec<u32> = (0..areas as u32).collect();
        for draw in 0..draws {
            let mut generator = Generator::new(permutations.seed, draw as u64);
            generator.front(&mut order, width, |place| places.push(place));
        }
        let mut starts = vec![0; areas + 1];
        for place in &places {
            starts[*place as usize + 1] += 1;
        }
        for area in 0..areas {
            starts[area + 1] += starts[area];
        }
        let mut next = starts.clone();
        let mut entries = vec![(0, 0); places.len()];
        for (at, place) in places.iter().enumerate() {
            let slot = &mut next[*place as usize];
            entries[*slot] = ((at / width) as u32, (at % width) as u32);
            *slot += 1;
        }
        Self { places, width, draws, starts, entries }
    }

    fn row(&self, draw: usize) -> &[u32] {
        &self.places[draw * self.width..(draw + 1) * self.width]
    }

    pub(crate) fn extremes<T: Terms>(
        &self,
        items: &[T::Item],
        weights: &Weights,
        terms: &T,
    ) -> Vec<Option<Extremes>> {
        let mut sums: BTreeMap<usize, Sums> = BTreeMap::new();
        if terms.same_for_all() {
            for area in 0..weights.areas() {
                if weights.common_value(area).is_some() {
                    let size = weights.neighbours(area).len();
                    sums.entry(size).or_insert_with(|| self.sums(items, terms, size));
                }
            }
        }
        let one = |area: usize| {
            let size = weights.neighbours(area).len();
            if size == 0 {
                return None;
            }
            Some(match observed(items, weights, terms, area) {
                Observed::Whole { sum, mirrored } => {
                    let counted = match sums.get(&size) {
                        Some(sums) => self.looked_up(items, terms, area, size, sum, sums),
                        None => self.walked(area, size, |part| {
                            let drawn: i64 = part.map(|(_, at)| terms.whole(area, items[at])).sum();
                            (drawn >= sum, drawn <= sum)
                        }),
                    };
                    if mirrored { counted.mirrored() } else { counted }
                }
                Observed::Number { sum, slack } => {
                    let values = weights.values(area);
                    self.walked(area, size, |part| {
                        let drawn: f64 = part.map(|(i, at)| values[i] * terms.number(area, items[at])).sum();
                        (drawn >= sum - slack, drawn <= sum + slack)
                    })
                }
            })
        };
        (0..weights.areas()).into_par_iter().map(one).collect()
    }

    fn sums<T: Terms>(&self, items: &[T::Item], terms: &T, size: usize) -> Sums {
        let sum = |draw| -> i64 {
            let row = &self.row(draw)[..size.min(self.width)];
            row.iter().map(|place| terms.whole(0, items[*place as usize])).sum()
        };
        let by_row: Vec<i64> = (0..self.draws).map(sum).collect();
        let mut sorted = by_row.clone();
        sorted.sort_unstable();
        Sums { by_row, sorted }
    }

    fn looked_up<T: Terms>(
        &self,
        items: &[T::Item],
        terms: &T,
        area: usize,
        size: usize,
        observed: i64,
        sums: &Sums,
    ) -> Extremes {
        let below = sums.sorted.partition_point(|sum| *sum < observed);
        let up_to = sums.sorted.partition_point(|sum| *sum <= observed);
        let (mut at_least, mut at_most) = (self.draws - below, up_to);
        for (draw, place) in &self.entries[self.starts[area]..self.starts[area + 1]] {
            if *place as usize >= size {
                continue;
            }
            let found = sums.by_row[*draw as usize];
            let stand_in = self.row(*draw as usize)[size] as usize;
            let right = found - terms.whole(area, items[area]) + terms.whole(area, items[stand_in]);
            at_least = at_least - usize::from(found >= observed) + usize::from(right >= observed);
            at_most = at_most - usize::from(found <= observed) + usize::from(right <= observed);
        }
        Extremes { at_least: at_least as u64, at_most: at_most as u64, draws: self.draws as u64 }
    }

    /// Goes through all rows, without the area itself.
    fn walked(
        &self,
        area: usize,
        size: usize,
        mut extreme: impl FnMut(&mut dyn Iterator<Item = (usize, usize)>) -> (bool, bool),
    ) -> Extremes {
        let mut counted = Extremes { draws: self.draws as u64, ..Extremes::default() };
        for draw in 0..self.draws {
            let others = self.row(draw).iter().map(|place| *place as usize).filter(|place| *place != area);
            let (large, small) = extreme(&mut others.take(size).enumerate());
            counted.at_least += u64::from(large);
            counted.at_most += u64::from(small);
        }
        counted
    }
}

/// Sums over the first places of each row.
struct Sums {
    by_row: Vec<i64>,
    sorted: Vec<i64>,
}
