//! A first mapping made from the file itself.

use crate::cell::{CellRules, Reading};
use crate::mapping::FileHints;
use crate::number::{Evidence, NumberFormat};
use crate::open::{TableFile, open};
use crate::read::with_table;
use crate::records::each_record;
use crate::rows::text_bytes;
use crate::words::{is_footer, slug};
use crate::{ReadError, dialect::Dialect};
use kekiz_base::{Diagnostics, KeyKind, Observation};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::ControlFlow;

/// Rows that are looked at.
const LOOK: usize = 5_000;

/// What the cells of a column look like.
#[derive(Default)]
struct Column {
    name: String,
    filled: usize,
    numbers: usize,
    periods: usize,
    distinct: BTreeSet<String>,
    keys: [usize; 4],
    lengths: BTreeSet<usize>,
    evidence: Evidence,
}

/// Kinds of official keys that are recognised.
const KINDS: [(KeyKind, &str); 4] =
    [(KeyKind::Ags8, "ags8"), (KeyKind::Ags5, "ags5"), (KeyKind::Ars12, "ars12"), (KeyKind::Nuts3, "nuts3")];

/// Writes a first mapping (TOML with comments) for a table. It parses, and reads the table where the guesses are
/// right; dataset, source and names are for the user to fill in.
///
/// # Errors
/// When the file cannot be opened or is no table.
pub fn suggest(file: &TableFile) -> Result<(String, Diagnostics), ReadError> {
    let mut found = look(file, &FileHints::default())?;
    let line = found.dialect.header_line;
    if repeats(&found.dialect.header) {
        // Years above and figures below, or the other way round: the names are unique only together.
        for first in [line, line.saturating_sub(1)].into_iter().filter(|first| *first > 0) {
            let hints = FileHints { header_line: Some(first), header_rows: Some(2), ..FileHints::default() };
            if let Ok(two) = look(file, &hints)
                && two_way(&two.columns).is_some()
            {
                found = two;
                break;
            }
        }
    }
    Ok((write(file, &found), found.diagnostics))
}

/// A table that was looked at.
struct Looked {
    dialect: Dialect,
    columns: Vec<Column>,
    sheet: bool,
    header_rows: usize,
    diagnostics: Diagnostics,
}

fn look(file: &TableFile, hints: &FileHints) -> Result<Looked, ReadError> {
    let mut diagnostics = Diagnostics::new();
    let (dialect, columns, sheet) = open(file, hints, |opened, _| {
        with_table(file, opened, hints, &[], &mut diagnostics, |mut body, dialect, diagnostics| {
            let mut columns: Vec<Column> = dialect
                .header
                .iter()
                .map(|name| Column { name: name.clone(), ..Column::default() })
                .collect();
            let delimiter = dialect.delimiter;
            let mut rows = 0;
            while rows < LOOK
                && let Some((chunk, _)) = body.next_chunk()?
            {
                each_record(&chunk, delimiter, |buffer, fields, _| {
                    let first = String::from_utf8_lossy(fields.get(buffer, 0));
                    if fields.len() == columns.len() && !is_footer(&first) {
                        for (index, column) in columns.iter_mut().enumerate() {
                            column.look(fields.get(buffer, index));
                        }
                    }
                    rows += 1;
                    if rows >= LOOK { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                });
            }
            body.close(&file.name, diagnostics);
            Ok((dialect, columns, body.is_sheet()))
        })
    })?;
    Ok(Looked { dialect, columns, sheet, header_rows: hints.header_rows.unwrap_or(1), diagnostics })
}

/// Whether a name stands over several columns, by repetition or by fields left empty beside it.
fn repeats(header: &[String]) -> bool {
    let mut seen = BTreeSet::new();
    header.iter().any(|name| name.is_empty() || !seen.insert(name))
}

/// The pattern of a header of two rows, when most number columns have a period in one of them.
fn two_way(columns: &[Column]) -> Option<&'static str> {
    let numbers: Vec<(&str, &str)> = columns
        .iter()
        .filter(|column| column.all(column.numbers))
        .filter_map(|column| column.name.split_once(" | "))
        .collect();
    let many = |count: usize| count > 1 && count * 4 >= numbers.len() * 3;
    let above = numbers.iter().filter(|(above, _)| crate::period::parse(above).is_ok()).count();
    let below = numbers.iter().filter(|(_, below)| crate::period::parse(below).is_ok()).count();
    match (many(above), many(below)) {
        (true, _) => Some("{period} | {variable}"),
        (_, true) => Some("{variable} | {period}"),
        _ => None,
    }
}

