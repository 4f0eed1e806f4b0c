//! Arguments of methods on figures of areas.

use super::{Cases, Neighbourhood, Output};
use clap::{Args, ValueEnum};
use kekiz_analyse::{Ages, Indicator, StandardiseMethod, parse_count_interval, parse_normalisation};
use kekiz_stats::index::Normalisation;
use kekiz_stats::standardise::CountInterval;
use std::path::PathBuf;

/// `kekiz analyse standardise`
#[derive(Debug, Args)]
#[command(after_help = "\
Eine Zeile je Gebiet und Altersgruppe. Ohne --standard sind alle Gebiete zusammen der Standard.

Beispiele:
  kekiz analyse standardise --values faelle.csv --key NR --stratum alter --numerator faelle --denominator kinder --method direct
  kekiz analyse standardise --values faelle.csv --key NR --stratum alter --numerator faelle --denominator kinder \\
        --method smr --standard land.csv --standard-persons kinder --standard-cases faelle")]
pub(crate) struct Standardise {
    #[command(flatten)]
    pub cases: Cases,
    /// Spalte mit der Altersgruppe
    #[arg(long, value_name = "SPALTE")]
    pub stratum: String,
    /// Verfahren: direct (Dobson), indirect (SMR mal Rate des Standards) oder smr (beobachtet durch erwartet)
    #[arg(long, value_name = "ART")]
    pub method: StandardiseMethod,
    /// Intervall der Fälle: byar, exact oder exact-below-ten (unter zehn Fällen exakt)
    #[arg(long, value_name = "ART", default_value = "exact-below-ten", value_parser = parse_count_interval)]
    pub interval: CountInterval,
    /// Niveau der Intervalle
    #[arg(long, value_name = "ANTEIL", default_value_t = 0.95)]
    pub level: f64,
    /// Tabelle des Standards mit derselben Spalte der Altersgruppe
    #[arg(long, value_name = "DATEI", requires = "standard_persons")]
    pub standard: Option<PathBuf>,
    /// Spalte des Standards mit den Personen
    #[arg(long, value_name = "SPALTE", requires = "standard")]
    pub standard_persons: Option<String>,
    /// Spalte des Standards mit den Fällen, für indirect und smr
    #[arg(long, value_name = "SPALTE", requires = "standard")]
    pub standard_cases: Option<String>,
    #[command(flatten)]
    pub output: Output,
}

/// Methods of grouping areas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RegionaliseBy {
    /// So viele Gruppen wie bei --regions (Assunção u. a. 2006)
    Skater,
    /// So viele Gruppen, wie die Mindestgröße zulässt (Duque u. a. 2012)
    MaxP,
}

/// `kekiz analyse regionalise`
#[derive(Debug, Args)]
#[command(after_help = "\
Beispiele:
  kekiz analyse regionalise --method skater --regions 6 --areas stadtteile.geojson --key NR --values quote.csv \\
        --value sgb2 --attribute migration --weights queen --out gruppen.csv
  kekiz analyse regionalise --method max-p --size-column kinder --min-size 500 --areas stadtteile.geojson --key NR \\
        --values quote.csv --value sgb2 --weights queen --seed 1")]
pub(crate) struct Regionalise {
    #[command(flatten)]
    pub neighbourhood: Neighbourhood,
    /// Weitere Spalten, in denen Gebiete einer Gruppe einander ähnlich sein sollen
    #[arg(long, value_name = "SPALTE")]
    pub attribute: Vec<String>,
    /// Verfahren
    #[arg(long, value_enum)]
    pub method: RegionaliseBy,
    /// Zahl der Gruppen (skater)
    #[arg(long, value_name = "ZAHL", required_if_eq("method", "skater"))]
    pub regions: Option<usize>,
    /// Spalte mit der Größe der Gebiete; ohne sie zählt jedes Gebiet 1
    #[arg(long, value_name = "SPALTE", requires = "min_size")]
    pub size_column: Option<String>,
    /// Kleinste Summe der Größen in einer Gruppe
    #[arg(long, value_name = "ZAHL", required_if_eq("method", "max-p"))]
    pub min_size: Option<f64>,
    /// Werte nehmen, wie sie sind, statt in Standardabweichungen
    #[arg(long)]
    pub raw: bool,
    /// Zufällige Anfänge (max-p)
    #[arg(long, value_name = "ZAHL", default_value_t = 99)]
    pub starts: u32,
    /// Startwert; derselbe gibt dasselbe Ergebnis
    #[arg(long, value_name = "ZAHL", default_value_t = 1)]
    pub seed: u64,
    /// Rechenkerne, 0 für alle; das Ergebnis hängt nicht davon ab
    #[arg(long, value_name = "ZAHL", default_value_t = 0)]
    pub threads: usize,
    #[command(flatten)]
    pub output: Output,
}

