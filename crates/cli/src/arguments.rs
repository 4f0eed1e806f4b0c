//! The arguments of every command, with help that teaches.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

const ABOUT: &str =
    "KeKiz macht aus amtlichen Tabellen und Grenzen einen geschützten Atlas der Lebenslagen von Kindern.";

const EXAMPLES: &str = "\
Ein Atlas in sieben Schritten (ausführlich: docs/handbuch/eigene-kommune.md):
  kekiz init meine-stadt
  kekiz import areas stadtteile.shp --store meine-stadt \\
        --geography stadtteile --level stadtteil --key NR --name NAME
  kekiz import figures kinder.csv --suggest > meine-stadt/zuordnungen/kinder.toml
  kekiz import figures kinder.csv --store meine-stadt \\
        --mapping meine-stadt/zuordnungen/kinder.toml
  kekiz indicators suggest --store meine-stadt > meine-stadt/katalog/kennzahlen.toml
  kekiz release --store meine-stadt
  kekiz serve --store meine-stadt

Rückgabewerte:
  0 gelungen                     4 Einstellung, Katalog oder Zuordnung
  2 Aufruf nicht verstanden      5 von der Schleuse abgelehnt
  3 Eingabedatei abgelehnt       6 Ablage nicht lesbar oder beschreibbar
                                 7 doctor hat etwas gefunden";

/// The whole command line. Help texts are German; [`crate::german`] translates what clap itself would say.
#[derive(Debug, Parser)]
#[command(name = "kekiz", version, about = ABOUT, after_help = EXAMPLES, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    /// Antwort als ein JSON-Objekt, für Programme
    #[arg(long, global = true)]
    pub json: bool,
    /// Nur sagen, was misslingt
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Jeden Hinweis zeigen statt nur die ersten jeder Art
    #[arg(long, short, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Was zu tun ist
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Einen neuen Atlas anlegen (Ordner mit kekiz.toml und erstem Katalog)
    Init(Init),
    /// Grenzen, Zahlen oder Einrichtungen einlesen – ganz oder gar nicht
    #[command(subcommand)]
    Import(Import),
    /// Den Katalog der Kennzahlen zeigen, prüfen oder vorschlagen
    #[command(subcommand)]
    Indicators(Indicators),
    /// Alle Kennzahlen aus den echten Zahlen rechnen und berichten, ohne etwas zu veröffentlichen
    Compute(InStore),
    /// Rechnen, schützen und veröffentlichen
    Release(Release),
    /// Den veröffentlichten Atlas im Browser zeigen
    Serve(Serve),
    /// Einen Bericht als barrierefreies PDF schreiben
    #[command(subcommand)]
    Report(Report),
    /// Veröffentlichte Zahlen in eine Datei schreiben
    Export(Export),
    /// Personendaten der Statistikstelle: verschlüsselt ablegen, verknüpfen, auszählen, löschen
    #[command(subcommand)]
    Vault(Box<crate::vault::Vault>),
    /// Prüfen, ob die Ablage heil ist
    Doctor(Doctor),
    /// Die Einstellungen prüfen
    #[command(subcommand)]
    Config(Config),
    /// Räumliche Statistik und Segregation auf eigenen Dateien, ohne Atlas
    #[command(subcommand)]
    Analyse(Box<crate::analyse::Analyse>),
    /// Eine Tabelle so schützen, dass sie herausgegeben werden kann, ohne Atlas
    Protect(Box<crate::protect::Protect>),
    /// Datensätze derselben Person finden, in einer Datei oder in mehreren, ohne Atlas
    #[command(subcommand)]
    Link(Box<crate::link::Link>),
    /// Zugänge zum Portal anlegen und zeigen
    #[command(subcommand)]
    Account(Account),
    /// Was der laufende Server von selbst tut, einmal von Hand
    #[command(subcommand)]
    Portal(PortalWork),
    /// Den mitgelieferten Atlas für Nordrhein-Westfalen laden und zeigen
    Demo(Demo),
    /// Den Arbeitsplatz der Statistikstelle öffnen (geschützter Bereich, eigener Prozess)
    Desk(Desk),
    /// Erfundene Daten zum Ausprobieren und Prüfen
    #[command(subcommand)]
    Testdata(Testdata),
}

