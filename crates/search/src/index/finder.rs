//! The index as a thing that is opened, built, changed and asked.

use super::columns::Columns;
use super::document::{Layout, SCHEMA_VERSION, document, sort_title};
use super::snapshot::{OpeningMemo, Snapshot};
use crate::SearchError;
use crate::entry::Entry;
use crate::stem::Analyser;
use crate::synonyms::Synonyms;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use tantivy::schema::Value;
use tantivy::{Index, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, Term};

/// What an opened directory holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// An index with the content of that version.
    Ready {
        /// Version given when it was written.
        content: u64,
    },
    /// Nothing that can be used: build it.
    NeedsRebuild {
        /// Why, as a German sentence.
        reason: String,
    },
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Entries that can be found now.
    pub entries: usize,
    /// Version of the content.
    pub content: u64,
}

/// Names the generation that is in use; written last, so a broken rebuild leaves the old one.
#[derive(Serialize, Deserialize)]
struct Pointer {
    schema: u32,
    generation: u64,
}

const POINTER: &str = "stand.json";

struct Place {
    dir: Option<PathBuf>,
    generation: u64,
    index: Option<Index>,
}

/// The search index.
///
/// Queries see one state as a whole: a rebuild or an update becomes visible at once when it is done, and queries
/// under way finish on the old state. Results depend on the entries only, not on the order or number of updates that
/// led to them.
pub struct Finder {
    layout: Arc<Layout>,
    synonyms: RwLock<Arc<Synonyms>>,
    /// Analysers that wait for the next query, with what they remember.
    analysers: Mutex<Vec<Analyser>>,
    current: RwLock<Arc<Snapshot>>,
    place: Mutex<Place>,
}

impl Finder {
    /// An empty index in memory.
    pub fn in_memory(synonyms: Synonyms) -> Result<Self, SearchError> {
        Self::at(Place { dir: None, generation: 0, index: None }, synonyms)
    }

    /// Opens the index of a directory, which is made when it is missing. An index of another program version, a
    /// broken or half-written one is not used: then the state says so, and [`Finder::rebuild`] makes it anew.
    pub fn open(dir: &Path, synonyms: Synonyms) -> Result<(Self, State), SearchError> {
        std::fs::create_dir_all(dir).map_err(|source| SearchError::File { path: dir.into(), source })?;
        let pointer = std::fs::read(dir.join(POINTER)).ok();
        let pointer: Option<Pointer> = pointer.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let generation = pointer.as_ref().map_or(0, |pointer| pointer.generation);
        let finder = Self::at(Place { dir: Some(dir.into()), generation, index: None }, synonyms)?;
        let needs = |reason: &str| State::NeedsRebuild { reason: reason.to_string() };
        let state = match pointer {
            None => needs("Es gibt noch keinen Suchindex."),
            Some(pointer) if pointer.schema != SCHEMA_VERSION => {
                needs("Der Suchindex stammt von einer anderen Programmversion.")
            }
            Some(_) => match finder.load(&generation_dir(dir, generation)) {
                Ok(content) => State::Ready { content },
                Err(error) => needs(&error.to_string()),
            },
        };
        Ok((finder, state))
    }

    fn at(place: Place, synonyms: Synonyms) -> Result<Self, SearchError> {
        let layout = Arc::new(Layout::new());
        let index = Index::create_in_ram(layout.schema.clone());
        let empty = Snapshot::new(Arc::clone(&layout), searcher(&index)?, Arc::default(), Arc::default(), 0)?;
        let (synonyms, current) = (RwLock::new(Arc::new(synonyms)), RwLock::new(Arc::new(empty)));
        Ok(Self { layout, synonyms, analysers: Mutex::default(), current, place: Mutex::new(place) })
    }

    fn load(&self, dir: &Path) -> Result<u64, SearchError> {
        let index = Index::open_in_dir(dir)?;
        let content = index.load_metas()?.payload.and_then(|text| text.parse().ok()).unwrap_or(0);
        let searcher = searcher(&index)?;
        let mut rows: Vec<(u64, Entry)> = Vec::new();
        for reader in searcher.segment_readers() {
            let numbers = reader.fast_fields().u64("row")?;
            let store = reader.get_store_reader(2)?;
            for doc in reader.doc_ids_alive() {
                let stored: TantivyDocument = store.get(doc)?;
                let bytes = stored.get_first(self.layout.entry).and_then(|value| value.as_bytes());
                let entry = serde_json::from_slice(bytes.unwrap_or(b""))?;
                rows.push((numbers.first(doc).unwrap_or(0), entry));
            }
        }
        rows.sort_by_key(|(row, _)| *row);
        let mut columns = Columns::default();
        let mut analyser = Analyser::new();
        for (row, entry) in rows {
            while (columns.len() as u64) < row {
                columns.skip();
            }
            let (title, title_words) = sort_title(&entry, &mut analyser);
            columns.add(&entry, title, title_words);
        }
        columns.order();
        self.swap(searcher, columns, Arc::default(), content)?;
        self.lock().index = Some(index);
        Ok(content)
    }

