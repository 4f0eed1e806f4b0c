//! The one file that says what is current, and the names of all others.

use crate::StrongboxError;
use kekiz_disk::{self as disk, Access};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const FORMAT: &str = "kekiz-strongbox";
const VERSION: u32 = 1;
const FILE: &str = "strongbox.json";

/// What is current. Replaced as a whole; the switch of a change and of a key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Root {
    format: String,
    version: u32,
    /// Random name of this strongbox; part of every context.
    pub(crate) id: String,
    /// Fingerprint of the key.
    pub(crate) fingerprint: String,
    /// Number of changes so far; names the catalogue.
    pub(crate) generation: u64,
}

impl Root {
    pub(crate) fn new(id: String, fingerprint: String) -> Self {
        Self { format: FORMAT.into(), version: VERSION, id, fingerprint, generation: 0 }
    }

    pub(crate) fn exists(folder: &Path) -> bool {
        folder.join(FILE).exists()
    }

    pub(crate) fn read(folder: &Path) -> Result<Self, StrongboxError> {
        if !Self::exists(folder) {
            return Err(StrongboxError::None { folder: folder.to_path_buf() });
        }
        let path = folder.join(FILE);
        let text = disk::read(&path)?;
        let unreadable = |problem| StrongboxError::Unreadable { path: path.clone(), problem };
        let root: Root =
            serde_json::from_slice(&text).map_err(|_| unreadable("der Inhalt ist nicht zu verstehen"))?;
        if root.format != FORMAT {
            return Err(unreadable("das Format ist ein anderes"));
        }
        if root.version != VERSION {
            return Err(StrongboxError::Newer { path });
        }
        Ok(root)
    }

    pub(crate) fn write(&self, folder: &Path) -> Result<(), StrongboxError> {
        let text = serde_json::to_vec_pretty(self).unwrap_or_default();
        Ok(disk::replace(&folder.join(FILE), &text, Access::Private)?)
    }

    pub(crate) fn catalogue(&self, folder: &Path) -> PathBuf {
        folder.join(format!("catalogue-{}-{}.sealed", self.fingerprint, self.generation))
    }

    pub(crate) fn audit_head(&self, folder: &Path) -> PathBuf {
        folder.join(format!("audit-{}.sealed", self.fingerprint))
    }

    /// Context of a sealed file: a file of another strongbox or another place does not open here.
    pub(crate) fn context(&self, what: &str) -> String {
        format!("{} {what}", self.id)
    }
}

pub(crate) fn items(folder: &Path) -> PathBuf {
    folder.join("items")
}

pub(crate) fn lock(folder: &Path) -> PathBuf {
    folder.join("lock")
}

pub(crate) fn audit_log(folder: &Path) -> PathBuf {
    folder.join("audit.log")
}
