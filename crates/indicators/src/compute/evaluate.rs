//! Expressions become raw counts or values, one per cell.

use super::axes::Axes;
use super::place_of;
use crate::catalogue::{Definition, Formula};
use crate::expression::Expression;
use crate::spelling::list;
use kekiz_base::{Diagnostics, Figures, IndicatorKind, Mark, Observation, Severity};

/// The counts (or the value) of one cell before anything is derived from them.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Raw {
    /// Cases, or the value.
    pub(super) numerator: Observation,
    /// Persons; `None` for counts and values.
    pub(super) denominator: Option<Observation>,
}

impl Raw {
    /// Whether the sources say nothing about the cell.
    pub(super) fn is_silent(&self) -> bool {
        let empty = Observation::Missing(Mark::Empty);
        self.numerator == empty || self.denominator == Some(empty)
    }
}

/// Evaluates all cells; contradictory counts are reported and become missing.
pub(super) fn evaluate(
    definition: &Definition,
    figures: &Figures,
    axes: &Axes<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Raw> {
    let mut raw = Vec::with_capacity(axes.len());
    for area in &axes.areas {
        for period in &axes.periods {
            for group in &axes.groups {
                let cell = |expression: &Expression| {
                    expression.evaluate(|variable| {
                        let group = variable.group.as_ref().unwrap_or(group);
                        figures.get(&variable.name, &(area.key.clone(), *period, group.clone()))
                    })
                };
                raw.push(match &definition.formula {
                    Formula::Count(expression) | Formula::Value(expression) => {
                        Raw { numerator: cell(expression), denominator: None }
                    }
                    Formula::Quotient { numerator, denominator } => {
                        Raw { numerator: cell(numerator), denominator: Some(cell(denominator)) }
                    }
                });
            }
        }
    }
    refuse_contradictions(definition, figures, axes, &mut raw, diagnostics);
    raw
}

/// Cells of one kind that are listed with their place before the rest is only counted.
const LISTED: usize = 10;

fn refuse_contradictions(
    definition: &Definition,
    figures: &Figures,
    axes: &Axes<'_>,
    raw: &mut [Raw],
    diagnostics: &mut Diagnostics,
) {
    if definition.kind == IndicatorKind::Value {
        return;
    }
    type Test = fn(f64, Option<f64>, bool) -> bool;
    let kinds: [(&'static str, &str, &str, &str, Test); 4] = [
        (
            "negative-count",
            "numerator",
            "eine Anzahl ist negativ",
            "Die Zahl in der Datei prüfen.",
            |n, _, _| n < 0.0,
        ),
        (
            "negative-count",
            "denominator",
            "die Bezugszahl ist negativ",
            "Die Zahl in der Datei prüfen.",
            |_, d, _| d.is_some_and(|d| d < 0.0),
        ),
        (
            "part-exceeds-whole",
            "numerator",
            "der Teil ist größer als das Ganze",
            "Prüfen, ob Zähler und Nenner denselben Stichtag und dieselbe Altersgruppe haben.",
            |n, d, share| share && d.is_some_and(|d| d > 0.0 && n > d),
        ),
        (
            "cases-without-base",
            "denominator",
            "es gibt Fälle, aber die Bezugszahl ist 0",
            "Prüfen, ob die Bezugszahl vollständig ist.",
            |n, d, _| n > 0.0 && d == Some(0.0),
        ),
    ];
    let share = definition.kind == IndicatorKind::Share;
    for (code, key, what, remedy, test) in kinds {
        let mut found = Vec::new();
        for area in 0..axes.areas.len() {
            for period in 0..axes.periods.len() {
                for group in 0..axes.groups.len() {
                    let cell = &mut raw[axes.index(area, period, group)];
                    let Some(numerator) = cell.numerator.value() else { continue };
                    if test(numerator, cell.denominator.and_then(Observation::value), share) {
                        cell.numerator = Observation::Missing(Mark::Blocked);
                        let name = axes.groups[group].as_str();
                        found.push(format!(
                            "„{}“ ({}), {}, {name}",
                            axes.areas[area].name, axes.areas[area].key, axes.periods[period]
                        ));
                    }
                }
            }
        }
        if !found.is_empty() {
            let message = format!("Indikator „{}“: {what}, bei {}.", definition.id, list(&found, LISTED));
            diagnostics.push(Severity::Error, code, place_of(definition, figures, key), message, remedy);
        }
    }
}
