//! One cell: a number with its remark, or the mark in its place.

use crate::mapping::{MarkMeaning, ZeroMeaning};
use crate::number::{NumberFormat, NumberProblem};
use kekiz_base::{Annotation, Mark, Observation};
use std::collections::BTreeMap;

/// What was read from a cell, and whether it has to be said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reading<'a> {
    /// As official tables write it.
    Plain(Observation),
    /// Read, but the reading is worth a note.
    Noted(Observation, Remark<'a>),
    /// Refused.
    Refused(CellProblem),
}

/// What was unusual about a cell that could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remark<'a> {
    /// A mark outside the official ones (`*`, `k.A.`, `<3`).
    UnofficialMark(&'a str),
    /// A unit was dropped (`%`).
    Unit(&'a str),
}

/// Why a cell was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CellProblem {
    Number(NumberProblem),
    /// `#DIV/0!`: the spreadsheet could not compute the cell.
    SpreadsheetError,
    /// The quality mark is unknown.
    Quality,
}

/// How the cells of one table are read.
#[derive(Clone, Debug, Default)]
pub(crate) struct CellRules {
    pub(crate) marks: BTreeMap<String, MarkMeaning>,
    pub(crate) zero: ZeroMeaning,
    pub(crate) units: Vec<String>,
}

/// Byte put in front of numbers that come from a workbook as numbers; they need no guessing.
pub(crate) const NUMERIC: u8 = 1;

const ZERO: Observation = Observation::Value(0.0, Annotation::None);

impl CellRules {
    /// Reads a cell that is already trimmed.
    pub(crate) fn read<'a>(&self, text: &'a str, format: NumberFormat) -> Reading<'a> {
        if !self.marks.is_empty()
            && let Some(meaning) = self.marks.get(text)
        {
            return Reading::Plain(meaning.observation());
        }
        if let Some(number) = text.strip_prefix(char::from(NUMERIC)) {
            return match number.parse::<f64>() {
                Ok(value) if value.is_finite() => Reading::Plain(self.value(value, Annotation::None)),
                _ => Reading::Refused(CellProblem::Number(NumberProblem::NotANumber)),
            };
        }
        if let Some(observation) = official(text) {
            return Reading::Plain(observation);
        }
        if text.starts_with('#') {
            return match text {
                "#NV" | "#N/A" => {
                    Reading::Noted(Observation::Missing(Mark::Empty), Remark::UnofficialMark(text))
                }
                _ => Reading::Refused(CellProblem::SpreadsheetError),
            };
        }
        if let Some(mark) = unofficial(text) {
            return Reading::Noted(Observation::Missing(mark), Remark::UnofficialMark(text));
        }
        self.number(text, format)
    }

    fn number<'a>(&self, text: &'a str, format: NumberFormat) -> Reading<'a> {
        let mut rest = text;
        let mut annotation = Annotation::None;
        if let Some(inner) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            annotation = Annotation::Limited;
            rest = inner.trim();
        }
        let mut unit = None;
        if let Some((number, found)) = self.split_unit(rest) {
            unit = Some(found);
            rest = number;
        }
        if let Some((number, letter)) = split_letter(rest) {
            annotation = letter;
            rest = number;
            if unit.is_none()
                && let Some((number, found)) = self.split_unit(rest)
            {
                unit = Some(found);
                rest = number;
            }
        }
        match format.parse(rest) {
            Ok(value) => {
                let observation = self.value(value, annotation);
                match unit {
                    Some(unit) => Reading::Noted(observation, Remark::Unit(unit)),
                    None => Reading::Plain(observation),
                }
            }
            Err(problem) => Reading::Refused(CellProblem::Number(problem)),
        }
    }

    /// A number; a bare 0 may mean "less than half".
    pub(crate) fn value(&self, value: f64, annotation: Annotation) -> Observation {
        if value == 0.0 && self.zero == ZeroMeaning::LessThanHalf && annotation == Annotation::None {
            return Observation::Value(0.0, Annotation::LessThanHalf);
        }
        Observation::Value(value, annotation)
    }

    fn split_unit<'a>(&self, text: &'a str) -> Option<(&'a str, &'a str)> {
        let known = ["%", "€", "EUR", "Euro", "v.H.", "vH"];
        known.into_iter().chain(self.units.iter().map(String::as_str)).find_map(|unit| {
            let number = text.strip_suffix(unit)?;
            Some((number.trim_end(), &text[number.len()..]))
        })
    }

    /// Applies the mark of a quality column to what the value column says.
    pub(crate) fn with_quality<'a>(&self, reading: Reading<'a>, quality: &str) -> Reading<'a> {
        let quality = quality.trim().trim_start_matches(char::from(NUMERIC));
        let annotated = |annotation| match reading {
            Reading::Plain(Observation::Value(value, _)) => {
                Reading::Plain(Observation::Value(value, annotation))
            }
            other => other,
        };
        match quality {
            // "e" in a quality column of GENESIS is "endgültig", a final value; behind a number it is an estimate.
            "" | "e" | "E" => reading,
            "()" | "( )" => annotated(Annotation::Limited),
            "r" | "R" => annotated(Annotation::Revised),
            "p" | "P" => annotated(Annotation::Provisional),
            "s" | "S" => annotated(Annotation::Estimated),
            "0" => match reading {
                Reading::Plain(Observation::Value(0.0, _)) => {
                    Reading::Plain(Observation::Value(0.0, Annotation::LessThanHalf))
                }
                other => other,
            },
            "-" | "–" => match reading {
                Reading::Plain(Observation::Missing(Mark::Empty)) => Reading::Plain(ZERO),
                other => other,
            },
            _ => match self.marks.get(quality).map(|meaning| meaning.observation()).or(official(quality)) {
                // A missing mark outweighs the number that some exports put beside it (usually 0).
                Some(observation @ Observation::Missing(_)) => Reading::Plain(observation),
                Some(_) => reading,
                None => Reading::Refused(CellProblem::Quality),
            },
        }
    }
}

