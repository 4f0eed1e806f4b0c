//! Why no city was built.

/// Building or writing a city failed.
#[derive(Debug, thiserror::Error)]
pub enum CityError {
    /// The number of children is outside what the generator builds.
    #[error("{children} Kinder gehen nicht: möglich sind {least} bis {most}. Abhilfe: --children anpassen.")]
    Children {
        /// Wanted.
        children: usize,
        /// Smallest city.
        least: usize,
        /// Largest city.
        most: usize,
    },
    /// A shipped parameter file cannot be read.
    #[error("„{file}“ lässt sich nicht lesen: {reason}.")]
    Parameters {
        /// Name of the file.
        file: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// The folder holds other things.
    #[error(
        "Der Ordner „{folder}“ ist nicht leer und keine erfundene Stadt. Abhilfe: mit --out einen leeren Ordner angeben."
    )]
    NotEmpty {
        /// The folder.
        folder: String,
    },
    /// A file cannot be written.
    #[error(
        "„{file}“ lässt sich nicht schreiben: {reason}. Abhilfe: Zugriffsrechte und freien Platz prüfen."
    )]
    Write {
        /// The file.
        file: String,
        /// The system's reason.
        reason: String,
    },
}
