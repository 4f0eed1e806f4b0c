//! Why a report could not be made.

use typst::diag::SourceDiagnostic;

/// Why a report could not be made; each variant is a German sentence with the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// There is nothing to report.
    #[error(
        "Der Bericht hat kein Thema. Abhilfe: mindestens einen Indikator für das Gebiet berechnen und freigeben."
    )]
    NoTheme,
    /// There is nothing to list.
    #[error("Die Liste ist leer. Abhilfe: die Suche weiter fassen und noch einmal herunterladen.")]
    NoEntry,
    /// A drawing is no SVG.
    #[error(
        "Die Zeichnung „{picture}“ im Thema „{theme}“ ist kein SVG. Abhilfe: die Zeichnung neu erzeugen."
    )]
    Picture {
        /// Heading of the theme.
        theme: String,
        /// Caption of the picture.
        picture: String,
    },
    /// The PDF standard is not known to the library.
    #[error("Der Standard PDF/UA-1 steht nicht zur Verfügung: {0}")]
    Standard(String),
    /// The typesetting failed.
    #[error(
        "Der Bericht konnte nicht gesetzt werden: {0}. Abhilfe: Texte und Zeichnungen des Berichts prüfen; bleibt der Fehler, ihn mit dieser Meldung an das Projekt geben."
    )]
    Typesetting(String),
}

impl ReportError {
    pub(crate) fn typesetting(found: &[SourceDiagnostic]) -> Self {
        let texts: Vec<String> = found.iter().map(|d| d.message.trim_end_matches('.').to_string()).collect();
        ReportError::Typesetting(texts.join("; "))
    }
}
