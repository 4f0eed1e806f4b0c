//! Path data: rings on a grid of whole units, written as relative steps.

use crate::Shape;
use crate::shape::Fit;
use std::fmt::Write;

/// Points of a ring on the grid without repeats and without points on a straight line between their neighbours.
/// Dropping those changes no pixel.
fn grid_ring(fit: &Fit, ring: &[[f64; 2]]) -> Vec<[i32; 2]> {
    let mut out: Vec<[i32; 2]> = Vec::new();
    for point in ring.iter().filter_map(|p| fit.grid(*p)) {
        if out.last() == Some(&point) {
            continue;
        }
        while let [.., a, b] = out[..]
            && between(a, b, point)
        {
            out.pop();
        }
        if out.last() != Some(&point) {
            out.push(point);
        }
    }
    while out.len() > 1 && out.first() == out.last() {
        out.pop();
    }
    out
}

/// Whether `b` lies on the line from `a` to `c` between them.
fn between(a: [i32; 2], b: [i32; 2], c: [i32; 2]) -> bool {
    let step = |p: [i32; 2], q: [i32; 2]| (i64::from(q[0] - p[0]), i64::from(q[1] - p[1]));
    let ((x1, y1), (x2, y2)) = (step(a, b), step(b, c));
    x1 * y2 == x2 * y1 && x1 * x2 + y1 * y2 >= 0
}

fn push_pair(out: &mut String, x: i32, y: i32, separate: bool) {
    if separate && x >= 0 {
        out.push(' ');
    }
    let _ = write!(out, "{x}");
    if y >= 0 {
        out.push(' ');
    }
    let _ = write!(out, "{y}");
}

/// Path data of a shape (`M12 40l3-4 5 6z…`). Rings that vanish on the grid are left out, except that a shape
/// of which nothing would remain becomes a small square, so that no area disappears from a map.
pub(crate) fn shape_path(fit: &Fit, shape: &Shape) -> String {
    let mut out = String::new();
    for ring in &shape.rings {
        let points = grid_ring(fit, ring);
        if points.len() < 3 {
            continue;
        }
        let _ = write!(out, "M{} {}l", points[0][0], points[0][1]);
        for (i, pair) in points.windows(2).enumerate() {
            push_pair(&mut out, pair[1][0] - pair[0][0], pair[1][1] - pair[0][1], i > 0);
        }
        out.push('z');
    }
    if out.is_empty()
        && let Some([x, y]) = shape.points().find_map(|p| fit.grid(*p))
    {
        let _ = write!(out, "M{} {}h4v4h-4z", x - 2, y - 2);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rings: &[&[[f64; 2]]], expected: &str) {
        let shape = Shape::new("a", "A", rings.iter().map(|r| r.to_vec()).collect());
        let corners = [[0.0, 0.0], [976.0, 976.0]];
        let fit = Fit::new(corners.iter()).unwrap();
        assert_eq!(shape_path(&fit, &shape), expected);
    }

    #[test]
    fn rings_become_short_paths() {
        check(
            &[&[[0.0, 0.0], [100.0, 0.0], [100.0, 100.0], [0.0, 100.0], [0.0, 0.0]]],
            "M12 988l100 0 0-100-100 0z",
        );
        // repeated points and points on a line vanish; not finite ones are passed over
        check(
            &[&[[0.0, 0.0], [0.2, 0.1], [50.0, 0.0], [100.0, 0.0], [f64::NAN, 1.0], [50.0, 60.0]]],
            "M12 988l100 0-50-60z",
        );
        // an area smaller than the grid stays visible
        check(&[&[[500.0, 500.0], [500.1, 500.0], [500.1, 500.1]]], "M510 486h4v4h-4z");
        check(&[], "");
    }
}
