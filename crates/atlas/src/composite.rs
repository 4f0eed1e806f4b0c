//! An index a reader puts together from published indicators, with how far its ranks owe to the choices.
//!
//! Reckoned as the recipe of a catalogue would be, which [`Composite::recipe`] writes. Source: OECD and JRC, "Handbook on
//! Constructing Composite Indicators" (2008); Saisana, M., Saltelli, A. and Tarantola, S. (2005), Journal of the Royal
//! Statistical Society A 168, 307-323.

pub mod file;
mod periods;
mod words;

use crate::view::LevelChoice;
use crate::{Atlas, AtlasError};
use kekiz_base::{
    Area, Cell, Figure, GeographyId, GroupId, IndicatorId, IndicatorKind, IndicatorMeta, Level, Mark, Period,
    Polarity,
};
use kekiz_stats::index::{
    Normalisation, SensitivitySettings, WeightDraws, normalise, rank_sensitivity_over, sd_classes,
    weighted_mean, z_sum,
};
use kekiz_stats::moments::Deviation;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Sets of other weights and normalisations that ranks are tried with.
pub const DRAWS: usize = 1_000;
/// Their seed: the same choice gives the same page.
pub const SEED: u64 = 1;
/// Indicators an index may have.
pub const MOST: usize = 8;
/// Limits of the classes in standard deviations.
pub const LIMITS: [f64; 3] = [1.0, 0.0, -1.0];
/// Names of the classes.
pub const CLASSES: [&str; 4] = ["sehr günstig", "eher günstig", "eher ungünstig", "sehr ungünstig"];

/// How indicators are made comparable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// Standard deviations from the mean, summed with their weights.
    #[default]
    Z,
    /// From 0 to 1 between the smallest and the largest, weighted mean.
    MinMax,
    /// Places from 0 to 1, weighted mean.
    Rank,
}

impl Scale {
    /// All, in the order of a choice.
    pub const ALL: [Scale; 3] = [Scale::Z, Scale::MinMax, Scale::Rank];

    /// Name in URLs.
    pub fn slug(self) -> &'static str {
        match self {
            Scale::Z => "z",
            Scale::MinMax => "spanne",
            Scale::Rank => "rang",
        }
    }

    /// The scale of a slug.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Scale::ALL.into_iter().find(|scale| scale.slug() == slug)
    }

    /// German name.
    pub fn name(self) -> &'static str {
        match self {
            Scale::Z => "Abstand vom Mittel (z-Werte)",
            Scale::MinMax => "Spanne von 0 bis 1 (Minimum bis Maximum)",
            Scale::Rank => "Rangplätze",
        }
    }

    fn normalisation(self) -> Normalisation {
        match self {
            Scale::Z => Normalisation::ZScore(Deviation::Sample),
            Scale::MinMax => Normalisation::MinMax,
            Scale::Rank => Normalisation::Rank,
        }
    }
}

/// One indicator of the index.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The indicator.
    pub indicator: IndicatorId,
    /// Its weight, above 0.
    pub weight: f64,
    /// Whether more of it is good for children; the polarity of the indicator if `None`.
    pub more_is_better: Option<bool>,
}

/// A question.
#[derive(Clone, Debug, PartialEq)]
pub struct CompositeQuery {
    /// The indicators, 2 to [`MOST`].
    pub parts: Vec<Part>,
    /// How they are made comparable.
    pub scale: Scale,
    /// Slug of a level or name of a geography; that with most areas if `None`.
    pub level: Option<String>,
    /// Period; the latest all indicators have if `None`.
    pub period: Option<Period>,
}

/// One area.
#[derive(Clone, Debug, PartialEq)]
pub struct CompositeRow {
    /// The area.
    pub area: Area,
    /// Its cell: the score, or protected, or without a figure, as its weakest indicator is.
    pub cell: Cell,
    /// Cells of the indicators, in the order of the parts.
    pub cells: Vec<Cell>,
    /// Place, 1 for the best for children; equal scores share their mean place.
    pub rank: Option<f64>,
    /// 5 % and 95 % of the places under other weights and normalisations.
    pub range: Option<(f64, f64)>,
    /// Share of the draws in which the area keeps its class.
    pub keeps_class: Option<f64>,
    /// Class from 0 (the best).
    pub class: Option<usize>,
    /// Whether it is a municipality of the initiative.
    pub member: bool,
}

/// An index over the areas of one geography.
#[derive(Clone, Debug)]
pub struct Composite {
    /// The indicators with their directions resolved.
    pub parts: Vec<(Arc<IndicatorMeta>, Part)>,
    /// How they were made comparable.
    pub scale: Scale,
    /// Geography.
    pub geography: GeographyId,
    /// Level.
    pub level: Level,
    /// Geographies all indicators have.
    pub levels: Vec<LevelChoice>,
    /// Period.
    pub period: Period,
    /// Periods all indicators have, ascending.
    pub periods: Vec<Period>,
    /// Areas, ordered by key.
    pub rows: Vec<CompositeRow>,
    /// Mean over areas and draws of how many places an area moves.
    pub mean_shift: f64,
    /// Share of areas that keep their class, mean over draws.
    pub stability: f64,
    /// What was found, as German sentences.
    pub sentence: String,
}

