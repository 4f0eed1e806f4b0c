//! Two areas side by side.

use crate::indicator::Indicator;
use crate::profile::Judgement;
use crate::{Atlas, AtlasError, chance, naming, wording};
use kekiz_base::{Area, AreaKey, Cell, IndicatorKind, IndicatorMeta, Period, Polarity};
use std::sync::Arc;

/// One indicator of two areas in the latest period both have.
#[derive(Clone, Debug, PartialEq)]
pub struct CompareRow {
    /// What the indicator means.
    pub meta: Arc<IndicatorMeta>,
    /// The period.
    pub period: Period,
    /// Cell of the first area.
    pub a: Cell,
    /// Cell of the second area.
    pub b: Cell,
    /// First minus second, in the unit of the indicator; percentage points for shares.
    pub difference: Option<f64>,
    /// Lowest and highest value of all areas like the first; `None` for fewer than five.
    pub range: Option<(f64, f64)>,
    /// How the first stands against the second.
    pub judgement: Option<Judgement>,
}

/// Indicators of one area of life.
#[derive(Clone, Debug, PartialEq)]
pub struct CompareTheme {
    /// Name.
    pub name: String,
    /// Its indicators.
    pub rows: Vec<CompareRow>,
}

/// Two areas side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The first area.
    pub a: Area,
    /// The second area.
    pub b: Area,
    /// Figures by area of life; only indicators with a cell for both.
    pub themes: Vec<CompareTheme>,
    /// What stands out, as German sentences.
    pub sentence: String,
}

/// A range needs this many areas.
const COMPARED: usize = 5;

impl Atlas {
    /// Two areas side by side: every indicator with a cell for both, in the latest period both have.
    ///
    /// # Errors
    /// [`AtlasError::UnknownArea`], or a store that cannot be read.
    pub fn compare(&self, a: &AreaKey, b: &AreaKey) -> Result<Comparison, AtlasError> {
        let (first, second) = (self.area(a)?.clone(), self.area(b)?.clone());
        let mut themes = Vec::new();
        for theme in self.themes() {
            let mut rows = Vec::new();
            for meta in &theme.indicators {
                let indicator = self.indicator(&meta.id)?;
                rows.extend(self.compare_row(&indicator, a, b));
            }
            if !rows.is_empty() {
                themes.push(CompareTheme { name: theme.name, rows });
            }
        }
        let sentence = sentence(&first, &second, &themes);
        Ok(Comparison { a: first, b: second, themes, sentence })
    }

    /// The row of an indicator; a kreisfreie Stadt is looked up as a Kreis too.
    fn compare_row(&self, indicator: &Indicator, a: &AreaKey, b: &AreaKey) -> Option<CompareRow> {
        let keys = |key: &AreaKey| [Some(key.clone()), self.twin(key).map(|twin| twin.key.clone())];
        let (of_a, of_b) = (keys(a), keys(b));
        let pairs = of_a.iter().flatten().flat_map(|a| of_b.iter().flatten().map(move |b| (a, b)));
        // The first of the newest: the keys asked for stand first.
        let rows = pairs.filter_map(|(a, b)| row(indicator, a, b));
        rows.reduce(|best, other| if other.period > best.period { other } else { best })
    }
}

fn row(indicator: &Indicator, a: &AreaKey, b: &AreaKey) -> Option<CompareRow> {
    let group = indicator.default_group();
    let (a, b) = (indicator.area_position(a)?, indicator.area_position(b)?);
    let cells = |period: usize| (indicator.at(a, period, group), indicator.at(b, period, group));
    let known = |cell: &Cell| !matches!(cell, Cell::Missing { .. });
    let last = |wanted: fn(&Cell) -> bool| {
        (0..indicator.data.periods.len()).rev().find(|period| {
            let (a, b) = cells(*period);
            wanted(&a) && wanted(&b)
        })
    };
    let position = last(|cell| cell.figure().is_some())
        .or_else(|| last(|cell| !matches!(cell, Cell::Missing { .. })))?;
    let slice = indicator.slices().iter().find(|slice| slice.areas.iter().any(|(area, _)| *area == a));
    let range = slice.and_then(|slice| {
        let values: Vec<f64> = slice
            .areas
            .iter()
            .filter_map(|(area, _)| indicator.at(*area, position, group).value())
            .filter(|value| value.is_finite())
            .collect();
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        (values.len() >= COMPARED && low < high).then_some((low, high))
    });
    let (a, b) = cells(position);
    if !known(&a) || !known(&b) {
        return None;
    }
    let figures = a.figure().zip(b.figure());
    // Two counts differ because the areas differ in size; that is no judgement.
    let judged = indicator.meta.kind != IndicatorKind::Count;
    Some(CompareRow {
        meta: indicator.meta.clone(),
        period: indicator.data.periods.get(position).copied()?,
        range,
        difference: figures.map(|(a, b)| a.value - b.value),
        judgement: figures.filter(|_| judged).map(|(a, b)| chance::compare(&indicator.meta, a, b)),
        a,
        b,
    })
}

fn sentence(a: &Area, b: &Area, themes: &[CompareTheme]) -> String {
    let rows = || themes.iter().flat_map(|theme| &theme.rows);
    if rows().count() == 0 {
        return format!("Für {} und {} gibt es keinen gemeinsamen Indikator.", a.name, b.name);
    }
    let named = |wanted: &dyn Fn(&CompareRow) -> bool| -> Vec<String> {
        rows()
            .filter(|row| wanted(row))
            .filter_map(|row| {
                let difference = wording::difference(&row.meta, row.difference?);
                Some(format!("{} ({difference})", row.meta.title))
            })
            .take(5)
            .collect()
    };
    let mut out = format!("{} und {} im Vergleich.", a.name, b.name);
    for (judgement, word) in [(Judgement::Worse, "ungünstiger"), (Judgement::Better, "günstiger")] {
        let found = named(&|row| row.judgement == Some(judgement));
        if !found.is_empty() {
            out.push_str(&format!(" {} {word}: {}.", naming::inside_first(&a.name), wording::list(&found)));
        }
    }
    for (is_better, word) in [(false, "ungünstiger"), (true, "günstiger")] {
        let found = named(&|row| untested(row) == Some(is_better));
        if !found.is_empty() {
            let found = wording::list(&found);
            out.push_str(&format!(
                " {} {word}, ohne Prüfung auf Zufall: {found}.",
                naming::inside_first(&a.name)
            ));
        }
    }
    let alike = rows().filter(|row| row.judgement == Some(Judgement::WithinChance)).count();
    if alike > 0 {
        let word = if alike == 1 { "1 Unterschied lässt" } else { &format!("{alike} Unterschiede lassen") };
        out.push_str(&format!(" {word} sich durch Zufall erklären."));
    }
    let hidden = rows().filter(|row| row.difference.is_none()).count();
    if hidden > 0 {
        let word = if hidden == 1 { "1 Indikator ist" } else { &format!("{hidden} Indikatoren sind") };
        out.push_str(&format!(" {word} in einem der beiden Gebiete geschützt."));
    }
    out
}

/// Whether the first area stands better for children, where figures have a good direction but no uncertainty to test
/// their difference with (an index, a published value).
fn untested(row: &CompareRow) -> Option<bool> {
    let is_higher = match row.judgement? {
        Judgement::Higher => true,
        Judgement::Lower => false,
        _ => return None,
    };
    match row.meta.polarity {
        Polarity::HigherIsBetter => Some(is_higher),
        Polarity::LowerIsBetter => Some(!is_higher),
        Polarity::Neutral => None,
    }
}
