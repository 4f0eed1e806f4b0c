//! Intervals from past errors.

use super::backtest::{Backtest, Origin};
use super::{ForecastError, Population};
use crate::Interval;
use crate::draw::Generator;
use crate::quantile::{QuantileType, quantile_of_sorted};
use rayon::prelude::*;

/// Ages taken together, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgeGroup {
    /// Youngest age.
    pub from: usize,
    /// Oldest age.
    pub to: usize,
}

/// How to draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draws {
    /// Number of draws, 1 to 100,000.
    pub draws: usize,
    /// Seed: the same seed gives the same intervals.
    pub seed: u64,
    /// Two-sided level, for example 0.9.
    pub level: f64,
    /// Threads to use, 0 for all cores. The result does not depend on it.
    pub threads: usize,
}

/// A forecast figure with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Banded {
    /// The area; `None` for all together.
    pub area: Option<usize>,
    /// Years ahead, from 1.
    pub ahead: usize,
    /// Position of the age group.
    pub group: usize,
    /// Persons.
    pub persons: f64,
    /// Interval; `None` when no earlier forecast reached so far ahead.
    pub interval: Option<Interval>,
}

/// Fewer areas than this are not split by size.
const ENOUGH_TO_SPLIT: usize = 12;

/// Intervals of every area and of all together, for each year ahead and age group.
///
/// Each draw takes one earlier year, the same for all areas, since good and bad years hit them together, and for each area
/// the errors of all ages that a random area of similar size made then. Areas are similar when they belong to the same
/// third by number of children now (below twelve areas all are similar). The interval is between the quantiles of the
/// draws. It allows for what went wrong before, not for what never happened.
///
/// Source: Smith, S. K., Tayman, J. and Swanson, D. A. (2013), A Practitioner's Guide to State and Local Population
/// Projections, chapter 13 (empirical intervals).
///
/// # Errors
/// [`ForecastError::Draws`] for a bad level, draws or ages.
pub fn bands(
    past: &Population,
    ahead: &Population,
    backtest: &Backtest,
    groups: &[AgeGroup],
    draws: Draws,
) -> Result<Vec<Banded>, ForecastError> {
    bands_from(ahead, backtest, groups, draws, &sizes(past, groups))
}

/// Children of each area in the last year.
pub(super) fn sizes(past: &Population, groups: &[AgeGroup]) -> Vec<f64> {
    let oldest = groups.iter().map(|group| group.to).max().unwrap_or(0).min(past.ages() - 1);
    (0..past.areas()).map(|area| past.sum(area, past.years() - 1, 0..=oldest)).collect()
}

pub(super) fn bands_from(
    ahead: &Population,
    backtest: &Backtest,
    groups: &[AgeGroup],
    draws: Draws,
    sizes: &[f64],
) -> Result<Vec<Banded>, ForecastError> {
    let good = draws.level > 0.0 && draws.level < 1.0 && (1..=100_000).contains(&draws.draws);
    if !good || groups.iter().any(|group| group.from > group.to || group.to >= ahead.ages()) {
        return Err(ForecastError::Draws);
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(draws.threads).build();
    let pool = pool.map_err(|cause| ForecastError::Threads(cause.to_string()))?;
    let similar = similar(sizes);
    let mut found = Vec::new();
    for year in 0..ahead.years() {
        let origins: Vec<&Origin> = backtest.origins.iter().filter(|origin| origin.reach > year).collect();
        let drawn: Vec<Vec<f64>> = if origins.is_empty() {
            Vec::new()
        } else {
            let unit = |draw: usize| (year * draws.draws + draw) as u64;
            pool.install(|| {
                let one = |draw: usize| {
                    let random = Generator::new(draws.seed, unit(draw));
                    draw_one(ahead, &origins, year, groups, &similar, random)
                };
                (0..draws.draws).into_par_iter().map(one).collect()
            })
        };
        let areas = ahead.areas();
        for (at, area) in (0..areas).map(Some).chain([None]).enumerate() {
            for (number, group) in groups.iter().enumerate() {
                let of = |area: usize| ahead.sum(area, year, group.from..=group.to);
                let persons = area.map_or_else(|| (0..areas).map(of).sum(), of);
                let mut values: Vec<f64> = drawn.iter().map(|row| row[at * groups.len() + number]).collect();
                values.sort_unstable_by(f64::total_cmp);
                let end = |p: f64| quantile_of_sorted(&values, p, QuantileType::T7);
                let interval = end((1.0 - draws.level) / 2.0).zip(end((1.0 + draws.level) / 2.0));
                let interval = interval.map(|(lower, upper)| Interval { lower, upper });
                found.push(Banded { area, ahead: year + 1, group: number, persons, interval });
            }
        }
    }
    Ok(found)
}

/// Areas of similar size for each area.
fn similar(sizes: &[f64]) -> Vec<Vec<u32>> {
    let areas = sizes.len();
    if areas < ENOUGH_TO_SPLIT {
        return vec![(0..areas as u32).collect(); areas];
    }
    let mut order: Vec<u32> = (0..areas as u32).collect();
    order.sort_by(|a, b| sizes[*a as usize].total_cmp(&sizes[*b as usize]));
    let mut lists = vec![Vec::new(); areas];
    for third in order.chunks(areas.div_ceil(3)) {
        for area in third {
            lists[*area as usize] = third.to_vec();
        }
    }
    lists
}

/// Figures of all areas and their sum in one draw, area by area and group by group.
fn draw_one(
    ahead: &Population,
    origins: &[&Origin],
    year: usize,
    groups: &[AgeGroup],
    similar: &[Vec<u32>],
    mut random: Generator,
) -> Vec<f64> {
    let origin = origins[random.below(origins.len())];
    let mut row = Vec::with_capacity((ahead.areas() + 1) * groups.len());
    let mut all = vec![0.0; groups.len()];
    for (area, like) in similar.iter().enumerate() {
        let other = like[random.below(like.len())] as usize;
        for (number, group) in groups.iter().enumerate() {
            let one = |age: usize| {
                let error = origin.error(other, year, age, ahead.ages());
                ((ahead.at(area, year, age) + 0.5) * error.exp() - 0.5).max(0.0)
            };
            let persons: f64 = (group.from..=group.to).map(one).sum();
            all[number] += persons;
            row.push(persons);
        }
    }
    row.extend(all);
    row
}
