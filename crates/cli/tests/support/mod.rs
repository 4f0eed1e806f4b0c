//! A project with an encrypted part, as a script sets it up, and looking for a planted name.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses its part")]

use assert_cmd::Command;
use std::fmt::Write;
use std::path::Path;

pub(crate) const CANARY: &str = "Kanarienvogel-Çelik";

pub(crate) fn kekiz(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::cargo_bin("kekiz").unwrap();
    command.current_dir(folder).args(arguments).env("KEKIZ_USER", "ada").env_remove("KEKIZ_KEY");
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(!said.contains(CANARY), "{arguments:?}: {said}");
    (output.status.code().unwrap(), said)
}

pub(crate) fn vault(folder: &Path, arguments: &[&str]) -> (i32, String) {
    kekiz(folder, &[&["vault"], arguments, &["--store", "stadt", "--key", "schluessel.json"]].concat())
}

pub(crate) fn ok(folder: &Path, arguments: &[&str]) -> String {
    let (code, said) = vault(folder, arguments);
    assert_eq!(code, 0, "{arguments:?}: {said}");
    said
}

const COUNTS: &str = r#"
version = 1
dataset = "seu-zaehlung"
source = { title = "SEU", publisher = "Probe", licence = "keine", attribution = "Probe" }
frame = { dataset = "seu" }
[[counts]]
variable = "seu_kinder"
title = "Untersuchte Kinder"
"#;

const TABLES: &str = r#"
version = 1
id = "probe"
title = "Befunde nach Geschlecht"
frame = { dataset = "seu" }
[[tables]]
id = "visuomotorik"
title = "Visuomotorik auffällig"
outcome = "visuomotorik"
case = ["3"]
group = "geschlecht"
exposed = "1"
reference = "2"
"#;

/// A project with a key outside of it and a file of 300 examinations.
pub(crate) fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    assert_eq!(kekiz(path, &["init", "stadt"]).0, 0);
    std::fs::write(path.join("seu.csv"), examinations(300)).unwrap();
    std::fs::write(path.join("adressen.csv"), "Straße;Hausnummer;Gebiet\nRing;1;011\nRing;2;012\n").unwrap();
    std::fs::write(path.join("zaehlung.toml"), COUNTS).unwrap();
    std::fs::write(path.join("tabellen.toml"), TABLES).unwrap();
    folder
}

/// A file of so many examinations.
pub(crate) fn examinations(children: usize) -> String {
    let mut text = String::from(
        "Kind-ID;Vorname;Nachname;Geburtsdatum;Geschlecht;Straße;Hausnummer;Untersuchungsdatum;Visuomotorik;Konfession\n",
    );
    for n in 0..children {
        let sex = if n % 2 == 0 { "w" } else { "m" };
        let finding = if n % 3 == 0 { "auffällig" } else { "unauffällig" };
        writeln!(
            text,
            "K{n};Zoë;{CANARY};{:02}.03.2018;{sex};Ring;{};12.01.2024;{finding};rk",
            1 + n % 28,
            1 + n % 2
        )
        .unwrap();
    }
    text
}

/// No file of the project holds the planted name.
pub(crate) fn no_canary(folder: &Path) {
    let mut open = vec![folder.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).unwrap().flatten() {
            if entry.path().is_dir() {
                open.push(entry.path());
                continue;
            }
            let bytes = std::fs::read(entry.path()).unwrap();
            let found = bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes());
            assert!(!found, "{}", entry.path().display());
        }
    }
}

pub(crate) const IMPORT: [&str; 8] = [
    "import",
    "seu.csv",
    "--schema",
    "schuleingangsuntersuchung",
    "--dataset",
    "seu",
    "--addresses",
    "adressen.csv",
];
