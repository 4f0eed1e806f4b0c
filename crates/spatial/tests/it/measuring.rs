use crate::fixtures::{coverage, square};
use geo::{Area, MultiPolygon, Point, Validation};
use kekiz_spatial::{AreaIndex, assign_parents, dissolve, measure, neighbours, read, simplify};
use kekiz_spatial::{Geometry, InputFile, ReadOptions};
use proptest::prelude::*;

#[test]
fn areas_agree_with_the_ellipsoid() {
    // Geodesic areas by pyproj 3.7.2 (Geod on WGS 84, geometry_area_perimeter).
    for (shape, km2) in [(square(6.5, 51.3, 0.1), 77.509_340_133_384_71), (square(9.0, 54.7, 0.01), 0.717_587_401_600_837_8)] {
        let found = measure::area_km2(&shape);
        assert!((found / km2 - 1.0).abs() < 1.0e-9, "{found} {km2}");
    }
    assert_eq!(measure::area_km2(&MultiPolygon(vec![])), 0.0);
}

#[test]
fn distances_agree_with_the_ellipsoid() {
    // Krefeld to Köln by pyproj 3.7.2 (Geod.inv on WGS 84).
    let found = measure::haversine_m(Point::new(6.56, 51.333), Point::new(6.9582, 50.9413));
    assert!((found / 51_727.010_270_898_66 - 1.0).abs() < 0.006, "{found}");
    assert_eq!(measure::haversine_m(Point::new(6.0, 51.0), Point::new(6.0, 51.0)), 0.0);
}

#[test]
fn labels_lie_well_inside() {
    for (text, least_m) in [
        // A horseshoe whose centroid lies outside.
        ("[[[0,0],[0.09,0],[0.09,0.09],[0.06,0.09],[0.06,0.03],[0.03,0.03],[0.03,0.09],[0,0.09],[0,0]]]", 1_500.0),
        // A square with a hole in its middle.
        ("[[[0,0],[0.09,0],[0.09,0.09],[0,0.09],[0,0]],[[0.03,0.03],[0.03,0.06],[0.06,0.06],[0.06,0.03],[0.03,0.03]]]", 1_500.0),
        // A sliver.
        ("[[[0,0],[0.5,0.0001],[0.5,0],[0,0]]]", 1.0),
    ] {
        let json = format!(r#"{{"type":"Polygon","coordinates":{text}}}"#);
        let (layer, _) = read(&[InputFile { name: "a.json".into(), bytes: json.into() }], &ReadOptions::default()).unwrap();
        let Some(Geometry::Areas(shape)) = &layer.features[0].geometry else { panic!() };
        let label = measure::label_point(shape).unwrap();
        assert!(measure::contains(shape, label), "{text}");
        let border = shape.0.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
        let nearest = border.flat_map(|r| r.lines()).map(|l| {
            use geo::{Distance, Euclidean};
            Euclidean.distance(&l, &label) * 111_195.0
        });
        assert!(nearest.fold(f64::MAX, f64::min) >= least_m, "{text}");
    }
    assert_eq!(measure::label_point(&MultiPolygon(vec![])), None);
}

#[test]
fn neighbours_are_found_with_and_without_gaps() {
    let shapes = coverage(3, 3, 10);
    let all = neighbours(&shapes, 0.0);
    assert_eq!(all[4], [0, 1, 2, 3, 5, 6, 7, 8]);
    assert_eq!(all[0], [1, 3, 4]);
    let apart = [square(6.5, 51.3, 0.01), square(6.5101, 51.3, 0.01), square(6.53, 51.3, 0.01)];
    assert_eq!(neighbours(&apart, 1.0), [vec![], vec![], vec![]] as [Vec<usize>; 3]);
    assert_eq!(neighbours(&apart, 10.0), [vec![1], vec![0], vec![]]);
    assert!(neighbours(&[], 10.0).is_empty());
}

#[test]
fn children_go_to_the_parent_with_the_largest_share() {
    let parents = [square(6.5, 51.3, 0.02), square(6.52, 51.3, 0.02), square(8.0, 51.3, 0.02)];
    let children = [square(6.505, 51.305, 0.01), square(6.514, 51.305, 0.01), square(7.0, 51.0, 0.01), MultiPolygon(vec![])];
    let found = assign_parents(&children, &parents);
    let parent: Vec<_> = found.iter().map(|a| a.parent).collect();
    assert_eq!(parent, [Some(0), Some(0), None, None]);
    assert!(found[0].nests(0.0) && !found[1].nests(0.05) && !found[2].nests(0.05));
    assert!((found[1].share() - 0.6).abs() < 1e-6 && (found[1].shares[1].1 - 0.4).abs() < 1e-6);
}

#[test]
fn dissolved_areas_are_the_sum_of_their_members() {
    let shapes = coverage(4, 2, 30);
    let groups = [Some(0), Some(0), Some(1), Some(1), Some(0), Some(0), Some(1), None];
    let united = dissolve(&shapes, &groups, 3, 0.0);
    let sum = |group| -> f64 { shapes.iter().zip(groups).filter(|(_, g)| *g == Some(group)).map(|(s, _)| s.unsigned_area()).sum() };
    for group in [0, 1] {
        assert!((united[group].unsigned_area() / sum(group) - 1.0).abs() < 1e-7);
        assert!(united[group].is_valid() && united[group].0.len() == 1 && united[group].0[0].interiors().is_empty());
    }
    assert!(united[2].0.is_empty());
    // A sliver of about 7 m between two squares is closed, a wide gap is not.
    let ring = |gap: f64| [square(6.5, 51.3, 0.01), square(6.51 + gap, 51.302, 0.006), square(6.5, 51.31, 0.03), square(6.5, 51.29, 0.01), square(6.51, 51.28, 0.022), square(6.516 + gap, 51.29, 0.021)];
    let holes = |gap: f64, gap_m: f64| dissolve(&ring(gap), &[Some(0); 6], 1, gap_m)[0].0.iter().map(|p| p.interiors().len()).sum::<usize>();
    assert!(holes(0.004, 0.0) > 0 && holes(0.004, 10.0) == holes(0.004, 0.0));
    assert!(holes(0.0001, 5_000.0) == 0);
    // Simplified members give a union with the same outer border as the members.
    let simple = simplify(&shapes, 50.0);
    assert!(simplify(&dissolve(&simple, &groups, 2, 0.0), 0.0)[0].is_valid());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Theorem: a point inside a coverage lies in exactly one area, and the index says which.
    #[test]
    fn every_place_lies_in_one_area(lon in 6.505f64..6.575, lat in 51.305f64..51.375) {
        let shapes = coverage(4, 4, 12);
        let index = AreaIndex::new(&shapes);
        let found = index.locate(lon, lat);
        let all: Vec<usize> = (0..shapes.len()).filter(|i| measure::contains(&shapes[*i], Point::new(lon, lat))).collect();
        prop_assert_eq!(all.len(), 1);
        prop_assert_eq!(found, Some(all[0]));
        prop_assert_eq!(index.locate(lon + 1.0, lat), None);
        prop_assert_eq!(index.locate(f64::NAN, lat), None);
        prop_assert!(measure::label_point(&shapes[all[0]]).is_some_and(|p| index.locate(p.x(), p.y()) == found));
    }
}
