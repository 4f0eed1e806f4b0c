//! `kekiz link` as a script sees it: results, JSON, exit codes, and nothing half written.
#![allow(clippy::unwrap_used)]

use assert_cmd::Command;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

const CANARY: &str = "Kanarienvogel";

fn kekiz(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("kekiz").unwrap().current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (out, errors) = (text(output.stdout), text(output.stderr));
    assert!(!format!("{out}{errors}").contains(CANARY), "{arguments:?}: {out}{errors}");
    (output.status.code().unwrap_or(-1), out, errors)
}

/// The JSON of a command that succeeds.
fn answer(folder: &Path, arguments: &[&str]) -> Value {
    let (code, out, errors) = kekiz(folder, &[arguments, &["--json"]].concat());
    assert_eq!(code, 0, "{arguments:?}: {out}{errors}");
    serde_json::from_str(&out).unwrap()
}

/// Children in two registers: the second has another spelling of the surname and the date in German. Numbers 25 to 39
/// are younger siblings of 0 to 14, number 40 is a twin of number 7.
fn registers(folder: &Path) {
    let first = ["Anna", "Ben", "Clara", "David", "Emil", "Frida", "Georg", "Hanna", "Ida", "Jonas"];
    let family = ["Müller", "Yılmaz", "Kowalski", "Schäfer", "Weiß", "Nguyen", "Öztürk", CANARY];
    let header = "nr;vorname;nachname;geburtsdatum;straße;plz\n";
    let (mut school, mut office) = (header.to_string(), header.to_string());
    for i in 0..41_usize {
        let (home, born) = match i {
            40 => (7, 7),
            25..40 => (i - 25, i),
            _ => (i, i),
        };
        let (given, name) = (first[(i * 7 + i / 10) % 10], family[home * 5 % 8]);
        let (year, month, day) = (2012 + born / 25 * 3 + born % 3, 1 + born * 5 % 12, 1 + born * 11 % 28);
        let plain = name.replace('ü', "ue").replace('ä', "ae").replace('Ö', "Oe").replace('ß', "ss");
        let (street, code) = (home * 3 % 23, 47_000 + home * 13);
        writeln!(school, "s{i};{given};{name};{year}-{month:02}-{day:02};Ringstraße {street};{code}")
            .unwrap();
        writeln!(office, "j{i};{given};{plain};{day}.{month}.{year};Ringstr. {street};{code}").unwrap();
    }
    std::fs::write(folder.join("schule.csv"), &school).unwrap();
    std::fs::write(folder.join("amt.csv"), &office).unwrap();
    std::fs::write(folder.join("beide.csv"), school + office.strip_prefix(header).unwrap()).unwrap();
}

fn prepared() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    registers(folder.path());
    let model =
        answer(folder.path(), &["link", "model", "--suggest", "beide.csv", "--id", "nr", "--out", "m.toml"]);
    assert_eq!((&model["ok"], &model["out"]), (&true.into(), &"m.toml".into()));
    folder
}

/// Files of a folder with their bytes, unfinished ones too.
fn state(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    entries
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).unwrap()))
        .collect()
}

/// What does not depend on the machine.
fn lasting(mut answer: Value) -> Value {
    let object = answer.as_object_mut().unwrap();
    for name in ["timings", "seconds", "peak_memory_bytes", "out"] {
        assert!(object.remove(name).is_some_and(|value| !value.is_null()), "{name}");
    }
    answer
}

