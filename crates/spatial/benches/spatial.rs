//! Speed of reading, simplifying, classifying and projecting at the size of North Rhine-Westphalia.

use geo::{Coord, LineString, MultiPolygon, Polygon};
use kekiz_spatial::classify::{Method, classify};
use kekiz_spatial::project::Projector;
use kekiz_spatial::{Crs, Geometry, InputFile, ReadOptions, read, simplify};

fn main() {
    divan::main();
}

/// 396 areas with 40 vertices on each side, about 63,000 vertices.
fn areas() -> Vec<MultiPolygon<f64>> {
    let at = |i: usize, j: usize, step: usize, upright: bool| {
        let t = step as f64 / 40.0;
        let bend = 0.02 * (t * std::f64::consts::PI).sin() * (t * 30.0 + (i * 31 + j * 17) as f64).sin();
        let (x, y) = (5.9 + i as f64 * 0.15, 50.4 + j as f64 * 0.1);
        if upright { Coord { x: x + bend, y: y + 0.1 * t } } else { Coord { x: x + 0.15 * t, y: y + bend } }
    };
    let mut shapes = Vec::new();
    for (i, j) in (0..22).flat_map(|i| (0..18).map(move |j| (i, j))) {
        let mut ring: Vec<_> = (0..40).map(|s| at(i, j, s, false)).collect();
        ring.extend((0..40).map(|s| at(i + 1, j, s, true)));
        ring.extend((1..=40).rev().map(|s| at(i, j + 1, s, false)));
        ring.extend((0..=40).rev().map(|s| at(i, j, s, true)));
        shapes.push(MultiPolygon(vec![Polygon::new(LineString::new(ring), vec![])]));
    }
    shapes
}

fn geojson() -> Vec<u8> {
    let feature = |shape: &MultiPolygon<f64>| {
        let points: Vec<String> =
            shape.0[0].exterior().0.iter().map(|c| format!("[{:.7},{:.7}]", c.x, c.y)).collect();
        format!(
            r#"{{"type":"Feature","properties":{{}},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}}}"#,
            points.join(",")
        )
    };
    let features: Vec<String> = areas().iter().map(feature).collect();
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(",")).into_bytes()
}

#[divan::bench]
fn read_and_repair_396_areas(bencher: divan::Bencher<'_, '_>) {
    let files = [InputFile { name: "a.geojson".into(), bytes: geojson() }];
    bencher.bench(|| read(&files, &ReadOptions::default()).map(|(layer, _)| layer.features.len()));
}

#[divan::bench]
fn read_repair_and_simplify_396_areas(bencher: divan::Bencher<'_, '_>) {
    let files = [InputFile { name: "a.geojson".into(), bytes: geojson() }];
    bencher.bench(|| {
        let layer =
            read(&files, &ReadOptions::default()).map(|(layer, _)| layer.features).unwrap_or_default();
        let shapes: Vec<MultiPolygon<f64>> = layer
            .into_iter()
            .filter_map(|feature| match feature.geometry {
                Some(Geometry::Areas(areas)) => Some(areas),
                _ => None,
            })
            .collect();
        simplify(&shapes, 100.0)
    });
}

#[divan::bench(args = [396, 10_000])]
fn natural_breaks(bencher: divan::Bencher<'_, '_>, n: u32) {
    let values: Vec<f64> = (0..n).map(|i| f64::from(i * 7_919 % 99_991) + (f64::from(i)).sqrt()).collect();
    bencher.bench(|| classify(&values, &Method::NaturalBreaks, 7));
}

#[divan::bench(args = [25832, 31466, 3035], sample_count = 5)]
fn project_a_million_points(bencher: divan::Bencher<'_, '_>, code: u32) {
    let crs = Crs::from_epsg(code).unwrap_or(Crs::UTM32);
    let points: Vec<Coord<f64>> = (0..1_000_000)
        .map(|i| Coord { x: 6.0 + f64::from(i % 1000) * 0.003, y: 50.4 + f64::from(i / 1000) * 0.002 })
        .collect();
    let projector = Projector::new(Crs::WGS84, crs);
    bencher.with_inputs(|| points.clone()).bench_values(|mut points| {
        let done = projector.as_ref().map(|p| p.transform(&mut points).is_ok());
        (done, points)
    });
}

/// Children and Kitas at random places of a square of 10 km; 21,000 places for 20,000 children.
#[divan::bench(sample_count = 1)]
fn assign_20_000_children_to_300_kitas(bencher: divan::Bencher<'_, '_>) {
    let mut generator = kekiz_stats::draw::Generator::new(1, 0);
    let mut place = || (generator.unit() * 10_000.0, generator.unit() * 10_000.0);
    let kitas: Vec<(f64, f64)> = (0..300).map(|_| place()).collect();
    let children: Vec<(f64, f64)> = (0..20_000).map(|_| place()).collect();
    let way = |c: &(f64, f64), k: &(f64, f64)| (c.0 - k.0).hypot(c.1 - k.1);
    let ways: Vec<f64> = children.iter().flat_map(|c| kitas.iter().map(move |k| way(c, k))).collect();
    bencher.bench(|| kekiz_spatial::assign::assign(divan::black_box(&ways), &[70; 300]));
}
