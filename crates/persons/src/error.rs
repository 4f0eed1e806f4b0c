//! Why something the office wanted with person records did not happen.

use kekiz_base::Diagnostics;
use kekiz_microdata::{IntakeError, TableError};
use kekiz_strongbox::StrongboxError;

/// German sentences with the remedy; never a person's value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PersonsError {
    /// The strongbox refused.
    #[error(transparent)]
    Strongbox(#[from] StrongboxError),
    /// The file or schema cannot be read.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// The file was refused; nothing was stored.
    #[error("{}", .0.message)]
    Refused(Box<Refused>),
    /// A stored table is not readable.
    #[error("„{name}“: {reason}")]
    Table {
        /// The dataset.
        name: String,
        /// What is wrong.
        reason: TableError,
    },
    /// A definition cannot be used.
    #[error("{file}: {message} → {remedy}")]
    Definition {
        /// Name of the definition.
        file: String,
        /// What is wrong with it.
        message: String,
        /// What to do.
        remedy: String,
    },
    /// The gate refused.
    #[error("{0}")]
    Gate(String),
    /// A pseudonym that nobody has.
    #[error(
        "Kein Datensatz hat dieses Pseudonym. Abhilfe: das Pseudonym prüfen; es hat 32 Stellen aus 0–9 und a–f."
    )]
    UnknownPerson,
}

/// A refused file with everything that was found in it.
#[derive(Debug)]
pub struct Refused {
    /// The sentence that sums it up.
    pub message: String,
    /// What was found.
    pub findings: Diagnostics,
}

impl PersonsError {
    pub(crate) fn definition(file: &str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        PersonsError::Definition { file: file.into(), message: message.into(), remedy: remedy.into() }
    }

    /// What was found in a refused file.
    pub fn findings(&self) -> Option<&Diagnostics> {
        match self {
            PersonsError::Refused(refused) => Some(&refused.findings),
            _ => None,
        }
    }
}

impl From<kekiz_tables::MappingError> for PersonsError {
    fn from(error: kekiz_tables::MappingError) -> Self {
        PersonsError::Intake(error.into())
    }
}
