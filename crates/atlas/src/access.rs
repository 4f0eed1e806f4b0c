//! How many children reach a facility on foot: straight lines, lengthened by a detour factor.
//!
//! Where in an area its children live is not published, so they are taken to live evenly over it: a grid of points
//! stands for them. The way to the nearest facility is the great circle times [`DETOUR`], walked at
//! [`METRES_A_MINUTE`]. Sources: D. R. Higgs, "A literature review of the use of GIS-based measures of access to health
//! care services", Health Services and Outcomes Research Methodology 5 (2004); for straight lines times a factor,
//! R. F. Love and J. G. Morris, "Modelling inter-city road distances by mathematical functions", Operational Research
//! Quarterly 23 (1972).

mod file;
mod spread;
mod words;

pub use spread::spread;

use crate::about::About;
use crate::members::counts_children;
use crate::view::{View, ViewQuery};
use crate::{Atlas, AtlasError};
use geo_types::Point;
use kekiz_base::{Area, AreaKey, GroupId, IndicatorId, IndicatorMeta, Level, Period};
use kekiz_lake::{Facility, FacilityLayer};
use kekiz_spatial::access::straight_line;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Ways in a city are longer than the straight line by about this factor; an assumption.
pub const DETOUR: f64 = 1.3;
/// Walking speed in metres a minute (4.8 km/h); an assumption.
pub const METRES_A_MINUTE: f64 = 80.0;
/// Minutes to walk, when nothing else is asked for.
pub const MINUTES: u16 = 15;
/// Points that stand for the children of an area, about.
const POINTS: usize = 240;

/// A question about reach.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessQuery {
    /// Layer of facilities; the first if `None`.
    pub layer: Option<String>,
    /// Kind of facility; `alle` for all kinds, the most frequent if `None`.
    pub kind: Option<String>,
    /// The count of children, with level, place and period; the finest there is if `None`.
    pub children: Option<IndicatorId>,
    /// Level, place and period of the count; its indicator is passed over.
    pub level: Option<String>,
    /// Only areas inside this one.
    pub within: Option<AreaKey>,
    /// Period of the count.
    pub period: Option<Period>,
    /// Group of the count (an age).
    pub group: Option<GroupId>,
    /// Minutes on foot, 1 to 60.
    pub minutes: u16,
}

impl Default for AccessQuery {
    fn default() -> Self {
        Self {
            layer: None,
            kind: None,
            children: None,
            level: None,
            within: None,
            period: None,
            group: None,
            minutes: MINUTES,
        }
    }
}

/// What is known of the places of facilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Places {
    /// The list says how many places are free; only facilities with one count.
    Free,
    /// The list says how many places there are, not how many are free; every facility counts.
    All,
    /// The list says nothing of places; every facility counts.
    Unknown,
}

/// One area.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessRow {
    /// The area with its count of children.
    pub row: crate::view::Row,
    /// Share of the points of the area within reach, 0 to 1; `None` without a shown count, without a shape, or where
    /// the list of facilities has none in the whole municipality.
    pub share: Option<f64>,
    /// Children within reach, as an estimate.
    pub reached: Option<f64>,
    /// Whether the list has facilities of the area's municipality; where not, nothing is known.
    pub covered: bool,
}

/// How many children reach a facility.
#[derive(Clone, Debug)]
pub struct Access {
    /// The counts of children with the choices there are.
    pub view: View,
    /// All counts of children.
    pub counts: Vec<Arc<IndicatorMeta>>,
    /// The facilities' layer.
    pub layer: Arc<FacilityLayer>,
    /// Kind of facility; `None` for all.
    pub kind: Option<String>,
    /// All kinds, the most frequent first.
    pub kinds: Vec<String>,
    /// Facilities that could be reached, as positions in the layer.
    pub facilities: Vec<usize>,
    /// What is known of their places.
    pub places: Places,
    /// Minutes on foot.
    pub minutes: u16,
    /// Areas, ordered by key.
    pub rows: Vec<AccessRow>,
    /// Children of the areas with a shown count, and those of them within reach.
    pub children: f64,
    /// See `children`.
    pub reached: f64,
    /// What was found, as a German sentence.
    pub sentence: String,
    /// What is assumed and what is not known, as German sentences.
    pub assumptions: Vec<String>,
    /// About the count of children.
    pub about: About,
}

impl Access {
    /// Percent of the children within reach; `None` when no children are counted.
    pub fn percent(&self) -> Option<f64> {
        (self.children > 0.0).then(|| 100.0 * self.reached / self.children)
    }
}

