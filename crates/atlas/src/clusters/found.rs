//! What the search for clusters found.

use crate::about::About;
use crate::view::{Row, View};
use kekiz_spatial::autocorrelation::Quadrant;

/// Who counts as a neighbour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Neighbourhood {
    /// Areas that share a border or a corner (queen).
    #[default]
    Touching,
    /// This many areas whose middles are nearest.
    Nearest(u8),
}

impl Neighbourhood {
    /// Choices of a form.
    pub const ALL: [Neighbourhood; 4] = [
        Neighbourhood::Touching,
        Neighbourhood::Nearest(4),
        Neighbourhood::Nearest(6),
        Neighbourhood::Nearest(8),
    ];

    /// Name in URLs.
    pub fn slug(self) -> String {
        match self {
            Neighbourhood::Touching => "grenze".into(),
            Neighbourhood::Nearest(number) => format!("naechste-{number}"),
        }
    }

    /// The neighbourhood of a slug; 1 to 20 nearest areas.
    pub fn from_slug(slug: &str) -> Option<Self> {
        if slug == "grenze" {
            return Some(Neighbourhood::Touching);
        }
        let number = slug.strip_prefix("naechste-")?.parse().ok().filter(|n| (1..=20).contains(n))?;
        Some(Neighbourhood::Nearest(number))
    }

    /// German name for choices.
    pub fn name(self) -> String {
        match self {
            Neighbourhood::Touching => "mit gemeinsamer Grenze".into(),
            Neighbourhood::Nearest(1) => "das nächste Gebiet".into(),
            Neighbourhood::Nearest(number) => format!("die {number} nächsten Gebiete"),
        }
    }
}

/// What an area is among its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClusterClass {
    /// High among high.
    HighHigh,
    /// Low among low.
    LowLow,
    /// High among low.
    HighLow,
    /// Low among high.
    LowHigh,
    /// No more than chance gives.
    Unremarkable,
    /// A figure, but no neighbour with one.
    Island,
}

impl ClusterClass {
    pub(crate) fn of(quadrant: Quadrant) -> Self {
        match quadrant {
            Quadrant::HighHigh => ClusterClass::HighHigh,
            Quadrant::LowLow => ClusterClass::LowLow,
            Quadrant::HighLow => ClusterClass::HighLow,
            Quadrant::LowHigh => ClusterClass::LowHigh,
        }
    }

    /// Position in [`kekiz_charts::clusters`].
    pub fn position(self) -> usize {
        self as usize
    }

    /// Name in tables and legends.
    pub fn name(self) -> &'static str {
        match self {
            ClusterClass::HighHigh => "hoch, umgeben von hoch",
            ClusterClass::LowLow => "niedrig, umgeben von niedrig",
            ClusterClass::HighLow => "hoch, umgeben von niedrig",
            ClusterClass::LowHigh => "niedrig, umgeben von hoch",
            ClusterClass::Unremarkable => "nicht auffällig",
            ClusterClass::Island => "ohne Nachbarn",
        }
    }
}

/// One area.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterRow {
    /// Area, cell and value.
    pub row: Row,
    /// Number of neighbours with a figure.
    pub neighbours: usize,
    /// Mean of the neighbours.
    pub lag: Option<f64>,
    /// Local Moran's I.
    pub statistic: Option<f64>,
    /// p of conditional permutation, two-sided.
    pub p: Option<f64>,
    /// The same, adjusted for the false-discovery rate.
    pub adjusted: Option<f64>,
    /// What it is among its neighbours; `None` without a shown figure.
    pub class: Option<ClusterClass>,
}

impl ClusterRow {
    pub(crate) fn unknown(row: Row) -> Self {
        Self { row, neighbours: 0, lag: None, statistic: None, p: None, adjusted: None, class: None }
    }
}

/// Clusters and outliers of one indicator.
#[derive(Clone, Debug)]
pub struct Clusters {
    /// The figures: indicator, geography, period, group and the choices there are.
    pub view: View,
    /// What the geography is called.
    pub title: String,
    /// Areas, ordered by key.
    pub rows: Vec<ClusterRow>,
    /// Areas that took part.
    pub used: usize,
    /// Mean of their values.
    pub mean: f64,
    /// Moran's I, which is the slope of the scatter plot.
    pub moran: f64,
    /// Mean of the neighbours where the own value is 0.
    pub intercept: f64,
    /// Moran's I that chance gives on average.
    pub expected: f64,
    /// p of its permutation test, two-sided.
    pub p: f64,
    /// Who counted as a neighbour.
    pub neighbourhood: Neighbourhood,
    /// What was found, in one German sentence.
    pub sentence: String,
    /// About the indicator.
    pub about: About,
}

impl Clusters {
    /// Areas of a class, ordered by key.
    pub fn of_class(&self, class: ClusterClass) -> impl Iterator<Item = &ClusterRow> {
        self.rows.iter().filter(move |row| row.class == Some(class))
    }
}
