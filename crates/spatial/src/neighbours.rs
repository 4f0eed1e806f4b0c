//! Which areas lie next to each other.

use crate::project::METRES_PER_DEGREE;
use crate::segments::{Segment, around, distance_squared};
use geo::{BoundingRect, Coord, MultiPolygon};
use rstar::RTree;
use std::collections::BTreeSet;

/// For each area the positions of its neighbours in ascending order: areas whose borders come within
/// `tolerance_m` metres of each other in at least one point (queen contiguity).
///
/// A tolerance of 0 takes borders that match exactly; borders that were simplified one by one need about twice
/// the tolerance they were simplified with. The relation is symmetric and holds no area with itself. Empty
/// shapes have no neighbours. Distances are measured in a plane at the middle latitude.
pub fn neighbours(shapes: &[MultiPolygon<f64>], tolerance_m: f64) -> Vec<Vec<usize>> {
    let reach = if tolerance_m.is_finite() { tolerance_m.max(0.0) } else { 0.0 };
    let boxes = shapes.iter().filter_map(BoundingRect::bounding_rect);
    let (low, high) = boxes.fold((f64::MAX, f64::MIN), |(l, h), b| (l.min(b.min().y), h.max(b.max().y)));
    let squeeze = if low <= high { ((low + high) / 2.0).to_radians().cos() } else { 1.0 };
    let flat = |c: Coord<f64>| Coord { x: c.x * squeeze * METRES_PER_DEGREE, y: c.y * METRES_PER_DEGREE };
    let mut segments = Vec::new();
    for (number, shape) in shapes.iter().enumerate() {
        let rings = shape.0.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
        let sides = rings.flat_map(|ring| ring.0.windows(2));
        segments.extend(sides.map(|w| Segment { a: flat(w[0]), b: flat(w[1]), id: number }));
    }
    let tree = RTree::bulk_load(segments);
    // Two segments apart are nearest at an end of one of them; crossing borders are found by the ends as well,
    // unless a long side crosses another without any vertex near, which overlapping areas do not avoid for long.
    let mut found: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); shapes.len()];
    for segment in tree.iter() {
        for other in tree.locate_in_envelope_intersecting(around(segment.a, reach, reach)) {
            let new = other.id != segment.id && !found[segment.id].contains(&other.id);
            if new && distance_squared(segment.a, other.a, other.b) <= reach * reach {
                found[segment.id].insert(other.id);
                found[other.id].insert(segment.id);
            }
        }
    }
    found.into_iter().map(|set| set.into_iter().collect()).collect()
}
