//! The arguments of `kekiz analyse …`.

mod areas;
mod children;
mod groups;

pub(crate) use areas::{Forecast, Index, Regionalise, RegionaliseBy, Standardise, Trend};
pub(crate) use children::{Assign, Facilities};
pub(crate) use groups::{SegregationDifference, SegregationSources, SegregationSpace};

use clap::{Args, Subcommand, ValueEnum};
use kekiz_analyse::{Adjustment, RateMethod, WeightsKind, parse_alternative, parse_islands};
use kekiz_spatial::weights::IslandPolicy;
use kekiz_stats::Alternative;
use std::path::PathBuf;

/// `kekiz analyse …`
#[derive(Debug, Subcommand)]
pub(crate) enum Analyse {
    /// Moran-I: Liegt Ähnliches beieinander? Eine Zahl für die ganze Karte, als JSON
    Moran(Global),
    /// Lokales Moran-I: Wo liegen Häufungen und Ausreißer? Eine Zeile je Gebiet
    LocalMoran(Local),
    /// Moran-I eines Werts gegen einen zweiten Wert der Nachbarn
    BivariateMoran(BivariateMoran),
    /// Geary-C: Wie verschieden sind Nachbarn?
    Geary(Global),
    /// Lokales Geary-C je Gebiet
    LocalGeary(Local),
    /// Getis-Ord: Wo sammeln sich hohe oder niedrige Werte (G, Gi, Gi*)?
    GetisOrd(GetisOrd),
    /// Nachbarschaften von Gebieten mit und ohne Merkmal zählen (Werte 0 und 1)
    JoinCount(Global),
    /// Raten je Gebiet, roh, mit Intervall oder geglättet
    Rates(Rates),
    /// Raten, als hätten alle Gebiete dieselben Altersgruppen (direkt, indirekt, SMR)
    Standardise(Standardise),
    /// Trichter: Welche Gebiete liegen außerhalb dessen, was der Zufall bei ihrer Größe erlaubt?
    Funnel(Funnel),
    /// Ungleichheit von Raten zwischen Gebieten (Gini, Theil, SII, RII), als JSON
    Inequality(Inequality),
    /// Erreichbarkeit: Plätze je Kind in Reichweite und der nächste Platz
    Access(Access),
    /// Gebiete zu zusammenhängenden, in sich ähnlichen Gruppen zusammenfassen (SKATER, max-p)
    Regionalise(Regionalise),
    /// Mehrere Merkmale zu einem Index verrechnen, und wie sehr er von Gewichten und Normierung abhängt
    Index(Index),
    /// Verlauf über die Jahre: glatte Linie mit Intervall, und Brüche
    Trend(Trend),
    /// Kinder je Gebiet vorausrechnen (Kohorten), mit Intervall aus den Fehlern früherer Fortschreibungen
    Forecast(Forecast),
    /// Segregation mit Zufallskorrektur, als JSON
    Segregation(Segregation),
    /// Segregation mit Rücksicht auf Lage und Entfernung der Einheiten, als JSON
    SegregationSpace(SegregationSpace),
    /// Warum sich die Segregation zweier Orte oder Jahre unterscheidet (Shapley), als JSON
    SegregationDifference(SegregationDifference),
    /// Wie viel Segregation der Kitas aus Wohnen, Träger und Wahl kommt, als JSON
    SegregationSources(SegregationSources),
    /// Jede Einrichtung: Zusammensetzung, Eintrittsalter, Wege, Anteil in der nächsten
    Facilities(Facilities),
    /// Was wäre, wenn jedes Kind in die nächste Einrichtung mit freiem Platz ginge?
    Assign(Assign),
}

