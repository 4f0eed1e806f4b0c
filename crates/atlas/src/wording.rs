//! Numbers and names as German texts write them.

use kekiz_base::number::german;
use kekiz_base::{Cell, IndicatorKind, IndicatorMeta};

/// The unit of an indicator; an index without one counts points.
pub fn unit(meta: &IndicatorMeta) -> &str {
    if meta.unit.is_empty() && meta.kind == IndicatorKind::Index { "Punkte" } else { meta.unit.as_str() }
}

/// The title with the unit, where that says more: `Kinderarmut in %`, `Kinderärzte je 100.000`, but `Kinder unter 10
/// Jahren` (which counts children) and `Arbeitslose je 1.000 Personen`.
pub fn title_with_unit(meta: &IndicatorMeta) -> String {
    let unit = meta.unit.as_str();
    let said = unit.is_empty() || meta.kind == IndicatorKind::Count || meta.title.contains(unit);
    match said {
        true => meta.title.clone(),
        false if unit.starts_with("je ") => format!("{} {unit}", meta.title),
        false => format!("{} in {}", meta.title, dative(unit)),
    }
}

/// A unit behind `in`.
fn dative(unit: &str) -> &str {
    if unit == "Prozentpunkte" { "Prozentpunkten" } else { unit }
}

/// `+` in front of a number that is more than nothing as it is printed.
fn plus(value: f64, number: &str) -> &'static str {
    if value > 0.0 && number.bytes().any(|b| b.is_ascii_digit() && b != b'0') { "+" } else { "" }
}

/// A value with its unit (`41,2 %`), a no-break space between; a change with its sign.
pub fn value(meta: &IndicatorMeta, value: f64) -> String {
    let mut number = german(value, usize::from(meta.decimals));
    if meta.kind == IndicatorKind::Change {
        number = format!("{}{number}", plus(value, &number));
    }
    match unit(meta) {
        "" => number,
        unit => format!("{number}\u{a0}{unit}"),
    }
}

/// A difference with its sign; shares differ by percentage points.
pub fn difference(meta: &IndicatorMeta, difference: f64) -> String {
    let number = german(difference, usize::from(meta.decimals));
    let sign = plus(difference, &number);
    let unit = if meta.unit == "%" { "Prozentpunkte" } else { unit(meta) };
    if unit.is_empty() { format!("{sign}{number}") } else { format!("{sign}{number}\u{a0}{unit}") }
}

/// A cell as tables print it: the value, `•` for protected, the mark of the source for missing.
pub fn cell(meta: &IndicatorMeta, cell: &Cell) -> String {
    match cell {
        Cell::Shown(figure) => value(meta, figure.value),
        Cell::Suppressed { .. } => PROTECTED.into(),
        Cell::Missing { mark } if mark.symbol().is_empty() => "–".into(),
        Cell::Missing { mark } => mark.symbol().into(),
    }
}

/// The sign that stands in tables and files for a protected figure.
pub const PROTECTED: &str = "•";

/// What a number of this kind counts, in words.
pub fn kind(meta: &IndicatorMeta) -> String {
    let kind = match meta.kind {
        IndicatorKind::Count => "Anzahl",
        IndicatorKind::Share => "Anteil",
        IndicatorKind::Rate => "Rate",
        IndicatorKind::Value => "veröffentlichter Wert",
        IndicatorKind::Index => "Index (standardisierter Wert)",
        IndicatorKind::Change => "Veränderung",
    };
    match meta.unit.as_str() {
        "" => kind.to_string(),
        unit if unit.starts_with("je ") => format!("{kind} {unit}"),
        unit if meta.kind == IndicatorKind::Count => format!("{kind} ({unit})"),
        unit => format!("{kind} in {}", dative(unit)),
    }
}

/// A name for URLs and anchors: small letters, digits and hyphens, umlauts written out.
pub fn slug(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => out.push_str("ae"),
            'ö' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            c if c.is_ascii_alphanumeric() => out.push(c),
            _ if !out.is_empty() && !out.ends_with('-') => out.push('-'),
            _ => {}
        }
    }
    out.trim_end_matches('-').to_string()
}

/// A list as a sentence has it: `a, b und c`.
pub fn list<S: AsRef<str>>(items: &[S]) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_string(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} und {}", first.join(", "), last.as_ref())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_slugs() {
        for (text, expected) in [
            ("Soziale Lage", "soziale-lage"),
            ("Bevölkerung & Größe", "bevoelkerung-groesse"),
            ("  – ", ""),
            ("Übergang (U3)", "uebergang-u3"),
        ] {
            assert_eq!(slug(text), expected);
        }
    }

    #[test]
    fn changes_carry_their_sign() {
        let meta = |kind| IndicatorMeta {
            id: kekiz_base::IndicatorId::new("a").unwrap(),
            title: "Quote".into(),
            plain_title: String::new(),
            definition: String::new(),
            kind,
            unit: "Prozentpunkte".into(),
            decimals: 1,
            polarity: kekiz_base::Polarity::Neutral,
            life_phase: kekiz_base::LifePhase::Familie,
            life_area: String::new(),
            interval_method: String::new(),
            minimum_base: 0,
            sources: Vec::new(),
            classes: Vec::new(),
            notes: Vec::new(),
            sensitivity: String::new(),
        };
        let change = meta(IndicatorKind::Change);
        for (number, expected) in [(2.71, "+2,7"), (0.01, "0,0"), (-2.7, "−2,7")] {
            assert_eq!(value(&change, number), format!("{expected}\u{a0}Prozentpunkte"));
        }
        assert_eq!(value(&meta(IndicatorKind::Value), 2.7), "2,7\u{a0}Prozentpunkte");
        assert_eq!(kind(&change), "Veränderung in Prozentpunkten");
    }

    #[test]
    fn lists_read_like_sentences() {
        assert_eq!(list::<&str>(&[]), "");
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b", "c"]), "a, b und c");
    }
}
