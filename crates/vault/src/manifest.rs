//! The one file that says which datasets there are.

use crate::error::VaultError;
use kekiz_base::DatasetInfo;
use kekiz_disk::{self as disk, Access};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Newest version of the manifest this program reads and the one it writes.
const VERSION: u32 = 1;

/// One version of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    /// What is known of it beside its rows.
    pub info: DatasetInfo,
    /// Counts from 1; a new import under the same name supersedes the version before.
    pub version: u32,
    /// BLAKE3 digest of the rows in their order, hexadecimal; independent of how the file is laid out.
    pub digest: String,
    /// Number of rows.
    pub rows: u64,
    /// Number of rows of each variable.
    pub variables: BTreeMap<SmolStr, u64>,
    /// BLAKE3 digest of the file, which is also its name.
    pub(crate) file: String,
}

/// What the manifest holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    version: u32,
    /// Versions of each dataset, oldest first.
    pub(crate) datasets: BTreeMap<String, Vec<Dataset>>,
}

#[derive(Deserialize)]
struct VersionOnly {
    version: u32,
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

impl Manifest {
    pub(crate) fn empty() -> Self {
        Self { version: VERSION, datasets: BTreeMap::new() }
    }

    pub(crate) fn path(dir: &Path) -> PathBuf {
        dir.join("manifest.json")
    }

    pub(crate) fn read(dir: &Path) -> Result<Self, VaultError> {
        let path = Self::path(dir);
        let bytes = disk::read(&path).map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => VaultError::NoVault { dir: dir.to_path_buf() },
            _ => error.into(),
        })?;
        let broken = |problem: String| VaultError::Manifest { path: path.clone(), problem };
        let VersionOnly { version } = serde_json::from_slice(&bytes).map_err(|e| broken(e.to_string()))?;
        if version > VERSION {
            return Err(VaultError::Version { path, found: version, known: VERSION });
        }
        let manifest: Self = serde_json::from_slice(&bytes).map_err(|e| broken(e.to_string()))?;
        for (id, versions) in &manifest.datasets {
            if versions.is_empty() {
                return Err(broken(format!("der Datensatz „{id}“ hat keine Fassung")));
            }
            if versions.iter().any(|dataset| !is_digest(&dataset.file)) {
                return Err(broken(format!("der Dateiname des Datensatzes „{id}“ ist keine Prüfsumme")));
            }
        }
        Ok(manifest)
    }

    pub(crate) fn write(&self, dir: &Path) -> Result<(), VaultError> {
        let path = Self::path(dir);
        let mut bytes = serde_json::to_vec_pretty(self)
            .map_err(|e| VaultError::Manifest { path: path.clone(), problem: e.to_string() })?;
        bytes.push(b'\n');
        Ok(disk::replace(&path, &bytes, Access::Private)?)
    }

    /// The newest version of each dataset, ordered by name.
    pub(crate) fn current(&self) -> impl Iterator<Item = &Dataset> {
        self.datasets.values().filter_map(|versions| versions.last())
    }

    /// Names of all files the manifest refers to.
    pub(crate) fn files(&self) -> BTreeSet<String> {
        self.datasets.values().flatten().map(|dataset| file_name(&dataset.file)).collect()
    }
}

/// The name of a dataset's file.
pub(crate) fn file_name(digest: &str) -> String {
    format!("{digest}.parquet")
}
