//! Records to numbers: normalise each distinct text once, then put the records into an order of their own.

use crate::model::{Column, Kind, Model};
use crate::pool::{Pool, PoolBuilder, Shape};
use crate::records::hash;
use crate::records::{MISSING, Records, TextColumn};
use crate::text::{Date, latin, name, street, without_particles};
use kekiz_base::{Diagnostics, Place, Severity};
use rayon::prelude::*;
use std::collections::HashMap;

/// Why records and model do not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrepareError {
    /// The file lacks a column of the model.
    #[error(
        "Die Spalte „{0}“ des Modells gibt es nicht in allen Dateien. Abhilfe: unter [[column]] bei from den Namen aus der Datei angeben; kekiz link model --suggest DATEI schreibt ein passendes Modell."
    )]
    Column(String),
    /// More than 2^32 - 1 records or a column of another length.
    #[error("Die Datei hat zu viele Zeilen oder ungleich lange Spalten. Abhilfe: die Datei teilen.")]
    Shape,
}

/// Texts that stand for "missing" in every column.
const USUAL_MISSING: [&str; 24] = [
    "",
    "NA",
    "N/A",
    "n/a",
    "#N/A",
    "NULL",
    "Null",
    "null",
    "NaN",
    "nan",
    "None",
    "none",
    "-",
    "--",
    "?",
    ".",
    "unbekannt",
    "Unbekannt",
    "UNBEKANNT",
    "k.A.",
    "k. A.",
    "k.a.",
    "unknown",
    "Unknown",
];

/// Whether a text stands for "missing".
pub(crate) fn missing(text: &str, more: &[String]) -> bool {
    let text = text.trim();
    USUAL_MISSING.contains(&text) || more.iter().any(|m| m == text)
}

/// Records as numbers, in an order that follows from their content.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) pool: Pool,
    /// Numbers per record and column of the model, record by record.
    pub(crate) cells: Vec<u32>,
    /// Columns of the model.
    pub(crate) width: usize,
    /// Row of the input for each record.
    pub(crate) rows: Vec<u32>,
    /// Where each file's records start, and the end.
    pub(crate) files: Vec<usize>,
    pub(crate) diagnostics: Diagnostics,
}

impl Prepared {
    /// Number of records.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Cells of a record.
    #[inline]
    pub(crate) fn record(&self, at: usize) -> &[u32] {
        &self.cells[at * self.width..(at + 1) * self.width]
    }

    /// Records that have each value of a column.
    pub(crate) fn counts(&self, column: usize) -> Vec<u32> {
        let mut counts = vec![0_u32; self.pool.len()];
        for record in self.cells.chunks_exact(self.width) {
            if let Some(count) = counts.get_mut(record[column] as usize) {
                *count += 1;
            }
        }
        counts
    }
}

/// A column before its values are numbered together with the others'.
struct Normalised {
    /// Normalised text per distinct source text; empty for missing.
    texts: Vec<String>,
    /// Number per record into `texts`.
    ids: Vec<u32>,
    shape: Shape,
    /// Records with a date that could not be read.
    unreadable: usize,
}

