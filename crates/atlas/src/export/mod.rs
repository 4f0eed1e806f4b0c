//! Files a reader can take away. Each carries source, licence, attribution and protection.

pub mod csv;
pub mod geojson;
pub mod image;
pub mod json_stat;
pub mod parquet;
pub mod xlsx;

use crate::about;
use crate::table::{Table, TableRow};
use crate::wording::PROTECTED;
use kekiz_base::{Annotation, Cell, Figure, Mark};

/// Word for the state of a cell in files: `gezeigt`, `geschuetzt`, `fehlt`.
pub fn status(cell: &Cell) -> &'static str {
    match cell {
        Cell::Shown(_) => "gezeigt",
        Cell::Suppressed { .. } => "geschuetzt",
        Cell::Missing { .. } => "fehlt",
    }
}

/// What stands in place of a value: `•` for protected, the mark of the source for missing (nothing where the source
/// is empty).
pub fn mark(cell: &Cell) -> &'static str {
    match cell {
        Cell::Shown(_) => "",
        Cell::Suppressed { .. } => PROTECTED,
        Cell::Missing { mark } => mark.symbol(),
    }
}

/// What a reader must know of a cell beside its value, in German; empty for a plain value.
pub fn remark(cell: &Cell) -> &'static str {
    match cell {
        Cell::Shown(Figure { annotation, .. }) => annotation.text(),
        Cell::Suppressed { reason } => reason.text(),
        Cell::Missing { mark } => mark.text(),
    }
}

/// The signs that occur in a table, with their meaning.
pub(crate) fn legend(rows: &[TableRow]) -> Vec<(String, String)> {
    let mut out = Vec::new();
    if rows.iter().any(|row| matches!(row.cell, Cell::Suppressed { .. })) {
        out.push((
            PROTECTED.to_string(),
            "geschützter Wert: es gibt ihn, er darf aber nicht gezeigt werden".to_string(),
        ));
    }
    for mark in [Mark::UnknownOrSecret, Mark::Later, Mark::Unreliable, Mark::Blocked, Mark::Empty] {
        if rows.iter().any(|row| row.cell == Cell::Missing { mark }) {
            let sign = if mark.symbol().is_empty() { "(leer)" } else { mark.symbol() };
            out.push((sign.to_string(), mark.text().to_string()));
        }
    }
    out
}

/// What must stand beside the figures of a table, as label and text.
pub(crate) fn notes(table: &Table) -> Vec<(String, String)> {
    let about = &table.about;
    let mut out: Vec<(String, String)> = Vec::new();
    let mut add = |label: &str, text: &str| {
        if !text.is_empty() {
            out.push((label.to_string(), text.to_string()));
        }
    };
    add("Indikator", &about.title);
    add("In einfachen Worten", &about.plain_title);
    add("Definition", &about.definition);
    add("Art und Einheit", &about.kind);
    add("Richtung", &about.polarity);
    for source in &about.sources {
        let by = if source.publisher.is_empty() { String::new() } else { format!(", {}", source.publisher) };
        add("Quelle", &format!("{}{by}", source.title));
        add("Adresse", &source.url);
        add("Lizenz", [source.licence.as_str(), source.licence_url.as_str()].join(" ").trim());
        add("Namensnennung", &source.attribution);
        add("Veränderungen", &source.changes);
    }
    add("Datenschutz", &about.protection);
    add("Vertrauensbereich", &about.interval);
    add("Mindestgröße", &about.minimum_base);
    for note in &about.notes {
        add("Hinweis", note);
    }
    add("Empfindlichkeit", &about.sensitivity);
    add("Beleg (Prüfsumme)", &about.receipt);
    for (sign, meaning) in legend(&table.rows) {
        add(&format!("Zeichen {sign}"), &meaning);
    }
    out
}

/// The attribution line of a table.
pub(crate) fn attribution(table: &Table) -> &str {
    &table.about.attribution
}

/// The licences of a table.
pub(crate) fn licences(table: &Table) -> String {
    about::licences(&table.about.sources)
}

/// Titles of the sources of a table.
pub(crate) fn sources(table: &Table) -> String {
    let titles: Vec<&str> = table.about.sources.iter().map(|source| source.title.as_str()).collect();
    titles.join("; ")
}

/// A remark as a word for machines; empty for none.
pub(crate) fn annotation(annotation: Annotation) -> &'static str {
    match annotation {
        Annotation::None => "",
        Annotation::Limited => "limited",
        Annotation::Revised => "revised",
        Annotation::Provisional => "provisional",
        Annotation::Estimated => "estimated",
        Annotation::LessThanHalf => "less_than_half",
    }
}
