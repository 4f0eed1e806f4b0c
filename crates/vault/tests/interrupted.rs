//! An import that dies or runs out of disk leaves the vault as it was.
//!
//! The test starts itself again as a child that imports a generated dataset and says on its output how far it is; the
//! parent kills it after a random mark and a random pause.
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(unix)]

mod support;

use kekiz_base::{FigureDictionaries, Observation, Period};
use kekiz_vault::Vault;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::{Row, append_with, import, info, names, value};
use tempfile::TempDir;

const STORE: &str = "KEKIZ_TEST_VAULT";
const BATCHES: usize = 12;
const BATCH_ROWS: usize = 20_000;

/// The rows of the new version, all different.
fn new_rows(batch: usize) -> Vec<Row<'static>> {
    const AREAS: [&str; 4] = ["05111000", "05112000", "05113000", "05114000"];
    (0..BATCH_ROWS)
        .map(|row| {
            let n = batch * BATCH_ROWS + row;
            let year = 1 + i16::try_from(n / 4 % 9_999).unwrap();
            let groups = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"];
            let variable = if (n / 39_996).is_multiple_of(2) { "bev" } else { "sgb2" };
            (AREAS[n % 4], year, variable, groups[n / 79_992 % 16], value((n * 7919 % 1_000_003) as f64))
        })
        .collect()
}

fn mark() {
    let mut out = std::io::stderr();
    let _ = out.write_all(b"#").and_then(|()| out.flush());
}

/// Runs in the child only: imports the new version, with a mark after each step.
#[test]
fn child() {
    let Ok(dir) = std::env::var(STORE) else { return };
    let vault = Vault::open(Path::new(&dir)).unwrap();
    mark();
    let mut writer = vault.begin(info("probe")).unwrap();
    let mut dictionaries = FigureDictionaries::default();
    for batch in 0..BATCHES {
        mark();
        if let Err(error) = append_with(&mut writer, &mut dictionaries, &new_rows(batch), BATCH_ROWS) {
            eprintln!("{error}");
            return;
        }
    }
    mark();
    if let Err(error) = writer.commit() {
        eprintln!("{error}");
    }
    mark();
}

/// The command that runs the child; with a limit, no file may grow beyond so many 512-byte blocks.
fn child_command(dir: &Path, limit: Option<u32>) -> Command {
    let binary = std::env::current_exe().unwrap();
    let mut command = Command::new("/bin/sh");
    let script = match limit {
        Some(blocks) => format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\""),
        None => "exec \"$0\" \"$@\"".to_string(),
    };
    command.arg("-c").arg(script).arg(binary).args(["--exact", "child", "--nocapture", "--test-threads=1"]);
    command.env(STORE, dir).stdout(Stdio::null()).stderr(Stdio::piped()).stdin(Stdio::null());
    command
}

fn old_rows() -> [Row<'static>; 2] {
    [("05111000", 2020, "bev", "w", value(1.0)), ("05112000", 2020, "bev", "w", value(2.0))]
}

/// The vault holds exactly the old or exactly the new state and nothing else. Gives the newest version.
fn check_state(dir: &Path, old_digest: &str) -> u32 {
    let vault = Vault::open(dir).unwrap();
    assert!(names(&vault, "incoming").is_empty(), "nothing unfinished remains");
    let versions = vault.versions("probe");
    assert_eq!(versions[0].digest, old_digest);
    assert_eq!(names(&vault, "datasets").len(), versions.len(), "no file without a version");
    assert_eq!(names(&vault, ".").len(), 4, "datasets, incoming, lock and manifest");
    let newest = versions.last().unwrap();
    let figures = vault.figures(&["bev"]).unwrap();
    let cells = figures.of("bev").unwrap();
    match newest.version {
        1 => assert_eq!(cells.len(), old_rows().len()),
        2 => {
            assert_eq!(newest.rows, (BATCHES * BATCH_ROWS) as u64);
            assert_eq!(cells.len() as u64, newest.variables["bev"]);
            let (key, observation) = cells.iter().next().unwrap();
            assert!(matches!(key.1, Period::Year(1)) && matches!(observation, Observation::Value(..)));
        }
        other => panic!("version {other}"),
    }
    newest.version
}

#[test]
fn a_killed_import_leaves_the_old_or_the_new_state() {
    let mut random = ChaCha8Rng::seed_from_u64(20_260_101);
    let marks = BATCHES + 3;
    let mut seen = [0; 3];
    for round in 0..20 {
        let dir = TempDir::new().unwrap();
        let old = import(&Vault::create(dir.path()).unwrap(), "probe", &old_rows()).unwrap();
        // Some rounds aim at the commit, where the state changes, and some at the moment after it.
        let last = match round % 4 {
            0 | 1 => random.random_range(1..marks - 1),
            2 => marks - 1,
            _ => marks,
        };
        let pause = Duration::from_micros(random.random_range(0..60_000));
        let mut child = child_command(dir.path(), None).spawn().unwrap();
        let mut output = child.stderr.take().unwrap();
        let mut found = 0;
        let mut byte = [0];
        while found < last && output.read(&mut byte).unwrap() == 1 {
            found += usize::from(byte[0] == b'#');
        }
        let until = Instant::now() + pause;
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let version = check_state(dir.path(), &old.digest);
        assert!(last < marks || version == 2, "a commit that was reported lasts");
        seen[version as usize] += 1;
    }
    assert!(seen[1] > 0 && seen[2] > 0, "the kills hit before and after the change: {seen:?}");
}

#[test]
fn an_import_that_fills_the_disk_says_so_and_changes_nothing() {
    for blocks in [4, 64, 512] {
        let dir = TempDir::new().unwrap();
        let old = import(&Vault::create(dir.path()).unwrap(), "probe", &old_rows()).unwrap();
        let output = child_command(dir.path(), Some(blocks)).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(text.contains("Abhilfe: Platz schaffen"), "{blocks}: {text}");
        assert_eq!(check_state(dir.path(), &old.digest), 1);
    }
}
