//! The one file that says what is published.

use crate::error::LakeError;
use kekiz_base::{GeographyId, IndicatorId, IndicatorMeta};
use kekiz_disk::{self as disk, Access, DiskError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Newest version of the manifest this program reads and the one it writes.
///
/// 2 added the retired releases; a manifest of version 1 has none.
const VERSION: u32 = 2;

/// Who publishes, as pages and reports name it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SiteInfo {
    /// Title of the site.
    pub title: String,
    /// One sentence on what it shows.
    pub subtitle: String,
    /// The office that is responsible.
    pub operator: String,
    /// How to reach it (free text: address, mail, telephone).
    pub contact: String,
    /// Address of the imprint, if it stands elsewhere.
    pub imprint_url: String,
    /// Address of the privacy statement, if it stands elsewhere.
    pub privacy_url: String,
    /// Public notes for every page.
    pub notes: Vec<String>,
}

/// A current release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) object: String,
    pub(crate) meta: IndicatorMeta,
}

/// Earlier releases of an indicator that no longer stand in the way of new ones, and who decided so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retired {
    /// The indicator.
    pub indicator: IndicatorId,
    /// Who decided.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: jiff::Timestamp,
    /// Names of the retired releases in the store, oldest first; they are kept.
    pub objects: Vec<String>,
}

/// What the manifest holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    pub(crate) version: u32,
    pub(crate) site: SiteInfo,
    pub(crate) indicators: BTreeMap<IndicatorId, Entry>,
    pub(crate) areas: BTreeMap<GeographyId, String>,
    pub(crate) facilities: BTreeMap<String, String>,
    /// Objects of all releases an indicator ever had, oldest first: the public may have kept them.
    pub(crate) history: BTreeMap<IndicatorId, Vec<String>>,
    /// Releases taken out of the history knowingly, oldest decision first; entries are added, never changed.
    #[serde(default)]
    pub(crate) retired: Vec<Retired>,
}

#[derive(Deserialize)]
struct VersionOnly {
    version: u32,
}

impl Manifest {
    pub(crate) fn empty() -> Self {
        Self { version: VERSION, ..Self::default() }
    }

    pub(crate) fn path(dir: &Path) -> PathBuf {
        dir.join("manifest.json")
    }

    pub(crate) fn read_bytes(dir: &Path) -> Result<Vec<u8>, LakeError> {
        disk::read(&Self::path(dir)).map_err(|error: DiskError| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => LakeError::NoStore { dir: dir.to_path_buf() },
            _ => error.into(),
        })
    }

    pub(crate) fn parse(dir: &Path, bytes: &[u8]) -> Result<Self, LakeError> {
        let path = Self::path(dir);
        let broken = |problem: String| LakeError::Manifest { path: path.clone(), problem };
        let VersionOnly { version } = serde_json::from_slice(bytes).map_err(|e| broken(e.to_string()))?;
        if version > VERSION {
            return Err(LakeError::Version { path, found: version, known: VERSION });
        }
        let manifest: Self = serde_json::from_slice(bytes).map_err(|e| broken(e.to_string()))?;
        let manifest = Self { version: VERSION, ..manifest };
        if let Some(name) = manifest.objects().into_iter().find(|name| !crate::objects::is_name(name)) {
            return Err(broken(format!("„{name}“ ist kein Name einer Datei des Bestands")));
        }
        Ok(manifest)
    }

    pub(crate) fn write(&self, dir: &Path) -> Result<Vec<u8>, LakeError> {
        let path = Self::path(dir);
        let mut bytes = serde_json::to_vec_pretty(self)
            .map_err(|e| LakeError::Manifest { path: path.clone(), problem: e.to_string() })?;
        bytes.push(b'\n');
        disk::replace(&path, &bytes, Access::Public)?;
        Ok(bytes)
    }

    /// Names of all objects the manifest refers to.
    pub(crate) fn objects(&self) -> BTreeSet<&str> {
        let current = self.indicators.values().map(|entry| &entry.object);
        let layers = self.areas.values().chain(self.facilities.values());
        let retired = self.retired.iter().flat_map(|retired| &retired.objects);
        let earlier = self.history.values().flatten().chain(retired);
        current.chain(layers).chain(earlier).map(String::as_str).collect()
    }
}
