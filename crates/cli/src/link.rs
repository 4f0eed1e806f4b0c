//! The arguments of `kekiz link …`.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// `kekiz link …`
#[derive(Debug, Subcommand)]
pub(crate) enum Link {
    /// Ein Modell vorschlagen: Was wird wie verglichen?
    Model(LinkModel),
    /// Datensätze derselben Person in einer Datei finden
    Dedupe(Dedupe),
    /// Datensätze derselben Person in zwei oder mehr Dateien finden
    Files(LinkFiles),
    /// Neue Datensätze den schon gefundenen Personen zuordnen
    Add(LinkAdd),
    /// Datensätze verschlüsselt kodieren, um ohne Austausch von Namen zu verknüpfen
    Encode(Encode),
    /// Zwei Dateien mit Codes verknüpfen
    Compare(Compare),
    /// Ein Ergebnis an einer Spalte messen, die sagt, wer wer ist
    Evaluate(Evaluate),
}

/// What all runs take.
#[derive(Debug, Args)]
pub(crate) struct LinkRun {
    /// Spalte, die jeden Datensatz kennzeichnet; ohne Angabe gilt seine Nummer
    #[arg(long, value_name = "SPALTE")]
    pub id: Option<String>,
    /// Modell (TOML); ohne Angabe gilt das vorgeschlagene
    #[arg(long, value_name = "DATEI")]
    pub model: Option<PathBuf>,
    /// Startwert der Stichproben; derselbe gibt dasselbe Ergebnis
    #[arg(long, value_name = "ZAHL", default_value_t = 1)]
    pub seed: u64,
    /// Rechenkerne, 0 für alle; das Ergebnis hängt nicht davon ab
    #[arg(long, value_name = "ZAHL", default_value_t = 0)]
    pub threads: usize,
    /// Ab dieser Wahrscheinlichkeit gelten zwei Datensätze als eine Person, statt der Angabe im Modell
    #[arg(long, value_name = "ANTEIL")]
    pub threshold: Option<f64>,
    /// Das Modell mit den geschätzten Wahrscheinlichkeiten in eine Datei schreiben
    #[arg(long, value_name = "DATEI")]
    pub trained: Option<PathBuf>,
}

/// `kekiz link model`
#[derive(Debug, Args)]
#[command(after_help = "\
Beispiel:
  kekiz link model --suggest kinder.csv --id lfd_nr --out modell.toml")]
pub(crate) struct LinkModel {
    /// Datei, deren Spalten verglichen werden sollen (CSV oder Parquet)
    #[arg(long, value_name = "DATEI")]
    pub suggest: PathBuf,
    /// Spalte, die jeden Datensatz kennzeichnet; sie wird nicht verglichen
    #[arg(long, value_name = "SPALTE")]
    pub id: Option<String>,
    /// Modell in eine Datei schreiben; ohne Angabe auf den Bildschirm
    #[arg(long, value_name = "DATEI")]
    pub out: Option<PathBuf>,
}

/// `kekiz link dedupe`
#[derive(Debug, Args)]
#[command(after_help = "\
Beispiel:
  kekiz link dedupe kinder.csv --id lfd_nr --model modell.toml --seed 1 --out personen.csv --json

Die Ausgabe hat die Spalten id und cluster und enthält sonst nichts aus der Datei.")]
pub(crate) struct Dedupe {
    /// CSV- oder Parquet-Datei
    #[arg(value_name = "DATEI")]
    pub file: PathBuf,
    #[command(flatten)]
    pub run: LinkRun,
    /// Wohin die Personen geschrieben werden (id, cluster)
    #[arg(long, value_name = "DATEI")]
    pub out: PathBuf,
    /// Wohin zusätzlich die Paare geschrieben werden (left, right, match_weight, match_probability)
    #[arg(long, value_name = "DATEI")]
    pub links: Option<PathBuf>,
}

/// How many partners a record may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Partners {
    /// Auf beiden Seiten beliebig viele
    ManyToMany,
    /// Ein Datensatz der ersten Datei darf mehrere haben, einer der anderen nur einen
    OneToMany,
    /// Auf beiden Seiten höchstens einer
    OneToOne,
}

/// `kekiz link files`
#[derive(Debug, Args)]
#[command(after_help = "\
Beispiel:
  kekiz link files schule.csv sgb2.parquet --id lfd_nr --model modell.toml --partners one-to-one --out links.csv

Die Ausgabe hat die Spalten left, right, match_weight, match_probability und enthält sonst nichts aus den Dateien.")]
pub(crate) struct LinkFiles {
    /// Zwei oder mehr CSV- oder Parquet-Dateien
    #[arg(value_name = "DATEI", num_args = 2.., required = true)]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub run: LinkRun,
    /// Wie viele Gegenstücke ein Datensatz haben darf
    #[arg(long, value_enum, default_value = "many-to-many")]
    pub partners: Partners,
    /// Wohin die Paare geschrieben werden
    #[arg(long, value_name = "DATEI")]
    pub out: PathBuf,
}