/// Normalises the columns of the model.
pub(crate) fn prepare(model: &Model, records: &Records) -> Result<Prepared, PrepareError> {
    let length = records.len();
    let keys = [0, length].contains(&records.keys.len());
    if length >= MISSING as usize || !keys || records.columns.iter().any(|c| c.ids.len() != length) {
        return Err(PrepareError::Shape);
    }
    let columns: Result<Vec<Normalised>, PrepareError> =
        model.column.par_iter().map(|column| normalise(column, records, length)).collect();
    let columns = columns?;
    let mut builder = PoolBuilder::default();
    let mut diagnostics = Diagnostics::default();
    let mut numbers = Vec::with_capacity(columns.len());
    for (column, normalised) in model.column.iter().zip(&columns) {
        let of_text: Vec<u32> = normalised
            .texts
            .iter()
            .map(|text| if text.is_empty() { MISSING } else { builder.number(text, normalised.shape) })
            .collect();
        numbers.push(of_text);
        if normalised.unreadable > 0 {
            diagnostics.push(
                Severity::Warning,
                "date-unreadable",
                Place { column: Some(column.from.join(", ")), ..Place::default() },
                format!("{} Werte sind kein Datum und gelten als fehlend.", normalised.unreadable),
                "Als 2014-03-09, 09.03.2014 oder 20140309 schreiben, oder die Art der Spalte im Modell ändern.",
            );
        }
    }
    let pool = builder.finish();
    let mut starts = vec![0];
    for count in &records.files {
        starts.push(starts[starts.len() - 1] + count);
    }
    let width = model.column.len();
    let in_rows = cells_by_row(&columns, &numbers, length, width);
    drop(columns);
    let rows = order(records, &starts, &in_rows, width, &pool, locality(model));
    // Whole records move, one place of memory each.
    let mut cells = vec![MISSING; length * width];
    if width > 0 {
        cells.par_chunks_mut(width * 4096).enumerate().for_each(|(chunk, cells)| {
            for (record, row) in cells.chunks_exact_mut(width).zip(&rows[chunk * 4096..]) {
                let from = *row as usize * width;
                record.copy_from_slice(&in_rows[from..from + width]);
            }
        });
    }
    Ok(Prepared { pool, cells, width, rows, files: starts, diagnostics })
}

/// The column most rules ask for: records that agree in it lie side by side in memory.
fn locality(model: &Model) -> Option<usize> {
    use crate::model::KeyPart;
    let uses = |place: usize| {
        let keys = model.blocking.iter().flat_map(|rule| &rule.keys);
        keys.filter(
            |key| matches!(key, KeyPart::Column(column, forms) if *column == place && forms.is_empty()),
        )
        .count()
    };
    (0..model.column.len()).max_by_key(|place| (uses(*place), usize::MAX - place))
}

/// Numbers of values, row by row.
fn cells_by_row(columns: &[Normalised], numbers: &[Vec<u32>], length: usize, width: usize) -> Vec<u32> {
    let mut cells = vec![MISSING; length * width];
    if width > 0 {
        cells.par_chunks_mut(width * 4096).enumerate().for_each(|(chunk, cells)| {
            for (column, (normalised, numbers)) in columns.iter().zip(numbers).enumerate() {
                let ids = &normalised.ids[chunk * 4096..];
                for (cell, id) in cells.iter_mut().skip(column).step_by(width).zip(ids) {
                    *cell = numbers.get(*id as usize).copied().unwrap_or(MISSING);
                }
            }
        });
    }
    cells
}

/// Rows in an order that follows from content and keys alone, file by file.
fn order(
    records: &Records,
    starts: &[usize],
    cells: &[u32],
    width: usize,
    pool: &Pool,
    locality: Option<usize>,
) -> Vec<u32> {
    let hash_of = |cell: u32| pool.hashes.get(cell as usize).copied().unwrap_or(0);
    let mut keyed: Vec<(u64, u64, u32)> = (0..records.len())
        .into_par_iter()
        .with_min_len(4096)
        .map(|row| {
            let seed = records.keys.get(row).copied().unwrap_or(0);
            let record = &cells[row * width..(row + 1) * width];
            let hash = record.iter().fold(seed, |hash, cell| hash::join(hash, hash_of(*cell)));
            (locality.map_or(0, |column| hash_of(record[column])), hash, row as u32)
        })
        .collect();
    for file in starts.windows(2) {
        keyed[file[0]..file[1]].par_sort_unstable();
    }
    keyed.into_iter().map(|(.., row)| row).collect()
}

fn source<'a>(records: &'a Records, name: &str) -> Result<&'a TextColumn, PrepareError> {
    let found = records.columns.iter().find(|column| column.name == name);
    found.ok_or_else(|| PrepareError::Column(name.to_string()))
}