impl MarkMeaning {
    pub(crate) fn observation(self) -> Observation {
        match self {
            MarkMeaning::Zero => ZERO,
            MarkMeaning::UnknownOrSecret => Observation::Missing(Mark::UnknownOrSecret),
            MarkMeaning::Later => Observation::Missing(Mark::Later),
            MarkMeaning::Unreliable => Observation::Missing(Mark::Unreliable),
            MarkMeaning::Blocked => Observation::Missing(Mark::Blocked),
            MarkMeaning::Empty => Observation::Missing(Mark::Empty),
        }
    }
}

/// The marks of official statistics.
fn official(text: &str) -> Option<Observation> {
    Some(match text {
        "" => Observation::Missing(Mark::Empty),
        "-" | "–" | "—" | "−" => ZERO,
        "." | "·" | "•" => Observation::Missing(Mark::UnknownOrSecret),
        "..." | "…" => Observation::Missing(Mark::Later),
        "/" => Observation::Missing(Mark::Unreliable),
        "x" | "X" => Observation::Missing(Mark::Blocked),
        "()" | "( )" | "(/)" => Observation::Missing(Mark::Unreliable),
        "(.)" => Observation::Missing(Mark::UnknownOrSecret),
        _ => return None,
    })
}

/// Marks that offices use beside the official ones. None of them is a number, least of all 0.
fn unofficial(text: &str) -> Option<Mark> {
    let first = text.chars().next()?;
    if matches!(first, '<' | '≤' | '>' | '≥') {
        let rest = text.trim_start_matches(['<', '≤', '>', '≥', '=']).trim();
        return (!rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit() || matches!(b, b',' | b'.')))
            .then_some(Mark::UnknownOrSecret);
    }
    if !(first.is_alphabetic() || first == '*' || first == '[') || text.len() > 30 {
        return None;
    }
    let word: String = text.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    for prefix in ["unter", "wenigerals", "kleiner", "kleinerals"] {
        if let Some(rest) = word.strip_prefix(prefix)
            && !rest.is_empty()
            && rest.bytes().all(|b| b.is_ascii_digit())
        {
            return Some(Mark::UnknownOrSecret);
        }
    }
    Some(match word.as_str() {
        "*" | "**" | "***" | "[*]" | "geheim" | "anonymisiert" | "gesperrt" => Mark::UnknownOrSecret,
        "k.a." | "k.a" | "ka" | "keineangabe" | "keineangaben" | "keineang." | "unbekannt" | "u" => {
            Mark::UnknownOrSecret
        }
        "n/a" | "na" | "null" | "none" | "nan" | "<na>" | "n.v." | "nv" | "n.a." | "fehlt" => Mark::Empty,
        _ => return None,
    })
}

