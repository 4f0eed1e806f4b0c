//! Several indicators as one figure, and how much it owes to choices.

use crate::columns::rows;
use crate::settings::{ParseSettingError, refuse};
use crate::{AnalyseError, Table};
use kekiz_base::{Diagnostics, Place, Severity};
use kekiz_stats::index::{
    Normalisation, SensitivitySettings, first_principal_component, normalise, rank_sensitivity_over,
    ranks_from_best, weighted_mean,
};
use kekiz_stats::moments::Deviation;
use std::path::PathBuf;
use std::str::FromStr;

/// One indicator of an index.
#[derive(Clone, Debug, PartialEq)]
pub struct Indicator {
    /// Column.
    pub column: String,
    /// Its weight, above 0.
    pub weight: f64,
    /// Whether less of it means more of the index.
    pub reversed: bool,
}

impl FromStr for Indicator {
    type Err = ParseSettingError;

    /// `SPALTE`, `SPALTE:2` or `SPALTE:-1` (less is more).
    fn from_str(text: &str) -> Result<Self, ParseSettingError> {
        const POSSIBLE: &str = "SPALTE, SPALTE:GEWICHT und SPALTE:-GEWICHT (weniger davon zählt mehr)";
        let (column, weight) = match text.rsplit_once(':') {
            Some((column, weight)) => (column, weight.parse::<f64>().ok()),
            None => (text, Some(1.0)),
        };
        match weight.filter(|w| w.is_finite() && *w != 0.0 && !column.is_empty()) {
            Some(weight) => Ok(Self { column: column.into(), weight: weight.abs(), reversed: weight < 0.0 }),
            None => refuse(POSSIBLE),
        }
    }
}

/// Reads `z`, `min-max` or `rank`.
///
/// # Errors
/// A German sentence with the possible words.
pub fn parse_normalisation(text: &str) -> Result<Normalisation, ParseSettingError> {
    match text {
        "z" => Ok(Normalisation::ZScore(Deviation::Sample)),
        "min-max" => Ok(Normalisation::MinMax),
        "rank" => Ok(Normalisation::Rank),
        _ => refuse("z, min-max, rank"),
    }
}

/// What `index` needs.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexRequest {
    /// Table with one row per area.
    pub values: PathBuf,
    /// Column with the key; without one rows are numbered.
    pub key: Option<String>,
    /// Indicators.
    pub indicators: Vec<Indicator>,
    /// Normalisations: the first is the index's own, the others are tried as well.
    pub normalisations: Vec<Normalisation>,
    /// Take weights from the first principal component instead.
    pub principal_component: bool,
    /// Number of classes of about equal size by rank, 2 to 20.
    pub classes: usize,
    /// How weights are drawn.
    pub sensitivity: SensitivitySettings,
}

