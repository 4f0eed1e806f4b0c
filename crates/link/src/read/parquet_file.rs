//! Columns of a Parquet file.

use super::{FileColumns, Wanted, places};
use crate::LinkFileError;
use bytes::Bytes;
use kekiz_linkage::text::Date;
use kekiz_linkage::{MISSING, TextColumnBuilder, Texts};
use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;
use rayon::prelude::*;
use std::collections::HashMap;
use std::path::Path;

/// Values that are decoded at once.
const BATCH: usize = 1 << 14;

/// Where a column's values go.
enum Sink {
    Column(TextColumnBuilder),
    Ids(Texts),
}

impl Sink {
    fn missing(&mut self) {
        match self {
            Sink::Column(column) => column.push_number(MISSING),
            Sink::Ids(ids) => {
                ids.push("");
            }
        }
    }

    fn text(&mut self, text: &str) {
        match self {
            Sink::Column(column) => {
                let text = text.trim();
                column.push((!text.is_empty()).then_some(text));
            }
            Sink::Ids(ids) => {
                ids.push(text.trim());
            }
        }
    }
}

/// How numbers are written as texts.
#[derive(Clone, Copy)]
enum Writing {
    Plain,
    Days,
    /// So many units make a day.
    Instants(i64),
}

fn writing(column: &ColumnDescriptor) -> Writing {
    let day = 86_400;
    match (column.logical_type_ref(), column.converted_type()) {
        (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => Writing::Days,
        (Some(LogicalType::Timestamp(timestamp)), _) => Writing::Instants(
            day * match timestamp.unit {
                TimeUnit::MILLIS => 1_000,
                TimeUnit::MICROS => 1_000_000,
                TimeUnit::NANOS => 1_000_000_000,
            },
        ),
        (None, ConvertedType::TIMESTAMP_MILLIS) => Writing::Instants(day * 1_000),
        (None, ConvertedType::TIMESTAMP_MICROS) => Writing::Instants(day * 1_000_000),
        _ => Writing::Plain,
    }
}

impl Writing {
    fn text(self, number: i64) -> String {
        let days = match self {
            Writing::Plain => return number.to_string(),
            Writing::Days => number,
            Writing::Instants(per_day) => number.div_euclid(per_day),
        };
        Date::from_days(days).map_or_else(|| number.to_string(), |date| date.to_string())
    }
}

/// Why a column cannot be read.
enum Problem {
    Parquet(ParquetError),
    Nested,
    NotText,
}

impl From<ParquetError> for Problem {
    fn from(cause: ParquetError) -> Self {
        Problem::Parquet(cause)
    }
}

pub(super) fn read(
    path: &Path,
    bytes: Vec<u8>,
    wanted: Wanted<'_>,
    id: Option<&str>,
) -> Result<FileColumns, LinkFileError> {
    let broken = |cause: ParquetError| {
        LinkFileError::file(
            path,
            format!("Die Parquet-Datei ist beschädigt oder anders verfasst ({cause})."),
            "sie noch einmal schreiben lassen.",
        )
    };
    let reader = SerializedFileReader::new(Bytes::from(bytes)).map_err(broken)?;
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let header: Vec<String> = schema.columns().iter().map(|column| column.path().string()).collect();
    let (columns, id_place) = places(path, &header, wanted, id)?;
    let rows = usize::try_from(reader.metadata().file_metadata().num_rows()).unwrap_or(0);
    let mut tasks: Vec<(usize, Sink)> =
        columns.iter().map(|place| (*place, Sink::Column(TextColumnBuilder::new(&header[*place])))).collect();
    tasks.extend(id_place.map(|place| (place, Sink::Ids(Texts::default()))));
    let done: Result<Vec<Sink>, LinkFileError> = tasks
        .into_par_iter()
        .with_max_len(1)
        .map(|(place, mut sink)| {
            column(&reader, place, &mut sink).map_err(|problem| match problem {
                Problem::Parquet(cause) => broken(cause),
                Problem::Nested => LinkFileError::file(
                    path,
                    format!("Die Spalte „{}“ enthält Listen oder verschachtelte Werte.", header[place]),
                    "sie in einfache Spalten auflösen.",
                ),
                Problem::NotText => LinkFileError::file(
                    path,
                    format!("Die Spalte „{}“ enthält Werte, die kein Text in UTF-8 sind.", header[place]),
                    "sie als Text speichern.",
                ),
            })?;
            Ok(sink)
        })
        .collect();
    let (mut texts, mut ids) = (Vec::new(), None);
    for sink in done? {
        match sink {
            Sink::Column(column) => texts.push(column.finish()),
            Sink::Ids(found) => ids = Some(found),
        }
    }
    Ok(FileColumns { rows, columns: texts, ids })
}

/// Reads one column of all row groups.
fn column(reader: &SerializedFileReader<Bytes>, place: usize, sink: &mut Sink) -> Result<(), Problem> {
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let described = schema.column(place);
    if described.max_rep_level() > 0 {
        return Err(Problem::Nested);
    }
    let writing = writing(&described);
    let present = described.max_def_level();
    let mut numbers = Numbers { writing, known: HashMap::default() };
    let mut repeated = Repeated::new();
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group)?;
        match group.get_column_reader(place)? {
            ColumnReader::ByteArrayColumnReader(reader) => {
                values(reader, present, sink, |value, sink| repeated.push(value, sink))?;
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                values(reader, present, sink, |value, sink| text(value.data(), sink))?;
            }
            ColumnReader::Int32ColumnReader(reader) => {
                values(reader, present, sink, |value, sink| {
                    numbers.push(i64::from(*value), sink);
                    Ok(())
                })?;
            }
            ColumnReader::Int64ColumnReader(reader) => {
                values(reader, present, sink, |value, sink| {
                    numbers.push(*value, sink);
                    Ok(())
                })?;
            }
            ColumnReader::FloatColumnReader(reader) => {
                values(reader, present, sink, |value, sink| {
                    float(f64::from(*value), sink);
                    Ok(())
                })?;
            }
            ColumnReader::DoubleColumnReader(reader) => {
                values(reader, present, sink, |value, sink| {
                    float(*value, sink);
                    Ok(())
                })?;
            }
            ColumnReader::BoolColumnReader(reader) => {
                values(reader, present, sink, |value, sink| {
                    sink.text(if *value { "1" } else { "0" });
                    Ok(())
                })?;
            }
            ColumnReader::Int96ColumnReader(_) => return Err(Problem::NotText),
        }
    }
    Ok(())
}