/// Values and neighbours.
#[derive(Debug, Args)]
pub(crate) struct Neighbourhood {
    /// Grenzen (GeoJSON, TopoJSON, GeoPackage, Shapefile); mit --weights gal:DATEI nicht nötig
    #[arg(long, value_name = "DATEI")]
    pub areas: Option<PathBuf>,
    /// Spalte mit dem Schlüssel in der Tabelle (und bei den Grenzen)
    #[arg(long, value_name = "SPALTE")]
    pub key: Option<String>,
    /// Merkmal mit dem Schlüssel bei den Grenzen, wenn es anders heißt
    #[arg(long, value_name = "SPALTE")]
    pub area_key: Option<String>,
    /// Ebene der Grenzdatei, wenn sie mehrere hat
    #[arg(long, value_name = "NAME")]
    pub layer: Option<String>,
    /// Koordinatensystem der Grenzen, wenn die Datei es nicht nennt, etwa EPSG:25832
    #[arg(long, value_name = "EPSG")]
    pub crs: Option<String>,
    /// Tabelle mit den Werten (CSV, XLSX, Parquet)
    #[arg(long, value_name = "DATEI")]
    pub values: PathBuf,
    /// Spalte mit dem Wert
    #[arg(long, visible_alias = "column", value_name = "SPALTE")]
    pub value: Option<String>,
    /// Nachbarschaft: queen, rook, knn:K, distance:METER, kernel:NAME:METER, kernel:NAME:knn:K, gal:DATEI, gwt:DATEI
    #[arg(long, value_name = "ART")]
    pub weights: WeightsKind,
    /// Gewichte je Gebiet auf die Summe 1 bringen
    #[arg(long)]
    pub row_standardise: bool,
    /// Gebiete ohne Nachbarn: keep (bleiben), drop (weglassen), nearest (mit dem nächsten verbinden), refuse (abbrechen)
    #[arg(long, value_name = "ART", default_value = "keep", value_parser = parse_islands)]
    pub islands: IslandPolicy,
}

/// How chance is judged.
#[derive(Debug, Args)]
pub(crate) struct Inferring {
    /// Zahl der zufälligen Vertauschungen; 0 für keine
    #[arg(long, value_name = "ZAHL", default_value_t = 9_999)]
    pub permutations: u32,
    /// Was auffallen soll: two-sided, greater oder less
    #[arg(long, value_name = "RICHTUNG", value_parser = parse_alternative)]
    pub alternative: Alternative,
    /// Startwert; derselbe gibt dasselbe Ergebnis
    #[arg(long, value_name = "ZAHL", default_value_t = 1)]
    pub seed: u64,
    /// Rechenkerne, 0 für alle; das Ergebnis hängt nicht davon ab
    #[arg(long, value_name = "ZAHL", default_value_t = 0)]
    pub threads: usize,
    /// Alle Gebiete teilen sich eine Tafel von Vertauschungen: viel schneller, aber ihre Zufallsfehler hängen zusammen
    #[arg(long)]
    pub shared_table: bool,
    /// Bis zu welchem p-Wert ein Gebiet auffällig heißt
    #[arg(long, value_name = "ANTEIL", default_value_t = 0.05)]
    pub level: f64,
    /// Welcher p-Wert darüber entscheidet: none (eigener), fdr (Anteil falscher Alarme) oder bonferroni
    #[arg(long, value_name = "ART", default_value = "fdr")]
    pub adjust: Adjustment,
    /// Lokales Moran-I mit n statt n − 1 teilen, wie R spdep
    #[arg(long)]
    pub spdep_scaling: bool,
}

/// Where the result goes.
#[derive(Debug, Args)]
pub(crate) struct Output {
    /// Ergebnis in eine Datei schreiben (.csv, .json oder .parquet); ohne Angabe auf den Bildschirm
    #[arg(long, value_name = "DATEI")]
    pub out: Option<PathBuf>,
    /// Zeilen als CSV schreiben (Vorgabe)
    #[arg(long)]
    pub csv: bool,
    /// Zeilen als Parquet schreiben, in die Datei bei --out
    #[arg(long, conflicts_with = "csv", requires = "out")]
    pub parquet: bool,
}