#[test]
fn duplicates_become_persons_and_the_json_says_how() {
    let folder = prepared();
    let path = folder.path();
    let run = |threads: &str| {
        let arguments = ["link", "dedupe", "beide.csv", "--id", "nr", "--model", "m.toml", "--seed", "1"];
        let results = ["--out", "p.csv", "--links", "l.csv", "--trained", "t.toml", "--threads", threads];
        let answer = answer(path, &[&arguments[..], &results].concat());
        let files =
            ["p.csv", "l.csv", "t.toml"].map(|name| std::fs::read_to_string(path.join(name)).unwrap());
        (lasting(answer), files)
    };
    let (one, files) = run("1");
    assert_eq!(run("2"), (one.clone(), files.clone()), "1 thread = 2 threads");
    let [persons, links, trained] = files;
    let mut lines = persons.lines();
    assert_eq!(lines.next(), Some("id,cluster"));
    let person: BTreeMap<&str, &str> = lines.filter_map(|line| line.split_once(',')).collect();
    assert_eq!(person.len(), 82);
    for i in 0..41 {
        assert_eq!(person[format!("s{i}").as_str()], person[format!("j{i}").as_str()], "child {i}");
    }
    assert_ne!(person["s7"], person["s40"], "twins are two persons");
    assert!(links.starts_with("left,right,match_weight,match_probability\ns0,j0,"), "{links}");
    assert_eq!((&one["ok"], &one["records"], &one["clusters"]), (&true.into(), &[82].into(), &41.into()));
    let rules = one["rules"].as_array().unwrap();
    assert!(!rules.is_empty() && rules.iter().all(|rule| rule["pairs"].is_u64() && rule["rule"].is_string()));
    assert_eq!(
        rules.iter().filter_map(|rule| rule["compared"].as_u64()).sum::<u64>(),
        one["compared"].as_u64().unwrap()
    );
    for name in ["estimate", "charts"] {
        assert!(one[name].is_object(), "{name}");
    }
    let likelihood: Vec<f64> =
        serde_json::from_value(one["estimate"]["convergence"]["log_likelihood"].clone()).unwrap();
    assert!(
        likelihood.len() > 1 && likelihood.windows(2).all(|pair| pair[1] >= pair[0] - 1e-6),
        "{likelihood:?}"
    );
    // What was learned is a model by itself, and nobody is in it.
    assert!(!trained.contains(CANARY.to_lowercase().as_str()) && trained.contains("version = 1"));
    let again = answer(
        path,
        &["link", "dedupe", "beide.csv", "--id", "nr", "--model", "t.toml", "--out", "wieder.csv"],
    );
    assert_eq!(again["clusters"], 41);
    assert_eq!(std::fs::read_to_string(path.join("wieder.csv")).unwrap(), persons);
}

#[test]
fn files_are_linked_one_to_one() {
    let folder = prepared();
    let path = folder.path();
    let run = |threads: &str| {
        let arguments = ["link", "files", "schule.csv", "amt.csv", "--id", "nr", "--model", "m.toml"];
        let more = ["--partners", "one-to-one", "--seed", "1", "--threads", threads, "--out", "l.csv"];
        let answer = answer(path, &[&arguments[..], &more].concat());
        (lasting(answer), std::fs::read_to_string(path.join("l.csv")).unwrap())
    };
    let (one, links) = run("1");
    assert_eq!(run("2"), (one.clone(), links.clone()), "1 thread = 2 threads");
    assert_eq!(one["records"], Value::from([41, 41].to_vec()));
    let rows: Vec<Vec<&str>> = links.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows[0], ["left", "right", "match_weight", "match_probability"]);
    let mut found: Vec<(&str, &str)> = rows[1..].iter().map(|row| (&row[0][1..], &row[1][1..])).collect();
    found.sort_unstable();
    let mut wanted: Vec<String> = (0..41).map(|i| i.to_string()).collect();
    wanted.sort_unstable();
    assert!(found.iter().zip(&wanted).all(|((a, b), c)| a == c && b == c) && found.len() == 41, "{links}");
    for row in &rows[1..] {
        let number = |at: usize| row[at].parse::<f64>().unwrap();
        // Log odds and probability are one number.
        assert!((number(3) - 1.0 / (1.0 + (-number(2)).exp2())).abs() < 1e-4, "{row:?}");
    }
}

#[test]
fn a_model_is_written_or_shown() {
    let folder = prepared();
    let written = std::fs::read_to_string(folder.path().join("m.toml")).unwrap();
    let arguments = ["link", "model", "--suggest", "beide.csv", "--id", "nr"];
    let (code, shown, _) = kekiz(folder.path(), &arguments);
    assert_eq!((code, &shown), (0, &written));
    assert_eq!(answer(folder.path(), &arguments)["model"].as_str(), Some(written.as_str()));
    assert!(written.contains("household = true") && !written.contains("from = [\"nr\"]"), "{written}");
}

