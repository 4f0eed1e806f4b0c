//! How many children will live where?

use crate::counts::Names;
use crate::source::table_file;
use crate::{AnalyseError, Table};
use kekiz_base::Diagnostics;
use kekiz_stats::forecast::{
    AgeGroup, Births, Draws, Population, Settings, accuracy, backtest, bands, forecast as carry_forward,
};
use kekiz_tables::read_columns;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::str::FromStr;

/// Ages written as `3-5` or `0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ages(pub AgeGroup);

impl FromStr for Ages {
    type Err = crate::ParseSettingError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        match (from.trim().parse(), to.trim().parse()) {
            (Ok(from), Ok(to)) if from <= to && to <= 120 => Ok(Self(AgeGroup { from, to })),
            _ => crate::settings::refuse("Alter wie 0 oder 3-5"),
        }
    }
}

/// What `forecast` needs.
#[derive(Clone, Debug, PartialEq)]
pub struct ForecastRequest {
    /// Table with one row per area, year and age.
    pub counts: PathBuf,
    /// Column with the key; without one the table is one area.
    pub key: Option<String>,
    /// Column with the year.
    pub year: String,
    /// Column with the age in single years.
    pub age: String,
    /// Column with the number of persons.
    pub count: String,
    /// Column with the number of women of that age, for births.
    pub women: Option<String>,
    /// Horizon, base years and shrinkage.
    pub settings: Settings,
    /// Age groups to report.
    pub groups: Vec<AgeGroup>,
    /// How intervals are drawn.
    pub draws: Draws,
}

/// A forecast, the report of its backtest, and what was found on the way.
pub type ForecastAnswer = (Table, Value, Diagnostics);

/// Carries children forward: `key` (empty: all areas together), `year`, `ages`, `persons`, `lower`, `upper` and `note`. The
/// report is an object with `births` (`women`, `adults` or `recent-mean`), `base_years`, `origins` and for each age group
/// and year ahead how far earlier forecasts were off.
///
/// Every year between the first and the last must be there for every area and age; a missing row is no zero.
///
/// # Errors
/// [`AnalyseError`], a German sentence with the remedy.
pub fn forecast(request: &ForecastRequest) -> Result<ForecastAnswer, AnalyseError> {
    let read = read(request)?;
    let refused = |cause: kekiz_stats::forecast::ForecastError| AnalyseError::Input(cause.to_string());
    let oldest = request.groups.iter().map(|group| group.to).max().unwrap_or(0);
    if request.groups.is_empty() || oldest >= read.past.ages() {
        return Err(AnalyseError::Usage(format!(
            "Die Tabelle reicht bis Alter {}. Abhilfe: mit --ages Altersgruppen daraus angeben, zum Beispiel 0-2,3-5.",
            read.past.ages() - 1
        )));
    }
    let adults = read.past.ages() > *kekiz_stats::forecast::PARENTS.end();
    let (births, name) = match read.women {
        Some(women) => (Births::Women(women), "women"),
        None if adults => (Births::Adults, "adults"),
        None => (Births::RecentMean, "recent-mean"),
    };
    let ahead = carry_forward(&read.past, &births, request.settings).map_err(refused)?;
    let tested = backtest(&read.past, &births, request.settings).map_err(refused)?;
    let found = bands(&read.past, &ahead, &tested, &request.groups, request.draws).map_err(refused)?;
    let label = |group: &AgeGroup| {
        if group.from == group.to { group.from.to_string() } else { format!("{}-{}", group.from, group.to) }
    };
    let mut out = Table::default();
    out.text("key", found.iter().map(|band| band.area.map(|area| read.keys[area].clone())).collect());
    out.number("year", found.iter().map(|band| Some((read.last + band.ahead as i64) as f64)).collect());
    out.text("ages", found.iter().map(|band| Some(label(&request.groups[band.group]))).collect());
    out.number("persons", found.iter().map(|band| Some(band.persons)).collect());
    out.number("lower", found.iter().map(|band| band.interval.map(|i| i.lower)).collect());
    out.number("upper", found.iter().map(|band| band.interval.map(|i| i.upper)).collect());
    let note = |band: &kekiz_stats::forecast::Banded| match (band.area, band.interval) {
        (_, None) => Some("zu wenige Jahre, um Fehler früherer Fortschreibungen zu messen".to_string()),
        (None, _) => Some("alle Gebiete".to_string()),
        _ => None,
    };
    out.text("note", found.iter().map(note).collect());
    let mut groups = Vec::new();
    for group in &request.groups {
        let checks = accuracy(&read.past, &tested, *group, request.draws).map_err(refused)?;
        let one = |a: &kekiz_stats::forecast::Accuracy| {
            json!({
                "ahead": a.ahead, "compared": a.compared, "mean_error": a.mean_error, "bias": a.bias,
                "mean_error_of_standstill": a.mean_error_of_standstill,
                "mean_error_of_all": a.mean_error_of_all, "covered": a.covered,
            })
        };
        groups
            .push(json!({ "ages": label(group), "years_ahead": checks.iter().map(one).collect::<Vec<_>>() }));
    }
    let report = json!({
        "births": name, "base_years": request.settings.base.min(read.past.years() - 1),
        "last_year": read.last, "origins": tested.origins(1), "level": request.draws.level, "backtest": groups,
    });
    Ok((out, report, read.diagnostics))
}

