//! Arguments of methods on segregation beyond the plain indices.

use super::{CountsOf, Output};
use clap::Args;
use kekiz_analyse::parse_counterfactual;
use kekiz_segregation::decompose::Counterfactual;
use std::path::PathBuf;

/// `kekiz analyse segregation-space`
#[derive(Debug, Args)]
#[command(after_help = "\
Beispiel:
  kekiz analyse segregation-space --counts bloecke.csv --unit block --group gruppe --count kinder --focal nichtdeutsch \\
        --areas bloecke.geojson --area-key NR --scale 1000")]
pub(crate) struct SegregationSpace {
    #[command(flatten)]
    pub counts: CountsOf,
    /// Grenzen der Einheiten
    #[arg(long, value_name = "DATEI")]
    pub areas: PathBuf,
    /// Merkmal mit dem Schlüssel bei den Grenzen, wenn es anders heißt als --unit
    #[arg(long, value_name = "SPALTE")]
    pub area_key: Option<String>,
    /// Ebene der Grenzdatei, wenn sie mehrere hat
    #[arg(long, value_name = "NAME")]
    pub layer: Option<String>,
    /// Koordinatensystem der Grenzen, wenn die Datei es nicht nennt, etwa EPSG:25832
    #[arg(long, value_name = "EPSG")]
    pub crs: Option<String>,
    /// Gruppe, die mit allen anderen verglichen wird
    #[arg(long, value_name = "GRUPPE")]
    pub focal: Option<String>,
    /// Meter, über die Begegnungen um den Faktor e seltener werden
    #[arg(long, value_name = "METER", default_value_t = 1_000.0)]
    pub scale: f64,
    /// Mitte der Stadt als LÄNGE,BREITE in Grad; ohne Angabe der Schwerpunkt aller Personen
    #[arg(long, value_name = "LÄNGE,BREITE", value_parser = centre, allow_hyphen_values = true)]
    pub centre: Option<(f64, f64)>,
    #[command(flatten)]
    pub output: Output,
}

fn centre(text: &str) -> Result<(f64, f64), String> {
    let degree = |text: &str| text.trim().parse().ok().filter(|n: &f64| n.abs() <= 180.0);
    let found = text.split_once(',').and_then(|(x, y)| degree(x).zip(degree(y)));
    found.filter(|(_, y)| y.abs() <= 90.0).ok_or_else(|| "möglich ist zum Beispiel 6.96,50.94".to_string())
}

/// `kekiz analyse segregation-difference`
#[derive(Debug, Args)]
#[command(after_help = "\
Beispiel:
  kekiz analyse segregation-difference --counts kitas.csv --unit kita --group sprache --count kinder --by jahr \\
        --first 2015 --second 2024 --focal nichtdeutsch --index d")]
pub(crate) struct SegregationDifference {
    #[command(flatten)]
    pub counts: CountsOf,
    /// Spalte, die die Orte oder Jahre unterscheidet
    #[arg(long, value_name = "SPALTE")]
    pub by: String,
    /// Erster Ort oder erstes Jahr in dieser Spalte
    #[arg(long, value_name = "TEXT")]
    pub first: String,
    /// Zweiter Ort oder zweites Jahr
    #[arg(long, value_name = "TEXT")]
    pub second: String,
    /// Gruppe, die mit allen anderen verglichen wird
    #[arg(long, value_name = "GRUPPE")]
    pub focal: Option<String>,
    /// Index zweier Gruppen: d, gini, atkinson, isolation, interaction, v, h
    #[arg(long, value_name = "NAME", default_value = "d")]
    pub index: String,
    /// Was übertragen wird: composition, share oder dual-composition
    #[arg(long, value_name = "ART", default_value = "composition", value_parser = parse_counterfactual)]
    pub counterfactual: Counterfactual,
    #[command(flatten)]
    pub output: Output,
}

/// `kekiz analyse segregation-sources`
#[derive(Debug, Args)]
#[command(after_help = "\
Beispiel:
  kekiz analyse segregation-sources --counts kinder.csv --quarter quartier --provider traeger --facility kita --group sprache")]
pub(crate) struct SegregationSources {
    /// Tabelle mit einer Zeile je Kind, oder je Quartier, Einrichtung und Gruppe (CSV, XLSX, Parquet)
    #[arg(long, value_name = "DATEI")]
    pub counts: PathBuf,
    /// Spalte mit dem Quartier, in dem Kinder wohnen
    #[arg(long, value_name = "SPALTE")]
    pub quarter: String,
    /// Spalte mit dem Träger
    #[arg(long, value_name = "SPALTE")]
    pub provider: Option<String>,
    /// Spalte mit der Einrichtung
    #[arg(long, value_name = "SPALTE")]
    pub facility: String,
    /// Spalte mit der Gruppe
    #[arg(long, value_name = "SPALTE")]
    pub group: String,
    /// Spalte mit der Zahl der Kinder; ohne sie ist jede Zeile ein Kind
    #[arg(long, value_name = "SPALTE")]
    pub count: Option<String>,
    #[command(flatten)]
    pub output: Output,
}
