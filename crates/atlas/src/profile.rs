//! The profile of one area (Steckbrief).

use crate::peers::Peers;
use crate::view::Rank;
use kekiz_base::{Area, Cell, GroupId, IndicatorMeta, Period};
use std::sync::Arc;

/// How a figure stands for children against another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// Better, by more than chance.
    Better,
    /// Worse, by more than chance.
    Worse,
    /// A difference that chance can explain.
    WithinChance,
    /// Higher, for a figure without a good direction or without a test of chance.
    Higher,
    /// Lower, likewise.
    Lower,
    /// The same value.
    Equal,
}

impl Judgement {
    /// German words for tables (`günstiger`, `im Rahmen des Zufalls`).
    pub fn text(self) -> &'static str {
        match self {
            Judgement::Better => "günstiger",
            Judgement::Worse => "ungünstiger",
            Judgement::WithinChance => "kein gesicherter Unterschied",
            Judgement::Higher => "höher",
            Judgement::Lower => "niedriger",
            Judgement::Equal => "gleich",
        }
    }

    /// A sign that needs no colour.
    pub fn symbol(self) -> &'static str {
        match self {
            Judgement::Better => "▲",
            Judgement::Worse => "▼",
            Judgement::WithinChance => "≈",
            Judgement::Higher => "↑",
            Judgement::Lower => "↓",
            Judgement::Equal => "=",
        }
    }
}

/// Change over the last five years, or as many as there are.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// First period.
    pub from: Period,
    /// Last period.
    pub to: Period,
    /// Value at the beginning.
    pub from_value: f64,
    /// Value at the end.
    pub to_value: f64,
    /// Change for children, from the intervals or counts where they exist.
    pub judgement: Judgement,
    /// All shown values between, for a small drawing.
    pub points: Vec<(Period, Option<f64>)>,
    /// A series break between the ends: the change must not be read as a development.
    pub broken: Option<String>,
}

/// Place among the areas with the same parent and geography.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SiblingRank {
    /// The place (1 = best for children, or highest).
    pub rank: Rank,
    /// Number of areas with a figure.
    pub of: usize,
}

/// One indicator of a profile.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileEntry {
    /// What the indicator means.
    pub meta: Arc<IndicatorMeta>,
    /// The period shown.
    pub period: Period,
    /// The group shown.
    pub group: GroupId,
    /// The area as the figure knows it: for a kreisfreie Stadt the Kreis or the Gemeinde.
    pub area: Area,
    /// The cell.
    pub cell: Cell,
    /// The nearest higher area with a figure, and that figure.
    pub parent: Option<(Area, Cell)>,
    /// How the area stands against that area.
    pub judgement: Option<Judgement>,
    /// Change over time.
    pub trend: Option<Trend>,
    /// Place among siblings.
    pub siblings: Option<SiblingRank>,
    /// Median of the peers of similar structure, and how many of them have a figure.
    pub peer_median: Option<(f64, usize)>,
}

/// The indicators of one area of life.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileTheme {
    /// Name (`Soziale Lage`).
    pub name: String,
    /// Name for URLs and anchors.
    pub slug: String,
    /// The indicators, ordered by title.
    pub entries: Vec<ProfileEntry>,
}

/// Facilities of one layer in the area.
#[derive(Clone, Debug, PartialEq)]
pub struct FacilityCount {
    /// Name of the layer in URLs.
    pub layer: String,
    /// Title of the layer.
    pub title: String,
    /// Number of facilities in the area.
    pub count: usize,
}

/// Everything the page of an area shows.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The area.
    pub area: Area,
    /// Areas above it, the largest first.
    pub path: Vec<Area>,
    /// Areas directly below it.
    pub children: Vec<Area>,
    /// Whether it is a municipality of the initiative.
    pub member: bool,
    /// Inhabitants as delivered with the boundaries.
    pub population: Option<f64>,
    /// Size in km².
    pub area_km2: Option<f64>,
    /// Figures by area of life.
    pub themes: Vec<ProfileTheme>,
    /// Areas of similar structure; `None` when no structure figures are published.
    pub peers: Option<Peers>,
    /// Facilities.
    pub facilities: Vec<FacilityCount>,
    /// What stands out, as German sentences.
    pub sentence: String,
}
