//! The lists a portal sorts by: what the program carries, overridden by files of the municipality.

use crate::PortalError;
use kekiz_offers::opening::{Calendar, Land, SchoolHolidays};
use kekiz_offers::{Demands, TermList, Vocabularies};
use kekiz_search::{CodeNames, Synonyms};
use std::path::Path;

/// Lists and tables of a portal.
#[derive(Clone, Debug)]
pub struct Lists {
    /// Life phases, action fields, target groups and the rest.
    pub terms: Vocabularies,
    /// What an offer must say before it is published.
    pub demands: Demands,
    /// Public and school holidays.
    pub calendar: Calendar,
    /// German names of the codes of action fields and target groups, for the index.
    pub(crate) names: CodeNames,
}

/// Files of the lists, by their names in `data/portal`.
const TERM_FILES: [&str; 10] = [
    "lebensphasen.toml",
    "handlungsfelder.toml",
    "uebergaenge.toml",
    "praeventionsarten.toml",
    "zugang.toml",
    "sektoren.toml",
    "evidenz.toml",
    "kostentraeger.toml",
    "zielgruppen.toml",
    "sprachen.toml",
];

impl Lists {
    /// The shipped lists with those of the folder put over them. A file that is there and wrong is an error: a
    /// municipality that changed a list must not silently get another.
    pub fn read(folder: &Path, land: Land) -> Result<Self, PortalError> {
        let mut terms = Vocabularies::defaults()?;
        for file in TERM_FILES {
            if let Some(text) = own(folder, file)? {
                terms.replace(TermList::read(&shown(folder, file), &text)?);
            }
        }
        let demands = match own(folder, "pflichtangaben.toml")? {
            Some(text) => Demands::read(&shown(folder, "pflichtangaben.toml"), &text)?,
            None => Demands::defaults()?,
        };
        let table = match own(folder, "ferien.toml")? {
            Some(text) => Some(SchoolHolidays::read(&shown(folder, "ferien.toml"), &text)?),
            None if land == Land::Nw => Some(SchoolHolidays::nordrhein_westfalen()?),
            None => None,
        };
        let names = ["action_field", "target_group"]
            .into_iter()
            .filter_map(|list| terms.list(list))
            .flat_map(|list| &list.terms)
            .map(|term| (term.code.clone(), format!("{} {}", term.name, term.plain)))
            .collect();
        Ok(Self { terms, demands, calendar: Calendar::new(land, table), names })
    }
}

/// The synonyms: those of the folder, else the shipped ones.
pub(crate) fn synonyms(folder: &Path) -> Result<Synonyms, PortalError> {
    match own(folder, "synonyme.toml")? {
        Some(text) => Ok(Synonyms::read(&shown(folder, "synonyme.toml"), &text)?),
        None => Ok(Synonyms::shipped()?),
    }
}

fn own(folder: &Path, file: &str) -> Result<Option<String>, PortalError> {
    let path = folder.join(file);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(PortalError::file(&path, &error)),
    }
}

fn shown(folder: &Path, file: &str) -> String {
    folder.join(file).display().to_string()
}
