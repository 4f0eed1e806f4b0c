//! A list of words that can be asked for parts and for misspellings.
//!
//! Trigrams (three letters in a row, with an edge sign before and behind each word) point to the words that hold
//! them. A part of a compound shares all of its trigrams with the whole (`gruppe` in `krabbelgruppen`); a
//! misspelled word shares many. Only words sharing enough are then compared letter by letter. Words, not offers,
//! are indexed this way: the words of 100,000 offers are few tens of thousands, and the explanation can name
//! the word that was meant. Source of the counting filter: Gravano et al., Approximate String Joins in a
//! Database, VLDB 2001, section 4.

const EDGE: char = '\u{2}';

/// Sorted distinct words with their trigrams.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lexicon {
    text: String,
    starts: Vec<u32>,
    grams: Vec<u64>,
    gram_starts: Vec<u32>,
    gram_words: Vec<u32>,
}

/// A word with how many letters differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Similar {
    pub(crate) edits: u8,
    pub(crate) word: u32,
}

fn pack(three: [char; 3]) -> u64 {
    three.iter().fold(0, |packed, c| packed << 21 | u64::from(u32::from(*c)))
}

fn grams_of(chars: &[char]) -> impl Iterator<Item = u64> + '_ {
    chars.windows(3).map(|w| pack([w[0], w[1], w[2]]))
}

fn with_edges(word: &str) -> Vec<char> {
    std::iter::once(EDGE).chain(word.chars()).chain(std::iter::once(EDGE)).collect()
}

