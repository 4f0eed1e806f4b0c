//! Reading the table `[[recipe]]`, every finding with its place.

use super::{Input, Method, Recipe};
use crate::catalogue::definition::{LIFE_PHASES, POLARITIES, id, levels};
use crate::catalogue::section::Section;
use kekiz_base::{GroupId, IndicatorId, LifePhase, Polarity};
use kekiz_stats::index::{Normalisation, SensitivitySettings, WeightDraws};
use kekiz_stats::moments::Deviation;

pub(in crate::catalogue) const KEYS: &[&str] = &[
    "id",
    "title",
    "plain_title",
    "definition",
    "method",
    "inputs",
    "normalisation",
    "deviation",
    "polarity",
    "limits",
    "classes",
    "years",
    "dynamics_limits",
    "dynamics_classes",
    "decimals",
    "life_phase",
    "life_area",
    "group",
    "levels",
    "smoothed",
    "minimum_base",
    "sensitivity",
    "notes",
];

const STATUS: [&str; 4] = ["hoch", "mittel", "niedrig", "sehr niedrig"];
const DYNAMICS: [&str; 3] = ["positiv", "stabil", "negativ"];

#[derive(Clone, Copy, PartialEq)]
enum MethodName {
    ZSum,
    EqualWeightMean,
    WeightedMean,
    FirstPrincipalComponent,
    StatusDynamics,
}

const METHODS: &[(&str, MethodName)] = &[
    ("z_sum", MethodName::ZSum),
    ("equal_weight_mean", MethodName::EqualWeightMean),
    ("weighted_mean", MethodName::WeightedMean),
    ("first_principal_component", MethodName::FirstPrincipalComponent),
    ("status_dynamics", MethodName::StatusDynamics),
];

fn method(section: &mut Section<'_, '_, '_>, deviation: Deviation) -> Option<Method> {
    if !section.has("method") {
        section.missing(
            "method",
            "Möglich sind z_sum, equal_weight_mean, weighted_mean, first_principal_component und status_dynamics.",
        );
        return None;
    }
    let name = section.choice("method", METHODS)?;
    let mut only_for = |key: &str, fits: bool, other: &str| {
        if section.has(key) && !fits {
            let message = format!("„{key}“ gibt es nur bei method = \"{other}\".");
            section.error(
                "key-not-for-method",
                key,
                message,
                "Den Schlüssel entfernen oder „method“ ändern.",
            );
        }
    };
    let is_mean = matches!(name, MethodName::EqualWeightMean | MethodName::WeightedMean);
    only_for("normalisation", is_mean, "weighted_mean");
    for key in ["years", "dynamics_limits", "dynamics_classes"] {
        only_for(key, name == MethodName::StatusDynamics, "status_dynamics");
    }
    Some(match name {
        MethodName::ZSum => Method::ZSum,
        MethodName::EqualWeightMean => {
            let z = Normalisation::ZScore(deviation);
            let choices = [("z", z), ("min_max", Normalisation::MinMax)];
            Method::EqualWeightMean(section.choice("normalisation", &choices).unwrap_or(z))
        }
        MethodName::WeightedMean => {
            let z = Normalisation::ZScore(deviation);
            let choices = [("z", z), ("min_max", Normalisation::MinMax), ("rank", Normalisation::Rank)];
            Method::WeightedMean(section.choice("normalisation", &choices).unwrap_or(z))
        }
        MethodName::FirstPrincipalComponent => Method::FirstPrincipalComponent,
        MethodName::StatusDynamics => {
            let years = section.whole("years", 1..=100);
            if !section.has("years") {
                section.missing(
                    "years",
                    "Angeben, über wie viele Jahre die Dynamik gemessen wird, zum Beispiel years = 3.",
                );
            }
            Method::StatusDynamics { years: years? as u16 }
        }
    })
}

