//! Words that official tables use around their figures: sums, footers, and names made from labels.

/// Whether a text names the whole (`Insgesamt`, `Summe`, `Gesamtstadt`).
pub(crate) fn is_total(text: &str) -> bool {
    let word = text.trim().trim_end_matches(':').to_lowercase();
    matches!(
        word.as_str(),
        "insgesamt"
            | "gesamt"
            | "summe"
            | "total"
            | "zusammen"
            | "gesamtsumme"
            | "gesamtergebnis"
            | "gesamtstadt"
            | "stadt insgesamt"
            | "stadt gesamt"
            | "stadtgebiet"
            | "kreis insgesamt"
            | "stadtgebiet insgesamt"
            | "stadt zusammen"
            | "alle"
            | "alle stadtteile"
            | "alle stadtbezirke"
            | "endsumme"
    )
}

/// Whether a text begins like a line below a table.
pub(crate) fn is_footer(text: &str) -> bool {
    let text = text.trim();
    if text.starts_with("____") || text.starts_with("----") || text.starts_with('©') {
        return true;
    }
    let lower: String = text.chars().take(40).collect::<String>().to_lowercase();
    const BEGINNINGS: [&str; 26] = [
        "quelle",
        "datenquelle",
        "stand:",
        "stand ",
        "datenstand",
        "(c)",
        "copyright",
        "hinweis",
        "anmerkung",
        "erläuterung",
        "fußnote",
        "fussnote",
        "zeichenerklärung",
        "legende",
        "datenlizenz",
        "lizenz",
        "erstellt",
        "herausgeber",
        "*)",
        "**)",
        "1)",
        "2)",
        "3)",
        "abweichung",
        "rundung",
        "stichtag:",
    ];
    BEGINNINGS.iter().any(|start| lower.starts_with(start))
}

/// Whether a text reads like prose rather than like a key or a number.
pub(crate) fn is_prose(text: &str) -> bool {
    let text = text.trim();
    text.chars().filter(|c| c.is_alphabetic()).count() >= 6 && text.contains(char::is_whitespace)
}

/// Most characters of a name made from a label; signs become words, so it may be longer than the label.
const LONGEST_NAME: usize = 80;

/// A name for a variable from a label: `Kinder (unter 18)` becomes `kinder_unter_18`.
pub(crate) fn slug(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().take(80) {
        match c {
            'ä' | 'Ä' => out.push_str("ae"),
            'ö' | 'Ö' => out.push_str("oe"),
            'ü' | 'Ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            '%' => out.push_str("_prozent"),
            '€' => out.push_str("_euro"),
            '<' => out.push_str("_unter_"),
            c if c.is_ascii_alphanumeric() => out.push(c.to_ascii_lowercase()),
            _ => out.push('_'),
        }
    }
    let mut name = out.split('_').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_");
    name.truncate(LONGEST_NAME);
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert_str(0, "w_");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_become_names() {
        for (text, name) in [
            ("Kinder (unter 18)", "kinder_unter_18"),
            ("Öffentliche Hilfen", "oeffentliche_hilfen"),
            ("00 - < 03", "w_00_unter_03"),
            ("SGB-II-Quote %", "sgb_ii_quote_prozent"),
            ("", "w_"),
            (&"<".repeat(80), &["unter"; 14].join("_")[..80]),
        ] {
            assert_eq!(slug(text), name);
        }
    }
}
