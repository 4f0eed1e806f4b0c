//! Reading TOML with the line of every finding, all findings at once.

use crate::spelling::{list, nearest};
use kekiz_base::{Diagnostics, Place, Severity};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Collects findings of one file.
pub(super) struct Reader<'a> {
    file: &'a str,
    line_ends: Vec<usize>,
    pub(super) diagnostics: Diagnostics,
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a str, text: &str) -> Self {
        let line_ends = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at).collect();
        Self { file, line_ends, diagnostics: Diagnostics::new() }
    }

    pub(super) fn line(&self, offset: usize) -> u64 {
        self.line_ends.partition_point(|end| *end < offset) as u64 + 1
    }

    pub(super) fn place(&self, offset: usize, key: Option<&str>) -> Place {
        Place { file: Some(self.file.into()), line: Some(self.line(offset)), column: key.map(str::to_string) }
    }

    pub(super) fn error(
        &mut self,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.diagnostics.push(Severity::Error, code, place, message, remedy);
    }
}

/// One table of the file with the keys it may have.
pub(super) struct Section<'t, 'r, 'f> {
    table: &'t DeTable<'t>,
    offset: usize,
    name: String,
    reader: &'r mut Reader<'f>,
}

/// What a value looks like, for messages.
fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "ein Text",
        DeValue::Integer(_) => "eine ganze Zahl",
        DeValue::Float(_) => "eine Dezimalzahl",
        DeValue::Boolean(_) => "true oder false",
        DeValue::Datetime(_) => "ein Datum",
        DeValue::Array(_) => "eine Liste",
        DeValue::Table(_) => "eine Tabelle",
    }
}

