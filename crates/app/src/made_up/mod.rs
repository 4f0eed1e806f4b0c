//! The whole thread on a made-up city: registers into the strongbox, linked, counted, through the gate, onto a map.
//!
//! Nothing unprotected touches the disk but the sealed strongbox and the figures vault: registers go from memory into
//! the strongbox, and what comes out of it is counts for the vault and protected tables.

use crate::areas::import_areas;
use crate::config::{AreaSource, JoinedArea};
use crate::error::{AppError, Rejection};
use crate::persons::{area_tree, store_counts};
use crate::progress::Progress;
use crate::project::{CreateError, Project};
use crate::release::{ReleaseReport, release};
use jiff::civil::Date;
use kekiz_base::{Cell, KeyKind, Level, Period, Source};
use kekiz_disclosure::Policy;
use kekiz_linkage::Cardinality;
use kekiz_microdata::{AddressTable, shipped};
use kekiz_persons::{
    ImportJob, LinkJob, Office, PersonsError, RatioLine, import, link, parse_analysis, parse_counts,
};
use kekiz_strongbox::{Accessor, Secrets, keyfile};
use kekiz_tables::TableFile;
use kekiz_testcity::{City, File, files};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;

const CATALOGUE: &str = include_str!("kennzahlen.toml");
const COUNTS: [(&str, &str); 2] =
    [("kinder.toml", include_str!("kinder.toml")), ("untersuchte.toml", include_str!("untersuchte.toml"))];
const TABLES: (&str, &str) = ("befunde.toml", include_str!("befunde.toml"));

/// Register file, schema, name of the dataset.
const REGISTERS: [(&str, &str, &str); 6] = [
    ("einwohner.csv", "einwohner", "einwohner"),
    ("schuleingang.csv", "schuleingangsuntersuchung", "untersuchung"),
    ("kita.csv", "kita", "kita"),
    ("sgb2.csv", "sgb2", "sgb2"),
    ("kjh_teil1.txt", "hilfen-zur-erziehung", "hilfen"),
    ("familienbefragung.csv", "familienbefragung", "befragung"),
];
/// What is linked with the extract of the Jobcenter.
const LINKED: [&str; 2] = ["einwohner", "untersuchung"];

/// What came of it.
#[derive(Debug, Serialize)]
pub struct MadeUpCity {
    /// Seconds per step, in order.
    pub seconds: Vec<(&'static str, f64)>,
    /// Records stored, by dataset.
    pub records: BTreeMap<String, u64>,
    /// Links made and pairs left for clerical review, by name.
    pub links: BTreeMap<String, (u64, u64)>,
    /// The protected tables beside what is published about Mülheim.
    pub findings: Vec<Finding>,
    /// The protected tables as CSV, as they leave.
    pub tables_csv: String,
    /// What went onto the map.
    pub released: ReleaseReport,
}

/// A finding as the gate let it out, in percent, beside the published shares.
#[derive(Debug, Serialize)]
pub struct Finding {
    /// Its title.
    pub title: String,
    /// Share with SGB II; `None` when it is protected.
    pub sgb2: Option<f64>,
    /// Share of the others.
    pub other: Option<f64>,
    /// The published shares, in percent.
    pub published: (f64, f64),
    /// Risk ratio with its interval.
    pub risk_ratio: Option<RatioLine>,
    /// Odds ratio with its interval.
    pub odds_ratio: Option<RatioLine>,
}

impl From<CreateError> for AppError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Exists { .. } => AppError::Configuration(error.to_string()),
            CreateError::Write { .. } => AppError::Store(error.to_string()),
        }
    }
}

