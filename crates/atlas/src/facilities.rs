//! Layers of facilities (schools, Kitas) and the profile of one facility.

use crate::{Atlas, AtlasError, naming, wording};
use geo_types::Point;
use kekiz_base::number::german;
use kekiz_base::{Area, AreaKey, Source};
use kekiz_lake::{Facility, FacilityLayer};
use kekiz_spatial::measure::haversine_m;
use std::collections::BTreeMap;
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

/// Facilities of the same kind a profile names.
const NEIGHBOURS: usize = 5;
/// A comparison needs this many facilities.
const COMPARED: usize = 5;

impl Atlas {
    /// Facilities of a layer, inside an area if one is given.
    ///
    /// # Errors
    /// [`AtlasError::UnknownLayer`], [`AtlasError::UnknownArea`].
    pub fn facilities(&self, layer: &str, within: Option<&AreaKey>) -> Result<FacilityView, AtlasError> {
        let layer = self.facility_layer(layer)?.clone();
        let within = within.map(|key| self.area(key)).transpose()?.cloned();
        let inside = |facility: &Facility| {
            within
                .as_ref()
                .is_none_or(|outer| facility.area.as_ref().is_some_and(|area| self.lies_in(area, &outer.key)))
        };
        let mut shown: Vec<usize> =
            (0..layer.facilities.len()).filter(|i| inside(&layer.facilities[*i])).collect();
        shown.sort_by(|a, b| {
            let key = |i: usize| (&layer.facilities[i].name, &layer.facilities[i].id);
            key(*a).cmp(&key(*b))
        });
        let all = || shown.iter().map(|i| &layer.facilities[*i]);
        let levels: Vec<u8> = all().filter_map(|facility| facility.index).collect();
        let mean = levels.iter().map(|level| f64::from(*level)).sum::<f64>() / levels.len() as f64;
        let mut view = FacilityView {
            choices: self.facility_choices(),
            kinds: shares(all().map(|facility| facility.kind.clone())),
            operators: shares(all().map(|facility| facility.operator.clone())),
            index_levels: level_shares(&levels),
            index_mean: (!levels.is_empty()).then_some(mean),
            sentence: String::new(),
            layer: layer.clone(),
            within,
            shown,
        };
        view.sentence = view_sentence(&view);
        Ok(view)
    }

    /// The profile of one facility.
    ///
    /// # Errors
    /// [`AtlasError::UnknownLayer`], [`AtlasError::UnknownFacility`].
    pub fn facility(&self, layer: &str, id: &str) -> Result<FacilityProfile, AtlasError> {
        let layer = self.facility_layer(layer)?;
        let facility = layer.facilities.iter().find(|facility| facility.id == id).ok_or_else(|| {
            AtlasError::UnknownFacility { found: id.to_string(), layer: layer.title.clone() }
        })?;
        let mut path: Vec<Area> = Vec::new();
        if let Some(key) = &facility.area {
            path.extend(self.tree().get(key).cloned());
            path.extend(self.above(key).cloned());
            path.reverse();
        }
        let mut neighbours: Vec<Neighbour> = layer
            .facilities
            .iter()
            .filter(|other| other.id != facility.id && other.kind == facility.kind)
            .map(|other| Neighbour {
                metres: haversine_m(Point::new(facility.lon, facility.lat), Point::new(other.lon, other.lat)),
                facility: other.clone(),
            })
            .collect();
        neighbours
            .sort_by(|a, b| a.metres.total_cmp(&b.metres).then_with(|| a.facility.id.cmp(&b.facility.id)));
        neighbours.truncate(NEIGHBOURS);
        let compared_with = path.iter().rev().find_map(|area| {
            let levels: Vec<u8> = layer
                .facilities
                .iter()
                .filter(|other| other.kind == facility.kind)
                .filter(|other| other.area.as_ref().is_some_and(|inner| self.lies_in(inner, &area.key)))
                .filter_map(|other| other.index)
                .collect();
            (levels.len() >= COMPARED).then(|| (area.clone(), level_shares(&levels)))
        });
        let mut profile = FacilityProfile {
            layer: layer.id.clone(),
            layer_title: layer.title.clone(),
            index_label: layer.index_label.clone(),
            facility: Facility { attributes: spoken(layer, facility), ..facility.clone() },
            path,
            neighbours,
            compared_with,
            source: layer.source.clone(),
            sentence: String::new(),
        };
        profile.sentence = profile_sentence(&profile);
        Ok(profile)
    }

