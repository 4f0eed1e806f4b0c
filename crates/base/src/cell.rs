//! What the public may see of one cell.

use crate::{Annotation, Mark};
use serde::{Deserialize, Serialize};

/// An interval of uncertainty; both ends in the unit of the figure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// How a figure stands against its parent area.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Versus {
    /// Figure minus the parent's figure, in the unit of the indicator.
    pub difference: f64,
    /// Whether chance alone would rarely give such a difference (two-sided 5 %); `None` without counts.
    pub significant: Option<bool>,
}

/// A figure that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The value in the unit of the indicator (a share of 0.21 with unit "%" is the value 21).
    pub value: f64,
    /// 95 % interval, where one exists.
    pub interval: Option<Interval>,
    /// Number of cases, where it may be shown.
    pub numerator: Option<f64>,
    /// Number of persons the cases come from, where it may be shown.
    pub denominator: Option<f64>,
    /// Empirical-Bayes smoothed value for small areas, in the same unit.
    pub smoothed: Option<f64>,
    /// Stand against the parent area.
    pub versus_parent: Option<Versus>,
    /// Class of an index (1 is the first class the recipe names).
    pub class: Option<u8>,
    /// Remark of the source.
    pub annotation: Annotation,
}

impl Figure {
    /// A bare value without anything around it.
    pub fn bare(value: f64) -> Self {
        Self {
            value,
            interval: None,
            numerator: None,
            denominator: None,
            smoothed: None,
            versus_parent: None,
            class: None,
            annotation: Annotation::None,
        }
    }
}

/// Why a cell was suppressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The number of cases lies below the threshold.
    BelowThreshold,
    /// The number of persons is too small for a rate.
    SmallBase,
    /// Everybody or nobody in the group: the figure would tell something about each person.
    GroupDisclosure,
    /// Another cell could be computed from this one.
    Complementary,
    /// The figure would be too uncertain to be shown.
    Unreliable,
}

impl Reason {
    /// Stable text form, as in files.
    pub fn slug(self) -> &'static str {
        match self {
            Reason::BelowThreshold => "below_threshold",
            Reason::SmallBase => "small_base",
            Reason::GroupDisclosure => "group_disclosure",
            Reason::Complementary => "complementary",
            Reason::Unreliable => "unreliable",
        }
    }

    /// A German sentence for legends and table notes.
    pub fn text(self) -> &'static str {
        match self {
            Reason::BelowThreshold => "geschützt: zu wenige Fälle",
            Reason::SmallBase => "geschützt: zu wenige Personen für eine Quote",
            Reason::GroupDisclosure => "geschützt: der Wert verriete etwas über jede einzelne Person",
            Reason::Complementary => "geschützt: sonst ließe sich ein anderer Wert errechnen",
            Reason::Unreliable => "nicht gezeigt: zu unsicher",
        }
    }
}

/// A published cell: a figure, a suppressed figure, or none in the source. Never a zero for an unknown.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Cell {
    /// A figure.
    Shown(Figure),
    /// There is a figure, but it must not be shown.
    Suppressed {
        /// Why.
        reason: Reason,
    },
    /// The source has no figure.
    Missing {
        /// The source's mark.
        mark: Mark,
    },
}

impl Cell {
    /// The figure, if it is shown.
    pub fn figure(&self) -> Option<&Figure> {
        match self {
            Cell::Shown(figure) => Some(figure),
            _ => None,
        }
    }

    /// The value, if it is shown.
    pub fn value(&self) -> Option<f64> {
        self.figure().map(|figure| figure.value)
    }
}
