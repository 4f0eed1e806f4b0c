//! Areas of similar structure.

use kekiz_base::{Area, IndicatorId, Period};

/// One figure that describes structure.
#[derive(Clone, Debug, PartialEq)]
pub struct StructureVariable {
    /// Title.
    pub title: String,
    /// Indicator it comes from; `None` for the inhabitants delivered with the boundaries.
    pub indicator: Option<IndicatorId>,
    /// Its period.
    pub period: Option<Period>,
    /// Whether the logarithm is compared, since sizes differ by factors.
    pub logarithm: bool,
}

/// A similar area.
#[derive(Clone, Debug, PartialEq)]
pub struct Peer {
    /// The area.
    pub area: Area,
    /// Root of the mean squared difference over the structure figures, in standard deviations.
    pub distance: f64,
}

/// Areas of similar structure and how they were found.
#[derive(Clone, Debug, PartialEq)]
pub struct Peers {
    /// Nearest first.
    pub peers: Vec<Peer>,
    /// The figures compared.
    pub variables: Vec<StructureVariable>,
    /// How the peers were found, as German sentences.
    pub explanation: String,
}
