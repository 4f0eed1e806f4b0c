use crate::fixtures::{coverage, rings, square};
use geo::{Area, BooleanOps, Coord, LineString, MultiPolygon, Polygon, Validation};
use kekiz_spatial::{measure, neighbours, repair, simplify};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn vertices(shapes: &[MultiPolygon<f64>]) -> usize {
    shapes.iter().flat_map(rings).map(|ring| ring.len()).sum()
}

/// Undirected sides of a shape, by the bits of their coordinates.
fn sides(shape: &MultiPolygon<f64>) -> BTreeSet<[(u64, u64); 2]> {
    let bits = |c: &Coord<f64>| (c.x.to_bits(), c.y.to_bits());
    let side = |w: &[Coord<f64>]| {
        let mut pair = [bits(&w[0]), bits(&w[1])];
        pair.sort_unstable();
        pair
    };
    rings(shape).iter().flat_map(|ring| ring.windows(2).map(side).collect::<Vec<_>>()).collect()
}

fn difference_share(a: &[MultiPolygon<f64>], b: &[MultiPolygon<f64>]) -> f64 {
    let differing: f64 = a.iter().zip(b).map(|(a, b)| a.xor(b).unsigned_area()).sum();
    differing / a.iter().map(Area::unsigned_area).sum::<f64>()
}

/// What must hold for a coverage: valid, sides shared exactly, no gaps or overlaps, little moved.
fn assert_coverage(before: &[MultiPolygon<f64>], after: &[MultiPolygon<f64>], tolerance_m: f64) {
    assert_eq!(before.len(), after.len());
    let total: f64 = before.iter().map(Area::unsigned_area).sum();
    let kept: f64 = after.iter().map(Area::unsigned_area).sum();
    let union: f64 = geo::unary_union(after).unsigned_area();
    assert!((kept - union).abs() < 1e-6 * total, "gaps or overlaps: {kept} {union}");
    for shape in after {
        assert!(shape.is_valid() && rings(shape).iter().all(|ring| ring.len() >= 4));
    }
    let pairs = neighbours(before, 0.01);
    for (i, others) in pairs.iter().enumerate() {
        for j in others {
            let common_before = sides(&before[i]).intersection(&sides(&before[*j])).count();
            let common_after = sides(&after[i]).intersection(&sides(&after[*j])).count();
            assert_eq!(common_before > 0, common_after > 0, "{i} and {j} no longer share a border");
        }
    }
    let reach = tolerance_m / 1000.0;
    for (a, b) in before.iter().zip(after) {
        let perimeter = rings(a)
            .iter()
            .flat_map(|r| {
                r.windows(2).map(|w| measure::haversine_m(w[0].into(), w[1].into())).collect::<Vec<_>>()
            })
            .sum::<f64>()
            / 1000.0;
        assert!((measure::area_km2(a) - measure::area_km2(b)).abs() <= perimeter * reach);
    }
}

#[test]
fn shared_borders_stay_shared() {
    let shapes = coverage(6, 5, 60);
    let mut last = usize::MAX;
    for tolerance in [1.0, 10.0, 50.0, 300.0, 100_000.0] {
        let simple = simplify(&shapes, tolerance);
        assert_coverage(&shapes, &simple, tolerance);
        assert!(vertices(&simple) <= last);
        last = vertices(&simple);
        println!(
            "{tolerance} m: {} of {} vertices, {:.4} moved",
            last,
            vertices(&shapes),
            difference_share(&shapes, &simple)
        );
    }
    assert!(last < vertices(&shapes) / 20);
    assert!(difference_share(&shapes, &simplify(&shapes, 5.0)) < 0.01);
    assert_eq!(simplify(&shapes, 0.0), shapes);
    assert_eq!(simplify(&shapes, f64::NAN), shapes);
    assert_eq!(simplify(&shapes, 25.0), simplify(&shapes, 25.0));
}

