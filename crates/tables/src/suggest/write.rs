//! The suggested mapping as TOML with comments.

use super::columns::Column;
use super::roles::Roles;
use super::{Looked, roles};
use crate::open::TableFile;
use crate::words::slug;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Name of the dataset, from the name of the file.
fn dataset(file: &TableFile) -> String {
    let stem = file.name.split('.').next().unwrap_or_default();
    let name: String = slug(stem).trim_start_matches("w_").chars().take(60).collect();
    if name.is_empty() { "datensatz".into() } else { name }
}

/// Everything that does not depend on which column is what.
pub(super) fn head(file: &TableFile, looked: &Looked) -> String {
    let mut out = format!(
        "# Vorschlag für „{}“, aus der Datei selbst gemacht. Bitte prüfen und ergänzen.\n\
         # Was die Einträge bedeuten, steht in docs/zuordnung.md.\n\
         version = 1\n\
         dataset = {}\n\
         # true, wenn der Herausgeber die Zahlen schon geschützt hat (offene Daten):\n\
         protected_by_publisher = false\n\
         # Zeilen, die nicht übernommen werden:\n\
         # skip_rows = [\"Insgesamt\"]\n\n\
         [source]\n\
         title = {}\n\
         publisher = \"\" # wer die Zahlen herausgibt\n\
         licence = \"\" # zum Beispiel dl-de/by-2-0\n\
         attribution = \"\" # Quellenangabe, wie die Lizenz sie verlangt\n\n\
         [file]\n\
         name = {}\n",
        file.name.replace(['\n', '\r'], " "),
        quoted(&dataset(file)),
        quoted(file.name.split('.').next().unwrap_or_default()),
        quoted(&file.name),
    );
    if let Some((sheet, _)) = &looked.sheet {
        if looked.stated_sheet {
            let _ = writeln!(out, "sheet = {}", quoted(sheet));
        }
    } else {
        let _ = writeln!(out, "delimiter = {}", quoted(&char::from(looked.dialect.delimiter).to_string()));
    }
    let _ = writeln!(out, "header_line = {}", looked.dialect.header_line);
    if looked.header_rows > 1 {
        let _ = writeln!(out, "header_rows = {}", looked.header_rows);
    }
    out.push('\n');
    out
}

