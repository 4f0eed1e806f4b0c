use crate::fixtures::{rings, square};
use geo::{Area, Coord, LineString, MultiPolygon, Polygon, Validation};
use kekiz_spatial::{Repairs, measure, repair};
use proptest::prelude::*;

type Ring<'a> = &'a [(f64, f64)];

fn line(ring: Ring<'_>) -> LineString<f64> {
    LineString::new(ring.iter().map(|(x, y)| Coord { x: *x, y: *y }).collect())
}

fn shape(polygons: &[&[Ring<'_>]]) -> MultiPolygon<f64> {
    let polygon = |rings: &&[Ring<'_>]| {
        Polygon::new(line(rings[0]), rings[1..].iter().map(|ring| line(ring)).collect())
    };
    MultiPolygon(polygons.iter().map(polygon).collect())
}

const SQUARE: Ring<'static> = &[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0), (0.0, 0.0)];

#[test]
fn each_kind_of_damage_is_repaired_and_named() {
    let none = Repairs::default();
    let crossed = Repairs { self_intersections: true, ..none };
    for (what, input, area, expected) in [
        ("valid", shape(&[&[SQUARE]]), 16.0, none),
        (
            "doubled",
            shape(&[&[&[(0., 0.), (0., 0.), (4., 0.), (4., 4.), (4., 4.), (0., 4.), (0., 0.)]]]),
            16.0,
            Repairs { duplicate_points: 2, ..none },
        ),
        (
            "spike",
            shape(&[&[&[(0., 0.), (4., 0.), (4., 2.), (9., 2.), (4., 2.), (4., 4.), (0., 4.), (0., 0.)]]]),
            16.0,
            Repairs { spikes: 1, ..none },
        ),
        (
            "spike at the seam",
            shape(&[&[&[(-5., 0.), (0., 0.), (4., 0.), (4., 4.), (0., 4.), (0., 0.), (-5., 0.)]]]),
            16.0,
            Repairs { spikes: 2, ..none },
        ),
        (
            "clockwise",
            shape(&[&[&[(0., 0.), (0., 4.), (4., 4.), (4., 0.), (0., 0.)]]]),
            16.0,
            Repairs { reoriented_rings: 1, ..none },
        ),
        (
            "flat part",
            shape(&[&[SQUARE], &[&[(8., 8.), (9., 9.), (10., 10.), (8., 8.)]]]),
            16.0,
            Repairs { degenerate_rings: 1, spikes: 1, ..none },
        ),
        ("bow tie", shape(&[&[&[(0., 0.), (4., 4.), (4., 0.), (0., 4.), (0., 0.)]]]), 8.0, crossed),
        (
            "loop on the border",
            shape(&[&[&[(0., 0.), (4., 0.), (4., 4.), (1., 4.), (2., 5.), (3., 3.), (0., 4.), (0., 0.)]]]),
            f64::NAN,
            Repairs { self_intersections: true, ..none },
        ),
        ("hole outside", shape(&[&[SQUARE, &[(8., 8.), (8., 9.), (9., 9.), (8., 8.)]]]), 16.0, crossed),
        (
            "hole across",
            shape(&[&[SQUARE, &[(2., 1.), (2., 3.), (6., 3.), (6., 1.), (2., 1.)]]]),
            12.0,
            crossed,
        ),
        (
            "holes overlap",
            shape(&[&[
                SQUARE,
                &[(1., 1.), (1., 3.), (2., 3.), (2., 1.), (1., 1.)],
                &[(1.5, 1.), (1.5, 3.), (3., 3.), (3., 1.), (1.5, 1.)],
            ]]),
            12.0,
            crossed,
        ),
        (
            "parts overlap",
            shape(&[&[SQUARE], &[&[(2., 0.), (6., 0.), (6., 4.), (2., 4.), (2., 0.)]]]),
            24.0,
            crossed,
        ),
        (
            "part within part",
            shape(&[&[SQUARE], &[&[(1., 1.), (2., 1.), (2., 2.), (1., 1.)]]]),
            16.0,
            crossed,
        ),
        (
            "parts share a side",
            shape(&[&[SQUARE], &[&[(4., 0.), (8., 0.), (8., 4.), (4., 4.), (4., 0.)]]]),
            32.0,
            crossed,
        ),
        ("hole touches", shape(&[&[SQUARE, &[(0., 2.), (2., 3.), (2., 1.), (0., 2.)]]]), 14.0, none),
        (
            "ring touches itself",
            shape(&[&[&[(0., 0.), (4., 0.), (4., 4.), (2., 0.), (0., 4.), (0., 0.)]]]),
            8.0,
            crossed,
        ),
        (
            "island in a hole",
            shape(&[
                &[SQUARE, &[(1., 1.), (1., 3.), (3., 3.), (3., 1.), (1., 1.)]],
                &[&[(1.5, 1.5), (2.5, 1.5), (2.5, 2.5), (1.5, 1.5)]],
            ]),
            12.5,
            none,
        ),
    ] {
        let (repaired, repairs) = repair(&input).unwrap_or_else(|e| panic!("{what}: {e}"));
        assert!(repaired.is_valid(), "{what}");
        if !area.is_nan() {
            assert!((repaired.unsigned_area() - area).abs() < 1e-6, "{what}: {}", repaired.unsigned_area());
        }
        let counted = expected.reoriented_rings > 0;
        let plain =
            Repairs { reoriented_rings: if counted { repairs.reoriented_rings } else { 0 }, ..repairs };
        assert_eq!(plain, expected, "{what}");
        assert_eq!(repairs.is_notable(), expected != none && !counted, "{what}");
        assert!(!repairs.is_notable() || !repairs.describe().is_empty(), "{what}");
    }
    let bad = shape(&[&[&[(0., 0.), (f64::NAN, 0.), (4., 4.), (0., 0.)]]]);
    assert!(repair(&bad).unwrap_err().to_string().contains("keine Zahl"));
    assert_eq!(kekiz_spatial::simplify(&[bad], 5.0).len(), 1);
    for nothing in [shape(&[]), shape(&[&[&[(0., 0.), (1., 1.), (0., 0.)]]]), shape(&[&[&[(0., 0.)]]])] {
        assert!(repair(&nothing).unwrap_err().to_string().contains("keine Fläche"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    /// Theorem: whatever the rings, a repaired shape is valid, its exteriors run counter-clockwise, and
    /// repairing it again changes nothing.
    #[test]
    fn repaired_shapes_are_valid(polygons in prop::collection::vec(prop::collection::vec(prop::collection::vec((0i32..12, 0i32..12), 3..14), 1..4), 1..3)) {
        let ring = |points: &Vec<(i32, i32)>| LineString::new(points.iter().map(|(x, y)| Coord { x: f64::from(*x) * 0.37, y: f64::from(*y) * 0.23 }).collect());
        let input = MultiPolygon(polygons.iter().map(|rings| Polygon::new(ring(&rings[0]), rings[1..].iter().map(ring).collect())).collect());
        if let Ok((repaired, _)) = repair(&input) {
            prop_assert!(repaired.is_valid(), "{:?}", repaired);
            for polygon in &repaired.0 {
                prop_assert!(polygon.exterior().0.len() >= 4);
                prop_assert!(Polygon::new(polygon.exterior().clone(), vec![]).signed_area() > 0.0);
            }
            let (again, repairs) = repair(&repaired).unwrap();
            prop_assert!(!repairs.is_notable(), "{:?}", repairs);
            prop_assert_eq!(again, repaired);
        }
    }
}

#[test]
fn vertices_that_neighbours_share_survive_a_repair() {
    let left = shape(&[&[&[
        (6.5, 51.3),
        (6.51, 51.3),
        (6.513_337, 51.307_771),
        (6.51, 51.32),
        (6.5, 51.32),
        (6.505, 51.31),
        (6.5, 51.3),
    ]]]);
    let crossed = shape(&[&[&[
        (6.5, 51.3),
        (6.51, 51.3),
        (6.513_337, 51.307_771),
        (6.51, 51.32),
        (6.5, 51.31),
        (6.505, 51.32),
        (6.5, 51.3),
    ]]]);
    let (repaired, repairs) = repair(&crossed).unwrap();
    assert!(repairs.self_intersections);
    let shared = &rings(&left)[0][2];
    assert!(rings(&repaired).iter().flatten().any(|c| c == shared), "moved by the overlay grid");
    assert!(measure::area_km2(&repair(&square(6.5, 51.3, 0.01)).unwrap().0) > 0.7);
}
