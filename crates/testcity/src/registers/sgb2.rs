//! The extract of the Jobcenter: children in Bedarfsgemeinschaften on the reference date.

use super::{Table, german_date, text, yes};
use crate::city::City;
use crate::register::RegisterRow;

const HEADER: [&str; 13] = [
    "personennummer",
    "bg_nummer",
    "nachname",
    "vorname",
    "geburtsdatum",
    "geschlecht",
    "strasse",
    "hausnummer",
    "plz",
    "stichtag",
    "leistungsbeginn",
    "kinder_in_bg",
    "alleinerziehend",
];

pub(super) fn table(city: &City, rows: &[RegisterRow]) -> Table {
    let reference = german_date(Some(city.parameters.reference_date));
    let of = |row: &RegisterRow| {
        let child = &city.children[row.child];
        let household = &city.households[child.household];
        let person = &row.person;
        // A child draws no benefit before it is born.
        let since = household.sgb2_since.map(|since| since.max(child.born));
        vec![
            row.id.clone(),
            format!("BG{:06}", child.household + 100_000),
            text(person.surname.as_deref()),
            text(person.first.as_deref()),
            german_date(person.born),
            text(person.sex),
            text(person.street.as_deref()),
            text(person.number.as_deref()),
            text(person.postal_code.as_deref()),
            reference.clone(),
            german_date(since),
            household.children.to_string(),
            yes(household.single_parent),
        ]
    };
    Table::new(&HEADER, rows.iter().map(of).collect())
}
