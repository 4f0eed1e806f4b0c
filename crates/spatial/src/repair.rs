//! Repair of polygons: what a valid polygon is follows OGC 06-103r4 (simple features), orientation RFC 7946.

use crate::segments::{Contacts, contacts, inside_ring, ring_area, turn};
use geo::algorithm::bool_ops::{FillRule, OpType};
use geo::{BooleanOps, BoundingRect, Coord, LineString, MultiPolygon, Orientation, Polygon, Validation};
use rstar::RTree;
use rstar::primitives::GeomWithData;

/// What was repaired in one shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repairs {
    /// Rings whose last vertex was not the first.
    pub closed_rings: usize,
    /// Vertices that repeated their predecessor.
    pub duplicate_points: usize,
    /// Vertices at the tip of a spike without width.
    pub spikes: usize,
    /// Rings without an area.
    pub degenerate_rings: usize,
    /// Rings that ran the wrong way round.
    pub reoriented_rings: usize,
    /// Whether self-intersections, crossing rings or overlapping parts were resolved.
    pub self_intersections: bool,
}

impl Repairs {
    /// Whether the file had to be changed beyond the direction of rings, which differs between formats.
    pub fn is_notable(&self) -> bool {
        Repairs { reoriented_rings: 0, ..*self } != Repairs::default()
    }

