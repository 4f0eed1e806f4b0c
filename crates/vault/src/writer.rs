//! A dataset on its way in: rows are taken in batches, encoded by a second thread, and become visible on commit.

use crate::error::VaultError;
use crate::manifest::{Dataset, Manifest, file_name};
use crate::rowgroup::RowGroups;
use crate::rows::{Chunk, Dictionaries, RowsDigest};
use crate::vault::Shared;
use datafusion::arrow::array::ArrayRef;
use kekiz_base::{DatasetInfo, FigureBatch, FigureDictionaries};
use kekiz_disk::{self as disk, Access, Lock};
use smol_str::SmolStr;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// Takes the rows of one dataset. Dropped without [`DatasetWriter::commit`], nothing has happened.
///
/// Holds at most three row groups of 2^20 rows (29 bytes a row) and the encoded form of one.
pub struct DatasetWriter {
    shared: Arc<Shared>,
    info: DatasetInfo,
    chunk: Chunk,
    dictionaries: Dictionaries,
    digest: RowsDigest,
    rows: u64,
    // The order of these fields matters: a dropped writer first ends its thread, then removes the file, then unlocks.
    encoder: Encoder,
    unfinished: Unfinished,
    _lock: Lock,
}

/// The thread that encodes. Ends when its sender is gone.
struct Encoder {
    sender: Option<SyncSender<Vec<ArrayRef>>>,
    thread: Option<JoinHandle<Result<String, VaultError>>>,
}

impl Encoder {
    fn new(groups: RowGroups) -> Self {
        let (sender, receiver) = sync_channel(1);
        let thread = std::thread::spawn(move || encode(groups, receiver));
        Self { sender: Some(sender), thread: Some(thread) }
    }

    /// Hands over a row group; when the thread has given up, gives its reason.
    fn send(&mut self, arrays: Vec<ArrayRef>) -> Result<(), VaultError> {
        match self.sender.as_ref().map(|sender| sender.send(arrays)) {
            Some(Ok(())) => Ok(()),
            _ => self.finish().map(|_| ()),
        }
    }

    /// Waits for the thread and gives the digest of the file.
    fn finish(&mut self) -> Result<String, VaultError> {
        self.sender = None;
        let gone = || VaultError::Write { problem: "der schreibende Arbeitsfaden ist ausgefallen".into() };
        self.thread.take().ok_or_else(gone)?.join().map_err(|_| gone())?
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn encode(mut groups: RowGroups, receiver: Receiver<Vec<ArrayRef>>) -> Result<String, VaultError> {
    for arrays in receiver {
        groups.write(&arrays)?;
    }
    groups.finish()
}

/// A file in `incoming/` that is removed unless it was moved to its place.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn is_name(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 80
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
}

impl DatasetWriter {
    pub(crate) fn new(shared: Arc<Shared>, info: DatasetInfo, threads: usize) -> Result<Self, VaultError> {
        if !is_name(&info.id) {
            return Err(VaultError::Name { id: info.id });
        }
        let lock = shared.lock()?;
        let incoming = shared.incoming();
        disk::make_dir(&incoming, Access::Private)?;
        disk::make_dir(&shared.datasets(), Access::Private)?;
        let path = incoming.join(disk::unfinished_name());
        let header = serde_json::json!({ "version": 1, "dataset": info }).to_string();
        let file = disk::create_file(&path, Access::Private)?;
        let unfinished = Unfinished(path);
        let groups = RowGroups::new(file, &unfinished.0, header, threads)?;
        Ok(Self {
            shared,
            info,
            chunk: Chunk::new(),
            dictionaries: Dictionaries::default(),
            digest: RowsDigest::default(),
            rows: 0,
            encoder: Encoder::new(groups),
            unfinished,
            _lock: lock,
        })
    }

