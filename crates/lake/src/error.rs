use kekiz_base::AreaTreeError;
use kekiz_disk::{DiskError, LockError};
use std::path::PathBuf;

/// Why the public root could not be read or written. Each variant is a German sentence with the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LakeError {
    /// The disk refused.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// Another process writes.
    #[error(transparent)]
    Locked(#[from] LockError),
    /// There is no store in the directory.
    #[error(
        "In „{}“ liegt kein veröffentlichter Bestand (manifest.json fehlt). Abhilfe: den Pfad prüfen oder den Bestand mit „kekiz init“ anlegen.",
        .dir.display()
    )]
    NoStore {
        /// The directory.
        dir: PathBuf,
    },
    /// There is a store already.
    #[error(
        "In „{}“ liegt schon ein veröffentlichter Bestand. Abhilfe: einen leeren Ordner wählen oder den vorhandenen Bestand öffnen.",
        .dir.display()
    )]
    Exists {
        /// The directory.
        dir: PathBuf,
    },
    /// The manifest cannot be understood.
    #[error(
        "Das Verzeichnis des Bestands „{}“ ist beschädigt: {problem}. Abhilfe: die Datei aus der Sicherung zurückholen oder die Freigaben neu erzeugen.",
        .path.display()
    )]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The store was written by a newer program.
    #[error(
        "„{}“ hat das Format {found}; dieses Programm kennt Formate bis {known}. Abhilfe: eine neuere Fassung von KeKiz verwenden.",
        .path.display()
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// Newest version this program knows.
        known: u32,
    },
    /// An object does not have the bytes it was published with.
    #[error(
        "„{}“ wurde nach der Veröffentlichung verändert oder ist unvollständig (die Prüfsumme stimmt nicht). Abhilfe: die Datei aus der Sicherung zurückholen oder die Freigabe neu erzeugen.",
        .path.display()
    )]
    Tampered {
        /// The file.
        path: PathBuf,
    },
    /// An object has the right bytes but not the right content.
    #[error(
        "„{}“ hat nicht den erwarteten Aufbau: {problem}. Abhilfe: die Freigabe mit dieser Fassung von KeKiz neu erzeugen.",
        .path.display()
    )]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A name that is not published.
    #[error("{what} „{name}“ ist nicht veröffentlicht. Vorhanden: {known}.")]
    Unknown {
        /// Kind of thing, with its German article.
        what: &'static str,
        /// The name asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// The areas of all layers do not form a tree.
    #[error(transparent)]
    Areas(#[from] AreaTreeError),
    /// Earlier releases cannot be taken out of the comparison.
    #[error(
        "Frühere Veröffentlichungen von „{indicator}“ wurden nicht ausgemustert: {problem}. Abhilfe: {remedy}."
    )]
    NotRetired {
        /// The indicator.
        indicator: String,
        /// Why not.
        problem: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// Something handed in cannot be published.
    #[error("{name} kann nicht veröffentlicht werden: {problem}. Abhilfe: {remedy}.")]
    Refused {
        /// What was handed in.
        name: String,
        /// What is wrong with it.
        problem: String,
        /// What to do.
        remedy: String,
    },
    /// The query engine refused.
    #[error("Die Abfrage ist gescheitert: {problem}. Abhilfe: {remedy}.")]
    Query {
        /// What the engine says.
        problem: String,
        /// What to do.
        remedy: &'static str,
    },
}
