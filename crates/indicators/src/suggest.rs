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
        let title = title_of(name);
        let (definition, kind) = if is_ratio(name) {
            (
                "Fertiger Wert aus der Tabelle",
                format!("kind = \"value\"\nvalue = {}\nunit = \"%\"", quoted(&operand(name))),
            )
        } else {
            ("Anzahl laut Tabelle", format!("kind = \"count\"\nnumerator = {}", quoted(&operand(name))))
        };
        text.push_str(&format!(
            "\n[[indicator]]\nid = {}\ntitle = {}\n# Wer wird gezählt, zu welchem Zeitpunkt?\ndefinition = {}\n{kind}\n# polarity = \"lower_is_better\"   # oder higher_is_better\n# life_phase = \"kita\"\n# life_area = \"Soziale Lage\"\n",
            quoted(&id),
            quoted(&title),
            quoted(&format!("{definition}: {}", name.trim())),
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
         # smoothing = true       # zusätzlich geglättet für kleine Gebiete\n\
         \n\
         # Ein Index aus mehreren Indikatoren: Stand heute und Veränderung in drei Jahren.\n\
         # [[recipe]]\n\
         # id = \"sozialindex\"\n\
         # title = \"Sozialindex: Status und Dynamik\"\n\
         # definition = \"Status und Veränderung von … und …\"\n\
         # method = \"status_dynamics\"\n\
         # years = 3\n\
         # inputs = [{{ indicator = \"mein-anteil\" }}, {{ indicator = \"mein-zweiter-anteil\" }}]\n\
         # levels = [\"stadtteil\"]\n",
        quoted(&numerator),
        quoted(&denominator)
    ));
    text
}

/// A first title: the variable with its underscores as spaces and a capital in front; the variable itself where
/// nothing else is in it.
fn title_of(name: &str) -> String {
    let text = name.replace('_', " ");
    let mut letters = text.trim().chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => name.trim().to_string(),
    }
}

/// Whether the name says that the figure is a ratio, which must not be summed.
fn is_ratio(name: &str) -> bool {
    let name = name.to_lowercase();
    ["quote", "quotient", "anteil", "prozent", "_pct"].iter().any(|word| name.contains(word))
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
