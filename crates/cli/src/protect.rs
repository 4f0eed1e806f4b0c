//! The arguments of `kekiz protect`.

use clap::{Args, ValueEnum};
use kekiz_analyse::{ProtectMethod, ProtectRequest};
use std::path::PathBuf;

/// How the cells to suppress are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MethodName {
    /// Suche; bei kleinen Tabellen dazu ein ganzzahliges Programm
    Auto,
    /// Suche, dann ein großes ganzzahliges Programm; der Beleg sagt, was bewiesen ist
    Optimal,
    /// Teiltabelle für Teiltabelle von oben (wie HiTaS)
    Modular,
    /// Erste Auswahl mit kurzer Verbesserung
    Fast,
}

/// `kekiz protect`
#[derive(Debug, Args)]
#[command(after_help = "\
Vorlagen für --policy: ba, min3, min5, min10, cost, rounding5, controlled5, cellkey – alle sind Annahmen.

Beispiele:
  kekiz protect kinder.csv --suggest --policy regel.toml --hierarchies gliederung.toml
  kekiz protect kinder.csv --dims statbez,age,sex --policy regel.toml --hierarchies gliederung.toml \\
        --out sicher.csv --audit beleg.json
  kekiz protect hilfen.csv --dims ort,alter --response kosten --policy cost --out sicher.csv --audit beleg.json
  kekiz protect tafel.csv --dims ort,alter --count anzahl --policy min5 --history veroeffentlicht \\
        --out veroeffentlicht/tafel2.csv --audit veroeffentlicht/tafel2.json

Jede Zeile gilt als eine Person; mit --count ist die Tabelle schon gezählt. Summen werden gerechnet und stehen mit im Ergebnis.
Gesperrte Zellen tragen das Zeichen • und den Status geschuetzt. Ausführlich: docs/verfahren/geheimhaltung-tabellen.md")]
pub(crate) struct Protect {
    /// Tabelle mit Einzeldaten oder Fallzahlen (CSV, XLSX)
    #[arg(value_name = "TABELLE")]
    pub table: PathBuf,
    /// Schutzregel: Datei oder Name einer Vorlage (siehe unten)
    #[arg(long, value_name = "DATEI|NAME")]
    pub policy: String,
    /// Hierarchien der Gliederungen (TOML)
    #[arg(long, value_name = "DATEI")]
    pub hierarchies: Option<PathBuf>,
    /// Spalten, nach denen gegliedert wird, durch Komma getrennt (eine bis fünf)
    #[arg(long, value_name = "SPALTEN", value_delimiter = ',', required_unless_present = "suggest")]
    pub dims: Vec<String>,
    /// Spalte mit Beträgen; ohne sie werden Personen gezählt
    #[arg(long, value_name = "SPALTE")]
    pub response: Option<String>,
    /// Spalte mit der Fallzahl, wenn die Tabelle schon gezählt ist
    #[arg(long, value_name = "SPALTE")]
    pub count: Option<String>,
    /// Spalten mit den größten Beiträgen, größter zuerst, wenn die Tabelle schon gezählt ist
    #[arg(long, value_name = "SPALTEN", value_delimiter = ',')]
    pub largest: Vec<String>,
    /// Spalte, die einen Datensatz benennt (Cell-Key-Methode; sonst gilt die Zeile)
    #[arg(long, value_name = "SPALTE")]
    pub record: Option<String>,
    /// Datei mit dem Geheimnis der Cell-Key-Methode
    #[arg(long, value_name = "DATEI")]
    pub key: Option<PathBuf>,
    /// Quelle der Daten, wenn die Regel für sie eine eigene Schwelle hat
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Ordner mit früheren Ergebnissen (NAME.csv mit Beleg NAME.json), mit denen keine Differenz entstehen darf
    #[arg(long, value_name = "ORDNER")]
    pub history: Option<PathBuf>,
    /// Zeitraum der Tabelle, etwa 2024, 2024-Q1 oder 2024-03
    #[arg(long, value_name = "ZEITRAUM")]
    pub period: Option<String>,
    /// Wie die Gegensperrungen gewählt werden
    #[arg(long, value_enum, default_value = "auto")]
    pub method: MethodName,
    /// Startwert; derselbe gibt dasselbe Ergebnis
    #[arg(long, value_name = "ZAHL", default_value_t = 1)]
    pub seed: u64,
    /// Rechenkerne, 0 für alle; das Ergebnis hängt nicht davon ab
    #[arg(long, value_name = "ZAHL", default_value_t = 0)]
    pub threads: usize,
    /// Sichere Tabelle
    #[arg(long, value_name = "DATEI", required_unless_present = "suggest")]
    pub out: Option<PathBuf>,
    /// Beleg für die Statistikstelle: Verfahren, Zahl der Sperrungen, Ergebnis des Angriffs
    #[arg(long, value_name = "DATEI", required_unless_present = "suggest")]
    pub audit: Option<PathBuf>,
    /// Aus der Tabelle eine erste Regel und erste Hierarchien schreiben (nach --policy und --hierarchies), sonst nichts
    #[arg(long, requires = "hierarchies", conflicts_with_all = ["dims", "out", "audit", "response", "count"])]
    pub suggest: bool,
}

impl Protect {
    /// What the floor below needs.
    pub(crate) fn request(&self) -> ProtectRequest {
        ProtectRequest {
            table: self.table.clone(),
            policy: self.policy.clone(),
            hierarchies: self.hierarchies.clone(),
            dims: self.dims.clone(),
            response: self.response.clone(),
            count: self.count.clone(),
            largest: self.largest.clone(),
            record: self.record.clone(),
            key: self.key.clone(),
            source: self.source.clone(),
            history: self.history.clone(),
            period: self.period.clone(),
            method: match self.method {
                MethodName::Auto => ProtectMethod::Auto,
                MethodName::Optimal => ProtectMethod::Optimal,
                MethodName::Modular => ProtectMethod::Modular,
                MethodName::Fast => ProtectMethod::Fast,
            },
            seed: self.seed,
            threads: self.threads,
            out: self.out.clone().unwrap_or_default(),
            audit: self.audit.clone().unwrap_or_default(),
        }
    }
}
