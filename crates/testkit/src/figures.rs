//! The sensitive cubes of Musterstadt, by formulas.

use crate::areas::{areas, stadtteil_key};
use kekiz_base::{
    Annotation, Area, Cube, CubeCell, GroupId, IndicatorId, IndicatorKind, IndicatorMeta, Level, LifePhase,
    Mark, Period, Polarity, Sensitive, Source,
};
use kekiz_stats::interval::wilson;
use std::collections::BTreeMap;

/// Stadtteile whose few cases hide behind a base that occurs nowhere else (a canary).
const FEW: [(usize, f64, f64); 3] = [(2, 3.0, 7919.0), (6, 2.0, 7907.0), (10, 3.0, 6997.0)];

fn source(title: &str) -> Source {
    Source {
        title: title.into(),
        publisher: "Stadt Musterstadt, Statistikstelle".into(),
        licence: "dl-de/by-2-0".into(),
        licence_url: "https://www.govdata.de/dl-de/by-2-0".into(),
        attribution: "Stadt Musterstadt 2025, dl-de/by-2-0, Daten verändert".into(),
        url: "https://example.org/daten".into(),
        changes: "erfunden".into(),
    }
}

fn meta(id: &str, title: &str, kind: IndicatorKind, unit: &str, polarity: Polarity) -> Option<IndicatorMeta> {
    Some(IndicatorMeta {
        id: IndicatorId::new(id)?,
        title: title.into(),
        plain_title: format!("In einfachen Worten: {title}"),
        definition: format!("{title} in Musterstadt und Umgebung; erfundene Zahlen."),
        kind,
        unit: unit.into(),
        decimals: u8::from(kind != IndicatorKind::Count),
        polarity,
        life_phase: LifePhase::Familie,
        life_area: if id == "kinder" || id == "jugendanteil" { "Bevölkerung" } else { "Soziale Lage" }.into(),
        interval_method: match kind {
            IndicatorKind::Share => "Wilson",
            _ => "keiner, da Vollerhebung",
        }
        .into(),
        minimum_base: 0,
        sources: vec![source("Kinderdaten Musterstadt")],
        classes: Vec::new(),
        notes: Vec::new(),
        sensitivity: String::new(),
    })
}

fn years(first: i16, last: i16) -> Vec<Period> {
    (first..=last).map(Period::Year).collect()
}

fn inside(level: Level) -> impl Fn(&Area) -> bool {
    move |area| area.level >= level
}

fn number_of(key: &str) -> Option<usize> {
    (0..12).find(|number| stadtteil_key(*number) == key)
}

fn counted(numerator: Option<f64>, denominator: Option<f64>, value: f64) -> CubeCell {
    let interval = numerator
        .zip(denominator)
        .and_then(|(x, n)| wilson(x, n, 0.95))
        .map(|found| (Sensitive::new(100.0 * found.lower), Sensitive::new(100.0 * found.upper)));
    CubeCell::Value {
        value: Sensitive::new(value),
        interval,
        numerator: numerator.map(Sensitive::new),
        denominator: denominator.map(Sensitive::new),
        smoothed: None,
        versus_parent: None,
        class: None,
        annotation: Annotation::None,
    }
}

/// Cases and base of a Stadtteil in a year.
fn poverty_counts(number: usize, year: i16) -> (f64, f64) {
    if let Some((_, cases, base)) = FEW.iter().find(|(few, ..)| *few == number) {
        return (*cases, *base);
    }
    let base = 900.0 + 55.0 * number as f64;
    let share = 0.08 + 0.025 * number as f64 + 0.004 * f64::from(year - 2019);
    ((base * share).round(), base)
}

/// The Stadtteile a larger area of Musterstadt consists of.
fn parts(key: &str) -> Option<std::ops::Range<usize>> {
    match key {
        "M1" => Some(0..4),
        "M2" => Some(4..8),
        "M3" => Some(8..12),
        "99001001" => Some(0..12),
        _ => number_of(key).map(|number| number..number + 1),
    }
}

/// Share of children in benefit households, 2019 to 2024, in Musterstadt, its Stadtbezirke and Stadtteile, with small
/// numbers and canaries; a break in 2022.
pub fn child_poverty() -> Option<Cube> {
    let mut meta = meta("kinderarmut", "Kinderarmut", IndicatorKind::Share, "%", Polarity::LowerIsBetter)?;
    meta.notes = vec!["Ab 2022 neue Definition: Bruch in der Zeitreihe.".into()];
    let areas: Vec<Area> = areas().into_iter().filter(|area| parts(area.key.as_str()).is_some()).collect();
    let periods = years(2019, 2024);
    let mut cells = Vec::new();
    for area in &areas {
        for period in &periods {
            let numbers = parts(area.key.as_str()).unwrap_or(0..0);
            let (cases, base) = numbers
                .map(|number| poverty_counts(number, period.year()))
                .fold((0.0, 0.0), |sum, next| (sum.0 + next.0, sum.1 + next.1));
            cells.push(counted(Some(cases), Some(base), 100.0 * cases / base));
        }
    }
    Some(Cube { meta, areas, periods, groups: vec![GroupId::total()], cells, inputs: inputs("armut") })
}