/// Where the project lies.
#[derive(Debug, Args)]
pub(crate) struct InStore {
    /// Ordner des Atlas (mit kekiz.toml)
    #[arg(long, value_name = "ORDNER", default_value = ".", env = "KEKIZ_STORE")]
    pub store: PathBuf,
}

/// `kekiz desk`
#[derive(Debug, Args)]
#[command(after_help = "\
Beispiel:
  kekiz vault key create --store meine-stadt --key /media/stick/schluessel.json
  kekiz desk --store meine-stadt

Wer hinein will, bringt im Browser die Schlüsseldatei mit; sie wird nur im Speicher gehalten.")]
pub(crate) struct Desk {
    #[command(flatten)]
    pub store: InStore,
    /// Adresse und Port; nur diese Maschine, solange --name fehlt
    #[arg(long, value_name = "ADRESSE", default_value = "127.0.0.1:8090")]
    pub listen: String,
    /// Name im Hausnetz, unter dem ein Webserver mit TLS den Arbeitsplatz erreichbar macht; mehrfach möglich
    #[arg(long, value_name = "NAME")]
    pub name: Vec<String>,
    /// Adressliste mit Gebieten für das Einlesen
    #[arg(long, value_name = "DATEI")]
    pub addresses: Option<PathBuf>,
}

/// `kekiz testdata …`
#[derive(Debug, Subcommand)]
pub(crate) enum Testdata {
    /// Eine erfundene Stadt mit Registern, Fehlern darin und bekannter Wahrheit
    City(TestCity),
}

/// `kekiz testdata city`
#[derive(Debug, Args)]
#[command(after_help = "\
Beispiel:
  kekiz testdata city --children 50000 --seed 1 --out musterstadt

Im Ordner liegen die Register, wie Ämter sie schicken (einwohner.csv, schuleingang.csv, kita.csv, sgb2.csv, kjh_teil1.txt,
familienbefragung.csv), Grenzen und Adressen; was wahr ist, liegt getrennt unter wahrheit/. Kein Kind darin gibt es.")]
pub(crate) struct TestCity {
    /// Kinder unter 18 Jahren (500 bis 5000000)
    #[arg(long, value_name = "ANZAHL", default_value_t = 50_000)]
    pub children: usize,
    /// Startzahl: dieselbe gibt dieselbe Stadt
    #[arg(long, value_name = "ZAHL", default_value_t = 1)]
    pub seed: u64,
    /// Leerer Ordner für die Dateien
    #[arg(long, value_name = "ORDNER")]
    pub out: PathBuf,
    /// Gleich alles: einlesen, verknüpfen, auszählen, durch die Schleuse ausgeben, Atlas veröffentlichen
    #[arg(long)]
    pub run: bool,
}

/// `kekiz doctor`
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub store: InStore,
    /// Schlüssel der Personendaten, damit auch das Zugriffsprotokoll vollständig geprüft wird
    #[command(flatten)]
    pub key: crate::vault::KeyFile,
}

/// `kekiz init`
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Neuer Ordner
    #[arg(value_name = "ORDNER")]
    pub folder: PathBuf,
    /// Titel des Atlas
    #[arg(long, value_name = "TITEL", default_value = "Sozialatlas")]
    pub title: String,
}

