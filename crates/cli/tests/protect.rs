//! `kekiz protect` as a script sees it, and what is left when it is killed.
#![allow(clippy::unwrap_used)]

use assert_cmd::Command;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

/// Children of 60 areas; every number of 1 to 4 is a canary.
fn table(folder: &Path) {
    let mut text = String::from("ortsteil,statbez,age,sex\n");
    for area in 0..60 {
        for age in 0..6 {
            for (sex, more) in [("m", 0), ("w", 2)] {
                for _ in 0..(area * 7 + age * 5 + area * age + more) % 17 {
                    writeln!(text, "o{},s{area:02},a{age},{sex}", area / 5).unwrap();
                }
            }
        }
    }
    std::fs::write(folder.join("kinder.csv"), text).unwrap();
}

const ARGUMENTS: [&str; 12] = [
    "protect",
    "kinder.csv",
    "--dims",
    "statbez,age,sex",
    "--policy",
    "regel.toml",
    "--hierarchies",
    "baum.toml",
    "--out",
    "ziel/sicher.csv",
    "--audit",
    "ziel/beleg.json",
];

fn prepared() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    table(folder.path());
    std::fs::create_dir(folder.path().join("ziel")).unwrap();
    let suggest =
        ["protect", "kinder.csv", "--suggest", "--policy", "regel.toml", "--hierarchies", "baum.toml"];
    Command::cargo_bin("kekiz").unwrap().current_dir(folder.path()).args(suggest).assert().success();
    folder
}

/// No file in the folder shows a small number: whatever is there is protected.
fn nothing_small(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        if text.starts_with('{') || text.is_empty() {
            continue; // the audit holds no cell
        }
        for line in text.lines().skip(1) {
            let number = line.split(',').nth(3).unwrap_or_default();
            assert!(!["1", "2", "3", "4"].contains(&number), "{}: {line}", path.display());
        }
    }
}

#[test]
fn a_table_is_protected_without_a_project() {
    let folder = prepared();
    let run = |arguments: &[&str]| {
        Command::cargo_bin("kekiz").unwrap().current_dir(folder.path()).args(arguments).output().unwrap()
    };
    let done = run(&[&ARGUMENTS[..], &["--json"]].concat());
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let answer: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(answer["suppression"]["proven"], answer["suppression"]["primary"]);
    nothing_small(&folder.path().join("ziel"));
    let refused =
        run(&["protect", "kinder.csv", "--dims", "nichts", "--policy", "min5", "--out", "a", "--audit", "b"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("„nichts“"));
    assert_eq!(run(&["protect", "kinder.csv", "--policy", "min5"]).status.code(), Some(2));
}

#[test]
fn killed_at_any_point_it_leaves_nothing_unprotected() {
    let folder = prepared();
    let ziel = folder.path().join("ziel");
    let program = Command::cargo_bin("kekiz").unwrap().get_program().to_owned();
    for wait in [0, 10, 30, 60, 100, 150, 250, 400, 700, 1_200] {
        let mut child = std::process::Command::new(&program)
            .current_dir(folder.path())
            .args(ARGUMENTS)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        drop(child.kill());
        child.wait().unwrap();
        nothing_small(&ziel);
        // Beside the table to protect and the two rules nothing else lies about.
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4);
    }
}