fn normalise(column: &Column, records: &Records, length: usize) -> Result<Normalised, PrepareError> {
    let sources: Result<Vec<&TextColumn>, _> = column.from.iter().map(|name| source(records, name)).collect();
    let sources = sources?;
    let shape = match column.kind {
        Kind::FirstName | Kind::Surname => Shape::Words,
        Kind::Street => Shape::Street,
        Kind::Date => Shape::Date,
        Kind::Text | Kind::Code | Kind::Category => Shape::Plain,
    };
    if column.kind == Kind::Date {
        return Ok(dates(column, &sources, length));
    }
    if let [one] = sources[..] {
        let texts = (0..one.texts.len())
            .into_par_iter()
            .with_min_len(1024)
            .map(|number| normal(column, &[one.texts.get(number as u32)]))
            .collect();
        return Ok(Normalised { texts, ids: one.ids.clone(), shape, unreadable: 0 });
    }
    let (combinations, ids) = combine(&sources, length);
    let texts = combinations
        .par_iter()
        .with_min_len(1024)
        .map(|numbers| {
            let there = sources.iter().zip(numbers).filter(|(_, number)| **number != MISSING);
            normal(column, &there.map(|(source, number)| source.texts.get(*number)).collect::<Vec<_>>())
        })
        .collect();
    Ok(Normalised { texts, ids, shape, unreadable: 0 })
}

/// Distinct combinations of several source columns, and the number of each record's.
fn combine(sources: &[&TextColumn], length: usize) -> (Vec<Vec<u32>>, Vec<u32>) {
    let mut known: HashMap<Vec<u32>, u32, foldhash::fast::FixedState> = HashMap::default();
    let mut list = Vec::new();
    let mut key = Vec::with_capacity(sources.len());
    let ids = (0..length)
        .map(|row| {
            key.clear();
            key.extend(sources.iter().map(|source| source.ids[row]));
            if let Some(number) = known.get(&key) {
                return *number;
            }
            let number = list.len() as u32;
            list.push(key.clone());
            known.insert(key.clone(), number);
            number
        })
        .collect();
    (list, ids)
}

/// A value in its normal form, from one or several texts of the file.
fn normal(column: &Column, texts: &[&str]) -> String {
    let mut out = String::new();
    for text in texts.iter().filter(|text| !missing(text, &column.missing)) {
        let part = match column.kind {
            Kind::FirstName | Kind::Surname => name(text),
            Kind::Street | Kind::Text | Kind::Category => latin(text),
            Kind::Code => latin(text).replace(' ', ""),
            Kind::Date => (*text).to_string(),
        };
        if !out.is_empty() && !part.is_empty() && column.kind != Kind::Code {
            out.push(' ');
        }
        out.push_str(&part);
    }
    match column.kind {
        Kind::Surname => without_particles(&out),
        Kind::Street => street(&out),
        Kind::Code => {
            let short = out.trim_start_matches('0');
            if short.is_empty() { out } else { short.to_string() }
        }
        _ => out,
    }
}

fn dates(column: &Column, sources: &[&TextColumn], length: usize) -> Normalised {
    let code = |date: Date| format!("{:08x}", date.code());
    let mut unreadable = Vec::new();
    let (texts, ids): (Vec<String>, Vec<u32>) = match sources {
        [one] => {
            let read = one.texts.iter().map(|text| {
                let date = if missing(text, &column.missing) { None } else { Date::parse(text) };
                unreadable.push(date.is_none() && !missing(text, &column.missing));
                date.map(code).unwrap_or_default()
            });
            (read.collect(), one.ids.clone())
        }
        parts => {
            let (combinations, ids) = combine(parts, length);
            let read = combinations.iter().map(|numbers| {
                let texts = parts.iter().zip(numbers).map(|(part, number)| {
                    let text = if *number == MISSING { "" } else { part.texts.get(*number).trim() };
                    (!missing(text, &column.missing)).then_some(text)
                });
                let texts: Vec<Option<&str>> = texts.collect();
                let number = |text: Option<&str>| text?.trim_end_matches(".0").parse::<u32>().ok();
                let date = match texts[..] {
                    [year, month, day] => number(year)
                        .zip(number(month).zip(number(day)))
                        .and_then(|(year, (month, day))| Date::new(year, month, day)),
                    _ => None,
                };
                unreadable.push(date.is_none() && texts.iter().all(Option::is_some));
                date.map(code).unwrap_or_default()
            });
            (read.collect(), ids)
        }
    };
    let bad = ids.iter().filter(|id| unreadable.get(**id as usize) == Some(&true)).count();
    Normalised { texts, ids, shape: Shape::Date, unreadable: bad }
}
