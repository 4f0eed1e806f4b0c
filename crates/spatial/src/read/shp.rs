//! Geometries of Shapefiles.
//!
//! Source: "ESRI Shapefile Technical Description" (ESRI, July 1998).

use super::raw::{RawGeometry, RawPolygon};
use crate::segments::{inside_ring, ring_area};
use geo::Coord;

struct Record<'a>(&'a [u8]);

impl Record<'_> {
    fn i32(&self, at: usize) -> Option<i32> {
        self.0.get(at..at.checked_add(4)?).map(|b| i32::from_le_bytes([b[0], b[1], b[2], b[3]]))
    }

    fn count(&self, at: usize) -> Option<usize> {
        usize::try_from(self.i32(at)?).ok()
    }

    fn f64(&self, at: usize) -> Option<f64> {
        let bytes = self.0.get(at..at.checked_add(8)?)?.first_chunk::<8>()?;
        Some(f64::from_le_bytes(*bytes))
    }

    fn coord(&self, at: usize) -> Option<Coord<f64>> {
        let coord = Coord { x: self.f64(at)?, y: self.f64(at + 8)? };
        (coord.x.is_finite() && coord.y.is_finite()).then_some(coord)
    }
}

/// All geometries in the order of the file. An `Err` inside is one unusable geometry; the outer error is a
/// clause that ends a sentence.
pub(crate) fn parse(bytes: &[u8]) -> Result<Vec<Result<Option<RawGeometry>, String>>, String> {
    if bytes.len() < 100 || !bytes.starts_with(&[0, 0, 0x27, 0x0a]) {
        return Err("der Kopf der .shp-Datei ist unvollständig.".into());
    }
    let mut out = Vec::new();
    let mut at = 100usize;
    while at < bytes.len() {
        let broken = || format!("die .shp-Datei bricht im Objekt {} ab.", out.len() + 1);
        let head = bytes.get(at..at + 8).ok_or_else(broken)?;
        let words = i32::from_be_bytes([head[4], head[5], head[6], head[7]]);
        let length = usize::try_from(words).ok().and_then(|w| w.checked_mul(2)).ok_or_else(broken)?;
        let end = (at + 8).checked_add(length).ok_or_else(broken)?;
        let record = Record(bytes.get(at + 8..end).ok_or_else(broken)?);
        out.push(geometry(&record));
        at = end;
    }
    Ok(out)
}

fn geometry(record: &Record<'_>) -> Result<Option<RawGeometry>, String> {
    let broken = || "Die Geometrie ist kürzer als angekündigt oder enthält ungültige Zahlen.".to_string();
    let mut out = RawGeometry::default();
    let kind = record.i32(0).ok_or_else(broken)?;
    out.had_height = kind > 10;
    match kind {
        0 => return Ok(None),
        1 | 11 | 21 => out.points.push(record.coord(4).ok_or_else(broken)?),
        8 | 18 | 28 => {
            let count = record.count(36).ok_or_else(broken)?;
            if count.saturating_mul(16) > record.0.len() {
                return Err(broken());
            }
            out.points =
                (0..count).map(|i| record.coord(40 + 16 * i)).collect::<Option<_>>().ok_or_else(broken)?;
        }
        3 | 13 | 23 => out.lines = 1,
        5 | 15 | 25 => out.polygons = assemble(rings(record).ok_or_else(broken)?)?,
        other => return Err(format!("Die Geometrieart {other} des Shapefiles wird nicht unterstützt.")),
    }
    Ok((out != RawGeometry { had_height: out.had_height, ..RawGeometry::default() }).then_some(out))
}

fn rings(record: &Record<'_>) -> Option<Vec<Vec<Coord<f64>>>> {
    let parts = record.count(36)?;
    let points = record.count(40)?;
    let first = parts.checked_mul(4)?.checked_add(44)?;
    if first.checked_add(points.checked_mul(16)?)? > record.0.len() {
        return None;
    }
    let mut starts: Vec<usize> = (0..parts).map(|i| record.count(44 + 4 * i)).collect::<Option<_>>()?;
    starts.push(points);
    starts
        .windows(2)
        .map(|pair| {
            if pair[0] > pair[1] {
                return None;
            }
            (pair[0]..pair[1]).map(|i| record.coord(first + 16 * i)).collect()
        })
        .collect()
}

