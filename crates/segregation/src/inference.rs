//! Tests and intervals by drawing tables.
//!
//! Draw `d` uses the stream of unit `d`, so results do not depend on the number of threads.

use crate::draw::{Multinomial, Places, draw_hypergeometric};
use crate::{Counts, CountsError};
use kekiz_stats::Extremes;
use kekiz_stats::draw::Generator;
use kekiz_stats::quantile::{QuantileType, quantile_of_sorted};
use rayon::prelude::*;

/// What is drawn when nobody sorts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Null {
    /// Every person of every group chooses a unit with chances proportional to its size; sizes of units vary.
    /// PySAL's "systematic".
    Systematic,
    /// Persons are dealt out to the places there are; sizes of units and groups stay. PySAL's "person permutation".
    Persons,
}

/// How to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draws {
    /// Number of tables.
    pub draws: u32,
    /// Seed: the same seed gives the same result.
    pub seed: u64,
    /// Threads to use, 0 for all cores.
    pub threads: usize,
}

/// A statistic beside its values in drawn tables.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulated {
    /// The statistic of the table at hand.
    pub observed: f64,
    /// Values drawn, ascending.
    pub drawn: Vec<f64>,
    /// Mean of the values drawn.
    pub mean: f64,
    /// Standard deviation of the values drawn (divisor draws − 1; 0 for a single draw).
    pub deviation: f64,
}

impl Simulated {
    fn new(observed: f64, mut drawn: Vec<f64>) -> Self {
        drawn.sort_unstable_by(f64::total_cmp);
        let n = drawn.len() as f64;
        let mean = drawn.iter().sum::<f64>() / n.max(1.0);
        let squares: f64 = drawn.iter().map(|v| (v - mean) * (v - mean)).sum();
        let deviation = if n > 1.0 { (squares / (n - 1.0)).sqrt() } else { 0.0 };
        Self { observed, drawn, mean, deviation }
    }

    /// Counts for a p-value.
    pub fn extremes(&self) -> Extremes {
        let slack = 1e-12 * self.observed.abs();
        Extremes {
            at_least: self.drawn.iter().filter(|v| **v >= self.observed - slack).count() as u64,
            at_most: self.drawn.iter().filter(|v| **v <= self.observed + slack).count() as u64,
            draws: self.drawn.len() as u64,
        }
    }

    /// The band that holds the middle `level` of the values drawn; `None` without draws or for a bad level.
    pub fn band(&self, level: f64) -> Option<(f64, f64)> {
        if !(level > 0.0 && level < 1.0) {
            return None;
        }
        let at = |p| quantile_of_sorted(&self.drawn, p, QuantileType::T7);
        Some((at((1.0 - level) / 2.0)?, at((1.0 + level) / 2.0)?))
    }
}

fn run(
    counts: &Counts,
    draws: Draws,
    fill: impl Fn(&mut Generator, &mut Counts) + Sync,
    statistic: impl Fn(&Counts) -> f64 + Sync,
) -> Result<Simulated, CountsError> {
    let observed = statistic(counts);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(draws.threads).build();
    let pool = pool.map_err(|cause| CountsError::Threads(cause.to_string()))?;
    let one = |table: &mut Counts, draw: u32| {
        fill(&mut Generator::new(draws.seed, u64::from(draw)), table);
        statistic(table)
    };
    let drawn = pool
        .install(|| (0..draws.draws).into_par_iter().map_init(|| counts.clone(), one).collect::<Vec<f64>>());
    Ok(Simulated::new(observed, drawn))
}

/// Draws tables in which nobody sorts and computes a statistic for each.
///
/// # Errors
/// [`CountsError`] for counts that are not whole numbers.
pub fn randomise(
    counts: &Counts,
    null: Null,
    draws: Draws,
    statistic: impl Fn(&Counts) -> f64 + Sync,
) -> Result<Simulated, CountsError> {
    counts.check_whole()?;
    let (sizes, groups) = (counts.unit_totals(), counts.group_totals());
    match null {
        Null::Systematic => {
            let of_group: Vec<Multinomial> =
                groups.iter().map(|total| Multinomial::new(&sizes, *total as u64)).collect();
            run(
                counts,
                draws,
                |generator, table| {
                    for (group, chooser) in of_group.iter().enumerate() {
                        chooser.draw(generator, table.group_mut(group));
                    }
                },
                statistic,
            )
        }
        Null::Persons => {
            let first = Places::new(&sizes, groups[0] as u64);
            run(
                counts,
                draws,
                |generator, table| {
                    first.draw(generator, table.group_mut(0));
                    deal_rest(generator, table, &sizes, &groups);
                },
                statistic,
            )
        }
    }
}

/// Deals out the groups after the first to the places that are left.
fn deal_rest(generator: &mut Generator, table: &mut Counts, sizes: &[f64], groups: &[f64]) {
    let mut free: Vec<f64> = sizes.iter().zip(table.group(0)).map(|(size, n)| size - n).collect();
    let mut places: f64 = free.iter().sum();
    let last = groups.len() - 1;
    for (group, all) in groups.iter().enumerate().take(last).skip(1) {
        let (mut left, mut open) = (*all, places);
        for (cell, size) in table.group_mut(group).iter_mut().zip(&mut free) {
            let n = draw_hypergeometric(generator, open, left, *size);
            open -= *size;
            *cell = n;
            left -= n;
            *size -= n;
        }
        places -= all;
    }
    table.group_mut(last).copy_from_slice(&free);
}

/// An estimate with what resampling says of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bootstrapped {
    /// The statistic of the table at hand.
    pub raw: f64,
    /// Twice the statistic minus the mean of the resampled ones: takes out the upward bias of small units.
    pub debiased: f64,
    /// Standard error.
    pub standard_error: f64,
    /// Percentile interval moved by the bias, so that it belongs to `debiased`.
    pub interval: (f64, f64),
}

/// Resamples persons with replacement from the cells of the table.
///
/// Source: as R's segregation package (`se = TRUE`): Elbers (2021), appendix; Efron, B. and Tibshirani, R. (1993).
///
/// # Errors
/// [`CountsError`] for counts that are not whole numbers.
pub fn bootstrap(
    counts: &Counts,
    draws: Draws,
    level: f64,
    statistic: impl Fn(&Counts) -> f64 + Sync,
) -> Result<Bootstrapped, CountsError> {
    counts.check_whole()?;
    let filled: Vec<usize> = (0..counts.cells().len()).filter(|cell| counts.cells()[*cell] > 0.0).collect();
    let weights: Vec<f64> = filled.iter().map(|cell| counts.cells()[*cell]).collect();
    let chooser = Multinomial::new(&weights, counts.total() as u64);
    let everywhere = filled.len() == counts.cells().len();
    let fill = |generator: &mut Generator, table: &mut Counts| {
        if everywhere {
            chooser.draw(generator, table.cells_mut());
        } else {
            let mut row = vec![0.0; filled.len()];
            chooser.draw(generator, &mut row);
            filled.iter().zip(row).for_each(|(cell, n)| table.cells_mut()[*cell] = n);
        }
    };
    let drawn = run(counts, draws, fill, statistic)?;
    let bias = drawn.mean - drawn.observed;
    let (low, high) = drawn.band(level).unwrap_or((drawn.observed, drawn.observed));
    Ok(Bootstrapped {
        raw: drawn.observed,
        debiased: drawn.observed - bias,
        standard_error: drawn.deviation,
        interval: (low - 2.0 * bias, high - 2.0 * bias),
    })
}
