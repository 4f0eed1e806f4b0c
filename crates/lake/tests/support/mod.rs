//! Small releases and layers for the tests.
#![allow(clippy::unwrap_used)]
#![allow(dead_code)]

use geo_types::{LineString, MultiPolygon, Polygon};
use kekiz_base::*;
use kekiz_disclosure::{History, Policy, Release, protect};
use kekiz_lake::{AreaLayer, Facility, FacilityLayer};
use std::collections::BTreeMap;

pub(crate) fn id(name: &str) -> IndicatorId {
    IndicatorId::new(name).unwrap()
}

pub(crate) fn area(key: &str, level: Level, parent: Option<&str>) -> Area {
    Area {
        key: key.into(),
        name: format!("Gebiet {key} (Süd)"),
        level,
        geography: GeographyId::new(format!("probe-{}", level.slug())),
        parent: parent.map(AreaKey::from),
        validity: Validity { from: Some("2009-10-21".parse().unwrap()), until: None },
    }
}

fn share(cases: f64, persons: f64) -> CubeCell {
    let value = 100.0 * cases / persons;
    CubeCell::Value {
        value: Sensitive::new(value),
        interval: Some((Sensitive::new(value * 0.9), Sensitive::new(value * 1.1))),
        numerator: Some(Sensitive::new(cases)),
        denominator: Some(Sensitive::new(persons)),
        smoothed: Some(Sensitive::new(value * 0.99)),
        versus_parent: Some(Sensitive::new(Versus {
            difference: value - 20.0,
            significant: Some(value > 30.0),
        })),
        class: Some(Sensitive::new(2)),
        annotation: Annotation::Provisional,
    }
}

/// A share in six districts over `years` years, made by the gate: shown, suppressed and missing cells.
pub(crate) fn release(name: &str, years: i16) -> Release {
    let areas: Vec<Area> = (1..=6).map(|n| area(&format!("0{n}"), Level::Stadtteil, Some("000"))).collect();
    let cells = (0..6 * usize::try_from(years).unwrap())
        .map(|i| match i % 6 {
            0 => share(2.0, 150.0),
            1 => CubeCell::Missing(Mark::Later),
            n => share(20.0 + n as f64, 150.0),
        })
        .collect();
    let cube = Cube {
        meta: IndicatorMeta {
            id: id(name),
            title: "Kinder in Bedarfsgemeinschaften".into(),
            plain_title: "Kinderarmut".into(),
            definition: "Kinder unter 18 Jahren mit SGB-II-Bezug".into(),
            kind: IndicatorKind::Share,
            unit: "%".into(),
            decimals: 1,
            polarity: Polarity::LowerIsBetter,
            life_phase: LifePhase::Familie,
            life_area: "Soziale Lage".into(),
            interval_method: "Wilson".into(),
            minimum_base: 0,
            sources: vec![Source { title: "Melderegister".into(), ..Source::default() }],
            classes: vec![],
            notes: vec!["Bruch der Reihe 2017".into()],
            sensitivity: String::new(),
        },
        areas,
        periods: (0..years).map(|year| Period::Year(2020 + year)).collect(),
        groups: vec![GroupId::total()],
        cells,
        inputs: BTreeMap::from([("melderegister".to_string(), "00".to_string())]),
    };
    let policy = Policy { without_counts: Default::default(), ..Policy::ba() };
    protect(&cube, &policy, &History::empty()).unwrap().0
}

pub(crate) fn square(west: f64, south: f64, size: f64) -> MultiPolygon<f64> {
    let ring = |w: f64, s: f64, d: f64| {
        LineString::from(vec![(w, s), (w + d, s), (w + d, s + d), (w, s + d), (w, s)])
    };
    let mut hole = ring(west + size / 4.0, south + size / 4.0, size / 2.0);
    hole.0.reverse();
    MultiPolygon(vec![Polygon::new(ring(west, south, size), vec![hole])])
}

pub(crate) fn layer(level: Level, keys: &[&str], parent: Option<&str>) -> AreaLayer {
    let n = keys.len();
    AreaLayer {
        source: Source { title: "Grenzen".into(), licence: "dl-de/by-2-0".into(), ..Source::default() },
        areas: keys.iter().map(|key| area(key, level, parent)).collect(),
        shapes: (0..n)
            .map(|i| if i == 1 { MultiPolygon(vec![]) } else { square(6.5 + i as f64, 51.3, 0.1) })
            .collect(),
        population: (0..n).map(|i| (i != 1).then_some(1234.0)).collect(),
        changes: vec![AreaChange {
            date: "2009-10-21".parse().unwrap(),
            from: vec!["05313".into(), "05354".into()],
            to: "05334".into(),
            source: "Aachen-Gesetz".into(),
        }],
        members: (0..n).map(|i| i == 0).collect(),
    }
}

pub(crate) fn schools() -> FacilityLayer {
    let school = |id: &str, index| Facility {
        id: id.into(),
        kind: "Grundschule".into(),
        name: "Städt. Gemeinschaftsgrundschule".into(),
        operator: "Stadt".into(),
        address: "Weg 1, 47798 Krefeld".into(),
        lon: 6.56,
        lat: 51.33,
        area: Some("01".into()),
        attributes: vec![("Rechtsform".into(), "öffentlich".into()), ("Fax".into(), String::new())],
        index,
    };
    FacilityLayer {
        id: "schulen".into(),
        title: "Schulen".into(),
        source: Source::default(),
        index_label: Some("Sozialindex".into()),
        facilities: vec![school("100001", Some(9)), school("100002", None)],
    }
}
