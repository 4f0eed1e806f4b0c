//! Errors as German sentences with place and remedy.

use std::fmt;

/// A mapping file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingError {
    /// Name of the mapping file.
    pub file: String,
    /// Line, from 1.
    pub line: Option<u64>,
    /// What was found and what was expected.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for MappingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ", Zeile {line}")?;
        }
        write!(f, ": {}", self.message)?;
        if !self.remedy.is_empty() {
            write!(f, " → {}", self.remedy)?;
        }
        Ok(())
    }
}

impl std::error::Error for MappingError {}

impl MappingError {
    /// What the TOML reader found in `text`, in German.
    pub fn from_toml(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let line = error.span().map(|span| {
            let before = text.as_bytes().get(..span.start.min(text.len())).unwrap_or_default();
            before.iter().filter(|b| **b == b'\n').count() as u64 + 1
        });
        let (message, remedy) = translate(error.message());
        Self { file: file.to_string(), line, message, remedy }
    }
}

/// Turns the messages of the TOML reader into German sentences with a remedy.
fn translate(message: &str) -> (String, String) {
    let quoted = || -> Vec<&str> { message.split('`').skip(1).step_by(2).collect() };
    let list = |names: &[&str]| names.iter().map(|n| format!("„{n}“")).collect::<Vec<_>>().join(", ");
    if message.starts_with("unknown field") || message.starts_with("unknown variant") {
        let names = quoted();
        let (found, possible) = names.split_first().unwrap_or((&"?", &[]));
        let what = if message.starts_with("unknown field") { "Der Eintrag" } else { "Die Angabe" };
        let remedy = match crate::pattern::closest(found, possible.iter().copied()) {
            Some(near) => format!("„{near}“ schreiben oder den Eintrag streichen."),
            None => "Einen der möglichen Namen verwenden oder den Eintrag streichen.".into(),
        };
        return (format!("{what} „{found}“ ist unbekannt; möglich sind {}.", list(possible)), remedy);
    }
    if message.starts_with("missing field") {
        let name = quoted().first().copied().unwrap_or("?").to_string();
        return (format!("Der Eintrag „{name}“ fehlt."), format!("„{name}“ ergänzen."));
    }
    if message.starts_with("invalid type") || message.starts_with("invalid value") {
        return (
            format!("Die Angabe hat nicht die erwartete Art ({message})."),
            "Texte stehen in Anführungszeichen, Zahlen und true/false nicht.".into(),
        );
    }
    if message.contains("did not match any variant") {
        return (
            "Der Eintrag hat nicht die erwartete Form oder enthält einen unbekannten Namen.".into(),
            "Die Schreibweise mit den Beispielen in docs/zuordnung.md vergleichen.".into(),
        );
    }
    if message.starts_with("duplicate key") {
        return ("Der Eintrag steht zweimal da.".into(), "Einen der beiden streichen.".into());
    }
    (
        format!("Die Datei ist kein gültiges TOML ({message})."),
        "Anführungszeichen, Klammern und Gleichheitszeichen dieser Zeile prüfen.".into(),
    )
}

/// Why a table could not be read at all. Rows that were refused are in the diagnostics instead.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be opened or read.
    #[error("{file}: Die Datei lässt sich nicht lesen ({cause}). → Pfad und Zugriffsrechte prüfen.")]
    Io {
        /// File name.
        file: String,
        /// The system's message.
        cause: String,
    },
    /// The file is no table this program reads, or does not fit the mapping.
    #[error("{file}: {message} → {remedy}")]
    Unusable {
        /// File name.
        file: String,
        /// What was found.
        message: String,
        /// What to do.
        remedy: String,
    },
    /// The sink refused a batch.
    #[error(transparent)]
    Sink(#[from] SinkError),
}

/// The taker of the figures could not take them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SinkError(pub String);
