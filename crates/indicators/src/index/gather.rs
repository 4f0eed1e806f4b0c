//! The inputs of an index on common axes.

use super::IndexError;
use crate::catalogue::Recipe;
use crate::expression::{strongest_annotation, strongest_mark};
use crate::spelling::list;
use kekiz_base::{
    Annotation, Area, AreaKey, Cube, CubeCell, Diagnostics, GeographyId, Mark, Period, Place, Polarity,
    Severity,
};
use std::collections::{BTreeMap, BTreeSet};

/// Why an area has no row.
pub(super) enum Missing {
    /// An input has no figure.
    Mark(Mark),
    /// An input rests on too few persons.
    SmallBase,
}

/// Cubes of the inputs in the order of the recipe.
pub(super) struct Inputs<'a> {
    pub(super) cubes: Vec<&'a Cube>,
    /// 1 where more is better, -1 where less is.
    signs: Vec<f64>,
    groups: Vec<usize>,
    /// Areas of the common geographies, ordered by key.
    pub(super) areas: Vec<&'a Area>,
    /// Index of each area in each cube.
    positions: Vec<Vec<Option<usize>>>,
    /// Common periods, with the index in each cube.
    pub(super) periods: Vec<(Period, Vec<usize>)>,
    /// Whether a period was matched by its year.
    pub(super) by_year: bool,
}

