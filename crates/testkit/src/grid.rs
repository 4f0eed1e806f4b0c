//! A made-up district of 8 × 8 quarters and an island, with clusters put there on purpose.

use crate::TestkitError;
use geo_types::{LineString, MultiPolygon, Polygon};
use kekiz_base::{
    Annotation, Area, AreaKey, Cube, CubeCell, GeographyId, GroupId, IndicatorId, IndicatorKind,
    IndicatorMeta, Level, LifePhase, Mark, Period, Polarity, Sensitive, Source, Validity,
};
use kekiz_disclosure::{History, Policy, protect};
use kekiz_lake::{AreaLayer, Published};
use std::collections::BTreeMap;

/// Quarters to a side.
const SIDE: usize = 8;
const GEOGRAPHY: &str = "raster";

fn source() -> Source {
    Source {
        title: "Raster".into(),
        publisher: "Stadt Raster".into(),
        licence: "dl-de/by-2-0".into(),
        attribution: "Stadt Raster 2025, dl-de/by-2-0".into(),
        ..Source::default()
    }
}

fn square(x: f64, y: f64) -> MultiPolygon<f64> {
    let (west, south) = (6.5 + 0.01 * x, 51.0 + 0.01 * y);
    let (east, north) = (6.5 + 0.01 * (x + 1.0), 51.0 + 0.01 * (y + 1.0));
    let ring = vec![(west, south), (east, south), (east, north), (west, north), (west, south)];
    MultiPolygon(vec![Polygon::new(LineString::from(ring), Vec::new())])
}

/// The figure of a quarter: high in the south-west, low in the north-east, and one high one among the low.
fn value(row: usize, column: usize) -> Option<f64> {
    if (row, column) == (0, 7) {
        return None;
    }
    let plain = 10.0 + (7 * (row * SIDE + column) % 11) as f64 / 2.0;
    Some(match (row, column) {
        (0..3, 0..3) => plain + 25.0,
        (6, 6) => plain + 22.0,
        (5..8, 5..8) => plain - 8.0,
        _ => plain,
    })
}

/// Publishes the district in a new temporary directory. `raster-wert` has 64 figures, of which one is missing, and that
/// of an island.
///
/// # Errors
/// As [`crate::publish_city`].
pub fn published_grid() -> Result<(tempfile::TempDir, Published), TestkitError> {
    let dir = tempfile::tempdir()?;
    let published = Published::create(&dir.path().join("published"))?;
    let area = |key: String, level, geography: &str, parent: Option<&str>| Area {
        name: format!("Viertel {key}"),
        key: AreaKey::new(key),
        level,
        geography: GeographyId::new(geography),
        parent: parent.map(AreaKey::new),
        validity: Validity::default(),
    };
    let layer = |areas: Vec<Area>, shapes: Vec<MultiPolygon<f64>>| AreaLayer {
        source: source(),
        population: vec![Some(1_000.0); areas.len()],
        members: vec![false; areas.len()],
        changes: Vec::new(),
        areas,
        shapes,
    };
    let city = area("R".into(), Level::Gemeinde, "raster-stadt", None);
    published.add_areas(&layer(vec![city], vec![square(0.0, 0.0)]))?;
    let cells: Vec<(usize, usize)> =
        (0..SIDE).flat_map(|row| (0..SIDE).map(move |column| (row, column))).collect();
    let quarter = |key: String| area(key, Level::Stadtteil, GEOGRAPHY, Some("R"));
    let mut areas: Vec<Area> = cells.iter().map(|(row, column)| quarter(format!("R{row}{column}"))).collect();
    let mut shapes: Vec<_> = cells.iter().map(|(row, column)| square(*column as f64, *row as f64)).collect();
    areas.push(quarter("Rx".into()));
    shapes.push(square(20.0, 20.0));
    published.add_areas(&layer(areas.clone(), shapes))?;
    let figures = cells.iter().map(|(row, column)| value(*row, *column)).chain([Some(12.0)]);
    let cube = Cube {
        meta: meta()?,
        areas,
        periods: vec![Period::Year(2024)],
        groups: vec![GroupId::total()],
        cells: figures.map(cell).collect(),
        inputs: BTreeMap::from([("raster".to_string(), format!("{:064x}", 64))]),
    };
    let (release, _) = protect(&cube, &Policy::published_source("Stadt Raster"), &History::empty())?;
    published.add(&release)?;
    Ok((dir, published))
}

fn meta() -> Result<IndicatorMeta, TestkitError> {
    let id = IndicatorId::new("raster-wert")
        .ok_or_else(|| std::io::Error::other("the name of the indicator cannot stand in an address"))?;
    Ok(IndicatorMeta {
        id,
        title: "Wert im Raster".into(),
        plain_title: "Wie hoch ist der Wert?".into(),
        definition: "Erfundene Zahlen.".into(),
        kind: IndicatorKind::Value,
        unit: "%".into(),
        decimals: 1,
        polarity: Polarity::LowerIsBetter,
        life_phase: LifePhase::Familie,
        life_area: "Soziale Lage".into(),
        interval_method: String::new(),
        minimum_base: 0,
        sources: vec![source()],
        classes: Vec::new(),
        notes: Vec::new(),
        sensitivity: String::new(),
    })
}

fn cell(value: Option<f64>) -> CubeCell {
    match value {
        None => CubeCell::Missing(Mark::UnknownOrSecret),
        Some(value) => CubeCell::Value {
            value: Sensitive::new(value),
            interval: None,
            numerator: None,
            denominator: None,
            smoothed: None,
            versus_parent: None,
            class: None,
            annotation: Annotation::None,
        },
    }
}
