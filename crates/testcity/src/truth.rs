//! What is true: which record is which child, and how each child truly is.

use crate::city::City;
use crate::register::RegisterRow;
use crate::registers::{Register, Table};

/// A record and the child it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrueLink {
    /// The register.
    pub register: Register,
    /// Number of the record.
    pub record: String,
    /// Number of the child.
    pub child: usize,
}

pub(crate) fn links(_: &City, rows: &[(Register, Vec<RegisterRow>)]) -> Vec<TrueLink> {
    let of = |(register, rows): &(Register, Vec<RegisterRow>)| {
        let register = *register;
        let links =
            rows.iter().map(move |row| TrueLink { register, record: row.id.clone(), child: row.child });
        links.collect::<Vec<_>>()
    };
    rows.iter().flat_map(of).collect()
}

/// Links as a file: `register;satz;kind;haushalt`.
pub(crate) fn links_table(city: &City, rows: &[(Register, Vec<RegisterRow>)]) -> Table {
    let lines = links(city, rows).into_iter().map(|link| {
        let household = city.children[link.child].household;
        vec![link.register.id().to_string(), link.record, child_id(link.child), format!("{household}")]
    });
    Table::new(&["register", "satz", "kind", "haushalt"], lines.collect())
}

fn child_id(number: usize) -> String {
    format!("C{number:07}")
}

/// Each child as it truly is.
pub(crate) fn children_table(city: &City) -> Table {
    let ids = |list: &[crate::Published]| list.iter().map(|p| p.id.clone()).collect::<Vec<_>>();
    let mut header: Vec<String> = [
        "kind",
        "haushalt",
        "nachname",
        "vorname",
        "geburtsdatum",
        "geschlecht",
        "stadtteil",
        "untersucht",
        "sgb2",
    ]
    .map(String::from)
    .into();
    header.extend(ids(&city.parameters.outcomes));
    header.extend(ids(&city.parameters.habits));
    let code = |value: bool| u8::from(value).to_string();
    let line = |(number, child): (usize, &crate::Child)| {
        let household = &city.households[child.household];
        let mut line = vec![
            child_id(number),
            child.household.to_string(),
            child.surname.clone(),
            child.first.clone(),
            child.born.to_string(),
            child.sex.letter().to_string(),
            city.territory.keys[household.area].clone(),
            code(child.examined.is_some()),
            code(child.sgb2),
        ];
        let found = city.parameters.outcomes.iter().enumerate();
        line.extend(found.map(|(place, _)| child.outcomes.get(place).map(|v| code(*v)).unwrap_or_default()));
        line.extend(child.habits.iter().map(|v| code(*v)));
        line
    };
    Table { header, rows: city.children.iter().enumerate().map(line).collect() }
}
