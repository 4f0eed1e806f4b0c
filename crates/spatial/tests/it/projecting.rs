use geo::Coord;
use kekiz_spatial::{Crs, project::Projector};
use proptest::prelude::*;

/// EPSG code, longitude, latitude, easting, northing by pyproj 3.7.2 (PROJ 9.5.1); Gauß-Krüger with EPSG:1777.
const CONTROL: &[(u32, f64, f64, f64, f64)] = &[
    (25831, 6.56, 51.333, 747976.4894, 5692875.3611),
    (25831, 6.0839, 50.7753, 717418.5933, 5629372.6155),
    (25832, 6.56, 51.333, 330025.8769, 5689683.4552),
    (25832, 6.9582, 50.9413, 356553.2351, 5645282.3304),
    (25832, 8.9167, 52.2833, 494317.5796, 5792551.6740),
    (25832, 6.0839, 50.7753, 294409.4027, 5628892.4110),
    (25832, 9.4333, 54.7833, 527866.6587, 6070763.7804),
    (25832, 13.7373, 51.0504, 831974.8533, 5666113.7357),
    (25833, 6.0839, 50.7753, -128141.0304, 5662837.8871),
    (25833, 13.7373, 51.0504, 411494.3683, 5656188.0936),
    (4647, 6.56, 51.333, 32330025.8769, 5689683.4552),
    (5650, 13.7373, 51.0504, 33411494.3683, 5656188.0936),
    (3035, 6.56, 51.333, 4081353.8472, 3141432.1978),
    (3035, 9.4333, 54.7833, 4284527.0880, 3519867.8758),
    (3857, 6.56, 51.333, 730255.8596, 6680410.2998),
    (3857, 9.4333, 54.7833, 1050110.1525, 7319922.1390),
    (31466, 6.56, 51.333, 2539070.2108, 5688842.4416),
    (31466, 6.9582, 50.9413, 2567389.7136, 5645554.0678),
    (31466, 6.0839, 50.7753, 2505960.2088, 5626652.8037),
    (31467, 8.9167, 52.2833, 3494387.6357, 5794429.7898),
    (31467, 9.4333, 54.7833, 3527947.6133, 6072753.4118),
    (31468, 13.7373, 51.0504, 4621923.4362, 5658688.5821),
    (31469, 13.7373, 51.0504, 5411595.3142, 5658005.9649),
];

#[test]
fn control_points_agree_with_proj() {
    for (code, lon, lat, x, y) in CONTROL {
        let crs = Crs::from_epsg(*code).unwrap();
        let there =
            Projector::new(Crs::WGS84, crs).unwrap().transform_one(Coord { x: *lon, y: *lat }).unwrap();
        let off = (there.x - x).hypot(there.y - y);
        assert!(off < 0.001, "EPSG:{code} {lon} {lat}: {off} m");
    }
}

#[test]
fn impossible_coordinates_are_errors() {
    for (crs, x, y) in
        [(Crs::UTM32, f64::NAN, 0.0), (Crs::UTM32, f64::INFINITY, 1.0), (Crs::EUROPE_LAEA, 1.0e300, 1.0e300)]
    {
        let result = Projector::new(crs, Crs::WGS84).unwrap().transform_one(Coord { x, y });
        assert!(result.unwrap_err().to_string().contains("Abhilfe"), "{x} {y}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Theorem: there and back again is the same place, to a millimetre; between datums to 2 cm, since heights
    /// are not carried.
    #[test]
    fn there_and_back(lon in 5.8f64..15.1, lat in 47.2f64..55.1, which in 0usize..11) {
        let code = [25831, 25832, 25833, 4647, 5650, 3035, 3857, 31466, 31467, 31468, 31469][which];
        let crs = Crs::from_epsg(code).unwrap();
        let start = Coord { x: lon, y: lat };
        let there = Projector::new(Crs::WGS84, crs).unwrap().transform_one(start).unwrap();
        let back = Projector::new(crs, Crs::WGS84).unwrap().transform_one(there).unwrap();
        let off = kekiz_spatial::measure::haversine_m(start.into(), back.into());
        let limit = if (31466..=31469).contains(&code) { 0.02 } else { 0.001 };
        prop_assert!(off < limit, "EPSG:{} {} m", code, off);
    }

    #[test]
    fn no_definition_panics(text in "(PROJCS|GEOGCS|PROJCRS)\\[[\"A-Z0-9,.\\[\\]]{0,80}") {
        let _ = Crs::from_wkt(&text);
    }
}
