//! The number format of each column, decided from what the file shows.

use super::Plan;
use crate::number::Evidence;
use kekiz_base::{Diagnostics, Place, Severity};

/// Decides the number format of each value column from what a sample shows; says how open cells were decided.
pub(crate) fn decide_formats(
    plan: &mut Plan,
    evidence: &[Evidence],
    file: &str,
    diagnostics: &mut Diagnostics,
) {
    use crate::number::Ground;
    let mut all = Evidence::default();
    for one in evidence {
        all.add(one);
    }
    for (value, seen) in plan.values.iter_mut().zip(evidence) {
        if value.format.decided_by_mapping {
            continue;
        }
        let (format, how) = seen.decide(&all);
        value.format = format;
        let Some((separator, ground)) = how else { continue };
        let as_decimal = match separator {
            '.' => format.fast_decimal() == b'.',
            _ => format.fast_decimal() == b',',
        };
        let example = if separator == '.' { "1.234" } else { "1,234" };
        let read = if as_decimal {
            "ein Dezimalzeichen (eins Komma zwei drei vier)"
        } else {
            "ein Tausenderzeichen (eintausendzweihundertvierunddreißig)"
        };
        let because = match ground {
            Ground::Column => "da andere Zellen der Spalte eindeutig sind",
            Ground::Ungrouped => "da die Spalte auch vierstellige Zahlen ohne Trennzeichen enthält",
            Ground::File => "da andere Spalten der Datei eindeutig sind",
            Ground::Custom => "nach deutscher Schreibweise; die Datei selbst lässt es offen",
        };
        let (severity, remedy) = match ground {
            Ground::Custom => (
                Severity::Warning,
                "Prüfen, und in der Zuordnung unter [file] decimal = \",\" oder decimal = \".\" festlegen.",
            ),
            _ => (Severity::Note, ""),
        };
        let place = Place {
            file: Some(file.to_string()),
            line: None,
            column: plan.header.get(value.column).cloned(),
        };
        diagnostics.push(
            severity,
            "number-format",
            place,
            format!(
                "Zahlen wie „{example}“: Das Zeichen „{separator}“ ist als {} gelesen, {because}.",
                read.trim_start_matches("ein ")
            ),
            remedy,
        );
    }
}
