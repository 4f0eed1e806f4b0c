//! Killed at any point, or on a full disk: results are whole or not there, and nobody's name lies about.
#![allow(clippy::unwrap_used)]
#![cfg(unix)]

mod support;

use assert_cmd::Command;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};
use support::{CANARY, IMPORT, examinations, kekiz, no_canary, ok, project, vault};

/// Two registers of so many children, all of one planted surname.
fn registers(folder: &Path, children: usize) {
    for name in ["schule", "amt"] {
        let mut text = String::from("nr;vorname;nachname;geburtsdatum;straße\n");
        for i in 0..children {
            let given = ["Anna", "Ben", "Clara", "David", "Emil", "Frida", "Georg"][i * 5 % 7];
            let (year, month, day) = (2012 + i % 7, 1 + i * 5 % 12, 1 + i * 11 % 28);
            writeln!(text, "{name}{i};{given};{CANARY};{year}-{month:02}-{day:02};Ringstraße {i}").unwrap();
        }
        std::fs::write(folder.join(format!("{name}.csv")), text).unwrap();
    }
    let suggest = ["link", "model", "--suggest", "amt.csv", "--id", "nr", "--out", "m.toml"];
    assert_eq!(kekiz(folder, &suggest).0, 0);
}

const FILES: [&str; 9] =
    ["link", "files", "schule.csv", "amt.csv", "--id", "nr", "--model", "m.toml", "--out"];

/// Starts the program and kills it after a while; whether it was still at work.
fn killed(folder: &Path, arguments: &[&str], wait: Duration) -> bool {
    let program = Command::cargo_bin("kekiz").unwrap().get_program().to_owned();
    let mut child = std::process::Command::new(program)
        .current_dir(folder)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(wait);
    drop(child.kill());
    !child.wait().unwrap().success()
}

/// How long a command takes, and that it succeeds.
fn duration(folder: &Path, arguments: &[&str]) -> Duration {
    let started = Instant::now();
    let (code, said) = kekiz(folder, arguments);
    assert_eq!(code, 0, "{said}");
    started.elapsed()
}

/// Runs a command that can write no file of more than so many blocks of 512 bytes: for the program a full disk.
fn on_a_full_disk(folder: &Path, blocks: usize, arguments: &[&str]) -> Output {
    let program = Command::cargo_bin("kekiz").unwrap().get_program().to_owned();
    let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    std::process::Command::new("sh")
        .current_dir(folder)
        .args(["-c", &limited])
        .arg(program)
        .args(arguments)
        .env("KEKIZ_USER", "ada")
        .output()
        .unwrap()
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn a_killed_linkage_leaves_the_old_result_or_the_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    registers(path, 400);
    let arguments = [&FILES[..], &["ziel/links.csv"]].concat();
    std::fs::create_dir(path.join("ziel")).unwrap();
    let takes = duration(path, &arguments);
    let place = path.join("ziel/links.csv");
    let whole = std::fs::read(&place).unwrap();
    assert!(whole.len() > 400 * 10);
    let mut at_work = 0;
    for round in 0..20_u32 {
        std::fs::write(&place, "alt").unwrap();
        at_work += u32::from(killed(path, &arguments, takes * round / 16));
        let found = std::fs::read(&place).unwrap();
        assert!(found == b"alt" || found == whole, "round {round}: {} bytes", found.len());
        no_canary(&path.join("ziel"));
    }
    assert!(at_work > 3, "{at_work}");
    // What was left does not stand in the way of the next run.
    duration(path, &arguments);
    assert_eq!(std::fs::read(&place).unwrap(), whole);
}

#[test]
fn a_killed_release_leaves_no_half_table() {
    let folder = project();
    let path = folder.path();
    ok(path, &["key", "create"]);
    ok(path, &IMPORT);
    std::fs::create_dir(path.join("ziel")).unwrap();
    let store = ["--store", "stadt", "--key", "schluessel.json"];
    let arguments = [&["vault", "release", "tabellen.toml", "--out", "ziel/t.csv"], &store[..]].concat();
    let place = path.join("ziel/t.csv");
    let takes = duration(path, &arguments);
    let whole = std::fs::read(&place).unwrap();
    let mut at_work = 0;
    for round in 0..16_u32 {
        std::fs::write(&place, "alt").unwrap();
        at_work += u32::from(killed(path, &arguments, takes * round / 12));
        let found = std::fs::read(&place).unwrap();
        assert!(found == b"alt" || found == whole, "round {round}: {} bytes", found.len());
        no_canary(&path.join("ziel"));
        no_canary(&path.join("stadt"));
        let (code, said) = kekiz(path, &["doctor", "--store", "stadt", "--key", "schluessel.json"]);
        assert_eq!(code, 0, "round {round}: {said}");
    }
    assert!(at_work > 3, "{at_work}");
    duration(path, &arguments);
    assert_eq!(std::fs::read(&place).unwrap(), whole, "released again it is the same");
}

#[test]
fn a_full_disk_leaves_the_old_links() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    registers(path, 400);
    std::fs::write(path.join("links.csv"), "alt").unwrap();
    let before = names(path);
    let output = on_a_full_disk(path, 4, &[&FILES[..], &["links.csv", "--trained", "t.toml"]].concat());
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(6), "{said}");
    assert!(said.contains("erschöpft") && said.contains("Abhilfe: Platz schaffen"), "{said}");
    assert!(!said.contains(CANARY));
    assert_eq!(std::fs::read_to_string(path.join("links.csv")).unwrap(), "alt");
    assert_eq!(names(path), before);
}

#[test]
fn a_full_disk_leaves_the_old_dataset() {
    let folder = project();
    let path = folder.path();
    ok(path, &["key", "create"]);
    ok(path, &IMPORT);
    let (items, described) = (names(&path.join("stadt/strongbox/items")), ok(path, &["describe"]));
    std::fs::write(path.join("seu.csv"), examinations(5_000)).unwrap();
    let store = ["--store", "stadt", "--key", "schluessel.json"];
    let output = on_a_full_disk(path, 64, &[&["vault"], &IMPORT[..], &store].concat());
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(6), "{said}");
    assert!(said.contains("erschöpft") && said.contains("Abhilfe: Platz schaffen"), "{said}");
    assert!(!said.contains(CANARY));
    assert_eq!(names(&path.join("stadt/strongbox/items")), items, "no part of the new dataset stays");
    assert_eq!(ok(path, &["describe"]), described);
    no_canary(&path.join("stadt"));
    let (code, said) = kekiz(path, &["doctor", "--store", "stadt", "--key", "schluessel.json"]);
    assert_eq!(code, 0, "{said}");
    // With room again it succeeds.
    assert_eq!(vault(path, &IMPORT).0, 0);
}
