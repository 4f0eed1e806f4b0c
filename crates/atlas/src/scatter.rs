//! Two indicators against each other: scatter diagram and bivariate map.

use crate::about::About;
use crate::view::LevelChoice;
use kekiz_base::{Area, Cell, GeographyId, IndicatorMeta, Level, Period};
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
