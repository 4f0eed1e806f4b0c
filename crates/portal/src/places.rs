//! Places by the words people type: addresses, postal codes, parts of the town; from imported tables only.

use crate::{Actor, Portal, PortalError};
use kekiz_store::addresses::{self, Address};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// What became of a typed place.
#[derive(Clone, Debug, PartialEq)]
pub enum PlaceFound {
    /// One place.
    One {
        /// Its name as the table writes it.
        name: String,
        /// Longitude and latitude.
        point: (f64, f64),
    },
    /// Nobody knows it.
    Unknown {
        /// As typed.
        typed: String,
    },
}

impl PlaceFound {
    /// Where it is.
    pub fn point(&self) -> Option<(f64, f64)> {
        match self {
            PlaceFound::One { point, .. } => Some(*point),
            PlaceFound::Unknown { .. } => None,
        }
    }
}

/// Centres of what has a name: addresses, streets, postal codes, parts of towns, towns.
#[derive(Debug, Default)]
pub(crate) struct Gazetteer {
    centres: BTreeMap<String, Centre>,
}

#[derive(Debug, Default)]
struct Centre {
    name: String,
    sum: (f64, f64),
    count: f64,
}

impl Gazetteer {
    fn add(&mut self, name: &str, point: (f64, f64)) {
        let key = fold(name);
        if key.is_empty() {
            return;
        }
        let centre = self.centres.entry(key).or_default();
        if centre.name.is_empty() {
            centre.name = name.trim().to_string();
        }
        centre.sum = (centre.sum.0 + point.0, centre.sum.1 + point.1);
        centre.count += 1.0;
    }

    fn add_address(&mut self, one: &Address) {
        let point = (one.longitude, one.latitude);
        let street = format!("{} {}", one.street, one.house_number);
        for name in [
            format!("{street}, {} {}", one.postcode, one.place),
            format!("{street}, {}", one.place),
            street,
            one.street.clone(),
            format!("{}, {}", one.street, one.place),
            one.postcode.clone(),
            format!("{} {}", one.postcode, one.place),
            one.district.clone(),
            format!("{}, {}", one.district, one.place),
            one.place.clone(),
        ] {
            if !name.trim_start().starts_with(',') {
                self.add(&name, point);
            }
        }
    }

    /// The centre of what was typed: as a whole, else without the house number, else its postal code.
    fn find(&self, typed: &str) -> Option<(String, (f64, f64))> {
        let whole = fold(typed);
        let without_number: String = whole
            .split(' ')
            .filter(|word| !(word.len() < 5 && word.starts_with(|c: char| c.is_ascii_digit())))
            .collect::<Vec<_>>()
            .join(" ");
        let code = whole.split(' ').find(|word| word.len() == 5 && word.bytes().all(|b| b.is_ascii_digit()));
        let centre = [Some(whole.as_str()), Some(without_number.as_str()), code]
            .into_iter()
            .flatten()
            .find_map(|key| self.centres.get(key))?;
        let point = (centre.sum.0 / centre.count, centre.sum.1 / centre.count);
        Some((centre.name.clone(), point))
    }
}

/// Lower case, umlauts and ß written out, `str.` as `strasse`, one space between words.
fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'ä' => out.push_str("ae"),
            'ö' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            c if c.is_alphanumeric() => out.push(c),
            '.' => out.push('.'),
            _ => out.push(' '),
        }
    }
    let words = out.split(' ').filter(|word| !word.is_empty()).map(|word| match word.strip_suffix("str.") {
        Some(before) => format!("{before}strasse"),
        None => word.replace('.', ""),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The gazetteer of a portal, replaced as a whole.
#[derive(Debug, Default)]
pub(crate) struct Places(RwLock<Arc<Gazetteer>>);

impl Places {
    fn now(&self) -> Arc<Gazetteer> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Portal {
    /// Where a typed place is.
    pub fn locate(&self, typed: &str) -> PlaceFound {
        match self.places().now().find(typed) {
            Some((name, point)) => PlaceFound::One { name, point },
            None => PlaceFound::Unknown { typed: typed.trim().to_string() },
        }
    }

    /// Reads the address table again.
    pub async fn reload_places(&self) -> Result<(), PortalError> {
        let mut gazetteer = Gazetteer::default();
        addresses::for_each(self.db(), |one| gazetteer.add_address(&one)).await?;
        *self.places().0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(gazetteer);
        Ok(())
    }

    /// Replaces the addresses that came from a file, all or none; gives their number.
    pub async fn import_addresses(
        &self,
        actor: &Actor,
        source: &str,
        list: Vec<Address>,
    ) -> Result<u64, PortalError> {
        actor.must_coordinate("Adressen einlesen")?;
        let mut writing = self.begin(actor, "").await?;
        let count = addresses::replace(&writing.tx, source, list).await?;
        writing.note("addresses.imported", "addresses", source, json!({ "count": count }));
        writing.finish().await?;
        self.reload_places().await?;
        Ok(count)
    }
}