/// A weighted mean of normalised indicators: `key`, `index`, `rank` (1 is most), `rank_lower` and `rank_upper` (5 and 95 %
/// of the draws of other weights and normalisations), `class` (1 is most), `keeps_class` (share of draws) and `note`. Areas
/// that lack an indicator have no index.
///
/// # Errors
/// [`AnalyseError`], a German sentence with the remedy.
pub fn index(request: &IndexRequest) -> Result<(Table, Diagnostics), AnalyseError> {
    let names: Vec<&str> = request.indicators.iter().map(|i| i.column.as_str()).collect();
    if request.normalisations.is_empty() || names.is_empty() {
        return Err(AnalyseError::Usage(
            "Ein Index braucht mindestens ein Merkmal und eine Normierung. Abhilfe: --columns angeben."
                .into(),
        ));
    }
    if !(2..=20).contains(&request.classes) {
        return Err(AnalyseError::Usage(
            "Möglich sind 2 bis 20 Klassen. Abhilfe: zum Beispiel --classes 5.".into(),
        ));
    }
    let found = rows(&request.values, request.key.as_deref(), &names)?;
    let mut diagnostics = found.diagnostics;
    let all = found.keys.len();
    let used: Vec<usize> = (0..all).filter(|row| found.numbers.iter().all(|n| n[*row].is_some())).collect();
    let column = |(at, indicator): (usize, &Indicator)| -> Vec<f64> {
        let sign = if indicator.reversed { -1.0 } else { 1.0 };
        used.iter().filter_map(|row| found.numbers[at][*row]).map(|v| sign * v).collect()
    };
    let columns: Vec<Vec<f64>> = request.indicators.iter().enumerate().map(column).collect();
    let refused = |cause: kekiz_stats::index::IndexError| named(&cause.to_string(), &names);
    let normalised = request.normalisations.iter().map(|way| normalise(&columns, *way));
    let normalised = normalised.collect::<Result<Vec<_>, _>>().map_err(refused)?;
    let mut weights: Vec<f64> = request.indicators.iter().map(|i| i.weight).collect();
    if request.principal_component {
        let component = first_principal_component(&columns).map_err(refused)?;
        if component.loadings.iter().any(|loading| *loading < 0.0) {
            return Err(AnalyseError::Input(
                "In der Hauptkomponente zählt ein Merkmal gegen die anderen. Abhilfe: seine Richtung umkehren (SPALTE:-1) oder Gewichte selbst festlegen.".into(),
            ));
        }
        weights.clone_from(&component.loadings);
        let shown: Vec<String> = names.iter().zip(&weights).map(|(n, w)| format!("{n} {w:.3}")).collect();
        diagnostics.push(
            Severity::Note,
            "principal-component",
            Place::default(),
            format!(
                "Gewichte der Hauptkomponente: {}; sie erklärt {} % der Unterschiede.",
                shown.join(", ").replace('.', ","),
                format!("{:.1}", 100.0 * component.explained).replace('.', ",")
            ),
            "",
        );
    }
    let scores = weighted_mean(&normalised[0], &weights).map_err(refused)?;
    let classify = |_: &[f64], scores: &[f64]| Some(by_rank(&ranks_from_best(scores), request.classes));
    let ways: Vec<&[Vec<f64>]> = normalised.iter().map(Vec::as_slice).collect();
    let moved = rank_sensitivity_over(&ways, &weights, &request.sensitivity, classify).map_err(refused)?;
    diagnostics.push(
        Severity::Note,
        "index-stability",
        Place::default(),
        format!(
            "Mit anderen Gewichten{} rücken Gebiete im Mittel um {} Plätze; {:.0} % bleiben in ihrer Klasse.",
            if ways.len() > 1 { " und Normierungen" } else { "" },
            format!("{:.1}", moved.mean_rank_shift).replace('.', ","),
            100.0 * moved.class_stability,
        ),
        "",
    );
    let spread = |values: Vec<f64>| {
        let mut cells = vec![None; all];
        used.iter().zip(values).for_each(|(row, value)| cells[*row] = Some(value));
        cells
    };
    let class = by_rank(&moved.rank, request.classes).into_iter().map(f64::from).collect();
    let mut out = Table::default();
    out.text("key", found.keys.into_iter().map(Some).collect());
    out.number("index", spread(scores));
    out.number("rank", spread(moved.rank));
    out.number("rank_lower", spread(moved.rank_lower));
    out.number("rank_upper", spread(moved.rank_upper));
    out.number("class", spread(class));
    out.number("keeps_class", spread(moved.keeps_class));
    let mut notes = vec![Some("mindestens ein Merkmal fehlt".to_string()); all];
    used.iter().for_each(|row| notes[*row] = None);
    out.text("note", notes);
    Ok((out, diagnostics))
}

/// Classes of about equal size from ranks; equal ranks share a class.
fn by_rank(ranks: &[f64], classes: usize) -> Vec<u8> {
    let n = ranks.len() as f64;
    ranks
        .iter()
        .map(|rank| (((rank - 0.5) / n * classes as f64) as usize).min(classes - 1) as u8 + 1)
        .collect()
}

/// Messages of the method count columns; people know them by name.
fn named(message: &str, names: &[&str]) -> AnalyseError {
    let mut text = message.to_string();
    for (at, name) in names.iter().enumerate().rev() {
        text = text.replace(&format!("Merkmal {} ", at + 1), &format!("Merkmal „{name}“ "));
    }
    AnalyseError::Input(text)
}
