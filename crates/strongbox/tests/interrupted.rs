//! A change that dies or runs out of disk leaves the strongbox as it was, and nothing readable beside it.
//!
//! The test starts itself again as a child that stores one change after the other; the parent kills it after a random
//! pause.
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(unix)]

mod support;

use kekiz_strongbox::{ItemKind, Strongbox, keyfile, verify};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::{accessor, content, files, filled, no_canary};

const STORE: &str = "KEKIZ_TEST_STRONGBOX";
const SIZE: usize = 300_000;

/// Runs in the child only: changes, reads and changes the key until it is killed or the disk refuses.
#[test]
fn child() {
    let Ok(dir) = std::env::var(STORE) else { return };
    let dir = Path::new(&dir);
    let secrets = keyfile::read(&dir.join("key"), None).unwrap();
    let strongbox = Strongbox::open(&dir.join("box"), &secrets, accessor()).unwrap();
    for n in 0.. {
        let mut change = strongbox.begin("import", "b").unwrap();
        let stored = change
            .put(ItemKind::Records, "b", n, Vec::new(), &content(SIZE + usize::try_from(n).unwrap()))
            .and_then(|_| change.put(ItemKind::Linking, "b", n, Vec::new(), &content(SIZE)))
            .and_then(|_| change.commit("fertig"));
        if let Err(error) = stored {
            eprintln!("{error}");
            return;
        }
        strongbox.read(ItemKind::Records, "b", "Prüfung").unwrap();
    }
}

fn start(dir: &Path, limit: Option<u32>) -> std::process::Child {
    let script = match limit {
        Some(blocks) => format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\""),
        None => "exec \"$0\" \"$@\"".to_string(),
    };
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(script).arg(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--nocapture", "--test-threads=1"]);
    command.env(STORE, dir).stdout(Stdio::null()).stderr(Stdio::piped()).stdin(Stdio::null());
    command.spawn().unwrap()
}

/// The old content is whole, the new one is there completely or not at all, the log holds, and the next change works.
fn check(dir: &Path) {
    let folder = dir.join("box");
    no_canary(dir);
    let secrets = keyfile::read(&dir.join("key"), None).unwrap();
    let strongbox = Strongbox::open(&folder, &secrets, accessor()).unwrap();
    assert_eq!(*strongbox.read(ItemKind::Records, "a", "x").unwrap(), content(100));
    let items = strongbox.list().unwrap();
    let new: Vec<_> = items.iter().filter(|item| item.name == "b").collect();
    assert!(new.is_empty() || new.len() == 2 && new[0].rows == new[1].rows, "both or none, of one change");
    for item in &new {
        strongbox.read(item.kind, "b", "x").unwrap();
    }
    let problems = verify(&folder, Some(&secrets)).unwrap().problems;
    assert_eq!(problems, [""; 0]);
    strongbox.begin("repair", "").unwrap().commit("").unwrap();
    assert_eq!(files(&folder.join("items")).len(), 2 + new.len());
}

fn prepared() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let (_, secrets) = filled(&dir.path().join("box"));
    keyfile::write(&dir.path().join("key"), &secrets, None).unwrap();
    dir
}

#[test]
fn killed_at_any_moment_nothing_is_half_written() {
    let dir = prepared();
    let mut random = ChaCha8Rng::seed_from_u64(4);
    let mut changed = 0;
    for _ in 0..25 {
        let before = generation(dir.path());
        let mut child = start(dir.path(), None);
        // Wait for its first step, so that the kill falls into the work and not into the start.
        let started = Instant::now();
        while generation(dir.path()) == before && started.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_micros(200));
        }
        std::thread::sleep(Duration::from_micros(random.random_range(0..30_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        changed += u32::from(generation(dir.path()) > before);
        check(dir.path());
    }
    assert!(changed > 10, "the child got to work in {changed} rounds only");
}

fn generation(dir: &Path) -> u64 {
    let text = std::fs::read(dir.join("box/strongbox.json")).unwrap();
    serde_json::from_slice::<serde_json::Value>(&text).unwrap()["generation"].as_u64().unwrap()
}

#[test]
fn a_full_disk_is_said_in_german_and_changes_nothing() {
    // A file may grow to so many blocks of 512 bytes: less than one item, in its first chunk and in a later one.
    for blocks in [20, 200, 500] {
        let dir = prepared();
        let mut child = start(dir.path(), Some(blocks));
        child.wait().unwrap();
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(said.contains("Speicherplatz ist erschöpft") && said.contains("Abhilfe"), "{said}");
        check(dir.path());
    }
}