impl Column {
    fn look(&mut self, raw: &[u8]) {
        let numeric = raw.first() == Some(&crate::cell::NUMERIC);
        let text = String::from_utf8_lossy(text_bytes(raw)).trim().to_string();
        if text.is_empty() {
            return;
        }
        self.filled += 1;
        self.lengths.insert(text.len());
        if crate::period::parse(&text).is_ok() {
            self.periods += 1;
        }
        for (count, (kind, _)) in self.keys.iter_mut().zip(KINDS) {
            *count += usize::from(official(kind, &text));
        }
        if numeric {
            self.numbers += 1;
        } else {
            let digits = text.trim_matches(|c: char| !c.is_ascii_digit());
            self.evidence.see(digits);
            let (format, _) = self.evidence.decide(&Evidence::default());
            let any = NumberFormat::stated(Some(','), None).unwrap_or_default();
            let rules = CellRules::default();
            let number = [format, any].into_iter().any(|f| {
                matches!(
                    rules.read(&text, f),
                    Reading::Plain(Observation::Value(..) | Observation::Missing(_)) | Reading::Noted(..)
                )
            });
            self.numbers += usize::from(number);
        }
        if self.distinct.len() < 400 {
            self.distinct.insert(text);
        }
    }

    fn all(&self, count: usize) -> bool {
        self.filled > 0 && count * 50 >= self.filled * 49
    }

    /// The kind of official key the column holds: named like one, or written with a leading zero or `DE`.
    fn key(&self) -> Option<&'static str> {
        let written = self.distinct.iter().any(|text| text.starts_with('0') || text.starts_with("DE"));
        if !written && !self.named(&AREA_WORDS) {
            return None;
        }
        KINDS.iter().zip(self.keys).find(|(_, count)| self.all(*count)).map(|((_, name), _)| *name)
    }

    fn named(&self, words: &[&str]) -> bool {
        let name = slug(&self.name);
        words
            .iter()
            .any(|word| name.split('_').any(|part| part == *word) || (word.len() > 4 && name.contains(word)))
    }
}

/// Whether a text is an official key beyond doubt: a Land from 01 to 16 in front.
fn official(kind: KeyKind, text: &str) -> bool {
    if kind == KeyKind::Nuts3 {
        return text.len() == 5 && text.starts_with("DE") && text.bytes().all(|b| b.is_ascii_alphanumeric());
    }
    let wanted = match kind {
        KeyKind::Ags8 => 8,
        KeyKind::Ags5 => 5,
        _ => 12,
    };
    let length = text.len();
    if !(length == wanted || length + 1 == wanted) || !text.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let padded = if length == wanted { text.to_string() } else { format!("0{text}") };
    padded.get(..2).and_then(|land| land.parse::<u8>().ok()).is_some_and(|land| (1..=16).contains(&land))
}

