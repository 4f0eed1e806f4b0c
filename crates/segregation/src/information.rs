//! Segregation as information: how much does knowing the unit tell about the group?
//!
//! Logarithms are natural. Source: Theil, H. and Finizza, A. J. (1971); Mora, R. and Ruiz-Castillo, J. (2011),
//! Sociological Methodology 41, 159-194; Elbers, B. (2021), Sociological Methods & Research (R package segregation).

use crate::Counts;

/// The mutual information index and Theil's index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Information {
    /// M: information the unit gives about the group, in nats. 0 without segregation.
    pub m: f64,
    /// H: M over the entropy of the groups, from 0 to 1.
    pub h: f64,
}

pub(crate) fn x_log_x(x: f64) -> f64 {
    if x > 0.0 { x * x.ln() } else { 0.0 }
}

/// Entropy of shares that belong to these counts, in nats; 0 for nobody.
pub fn entropy(counts: &[f64]) -> f64 {
    let total: f64 = counts.iter().sum();
    if total <= 0.0 {
        return 0.0;
    }
    total.ln() - counts.iter().map(|n| x_log_x(*n)).sum::<f64>() / total
}

/// M and H of groups over units.
pub fn information(counts: &Counts) -> Information {
    let total = counts.total();
    let groups = counts.group_totals();
    let cells: f64 = counts.cells().iter().map(|n| x_log_x(*n)).sum();
    let units: f64 = counts.unit_totals().into_iter().map(x_log_x).sum();
    let of_groups: f64 = groups.iter().map(|n| x_log_x(*n)).sum();
    let m = ((cells - units - of_groups + x_log_x(total)) / total).max(0.0);
    let entropy = entropy(&groups);
    Information { m, h: if entropy > 0.0 { m / entropy } else { 0.0 } }
}

/// Local segregation of one group or unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Local {
    /// Local segregation score: how far its distribution lies from that of all.
    pub ls: f64,
    /// Its share of all persons; M is the sum of `share · ls`.
    pub share: f64,
}

/// How unevenly each group is spread over the units.
pub fn local_by_group(counts: &Counts) -> Vec<Local> {
    let (total, units) = (counts.total(), counts.unit_totals());
    let one = |group: usize| {
        let cells = counts.group(group);
        let all: f64 = cells.iter().sum();
        let parts = cells.iter().zip(&units).filter(|(n, _)| **n > 0.0);
        let ls: f64 = parts.map(|(n, unit)| n / all * ((n / all) / (unit / total)).ln()).sum();
        Local { ls, share: all / total }
    };
    (0..counts.groups()).map(one).collect()
}

/// How far the composition of each unit lies from that of all.
pub fn local_by_unit(counts: &Counts) -> Vec<Local> {
    let (total, groups) = (counts.total(), counts.group_totals());
    let one = |(unit, all): (usize, f64)| {
        if all <= 0.0 {
            return Local { ls: 0.0, share: 0.0 };
        }
        let parts = groups.iter().enumerate().map(|(g, of_group)| (counts.group(g)[unit], of_group));
        let parts = parts.filter(|(n, _)| *n > 0.0);
        let ls: f64 = parts.map(|(n, of_group)| n / all * ((n / all) / (of_group / total)).ln()).sum();
        Local { ls, share: all / total }
    };
    counts.unit_totals().into_iter().enumerate().map(one).collect()
}

/// Segregation inside one larger unit, and what it adds to the whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Within {
    /// M and H among the smaller units inside.
    pub inside: Information,
    /// Its share of all persons.
    pub share: f64,
    /// Entropy of its groups over that of all; `share · entropy_ratio · H` adds up to the H within.
    pub entropy_ratio: f64,
}

/// Segregation between larger units and within them.
#[derive(Clone, Debug, PartialEq)]
pub struct Nested {
    /// All of it, among the smaller units.
    pub total: Information,
    /// Between the larger units.
    pub between: Information,
    /// Within them, on average: total − between.
    pub within: Information,
    /// Inside each larger unit.
    pub inside: Vec<Within>,
}

/// Splits segregation among units into that between the larger units they belong to and that within.
///
/// `into[unit]` is the position of the larger unit, from 0 without gaps. M is decomposed exactly; H likewise with the
/// entropy of all groups as the common divisor. `None` when the lengths differ.
pub fn nested(counts: &Counts, into: &[usize]) -> Option<Nested> {
    if into.len() != counts.units() {
        return None;
    }
    let total = information(counts);
    let merged = counts.merged(into);
    let between = information(&merged);
    let all = counts.total();
    let entropy_all = entropy(&counts.group_totals());
    let inside = (0..merged.units()).map(|larger| {
        let rows: Vec<usize> = (0..into.len()).filter(|unit| into[*unit] == larger).collect();
        let cells = (0..counts.groups()).flat_map(|g| rows.iter().map(move |unit| counts.group(g)[*unit]));
        let part = Counts::raw(rows.len(), cells.collect());
        if rows.is_empty() || part.total() <= 0.0 {
            return Within { inside: Information { m: 0.0, h: 0.0 }, share: 0.0, entropy_ratio: 0.0 };
        }
        let ratio = entropy(&part.group_totals()) / entropy_all;
        Within { inside: information(&part), share: part.total() / all, entropy_ratio: ratio }
    });
    let inside = inside.collect();
    let within = Information { m: (total.m - between.m).max(0.0), h: (total.h - between.h).max(0.0) };
    Some(Nested { total, between, within, inside })
}
