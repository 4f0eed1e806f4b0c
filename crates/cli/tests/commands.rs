//! The commands as a script sees them: exit codes, messages, JSON.
#![allow(clippy::unwrap_used)]

use assert_cmd::Command;
use std::path::Path;

fn kekiz(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("kekiz").unwrap().current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

const AREAS: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"NR":"01","NAME":"Nord"},"geometry":{"type":"Polygon","coordinates":[[[7.0,51.1],[7.1,51.1],[7.1,51.2],[7.0,51.2],[7.0,51.1]]]}},
{"type":"Feature","properties":{"NR":"02","NAME":"Mitte"},"geometry":{"type":"Polygon","coordinates":[[[7.0,51.0],[7.1,51.0],[7.1,51.1],[7.0,51.1],[7.0,51.0]]]}},
{"type":"Feature","properties":{"NR":"03","NAME":"Süd"},"geometry":{"type":"Polygon","coordinates":[[[7.0,50.9],[7.1,50.9],[7.1,51.0],[7.0,51.0],[7.0,50.9]]]}}]}"#;

const MAPPING: &str = r#"
version = 1
dataset = "kinder"
[source]
title = "Kinder nach Stadtteilen"
publisher = "Stadt Musterstadt"
licence = "dl-de/by-2-0"
attribution = "Stadt Musterstadt, dl-de/by-2-0"
[area]
column = "Stadtteil"
[time]
column = "Jahr"
[[values]]
column = "Kinder"
variable = "bev_u18"
"#;

/// A project with areas and figures, as the README's commands make it.
fn project(table: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    assert_eq!(kekiz(path, &["init", "stadt"]).0, 0);
    std::fs::write(path.join("grenzen.geojson"), AREAS).unwrap();
    std::fs::write(path.join("kinder.csv"), table).unwrap();
    std::fs::write(path.join("kinder.toml"), MAPPING).unwrap();
    let areas = [
        "import",
        "areas",
        "grenzen.geojson",
        "--store",
        "stadt",
        "--geography",
        "stadtteile",
        "--level",
        "stadtteil",
        "--key",
        "NR",
        "--name",
        "NAME",
    ];
    let (code, _, errors) = kekiz(path, &areas);
    assert_eq!(code, 0, "{errors}");
    folder
}

const FIGURES: [&str; 6] = ["import", "figures", "kinder.csv", "--mapping", "kinder.toml", "--store"];

fn import(folder: &Path) -> (i32, String, String) {
    kekiz(folder, &[&FIGURES[..], &["stadt"]].concat())
}

#[test]
fn from_files_to_a_protected_export() {
    let folder = project("Stadtteil;Jahr;Kinder\n01;2024;1.204\n02;2024;3\n03;2024;988\n");
    let path = folder.path();
    assert_eq!(import(path).0, 0);
    let (code, out, errors) = kekiz(path, &["release", "--store", "stadt"]);
    assert_eq!(code, 0, "{out}{errors}");
    let export = [
        "export",
        "kinder-unter-18",
        "--store",
        "stadt",
        "--format",
        "csv",
        "--out",
        "kinder-geschuetzt.csv",
    ];
    assert_eq!(kekiz(path, &export).0, 0);
    let csv = std::fs::read_to_string(path.join("kinder-geschuetzt.csv")).unwrap();
    assert!(csv.contains("1204") && csv.contains("geschuetzt"), "{csv}");
    assert!(!csv.lines().any(|line| line.contains(";02;") && line.contains(";3;")), "{csv}");
    let (code, out, _) = kekiz(path, &["doctor", "--store", "stadt"]);
    assert_eq!(code, 0, "{out}");
    let report = ["report", "sozialbericht", "--store", "stadt", "--area", "01", "--out", "bericht.pdf"];
    let (code, _, errors) = kekiz(path, &report);
    assert_eq!(code, 0, "{errors}");
    assert!(std::fs::read(path.join("bericht.pdf")).unwrap().starts_with(b"%PDF"));
}

#[test]
fn exit_codes_tell_the_kind_of_failure() {
    let folder = project("Stadtteil;Jahr;Kinder\n01;2024;viele\n");
    let path = folder.path();
    let (code, _, errors) = import(path);
    assert_eq!(code, 3, "{errors}");
    assert!(errors.contains("Zeile 2") && errors.contains("Kinder"), "{errors}");
    assert_eq!(kekiz(path, &["release", "--store", "nirgends"]).0, 4);
    assert_eq!(kekiz(path, &["init", "stadt"]).0, 2);
    assert_eq!(kekiz(path, &["tanzen"]).0, 2);
    std::fs::write(path.join("stadt/kekiz.toml"), "version = 1\ntitle = 'x'\nfarbe = 1\n").unwrap();
    let (code, out, errors) = kekiz(path, &["config", "check", "--store", "stadt"]);
    assert_eq!(code, 4, "{out}{errors}");
    assert!(errors.contains("farbe"), "{errors}");
}

#[test]
fn a_store_whose_first_import_was_refused_says_what_is_missing() {
    let folder = project("Stadtteil;Jahr;Kinder\n01;2024;viele\n");
    let path = folder.path();
    assert_eq!(import(path).0, 3);
    for command in ["compute", "release"] {
        let (code, _, errors) = kekiz(path, &[command, "--store", "stadt"]);
        assert_eq!(code, 3, "{errors}");
        assert!(errors.contains("noch keine Zahlen") && errors.contains("kekiz import figures"), "{errors}");
    }
}

