//! Whatever the bytes: an answer or an error, never a panic, never for ever.

use crate::fixtures::{
    GK2, UTM32_FALSE_EASTING, coverage, dbf, file, geojson, gpkg, projected, shp, wkb, zip,
};
use kekiz_spatial::{InputFile, ReadOptions, read, wkb_geometry};
use proptest::prelude::*;
use std::time::{Duration, Instant};

fn whole() -> Vec<Vec<InputFile>> {
    let shapes = coverage(2, 1, 3);
    let utm = projected(&shapes, kekiz_spatial::Crs::UTM32);
    let names = [b"K\xf6ln".to_vec(), b"S\xfcd".to_vec()];
    let shapefile = vec![
        file("a.shp", shp(&utm, true)),
        file("a.dbf", dbf(&names, 0)),
        file("a.prj", UTM32_FALSE_EASTING.replace("2500000.0", "500000.0")),
        file("a.cpg", "1252"),
    ];
    let topology = r#"{"type":"Topology","transform":{"scale":[0.001,0.001],"translate":[6.5,51.3]},"arcs":[[[10,0],[0,10]],[[10,10],[-10,0],[0,-10],[10,0]]],"objects":{"a":{"type":"GeometryCollection","geometries":[{"type":"Polygon","id":"01","arcs":[[0,1]],"properties":{"name":"W"}}]}}}"#;
    vec![
        vec![file("a.geojson", geojson(&shapes, ""))],
        vec![file("a.topojson", topology)],
        vec![file("a.gpkg", gpkg(&[("a", 25832, GK2, &utm)], true))],
        shapefile.clone(),
        vec![file("a.zip", zip(&shapefile))],
    ]
}

fn attempt(files: &[InputFile]) {
    let _ = read(files, &ReadOptions::default());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_bytes_never_panic(
        format in 0usize..5,
        part in 0usize..4,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut files = whole().swap_remove(format);
        let part = part % files.len();
        let bytes = &mut files[part].bytes;
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        attempt(&files);
    }

    #[test]
    fn a_changed_number_in_binary_never_panics(
        format in 2usize..4,
        at in any::<prop::sample::Index>(),
        value in prop_oneof![Just(u32::MAX), Just(i32::MAX as u32), Just(0), any::<u32>()],
        big in any::<bool>(),
    ) {
        let mut files = whole().swap_remove(format);
        let bytes = &mut files[0].bytes;
        let at = at.index(bytes.len() - 4);
        bytes[at..at + 4].copy_from_slice(&if big { value.to_be_bytes() } else { value.to_le_bytes() });
        attempt(&files);
    }

    #[test]
    fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), name in "[a-z]{1,4}\\.(shp|dbf|gpkg|geojson|zip|gz)") {
        attempt(&[file(&name, bytes)]);
    }

    #[test]
    fn changed_wkb_never_panics(at in any::<prop::sample::Index>(), value in any::<u8>(), z in any::<bool>()) {
        let mut bytes = wkb(&coverage(1, 1, 2)[0], z);
        let at = at.index(bytes.len());
        bytes[at] = value;
        let _ = wkb_geometry(&bytes);
    }

    #[test]
    fn any_rings_never_panic(points in prop::collection::vec((-4i32..4, -4i32..4), 0..40)) {
        let ring: Vec<String> = points.iter().map(|(x, y)| format!("[{},{}]", f64::from(*x) / 7.0, f64::from(*y) / 7.0)).collect();
        attempt(&[file("a.json", format!(r#"{{"type":"Polygon","coordinates":[[{}]]}}"#, ring.join(",")))]);
    }
}

/// Small files that ask for much.
#[test]
fn bombs_are_refused_quickly() {
    let many = |what: &str, n: usize| vec![what; n].join(",");
    let arcs = format!(
        r#"{{"type":"Topology","arcs":[[{}]],"objects":{{"a":{{"type":"Polygon","arcs":[[{}]]}}}}}}"#,
        many("[6.5,51.3]", 30_000),
        many("0", 30_000)
    );
    let tangle: Vec<String> = (0..30_000)
        .map(|i| {
            format!(
                "[{},{}]",
                6.0 + f64::from(i * 7919 % 9973) / 9973.0,
                51.0 + f64::from(i * 6007 % 9901) / 9901.0
            )
        })
        .collect();
    let tangle = format!(r#"{{"type":"Polygon","coordinates":[[{}]]}}"#, tangle.join(","));
    let deep =
        format!("{}{}", r#"{"type":"GeometryCollection","geometries":["#.repeat(50_000), "]}".repeat(50_000));
    let zeros = zip(&[file("a.geojson", vec![b' '; 50_000_000])]);
    let mut counted = wkb(&coverage(1, 1, 2)[0], false);
    counted[5..9].copy_from_slice(&u32::MAX.to_le_bytes());
    let begun = Instant::now();
    for files in [
        vec![file("a.topojson", arcs)],
        vec![file("a.geojson", deep)],
        vec![file("a.zip", zeros)],
        vec![file("a.shp", {
            let mut s = shp(&coverage(1, 1, 3), false);
            s[108 + 36..108 + 40].copy_from_slice(&i32::MAX.to_le_bytes());
            s
        })],
    ] {
        match read(&files, &ReadOptions::default()) {
            Err(_) => {}
            Ok((layer, diagnostics)) => {
                assert!(layer.features.iter().all(|f| f.geometry.is_none()) && diagnostics.has_errors())
            }
        }
    }
    assert!(wkb_geometry(&counted).is_err());
    let (layer, diagnostics) = read(&[file("a.geojson", tangle)], &ReadOptions::default()).unwrap();
    assert!(layer.features[0].geometry.is_none());
    assert!(diagnostics.iter().any(|d| d.message.contains("überschneidet sich so oft")));
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}
