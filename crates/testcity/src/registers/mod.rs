//! The registers of the city as files of their offices.

mod einwohner;
mod familienbefragung;
mod kita;
mod kjh;
mod schuleingang;
mod sgb2;

use crate::child::Child;
use crate::city::City;
use crate::draw::Stage;
use crate::register::{self, RegisterRow};
use jiff::civil::Date;

pub(crate) use familienbefragung::table as familienbefragung;
pub(crate) use kjh::lines as kjh;

/// A register that names children.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Register {
    /// Einwohnermelderegister, children only.
    Einwohner,
    /// Schuleingangsuntersuchung with SOPESS.
    Schuleingang,
    /// Kita.
    Kita,
    /// Extract of the Jobcenter.
    Sgb2,
}

impl Register {
    /// All of them, in the order of their files.
    pub const ALL: [Self; 4] = [Self::Einwohner, Self::Schuleingang, Self::Kita, Self::Sgb2];

    /// Name in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Einwohner => "einwohner",
            Self::Schuleingang => "schuleingang",
            Self::Kita => "kita",
            Self::Sgb2 => "sgb2",
        }
    }

    fn stage(self) -> Stage {
        match self {
            Self::Einwohner => Stage::Einwohner,
            Self::Schuleingang => Stage::Schuleingang,
            Self::Kita => Stage::KitaRegister,
            Self::Sgb2 => Stage::Sgb2,
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::Einwohner => "E",
            Self::Schuleingang => "S",
            Self::Kita => "K",
            Self::Sgb2 => "P",
        }
    }

    fn holds(self, child: &Child) -> bool {
        match self {
            Self::Einwohner => true,
            Self::Schuleingang => child.examined.is_some(),
            // Ten years back: longer a Kita keeps no list.
            Self::Kita => child.kita_start.is_some_and(|start| start >= Date::constant(2015, 1, 1)),
            Self::Sgb2 => child.sgb2,
        }
    }

    /// The last birthday the register's form takes: nobody is examined or taken in before birth.
    fn latest(self, child: &Child, reference: Date) -> Date {
        match self {
            Self::Schuleingang => child.examined,
            Self::Kita => child.kita_start,
            Self::Einwohner | Self::Sgb2 => None,
        }
        .unwrap_or(reference)
    }

    /// The columns and rows of the register's file.
    pub(crate) fn table(self, city: &City, rows: &[RegisterRow]) -> Table {
        match self {
            Self::Einwohner => einwohner::table(city, rows),
            Self::Schuleingang => schuleingang::table(city, rows),
            Self::Kita => kita::table(city, rows),
            Self::Sgb2 => sgb2::table(city, rows),
        }
    }
}

/// Header and rows of a file.
pub(crate) struct Table {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(header: &[&str], rows: Vec<Vec<String>>) -> Self {
        Self { header: header.iter().map(|name| (*name).to_string()).collect(), rows }
    }
}

/// The rows of all registers that name children.
pub(crate) fn named(city: &City) -> Vec<(Register, Vec<RegisterRow>)> {
    let of = |register: Register| {
        let rates = city.parameters.registers.get(register.id());
        let holds = |child: &Child| register.holds(child);
        let latest = |child: &Child| register.latest(child, city.parameters.reference_date);
        let rows = rates.map(|r| register::rows(city, register.stage(), register.prefix(), r, holds, latest));
        (register, rows.unwrap_or_default())
    };
    Register::ALL.into_iter().map(of).collect()
}

/// A date as German offices write it; empty for none.
fn german_date(day: Option<Date>) -> String {
    day.map(kekiz_base::date::german).unwrap_or_default()
}

fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_string()
}

fn yes(value: bool) -> String {
    if value { "ja".into() } else { "nein".into() }
}