/// A statistic of the whole map.
#[derive(Debug, Args)]
#[command(after_help = "\
Beispiele:
  kekiz analyse moran --areas stadtteile.geojson --key NR --values quote.csv --value quote \\
        --weights queen --row-standardise --alternative greater --seed 1
  kekiz analyse moran --values quote.csv --key NR --value quote --weights gal:nachbarn.gal --alternative two-sided")]
pub(crate) struct Global {
    #[command(flatten)]
    pub neighbourhood: Neighbourhood,
    #[command(flatten)]
    pub inferring: Inferring,
    #[command(flatten)]
    pub output: Output,
}

/// A statistic of each area.
#[derive(Debug, Args)]
#[command(after_help = "\
Beispiel:
  kekiz analyse local-moran --areas stadtteile.geojson --key NR --values quote.csv --value quote \\
        --weights queen --row-standardise --permutations 9999 --alternative two-sided --seed 1 --out haeufungen.csv")]
pub(crate) struct Local {
    #[command(flatten)]
    pub neighbourhood: Neighbourhood,
    #[command(flatten)]
    pub inferring: Inferring,
    #[command(flatten)]
    pub output: Output,
}

/// `kekiz analyse bivariate-moran`
#[derive(Debug, Args)]
pub(crate) struct BivariateMoran {
    #[command(flatten)]
    pub neighbourhood: Neighbourhood,
    /// Spalte, deren Werte bei den Nachbarn betrachtet werden
    #[arg(long, value_name = "SPALTE")]
    pub second: String,
    /// Eine Zeile je Gebiet statt einer Zahl
    #[arg(long)]
    pub local: bool,
    #[command(flatten)]
    pub inferring: Inferring,
    #[command(flatten)]
    pub output: Output,
}

/// Which of Getis and Ord's statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GetisOrdKind {
    /// Eine Zahl für die ganze Karte
    G,
    /// Je Gebiet, ohne den eigenen Wert
    Gi,
    /// Je Gebiet, mit dem eigenen Wert
    GiStar,
}

/// `kekiz analyse getis-ord`
#[derive(Debug, Args)]
pub(crate) struct GetisOrd {
    #[command(flatten)]
    pub neighbourhood: Neighbourhood,
    /// Welche Maßzahl
    #[arg(long, value_enum, default_value = "gi-star")]
    pub statistic: GetisOrdKind,
    #[command(flatten)]
    pub inferring: Inferring,
    #[command(flatten)]
    pub output: Output,
}

/// A table of cases and persons, one row per area.
#[derive(Debug, Args)]
pub(crate) struct Cases {
    /// Tabelle mit Fällen und Personen (CSV, XLSX, Parquet)
    #[arg(long, value_name = "DATEI")]
    pub values: PathBuf,
    /// Spalte mit dem Schlüssel
    #[arg(long, value_name = "SPALTE")]
    pub key: Option<String>,
    /// Spalte mit den Fällen
    #[arg(long, value_name = "SPALTE")]
    pub numerator: String,
    /// Spalte mit den Personen
    #[arg(long, value_name = "SPALTE")]
    pub denominator: String,
}

/// `kekiz analyse rates`
#[derive(Debug, Args)]
#[command(after_help = "\
Verfahren: raw, wilson, clopper-pearson, byar, poisson, eb (empirisches Bayes), eb-standardised, excess,
und mit --weights: spatial, spatial-eb, spatial-eb-spdep

Beispiel:
  kekiz analyse rates --values faelle.csv --key NR --numerator faelle --denominator kinder --method wilson --out raten.csv")]