    /// The layers to choose from.
    pub fn facility_choices(&self) -> Vec<FacilityChoice> {
        self.facility_layers()
            .iter()
            .map(|layer| FacilityChoice {
                layer: layer.id.clone(),
                title: layer.title.clone(),
                count: layer.facilities.len(),
            })
            .collect()
    }

    /// One layer of facilities.
    pub fn facility_layer(&self, id: &str) -> Result<&Arc<FacilityLayer>, AtlasError> {
        self.facility_layers().iter().find(|layer| layer.id == id).ok_or_else(|| AtlasError::UnknownLayer {
            found: id.to_string(),
            possible: self.facility_layers().iter().map(|layer| layer.id.clone()).collect(),
        })
    }
}

/// The attributes of a facility; those that are only ever 0 or 1 in their layer answer a question, so they say yes or no.
fn spoken(layer: &FacilityLayer, facility: &Facility) -> Vec<(String, String)> {
    let is_flag = |name: &str| {
        let mut values =
            layer.facilities.iter().flat_map(|other| &other.attributes).filter(|(found, _)| found == name);
        values.all(|(_, value)| matches!(value.as_str(), "0" | "1" | ""))
    };
    let say = |(name, value): &(String, String)| {
        let text = match value.as_str() {
            "0" if is_flag(name) => "nein",
            "1" if is_flag(name) => "ja",
            other => other,
        };
        (name.clone(), text.to_string())
    };
    facility.attributes.iter().map(say).collect()
}

fn percent(count: usize, of: usize) -> f64 {
    if of == 0 { 0.0 } else { 100.0 * count as f64 / of as f64 }
}

/// Counts of labels, the most frequent first; empty labels are left out of the list but not of the base.
fn shares(labels: impl Iterator<Item = String>) -> Vec<Share> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut of = 0;
    for label in labels {
        of += 1;
        *counts.entry(label).or_default() += 1;
    }
    counts.remove("");
    let mut out: Vec<Share> = counts
        .into_iter()
        .map(|(label, count)| Share { label, count, percent: percent(count, of) })
        .collect();
    out.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)));
    out
}

/// Counts of index levels from the lowest to the highest, empty levels between included.
fn level_shares(levels: &[u8]) -> Vec<Share> {
    let (Some(low), Some(high)) = (levels.iter().min(), levels.iter().max()) else { return Vec::new() };
    (*low.min(&1)..=*high)
        .map(|level| {
            let count = levels.iter().filter(|found| **found == level).count();
            Share { label: level.to_string(), count, percent: percent(count, levels.len()) }
        })
        .collect()
}

fn view_sentence(view: &FacilityView) -> String {
    let place = view.within.as_ref().map_or(String::new(), |area| format!(" {}", naming::inside(&area.name)));
    let mut out = format!("{}{place}: {}", view.layer.title, german(view.shown.len() as f64, 0));
    let kinds: Vec<String> = view
        .kinds
        .iter()
        .take(3)
        .map(|share| format!("{} ({})", share.label, german(share.count as f64, 0)))
        .collect();
    if !kinds.is_empty() {
        out.push_str(&format!(", am häufigsten {}", wording::list(&kinds)));
    }
    out.push('.');
    if let (Some(label), Some(mean)) = (&view.layer.index_label, view.index_mean) {
        let known: usize = view.index_levels.iter().map(|share| share.count).sum();
        out.push_str(&format!(
            " {label}: im Mittel {} ({} mit Angabe).",
            german(mean, 1),
            german(known as f64, 0)
        ));
    }
    out
}

fn profile_sentence(profile: &FacilityProfile) -> String {
    let facility = &profile.facility;
    let mut out = facility.name.clone();
    if !facility.kind.is_empty() {
        out.push_str(&format!(" ({})", facility.kind));
    }
    if let Some(area) = profile.path.last() {
        out.push_str(&format!(" liegt {}", naming::inside(&area.name)));
    }
    out.push('.');
    if let (Some(label), Some(level)) = (&profile.index_label, facility.index) {
        out.push_str(&format!(" {label}: Stufe {level}."));
        if let Some((area, shares)) = &profile.compared_with {
            let of: usize = shares.iter().map(|share| share.count).sum();
            let higher: usize = shares
                .iter()
                .filter(|share| share.label.parse::<u8>().is_ok_and(|other| other > level))
                .map(|share| share.count)
                .sum();
            out.push_str(&format!(
                " Von {of} Einrichtungen derselben Art {} haben {higher} eine höhere Stufe.",
                naming::inside(&area.name)
            ));
        }
    }
    out
}
