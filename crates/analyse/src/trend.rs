//! What does a figure do over the years?

use crate::strata::strata;
use crate::{AnalyseError, Table};
use kekiz_base::Diagnostics;
use kekiz_stats::trend::{Segments, TrendError, change_points, local_linear, usual_penalty};
use std::path::PathBuf;

/// What `trend` needs.
#[derive(Clone, Debug, PartialEq)]
pub struct TrendRequest {
    /// Table with one row per area and time.
    pub values: PathBuf,
    /// Column with the key; without one the table is one series.
    pub key: Option<String>,
    /// Column with the time: years, or parts of them as decimals.
    pub time: String,
    /// Column with the value.
    pub value: String,
    /// Share of times that each point of the line looks at.
    pub span: f64,
    /// Level of the interval.
    pub level: f64,
    /// What the series is between breaks.
    pub segments: Segments,
    /// Penalty of a break; by default estimated from each series.
    pub penalty: Option<f64>,
    /// Least number of times between breaks.
    pub shortest: usize,
}

/// A smooth line and the breaks of each series: `key`, `time`, `value`, `line`, `lower`, `upper`, `segment` (from 1),
/// `level` (mean of the segment), `slope` (of the segment, per unit of time), `break` (1 at the first time after a break)
/// and `note`. Times without a value have only a note.
///
/// # Errors
/// [`AnalyseError`], a German sentence with the remedy.
pub fn trend(request: &TrendRequest) -> Result<(Table, Diagnostics), AnalyseError> {
    let found = strata(&request.values, request.key.as_deref(), &request.time, &[&request.value])?;
    let times = times(&found.strata, &request.time)?;
    let mut order: Vec<usize> = (0..times.len()).collect();
    order.sort_by(|a, b| times[*a].total_cmp(&times[*b]));
    let mut rows: Vec<Row> = Vec::new();
    for (key, name) in found.keys.iter().enumerate() {
        let cells = order.iter().filter_map(|at| Some((times[*at], found.cells[0][found.at(key, *at)]?)));
        let series: Vec<(f64, Option<f64>)> = cells.collect();
        rows.extend(one(name, &series, request)?);
    }
    let number = |of: fn(&Row) -> Option<f64>| -> Vec<Option<f64>> { rows.iter().map(of).collect() };
    let mut out = Table::default();
    if request.key.is_some() {
        out.text("key", rows.iter().map(|row| Some(row.key.clone())).collect());
    }
    out.number("time", number(|row| Some(row.time)));
    out.number("value", number(|row| row.value));
    out.number("line", number(|row| row.line));
    out.number("lower", number(|row| row.lower));
    out.number("upper", number(|row| row.upper));
    out.number("segment", number(|row| row.segment));
    out.number("level", number(|row| row.level));
    out.number("slope", number(|row| row.slope));
    out.number("break", number(|row| row.is_break));
    out.text("note", rows.iter().map(|row| row.note.clone()).collect());
    Ok((out, found.diagnostics))
}

/// Times as numbers.
pub(crate) fn times(texts: &[String], column: &str) -> Result<Vec<f64>, AnalyseError> {
    let one = |text: &String| {
        let number = text.replace(',', ".").parse::<f64>().ok().filter(|time| time.is_finite());
        number.ok_or_else(|| {
            AnalyseError::Input(format!(
                "In der Spalte „{column}“ steht „{}“; gebraucht werden Zahlen wie 2024 oder 2024,5. Abhilfe: die Zelle berichtigen.",
                text.chars().take(40).collect::<String>()
            ))
        })
    };
    texts.iter().map(one).collect()
}

/// One time of one series.
#[derive(Clone, Debug, Default)]
struct Row {
    key: String,
    time: f64,
    value: Option<f64>,
    line: Option<f64>,
    lower: Option<f64>,
    upper: Option<f64>,
    segment: Option<f64>,
    level: Option<f64>,
    slope: Option<f64>,
    is_break: Option<f64>,
    note: Option<String>,
}

fn one(name: &str, series: &[(f64, Option<f64>)], request: &TrendRequest) -> Result<Vec<Row>, AnalyseError> {
    let there: Vec<(f64, f64)> = series.iter().filter_map(|(time, value)| Some((*time, (*value)?))).collect();
    let (times, values): (Vec<f64>, Vec<f64>) = there.iter().copied().unzip();
    let refused = |cause: TrendError| AnalyseError::Usage(cause.to_string());
    // A short series is a fact about the series; a wrong span or level one about the call.
    let (smooth, why) = match local_linear(&times, &values, request.span, request.level) {
        Ok(smooth) => (Some(smooth), None),
        Err(cause @ (TrendError::TooFew { .. } | TrendError::Span)) if times.len() < 12 => {
            (None, Some(cause.to_string()))
        }
        Err(cause) => return Err(refused(cause)),
    };
    let penalty = request.penalty.unwrap_or_else(|| usual_penalty(&values, request.segments));
    let breaks = if values.is_empty() {
        Vec::new()
    } else {
        change_points(&times, &values, request.segments, penalty, request.shortest).map_err(refused)?
    };
    let ends: Vec<usize> = breaks.iter().copied().chain([values.len()]).collect();
    let mut rows: Vec<Row> = Vec::new();
    let mut at = 0;
    for (time, value) in series {
        let mut row = Row { key: name.into(), time: *time, value: *value, ..Row::default() };
        if value.is_none() {
            row.note = Some("kein Wert".into());
        } else {
            let segment = ends.iter().filter(|end| **end <= at).count();
            let start = if segment == 0 { 0 } else { ends[segment - 1] };
            let (level, slope) = line(&there[start..ends[segment]]);
            row.segment = Some((segment + 1) as f64);
            (row.level, row.slope) = (Some(level), slope);
            row.is_break = Some(f64::from(u8::from(breaks.contains(&at))));
            if let Some(smooth) = &smooth {
                row.line = Some(smooth.fitted[at]);
                row.lower = smooth.interval[at].map(|interval| interval.lower);
                row.upper = smooth.interval[at].map(|interval| interval.upper);
            }
            row.note.clone_from(&why);
            at += 1;
        }
        rows.push(row);
    }
    Ok(rows)
}

/// Mean of a segment, and the slope of the straight line through it where it has two times or more.
fn line(points: &[(f64, f64)]) -> (f64, Option<f64>) {
    let n = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), (a, b)| (x + a / n, y + b / n));
    let (xx, xy) =
        points.iter().fold((0.0, 0.0), |(xx, xy), (a, b)| (xx + (a - x).powi(2), xy + (a - x) * (b - y)));
    (y, (xx > 0.0).then(|| xy / xx))
}
