//! Cells to values of a kind. What cannot be understood is said so; nothing is guessed and nothing becomes 0.

use crate::raw::RawCell;
use crate::schema::{Kind, Variable};
use jiff::civil::Date;
use smol_str::{SmolStr, format_smolstr};

/// One understood value.
pub(crate) enum Value {
    Code(SmolStr),
    Number(f64),
    Date(Date),
}

/// What a cell turned out to be.
pub(crate) enum Reading {
    Known(Value),
    Missing,
    /// Why it is not understood, as the middle of a German sentence.
    Unreadable(&'static str),
}

/// Small letters and digits only, umlauts spelt out: for comparing titles and streets.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => out.push_str("ae"),
            'ö' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            c if c.is_alphanumeric() => out.push(c),
            _ => {}
        }
    }
    out
}

/// A number as text: whole ones without decimals, so that `1.0` is the code `1`.
fn text_of(cell: &RawCell) -> Option<SmolStr> {
    Some(match cell {
        RawCell::Empty => return None,
        RawCell::Text(text) => text.clone(),
        RawCell::Number(number) => format_smolstr!("{number}"),
        RawCell::Date(date) => format_smolstr!("{date}"),
    })
}

/// Marks of nothing that every office uses.
const NOTHING: [&str; 8] = ["", "-", "–", ".", "NA", "NULL", "k. A.", "k.A."];

/// Reads one cell of a variable.
pub(crate) fn read(variable: &Variable, cell: &RawCell) -> Reading {
    let Some(text) = text_of(cell) else { return Reading::Missing };
    let text = text.trim();
    if NOTHING.contains(&text) || variable.missing.iter().any(|mark| mark.trim() == text) {
        return Reading::Missing;
    }
    match variable.kind {
        Kind::Code => code(variable, text),
        Kind::Flag => flag(text),
        Kind::Key if text.len() > 200 => Reading::Unreadable("der Schlüssel ist länger als 200 Zeichen"),
        Kind::Text if text.len() > 1000 => Reading::Unreadable("der Text ist länger als 1000 Zeichen"),
        Kind::Key | Kind::Text => Reading::Known(Value::Code(text.into())),
        Kind::Number | Kind::Integer => number(variable, cell, text),
        Kind::Date => match cell {
            RawCell::Date(date) => Reading::Known(Value::Date(*date)),
            _ => date(text)
                .map_or(Reading::Unreadable("das ist kein Tag"), |date| Reading::Known(Value::Date(date))),
        },
        Kind::Month => match cell {
            RawCell::Date(date) => Reading::Known(Value::Date(date.first_of_month())),
            _ => month(text)
                .map_or(Reading::Unreadable("das ist kein Monat"), |date| Reading::Known(Value::Date(date))),
        },
    }
}

fn code(variable: &Variable, text: &str) -> Reading {
    let codes = &variable.codes;
    // `01` and `1` are one code unless both are listed.
    let short = text.trim_start_matches('0');
    let found = codes
        .iter()
        .find(|known| known.code == text)
        .or_else(|| {
            codes
                .iter()
                .find(|known| known.label.eq_ignore_ascii_case(text) || plain(&known.label) == plain(text))
        })
        .or_else(|| {
            codes.iter().find(|known| !short.is_empty() && known.code.trim_start_matches('0') == short)
        });
    found.map_or(Reading::Unreadable("der Code steht nicht im Schema"), |known| {
        Reading::Known(Value::Code(known.code.as_str().into()))
    })
}

fn flag(text: &str) -> Reading {
    let code = match plain(text).as_str() {
        "1" | "ja" | "j" | "wahr" | "true" | "x" | "yes" => "1",
        "0" | "nein" | "n" | "falsch" | "false" | "no" => "0",
        _ => return Reading::Unreadable("das ist weder ja noch nein"),
    };
    Reading::Known(Value::Code(SmolStr::new_static(code)))
}

fn number(variable: &Variable, cell: &RawCell, text: &str) -> Reading {
    let found = match cell {
        RawCell::Number(number) => Some(*number),
        _ => german_or_english(text),
    };
    let Some(number) = found.filter(|number| number.is_finite()) else {
        return Reading::Unreadable("das ist keine Zahl");
    };
    let number = if matches!(cell, RawCell::Number(_)) {
        number
    } else {
        number / 10f64.powi(i32::try_from(variable.implied_decimals).unwrap_or(0))
    };
    if variable.kind == Kind::Integer && number.fract() != 0.0 {
        return Reading::Unreadable("das ist keine ganze Zahl");
    }
    let low = variable.minimum.is_some_and(|minimum| number < minimum);
    let high = variable.maximum.is_some_and(|maximum| number > maximum);
    if low || high {
        return Reading::Unreadable("die Zahl liegt außerhalb des erlaubten Bereichs");
    }
    Reading::Known(Value::Number(number))
}

