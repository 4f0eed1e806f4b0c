//! Two indicators against each other: scatter diagram and bivariate map.

use crate::about::About;
use crate::choice::Asked;
use crate::indicator::Indicator;
use crate::show::existed;
use crate::view::LevelChoice;
use crate::{Atlas, AtlasError, wording};
use kekiz_base::number::german;
use kekiz_base::{Area, AreaKey, Cell, GeographyId, IndicatorId, IndicatorMeta, Level, Period};
use kekiz_stats::correlation;
use kekiz_stats::quantile::{QuantileType, quantile};
use std::sync::Arc;

/// One area with both figures.
#[derive(Clone, Debug, PartialEq)]
pub struct ScatterPoint {
    /// The area.
    pub area: Area,
    /// Value of the first indicator.
    pub x: f64,
    /// Value of the second indicator.
    pub y: f64,
    /// Whether it is a municipality of the initiative.
    pub member: bool,
    /// Inhabitants as delivered with the boundaries.
    pub population: Option<f64>,
}

/// Two indicators over the areas of one geography.
#[derive(Clone, Debug)]
pub struct Scatter {
    /// First indicator.
    pub x: Arc<IndicatorMeta>,
    /// Second indicator.
    pub y: Arc<IndicatorMeta>,
    /// Period of the first.
    pub x_period: Period,
    /// Period of the second (the nearest one with figures).
    pub y_period: Period,
    /// Geography.
    pub geography: GeographyId,
    /// Level.
    pub level: Level,
    /// Geographies both indicators have.
    pub levels: Vec<LevelChoice>,
    /// Areas with both figures, ordered by key.
    pub points: Vec<ScatterPoint>,
    /// Areas left out since a figure is suppressed or missing.
    pub left_out: usize,
    /// Correlation after Pearson; `None` for fewer than three points or no spread.
    pub pearson: Option<f64>,
    /// Rank correlation after Spearman.
    pub spearman: Option<f64>,
    /// What the diagram shows, as a German sentence.
    pub sentence: String,
    /// Why it says nothing about single persons (ecological fallacy), as a German sentence.
    pub caveat: String,
    /// About the two indicators.
    pub about: [About; 2],
}

/// One area of a bivariate map.
#[derive(Clone, Debug, PartialEq)]
pub struct BivariateRow {
    /// The area.
    pub area: Area,
    /// Cell of the first indicator.
    pub x: Cell,
    /// Cell of the second indicator.
    pub y: Cell,
    /// Thirds (0 low, 1 middle, 2 high) of the first and second; `None` when either is not shown.
    pub class: Option<(usize, usize)>,
}

/// A 3 × 3 map of two indicators.
#[derive(Clone, Debug)]
pub struct Bivariate {
    /// First indicator.
    pub x: Arc<IndicatorMeta>,
    /// Second indicator.
    pub y: Arc<IndicatorMeta>,
    /// Period of the first.
    pub x_period: Period,
    /// Period of the second.
    pub y_period: Period,
    /// Geography.
    pub geography: GeographyId,
    /// Level.
    pub level: Level,
    /// Limits of the thirds of the first indicator (minimum, two limits, maximum).
    pub x_breaks: Vec<f64>,
    /// Limits of the thirds of the second.
    pub y_breaks: Vec<f64>,
    /// Areas, ordered by key.
    pub rows: Vec<BivariateRow>,
    /// Number of areas in each class, `counts[y][x]`.
    pub counts: [[usize; 3]; 3],
    /// What the map shows, as German sentences.
    pub sentence: String,
    /// About the two indicators.
    pub about: [About; 2],
}

/// Two indicators and where they are compared.
#[derive(Clone, Debug, PartialEq)]
pub struct PairQuery {
    /// First indicator.
    pub x: IndicatorId,
    /// Second indicator.
    pub y: IndicatorId,
    /// Slug of a level or name of a geography; the finest shared one if `None`.
    pub level: Option<String>,
    /// Only areas inside this one.
    pub within: Option<AreaKey>,
    /// Period of the first; the latest both have, or else the latest of each.
    pub period: Option<Period>,
}

impl PairQuery {
    /// The default comparison of two indicators.
    pub fn of(x: IndicatorId, y: IndicatorId) -> Self {
        Self { x, y, level: None, within: None, period: None }
    }
}

/// Both figures of all areas of the shared geography.
struct Pair {
    x: Arc<Indicator>,
    y: Arc<Indicator>,
    x_period: Period,
    y_period: Period,
    geography: GeographyId,
    level: Level,
    levels: Vec<LevelChoice>,
    areas: Vec<(Area, Cell, Cell)>,
}

impl Pair {
    /// What the geography is called.
    fn title(&self) -> &str {
        let level = self.levels.iter().find(|level| level.geography == self.geography);
        level.map_or(self.level.plural(), |level| level.title.as_str())
    }
}