/// Builds an atlas of a made-up city in `folder/atlas`; the key lies beside it in `folder/schluessel.json`.
///
/// # Errors
/// The folder holds an atlas already, an input is refused, the gate refuses, or the disk does.
pub fn run_made_up_city(city: &City, folder: &Path, progress: &dyn Progress) -> Result<MadeUpCity, AppError> {
    let mut seconds = Vec::new();
    let mut since = Instant::now();
    let mut lap = |step| {
        seconds.push((step, since.elapsed().as_secs_f64()));
        since = Instant::now();
    };
    progress.step("Erfundene Stadt schreiben");
    let all: BTreeMap<String, Vec<u8>> =
        files(city).into_iter().map(|File { path, bytes }| (path, bytes)).collect();
    let atlas = folder.join("atlas");
    let project = lay_out(&atlas, &all, progress)?;
    let office = open_office(folder, &project)?;
    lap("Stadt, Grenzen, Ablage");
    let records = take_in(&office, &all, city.parameters.reference_date, progress)?;
    lap("Einlesen");
    let links = link_all(&office, progress)?;
    lap("Verknüpfen");
    let tree = area_tree(&project)?;
    for (name, text) in COUNTS {
        progress.step(&format!("Auszählen: {name}"));
        let definitions = parse_counts(name, text).map_err(refused)?;
        let (counts, _) = kekiz_persons::compute(&office, &definitions, &tree, name).map_err(refused)?;
        store_counts(&project, &counts)?;
    }
    lap("Auszählen");
    progress.step("Tabellen durch die Schleuse");
    let definition = parse_analysis(TABLES.0, TABLES.1).map_err(refused)?;
    let tables = kekiz_persons::release(&office, &definition, &Policy::min5(), TABLES.0).map_err(refused)?;
    lap("Tabellen schützen");
    let (released, _) = release(&project, false, progress)?;
    lap("Atlas veröffentlichen");
    let findings = tables.tables.iter().map(|table| finding(city, table)).collect();
    let tables_csv = tables.to_csv();
    write(&atlas.join("ausgaben/befunde-sgb2.csv"), tables_csv.as_bytes())?;
    Ok(MadeUpCity { seconds, records, links, findings, tables_csv, released })
}

fn refused(error: PersonsError) -> AppError {
    match &error {
        PersonsError::Refused(refused) => {
            AppError::Input(Rejection { message: error.to_string(), findings: refused.findings.clone() })
        }
        PersonsError::Gate(_) => AppError::Refused(error.to_string()),
        PersonsError::Strongbox(_) => AppError::Store(error.to_string()),
        PersonsError::Definition { .. } => AppError::Configuration(error.to_string()),
        _ => AppError::input(error.to_string()),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), AppError> {
    let parent = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).and_then(|()| std::fs::write(path, bytes)).map_err(|error| {
        AppError::Store(format!(
            "„{}“ lässt sich nicht schreiben: {}. Abhilfe: Zugriffsrechte und freien Platz prüfen.",
            path.display(),
            crate::error::io_reason(&error)
        ))
    })
}

fn source(title: &str) -> Source {
    Source {
        title: title.into(),
        publisher: "Statistikstelle der erfundenen Stadt".into(),
        licence: "CC0".into(),
        licence_url: String::new(),
        attribution: "erfundene Daten".into(),
        url: String::new(),
        changes: String::new(),
    }
}

fn boundaries(file: &str, geography: &str, level: Level) -> AreaSource {
    AreaSource {
        files: vec![file.into()],
        geography: geography.into(),
        level,
        key: "schluessel".into(),
        key_kind: KeyKind::Own,
        key_prefix: String::new(),
        key_width: 0,
        name: "name".into(),
        layer: None,
        crs: None,
        parent: None,
        parent_column: None,
        parent_prefix: String::new(),
        parent_digits: None,
        parent_by_surface: None,
        valid_from: None,
        valid_until: None,
        simplify_m: 0.0,
        join: None,
        source: source("Grenzen der erfundenen Stadt"),
    }
}

