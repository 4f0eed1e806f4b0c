//! The protected root.

use crate::error::VaultError;
use crate::manifest::{Dataset, Manifest, file_name};
use crate::writer::DatasetWriter;
use kekiz_base::{DatasetInfo, Figures};
use kekiz_disk::{self as disk, Access, DiskError, Lock};
use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Raw figures of all datasets. Cheap to clone: all clones see the same vault.
#[derive(Clone)]
pub struct Vault {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) dir: PathBuf,
    manifest: Mutex<Manifest>,
}

impl Shared {
    // A thread that panicked while it held the lock leaves a valid manifest: every change is one assignment.
    pub(crate) fn manifest(&self) -> MutexGuard<'_, Manifest> {
        self.manifest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn lock(&self) -> Result<Lock, VaultError> {
        Ok(Lock::take(&self.dir.join("lock"), Access::Private)?)
    }

    pub(crate) fn incoming(&self) -> PathBuf {
        self.dir.join("incoming")
    }

    pub(crate) fn datasets(&self) -> PathBuf {
        self.dir.join("datasets")
    }

    pub(crate) fn file(&self, dataset: &Dataset) -> PathBuf {
        self.datasets().join(file_name(&dataset.file))
    }

    /// Removes what no version refers to: unfinished writes and files of removed datasets. Under the lock only.
    fn clean(&self, manifest: &Manifest) -> Result<(), VaultError> {
        disk::remove_unfinished(&self.dir)?;
        remove_all_but(&self.incoming(), &BTreeSet::new())?;
        remove_all_but(&self.datasets(), &manifest.files())
    }
}

fn remove_all_but(dir: &Path, keep: &BTreeSet<String>) -> Result<(), VaultError> {
    let fail = |reason| DiskError::new("aufräumen", dir, reason);
    disk::make_dir(dir, Access::Private)?;
    let mut removed = false;
    for entry in fs::read_dir(dir).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        if !keep.contains(entry.file_name().to_string_lossy().as_ref()) {
            fs::remove_file(entry.path()).map_err(fail)?;
            removed = true;
        }
    }
    if removed {
        disk::sync_dir(dir)?;
    }
    Ok(())
}

impl Vault {
    /// Makes an empty vault in a directory (which is made when it is not there) and closes it to others.
    pub fn create(dir: &Path) -> Result<Self, VaultError> {
        disk::make_dir(dir, Access::Private)?;
        let vault = Self::with(dir, Manifest::empty());
        let _lock = vault.shared.lock()?;
        if Manifest::path(dir).exists() {
            return Err(VaultError::Exists { dir: dir.to_path_buf() });
        }
        disk::make_dir(&vault.shared.incoming(), Access::Private)?;
        disk::make_dir(&vault.shared.datasets(), Access::Private)?;
        Manifest::empty().write(dir)?;
        Ok(vault)
    }

    /// Opens a vault. What a killed import left is removed, unless another process is writing just now.
    pub fn open(dir: &Path) -> Result<Self, VaultError> {
        let vault = Self::with(dir, Manifest::read(dir)?);
        match vault.shared.lock() {
            Ok(_lock) => {
                let manifest = Manifest::read(dir)?;
                vault.shared.clean(&manifest)?;
                *vault.shared.manifest() = manifest;
            }
            Err(VaultError::Locked(disk::LockError::Busy { .. })) => {}
            // A copy on a read-only disk can be read; nobody can have left anything there.
            Err(VaultError::Locked(disk::LockError::Disk(error)))
                if error.kind() == ErrorKind::ReadOnlyFilesystem => {}
            Err(other) => return Err(other),
        }
        Ok(vault)
    }

    fn with(dir: &Path, manifest: Manifest) -> Self {
        Self { shared: Arc::new(Shared { dir: dir.to_path_buf(), manifest: Mutex::new(manifest) }) }
    }

    /// The directory of the vault.
    pub fn dir(&self) -> &Path {
        &self.shared.dir
    }

    /// Begins a dataset, or a new version of one. Nobody else can write until the writer is committed or dropped.
    pub fn begin(&self, info: DatasetInfo) -> Result<DatasetWriter, VaultError> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        DatasetWriter::new(self.shared.clone(), info, threads)
    }

    /// The newest version of each dataset, ordered by name.
    pub fn datasets(&self) -> Vec<Dataset> {
        self.shared.manifest().current().cloned().collect()
    }

    /// All versions of a dataset, oldest first.
    pub fn versions(&self, id: &str) -> Vec<Dataset> {
        self.shared.manifest().datasets.get(id).cloned().unwrap_or_default()
    }

    /// Removes a dataset with all its versions.
    pub fn remove(&self, id: &str) -> Result<(), VaultError> {
        let _lock = self.shared.lock()?;
        let mut manifest = Manifest::read(&self.shared.dir)?;
        if manifest.datasets.remove(id).is_none() {
            let known: Vec<&str> = manifest.datasets.keys().map(String::as_str).collect();
            let known = if known.is_empty() { "nichts".into() } else { known.join(", ") };
            return Err(VaultError::UnknownDataset { id: id.to_string(), known });
        }
        manifest.write(&self.shared.dir)?;
        self.shared.clean(&manifest)?;
        *self.shared.manifest() = manifest;
        Ok(())
    }

    /// All figures of the variables from the newest versions of the datasets that have them.
    ///
    /// Two datasets may give the same cell only if they agree; an empty field yields to any other statement. Errors:
    /// a variable no dataset has, contradicting datasets, a changed or unreadable file.
    pub fn figures(&self, names: &[&str]) -> Result<Figures, VaultError> {
        *self.shared.manifest() = Manifest::read(&self.shared.dir)?;
        let datasets = self.datasets();
        crate::figures::read(&self.shared, &datasets, names)
    }
}
