//! One spelling for names of streets and places.

use crate::fold::{Folder, words};

/// Words of an address that have several spellings; compared after folding.
const SHORT: [(&str, &str); 16] = [
    ("str", "strasse"),
    ("st", "sankt"),
    ("pl", "platz"),
    ("dr", "doktor"),
    ("prof", "professor"),
    ("fr", "friedrich"),
    ("friedr", "friedrich"),
    ("wilh", "wilhelm"),
    ("gr", "grosse"),
    ("kl", "kleine"),
    ("bgm", "burgermeister"),
    ("buergerm", "burgermeister"),
    ("burgerm", "burgermeister"),
    ("kard", "kardinal"),
    ("ob", "oberburgermeister"),
    ("rhld", "rheinland"),
];

/// A word in the spelling of the table: folded, `Str.` and `…str.` as `strasse`, `…pl.` as `platz`.
fn word(folded: &str) -> String {
    if let Some((_, long)) = SHORT.iter().find(|(short, _)| *short == folded) {
        return (*long).to_string();
    }
    match folded.strip_suffix("str") {
        Some(start) if start.chars().count() >= 3 => format!("{start}strasse"),
        _ => folded.to_string(),
    }
}

/// Words of a text in the spelling of the table.
pub(crate) fn normal_words(text: &str, folder: &mut Folder) -> Vec<String> {
    words(text).map(|one| word(&folder.fold(one))).filter(|one| !one.is_empty()).collect()
}

/// The key of a name: its words without gaps, since `Sankt-Töniser-Straße`, `St. Töniser Str.` and
/// `Sankttöniserstraße` are the same street.
pub(crate) fn key(words: &[String]) -> String {
    words.concat()
}

/// A house number with its addition; `None` where the text is not one (`5. Etage` is, `Erdgeschoss` is not).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HouseNumber {
    /// The number.
    pub number: u16,
    /// Letter behind it in small (`a` in `12 a`), or 0.
    pub letter: u8,
}

impl HouseNumber {
    /// Reads `12`, `12a`, `12 A`, `12-14` and `12/14` (the first number counts), `12 1/2` (as 12).
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let number: u16 = text[..digits].parse().ok().filter(|number| *number > 0)?;
        let rest = text[digits..].trim_start();
        let mut letters = rest.chars();
        let first = letters.next().filter(char::is_ascii_alphabetic);
        let alone = letters.next().is_none_or(|next| !next.is_alphabetic());
        match first {
            Some(letter) if alone => Some(Self { number, letter: letter.to_ascii_lowercase() as u8 }),
            Some(_) => None,
            None => Some(Self { number, letter: 0 }),
        }
    }
}

impl std::fmt::Display for HouseNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.number)?;
        if self.letter != 0 { write!(f, "{}", char::from(self.letter)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streets_have_one_key_in_all_their_spellings() {
        let mut folder = Folder::new();
        for (spellings, expected) in [
            (&["Märklinstraße", "Maerklinstr.", "MÄRKLINSTRASSE", "Märklin Str"][..], "marklinstrasse"),
            (&["Sankt-Töniser-Straße", "St. Töniser Str.", "St.Toeniser-Str."], "sankttoniserstrasse"),
            (&["Friedrichsplatz", "Friedrichs Pl."], "friedrichsplatz"),
            (&["Ostwall"], "ostwall"),
            (&[""], ""),
        ] {
            for text in spellings {
                assert_eq!(key(&normal_words(text, &mut folder)), expected, "{text}");
            }
        }
    }

    #[test]
    fn house_numbers_are_read_with_their_letter() {
        for (text, expected) in [
            ("12", Some("12")),
            ("12a", Some("12a")),
            ("12 A", Some("12a")),
            ("12-14", Some("12")),
            ("12/14", Some("12")),
            ("12 1/2", Some("12")),
            ("0", None),
            ("99999", None),
            ("12abc", None),
            ("a", None),
            ("", None),
        ] {
            assert_eq!(HouseNumber::read(text).map(|house| house.to_string()).as_deref(), expected, "{text}");
        }
    }
}
