//! Cells in words, for tooltips, tables beside drawings and sentences.

use crate::Unit;
use kekiz_base::Cell;

/// A cell as text: the value with its interval, or why there is none.
pub fn cell_text(cell: &Cell, unit: &Unit) -> String {
    match cell {
        Cell::Shown(figure) => match figure.interval {
            Some(range) => {
                format!("{} ({})", unit.value(figure.value), range_text(range.lower, range.upper, unit))
            }
            None => unit.value(figure.value),
        },
        Cell::Suppressed { reason } => reason.text().to_string(),
        Cell::Missing { mark } => mark.text().to_string(),
    }
}

/// `12,1 bis 14,3 %`.
pub(crate) fn range_text(lower: f64, upper: f64, unit: &Unit) -> String {
    format!("{} bis {}", unit.number(lower), unit.value(upper))
}

/// A short form for a place with little room: `21,3 %`, `geschützt`, `keine Angabe`.
pub(crate) fn short_text(cell: &Cell, unit: &Unit) -> String {
    match cell {
        Cell::Shown(figure) if figure.value.is_finite() => unit.value(figure.value),
        Cell::Suppressed { .. } => "geschützt".into(),
        _ => "keine Angabe".into(),
    }
}

/// The value of a cell, if it is shown and a number.
pub(crate) fn number(cell: &Cell) -> Option<f64> {
    cell.value().filter(|v| v.is_finite())
}

/// `1 Gebiet`, `5 Gebiete`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    let text = kekiz_base::number::german(number as f64, 0);
    if number == 1 { format!("{text} {one}") } else { format!("{text} {many}") }
}

/// Says what a set of named cells shows: how many, the largest and the smallest, what is hidden.
pub(crate) fn summary<'a>(
    title: &str,
    cells: impl IntoIterator<Item = (&'a str, &'a Cell)>,
    unit: &Unit,
    noun: (&str, &str),
) -> String {
    let (mut total, mut hidden, mut absent) = (0usize, 0usize, 0usize);
    let mut low: Option<(f64, &str)> = None;
    let mut high: Option<(f64, &str)> = None;
    for (name, cell) in cells {
        total += 1;
        match (number(cell), cell) {
            (Some(value), _) => {
                if low.is_none_or(|(least, _)| value < least) {
                    low = Some((value, name));
                }
                if high.is_none_or(|(most, _)| value > most) {
                    high = Some((value, name));
                }
            }
            (None, Cell::Suppressed { .. }) => hidden += 1,
            _ => absent += 1,
        }
    }
    let mut out = format!("{}: {}.", title.trim().trim_end_matches('.'), count(total, noun.0, noun.1));
    match (low, high) {
        (Some(low), Some(high)) if low.0 < high.0 => out.push_str(&format!(
            " Der höchste Wert ist {} ({}), der niedrigste {} ({}).",
            unit.value(high.0),
            high.1,
            unit.value(low.0),
            low.1
        )),
        (Some(low), Some(_)) if total - hidden - absent > 1 => {
            out.push_str(&format!(" Alle Werte sind {}.", unit.value(low.0)));
        }
        (Some(low), Some(_)) => out.push_str(&format!(" {}: {}.", low.1, unit.value(low.0))),
        _ => out.push_str(" Kein Wert kann gezeigt werden."),
    }
    if hidden > 0 {
        out.push_str(&format!(" {} geschützt.", count(hidden, "Wert ist", "Werte sind")));
    }
    if absent > 0 {
        out.push_str(&format!(" {} keine Angabe.", count(absent, "Gebiet hat", "Gebiete haben")));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use kekiz_base::{Figure, Interval, Mark, Reason};

    #[test]
    fn cells_are_put_into_words() {
        let unit = Unit::new("%", 1);
        let with = Figure { interval: Some(Interval { lower: 19.84, upper: 22.9 }), ..Figure::bare(21.3) };
        for (cell, text) in [
            (Cell::Shown(with), "21,3\u{a0}% (19,8 bis 22,9\u{a0}%)"),
            (Cell::Shown(Figure::bare(7.0)), "7,0\u{a0}%"),
            (Cell::Suppressed { reason: Reason::SmallBase }, "geschützt: zu wenige Personen für eine Quote"),
            (Cell::Missing { mark: Mark::Later }, "Angabe fällt später an"),
        ] {
            assert_eq!(cell_text(&cell, &unit), text);
        }
    }

    #[test]
    fn sentences_name_the_ends_and_what_is_hidden() {
        let cells = [
            ("Coesfeld", Cell::Shown(Figure::bare(7.1))),
            ("Gelsenkirchen", Cell::Shown(Figure::bare(38.2))),
            ("Bonn", Cell::Suppressed { reason: Reason::BelowThreshold }),
        ];
        let text = |count| {
            let named = cells.iter().take(count).map(|(name, cell)| (*name, cell));
            summary("Karte", named, &Unit::new("%", 1), ("Gebiet", "Gebiete"))
        };
        assert_eq!(
            text(3),
            "Karte: 3 Gebiete. Der höchste Wert ist 38,2\u{a0}% (Gelsenkirchen), der niedrigste 7,1\u{a0}% (Coesfeld). 1 Wert ist geschützt."
        );
        assert_eq!(text(1), "Karte: 1 Gebiet. Coesfeld: 7,1\u{a0}%.");
        assert_eq!(text(0), "Karte: 0 Gebiete. Kein Wert kann gezeigt werden.");
    }
}
