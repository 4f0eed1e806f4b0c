//! Cells of an indicator as a flat table: what files and the API hand out.

use crate::about::About;
use crate::choice::Asked;
use crate::indicator::{Indicator, Slice};
use crate::show::existed;
use crate::view::View;
use crate::{Atlas, AtlasError};
use kekiz_base::{Area, AreaKey, Cell, GroupId, IndicatorId, IndicatorMeta, Level, Mark, Period};
use std::sync::Arc;

/// Which cells are wanted; `None` does not limit.
#[derive(Clone, Debug, PartialEq)]
pub struct TableQuery {
    /// Which indicator.
    pub indicator: IndicatorId,
    /// Slug of a level or name of a geography.
    pub level: Option<String>,
    /// Only areas inside this one.
    pub within: Option<AreaKey>,
    /// Only this period.
    pub period: Option<Period>,
    /// Only this group.
    pub group: Option<GroupId>,
}

impl TableQuery {
    /// All cells of an indicator.
    pub fn of(indicator: IndicatorId) -> Self {
        Self { indicator, level: None, within: None, period: None, group: None }
    }
}

/// One cell with its keys.
#[derive(Clone, Debug, PartialEq)]
pub struct TableRow {
    /// Area.
    pub area: Area,
    /// Period.
    pub period: Period,
    /// Group.
    pub group: GroupId,
    /// Cell.
    pub cell: Cell,
}

/// Cells of one indicator with everything that must stand beside them.
#[derive(Clone, Debug)]
pub struct Table {
    /// What the indicator means.
    pub meta: Arc<IndicatorMeta>,
    /// Sources, licence, attribution, protection.
    pub about: About,
    /// The cells, ordered by level, geography, area, period, group.
    pub rows: Vec<TableRow>,
}

impl Table {
    /// The cells of a view.
    pub fn of_view(view: &View) -> Table {
        Table {
            meta: view.meta.clone(),
            about: view.about.clone(),
            rows: view
                .rows
                .iter()
                .map(|row| TableRow {
                    area: row.area.clone(),
                    period: view.period,
                    group: view.group.clone(),
                    cell: row.cell,
                })
                .collect(),
        }
    }
}

impl Atlas {
    /// Cells of an indicator. Cells about which the source says nothing are left out where the area did not exist
    /// in the period.
    ///
    /// # Errors
    /// As [`Atlas::view`].
    pub fn table(&self, query: &TableQuery) -> Result<Table, AtlasError> {
        let indicator = self.indicator(&query.indicator)?;
        // Checks the names and says what would be possible.
        let asked = Asked {
            level: query.level.as_deref(),
            within: query.within.as_ref(),
            period: None,
            group: query.group.as_ref(),
        };
        self.choose(&indicator, asked)?;
        let periods = chosen_periods(&indicator, query.period)?;
        let groups: Vec<usize> = match &query.group {
            Some(group) => indicator.group_position(group).into_iter().collect(),
            None => (0..indicator.data.groups.len()).collect(),
        };
        let level = query.level.as_deref().and_then(Level::from_slug);
        let wanted = |slice: &&Slice| {
            query
                .level
                .as_deref()
                .is_none_or(|name| slice.geography.as_str() == name || level == Some(slice.level))
        };
        let mut rows = Vec::new();
        for slice in indicator.slices().iter().filter(wanted) {
            for (position, area) in &slice.areas {
                if !query.within.as_ref().is_none_or(|outer| self.lies_in(&area.key, outer)) {
                    continue;
                }
                for period_at in &periods {
                    let Some(period) = indicator.data.periods.get(*period_at).copied() else { continue };
                    for group in &groups {
                        let cell = indicator.at(*position, *period_at, *group);
                        if matches!(cell, Cell::Missing { mark: Mark::Empty }) && !existed(area, period) {
                            continue;
                        }
                        rows.push(TableRow {
                            area: area.clone(),
                            period,
                            group: indicator.group(*group),
                            cell,
                        });
                    }
                }
            }
        }
        Ok(Table { meta: indicator.meta.clone(), about: About::of(&indicator), rows })
    }
}

fn chosen_periods(indicator: &Indicator, asked: Option<Period>) -> Result<Vec<usize>, AtlasError> {
    match asked {
        None => Ok((0..indicator.data.periods.len()).collect()),
        Some(period) => match indicator.period_position(period) {
            Some(position) => Ok(vec![position]),
            None => Err(AtlasError::UnknownPeriod {
                found: period.to_string(),
                possible: indicator.data.periods.iter().rev().map(ToString::to_string).collect(),
            }),
        },
    }
}
