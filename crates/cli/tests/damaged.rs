//! Damaged files end the import with a German sentence, never with a panic, and leave the store as it was.
#![allow(clippy::unwrap_used)]

use assert_cmd::Command;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const EXAMPLE: &str = "../../docs/handbuch/beispiel";

fn example(name: &str) -> PathBuf {
    Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join(EXAMPLE).join(name)
}

fn kekiz(arguments: &[&str]) -> (i32, String) {
    let output = Command::cargo_bin("kekiz").unwrap().args(arguments).output().unwrap();
    // A process that a panic or a signal ended has no code of its own.
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// All files of a folder with their bytes.
fn state(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            files.extend(state(&entry.path()));
        } else {
            files.insert(entry.path(), std::fs::read(entry.path()).unwrap());
        }
    }
    files
}

/// Cuts at many points, single bits turned, stretches of zeros; the flag says that it must be refused.
fn damaged(bytes: &[u8]) -> Vec<(String, Vec<u8>, bool)> {
    let mut all = Vec::new();
    for part in [0, 1, 3, 5, 7] {
        let at = bytes.len() * part / 8;
        all.push((format!("cut at {at}"), bytes[..at].to_vec(), true));
    }
    for part in 0..5 {
        let at = (bytes.len() - 1) * part / 5 + part;
        let mut turned = bytes.to_vec();
        turned[at] ^= 0x10;
        all.push((format!("bit at {at}"), turned, false));
        let mut blank = bytes.to_vec();
        let end = (at + 64).min(blank.len());
        blank[at..end].fill(0);
        all.push((format!("zeros at {at}"), blank, false));
    }
    all
}

/// Imports a sound file, then damaged ones into the same store.
fn check(file: &str, beside: &[&str], arguments: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("stadt").display().to_string();
    assert_eq!(kekiz(&["init", &store]).0, 0);
    for name in beside {
        std::fs::copy(example(&format!("daten/{name}")), folder.path().join(name)).unwrap();
    }
    let sound = std::fs::read(example(&format!("daten/{file}"))).unwrap();
    let place = folder.path().join(file);
    // For a Shapefile the damaged part is not always the one that is named.
    let named =
        beside.iter().find(|name| name.ends_with(".shp")).map_or(place.clone(), |n| folder.path().join(n));
    let named = named.display().to_string();
    let import = || {
        let all: Vec<&str> = ["import", arguments[0], &named, "--store", &store]
            .into_iter()
            .chain(arguments[1..].iter().copied())
            .collect();
        kekiz(&all)
    };
    std::fs::write(&place, &sound).unwrap();
    let (code, said) = import();
    assert_eq!(code, 0, "{file}: {said}");
    for (what, bytes, refused) in damaged(&sound) {
        let before = state(Path::new(&store));
        std::fs::write(&place, bytes).unwrap();
        let (code, said) = import();
        assert!(code == 0 || code == 3, "{file}, {what}: {code}\n{said}");
        assert!(!said.contains("panicked"), "{file}, {what}: {said}");
        assert!(!refused || code == 3, "{file}, {what}: accepted");
        if code == 3 {
            let remedy = ["→", "Abhilfe:", "unverändert"].iter().any(|word| said.contains(word));
            assert!(remedy, "{file}, {what}: {said}");
            for english in ["error", "invalid", "unexpected", "not found"] {
                assert!(!said.contains(english), "{file}, {what}: {said}");
            }
            assert!(state(Path::new(&store)) == before, "{file}, {what}: the store has changed");
        }
    }
}

#[test]
fn workbooks() {
    let mapping = example("zuordnungen/tagesbetreuung.toml").display().to_string();
    check("Tagesbetreuung.xlsx", &[], &["figures", "--mapping", &mapping]);
}

#[test]
fn archives() {
    let mapping = example("zuordnungen/geburten.toml").display().to_string();
    check("12612-01-01-5_flat.zip", &[], &["figures", "--mapping", &mapping]);
}

const AREAS: [&str; 11] = [
    "areas",
    "--geography",
    "stadtteile",
    "--level",
    "stadtteil",
    "--key",
    "ST_NR",
    "--name",
    "ST_NAME",
    "--key-prefix",
    "05999000-",
];

#[test]
fn shapes() {
    check("Stadtteile.shp", &["Stadtteile.dbf", "Stadtteile.prj", "Stadtteile.shp"], &AREAS);
}

#[test]
fn attributes_of_shapes() {
    check("Stadtteile.dbf", &["Stadtteile.shp", "Stadtteile.prj"], &AREAS);
}