impl Atlas {
    /// Whether there are facilities and counts of children.
    pub fn has_access(&self) -> bool {
        !self.facility_layers().is_empty() && self.indicators().any(|meta| counts_children(meta))
    }

    /// How many children reach a facility on foot.
    ///
    /// # Errors
    /// [`AtlasError::Analysis`] where no facilities or no counts of children are published, for a kind of facility
    /// that is not there, and those of [`Atlas::view`].
    pub fn access(&self, query: &AccessQuery) -> Result<Access, AtlasError> {
        let counts: Vec<Arc<IndicatorMeta>> =
            self.indicators().filter(|meta| counts_children(meta)).cloned().collect();
        let layer = match &query.layer {
            Some(id) => self.facility_layer(id)?.clone(),
            None => self
                .facility_layers()
                .first()
                .cloned()
                .ok_or_else(|| AtlasError::Analysis(words::NO_FACILITIES.into()))?,
        };
        let covered = self.covered(&layer);
        let view = self.view(&self.children_query(query, &counts, &covered)?)?;
        let kinds = kinds(&layer);
        let kind = match query.kind.as_deref() {
            Some("alle") => None,
            Some(kind) if kinds.iter().any(|known| known == kind) => Some(kind.to_string()),
            Some(kind) => return Err(AtlasError::Analysis(words::no_kind(kind, &kinds))),
            None => kinds.first().cloned(),
        };
        let places = places(&layer);
        let facilities: Vec<usize> = (0..layer.facilities.len())
            .filter(|at| {
                let facility = &layer.facilities[*at];
                kind.as_ref().is_none_or(|kind| *kind == facility.kind)
                    && (places != Places::Free || number(facility, is_free) > Some(0.0))
            })
            .collect();
        let supplies: Vec<Point<f64>> = facilities
            .iter()
            .map(|at| Point::new(layer.facilities[*at].lon, layer.facilities[*at].lat))
            .collect();
        let metres = f64::from(query.minutes) * METRES_A_MINUTE / DETOUR;
        let known: Vec<bool> = view.rows.iter().map(|row| self.is_covered(&row.area, &covered)).collect();
        if !known.contains(&true) {
            return Err(AtlasError::Analysis(words::not_covered(self, &layer, &covered)));
        }
        let shares = self.shares(&view, &known, &supplies, metres);
        let rows: Vec<AccessRow> = view
            .rows
            .iter()
            .zip(shares)
            .zip(known)
            .map(|((row, share), covered)| AccessRow {
                share,
                covered,
                reached: share.zip(row.value).map(|(share, children)| share * children),
                row: row.clone(),
            })
            .collect();
        let counted = rows.iter().filter(|row| row.share.is_some());
        let children = counted.clone().filter_map(|row| row.row.value).sum();
        let reached = counted.filter_map(|row| row.reached).sum();
        let indicator = self.indicator(&view.meta.id)?;
        let about = About::of(&indicator);
        let mut access = Access {
            about,
            counts,
            layer,
            kind,
            kinds,
            facilities,
            places,
            minutes: query.minutes,
            rows,
            children,
            reached,
            sentence: String::new(),
            assumptions: Vec::new(),
            view,
        };
        access.sentence = words::sentence(&access);
        access.assumptions = words::assumptions(&access);
        Ok(access)
    }

    /// The count of children asked for, or the one with the most areas below the municipality.
    fn children_query(
        &self,
        query: &AccessQuery,
        counts: &[Arc<IndicatorMeta>],
        covered: &BTreeSet<AreaKey>,
    ) -> Result<ViewQuery, AtlasError> {
        let chosen = match &query.children {
            Some(id) => Some((id.clone(), None)),
            None => self.finest(query, counts, covered),
        };
        let (id, level) = chosen.ok_or_else(|| AtlasError::Analysis(words::NO_CHILDREN.into()))?;
        if !counts.iter().any(|meta| meta.id == id) {
            return Err(AtlasError::Analysis(words::no_count(self.meta(&id)?, counts)));
        }
        let mut view = ViewQuery::of(id);
        view.level = query.level.clone().or(level);
        view.within.clone_from(&query.within);
        view.period = query.period;
        view.group.clone_from(&query.group);
        Ok(view)
    }

