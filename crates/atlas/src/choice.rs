//! From a question to the geography, period and group it is about.

use crate::indicator::{Indicator, Slice};
use crate::view::{LevelChoice, ViewQuery};
use crate::{Atlas, AtlasError};
use kekiz_base::{Area, AreaKey, Cell, GeographyId, Level, Period};

/// What a question is about, as positions in the indicator.
#[derive(Clone, Debug)]
pub(crate) struct Choice<'a> {
    pub(crate) slice: &'a Slice,
    pub(crate) levels: Vec<LevelChoice>,
    pub(crate) period: usize,
    pub(crate) group: usize,
    pub(crate) within: Option<Area>,
}

/// The part of a question that names where and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) level: Option<&'a str>,
    pub(crate) within: Option<&'a AreaKey>,
    pub(crate) period: Option<Period>,
    pub(crate) group: Option<&'a kekiz_base::GroupId>,
}

impl<'a> From<&'a ViewQuery> for Asked<'a> {
    fn from(query: &'a ViewQuery) -> Self {
        Asked {
            level: query.level.as_deref(),
            within: query.within.as_ref(),
            period: query.period,
            group: query.group.as_ref(),
        }
    }
}

impl Atlas {
    pub(crate) fn choose<'a>(
        &self,
        indicator: &'a Indicator,
        asked: Asked<'_>,
    ) -> Result<Choice<'a>, AtlasError> {
        let within = asked.within.map(|key| self.area(key)).transpose()?.cloned();
        let inside = |area: &Area| within.as_ref().is_none_or(|outer| self.lies_in(&area.key, &outer.key));
        let levels = indicator.level_choices(inside, |geography| self.is_mapped(geography));
        let group = self.choose_group(indicator, asked.group)?;
        let slice = match asked.level {
            Some(wanted) => named_slice(indicator, &levels, wanted),
            None => self.best_slice(indicator, &levels, group, &inside),
        };
        let Some(slice) = slice else {
            return Err(self.no_level(indicator, &levels, asked, within.as_ref()));
        };
        let period = choose_period(indicator, slice, group, asked.period)?;
        Ok(Choice { slice, levels, period, group, within })
    }

    fn is_mapped(&self, geography: &GeographyId) -> bool {
        self.layer(geography).is_ok_and(|layer| layer.shapes.iter().any(|shape| !shape.0.is_empty()))
    }

    fn choose_group(
        &self,
        indicator: &Indicator,
        asked: Option<&kekiz_base::GroupId>,
    ) -> Result<usize, AtlasError> {
        let Some(asked) = asked else { return Ok(indicator.default_group()) };
        indicator.group_position(asked).ok_or_else(|| AtlasError::UnknownGroup {
            found: asked.as_str().to_string(),
            possible: indicator.data.groups.iter().map(|group| group.as_str().to_string()).collect(),
        })
    }

    /// The geography with the most figures in its latest period; the finer one of two alike.
    fn best_slice<'a>(
        &self,
        indicator: &'a Indicator,
        levels: &[LevelChoice],
        group: usize,
        inside: &impl Fn(&Area) -> bool,
    ) -> Option<&'a Slice> {
        levels
            .iter()
            .filter_map(|level| indicator.slice(&level.geography).map(|slice| (level.mapped, slice)))
            .max_by_key(|(mapped, slice)| {
                let shown = slice.periods.last().map_or(0, |period| {
                    slice
                        .areas
                        .iter()
                        .filter(|(_, area)| inside(area))
                        .filter(|(position, _)| {
                            matches!(indicator.at(*position, *period, group), Cell::Shown(_))
                        })
                        .count()
                });
                (*mapped, shown, slice.level)
            })
            .map(|(_, slice)| slice)
    }

    fn no_level(
        &self,
        indicator: &Indicator,
        levels: &[LevelChoice],
        asked: Asked<'_>,
        within: Option<&Area>,
    ) -> AtlasError {
        match within {
            Some(outer) if levels.is_empty() => {
                AtlasError::NothingInside { title: indicator.meta.title.clone(), area: outer.name.clone() }
            }
            _ => AtlasError::UnknownLevel {
                found: asked.level.unwrap_or_default().to_string(),
                possible: levels.iter().map(|level| level.slug.clone()).collect(),
            },
        }
    }
}

/// The geography a name means: its own name, or a level; of several geographies of a level the one with most areas.
fn named_slice<'a>(indicator: &'a Indicator, levels: &[LevelChoice], wanted: &str) -> Option<&'a Slice> {
    let level = Level::from_slug(wanted);
    let fits = |choice: &&LevelChoice| choice.geography.as_str() == wanted || Some(choice.level) == level;
    let found = levels.iter().filter(fits).max_by_key(|choice| choice.areas)?;
    indicator.slice(&found.geography)
}

/// The period asked for, or the latest in which at least half as many areas have a figure as in the best one.
fn choose_period(
    indicator: &Indicator,
    slice: &Slice,
    group: usize,
    asked: Option<Period>,
) -> Result<usize, AtlasError> {
    if let Some(asked) = asked {
        let found = indicator.period_position(asked).filter(|position| slice.periods.contains(position));
        return found.ok_or_else(|| AtlasError::UnknownPeriod {
            found: asked.to_string(),
            possible: slice
                .periods
                .iter()
                .rev()
                .filter_map(|position| indicator.data.periods.get(*position))
                .map(ToString::to_string)
                .collect(),
        });
    }
    let shown = |period: usize| {
        slice
            .areas
            .iter()
            .filter(|(position, _)| !matches!(indicator.at(*position, period, group), Cell::Missing { .. }))
            .count()
    };
    let counts: Vec<(usize, usize)> = slice.periods.iter().map(|period| (*period, shown(*period))).collect();
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let latest = counts.iter().rev().find(|(_, count)| count * 2 >= most).or(counts.last());
    Ok(latest.map_or(0, |(period, _)| *period))
}
