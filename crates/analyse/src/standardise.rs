//! Rates as they would be if all areas had the same ages.

use crate::settings::{ParseSettingError, refuse};
use crate::strata::{Strata, strata};
use crate::{AnalyseError, Table};
use kekiz_base::Diagnostics;
use kekiz_stats::standardise::{CountInterval, Standardised, direct, indirect};
use std::collections::HashMap;
use std::path::PathBuf;
use std::str::FromStr;

/// How rates are standardised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandardiseMethod {
    /// The area's rates in the standard's ages (Dobson's interval).
    Direct,
    /// The standard's overall rate times observed over expected cases.
    Indirect,
    /// Observed over expected cases.
    Ratio,
}

impl FromStr for StandardiseMethod {
    type Err = ParseSettingError;

    fn from_str(text: &str) -> Result<Self, ParseSettingError> {
        match text {
            "direct" => Ok(StandardiseMethod::Direct),
            "indirect" => Ok(StandardiseMethod::Indirect),
            "smr" => Ok(StandardiseMethod::Ratio),
            _ => refuse("direct, indirect, smr"),
        }
    }
}

/// Reads `byar`, `exact` or `exact-below-ten`.
///
/// # Errors
/// A German sentence with the possible words.
pub fn parse_count_interval(text: &str) -> Result<CountInterval, ParseSettingError> {
    match text {
        "byar" => Ok(CountInterval::Byar),
        "exact" => Ok(CountInterval::Exact),
        "exact-below-ten" => Ok(CountInterval::ExactBelowTen),
        _ => refuse("byar, exact, exact-below-ten"),
    }
}

/// A standard population from a table of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandardTable {
    /// The table; its column of strata is called as in the values.
    pub path: PathBuf,
    /// Column with the persons.
    pub persons: String,
    /// Column with the cases, for the indirect methods.
    pub cases: Option<String>,
}

/// What `standardise` needs.
#[derive(Clone, Debug, PartialEq)]
pub struct StandardiseRequest {
    /// Table with one row per area and stratum.
    pub values: PathBuf,
    /// Column with the key; without one the table is one area.
    pub key: Option<String>,
    /// Column with the stratum, for example the age band.
    pub stratum: String,
    /// Column with the cases.
    pub numerator: String,
    /// Column with the persons.
    pub denominator: String,
    /// The standard; by default all areas of the table together.
    pub standard: Option<StandardTable>,
    /// Method.
    pub method: StandardiseMethod,
    /// Interval of the cases.
    pub interval: CountInterval,
    /// Level of intervals.
    pub level: f64,
}

/// Standardises the rate of each area: `key`, `observed`, `expected`, `crude`, `value`, `lower`, `upper` and `note`, which
/// says why a cell is empty. Rates are per person.
///
/// # Errors
/// [`AnalyseError`], a German sentence with the remedy.
pub fn standardise(request: &StandardiseRequest) -> Result<(Table, Diagnostics), AnalyseError> {
    let columns = [request.numerator.as_str(), request.denominator.as_str()];
    let mut found = strata(&request.values, request.key.as_deref(), &request.stratum, &columns)?;
    let diagnostics = std::mem::take(&mut found.diagnostics);
    let standard = standard(request, &found)?;
    let rate = standard.cases.iter().sum::<f64>() / standard.persons.iter().sum::<f64>();
    let mut out: Vec<Result<(Standardised, f64), String>> = Vec::new();
    for area in 0..found.keys.len() {
        let cells = complete(&found, area);
        out.push(cells.and_then(|(cases, persons)| {
            let observed: f64 = cases.iter().sum();
            let crude = observed / persons.iter().sum::<f64>();
            let done = match request.method {
                StandardiseMethod::Direct => {
                    direct(&cases, &persons, &standard.persons, request.level, request.interval)
                }
                _ => indirect(
                    observed,
                    &persons,
                    &standard.cases,
                    &standard.persons,
                    request.level,
                    request.interval,
                ),
            };
            let mut done = done.map_err(|cause| named(&cause.to_string(), &found.strata))?;
            if request.method == StandardiseMethod::Indirect {
                done.value *= rate;
                done.interval.lower *= rate;
                done.interval.upper *= rate;
            }
            Ok((done, crude))
        }));
    }
    let number = |of: fn(&(Standardised, f64)) -> f64| -> Vec<Option<f64>> {
        out.iter().map(|row| row.as_ref().ok().map(of)).collect()
    };
    let mut table = Table::default();
    table.text("key", found.keys.iter().cloned().map(Some).collect());
    table.number("observed", number(|(s, _)| s.observed));
    table.number("expected", number(|(s, _)| s.expected));
    table.number("crude", number(|(_, crude)| *crude));
    table.number("value", number(|(s, _)| s.value));
    table.number("lower", number(|(s, _)| s.interval.lower));
    table.number("upper", number(|(s, _)| s.interval.upper));
    table.text("note", out.iter().map(|row| row.as_ref().err().cloned()).collect());
    Ok((table, diagnostics))
}