    fn finest(
        &self,
        query: &AccessQuery,
        counts: &[Arc<IndicatorMeta>],
        covered: &BTreeSet<AreaKey>,
    ) -> Option<(IndicatorId, Option<String>)> {
        let mut found = Vec::new();
        for meta in counts {
            let Ok(indicator) = self.indicator(&meta.id) else { continue };
            for slice in indicator.slices() {
                let wanted = query.level.as_deref();
                if wanted.is_some_and(|w| w != slice.geography.as_str() && w != slice.level.slug()) {
                    continue;
                }
                let inside =
                    slice.areas.iter().map(|(_, area)| area).filter(|area| {
                        query.within.as_ref().is_none_or(|outer| self.lies_in(&area.key, outer))
                    });
                let inside: Vec<&Area> = inside.collect();
                if inside.is_empty() {
                    continue;
                }
                let known = inside.iter().filter(|area| self.is_covered(area, covered)).count();
                let score = (known > 0, slice.level > Level::Gemeinde, known, slice.level);
                found.push((score, meta.id.clone(), slice.geography.to_string()));
            }
        }
        // The earlier of two alike.
        let best = found.into_iter().reduce(|best, next| if next.0 > best.0 { next } else { best });
        best.map(|(_, id, level)| (id, Some(level)))
    }

    /// The areas that hold a facility of the list, and all they lie in.
    fn covered(&self, layer: &FacilityLayer) -> BTreeSet<AreaKey> {
        let held: BTreeSet<&AreaKey> = layer.facilities.iter().filter_map(|one| one.area.as_ref()).collect();
        let mut all: BTreeSet<AreaKey> = BTreeSet::new();
        for key in held {
            all.insert(key.clone());
            all.extend(self.tree().ancestors(key).map(|area| area.key.clone()));
        }
        all
    }

    /// Whether the list knows the municipality of an area: without a facility in all of it, it does not cover it.
    fn is_covered(&self, area: &Area, covered: &BTreeSet<AreaKey>) -> bool {
        if area.level <= Level::Gemeinde {
            return covered.contains(&area.key);
        }
        let city = self.tree().ancestors(&area.key).find(|above| above.level == Level::Gemeinde);
        city.is_some_and(|city| covered.contains(&city.key))
    }

    /// For each covered row with a shown count the share of its points within reach of a facility.
    fn shares(&self, view: &View, known: &[bool], supplies: &[Point<f64>], metres: f64) -> Vec<Option<f64>> {
        let mut points: Vec<Point<f64>> = Vec::new();
        let spans: Vec<std::ops::Range<usize>> = view
            .rows
            .iter()
            .zip(known)
            .map(|(row, known)| {
                let start = points.len();
                let shape = row.value.filter(|_| *known).and_then(|_| {
                    let (geography, position) = self.position(&row.area.key)?;
                    self.layer(geography).ok()?.shapes.get(*position)
                });
                points.extend(shape.map(|shape| spread(shape, POINTS)).unwrap_or_default());
                start..points.len()
            })
            .collect();
        let near = straight_line(&points, supplies, metres).nearest();
        spans
            .into_iter()
            .map(|span| {
                let all = span.len();
                let reached = near[span].iter().flatten().count();
                (all > 0).then(|| reached as f64 / all as f64)
            })
            .collect()
    }
}

/// Kinds of a layer, the most frequent first.
fn kinds(layer: &FacilityLayer) -> Vec<String> {
    let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for facility in layer.facilities.iter().filter(|facility| !facility.kind.is_empty()) {
        *counts.entry(facility.kind.as_str()).or_default() += 1;
    }
    let mut kinds: Vec<(&str, usize)> = counts.into_iter().collect();
    kinds.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    kinds.into_iter().map(|(kind, _)| kind.to_string()).collect()
}

fn is_free(label: &str) -> bool {
    let label = label.to_lowercase();
    label.contains("freie plätze") || label == "frei"
}

fn is_places(label: &str) -> bool {
    label.to_lowercase().contains("plätze")
}

/// The number a facility has under a label.
fn number(facility: &Facility, wanted: fn(&str) -> bool) -> Option<f64> {
    let (_, text) = facility.attributes.iter().find(|(label, _)| wanted(label))?;
    text.trim().replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite())
}

fn places(layer: &FacilityLayer) -> Places {
    let any =
        |wanted: fn(&str) -> bool| layer.facilities.iter().any(|facility| number(facility, wanted).is_some());
    if any(is_free) {
        Places::Free
    } else if any(is_places) {
        Places::All
    } else {
        Places::Unknown
    }
}