impl Atlas {
    /// A scatter diagram of two indicators.
    ///
    /// # Errors
    /// [`AtlasError::NothingShared`] when no geography has both, and those of [`Atlas::view`].
    pub fn scatter(&self, query: &PairQuery) -> Result<Scatter, AtlasError> {
        let pair = self.pair(query)?;
        let points: Vec<ScatterPoint> = pair
            .areas
            .iter()
            .filter_map(|(area, x, y)| {
                let (x, y) = (x.value()?, y.value()?);
                (x.is_finite() && y.is_finite()).then(|| ScatterPoint {
                    member: self.is_member(&area.key),
                    population: self.population(&area.key),
                    area: area.clone(),
                    x,
                    y,
                })
            })
            .collect();
        let xs: Vec<f64> = points.iter().map(|point| point.x).collect();
        let ys: Vec<f64> = points.iter().map(|point| point.y).collect();
        let enough = points.len() > 2;
        let pearson = enough.then(|| correlation::pearson(&xs, &ys)).flatten();
        let spearman = enough.then(|| correlation::spearman(&xs, &ys)).flatten();
        let left_out = pair.areas.len() - points.len();
        Ok(Scatter {
            sentence: scatter_sentence(&pair, points.len(), left_out, pearson, spearman),
            caveat: caveat(&pair),
            about: [About::of(&pair.x), About::of(&pair.y)],
            x: pair.x.meta.clone(),
            y: pair.y.meta.clone(),
            x_period: pair.x_period,
            y_period: pair.y_period,
            geography: pair.geography,
            level: pair.level,
            levels: pair.levels,
            points,
            left_out,
            pearson,
            spearman,
        })
    }

    /// A map of two indicators in thirds.
    ///
    /// # Errors
    /// As [`Atlas::scatter`]; [`AtlasError::Classes`] when fewer than three areas have both figures.
    pub fn bivariate(&self, query: &PairQuery) -> Result<Bivariate, AtlasError> {
        let pair = self.pair(query)?;
        let both = |area: &&(Area, Cell, Cell)| area.1.value().is_some() && area.2.value().is_some();
        let xs: Vec<f64> = pair.areas.iter().filter(both).filter_map(|(_, x, _)| x.value()).collect();
        let ys: Vec<f64> = pair.areas.iter().filter(both).filter_map(|(_, _, y)| y.value()).collect();
        let (Some(x_breaks), Some(y_breaks)) = (thirds(&xs), thirds(&ys)) else {
            return Err(AtlasError::Classes(
                "Für eine Karte aus zwei Indikatoren braucht es mindestens drei Gebiete mit beiden Werten. Abhilfe: eine andere Ebene wählen.".into(),
            ));
        };
        let third =
            |breaks: &[f64], value: f64| usize::from(value >= breaks[1]) + usize::from(value >= breaks[2]);
        let mut counts = [[0; 3]; 3];
        let rows: Vec<BivariateRow> = pair
            .areas
            .iter()
            .map(|(area, x, y)| {
                let class = x.value().zip(y.value()).map(|(x, y)| (third(&x_breaks, x), third(&y_breaks, y)));
                if let Some((x, y)) = class {
                    counts[y][x] += 1;
                }
                BivariateRow { area: area.clone(), x: *x, y: *y, class }
            })
            .collect();
        Ok(Bivariate {
            sentence: bivariate_sentence(&pair, &rows, &counts),
            about: [About::of(&pair.x), About::of(&pair.y)],
            x: pair.x.meta.clone(),
            y: pair.y.meta.clone(),
            x_period: pair.x_period,
            y_period: pair.y_period,
            geography: pair.geography,
            level: pair.level,
            x_breaks,
            y_breaks,
            rows,
            counts,
        })
    }