impl<'a> Inputs<'a> {
    pub(super) fn new(
        recipe: &Recipe,
        all: &[&'a Cube],
        diagnostics: &mut Diagnostics,
    ) -> Result<Self, IndexError> {
        let (mut cubes, mut signs, mut groups) = (Vec::new(), Vec::new(), Vec::new());
        for input in &recipe.inputs {
            let error = |what, remedy| IndexError::NothingShared { recipe: recipe.id.clone(), what, remedy };
            let cube =
                all.iter().copied().find(|cube| cube.meta.id == input.indicator && cube.check().is_ok());
            let cube = cube.ok_or_else(|| IndexError::MissingInput {
                recipe: recipe.id.clone(),
                input: input.indicator.clone(),
            })?;
            signs.push(match input.direction.unwrap_or(cube.meta.polarity) {
                Polarity::HigherIsBetter => 1.0,
                Polarity::LowerIsBetter => -1.0,
                Polarity::Neutral => {
                    return Err(IndexError::NoDirection {
                        recipe: recipe.id.clone(),
                        input: input.indicator.clone(),
                    });
                }
            });
            let group = cube.groups.iter().position(|group| *group == recipe.group);
            groups
                .push(group.ok_or_else(|| error("keine Gruppe dieses Namens", "„group“ im Rezept prüfen."))?);
            cubes.push(cube);
        }
        let areas = common_areas(recipe, &cubes, diagnostics)?;
        let position = |area: &&Area| cubes.iter().map(|cube| cube.area_index(&area.key)).collect::<Vec<_>>();
        let positions = areas.iter().map(position).collect();
        let (periods, by_year) = common_periods(&cubes);
        if periods.is_empty() {
            let remedy = "Merkmale wählen, die für dieselben Jahre vorliegen.";
            return Err(IndexError::NothingShared {
                recipe: recipe.id.clone(),
                what: "keinen Zeitraum",
                remedy,
            });
        }
        Ok(Self { cubes, signs, groups, areas, positions, periods, by_year })
    }

    pub(super) fn geographies(&self) -> BTreeSet<GeographyId> {
        self.areas.iter().map(|area| area.geography.clone()).collect()
    }

    pub(super) fn areas_of(&self, geography: &GeographyId) -> impl Iterator<Item = usize> {
        (0..self.areas.len()).filter(move |area| self.areas[*area].geography == *geography)
    }

    pub(super) fn period_index(&self, period: Period) -> Option<usize> {
        self.periods.iter().position(|(known, _)| *known == period)
    }

    fn cell(&self, input: usize, area: usize, period: usize) -> Option<&CubeCell> {
        let cube = self.cubes[input];
        let position = self.positions[area][input]?;
        cube.cells.get(cube.index(position, self.periods[period].1[input], self.groups[input]))
    }

    /// The inputs of an area, turned so that more is better.
    pub(super) fn row(&self, recipe: &Recipe, area: usize, period: usize) -> Result<Vec<f64>, Missing> {
        let mut row = Vec::with_capacity(self.cubes.len());
        let (mut mark, mut small): (Option<Mark>, bool) = (None, false);
        for (input, cube) in self.cubes.iter().enumerate() {
            match self.cell(input, area, period) {
                Some(CubeCell::Value { value, smoothed, denominator, .. }) => {
                    let base = f64::from(cube.meta.minimum_base.max(recipe.minimum_base));
                    small |= denominator.is_some_and(|denominator| denominator.expose() < base);
                    let value = smoothed.filter(|_| recipe.smoothed).unwrap_or(*value).expose();
                    row.push(self.signs[input] * value);
                }
                Some(CubeCell::Missing(found)) => {
                    mark = Some(mark.map_or(*found, |known| strongest_mark(known, *found)));
                }
                None => mark = Some(mark.unwrap_or(Mark::Empty)),
            }
        }
        match mark {
            Some(mark) => Err(Missing::Mark(mark)),
            None if small => Err(Missing::SmallBase),
            None => Ok(row),
        }
    }

    /// The strongest remark of the inputs.
    pub(super) fn annotation(&self, area: usize, period: usize) -> Annotation {
        (0..self.cubes.len())
            .filter_map(|input| match self.cell(input, area, period) {
                Some(CubeCell::Value { annotation, .. }) => Some(*annotation),
                _ => None,
            })
            .fold(Annotation::None, strongest_annotation)
    }
}

/// Areas of the geographies that every input has, of the levels of the recipe.
fn common_areas<'a>(
    recipe: &Recipe,
    cubes: &[&'a Cube],
    diagnostics: &mut Diagnostics,
) -> Result<Vec<&'a Area>, IndexError> {
    let wanted = |area: &&Area| recipe.levels.as_ref().is_none_or(|levels| levels.contains(&area.level));
    let of = |cube: &'a Cube| -> BTreeSet<&'a GeographyId> {
        cube.areas.iter().filter(wanted).map(|area| &area.geography).collect()
    };
    let all: BTreeSet<&GeographyId> = cubes.iter().copied().flat_map(of).collect();
    let common: BTreeSet<&GeographyId> = all
        .iter()
        .copied()
        .filter(|geography| cubes.iter().copied().all(|cube| of(cube).contains(geography)))
        .collect();
    let dropped: Vec<&str> = all.difference(&common).map(|geography| geography.as_str()).collect();
    if !dropped.is_empty() && !common.is_empty() {
        diagnostics.push(
            Severity::Note,
            "index-geography-dropped",
            Place::default(),
            format!("Index „{}“: nicht alle Merkmale liegen vor für {}.", recipe.id, list(&dropped, 9)),
            "",
        );
    }
    let mut areas: BTreeMap<&AreaKey, &Area> = BTreeMap::new();
    for area in cubes.iter().flat_map(|cube| &cube.areas) {
        if wanted(&area) && common.contains(&area.geography) {
            areas.insert(&area.key, area);
        }
    }
    if areas.is_empty() {
        return Err(IndexError::NothingShared {
            recipe: recipe.id.clone(),
            what: "keine Gebietsebene",
            remedy: "„levels“ im Rezept prüfen oder Merkmale derselben Ebene wählen.",
        });
    }
    Ok(areas.into_values().collect())
}

/// Periods that every cube has; years that are only common by their number are added as years.
fn common_periods(cubes: &[&Cube]) -> (Vec<(Period, Vec<usize>)>, bool) {
    let Some(first) = cubes.first() else { return (Vec::new(), false) };
    let mut found: BTreeMap<Period, Vec<usize>> = BTreeMap::new();
    for period in &first.periods {
        let positions: Option<Vec<usize>> =
            cubes.iter().map(|cube| cube.periods.iter().position(|other| other == period)).collect();
        found.extend(positions.map(|positions| (*period, positions)));
    }
    let covered: BTreeSet<i16> = found.keys().map(|period| period.year()).collect();
    let years: BTreeSet<i16> = first.periods.iter().map(|period| period.year()).collect();
    let mut by_year = false;
    for year in years.difference(&covered) {
        let last = |cube: &&Cube| cube.periods.iter().rposition(|period| period.year() == *year);
        if let Some(positions) = cubes.iter().map(last).collect::<Option<Vec<usize>>>() {
            found.insert(Period::Year(*year), positions);
            by_year = true;
        }
    }
    (found.into_iter().collect(), by_year)
}
