//! The children of the Einwohnermelderegister, in the style of KOSIS' Bevölkerungsbestand with households.

use super::{Table, german_date, text};
use crate::city::City;
use crate::register::RegisterRow;

const HEADER: [&str; 14] = [
    "satznummer",
    "nachname",
    "vorname",
    "geburtsdatum",
    "geschlecht",
    "strasse",
    "hausnummer",
    "plz",
    "staatsangehoerigkeit",
    "migrationshintergrund",
    "haushalt",
    "haushaltstyp",
    "kinder_im_haushalt",
    "stichtag",
];

pub(super) fn table(city: &City, rows: &[RegisterRow]) -> Table {
    let reference = german_date(Some(city.parameters.reference_date));
    let of = |row: &RegisterRow| {
        let person = &row.person;
        let household = &city.households[city.children[row.child].household];
        let german = household.country == "deutsch";
        let background = match (german, city.parameters.origins[household.origin].id.as_str()) {
            (false, _) => "Ausländer",
            (true, "deutsch") => "ohne",
            (true, _) => "Deutsche mit Migrationshintergrund",
        };
        vec![
            row.id.clone(),
            text(person.surname.as_deref()),
            text(person.first.as_deref()),
            german_date(person.born),
            text(person.sex),
            text(person.street.as_deref()),
            text(person.number.as_deref()),
            text(person.postal_code.as_deref()),
            household.country.clone(),
            background.to_string(),
            format!("H{:07}", city.children[row.child].household + 1),
            if household.single_parent { "alleinerziehend".into() } else { "Paar".into() },
            household.children.to_string(),
            reference.clone(),
        ]
    };
    Table::new(&HEADER, rows.iter().map(of).collect())
}
