//! Commands on files: what goes in, what comes out, what is refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use kekiz_link::{
    AddRequest, Cardinality, CompareRequest, DedupeRequest, EncodeRequest, EvaluateRequest, FilesRequest,
    LinkFileError, RunSettings, SuggestRequest, add, compare_encoded, dedupe, encode, evaluate, link_files,
    suggest_model,
};
use std::path::{Path, PathBuf};

/// Made-up children, two records each: the second with an umlaut written out and the date in German.
fn register(folder: &Path) -> PathBuf {
    let mut text = String::from("nr;Vorname;Nachname;Geburtsdatum;Straße;PLZ;person\n");
    let first = ["Anna", "Ben", "Clara", "David", "Emil", "Frida", "Georg", "Hanna"];
    let family = ["Müller", "Yılmaz", "Kowalski", "Schäfer", "Weiß", "Nguyen", "Öztürk"];
    for i in 0..60_usize {
        let hash =
            |what: &str, below: u64| (kekiz_linkage::stable_hash(&format!("{what}{i}")) % below) as usize;
        let (given, name) = (first[hash("a", 8)], family[hash("b", 7)]);
        let (year, month, day) = (2005 + hash("y", 14), 1 + hash("m", 12), 1 + hash("d", 28));
        let plain = name.replace('ü', "ue").replace('ä', "ae").replace('Ö', "Oe").replace('ß', "ss");
        text += &format!("a{i};{given};{name};{year}-{month:02}-{day:02};Ringstraße {i};47{i:03};{i}\n");
        text += &format!("b{i};{given};{plain};{day}.{month}.{year};Ringstr. {i};47{i:03};{i}\n");
    }
    let path = folder.join("kinder.csv");
    std::fs::write(&path, text).unwrap();
    path
}

fn settings(id: &str) -> RunSettings {
    RunSettings { id: Some(id.into()), seed: 1, ..RunSettings::default() }
}

#[test]
fn from_a_suggested_model_to_measured_clusters() {
    let folder = tempfile::tempdir().unwrap();
    let file = register(folder.path());
    let model = folder.path().join("modell.toml");
    let request = SuggestRequest { file: file.clone(), id: Some("nr".into()), out: Some(model.clone()) };
    let text = suggest_model(&request).unwrap();
    assert!(text.contains("# nicht verwendet: person") && text.contains("from = [\"Straße\"]"), "{text}");
    let out = folder.path().join("personen.csv");
    let links = folder.path().join("links.csv");
    let trained = folder.path().join("gelernt.toml");
    let settings = RunSettings { model: Some(model), trained: Some(trained.clone()), ..settings("nr") };
    let request =
        DedupeRequest { file: file.clone(), settings, out: out.clone(), links: Some(links.clone()) };
    let report = dedupe(&request).unwrap();
    assert_eq!(report.records, [120]);
    assert_eq!(report.clusters, Some(60));
    let bytes = std::fs::read(&out).unwrap();
    assert!(bytes.starts_with(b"id,cluster\na0,1\nb0,1\na1,2\n"));
    // Nothing of a person is in what is written or reported.
    let said = serde_json::to_string(&report).unwrap();
    for path in [&out, &links] {
        let text = std::fs::read_to_string(path).unwrap() + &said;
        assert!(
            ["Anna", "anna", "Müller", "mueller", "Ringstr", "2010"].iter().all(|word| !text.contains(word))
        );
    }
    // The trained model gives the same persons, on any number of threads.
    for threads in [1, 4] {
        let settings = RunSettings {
            model: Some(trained.clone()),
            threads,
            ..RunSettings { id: Some("nr".into()), ..RunSettings::default() }
        };
        let again = folder.path().join("wieder.csv");
        dedupe(&DedupeRequest { file: file.clone(), settings, out: again.clone(), links: None }).unwrap();
        assert_eq!(std::fs::read(again).unwrap(), bytes);
    }
    let request = EvaluateRequest {
        files: vec![file],
        id: Some("nr".into()),
        truth: "person".into(),
        clusters: Some(out),
        links: Some(links),
    };
    let found = evaluate(&request).unwrap();
    assert_eq!(found.clusters.unwrap().f1, Some(1.0));
    assert_eq!(found.true_pairs, 60);
}

#[test]
fn files_are_linked_added_and_compared_without_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let all = std::fs::read_to_string(register(folder.path())).unwrap();
    let part = |name: &str, letter: char| {
        let kept = all.lines().enumerate().filter(|(at, line)| *at == 0 || line.starts_with(letter));
        let text: Vec<&str> = kept.map(|(_, line)| line).collect();
        std::fs::write(path(name), text.join("\n")).unwrap();
        path(name)
    };
    let (left, right) = (part("a.csv", 'a'), part("b.csv", 'b'));
    let model = path("modell.toml");
    suggest_model(&SuggestRequest {
        file: path("kinder.csv"),
        id: Some("nr".into()),
        out: Some(model.clone()),
    })
    .unwrap();
    let settings = RunSettings { model: Some(model.clone()), ..settings("nr") };
    let request = FilesRequest {
        files: vec![left.clone(), right.clone()],
        settings: settings.clone(),
        cardinality: Cardinality::OneToOne,
        out: path("links.csv"),
    };
    let report = link_files(&request).unwrap();
    assert_eq!((report.linked, report.records.clone()), (60, vec![60, 60]));
    let text = std::fs::read_to_string(path("links.csv")).unwrap();
    assert!(text.starts_with("left,right,match_weight,match_probability\na0,b0,"), "{text}");

    std::fs::write(
        path("alt.csv"),
        (0..60).fold("id,cluster\n".to_string(), |t, i| format!("{t}a{i},{}\n", i + 7)),
    )
    .unwrap();
    let request = AddRequest {
        file: left.clone(),
        clusters: path("alt.csv"),
        new: right.clone(),
        settings: settings.clone(),
        out: path("neu.csv"),
    };
    add(&request).unwrap();
    let wanted = (0..60).fold("id,cluster\n".to_string(), |t, i| format!("{t}b{i},{}\n", i + 7));
    assert_eq!(std::fs::read_to_string(path("neu.csv")).unwrap(), wanted);

    std::fs::write(path("schluessel.txt"), "ein gemeinsames Geheimnis").unwrap();
    for (file, out) in [(&left, "code-a.csv"), (&right, "code-b.csv")] {
        let request = EncodeRequest {
            file: file.clone(),
            id: Some("nr".into()),
            model: model.clone(),
            key: path("schluessel.txt"),
            threads: 0,
            out: path(out),
        };
        encode(&request).unwrap();
    }
    let request = CompareRequest {
        files: [path("code-a.csv"), path("code-b.csv")],
        threshold: 0.75,
        recall: None,
        one_to_one: true,
        threads: 0,
        out: path("codes.csv"),
    };
    let report = compare_encoded(&request).unwrap();
    assert_eq!(report.compared, 3_600);
    let text = std::fs::read_to_string(path("codes.csv")).unwrap();
    let right_ones = text.lines().skip(1).filter(|line| {
        let mut fields = line.split(',');
        fields.next().map(|id| &id[1..]) == fields.next().map(|id| &id[1..])
    });
    assert!(right_ones.count() == report.linked && report.linked > 50, "{text}");
}