pub(crate) struct Rates {
    #[command(flatten)]
    pub cases: Cases,
    /// Verfahren (siehe unten)
    #[arg(long, value_name = "NAME")]
    pub method: RateMethod,
    /// Niveau der Intervalle
    #[arg(long, value_name = "ANTEIL", default_value_t = 0.95)]
    pub level: f64,
    /// Nachbarschaft für räumliche Verfahren, wie bei moran
    #[arg(long, value_name = "ART")]
    pub weights: Option<WeightsKind>,
    /// Grenzen für räumliche Verfahren
    #[arg(long, value_name = "DATEI")]
    pub areas: Option<PathBuf>,
    /// Merkmal mit dem Schlüssel bei den Grenzen, wenn es anders heißt
    #[arg(long, value_name = "SPALTE")]
    pub area_key: Option<String>,
    /// Gebiete ohne Nachbarn: keep, drop, nearest oder refuse
    #[arg(long, value_name = "ART", default_value = "keep", value_parser = parse_islands)]
    pub islands: IslandPolicy,
    #[command(flatten)]
    pub output: Output,
}

/// A table of persons by unit and group.
#[derive(Debug, Args)]
pub(crate) struct CountsOf {
    /// Tabelle mit einer Zeile je Einheit und Gruppe (CSV, XLSX, Parquet)
    #[arg(long, value_name = "DATEI")]
    pub counts: PathBuf,
    /// Spalte mit der Einheit (Kita, Schule, Stadtteil)
    #[arg(long, value_name = "SPALTE")]
    pub unit: String,
    /// Spalte mit der Gruppe
    #[arg(long, value_name = "SPALTE")]
    pub group: String,
    /// Spalte mit der Zahl der Personen
    #[arg(long, value_name = "SPALTE")]
    pub count: String,
    /// Kleinste Einheit, die mitzählt
    #[arg(long, value_name = "PERSONEN", default_value_t = 0.0)]
    pub min_size: f64,
}

/// `kekiz analyse segregation`
#[derive(Debug, Args)]
#[command(after_help = "\
Indizes: d, gini, atkinson, isolation, interaction, v, m, h, p, r, c

Beispiel:
  kekiz analyse segregation --counts kitas.csv --unit kita --group sprache --count kinder \\
        --indices d,h,m --focal nichtdeutsch --draws 999 --seed 1 --json")]
pub(crate) struct Segregation {
    #[command(flatten)]
    pub counts: CountsOf,
    /// Spalte mit der übergeordneten Einheit: zerlegt M und H in zwischen und innerhalb
    #[arg(long, value_name = "SPALTE")]
    pub within: Option<String>,
    /// Gruppe, die mit allen anderen verglichen wird
    #[arg(long, value_name = "GRUPPE")]
    pub focal: Option<String>,
    /// Indizes, durch Komma getrennt (siehe unten)
    #[arg(long, value_name = "NAMEN", value_delimiter = ',', required = true)]
    pub indices: Vec<String>,
    /// Zufällige Tabellen für die Spanne, die der Zufall allein ergibt; 0 für keine
    #[arg(long, visible_alias = "permutations", value_name = "ZAHL", default_value_t = 0)]
    pub draws: u32,
    /// Personen auf die vorhandenen Plätze verteilen (Größen der Einheiten bleiben) statt jede frei wählen lassen
    #[arg(long)]
    pub persons: bool,
    /// Neu gezogene Tabellen für Standardfehler und Intervall; 0 für keine
    #[arg(long, value_name = "ZAHL", default_value_t = 0)]
    pub bootstrap: u32,
    /// Startwert; derselbe gibt dasselbe Ergebnis
    #[arg(long, value_name = "ZAHL", default_value_t = 1)]
    pub seed: u64,
    /// Rechenkerne, 0 für alle; das Ergebnis hängt nicht davon ab
    #[arg(long, value_name = "ZAHL", default_value_t = 0)]
    pub threads: usize,
    #[command(flatten)]
    pub output: Output,
}