/// `kekiz analyse index`
#[derive(Debug, Args)]
#[command(after_help = "\
Merkmale als SPALTE, SPALTE:GEWICHT oder SPALTE:-GEWICHT (weniger davon zählt mehr).

Beispiel:
  kekiz analyse index --values merkmale.csv --key NR --columns sgb2:2,alleinerziehend,abitur:-1 \\
        --normalisation z,min-max,rank --draws 1000 --seed 1 --out index.csv")]
pub(crate) struct Index {
    /// Tabelle mit einer Zeile je Gebiet (CSV, XLSX, Parquet)
    #[arg(long, value_name = "DATEI")]
    pub values: PathBuf,
    /// Spalte mit dem Schlüssel
    #[arg(long, value_name = "SPALTE")]
    pub key: Option<String>,
    /// Merkmale mit Gewicht und Richtung, durch Komma getrennt
    #[arg(long, value_name = "SPALTE:GEWICHT", value_delimiter = ',', required = true)]
    pub columns: Vec<Indicator>,
    /// Normierungen: z, min-max, rank; die erste gilt, die anderen werden zum Vergleich gezogen
    #[arg(long, value_name = "ARTEN", value_delimiter = ',', default_value = "z", value_parser = parse_normalisation)]
    pub normalisation: Vec<Normalisation>,
    /// Gewichte aus der ersten Hauptkomponente statt der angegebenen
    #[arg(long)]
    pub principal_component: bool,
    /// Zahl der etwa gleich großen Klassen
    #[arg(long, value_name = "ZAHL", default_value_t = 5)]
    pub classes: usize,
    /// Ziehungen anderer Gewichte und Normierungen
    #[arg(long, value_name = "ZAHL", default_value_t = 1_000)]
    pub draws: usize,
    /// Streuung der Gewichte: so viel mal so eng wie „alle Mischungen gleich wahrscheinlich“ (Dirichlet)
    #[arg(long, value_name = "ZAHL", default_value_t = 1.0, conflicts_with = "weight_spread")]
    pub concentration: f64,
    /// Stattdessen jedes Gewicht gleichmäßig um bis zu diesen Anteil ändern, etwa 0.25
    #[arg(long, value_name = "ANTEIL")]
    pub weight_spread: Option<f64>,
    /// Startwert; derselbe gibt dasselbe Ergebnis
    #[arg(long, value_name = "ZAHL", default_value_t = 1)]
    pub seed: u64,
    #[command(flatten)]
    pub output: Output,
}

/// `kekiz analyse trend`
#[derive(Debug, Args)]
#[command(after_help = "\
Beispiel:
  kekiz analyse trend --values quoten.csv --key NR --time jahr --value quote --out verlauf.csv")]
