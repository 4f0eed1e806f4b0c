//! The arguments of `kekiz vault …`.

use crate::arguments::InStore;
use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// `kekiz vault …`
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Personendaten gehören in die abgeschottete Statistikstelle (§ 16 BStatG). Wer den Schlüssel hat, ist die Statistikstelle; sein Name (--user) steht im Zugriffsprotokoll.

Ein Weg durch alle Schritte (ausführlich: docs/handbuch/statistikstelle.md):
  kekiz vault key create --key /media/usb/schluessel.json
  kekiz vault import seu.csv --schema schuleingangsuntersuchung --dataset seu-2024 \\
        --addresses adressen.csv
  kekiz vault compute zaehlungen.toml
  kekiz release
  kekiz vault purge --linking seu-2024")]
pub(crate) enum Vault {
    /// Schlüssel anlegen oder wechseln
    #[command(subcommand)]
    Key(Key),
    /// Eine Datei mit Einzeldaten prüfen und verschlüsselt ablegen – ganz oder gar nicht
    Import(Box<Import>),
    /// Zeigen, was abgelegt ist: Merkmale, Abdeckung, Fristen – nie ein Einzelwert
    Describe(Describe),
    /// Zwei Datensätze über ihre Hilfsmerkmale verknüpfen
    Link(Link),
    /// Auszählen nach Gebiet, Zeitraum und Gruppe; die Zahlen gehen in den geschützten Teil des Atlas
    Compute(Definition),
    /// Kreuztabellen mit echten Zahlen, nur zum Ansehen in der Statistikstelle
    Analyse(Definition),
    /// Kreuztabellen durch die Schleuse geben und in eine Datei schreiben
    Release(Release),
    /// Löschen: einen Datensatz, nur seine Hilfsmerkmale oder eine Person
    Purge(Purge),
    /// Das Zugriffsprotokoll zeigen und prüfen
    Audit(Audit),
}

/// Where the key is.
#[derive(Debug, Args)]
pub(crate) struct KeyFile {
    /// Schlüsseldatei; sie liegt nicht bei den Daten
    #[arg(long, value_name = "DATEI", env = "KEKIZ_KEY")]
    pub key: Option<PathBuf>,
    /// Datei mit dem Kennwort der Schlüsseldatei (erste Zeile); ohne sie wird gefragt
    #[arg(long, value_name = "DATEI", env = "KEKIZ_PASSPHRASE_FILE")]
    pub passphrase_file: Option<PathBuf>,
}

/// Who opens which strongbox.
#[derive(Debug, Args)]
pub(crate) struct Access {
    #[command(flatten)]
    pub store: InStore,
    #[command(flatten)]
    pub key: KeyFile,
    /// Wer zugreift; steht im Zugriffsprotokoll
    #[arg(long, value_name = "NAME", env = "KEKIZ_USER")]
    pub user: Option<String>,
}

/// `kekiz vault key …`
#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Neuen Schlüssel und leeren Bestand anlegen
    Create(CreateKey),
    /// Alles unter einen neuen Schlüssel bringen; Pseudonyme bleiben gleich
    Rotate(RotateKey),
}

/// `kekiz vault key create`
#[derive(Debug, Args)]
pub(crate) struct CreateKey {
    #[command(flatten)]
    pub access: Access,
    /// Die Schlüsseldatei mit einem Kennwort verschließen
    #[arg(long)]
    pub passphrase: bool,
}

/// `kekiz vault key rotate`
#[derive(Debug, Args)]
pub(crate) struct RotateKey {
    #[command(flatten)]
    pub access: Access,
    /// Neue Schlüsseldatei
    #[arg(long, value_name = "DATEI")]
    pub new_key: PathBuf,
    /// Die neue Schlüsseldatei mit einem Kennwort verschließen
    #[arg(long)]
    pub passphrase: bool,
}

/// `kekiz vault import`
#[derive(Debug, Args)]
#[command(after_help = "\
Mitgelieferte Schemas: einwohner, schuleingangsuntersuchung, kita, hilfen-zur-erziehung, sgb2, familienbefragung, kompik. „--print-schema“ gibt eines aus, zum Anpassen.

Beispiele:
  kekiz vault import kinder.sav --schema kita --dataset kita-2024 --reference 2024-03-01 \\
        --list kitas=kitas.csv
  kekiz vault import einwohner.csv --schema eigenes.toml --dataset einwohner-2024 \\
        --period 2024 --geography stadtteile --crs EPSG:25832 --keep-until 2027-12-31")]
pub(crate) struct Import {
    /// Datei mit Einzeldaten: CSV, XLSX, feste Breite, Parquet, SPSS (.sav)
    #[arg(value_name = "DATEI", required_unless_present = "print_schema")]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub access: Access,
    /// Mitgeliefertes Schema oder Datei mit einem eigenen (TOML)
    #[arg(long, value_name = "SCHEMA")]
    pub schema: String,
    /// Name des Datensatzes (kleine Buchstaben, Ziffern, - und _); einer dieses Namens wird ersetzt
    #[arg(long, value_name = "NAME", required_unless_present = "print_schema")]
    pub dataset: Option<String>,
    /// Liste aller Adressen mit ihrem Gebiet
    #[arg(long, value_name = "DATEI")]
    pub addresses: Option<PathBuf>,
    /// Gliederung des Atlas, in der Punkte gesucht und Schlüssel geprüft werden
    #[arg(long, value_name = "GLIEDERUNG")]
    pub geography: Option<String>,
    /// Koordinatensystem der Punkte (EPSG:25832); ohne Angabe Grad
    #[arg(long, value_name = "EPSG", requires = "geography")]
    pub crs: Option<String>,
    /// Stichtag, für den Alter und Dauern gelten (2024-12-31)
    #[arg(long, value_name = "TAG")]
    pub reference: Option<String>,
    /// Zeitraum der Datensätze, wenn ihn kein Merkmal sagt (2024, 2024/25)
    #[arg(long, value_name = "ZEITRAUM")]
    pub period: Option<String>,
    /// Liste bekannter Schlüssel für eine Prüfung des Schemas; die erste Spalte zählt
    #[arg(long = "list", value_name = "NAME=DATEI")]
    pub lists: Vec<String>,
    /// Letzter Tag, an dem der Datensatz aufbewahrt werden darf
    #[arg(long, value_name = "TAG")]
    pub keep_until: Option<String>,
    /// Nur prüfen, nichts ablegen
    #[arg(long)]
    pub check: bool,
    /// Das Schema ausgeben, statt einzulesen
    #[arg(long)]
    pub print_schema: bool,
}

