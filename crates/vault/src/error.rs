use kekiz_base::{AreaKey, Period};
use kekiz_disk::{DiskError, LockError};
use kekiz_lake::LakeError;
use smol_str::SmolStr;
use std::fmt;
use std::path::PathBuf;

/// Datasets that say different things about the same cells of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The variable.
    pub variable: SmolStr,
    /// The datasets, ordered by name; one name when a dataset contradicts itself.
    pub datasets: Vec<String>,
    /// Number of cells with different figures.
    pub cells: usize,
    /// Area and period of the first of them.
    pub first: (AreaKey, Period),
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.datasets.iter().map(|name| format!("„{name}“")).collect();
        write!(
            f,
            "„{}“ in {}: {} {}, zuerst Gebiet {}, Zeitraum {}",
            self.variable,
            names.join(" und "),
            self.cells,
            if self.cells == 1 { "Zelle" } else { "Zellen" },
            self.first.0,
            self.first.1
        )
    }
}

fn lines(conflicts: &[Conflict]) -> String {
    conflicts.iter().map(Conflict::to_string).collect::<Vec<_>>().join("; ")
}

/// Why the protected root could not be read or written. German sentences with the remedy, never a value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The disk refused.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// Another process writes.
    #[error(transparent)]
    Locked(#[from] LockError),
    /// The query engine refused.
    #[error(transparent)]
    Query(#[from] LakeError),
    /// There is no vault in the directory.
    #[error(
        "In „{}“ liegt kein geschützter Bestand (manifest.json fehlt). Abhilfe: den Pfad prüfen oder den Bestand mit „kekiz init“ anlegen.",
        .dir.display()
    )]
    NoVault {
        /// The directory.
        dir: PathBuf,
    },
    /// There is a vault already.
    #[error(
        "In „{}“ liegt schon ein geschützter Bestand. Abhilfe: einen leeren Ordner wählen oder den vorhandenen Bestand öffnen.",
        .dir.display()
    )]
    Exists {
        /// The directory.
        dir: PathBuf,
    },
    /// The manifest cannot be understood.
    #[error(
        "Das Verzeichnis des geschützten Bestands „{}“ ist beschädigt: {problem}. Abhilfe: die Datei aus der Sicherung zurückholen oder die Daten neu importieren.",
        .path.display()
    )]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The vault was written by a newer program.
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
    /// A file of a dataset does not have the bytes it was stored with.
    #[error(
        "Die Datei „{}“ des Datensatzes „{dataset}“ wurde verändert oder ist unvollständig (die Prüfsumme stimmt nicht). Abhilfe: die Datei aus der Sicherung zurückholen oder den Datensatz neu importieren.",
        .path.display()
    )]
    Tampered {
        /// The dataset.
        dataset: String,
        /// The file.
        path: PathBuf,
    },
    /// A file has the right bytes but not the right content.
    #[error(
        "Die Datei „{}“ hat nicht den erwarteten Aufbau: {problem}. Abhilfe: den Datensatz mit dieser Fassung von KeKiz neu importieren.",
        .path.display()
    )]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The name cannot stand in a file name.
    #[error(
        "„{id}“ ist kein Name für einen Datensatz. Abhilfe: nur kleine Buchstaben a–z, Ziffern, - und _ verwenden, höchstens 80 Zeichen."
    )]
    Name {
        /// The name.
        id: String,
    },
    /// There is no such dataset.
    #[error("Der Datensatz „{id}“ ist nicht vorhanden. Vorhanden: {known}.")]
    UnknownDataset {
        /// The name asked for.
        id: String,
        /// What there is.
        known: String,
    },
    /// No dataset has these variables.
    #[error(
        "Die Variablen {names} sind in keinem Datensatz enthalten. Abhilfe: die Namen prüfen oder die Daten importieren. Vorhanden: {known}."
    )]
    UnknownVariables {
        /// The names asked for.
        names: String,
        /// What there is.
        known: String,
    },
    /// Datasets contradict each other.
    #[error(
        "Datensätze widersprechen sich: {}. Abhilfe: einen der Datensätze entfernen oder ihn unter dem Namen des anderen neu importieren.",
        lines(.conflicts)
    )]
    Contradiction {
        /// All contradictions, ordered by variable.
        conflicts: Vec<Conflict>,
    },
    /// A batch is not well formed.
    #[error(
        "Die Zeilen ab {row} des Imports sind ungültig: {problem}. Abhilfe: die Datei und die Zuordnung der Spalten prüfen."
    )]
    Batch {
        /// Number of rows that came before (from 0).
        row: u64,
        /// What is wrong.
        problem: &'static str,
    },
    /// A dataset without rows.
    #[error(
        "Der Datensatz „{id}“ hat keine Zeilen und wird nicht gespeichert. Abhilfe: die Datei und die Zuordnung der Spalten prüfen."
    )]
    Empty {
        /// The dataset.
        id: String,
    },
    /// Writing rows failed in a way that is not the disk's.
    #[error("Der Datensatz lässt sich nicht schreiben: {problem}. Abhilfe: den Import wiederholen.")]
    Write {
        /// What the writer says.
        problem: String,
    },
}