fn number_of(value: &DeValue<'_>) -> Option<f64> {
    let text = match value {
        DeValue::Float(float) => float.as_str(),
        DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str(),
        _ => return None,
    };
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

impl<'t, 'r, 'f> Section<'t, 'r, 'f> {
    /// Opens a table; keys that are not `allowed` are refused.
    pub(super) fn open(
        value: &'t Spanned<DeValue<'t>>,
        name: &str,
        allowed: &[&str],
        reader: &'r mut Reader<'f>,
    ) -> Option<Self> {
        let offset = value.span().start;
        match value.get_ref().as_table() {
            Some(table) => Some(Self::of_table(table, offset, name, allowed, reader)),
            None => {
                let place = reader.place(offset, None);
                let found = kind_of(value.get_ref());
                reader.error(
                    "toml-type",
                    place,
                    format!("{name} ist {found}."),
                    format!("{name} als Tabelle schreiben."),
                );
                None
            }
        }
    }

    pub(super) fn of_table(
        table: &'t DeTable<'t>,
        offset: usize,
        name: &str,
        allowed: &[&str],
        reader: &'r mut Reader<'f>,
    ) -> Self {
        let name = match table.get("id").and_then(|id| id.get_ref().as_str()) {
            Some(id) => format!("{name} „{id}“"),
            None => name.to_string(),
        };
        let mut unknown: Vec<_> =
            table.keys().filter(|key| !allowed.contains(&key.get_ref().as_ref())).collect();
        unknown.sort_by_key(|key| key.span().start);
        for key in unknown {
            let found: &str = key.get_ref().as_ref();
            let place = reader.place(key.span().start, Some(found));
            let message = format!("{name} kennt den Schlüssel „{found}“ nicht.");
            let remedy = match nearest(found, allowed.iter().copied()) {
                Some(meant) => format!("Gemeint ist vermutlich „{meant}“."),
                None => format!("Den Schlüssel entfernen. Möglich sind {}.", list(allowed, 40)),
            };
            reader.error("unknown-key", place, message, remedy);
        }
        Self { table, offset, name, reader }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn reader(&mut self) -> &mut Reader<'f> {
        self.reader
    }

    /// Where a key stands; the head of the table if it is absent.
    pub(super) fn place(&self, key: &str) -> Place {
        let offset = self.table.get_key_value(key).map_or(self.offset, |(found, _)| found.span().start);
        self.reader.place(offset, Some(key))
    }

    pub(super) fn error(
        &mut self,
        code: &'static str,
        key: &str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let place = self.place(key);
        let message = format!("{}: {}", self.name, message.into());
        self.reader.error(code, place, message, remedy);
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// A value as it stands, with its place.
    pub(super) fn raw(&self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.table.get(key)
    }

    fn value(&self, key: &str) -> Option<&'t DeValue<'t>> {
        self.table.get(key).map(Spanned::get_ref)
    }

    fn wrong_type(&mut self, key: &str, expected: &str, remedy: &str) {
        let found = self.value(key).map_or("nichts", kind_of);
        self.error("toml-type", key, format!("„{key}“ ist {found}; erwartet wird {expected}."), remedy);
    }

    pub(super) fn missing(&mut self, key: &str, remedy: &str) {
        self.error("missing-key", key, format!("der Schlüssel „{key}“ fehlt."), remedy);
    }

    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        match self.value(key)? {
            DeValue::String(text) => Some(text.trim().to_string()),
            _ => {
                self.wrong_type(key, "ein Text", "Den Wert in Anführungszeichen setzen.");
                None
            }
        }
    }

    pub(super) fn required_text(&mut self, key: &str, remedy: &str) -> Option<String> {
        if !self.has(key) {
            self.missing(key, remedy);
            return None;
        }
        let text = self.text(key)?;
        if text.is_empty() {
            self.error("empty-value", key, format!("„{key}“ ist leer."), remedy);
            return None;
        }
        Some(text)
    }

    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        match self.value(key)? {
            DeValue::Boolean(flag) => Some(*flag),
            _ => {
                self.wrong_type(
                    key,
                    "true oder false",
                    "Den Wert ohne Anführungszeichen schreiben: true oder false.",
                );
                None
            }
        }
    }

    pub(super) fn number(&mut self, key: &str) -> Option<f64> {
        let value = self.value(key)?;
        let number = number_of(value);
        if number.is_none() {
            self.wrong_type(
                key,
                "eine Zahl",
                "Eine Zahl mit Dezimalpunkt und ohne Anführungszeichen schreiben.",
            );
        }
        number
    }

    /// A whole number in a range; outside it is an error.
    pub(super) fn whole(&mut self, key: &str, range: std::ops::RangeInclusive<u64>) -> Option<u64> {
        let value = self.value(key)?;
        let number = match value {
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().parse::<u64>().ok(),
            _ => None,
        };
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let expected = format!("eine ganze Zahl von {} bis {}", range.start(), range.end());
            self.error(
                "number-range",
                key,
                format!("erwartet wird für „{key}“ {expected}."),
                "Den Wert anpassen.",
            );
        }
        number
    }

    fn items(&mut self, key: &str, expected: &str) -> Option<&'t [Spanned<DeValue<'t>>]> {
        match self.value(key)? {
            DeValue::Array(items) => Some(&**items),
            _ => {
                self.wrong_type(
                    key,
                    expected,
                    "Die Werte in eckige Klammern setzen, auch wenn es nur einer ist.",
                );
                None
            }
        }
    }

    pub(super) fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        let items = self.items(key, "eine Liste von Texten")?;
        let texts: Option<Vec<String>> =
            items.iter().map(|item| item.get_ref().as_str().map(|text| text.trim().to_string())).collect();
        if texts.is_none() {
            self.wrong_type(key, "eine Liste von Texten", "Jeden Eintrag in Anführungszeichen setzen.");
        }
        texts
    }

    pub(super) fn numbers(&mut self, key: &str) -> Option<Vec<f64>> {
        let items = self.items(key, "eine Liste von Zahlen")?;
        let numbers: Option<Vec<f64>> = items.iter().map(|item| number_of(item.get_ref())).collect();
        if numbers.is_none() {
            self.wrong_type(
                key,
                "eine Liste von Zahlen",
                "Jeden Eintrag als Zahl mit Dezimalpunkt schreiben.",
            );
        }
        numbers
    }

    /// A list of years; empty where there is none.
    pub(super) fn years(&mut self, key: &str) -> Vec<i16> {
        let years = self.numbers(key).unwrap_or_default();
        if years.iter().any(|year| year.fract() != 0.0 || !(1800.0..=2200.0).contains(year)) {
            let remedy = "Zum Beispiel [2016] schreiben: das erste Jahr der neuen Reihe.";
            self.error("number-range", key, format!("„{key}“ nennt Jahre."), remedy);
        }
        years.into_iter().map(|year| year as i16).collect()
    }

    /// One of several words. An unknown word is an error that lists the words.
    pub(super) fn choice<T: Copy>(&mut self, key: &str, choices: &[(&'static str, T)]) -> Option<T> {
        let found = self.text(key)?;
        if let Some((_, value)) = choices.iter().find(|(word, _)| *word == found) {
            return Some(*value);
        }
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        let remedy = match nearest(&found, words.iter().copied()) {
            Some(meant) => format!("Gemeint ist vermutlich „{meant}“. Möglich sind {}.", list(&words, 20)),
            None => format!("Möglich sind {}.", list(&words, 20)),
        };
        self.error("unknown-choice", key, format!("„{found}“ ist für „{key}“ nicht möglich."), remedy);
        None
    }

    /// The tables of a list (`[[indicator]]` or `inputs = [{…}]`).
    pub(super) fn tables(&mut self, key: &str) -> &'t [Spanned<DeValue<'t>>] {
        self.items(key, "eine Liste von Tabellen").unwrap_or(&[])
    }
}