    fn pair(&self, query: &PairQuery) -> Result<Pair, AtlasError> {
        let (x, y) = (self.indicator(&query.x)?, self.indicator(&query.y)?);
        let shared: Vec<GeographyId> = x
            .slices()
            .iter()
            .filter(|slice| y.slice(&slice.geography).is_some())
            .map(|slice| slice.geography.clone())
            .collect();
        let nothing = || AtlasError::NothingShared { x: x.meta.title.clone(), y: y.meta.title.clone() };
        let size = |geography: &GeographyId| x.slice(geography).map_or(0, |slice| slice.areas.len());
        let level = match &query.level {
            Some(level) => level.clone(),
            None => shared.iter().max_by_key(|id| size(id)).ok_or_else(nothing)?.to_string(),
        };
        let asked =
            Asked { level: Some(&level), within: query.within.as_ref(), period: query.period, group: None };
        let choice = self.choose(&x, asked)?;
        let other = y.slice(&choice.slice.geography).ok_or_else(nothing)?;
        let periods = |indicator: &Indicator, positions: &[usize]| -> Vec<Period> {
            positions.iter().filter_map(|i| indicator.data.periods.get(*i).copied()).collect()
        };
        let (of_x, of_y) = (periods(&x, &choice.slice.periods), periods(&y, &other.periods));
        let latest = x.data.periods.get(choice.period).copied().ok_or_else(nothing)?;
        let common = of_x.iter().rev().find(|period| of_y.contains(period)).copied();
        let x_period = if query.period.is_some() { latest } else { common.unwrap_or(latest) };
        let distance = |period: &Period| (i32::from(period.year()) - i32::from(x_period.year())).abs();
        let y_period = if of_y.contains(&x_period) {
            x_period
        } else {
            of_y.iter().rev().min_by_key(|period| distance(period)).copied().ok_or_else(nothing)?
        };
        let x_at = x.period_position(x_period).ok_or_else(nothing)?;
        let y_at = y.period_position(y_period).ok_or_else(nothing)?;
        let (x_group, y_group) = (x.default_group(), y.default_group());
        let areas = choice
            .slice
            .areas
            .iter()
            .filter(|(_, area)| {
                choice.within.as_ref().is_none_or(|outer| self.lies_in(&area.key, &outer.key))
            })
            .filter(|(_, area)| existed(area, x_period))
            .map(|(position, area)| {
                (area.clone(), x.at(*position, x_at, x_group), y.cell(&area.key, y_at, y_group))
            })
            .collect();
        let levels =
            choice.levels.iter().filter(|level| shared.contains(&level.geography)).cloned().collect();
        Ok(Pair {
            geography: choice.slice.geography.clone(),
            level: choice.slice.level,
            x: x.clone(),
            y: y.clone(),
            x_period,
            y_period,
            levels,
            areas,
        })
    }
}

/// Minimum, the two limits of thirds (R's quantile type 7) and maximum.
fn thirds(values: &[f64]) -> Option<Vec<f64>> {
    if values.len() < 3 {
        return None;
    }
    [0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0].iter().map(|p| quantile(values, *p, QuantileType::T7)).collect()
}

fn caveat(pair: &Pair) -> String {
    let mut out = format!(
        "Jeder Punkt ist ein Gebiet, kein Mensch: Auch ein enger Zusammenhang über {} sagt nicht, dass dieselben Kinder betroffen sind, und nicht, was die Ursache ist (ökologischer Fehlschluss).",
        pair.level.plural()
    );
    if pair.x_period != pair.y_period {
        out.push_str(&format!(
            " Die Werte stammen aus verschiedenen Zeiträumen ({} und {}).",
            pair.x_period, pair.y_period
        ));
    }
    out
}

fn scatter_sentence(
    pair: &Pair,
    points: usize,
    left_out: usize,
    pearson: Option<f64>,
    spearman: Option<f64>,
) -> String {
    let mut out = format!(
        "{} ({}) und {} ({}), {}: {points} Gebiete. ",
        pair.x.meta.title,
        pair.x_period,
        pair.y.meta.title,
        pair.y_period,
        pair.title()
    );
    match (pearson, spearman) {
        (Some(r), Some(rho)) => {
            let strength = match rho.abs() {
                s if s < 0.2 => "Es ist kein Zusammenhang zu erkennen",
                s if s < 0.5 => "Der Zusammenhang ist schwach",
                s if s < 0.7 => "Der Zusammenhang ist mittelstark",
                _ => "Der Zusammenhang ist stark",
            };
            let direction = match rho {
                r if r.abs() < 0.2 => "",
                r if r > 0.0 => ": wo der eine Wert hoch ist, ist meist auch der andere hoch",
                _ => ": wo der eine Wert hoch ist, ist der andere meist niedrig",
            };
            out.push_str(&format!(
                "{strength}{direction} (Pearson {}, Spearman {}).",
                german(r, 2),
                german(rho, 2)
            ));
        }
        _ => out.push_str("Für eine Aussage über den Zusammenhang sind es zu wenige verschiedene Werte."),
    }
    if left_out > 0 {
        out.push_str(&format!(" Nicht dargestellt, da geschützt oder ohne Angabe: {left_out}."));
    }
    out
}

fn bivariate_sentence(pair: &Pair, rows: &[BivariateRow], counts: &[[usize; 3]; 3]) -> String {
    let (x, y) = (&pair.x.meta.title, &pair.y.meta.title);
    let mut out = format!("{x} und {y}, {}: ", pair.title());
    let high: Vec<&str> = rows
        .iter()
        .filter(|row| row.class == Some((2, 2)))
        .map(|row| row.area.name.as_str())
        .take(5)
        .collect();
    out.push_str(&format!("{} Gebiete liegen bei beiden im oberen Drittel", counts[2][2]));
    if !high.is_empty() {
        let more = if counts[2][2] > high.len() { ", darunter" } else { ":" };
        out.push_str(&format!("{more} {}", wording::list(&high)));
    }
    out.push_str(&format!("; {} bei beiden im unteren Drittel.", counts[0][0]));
    let hidden = rows.iter().filter(|row| row.class.is_none()).count();
    if hidden > 0 {
        out.push_str(&format!(" Geschützt oder ohne Angabe: {hidden}."));
    }
    out
}
