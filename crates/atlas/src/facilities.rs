//! Layers of facilities (schools, Kitas) and the profile of one facility.

use kekiz_base::{Area, Source};
use kekiz_lake::{Facility, FacilityLayer};
use std::sync::Arc;

/// A choice among the layers.
#[derive(Clone, Debug, PartialEq)]
pub struct FacilityChoice {
    /// Name in URLs.
    pub layer: String,
    /// Title.
    pub title: String,
    /// Number of facilities.
    pub count: usize,
}

/// How many facilities of a kind or index level there are.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Share {
    /// Kind of facility, operator, or index level.
    pub label: String,
    /// Number.
    pub count: usize,
    /// Percent of the facilities counted.
    pub percent: f64,
}

/// Facilities of a layer inside an area.
#[derive(Clone, Debug)]
pub struct FacilityView {
    /// The layer.
    pub layer: Arc<FacilityLayer>,
    /// All layers.
    pub choices: Vec<FacilityChoice>,
    /// The area they lie in; `None` for all.
    pub within: Option<Area>,
    /// Positions in `layer.facilities` ordered by name.
    pub shown: Vec<usize>,
    /// By kind, the most frequent first.
    pub kinds: Vec<Share>,
    /// By operator, the most frequent first.
    pub operators: Vec<Share>,
    /// By index level, ascending; empty without an index.
    pub index_levels: Vec<Share>,
    /// Mean index level; `None` without an index.
    pub index_mean: Option<f64>,
    /// What the layer shows, as German sentences.
    pub sentence: String,
}

impl FacilityView {
    /// The facilities shown, ordered by name.
    pub fn facilities(&self) -> impl Iterator<Item = &Facility> {
        self.shown.iter().filter_map(|position| self.layer.facilities.get(*position))
    }
}

/// Another facility near one.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbour {
    /// The facility.
    pub facility: Facility,
    /// Distance as the crow flies in metres.
    pub metres: f64,
}

/// The page of one facility.
#[derive(Clone, Debug)]
pub struct FacilityProfile {
    /// Name of its layer in URLs.
    pub layer: String,
    /// Title of its layer.
    pub layer_title: String,
    /// What the index is called.
    pub index_label: Option<String>,
    /// The facility.
    pub facility: Facility,
    /// The areas it lies in, the largest first.
    pub path: Vec<Area>,
    /// The nearest five of the same kind.
    pub neighbours: Vec<Neighbour>,
    /// Index levels of all facilities of the same kind in the nearest area that has at least five.
    pub compared_with: Option<(Area, Vec<Share>)>,
    /// Source with licence and attribution.
    pub source: Source,
    /// What stands out, as German sentences.
    pub sentence: String,
}
