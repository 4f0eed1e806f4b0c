//! One published indicator with its areas found in the tree.

use crate::view::LevelChoice;
use kekiz_base::{Area, AreaKey, AreaTree, Cell, GeographyId, GroupId, IndicatorMeta, Level, Mark, Period};
use kekiz_lake::PublishedIndicator;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The areas of one geography an indicator has cells for.
#[derive(Clone, Debug)]
pub struct Slice {
    /// The geography.
    pub geography: GeographyId,
    /// Its level.
    pub level: Level,
    /// What it is called (`Stadtteile in Köln`).
    pub title: String,
    /// Position of each area in the indicator, with the area, ordered by key.
    pub areas: Vec<(usize, Area)>,
    /// Positions of the periods with a figure or a protected figure, ascending.
    pub periods: Vec<usize>,
}

/// One published indicator.
#[derive(Debug)]
pub struct Indicator {
    /// What it means.
    pub meta: Arc<IndicatorMeta>,
    /// The cells.
    pub data: Arc<PublishedIndicator>,
    positions: HashMap<AreaKey, usize>,
    slices: Vec<Slice>,
}

impl Indicator {
    pub(crate) fn new(meta: Arc<IndicatorMeta>, data: Arc<PublishedIndicator>, tree: &AreaTree) -> Self {
        let mut found: BTreeMap<(Level, GeographyId), Vec<(usize, Area)>> = BTreeMap::new();
        for (position, key) in data.areas.iter().enumerate() {
            if let Some(area) = tree.get(key) {
                found.entry((area.level, area.geography.clone())).or_default().push((position, area.clone()));
            }
        }
        let positions = data.areas.iter().cloned().enumerate().map(|(i, key)| (key, i)).collect();
        let mut indicator = Self { meta, data, positions, slices: Vec::new() };
        indicator.slices = found
            .into_iter()
            .map(|((level, geography), areas)| {
                let periods = (0..indicator.data.periods.len())
                    .filter(|period| {
                        areas.iter().any(|(area, _)| {
                            (0..indicator.data.groups.len()).any(|group| {
                                !matches!(indicator.at(*area, *period, group), Cell::Missing { .. })
                            })
                        })
                    })
                    .collect();
                let title = crate::naming::geography_title(tree, level, &geography);
                Slice { geography, level, title, areas, periods }
            })
            .filter(|slice: &Slice| !slice.periods.is_empty())
            .collect();
        indicator
    }

    /// The geographies with figures, largest areas first.
    pub fn slices(&self) -> &[Slice] {
        &self.slices
    }

    /// A cell by the positions of its area, period and group; an absent one is empty in the source.
    pub fn at(&self, area: usize, period: usize, group: usize) -> Cell {
        let data = &self.data;
        let inside = period < data.periods.len() && group < data.groups.len();
        let index = (area * data.periods.len() + period) * data.groups.len() + group;
        inside
            .then(|| data.cells.get(index).copied())
            .flatten()
            .unwrap_or(Cell::Missing { mark: Mark::Empty })
    }

    /// Position of an area.
    pub fn area_position(&self, key: &AreaKey) -> Option<usize> {
        self.positions.get(key).copied()
    }

    /// Position of a period.
    pub fn period_position(&self, period: Period) -> Option<usize> {
        self.data.periods.iter().position(|found| *found == period)
    }

    /// Position of a group.
    pub fn group_position(&self, group: &GroupId) -> Option<usize> {
        self.data.groups.iter().position(|found| found == group)
    }

    /// The group shown when none is asked for: everybody, or the first.
    pub fn default_group(&self) -> usize {
        self.group_position(&GroupId::total()).unwrap_or(0)
    }

    /// The group at a position.
    pub fn group(&self, position: usize) -> GroupId {
        self.data.groups.get(position).cloned().unwrap_or_else(GroupId::total)
    }

    /// A cell by its keys; an absent one is empty in the source.
    pub fn cell(&self, area: &AreaKey, period: usize, group: usize) -> Cell {
        match self.area_position(area) {
            Some(position) => self.at(position, period, group),
            None => Cell::Missing { mark: Mark::Empty },
        }
    }

    /// The last period in which an area has a figure, or else a protected one.
    pub fn latest(&self, area: &AreaKey, group: usize, until: Option<Period>) -> Option<usize> {
        let position = self.area_position(area)?;
        let fits = |period: &usize| {
            until.is_none_or(|until| self.data.periods.get(*period).is_some_and(|found| *found <= until))
        };
        let last = |wanted: fn(&Cell) -> bool| {
            (0..self.data.periods.len())
                .rev()
                .filter(fits)
                .find(|period| wanted(&self.at(position, *period, group)))
        };
        last(|cell| matches!(cell, Cell::Shown(_)))
            .or_else(|| last(|cell| matches!(cell, Cell::Suppressed { .. })))
    }

    /// The choices of a level, with the areas that `inside` accepts.
    pub(crate) fn level_choices(
        &self,
        inside: impl Fn(&Area) -> bool,
        mapped: impl Fn(&GeographyId) -> bool,
    ) -> Vec<LevelChoice> {
        self.slices
            .iter()
            .filter_map(|slice| {
                let areas = slice.areas.iter().filter(|(_, area)| inside(area)).count();
                let alone = self.slices.iter().filter(|other| other.level == slice.level).count() == 1;
                (areas > 0).then(|| LevelChoice {
                    geography: slice.geography.clone(),
                    level: slice.level,
                    title: slice.title.clone(),
                    slug: if alone { slice.level.slug().to_string() } else { slice.geography.to_string() },
                    areas,
                    mapped: mapped(&slice.geography),
                })
            })
            .collect()
    }

    /// The slice of a geography.
    pub fn slice(&self, geography: &GeographyId) -> Option<&Slice> {
        self.slices.iter().find(|slice| slice.geography == *geography)
    }
}