    fn lock(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn swap(
        &self,
        searcher: Searcher,
        columns: Columns,
        openings: Arc<OpeningMemo>,
        content: u64,
    ) -> Result<Written, SearchError> {
        let entries = columns.live.count();
        let layout = Arc::clone(&self.layout);
        let snapshot = Arc::new(Snapshot::new(layout, searcher, Arc::new(columns), openings, content)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = snapshot;
        Ok(Written { entries, content })
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lends an analyser; the same question gives the same answer with any of them.
    pub(crate) fn with_analyser<T>(&self, work: impl FnOnce(&mut Analyser) -> T) -> T {
        let waiting = self.analysers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut analyser = waiting.unwrap_or_else(Analyser::new);
        let result = work(&mut analyser);
        let mut waiting = self.analysers.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < 8 {
            waiting.push(analyser);
        }
        result
    }

    pub(crate) fn synonyms(&self) -> Arc<Synonyms> {
        Arc::clone(&self.synonyms.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes another list of synonyms from the next query on.
    pub fn set_synonyms(&self, synonyms: Synonyms) {
        *self.synonyms.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(synonyms);
    }

    /// How many entries can be found.
    pub fn len(&self) -> usize {
        self.snapshot().columns.live.count()
    }

    /// Whether nothing can be found.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Version of the content, as given when it was written.
    pub fn content(&self) -> u64 {
        self.snapshot().content
    }

    /// Builds the index from all entries and puts it in place of the old one. Of two entries with one identifier
    /// the later wins. `content` is the caller's version of the content (a change number of the store).
    pub fn rebuild(
        &self,
        entries: impl IntoIterator<Item = Entry>,
        content: u64,
    ) -> Result<Written, SearchError> {
        let mut place = self.lock();
        self.rebuild_locked(&mut place, entries, content)
    }

    fn rebuild_locked(
        &self,
        place: &mut Place,
        entries: impl IntoIterator<Item = Entry>,
        content: u64,
    ) -> Result<Written, SearchError> {
        let generation = place.generation + 1;
        let index = match &place.dir {
            None => Index::create_in_ram(self.layout.schema.clone()),
            Some(dir) => {
                let path = generation_dir(dir, generation);
                let file = |source| SearchError::File { path: path.clone(), source };
                if path.exists() {
                    std::fs::remove_dir_all(&path).map_err(file)?;
                }
                std::fs::create_dir_all(&path).map_err(file)?;
                Index::create_in_dir(&path, self.layout.schema.clone())?
            }
        };
        let mut columns = Columns::default();
        self.write(&index, 2, 256 << 20, &mut columns, entries, &[], content)?;
        if let Some(dir) = &place.dir {
            point_to(dir, generation)?;
        }
        let written = self.swap(searcher(&index)?, columns, Arc::default(), content)?;
        let old = place.generation;
        (place.generation, place.index) = (generation, Some(index));
        if let Some(dir) = &place.dir {
            // Readers of the old files keep them open; if they cannot be removed now, the next rebuild does.
            let _ = std::fs::remove_dir_all(generation_dir(dir, old));
        }
        Ok(written)
    }

    /// Replaces or adds some entries and removes others. The result is the same as building anew.
    pub fn update(
        &self,
        changed: &[Entry],
        removed: &[String],
        content: u64,
    ) -> Result<Written, SearchError> {
        let mut place = self.lock();
        let snapshot = self.snapshot();
        let Some(index) = place.index.clone() else {
            return self.rebuild_locked(&mut place, changed.iter().cloned(), content);
        };
        let mut columns = (*snapshot.columns).clone();
        self.write(&index, 1, 32 << 20, &mut columns, changed.iter().cloned(), removed, content)?;
        let (rows, live) = (columns.len(), columns.live.count());
        let written = self.swap(searcher(&index)?, columns, snapshot.openings(), content)?;
        if rows > 2 * live + 1000 {
            let snapshot = self.snapshot();
            let entries: Result<Vec<Entry>, SearchError> =
                snapshot.columns.live.rows().map(|row| snapshot.entry(row)).collect();
            return self.rebuild_locked(&mut place, entries?, content);
        }
        Ok(written)
    }

    #[allow(clippy::too_many_arguments)]
    fn write(
        &self,
        index: &Index,
        threads: usize,
        memory: usize,
        columns: &mut Columns,
        changed: impl IntoIterator<Item = Entry>,
        removed: &[String],
        content: u64,
    ) -> Result<(), SearchError> {
        let mut writer: IndexWriter = index.writer_with_num_threads(threads, memory)?;
        let mut analyser = Analyser::new();
        for id in removed {
            if columns.remove(id) {
                writer.delete_term(Term::from_field_text(self.layout.id, id));
            }
        }
        for entry in changed {
            if columns.remove(&entry.id) {
                writer.delete_term(Term::from_field_text(self.layout.id, &entry.id));
            }
            let (title, title_words) = sort_title(&entry, &mut analyser);
            let row = columns.add(&entry, title, title_words);
            writer.add_document(document(&self.layout, &entry, row, &mut analyser)?)?;
        }
        columns.order();
        let mut commit = writer.prepare_commit()?;
        commit.set_payload(&content.to_string());
        commit.commit()?;
        Ok(writer.wait_merging_threads()?)
    }
}

fn searcher(index: &Index) -> Result<Searcher, SearchError> {
    let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
    Ok(reader.searcher())
}

fn generation_dir(dir: &Path, generation: u64) -> PathBuf {
    dir.join(format!("index-{generation}"))
}

fn point_to(dir: &Path, generation: u64) -> Result<(), SearchError> {
    let (new, path) = (dir.join("stand.neu"), dir.join(POINTER));
    let bytes = serde_json::to_vec(&Pointer { schema: SCHEMA_VERSION, generation })?;
    std::fs::write(&new, bytes)
        .and_then(|()| std::fs::File::open(&new)?.sync_all())
        .and_then(|()| std::fs::rename(&new, &path))
        .map_err(|source| SearchError::File { path, source })
}
