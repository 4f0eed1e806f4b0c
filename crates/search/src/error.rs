//! What can go wrong with an index.

use std::path::PathBuf;

/// Why the index could not be opened, written or asked.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// A file or directory of the index.
    #[error("Der Suchindex in „{}“ lässt sich nicht lesen oder schreiben: {source}. Abhilfe: Rechte und freien Platz prüfen; fehlt der Index, wird er neu gebaut.", path.display())]
    File {
        /// Where.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The index engine.
    #[error(
        "Der Suchindex ist beschädigt oder gesperrt: {0}. Abhilfe: prüfen, ob ein zweiter Server auf demselben Verzeichnis läuft; sonst das Verzeichnis löschen, es wird neu gebaut."
    )]
    Engine(#[from] tantivy::TantivyError),
    /// An entry that was written by another program version.
    #[error("Ein Eintrag im Suchindex ist unlesbar: {0}. Abhilfe: den Index neu bauen.")]
    Entry(#[from] serde_json::Error),
}

impl From<std::io::Error> for SearchError {
    fn from(error: std::io::Error) -> Self {
        Self::Engine(error.into())
    }
}
