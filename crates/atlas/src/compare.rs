//! Two areas side by side.

use crate::profile::Judgement;
use kekiz_base::{Area, Cell, IndicatorMeta, Period};
use std::sync::Arc;

/// One indicator of two areas in the latest period both have.
#[derive(Clone, Debug, PartialEq)]
pub struct CompareRow {
    /// What the indicator means.
    pub meta: Arc<IndicatorMeta>,
    /// The period.
    pub period: Period,
    /// Cell of the first area.
    pub a: Cell,
    /// Cell of the second area.
    pub b: Cell,
    /// First minus second, in the unit of the indicator; percentage points for shares.
    pub difference: Option<f64>,
    /// How the first stands against the second.
    pub judgement: Option<Judgement>,
}

/// Indicators of one area of life.
#[derive(Clone, Debug, PartialEq)]
pub struct CompareTheme {
    /// Name.
    pub name: String,
    /// Its indicators.
    pub rows: Vec<CompareRow>,
}

/// Two areas side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The first area.
    pub a: Area,
    /// The second area.
    pub b: Area,
    /// Figures by area of life; only indicators with a cell for both.
    pub themes: Vec<CompareTheme>,
    /// What stands out, as German sentences.
    pub sentence: String,
}
