//! An import that is killed leaves the old dataset or the new one, and nothing readable beside it.
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(unix)]

mod support;

use kekiz_persons::{Office, list};
use kekiz_strongbox::keyfile;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::{accessor, examinations, import_text, no_canary, office};

const STORE: &str = "KEKIZ_TEST_PERSONS";

/// Runs in the child only: imports again and again until it is killed.
#[test]
fn child() {
    let Ok(dir) = std::env::var(STORE) else { return };
    let dir = Path::new(&dir);
    let secrets = keyfile::read(&dir.join("key"), None).unwrap();
    let office =
        Office::open(&dir.join("box"), &secrets, accessor()).unwrap_or_else(|error| panic!("{error}"));
    // More children than there are, so that a finished import shows.
    let stored = usize::try_from(list(&office).unwrap_or_else(|error| panic!("{error}"))[0].rows).unwrap();
    for children in (stored / 100 * 100 + 100..).step_by(100) {
        import_text(&office, "schuleingangsuntersuchung", "seu", &examinations(children))
            .unwrap_or_else(|e| panic!("{e}"));
    }
}

fn rows(dir: &Path) -> u64 {
    let secrets = keyfile::read(&dir.join("key"), None).unwrap();
    let office =
        Office::open(&dir.join("box"), &secrets, accessor()).unwrap_or_else(|error| panic!("{error}"));
    let lines = list(&office).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lines.len(), 1);
    assert!(lines[0].linking);
    assert!(office.audit().unwrap_or_else(|error| panic!("{error}")).problems.is_empty());
    lines[0].rows
}

#[test]
fn killed_at_any_moment_an_import_is_all_or_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (box_office, secrets) = office(&dir.path().join("box"));
    keyfile::write(&dir.path().join("key"), &secrets, None).unwrap();
    import_text(&box_office, "schuleingangsuntersuchung", "seu", &examinations(50))
        .unwrap_or_else(|e| panic!("{e}"));
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let mut worked = 0;
    for _ in 0..40 {
        let before = rows(dir.path());
        let log = dir.path().join("box/audit.log");
        let length = std::fs::metadata(&log).unwrap().len();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--nocapture", "--test-threads=1"])
            .env(STORE, dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let started = Instant::now();
        while std::fs::metadata(&log).unwrap().len() == length && started.elapsed() < Duration::from_secs(30)
        {
            std::thread::sleep(Duration::from_micros(200));
        }
        std::thread::sleep(Duration::from_micros(random.random_range(0..150_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        no_canary(&dir.path().join("box"));
        let after = rows(dir.path());
        assert!(after == before || after.is_multiple_of(100), "{after}");
        worked += u32::from(after != before);
        if worked > 5 {
            break;
        }
    }
    assert!(worked > 2, "the child got to work in {worked} rounds only");
}
