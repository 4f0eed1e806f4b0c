//! Funnel plots: which areas differ from the whole by more than chance.
//!
//! Source: D. J. Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in Medicine 24 (2005).

use crate::about::About;
use kekiz_base::{Area, GeographyId, IndicatorMeta, Level, Period};
use std::sync::Arc;

/// Where a point lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FunnelPlace {
    /// Inside the 95 % limits.
    Inside,
    /// Between the 95 % and the 99.8 % limits.
    Warning,
    /// Outside the 99.8 % limits.
    Outside,
}

/// One area.
#[derive(Clone, Debug, PartialEq)]
pub struct FunnelPoint {
    /// The area.
    pub area: Area,
    /// Persons (x axis).
    pub denominator: f64,
    /// Value in the unit of the indicator (y axis).
    pub value: f64,
    /// Where it lies.
    pub place: FunnelPlace,
    /// Whether it lies above the target.
    pub above: bool,
    /// Whether it is a municipality of the initiative.
    pub member: bool,
}

/// Limits at one denominator, in the unit of the indicator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FunnelLimit {
    /// Persons.
    pub denominator: f64,
    /// 99.8 % lower, 95 % lower, 95 % upper, 99.8 % upper.
    pub limits: [f64; 4],
}

/// A funnel plot.
#[derive(Clone, Debug)]
pub struct Funnel {
    /// What the indicator means.
    pub meta: Arc<IndicatorMeta>,
    /// Period.
    pub period: Period,
    /// Geography.
    pub geography: GeographyId,
    /// Level.
    pub level: Level,
    /// The value all areas together have, in the unit of the indicator.
    pub target: f64,
    /// Areas with counts, ordered by key.
    pub points: Vec<FunnelPoint>,
    /// Limits over the range of denominators, ascending.
    pub limits: Vec<FunnelLimit>,
    /// Areas left out since their counts are suppressed or missing.
    pub left_out: usize,
    /// What the plot shows, as German sentences.
    pub sentence: String,
    /// About the indicator.
    pub about: About,
}
