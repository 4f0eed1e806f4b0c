//! Rates of areas from cases and persons.

use crate::input::prepare;
use crate::settings::{ParseSettingError, SpatialRequest, refuse};
use crate::source::table_file;
use crate::{AnalyseError, Table};
use kekiz_base::{Diagnostics, Place, Severity};
use kekiz_spatial::rates::{LocalMean, spatial_empirical_bayes, spatial_rate};
use kekiz_stats::Interval;
use kekiz_stats::empirical_bayes::{empirical_bayes, excess, standardised};
use kekiz_stats::interval::{byar, clopper_pearson, poisson_exact, wilson};
use kekiz_tables::read_columns;
use std::path::PathBuf;
use std::str::FromStr;

/// How a rate is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateMethod {
    /// Cases over persons.
    Raw,
    /// A share with Wilson's interval.
    Wilson,
    /// A share with the exact interval of Clopper and Pearson.
    ClopperPearson,
    /// A rate with Byar's interval.
    Byar,
    /// A rate with the exact Poisson interval.
    Poisson,
    /// Empirical Bayes towards the overall rate.
    EmpiricalBayes,
    /// Standard scores that allow for size (Assunção and Reis).
    Standardised,
    /// Over the overall rate.
    Excess,
    /// Around each area.
    Spatial,
    /// Empirical Bayes towards the neighbourhood, as PySAL and GeoDa.
    SpatialEmpiricalBayes,
    /// The same with spdep's default deviations.
    SpatialEmpiricalBayesSpdep,
}

impl RateMethod {
    /// Whether neighbours are needed.
    pub fn needs_neighbours(self) -> bool {
        use RateMethod::{Spatial, SpatialEmpiricalBayes, SpatialEmpiricalBayesSpdep};
        matches!(self, Spatial | SpatialEmpiricalBayes | SpatialEmpiricalBayesSpdep)
    }
}

impl FromStr for RateMethod {
    type Err = ParseSettingError;

    fn from_str(text: &str) -> Result<Self, ParseSettingError> {
        Ok(match text {
            "raw" => RateMethod::Raw,
            "wilson" => RateMethod::Wilson,
            "clopper-pearson" => RateMethod::ClopperPearson,
            "byar" => RateMethod::Byar,
            "poisson" => RateMethod::Poisson,
            "eb" => RateMethod::EmpiricalBayes,
            "eb-standardised" => RateMethod::Standardised,
            "excess" => RateMethod::Excess,
            "spatial" => RateMethod::Spatial,
            "spatial-eb" => RateMethod::SpatialEmpiricalBayes,
            "spatial-eb-spdep" => RateMethod::SpatialEmpiricalBayesSpdep,
            _ => {
                return refuse(
                    "raw, wilson, clopper-pearson, byar, poisson, eb, eb-standardised, excess, spatial, spatial-eb, spatial-eb-spdep",
                );
            }
        })
    }
}

/// What `rates` needs.
#[derive(Clone, Debug, PartialEq)]
pub struct RatesRequest {
    /// Table with cases and persons.
    pub values: PathBuf,
    /// Column with the key; without one rows are numbered.
    pub key: Option<String>,
    /// Column with the cases.
    pub numerator: String,
    /// Column with the persons.
    pub denominator: String,
    /// Method.
    pub method: RateMethod,
    /// Level of intervals.
    pub level: f64,
    /// Neighbours, for methods that need them.
    pub neighbours: Option<SpatialRequest>,
}

/// Computes rates per person: `key`, `numerator`, `denominator`, `rate`, for intervals `lower` and `upper`, and `note`,
/// which says why a cell is empty. Areas without persons have no rate.
///
/// # Errors
/// [`AnalyseError`], a German sentence with the remedy.
pub fn rates(request: &RatesRequest) -> Result<(Table, Diagnostics), AnalyseError> {
    if !(request.level > 0.0 && request.level < 1.0) {
        return Err(AnalyseError::Usage(
            "Das Niveau muss zwischen 0 und 1 liegen. Abhilfe: zum Beispiel --level 0.95 angeben.".into(),
        ));
    }
    if request.method.needs_neighbours() {
        return with_neighbours(request);
    }
    let file = table_file(&request.values)?;
    let mut names: Vec<&str> = vec![&request.numerator, &request.denominator];
    names.extend(request.key.as_deref());
    let (columns, mut diagnostics) = read_columns(&file, &names)?;
    let keys = match request.key {
        Some(_) => columns.texts[2].clone(),
        None => (1..=columns.rows()).map(|row| row.to_string()).collect(),
    };
    let cases = columns.numbers(0, &mut diagnostics)?;
    let persons = columns.numbers(1, &mut diagnostics)?;
    let notes = notes(&cases, &persons, request.method);
    let used: Vec<usize> = (0..keys.len()).filter(|row| notes[*row].is_none()).collect();
    let (c, n): (Vec<f64>, Vec<f64>) =
        used.iter().filter_map(|row| Some((cases[*row]?, persons[*row]?))).unzip();
    let (rate, interval) = computed(request, &c, &n);
    let mut all_rates = vec![None; keys.len()];
    let mut intervals = vec![None; keys.len()];
    for (at, row) in used.iter().enumerate() {
        all_rates[*row] = rate.get(at).copied().flatten();
        intervals[*row] = interval.as_ref().and_then(|i| i[at]);
    }
    Ok((
        table(request, keys, cases, persons, all_rates, interval.is_some().then_some(intervals), notes),
        diagnostics,
    ))
}