/// `kekiz vault describe`
#[derive(Debug, Args)]
pub(crate) struct Describe {
    /// Datensatz; ohne Angabe alle
    #[arg(value_name = "DATENSATZ")]
    pub dataset: Option<String>,
    #[command(flatten)]
    pub access: Access,
}

/// `kekiz vault link`
#[derive(Debug, Args)]
#[command(after_help = "\
Beispiel:
  kekiz vault link seu-2024 sgb2-2024 --name seu-sgb2 --seed 1

Verglichen wird, was beide Datensätze an Hilfsmerkmalen haben. Zweifelhafte Paare bleiben zur Durchsicht liegen (kekiz desk).")]
pub(crate) struct Link {
    /// Erster Datensatz
    #[arg(value_name = "DATENSATZ")]
    pub left: String,
    /// Zweiter Datensatz
    #[arg(value_name = "DATENSATZ2")]
    pub right: String,
    #[command(flatten)]
    pub access: Access,
    /// Name der Verknüpfung (kleine Buchstaben, Ziffern, - und _); eine dieses Namens wird ersetzt
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// Modell (TOML, wie bei „kekiz link“); ohne Angabe eines aus den Feldern
    #[arg(long, value_name = "DATEI")]
    pub model: Option<PathBuf>,
    /// Wahrscheinlichkeit, von der an verknüpft wird; ohne Angabe die des Modells
    #[arg(long, value_name = "ANTEIL")]
    pub match_probability: Option<f64>,
    /// Wahrscheinlichkeit, von der an ein Paar zur Durchsicht liegen bleibt
    #[arg(long, value_name = "ANTEIL", default_value_t = 0.2)]
    pub review_probability: f64,
    /// Ein Datensatz rechts darf mehrere Partner links haben
    #[arg(long)]
    pub many: bool,
    /// Startzahl der zufälligen Paare
    #[arg(long, value_name = "ZAHL", default_value_t = 1)]
    pub seed: u64,
}

/// `kekiz vault compute` and `analyse`
#[derive(Debug, Args)]
pub(crate) struct Definition {
    /// Was gezählt wird (TOML, siehe docs/formate.md)
    #[arg(value_name = "DEFINITION")]
    pub file: PathBuf,
    #[command(flatten)]
    pub access: Access,
}

/// `kekiz vault release`
#[derive(Debug, Args)]
pub(crate) struct Release {
    /// Die Tabellen (TOML, siehe docs/formate.md)
    #[arg(value_name = "DEFINITION")]
    pub file: PathBuf,
    #[command(flatten)]
    pub access: Access,
    /// Schutzregel: ba, min5, min10, rounding5, rounding10 oder eine Datei (TOML)
    #[arg(long, value_name = "REGEL", default_value = "min10")]
    pub policy: String,
    /// Zieldatei
    #[arg(long, value_name = "DATEI")]
    pub out: PathBuf,
    /// Format der Datei
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = TableFormat::Csv)]
    pub format: TableFormat,
}

/// Formats of released tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableFormat {
    /// Tabelle als CSV
    Csv,
    /// JSON mit allen Angaben
    Json,
}

/// `kekiz vault purge`
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["dataset", "linking", "person", "identifier"]))]
#[command(after_help = "\
Beispiele:
  kekiz vault purge --dataset seu-2024
  kekiz vault purge --linking seu-2024
  kekiz vault purge --identifier seu-kind=K-4711

Gelöscht wird auch, was mit der Person verknüpft ist. Ausgaben bleiben, da sie keine Person enthalten; welche darauf beruhen, wird gesagt. Kopien in Sicherungen macht erst ein Wechsel des Schlüssels unlesbar, wenn der alte vernichtet ist.")]
pub(crate) struct Purge {
    #[command(flatten)]
    pub access: Access,
    /// Einen ganzen Datensatz
    #[arg(long, value_name = "DATENSATZ")]
    pub dataset: Option<String>,
    /// Nur die Hilfsmerkmale (Namen, Daten) eines Datensatzes
    #[arg(long, value_name = "DATENSATZ")]
    pub linking: Option<String>,
    /// Eine Person nach ihrem Pseudonym
    #[arg(long, value_name = "PSEUDONYM")]
    pub person: Option<String>,
    /// Eine Person nach ihrer Kennung in der Quelle
    #[arg(long, value_name = "NAMENSRAUM=KENNUNG")]
    pub identifier: Option<String>,
}

/// `kekiz vault audit`
#[derive(Debug, Args)]
pub(crate) struct Audit {
    #[command(flatten)]
    pub access: Access,
    /// So viele der letzten Einträge zeigen
    #[arg(long, value_name = "ZAHL", default_value_t = 20)]
    pub last: usize,
}
