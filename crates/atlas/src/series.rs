//! How a figure moved over time, with intervals, gaps and breaks.

use crate::about::About;
use kekiz_base::{Area, Cell, GroupId, IndicatorMeta, Period};
use std::sync::Arc;

/// Why a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The reader chose the area.
    Chosen,
    /// The area lies above a chosen one.
    Parent,
}

/// A line of one area.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesLine {
    /// The area.
    pub area: Area,
    /// Why it is drawn.
    pub role: Role,
    /// One cell per period of [`Series::periods`]; suppressed and missing cells are gaps, never zeros.
    pub cells: Vec<Cell>,
}

/// A period from which figures cannot be compared with earlier ones.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Break {
    /// First period of the new kind.
    pub period: Period,
    /// The public note that says so.
    pub note: String,
}

/// Lines of one indicator over time.
#[derive(Clone, Debug)]
pub struct Series {
    /// What the indicator means.
    pub meta: Arc<IndicatorMeta>,
    /// The group shown.
    pub group: GroupId,
    /// All periods of the indicator with a cell of one of the areas, ascending.
    pub periods: Vec<Period>,
    /// Chosen areas first, then their parent.
    pub lines: Vec<SeriesLine>,
    /// Breaks in the series: notes that name a year and say "Bruch", "Umstellung", "nicht vergleichbar".
    pub breaks: Vec<Break>,
    /// Definition, sources, protection.
    pub about: About,
    /// What the lines show, as German sentences.
    pub sentence: String,
}