impl Lexicon {
    /// From sorted distinct words.
    pub(crate) fn new<'a>(sorted: impl IntoIterator<Item = &'a str>) -> Self {
        let mut lexicon = Self { starts: vec![0], ..Self::default() };
        let mut pairs: Vec<(u64, u32)> = Vec::new();
        for (number, word) in sorted.into_iter().enumerate() {
            lexicon.text.push_str(word);
            lexicon.starts.push(lexicon.text.len() as u32);
            pairs.extend(grams_of(&with_edges(word)).map(|gram| (gram, number as u32)));
        }
        pairs.sort_unstable();
        pairs.dedup();
        for (gram, word) in pairs {
            if lexicon.grams.last() != Some(&gram) {
                lexicon.grams.push(gram);
                lexicon.gram_starts.push(lexicon.gram_words.len() as u32);
            }
            lexicon.gram_words.push(word);
        }
        lexicon.gram_starts.push(lexicon.gram_words.len() as u32);
        lexicon
    }

    /// How many words.
    pub(crate) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.text.len()
            + 4 * (self.starts.len() + self.gram_starts.len() + self.gram_words.len())
            + 8 * self.grams.len()
    }

    /// The word of a number; empty behind the end.
    pub(crate) fn word(&self, number: u32) -> &str {
        let at = number as usize;
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(from), Some(to)) => &self.text[*from as usize..*to as usize],
            _ => "",
        }
    }

    /// The number of the first word that is not before `word`.
    fn first_from(&self, word: &str) -> u32 {
        let (mut low, mut high) = (0u32, self.len() as u32);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.word(middle) < word {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The number of a word.
    pub(crate) fn find(&self, word: &str) -> Option<u32> {
        let at = self.first_from(word);
        ((at as usize) < self.len() && self.word(at) == word).then_some(at)
    }

    /// Words that begin with `start`, in order.
    pub(crate) fn starting_with<'a>(&'a self, start: &'a str) -> impl Iterator<Item = u32> + 'a {
        (self.first_from(start)..self.len() as u32).take_while(move |at| self.word(*at).starts_with(start))
    }

    fn holding(&self, gram: u64) -> &[u32] {
        match self.grams.binary_search(&gram) {
            Ok(at) => &self.gram_words[self.gram_starts[at] as usize..self.gram_starts[at + 1] as usize],
            Err(_) => &[],
        }
    }

    /// Words that hold `part` (three letters or more), in order; the word itself included.
    pub(crate) fn containing(&self, part: &str) -> Vec<u32> {
        let chars: Vec<char> = part.chars().collect();
        let Some(rarest) = grams_of(&chars).map(|gram| self.holding(gram)).min_by_key(|list| list.len())
        else {
            return Vec::new();
        };
        rarest.iter().copied().filter(|word| self.word(*word).contains(part)).collect()
    }

    /// Words within `most` edits (letters left out, added, exchanged or swapped with their neighbour), nearest
    /// first, then in order; the word itself included.
    pub(crate) fn similar(&self, word: &str, most: u8) -> Vec<Similar> {
        let chars: Vec<char> = word.chars().collect();
        let edged = with_edges(word);
        let mut candidates: Vec<u32> = Vec::new();
        let mut grams: Vec<u64> = grams_of(&edged).collect();
        grams.sort_unstable();
        grams.dedup();
        for gram in &grams {
            candidates.extend_from_slice(self.holding(*gram));
        }
        candidates.sort_unstable();
        // One edit touches at most three trigrams, a swap of neighbours four.
        let needed = grams.len().saturating_sub(4 * usize::from(most)).max(1);
        let mut found: Vec<Similar> = (candidates.chunk_by(|a, b| a == b))
            .filter(|same| same.len() >= needed)
            .filter_map(|same| self.edits_to(&chars, same[0], most))
            .collect();
        // Of a short word one swap may leave no trigram: there the first letter is enough.
        if let Some(first) = word.chars().next().filter(|_| chars.len() < 5) {
            let start = first.to_string();
            found.extend(self.starting_with(&start).filter_map(|other| self.edits_to(&chars, other, most)));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn edits_to(&self, chars: &[char], word: u32, most: u8) -> Option<Similar> {
        let text = self.word(word);
        // A letter is one to four bytes, so bytes bound the difference in length before any is decoded.
        if text.len() < chars.len().saturating_sub(usize::from(most))
            || text.len() > 4 * (chars.len() + usize::from(most))
        {
            return None;
        }
        edits_within(chars, text, most).map(|edits| Similar { edits, word })
    }
}

/// Edits between two words, if at most `most`: optimal string alignment (Damerau 1964), row by row.
fn edits_within(a: &[char], b: &str, most: u8) -> Option<u8> {
    let b: Vec<char> = b.chars().collect();
    if a.len().abs_diff(b.len()) > usize::from(most) {
        return None;
    }
    let mut before: Vec<u8> = Vec::new();
    let mut last: Vec<u8> = (0..=b.len()).map(|n| n.min(255) as u8).collect();
    for i in 1..=a.len() {
        let mut row = vec![i.min(255) as u8; b.len() + 1];
        for j in 1..=b.len() {
            let exchanged = last[j - 1] + u8::from(a[i - 1] != b[j - 1]);
            row[j] = exchanged.min(last[j].saturating_add(1)).min(row[j - 1].saturating_add(1));
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2].saturating_add(1));
            }
        }
        if row.iter().all(|edits| *edits > most) {
            return None;
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|edits| *edits <= most)
}

/// How many edits are forgiven in a word of so many letters: none below four, one below eight, else two.
pub(crate) fn forgiven_edits(word: &str) -> u8 {
    match word.chars().count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lexicon(words: &[&str]) -> Lexicon {
        let mut sorted = words.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        Lexicon::new(sorted)
    }

    fn similar(lexicon: &Lexicon, word: &str, most: u8) -> Vec<(String, u8)> {
        lexicon.similar(word, most).iter().map(|s| (lexicon.word(s.word).to_string(), s.edits)).collect()
    }

    #[test]
    fn parts_and_misspellings_are_found() {
        let words = lexicon(&["krabbelgruppen", "gruppe", "nachhilfe", "hebamme", "kita", "сімя", "روضه"]);
        let holding: Vec<&str> = words.containing("grupp").iter().map(|w| words.word(*w)).collect();
        assert_eq!(holding, ["gruppe", "krabbelgruppen"]);
        for (typed, most, expected) in [
            ("nachilfe", 2, ("nachhilfe", 1)),
            ("hebame", 1, ("hebamme", 1)),
            ("hebmame", 1, ("hebamme", 1)),
            ("ktia", 1, ("kita", 1)),
            ("kits", 1, ("kita", 1)),
            ("сімя", 1, ("сімя", 0)),
        ] {
            assert_eq!(similar(&words, typed, most), [(expected.0.to_string(), expected.1)], "{typed}");
        }
        assert!(similar(&words, "zebra", 1).is_empty());
        assert!(lexicon(&[]).similar("kita", 2).is_empty() && lexicon(&[]).find("kita").is_none());
    }

    proptest! {
        #[test]
        fn the_filter_loses_no_word_of_some_length(word in "[a-d]{6,10}", at in 0usize..6, letter in "[a-d]") {
            let mut other: Vec<char> = word.chars().collect();
            other[at] = letter.chars().next().unwrap();
            let other: String = other.into_iter().collect();
            let words = lexicon(&[&word]);
            prop_assert_eq!(words.similar(&other, 1).len(), 1);
        }

        #[test]
        fn edits_are_symmetric(a in "[a-c]{0,6}", b in "[a-c]{0,6}") {
            let chars = |s: &str| s.chars().collect::<Vec<_>>();
            prop_assert_eq!(edits_within(&chars(&a), &b, 3), edits_within(&chars(&b), &a, 3));
        }
    }
}
