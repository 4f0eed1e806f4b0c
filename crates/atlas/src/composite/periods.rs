//! Periods several indicators have in common.

use crate::indicator::Indicator;
use kekiz_base::{Cell, GeographyId, Period};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Periods all indicators have a figure for in a geography, ascending, with the position of each in its indicator:
/// exactly, or else by the year they end in, as indices of a catalogue match them.
pub(super) fn shared(indicators: &[Arc<Indicator>], geography: &GeographyId) -> Vec<(Period, Vec<usize>)> {
    let known: Vec<Vec<(usize, Period)>> = indicators
        .iter()
        .map(|one| {
            let Some(slice) = one.slice(geography) else { return Vec::new() };
            let group = one.group_position(&kekiz_base::GroupId::total());
            let shown = |period: &usize| {
                group.is_some_and(|group| {
                    slice
                        .areas
                        .iter()
                        .any(|(area, _)| matches!(one.at(*area, *period, group), Cell::Shown(_)))
                })
            };
            let periods = slice.periods.iter().filter(|period| shown(period));
            periods.filter_map(|at| one.data.periods.get(*at).map(|period| (*at, *period))).collect()
        })
        .collect();
    let Some(first) = known.first() else { return Vec::new() };
    let mut found: BTreeMap<Period, Vec<usize>> = BTreeMap::new();
    for (_, period) in first {
        let positions: Option<Vec<usize>> = known
            .iter()
            .map(|all| all.iter().find(|(_, other)| other == period).map(|(at, _)| *at))
            .collect();
        found.extend(positions.map(|positions| (*period, positions)));
    }
    for (_, period) in first {
        if found.keys().any(|other| other.year() == period.year()) {
            continue;
        }
        let last = |all: &Vec<(usize, Period)>| {
            all.iter().rev().find(|(_, other)| other.year() == period.year()).map(|(at, _)| *at)
        };
        if let Some(positions) = known.iter().map(last).collect::<Option<Vec<usize>>>() {
            found.insert(Period::Year(period.year()), positions);
        }
    }
    found.into_iter().collect()
}

/// The period asked for, or the latest.
pub(super) fn choose(
    shared: &[(Period, Vec<usize>)],
    asked: Option<Period>,
) -> Option<&(Period, Vec<usize>)> {
    match asked {
        Some(asked) => shared.iter().find(|(period, _)| *period == asked),
        None => shared.last(),
    }
}
