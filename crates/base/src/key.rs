//! Keys of areas. A key is text: `05513000` is not the number 5513000.
//!
//! Sources: AGS and ARS, Statistische Ämter des Bundes und der Länder, "Gemeindeverzeichnis (GV-ISys)";
//! NUTS, Regulation (EC) No 1059/2003.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::fmt;

/// The key of an area as text, unique within one store.
///
/// Official areas use their AGS (2, 3, 5 or 8 digits); areas below the municipality use the municipality's
/// own code, with a prefix where two cities would otherwise share a code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AreaKey(SmolStr);

impl AreaKey {
    /// A key from text that is already in its final form.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(SmolStr::new(text.as_ref()))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AreaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for AreaKey {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl std::borrow::Borrow<str> for AreaKey {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// What kind of key a column holds; decides how its text is checked and repaired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyKind {
    /// Amtlicher Gemeindeschlüssel of a Land (2 digits).
    Ags2,
    /// Amtlicher Gemeindeschlüssel of a Kreis (5 digits). Longer keys ending in zeros are shortened.
    Ags5,
    /// Amtlicher Gemeindeschlüssel of a Gemeinde (8 digits).
    Ags8,
    /// AGS of any level, told apart by its length after repair (2, 3, 5 or 8 digits).
    Ags,
    /// Amtlicher Regionalschlüssel (12 digits), turned into the AGS: digits 1-5 and 10-12.
    Ars12,
    /// NUTS code of level 3 (5 characters, letters and digits).
    Nuts3,
    /// The municipality's own code; taken as it is, only trimmed.
    Own,
}

/// A repair that was made and has to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovered {
    /// Nothing was changed.
    Unchanged,
    /// Leading zeros that a spreadsheet had dropped were put back.
    LeadingZeros {
        /// The text found in the file.
        found: String,
    },
    /// A decimal tail (`5513000.0`) was cut, and zeros put back where needed.
    DecimalTail {
        /// The text found in the file.
        found: String,
    },
}

/// Why a text is not a key of the wanted kind. Each variant is a German sentence with the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// The field was empty.
    #[error("Der Gebietsschlüssel fehlt.")]
    Empty,
    /// The text has a wrong length.
    #[error("„{found}“ hat {length} Stellen; erwartet wird ein Schlüssel mit {expected} Stellen.")]
    Length {
        /// Text as found.
        found: String,
        /// Its length.
        length: usize,
        /// Lengths that would do.
        expected: &'static str,
    },
    /// The text holds other characters than digits.
    #[error("„{found}“ ist kein amtlicher Schlüssel; erwartet werden nur Ziffern.")]
    NotDigits {
        /// Text as found.
        found: String,
    },
}

