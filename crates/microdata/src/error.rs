use kekiz_tables::{MappingError, ReadError};

/// Why a file of person records could not be read at all. German sentences with the remedy, never a value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IntakeError {
    /// The schema cannot be used.
    #[error(transparent)]
    Schema(#[from] MappingError),
    /// There is no shipped schema of that name.
    #[error(
        "Ein Schema „{name}“ wird nicht mitgeliefert; vorhanden sind {known}. Abhilfe: eines davon oder den Pfad einer eigenen Datei angeben."
    )]
    UnknownSchema {
        /// The name.
        name: String,
        /// What there is.
        known: String,
    },
    /// The table cannot be read.
    #[error(transparent)]
    Table(#[from] ReadError),
    /// The file is not what it should be.
    #[error("{file}: {message} → {remedy}")]
    File {
        /// Name of the file.
        file: String,
        /// What was found.
        message: String,
        /// What to do.
        remedy: String,
    },
}

impl IntakeError {
    pub(crate) fn file(file: &str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        IntakeError::File { file: file.into(), message: message.into(), remedy: remedy.into() }
    }
}
