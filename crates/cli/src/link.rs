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