/// Whether a funnel compares shares or rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FunnelOf {
    /// Anteile (höchstens so viele Fälle wie Personen)
    Share,
    /// Raten (Fälle können sich wiederholen)
    Rate,
}

/// `kekiz analyse funnel`
#[derive(Debug, Args)]
pub(crate) struct Funnel {
    #[command(flatten)]
    pub cases: Cases,
    /// Was verglichen wird
    #[arg(long, value_enum, default_value = "share")]
    pub kind: FunnelOf,
    /// Grenzen in geschlossener Form statt exakt
    #[arg(long)]
    pub approximate: bool,
    /// Wert, um den die Grenzen liegen, statt des gemeinsamen
    #[arg(long, value_name = "WERT")]
    pub target: Option<f64>,
    #[command(flatten)]
    pub output: Output,
}

/// `kekiz analyse inequality`
#[derive(Debug, Args)]
pub(crate) struct Inequality {
    /// Tabelle mit Fällen und Personen (CSV, XLSX, Parquet)
    #[arg(long, value_name = "DATEI")]
    pub values: PathBuf,
    /// Spalte mit den Fällen
    #[arg(long, value_name = "SPALTE")]
    pub numerator: String,
    /// Spalte mit den Personen
    #[arg(long, value_name = "SPALTE")]
    pub denominator: String,
    /// Spalte, nach der die Gebiete von wenig bis stark benachteiligt geordnet werden
    #[arg(long, value_name = "SPALTE")]
    pub deprivation: Option<String>,
    #[command(flatten)]
    pub output: Output,
}

/// `kekiz analyse access`
#[derive(Debug, Args)]
#[command(after_help = "\
Beispiele:
  kekiz analyse access --demand bloecke.csv --people kinder --supply kitas.csv --places plaetze --reach 1000
  kekiz analyse access --demand bloecke.csv --people kinder --supply kitas.csv --places plaetze --reach 2000 \\
        --steps 500:1,1000:0.6,2000:0.2")]
pub(crate) struct Access {
    /// Tabelle der Orte, an denen Menschen wohnen, mit Koordinaten in Grad
    #[arg(long, value_name = "DATEI")]
    pub demand: PathBuf,
    /// Spalte mit der Zahl der Menschen
    #[arg(long, value_name = "SPALTE")]
    pub people: String,
    /// Tabelle der Einrichtungen mit Koordinaten in Grad
    #[arg(long, value_name = "DATEI")]
    pub supply: PathBuf,
    /// Spalte mit der Zahl der Plätze
    #[arg(long, value_name = "SPALTE")]
    pub places: String,
    /// Spalte mit dem Schlüssel in beiden Tabellen
    #[arg(long, value_name = "SPALTE")]
    pub key: Option<String>,
    /// Spalte mit der geografischen Länge
    #[arg(long, value_name = "SPALTE", default_value = "lon")]
    pub lon: String,
    /// Spalte mit der geografischen Breite
    #[arg(long, value_name = "SPALTE", default_value = "lat")]
    pub lat: String,
    /// Wie weit Menschen gehen, in Metern Luftlinie
    #[arg(long, value_name = "METER")]
    pub reach: f64,
    /// Gewichte nach Entfernung, etwa 500:1,1000:0.6 (erweitertes Verfahren, E2SFCA)
    #[arg(long, value_name = "METER:GEWICHT", value_delimiter = ',', value_parser = step)]
    pub steps: Vec<(f64, f64)>,
    #[command(flatten)]
    pub output: Output,
}

/// One step of weights by distance.
fn step(text: &str) -> Result<(f64, f64), String> {
    let wrong = || "möglich sind Stufen METER:GEWICHT, zum Beispiel 500:1".to_string();
    let (metres, weight) = text.split_once(':').ok_or_else(wrong)?;
    let number = |text: &str| text.parse().ok().filter(|n: &f64| n.is_finite() && *n >= 0.0);
    number(metres).zip(number(weight)).ok_or_else(wrong)
}
