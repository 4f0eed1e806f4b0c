//! What the cells of a column look like.

use crate::cell::{CellRules, NUMERIC, Reading};
use crate::number::{Evidence, NumberFormat};
use crate::rows::text_bytes;
use crate::words::slug;
use kekiz_base::{KeyKind, Observation};
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Different texts of a column that are kept.
pub(super) const DISTINCT: usize = 400;

/// What the cells of a column look like.
#[derive(Default)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) filled: usize,
    pub(super) numbers: usize,
    pub(super) periods: usize,
    /// The first different texts, at most [`DISTINCT`].
    pub(super) distinct: BTreeSet<String>,
    /// Texts that are no numbers, the first few.
    pub(super) odd: BTreeSet<String>,
    pub(super) lengths: BTreeSet<usize>,
    /// A number for the text of every row; equal texts have equal numbers.
    pub(super) codes: Vec<u64>,
    /// What the first row holds: nothing, a number, another text.
    first: First,
    /// Whole numbers written with a zero in front: numbers of things, not of persons.
    zeros: bool,
    keys: [usize; 4],
    evidence: Evidence,
}

#[derive(Default, PartialEq)]
enum First {
    #[default]
    Unseen,
    Empty,
    Number,
    Text,
}

/// Kinds of official keys that are recognised.
const KINDS: [(KeyKind, &str); 4] =
    [(KeyKind::Ags8, "ags8"), (KeyKind::Ags5, "ags5"), (KeyKind::Ars12, "ars12"), (KeyKind::Nuts3, "nuts3")];

impl Column {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_string(), ..Self::default() }
    }

    pub(super) fn look(&mut self, raw: &[u8]) {
        let numeric = raw.first() == Some(&NUMERIC);
        let text = String::from_utf8_lossy(text_bytes(raw)).trim().to_string();
        self.codes.push(Self::code(&text));
        if text.is_empty() {
            if self.first == First::Unseen {
                self.first = First::Empty;
            }
            return;
        }
        self.filled += 1;
        self.lengths.insert(text.len());
        if is_period(&text) {
            self.periods += 1;
        }
        for (count, (kind, _)) in self.keys.iter_mut().zip(KINDS) {
            *count += usize::from(official(kind, &text));
        }
        let number = numeric || self.reads_as_number(&text);
        self.zeros |=
            !numeric && text.len() > 1 && text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
        if number {
            self.numbers += 1;
        } else if self.odd.len() < 12 {
            self.odd.insert(text.clone());
        }
        if self.first == First::Unseen {
            self.first = if number { First::Number } else { First::Text };
        }
        if self.distinct.len() < DISTINCT {
            self.distinct.insert(text);
        }
    }

    /// The number of a text.
    pub(super) fn code(text: &str) -> u64 {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        hasher.finish()
    }

    fn reads_as_number(&mut self, text: &str) -> bool {
        self.evidence.see(text.trim_matches(|c: char| !c.is_ascii_digit()));
        let (format, _) = self.evidence.decide(&Evidence::default());
        let any = NumberFormat::stated(Some(','), None).unwrap_or_default();
        let rules = CellRules::default();
        [format, any].into_iter().any(|f| {
            matches!(
                rules.read(text, f),
                Reading::Plain(Observation::Value(..) | Observation::Missing(_)) | Reading::Noted(..)
            )
        })
    }

    /// Whether nearly all filled cells are among the counted ones.
    pub(super) fn all(&self, count: usize) -> bool {
        self.filled > 0 && count * 50 >= self.filled * 49
    }

    /// Whether the column holds numbers of persons, euros or the like.
    pub(super) fn is_figure(&self) -> bool {
        self.all(self.numbers) && self.counts_something()
    }

    /// Whether more than half of it are numbers; the rest may be marks nobody knows yet.
    pub(super) fn is_mostly_figure(&self) -> bool {
        self.numbers * 2 > self.filled && self.counts_something()
    }

    fn counts_something(&self) -> bool {
        !self.zeros
            && self.key().is_none()
            && !self.named(&KEY_WORDS)
            && !self.named(&CODE_WORDS)
            && !self.is_coordinate()
    }

    /// Whether the name says a coordinate and the cells are numbers.
    pub(super) fn is_coordinate(&self) -> bool {
        self.all(self.numbers) && self.named(&COORDINATE_WORDS)
    }

    /// The kind of official key the column holds: named like one, or written with a leading zero or `DE`.
    pub(super) fn key(&self) -> Option<&'static str> {
        let written = self.distinct.iter().any(|text| text.starts_with('0') || text.starts_with("DE"));
        if !written && !self.named(&AREA_WORDS) {
            return None;
        }
        KINDS.iter().zip(self.keys).find(|(_, count)| self.all(*count)).map(|((_, name), _)| *name)
    }

    pub(super) fn named(&self, words: &[&str]) -> bool {
        let name = slug(&self.name);
        words
            .iter()
            .any(|word| name.split('_').any(|part| part == *word) || (word.len() > 4 && name.contains(word)))
    }
}

/// Whether a text is a period that a table can be about; `0101` is a number of something else.
pub(super) fn is_period(text: &str) -> bool {
    crate::period::parse(text).is_ok_and(|period| (1800..=2100).contains(&period.year()))
}

/// Whether the first row below the header says the units: text in every column whose other cells are numbers.
pub(super) fn units_below(columns: &[Column]) -> bool {
    let rest_is_number = |c: &&Column| c.filled > 2 && c.numbers + 1 == c.filled && c.first == First::Text;
    let named = columns.iter().filter(rest_is_number).count();
    let numbered = columns.iter().any(|c| c.first == First::Number);
    named > 0 && !numbered
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

pub(super) const TIME_WORDS: [&str; 9] =
    ["jahr", "year", "zeit", "time", "stichtag", "datum", "schuljahr", "monat", "stand"];
pub(super) const AREA_WORDS: [&str; 16] = [
    "ags",
    "ars",
    "schluessel",
    "kennziffer",
    "gebiet",
    "raum",
    "bezirk",
    "stadtteil",
    "stadtbezirk",
    "ortsteil",
    "quartier",
    "viertel",
    "district",
    "gemeinde",
    "kommune",
    "kreis",
];
/// Names that may be a key of anything.
pub(super) const KEY_WORDS: [&str; 6] = ["nr", "id", "nuts", "nummer", "code", "rs"];
/// Numbers that count nothing.
const CODE_WORDS: [&str; 8] =
    ["plz", "postleitzahl", "hausnummer", "hausnr", "telefon", "schulnummer", "uuid", "uri"];
const COORDINATE_WORDS: [&str; 16] = [
    "lat",
    "lon",
    "lng",
    "latitude",
    "longitude",
    "breitengrad",
    "laengengrad",
    "geo_breite",
    "geo_laenge",
    "rechtswert",
    "hochwert",
    "ostwert",
    "nordwert",
    "easting",
    "northing",
    "koordinate",
];
pub(super) const VALUE_WORDS: [&str; 9] =
    ["wert", "value", "zahl", "anzahl", "betrag", "count", "einwohner", "personen", "quote"];
pub(super) const VARIABLE_WORDS: [&str; 7] =
    ["indikator", "merkmal", "variable", "kennzahl", "indicator", "groesse", "thema"];
pub(super) const GROUP_WORDS: [&str; 8] =
    ["gruppe", "alter", "altersgruppe", "geschlecht", "group", "sex", "zeile", "art"];
