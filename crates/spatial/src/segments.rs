//! Plane geometry of rings: area, inside, and where segments meet.

use geo::{Coord, Intersects, Kernel, Line, Orientation, kernels::RobustKernel};
use rstar::{AABB, PointDistance, RTree, RTreeObject};

/// Signed area of a ring in the square of its unit, positive counter-clockwise; open or closed.
pub(crate) fn ring_area(ring: &[Coord<f64>]) -> f64 {
    let Some(first) = ring.first() else { return 0.0 };
    let shifted = |c: &Coord<f64>| Coord { x: c.x - first.x, y: c.y - first.y };
    let twice: f64 = ring
        .windows(2)
        .map(|pair| {
            let (a, b) = (shifted(&pair[0]), shifted(&pair[1]));
            a.x * b.y - b.x * a.y
        })
        .sum();
    twice / 2.0
}

/// Orientation of three points without rounding errors.
pub(crate) fn turn(a: Coord<f64>, b: Coord<f64>, c: Coord<f64>) -> Orientation {
    RobustKernel::orient2d(a, b, c)
}

/// Whether a point lies inside a ring (open or closed); `None` on its border.
pub(crate) fn inside_ring(point: Coord<f64>, ring: &[Coord<f64>]) -> Option<bool> {
    let mut inside = false;
    let closing = ring.first().zip(ring.last()).filter(|(a, b)| a != b).map(|(a, b)| (*b, *a));
    let sides = ring.windows(2).map(|pair| (pair[0], pair[1])).chain(closing);
    for (a, b) in sides {
        if a == point || b == point {
            return None;
        }
        let in_x = point.x >= a.x.min(b.x) && point.x <= a.x.max(b.x);
        let in_y = point.y >= a.y.min(b.y) && point.y <= a.y.max(b.y);
        if !in_y {
            continue;
        }
        let side = turn(a, b, point);
        if in_x && side == Orientation::Collinear {
            return None;
        }
        if (a.y > point.y) != (b.y > point.y) {
            let upwards = b.y > a.y;
            if (side == Orientation::CounterClockwise) == upwards {
                inside = !inside;
            }
        }
    }
    Some(inside)
}

/// Squared distance of a point to a segment.
pub(crate) fn distance_squared(point: Coord<f64>, a: Coord<f64>, b: Coord<f64>) -> f64 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length = dx * dx + dy * dy;
    let t = if length > 0.0 {
        (((point.x - a.x) * dx + (point.y - a.y) * dy) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let (ex, ey) = (point.x - a.x - t * dx, point.y - a.y - t * dy);
    ex * ex + ey * ey
}

/// A segment in a spatial index, with a number of the caller's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment<T> {
    pub(crate) a: Coord<f64>,
    pub(crate) b: Coord<f64>,
    pub(crate) id: T,
}

impl<T> RTreeObject for Segment<T> {
    type Envelope = AABB<[f64; 2]>;
    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners([self.a.x, self.a.y], [self.b.x, self.b.y])
    }
}

impl<T> PointDistance for Segment<T> {
    fn distance_2(&self, point: &[f64; 2]) -> f64 {
        distance_squared(Coord { x: point[0], y: point[1] }, self.a, self.b)
    }
}

/// The box around a point.
pub(crate) fn around(point: Coord<f64>, x: f64, y: f64) -> AABB<[f64; 2]> {
    AABB::from_corners([point.x - x, point.y - y], [point.x + x, point.y + y])
}

/// How closed rings meet themselves and each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contacts {
    /// Nowhere.
    None,
    /// Different rings meet; that may be a harmless touch.
    BetweenRings,
    /// A ring meets itself.
    WithinRing,
    /// So many that looking at all of them would take too long: no boundary looks like this.
    TooMany,
}

/// Finds contacts between the segments of closed rings that are not neighbours in their ring.
pub(crate) fn contacts(rings: &[&[Coord<f64>]]) -> Contacts {
    let mut segments = Vec::new();
    for (number, ring) in rings.iter().enumerate() {
        let sides = ring.windows(2).enumerate();
        segments.extend(sides.map(|(i, pair)| Segment { a: pair[0], b: pair[1], id: (number, i) }));
    }
    // Real boundaries have a handful of boxes around a box and hardly any contact.
    let (mut candidates, mut found) = (segments.len() * 200 + 1_000_000, segments.len() * 4 + 1_000);
    let tree = RTree::bulk_load(segments);
    let mut worst = Contacts::None;
    for segment in tree.iter() {
        let (ring, index) = segment.id;
        let last = rings[ring].len().saturating_sub(2);
        for other in tree.locate_in_envelope_intersecting(segment.envelope()) {
            candidates = match candidates.checked_sub(1) {
                Some(left) => left,
                None => return Contacts::TooMany,
            };
            if other.id <= segment.id {
                continue;
            }
            let same = other.id.0 == ring;
            let neighbours = same && (other.id.1 == index + 1 || (index == 0 && other.id.1 == last));
            if neighbours || !Line::new(segment.a, segment.b).intersects(&Line::new(other.a, other.b)) {
                continue;
            }
            found = match found.checked_sub(1) {
                Some(left) => left,
                None => return Contacts::TooMany,
            };
            if same {
                worst = Contacts::WithinRing;
            } else if worst == Contacts::None {
                worst = Contacts::BetweenRings;
            }
        }
    }
    worst
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[(f64, f64)]) -> Vec<Coord<f64>> {
        points.iter().map(|(x, y)| Coord { x: *x, y: *y }).collect()
    }

    #[test]
    fn inside_border_outside() {
        let square = ring(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0), (0.0, 0.0)]);
        for (x, y, expected) in [
            (1.0, 1.0, Some(true)),
            (5.0, 1.0, Some(false)),
            (-1.0, 4.0, Some(false)),
            (4.0, 2.0, None),
            (2.0, 0.0, None),
            (0.0, 0.0, None),
            (2.0, 3.999_999, Some(true)),
        ] {
            assert_eq!(inside_ring(Coord { x, y }, &square), expected, "{x} {y}");
        }
        assert_eq!(ring_area(&square), 16.0);
    }

    #[test]
    fn contacts_are_told_apart() {
        let square = ring(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0), (0.0, 0.0)]);
        let bow = ring(&[(0.0, 0.0), (4.0, 4.0), (4.0, 0.0), (0.0, 4.0), (0.0, 0.0)]);
        let inner = ring(&[(1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 1.0)]);
        let touching = ring(&[(0.0, 1.0), (2.0, 1.0), (2.0, 2.0), (0.0, 1.0)]);
        assert_eq!(contacts(&[&square]), Contacts::None);
        assert_eq!(contacts(&[&bow]), Contacts::WithinRing);
        assert_eq!(contacts(&[&square, &inner]), Contacts::None);
        assert_eq!(contacts(&[&square, &touching]), Contacts::BetweenRings);
        let zigzag: Vec<_> = (0..4000)
            .map(|i| Coord {
                x: f64::from(i % 2) * 100.0 + f64::from(i * 7919 % 97),
                y: f64::from(i * 6007 % 4001),
            })
            .collect();
        assert_eq!(contacts(&[&zigzag]), Contacts::TooMany);
    }
}