/// `kekiz import …`
#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Grenzen: GeoJSON, TopoJSON, GeoPackage, Shapefile (lose oder als ZIP)
    Areas(Box<ImportAreas>),
    /// Zahlen: CSV, ffcsv, XLSX (auch gepackt)
    Figures(ImportFigures),
    /// Einrichtungen mit Koordinaten: CSV, XLSX, GeoJSON, GeoPackage
    Facilities(ImportFacilities),
    /// Hilfsangebote: CSV, XLSX, HSDS (JSON oder ZIP), iCal
    Offers(ImportOffers),
    /// Adressen mit Koordinaten, damit die Suche Orte kennt: CSV
    Addresses(ImportAddresses),
    /// Alles, was in kekiz.toml steht; Unverändertes wird übersprungen
    All(InStore),
}

/// `kekiz import areas`
#[derive(Debug, Args)]
#[command(after_help = "\
Beispiele:
  kekiz import areas stadtbezirke.shp --geography stadtbezirke --level stadtbezirk \\
        --key BEZ --name NAME --whole 05114000 --whole-name Musterstadt
  kekiz import areas stadtteile.shp --geography stadtteile --level stadtteil \\
        --key NR --name NAME --parent-column BEZ
  kekiz import areas grenzen.gpkg --layer bezirke --crs EPSG:31466 \\
        --geography bezirke --level stadtbezirk --key BEZ --name BEZNAME

Zu einem Shapefile (.shp) werden .dbf, .prj und .cpg daneben von selbst gelesen. Fehlt das Koordinatensystem in der Datei, nennt die Meldung die wahrscheinlichen.")]
pub(crate) struct ImportAreas {
    /// Datei mit den Grenzen; zu einem Shapefile gehören mehrere
    #[arg(required = true, value_name = "DATEI")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub store: InStore,
    /// Name dieser Gliederung in Adressen und Dateien (kleine Buchstaben, Ziffern, Bindestrich)
    #[arg(long, value_name = "NAME")]
    pub geography: String,
    /// Ebene der Gebiete: land, regierungsbezirk, kreis, gemeinde, stadtbezirk, stadtteil,
    /// statistischer_bezirk oder baublock
    #[arg(long, value_name = "EBENE", value_parser = level)]
    pub level: kekiz_base::Level,
    /// Spalte des Schlüssels
    #[arg(long, value_name = "SPALTE")]
    pub key: String,
    /// Art des Schlüssels
    #[arg(long, value_name = "ART", value_enum, default_value_t = KeyKind::Own)]
    pub key_kind: KeyKind,
    /// Text vor jedem Schlüssel, damit sich zwei Städte keinen teilen (05114000-)
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub key_prefix: String,
    /// Schlüssel mit führenden Nullen auf diese Länge füllen
    #[arg(long, value_name = "STELLEN", default_value_t = 0)]
    pub key_width: usize,
    /// Spalte des Namens
    #[arg(long, value_name = "SPALTE")]
    pub name: String,
    /// Ebene in einer Datei mit mehreren
    #[arg(long, value_name = "EBENE")]
    pub layer: Option<String>,
    /// Koordinatensystem, wenn die Datei es nicht nennt (EPSG:25832)
    #[arg(long, value_name = "EPSG")]
    pub crs: Option<String>,
    /// Schlüssel des Gebiets, in dem alle liegen
    #[arg(long, value_name = "SCHLÜSSEL", conflicts_with_all = ["parent_column", "parent_digits", "parent_by_surface"])]
    pub parent: Option<String>,
    /// Spalte mit dem Schlüssel des übergeordneten Gebiets
    #[arg(long, value_name = "SPALTE", conflicts_with_all = ["parent_digits", "parent_by_surface"])]
    pub parent_column: Option<String>,
    /// Text vor dem Schlüssel des übergeordneten Gebiets
    #[arg(long, value_name = "TEXT", default_value = "", requires = "parent_column")]
    pub parent_prefix: String,
    /// Die ersten so vielen Stellen des Schlüssels sind das übergeordnete Gebiet
    #[arg(long, value_name = "STELLEN", conflicts_with = "parent_by_surface")]
    pub parent_digits: Option<usize>,
    /// Gliederung der übergeordneten Gebiete; es zählt der größte Flächenanteil
    #[arg(long, value_name = "GLIEDERUNG")]
    pub parent_by_surface: Option<String>,
    /// Schlüssel der Gemeinde, die aus allen Gebieten zusammengesetzt wird (05114000)
    #[arg(long, value_name = "SCHLÜSSEL", requires = "whole_name")]
    pub(crate) whole: Option<String>,
    /// Name dieser Gemeinde
    #[arg(long, value_name = "TEXT", requires = "whole")]
    pub(crate) whole_name: Option<String>,
    /// Erster Tag dieses Gebietsstands (2024-01-01)
    #[arg(long, value_name = "TAG")]
    pub valid_from: Option<String>,
    /// Letzter Tag dieses Gebietsstands
    #[arg(long, value_name = "TAG")]
    pub valid_until: Option<String>,
    /// Vereinfachung für die Anzeige in Metern (0: keine)
    #[arg(long, value_name = "METER", default_value_t = 50.0)]
    pub simplify: f64,
    /// Herausgeber der Grenzen
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub publisher: String,
    /// Lizenz der Grenzen
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub licence: String,
    /// Namensnennung, wie die Lizenz sie verlangt
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub attribution: String,
}