    /// Adds the rows of a batch. The dictionaries have to be those the batch was made with, and may only grow from
    /// batch to batch.
    pub fn append(
        &mut self,
        batch: &FigureBatch,
        dictionaries: &FigureDictionaries,
    ) -> Result<(), VaultError> {
        let lengths = [batch.area.len(), batch.period.len(), batch.variable.len(), batch.group.len()];
        if lengths != [batch.len(); 4] {
            return Err(VaultError::Batch {
                row: self.rows + 1,
                problem: "die Spalten sind verschieden lang",
            });
        }
        let mut from = 0;
        while from < batch.len() {
            let until = self.chunk.take(batch, from, dictionaries, &mut self.dictionaries, self.rows)?;
            self.rows += (until - from) as u64;
            from = until;
            if self.chunk.is_full() {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), VaultError> {
        let chunk = std::mem::replace(&mut self.chunk, Chunk::new());
        chunk.digest(&mut self.digest);
        self.encoder.send(chunk.into_arrays(&mut self.dictionaries)?)
    }

    /// Makes the dataset durable and visible, all at once.
    ///
    /// Rows and description equal to those of the newest version add no version; that one is given back. Errors: no
    /// rows, or the disk refuses; then nothing has happened.
    pub fn commit(mut self) -> Result<Dataset, VaultError> {
        if self.rows == 0 {
            return Err(VaultError::Empty { id: self.info.id.clone() });
        }
        if self.chunk.len() > 0 {
            self.flush()?;
        }
        let file = self.encoder.finish()?;
        let digest = std::mem::take(&mut self.digest).finish(&self.dictionaries);
        let mut manifest = Manifest::read(&self.shared.dir)?;
        let versions = manifest.datasets.entry(self.info.id.clone()).or_default();
        // Also when the file is there already: what lies there may have been damaged.
        disk::settle(&self.unfinished.0, &self.shared.datasets().join(file_name(&file)))?;
        if let Some(newest) = versions.last()
            && (&newest.digest, &newest.info, &newest.file) == (&digest, &self.info, &file)
        {
            return Ok(newest.clone());
        }
        let names = self.dictionaries.variable.entries().iter().map(SmolStr::new);
        let dataset = Dataset {
            info: self.info.clone(),
            version: versions.last().map_or(0, |newest| newest.version).saturating_add(1),
            digest,
            rows: self.rows,
            variables: names.zip(self.dictionaries.counts.iter().copied()).collect(),
            file,
        };
        versions.push(dataset.clone());
        manifest.write(&self.shared.dir)?;
        *self.shared.manifest() = manifest;
        Ok(dataset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Vault;
    use crate::rows::GROUP_ROWS;
    use kekiz_base::{Annotation, AreaKey, GroupId, Mark, Observation, Period};

    /// More than one row group, in batches of an odd size.
    fn written_with(threads: usize, batch_rows: usize) -> Dataset {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::create(dir.path()).unwrap();
        let info = DatasetInfo {
            id: "probe".into(),
            source: Default::default(),
            protected_by_publisher: false,
            file_name: String::new(),
            file_digest: String::new(),
            mapping_digest: String::new(),
        };
        let mut writer = DatasetWriter::new(vault.shared.clone(), info, threads).unwrap();
        let mut dictionaries = FigureDictionaries::default();
        for n in 0..50u16 {
            dictionaries.areas.number(&AreaKey::new(format!("{n:02}")));
            dictionaries.periods.number(&Period::Year(1900 + n.cast_signed()));
            dictionaries.variables.number(&SmolStr::new(format!("v{n}")));
            dictionaries.groups.number(&GroupId::new(format!("g{n}")));
        }
        let rows: Vec<u32> = (0..u32::try_from(GROUP_ROWS).unwrap() + 1234).collect();
        for part in rows.chunks(batch_rows) {
            let mut batch = FigureBatch::default();
            for row in part {
                let observation = if row % 9 == 0 {
                    Observation::Missing(Mark::Later)
                } else {
                    Observation::Value(f64::from(row % 1001) / 8.0, Annotation::None)
                };
                batch.push(row % 50, row / 50 % 50, row / 2500 % 50, row % 7, observation);
            }
            writer.append(&batch, &dictionaries).unwrap();
        }
        writer.commit().unwrap()
    }

    #[test]
    fn the_file_does_not_depend_on_threads_or_batches() {
        let one = written_with(1, 99_991);
        for (threads, batch_rows) in [(2, 99_991), (6, 500_000)] {
            assert_eq!(written_with(threads, batch_rows), one);
        }
    }
}