#[test]
fn bad_inputs_are_refused_with_a_remedy_and_leave_everything_as_it_was() {
    let folder = prepared();
    let path = folder.path();
    let model = std::fs::read_to_string(path.join("m.toml")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(path.join(name), text).unwrap();
    write("leer.csv", "");
    write("fremd.toml", &model.replace("\"nachname\"", "\"familienname\""));
    write("kaputt.toml", &model.replace("version = 1", "version = 1\nversion ="));
    write("neu.toml", &model.replace("version = 1", "version = 99"));
    let school = std::fs::read_to_string(path.join("schule.csv")).unwrap();
    write("doppelt.csv", &school.replace("s3;", "s2;"));
    write("halb.csv", &school[..school.len() - 20]);
    write("ohne.csv", &school.replace("\ns3;", "\n;"));
    write("da.csv", "war schon da\n");
    let dedupe = |file: &'static str, id: &'static str, model: &'static str| {
        vec![
            "link",
            "dedupe",
            file,
            "--id",
            id,
            "--model",
            model,
            "--out",
            "da.csv",
            "--trained",
            "neu/t.toml",
        ]
    };
    let files = |file: &'static str| {
        vec!["link", "files", file, "amt.csv", "--id", "nr", "--model", "m.toml", "--out", "da.csv"]
    };
    let suggest =
        |file: &'static str| vec!["link", "model", "--suggest", file, "--id", "nr", "--out", "da.csv"];
    for (arguments, code, parts) in [
        (dedupe("beide.csv", "kennung", "m.toml"), 3, &["„kennung“", "vorhanden sind", "--id"][..]),
        (dedupe("doppelt.csv", "nr", "m.toml"), 3, &["doppelt.csv", "Datensätze 3 und 4", "dasselbe"]),
        (dedupe("ohne.csv", "nr", "m.toml"), 3, &["ohne.csv", "Datensatz 4", "fehlt das Kennzeichen"]),
        (dedupe("leer.csv", "nr", "m.toml"), 3, &["leer.csv", "leer"]),
        (dedupe("halb.csv", "nr", "m.toml"), 3, &["halb.csv", "Zeile 42"]),
        (dedupe("beide.csv", "nr", "fremd.toml"), 3, &["„familienname“", "im Modell"]),
        (dedupe("beide.csv", "nr", "kaputt.toml"), 4, &["kaputt.toml"]),
        (dedupe("beide.csv", "nr", "neu.toml"), 4, &["neu.toml", "Version"]),
        (dedupe("beide.csv", "nr", "weg.toml"), 4, &["weg.toml", "fehlt"]),
        (dedupe("weg.csv", "nr", "m.toml"), 3, &["weg.csv", "fehlt"]),
        // Everything is computed, then the folder of one of the results is not there: no result appears.
        (dedupe("beide.csv", "nr", "m.toml"), 6, &["neu/t.toml", "fehlt"]),
        (files("leer.csv"), 3, &["leer.csv", "leer"]),
        (files("doppelt.csv"), 3, &["doppelt.csv", "dasselbe"]),
        (suggest("leer.csv"), 3, &["leer.csv", "leer"]),
        (suggest("da.csv"), 3, &["da.csv"]),
        (vec!["link", "files", "schule.csv", "--out", "da.csv"], 2, &[]),
    ] {
        let before = state(path);
        let (got, out, errors) = kekiz(path, &arguments);
        assert_eq!(got, code, "{arguments:?}: {out}{errors}");
        assert!(parts.iter().all(|part| errors.contains(part)), "{arguments:?}: {errors}");
        assert!(parts.is_empty() || errors.contains("Abhilfe: "), "{arguments:?}: {errors}");
        assert!(state(path) == before, "{arguments:?}: {:?}", state(path).keys());
        if code > 2 {
            let (_, out, _) = kekiz(path, &[&arguments[..], &["--json"]].concat());
            let said: Value = serde_json::from_str(&out).unwrap();
            assert_eq!((&said["ok"], &said["code"]), (&false.into(), &code.into()), "{out}");
        }
    }
}
