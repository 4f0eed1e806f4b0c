//! Path data: rings on a grid of whole units, thinned where no eye can see it, written as relative steps.
//!
//! Borders that two areas share stay shared: rings are cut at the points where more than two borders meet, and
//! each piece is thinned in one direction only, whichever ring it is met in.
//!
//! Source: D. Douglas, T. Peucker, "Algorithms for the reduction of the number of points required to represent a
//! digitized line or its caricature", Cartographica 10 (1973).

use crate::Shape;
use crate::shape::Fit;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

type Point = [i32; 2];

/// Points closer than this to the straight line are left out, in units of a map 1000 units wide.
const TOLERANCE: f64 = 0.9;

/// Path data of shapes drawn together (`M12 40l3-4 5 6z…`), in their order.
///
/// Rings that vanish on the grid are left out, except that a shape of which nothing would remain becomes a small
/// square, so that no area disappears from a map. A shape without points gives an empty text.
pub(crate) fn shape_paths<'a>(fit: &Fit, shapes: impl IntoIterator<Item = &'a Shape>) -> Vec<String> {
    let shapes: Vec<&Shape> = shapes.into_iter().collect();
    let rings: Vec<Vec<Vec<Point>>> =
        shapes.iter().map(|shape| shape.rings.iter().map(|ring| grid_ring(fit, ring)).collect()).collect();
    let meeting = meeting_points(rings.iter().flatten());
    shapes
        .iter()
        .zip(&rings)
        .map(|(shape, rings)| {
            let mut out = String::new();
            for ring in rings {
                push_ring(&mut out, &thin_ring(ring, &meeting));
            }
            if out.is_empty()
                && let Some([x, y]) = shape.points().find_map(|p| fit.grid(*p))
            {
                let _ = write!(out, "M{} {}h4v4h-4z", x - 2, y - 2);
            }
            out
        })
        .collect()
}

/// Points of a ring on the grid without repeats, not closed.
fn grid_ring(fit: &Fit, ring: &[[f64; 2]]) -> Vec<Point> {
    let mut out: Vec<Point> = ring.iter().filter_map(|p| fit.grid(*p)).collect();
    out.dedup();
    while out.len() > 1 && out.first() == out.last() {
        out.pop();
    }
    out
}

/// Points with more than two different neighbours over all rings.
fn meeting_points<'a>(rings: impl Iterator<Item = &'a Vec<Point>>) -> BTreeSet<Point> {
    let mut known: BTreeMap<Point, [Point; 2]> = BTreeMap::new();
    let mut meeting = BTreeSet::new();
    for ring in rings.filter(|ring| ring.len() >= 3) {
        for (i, point) in ring.iter().enumerate() {
            let before = ring[(i + ring.len() - 1) % ring.len()];
            let after = ring[(i + 1) % ring.len()];
            let pair = if before < after { [before, after] } else { [after, before] };
            if *known.entry(*point).or_insert(pair) != pair {
                meeting.insert(*point);
            }
        }
    }
    meeting
}

/// Thins a ring between its meeting points. A ring without any (an island) begins at its smallest point.
fn thin_ring(ring: &[Point], meeting: &BTreeSet<Point>) -> Vec<Point> {
    if ring.len() < 3 {
        return Vec::new();
    }
    let starts: Vec<usize> = (0..ring.len()).filter(|i| meeting.contains(&ring[*i])).collect();
    let first = match starts.first() {
        Some(first) => *first,
        None => (0..ring.len()).min_by_key(|i| ring[*i]).unwrap_or(0),
    };
    let mut out = Vec::new();
    let mut piece = vec![ring[first]];
    for step in 1..=ring.len() {
        let point = ring[(first + step) % ring.len()];
        piece.push(point);
        if step == ring.len() || meeting.contains(&point) {
            let mut kept = thin_piece(&piece);
            kept.pop();
            out.append(&mut kept);
            piece = vec![point];
        }
    }
    out
}

/// Thins a piece in the direction from its smaller end. A closed piece is first cut at its farthest point.
fn thin_piece(piece: &[Point]) -> Vec<Point> {
    let last = piece.len() - 1;
    let turned = if piece[0] == piece[last] {
        piece.get(1) > piece.get(last.saturating_sub(1))
    } else {
        piece[0] > piece[last]
    };
    let mut points = piece.to_vec();
    if turned {
        points.reverse();
    }
    let mut keep = vec![false; points.len()];
    (keep[0], keep[last]) = (true, true);
    let mut open = vec![(0, last)];
    while let Some((a, b)) = open.pop() {
        let far = (a + 1..b)
            .map(|i| (i, distance(points[i], points[a], points[b])))
            .fold((a, 0.0), |best, found| if found.1 > best.1 { found } else { best });
        if far.1 > TOLERANCE {
            keep[far.0] = true;
            open.push((a, far.0));
            open.push((far.0, b));
        }
    }
    let mut kept: Vec<Point> = points.iter().zip(keep).filter(|(_, keep)| *keep).map(|(p, _)| *p).collect();
    if turned {
        kept.reverse();
    }
    kept
}