/// Messages of the method count strata; people know them by name.
fn named(message: &str, strata: &[String]) -> String {
    let mut text = message.to_string();
    for (at, name) in strata.iter().enumerate().rev() {
        text = text.replace(&format!("Altersgruppe {} ", at + 1), &format!("Altersgruppe „{name}“ "));
    }
    text
}

/// Cases and persons of an area in all strata.
fn complete(found: &Strata, area: usize) -> Result<(Vec<f64>, Vec<f64>), String> {
    let column = |at: usize| -> Result<Vec<f64>, String> {
        let one = |(stratum, name): (usize, &String)| match found.cells[at][found.at(area, stratum)] {
            Some(Some(number)) => Ok(number),
            Some(None) => Err(format!("Zahl fehlt in Altersgruppe „{name}“")),
            None => Err(format!("keine Zeile für Altersgruppe „{name}“")),
        };
        found.strata.iter().enumerate().map(one).collect()
    };
    Ok((column(0)?, column(1)?))
}

/// Cases and persons of the standard, in the order of the strata of the values.
struct Standard {
    cases: Vec<f64>,
    persons: Vec<f64>,
}

fn standard(request: &StandardiseRequest, found: &Strata) -> Result<Standard, AnalyseError> {
    let Some(table) = &request.standard else {
        // All areas with complete rows together.
        let (mut cases, mut persons) = (vec![0.0; found.strata.len()], vec![0.0; found.strata.len()]);
        for area in 0..found.keys.len() {
            if let Ok((c, n)) = complete(found, area) {
                cases.iter_mut().zip(c).for_each(|(sum, c)| *sum += c);
                persons.iter_mut().zip(n).for_each(|(sum, n)| *sum += n);
            }
        }
        return Ok(Standard { cases, persons });
    };
    let mut columns = vec![table.persons.as_str()];
    columns.extend(table.cases.as_deref());
    if request.method != StandardiseMethod::Direct && table.cases.is_none() {
        return Err(AnalyseError::Usage(
            "Für indirekte Verfahren braucht der Standard auch Fälle. Abhilfe: --standard-cases angeben."
                .into(),
        ));
    }
    let read = strata(&table.path, None, &request.stratum, &columns)?;
    let places: HashMap<&str, usize> = read.strata.iter().enumerate().map(|(i, s)| (s.as_str(), i)).collect();
    let column = |at: usize| -> Result<Vec<f64>, AnalyseError> {
        let one = |name: &String| {
            let cell = places.get(name.as_str()).and_then(|place| read.cells[at][*place].flatten());
            cell.ok_or_else(|| {
                AnalyseError::Input(format!(
                    "{}: Für Altersgruppe „{name}“ steht dort keine Zahl. Abhilfe: den Standard um diese Gruppe ergänzen.",
                    table.path.display()
                ))
            })
        };
        found.strata.iter().map(one).collect()
    };
    let persons = column(0)?;
    let cases = if table.cases.is_some() { column(1)? } else { vec![0.0; persons.len()] };
    Ok(Standard { cases, persons })
}
