//! Which areas lie outside what chance allows for their size?

use crate::columns::rows;
use crate::{AnalyseError, Table};
use kekiz_base::Diagnostics;
use kekiz_stats::funnel::{FunnelKind, FunnelMethod, limits};
use std::path::PathBuf;

/// What `funnel` needs.
#[derive(Clone, Debug, PartialEq)]
pub struct FunnelRequest {
    /// Table with cases and persons.
    pub values: PathBuf,
    /// Column with the key; without one rows are numbered.
    pub key: Option<String>,
    /// Column with the cases.
    pub numerator: String,
    /// Column with the persons.
    pub denominator: String,
    /// Shares or Poisson rates.
    pub kind: FunnelKind,
    /// Exact or closed-form limits.
    pub method: FunnelMethod,
    /// The value limits stand around; by default the overall rate.
    pub target: Option<f64>,
}

/// Computes funnel limits at 95 % and 99.8 %: `key`, `value`, `target`, `lower_95`, `upper_95`, `lower_998`, `upper_998`,
/// `outside` (`low` or `high`, at 99.8 % with an exclamation mark) and `note`.
///
/// # Errors
/// [`AnalyseError`], a German sentence with the remedy.
pub fn funnel(request: &FunnelRequest) -> Result<(Table, Diagnostics), AnalyseError> {
    let found = rows(&request.values, request.key.as_deref(), &[&request.numerator, &request.denominator])?;
    let pairs: Vec<Option<(f64, f64)>> = found.numbers[0]
        .iter()
        .zip(&found.numbers[1])
        .map(|(c, n)| Some(((*c)?, (*n)?)).filter(|(c, n)| *c >= 0.0 && *n > 0.0))
        .collect();
    let (cases, persons) = pairs.iter().flatten().fold((0.0, 0.0), |(a, b), (c, n)| (a + c, b + n));
    if persons <= 0.0 {
        return Err(AnalyseError::Input(
            "In keiner Zeile stehen Fälle und Personen. Abhilfe: die Spalten prüfen.".into(),
        ));
    }
    let target = request.target.unwrap_or(cases / persons);
    let bases: Vec<f64> = pairs.iter().map(|pair| pair.map_or(0.0, |(_, n)| n)).collect();
    let [wide, wider] =
        [0.95, 0.998].map(|level| limits(target, &bases, level, request.kind, request.method));
    let value: Vec<Option<f64>> = pairs.iter().map(|pair| pair.map(|(c, n)| c / n)).collect();
    let outside = (0..value.len()).map(|row| {
        let (value, wide, wider) = (value[row]?, wide[row]?, wider[row]?);
        let side = if value < wide.lower {
            "low"
        } else if value > wide.upper {
            "high"
        } else {
            return None;
        };
        let far = value < wider.lower || value > wider.upper;
        Some(format!("{side}{}", if far { "!" } else { "" }))
    });
    let outside = outside.collect();
    let note = |row: usize| match (pairs[row], wide[row]) {
        (None, _) => Some("keine Fälle oder niemand da".to_string()),
        (_, None) => Some("Zielwert außerhalb des Möglichen".to_string()),
        _ => None,
    };
    let mut out = Table::default();
    let notes = (0..pairs.len()).map(note).collect();
    out.text("key", found.keys.into_iter().map(Some).collect());
    out.number("target", vec![Some(target); value.len()]);
    out.number("value", value);
    out.number("lower_95", wide.iter().map(|i| i.map(|i| i.lower)).collect());
    out.number("upper_95", wide.iter().map(|i| i.map(|i| i.upper)).collect());
    out.number("lower_998", wider.iter().map(|i| i.map(|i| i.lower)).collect());
    out.number("upper_998", wider.iter().map(|i| i.map(|i| i.upper)).collect());
    out.text("outside", outside);
    out.text("note", notes);
    Ok((out, found.diagnostics))
}