fn level(text: &str) -> Result<kekiz_base::Level, String> {
    kekiz_base::Level::from_slug(text).ok_or_else(|| {
        let known: Vec<&str> = kekiz_base::Level::ALL.iter().map(|level| level.slug()).collect();
        format!("bekannt sind: {}", known.join(", "))
    })
}

/// Kinds of keys on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyKind {
    /// Amtlicher Gemeindeschlüssel jeder Länge
    Ags,
    /// Land, 2 Stellen
    Ags2,
    /// Kreis, 5 Stellen
    Ags5,
    /// Gemeinde, 8 Stellen
    Ags8,
    /// Regionalschlüssel, 12 Stellen
    Ars12,
    /// NUTS-3-Code
    Nuts3,
    /// Eigener Schlüssel der Kommune
    Own,
}

impl From<KeyKind> for kekiz_base::KeyKind {
    fn from(kind: KeyKind) -> Self {
        match kind {
            KeyKind::Ags => Self::Ags,
            KeyKind::Ags2 => Self::Ags2,
            KeyKind::Ags5 => Self::Ags5,
            KeyKind::Ags8 => Self::Ags8,
            KeyKind::Ars12 => Self::Ars12,
            KeyKind::Nuts3 => Self::Nuts3,
            KeyKind::Own => Self::Own,
        }
    }
}

/// `kekiz import figures`
#[derive(Debug, Args)]
#[command(after_help = "\
Eine erste Zuordnung schreibt „--suggest“ aus der Datei selbst; sie geht an die Standardausgabe:
  kekiz import figures kinder.csv --suggest > zuordnungen/kinder.toml
Danach prüfen, ergänzen (Quelle, Lizenz) und einlesen:
  kekiz import figures kinder.csv --mapping zuordnungen/kinder.toml")]
pub(crate) struct ImportFigures {
    /// Die Tabelle
    #[arg(value_name = "TABELLE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub store: InStore,
    /// Zuordnung: welche Spalte was ist (TOML)
    #[arg(long, value_name = "ZUORDNUNG", required_unless_present = "suggest")]
    pub mapping: Option<PathBuf>,
    /// Statt einzulesen eine erste Zuordnung vorschlagen
    #[arg(long, conflicts_with = "mapping")]
    pub suggest: bool,
    /// Nur prüfen, nichts speichern
    #[arg(long)]
    pub check: bool,
}

