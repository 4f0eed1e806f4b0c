//! What a format reader hands on: coordinates as they stand in the file.

use crate::{Attribute, Crs};
use geo::Coord;
use kekiz_base::Diagnostics;
use std::collections::BTreeMap;

/// A polygon as rings, the exterior first; nothing is checked yet.
pub(crate) type RawPolygon = Vec<Vec<Coord<f64>>>;

/// Everything a geometry in a file may hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RawGeometry {
    pub(crate) polygons: Vec<RawPolygon>,
    pub(crate) points: Vec<Coord<f64>>,
    /// Number of lines, which are neither areas nor places.
    pub(crate) lines: usize,
    /// Whether heights or measures were dropped.
    pub(crate) had_height: bool,
}

impl RawGeometry {
    pub(crate) fn vertices(&self) -> usize {
        self.points.len() + self.polygons.iter().flatten().map(Vec::len).sum::<usize>()
    }

    pub(crate) fn append(&mut self, other: RawGeometry) {
        self.polygons.extend(other.polygons);
        self.points.extend(other.points);
        self.lines += other.lines;
        self.had_height |= other.had_height;
    }

    pub(crate) fn coords_mut(&mut self) -> impl Iterator<Item = &mut [Coord<f64>]> {
        let rings = self.polygons.iter_mut().flatten().map(Vec::as_mut_slice);
        rings.chain(std::iter::once(self.points.as_mut_slice()))
    }

    pub(crate) fn coords(&self) -> impl Iterator<Item = &Coord<f64>> {
        self.polygons.iter().flatten().flatten().chain(&self.points)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct RawFeature {
    /// `Err` holds what is wrong with the geometry, as a sentence.
    pub(crate) geometry: Result<Option<RawGeometry>, String>,
    pub(crate) attributes: BTreeMap<String, Attribute>,
}

/// What a file says about its reference system.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Declared {
    Nothing,
    Known(Crs),
    Unsupported(String),
}

#[derive(Clone, Debug)]
pub(crate) struct RawLayer {
    pub(crate) file: String,
    pub(crate) name: String,
    pub(crate) crs: Declared,
    pub(crate) features: Vec<RawFeature>,
    pub(crate) diagnostics: Diagnostics,
}

/// File name without folders.
fn base_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// File name without folders and ending.
pub(crate) fn stem(name: &str) -> String {
    let base = base_name(name);
    match base.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem.to_string(),
        _ => base.to_string(),
    }
}

/// Path without ending, to find the parts of one Shapefile.
pub(crate) fn path_stem(name: &str) -> String {
    let cut = name.len() - base_name(name).len();
    format!("{}{}", &name[..cut], stem(name)).to_lowercase()
}

pub(crate) fn has_ending(name: &str, ending: &str) -> bool {
    base_name(name).rsplit_once('.').is_some_and(|(_, found)| found.eq_ignore_ascii_case(ending))
}

pub(crate) fn same_name(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}