/// Number of children under 18, 2023 and 2024, in all areas down to the Gemeinde, with two age groups.
pub fn children() -> Option<Cube> {
    let meta = meta("kinder", "Kinder unter 18 Jahren", IndicatorKind::Count, "Kinder", Polarity::Neutral)?;
    let gemeinden = [
        ("99001001", 21_000.0),
        ("99001002", 13_000.0),
        ("99001003", 17_000.0),
        ("99002001", 24_000.0),
        ("99002002", 11_000.0),
    ];
    let areas: Vec<Area> = areas().into_iter().filter(|area| area.level <= Level::Gemeinde).collect();
    let periods = years(2023, 2024);
    let groups = vec![GroupId::total(), GroupId::new("unter 6"), GroupId::new("6 bis unter 18")];
    let mut cells = Vec::new();
    for area in &areas {
        let total: f64 =
            gemeinden.iter().filter(|(key, _)| key.starts_with(area.key.as_str())).map(|(_, n)| n).sum();
        for period in &periods {
            let total = total + total / 100.0 * f64::from(period.year() - 2023);
            for part in [1.0, 0.3, 0.7] {
                cells.push(counted(Some((total * part).round()), None, (total * part).round()));
            }
        }
    }
    Some(Cube { meta, areas, periods, groups, cells, inputs: inputs("kinder") })
}

/// Share of young people in the Gemeinden and Stadtteile in 2024: it describes structure and has no good direction.
pub fn youth_share() -> Option<Cube> {
    let meta = meta("jugendanteil", "Anteil junger Menschen", IndicatorKind::Share, "%", Polarity::Neutral)?;
    let areas: Vec<Area> = areas().into_iter().filter(inside(Level::Gemeinde)).collect();
    let cells = areas
        .iter()
        .enumerate()
        .map(|(i, _)| counted(None, None, 15.0 + (i * 7 % 11) as f64 / 2.0))
        .collect();
    let groups = vec![GroupId::total()];
    Some(Cube { meta, areas, periods: years(2024, 2024), groups, cells, inputs: inputs("jugend") })
}

/// Income per head in the Gemeinden, 2022, as published; one is missing.
pub fn income() -> Option<Cube> {
    let mut meta =
        meta("einkommen", "Einkommen je Kopf", IndicatorKind::Value, "€", Polarity::HigherIsBetter)?;
    meta.decimals = 0;
    let areas: Vec<Area> = areas().into_iter().filter(|area| area.level == Level::Gemeinde).collect();
    let cells = areas
        .iter()
        .enumerate()
        .map(|(i, _)| match i {
            3 => CubeCell::Missing(Mark::UnknownOrSecret),
            i => counted(None, None, 21_000.0 + 1_234.5 * i as f64),
        })
        .collect();
    let groups = vec![GroupId::total()];
    Some(Cube { meta, areas, periods: years(2022, 2022), groups, cells, inputs: inputs("einkommen") })
}

/// A composite index of the Stadtteile with four classes, 2024.
pub fn social_index() -> Option<Cube> {
    let mut meta = meta("sozialindex", "Sozialindex", IndicatorKind::Index, "", Polarity::HigherIsBetter)?;
    meta.classes = ["sehr niedrig", "niedrig", "mittel", "hoch"].map(String::from).to_vec();
    meta.sensitivity = "Unter anderen Gewichten ändert sich der Rang im Mittel um 0,8 Plätze.".into();
    let areas: Vec<Area> = areas().into_iter().filter(|area| area.level == Level::Stadtteil).collect();
    let cells = areas
        .iter()
        .enumerate()
        .map(|(i, _)| {
            let score = (i as f64 - 5.5) / 3.0;
            let class = (score + 1.0).floor().clamp(-1.0, 2.0) as i8 + 2;
            CubeCell::Value {
                value: Sensitive::new(score),
                interval: None,
                numerator: None,
                denominator: None,
                smoothed: None,
                versus_parent: None,
                class: Some(Sensitive::new(class.unsigned_abs())),
                annotation: Annotation::None,
            }
        })
        .collect();
    let groups = vec![GroupId::total()];
    Some(Cube { meta, areas, periods: years(2024, 2024), groups, cells, inputs: inputs("index") })
}

fn inputs(dataset: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(format!("muster-{dataset}"), format!("{:064x}", dataset.len()))])
}
