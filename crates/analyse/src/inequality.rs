//! How unequally are rates spread over areas?

use crate::AnalyseError;
use crate::columns::rows;
use kekiz_base::Diagnostics;
use kekiz_stats::inequality::{gini, slope_index, theil};
use serde_json::{Value, json};
use std::path::PathBuf;

/// What `inequality` needs.
#[derive(Clone, Debug, PartialEq)]
pub struct InequalityRequest {
    /// Table with cases and persons.
    pub values: PathBuf,
    /// Column with the cases.
    pub numerator: String,
    /// Column with the persons.
    pub denominator: String,
    /// Column by which areas are ranked from least to most deprived, for the slope and relative index.
    pub deprivation: Option<String>,
}

/// Gini, Theil, and with a ranking the slope and relative index of inequality, as one JSON object. Rows with a missing
/// number or without persons are left out and counted.
///
/// # Errors
/// [`AnalyseError`], a German sentence with the remedy.
pub fn inequality(request: &InequalityRequest) -> Result<(Value, Diagnostics), AnalyseError> {
    let mut columns: Vec<&str> = vec![&request.numerator, &request.denominator];
    columns.extend(request.deprivation.as_deref());
    let found = rows(&request.values, None, &columns)?;
    let complete = |row: &usize| {
        found.numbers.iter().all(|column| column[*row].is_some())
            && found.numbers[1][*row].is_some_and(|n| n > 0.0)
    };
    let used: Vec<usize> = (0..found.keys.len()).filter(complete).collect();
    let column = |at: usize| -> Vec<f64> { used.iter().filter_map(|row| found.numbers[at][*row]).collect() };
    let (cases, persons) = (column(0), column(1));
    let rates: Vec<f64> = cases.iter().zip(&persons).map(|(c, n)| c / n).collect();
    if used.is_empty() {
        return Err(AnalyseError::Input(
            "In keiner Zeile stehen alle Zahlen. Abhilfe: die Spalten prüfen.".into(),
        ));
    }
    let mut out = json!({
        "areas": used.len(), "left_out": found.keys.len() - used.len(),
        "gini": gini(&rates, &persons), "theil": theil(&rates, &persons),
    });
    if request.deprivation.is_some() {
        let slope = slope_index(&rates, &persons, &column(2));
        out["slope_index"] = json!(slope.map(|s| s.slope));
        out["relative_index"] = json!(slope.and_then(|s| s.relative));
        out["least_deprived"] = json!(slope.map(|s| s.low));
        out["most_deprived"] = json!(slope.map(|s| s.high));
    }
    if out["gini"].is_null() || (request.deprivation.is_some() && out["slope_index"].is_null()) {
        out["note"] = json!(
            "Leere Angaben lassen sich nicht rechnen: keine Fälle, negative Zahlen oder überall gleiche Benachteiligung."
        );
    }
    Ok((out, found.diagnostics))
}
