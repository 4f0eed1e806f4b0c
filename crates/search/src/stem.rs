//! Stems: the part of a word that stays when it is bent.
//!
//! German, English, Turkish, Arabic and others by the Snowball algorithms (Porter 1980; snowballstem.org), which
//! the index engine brings. Snowball has none for Ukrainian; there the usual endings of nouns and adjectives
//! are taken off, longest first.

use crate::fold::{Folder, lower};
use std::collections::{BTreeMap, HashMap};
use tantivy::tokenizer::{Language, RawTokenizer, Stemmer, TextAnalyzer};

/// How words of a language are bent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Tongue {
    German,
    Turkish,
    Ukrainian,
    Snowball(u8),
    Unknown,
}

const SNOWBALL: [(&str, Language); 15] = [
    ("ar", Language::Arabic),
    ("da", Language::Danish),
    ("nl", Language::Dutch),
    ("en", Language::English),
    ("fi", Language::Finnish),
    ("fr", Language::French),
    ("el", Language::Greek),
    ("hu", Language::Hungarian),
    ("it", Language::Italian),
    ("no", Language::Norwegian),
    ("pt", Language::Portuguese),
    ("ro", Language::Romanian),
    ("ru", Language::Russian),
    ("es", Language::Spanish),
    ("sv", Language::Swedish),
];

/// Endings of Ukrainian nouns and adjectives, longest first.
const UKRAINIAN_ENDINGS: [&str; 33] = [
    "ування",
    "ення",
    "ання",
    "ами",
    "ями",
    "ові",
    "еві",
    "ого",
    "ому",
    "ими",
    "іми",
    "ити",
    "ати",
    "ах",
    "ях",
    "ам",
    "ям",
    "ом",
    "ем",
    "єм",
    "ою",
    "ею",
    "ів",
    "їв",
    "ей",
    "их",
    "ий",
    "ій",
    "а",
    "я",
    "и",
    "і",
    "у",
];

impl Tongue {
    /// The language of a tag such as `de`, `de-simple`, `tr`.
    pub(crate) fn of(tag: &str) -> Self {
        let primary = tag.split('-').next().unwrap_or("").to_ascii_lowercase();
        match primary.as_str() {
            "de" => Self::German,
            "tr" => Self::Turkish,
            "uk" => Self::Ukrainian,
            other => SNOWBALL
                .iter()
                .position(|(code, _)| *code == other)
                .map_or(Self::Unknown, |place| Self::Snowball(place as u8)),
        }
    }

    /// The languages a typed word may be in, judged by its letters: Arabic, Cyrillic, else none.
    pub(crate) fn of_script(word: &str) -> Option<Self> {
        word.chars().find_map(|c| match c {
            '\u{600}'..='\u{6ff}' => Some(Self::of("ar")),
            '\u{400}'..='\u{4ff}' => Some(Self::Ukrainian),
            _ => None,
        })
    }
}

fn snowball(language: Language) -> TextAnalyzer {
    TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::new(language)).build()
}

/// Folds and stems words, remembering what it has seen.
pub(crate) struct Analyser {
    folder: Folder,
    stemmers: BTreeMap<Tongue, TextAnalyzer>,
    seen: HashMap<Tongue, HashMap<String, (String, String)>>,
    remembered: usize,
}

const REMEMBERED: usize = 100_000;

impl Analyser {
    pub(crate) fn new() -> Self {
        Self { folder: Folder::new(), stemmers: BTreeMap::new(), seen: HashMap::new(), remembered: 0 }
    }

    /// The folded word.
    pub(crate) fn fold(&mut self, word: &str) -> String {
        self.folder.fold(word)
    }

    /// The folded word and its stem in a language. Both empty when nothing is left of the word.
    pub(crate) fn fold_and_stem(&mut self, tongue: Tongue, word: &str) -> &(String, String) {
        if !self.seen.get(&tongue).is_some_and(|seen| seen.contains_key(word)) {
            let pair = self.analyse(tongue, word);
            if self.remembered >= REMEMBERED {
                self.seen.clear();
                self.remembered = 0;
            }
            self.remembered += 1;
            self.seen.entry(tongue).or_default().insert(word.to_string(), pair);
        }
        const NOTHING: &(String, String) = &(String::new(), String::new());
        self.seen.get(&tongue).and_then(|seen| seen.get(word)).unwrap_or(NOTHING)
    }

    fn analyse(&mut self, tongue: Tongue, word: &str) -> (String, String) {
        let folded = self.folder.fold(word);
        let stem = match tongue {
            Tongue::German => self.by_snowball(tongue, Language::German, &folded),
            Tongue::Turkish => self.by_snowball(tongue, Language::Turkish, &lower(word, true)),
            Tongue::Ukrainian => without_ending(&folded).to_string(),
            Tongue::Snowball(place) => match SNOWBALL.get(usize::from(place)) {
                Some((_, language)) => self.by_snowball(tongue, *language, &lower(word, false)),
                None => folded.clone(),
            },
            Tongue::Unknown => folded.clone(),
        };
        (folded, stem)
    }

    fn by_snowball(&mut self, tongue: Tongue, language: Language, word: &str) -> String {
        let stemmer = self.stemmers.entry(tongue).or_insert_with(|| snowball(language));
        let mut stream = stemmer.token_stream(word);
        let stem = if stream.advance() { stream.token().text.clone() } else { String::new() };
        drop(stream);
        self.folder.fold(&stem)
    }
}

fn without_ending(word: &str) -> &str {
    UKRAINIAN_ENDINGS
        .iter()
        .find_map(|ending| word.strip_suffix(ending).filter(|rest| rest.chars().count() >= 3))
        .unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bent_words_share_a_stem() {
        let mut analyser = Analyser::new();
        for (tag, one, other) in [
            ("de", "Krabbelgruppe", "Krabbelgruppen"),
            ("de", "Häuser", "Haus"),
            ("de", "Mütter", "Mutter"),
            ("de-simple", "Kinder", "Kindern"),
            ("en", "meetings", "meeting"),
            ("tr", "çocuklar", "çocuk"),
            ("uk", "дітям", "діти"),
            ("uk", "школи", "школа"),
            ("ar", "المدارس", "مدارس"),
        ] {
            let tongue = Tongue::of(tag);
            let stems = (analyser.analyse(tongue, one).1, analyser.analyse(tongue, other).1);
            assert_eq!(stems.0, stems.1, "{tag}: {one}, {other}");
        }
    }

    #[test]
    fn different_words_keep_different_stems() {
        let mut analyser = Analyser::new();
        for (one, other) in [("Kita", "Kind"), ("Hebamme", "Hilfe"), ("Geld", "Gewalt")] {
            let german = Tongue::German;
            assert_ne!(analyser.analyse(german, one).1, analyser.analyse(german, other).1);
        }
    }
}
