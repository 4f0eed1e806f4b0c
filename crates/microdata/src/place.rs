//! From an address to its area. What knows how is asked by a trait, since points in areas need the maps of another floor.

use crate::IntakeError;
use kekiz_base::AreaKey;
use kekiz_tables::{TableFile, read_plain};
use std::collections::HashMap;

/// An address as a record gives it. Its texts are a person's: no `Debug`.
#[derive(Clone, Default)]
pub struct Address {
    /// Street.
    pub street: Option<String>,
    /// House number with its suffix.
    pub house_number: Option<String>,
    /// Postal code.
    pub postcode: Option<String>,
    /// Easting or longitude.
    pub x: Option<f64>,
    /// Northing or latitude.
    pub y: Option<f64>,
}

/// Finds the area of an address.
pub trait AreaFinder {
    /// The area, or `None` where it is not known.
    fn area(&self, address: &Address) -> Option<AreaKey>;
}

/// Knows no address.
pub struct Nowhere;

impl AreaFinder for Nowhere {
    fn area(&self, _address: &Address) -> Option<AreaKey> {
        None
    }
}

/// The municipality's list of addresses with their area, as statistics offices keep it (Adressdatei, kleinräumige
/// Gliederung).
pub struct AddressTable {
    by_postcode: HashMap<(String, String), AreaKey>,
    /// Without postal code; `None` where two areas share street and number.
    by_street: HashMap<String, Option<AreaKey>>,
}

impl AddressTable {
    /// Reads the list: columns for street, house number (or both in one), optionally postal code, and area key, named as
    /// usual (`Straße`, `Hausnummer`, `PLZ`, `Gebiet`).
    ///
    /// # Errors
    /// No table, or a column is missing.
    pub fn read(file: &TableFile) -> Result<Self, IntakeError> {
        let table = read_plain(file)?;
        let find = |names: &[&str]| {
            table.header.iter().position(|title| names.contains(&crate::parse::plain(title).as_str()))
        };
        let street = find(&["strasse", "strassenname", "adresse", "anschrift"]);
        let number = find(&["hausnummer", "hausnr", "hnr", "nummer"]);
        let suffix = find(&["zusatz", "hausnummernzusatz", "hnrzusatz"]);
        let postcode = find(&["plz", "postleitzahl"]);
        let area = find(&[
            "gebiet",
            "gebietsschluessel",
            "schluessel",
            "stadtteil",
            "statistischerbezirk",
            "bezirk",
            "baublock",
            "area",
        ]);
        let (Some(street), Some(area)) = (street, area) else {
            return Err(IntakeError::file(
                &file.name,
                "Der Adressliste fehlt eine Spalte für die Straße oder für das Gebiet.",
                "Die Spalten „Straße“, „Hausnummer“, „PLZ“ und „Gebiet“ nennen.",
            ));
        };
        let mut found = Self { by_postcode: HashMap::new(), by_street: HashMap::new() };
        for row in &table.rows {
            let cell = |index: Option<usize>| index.and_then(|i| row.get(i)).map_or("", String::as_str);
            let place = place_key(cell(Some(street)), &format!("{}{}", cell(number), cell(suffix)));
            let key = AreaKey::new(cell(Some(area)).trim());
            if key.as_str().is_empty() || place.is_empty() {
                continue;
            }
            let code = cell(postcode).trim();
            if !code.is_empty() {
                found.by_postcode.insert((code.to_string(), place.clone()), key.clone());
            }
            found
                .by_street
                .entry(place)
                .and_modify(|known| {
                    if known.as_ref() != Some(&key) {
                        *known = None;
                    }
                })
                .or_insert(Some(key));
        }
        Ok(found)
    }
}

impl AreaFinder for AddressTable {
    fn area(&self, address: &Address) -> Option<AreaKey> {
        let street = address.street.as_deref()?;
        let place = place_key(street, address.house_number.as_deref().unwrap_or_default());
        if let Some(code) = address.postcode.as_deref()
            && let Some(key) = self.by_postcode.get(&(code.trim().to_string(), place.clone()))
        {
            return Some(key.clone());
        }
        self.by_street.get(&place)?.clone()
    }
}

/// Street and number in one spelling: small letters, ß as ss, umlauts spelt out, `straße` as `str`, no other characters.
fn place_key(street: &str, number: &str) -> String {
    let street = crate::parse::plain(street);
    let number = crate::parse::plain(number);
    let cut = street.find(|c: char| c.is_ascii_digit()).unwrap_or(street.len());
    let (name, own) = street.split_at(cut);
    let name = name.strip_suffix("strasse").map_or_else(|| name.to_string(), |stem| format!("{stem}str"));
    let number = if own.is_empty() { number.as_str() } else { own };
    format!("{name} {}", number.trim_start_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_meet_and_doubtful_ones_do_not() {
        let text = "Straße;Hausnummer;PLZ;Gebiet\nLindenstraße;3;45468;011\nLindenstraße;4 a;45468;012\nMarkt;1;45468;011\nMarkt;1;45470;030\n";
        let table =
            AddressTable::read(&TableFile::from_bytes("adressen.csv", text.as_bytes().to_vec())).unwrap();
        let find = |street: &str, number: &str, postcode: Option<&str>| {
            let address = Address {
                street: Some(street.into()),
                house_number: Some(number.into()),
                postcode: postcode.map(Into::into),
                ..Address::default()
            };
            table.area(&address).map(|key| key.as_str().to_string())
        };
        for (street, number, postcode, area) in [
            ("Lindenstr.", "3", None, Some("011")),
            ("LINDENSTRASSE", "03", Some("45468"), Some("011")),
            ("Linden Straße 4A", "", None, Some("012")),
            ("Lindenstraße", "5", None, None),
            ("Markt", "1", Some("45470"), Some("030")),
            ("Markt", "1", Some("45468"), Some("011")),
            ("Markt", "1", None, None),
        ] {
            assert_eq!(find(street, number, postcode).as_deref(), area, "{street} {number}");
        }
        let bad = TableFile::from_bytes("x.csv", b"A;B\n1;2\n".to_vec());
        assert!(AddressTable::read(&bad).is_err());
    }
}
