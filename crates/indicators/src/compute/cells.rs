//! Counts become values with intervals, smoothed values and comparisons.

use super::axes::Axes;
use super::evaluate::Raw;
use crate::catalogue::{Definition, Formula, IntervalMethod};
use crate::expression::{strongest_annotation, strongest_mark};
use kekiz_base::{CubeCell, GeographyId, IndicatorKind, Interval, Mark, Observation, Sensitive, Versus};
use kekiz_stats::difference::{Test, part_of_whole_proportion, part_of_whole_rate};
use kekiz_stats::empirical_bayes::empirical_bayes;
use kekiz_stats::interval::{byar, clopper_pearson, poisson_exact, wilson};
use std::collections::BTreeMap;

const LEVEL: f64 = 0.95;
/// Two-sided level below which a difference counts as more than chance.
pub(crate) const SIGNIFICANCE: f64 = 0.05;

/// Numerator and denominator of a cell with a usable quotient.
fn counts(raw: &Raw) -> Option<(f64, f64)> {
    let (numerator, denominator) = (raw.numerator.value()?, raw.denominator?.value()?);
    (denominator > 0.0).then_some((numerator, denominator))
}

/// The value of a cell in the unit of the indicator.
fn value(definition: &Definition, raw: &Raw) -> Option<f64> {
    let value = match definition.formula {
        Formula::Count(_) | Formula::Value(_) => raw.numerator.value()?,
        Formula::Quotient { .. } => {
            let (numerator, denominator) = counts(raw)?;
            numerator / denominator * definition.factor
        }
    };
    value.is_finite().then_some(value)
}

pub(super) fn cells(definition: &Definition, axes: &Axes<'_>, raw: &[Raw]) -> Vec<CubeCell> {
    let smoothed = if definition.smoothing { smooth(definition, axes, raw) } else { vec![None; raw.len()] };
    let per_area = axes.periods.len() * axes.groups.len();
    let cell = |index: usize| {
        let cell = &raw[index];
        let Some(value) = value(definition, cell) else { return CubeCell::Missing(mark(cell)) };
        let parent = axes.parents[index / per_area].map(|parent| &raw[parent * per_area + index % per_area]);
        let versus =
            parent.filter(|_| definition.compare_parent).and_then(|parent| versus(definition, cell, parent));
        let is_count = matches!(definition.formula, Formula::Count(_));
        let counted = is_count || cell.denominator.is_some();
        CubeCell::Value {
            value: Sensitive::new(value),
            interval: interval(definition, cell).map(|i| (Sensitive::new(i.lower), Sensitive::new(i.upper))),
            numerator: cell.numerator.value().filter(|_| counted).map(Sensitive::new),
            denominator: cell.denominator.and_then(Observation::value).map(Sensitive::new),
            smoothed: smoothed[index].map(Sensitive::new),
            versus_parent: versus.map(Sensitive::new),
            class: None,
            annotation: annotation(cell),
        }
    };
    (0..raw.len()).map(cell).collect()
}

/// Why a cell has no value: its marks, or that a quotient over nobody makes no sense.
fn mark(raw: &Raw) -> Mark {
    let of = |observation| match observation {
        Some(Observation::Missing(mark)) => Some(mark),
        _ => None,
    };
    match (of(Some(raw.numerator)), of(raw.denominator)) {
        (Some(a), Some(b)) => strongest_mark(a, b),
        (Some(mark), None) | (None, Some(mark)) => mark,
        (None, None) => Mark::Blocked,
    }
}

fn annotation(raw: &Raw) -> kekiz_base::Annotation {
    let of = |observation| match observation {
        Some(Observation::Value(_, annotation)) => annotation,
        _ => kekiz_base::Annotation::None,
    };
    strongest_annotation(of(Some(raw.numerator)), of(raw.denominator))
}

/// The 95 % interval in the unit of the indicator.
fn interval(definition: &Definition, raw: &Raw) -> Option<Interval> {
    let persons = match raw.denominator {
        Some(_) => Some(counts(raw)?.1),
        None => None,
    };
    interval_of(definition.interval, definition.factor, raw.numerator.value()?, persons)
}

/// The 95 % interval of cases, or of cases per persons times the factor.
pub(crate) fn interval_of(
    method: IntervalMethod,
    factor: f64,
    cases: f64,
    persons: Option<f64>,
) -> Option<Interval> {
    let scaled = |interval: Interval, scale: f64| Interval {
        lower: interval.lower * scale,
        upper: interval.upper * scale,
    };
    let scale = persons.map_or(1.0, |persons| factor / persons);
    match method {
        IntervalMethod::None => None,
        IntervalMethod::Wilson => wilson(cases, persons?, LEVEL).map(|i| scaled(i, factor)),
        IntervalMethod::ClopperPearson => clopper_pearson(cases, persons?, LEVEL).map(|i| scaled(i, factor)),
        IntervalMethod::Byar => Some(scaled(byar(cases, LEVEL)?, scale)),
        IntervalMethod::Poisson => Some(scaled(poisson_exact(cases, LEVEL)?, scale)),
    }
}

fn versus(definition: &Definition, part: &Raw, whole: &Raw) -> Option<Versus> {
    let difference = value(definition, part)? - value(definition, whole)?;
    let tested =
        counts(part).zip(counts(whole)).and_then(|((x, n), (whole_x, whole_n))| match definition.kind {
            IndicatorKind::Share => part_of_whole_proportion(x, n, whole_x, whole_n, Test::ExactWhenSmall),
            IndicatorKind::Rate => part_of_whole_rate(x, n, whole_x, whole_n, Test::ExactWhenSmall),
            _ => None,
        });
    difference.is_finite().then_some(Versus { difference, significant: tested.map(|t| t.p < SIGNIFICANCE) })
}

/// Empirical-Bayes values within one geography, period and group.
fn smooth(definition: &Definition, axes: &Axes<'_>, raw: &[Raw]) -> Vec<Option<f64>> {
    let mut smoothed = vec![None; raw.len()];
    let mut geographies: BTreeMap<&GeographyId, Vec<usize>> = BTreeMap::new();
    for (index, area) in axes.areas.iter().enumerate() {
        geographies.entry(&area.geography).or_default().push(index);
    }
    for areas in geographies.values() {
        for period in 0..axes.periods.len() {
            for group in 0..axes.groups.len() {
                let cells: Vec<usize> = areas.iter().map(|area| axes.index(*area, period, group)).collect();
                let known: Vec<(usize, f64, f64)> = cells
                    .into_iter()
                    .filter_map(|cell| counts(&raw[cell]).map(|(cases, persons)| (cell, cases, persons)))
                    .collect();
                let cases: Vec<f64> = known.iter().map(|(_, cases, _)| *cases).collect();
                let persons: Vec<f64> = known.iter().map(|(_, _, persons)| *persons).collect();
                let Some(rates) = empirical_bayes(&cases, &persons) else { continue };
                for ((cell, _, _), rate) in known.iter().zip(rates) {
                    smoothed[*cell] = Some(rate * definition.factor);
                }
            }
        }
    }
    smoothed
}
