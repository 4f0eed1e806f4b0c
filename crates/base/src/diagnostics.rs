//! What was found wrong with an input: place, finding, remedy. Never a person's value.

use serde::Serialize;
use std::fmt;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something was repaired or assumed; the input is used.
    Note,
    /// Something looks wrong; the input is used.
    Warning,
    /// The row or file is refused.
    Error,
}

/// Where something was found. Lines and columns count from 1, as editors and spreadsheets do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Place {
    /// File name as the user gave it.
    pub file: Option<String>,
    /// Line in the file (or row of the sheet).
    pub line: Option<u64>,
    /// Name of the column or field.
    pub column: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let Some(file) = &self.file {
            parts.push(file.clone());
        }
        if let Some(line) = self.line {
            parts.push(format!("Zeile {line}"));
        }
        if let Some(column) = &self.column {
            parts.push(format!("Spalte „{column}“"));
        }
        f.write_str(&parts.join(", "))
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Stable code, for example `key-unknown`; documentation and tests refer to it.
    pub code: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// Where it was found.
    pub place: Place,
    /// What was found and what was expected, as a German sentence.
    pub message: String,
    /// What to do, as a German sentence.
    pub remedy: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Note => "Hinweis",
            Severity::Warning => "Warnung",
            Severity::Error => "Fehler",
        };
        let place = self.place.to_string();
        if place.is_empty() {
            write!(f, "{word} [{}]: {}", self.code, self.message)?;
        } else {
            write!(f, "{word} [{}] {place}: {}", self.code, self.message)?;
        }
        if !self.remedy.is_empty() {
            write!(f, " → {}", self.remedy)?;
        }
        Ok(())
    }
}

/// A list of findings in the order of the input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a finding.
    pub fn push(
        &mut self,
        severity: Severity,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.0.push(Diagnostic { code, severity, place, message: message.into(), remedy: remedy.into() });
    }

    /// Appends the findings of a later step.
    pub fn extend(&mut self, other: Diagnostics) {
        self.0.extend(other.0);
    }

    /// Whether anything was refused.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|d| d.severity == Severity::Error)
    }

    /// Number of findings of one severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.0.iter().filter(|d| d.severity == severity).count()
    }

    /// Iterates over the findings.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
