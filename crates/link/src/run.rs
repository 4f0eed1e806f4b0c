//! What all linking commands do: read model and files, link on so many threads, report.

use crate::LinkFileError;
use crate::read::{FileColumns, Wanted, read};
use crate::write::beside;
use kekiz_disk::Unfinished;
use kekiz_linkage::{Linked, Model, Records, Search, Texts, parse_model, stable_hash};
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Settings of a run.
#[derive(Clone, Debug, Default)]
pub struct RunSettings {
    /// The model; without one it is suggested from the columns of the first file.
    pub model: Option<PathBuf>,
    /// Column that identifies a record; the number of the record without one.
    pub id: Option<String>,
    /// Seed of all sampling.
    pub seed: u64,
    /// Threads, 0 for all.
    pub threads: usize,
    /// Probability from which records are linked, instead of the model's.
    pub match_probability: Option<f64>,
    /// Where to write the model with its estimated parameters.
    pub trained: Option<PathBuf>,
}

/// A finished run with the identifiers of its records.
pub(crate) struct Run {
    pub(crate) linked: Linked,
    /// Identifier per row, over all files.
    pub(crate) ids: Identifiers,
    /// Rows of each file.
    pub(crate) files: Vec<usize>,
    /// The trained model, if wanted, not yet in its place.
    pub(crate) trained: Option<Unfinished>,
    pub(crate) match_probability: f64,
    pub(crate) started: Instant,
    pub(crate) read_seconds: f64,
}

/// Identifiers of records, file by file.
pub(crate) struct Identifiers {
    files: Vec<(usize, Option<Texts>)>,
}

impl Identifiers {
    /// Identifiers of one file.
    pub(crate) fn of_one(rows: usize, ids: Option<Texts>) -> Self {
        Self { files: vec![(rows, ids)] }
    }

    /// Identifier of a row counted over all files.
    pub(crate) fn get(&self, mut row: usize) -> std::borrow::Cow<'_, str> {
        for (count, ids) in &self.files {
            if row < *count {
                return match ids {
                    Some(ids) => ids.get(row as u32).into(),
                    None => (row + 1).to_string().into(),
                };
            }
            row -= count;
        }
        "".into()
    }
}

/// Runs something on a pool of its own.
pub(crate) fn on_threads<T: Send>(
    threads: usize,
    work: impl FnOnce() -> Result<T, LinkFileError> + Send,
) -> Result<T, LinkFileError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|cause| {
        LinkFileError::Usage(format!(
            "Die Rechenkerne lassen sich nicht belegen ({cause}). Abhilfe: --threads verkleinern."
        ))
    })?;
    pool.install(work)
}

/// Reads a model.
pub(crate) fn read_model(path: &Path) -> Result<Model, LinkFileError> {
    let wrong = |cause: &dyn std::fmt::Display| LinkFileError::Model(format!("{}: {cause}", path.display()));
    let bytes = kekiz_disk::read(path).map_err(|cause| LinkFileError::Model(cause.to_string()))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| wrong(&"Die Datei ist nicht in UTF-8. Abhilfe: als UTF-8 speichern."))?;
    parse_model(&text).map_err(|cause| wrong(&cause))
}

/// The model of a run: read, or suggested from the first file.
pub(crate) fn model_for(settings: &RunSettings, first: &Path) -> Result<Model, LinkFileError> {
    let mut model = match &settings.model {
        Some(path) => read_model(path)?,
        None => crate::suggest::from_file(first, settings.id.as_deref())?.model,
    };
    if let Some(probability) = settings.match_probability {
        if !(probability > 0.0 && probability < 1.0) {
            return Err(LinkFileError::Usage(
                "--threshold ist eine Wahrscheinlichkeit. Abhilfe: einen Wert zwischen 0 und 1 angeben."
                    .into(),
            ));
        }
        model.decision.match_probability = probability;
        model.decision.keep_probability = model.decision.keep_probability.min(probability);
    }
    Ok(model)
}

/// Reads the files and finds pairs.
pub(crate) fn run(settings: &RunSettings, paths: &[&Path], search: Search) -> Result<Run, LinkFileError> {
    let started = Instant::now();
    let Some(first) = paths.first() else {
        return Err(LinkFileError::Usage(
            "Keine Datei angegeben. Abhilfe: eine CSV- oder Parquet-Datei angeben.".into(),
        ));
    };
    let model = model_for(settings, first)?;
    let names = model.source_columns();
    let mut files = Vec::new();
    for path in paths {
        files.push(read(path, Wanted::Named(&names), settings.id.as_deref())?);
    }
    let (records, ids) = joined(&names, files);
    let sizes = records.files.clone();
    let read_seconds = started.elapsed().as_secs_f64();
    let linked = kekiz_linkage::link(&model, records, search, settings.seed)?;
    let trained = settings.trained.as_deref().map(|path| {
        let text = kekiz_linkage::write_model(&linked.trained_model());
        beside(path, |out| out.write_all(text.as_bytes()))
    });
    let trained = trained.transpose()?;
    let match_probability = model.decision.match_probability;
    Ok(Run { linked, ids, files: sizes, trained, match_probability, started, read_seconds })
}

/// Columns of several files one after the other, with one numbering of texts.
fn joined(names: &[&str], mut files: Vec<FileColumns>) -> (Records, Identifiers) {
    let sizes: Vec<usize> = files.iter().map(|file| file.rows).collect();
    let mut keys = Vec::with_capacity(sizes.iter().sum());
    for (number, file) in files.iter().enumerate() {
        let key = |row: usize| match &file.ids {
            Some(ids) => stable_hash(ids.get(row as u32)).wrapping_add(number as u64),
            None => 0,
        };
        keys.par_extend((0..file.rows).into_par_iter().map(key));
    }
    let mut columns = Vec::with_capacity(names.len());
    for place in (0..names.len()).rev() {
        let mut parts = files
            .iter_mut()
            .filter_map(|file| (file.columns.len() == place + 1).then(|| file.columns.pop()).flatten());
        let Some(mut column) = parts.next() else { continue };
        column.name = names[place].to_string();
        for part in parts {
            let offset = column.texts.len() as u32;
            part.texts.iter().for_each(|text| {
                column.texts.push(text);
            });
            let shifted = |id: &u32| if *id == kekiz_linkage::MISSING { *id } else { *id + offset };
            column.ids.extend(part.ids.iter().map(shifted));
        }
        columns.push(column);
    }
    columns.reverse();
    let ids = Identifiers { files: files.into_iter().map(|file| (file.rows, file.ids)).collect() };
    (Records { columns, files: sizes, keys }, ids)
}
