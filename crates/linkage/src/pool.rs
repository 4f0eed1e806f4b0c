//! Every distinct normalised value once, with what comparing needs of it.

use crate::model::Form;
use crate::records::Texts;
use crate::records::hash::{self, Table};
use crate::text::{Date, koelner_phonetik, spelling, street_name};
use rayon::prelude::*;

/// Number of a form that a value does not have.
pub(crate) const NONE: u32 = u32::MAX;

/// What comparing needs of a value, in one cache line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value {
    /// Where the text starts.
    start: u32,
    length: u16,
    /// Number of words.
    pub(crate) words: u16,
    /// Which letters (bit 0–25) and digits (sharing 26–31) occur.
    letters: u32,
    /// The first four bytes.
    head: u32,
    /// Number of the spelling key.
    pub(crate) spelling: u32,
    /// Number of the phonetic code; [`NONE`] for an empty one.
    pub(crate) sound: u32,
    /// Numbers of up to three words (first, second, last), or of the street's name in the first place.
    pub(crate) parts: [u32; 3],
    /// The date, if it is one.
    pub(crate) date: Option<Date>,
}

/// The values.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    texts: Texts,
    pub(crate) values: Vec<Value>,
    /// Hashes of the texts, independent of the order of input.
    pub(crate) hashes: Vec<u64>,
    bytes: Vec<u8>,
}

/// How a text is to be taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shape {
    Plain,
    Words,
    Street,
    Date,
}

/// Numbers texts, then prepares each.
#[derive(Default)]
pub(crate) struct PoolBuilder {
    texts: Texts,
    table: Table,
    shapes: Vec<Shape>,
}

impl std::fmt::Debug for PoolBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PoolBuilder({})", self.texts.len())
    }
}

impl PoolBuilder {
    /// Number of a normalised value.
    pub(crate) fn number(&mut self, text: &str, shape: Shape) -> u32 {
        let number = self.table.number(text, &mut self.texts);
        match self.shapes.get_mut(number as usize) {
            // A value met in two kinds of columns is taken apart by the richer one.
            Some(known) => *known = (*known).max(shape),
            None => self.shapes.push(shape),
        }
        number
    }

    /// Prepares all values.
    pub(crate) fn finish(self) -> Pool {
        let texts = self.texts;
        let forms: Vec<(String, String)> = (0..texts.len())
            .into_par_iter()
            .with_min_len(1024)
            .map(|number| match self.shapes[number] {
                Shape::Date => (String::new(), String::new()),
                _ => {
                    let text = texts.get(number as u32);
                    (spelling(text), koelner_phonetik(text))
                }
            })
            .collect();
        let mut numbers = Texts::default();
        let mut table = Table::default();
        let mut values = Vec::with_capacity(texts.len());
        let hashes = texts.iter().map(|text| hash::of(text.as_bytes())).collect();
        let mut bytes = Vec::new();
        for (number, (spelling, sound)) in forms.iter().enumerate() {
            let text = texts.get(number as u32);
            let mut number_of =
                |text: &str| if text.is_empty() { NONE } else { table.number(text, &mut numbers) };
            let shape = self.shapes[number];
            let parts = match shape {
                Shape::Street => [number_of(street_name(text)), NONE, NONE],
                Shape::Words => {
                    let mut words = text.split(' ');
                    let first = words.next().map_or(NONE, &mut number_of);
                    let second = words.next().map_or(NONE, &mut number_of);
                    [first, second, words.next_back().map_or(NONE, &mut number_of)]
                }
                Shape::Plain | Shape::Date => [NONE; 3],
            };
            let head = text.bytes().take(4).enumerate().fold(0, |h, (i, b)| h | u32::from(b) << (8 * i));
            values.push(Value {
                start: bytes.len() as u32,
                length: text.len().min(usize::from(u16::MAX)) as u16,
                words: text.split(' ').count().min(usize::from(u16::MAX)) as u16,
                letters: text.bytes().fold(0, |seen, b| seen | letter_bit(b)),
                head,
                spelling: number_of(spelling),
                sound: number_of(sound),
                parts,
                date: (shape == Shape::Date).then(|| Date::parse(text)).flatten(),
            });
            bytes.extend_from_slice(text.as_bytes());
        }
        Pool { texts, values, hashes, bytes }
    }
}

fn letter_bit(byte: u8) -> u32 {
    match byte {
        b'a'..=b'z' => 1 << (byte - b'a'),
        b'0'..=b'9' => 1 << (26 + (byte - b'0') % 6),
        _ => 0,
    }
}

impl Pool {
    /// The normalised text.
    pub(crate) fn text(&self, number: u32) -> &str {
        self.texts.get(number)
    }

    /// Number of values.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    #[inline]
    pub(crate) fn bytes(&self, value: &Value) -> &[u8] {
        let start = value.start as usize;
        &self.bytes[start..start + usize::from(value.length)]
    }

    /// Hash of forms of a value, applied one after the other; 0 if nothing is left.
    pub(crate) fn form_hash(&self, number: u32, forms: &[Form]) -> u64 {
        let Some((first, rest)) = forms.split_first() else { return self.hashes[number as usize] };
        let mut text = first.of(self.text(number));
        for form in rest {
            text = form.of(&text);
        }
        if text.is_empty() { 0 } else { hash::of(text.as_bytes()) }
    }
}

impl Value {
    /// Number of distinct letters the values do not share, the larger of the two sides: no fewer edits turn one into
    /// the other.
    #[inline]
    pub(crate) fn letters_apart(&self, other: &Self) -> u32 {
        let [mine, theirs] =
            [self.letters & !other.letters, other.letters & !self.letters].map(u32::count_ones);
        mine.max(theirs)
    }

    /// No Jaro–Winkler similarity is larger, found from lengths, letters and first letters alone.
    #[inline]
    pub(crate) fn jaro_winkler_at_most(&self, other: &Self) -> f64 {
        let mine =
            f64::from(u32::from(self.length).saturating_sub((self.letters & !other.letters).count_ones()));
        let theirs =
            f64::from(u32::from(other.length).saturating_sub((other.letters & !self.letters).count_ones()));
        let matches = mine.min(theirs);
        if matches <= 0.0 {
            return 0.0;
        }
        let jaro = (matches / f64::from(self.length) + matches / f64::from(other.length) + 1.0) / 3.0;
        let prefix = ((self.head ^ other.head).trailing_zeros() / 8).min(4);
        jaro + 0.1 * f64::from(prefix) * (1.0 - jaro)
    }

    #[inline]
    pub(crate) fn length(&self) -> usize {
        usize::from(self.length)
    }

    /// Whether two values of several words share one.
    #[inline]
    pub(crate) fn shares_part(&self, other: &Self) -> bool {
        (self.words > 1 || other.words > 1)
            && self.parts.iter().any(|part| *part != NONE && other.parts.contains(part))
    }
}
