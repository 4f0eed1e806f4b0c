//! Words, and the one spelling they are compared in.
//!
//! Parents type without umlauts, on Turkish or Arabic keyboards, or copy from elsewhere. Folding takes all of
//! that away: case, accents, `ß`/`ss`, `ä`/`ae`/`a`, the Turkish dotless `ı`, Arabic vowel signs and variants
//! of letters, Ukrainian apostrophes. It is applied to offers and to queries alike, so it need not be
//! reversible, only the same on both sides.

use tantivy::tokenizer::{AsciiFoldingFilter, RawTokenizer, TextAnalyzer};

/// Longest word that is compared, in bytes; longer ones are cut.
pub(crate) const LONGEST_WORD: usize = 80;

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}' | '\u{610}'..='\u{61a}' | '\u{200c}' | '\u{200d}' | '\u{ad}')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '‘' | '`' | '´')
}

/// Splits a text into words: letters, digits and their marks; an apostrophe between two letters belongs to
/// the word. Everything else separates.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(|c: char| c.is_alphanumeric())?;
        rest = &rest[start..];
        let mut end = rest.len();
        let mut chars = rest.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let inner = is_apostrophe(c) && chars.peek().is_some_and(|(_, next)| next.is_alphabetic());
            if !(c.is_alphanumeric() || is_mark(c) || inner) {
                end = at;
                break;
            }
        }
        let word = &rest[..end];
        rest = &rest[end..];
        Some(word)
    })
}

/// Lower case without accents' marks, keeping letters such as `ä` or `ş`: what stemmers of other languages
/// want. `turkish` lowers `I` to `ı`.
pub(crate) fn lower(word: &str, turkish: bool) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        match c {
            'İ' => out.push('i'),
            'I' if turkish => out.push('ı'),
            c if is_apostrophe(c) || is_mark(c) => {}
            c => out.extend(c.to_lowercase().filter(|c| !is_mark(*c))),
        }
    }
    if out.len() > LONGEST_WORD {
        let end = (0..=LONGEST_WORD).rev().find(|end| out.is_char_boundary(*end)).unwrap_or(0);
        out.truncate(end);
    }
    out
}

fn plain(c: char) -> Option<char> {
    Some(match c {
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' | 'ئ' | 'ی' => 'ي',
        'ؤ' => 'و',
        'ة' => 'ه',
        'ک' => 'ك',
        'ё' => 'е',
        'ґ' => 'г',
        'ı' => 'i',
        '٠'..='٩' => char::from(b'0' + (c as u32 - '٠' as u32) as u8),
        '۰'..='۹' => char::from(b'0' + (c as u32 - '۰' as u32) as u8),
        'ء' => return None,
        c => c,
    })
}

/// Folds words; holds the folding table of the index engine.
pub(crate) struct Folder(TextAnalyzer);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(TextAnalyzer::builder(RawTokenizer::default()).filter(AsciiFoldingFilter).build())
    }

    /// The spelling a word is compared in: lower case, ASCII where it is Latin, `ae oe ue` as `a o u`.
    /// Empty for a text without letters or digits.
    pub(crate) fn fold(&mut self, word: &str) -> String {
        let lowered: String = lower(word, false).chars().filter_map(plain).collect();
        let ascii = if lowered.is_ascii() {
            lowered
        } else {
            let mut stream = self.0.token_stream(&lowered);
            if stream.advance() { stream.token().text.to_lowercase() } else { String::new() }
        };
        without_arabic_article(&join_digraphs(&ascii)).to_string()
    }
}

/// `ae oe ue` to `a o u`, except where the `u` belongs to the letter before it (`neue`, `Bauer`, `Quelle`).
fn join_digraphs(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut before = ' ';
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(c);
        let joins = match c {
            'a' | 'o' => true,
            'u' => !matches!(before, 'a' | 'e' | 'i' | 'o' | 'u' | 'q'),
            _ => false,
        };
        if joins && chars.peek() == Some(&'e') {
            chars.next();
        }
        before = c;
    }
    out
}

fn without_arabic_article(word: &str) -> &str {
    ["وال", "بال", "لل", "ال"]
        .iter()
        .find_map(|article| word.strip_prefix(article).filter(|rest| rest.chars().count() >= 3))
        .unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_word_in_other_spellings_folds_the_same() {
        let mut folder = Folder::new();
        for (group, expected) in [
            (&["Müller", "MUELLER", "Muller", "Mu\u{308}ller"][..], "muller"),
            (&["Straße", "STRASSE", "strasse"], "strasse"),
            (&["Häuser", "haeuser", "Hauser"], "hauser"),
            (&["neue", "NEUE"], "neue"),
            (&["Bauer"], "bauer"),
            (&["Quelle"], "quelle"),
            (&["İstanbul", "istanbul", "ISTANBUL", "ıstanbul"], "istanbul"),
            (&["çocuk", "ÇOCUK", "cocuk"], "cocuk"),
            (&["сім'я", "сім’я", "СІМʼЯ"], "сімя"),
            (&["أطفال", "الأطفال", "اطفال", "أَطْفَال"], "اطفال"),
            (&["روضة", "الروضة", "روضه"], "روضه"),
            (&["١٢"], "12"),
        ] {
            for word in group {
                assert_eq!(folder.fold(word), expected, "{word}");
            }
        }
    }

    #[test]
    fn words_are_split_where_people_split_them() {
        for (text, expected) in [
            ("Eltern-Kind-Gruppe (0–3 Jahre)", &["Eltern", "Kind", "Gruppe", "0", "3", "Jahre"][..]),
            ("wie geht's?", &["wie", "geht's"]),
            ("'zitiert'", &["zitiert"]),
            ("сім'я, діти", &["сім'я", "діти"]),
            ("أَطْفَال", &["أَطْفَال"]),
            ("+-\"*~^:()[]{}\\/!", &[]),
            ("", &[]),
        ] {
            assert_eq!(words(text).collect::<Vec<_>>(), expected, "{text}");
        }
    }
}