/// Distance of a point from a stretch of line.
fn distance(p: Point, a: Point, b: Point) -> f64 {
    let d = |u: Point, v: Point| [f64::from(v[0] - u[0]), f64::from(v[1] - u[1])];
    let (line, to) = (d(a, b), d(a, p));
    let length = line[0] * line[0] + line[1] * line[1];
    let along =
        if length > 0.0 { ((to[0] * line[0] + to[1] * line[1]) / length).clamp(0.0, 1.0) } else { 0.0 };
    (to[0] - along * line[0]).hypot(to[1] - along * line[1])
}

fn push_ring(out: &mut String, points: &[Point]) {
    if points.len() < 3 {
        return;
    }
    let _ = write!(out, "M{} {}l", points[0][0], points[0][1]);
    for (i, pair) in points.windows(2).enumerate() {
        let (x, y) = (pair[1][0] - pair[0][0], pair[1][1] - pair[0][1]);
        let between = if i > 0 && x >= 0 { " " } else { "" };
        let inside = if y >= 0 { " " } else { "" };
        let _ = write!(out, "{between}{x}{inside}{y}");
    }
    out.push('z');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(shapes: &[&[&[[f64; 2]]]]) -> Vec<String> {
        let shapes: Vec<Shape> = shapes
            .iter()
            .map(|rings| Shape::new("a", "A", rings.iter().map(|ring| ring.to_vec()).collect()))
            .collect();
        let corners = [[0.0, 0.0], [976.0, 976.0]];
        let fit = Fit::new(corners.iter()).unwrap();
        shape_paths(&fit, &shapes)
    }

    #[test]
    fn rings_become_short_paths() {
        for (ring, expected) in [
            (
                vec![[0.0, 0.0], [100.0, 0.0], [100.0, 100.0], [0.0, 100.0], [0.0, 0.0]],
                "M12 888l0 100 100 0 0-100z",
            ),
            // repeated points and points on a line vanish; not finite ones are passed over
            (
                vec![[0.0, 0.0], [0.2, 0.1], [50.0, 0.0], [100.0, 0.0], [f64::NAN, 1.0], [50.0, 60.0]],
                "M12 988l100 0-50-60z",
            ),
            // an area smaller than the grid stays visible
            (vec![[500.0, 500.0], [500.1, 500.0], [500.1, 500.1]], "M510 486h4v4h-4z"),
            (vec![], ""),
        ] {
            assert_eq!(paths(&[&[&ring]]), [expected]);
        }
    }

    #[test]
    fn neighbours_keep_one_border() {
        let wave: Vec<[f64; 2]> =
            (0..=100).map(|i| [500.0 + 20.0 * (f64::from(i) / 9.0).sin(), 9.0 * f64::from(i)]).collect();
        let mut left = wave.clone();
        left.extend([[0.0, 900.0], [0.0, 0.0]]);
        let mut right: Vec<[f64; 2]> = wave.iter().rev().copied().collect();
        right.extend([[976.0, 0.0], [976.0, 900.0]]);
        let found = paths(&[&[&left], &[&right]]);
        let corners = |path: &str| -> BTreeSet<Point> {
            let numbers: Vec<i32> = path
                .replace('-', " -")
                .split([' ', 'M', 'l', 'z'])
                .filter(|t| !t.is_empty())
                .map(|t| t.parse().unwrap())
                .collect();
            let mut at = [numbers[0], numbers[1]];
            let mut out = BTreeSet::from([at]);
            for step in numbers[2..].chunks(2) {
                at = [at[0] + step[0], at[1] + step[1]];
                out.insert(at);
            }
            out
        };
        let (a, b) = (corners(&found[0]), corners(&found[1]));
        let middle = |points: &BTreeSet<Point>| -> BTreeSet<Point> {
            points.iter().filter(|p| (450..600).contains(&p[0])).copied().collect()
        };
        assert!(middle(&a).len() > 12, "{}", middle(&a).len());
        assert_eq!(middle(&a), middle(&b));
        assert!(a.len() < 90, "{}", a.len());
    }
}
