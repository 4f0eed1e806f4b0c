//! Two areas side by side.

use crate::indicator::Indicator;
use crate::profile::Judgement;
use crate::{Atlas, AtlasError, chance, wording};
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
                rows.extend(row(&indicator, a, b));
            }
            if !rows.is_empty() {
                themes.push(CompareTheme { name: theme.name, rows });
            }
        }
        let sentence = sentence(&first, &second, &themes);
        Ok(Comparison { a: first, b: second, themes, sentence })
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
    let period = last(|cell| cell.figure().is_some())
        .or_else(|| last(|cell| !matches!(cell, Cell::Missing { .. })))?;
    let (a, b) = cells(period);
    if !known(&a) || !known(&b) {
        return None;
    }
    let figures = a.figure().zip(b.figure());
    // Two counts differ because the areas differ in size; that is no judgement.
    let judged = indicator.meta.kind != IndicatorKind::Count;
    Some(CompareRow {
        meta: indicator.meta.clone(),
        period: indicator.data.periods.get(period).copied()?,
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
            out.push_str(&format!(" In {} {word}: {}.", a.name, wording::list(&found)));
        }
    }
    for (is_better, word) in [(false, "ungünstiger"), (true, "günstiger")] {
        let found = named(&|row| untested(row) == Some(is_better));
        if !found.is_empty() {
            let found = wording::list(&found);
            out.push_str(&format!(" In {} {word}, ohne Prüfung auf Zufall: {found}.", a.name));
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