/// `1234.5`, `1234,5`, `1.234,5`. A single point with three digits behind it is a decimal point here: records hold
/// measurements, not populations.
fn german_or_english(text: &str) -> Option<f64> {
    let digits = |text: &str| {
        let body = text.strip_prefix(['-', '+']).unwrap_or(text);
        !body.is_empty() && body.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    };
    let text = match text.rsplit_once(',') {
        Some((whole, fraction)) if !whole.contains(',') => format!("{}.{fraction}", whole.replace('.', "")),
        Some(_) => return None,
        None => text.to_string(),
    };
    if digits(&text) { text.parse().ok() } else { None }
}

fn pieces(text: &str) -> Option<(i16, i8, i8)> {
    let parts: Vec<&str> = text.split(['.', '-', '/']).map(str::trim).collect();
    let number = |text: &str| text.parse::<i16>().ok().filter(|n| *n >= 0);
    let small = |text: &str| i8::try_from(number(text)?).ok();
    match parts.as_slice() {
        [year, month, day] if year.len() == 4 => Some((number(year)?, small(month)?, small(day)?)),
        [day, month, year] if year.len() == 4 => Some((number(year)?, small(month)?, small(day)?)),
        [digits] if digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_digit()) => {
            let year_first = digits.starts_with("19") || digits.starts_with("20");
            let day_first = (digits.get(..2)?, digits.get(2..4)?, digits.get(4..)?);
            if year_first && small(digits.get(4..6)?)? <= 12 {
                Some((number(digits.get(..4)?)?, small(digits.get(4..6)?)?, small(digits.get(6..)?)?))
            } else {
                Some((number(day_first.2)?, small(day_first.1)?, small(day_first.0)?))
            }
        }
        _ => None,
    }
}

/// A day in one of the usual spellings, also with a time behind it.
pub(crate) fn date(text: &str) -> Option<Date> {
    let day = text.split(['T', ' ']).next().unwrap_or(text);
    let (year, month, day) = pieces(day)?;
    (year >= 1850).then(|| Date::new(year, month, day).ok()).flatten()
}

fn month(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split(['.', '-', '/']).map(str::trim).collect();
    let (year, month) = match parts.as_slice() {
        [year, month] if year.len() == 4 => (*year, *month),
        [month, year] if year.len() == 4 => (*year, *month),
        [digits] if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()) => {
            (digits.get(2..)?, digits.get(..2)?)
        }
        _ => return date(text).map(Date::first_of_month),
    };
    let year: i16 = year.parse().ok().filter(|year| *year >= 1850)?;
    Date::new(year, month.parse().ok()?, 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Option<String> {
        date(text).map(|date| date.to_string())
    }

    #[test]
    fn days_and_months_are_read_in_their_usual_spellings() {
        for (text, found) in [
            ("24.11.2026", Some("2026-11-24")),
            ("2026-11-24", Some("2026-11-24")),
            ("2026-11-24 00:00:00", Some("2026-11-24")),
            ("1/2/2020", Some("2020-02-01")),
            ("20261124", Some("2026-11-24")),
            ("24112026", Some("2026-11-24")),
            ("20122019", Some("2019-12-20")),
            ("31.02.2020", None),
            ("0000-00-00", None),
            ("heute", None),
            ("24.11.26", None),
            ("", None),
        ] {
            assert_eq!(day(text).as_deref(), found, "{text}");
        }
        for (text, found) in [
            ("11.2026", Some("2026-11-01")),
            ("2026-11", Some("2026-11-01")),
            ("112026", Some("2026-11-01")),
            ("132026", None),
        ] {
            assert_eq!(month(text).map(|d| d.to_string()).as_deref(), found, "{text}");
        }
    }

    #[test]
    fn numbers_are_german_or_english() {
        for (text, found) in [
            ("1.234,5", Some(1234.5)),
            ("1234.5", Some(1234.5)),
            ("-3", Some(-3.0)),
            ("0,5", Some(0.5)),
            ("1e5", None),
            ("1,2,3", None),
            ("NaN", None),
            ("inf", None),
            ("", None),
        ] {
            assert_eq!(german_or_english(text), found, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in ".{0,30}") {
            let _ = (date(&text), month(&text), german_or_english(&text), plain(&text));
        }
    }
}
