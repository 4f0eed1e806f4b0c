//! A first model from the columns of a file.

mod roles;
mod rules;

pub use roles::Role;

use crate::link::LinkError;
use crate::model::{
    Column, Comparison, Constraints, Decision, Estimation, Kind, Level, Model, Prior, Probabilities, Test,
};
use crate::prepare::prepare;
use crate::records::{MISSING, Records, hash};
use crate::text::{Date, latin};
use roles::role;
use std::collections::HashMap;

/// A model, and what was thought of each column.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// The model.
    pub model: Model,
    /// Columns of the file with what they were taken for; `None` for columns that are not used.
    pub columns: Vec<(String, Option<Role>)>,
    /// Whether the column of sources holds a person once per source, and is a constraint therefore; `None` without
    /// such a column.
    pub one_per_source: Option<bool>,
}

/// Columns of one role found in the file.
type Found = HashMap<Role, Vec<String>>;

/// Suggests a model for a file from the names and values of its columns. German and English names are known, also
/// inside longer ones (`kind_vorname`). Columns that look like keys are left out: a number of the person would
/// decide alone. Blocking rules are chosen by the pairs they give.
///
/// # Errors
/// A file in which nothing can be compared gives a model without comparisons, which [`crate::parse_model`] refuses
/// later; errors come only from columns of unequal length.
pub fn suggest(records: &Records) -> Result<Suggestion, LinkError> {
    let mut found = Found::new();
    let mut columns = Vec::new();
    for column in &records.columns {
        let mut taken = role(&column.name);
        if taken.is_none() && holds_dates(column) {
            taken = Some(Role::Date);
        }
        let filled = column.ids.iter().any(|id| *id != MISSING);
        let taken = taken.filter(|_| filled);
        if let Some(role) = taken {
            found.entry(role).or_default().push(column.name.clone());
        }
        columns.push((column.name.clone(), taken));
    }
    let mut model = columns_of(&found);
    comparisons(&mut model);
    model.estimation = Estimation::default();
    model.decision = Decision::default();
    model.prior = Prior::default();
    let prepared = prepare(&model, records)?;
    rules::choose(&mut model, &prepared);
    let one_per_source = model.column_named("source").map(|source| {
        let person = ["first_name", "surname", "birth"].map(|name| model.column_named(name));
        once_per(&prepared, source, &person.into_iter().flatten().collect::<Vec<_>>())
    });
    if one_per_source == Some(true) {
        model.constraints = Constraints { one_per: Some("source".into()) };
    }
    for (name, role) in &mut columns {
        let used = model.column.iter().any(|column| column.from.contains(name));
        *role = role.filter(|_| used);
    }
    Ok(Suggestion { model, columns, one_per_source })
}

/// Whether nearly all values are dates written as such.
fn holds_dates(column: &crate::records::TextColumn) -> bool {
    let texts = column.texts.iter().filter(|text| !crate::prepare::missing(text, &[])).take(500);
    let (mut all, mut dates) = (0, 0);
    for text in texts {
        all += 1;
        dates += usize::from(Date::parse(text).is_some_and(|date| date.days().is_some()));
    }
    all > 0 && dates * 10 >= all * 9
}

/// Columns of a model, in the order in which they are compared.
fn columns_of(found: &Found) -> Model {
    let mut model = Model::default();
    let all = |role: Role| found.get(&role).cloned().unwrap_or_default();
    let mut add = |name: &str, from: Vec<String>, kind: Kind| {
        if !from.is_empty() {
            model.column.push(Column { name: name.to_string(), from, kind, missing: Vec::new() });
        }
    };
    let mut first_names = all(Role::FirstName);
    first_names.truncate(1);
    first_names.extend(all(Role::SecondFirstName));
    let mut surnames = all(Role::Surname);
    surnames.truncate(1);
    surnames.extend(all(Role::SecondSurname));
    let full = all(Role::FullName);
    match (first_names.is_empty(), surnames.is_empty()) {
        // "Name" beside a first name is the family name.
        (false, true) => add("surname", full.into_iter().take(1).collect(), Kind::Surname),
        (true, true) => add("surname", full.into_iter().take(1).collect(), Kind::FirstName),
        _ => {}
    }
    add("first_name", first_names, Kind::FirstName);
    add("surname", surnames, Kind::Surname);
    add("birth_name", all(Role::BirthName).into_iter().take(1).collect(), Kind::Surname);
    let parts: Vec<String> = [Role::Year, Role::Month, Role::Day]
        .iter()
        .filter_map(|role| all(*role).into_iter().next())
        .collect();
    let date = all(Role::Date).into_iter().take(1).collect::<Vec<_>>();
    if !date.is_empty() {
        add("birth", date, Kind::Date);
    } else if parts.len() == 3 {
        add("birth", parts, Kind::Date);
    } else {
        add("birth_year", all(Role::Year).into_iter().take(1).collect(), Kind::Code);
    }
    add("sex", all(Role::Sex).into_iter().take(1).collect(), Kind::Category);
    let mut street: Vec<String> = all(Role::Street).into_iter().take(1).collect();
    if !street.is_empty() {
        street.extend(all(Role::HouseNumber).into_iter().take(1));
    }
    add("street", street, Kind::Street);
    add("address", all(Role::FurtherAddress).into_iter().take(1).collect(), Kind::Text);
    add("postcode", all(Role::Postcode).into_iter().take(1).collect(), Kind::Code);
    add("town", all(Role::Town).into_iter().take(1).collect(), Kind::Text);
    add("state", all(Role::State).into_iter().take(1).collect(), Kind::Category);
    add("birthplace", all(Role::Birthplace).into_iter().take(1).collect(), Kind::Text);
    add("nationality", all(Role::Nationality).into_iter().take(1).collect(), Kind::Category);
    add("phone", all(Role::Phone).into_iter().take(1).collect(), Kind::Code);
    add("email", all(Role::Email).into_iter().take(1).collect(), Kind::Code);
    add("number", all(Role::Number).into_iter().take(1).collect(), Kind::Code);
    add("parent_first_name", all(Role::ParentFirstName).into_iter().take(1).collect(), Kind::FirstName);
    add("source", all(Role::Source).into_iter().take(1).collect(), Kind::Category);
    model
}

