//! A first catalogue from the variables there are.

use kekiz_base::IndicatorId;
use std::collections::BTreeSet;

/// Writes a commented catalogue: one count for each variable, and a share as an example to fill in. The text reads
/// back with [`crate::Catalogue::read`]. Variables are written in the order given, each once.
pub fn suggest_catalogue<S: AsRef<str>>(variables: &[S]) -> String {
    let mut text = String::from(
        "# Indikatoren dieser Kommune. Jeder [[indicator]] wird zu einer Karte, einer Tabelle und einer Reihe.\n\
         # Die Schlüssel erklärt docs/katalog.md. Zeilen mit „#“ sind Kommentare.\n\
         version = 1\n",
    );
    let mut seen = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for variable in variables {
        let name = variable.as_ref();
        // A backtick or line break cannot be written in an expression.
        if name.trim().is_empty() || name.contains(['`', '\n', '\r']) || !seen.insert(name) {
            continue;
        }
        let id = unique(&id_of(name), &mut ids);
        text.push_str(&format!(
            "\n[[indicator]]\nid = {}\ntitle = {}\n# Wer wird gezählt, zu welchem Zeitpunkt?\ndefinition = {}\nkind = \"count\"\nnumerator = {}\n# polarity = \"lower_is_better\"   # oder higher_is_better\n# life_phase = \"kita\"\n# life_area = \"Soziale Lage\"\n",
            quoted(&id),
            quoted(name.trim()),
            quoted(&format!("Anzahl nach der Variablen {}", name.trim())),
            quoted(&operand(name)),
        ));
    }
    let mut names = seen.iter().copied();
    let numerator = names.next().map_or("sgb2_u18".into(), operand);
    let denominator = names.next().map_or("bev_u18".into(), operand);
    text.push_str(&format!(
        "\n# Ein Anteil in Prozent. Zähler und Nenner einsetzen und die Kommentarzeichen entfernen.\n\
         # [[indicator]]\n\
         # id = \"mein-anteil\"\n\
         # title = \"Anteil …\"\n\
         # definition = \"Anteil der … an allen …, am 31.12.\"\n\
         # kind = \"share\"\n\
         # numerator = {}\n\
         # denominator = {}\n\
         # polarity = \"lower_is_better\"\n\
         # minimum_base = 30      # darunter wird kein Anteil gezeigt\n\
         # smoothing = true       # zusätzlich geglättet für kleine Gebiete\n",
        quoted(&numerator),
        quoted(&denominator)
    ));
    text
}

/// A variable as an expression writes it.
fn operand(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && !name.eq_ignore_ascii_case("sum");
    if plain { name.to_string() } else { format!("`{name}`") }
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn id_of(name: &str) -> String {
    let mut id = String::new();
    for letter in name.trim().to_lowercase().chars() {
        match letter {
            'ä' => id.push_str("ae"),
            'ö' => id.push_str("oe"),
            'ü' => id.push_str("ue"),
            'ß' => id.push_str("ss"),
            c if c.is_ascii_alphanumeric() || c == '_' => id.push(c),
            _ if id.ends_with('-') => {}
            _ => id.push('-'),
        }
    }
    let id: String = id.trim_matches('-').chars().take(60).collect();
    if IndicatorId::new(&id).is_some() { id } else { "indikator".into() }
}

fn unique(id: &str, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|n| format!("{id}-{n}"));
    let free = std::iter::once(id.to_string()).chain(numbered).find(|id| !taken.contains(id));
    let free = free.unwrap_or_else(|| id.to_string());
    taken.insert(free.clone());
    free
}
