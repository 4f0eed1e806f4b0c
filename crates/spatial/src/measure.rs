//! Sizes, places and distances of shapes in WGS 84.

use crate::project::{EARTH_RADIUS_M, flatten};
use crate::segments::{distance_squared, inside_ring, ring_area};
use geo::{
    BoundingRect, Centroid, Coord, GeodesicArea, InteriorPoint, LineString, MultiPolygon, Point, Polygon,
    Rect,
};
use std::collections::BinaryHeap;

/// Area in square kilometres on the ellipsoid, holes taken off.
///
/// Sides are geodesics (C. F. F. Karney, "Algorithms for geodesics", J. Geod. 87, 2013). The direction of the
/// rings does not matter; an empty shape has no area.
pub fn area_km2(shape: &MultiPolygon<f64>) -> f64 {
    let ring = |line: &LineString<f64>| {
        if line.0.len() < 4 {
            0.0
        } else {
            Polygon::new(line.clone(), Vec::new()).geodesic_area_signed().abs()
        }
    };
    let polygon = |p: &Polygon<f64>| ring(p.exterior()) - p.interiors().iter().map(ring).sum::<f64>();
    shape.0.iter().map(polygon).sum::<f64>() / 1.0e6
}

/// The box around a shape in degrees; `None` for an empty shape.
pub fn bbox(shape: &MultiPolygon<f64>) -> Option<Rect<f64>> {
    shape.bounding_rect()
}

/// The box around several shapes in degrees; `None` if all are empty.
pub fn bbox_of_all(shapes: &[MultiPolygon<f64>]) -> Option<Rect<f64>> {
    let boxes = shapes.iter().filter_map(BoundingRect::bounding_rect);
    boxes.reduce(|a, b| {
        let low = Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) };
        let high = Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) };
        Rect::new(low, high)
    })
}

/// Whether a point lies in a shape; points on the border count as inside.
pub fn contains(shape: &MultiPolygon<f64>, point: Point<f64>) -> bool {
    shape.0.iter().any(|polygon| in_polygon(polygon, point.0))
}

fn in_polygon(polygon: &Polygon<f64>, point: Coord<f64>) -> bool {
    match inside_ring(point, &polygon.exterior().0) {
        None => true,
        Some(false) => false,
        Some(true) => polygon.interiors().iter().all(|hole| inside_ring(point, &hole.0) != Some(true)),
    }
}

/// Great-circle distance in metres (haversine, sphere of 6,371,007.2 m; within 0.6 % of the ellipsoid).
pub fn haversine_m(a: Point<f64>, b: Point<f64>) -> f64 {
    let (lat_a, lat_b) = (a.y().to_radians(), b.y().to_radians());
    let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
    let h = half(a.y(), b.y()) + lat_a.cos() * lat_b.cos() * half(a.x(), b.x());
    2.0 * EARTH_RADIUS_M * h.clamp(0.0, 1.0).sqrt().asin()
}

/// A square of the search for the label point; `best` is the largest distance any point in it can have.
struct Square {
    best: f64,
    centre: Coord<f64>,
    half: f64,
    distance: f64,
}

impl PartialEq for Square {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Square {}

impl PartialOrd for Square {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Square {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let by_place =
            other.centre.x.total_cmp(&self.centre.x).then(other.centre.y.total_cmp(&self.centre.y));
        self.best.total_cmp(&other.best).then(by_place)
    }
}

/// A point well inside the largest part of a shape, where a label has most room; `None` for an empty shape.
///
/// The pole of inaccessibility to within 1 % of the extent (V. Agafonkin, "A new algorithm for finding a
/// visual center of a polygon", 2016), searched in a plane of metres.
pub fn label_point(shape: &MultiPolygon<f64>) -> Option<Point<f64>> {
    let size = |p: &&Polygon<f64>| ring_area(&p.exterior().0).abs();
    let largest = shape.0.iter().max_by(|a, b| size(a).total_cmp(&size(b)))?;
    let extent = largest.bounding_rect()?;
    let latitude = extent.center().y;
    let plane = flatten(&MultiPolygon(vec![largest.clone()]), latitude);
    let polygon = plane.0.first()?;
    let found = pole(polygon)
        .filter(|at| in_polygon(polygon, *at))
        .or_else(|| polygon.interior_point().map(|p| p.0))?;
    let scale = flatten(
        &MultiPolygon(vec![Polygon::new(LineString::new(vec![Coord { x: 1.0, y: 1.0 }]), vec![])]),
        latitude,
    );
    let unit = scale.0.first()?.exterior().0.first().copied()?;
    Some(Point::new(found.x / unit.x, found.y / unit.y))
}

fn pole(polygon: &Polygon<f64>) -> Option<Coord<f64>> {
    let extent = polygon.bounding_rect()?;
    let (width, height) = (extent.width(), extent.height());
    let side = width.min(height);
    if side <= 0.0 {
        return None;
    }
    let distance = |at: Coord<f64>| {
        let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
        let lines = rings.flat_map(|ring| ring.0.windows(2));
        let squared = lines.map(|w| distance_squared(at, w[0], w[1])).fold(f64::INFINITY, f64::min);
        if in_polygon(polygon, at) { squared.sqrt() } else { -squared.sqrt() }
    };
    let square = |centre: Coord<f64>, half: f64| {
        let distance = distance(centre);
        Square { best: distance + half * std::f64::consts::SQRT_2, centre, half, distance }
    };
    let mut heap = BinaryHeap::new();
    let half = side / 2.0;
    let (columns, rows) =
        ((width / side).ceil().min(64.0) as usize, (height / side).ceil().min(64.0) as usize);
    for column in 0..columns {
        for row in 0..rows {
            let x = extent.min().x + (column as f64 * 2.0 + 1.0) * half;
            let y = extent.min().y + (row as f64 * 2.0 + 1.0) * half;
            heap.push(square(Coord { x, y }, half));
        }
    }
    let middle = polygon.centroid().map_or(extent.center(), |p| p.0);
    let mut best = square(middle, 0.0);
    let precision = width.max(height) * 0.01;
    // Each look asks every vertex; beyond this a longer search is not worth its time.
    let vertices =
        polygon.exterior().0.len() + polygon.interiors().iter().map(|ring| ring.0.len()).sum::<usize>();
    let most = (50_000_000 / vertices.max(1)).clamp(100, 5_000);
    let mut looked = 0;
    while let Some(next) = heap.pop() {
        if next.best - best.distance <= precision || looked > most {
            break;
        }
        looked += 1;
        let half = next.half / 2.0;
        for (x, y) in [(-half, -half), (half, -half), (-half, half), (half, half)] {
            heap.push(square(Coord { x: next.centre.x + x, y: next.centre.y + y }, half));
        }
        if next.distance > best.distance {
            best = next;
        }
    }
    (best.distance > 0.0).then_some(best.centre)
}
