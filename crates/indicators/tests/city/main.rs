//! A small city with three Stadtteile, computed by hand.
#![allow(clippy::unwrap_used, clippy::panic)]

mod change;
mod compute;
mod index;
mod territory;

use kekiz_base::{
    Annotation, Area, AreaKey, AreaTree, Cube, CubeCell, DatasetDigest, DatasetInfo, Figures, GeographyId,
    GroupId, Level, Mark, Observation, Period, Source, Validity,
};
use kekiz_indicators::Catalogue;
use smol_str::SmolStr;

fn area(key: &str, level: Level, parent: Option<&str>) -> Area {
    Area {
        key: key.into(),
        name: format!("Gebiet {key}"),
        level,
        geography: GeographyId::new(level.slug()),
        parent: parent.map(AreaKey::from),
        validity: Validity::default(),
    }
}

/// The city S with the Stadtteile A, B and C.
fn city() -> AreaTree {
    AreaTree::new([
        area("S", Level::Gemeinde, None),
        area("A", Level::Stadtteil, Some("S")),
        area("B", Level::Stadtteil, Some("S")),
        area("C", Level::Stadtteil, Some("S")),
    ])
    .unwrap()
}

/// A cell of a made-up file: a number, or the mark an official table would print.
fn cell(text: &str) -> Observation {
    match text {
        "." => Observation::Missing(Mark::UnknownOrSecret),
        "..." => Observation::Missing(Mark::Later),
        "/" => Observation::Missing(Mark::Unreliable),
        "x" => Observation::Missing(Mark::Blocked),
        "" => Observation::Missing(Mark::Empty),
        "-" => Observation::Value(0.0, Annotation::None),
        _ => match text.strip_suffix('p') {
            Some(number) => Observation::Value(number.parse().unwrap(), Annotation::Provisional),
            None => Observation::Value(text.parse().unwrap(), Annotation::None),
        },
    }
}

/// Figures from rows `variable area period [group] cell`, one a line.
fn figures(rows: &str) -> Figures {
    let mut figures = Figures::default();
    for row in rows.lines().map(str::trim).filter(|row| !row.is_empty()) {
        let fields: Vec<&str> = row.split_whitespace().collect();
        let (variable, text) = (SmolStr::new(fields[0]), fields.last().unwrap());
        let group = if fields.len() == 5 { GroupId::new(fields[3]) } else { GroupId::total() };
        figures.insert(&variable, (fields[1].into(), fields[2].parse().unwrap(), group), cell(text));
        figures.add_origin(
            &variable,
            DatasetDigest {
                info: DatasetInfo {
                    id: format!("daten-{variable}"),
                    source: Source { title: format!("Datei {variable}"), ..Source::default() },
                    protected_by_publisher: false,
                    file_name: format!("{variable}.csv"),
                    file_digest: String::new(),
                    mapping_digest: String::new(),
                },
                digest: format!("digest of {variable}"),
            },
        );
    }
    figures
}

fn catalogue(text: &str) -> Catalogue {
    Catalogue::read(&format!("version = 1\n{text}"), "katalog.toml").unwrap_or_else(|error| panic!("{error}"))
}

const POVERTY: &str = r#"
[[indicator]]
id = "armut"
title = "Kinderarmut"
definition = "Arme Kinder an allen Kindern"
kind = "share"
numerator = "arm"
denominator = "kinder"
polarity = "lower_is_better"
smoothing = true
minimum_base = 30
"#;

fn period(text: &str) -> Period {
    text.parse().unwrap()
}

fn at<'a>(cube: &'a Cube, key: &str, when: &str) -> &'a CubeCell {
    at_group(cube, key, when, GroupId::total().as_str())
}

fn at_group<'a>(cube: &'a Cube, key: &str, when: &str, group: &str) -> &'a CubeCell {
    cube.check().unwrap();
    let area = cube.area_index(&key.into()).unwrap_or_else(|| panic!("no area {key}"));
    let when =
        cube.periods.iter().position(|p| *p == period(when)).unwrap_or_else(|| panic!("no period {when}"));
    let group =
        cube.groups.iter().position(|g| g.as_str() == group).unwrap_or_else(|| panic!("no group {group}"));
    &cube.cells[cube.index(area, when, group)]
}

fn value(cell: &CubeCell) -> f64 {
    match cell {
        CubeCell::Value { value, .. } => value.expose(),
        CubeCell::Missing(mark) => panic!("missing: {mark:?}"),
    }
}

fn mark(cell: &CubeCell) -> Mark {
    match cell {
        CubeCell::Value { .. } => panic!("there is a value"),
        CubeCell::Missing(mark) => *mark,
    }
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9 * (1.0 + expected.abs()), "found {found}, expected {expected}");
}
