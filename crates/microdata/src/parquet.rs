//! Parquet files, row by row, without the arrow machinery.

use crate::IntakeError;
use crate::raw::{RawCell, RawColumn, RawTable};
use jiff::civil::Date;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use std::collections::BTreeMap;

pub(crate) fn broken(file: &str) -> IntakeError {
    IntakeError::file(
        file,
        "Die Parquet-Datei ist beschädigt oder bricht ab.",
        "Die Datei noch einmal ausgeben lassen.",
    )
}

pub(crate) fn read(file: &str, bytes: Vec<u8>) -> Result<RawTable, IntakeError> {
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).map_err(|_| broken(file))?;
    let rows = reader.get_row_iter(None).map_err(|_| broken(file))?;
    let fields = reader.metadata().file_metadata().schema_descr().root_schema().get_fields();
    let mut columns: Vec<RawColumn> = fields
        .iter()
        .map(|field| RawColumn {
            name: field.name().to_string(),
            label: String::new(),
            labels: BTreeMap::new(),
            cells: Vec::new(),
        })
        .collect();
    let mut lines = Vec::new();
    for (number, row) in (1u64..).zip(rows) {
        let row = row.map_err(|_| broken(file))?;
        for (column, (name, field)) in columns.iter_mut().zip(row.get_column_iter()) {
            let cell = cell(field).ok_or_else(|| {
                IntakeError::file(
                    file,
                    format!("Die Spalte „{name}“ enthält verschachtelte oder binäre Werte."),
                    "Die Spalte weglassen oder als Text, Zahl oder Datum ausgeben.",
                )
            })?;
            column.cells.push(cell);
        }
        lines.push(number);
    }
    Ok(RawTable { file: file.into(), columns, lines })
}

fn day(days: i64) -> Option<Date> {
    let days = i32::try_from(days).ok()?;
    Date::constant(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// `None` for what is no single value.
fn cell(field: &Field) -> Option<RawCell> {
    const DAY_MS: i64 = 86_400_000;
    let date = |days: i64| day(days).map_or(RawCell::Empty, RawCell::Date);
    Some(match field {
        Field::Null => RawCell::Empty,
        Field::Bool(yes) => RawCell::Text(if *yes { "1" } else { "0" }.into()),
        Field::Byte(n) => RawCell::Number(f64::from(*n)),
        Field::Short(n) => RawCell::Number(f64::from(*n)),
        Field::Int(n) => RawCell::Number(f64::from(*n)),
        Field::Long(n) => whole(i128::from(*n)),
        Field::UByte(n) => RawCell::Number(f64::from(*n)),
        Field::UShort(n) => RawCell::Number(f64::from(*n)),
        Field::UInt(n) => RawCell::Number(f64::from(*n)),
        Field::ULong(n) => whole(i128::from(*n)),
        Field::Float(n) => RawCell::number(f64::from(*n)),
        Field::Double(n) => RawCell::number(*n),
        Field::Float16(n) => RawCell::number(f64::from(*n)),
        Field::Str(text) => RawCell::text(text),
        Field::Date(days) => date(i64::from(*days)),
        Field::TimestampMillis(ms) => date(ms.div_euclid(DAY_MS)),
        Field::TimestampMicros(us) => date(us.div_euclid(DAY_MS * 1000)),
        Field::Decimal(decimal) => decimal_text(decimal.data(), decimal.scale()),
        _ => return None,
    })
}

/// Identifiers are whole numbers; those a float cannot hold stay text.
fn whole(n: i128) -> RawCell {
    if n.unsigned_abs() <= 1 << 53 { RawCell::Number(n as f64) } else { RawCell::text(&n.to_string()) }
}

/// A decimal as text with its point: big-endian two's complement and a scale.
fn decimal_text(bytes: &[u8], scale: i32) -> RawCell {
    let Some(rest) = 16usize.checked_sub(bytes.len()) else { return RawCell::Empty };
    let sign = if bytes.first().is_some_and(|byte| byte & 0x80 != 0) { 0xff } else { 0 };
    let mut full = [sign; 16];
    full[rest..].copy_from_slice(bytes);
    let number = i128::from_be_bytes(full);
    let scale = usize::try_from(scale).unwrap_or(0);
    let digits = format!("{:0>width$}", number.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let minus = if number < 0 { "-" } else { "" };
    let point = if scale > 0 { "." } else { "" };
    RawCell::text(&format!("{minus}{whole}{point}{fraction}"))
}
