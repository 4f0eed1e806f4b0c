//! CSV after RFC 4180 with semicolons, as German spreadsheets open it.
//!
//! Source, licence and attribution stand in columns of every row: comment lines above the header would break the
//! reading programs, and a second file gets lost.

use super::{attribution, licences, mark, remark, sources, status};
use crate::table::Table;
use kekiz_base::Figure;

/// How a CSV file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CsvOptions {
    /// A byte-order mark at the beginning, which Excel needs to see UTF-8.
    pub bom: bool,
    /// Decimal comma instead of a point.
    pub decimal_comma: bool,
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self { bom: true, decimal_comma: true }
    }
}

const HEADER: [&str; 22] = [
    "indikator",
    "titel",
    "schluessel",
    "name",
    "ebene",
    "gliederung",
    "zeitraum",
    "gruppe",
    "wert",
    "einheit",
    "status",
    "bemerkung",
    "untergrenze_95",
    "obergrenze_95",
    "faelle",
    "bezug",
    "geglaettet",
    "klasse",
    "quelle",
    "lizenz",
    "namensnennung",
    "beleg",
];

/// A table as CSV. A protected value is `•`, a missing one the mark of its source; `status` says which.
pub fn csv(table: &Table, options: CsvOptions) -> Vec<u8> {
    let mut out = String::with_capacity(table.rows.len() * 200 + 400);
    if options.bom {
        out.push('\u{feff}');
    }
    out.push_str(&HEADER.join(";"));
    out.push_str("\r\n");
    let number = |value: f64| {
        let text = format!("{value}");
        if options.decimal_comma { text.replace('.', ",") } else { text }
    };
    let optional = |value: Option<f64>| value.filter(|v| v.is_finite()).map(number).unwrap_or_default();
    let tail = [sources(table), licences(table), attribution(table).to_string(), table.about.receipt.clone()];
    for row in &table.rows {
        let figure: Option<&Figure> = row.cell.figure();
        let value = match figure {
            Some(figure) => optional(Some(figure.value)),
            None => mark(&row.cell).to_string(),
        };
        let fields = [
            table.meta.id.to_string(),
            table.meta.title.clone(),
            row.area.key.to_string(),
            row.area.name.clone(),
            row.area.level.slug().to_string(),
            row.area.geography.to_string(),
            row.period.to_string(),
            row.group.as_str().to_string(),
            value,
            table.meta.unit.clone(),
            status(&row.cell).to_string(),
            remark(&row.cell).to_string(),
            optional(figure.and_then(|f| f.interval).map(|i| i.lower)),
            optional(figure.and_then(|f| f.interval).map(|i| i.upper)),
            optional(figure.and_then(|f| f.numerator)),
            optional(figure.and_then(|f| f.denominator)),
            optional(figure.and_then(|f| f.smoothed)),
            figure.and_then(|f| f.class).map(|class| class.to_string()).unwrap_or_default(),
        ];
        for (i, field) in fields.iter().chain(&tail).enumerate() {
            if i > 0 {
                out.push(';');
            }
            push_field(&mut out, field);
        }
        out.push_str("\r\n");
    }
    out.into_bytes()
}

/// A number as a German spreadsheet reads it, with all its digits; nothing for one that is not there.
pub(crate) fn comma(value: Option<f64>) -> String {
    value.filter(|v| v.is_finite()).map(|v| v.to_string().replace('.', ",")).unwrap_or_default()
}

/// A table of an analysis as CSV: a head and rows of the same length, with a byte-order mark.
pub(crate) fn lines(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
    let mut out = String::from("\u{feff}");
    out.push_str(&head.join(";"));
    out.push_str("\r\n");
    for row in rows {
        for (i, field) in row.iter().enumerate() {
            if i > 0 {
                out.push(';');
            }
            push_field(&mut out, field);
        }
        out.push_str("\r\n");
    }
    out.into_bytes()
}

/// Quotes a field where needed. Text that a spreadsheet would run as a formula gets an apostrophe in front
/// (OWASP, "CSV Injection"); numbers with a sign stay numbers.
fn push_field(out: &mut String, field: &str) {
    let number =
        field.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit() || matches!(b, b',' | b'.'));
    let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']) && !number;
    let quoted = formula || field.contains([';', '"', '\n', '\r']);
    if !quoted {
        out.push_str(field);
        return;
    }
    out.push('"');
    if formula {
        out.push('\'');
    }
    out.push_str(&field.replace('"', "\"\""));
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::push_field;

    #[test]
    fn fields_are_quoted_where_needed() {
        for (field, expected) in [
            ("Krefeld", "Krefeld"),
            ("a;b", "\"a;b\""),
            ("sagt \"ja\"", "\"sagt \"\"ja\"\"\""),
            ("=1+1", "\"'=1+1\""),
            ("-1,5", "-1,5"),
            ("-cmd", "\"'-cmd\""),
            ("", ""),
        ] {
            let mut out = String::new();
            push_field(&mut out, field);
            assert_eq!(out, expected);
        }
    }
}
