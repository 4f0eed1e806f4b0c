//! Larger areas from smaller ones.

use crate::project::METRES_PER_DEGREE;
use crate::repair::{snap_back, tidy};
use geo::{Coord, LineString, MapCoords, MultiPolygon, Polygon, unary_union};
use rayon::prelude::*;

/// Unites areas (WGS 84) by group: `groups[i]` is the position of the union that shape `i` goes into, `None`
/// leaves it out. The result has `count` shapes; a group without members is empty.
///
/// Gaps between members that are narrower than `gap_m` metres on average (twice the area by the length of the
/// border) are closed, since borders generalised one by one leave slivers; 0 keeps every gap. Vertices of
/// outer borders are those of the members.
pub fn dissolve(
    shapes: &[MultiPolygon<f64>],
    groups: &[Option<usize>],
    count: usize,
    gap_m: f64,
) -> Vec<MultiPolygon<f64>> {
    (0..count)
        .into_par_iter()
        .map(|group| {
            let member = |(shape, of): (&MultiPolygon<f64>, &Option<usize>)| {
                (*of == Some(group)).then(|| shape.clone())
            };
            let members: Vec<MultiPolygon<f64>> = shapes.iter().zip(groups).filter_map(member).collect();
            if let [only] = members.as_slice() {
                return only.clone();
            }
            let union = tidy(unary_union(&members));
            let originals = MultiPolygon(members.into_iter().flat_map(|shape| shape.0).collect());
            let snapped = tidy(snap_back(&union, &originals));
            let united = if crate::repair::is_valid(&snapped) { snapped } else { union };
            MultiPolygon(united.0.into_iter().map(|polygon| without_gaps(polygon, gap_m)).collect())
        })
        .collect()
}

fn without_gaps(polygon: Polygon<f64>, gap_m: f64) -> Polygon<f64> {
    let (exterior, holes) = polygon.into_inner();
    let narrow = |hole: &LineString<f64>| {
        let latitude = hole.0.first().map_or(0.0, |c| c.y).to_radians().cos();
        let flat =
            hole.map_coords(|c| Coord { x: c.x * latitude * METRES_PER_DEGREE, y: c.y * METRES_PER_DEGREE });
        let length: f64 = flat.0.windows(2).map(|w| (w[1].x - w[0].x).hypot(w[1].y - w[0].y)).sum();
        let area = crate::segments::ring_area(&flat.0).abs();
        gap_m > 0.0 && 2.0 * area / length.max(f64::MIN_POSITIVE) < gap_m
    };
    Polygon::new(exterior, holes.into_iter().filter(|hole| !narrow(hole)).collect())
}
