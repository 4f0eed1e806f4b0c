//! The Schuleingangsuntersuchung: six parts of the SOPESS, German, weight, Kita, habits, with what offices leave out.

use super::{Table, german_date, text, yes};
use crate::child::{Child, months_between};
use crate::city::City;
use crate::draw::{Draw, Stage};
use crate::parameters::Sopess;
use crate::register::RegisterRow;

/// Parts of the SOPESS by the names of their outcomes.
const PARTS: [&str; 6] = [
    "visuomotorik",
    "aufmerksamkeit",
    "zahlen_mengen",
    "visuelles_wahrnehmen",
    "sprache",
    "koerperkoordination",
];

const PERSON: [&str; 11] = [
    "untersuchung",
    "nachname",
    "vorname",
    "geburtsdatum",
    "geschlecht",
    "strasse",
    "hausnummer",
    "plz",
    "untersuchungsdatum",
    "einschulungsjahr",
    "team",
];

const REST: [&str; 13] = [
    "deutschkenntnisse",
    "groesse_cm",
    "gewicht_kg",
    "gewichtsklasse",
    "erstsprache",
    "kita",
    "kita_monate",
    "kita_vor_3",
    "sportverein",
    "instrument",
    "u_heft",
    "alleinerziehend",
    "geschwister",
];

pub(super) fn table(city: &City, rows: &[RegisterRow]) -> Table {
    let mut header: Vec<String> = PERSON.iter().map(|name| (*name).to_string()).collect();
    for part in PARTS {
        header.push(format!("{part}_punkte"));
        header.push(part.to_string());
    }
    header.extend(REST.iter().map(|name| (*name).to_string()));
    Table { header, rows: rows.iter().map(|row| line(city, row)).collect() }
}

fn line(city: &City, row: &RegisterRow) -> Vec<String> {
    let child = &city.children[row.child];
    let person = &row.person;
    let mut draw = Draw::new(city.plan.seed, Stage::Schuleingang, row.child + (1 << 32));
    let team = draw.below(3);
    let entry = child.born.year() + 6 + i16::from(child.born.month() > 9);
    let mut line = vec![
        row.id.clone(),
        text(person.surname.as_deref()),
        text(person.first.as_deref()),
        german_date(person.born),
        text(person.sex),
        text(person.street.as_deref()),
        text(person.number.as_deref()),
        text(person.postal_code.as_deref()),
        german_date(child.examined),
        entry.to_string(),
        ["A", "B", "C"][team].to_string(),
    ];
    for part in PARTS {
        // Team C counted only from the second year on: not every office documents every finding.
        let documented = !(part == "zahlen_mengen" && team == 2 && entry == city.parameters.first_entry_year);
        line.extend(sopess(city, child, part, &mut draw, documented));
    }
    line.extend(rest(city, child, &mut draw));
    line
}

fn found(city: &City, child: &Child, outcome: &str) -> bool {
    let place = city.parameters.outcomes.iter().position(|known| known.id == outcome);
    place.and_then(|place| child.outcomes.get(place)).copied().unwrap_or(false)
}

fn habit(city: &City, child: &Child, habit: &str) -> bool {
    let place = city.parameters.habits.iter().position(|known| known.id == habit);
    place.and_then(|place| child.habits.get(place)).copied().unwrap_or(false)
}

/// Points and class of a part of the SOPESS.
fn sopess(city: &City, child: &Child, part: &str, draw: &mut Draw, documented: bool) -> [String; 2] {
    let Sopess { most, conspicuous, borderline, .. } = &city.parameters.sopess;
    let between = draw.chance(city.parameters.assumed("borderline"));
    let missing = draw.chance(city.parameters.assumed("undocumented"));
    let (low, high, class) = match (found(city, child, part), between) {
        (true, _) => (0, *conspicuous, "auffällig"),
        (false, true) => (conspicuous + 1, *borderline, "grenzwertig"),
        (false, false) => (borderline + 1, *most, "unauffällig"),
    };
    let points = draw.between(i64::from(low), i64::from(high));
    if missing || !documented {
        [String::new(), String::new()]
    } else {
        [points.to_string(), class.to_string()]
    }
}

fn rest(city: &City, child: &Child, draw: &mut Draw) -> Vec<String> {
    let household = &city.households[child.household];
    let undocumented = city.parameters.assumed("undocumented");
    let kept = |value: String, draw: &mut Draw| if draw.chance(undocumented) { String::new() } else { value };
    let with_mistakes = draw.chance(0.15);
    let german = match (found(city, child, "deutsch_mangelhaft"), with_mistakes) {
        (true, _) => "mangelhaft",
        (false, true) => "fehlerhaft",
        (false, false) => "gut",
    };
    let [height, weight, class] = body(found(city, child, "adipositas"), draw);
    let examined = child.examined.unwrap_or(child.born);
    let months = child.kita_start.map_or(0, |start| months_between(start, examined));
    let heft = draw.chance(0.93);
    let unweighed = draw.chance(undocumented);
    let body = [height, weight, class].map(|value| if unweighed { String::new() } else { value });
    let mut out = vec![kept(german.to_string(), draw)];
    out.extend(body);
    out.extend([
        kept(household.language.clone(), draw),
        child.kita.map(|kita| format!("KITA{:03}", kita + 1)).unwrap_or_default(),
        kept(months.to_string(), draw),
        kept(yes(habit(city, child, "kita_vor_3")), draw),
        kept(yes(habit(city, child, "sportverein")), draw),
        kept(yes(habit(city, child, "instrument")), draw),
        kept(yes(heft), draw),
        kept(yes(household.single_parent), draw),
        (household.children - 1).to_string(),
    ]);
    out
}

/// Height, weight and class of weight. About one in a thousand heights is written in metres, as happens.
fn body(obese: bool, draw: &mut Draw) -> [String; 3] {
    let height = draw.between(106, 128);
    let mass_index = if obese { 21.0 + 3.0 * draw.unit() } else { 13.6 + 5.2 * draw.unit() };
    let metres = height as f64 / 100.0;
    let weight = kekiz_base::number::german(mass_index * metres * metres, 1);
    let class = match mass_index {
        index if index >= 21.0 => "adipös",
        index if index >= 17.9 => "übergewichtig",
        index if index < 13.8 => "untergewichtig",
        _ => "normalgewichtig",
    };
    let slip = draw.chance(0.001);
    let height = if slip { kekiz_base::number::german(metres, 2) } else { height.to_string() };
    [height, weight, class.to_string()]
}
