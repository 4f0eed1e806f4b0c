//! Why something the office wanted did not happen.

use kekiz_base::{Diagnostics, Severity};
use std::fmt;
use std::io::ErrorKind;
use std::path::Path;

/// A failure by kind; the kind becomes the exit code. Every text is a German sentence with the remedy.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// An input file was refused; nothing was stored.
    #[error("{0}")]
    Input(Rejection),
    /// The configuration, a catalogue or a mapping cannot be used.
    #[error("{0}")]
    Configuration(String),
    /// The gate refused to let something out.
    #[error("{0}")]
    Refused(String),
    /// Reading or writing the store failed.
    #[error("{0}")]
    Store(String),
}

/// A refused input with everything that was found in it.
#[derive(Debug)]
pub struct Rejection {
    /// The sentence that sums it up.
    pub message: String,
    /// What was found, with places and remedies.
    pub findings: Diagnostics,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl AppError {
    /// A refused file without findings of its own.
    pub(crate) fn input(message: impl Into<String>) -> Self {
        AppError::Input(Rejection { message: message.into(), findings: Diagnostics::new() })
    }

    /// A file that was refused because of its findings.
    pub(crate) fn rejected(file: &str, findings: Diagnostics) -> Self {
        let errors = findings.count(Severity::Error);
        let word = if errors == 1 { "1 Fehler" } else { &format!("{errors} Fehlern") };
        let message = format!("„{file}“ wurde wegen {word} nicht übernommen; der Bestand ist unverändert.");
        AppError::Input(Rejection { message, findings })
    }

    /// The findings of a refused input.
    pub fn findings(&self) -> Option<&Diagnostics> {
        match self {
            AppError::Input(rejection) => Some(&rejection.findings),
            _ => None,
        }
    }
}

impl From<crate::config::ConfigError> for AppError {
    fn from(error: crate::config::ConfigError) -> Self {
        AppError::Configuration(error.to_string())
    }
}

impl From<kekiz_lake::LakeError> for AppError {
    fn from(error: kekiz_lake::LakeError) -> Self {
        AppError::Store(error.to_string())
    }
}

/// What the operating system said, as the middle of a German sentence.
pub fn io_reason(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "die Datei oder der Ordner ist nicht da".into(),
        ErrorKind::PermissionDenied => "der Zugriff ist nicht erlaubt".into(),
        ErrorKind::StorageFull => "auf dem Datenträger ist kein Platz mehr".into(),
        ErrorKind::IsADirectory => "dort liegt ein Ordner".into(),
        ErrorKind::NotADirectory => "dort liegt eine Datei statt eines Ordners".into(),
        ErrorKind::InvalidData => "der Inhalt ist kein gültiger UTF-8-Text".into(),
        ErrorKind::ReadOnlyFilesystem => "der Datenträger lässt kein Schreiben zu".into(),
        _ => format!("das Betriebssystem meldet: {error}"),
    }
}

/// Reads a file that a user named.
pub(crate) fn read_input(path: &Path) -> Result<Vec<u8>, AppError> {
    std::fs::read(path).map_err(|error| {
        AppError::input(format!(
            "„{}“ lässt sich nicht lesen: {}. Abhilfe: Pfad und Zugriffsrechte prüfen.",
            path.display(),
            io_reason(&error)
        ))
    })
}

impl From<kekiz_vault::VaultError> for AppError {
    fn from(error: kekiz_vault::VaultError) -> Self {
        AppError::Store(error.to_string())
    }
}

impl From<kekiz_atlas::AtlasError> for AppError {
    fn from(error: kekiz_atlas::AtlasError) -> Self {
        AppError::input(error.to_string())
    }
}