/// Clockwise rings are exteriors, the others holes of the smallest exterior around them. Where the directions
/// cannot be right (a hole without an exterior), rings are nested by how many others lie around them.
fn assemble(rings: Vec<Vec<Coord<f64>>>) -> Result<Vec<RawPolygon>, String> {
    /// Pairs of rings that are looked at; a shape with 5,000 holes among 5,000 exteriors has as many.
    const MOST_PAIRS: usize = 25_000_000;
    let areas: Vec<f64> = rings.iter().map(|ring| ring_area(ring)).collect();
    if let [_] = rings.as_slice() {
        return Ok(rings.into_iter().map(|ring| vec![ring]).collect());
    }
    let exterior: Vec<bool> = areas.iter().map(|area| *area < 0.0).collect();
    let holes = exterior.iter().filter(|exterior| !**exterior).count();
    let too_many = || Err("Die Geometrie hat zu viele Ringe.".to_string());
    if holes.saturating_mul(rings.len()) > MOST_PAIRS {
        return too_many();
    }
    let boxes: Vec<[f64; 4]> = rings.iter().map(|ring| extent(ring)).collect();
    let around = |hole: usize, candidates: &[bool]| -> Option<usize> {
        let inside = |outer: &usize| {
            *outer != hole
                && candidates[*outer]
                && areas[*outer].abs() >= areas[hole].abs()
                && encloses(boxes[*outer], boxes[hole])
                && lies_inside(&rings[hole], &rings[*outer])
        };
        (0..rings.len()).filter(inside).min_by(|a, b| areas[*a].abs().total_cmp(&areas[*b].abs()))
    };
    let mut parents: Vec<Option<usize>> =
        (0..rings.len()).map(|ring| if exterior[ring] { None } else { around(ring, &exterior) }).collect();
    let lost = (0..rings.len()).any(|ring| !exterior[ring] && areas[ring] != 0.0 && parents[ring].is_none());
    if lost {
        if rings.len().saturating_mul(rings.len()) > MOST_PAIRS {
            return too_many();
        }
        let all = vec![true; rings.len()];
        let chain: Vec<Option<usize>> = (0..rings.len()).map(|ring| around(ring, &all)).collect();
        let depth = |ring: usize| std::iter::successors(chain[ring], |r| chain[*r]).take(rings.len()).count();
        for ring in 0..rings.len() {
            parents[ring] = if depth(ring) % 2 == 1 { chain[ring] } else { None };
        }
    }
    let mut polygons: Vec<RawPolygon> = Vec::new();
    let mut index = vec![usize::MAX; rings.len()];
    let mut holes = Vec::new();
    for (i, ring) in rings.into_iter().enumerate() {
        match parents[i] {
            None => {
                index[i] = polygons.len();
                polygons.push(vec![ring]);
            }
            Some(parent) => holes.push((parent, ring)),
        }
    }
    for (parent, ring) in holes {
        if let Some(polygon) = polygons.get_mut(index[parent]) {
            polygon.push(ring);
        }
    }
    Ok(polygons)
}

/// West, south, east, north.
fn extent(ring: &[Coord<f64>]) -> [f64; 4] {
    let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    ring.iter().fold(start, |e, c| [e[0].min(c.x), e[1].min(c.y), e[2].max(c.x), e[3].max(c.y)])
}

fn encloses(outer: [f64; 4], inner: [f64; 4]) -> bool {
    outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3]
}

/// Whether a ring lies inside another; vertices on the border decide nothing, so several are asked.
fn lies_inside(inner: &[Coord<f64>], outer: &[Coord<f64>]) -> bool {
    inner.iter().take(64).find_map(|vertex| inside_ring(*vertex, outer)).unwrap_or(true)
}