/// Splits the letter of a remark off a number: `123r`, `12,5 p`, `r 123`.
fn split_letter(text: &str) -> Option<(&str, Annotation)> {
    let meaning = |letter: char| {
        Some(match letter {
            'r' | 'R' => Annotation::Revised,
            'p' | 'P' => Annotation::Provisional,
            's' | 'S' | 'e' => Annotation::Estimated,
            _ => return None,
        })
    };
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    if let Some(annotation) = text.chars().next_back().and_then(meaning) {
        let number = text[..text.len() - 1].trim_end();
        return digit(number.chars().next_back()).then_some((number, annotation));
    }
    if let Some(annotation) = text.chars().next().and_then(meaning) {
        let number = text[1..].trim_start();
        return digit(number.chars().next()).then_some((number, annotation));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(reading: Reading<'_>) -> String {
        let observation = |o: Observation| match o {
            Observation::Value(v, Annotation::None) => format!("{v}"),
            Observation::Value(v, a) => format!("{v} {a:?}"),
            Observation::Missing(m) => format!("{m:?}"),
        };
        match reading {
            Reading::Plain(o) => observation(o),
            Reading::Noted(o, _) => format!("{} !", observation(o)),
            Reading::Refused(p) => format!("{p:?}"),
        }
    }

    #[test]
    fn marks_and_numbers_are_kept_apart() {
        let rules = CellRules {
            marks: [("gestrichen".to_string(), MarkMeaning::Later)].into(),
            units: vec!["Pers.".into()],
            ..CellRules::default()
        };
        let german = NumberFormat::stated(Some(','), Some('.')).unwrap();
        for (text, expected) in [
            ("-", "0"),
            ("–", "0"),
            (".", "UnknownOrSecret"),
            ("...", "Later"),
            ("…", "Later"),
            ("/", "Unreliable"),
            ("x", "Blocked"),
            ("", "Empty"),
            ("()", "Unreliable"),
            ("(12)", "12 Limited"),
            ("( 12,5 )", "12.5 Limited"),
            ("123r", "123 Revised"),
            ("12,5 p", "12.5 Provisional"),
            ("r 123", "123 Revised"),
            ("123 s", "123 Estimated"),
            ("123e", "123 Estimated"),
            ("0", "0"),
            ("*", "UnknownOrSecret !"),
            ("<3", "UnknownOrSecret !"),
            ("< 5", "UnknownOrSecret !"),
            ("unter 3", "UnknownOrSecret !"),
            ("weniger als 3", "UnknownOrSecret !"),
            ("k.A.", "UnknownOrSecret !"),
            ("k. A.", "UnknownOrSecret !"),
            ("n/a", "Empty !"),
            ("NULL", "Empty !"),
            ("NaN", "Empty !"),
            ("#NV", "Empty !"),
            ("#DIV/0!", "SpreadsheetError"),
            ("#BEZUG!", "SpreadsheetError"),
            ("gestrichen", "Later"),
            ("12,5 %", "12.5 !"),
            ("1.234 €", "1234 !"),
            ("12 Pers.", "12 !"),
            ("12 Katzen", "Number(NotANumber)"),
            ("inf", "Number(NotANumber)"),
            ("12.5", "Number(OtherFormat)"),
            ("\u{1}1.234", "1.234"),
            ("1 234", "1234"),
            ("-12", "-12"),
        ] {
            assert_eq!(show(rules.read(text, german)), expected, "{text}");
        }
    }

    #[test]
    fn quality_columns_speak_for_their_value() {
        let rules = CellRules::default();
        let format = NumberFormat::stated(Some(','), None).unwrap();
        for (value, quality, expected) in [
            ("12", "", "12"),
            ("12", "e", "12"),
            ("12", "s", "12 Estimated"),
            ("12", "r", "12 Revised"),
            ("0", ".", "UnknownOrSecret"),
            ("", ".", "UnknownOrSecret"),
            ("0", "...", "Later"),
            ("0", "0", "0 LessThanHalf"),
            ("", "-", "0"),
            ("-", "-", "0"),
            ("12", "()", "12 Limited"),
            ("12", "?", "Quality"),
        ] {
            assert_eq!(
                show(rules.with_quality(rules.read(value, format), quality)),
                expected,
                "{value} {quality}"
            );
        }
    }

    #[test]
    fn zero_may_mean_less_than_half() {
        let rules = CellRules { zero: ZeroMeaning::LessThanHalf, ..CellRules::default() };
        assert_eq!(show(rules.read("0", NumberFormat::default())), "0 LessThanHalf");
        assert_eq!(show(rules.read("-", NumberFormat::default())), "0");
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics_and_no_mark_becomes_a_number(text in "\\PC{0,16}") {
            let rules = CellRules::default();
            let reading = rules.read(text.trim(), NumberFormat::default());
            if !text.bytes().any(|b| b.is_ascii_digit()) && !["-", "–", "—", "−"].contains(&text.trim()) {
                let number = matches!(reading, Reading::Plain(Observation::Value(..)) | Reading::Noted(Observation::Value(..), _));
                proptest::prop_assert!(!number);
            }
        }
    }
}
