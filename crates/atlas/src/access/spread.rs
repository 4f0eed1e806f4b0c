//! Points that stand for people who live somewhere in an area.

use geo_types::{MultiPolygon, Point};
use kekiz_spatial::measure::{area_km2, label_point};

/// Metres in a degree of latitude, near enough for spacing points.
const DEGREE_M: f64 = 111_320.0;

/// About `wanted` points evenly over a shape in degrees, on a grid in rows from south to north; holes stay empty. A
/// shape too thin for the grid has one point inside, an empty one has none. Never more than four times as many as wanted.
pub fn spread(shape: &MultiPolygon<f64>, wanted: usize) -> Vec<Point<f64>> {
    let edges: Vec<[f64; 4]> = shape
        .0
        .iter()
        .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()))
        .flat_map(|ring| ring.0.windows(2).map(|pair| [pair[0].x, pair[0].y, pair[1].x, pair[1].y]))
        .filter(|edge| edge.iter().all(|v| v.is_finite()))
        .collect();
    let ends = edges.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), edge| {
        (low.min(edge[1]).min(edge[3]), high.max(edge[1]).max(edge[3]))
    });
    let metres = (area_km2(shape) * 1e6 / wanted.max(1) as f64).sqrt();
    let mut points = Vec::new();
    if metres.is_finite() && metres > 0.0 && ends.0 < ends.1 {
        let (up, most) = (metres / DEGREE_M, 4 * wanted.max(1));
        let right = up / ends.0.to_radians().cos().max(0.01);
        let mut y = ends.0 + up / 2.0;
        while y < ends.1 && points.len() < most {
            let mut crossings: Vec<f64> = edges
                .iter()
                .filter(|[_, from, _, to]| (*from <= y) != (*to <= y))
                .map(|[x, from, to_x, to]| x + (y - from) / (to - from) * (to_x - x))
                .collect();
            crossings.sort_by(f64::total_cmp);
            for pair in crossings.chunks_exact(2) {
                // Columns are multiples of the step, so that rows of one area fit those of its neighbour.
                let (first, last) = ((pair[0] / right).ceil() as i64, (pair[1] / right).floor() as i64);
                let room = i64::try_from(most.saturating_sub(points.len())).unwrap_or(i64::MAX);
                points.extend(
                    (first..=last.min(first + room)).map(|column| Point::new(column as f64 * right, y)),
                );
            }
            y += up;
        }
        points.truncate(most);
    }
    if points.is_empty() {
        points.extend(label_point(shape));
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{LineString, Polygon};
    use kekiz_spatial::measure::{contains, haversine_m};

    fn ring(points: &[(f64, f64)]) -> LineString<f64> {
        LineString::from(points.to_vec())
    }

    /// A square of two kilometres, with a hole of one.
    fn square(hole: bool) -> MultiPolygon<f64> {
        let (up, right) = (1000.0 / DEGREE_M, 1000.0 / DEGREE_M / 51f64.to_radians().cos());
        let around = |size: f64| {
            let (x, y) = (right * size, up * size);
            let (west, east, south, north) = (7.0 - x, 7.0 + x, 51.0 - y, 51.0 + y);
            ring(&[(west, south), (east, south), (east, north), (west, north), (west, south)])
        };
        let holes = if hole { vec![around(0.5)] } else { Vec::new() };
        MultiPolygon(vec![Polygon::new(around(1.0), holes)])
    }

    #[test]
    fn points_fill_an_area_evenly_and_leave_holes_free() {
        for hole in [false, true] {
            let shape = square(hole);
            let points = spread(&shape, 400);
            assert!((370..=430).contains(&points.len()), "{}", points.len());
            assert!(points.iter().all(|point| contains(&shape, *point)));
        }
        // The share within 800 m of the middle is that of a circle in a square.
        let points = spread(&square(false), 2000);
        let near = points.iter().filter(|point| haversine_m(**point, Point::new(7.0, 51.0)) <= 800.0).count();
        let share = near as f64 / points.len() as f64;
        assert!((share - std::f64::consts::PI * 0.64 / 4.0).abs() < 0.02, "{share}");
    }

    #[test]
    fn odd_shapes_have_points_or_none() {
        assert!(spread(&MultiPolygon(Vec::new()), 100).is_empty());
        let flat = ring(&[(7.0, 51.0), (7.1, 51.0), (7.0, 51.0)]);
        assert!(spread(&MultiPolygon(vec![Polygon::new(flat, Vec::new())]), 100).len() <= 1);
        let sliver = ring(&[(7.0, 51.0), (8.0, 51.0), (8.0, 51.0 + 1e-6), (7.0, 51.0)]);
        let points = spread(&MultiPolygon(vec![Polygon::new(sliver, Vec::new())]), 100);
        assert!((1..=400).contains(&points.len()));
    }
}
