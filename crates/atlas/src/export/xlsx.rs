//! Excel workbooks with a sheet of figures and a sheet of what must be known about them.

use super::{mark, notes, remark, status};
use crate::AtlasError;
use crate::table::Table;
use kekiz_base::Cell;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

const HEADER: [(&str, f64); 16] = [
    ("Schlüssel", 12.0),
    ("Gebiet", 28.0),
    ("Ebene", 16.0),
    ("Zeitraum", 10.0),
    ("Gruppe", 16.0),
    ("Wert", 12.0),
    ("Einheit", 10.0),
    ("Status", 12.0),
    ("Bemerkung", 30.0),
    ("Untergrenze 95 %", 14.0),
    ("Obergrenze 95 %", 14.0),
    ("Fälle", 10.0),
    ("Bezug", 10.0),
    ("Geglättet", 10.0),
    ("Klasse", 8.0),
    ("Namensnennung", 40.0),
];

/// Rows of a sheet; a table with more cannot be a workbook.
const MOST_ROWS: usize = 1_048_000;

/// A table as a workbook: sheet „Daten“ with one row per cell, sheet „Hinweise“ with definition, source, licence and
/// protection. A protected value is the text `•`, a missing one the mark of its source; neither is ever 0 or empty
/// without the word in the column „Status“.
///
/// # Errors
/// [`AtlasError::Export`] when the table has more rows than a sheet can hold.
pub fn xlsx(table: &Table) -> Result<Vec<u8>, AtlasError> {
    if table.rows.len() > MOST_ROWS {
        return Err(AtlasError::Export(format!(
            "{} Zeilen passen nicht in ein Tabellenblatt. Abhilfe: Zeitraum oder Ebene einschränken oder CSV wählen",
            table.rows.len()
        )));
    }
    workbook(table).map_err(|error| AtlasError::Export(error.to_string()))
}

fn workbook(table: &Table) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // A fixed date: the same figures give the same bytes.
    let properties = DocProperties::new()
        .set_title(&table.about.title)
        .set_author(super::attribution(table))
        .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?);
    book.set_properties(&properties);
    data_sheet(book.add_worksheet().set_name("Daten")?, table)?;
    notes_sheet(book.add_worksheet().set_name("Hinweise")?, table)?;
    book.save_to_buffer()
}

fn data_sheet(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let right = Format::new().set_align(FormatAlign::Right);
    let decimals = usize::from(table.meta.decimals.min(6));
    let pattern = if decimals == 0 { "#,##0".to_string() } else { format!("#,##0.{}", "0".repeat(decimals)) };
    let number = Format::new().set_num_format(pattern);
    for (column, (name, width)) in (0u16..).zip(HEADER) {
        sheet.write_string_with_format(0, column, name, &bold)?;
        sheet.set_column_width(column, width)?;
    }
    sheet.set_freeze_panes(1, 2)?;
    let attribution = super::attribution(table);
    for (line, row) in (1u32..).zip(&table.rows) {
        let figure = row.cell.figure();
        sheet.write_string(line, 0, row.area.key.as_str())?;
        sheet.write_string(line, 1, &row.area.name)?;
        sheet.write_string(line, 2, row.area.level.singular())?;
        sheet.write_string(line, 3, row.period.to_string())?;
        sheet.write_string(line, 4, row.group.as_str())?;
        match figure.filter(|figure| figure.value.is_finite()) {
            Some(figure) => sheet.write_number_with_format(line, 5, figure.value, &number)?,
            None => sheet.write_string_with_format(line, 5, sign(&row.cell), &right)?,
        };
        sheet.write_string(line, 6, &table.meta.unit)?;
        sheet.write_string(line, 7, status(&row.cell))?;
        sheet.write_string(line, 8, remark(&row.cell))?;
        let more = [
            (9u16, figure.and_then(|f| f.interval).map(|i| i.lower)),
            (10, figure.and_then(|f| f.interval).map(|i| i.upper)),
            (11, figure.and_then(|f| f.numerator)),
            (12, figure.and_then(|f| f.denominator)),
            (13, figure.and_then(|f| f.smoothed)),
            (14, figure.and_then(|f| f.class).map(f64::from)),
        ];
        for (column, value) in more {
            if let Some(value) = value.filter(|v| v.is_finite()) {
                let plain = matches!(column, 11 | 12 | 14);
                if plain {
                    sheet.write_number(line, column, value)?;
                } else {
                    sheet.write_number_with_format(line, column, value, &number)?;
                }
            }
        }
        sheet.write_string(line, 15, attribution)?;
    }
    let last = u32::try_from(table.rows.len()).unwrap_or(u32::MAX);
    if last > 0 {
        sheet.autofilter(0, 0, last, 15)?;
    }
    Ok(())
}

/// A sign that is never empty: `–` where the source has nothing.
fn sign(cell: &Cell) -> &'static str {
    let sign = mark(cell);
    if sign.is_empty() { "–" } else { sign }
}

fn notes_sheet(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold().set_align(FormatAlign::Top);
    let wrap = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.set_column_width(0, 24.0)?;
    sheet.set_column_width(1, 100.0)?;
    for (line, (label, text)) in (0u32..).zip(notes(table)) {
        sheet.write_string_with_format(line, 0, label, &bold)?;
        // A cell holds 32,767 characters.
        let text: String = text.chars().take(32_000).collect();
        sheet.write_string_with_format(line, 1, text, &wrap)?;
    }
    Ok(())
}
