//! What was imported and released last, so that unchanged input is not worked on again.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

const FILE_NAME: &str = "state.json";

/// Digests of the work that was finished. Losing the file costs time, never data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    /// Version of the program that wrote it; another version works everything anew.
    version: String,
    /// Name of the work → digest of its inputs.
    finished: BTreeMap<String, String>,
}

impl State {
    /// Nothing is finished.
    pub(crate) fn nothing() -> State {
        State { version: env!("CARGO_PKG_VERSION").into(), finished: BTreeMap::new() }
    }

    /// Reads the state of a project; an absent, foreign or damaged file counts as nothing finished.
    pub(crate) fn load(folder: &Path) -> State {
        let fresh = State::nothing();
        let Ok(bytes) = std::fs::read(folder.join(FILE_NAME)) else { return fresh };
        match serde_json::from_slice::<State>(&bytes) {
            Ok(state) if state.version == fresh.version => state,
            _ => fresh,
        }
    }

    /// Whether this work was finished on the same inputs.
    pub(crate) fn is_finished(&self, work: &str, digest: &str) -> bool {
        self.finished.get(work).is_some_and(|found| found == digest)
    }

    /// Notes finished work and saves. A failure to save only costs time at the next start.
    pub(crate) fn finish(&mut self, folder: &Path, work: &str, digest: &str) {
        self.finished.insert(work.into(), digest.into());
        if let Ok(bytes) = serde_json::to_vec_pretty(self) {
            let temporary = folder.join(".state.json.new");
            if std::fs::write(&temporary, bytes).is_ok() {
                let _ = std::fs::rename(&temporary, folder.join(FILE_NAME));
            }
        }
    }
}

/// Digest over named parts; the order of the parts counts, and no two lists of parts share a digest.
pub(crate) fn digest<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_work_on_the_same_input_is_finished() {
        let folder = tempfile::tempdir().unwrap();
        let mut state = State::load(folder.path());
        assert!(!state.is_finished("gebiete", "a"));
        state.finish(folder.path(), "gebiete", "a");
        let again = State::load(folder.path());
        assert!(again.is_finished("gebiete", "a"));
        assert!(!again.is_finished("gebiete", "b"));
        assert!(!again.is_finished("zahlen", "a"));
        std::fs::write(folder.path().join(FILE_NAME), b"{\"version\":").unwrap();
        assert_eq!(State::load(folder.path()).finished.len(), 0);
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(digest([&b"ab"[..], b"c"]), digest([&b"a"[..], b"bc"]));
    }
}