fn notes(cases: &[Option<f64>], persons: &[Option<f64>], method: RateMethod) -> Vec<Option<String>> {
    let share = matches!(method, RateMethod::Wilson | RateMethod::ClopperPearson);
    let note = |pair: (&Option<f64>, &Option<f64>)| match pair {
        (None, _) | (_, None) => Some("kein Wert"),
        (Some(c), Some(n)) if *c < 0.0 || *n < 0.0 => Some("negative Zahl"),
        (_, Some(0.0)) => Some("niemand da"),
        (Some(c), Some(n)) if share && c > n => Some("mehr Fälle als Personen"),
        _ => None,
    };
    cases.iter().zip(persons).map(|pair| note(pair).map(String::from)).collect()
}

type Intervals = Option<Vec<Option<Interval>>>;

fn computed(request: &RatesRequest, cases: &[f64], persons: &[f64]) -> (Vec<Option<f64>>, Intervals) {
    let raw: Vec<Option<f64>> = cases.iter().zip(persons).map(|(c, n)| Some(c / n)).collect();
    let level = request.level;
    let shares = |interval: fn(f64, f64, f64) -> Option<Interval>| {
        Some(cases.iter().zip(persons).map(|(c, n)| interval(*c, *n, level)).collect())
    };
    let counts = |interval: fn(f64, f64) -> Option<Interval>| {
        let one = |(c, n): (&f64, &f64)| {
            interval(*c, level).map(|i| Interval { lower: i.lower / n, upper: i.upper / n })
        };
        Some(cases.iter().zip(persons).map(one).collect())
    };
    let or_nothing = |found: Option<Vec<Option<f64>>>| found.unwrap_or_else(|| vec![None; cases.len()]);
    match request.method {
        RateMethod::Wilson => (raw, shares(wilson)),
        RateMethod::ClopperPearson => (raw, shares(clopper_pearson)),
        RateMethod::Byar => (raw, counts(byar)),
        RateMethod::Poisson => (raw, counts(poisson_exact)),
        RateMethod::EmpiricalBayes => {
            (or_nothing(empirical_bayes(cases, persons).map(|r| r.into_iter().map(Some).collect())), None)
        }
        RateMethod::Standardised => (or_nothing(standardised(cases, persons)), None),
        RateMethod::Excess => (or_nothing(excess(cases, persons)), None),
        _ => (raw, None),
    }
}

fn with_neighbours(request: &RatesRequest) -> Result<(Table, Diagnostics), AnalyseError> {
    let Some(spatial) = &request.neighbours else {
        return Err(AnalyseError::Usage(
            "Dieses Verfahren braucht Nachbarschaften. Abhilfe: --weights angeben.".into(),
        ));
    };
    let mut prepared = prepare(spatial, &[&request.numerator, &request.denominator])?;
    let (cases, persons) = (&prepared.values[0], &prepared.values[1]);
    let found = match request.method {
        RateMethod::Spatial => spatial_rate(cases, persons, &prepared.weights),
        RateMethod::SpatialEmpiricalBayesSpdep => {
            spatial_empirical_bayes(cases, persons, &prepared.weights, LocalMean::OfNeighbour)
        }
        _ => spatial_empirical_bayes(cases, persons, &prepared.weights, LocalMean::OfArea),
    };
    let Some(found) = found else {
        return Err(AnalyseError::Input(
            "Fälle und Personen müssen ab null sein, und wo niemand lebt, kann es keine Fälle geben. Abhilfe: die Tabelle prüfen.".into(),
        ));
    };
    for (row, rate) in prepared.used.iter().zip(&found) {
        if rate.is_none() {
            prepared.notes[*row] = Some("niemand da, auch nicht in der Nachbarschaft".into());
        }
    }
    let spread = |values: &[f64]| prepared.spread(values.to_vec());
    let (all_cases, all_persons) = (spread(cases), spread(persons));
    let rate = prepared.spread(found).into_iter().map(Option::flatten).collect();
    let (keys, notes) = (prepared.keys.clone(), prepared.notes.clone());
    let out = table(request, keys, all_cases, all_persons, rate, None, notes);
    if spatial.row_standardise {
        prepared.diagnostics.push(
            Severity::Note,
            "weights-ignored",
            Place::default(),
            "Bei Raten zählen alle Nachbarn gleich; --row-standardise ändert nichts.",
            "",
        );
    }
    Ok((out, prepared.diagnostics))
}

fn table(
    request: &RatesRequest,
    keys: Vec<String>,
    cases: Vec<Option<f64>>,
    persons: Vec<Option<f64>>,
    rate: Vec<Option<f64>>,
    intervals: Option<Vec<Option<Interval>>>,
    mut notes: Vec<Option<String>>,
) -> Table {
    for (note, rate) in notes.iter_mut().zip(&rate) {
        if rate.is_none() && note.is_none() {
            *note = Some("nicht berechenbar (keine Fälle insgesamt oder Eingabe unplausibel)".into());
        }
    }
    let mut out = Table::default();
    out.text(request.key.as_deref().map_or("row", |_| "key"), keys.into_iter().map(Some).collect());
    out.number("numerator", cases);
    out.number("denominator", persons);
    out.number("rate", rate);
    if let Some(intervals) = intervals {
        out.number("lower", intervals.iter().map(|i| i.map(|i| i.lower)).collect());
        out.number("upper", intervals.iter().map(|i| i.map(|i| i.upper)).collect());
    }
    out.text("note", notes);
    out
}
