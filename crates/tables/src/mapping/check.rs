//! Reading a mapping file and holding it to itself: what is missing, unknown or contradicts another entry.

use super::FileHints;
use super::{MAPPING_VERSION, Mapping, ValueMapping, is_variable};
use crate::MappingError;

/// Reads a mapping file and checks that it is complete in itself.
///
/// # Errors
/// A German sentence with file, line and remedy for text that is no TOML, for unknown or missing entries,
/// and for entries that contradict each other.
pub fn parse_mapping(file_name: &str, text: &str) -> Result<Mapping, MappingError> {
    let mapping: Mapping =
        toml::from_str(text).map_err(|error| MappingError::from_toml(file_name, text, &error))?;
    check(&mapping).map_err(|(entry, message, remedy)| MappingError {
        file: file_name.to_string(),
        line: line_of(text, entry),
        message,
        remedy,
    })?;
    Ok(mapping)
}

/// Line of an entry, for messages only: the first line that begins with it.
fn line_of(text: &str, entry: &str) -> Option<u64> {
    text.lines()
        .position(|line| line.trim_start().trim_start_matches('[').starts_with(entry))
        .and_then(|index| u64::try_from(index + 1).ok())
}

type Contradiction = (&'static str, String, String);

fn check(mapping: &Mapping) -> Result<(), Contradiction> {
    let fail = |entry: &'static str, message: String, remedy: &str| Err((entry, message, remedy.to_string()));
    if mapping.version != MAPPING_VERSION {
        return fail(
            "version",
            format!("Die Fassung {} des Formats ist unbekannt.", mapping.version),
            "version = 1 schreiben oder ein neueres Programm verwenden.",
        );
    }
    let id = &mapping.dataset;
    if id.is_empty()
        || id.len() > 80
        || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
    {
        return fail(
            "dataset",
            format!("„{id}“ taugt nicht als Name eines Datensatzes."),
            "Höchstens 80 Kleinbuchstaben a–z, Ziffern, - und _ verwenden.",
        );
    }
    let values = mapping.values.as_slice();
    if values.is_empty() {
        return fail(
            "values",
            "Keine Spalte mit Zahlen ist genannt.".into(),
            "Einen Abschnitt [[values]] mit column = \"…\" oder pattern = \"…\" ergänzen.",
        );
    }
    let has = |placeholder: &str| {
        values.iter().all(|v| v.pattern.as_deref().is_some_and(|p| p.contains(placeholder)))
    };
    let area = &mapping.area;
    let ways = [area.column.is_some(), area.dimension.is_some(), area.fixed.is_some()];
    match ways.iter().filter(|way| **way).count() {
        0 if !has("{area}") => {
            return fail(
                "area",
                "Wo das Gebiet steht, ist nicht gesagt.".into(),
                "Im Abschnitt [area] column = \"…\" (Spalte mit dem Schlüssel) oder fixed = \"…\" (ein Gebiet für alle Zeilen) angeben.",
            );
        }
        0 | 1 => {}
        _ => {
            return fail(
                "area",
                "Im Abschnitt [area] steht mehr als eines von column, dimension und fixed.".into(),
                "Nur eines davon stehen lassen.",
            );
        }
    }
    if let Some(fixed) = &area.fixed
        && let Err(problem) = area.kind.parse(fixed)
    {
        return fail("area", problem.to_string(), "fixed oder kind im Abschnitt [area] berichtigen.");
    }
    let time = &mapping.time;
    if time.column.is_some() && time.fixed.is_some() {
        return fail(
            "time",
            "Im Abschnitt [time] stehen column und fixed zugleich.".into(),
            "Nur eines davon stehen lassen.",
        );
    }
    let texts = time.fixed.iter().chain(time.rename.values());
    for text in texts.chain(values.iter().filter_map(|value| value.period.as_ref())) {
        if let Err(problem) = crate::period::parse(text) {
            return fail("time", problem.to_string(), "Den Zeitraum berichtigen.");
        }
    }
    for value in values {
        check_value(mapping, value)?;
    }
    check_file(&mapping.file)
}

fn check_value(mapping: &Mapping, value: &ValueMapping) -> Result<(), Contradiction> {
    let fail = |message: String, remedy: &str| Err(("values", message, remedy.to_string()));
    if value.column.is_some() == value.pattern.is_some() {
        return fail(
            "Ein Abschnitt [[values]] braucht genau eines von column und pattern.".into(),
            "column = \"Name der Spalte\" oder pattern = \"jahr_{period}\" angeben.",
        );
    }
    let pattern = value.pattern.as_deref().unwrap_or_default();
    if let Err(problem) = crate::pattern::Pattern::parse(pattern)
        && value.pattern.is_some()
    {
        return fail(problem, "Das Muster berichtigen, zum Beispiel pattern = \"jahr_{period}\".");
    }
    let by_column = mapping.variable.as_ref().is_some_and(|variable| variable.column.is_some());
    if value.variable.is_none() && !by_column && !pattern.contains("{variable}") {
        return fail(
            format!(
                "Wie die Größe in „{}“ heißt, ist nicht gesagt.",
                value.column.as_deref().unwrap_or(pattern)
            ),
            "variable = \"bev_u18\" ergänzen, oder [variable] column = \"…\", oder {variable} im Muster.",
        );
    }
    if let Some(name) = &value.variable
        && !is_variable(name)
    {
        return fail(
            format!("„{name}“ taugt nicht als Name einer Größe."),
            "Kleinbuchstaben a–z, Ziffern und _ verwenden, zum Beispiel bev_u18.",
        );
    }
    let time = &mapping.time;
    if time.column.is_none()
        && time.fixed.is_none()
        && value.period.is_none()
        && !pattern.contains("{period}")
    {
        return fail(
            "Wo der Zeitraum steht, ist nicht gesagt.".into(),
            "Im Abschnitt [time] column = \"…\" oder fixed = \"2024\" angeben.",
        );
    }
    if value.scale.is_some_and(|scale| !scale.is_finite() || scale == 0.0) {
        return fail("scale muss eine Zahl ungleich 0 sein.".into(), "scale berichtigen oder weglassen.");
    }
    Ok(())
}

fn check_file(file: &FileHints) -> Result<(), Contradiction> {
    let fail = |message: String, remedy: &str| Err(("file", message, remedy.to_string()));
    if let Some(label) = &file.encoding
        && encoding_rs::Encoding::for_label(label.as_bytes()).is_none()
    {
        return fail(
            format!("Die Zeichenkodierung „{label}“ ist unbekannt."),
            "Zum Beispiel utf-8, windows-1252 oder utf-16le angeben.",
        );
    }
    if file.delimiter.is_some_and(|c| !c.is_ascii() || matches!(c, '"' | '\n' | '\r')) {
        return fail("Das Trennzeichen taugt nicht.".into(), "Eines von ; , | oder \\t angeben.");
    }
    if file.decimal.is_some_and(|c| !matches!(c, '.' | ',')) {
        return fail(
            "Das Dezimalzeichen taugt nicht.".into(),
            "decimal = \",\" oder decimal = \".\" angeben.",
        );
    }
    if file.thousands.is_some_and(|c| !matches!(c, '.' | ',' | '\'' | ' ' | '\u{a0}')) {
        return fail("Das Tausenderzeichen taugt nicht.".into(), "Eines von . , ' oder Leerzeichen angeben.");
    }
    if file.decimal.is_some() && file.decimal == file.thousands {
        return fail("Dezimal- und Tausenderzeichen sind gleich.".into(), "Eines von beiden berichtigen.");
    }
    if file.header_line == Some(0) || file.header_rows == Some(0) {
        return fail("Zeilen zählen ab 1.".into(), "header_line und header_rows mindestens auf 1 setzen.");
    }
    Ok(())
}
