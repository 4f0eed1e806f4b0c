//! Files named by the digest of their bytes: written once, checked on every read.

use crate::error::LakeError;
use kekiz_disk::{self as disk, Access};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const EXTENSION: &str = ".parquet";

/// Whether a text names an object: 64 hexadecimal digits and `.parquet`. Keeps paths out of manifests.
pub(crate) fn is_name(name: &str) -> bool {
    name.strip_suffix(EXTENSION).is_some_and(|digest| {
        digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    })
}

pub(crate) fn dir(root: &Path) -> PathBuf {
    root.join("objects")
}

pub(crate) fn path(root: &Path, name: &str) -> PathBuf {
    dir(root).join(name)
}

fn name_of(bytes: &[u8]) -> String {
    format!("{}{EXTENSION}", blake3::hash(bytes).to_hex())
}

/// Stores bytes and gives their name. An object that is there already and whole is not written again.
pub(crate) fn put(root: &Path, bytes: &[u8]) -> Result<String, LakeError> {
    let name = name_of(bytes);
    let path = path(root, &name);
    let whole = fs::read(&path).is_ok_and(|found| found == bytes);
    if !whole {
        disk::replace(&path, bytes, Access::Public)?;
    }
    Ok(name)
}

/// The bytes of an object, checked against its name.
pub(crate) fn get(root: &Path, name: &str) -> Result<Vec<u8>, LakeError> {
    let path = path(root, name);
    let bytes = disk::read(&path)?;
    if name_of(&bytes) == name { Ok(bytes) } else { Err(LakeError::Tampered { path }) }
}

/// Removes all objects that are not in `keep`, and unfinished files. Gives the number removed.
pub(crate) fn sweep(root: &Path, keep: &BTreeSet<&str>) -> Result<usize, LakeError> {
    let dir = dir(root);
    let fail = |reason| disk::DiskError::new("aufräumen", &dir, reason);
    let mut removed = disk::remove_unfinished(&dir)? + disk::remove_unfinished(root)?;
    for entry in fs::read_dir(&dir).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if is_name(&name) && !keep.contains(name.as_ref()) {
            fs::remove_file(entry.path()).map_err(fail)?;
            removed += 1;
        }
    }
    disk::sync_dir(&dir)?;
    Ok(removed)
}
