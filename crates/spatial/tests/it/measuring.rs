use crate::fixtures::{coverage, square};
use geo::{Area, MultiPolygon, Point, Validation};
use kekiz_spatial::{AreaIndex, assign_parents, dissolve, measure, neighbours, read, simplify};
use kekiz_spatial::{Geometry, InputFile, ReadOptions};
use proptest::prelude::*;

/// Outlines generalised to 250 m from VG250 (© GeoBasis-DE / BKG 2022, dl-de/by-2-0, data changed), with the
/// official area (KFL of VG250-EW, 31 December 2022) in km².
const OFFICIAL: [(&str, f64, &str); 3] = [
    (
        "Krefeld",
        137.78,
        "[[6.6357,51.3930],[6.6371,51.3858],[6.6444,51.3869],[6.6472,51.3825],[6.6563,51.3811],[6.6608,51.3878],[6.6753,51.3888],[6.6689,51.3742],[6.6787,51.3768],[6.6749,51.3698],[6.6578,51.3634],[6.6544,51.3556],[6.6612,51.3485],[6.7062,51.3367],[6.6994,51.3270],[6.6760,51.3210],[6.6529,51.3095],[6.6224,51.3086],[6.6217,51.2911],[6.5911,51.2869],[6.5001,51.2888],[6.4887,51.3032],[6.5119,51.3102],[6.5145,51.3349],[6.5091,51.3403],[6.4869,51.3470],[6.4874,51.3617],[6.4921,51.3623],[6.4850,51.3722],[6.4867,51.3834],[6.4779,51.3865],[6.4816,51.3979],[6.4919,51.4018],[6.5221,51.3981],[6.5370,51.4063],[6.5367,51.4029],[6.5479,51.4001],[6.5484,51.3929],[6.5542,51.3950],[6.5590,51.3899],[6.6108,51.3962],[6.6357,51.3930]]",
    ),
    (
        "Kempen",
        68.80,
        "[[6.5221,51.3981],[6.4919,51.4018],[6.4816,51.3979],[6.4779,51.3865],[6.4867,51.3834],[6.4850,51.3722],[6.4921,51.3623],[6.4874,51.3617],[6.4869,51.3470],[6.4786,51.3494],[6.4727,51.3429],[6.4469,51.3400],[6.4095,51.3414],[6.3841,51.3329],[6.3589,51.3798],[6.3631,51.3868],[6.3876,51.3944],[6.3815,51.3996],[6.3928,51.4023],[6.3982,51.4131],[6.4618,51.4057],[6.4702,51.4190],[6.4822,51.4200],[6.4862,51.4161],[6.5037,51.4220],[6.5088,51.4193],[6.5166,51.4250],[6.5254,51.4243],[6.5286,51.4127],[6.5370,51.4063],[6.5221,51.3981]]",
    ),
    (
        "Aldenhoven",
        44.25,
        "[[6.2646,50.9248],[6.2741,50.9227],[6.2779,50.9162],[6.2874,50.9213],[6.3020,50.9181],[6.3059,50.9145],[6.2996,50.9114],[6.3057,50.9020],[6.3184,50.9073],[6.3214,50.9043],[6.3073,50.9002],[6.3070,50.8949],[6.3172,50.8886],[6.3231,50.8899],[6.3355,50.8844],[6.3302,50.8811],[6.3314,50.8742],[6.3154,50.8648],[6.3059,50.8736],[6.3078,50.8822],[6.3018,50.8842],[6.2737,50.8736],[6.2753,50.8679],[6.2678,50.8633],[6.2616,50.8672],[6.2531,50.8623],[6.2423,50.8728],[6.2302,50.8635],[6.2234,50.8708],[6.2294,50.8739],[6.2190,50.8860],[6.1997,50.8979],[6.2000,50.9022],[6.2286,50.9208],[6.2242,50.9322],[6.2620,50.9399],[6.2677,50.9369],[6.2646,50.9248]]",
    ),
];

fn outline(coordinates: &str) -> MultiPolygon<f64> {
    let json = format!(r#"{{"type":"Polygon","coordinates":{coordinates}}}"#);
    let files = [InputFile { name: "a.json".into(), bytes: json.into() }];
    match &read(&files, &ReadOptions::default()).unwrap().0.features[0].geometry {
        Some(Geometry::Areas(shape)) => shape.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn official_areas_are_met() {
    let shapes = OFFICIAL.map(|(_, _, ring)| outline(&format!("[{ring}]")));
    for ((name, official, _), shape) in OFFICIAL.iter().zip(&shapes) {
        let found = measure::area_km2(shape);
        assert!((found / official - 1.0).abs() < 0.012, "{name}: {found} of {official}");
    }
    assert_eq!(neighbours(&shapes, 1.0), [vec![1], vec![0], vec![]]);
    // Krefeld's town hall.
    assert_eq!(AreaIndex::new(&shapes).locate(6.5597, 51.3328), Some(0));
}

#[test]
fn areas_agree_with_the_ellipsoid() {
    // Geodesic areas by pyproj 3.7.2 (Geod on WGS 84, geometry_area_perimeter).
    for (shape, km2) in
        [(square(6.5, 51.3, 0.1), 77.509_340_133_384_71), (square(9.0, 54.7, 0.01), 0.717_587_401_600_837_8)]
    {
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
        (
            "[[[0,0],[0.09,0],[0.09,0.09],[0.06,0.09],[0.06,0.03],[0.03,0.03],[0.03,0.09],[0,0.09],[0,0]]]",
            1_500.0,
        ),
        // A square with a hole in its middle.
        (
            "[[[0,0],[0.09,0],[0.09,0.09],[0,0.09],[0,0]],[[0.03,0.03],[0.03,0.06],[0.06,0.06],[0.06,0.03],[0.03,0.03]]]",
            1_500.0,
        ),
        // A sliver.
        ("[[[0,0],[0.5,0.0001],[0.5,0],[0,0]]]", 1.0),
    ] {
        let shape = &outline(text);
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
    let children = [
        square(6.505, 51.305, 0.01),
        square(6.514, 51.305, 0.01),
        square(7.0, 51.0, 0.01),
        MultiPolygon(vec![]),
    ];
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
    let sum = |group| -> f64 {
        shapes.iter().zip(groups).filter(|(_, g)| *g == Some(group)).map(|(s, _)| s.unsigned_area()).sum()
    };
    for group in [0, 1] {
        assert!((united[group].unsigned_area() / sum(group) - 1.0).abs() < 1e-7);
        assert!(
            united[group].is_valid()
                && united[group].0.len() == 1
                && united[group].0[0].interiors().is_empty()
        );
    }
    assert!(united[2].0.is_empty());
    // A sliver of about 7 m between two squares is closed, a wide gap is not.
    let ring = |gap: f64| {
        [
            square(6.5, 51.3, 0.01),
            square(6.51 + gap, 51.302, 0.006),
            square(6.5, 51.31, 0.03),
            square(6.5, 51.29, 0.01),
            square(6.51, 51.28, 0.022),
            square(6.516 + gap, 51.29, 0.021),
        ]
    };
    let holes = |gap: f64, gap_m: f64| {
        dissolve(&ring(gap), &[Some(0); 6], 1, gap_m)[0].0.iter().map(|p| p.interiors().len()).sum::<usize>()
    };
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