fn inputs(section: &mut Section<'_, '_, '_>, weights_count: bool) -> Vec<Input> {
    if !section.has("inputs") {
        section.missing(
            "inputs",
            "Die Indikatoren nennen, zum Beispiel inputs = [{ indicator = \"kinderarmut\" }].",
        );
        return Vec::new();
    }
    let name = section.name().to_string();
    let tables = section.tables("inputs");
    let mut inputs: Vec<Input> = Vec::new();
    for value in tables {
        let label = format!("{name}, Merkmal");
        let keys = ["indicator", "weight", "direction"];
        let Some(mut input) = Section::open(value, &label, &keys, section.reader()) else { continue };
        let text = input.required_text("indicator", "Die id eines Indikators dieses Katalogs angeben.");
        let weight = input.number("weight");
        if weight.is_some_and(|w| w < 0.0) {
            input.error(
                "number-range",
                "weight",
                "ein Gewicht ist nie negativ.",
                "Die Richtung mit „direction“ angeben.",
            );
        }
        if input.has("weight") && !weights_count {
            input.error(
                "key-not-for-method",
                "weight",
                "diese Methode bestimmt die Gewichte selbst.",
                "„weight“ entfernen oder method = \"z_sum\" wählen.",
            );
        }
        let direction = input.choice("direction", &POLARITIES[..2]);
        let Some(text) = text else { continue };
        match IndicatorId::new(&text) {
            Some(indicator) if inputs.iter().all(|known| known.indicator != indicator) => {
                inputs.push(Input { indicator, weight: weight.unwrap_or(1.0).max(0.0), direction });
            }
            Some(_) => input.error(
                "duplicate",
                "indicator",
                format!("„{text}“ kommt zweimal vor."),
                "Den Eintrag entfernen.",
            ),
            None => input.error(
                "bad-id",
                "indicator",
                format!("„{text}“ ist keine id."),
                "Die id eines Indikators angeben.",
            ),
        }
    }
    if inputs.is_empty() || inputs.iter().all(|input| input.weight == 0.0) {
        section.error(
            "empty-value",
            "inputs",
            "der Index hat kein Merkmal mit Gewicht.",
            "Mindestens ein Merkmal nennen.",
        );
    }
    inputs
}

fn limits(section: &mut Section<'_, '_, '_>, key: &str, default: &[f64]) -> Vec<f64> {
    let Some(limits) = section.numbers(key) else { return default.to_vec() };
    if limits.is_empty() || limits.len() > 11 || limits.windows(2).any(|pair| pair[0] <= pair[1]) {
        section.error(
            "number-range",
            key,
            "Grenzen stehen in absteigender Reihenfolge, 1 bis 11 Stück.",
            "Zum Beispiel [1.0, -1.0, -1.5] schreiben.",
        );
        return default.to_vec();
    }
    limits
}

fn class_names(section: &mut Section<'_, '_, '_>, key: &str, default: &[&str], limits: usize) -> Vec<String> {
    let names =
        section.texts(key).unwrap_or_else(|| default.iter().map(|name| (*name).to_string()).collect());
    if names.len() != limits + 1 {
        let message = format!("{limits} Grenzen ergeben {} Klassen; angegeben: {}.", limits + 1, names.len());
        section.error(
            "class-names",
            key,
            message,
            "Für jede Klasse von der besten zur schlechtesten einen Namen angeben.",
        );
    }
    names
}

