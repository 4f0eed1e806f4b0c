//! Streets with their house numbers.

use super::latin;

/// Word endings and their short forms; the short form is kept.
const ENDINGS: [(&str, &str); 9] = [
    ("strasse", "str"),
    ("straat", "str"),
    ("platz", "pl"),
    ("allee", "all"),
    ("gasse", "g"),
    ("chaussee", "ch"),
    ("promenade", "prom"),
    ("street", "st"),
    ("avenue", "av"),
];

/// A street and house number in one spelling: "Hauptstraße 12 a", "Hauptstr. 12a", "Haupt-Str. 12A" and
/// "Hauptstrasse 012a" give "hauptstr 12a".
///
/// Words before the street's own ending are written together with it, a house number's letter with the number;
/// leading zeros of numbers are dropped.
pub fn street(text: &str) -> String {
    let words = latin(text);
    let mut out = String::with_capacity(words.len());
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            if !out.is_empty() {
                out.push(' ');
            }
            let number = word[..digits].trim_start_matches('0');
            out.push_str(if number.is_empty() { "0" } else { number });
            out.push_str(&word[digits..]);
            continue;
        }
        let after_number =
            out.rsplit(' ').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_digit()));
        // "12 a": the letter belongs to the number.
        if after_number && word.len() == 1 && out.ends_with(|c: char| c.is_ascii_digit()) {
            out.push_str(word);
            continue;
        }
        let mut short = word;
        let mut ending = "";
        for (long, brief) in ENDINGS {
            if let Some(stem) = word.strip_suffix(long) {
                (short, ending) = (stem, brief);
                break;
            }
        }
        // "Haupt Str." and "Hauptstr." are one street.
        let joins = (short.is_empty() || word == "str") && !out.is_empty() && !after_number;
        if !joins && !out.is_empty() {
            out.push(' ');
        }
        out.push_str(short);
        out.push_str(ending);
    }
    out
}

/// The street of [`street`] without what follows the first number that is not its first word.
pub fn street_name(street: &str) -> &str {
    let mut from = 0;
    for (at, word) in street.split(' ').enumerate() {
        if at > 0 && word.starts_with(|c: char| c.is_ascii_digit()) {
            return street[..from].trim_end();
        }
        from += word.len() + 1;
    }
    street
}

#[cfg(test)]
mod tests {
    use super::{street, street_name};

    #[test]
    fn spellings_of_one_street_meet() {
        for text in
            ["Hauptstraße 12 a", "Hauptstr. 12a", "Haupt-Str. 12A", "HAUPTSTRASSE 012a", "Haupt Straße 12a"]
        {
            assert_eq!(street(text), "hauptstr 12a", "{text}");
        }
        assert_eq!(street("Platz der Republik 1"), "pl der republik 1");
        assert_eq!(street("Straße des 17. Juni 135"), "str des 17 juni 135");
        assert_eq!(street_name("hauptstr 12a"), "hauptstr");
        assert_eq!(street_name("hauptstr"), "hauptstr");
        assert_eq!(street_name("5 avenue"), "5 avenue");
        assert_eq!(street(""), "");
    }
}