    /// What was done, as a German list: `2 doppelte Punkte entfernt, 1 Ring geschlossen`.
    pub fn describe(&self) -> String {
        let counted = |n: usize, one: &str, many: &str| match n {
            0 => None,
            1 => Some(format!("1 {one}")),
            n => Some(format!("{n} {many}")),
        };
        let parts = [
            counted(self.closed_rings, "offener Ring geschlossen", "offene Ringe geschlossen"),
            counted(self.duplicate_points, "doppelter Punkt entfernt", "doppelte Punkte entfernt"),
            counted(self.spikes, "Zacken ohne Breite entfernt", "Zacken ohne Breite entfernt"),
            counted(self.degenerate_rings, "Ring ohne Fläche entfernt", "Ringe ohne Fläche entfernt"),
            counted(self.reoriented_rings, "Ring umgedreht", "Ringe umgedreht"),
            self.self_intersections.then(|| "Überschneidungen aufgelöst".to_string()),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// Why a shape could not be repaired, as a German sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RepairError {
    /// Nothing with an area is left.
    #[error("Die Geometrie hat keine Fläche.")]
    NoArea,
    /// A coordinate that is not a number.
    #[error("Die Geometrie enthält eine Koordinate, die keine Zahl ist.")]
    NotFinite,
    /// A boundary that crosses itself nearly everywhere.
    #[error("Die Grenze überschneidet sich so oft, dass keine Fläche erkennbar ist.")]
    Tangled,
}

/// Repairs a shape: closes rings, drops repeated vertices, spikes and rings without area, resolves
/// self-intersections (each ring by the non-zero rule, holes cut from exteriors, parts united), and turns
/// exteriors counter-clockwise and holes clockwise.
///
/// A shape that is already valid comes back with the same vertices.
///
/// # Errors
/// [`RepairError`] if nothing with an area is left, a coordinate is not finite, or the boundary is a tangle.
pub fn repair(shape: &MultiPolygon<f64>) -> Result<(MultiPolygon<f64>, Repairs), RepairError> {
    let rings = |polygon: &Polygon<f64>| {
        let all = std::iter::once(polygon.exterior()).chain(polygon.interiors());
        all.map(|ring| ring.0.clone()).collect()
    };
    repair_rings(shape.0.iter().map(rings).collect())
}

/// As [`repair`], on rings that may still be open.
pub(crate) fn repair_rings(
    polygons: Vec<Vec<Vec<Coord<f64>>>>,
) -> Result<(MultiPolygon<f64>, Repairs), RepairError> {
    if polygons.iter().flatten().flatten().any(|c| !c.x.is_finite() || !c.y.is_finite()) {
        return Err(RepairError::NotFinite);
    }
    let mut repairs = Repairs::default();
    let mut clean: Vec<Polygon<f64>> = Vec::with_capacity(polygons.len());
    for polygon in polygons {
        let mut rings = polygon.into_iter().map(|ring| clean_ring(ring, &mut repairs));
        let Some(exterior) = rings.next() else { continue };
        // Holes without an exterior around them hold nothing.
        let holes: Vec<_> = rings.flatten().collect();
        let Some(exterior) = exterior else { continue };
        clean.push(oriented(exterior, holes, Some(&mut repairs)));
    }
    if clean.is_empty() {
        return Err(RepairError::NoArea);
    }
    let clean = MultiPolygon(clean);
    match check(&clean) {
        Check::Valid => Ok((clean, repairs)),
        Check::Tangled => Err(RepairError::Tangled),
        Check::Invalid => {
            repairs.self_intersections = true;
            let resolved = resolve(&clean).ok_or(RepairError::Tangled)?;
            if resolved.0.is_empty() { Err(RepairError::NoArea) } else { Ok((resolved, repairs)) }
        }
    }
}

/// Closes a ring and drops what has no width; `None` if nothing is left.
fn clean_ring(ring: Vec<Coord<f64>>, repairs: &mut Repairs) -> Option<Vec<Coord<f64>>> {
    let mut open: Vec<Coord<f64>> = Vec::with_capacity(ring.len());
    if ring.len() > 2 && ring.first() != ring.last() {
        repairs.closed_rings += 1;
    }
    let count = ring.len();
    for (i, coord) in ring.into_iter().enumerate() {
        let closing = i + 1 == count && i > 0 && open.first() == Some(&coord);
        match open.last() {
            Some(last) if *last == coord && !closing => repairs.duplicate_points += 1,
            _ if closing => {}
            _ => open.push(coord),
        }
    }
    while open.len() > 1 && open.first() == open.last() {
        open.pop();
        repairs.duplicate_points += 1;
    }
    let open = without_spikes(open, &mut repairs.spikes);
    let mut closed = open;
    closed.extend(closed.first().copied());
    if closed.len() < 4 || ring_area(&closed) == 0.0 && is_flat(&closed) {
        repairs.degenerate_rings += 1;
        return None;
    }
    Some(closed)
}

/// Whether all vertices lie on one line (a bow tie has the signed area 0 but is not flat).
fn is_flat(ring: &[Coord<f64>]) -> bool {
    let Some(first) = ring.first() else { return true };
    let Some(second) = ring.iter().find(|c| *c != first) else { return true };
    ring.iter().all(|c| turn(*first, *second, *c) == Orientation::Collinear)
}

/// Removes vertices at which an open ring turns back exactly on itself, until there are none.
fn without_spikes(open: Vec<Coord<f64>>, spikes: &mut usize) -> Vec<Coord<f64>> {
    let folds = |a: Coord<f64>, b: Coord<f64>, c: Coord<f64>| {
        let back = (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y) < 0.0;
        a == c || back && turn(a, b, c) == Orientation::Collinear
    };
    let mut out: Vec<Coord<f64>> = Vec::with_capacity(open.len());
    let push = |out: &mut Vec<Coord<f64>>, coord: Coord<f64>, spikes: &mut usize| {
        loop {
            match out.as_slice() {
                [.., last] if *last == coord => return,
                [.., a, b] if folds(*a, *b, coord) => {
                    out.pop();
                    *spikes += 1;
                }
                _ => break,
            }
        }
        out.push(coord);
    };
    for coord in open {
        push(&mut out, coord, spikes);
    }
    // The same across the seam of the ring.
    let mut start = 0;
    loop {
        let ring = &out[start.min(out.len())..];
        let [first, second, ..] = ring else { break };
        let [.., before, last] = ring else { break };
        if ring.len() < 3 {
            break;
        }
        if last == first || folds(*before, *last, *first) {
            out.pop();
        } else if folds(*last, *first, *second) {
            start += 1;
        } else {
            break;
        }
        *spikes += 1;
    }
    out.split_off(start.min(out.len()))
}

fn oriented(
    mut exterior: Vec<Coord<f64>>,
    mut holes: Vec<Vec<Coord<f64>>>,
    mut repairs: Option<&mut Repairs>,
) -> Polygon<f64> {
    let mut turn_to = |ring: &mut Vec<Coord<f64>>, positive: bool| {
        let area = ring_area(ring);
        if area != 0.0 && (area > 0.0) != positive {
            ring.reverse();
            if let Some(repairs) = repairs.as_deref_mut() {
                repairs.reoriented_rings += 1;
            }
        }
    };
    turn_to(&mut exterior, true);
    for hole in &mut holes {
        turn_to(hole, false);
    }
    Polygon::new(LineString::new(exterior), holes.into_iter().map(LineString::new).collect())
}

#[derive(Clone, Copy, PartialEq)]
enum Check {
    Valid,
    Invalid,
    Tangled,
}

/// Whether cleaned rings form a valid shape.
pub(crate) fn is_valid(shape: &MultiPolygon<f64>) -> bool {
    let closed = shape.0.iter().flat_map(rings_of).all(|ring| ring.len() >= 4);
    closed && check(shape) == Check::Valid
}

fn rings_of(polygon: &Polygon<f64>) -> impl Iterator<Item = &[Coord<f64>]> {
    std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(|ring| ring.0.as_slice())
}

fn check(shape: &MultiPolygon<f64>) -> Check {
    /// Up to here the exact but quadratic check of touching rings is quick.
    const SMALL: usize = 3_000;
    /// Point-in-ring tests beyond this take longer than resolving the shape.
    const WORK: usize = 300_000_000;
    let rings: Vec<&[Coord<f64>]> = shape.0.iter().flat_map(rings_of).collect();
    let vertices: usize = rings.iter().map(|ring| ring.len()).sum();
    match contacts(&rings) {
        Contacts::TooMany => return Check::Tangled,
        Contacts::WithinRing => return Check::Invalid,
        Contacts::BetweenRings if vertices > SMALL => return Check::Invalid,
        Contacts::BetweenRings => return if shape.is_valid() { Check::Valid } else { Check::Invalid },
        Contacts::None => {}
    }
    if rings.len().saturating_mul(vertices) > WORK {
        return Check::Invalid;
    }
    // Without contacts one vertex of a ring tells where the whole ring lies.
    let inside = |ring: &[Coord<f64>], other: &[Coord<f64>]| inside_ring(ring[0], other) == Some(true);
    let holes_fit = shape.0.iter().all(|polygon| {
        let holes: Vec<&[Coord<f64>]> = polygon.interiors().iter().map(|ring| ring.0.as_slice()).collect();
        holes.iter().enumerate().all(|(i, hole)| {
            let others = holes.iter().enumerate().filter(|(j, _)| *j != i);
            inside(hole, &polygon.exterior().0) && others.into_iter().all(|(_, other)| !inside(hole, other))
        })
    });
    let parts_apart = shape.0.iter().enumerate().all(|(i, part)| {
        let exterior = &part.exterior().0;
        shape.0.iter().enumerate().filter(|(j, _)| *j != i).all(|(_, other)| {
            !inside(exterior, &other.exterior().0)
                || other.interiors().iter().any(|hole| inside(exterior, &hole.0))
        })
    });
    if holes_fit && parts_apart { Check::Valid } else { Check::Invalid }
}

fn overlay(subject: &MultiPolygon<f64>, clip: &MultiPolygon<f64>, operation: OpType) -> MultiPolygon<f64> {
    subject.boolean_op_with_fill_rule(clip, operation, FillRule::NonZero)
}

/// Resolves crossings; `None` if even that leaves something invalid.
fn resolve(shape: &MultiPolygon<f64>) -> Option<MultiPolygon<f64>> {
    let none = MultiPolygon(Vec::new());
    let mut parts: Vec<Polygon<f64>> = Vec::new();
    for polygon in &shape.0 {
        let shell = MultiPolygon(vec![Polygon::new(polygon.exterior().clone(), Vec::new())]);
        // Holes as positive areas of their own, so that overlapping holes do not cancel out.
        let positive = |ring: &LineString<f64>| oriented(ring.0.clone(), Vec::new(), None);
        let holes = MultiPolygon(polygon.interiors().iter().map(positive).collect());
        parts.extend(overlay(&shell, &holes, OpType::Difference).0);
    }
    let mut resolved = tidy(overlay(&MultiPolygon(parts), &none, OpType::Union));
    let snapped = tidy(snap_back(&resolved, shape));
    if check(&snapped) == Check::Valid {
        return Some(snapped);
    }
    for _ in 0..3 {
        if check(&resolved) == Check::Valid {
            return Some(resolved);
        }
        resolved = tidy(overlay(&resolved, &none, OpType::Union));
    }
    (check(&resolved) == Check::Valid).then_some(resolved)
}

/// Cleans rings after an overlay and drops crumbs below a billionth of the whole.
pub(crate) fn tidy(shape: MultiPolygon<f64>) -> MultiPolygon<f64> {
    let mut ignored = Repairs::default();
    let mut parts: Vec<(f64, Polygon<f64>)> = Vec::with_capacity(shape.0.len());
    for polygon in shape.0 {
        let (exterior, holes) = polygon.into_inner();
        let Some(exterior) = clean_ring(exterior.0, &mut ignored) else { continue };
        let area = ring_area(&exterior).abs();
        let holes = holes.into_iter().filter_map(|hole| clean_ring(hole.0, &mut ignored));
        let holes = holes.filter(|hole| ring_area(hole).abs() > area * 1.0e-9).collect();
        parts.push((area, oriented(exterior, holes, None)));
    }
    let total: f64 = parts.iter().map(|(area, _)| area).sum();
    parts.retain(|(area, _)| *area > total * 1.0e-9);
    MultiPolygon(parts.into_iter().map(|(_, polygon)| polygon).collect())
}

/// Moves vertices of an overlay back onto the vertices they came from: the overlay works on an integer grid of
/// about a billionth of the extent, and neighbours share borders exactly.
pub(crate) fn snap_back(shape: &MultiPolygon<f64>, original: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    let Some(extent) = original.bounding_rect() else { return shape.clone() };
    let reach = extent.width().max(extent.height()) * 4.0e-9;
    let vertices = original.0.iter().flat_map(rings_of).flatten();
    let tree = RTree::bulk_load(vertices.map(|c| GeomWithData::new([c.x, c.y], ())).collect());
    let back = |ring: &LineString<f64>| {
        let moved = ring.0.iter().map(|c| match tree.nearest_neighbor([c.x, c.y]) {
            Some(found) => {
                let at = found.geom();
                let near = (at[0] - c.x).hypot(at[1] - c.y) <= reach;
                if near { Coord { x: at[0], y: at[1] } } else { *c }
            }
            None => *c,
        });
        LineString::new(moved.collect())
    };
    let polygon =
        |p: &Polygon<f64>| Polygon::new(back(p.exterior()), p.interiors().iter().map(back).collect());
    MultiPolygon(shape.0.iter().map(polygon).collect())
}