/// Comparisons of the columns.
fn comparisons(model: &mut Model) {
    let place = |name: &str| model.column_named(name);
    let (first, family) = (place("first_name"), place("surname"));
    let jaro_winkler = |at_least| Test::JaroWinkler { at_least };
    let edits = |at_most| Test::DamerauLevenshtein { at_most };
    let mut list = Vec::new();
    for (column, described) in model.column.iter().enumerate() {
        let (term_frequency, household, mut tests) = match described.name.as_str() {
            "first_name" => (
                true,
                false,
                vec![
                    Test::Exact,
                    Test::Spelling,
                    Test::Part,
                    jaro_winkler(0.92),
                    Test::Prefix,
                    Test::Phonetic,
                    jaro_winkler(0.8),
                ],
            ),
            "surname" | "birth_name" => (
                true,
                true,
                vec![
                    Test::Exact,
                    Test::Spelling,
                    Test::Part,
                    jaro_winkler(0.92),
                    Test::Phonetic,
                    jaro_winkler(0.8),
                ],
            ),
            "parent_first_name" => {
                (true, true, vec![Test::Exact, Test::Spelling, Test::Part, jaro_winkler(0.9)])
            }
            "birth" => (
                true,
                false,
                vec![
                    Test::Exact,
                    Test::DayMonthSwapped,
                    Test::OneDigit,
                    Test::Placeholder,
                    Test::TwoParts,
                    Test::SameYear,
                ],
            ),
            "street" => (
                true,
                true,
                vec![Test::Exact, Test::Spelling, jaro_winkler(0.95), Test::StreetName, jaro_winkler(0.88)],
            ),
            "address" | "town" => {
                (true, true, vec![Test::Exact, Test::Spelling, Test::Part, jaro_winkler(0.9)])
            }
            "birthplace" => (true, false, vec![Test::Exact, Test::Spelling, jaro_winkler(0.85)]),
            "postcode" => (true, true, vec![Test::Exact, edits(1)]),
            "state" => (true, true, vec![Test::Exact]),
            "phone" | "email" => (true, true, vec![Test::Exact, edits(2)]),
            "number" => (false, false, vec![Test::Exact, edits(1), edits(3)]),
            "birth_year" => (true, false, vec![Test::Exact, edits(1)]),
            "source" => continue,
            _ => (true, false, vec![Test::Exact]),
        };
        let other = if Some(column) == first { family } else { first.filter(|_| Some(column) == family) };
        if let Some(with) = other {
            // Before the coarse levels, which two swapped names may reach by accident.
            tests.insert(3, Test::Swapped { with });
        }
        list.push(Comparison {
            column,
            term_frequency,
            household,
            levels: tests
                .into_iter()
                .map(|test| Level { test, probabilities: Probabilities::default() })
                .collect(),
            otherwise: Probabilities::default(),
        });
    }
    model.comparison = list;
}

/// Share of agreeing pairs inside a source, against what chance gives, below which persons are once in a source.
const FAR_FEWER: f64 = 0.2;

/// Whether records that agree in everything that tells persons apart are far more rarely of one source than chance
/// would have it, that is, whether a source holds a person once.
fn once_per(prepared: &crate::prepare::Prepared, source: usize, person: &[usize]) -> bool {
    if person.len() < 2 {
        return false;
    }
    let mut groups: HashMap<u64, HashMap<u32, u64>> = HashMap::new();
    let mut sizes: HashMap<u32, f64> = HashMap::new();
    for record in prepared.cells.chunks_exact(prepared.width) {
        let there = record[source] != MISSING && person.iter().all(|column| record[*column] != MISSING);
        if !there {
            continue;
        }
        let key = person
            .iter()
            .fold(1, |key, column| hash::join(key, prepared.pool.hashes[record[*column] as usize]));
        *groups.entry(key).or_default().entry(record[source]).or_default() += 1;
        *sizes.entry(record[source]).or_default() += 1.0;
    }
    let pairs = |count: u64| (count * count.saturating_sub(1) / 2) as f64;
    let (mut within, mut all) = (0.0, 0.0);
    for group in groups.values() {
        within += group.values().map(|count| pairs(*count)).sum::<f64>();
        all += pairs(group.values().sum());
    }
    let total: f64 = sizes.values().sum();
    let by_chance: f64 = sizes.values().map(|size| (size / total).powi(2)).sum();
    sizes.len() > 1 && all >= 20.0 && within / all < FAR_FEWER * by_chance
}

/// Words of a column's name.
fn words(name: &str) -> Vec<String> {
    let mut spaced = String::new();
    let mut before_lower = false;
    for letter in name.chars() {
        // dateOfBirth is three words, DOB is one.
        if letter.is_uppercase() && before_lower {
            spaced.push(' ');
        }
        before_lower = letter.is_lowercase() || letter.is_ascii_digit();
        spaced.push(letter);
    }
    latin(&spaced).split(' ').map(str::to_string).collect()
}