/// `kekiz link add`
#[derive(Debug, Args)]
#[command(after_help = "\
Beispiel:
  kekiz link add bestand.csv neu.csv --clusters personen.csv --id lfd_nr --model gelernt.toml --out neue-personen.csv

Bekannte Personen behalten ihre Nummer und werden nicht zusammengelegt.")]
pub(crate) struct LinkAdd {
    /// Datei mit den schon zugeordneten Datensätzen
    #[arg(value_name = "BESTAND")]
    pub file: PathBuf,
    /// Datei mit den neuen Datensätzen
    #[arg(value_name = "NEU")]
    pub new: PathBuf,
    /// Personen des Bestands, wie kekiz link dedupe sie geschrieben hat
    #[arg(long, value_name = "DATEI")]
    pub clusters: PathBuf,
    #[command(flatten)]
    pub run: LinkRun,
    /// Wohin die Personen der neuen Datensätze geschrieben werden (id, cluster)
    #[arg(long, value_name = "DATEI")]
    pub out: PathBuf,
}

/// `kekiz link encode`
#[derive(Debug, Args)]
#[command(after_help = "\
Beispiel:
  kekiz link encode kinder.csv --id nummer --model modell.toml --key schluessel.txt --out codes.csv

Beide Stellen brauchen dasselbe Modell und denselben Schlüssel; wer die Codes vergleicht, darf ihn nicht haben.")]
pub(crate) struct Encode {
    /// CSV- oder Parquet-Datei
    #[arg(value_name = "DATEI")]
    pub file: PathBuf,
    /// Spalte, die jeden Datensatz kennzeichnet; sie steht neben dem Code, also eine eigens vergebene Nummer
    #[arg(long, value_name = "SPALTE")]
    pub id: Option<String>,
    /// Modell (TOML); der Abschnitt „encoding“ sagt, wie kodiert wird
    #[arg(long, value_name = "DATEI")]
    pub model: PathBuf,
    /// Datei mit dem gemeinsamen geheimen Schlüssel (mindestens 16 Zeichen)
    #[arg(long, value_name = "DATEI")]
    pub key: PathBuf,
    /// Rechenkerne, 0 für alle
    #[arg(long, value_name = "ZAHL", default_value_t = 0)]
    pub threads: usize,
    /// Wohin die Codes geschrieben werden (id, code)
    #[arg(long, value_name = "DATEI")]
    pub out: PathBuf,
}

/// `kekiz link compare`
#[derive(Debug, Args)]
#[command(after_help = "\
Beispiel:
  kekiz link compare codes-a.csv codes-b.csv --threshold 0.8 --one-to-one --out links.csv")]
pub(crate) struct Compare {
    /// Codes der ersten Stelle
    #[arg(value_name = "DATEI")]
    pub left: PathBuf,
    /// Codes der zweiten Stelle
    #[arg(value_name = "DATEI")]
    pub right: PathBuf,
    /// Kleinste Ähnlichkeit (Dice-Koeffizient)
    #[arg(long, value_name = "ANTEIL", default_value_t = 0.8)]
    pub threshold: f64,
    /// Nicht jedes Paar vergleichen, sondern so, dass jedes ähnliche mit dieser Wahrscheinlichkeit gefunden wird (etwa 0.99)
    #[arg(long, value_name = "ANTEIL")]
    pub recall: Option<f64>,
    /// Jeder Datensatz hat höchstens ein Gegenstück
    #[arg(long)]
    pub one_to_one: bool,
    /// Rechenkerne, 0 für alle
    #[arg(long, value_name = "ZAHL", default_value_t = 0)]
    pub threads: usize,
    /// Wohin die Paare geschrieben werden (left, right, dice)
    #[arg(long, value_name = "DATEI")]
    pub out: PathBuf,
}

/// `kekiz link evaluate`
#[derive(Debug, Args)]
#[command(after_help = "\
Beispiele:
  kekiz link evaluate kinder.csv --id lfd_nr --truth person --clusters personen.csv
  kekiz link evaluate schule.csv sgb2.csv --id lfd_nr --truth person --links links.csv --json")]
pub(crate) struct Evaluate {
    /// Die verknüpften Dateien
    #[arg(value_name = "DATEI", required = true)]
    pub files: Vec<PathBuf>,
    /// Spalte, die jeden Datensatz kennzeichnet; ohne Angabe gilt seine Nummer
    #[arg(long, value_name = "SPALTE")]
    pub id: Option<String>,
    /// Spalte, in der die wahre Person steht
    #[arg(long, value_name = "SPALTE")]
    pub truth: String,
    /// Personen, wie kekiz link dedupe sie schreibt
    #[arg(long, value_name = "DATEI")]
    pub clusters: Option<PathBuf>,
    /// Paare, wie kekiz link dedupe --links und kekiz link files sie schreiben
    #[arg(long, value_name = "DATEI")]
    pub links: Option<PathBuf>,
}
