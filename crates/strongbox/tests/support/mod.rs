//! A strongbox with a planted word, and looking for the word on the disk.
#![allow(dead_code, reason = "each test file uses its part")]

use jiff::Timestamp;
use kekiz_strongbox::{Accessor, ItemKind, Secrets, Strongbox};
use std::path::{Path, PathBuf};

/// A word that may stand on no disk.
pub(crate) const CANARY: &str = "Kanarienvogel-Ümit-7919";

/// The clock of tests stands still.
pub(crate) fn accessor() -> Accessor {
    Accessor { user: "test".into(), clock: || Timestamp::from_second(1_700_000_000).unwrap() }
}

/// A strongbox with records `a` and linking `a`.
pub(crate) fn filled(folder: &Path) -> (Strongbox, Secrets) {
    let secrets = Secrets::random().unwrap();
    let strongbox = Strongbox::create(folder, &secrets, accessor()).unwrap();
    put(&strongbox, "a", 100);
    (strongbox, secrets)
}

/// Content of a size that holds the planted word all over.
pub(crate) fn content(size: usize) -> Vec<u8> {
    CANARY.as_bytes().iter().copied().cycle().take(size).collect()
}

/// Stores records and linking under one name in one change.
pub(crate) fn put(strongbox: &Strongbox, name: &str, size: usize) {
    let mut change = strongbox.begin("import", name).unwrap();
    change.put(ItemKind::Records, name, 1, Vec::new(), &content(size)).unwrap();
    change.put(ItemKind::Linking, name, 1, Vec::new(), &content(size + 1)).unwrap();
    change.commit("1 Zeile").unwrap();
}

/// All files below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).unwrap().flatten() {
            if entry.path().is_dir() { open.push(entry.path()) } else { found.push(entry.path()) }
        }
    }
    found.sort();
    found
}

/// No file holds the planted word.
pub(crate) fn no_canary(folder: &Path) {
    let word = CANARY.as_bytes();
    for file in files(folder) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(word.len()).any(|part| part == word), "{}", file.display());
    }
}
