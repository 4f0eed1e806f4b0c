use crate::seal::Broken;
use kekiz_disk::{DiskError, LockError};
use std::path::{Path, PathBuf};

/// Why something of a strongbox could not be done. German sentences with the remedy; never content, never a key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StrongboxError {
    /// The disk refused.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// Another process writes.
    #[error(transparent)]
    Locked(#[from] LockError),
    /// The system gives no random numbers.
    #[error(
        "Das Betriebssystem liefert keine Zufallszahlen. Abhilfe: den Rechner neu starten und den Schritt wiederholen."
    )]
    Random,
    /// There is no strongbox in the folder.
    #[error(
        "In „{}“ liegt kein verschlüsselter Bestand (strongbox.json fehlt). Abhilfe: den Pfad prüfen oder den Bestand mit „kekiz vault key create“ anlegen.",
        .folder.display()
    )]
    None {
        /// The folder.
        folder: PathBuf,
    },
    /// There is one already.
    #[error(
        "In „{}“ liegt schon ein verschlüsselter Bestand; er bleibt unverändert. Abhilfe: den vorhandenen verwenden oder einen anderen Ordner wählen.",
        .folder.display()
    )]
    Exists {
        /// The folder.
        folder: PathBuf,
    },
    /// A file was written by a newer program.
    #[error("„{}“ hat ein neueres Format, als dieses Programm kennt. Abhilfe: eine neuere Fassung von KeKiz verwenden.", .path.display())]
    Newer {
        /// The file.
        path: PathBuf,
    },
    /// The key is not the one of this strongbox.
    #[error(
        "Der Schlüssel passt nicht zu diesem Bestand: Er hat die Kennung {found}, gebraucht wird {expected}. Abhilfe: die richtige Schlüsseldatei angeben; nach einem Schlüsselwechsel gilt nur die neue."
    )]
    WrongKey {
        /// Fingerprint of the key that was given.
        found: String,
        /// Fingerprint of the key that is needed.
        expected: String,
    },
    /// A file is not readable as what it should be.
    #[error("„{}“ ist beschädigt: {problem}. Abhilfe: die Datei aus der Sicherung zurückholen.", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, as the middle of a sentence.
        problem: &'static str,
    },
    /// The end of a sealed file is missing.
    #[error(
        "„{}“ ist unvollständig: Das Ende fehlt. Abhilfe: die Datei aus der Sicherung zurückholen oder den Datensatz neu importieren.",
        .path.display()
    )]
    Truncated {
        /// The file.
        path: PathBuf,
    },
    /// A sealed file was changed.
    #[error(
        "„{}“ wurde verändert oder gehört nicht an diese Stelle (die Prüfung der Verschlüsselung schlägt fehl). Abhilfe: die Datei aus der Sicherung zurückholen und klären, wer Zugriff auf den Ordner hat.",
        .path.display()
    )]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// There is no such item.
    #[error("„{name}“ ist im verschlüsselten Bestand nicht vorhanden. Vorhanden: {known}.")]
    UnknownItem {
        /// The name asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// The name cannot stand in messages and lists.
    #[error(
        "„{name}“ ist kein Name für einen Datensatz. Abhilfe: nur kleine Buchstaben a–z, Ziffern, - und _ verwenden, höchstens 80 Zeichen."
    )]
    Name {
        /// The name.
        name: String,
    },
    /// Nobody is named.
    #[error(
        "Es ist nicht angegeben, wer zugreift. Abhilfe: den Namen mit --user angeben; er kommt in das Zugriffsprotokoll."
    )]
    Nobody,
    /// The log of accesses cannot be continued.
    #[error(
        "Das Zugriffsprotokoll „{}“ ist nicht mehr vollständig: {problem}. Abhilfe: „kekiz doctor“ nennt die Stelle; das Protokoll aus der Sicherung zurückholen, bevor weitergearbeitet wird.",
        .path.display()
    )]
    Audit {
        /// The log.
        path: PathBuf,
        /// What is wrong with it, as the middle of a sentence.
        problem: String,
    },
    /// The key file cannot be used.
    #[error("Die Schlüsseldatei „{}“ ist nicht verwendbar: {problem}. Abhilfe: {remedy}.", .path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, as the middle of a sentence.
        problem: &'static str,
        /// What to do.
        remedy: String,
    },
}

impl StrongboxError {
    pub(crate) fn of(broken: Broken, path: &Path) -> Self {
        let path = path.to_path_buf();
        match broken {
            Broken::Foreign => StrongboxError::Unreadable { path, problem: "sie ist nicht verschlüsselt" },
            Broken::Newer => StrongboxError::Newer { path },
            Broken::Truncated => StrongboxError::Truncated { path },
            Broken::Changed => StrongboxError::Changed { path },
        }
    }
}
