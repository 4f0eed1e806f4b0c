//! Counts of parents from the counts of their children.

use super::axes::Axes;
use super::evaluate::Raw;
use crate::catalogue::{Definition, Formula};
use crate::expression::join;
use crate::spelling::list;
use kekiz_base::{Area, Diagnostics, GeographyId, IndicatorKind, Level, Observation, Place, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// Fills cells about which the sources say nothing from the children of one geography, lowest levels first, and
/// notes between which levels counts were added up.
pub(super) fn aggregate(
    definition: &Definition,
    axes: &Axes<'_>,
    raw: &mut [Raw],
    notes: &mut Vec<String>,
    diagnostics: &mut Diagnostics,
) {
    let additive = definition.formula.expressions().iter().all(|(_, expression)| expression.is_additive());
    let values = definition.kind == IndicatorKind::Value || matches!(definition.formula, Formula::Value(_));
    if values || !additive {
        return;
    }
    let mut order: Vec<usize> = (0..axes.areas.len()).collect();
    order.sort_by_key(|area| std::cmp::Reverse(axes.areas[*area].level));
    let mut summed: BTreeMap<(Level, Level), BTreeSet<&str>> = BTreeMap::new();
    for parent in order {
        for period in 0..axes.periods.len() {
            if !axes.existed(axes.areas[parent], period) {
                continue;
            }
            let mut candidates = None;
            for group in 0..axes.groups.len() {
                let cell = axes.index(parent, period, group);
                if !raw[cell].is_silent() {
                    continue;
                }
                let candidates = candidates.get_or_insert_with(|| children(axes, parent, period));
                let found = candidates.iter().find_map(|(level, areas)| {
                    sum(areas.iter().map(|area| raw[axes.index(*area, period, group)]))
                        .map(|sum| (*level, sum))
                });
                if let Some((level, total)) = found {
                    raw[cell] = total;
                    let key = (axes.areas[parent].level, level);
                    summed.entry(key).or_default().insert(axes.areas[parent].key.as_str());
                }
            }
        }
    }
    for ((parent, child), areas) in summed {
        let note = format!(
            "Zahlen für {} sind, wo die Quelle keine nennt, die Summe über {}.",
            parent.plural(),
            child.plural()
        );
        let wanted = definition.levels.as_ref().is_none_or(|levels| levels.contains(&parent));
        if wanted {
            diagnostics.push(
                Severity::Note,
                "summed-from-children",
                Place::default(),
                format!(
                    "Indikator „{}“: {note} ({})",
                    definition.id,
                    list(&areas.iter().collect::<Vec<_>>(), 5)
                ),
                "",
            );
            notes.push(note);
        }
    }
}

/// The children of each geography that existed in the period, coarsest level first. A geography with a child the
/// data do not know is left out, since the sum would not be the whole.
fn children(axes: &Axes<'_>, parent: usize, period: usize) -> Vec<(Level, Vec<usize>)> {
    let mut geographies: BTreeMap<(Level, &GeographyId), Option<Vec<usize>>> = BTreeMap::new();
    let existing = |area: &&Area| axes.existed(area, period);
    for child in axes
        .tree
        .children(&axes.areas[parent].key)
        .iter()
        .filter_map(|key| axes.tree.get(key))
        .filter(existing)
    {
        let list = geographies.entry((child.level, &child.geography)).or_insert_with(|| Some(Vec::new()));
        match (axes.area_index(&child.key), list.as_mut()) {
            (Some(index), Some(list)) => list.push(index),
            _ => *list = None,
        }
    }
    geographies.into_iter().filter_map(|((level, _), areas)| areas.map(|areas| (level, areas))).collect()
}

/// The sum of cells that all have numbers.
fn sum(cells: impl Iterator<Item = Raw>) -> Option<Raw> {
    let add = |a, b| join(a, b, |a: f64, b: f64| a + b);
    let total = cells.reduce(|a, b| Raw {
        numerator: add(a.numerator, b.numerator),
        denominator: a.denominator.zip(b.denominator).map(|(a, b)| add(a, b)),
    })?;
    let complete = matches!(total.numerator, Observation::Value(..))
        && total.denominator.is_none_or(|d| matches!(d, Observation::Value(..)));
    complete.then_some(total)
}
