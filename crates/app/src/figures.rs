//! Tables become figures in the vault: read, checked, stored – all or nothing.

use crate::error::{AppError, read_input};
use crate::known_keys::KnownKeys;
use crate::progress::Progress;
use crate::project::Project;
use kekiz_base::{DatasetInfo, Diagnostics, FigureBatch, FigureDictionaries};
use kekiz_lake::Published;
use kekiz_tables::{FigureSink, Mapping, SinkError, TableFile};
use kekiz_vault::DatasetWriter;
use serde::Serialize;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// What was imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FiguresImported {
    /// Name of the dataset.
    pub dataset: String,
    /// Number of figures, marks included.
    pub figures: u64,
    /// Number of areas.
    pub areas: usize,
    /// Number of periods.
    pub periods: usize,
    /// Names of the variables, in the order of their first appearance.
    pub variables: Vec<String>,
}

/// Counts what goes by, and stores it where there is a writer.
struct Counting {
    writer: Option<DatasetWriter>,
    figures: u64,
    areas: usize,
    periods: usize,
    variables: Vec<String>,
    keys: KnownKeys,
}

impl FigureSink for Counting {
    fn append(&mut self, batch: &FigureBatch, dictionaries: &FigureDictionaries) -> Result<(), SinkError> {
        self.figures += batch.len() as u64;
        self.areas = dictionaries.areas.entries().len();
        self.periods = dictionaries.periods.entries().len();
        let known = self.variables.len();
        self.variables.extend(dictionaries.variables.entries()[known..].iter().map(ToString::to_string));
        self.keys.see(dictionaries.areas.entries()).map_err(SinkError)?;
        let Some(writer) = &mut self.writer else { return Ok(()) };
        match self.keys.translated(batch, dictionaries) {
            Some((batch, dictionaries)) => writer.append(&batch, &dictionaries),
            None => writer.append(batch, dictionaries),
        }
        .map_err(|error| SinkError(error.to_string()))
    }
}

/// Imports a table by its mapping; with `check` it is only read and judged.
pub fn import_figures(
    project: &Project,
    file: &Path,
    mapping: &Path,
    check: bool,
    progress: &dyn Progress,
) -> Result<(FiguresImported, Diagnostics), AppError> {
    let (map, text) = load_mapping(mapping)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let info = DatasetInfo {
        id: map.dataset.clone(),
        source: map.source.clone(),
        protected_by_publisher: map.protected_by_publisher,
        file_name: name.clone(),
        file_digest: file_digest(file)?,
        mapping_digest: blake3::hash(text.as_bytes()).to_hex().to_string(),
    };
    let writer = if check { None } else { Some(project.vault_or_new()?.begin(info)?) };
    let mut sink = Counting {
        writer,
        figures: 0,
        areas: 0,
        periods: 0,
        variables: Vec::new(),
        keys: known_keys(project, &map)?,
    };
    progress.step(&format!("Tabelle lesen: {name}"));
    let table = TableFile::from_path(file);
    let (_, mut findings) =
        kekiz_tables::read(&table, &map, &mut sink, &|done, total| progress.amount(done, total))
            .map_err(|error| AppError::input(error.to_string()))?;
    if findings.has_errors() {
        return Err(AppError::rejected(&name, findings));
    }
    sink.keys.report(&name, &mut findings);
    if let Some(writer) = sink.writer {
        writer.commit()?;
    }
    let imported = FiguresImported {
        dataset: map.dataset,
        figures: sink.figures,
        areas: sink.areas,
        periods: sink.periods,
        variables: sink.variables,
    };
    Ok((imported, findings))
}

fn known_keys(project: &Project, mapping: &Mapping) -> Result<KnownKeys, AppError> {
    let folder = project.published_folder();
    let tree = if folder.exists() { Published::open(&folder)?.areas()? } else { Arc::default() };
    Ok(KnownKeys::new(&tree, mapping.area.kind, &mapping.area.key_prefix))
}

/// A first mapping for a table, from the table itself.
pub fn suggest_mapping(file: &Path) -> Result<(String, Diagnostics), AppError> {
    kekiz_tables::suggest(&TableFile::from_path(file)).map_err(|error| AppError::input(error.to_string()))
}

pub(crate) fn load_mapping(path: &Path) -> Result<(Mapping, String), AppError> {
    let text = mapping_text(path)?;
    let mapping = kekiz_tables::parse_mapping(&path.display().to_string(), &text)
        .map_err(|error| AppError::Configuration(error.to_string()))?;
    Ok((mapping, text))
}

pub(crate) fn mapping_text(path: &Path) -> Result<String, AppError> {
    let bytes = read_input(path).map_err(|error| AppError::Configuration(error.to_string()))?;
    String::from_utf8(bytes).map_err(|_| {
        AppError::Configuration(format!(
            "„{}“ ist kein UTF-8-Text. Abhilfe: die Zuordnung als UTF-8 speichern.",
            path.display()
        ))
    })
}

/// Digest of a file without holding it in memory.
pub(crate) fn file_digest(path: &Path) -> Result<String, AppError> {
    let fail = |error: std::io::Error| {
        AppError::input(format!(
            "„{}“ lässt sich nicht lesen: {}. Abhilfe: Pfad und Zugriffsrechte prüfen.",
            path.display(),
            crate::error::io_reason(&error)
        ))
    };
    let mut file = std::fs::File::open(path).map_err(fail)?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer).map_err(fail)? {
            0 => return Ok(hasher.finalize().to_hex().to_string()),
            n => hasher.update(&buffer[..n]),
        };
    }
}