/// `kekiz import offers`
#[derive(Debug, Args)]
pub(crate) struct ImportOffers {
    /// Die Liste der Angebote: CSV, XLSX, HSDS als JSON oder ZIP, Kalender (ICS)
    #[arg(value_name = "DATEI")]
    pub file: PathBuf,
    #[command(flatten)]
    pub store: InStore,
    /// Zuordnung: welche Spalte was ist (TOML, siehe docs/handbuch/angebote.md); ohne sie wird geraten
    #[arg(long, value_name = "ZUORDNUNG")]
    pub mapping: Option<PathBuf>,
    /// Nur zeigen, was sich ändern würde
    #[arg(long)]
    pub preview: bool,
    /// Die geratene Zuordnung ausgeben, statt einzulesen
    #[arg(long, conflicts_with = "mapping")]
    pub suggest: bool,
    /// Neue Angebote gleich veröffentlichen, wenn keine Pflichtangabe fehlt; sonst sind sie Entwürfe
    #[arg(long)]
    pub publish: bool,
}

/// `kekiz import addresses`
#[derive(Debug, Args)]
pub(crate) struct ImportAddresses {
    /// Tabelle mit Straße, Hausnummer, PLZ, Ort und Koordinaten
    #[arg(value_name = "DATEI")]
    pub file: PathBuf,
    #[command(flatten)]
    pub store: InStore,
}

/// `kekiz import facilities`
#[derive(Debug, Args)]
pub(crate) struct ImportFacilities {
    /// Die Tabelle oder die Datei mit Punkten
    #[arg(value_name = "DATEI")]
    pub file: PathBuf,
    #[command(flatten)]
    pub store: InStore,
    /// Zuordnung: welche Spalte was ist (TOML, siehe docs/zuordnung.md)
    #[arg(long, value_name = "ZUORDNUNG")]
    pub mapping: PathBuf,
}

/// `kekiz indicators …`
#[derive(Debug, Subcommand)]
pub(crate) enum Indicators {
    /// Kennzahlen und Rezepte des Katalogs zeigen
    List(InStore),
    /// Katalog prüfen: Ausdrücke, Felder, vorhandene Variablen
    Check(InStore),
    /// Aus den eingelesenen Variablen einen ersten Katalog vorschlagen (Standardausgabe)
    Suggest(InStore),
    /// Frühere Veröffentlichungen einer zurückgezogenen Kennzahl nicht mehr vergleichen; wer und warum, bleibt stehen
    Retire(Retire),
}

/// `kekiz indicators retire`
#[derive(Debug, Args)]
pub(crate) struct Retire {
    /// Name der Kennzahl (id im Katalog)
    #[arg(value_name = "KENNZAHL")]
    pub indicator: String,
    /// Wer es entscheidet
    #[arg(long, value_name = "STELLE")]
    pub by: String,
    /// Warum
    #[arg(long, value_name = "GRUND")]
    pub reason: String,
    #[command(flatten)]
    pub store: InStore,
}

/// `kekiz release`
#[derive(Debug, Args)]
pub(crate) struct Release {
    #[command(flatten)]
    pub store: InStore,
    /// Auch Unverändertes neu rechnen
    #[arg(long)]
    pub force: bool,
}

/// `kekiz serve`
#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub store: InStore,
    /// Port auf dieser Maschine statt der Adresse aus kekiz.toml (0: ein freier)
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
}

/// `kekiz report …`
#[derive(Debug, Subcommand)]
pub(crate) enum Report {
    /// Sozialbericht für ein Gebiet: Karten, Zeitreihen, Tabellen, Quellen
    Sozialbericht(Sozialbericht),
}

/// `kekiz report sozialbericht`
#[derive(Debug, Args)]
pub(crate) struct Sozialbericht {
    #[command(flatten)]
    pub store: InStore,
    /// Schlüssel des Gebiets (05513000)
    #[arg(long, value_name = "SCHLÜSSEL")]
    pub area: String,
    /// Zieldatei
    #[arg(long, value_name = "DATEI")]
    pub out: PathBuf,
    /// Stand, der auf dem Titel steht (2026-01-31); ohne Angabe der jüngste Zeitraum der Zahlen
    #[arg(long, value_name = "TAG")]
    pub date: Option<String>,
}