#[test]
fn what_cannot_be_used_is_refused_with_place_and_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let header = "nr,vorname,nachname,geburtsdatum\n";
    for (name, text) in [
        ("leer.csv", ""),
        ("felder.csv", "nr,vorname,nachname,geburtsdatum\n1,Anna\n"),
        ("doppelt.csv", "nr,vorname,nachname,geburtsdatum\n1,Anna,Weiß,2014-03-09\n1,Ben,Weiß,2014-03-09\n"),
        ("ohne.csv", "nr,vorname,nachname,geburtsdatum\n,Anna,Weiß,2014-03-09\n"),
        ("fremd.csv", "nr,wert\n1,2\n"),
        ("halb.parquet", "PAR1nichts"),
        ("zeichen.csv", "nr,vorname\n1,A\0\n"),
    ] {
        std::fs::write(path(name), text).unwrap();
        let request =
            DedupeRequest { file: path(name), settings: settings("nr"), out: path("aus.csv"), links: None };
        let error = dedupe(&request).unwrap_err();
        let said = error.to_string();
        assert!(matches!(error, LinkFileError::Input(_)), "{name}: {said}");
        assert!(said.contains("Abhilfe") && said.contains(name) && !said.contains("Anna"), "{name}: {said}");
        assert!(!path("aus.csv").exists(), "{name}");
    }
    let gone =
        DedupeRequest { file: path("weg.csv"), settings: settings("nr"), out: path("aus.csv"), links: None };
    assert!(dedupe(&gone).unwrap_err().to_string().contains("fehlt. Abhilfe"));
    // A header alone, and one record, are no error.
    for (text, persons) in [(header.to_string(), 0), (format!("{header}1,Anna,Weiß,2014-03-09\n"), 1)] {
        std::fs::write(path("eins.csv"), text).unwrap();
        std::fs::write(path("modell.toml"), MODEL).unwrap();
        let settings = RunSettings { model: Some(path("modell.toml")), ..settings("nr") };
        let request = DedupeRequest { file: path("eins.csv"), settings, out: path("aus.csv"), links: None };
        assert_eq!(dedupe(&request).unwrap().clusters, Some(persons));
    }
    std::fs::write(path("modell.toml"), MODEL.replace("version = 1", "version = 9")).unwrap();
    let settings = RunSettings { model: Some(path("modell.toml")), ..settings("nr") };
    let request = DedupeRequest { file: path("eins.csv"), settings, out: path("aus.csv"), links: None };
    assert!(matches!(dedupe(&request).unwrap_err(), LinkFileError::Model(_)));
}

#[test]
fn latin_1_and_quotes_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("alt.csv");
    let text =
        "id;vorname;nachname;geburtsdatum\n\"x;1\";\"Jörg\";Groß;1.2.2010\nx2;Joerg;Gross;2010-02-01\n";
    let bytes: Vec<u8> = text.chars().map(|c| c as u8).collect();
    std::fs::write(&file, bytes).unwrap();
    std::fs::write(folder.path().join("m.toml"), MODEL).unwrap();
    let out = folder.path().join("aus.csv");
    let settings = RunSettings { model: Some(folder.path().join("m.toml")), ..settings("id") };
    dedupe(&DedupeRequest { file, settings, out: out.clone(), links: None }).unwrap();
    assert_eq!(std::fs::read_to_string(out).unwrap(), "id,cluster\nx;1,1\nx2,1\n");
}

const MODEL: &str = r#"
version = 1
[[column]]
name = "first_name"
from = ["vorname"]
kind = "first_name"
[[column]]
name = "surname"
from = ["nachname"]
kind = "surname"
[[column]]
name = "birth"
from = ["geburtsdatum"]
kind = "date"
[[blocking]]
keys = []
[[comparison]]
column = "first_name"
level = [{ test = "exact", m = 0.9, u = 0.01 }]
else = { m = 0.1, u = 0.99 }
[[comparison]]
column = "surname"
level = [{ test = "exact", m = 0.9, u = 0.01 }]
else = { m = 0.1, u = 0.99 }
[[comparison]]
column = "birth"
level = [{ test = "exact", m = 0.95, u = 0.0001 }]
else = { m = 0.05, u = 0.9999 }
[prior]
match = 0.01
"#;
