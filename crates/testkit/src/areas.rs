//! The territory: a Land, two Kreise, five Gemeinden, and Musterstadt's parts.

use geo_types::{LineString, MultiPolygon, Polygon};
use kekiz_base::{Area, AreaKey, GeographyId, Level, Source, Validity};
use kekiz_lake::AreaLayer;

/// Key, name, parent, column and row of the lower left corner, width, height (in steps of the grid), inhabitants,
/// municipality of the initiative.
type Line = (&'static str, &'static str, &'static str, [f64; 4], f64, bool);

const LAND: [Line; 1] = [("99", "Musterland", "", [0.0, 0.0, 12.0, 8.0], 500_000.0, false)];

const KREISE: [Line; 2] = [
    ("99001", "Kreis Muster", "99", [0.0, 0.0, 6.0, 8.0], 300_000.0, false),
    ("99002", "Kreis Beispiel", "99", [6.0, 0.0, 6.0, 8.0], 200_000.0, true),
];

const GEMEINDEN: [Line; 5] = [
    ("99001001", "Musterstadt", "99001", [0.0, 0.0, 6.0, 4.0], 120_000.0, true),
    ("99001002", "Nachbarort", "99001", [0.0, 4.0, 3.0, 4.0], 80_000.0, false),
    ("99001003", "Größenau", "99001", [3.0, 4.0, 3.0, 4.0], 100_000.0, false),
    ("99002001", "Beispielstadt", "99002", [6.0, 0.0, 6.0, 4.0], 130_000.0, true),
    ("99002002", "Köhlerdorf", "99002", [6.0, 4.0, 6.0, 4.0], 70_000.0, false),
];

const BEZIRKE: [Line; 3] = [
    ("M1", "Bezirk Nord", "99001001", [0.0, 0.0, 2.0, 4.0], 40_000.0, false),
    ("M2", "Bezirk Mitte", "99001001", [2.0, 0.0, 2.0, 4.0], 45_000.0, false),
    ("M3", "Bezirk Süd", "99001001", [4.0, 0.0, 2.0, 4.0], 35_000.0, false),
];

/// Names of the Stadtteile; four in each Stadtbezirk.
const STADTTEILE: [&str; 12] = [
    "Altstadt",
    "Bachfeld",
    "Centrum",
    "Dornbusch",
    "Eichen",
    "Fährhöhe",
    "Gartenstadt",
    "Hüls",
    "Industriehafen",
    "Jägersruh",
    "Kleinstedt",
    "Lindenthal",
];

fn source() -> Source {
    Source {
        title: "Gebiete von Musterland".into(),
        publisher: "Vermessungsamt Musterstadt".into(),
        licence: "dl-de/by-2-0".into(),
        licence_url: "https://www.govdata.de/dl-de/by-2-0".into(),
        attribution: "© Vermessungsamt Musterstadt 2025, dl-de/by-2-0".into(),
        url: "https://example.org/gebiete".into(),
        changes: "erfunden".into(),
    }
}

/// A rectangle on a grid of a tenth of a degree, counter-clockwise.
fn rectangle([x, y, width, height]: [f64; 4]) -> MultiPolygon<f64> {
    let (west, south) = (6.5 + x * 0.1, 51.0 + y * 0.05);
    let (east, north) = (west + width * 0.1, south + height * 0.05);
    let ring = vec![(west, south), (east, south), (east, north), (west, north), (west, south)];
    MultiPolygon(vec![Polygon::new(LineString::from(ring), Vec::new())])
}

fn layer(geography: &str, level: Level, lines: &[Line]) -> AreaLayer {
    let areas = lines
        .iter()
        .map(|(key, name, parent, ..)| Area {
            key: AreaKey::new(key),
            name: (*name).into(),
            level,
            geography: GeographyId::new(geography),
            parent: (!parent.is_empty()).then(|| AreaKey::new(parent)),
            validity: Validity::default(),
        })
        .collect();
    AreaLayer {
        source: source(),
        areas,
        shapes: lines.iter().map(|line| rectangle(line.3)).collect(),
        population: lines.iter().map(|line| Some(line.4)).collect(),
        changes: Vec::new(),
        members: lines.iter().map(|line| line.5).collect(),
    }
}

/// Keys of the Stadtteile: `M1-01` to `M3-04`.
pub(crate) fn stadtteil_key(number: usize) -> String {
    format!("M{}-{:02}", number / 4 + 1, number % 4 + 1)
}

fn stadtteile() -> AreaLayer {
    let keys: Vec<String> = (0..STADTTEILE.len()).map(stadtteil_key).collect();
    let mut out = layer("muster-stadtteile", Level::Stadtteil, &[]);
    for (number, key) in keys.iter().enumerate() {
        let (column, row) = (number / 4, number % 4);
        out.areas.push(Area {
            key: AreaKey::new(key),
            name: STADTTEILE[number].into(),
            level: Level::Stadtteil,
            geography: GeographyId::new("muster-stadtteile"),
            parent: Some(AreaKey::new(format!("M{}", column + 1))),
            validity: Validity::default(),
        });
        out.shapes.push(rectangle([column as f64 * 2.0, row as f64, 2.0, 1.0]));
        out.population.push(Some(8_000.0 + 500.0 * number as f64));
        out.members.push(false);
    }
    out
}

/// The five geographies, largest areas first.
pub fn area_layers() -> Vec<AreaLayer> {
    vec![
        layer("muster-land", Level::Land, &LAND),
        layer("muster-kreise", Level::Kreis, &KREISE),
        layer("muster-gemeinden", Level::Gemeinde, &GEMEINDEN),
        layer("muster-bezirke", Level::Stadtbezirk, &BEZIRKE),
        stadtteile(),
    ]
}

/// All areas ordered by key.
pub fn areas() -> Vec<Area> {
    let mut all: Vec<Area> = area_layers().into_iter().flat_map(|layer| layer.areas).collect();
    all.sort_by(|a, b| a.key.cmp(&b.key));
    all
}