/// `kekiz export`
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Kennzahl (siehe „kekiz indicators list“)
    #[arg(value_name = "KENNZAHL")]
    pub indicator: String,
    #[command(flatten)]
    pub store: InStore,
    /// Format der Datei
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub format: ExportFormat,
    /// Zieldatei
    #[arg(long, value_name = "DATEI")]
    pub out: PathBuf,
    /// Ebene oder Gliederung
    #[arg(long, value_name = "EBENE")]
    pub level: Option<String>,
    /// Nur Gebiete in diesem Gebiet
    #[arg(long, value_name = "SCHLÜSSEL")]
    pub within: Option<String>,
    /// Zeitraum (2022)
    #[arg(long, value_name = "ZEITRAUM")]
    pub period: Option<String>,
}

/// Formats of `kekiz export`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// Tabelle als CSV
    Csv,
    /// Tabelle als XLSX
    Xlsx,
    /// Gebiete mit Grenzen
    Geojson,
    /// Tabelle als Parquet
    Parquet,
    /// Karte als SVG
    Svg,
    /// Karte als PNG
    Png,
    /// JSON-stat 2.0
    JsonStat,
}

/// `kekiz config …`
#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// kekiz.toml und alles, was sie nennt, prüfen
    Check(InStore),
}

/// `kekiz demo`
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Ordner, in den der Atlas geladen wird
    #[arg(long, value_name = "ORDNER", default_value = "kekiz-demo")]
    pub store: PathBuf,
    /// Port auf dieser Maschine (0: ein freier)
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    pub port: u16,
    /// Nur laden, nicht zeigen
    #[arg(long)]
    pub no_serve: bool,
}

/// `kekiz account …`
#[derive(Debug, Subcommand)]
pub(crate) enum Account {
    /// Jemanden einladen; ohne „--role“ wird es die Administration
    Create(CreateAccount),
    /// Alle Zugänge mit ihren Aufgaben zeigen
    List(InStore),
}

/// `kekiz portal …`
#[derive(Debug, Subcommand)]
pub(crate) enum PortalWork {
    /// Wartende Mails jetzt verschicken
    Mail(InStore),
    /// Träger fragen, ob ihre Angebote noch stimmen, und lange nicht Geprüftes kennzeichnen
    Remind(InStore),
    /// Löschen, was seine Frist überschritten hat
    Purge(InStore),
}

/// `kekiz account create`
#[derive(Debug, Args)]
#[command(after_help = "\
Beispiele:
  kekiz account create --email ada@stadt.example --name \"Ada Beispiel\"
  kekiz account create --email kita@verein.example --name \"Kita Sonne\" \\
        --role traeger --organization 1f0c…

Der Link wird gezeigt und gilt 14 Tage. Mit ihm wählt die Person ihr Passwort.")]
pub(crate) struct CreateAccount {
    #[command(flatten)]
    pub store: InStore,
    /// Mailadresse der Person
    #[arg(long, value_name = "ADRESSE")]
    pub email: String,
    /// Name der Person
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// Aufgabe
    #[arg(long, value_name = "AUFGABE", value_enum, default_value_t = AccountRole::Administration)]
    pub role: AccountRole,
    /// Kennung des Trägers, dessen Angebote die Person pflegt
    #[arg(long, value_name = "KENNUNG", required_if_eq("role", "traeger"))]
    pub organization: Option<String>,
}

/// Roles on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AccountRole {
    /// Pflegt die Angebote eines Trägers
    Traeger,
    /// Pflegt die ganze Kette
    Netzwerkkoordination,
    /// Liest Zahlen ein und veröffentlicht sie
    Statistikstelle,
    /// Sieht die Kette vom Land aus
    Land,
    /// Verwaltet Zugänge
    Administration,
}