fn quoted(text: &str) -> String {
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

/// The name of a column, or its number where the name is empty or not unique.
fn reference(columns: &[Column], index: usize) -> String {
    let name = &columns[index].name;
    let unique = columns.iter().filter(|c| c.name == *name).count() == 1;
    if name.is_empty() || !unique || name.starts_with('#') {
        quoted(&format!("#{}", index + 1))
    } else {
        quoted(name)
    }
}

const TIME_WORDS: [&str; 9] =
    ["jahr", "year", "zeit", "time", "stichtag", "datum", "schuljahr", "monat", "stand"];
const AREA_WORDS: [&str; 12] = [
    "ags",
    "ars",
    "schluessel",
    "kennziffer",
    "gebiet",
    "raum",
    "bezirk",
    "stadtteil",
    "stadtbezirk",
    "district",
    "gemeinde",
    "kreis",
];
/// Names that may be a key of anything.
const KEY_WORDS: [&str; 6] = ["nr", "id", "nuts", "nummer", "code", "rs"];
const VALUE_WORDS: [&str; 9] =
    ["wert", "value", "zahl", "anzahl", "betrag", "count", "einwohner", "personen", "quote"];
const VARIABLE_WORDS: [&str; 7] =
    ["indikator", "merkmal", "variable", "kennzahl", "indicator", "groesse", "thema"];

fn write(file: &TableFile, looked: &Looked) -> String {
    let Looked { dialect, columns, sheet, .. } = looked;
    let mut out = String::new();
    let stem = file.name.split('.').next().unwrap_or_default();
    let dataset: String = slug(stem).trim_start_matches("w_").chars().take(60).collect();
    let dataset = if dataset.is_empty() { "datensatz".to_string() } else { dataset };
    let _ = write!(
        out,
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
        quoted(&dataset),
        quoted(stem),
        quoted(&file.name),
    );
    if !*sheet {
        let _ = writeln!(out, "delimiter = {}", quoted(&char::from(dialect.delimiter).to_string()));
    }
    let _ = writeln!(out, "header_line = {}", dialect.header_line);
    let pattern = if looked.header_rows > 1 { two_way(columns) } else { None };
    if pattern.is_some() {
        let _ = writeln!(out, "header_rows = {}", looked.header_rows);
    }
    out.push('\n');
    let names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
    if names.contains(&"1_Auspraegung_Code") || names.contains(&"1_variable_attribute_code") {
        genesis(&mut out, columns);
    } else {
        plain(&mut out, columns, &dataset, pattern);
    }
    out
}

/// GENESIS flat files say themselves what is what.
fn genesis(out: &mut String, columns: &[Column]) {
    let new = columns.iter().any(|c| c.name == "1_variable_attribute_code");
    let (code, value) = if new {
        ("_variable_code", "_variable_attribute_code")
    } else {
        ("_Merkmal_Code", "_Auspraegung_Code")
    };
    let time = if new { "time" } else { "Zeit" };
    let mut area = None;
    let mut groups = Vec::new();
    for column in columns {
        let Some(number) = column.name.strip_suffix(code) else { continue };
        let keyed = columns.iter().find(|c| c.name == format!("{number}{value}"));
        let text = |c: &Column| c.distinct.iter().take(12).cloned().collect::<Vec<_>>();
        let kind = keyed.and_then(|c| {
            let digits = c.distinct.iter().filter(|t| t.bytes().all(|b| b.is_ascii_digit())).count();
            (digits * 2 > c.distinct.len() && c.distinct.iter().any(|t| matches!(t.len(), 2 | 5 | 8)))
                .then_some("ags")
        });
        let is_area = kind.is_some()
            && ["KREIS", "GEMEIN", "DLAND", "REGBEZ", "DINSG", "GEOGK", "GEO"]
                .iter()
                .any(|c| text(column).iter().any(|t| t.starts_with(c)));
        if is_area && area.is_none() {
            area = Some(text(column));
        } else {
            groups.extend(text(column));
        }
    }
    let list = |codes: &[String]| codes.iter().map(|c| quoted(c)).collect::<Vec<_>>().join(", ");
    match &area {
        Some(codes) => {
            let _ = write!(
                out,
                "[area]\ndimension = [{}]\n# ags5 für Kreise, ags8 für Gemeinden; ags nimmt alle Ebenen\nkind = \"ags\"\nother_levels = \"skip\"\n\n",
                list(codes)
            );
        }
        None => {
            let _ = write!(
                out,
                "[area]\n# Merkmal mit dem Gebietsschlüssel, zum Beispiel \"KREISE\", oder fixed = \"05\"\nfixed = \"DG\"\n\n"
            );
        }
    }
    let _ = write!(
        out,
        "[time]\ncolumn = {}\n# as = \"year\" macht aus einem Stichtag sein Jahr\n\n",
        quoted(time)
    );
    for group in groups {
        let _ = write!(
            out,
            "[[group]]\ndimension = {}\n# rename = {{ \"GESM\" = \"männlich\" }}\n\n",
            quoted(&group)
        );
    }
    if new {
        let variable = columns.iter().find(|c| c.name == "value_variable_code");
        out.push_str("[variable]\ncolumn = \"value_variable_code\"\n\n[variable.rename]\n");
        for text in variable.iter().flat_map(|v| v.distinct.iter().take(60)) {
            let _ = writeln!(out, "{} = {}", quoted(text), quoted(&slug(text)));
        }
        out.push_str("\n[[values]]\ncolumn = \"value\"\n");
        return;
    }
    for column in columns.iter().filter(|c| c.name.contains("__") && !c.name.ends_with("__q")) {
        let code = column.name.split("__").next().unwrap_or_default();
        let _ = write!(
            out,
            "[[values]]\n# {}\ncolumn = {}\nvariable = {}\n\n",
            column.name.replace(['\n', '\r'], " "),
            quoted(&column.name),
            quoted(&slug(code))
        );
    }
}

fn plain(out: &mut String, columns: &[Column], dataset: &str, pattern: Option<&str>) {
    let usable = |index: &usize| columns[*index].filled > 0;
    let all: Vec<usize> = (0..columns.len()).filter(usable).collect();
    let time = all
        .iter()
        .copied()
        .find(|i| columns[*i].all(columns[*i].periods) && columns[*i].named(&TIME_WORDS))
        .or_else(|| {
            all.iter().copied().find(|i| {
                let c = &columns[*i];
                c.all(c.periods)
                    && c.lengths.iter().all(|l| *l == 4 || *l == 10 || *l == 7)
                    && c.distinct.len() < 80
                    && !c.named(&VALUE_WORDS)
            })
        });
    let mut rest: Vec<usize> = all.into_iter().filter(|i| Some(*i) != time).collect();
    // A column of numbers with many gaps counts something, even when its name speaks of an area (Industriegebiet).
    let most = columns.iter().map(|c| c.filled).max().unwrap_or(0);
    let full = |c: &Column| c.filled * 10 >= most * 9;
    let keyed = |words: &[&str], i: usize| {
        let c = &columns[i];
        c.named(words)
            && full(c)
            && c.distinct.len() > 1
            && c.distinct.iter().all(|t| !t.contains(['.', ',']) && t.len() <= 12)
    };
    let find = |fits: &dyn Fn(usize) -> bool| rest.iter().copied().find(|i| fits(*i));
    let area = find(&|i| columns[i].key().is_some())
        .or_else(|| find(&|i| keyed(&AREA_WORDS, i)))
        .or_else(|| find(&|i| keyed(&KEY_WORDS, i)))
        .or_else(|| {
            find(&|i| {
                columns[i].named(&AREA_WORDS) && (full(&columns[i]) || !columns[i].all(columns[i].numbers))
            })
        })
        .or_else(|| find(&|i| !columns[i].all(columns[i].numbers)));
    rest.retain(|i| Some(*i) != area);
    let is_number = |i: &usize| {
        columns[*i].all(columns[*i].numbers) && columns[*i].key().is_none() && !columns[*i].named(&KEY_WORDS)
    };
    let numeric: Vec<usize> = rest.iter().copied().filter(is_number).collect();
    let texts: Vec<usize> = rest.iter().copied().filter(|i| !numeric.contains(i)).collect();
    let years: Vec<usize> =
        numeric.iter().copied().filter(|i| crate::period::parse(&columns[*i].name).is_ok()).collect();
    let variable = texts
        .iter()
        .copied()
        .find(|i| columns[*i].named(&VARIABLE_WORDS) && columns[*i].distinct.len() < 400);
    let values: Vec<usize> = match variable {
        Some(_) => numeric.iter().copied().filter(|i| columns[*i].named(&VALUE_WORDS)).take(1).collect(),
        None => numeric.clone(),
    };
    let values = if values.is_empty() { numeric.last().copied().into_iter().collect() } else { values };

    match area {
        Some(index) => {
            let kind = columns[index].key().unwrap_or("own");
            let _ = writeln!(out, "[area]\ncolumn = {}\nkind = {}", reference(columns, index), quoted(kind));
            if kind == "own" {
                out.push_str("# Bei eigenen Schlüsseln den amtlichen Gemeindeschlüssel davorsetzen:\n# key_prefix = \"05513000-\"\n");
            }
            let gaps = most.saturating_sub(columns[index].filled);
            if gaps > 0 {
                let rows = if gaps == 1 { "1 Zeile".to_string() } else { format!("{gaps} Zeilen") };
                let _ = writeln!(
                    out,
                    "# Ohne Schlüssel: {rows}. Entscheiden: auslassen (\"skip\"), oder den Schlüssel des Gebiets angeben, für das\n# sie gelten, zum Beispiel der ganzen Stadt:"
                );
            }
            out.push_str("# when_empty = \"skip\"\n\n");
        }
        None => out.push_str("[area]\n# Keine Spalte mit Gebietsschlüsseln gefunden; ein Gebiet für alle Zeilen:\nfixed = \"gebiet\"\n\n"),
    }
    if years.is_empty() && pattern.is_none() {
        match time {
            Some(index) => {
                let _ = write!(out, "[time]\ncolumn = {}\n\n", reference(columns, index));
            }
            None => out.push_str("[time]\n# Keine Spalte mit Zeiträumen gefunden; ein Zeitraum für alle Zeilen:\nfixed = \"2024\"\n\n"),
        }
    }
    if let Some(index) = variable {
        let _ = write!(out, "[variable]\ncolumn = {}\n\n[variable.rename]\n", reference(columns, index));
        for text in columns[index].distinct.iter().take(200) {
            let _ = writeln!(out, "{} = {}", quoted(text), quoted(&slug(text)));
        }
        out.push('\n');
    }
    let group = texts.iter().copied().find(|i| {
        Some(*i) != variable
            && variable.is_none()
            && (2..=60).contains(&columns[*i].distinct.len())
            && columns[*i].named(&[
                "gruppe",
                "alter",
                "altersgruppe",
                "geschlecht",
                "group",
                "sex",
                "zeile",
                "art",
            ])
    });
    if let Some(index) = group {
        let _ = write!(
            out,
            "[[group]]\ncolumn = {}\n# Texte der Spalte: {}\n\n",
            reference(columns, index),
            columns[index].distinct.iter().take(12).map(|t| quoted(t)).collect::<Vec<_>>().join(", ")
        );
    }
    let ignored: Vec<String> = texts
        .iter()
        .chain(&numeric)
        .filter(|i| Some(**i) != variable && Some(**i) != group && !values.contains(i))
        .map(|i| reference(columns, *i))
        .collect();
    if !ignored.is_empty() {
        let _ = write!(
            out,
            "# Nicht verwendete Spalten: {}\n# Mit [where] lassen sich Zeilen auswählen: [where] und darunter Spalte = \"Text\"\n\n",
            ignored.join(", ")
        );
    }
    if let Some(pattern) = pattern {
        let _ = writeln!(out, "[[values]]\n# Der Kopf hat zwei Zeilen.\npattern = {}", quoted(pattern));
        return;
    }
    if !years.is_empty() && years.len() == values.len() {
        out.push_str(
            "[[values]]\n# Jede Spalte ist ein Zeitraum; der Name der Größe steht später im Katalog.\npattern = \"{period}\"\n",
        );
        let _ = writeln!(out, "variable = {}", quoted(dataset));
        return;
    }
    let mut taken = BTreeSet::new();
    for index in values {
        let mut name = slug(&columns[index].name);
        while !taken.insert(name.clone()) {
            name.push_str("_2");
        }
        let _ = writeln!(out, "[[values]]\ncolumn = {}", reference(columns, index));
        if variable.is_none() {
            let _ = writeln!(out, "variable = {}", quoted(&name));
        }
        out.push('\n');
    }
    if numeric.is_empty() {
        out.push_str("# Keine Spalte mit Zahlen gefunden; bitte selbst angeben:\n[[values]]\ncolumn = \"#1\"\nvariable = \"wert\"\n");
    }
}
