//! What was released before on the same population.

use crate::Release;
use kekiz_base::{Area, AreaKey, Cell, Cube, GroupId, IndicatorId, IndicatorKind, Period};
use std::collections::{BTreeMap, BTreeSet};

/// The public cells of an earlier release, dense in the order area, period, group.
#[derive(Clone, Debug, PartialEq)]
pub struct EarlierCells {
    /// The indicator.
    pub indicator: IndicatorId,
    /// Areas.
    pub areas: Vec<Area>,
    /// Periods.
    pub periods: Vec<Period>,
    /// Groups.
    pub groups: Vec<GroupId>,
    /// `areas × periods × groups` cells.
    pub cells: Vec<Cell>,
    /// Digest of the public definition ([`crate::Receipt::definition`]), where known.
    pub definition: Option<String>,
}

/// Earlier releases, as the gate compares against them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    earlier: Vec<EarlierCells>,
}

impl History {
    /// Nothing was released before.
    pub fn empty() -> Self {
        Self::default()
    }

    /// A history of earlier public cells.
    pub fn from_cells(earlier: impl IntoIterator<Item = EarlierCells>) -> Self {
        Self { earlier: earlier.into_iter().collect() }
    }

    /// Adds a release.
    pub fn add(&mut self, release: &Release) {
        self.earlier.push(EarlierCells {
            indicator: release.meta().id.clone(),
            areas: release.areas().to_vec(),
            periods: release.periods().to_vec(),
            groups: release.groups().to_vec(),
            cells: release.cells().to_vec(),
            definition: Some(release.receipt().definition.clone()),
        });
    }

    /// The earlier releases of one indicator whose cells fit their axes.
    pub(crate) fn of<'a>(&'a self, indicator: &'a IndicatorId) -> impl Iterator<Item = &'a EarlierCells> {
        self.earlier.iter().filter(move |earlier| {
            earlier.indicator == *indicator
                && earlier.cells.len() == earlier.areas.len() * earlier.periods.len() * earlier.groups.len()
        })
    }
}

/// What an attacker knows from earlier releases about the present table.
#[derive(Default)]
pub(crate) struct Known {
    /// Areas, periods and groups of earlier releases that are not in the present table, each ordered.
    pub(crate) areas: Vec<Area>,
    pub(crate) periods: Vec<Period>,
    pub(crate) groups: Vec<GroupId>,
    /// The numbers of cells that are not in the present table.
    pub(crate) counts: BTreeMap<(AreaKey, Period, GroupId), i64>,
    /// Numbers shown before of cells that are in the present table, with whether the definition was another.
    pub(crate) shown: BTreeMap<(usize, usize, usize), Vec<Shown>>,
}

/// A number shown before.
pub(crate) struct Shown {
    pub(crate) count: i64,
    pub(crate) other_definition: bool,
}

/// Lines up the earlier releases of an indicator with the axes of the present table.
pub(crate) fn known(history: &History, cube: &Cube, areas: &[Area], definition: &str) -> Known {
    let present: BTreeMap<&AreaKey, usize> =
        areas.iter().enumerate().map(|(i, area)| (&area.key, i)).collect();
    let mut known = Known {
        areas: Vec::new(),
        periods: Vec::new(),
        groups: Vec::new(),
        counts: BTreeMap::new(),
        shown: BTreeMap::new(),
    };
    let mut further: BTreeMap<AreaKey, Area> = BTreeMap::new();
    let (mut periods, mut groups) = (BTreeSet::new(), BTreeSet::new());
    for earlier in history.of(&cube.meta.id) {
        let other_definition = earlier.definition.as_ref().is_some_and(|earlier| earlier != definition);
        for (index, cell) in earlier.cells.iter().enumerate() {
            let Some(count) = shown_count(cell, cube.meta.kind) else { continue };
            let group = &earlier.groups[index % earlier.groups.len()];
            let rest = index / earlier.groups.len();
            let when = earlier.periods[rest % earlier.periods.len()];
            let area = &earlier.areas[rest / earlier.periods.len()];
            let place = (
                present.get(&area.key),
                cube.periods.iter().position(|other| *other == when),
                cube.groups.iter().position(|other| other == group),
            );
            if let (Some(&area), Some(period), Some(group)) = place {
                let shown = known.shown.entry((area, period, group)).or_default();
                shown.push(Shown { count, other_definition });
                continue;
            }
            if place.0.is_none() {
                further.entry(area.key.clone()).or_insert_with(|| area.clone());
            }
            if place.1.is_none() {
                periods.insert(when);
            }
            if place.2.is_none() {
                groups.insert(group.clone());
            }
            known.counts.insert((area.key.clone(), when, group.clone()), count);
        }
    }
    known.areas = further.into_values().collect();
    known.periods = periods.into_iter().collect();
    known.groups = groups.into_iter().collect();
    known
}

fn shown_count(cell: &Cell, kind: IndicatorKind) -> Option<i64> {
    let figure = cell.figure()?;
    let count = figure.numerator.or((kind == IndicatorKind::Count).then_some(figure.value))?;
    crate::primary::whole(count)
}