/// Which column is what.
pub(super) fn body(file: &TableFile, looked: &Looked, roles: &Roles) -> String {
    let columns = Names::new(&looked.columns);
    let mut out = String::new();
    area(&mut out, &columns, roles);
    time(&mut out, &columns, roles);
    if let Some(index) = roles.variable {
        let _ = write!(out, "[variable]\ncolumn = {}\n\n[variable.rename]\n", columns.reference(index));
        for text in columns.columns[index].distinct.iter().take(200) {
            let _ = writeln!(out, "{} = {}", quoted(text), quoted(&slug(text)));
        }
        out.push('\n');
    }
    for index in &roles.groups {
        let texts = columns.columns[*index].distinct.iter().take(12).map(|t| quoted(t));
        let _ = write!(
            out,
            "[[group]]\ncolumn = {}\n# Texte der Spalte: {}\n\n",
            columns.reference(*index),
            texts.collect::<Vec<_>>().join(", ").replace(['\n', '\r'], " ")
        );
    }
    if roles.doubles > 0 {
        let _ = write!(
            out,
            "# {} Zeilen sagen über dasselbe Gebiet und denselben Zeitraum dasselbe wie eine andere: Es fehlt eine\n\
             # Gliederung ([[group]]) oder eine Auswahl ([where]).\n\n",
            roles.doubles
        );
    }
    if !roles.unused.is_empty() {
        let unused: Vec<String> = roles.unused.iter().map(|i| columns.reference(*i)).collect();
        let _ = write!(
            out,
            "# Nicht verwendete Spalten: {}\n# Mit [where] lassen sich Zeilen auswählen: [where] und darunter Spalte = \"Text\"\n\n",
            unused.join(", ")
        );
    }
    values(&mut out, file, &columns, roles);
    marks(&mut out, &columns, roles);
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn area(out: &mut String, columns: &Names<'_>, roles: &Roles) {
    if roles.pattern.as_deref() == Some("{area}") {
        out.push_str(
            "[area]\n# Geraten: Die Spalten sind Gebiete; ihre Namen sind die Schlüssel.\nkind = \"own\"\n\n",
        );
        return;
    }
    let Some(index) = roles.area else {
        out.push_str("[area]\n# Keine Spalte mit Gebietsschlüsseln gefunden; ein Gebiet für alle Zeilen:\nfixed = \"gebiet\"\n\n");
        return;
    };
    let column = &columns.columns[index];
    let kind = column.key().unwrap_or("own");
    out.push_str("[area]\n");
    if roles.area_guessed {
        out.push_str("# Geraten, weil hier die ersten Texte stehen. Ist es kein Gebiet, fixed = \"…\" statt column schreiben.\n");
    }
    let _ = writeln!(out, "column = {}\nkind = {}", columns.reference(index), quoted(kind));
    if kind == "own" {
        out.push_str("# Bei eigenen Schlüsseln den amtlichen Gemeindeschlüssel davorsetzen:\n# key_prefix = \"05513000-\"\n");
    }
    let most = columns.columns.iter().map(|c| c.filled).max().unwrap_or(0);
    match most.saturating_sub(column.filled) {
        0 => out.push_str("# when_empty = \"skip\"\n\n"),
        gaps => {
            let rows = if gaps == 1 { "1 Zeile".to_string() } else { format!("{gaps} Zeilen") };
            let _ = write!(
                out,
                "# Ohne Schlüssel: {rows}. Sie werden ausgelassen; gelten sie für ein Gebiet (die ganze Stadt), seinen\n\
                 # Schlüssel statt \"skip\" angeben:\n\
                 when_empty = \"skip\"\n\n"
            );
        }
    }
}

fn time(out: &mut String, columns: &Names<'_>, roles: &Roles) {
    if roles.pattern.as_deref().is_some_and(|pattern| pattern.contains("{period}")) {
        return;
    }
    match (roles.time, &roles.period) {
        (Some(index), _) => {
            let _ = write!(out, "[time]\ncolumn = {}\n\n", columns.reference(index));
        }
        (None, Some(period)) => {
            let _ = write!(
                out,
                "[time]\n# Keine Spalte mit Zeiträumen gefunden; dieses Jahr nennt ein Titel oder der Dateiname:\nfixed = {}\n\n",
                quoted(period)
            );
        }
        (None, None) => out.push_str("[time]\n# Keine Spalte mit Zeiträumen gefunden; ein Zeitraum für alle Zeilen:\nfixed = \"2024\"\n\n"),
    }
}

fn values(out: &mut String, file: &TableFile, columns: &Names<'_>, roles: &Roles) {
    if let Some(pattern) = &roles.pattern {
        let comment = match pattern.as_str() {
            "{area}" => "Jede Spalte ist ein Gebiet.",
            "{period}" => "Jede Spalte ist ein Zeitraum; der Name der Größe steht später im Katalog.",
            _ if pattern.contains(" | ") => "Der Kopf hat zwei Zeilen.",
            _ => "Größe und Zeitraum stehen zusammen im Namen der Spalte.",
        };
        let _ = writeln!(out, "[[values]]\n# {comment}\npattern = {}", quoted(pattern));
        let except: Vec<String> = roles
            .unused
            .iter()
            .chain(&roles.groups)
            .filter(|i| roles::fits(pattern, &columns.columns[**i].name))
            .map(|i| columns.reference(*i))
            .collect();
        if !except.is_empty() {
            let _ = writeln!(out, "except = [{}]", except.join(", "));
        }
        if !pattern.contains("{variable}") && roles.variable.is_none() {
            let _ = writeln!(out, "variable = {}", quoted(&dataset_variable(file)));
        }
        out.push('\n');
        return;
    }
    let mut taken = BTreeSet::new();
    for index in &roles.values {
        let mut name = slug(&columns.columns[*index].name);
        while !taken.insert(name.clone()) {
            name.push_str("_2");
        }
        let _ = writeln!(out, "[[values]]\ncolumn = {}", columns.reference(*index));
        if roles.variable.is_none() {
            let _ = writeln!(out, "variable = {}", quoted(&name));
        }
        out.push('\n');
    }
}

/// The variable of a table that has but one, named like its dataset.
fn dataset_variable(file: &TableFile) -> String {
    slug(&dataset(file))
}

/// Texts among the numbers that nobody knows the meaning of.
fn marks(out: &mut String, columns: &Names<'_>, roles: &Roles) {
    let odd: BTreeSet<&str> =
        roles.values.iter().flat_map(|i| &columns.columns[*i].odd).map(String::as_str).take(200).collect();
    if odd.is_empty() {
        return;
    }
    out.push_str(
        "# Zwischen den Zahlen stehen Texte, deren Bedeutung nur der Herausgeber kennt. Möglich sind zero, unknown_or_secret,\n\
         # later, unreliable, blocked und empty; dann das # vor den Zeilen streichen:\n# [marks]\n",
    );
    for text in odd.iter().take(12) {
        let _ = writeln!(out, "# {} = \"unknown_or_secret\"", quoted(text));
    }
}

/// Columns, and how often each name occurs.
struct Names<'a> {
    columns: &'a [Column],
    often: BTreeMap<&'a str, usize>,
}

impl<'a> Names<'a> {
    fn new(columns: &'a [Column]) -> Self {
        let mut often = BTreeMap::new();
        for column in columns {
            *often.entry(column.name.as_str()).or_default() += 1;
        }
        Self { columns, often }
    }

    /// The name of a column, or its number where the name is empty or not unique.
    fn reference(&self, index: usize) -> String {
        let name = self.columns[index].name.as_str();
        let unique = self.often.get(name).is_some_and(|often| *often == 1);
        if name.is_empty() || !unique || name.starts_with('#') {
            quoted(&format!("#{}", index + 1))
        } else {
            quoted(name)
        }
    }
}

/// A TOML string.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