struct Read {
    keys: Vec<String>,
    last: i64,
    past: Population,
    women: Option<Population>,
    diagnostics: Diagnostics,
}

fn read(request: &ForecastRequest) -> Result<Read, AnalyseError> {
    let file = table_file(&request.counts)?;
    let mut names: Vec<&str> = vec![&request.year, &request.age, &request.count];
    names.extend(request.women.as_deref());
    let women_at = names.len() - 1;
    names.extend(request.key.as_deref());
    let (table, mut diagnostics) = read_columns(&file, &names)?;
    let numbers = table.numbers(2, &mut diagnostics)?;
    let women = request.women.as_ref().map(|_| table.numbers(women_at, &mut diagnostics)).transpose()?;
    let mut keys = Names::default();
    let whole = |at: usize, row: usize, what: &str, most: i64| {
        let found = table.texts[at][row].parse::<i64>().ok().filter(|n| (0..=most).contains(n));
        found.ok_or_else(|| {
            AnalyseError::Input(format!(
                "{}, Zeile {}: „{}“ ist kein {what}. Abhilfe: die Zelle berichtigen oder die Zeile löschen.",
                file.name,
                table.lines[row],
                table.texts[at][row].chars().take(40).collect::<String>()
            ))
        })
    };
    let mut places = Vec::with_capacity(table.rows());
    for row in 0..table.rows() {
        let key =
            keys.number(request.key.as_ref().map_or("", |_| table.texts[names.len() - 1][row].as_str()));
        places.push((key, whole(0, row, "Jahr", 9999)?, whole(1, row, "Alter in ganzen Jahren", 130)?));
    }
    let (Some(first), Some(last)) = (places.iter().map(|p| p.1).min(), places.iter().map(|p| p.1).max())
    else {
        return Err(AnalyseError::Input(format!(
            "{}: Die Tabelle hat keine Zeilen. Abhilfe: eine Tabelle mit Gebiet, Jahr, Alter und Zahl angeben.",
            file.name
        )));
    };
    let oldest = places.iter().map(|p| p.2).max().unwrap_or(0);
    let (years, ages) = ((last - first + 1) as usize, oldest as usize + 1);
    let grid = |numbers: &[Option<f64>], what: &str| {
        let mut cells: Vec<Option<f64>> = vec![None; keys.list.len() * years * ages];
        let mut lines = vec![0_u64; cells.len()];
        for (row, (key, year, age)) in places.iter().enumerate() {
            let at = (key * years + (year - first) as usize) * ages + *age as usize;
            if lines[at] > 0 {
                return Err(AnalyseError::Input(format!(
                    "{}: „{}“, {year}, Alter {age} steht in Zeile {} und in Zeile {}. Abhilfe: jede Verbindung nur einmal aufführen.",
                    file.name, keys.list[*key], lines[at], table.lines[row]
                )));
            }
            lines[at] = table.lines[row];
            cells[at] = numbers[row].filter(|n| *n >= 0.0);
        }
        let gap = cells.iter().position(Option::is_none);
        if let Some(at) = gap {
            return Err(AnalyseError::Input(format!(
                "{}: Für „{}“, {}, Alter {} fehlt die Zahl der {what}. Abhilfe: die Lücke schließen; wo niemand lebt, steht 0.",
                file.name,
                keys.list[at / (years * ages)],
                first + (at / ages % years) as i64,
                at % ages
            )));
        }
        let cells = cells.into_iter().flatten().collect();
        Population::new(keys.list.len(), years, ages, cells)
            .map_err(|cause| AnalyseError::Input(cause.to_string()))
    };
    let past = grid(&numbers, "Personen")?;
    let women = women.map(|numbers| grid(&numbers, "Frauen")).transpose()?;
    Ok(Read { keys: keys.list.clone(), last, past, women, diagnostics })
}
