//! What every stored document has: a revision, who changed it and why, and a refusal of stale writes.

use crate::Trouble;
use sea_orm::DbErr;
use serde::{Serialize, de::DeserializeOwned};

/// Who changes something, when and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// When.
    pub at: jiff::Timestamp,
    /// The account's id; `None` for the program itself (imports at the command line, reminders).
    pub by: Option<String>,
    /// Why, in the words of the person; may be empty.
    pub reason: String,
}

/// A document with what the store knows about it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stored<T> {
    /// The document.
    pub value: T,
    /// Counts from 1; the next write has to name it.
    pub revision: u64,
    /// When this version was written.
    pub changed_at: jiff::Timestamp,
    /// By which account.
    pub changed_by: Option<String>,
    /// Why.
    pub reason: String,
}

/// Why a document was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError<T> {
    /// Somebody else saved in between. Both versions are here, so that a person can put them together.
    #[error(
        "Jemand hat den Eintrag inzwischen geändert. Es wurde nichts überschrieben. Abhilfe: beide Fassungen vergleichen und zusammenführen."
    )]
    Stale {
        /// What was to be saved.
        yours: Box<T>,
        /// What is there now; `None` where the entry is gone.
        theirs: Option<Box<Stored<T>>>,
    },
    /// The database refused.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl<T> From<DbErr> for SaveError<T> {
    fn from(error: DbErr) -> Self {
        Self::Trouble(error.into())
    }
}

/// Writes a document as JSON text. Text and not the engines' JSON types, since those reorder and round.
pub(crate) fn encode<T: Serialize>(kind: &'static str, id: &str, value: &T) -> Result<String, Trouble> {
    serde_json::to_string(value).map_err(|source| Trouble::Unreadable { kind, id: id.into(), source })
}

/// Reads a document back.
pub(crate) fn decode<T: DeserializeOwned>(kind: &'static str, id: &str, text: &str) -> Result<T, Trouble> {
    serde_json::from_str(text).map_err(|source| Trouble::Unreadable { kind, id: id.into(), source })
}

/// A revision as the database keeps it. Revisions count writes by people and stay far below 2^63.
pub(crate) fn column(revision: u64) -> i64 {
    i64::try_from(revision).unwrap_or(i64::MAX)
}

/// A revision as it is used; never negative in a table this crate wrote.
pub(crate) fn revision(column: i64) -> u64 {
    u64::try_from(column).unwrap_or(0)
}