/// A place of the parts' cells with what they share.
struct Gathered {
    areas: Vec<Area>,
    cells: Vec<Vec<Cell>>,
}

impl Atlas {
    /// An index of published indicators with its rank stability: [`DRAWS`] draws of weights (every mixture equally
    /// likely) and of the three normalisations.
    ///
    /// Areas in which an indicator is protected or missing have no score and do not count in mean and spread. Periods
    /// are matched exactly, else by the year they end in.
    ///
    /// # Errors
    /// [`AtlasError::Analysis`] for too few or too many indicators, weights, directions or periods that do not fit and
    /// fewer than three areas with all figures; [`AtlasError::UnknownIndicator`] and [`AtlasError::UnknownLevel`].
    pub fn composite(&self, query: &CompositeQuery) -> Result<Composite, AtlasError> {
        let failed = |text: String| AtlasError::Analysis(text);
        let parts = self.parts(query)?;
        let indicators =
            query.parts.iter().map(|part| self.indicator(&part.indicator)).collect::<Result<Vec<_>, _>>()?;
        let levels: Vec<LevelChoice> = indicators[0]
            .level_choices(|_| true, |geography| self.layer(geography).is_ok())
            .into_iter()
            .filter(|choice| indicators.iter().all(|one| one.slice(&choice.geography).is_some()))
            .collect();
        let wanted = query.level.as_deref();
        let level = levels
            .iter()
            .filter(|one| {
                wanted.is_none_or(|w| w == one.geography.as_str() || w == one.slug || w == one.level.slug())
            })
            .max_by_key(|one| one.areas);
        let level = match (level, wanted) {
            (Some(level), _) => level.clone(),
            (None, Some(found)) if !levels.is_empty() => {
                let possible = levels.iter().map(|level| level.slug.clone()).collect();
                return Err(AtlasError::UnknownLevel { found: found.into(), possible });
            }
            _ => return Err(failed(words::NO_LEVEL.into())),
        };
        let shared = periods::shared(&indicators, &level.geography);
        let Some((period, positions)) = periods::choose(&shared, query.period).cloned() else {
            return Err(failed(words::no_period(query.period, &shared)));
        };
        let gathered = self.gather(&indicators, &level.geography, &positions);
        let signs: Vec<f64> = parts
            .iter()
            .map(|(_, part)| if part.more_is_better == Some(false) { -1.0 } else { 1.0 })
            .collect();
        let complete: Vec<usize> = (0..gathered.areas.len())
            .filter(|at| {
                gathered.cells[*at].iter().zip(&parts).all(|(cell, (meta, _))| usable(cell, meta).is_some())
            })
            .collect();
        if complete.len() < 3 {
            return Err(failed(words::too_few(complete.len(), &level)));
        }
        let columns: Vec<Vec<f64>> = (0..parts.len())
            .map(|part| {
                complete
                    .iter()
                    .filter_map(|at| usable(&gathered.cells[*at][part], &parts[part].0))
                    .map(|value| signs[part] * value)
                    .collect()
            })
            .collect();
        let named = |error: kekiz_stats::index::IndexError| failed(words::refusal(&error, &parts));
        let weights: Vec<f64> = parts.iter().map(|(_, part)| part.weight).collect();
        let mut ways = vec![query.scale];
        ways.extend(Scale::ALL.into_iter().filter(|scale| *scale != query.scale));
        let normalised = ways
            .iter()
            .map(|scale| normalise(&columns, scale.normalisation()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(named)?;
        let scores = match query.scale {
            Scale::Z => z_sum(&columns, &weights, Deviation::Sample),
            _ => weighted_mean(&normalised[0], &weights),
        }
        .map_err(named)?;
        let classify = |_: &[f64], scores: &[f64]| sd_classes(scores, &LIMITS, Deviation::Sample).ok();
        let settings = SensitivitySettings {
            draws: DRAWS,
            seed: SEED,
            weights: WeightDraws::Dirichlet { concentration: 1.0 },
        };
        let all: Vec<&[Vec<f64>]> = normalised.iter().map(Vec::as_slice).collect();
        let moved = rank_sensitivity_over(&all, &weights, &settings, classify).map_err(named)?;
        let class_of = sd_classes(&scores, &LIMITS, Deviation::Sample).ok();
        let mut rows: Vec<CompositeRow> = gathered
            .areas
            .into_iter()
            .zip(gathered.cells)
            .map(|(area, cells)| CompositeRow {
                member: self.is_member(&area.key),
                cell: weakest(&cells),
                area,
                cells,
                rank: None,
                range: None,
                keeps_class: None,
                class: None,
            })
            .collect();
        for (at, row) in complete.iter().enumerate() {
            let row = &mut rows[*row];
            let class = class_of.as_ref().map(|all| all[at]);
            row.cell = Cell::Shown(Figure { class, ..Figure::bare(scores[at]) });
            row.rank = Some(moved.rank[at]);
            row.range = Some((moved.rank_lower[at], moved.rank_upper[at]));
            row.keeps_class = Some(moved.keeps_class[at]);
            row.class = class.map(|class| usize::from(class) - 1);
        }
        let mut composite = Composite {
            parts,
            scale: query.scale,
            geography: level.geography.clone(),
            level: level.level,
            levels,
            period,
            periods: shared.iter().map(|(period, _)| *period).collect(),
            rows,
            mean_shift: moved.mean_rank_shift,
            stability: moved.class_stability,
            sentence: String::new(),
        };
        composite.sentence = words::sentence(&composite);
        Ok(composite)
    }

    /// The indicators with their directions; refuses what makes no index.
    fn parts(&self, query: &CompositeQuery) -> Result<Vec<(Arc<IndicatorMeta>, Part)>, AtlasError> {
        let failed = |text: String| AtlasError::Analysis(text);
        if query.parts.len() < 2 {
            return Err(failed(words::TOO_FEW_PARTS.into()));
        }
        if query.parts.len() > MOST {
            return Err(failed(words::too_many_parts(query.parts.len())));
        }
        let mut seen: BTreeMap<&IndicatorId, ()> = BTreeMap::new();
        query
            .parts
            .iter()
            .map(|part| {
                let meta = self.meta(&part.indicator)?.clone();
                if seen.insert(&part.indicator, ()).is_some() {
                    return Err(failed(words::twice(&meta)));
                }
                if !(part.weight.is_finite() && part.weight > 0.0 && part.weight <= 100.0) {
                    return Err(failed(words::bad_weight(&meta)));
                }
                let natural = match meta.polarity {
                    Polarity::HigherIsBetter => Some(true),
                    Polarity::LowerIsBetter => Some(false),
                    Polarity::Neutral => None,
                };
                let direction = part.more_is_better.or(natural);
                if direction.is_none() {
                    return Err(failed(words::no_direction(&meta)));
                }
                Ok((meta, Part { more_is_better: direction, ..part.clone() }))
            })
            .collect()
    }

    /// The cells of all indicators for the areas of a geography that any of them knows.
    fn gather(
        &self,
        indicators: &[Arc<crate::indicator::Indicator>],
        geography: &GeographyId,
        periods: &[usize],
    ) -> Gathered {
        let mut areas: BTreeMap<kekiz_base::AreaKey, Area> = BTreeMap::new();
        for slice in indicators.iter().filter_map(|one| one.slice(geography)) {
            areas.extend(slice.areas.iter().map(|(_, area)| (area.key.clone(), area.clone())));
        }
        let total = GroupId::total();
        let cell = |one: &crate::indicator::Indicator, area: &Area, period: usize| {
            one.group_position(&total)
                .map_or(Cell::Missing { mark: Mark::Empty }, |group| one.cell(&area.key, period, group))
        };
        let areas: Vec<Area> = areas.into_values().collect();
        let cells: Vec<Vec<Cell>> = areas
            .iter()
            .map(|area| {
                indicators.iter().zip(periods).map(|(one, period)| cell(one, area, *period)).collect()
            })
            .collect();
        let known: Vec<bool> = cells
            .iter()
            .map(|row: &Vec<Cell>| row.iter().any(|cell| *cell != Cell::Missing { mark: Mark::Empty }))
            .collect();
        let kept = |at: &usize| known[*at];
        Gathered {
            areas: (0..areas.len()).filter(kept).map(|at| areas[at].clone()).collect(),
            cells: (0..cells.len()).filter(kept).map(|at| cells[at].clone()).collect(),
        }
    }
}

/// The value an index may use: shown, finite, and with enough persons behind it.
fn usable(cell: &Cell, meta: &IndicatorMeta) -> Option<f64> {
    let figure = cell.figure()?;
    let small = figure.denominator.is_some_and(|base| base < f64::from(meta.minimum_base));
    (figure.value.is_finite() && !small).then_some(figure.value)
}

/// What stands for an area without a score: protected if an indicator is, else missing.
fn weakest(cells: &[Cell]) -> Cell {
    let hidden = cells.iter().find(|cell| matches!(cell, Cell::Suppressed { .. }));
    let missing = cells.iter().find(|cell| matches!(cell, Cell::Missing { .. }));
    hidden.or(missing).copied().unwrap_or(Cell::Missing { mark: Mark::Unreliable })
}

/// Kinds of indicators that can be compared between areas of different size.
pub fn fits(meta: &IndicatorMeta) -> bool {
    !matches!(meta.kind, IndicatorKind::Count | IndicatorKind::Index)
}