#[test]
fn earlier_releases_are_retired_on_record_once_withdrawn() {
    let folder = project("Stadtteil;Jahr;Kinder\n01;2024;1204\n02;2024;611\n03;2024;988\n");
    let path = folder.path();
    assert_eq!(import(path).0, 0);
    assert_eq!(kekiz(path, &["release", "--store", "stadt"]).0, 0);
    let retire = |by: &str| {
        let rest = ["--by", by, "--reason", "einzeln geschützt", "--store", "stadt"];
        kekiz(path, &[&["indicators", "retire", "kinder-unter-18"][..], &rest].concat())
    };
    let (code, _, errors) = retire(" ");
    assert!(code == 3 && errors.contains("--by"), "{errors}");
    let (code, _, errors) = retire("Statistikstelle");
    assert!(code != 0 && errors.contains("noch veröffentlicht"), "{errors}");
    let catalogue = path.join("stadt/katalog/kennzahlen.toml");
    let text = std::fs::read_to_string(&catalogue).unwrap();
    std::fs::write(&catalogue, text.replace("\"kinder-unter-18\"", "\"kinder\"")).unwrap();
    let (code, out, errors) = kekiz(path, &["release", "--store", "stadt"]);
    assert_eq!(code, 0, "{out}{errors}");
    let (code, out, errors) = retire("Statistikstelle");
    assert_eq!(code, 0, "{out}{errors}");
    let manifest = std::fs::read_to_string(path.join("stadt/published/manifest.json")).unwrap();
    assert!(manifest.contains("einzeln geschützt") && manifest.contains("Statistikstelle"), "{manifest}");
}

#[test]
fn machines_get_one_json_object() {
    let folder = project("Stadtteil;Jahr;Kinder\n01;2024;1204\n02;2024;611\n");
    let path = folder.path();
    let (code, out, _) = kekiz(path, &[&["--json"], &FIGURES[..], &["stadt"]].concat());
    assert_eq!(code, 0);
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["result"]["figures"], 2);
    let (code, out, _) = kekiz(path, &["--json", "release", "--store", "nirgends"]);
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, answer["kind"].as_str()), (4, Some("configuration")));
    let (code, out, _) = kekiz(path, &["--json", "release", "--forc"]);
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, answer["kind"].as_str()), (2, Some("usage")));
    std::fs::write(path.join("kinder.csv"), "Stadtteil;Jahr;Kinder\n01;2024;viele\n").unwrap();
    let (code, out, _) = kekiz(path, &[&["--json"], &FIGURES[..], &["stadt"]].concat());
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, answer["findings"].as_array().map(Vec::len)), (3, Some(1)), "{out}");
    std::fs::remove_file(path.join("stadt/katalog/kennzahlen.toml")).unwrap();
    let (code, out, _) = kekiz(path, &["--json", "doctor", "--store", "stadt"]);
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, answer["ok"].as_bool()), (7, Some(false)));
}

#[test]
fn keys_that_lost_their_zeros_find_their_areas() {
    let folder = project("Stadtteil;Jahr;Kinder\n1;2024;1204\n2;2024;611\n9;2024;5\n");
    let path = folder.path();
    let (code, _, errors) = import(path);
    assert_eq!(code, 0, "{errors}");
    assert!(
        errors.contains("aus „1“ wurde „01“") && errors.contains("kein Gebiet eingelesen: 9"),
        "{errors}"
    );
    let (code, out, errors) = kekiz(path, &["compute", "--store", "stadt"]);
    assert_eq!(code, 0, "{errors}");
    assert!(out.contains("2 Werte"), "{out}");
}

#[test]
fn own_keys_that_look_official_are_named() {
    let folder = project("Stadtteil;Jahr;Kinder\n01;2024;1\n");
    let areas = [
        "import",
        "areas",
        "grenzen.geojson",
        "--store",
        "stadt",
        "--geography",
        "Stadt Teile",
        "--level",
        "stadtteil",
        "--key",
        "NR",
        "--name",
        "NAME",
    ];
    let (code, _, errors) = kekiz(folder.path(), &areas);
    assert_eq!(code, 4, "{errors}");
    assert!(errors.contains("„stadt-teile“"), "{errors}");
    let (code, _, errors) = kekiz(folder.path(), &[&areas[..6], &["stadtteile"], &areas[7..]].concat());
    assert_eq!(code, 0, "{errors}");
    assert!(errors.contains("own-key-official") && errors.contains("--key-prefix"), "{errors}");
}

#[test]
fn a_suggested_mapping_can_be_imported() {
    let folder = project("Stadtteil;Jahr;Kinder\n01;2024;1204\n02;2024;611\n");
    let path = folder.path();
    let (code, mapping, _) = kekiz(path, &["import", "figures", "kinder.csv", "--suggest"]);
    assert_eq!(code, 0);
    std::fs::write(path.join("kinder.toml"), mapping).unwrap();
    let (code, _, errors) = import(path);
    assert_eq!(code, 0, "{errors}");
}
