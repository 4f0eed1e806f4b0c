//! From typed words to terms of the index.

use super::query::{LONGEST_TEXT, MOST_WORDS, Query};
use crate::fold::words;
use crate::index::{STEM, WORD};
use crate::lexicon::{Lexicon, forgiven_edits};
use crate::stem::{Analyser, Tongue};
use crate::synonyms::{Synonyms, Target};

/// How a word of an offer was found by a typed word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum How {
    /// The same word.
    Word,
    /// Another form of it (`Gruppen` for `Gruppe`).
    Stem,
    /// A compound with it (`Krabbelgruppe` for `Gruppe`).
    Compound,
    /// Another word for it, from the list of synonyms.
    Synonym,
    /// A part of it (`Nachhilfe` for `Nachhilfelehrer`).
    Part,
    /// A similar word (`Nachhilfe` for `Nachilfe`).
    Typo,
}

/// A typed word.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) typed: String,
    /// Which word of the text.
    pub(crate) place: usize,
    pub(crate) folded: String,
    /// Stems in the languages it may be in; the first is the one synonyms are listed by.
    pub(crate) stems: Vec<String>,
}

/// Terms one behind the other that stand for a typed word, and how much they count (1 is the word itself).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Expansion {
    pub(crate) how: How,
    pub(crate) terms: Vec<String>,
    pub(crate) weight: f32,
}

/// The words of a text and those of them that tell something; all when none does.
pub(crate) fn tokens(
    query: &Query,
    synonyms: &Synonyms,
    analyser: &mut Analyser,
) -> (Vec<String>, Vec<Token>) {
    let end = query.text.char_indices().nth(LONGEST_TEXT).map_or(query.text.len(), |(at, _)| at);
    let typed: Vec<String> = words(&query.text[..end]).map(str::to_string).collect();
    let of_page = Tongue::of(&query.language);
    let mut all = Vec::new();
    for (place, word) in typed.iter().enumerate() {
        let by_script = Tongue::of_script(word);
        let first = by_script.unwrap_or(Tongue::German);
        let (folded, stem) = analyser.fold_and_stem(first, word).clone();
        if folded.is_empty() {
            continue;
        }
        let mut stems = vec![if stem.is_empty() { folded.clone() } else { stem }];
        let also = analyser.fold_and_stem(of_page, word).1.clone();
        if !also.is_empty() && !stems.contains(&also) {
            stems.push(also);
        }
        all.push(Token { typed: word.clone(), place, folded, stems });
    }
    let telling = |token: &Token| !synonyms.is_stop(&token.folded);
    if all.iter().any(telling) {
        all.retain(telling);
    }
    all.truncate(MOST_WORDS);
    (typed, all)
}

fn word_term(word: &str) -> String {
    format!("{WORD}{word}")
}

fn stem_term(stem: &str) -> String {
    format!("{STEM}{stem}")
}

/// The word itself and its other forms.
pub(crate) fn direct(token: &Token) -> Vec<Expansion> {
    let mut found = vec![Expansion { how: How::Word, terms: vec![word_term(&token.folded)], weight: 1.0 }];
    for stem in &token.stems {
        found.push(Expansion { how: How::Stem, terms: vec![stem_term(stem)], weight: 0.9 });
    }
    found
}

/// Most compounds that are looked up for one word.
const MOST_COMPOUNDS: usize = 60;
/// Endings a word may have behind the part that was looked for and still end with it.
const ENDINGS: [&str; 10] = ["", "e", "n", "en", "er", "ern", "s", "es", "in", "innen"];

/// Compounds with a stem: ending with it counts most (`Krabbelgruppe` is a `Gruppe`), then beginning, then within.
/// Short stems would be found everywhere: three letters count at the beginning only, four not within.
fn compounds(stem: &str, folded: &str, lexicon: &Lexicon) -> Vec<(u32, f32)> {
    let letters = stem.chars().count();
    if letters < 3 {
        return Vec::new();
    }
    let mut found: Vec<(u32, f32)> = Vec::new();
    for number in lexicon.containing(stem) {
        let word = lexicon.word(number);
        if word == folded {
            continue;
        }
        let behind = word.rfind(stem).map_or("", |at| &word[at + stem.len()..]);
        let begins = word.starts_with(stem);
        let weight = match letters {
            4.. if !begins && ENDINGS.contains(&behind) => 0.8,
            3.. if begins => 0.78,
            5.. => 0.6,
            _ => continue,
        };
        found.push((number, weight));
    }
    found.sort_by(|a, b| {
        let length = |number: u32| lexicon.word(number).len();
        b.1.total_cmp(&a.1).then(length(a.0).cmp(&length(b.0))).then(a.0.cmp(&b.0))
    });
    found.truncate(MOST_COMPOUNDS);
    found
}

/// Compounds with the word, and what synonyms stand for it.
pub(crate) fn related(token: &Token, meanings: &[(&Target, usize)], lexicon: &Lexicon) -> Vec<Expansion> {
    let mut found = Vec::new();
    for (target, place) in meanings {
        let terms = target.stems.iter().map(|stem| stem_term(stem)).collect();
        let weight = (0.56 - 0.03 * *place as f32).max(0.4);
        found.push(Expansion { how: How::Synonym, terms, weight });
        if let [stem] = target.stems.as_slice() {
            let telling = compounds(stem, "", lexicon).into_iter().filter(|(_, share)| *share > 0.7);
            for (number, share) in telling.take(20) {
                let terms = vec![word_term(lexicon.word(number))];
                found.push(Expansion { how: How::Synonym, terms, weight: weight * share });
            }
        }
    }
    let stem = token.stems.first().map_or("", String::as_str);
    for (number, weight) in compounds(stem, &token.folded, lexicon) {
        let terms = vec![word_term(lexicon.word(number))];
        found.push(Expansion { how: How::Compound, terms, weight });
    }
    found
}

/// Shortest part of a compound that is looked for on its own.
const SHORTEST_PART: usize = 4;

/// Words of the index that the typed word begins or ends with; the longer the part, the more it counts.
pub(crate) fn parts(token: &Token, lexicon: &Lexicon) -> Vec<Expansion> {
    let word = token.folded.as_str();
    let letters = word.chars().count().max(1) as f32;
    let mut found: Vec<Expansion> = Vec::new();
    for (at, _) in word.char_indices().skip(1) {
        for part in [&word[..at], &word[at..]] {
            let length = part.chars().count();
            if length >= SHORTEST_PART && lexicon.find(part).is_some() {
                let weight = 0.6 * length as f32 / letters;
                found.push(Expansion { how: How::Part, terms: vec![word_term(part)], weight });
            }
        }
    }
    found.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.terms.cmp(&b.terms)));
    found.truncate(6);
    found
}

/// Most similar words that are looked up.
const MOST_SIMILAR: usize = 8;

/// Similar words, nearest first.
pub(crate) fn similar(token: &Token, lexicon: &Lexicon) -> Vec<Expansion> {
    let mut words = lexicon.similar(&token.folded, forgiven_edits(&token.folded));
    words.retain(|similar| similar.edits > 0);
    let nearest = words.first().map_or(0, |similar| similar.edits);
    (words.into_iter().take_while(|similar| similar.edits == nearest).take(MOST_SIMILAR))
        .map(|similar| Expansion {
            how: How::Typo,
            terms: vec![word_term(lexicon.word(similar.word))],
            weight: if similar.edits == 1 { 0.6 } else { 0.4 },
        })
        .collect()
}
