//! The municipalities of the initiative and how many children they reach.

use kekiz_base::{Area, IndicatorId, Period};

/// One municipality of the initiative.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The Gemeinde or Kreis.
    pub area: Area,
    /// Persons counted in it; `None` if no figure is published for it.
    pub count: Option<f64>,
    /// The member it lies in, whose count already holds it.
    pub inside: Option<Area>,
}

/// What was counted.
#[derive(Clone, Debug, PartialEq)]
pub enum ReachBasis {
    /// Children of a published count.
    Children {
        /// The indicator.
        indicator: IndicatorId,
        /// Its title.
        title: String,
        /// The period.
        period: Period,
    },
    /// Inhabitants delivered with the boundaries, since no count of children is published.
    Inhabitants,
}

/// How many of the Land's children the municipalities of the initiative reach.
#[derive(Clone, Debug, PartialEq)]
pub struct Reach {
    /// The municipalities, ordered by name.
    pub members: Vec<Member>,
    /// What was counted; `None` if nothing can be.
    pub basis: Option<ReachBasis>,
    /// Persons in all members, each counted once.
    pub reached: Option<f64>,
    /// Persons in the whole Land.
    pub total: Option<f64>,
    /// `reached / total` in percent.
    pub percent: Option<f64>,
    /// All of this as German sentences, with what could not be counted.
    pub sentence: String,
}
