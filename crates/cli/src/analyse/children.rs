//! Arguments of methods on children and the facilities they attend.

use super::Output;
use clap::Args;
use std::path::PathBuf;

/// A table of children.
#[derive(Debug, Args)]
pub(crate) struct Children {
    /// Tabelle mit einer Zeile je Kind (CSV, XLSX, Parquet)
    #[arg(long, value_name = "DATEI")]
    pub children: PathBuf,
    /// Spalte mit dem Schlüssel des Kindes; ohne sie werden die Zeilen gezählt
    #[arg(long, value_name = "SPALTE")]
    pub key: Option<String>,
    /// Spalte mit der Gruppe
    #[arg(long, value_name = "SPALTE")]
    pub group: Option<String>,
}

/// `kekiz analyse facilities`
#[derive(Debug, Args)]
#[command(after_help = "\
Beispiel:
  kekiz analyse facilities --children kinder.csv --facility kita --group sprache --focal nichtdeutsch \\
        --entry eintrittsalter --facilities kitas.csv --facility-key NR --out kitas-profil.csv")]
pub(crate) struct Facilities {
    #[command(flatten)]
    pub children: Children,
    /// Spalte mit der besuchten Einrichtung
    #[arg(long, value_name = "SPALTE")]
    pub facility: String,
    /// Gruppe, deren Anteil gezeigt wird
    #[arg(long, value_name = "GRUPPE", requires = "group")]
    pub focal: Option<String>,
    /// Spalte mit dem Alter beim Eintritt
    #[arg(long, value_name = "SPALTE")]
    pub entry: Option<String>,
    /// Tabelle der Einrichtungen mit Koordinaten in Grad, für Wege
    #[arg(long, value_name = "DATEI", requires = "facility_key")]
    pub facilities: Option<PathBuf>,
    /// Spalte mit dem Schlüssel der Einrichtung in dieser Tabelle
    #[arg(long, value_name = "SPALTE")]
    pub facility_key: Option<String>,
    /// Spalte mit der geografischen Länge in beiden Tabellen
    #[arg(long, value_name = "SPALTE", default_value = "lon")]
    pub lon: String,
    /// Spalte mit der geografischen Breite in beiden Tabellen
    #[arg(long, value_name = "SPALTE", default_value = "lat")]
    pub lat: String,
    /// Niveau der Intervalle
    #[arg(long, value_name = "ANTEIL", default_value_t = 0.95)]
    pub level: f64,
    #[command(flatten)]
    pub output: Output,
}

/// `kekiz analyse assign`
#[derive(Debug, Args)]
#[command(after_help = "\
Beispiel:
  kekiz analyse assign --children kinder.csv --group sprache --facility kita --facilities kitas.csv --facility-key NR \\
        --places plaetze --reach 3000 --out zuweisung.csv --report segregation.json")]
pub(crate) struct Assign {
    #[command(flatten)]
    pub children: Children,
    /// Spalte mit der besuchten Einrichtung, zum Vergleich
    #[arg(long, value_name = "SPALTE")]
    pub facility: Option<String>,
    /// Tabelle der Einrichtungen mit Koordinaten in Grad
    #[arg(long, value_name = "DATEI")]
    pub facilities: PathBuf,
    /// Spalte mit dem Schlüssel der Einrichtung in dieser Tabelle
    #[arg(long, value_name = "SPALTE")]
    pub facility_key: String,
    /// Spalte mit der Zahl der Plätze
    #[arg(long, value_name = "SPALTE")]
    pub places: String,
    /// Spalte mit der geografischen Länge in beiden Tabellen
    #[arg(long, value_name = "SPALTE", default_value = "lon")]
    pub lon: String,
    /// Spalte mit der geografischen Breite in beiden Tabellen
    #[arg(long, value_name = "SPALTE", default_value = "lat")]
    pub lat: String,
    /// Weitester Weg in Metern Luftlinie; ohne Angabe jeder
    #[arg(long, value_name = "METER")]
    pub reach: Option<f64>,
    /// Zusammenfassung mit der Segregation danach, als JSON in diese Datei
    #[arg(long, value_name = "DATEI")]
    pub report: Option<PathBuf>,
    #[command(flatten)]
    pub output: Output,
}