impl KeyKind {
    /// Reads a key from the text of a cell.
    ///
    /// Leading zeros that were lost (`5513000` for `05513000`) are put back and reported. For keys of one
    /// fixed length exactly one missing zero is restored, since no Land key has two leading zeros.
    pub fn parse(self, text: &str) -> Result<(AreaKey, Recovered), KeyProblem> {
        let found = text.trim();
        if found.is_empty() {
            return Err(KeyProblem::Empty);
        }
        if self == KeyKind::Own {
            return Ok((AreaKey::new(found), Recovered::Unchanged));
        }
        if self == KeyKind::Nuts3 {
            let length = found.chars().count();
            return if length == 5 {
                Ok((AreaKey::new(found.to_ascii_uppercase()), Recovered::Unchanged))
            } else {
                Err(KeyProblem::Length { found: found.into(), length, expected: "5" })
            };
        }
        let compact: String = found.chars().filter(|c| !c.is_whitespace()).collect();
        let (digits, tail) = match compact.split_once(['.', ',']) {
            Some((whole, rest)) if !rest.is_empty() && rest.bytes().all(|b| b == b'0') => {
                (whole.to_string(), true)
            }
            _ => (compact, false),
        };
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(KeyProblem::NotDigits { found: found.into() });
        }
        let length = digits.len();
        let wrong = |expected| KeyProblem::Length { found: found.into(), length, expected };
        let (padded, zeros) = match self {
            KeyKind::Ags2 => pad(&digits, 2).ok_or_else(|| wrong("2"))?,
            KeyKind::Ags8 => pad(&digits, 8).ok_or_else(|| wrong("8"))?,
            KeyKind::Ars12 => pad(&digits, 12).ok_or_else(|| wrong("12"))?,
            KeyKind::Ags5 => match length {
                7 | 8 => {
                    let (long, zeros) = pad(&digits, 8).ok_or_else(|| wrong("5"))?;
                    if !long.ends_with("000") {
                        return Err(wrong("5"));
                    }
                    (long[..5].to_string(), zeros)
                }
                _ => pad(&digits, 5).ok_or_else(|| wrong("5"))?,
            },
            KeyKind::Ags => match length {
                1 => pad(&digits, 2).ok_or_else(|| wrong("2, 3, 5 oder 8"))?,
                2 | 3 | 5 | 8 => (digits.clone(), false),
                4 => pad(&digits, 5).ok_or_else(|| wrong("2, 3, 5 oder 8"))?,
                7 => pad(&digits, 8).ok_or_else(|| wrong("2, 3, 5 oder 8"))?,
                _ => return Err(wrong("2, 3, 5 oder 8")),
            },
            KeyKind::Own | KeyKind::Nuts3 => (digits.clone(), false),
        };
        let key = if self == KeyKind::Ars12 {
            AreaKey::new(format!("{}{}", &padded[..5], &padded[9..]))
        } else {
            AreaKey::new(padded)
        };
        let recovered = match (tail, zeros) {
            (true, _) => Recovered::DecimalTail { found: found.into() },
            (false, true) => Recovered::LeadingZeros { found: found.into() },
            (false, false) => Recovered::Unchanged,
        };
        Ok((key, recovered))
    }
}

/// Puts back one lost leading zero; `None` when the length cannot be explained by it.
fn pad(digits: &str, wanted: usize) -> Option<(String, bool)> {
    match wanted.checked_sub(digits.len()) {
        Some(0) => Some((digits.to_string(), false)),
        Some(1) => Some((format!("0{digits}"), true)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: KeyKind, text: &str, key: &str, repaired: bool) {
        let (found, recovered) = kind.parse(text).unwrap();
        assert_eq!(found.as_str(), key);
        assert_eq!(recovered != Recovered::Unchanged, repaired, "{text}");
    }

    #[test]
    fn keys_are_read_and_repaired() {
        check(KeyKind::Ags8, "05513000", "05513000", false);
        check(KeyKind::Ags8, " 5513000 ", "05513000", true);
        check(KeyKind::Ags8, "5513000.0", "05513000", true);
        check(KeyKind::Ags5, "5513", "05513", true);
        check(KeyKind::Ags5, "05513000", "05513", false);
        check(KeyKind::Ags, "5", "05", true);
        check(KeyKind::Ars12, "055130000000", "05513000", false);
        check(KeyKind::Ars12, "53340002002", "05334002", true);
        check(KeyKind::Nuts3, "dea32", "DEA32", false);
        check(KeyKind::Own, "011", "011", false);
    }

    #[test]
    fn wrong_keys_are_refused_with_a_sentence() {
        assert!(KeyKind::Ags8.parse("").is_err());
        assert!(KeyKind::Ags8.parse("Krefeld").unwrap_err().to_string().contains("nur Ziffern"));
        assert!(KeyKind::Ags8.parse("513").unwrap_err().to_string().contains("8 Stellen"));
        assert!(KeyKind::Ags5.parse("05334002").is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in ".{0,20}") {
            for kind in [KeyKind::Ags2, KeyKind::Ags5, KeyKind::Ags8, KeyKind::Ags, KeyKind::Ars12, KeyKind::Nuts3] {
                let _ = kind.parse(&text);
            }
        }

        #[test]
        fn one_lost_zero_comes_back(n in 0u32..10_000_000) {
            let full = format!("0{n:07}");
            let (key, _) = KeyKind::Ags8.parse(&full[1..]).unwrap();
            proptest::prop_assert_eq!(key.as_str(), full);
        }
    }
}