/// Hands every value of a row group to `push`, and marks what is missing.
fn values<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    present: i16,
    sink: &mut Sink,
    mut push: impl FnMut(&T::T, &mut Sink) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let (mut levels, mut batch) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH));
    loop {
        levels.clear();
        batch.clear();
        let (records, ..) = reader.read_records(BATCH, Some(&mut levels), None, &mut batch)?;
        if records == 0 {
            return Ok(());
        }
        if present == 0 {
            for value in &batch {
                push(value, sink)?;
            }
            continue;
        }
        let mut next = batch.iter();
        for level in &levels {
            if *level < present {
                sink.missing();
            } else if let Some(value) = next.next() {
                push(value, sink)?;
            }
        }
    }
}

/// Numbers of texts by where they lie in memory: values of a dictionary page are the same bytes again and again, and
/// need not be read a second time.
struct Repeated {
    slots: Vec<Option<(ByteArray, u32)>>,
}

impl Repeated {
    const SLOTS: usize = 1 << 15;

    fn new() -> Self {
        Self { slots: vec![None; Self::SLOTS] }
    }

    fn push(&mut self, value: &ByteArray, sink: &mut Sink) -> Result<(), Problem> {
        let Sink::Column(column) = sink else { return text(value.data(), sink) };
        let bytes = value.data();
        let place = bytes.as_ptr() as usize;
        let slot = (place ^ place >> 12) & (Self::SLOTS - 1);
        if let Some((known, number)) = &self.slots[slot]
            // The known value keeps its memory, so the same place holds the same bytes.
            && std::ptr::eq(known.data(), bytes)
        {
            column.push_number(*number);
            return Ok(());
        }
        let text = std::str::from_utf8(bytes).map_err(|_| Problem::NotText)?.trim();
        let number = if text.is_empty() { MISSING } else { column.number(text) };
        column.push_number(number);
        self.slots[slot] = Some((value.clone(), number));
        Ok(())
    }
}

fn text(bytes: &[u8], sink: &mut Sink) -> Result<(), Problem> {
    sink.text(std::str::from_utf8(bytes).map_err(|_| Problem::NotText)?);
    Ok(())
}

fn float(value: f64, sink: &mut Sink) {
    // Whole numbers with missing values are often stored as floats.
    if !value.is_finite() {
        sink.missing();
    } else if value.fract() == 0.0 && value.abs() < 1e15 {
        sink.text(&(value as i64).to_string());
    } else {
        sink.text(&value.to_string());
    }
}

/// Numbers already written as text.
struct Numbers {
    writing: Writing,
    known: HashMap<i64, u32>,
}

impl Numbers {
    fn push(&mut self, number: i64, sink: &mut Sink) {
        match sink {
            Sink::Column(column) => {
                let writing = self.writing;
                let known = self.known.entry(number).or_insert_with(|| column.number(&writing.text(number)));
                column.push_number(*known);
            }
            Sink::Ids(ids) => {
                ids.push(&self.writing.text(number));
            }
        }
    }
}