/// An atlas with the boundaries, the catalogue and the definitions to read.
fn lay_out(
    atlas: &Path,
    all: &BTreeMap<String, Vec<u8>>,
    progress: &dyn Progress,
) -> Result<Project, AppError> {
    Project::create(atlas, "Erfundene Stadt")?;
    write(&atlas.join("katalog/kennzahlen.toml"), CATALOGUE.as_bytes())?;
    for (name, text) in COUNTS.iter().chain([&TABLES]) {
        write(&atlas.join("auszaehlungen").join(name), text.as_bytes())?;
    }
    for name in ["stadtbezirke.geojson", "stadtteile.geojson"] {
        let bytes = all.get(name).map(Vec::as_slice).unwrap_or_default();
        write(&atlas.join("daten").join(name), bytes)?;
    }
    let project = Project::open(atlas)?;
    let mut districts = boundaries("stadtbezirke.geojson", "stadtbezirke", Level::Stadtbezirk);
    districts.join = Some(JoinedArea {
        key: "05517000".into(),
        name: "Erfundene Stadt".into(),
        level: Level::Gemeinde,
        geography: "stadt".into(),
    });
    let mut areas = boundaries("stadtteile.geojson", "stadtteile", Level::Stadtteil);
    areas.parent_column = Some("bezirk".into());
    for layer in [districts, areas] {
        import_areas(&project, &layer, &atlas.join("daten"), progress)?;
    }
    Ok(project)
}

fn open_office(folder: &Path, project: &Project) -> Result<Office, AppError> {
    let fail = |error: kekiz_strongbox::StrongboxError| AppError::Store(error.to_string());
    let secrets = Secrets::random().map_err(fail)?;
    keyfile::write(&folder.join("schluessel.json"), &secrets, None).map_err(fail)?;
    Office::create(&project.strongbox_folder(), &secrets, Accessor::new("Vorführung")).map_err(refused)
}

fn take_in(
    office: &Office,
    all: &BTreeMap<String, Vec<u8>>,
    reference: Date,
    progress: &dyn Progress,
) -> Result<BTreeMap<String, u64>, AppError> {
    let file = |name: &str| TableFile::from_bytes(name, all.get(name).cloned().unwrap_or_default());
    let fail = |error: kekiz_microdata::IntakeError| AppError::input(error.to_string());
    let addresses = AddressTable::read(&file("adressen.csv")).map_err(fail)?;
    let known = BTreeSet::new();
    let mut records = BTreeMap::new();
    for (name, schema, dataset) in REGISTERS {
        progress.step(&format!("Einlesen: {name}"));
        let schema = shipped(schema).map_err(fail)?;
        let job = ImportJob {
            file: &file(name),
            schema: &schema,
            dataset,
            areas: &addresses,
            known_areas: &known,
            reference: Some(reference),
            period: schema.period.is_none().then_some(Period::Year(reference.year())),
            lists: &BTreeMap::new(),
            keep_until: None,
            check_only: false,
        };
        let (imported, _) = import(office, &job).map_err(refused)?;
        records.insert(dataset.to_string(), imported.summary.rows);
    }
    Ok(records)
}

fn link_all(office: &Office, progress: &dyn Progress) -> Result<BTreeMap<String, (u64, u64)>, AppError> {
    let mut made = BTreeMap::new();
    for left in LINKED {
        progress.step(&format!("Verknüpfen: {left} mit sgb2"));
        let name = format!("{left}-sgb2");
        let job = LinkJob {
            name: &name,
            left,
            right: "sgb2",
            model: None,
            match_probability: None,
            review_probability: 0.2,
            // Both files hold some children twice.
            cardinality: Cardinality::ManyToMany,
            seed: 1,
        };
        let report = link(office, &job).map_err(refused)?;
        made.insert(name, (report.links, report.doubtful));
    }
    Ok(made)
}

fn finding(city: &City, table: &kekiz_persons::ReleasedTable) -> Finding {
    let share = |label: &str| {
        table.groups.iter().find(|(group, _)| group == label).and_then(|(_, cell)| match cell {
            Cell::Shown(figure) => Some(figure.value),
            Cell::Suppressed { .. } | Cell::Missing { .. } => None,
        })
    };
    let published = city.parameters.outcomes.iter().find(|outcome| outcome.id == table.id);
    Finding {
        title: table.title.clone(),
        sgb2: share("ja"),
        other: share("nein"),
        published: published.map_or((0.0, 0.0), |shares| (100.0 * shares.sgb2, 100.0 * shares.other)),
        risk_ratio: table.risk_ratio,
        odds_ratio: table.odds_ratio,
    }
}
