//! Funnel plots: which areas differ from the whole by more than chance.
//!
//! Source: D. J. Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in Medicine 24 (2005).

use crate::about::About;
use crate::view::{Row, ViewQuery};
use crate::{Atlas, AtlasError, wording};
use kekiz_base::{Area, GeographyId, IndicatorKind, IndicatorMeta, Interval, Level, Period};
use kekiz_stats::funnel::{FunnelKind, FunnelMethod, limits};
use std::sync::Arc;

/// Where a point lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FunnelPlace {
    /// Inside the 95 % limits.
    Inside,
    /// Between the 95 % and the 99.8 % limits.
    Warning,
    /// Outside the 99.8 % limits.
    Outside,
}

/// One area.
#[derive(Clone, Debug, PartialEq)]
pub struct FunnelPoint {
    /// The area.
    pub area: Area,
    /// Persons (x axis).
    pub denominator: f64,
    /// Value in the unit of the indicator (y axis).
    pub value: f64,
    /// Where it lies.
    pub place: FunnelPlace,
    /// Whether it lies above the target.
    pub above: bool,
    /// Whether it is a municipality of the initiative.
    pub member: bool,
}

/// Limits at one denominator, in the unit of the indicator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FunnelLimit {
    /// Persons.
    pub denominator: f64,
    /// 99.8 % lower, 95 % lower, 95 % upper, 99.8 % upper.
    pub limits: [f64; 4],
}

/// A funnel plot.
#[derive(Clone, Debug)]
pub struct Funnel {
    /// What the indicator means.
    pub meta: Arc<IndicatorMeta>,
    /// Period.
    pub period: Period,
    /// Geography.
    pub geography: GeographyId,
    /// Level.
    pub level: Level,
    /// The value all areas together have, in the unit of the indicator.
    pub target: f64,
    /// Areas with counts, ordered by key.
    pub points: Vec<FunnelPoint>,
    /// Limits over the range of denominators, ascending.
    pub limits: Vec<FunnelLimit>,
    /// Areas left out since their counts are suppressed or missing.
    pub left_out: usize,
    /// What the plot shows, as German sentences.
    pub sentence: String,
    /// About the indicator.
    pub about: About,
}

/// Limits are drawn at this many denominators.
const STEPS: usize = 60;

impl Atlas {
    /// A funnel plot of a share or rate over the areas of a geography.
    ///
    /// The target is all cases over all persons of the areas shown. Limits are those of the binomial (shares) or
    /// Poisson (rates) distribution around it.
    ///
    /// # Errors
    /// [`AtlasError::NoCounts`] for indicators without counts, and those of [`Atlas::view`].
    pub fn funnel(&self, query: &ViewQuery) -> Result<Funnel, AtlasError> {
        let view = self.view(query)?;
        let meta = view.meta.clone();
        let kind = match meta.kind {
            IndicatorKind::Share => Some(FunnelKind::Share),
            IndicatorKind::Rate => Some(FunnelKind::Rate),
            _ => None,
        };
        let no_counts = || AtlasError::NoCounts { title: meta.title.clone() };
        let kind = kind.ok_or_else(no_counts)?;
        let counted: Vec<(&Row, f64, f64, f64)> = view
            .rows
            .iter()
            .filter_map(|row| {
                let figure = row.cell.figure()?;
                let (cases, persons) = (figure.numerator?, figure.denominator?);
                let fits = figure.value.is_finite() && cases >= 0.0 && persons > 0.0;
                fits.then_some((row, cases, persons, figure.value))
            })
            .collect();
        let cases: f64 = counted.iter().map(|(_, cases, _, _)| cases).sum();
        let persons: f64 = counted.iter().map(|(_, _, persons, _)| persons).sum();
        // Values are in the unit of the indicator (percent, per 1,000); limits are per person.
        let scale = counted.iter().find(|(_, cases, _, _)| *cases > 0.0).map(|(_, c, n, v)| v / (c / n));
        let scale = scale.map(nearest_power).filter(|scale| scale.is_finite() && *scale > 0.0);
        let (Some(scale), true) = (scale, counted.len() > 1) else { return Err(no_counts()) };
        let target = cases / persons;
        let bases: Vec<f64> = counted.iter().map(|(_, _, persons, _)| *persons).collect();
        let wide = limits(target, &bases, 0.998, kind, FunnelMethod::Exact);
        let narrow = limits(target, &bases, 0.95, kind, FunnelMethod::Exact);
        let points: Vec<FunnelPoint> = counted
            .iter()
            .enumerate()
            .map(|(i, (row, cases, persons, value))| {
                let share = cases / persons;
                let outside = |limits: &[Option<Interval>]| {
                    limits[i].is_some_and(|limit| share < limit.lower || share > limit.upper)
                };
                FunnelPoint {
                    area: row.area.clone(),
                    denominator: *persons,
                    value: *value,
                    place: match (outside(&wide), outside(&narrow)) {
                        (true, _) => FunnelPlace::Outside,
                        (false, true) => FunnelPlace::Warning,
                        (false, false) => FunnelPlace::Inside,
                    },
                    above: share > target,
                    member: row.member,
                }
            })
            .collect();
        let mut funnel = Funnel {
            limits: drawn_limits(target, &bases, kind, scale),
            period: view.period,
            geography: view.geography.clone(),
            level: view.level,
            target: target * scale,
            left_out: view.rows.len() - points.len(),
            points,
            sentence: String::new(),
            about: view.about,
            meta,
        };
        funnel.sentence = sentence(&funnel, &self.geography_title(funnel.level, &funnel.geography));
        Ok(funnel)
    }
}

/// 1, 100, 1,000 …: counts may be rounded, so the unit is the nearest power of ten.
fn nearest_power(scale: f64) -> f64 {
    10f64.powf(scale.log10().round())
}

fn drawn_limits(target: f64, bases: &[f64], kind: FunnelKind, scale: f64) -> Vec<FunnelLimit> {
    let low = bases.iter().copied().fold(f64::INFINITY, f64::min);
    let high = bases.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let steps = if high > low { STEPS } else { 1 };
    let at: Vec<f64> = (0..steps)
        .map(|i| (low * (high / low).powf(i as f64 / (steps - 1).max(1) as f64)).round().clamp(low, high))
        .collect();
    let wide = limits(target, &at, 0.998, kind, FunnelMethod::Exact);
    let narrow = limits(target, &at, 0.95, kind, FunnelMethod::Exact);
    at.iter()
        .zip(wide.iter().zip(&narrow))
        .filter_map(|(denominator, (wide, narrow))| {
            let (wide, narrow) = ((*wide)?, (*narrow)?);
            let limits = [wide.lower, narrow.lower, narrow.upper, wide.upper].map(|limit| limit * scale);
            Some(FunnelLimit { denominator: *denominator, limits })
        })
        .collect()
}

fn sentence(funnel: &Funnel, areas: &str) -> String {
    let outside = |above: bool| {
        funnel.points.iter().filter(|p| p.place == FunnelPlace::Outside && p.above == above).count()
    };
    let mut out = format!(
        "{} {}, {areas}: Zusammen beträgt der Wert {}. {} von {} Gebieten liegen weiter darüber, {} weiter darunter, als Zufall erklärt (99,8 %).",
        funnel.meta.title,
        funnel.period,
        wording::value(&funnel.meta, funnel.target),
        outside(true),
        funnel.points.len(),
        outside(false)
    );
    if funnel.left_out > 0 {
        out.push_str(&format!(" Nicht dargestellt, da geschützt oder ohne Fallzahl: {}.", funnel.left_out));
    }
    out
}
