//! `kekiz vault` as a script sees it: the whole way of person records, and no value of a person anywhere.
#![allow(clippy::unwrap_used)]

use assert_cmd::Command;
use std::fmt::Write;
use std::path::Path;

const CANARY: &str = "Kanarienvogel-Çelik";

fn kekiz(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::cargo_bin("kekiz").unwrap();
    command.current_dir(folder).args(arguments).env("KEKIZ_USER", "ada").env_remove("KEKIZ_KEY");
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(!said.contains(CANARY), "{arguments:?}: {said}");
    (output.status.code().unwrap(), said)
}

fn vault(folder: &Path, arguments: &[&str]) -> (i32, String) {
    kekiz(folder, &[&["vault"], arguments, &["--store", "stadt", "--key", "schluessel.json"]].concat())
}

fn ok(folder: &Path, arguments: &[&str]) -> String {
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

/// A project with a key outside of it and a file of examinations.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    assert_eq!(kekiz(path, &["init", "stadt"]).0, 0);
    let mut text = String::from(
        "Kind-ID;Vorname;Nachname;Geburtsdatum;Geschlecht;Straße;Hausnummer;Untersuchungsdatum;Visuomotorik;Konfession\n",
    );
    for n in 0..300 {
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
    std::fs::write(path.join("seu.csv"), text).unwrap();
    std::fs::write(path.join("adressen.csv"), "Straße;Hausnummer;Gebiet\nRing;1;011\nRing;2;012\n").unwrap();
    std::fs::write(path.join("zaehlung.toml"), COUNTS).unwrap();
    std::fs::write(path.join("tabellen.toml"), TABLES).unwrap();
    folder
}

/// No file of the project holds the planted name.
fn no_canary(folder: &Path) {
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

const IMPORT: [&str; 8] = [
    "import",
    "seu.csv",
    "--schema",
    "schuleingangsuntersuchung",
    "--dataset",
    "seu",
    "--addresses",
    "adressen.csv",
];

#[test]
fn from_a_file_to_protected_tables_and_away_again() {
    let folder = project();
    let path = folder.path();
    assert!(ok(path, &["key", "create"]).contains("Ohne den Schlüssel sind die Daten verloren"));
    let said = ok(path, &IMPORT);
    assert!(said.contains("300 Datensätze") && said.contains("300 mit Gebiet"), "{said}");
    assert!(said.contains("nicht übernommen: „Konfession“"), "{said}");
    assert!(ok(path, &["describe"]).contains("mit Hilfsmerkmalen"));
    assert!(ok(path, &["describe", "seu"]).contains("Visuomotorik"));
    assert!(ok(path, &["compute", "zaehlung.toml"]).contains("seu_kinder"));
    assert!(ok(path, &["analyse", "tabellen.toml"]).contains("Relatives Risiko"));
    ok(path, &["release", "tabellen.toml", "--out", "tabellen.csv"]);
    let csv = std::fs::read_to_string(path.join("tabellen.csv")).unwrap();
    assert!(csv.contains("männlich;50;150;33,3;"), "{csv}");
    assert!(ok(path, &["audit"]).contains("ada"));
    let (code, said) = kekiz(path, &["doctor", "--store", "stadt", "--key", "schluessel.json"]);
    assert!(code == 0 && said.contains("mit dem Schlüssel geprüft"), "{said}");
    assert!(kekiz(path, &["doctor", "--store", "stadt"]).1.contains("nur die Kette geprüft"));
    no_canary(&path.join("stadt"));
    ok(path, &["purge", "--linking", "seu"]);
    assert!(ok(path, &["purge", "--identifier", "seu-kind=K7"]).contains("1 Zeilen"));
    let said = ok(path, &["purge", "--dataset", "seu"]);
    assert!(said.contains("tables-probe-1") && said.contains("figures-seu-zaehlung"), "{said}");
    no_canary(&path.join("stadt"));
}

#[test]
fn keys_are_kept_apart_and_changed() {
    let folder = project();
    let path = folder.path();
    let (code, said) =
        kekiz(path, &["vault", "key", "create", "--store", "stadt", "--key", "stadt/schluessel.json"]);
    assert!(code == 2 && said.contains("bei den Daten"), "{said}");
    ok(path, &["key", "create"]);
    assert_eq!(vault(path, &["key", "create"]).0, 2, "there is one already");
    ok(path, &IMPORT);
    ok(path, &["key", "rotate", "--new-key", "neu.json"]);
    let (code, said) = vault(path, &["describe"]);
    assert!(code == 4 && said.contains("passt nicht zu diesem Bestand"), "{said}");
    let (code, said) = kekiz(path, &["vault", "describe", "--store", "stadt", "--key", "neu.json"]);
    assert!(code == 0 && said.contains("300"), "{said}");
    std::fs::write(path.join("kennwort"), "vier Wörter im Umschlag\n").unwrap();
    let sealed =
        ["--passphrase", "--passphrase-file", "kennwort", "--new-key", "stadt/zu.json", "--key", "neu.json"];
    let (code, said) = kekiz(path, &[&["vault", "key", "rotate", "--store", "stadt"], &sealed[..]].concat());
    assert_eq!(code, 0, "a sealed key may lie with the data: {said}");
    let open = ["--key", "stadt/zu.json", "--passphrase-file", "kennwort"];
    assert_eq!(kekiz(path, &[&["vault", "describe", "--store", "stadt"], &open[..]].concat()).0, 0);
    std::fs::write(path.join("kennwort"), "falsch geraten, leider\n").unwrap();
    let (code, said) = kekiz(path, &[&["vault", "describe", "--store", "stadt"], &open[..]].concat());
    assert!(code == 4 && said.contains("Kennwort ist falsch"), "{said}");
}

#[test]
fn what_goes_wrong_is_said_with_a_remedy_and_a_code() {
    let folder = project();
    let path = folder.path();
    let (code, said) = vault(path, &["describe"]);
    assert!(code == 6 && said.contains("schluessel.json") && said.contains("Abhilfe"), "{code} {said}");
    ok(path, &["key", "create"]);
    let (code, said) = vault(path, &["import", "seu.csv", "--schema", "kita", "--dataset", "kita"]);
    assert!(code == 3 && said.contains("„Kita“ fehlt") && said.contains("nichts geändert"), "{code} {said}");
    let (code, said) = vault(path, &["import", "seu.csv", "--schema", "gibtesnicht", "--dataset", "x"]);
    assert!(code == 4 && said.contains("vorhanden sind"), "{said}");
    let (code, said) = vault(path, &["compute", "zaehlung.toml"]);
    assert!(
        code == 2 && said.contains("„seu“ ist im verschlüsselten Bestand nicht vorhanden"),
        "{code} {said}"
    );
    let (code, said) = vault(path, &["purge"]);
    assert_eq!(code, 2, "{said}");
    let log = path.join("stadt/strongbox/audit.log");
    ok(path, &IMPORT);
    let text = std::fs::read_to_string(&log).unwrap();
    std::fs::write(&log, text.replacen("ada", "eva", 1)).unwrap();
    let (code, said) = kekiz(path, &["doctor", "--store", "stadt"]);
    assert!(code == 7 && said.contains("geändert, eingefügt oder gelöscht"), "{code} {said}");
    let (_, said) = vault(path, &["describe", "--json"]);
    assert!(said.starts_with('{'), "{said}");
}