pub(crate) struct Trend {
    /// Tabelle mit einer Zeile je Gebiet und Jahr (CSV, XLSX, Parquet)
    #[arg(long, value_name = "DATEI")]
    pub values: PathBuf,
    /// Spalte mit dem Schlüssel; ohne sie ist die Tabelle eine Reihe
    #[arg(long, value_name = "SPALTE")]
    pub key: Option<String>,
    /// Spalte mit der Zeit
    #[arg(long, value_name = "SPALTE")]
    pub time: String,
    /// Spalte mit dem Wert
    #[arg(long, value_name = "SPALTE")]
    pub value: String,
    /// Anteil der Zeitpunkte, auf den jeder Punkt der Linie schaut
    #[arg(long, value_name = "ANTEIL", default_value_t = 0.75)]
    pub span: f64,
    /// Niveau des Intervalls
    #[arg(long, value_name = "ANTEIL", default_value_t = 0.95)]
    pub level: f64,
    /// Zwischen Brüchen gerade Linien statt gleichbleibender Höhen
    #[arg(long)]
    pub lines: bool,
    /// Strafe je Bruch; ohne Angabe aus der Streuung der Reihe geschätzt
    #[arg(long, value_name = "ZAHL")]
    pub penalty: Option<f64>,
    /// Kleinste Zahl von Zeitpunkten zwischen Brüchen
    #[arg(long, value_name = "ZAHL", default_value_t = 3)]
    pub shortest: usize,
    #[command(flatten)]
    pub output: Output,
}

/// `kekiz analyse forecast`
#[derive(Debug, Args)]
#[command(after_help = "\
Eine Zeile je Gebiet, Jahr und Alter in einzelnen Jahren ab 0, ohne Lücken. Geburten: mit --women aus Frauen von 15 bis 49
Jahren, sonst aus allen Personen dieses Alters, wenn sie in der Tabelle stehen, sonst das Mittel der letzten Jahre.

Beispiel:
  kekiz analyse forecast --counts einwohner.csv --key NR --year jahr --age alter --count personen --years 6 \\
        --ages 0-2,3-5,6-9 --seed 1 --out kinder.csv --report guete.json")]
pub(crate) struct Forecast {
    /// Tabelle mit einer Zeile je Gebiet, Jahr und Alter (CSV, XLSX, Parquet)
    #[arg(long, value_name = "DATEI")]
    pub counts: PathBuf,
    /// Spalte mit dem Schlüssel; ohne sie ist die Tabelle ein Gebiet
    #[arg(long, value_name = "SPALTE")]
    pub key: Option<String>,
    /// Spalte mit dem Jahr
    #[arg(long, value_name = "SPALTE")]
    pub year: String,
    /// Spalte mit dem Alter
    #[arg(long, value_name = "SPALTE")]
    pub age: String,
    /// Spalte mit der Zahl der Personen
    #[arg(long, value_name = "SPALTE")]
    pub count: String,
    /// Spalte mit der Zahl der Frauen dieses Alters
    #[arg(long, value_name = "SPALTE")]
    pub women: Option<String>,
    /// Jahre voraus, höchstens 15
    #[arg(long, value_name = "ZAHL", default_value_t = 6)]
    pub years: usize,
    /// Altersgruppen des Ergebnisses, durch Komma getrennt
    #[arg(long, value_name = "VON-BIS", value_delimiter = ',', default_value = "0-2,3-5,6-9")]
    pub ages: Vec<Ages>,
    /// Jahre, aus denen Übergänge und Geburten gemittelt werden
    #[arg(long, value_name = "ZAHL", default_value_t = 5)]
    pub base: usize,
    /// Kinder der ganzen Stadt, die den Übergängen jedes Gebiets zugelegt werden (stützt kleine Gebiete)
    #[arg(long, value_name = "ZAHL", default_value_t = 0.0)]
    pub shrink: f64,
    /// Ziehungen früherer Fehler
    #[arg(long, value_name = "ZAHL", default_value_t = 999)]
    pub draws: usize,
    /// Niveau der Intervalle
    #[arg(long, value_name = "ANTEIL", default_value_t = 0.9)]
    pub level: f64,
    /// Wie gut frühere Fortschreibungen gewesen wären, als JSON in diese Datei
    #[arg(long, value_name = "DATEI")]
    pub report: Option<PathBuf>,
    /// Startwert; derselbe gibt dasselbe Ergebnis
    #[arg(long, value_name = "ZAHL", default_value_t = 1)]
    pub seed: u64,
    /// Rechenkerne, 0 für alle; das Ergebnis hängt nicht davon ab
    #[arg(long, value_name = "ZAHL", default_value_t = 0)]
    pub threads: usize,
    #[command(flatten)]
    pub output: Output,
}
