//! A printed list: headed entries with facts, for families to take along.

use crate::ReportError;
use serde::{Deserialize, Serialize};

/// All content of a printed list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListInput {
    /// Title.
    pub title: String,
    /// A line below the title ("12 Angebote"); may be empty.
    #[serde(default)]
    pub subtitle: String,
    /// Day the list was made; also the date of the document.
    pub as_of: jiff::civil::Date,
    /// Who publishes it.
    pub operator: String,
    /// Identifies the content; goes into the document id.
    pub identifier: String,
    /// The entries in their order.
    pub entries: Vec<ListEntry>,
    /// Lines at the end, for example sources.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// One entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListEntry {
    /// Name.
    pub title: String,
    /// A line below the name; may be empty.
    #[serde(default)]
    pub subtitle: String,
    /// A paragraph; may be empty.
    #[serde(default)]
    pub text: String,
    /// Label and value ("Telefon", "02151 86-0").
    #[serde(default)]
    pub facts: Vec<(String, String)>,
}

impl ListInput {
    /// Refuses a list without entries.
    pub(crate) fn check(&self) -> Result<(), ReportError> {
        if self.entries.is_empty() { Err(ReportError::NoEntry) } else { Ok(()) }
    }
}
