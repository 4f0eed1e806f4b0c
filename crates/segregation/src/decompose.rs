//! Why do two places, or two years, differ; and what makes a facility segregated: homes, choice or providers?

use crate::information::{Information, information};
use crate::{Counts, CountsError};
use kekiz_stats::correlation::mean_ranks;
use kekiz_stats::quantile::{QuantileType, quantile_of_sorted};
use std::collections::HashMap;

/// What is carried over from one place to the other, at the same percentile of units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counterfactual {
    /// The focal group's share of each unit; sizes of units stay.
    Composition,
    /// Each unit's share of either group; sizes of groups stay.
    Share,
    /// The shares of both groups in each unit.
    DualComposition,
}

/// The difference of an index between two places in two parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shapley {
    /// Index of the first place minus that of the second: the sum of the other two.
    pub difference: f64,
    /// Part due to how units are built (their sizes and arrangement), with the distribution of groups held fixed.
    pub structure: f64,
    /// Part due to how groups are distributed, with the units held fixed.
    pub attribute: f64,
}

/// Shapley decomposition of the difference of a two-group index (first group against second). `None` when the index
/// is undefined for one of the tables. Source: Rey, S. J. and others (2021), Computational Urban Science 1; equal to
/// PySAL segregation's `DecomposeSegregation`, whose `c_s` is `structure` and `c_a` is `attribute`.
pub fn shapley(
    first: &Counts,
    second: &Counts,
    counterfactual: Counterfactual,
    index: impl Fn(&[f64], &[f64]) -> Option<f64>,
) -> Option<Shapley> {
    let of = |counts: &Counts| index(counts.group(0), counts.group(1));
    let swapped = |own: &Counts, other: &Counts| {
        let (x, y) = carried(own, other, counterfactual);
        index(&x, &y)
    };
    let (s1a1, s2a2) = (of(first)?, of(second)?);
    let (s1a2, s2a1) = (swapped(first, second)?, swapped(second, first)?);
    Some(Shapley {
        difference: s1a1 - s2a2,
        structure: (s1a1 - s2a1 + s1a2 - s2a2) / 2.0,
        attribute: (s1a1 - s1a2 + s2a1 - s2a2) / 2.0,
    })
}

/// The units of `own` with the distribution of `other`.
fn carried(own: &Counts, other: &Counts, counterfactual: Counterfactual) -> (Vec<f64>, Vec<f64>) {
    let totals = own.unit_totals();
    let composition = |counts: &Counts, group: usize| -> Vec<f64> {
        counts.group(group).iter().zip(counts.unit_totals()).map(|(n, t)| n / t).collect()
    };
    let share = |counts: &Counts, group: usize| -> Vec<f64> {
        let all: f64 = counts.group(group).iter().sum();
        counts.group(group).iter().map(|n| n / all).collect()
    };
    let times = |shares: Vec<f64>, sizes: &[f64]| shares.iter().zip(sizes).map(|(s, t)| s * t).collect();
    match counterfactual {
        Counterfactual::Composition => {
            let x: Vec<f64> = times(at_percentiles(&composition(own, 0), &composition(other, 0)), &totals);
            let y = totals.iter().zip(&x).map(|(t, x)| t - x).collect();
            (x, y)
        }
        Counterfactual::DualComposition => {
            let group = |g| times(at_percentiles(&composition(own, g), &composition(other, g)), &totals);
            (group(0), group(1))
        }
        Counterfactual::Share => {
            let group = |g: usize| -> Vec<f64> {
                // Shares taken at percentiles of another place need not add up to 1.
                let (all, taken) =
                    (own.group(g).iter().sum::<f64>(), at_percentiles(&share(own, g), &share(other, g)));
                let sum: f64 = taken.iter().sum();
                taken.iter().map(|s| s / sum * all).collect()
            };
            (group(0), group(1))
        }
    }
}

/// For each of `values` its percentile rank among them, and the quantile of `others` there.
fn at_percentiles(values: &[f64], others: &[f64]) -> Vec<f64> {
    let mut sorted = others.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let n = values.len() as f64;
    let at = |rank: f64| quantile_of_sorted(&sorted, rank / n, QuantileType::T7).unwrap_or(0.0);
    mean_ranks(values).into_iter().map(at).collect()
}

/// Children of one group who live in one quarter and attend one facility of one provider.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attendance {
    /// Position of the quarter.
    pub quarter: u32,
    /// Position of the provider.
    pub provider: u32,
    /// Position of the facility.
    pub facility: u32,
    /// Position of the group, from 0 without gaps.
    pub group: u32,
    /// Children.
    pub children: f64,
}

/// Segregation among facilities in steps that add up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sources {
    /// All segregation among facilities.
    pub total: Information,
    /// What would remain if in each quarter all groups used facilities alike: what homes explain.
    pub residential: Information,
    /// What is added because groups of the same quarter use different providers.
    pub provider: Information,
    /// What is added because groups of the same quarter and provider use different facilities.
    pub choice: Information,
}

/// Splits segregation among facilities into that of homes, of providers within quarters, and of facilities within both.
///
/// Each step replaces the groups' own pattern by the common one of their quarter (and provider), keeps all sizes, and
/// takes M and H of the table that follows; steps are differences and may be slightly negative.
///
/// # Errors
/// [`CountsError`] when the rows make no table.
pub fn sources(rows: &[Attendance]) -> Result<Sources, CountsError> {
    let total = information(&table(rows)?);
    let residential = information(&table(&evened(rows, |row| (row.quarter, 0)))?);
    let with_provider = information(&table(&evened(rows, |row| (row.quarter, row.provider)))?);
    let minus = |a: Information, b: Information| Information { m: a.m - b.m, h: a.h - b.h };
    Ok(Sources {
        total,
        residential,
        provider: minus(with_provider, residential),
        choice: minus(total, with_provider),
    })
}

/// The rows with every group spread over facilities as all groups of its cell are.
fn evened(rows: &[Attendance], cell: impl Fn(&Attendance) -> (u32, u32)) -> Vec<Attendance> {
    let mut sizes: HashMap<(u32, u32), f64> = HashMap::new();
    let mut groups: HashMap<(u32, u32), Vec<f64>> = HashMap::new();
    for row in rows {
        *sizes.entry(cell(row)).or_default() += row.children;
        let shares = groups.entry(cell(row)).or_default();
        if shares.len() <= row.group as usize {
            shares.resize(row.group as usize + 1, 0.0);
        }
        shares[row.group as usize] += row.children;
    }
    let spread = |row: &Attendance| {
        let (row, all) = (*row, sizes[&cell(row)]);
        let shares = groups[&cell(&row)].clone();
        shares.into_iter().enumerate().filter(move |_| all > 0.0).map(move |(group, n)| Attendance {
            group: group as u32,
            children: row.children * n / all,
            ..row
        })
    };
    rows.iter().flat_map(spread).collect()
}

fn table(rows: &[Attendance]) -> Result<Counts, CountsError> {
    let size = |of: fn(&Attendance) -> u32| rows.iter().map(of).max().map_or(0, |last| last as usize + 1);
    let (facilities, groups) = (size(|row| row.facility), size(|row| row.group));
    let mut cells = vec![vec![0.0; groups]; facilities];
    for row in rows {
        cells[row.facility as usize][row.group as usize] += row.children;
    }
    Counts::from_rows(&cells)
}
