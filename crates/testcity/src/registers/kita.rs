//! The children of the Kitas, as an administration program lists them: commas and ISO dates.

use super::{Table, text, yes};
use crate::city::City;
use crate::draw::{Draw, Stage};
use crate::kita::kita_end;
use crate::register::RegisterRow;
use jiff::civil::Date;

const HEADER: [&str; 15] = [
    "vertrag",
    "kita",
    "traeger",
    "nachname",
    "vorname",
    "geburtsdatum",
    "geschlecht",
    "strasse",
    "hausnummer",
    "plz",
    "beginn",
    "ende",
    "wochenstunden",
    "familiensprache_deutsch",
    "herkunft_ausland",
];

const PROVIDERS: [&str; 4] = ["städtisch", "katholisch", "evangelisch", "sonstiger freier Träger"];

fn iso(day: Option<Date>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

pub(super) fn table(city: &City, rows: &[RegisterRow]) -> Table {
    let of = |row: &RegisterRow| {
        let child = &city.children[row.child];
        let household = &city.households[child.household];
        let kita = child.kita.unwrap_or(0);
        let person = &row.person;
        let mut draw = Draw::new(city.plan.seed, Stage::KitaRegister, row.child + (1 << 32));
        let hours = *draw.one(&[25, 35, 35, 45, 45, 45]);
        vec![
            row.id.clone(),
            format!("KITA{:03}", kita + 1),
            PROVIDERS[kita % PROVIDERS.len()].to_string(),
            text(person.surname.as_deref()),
            text(person.first.as_deref()),
            iso(person.born),
            text(person.sex),
            text(person.street.as_deref()),
            text(person.number.as_deref()),
            text(person.postal_code.as_deref()),
            iso(child.kita_start),
            iso(kita_end(child, city.parameters.reference_date)),
            hours.to_string(),
            yes(household.language == "Deutsch"),
            yes(city.parameters.origins[household.origin].id != "deutsch"),
        ]
    };
    Table::new(&HEADER, rows.iter().map(of).collect())
}