#[test]
fn neighbours_with_more_vertices_on_the_border_match_afterwards() {
    // The left square has one long side where the right ones meet it with a vertex in between.
    let left = square(6.5, 51.3, 0.02);
    let lower = square(6.52, 51.3, 0.01);
    let upper = square(6.52, 51.31, 0.01);
    let simple = simplify(&[left, lower, upper], 5.0);
    assert_eq!(rings(&simple[0])[0].len(), 6);
    assert!(simple.iter().all(Validation::is_valid));
}

#[test]
fn small_parts_and_enclaves_never_vanish() {
    let round = |x: f64, y: f64, r: f64| -> Vec<Coord<f64>> {
        let mut ring: Vec<_> = (0..90)
            .map(|i| f64::from(i) * std::f64::consts::TAU / 90.0)
            .map(|a| Coord { x: x + r * a.cos(), y: y + r * a.sin() })
            .collect();
        ring.push(ring[0]);
        ring
    };
    let hole = round(6.55, 51.35, 0.001);
    let mut land = square(6.5, 51.3, 0.1);
    land.0[0].interiors_push(LineString::new(hole.iter().rev().copied().collect()));
    let island = Polygon::new(LineString::new(round(6.7, 51.35, 0.0001)), vec![]);
    land.0.push(island);
    let enclave = MultiPolygon(vec![Polygon::new(LineString::new(hole), vec![])]);
    let simple = simplify(&[land.clone(), enclave.clone()], 5_000.0);
    assert_eq!(rings(&simple[0]).len(), 3);
    assert!(rings(&simple[0]).iter().all(|ring| ring.len() >= 4));
    assert_eq!(
        sides(&simple[1]).intersection(&sides(&simple[0])).count(),
        sides(&simple[1]).len(),
        "hole and enclave differ"
    );
    assert!(simple.iter().all(|shape| shape.is_valid() && measure::area_km2(shape) > 0.0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Theorem: a coverage stays a coverage under any tolerance.
    #[test]
    fn any_coverage_stays_one(columns in 1usize..4, rows in 1usize..4, detail in 1usize..40, tolerance in 0.1f64..3_000.0) {
        let shapes = coverage(columns, rows, detail);
        let simple = simplify(&shapes, tolerance);
        assert_coverage(&shapes, &simple, tolerance);
    }

    /// Borders that do not match (each area simplified and moved on its own) still give valid areas.
    #[test]
    fn loose_borders_still_work(shift in prop::collection::vec((-0.0004f64..0.0004, -0.0004f64..0.0004), 9), tolerance in 1.0f64..400.0) {
        use geo::Translate;
        let shapes: Vec<_> = coverage(3, 3, 20).iter().zip(&shift).map(|(s, (x, y))| s.translate(*x, *y)).collect();
        for (before, after) in shapes.iter().zip(simplify(&shapes, tolerance)) {
            prop_assert!(after.is_valid());
            prop_assert!(measure::area_km2(&after) > 0.3 * measure::area_km2(before));
        }
    }

    /// Any valid shapes, overlapping or not: valid afterwards, none vanished.
    #[test]
    fn any_valid_shapes_stay_valid(polygons in prop::collection::vec(prop::collection::vec((0i32..20, 0i32..20), 4..20), 1..5), tolerance in 1.0f64..5_000.0) {
        let ring = |points: &Vec<(i32, i32)>| LineString::new(points.iter().map(|(x, y)| Coord { x: 6.0 + f64::from(*x) * 0.013, y: 51.0 + f64::from(*y) * 0.007 }).collect());
        let shapes: Vec<MultiPolygon<f64>> = polygons.iter().filter_map(|p| repair(&MultiPolygon(vec![Polygon::new(ring(p), vec![])])).ok()).map(|(s, _)| s).collect();
        for (before, after) in shapes.iter().zip(simplify(&shapes, tolerance)) {
            prop_assert!(after.is_valid(), "{:?}", after);
            prop_assert_eq!(before.0.len(), after.0.len());
        }
    }
}