fn sensitivity(section: &mut Section<'_, '_, '_>) -> SensitivitySettings {
    let mut settings =
        SensitivitySettings { draws: 1_000, seed: 1, weights: WeightDraws::Dirichlet { concentration: 1.0 } };
    let label = format!("{}, sensitivity", section.name());
    let Some(value) = section.raw("sensitivity") else { return settings };
    let keys = ["draws", "seed", "concentration", "spread"];
    let Some(mut inner) = Section::open(value, &label, &keys, section.reader()) else { return settings };
    settings.draws = inner.whole("draws", 1..=100_000).unwrap_or(1_000) as usize;
    settings.seed = inner.whole("seed", 0..=u64::MAX).unwrap_or(1);
    if let Some(concentration) = inner.number("concentration") {
        settings.weights = WeightDraws::Dirichlet { concentration };
        if concentration <= 0.0 {
            inner.error(
                "number-range",
                "concentration",
                "„concentration“ muss größer als 0 sein.",
                "Zum Beispiel 1.0 schreiben.",
            );
        }
    }
    if let Some(spread) = inner.number("spread") {
        settings.weights = WeightDraws::Uniform { spread };
        if spread <= 0.0 || spread > 1.0 {
            inner.error(
                "number-range",
                "spread",
                "„spread“ liegt zwischen 0 und 1.",
                "Zum Beispiel 0.5 für ±50 % schreiben.",
            );
        }
        if inner.has("concentration") {
            inner.error(
                "key-not-for-method",
                "spread",
                "„spread“ und „concentration“ schließen sich aus.",
                "Eines entfernen.",
            );
        }
    }
    settings
}

/// Reads one recipe; `None` when it cannot be used (the reasons are with the reader).
pub(in crate::catalogue) fn read(mut section: Section<'_, '_, '_>) -> Option<Recipe> {
    let place = section.place("id");
    let id = id(&mut section);
    let title = section.required_text("title", "Einen Titel angeben, wie er über Karten und Tabellen steht.");
    let definition = section.required_text("definition", "Angeben, was der Index zusammenfasst.");
    let deviations = [("sample", Deviation::Sample), ("population", Deviation::Population)];
    let deviation = section.choice("deviation", &deviations).unwrap_or(Deviation::Sample);
    let method = method(&mut section, deviation);
    let weights_count =
        matches!(method, None | Some(Method::ZSum | Method::WeightedMean(_) | Method::StatusDynamics { .. }));
    let inputs = inputs(&mut section, weights_count);
    let limits_found = limits(&mut section, "limits", &[1.0, -1.0, -1.5]);
    let mut classes = class_names(&mut section, "classes", &STATUS, limits_found.len());
    let mut dynamics_limits = Vec::new();
    if matches!(method, Some(Method::StatusDynamics { .. })) {
        dynamics_limits = limits(&mut section, "dynamics_limits", &[1.0, -1.0]);
        let dynamics = class_names(&mut section, "dynamics_classes", &DYNAMICS, dynamics_limits.len());
        let pair = |status: &String| {
            dynamics.iter().map(|d| format!("Status {status}, Dynamik {d}")).collect::<Vec<_>>()
        };
        classes = classes.iter().flat_map(pair).collect();
    }
    let polarity = section.choice("polarity", &POLARITIES[..2]).unwrap_or(Polarity::HigherIsBetter);
    let decimals = section.whole("decimals", 0..=9).unwrap_or(2);
    let life_phase = section.choice("life_phase", LIFE_PHASES).unwrap_or(LifePhase::Familie);
    let life_area = section.text("life_area").filter(|text| !text.is_empty()).unwrap_or("Indizes".into());
    let group = section.text("group").map_or_else(GroupId::total, GroupId::new);
    let levels = levels(&mut section);
    let smoothed = section.flag("smoothed").unwrap_or(false);
    let minimum_base = section.whole("minimum_base", 0..=1_000_000).unwrap_or(0);
    let sensitivity = sensitivity(&mut section);
    let notes = section.texts("notes").unwrap_or_default();
    let plain_title = section.text("plain_title").filter(|text| !text.is_empty());
    let title = title?;
    Some(Recipe {
        id: id?,
        plain_title: plain_title.unwrap_or_else(|| title.clone()),
        title,
        definition: definition?,
        method: method?,
        inputs,
        polarity,
        limits: limits_found,
        dynamics_limits,
        classes,
        deviation,
        decimals: decimals as u8,
        life_phase,
        life_area,
        group,
        levels,
        smoothed,
        minimum_base: minimum_base as u32,
        sensitivity,
        notes,
        place,
    })
}
