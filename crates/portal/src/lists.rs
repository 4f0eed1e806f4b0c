//! The lists a portal sorts by: what the program carries, overridden by files of the municipality.

use crate::PortalError;
use kekiz_offers::opening::{Calendar, Land, SchoolHolidays};
use kekiz_offers::{Demands, TermList, Vocabularies};
use kekiz_search::Synonyms;
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
    /// The shipped lists, for North Rhine-Westphalia.
    pub fn shipped() -> Result<Self, PortalError> {
        Self::read(None, Land::Nw)
    }

    /// The shipped lists with those of the folder put over them. A file that is there and wrong is an error: a
    /// municipality that changed a list must not silently get another.
    pub fn read(folder: Option<&Path>, land: Land) -> Result<Self, PortalError> {
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
            Some(text) => SchoolHolidays::read(&shown(folder, "ferien.toml"), &text)?,
            None => SchoolHolidays::shipped(land)?,
        };
        Ok(Self { terms, demands, calendar: Calendar::new(land, Some(table)) })
    }
}

/// The synonyms: those of the folder, else the shipped ones.
pub(crate) fn synonyms(folder: &Path) -> Result<Synonyms, PortalError> {
    let folder = Some(folder);
    match own(folder, "synonyme.toml")? {
        Some(text) => Ok(Synonyms::read(&shown(folder, "synonyme.toml"), &text)?),
        None => Ok(Synonyms::shipped()?),
    }
}

fn own(folder: Option<&Path>, file: &str) -> Result<Option<String>, PortalError> {
    let Some(path) = folder.map(|folder| folder.join(file)) else { return Ok(None) };
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(PortalError::file(&path, &error)),
    }
}

fn shown(folder: Option<&Path>, file: &str) -> String {
    folder.map_or_else(|| file.to_string(), |folder| folder.join(file).display().to_string())
}
