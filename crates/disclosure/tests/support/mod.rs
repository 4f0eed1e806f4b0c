//! Builds cubes for the tests.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used)]

pub mod attacker;

use kekiz_base::*;
use std::collections::BTreeMap;

/// An area with its key, level, geography and parent.
pub fn area(key: &str, level: Level, geography: &str, parent: Option<&str>) -> Area {
    Area {
        key: key.into(),
        name: format!("Gebiet {key}"),
        level,
        geography: GeographyId::new(geography),
        parent: parent.map(AreaKey::from),
        validity: Validity::default(),
    }
}

pub fn meta(kind: IndicatorKind) -> IndicatorMeta {
    IndicatorMeta {
        id: IndicatorId::new("kinderarmut").unwrap(),
        title: "Kinder in Bedarfsgemeinschaften".into(),
        plain_title: "Kinderarmut".into(),
        definition: "Kinder unter 18 Jahren mit SGB-II-Bezug".into(),
        kind,
        unit: "%".into(),
        decimals: 1,
        polarity: Polarity::LowerIsBetter,
        life_phase: LifePhase::Familie,
        life_area: "Soziale Lage".into(),
        interval_method: "Wilson".into(),
        minimum_base: 0,
        sources: vec![Source { title: "Melderegister".into(), ..Source::default() }],
        classes: vec![],
        notes: vec![],
        sensitivity: String::new(),
    }
}

/// A count cell.
pub fn count(cases: f64) -> CubeCell {
    CubeCell::Value {
        value: Sensitive::new(cases),
        interval: None,
        numerator: Some(Sensitive::new(cases)),
        denominator: None,
        smoothed: None,
        versus_parent: None,
        class: None,
        annotation: Annotation::None,
    }
}

/// A share in percent with everything a figure may carry.
pub fn share(cases: f64, persons: f64) -> CubeCell {
    let value = 100.0 * cases / persons;
    CubeCell::Value {
        value: Sensitive::new(value),
        interval: Some((Sensitive::new(value * 0.9), Sensitive::new(value * 1.1))),
        numerator: Some(Sensitive::new(cases)),
        denominator: Some(Sensitive::new(persons)),
        smoothed: Some(Sensitive::new(value * 0.99)),
        versus_parent: None,
        class: None,
        annotation: Annotation::None,
    }
}

/// A cube of one kind; cells in the order area, period, group.
pub fn cube(kind: IndicatorKind, areas: Vec<Area>, groups: &[&str], cells: Vec<CubeCell>) -> Cube {
    let periods = cells.len() / areas.len().max(1) / groups.len().max(1);
    Cube {
        meta: meta(kind),
        areas,
        periods: (0..periods).map(|year| Period::Year(2020 + year as i16)).collect(),
        groups: groups.iter().map(GroupId::new).collect(),
        cells,
        inputs: BTreeMap::from([("melderegister".to_string(), "00".to_string())]),
    }
}

/// A count cube of a hierarchy from the counts of its leaves: `leaves[leaf][part]`; totals and upper levels are
/// summed up here. `parents[i]` is the parent of area `i`; parents come before their children.
pub fn summed(
    parents: &[Option<usize>],
    parts: usize,
    leaves: &BTreeMap<usize, Vec<i64>>,
) -> (Cube, Vec<Vec<i64>>) {
    let with_total = usize::from(parts > 1);
    let mut depth = vec![0usize; parents.len()];
    for i in 0..parents.len() {
        depth[i] = parents[i].map_or(0, |parent| depth[parent] + 1);
    }
    let levels = [Level::Land, Level::Kreis, Level::Gemeinde, Level::Stadtteil, Level::Baublock];
    let mut table = vec![vec![0i64; parts + with_total]; parents.len()];
    for i in (0..parents.len()).rev() {
        if let Some(leaf) = leaves.get(&i) {
            for (part, count) in leaf.iter().enumerate() {
                table[i][part + with_total] = *count;
                if with_total == 1 {
                    table[i][0] += count;
                }
            }
        }
        if let Some(parent) = parents[i] {
            let row = table[i].clone();
            for (slot, count) in row.into_iter().enumerate() {
                table[parent][slot] += count;
            }
        }
    }
    let name = |i: usize| format!("a{i:05}");
    let areas = (0..parents.len())
        .map(|i| {
            let level = levels[depth[i].min(4)];
            area(&name(i), level, level.slug(), parents[i].map(name).as_deref())
        })
        .collect();
    let mut groups = vec!["insgesamt".to_string()];
    groups.extend((1..parts + with_total).map(|part| format!("g{part}")));
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    let cells = table.iter().flatten().map(|&cases| count(cases as f64)).collect();
    (cube(IndicatorKind::Count, areas, &groups, cells), table)
}
