//! `protect` on plain files, as a colleague with R or SPSS would call it.
#![allow(clippy::unwrap_used, clippy::panic)]

use kekiz_analyse::{ProtectError, ProtectMethod, ProtectRequest, protect_table, suggest_protection};
use std::fmt::Write as _;
use std::path::Path;
use tempfile::TempDir;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn request(folder: &Path, dims: &str, policy: &str) -> ProtectRequest {
    ProtectRequest {
        table: folder.join("t.csv"),
        policy: policy.into(),
        hierarchies: Some(folder.join("h.toml")).filter(|path| path.exists()),
        dims: dims.split(',').map(String::from).collect(),
        out: folder.join("safe.csv"),
        audit: folder.join("audit.json"),
        seed: 1,
        ..ProtectRequest::default()
    }
}

const HIERARCHY: &str =
    "version = 1\n[[dimensions]]\nname = \"statbez\"\ncolumns = [\"bezirk\", \"ortsteil\"]\n";

/// Records of children: 40 small areas in 8 Ortsteile and 2 Bezirke, ages, sexes; a few small cells.
fn children(without: Option<usize>) -> String {
    let mut text = String::from("bezirk,ortsteil,statbez,age,sex,cost\n");
    let mut number = 0;
    for area in 0..40 {
        for age in 0..4 {
            for sex in ["m", "w"] {
                let count =
                    (area * 7 + age * 5 + sex.len() * 3 + area * age) % 19 + usize::from(sex == "w") * 2;
                for person in 0..count {
                    if without != Some(number) {
                        writeln!(
                            text,
                            "b{},o{},s{area:02},a{age},{sex},{}",
                            area / 20,
                            area / 5,
                            100 + person * 50
                        )
                        .unwrap();
                    }
                    number += 1;
                }
            }
        }
    }
    text
}

fn refusal(request: &ProtectRequest) -> ProtectError {
    protect_table(request).map(|_| ()).unwrap_err()
}

#[test]
fn records_become_a_safe_table_with_margins() {
    let folder = folder(&[("t.csv", &children(None)), ("h.toml", HIERARCHY)]);
    let mut one = request(folder.path(), "statbez,age,sex", "min5");
    one.threads = 1;
    let (audit, _) = protect_table(&one).unwrap();
    let safe = std::fs::read_to_string(&one.out).unwrap();
    let (first_audit, cells) = (std::fs::read(&one.audit).unwrap(), safe.lines().count() - 1);
    assert_eq!(cells, 51 * 5 * 3);
    assert!(safe.starts_with("statbez,age,sex,anzahl,status\n"));
    assert!(safe.contains("insgesamt,insgesamt,insgesamt,"));
    for line in safe.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        match fields[4] {
            "geschuetzt" => assert_eq!(fields[3], "•"),
            _ => assert!(fields[3] == "0" || fields[3].parse::<i64>().unwrap() >= 5, "{line}"),
        }
    }
    let done = &audit["suppression"];
    assert!(done["primary"].as_u64().unwrap() > 20 && done["proven"] == done["primary"]);
    assert_eq!((&done["underprotected"], &done["disclosed"]), (&0.into(), &0.into()));
    let hidden = safe.lines().filter(|line| line.ends_with("geschuetzt")).count() as u64;
    assert_eq!(hidden, done["primary"].as_u64().unwrap() + done["secondary"].as_u64().unwrap());
    let mut many = one.clone();
    many.threads = 4;
    protect_table(&many).unwrap();
    assert_eq!(std::fs::read_to_string(&one.out).unwrap(), safe);
    assert_eq!(std::fs::read(&one.audit).unwrap(), first_audit);
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 4, "{left:?}");
}

#[test]
fn every_method_and_treatment_runs_on_the_same_file() {
    let folder = folder(&[("t.csv", &children(None)), ("h.toml", HIERARCHY), ("key", &"k".repeat(40))]);
    let mut secondary = Vec::new();
    for method in [ProtectMethod::Auto, ProtectMethod::Modular, ProtectMethod::Fast] {
        let mut request = request(folder.path(), "statbez,age,sex", "min5");
        request.method = method;
        secondary.push(protect_table(&request).unwrap().0["suppression"]["loss"].as_u64().unwrap());
    }
    assert!(secondary[0] <= secondary[1] && secondary[0] <= secondary[2], "{secondary:?}");
    let mut costs = request(folder.path(), "statbez,age", "cost");
    costs.response = Some("cost".into());
    let (audit, _) = protect_table(&costs).unwrap();
    assert_eq!(audit["measure"], "cost");
    for (policy, additive) in [("rounding5", false), ("controlled5", true), ("cellkey", false)] {
        let mut request = request(folder.path(), "ortsteil,age,sex", policy);
        request.hierarchies = None;
        request.key = Some(folder.path().join("key"));
        let (audit, _) = protect_table(&request).unwrap();
        let gaps = audit["margins"]["not_additive"].as_u64().unwrap();
        assert_eq!(gaps == 0, additive, "{policy}");
        assert!(audit["note"].as_str().unwrap().contains("Summen"));
    }
}

#[test]
fn a_difference_of_one_person_is_refused() {
    let folder = folder(&[("t.csv", &children(None)), ("h.toml", HIERARCHY)]);
    let history = folder.path().join("history");
    std::fs::create_dir(&history).unwrap();
    let mut first = request(folder.path(), "statbez,age,sex", "min5");
    first.history = Some(history.clone());
    (first.out, first.audit) = (history.join("eins.csv"), history.join("eins.json"));
    protect_table(&first).unwrap();
    // The same table again tells nothing new.
    let mut second = request(folder.path(), "statbez,age,sex", "min5");
    second.history = Some(history.clone());
    protect_table(&second).unwrap();
    // Another table of the same children by area alone: what was shown is known.
    let mut coarser = request(folder.path(), "statbez", "min5");
    coarser.history = Some(history.clone());
    protect_table(&coarser).unwrap();
    // Without one child every margin it was in would tell.
    std::fs::write(folder.path().join("t.csv"), children(Some(100))).unwrap();
    std::fs::remove_file(&second.out).unwrap();
    let refused = refusal(&second);
    assert!(
        matches!(&refused, ProtectError::Refused(text) if text.contains("Gesamtsumme (mit eins.csv)") && text.contains("Abhilfe")),
        "{refused}"
    );
    assert!(!second.out.exists());
}

#[test]
fn overlapping_areas_and_periods_are_compared() {
    let rows = |counts: [u32; 4]| {
        let mut text = String::from("block,ort,raum,n\n");
        for (block, count) in counts.iter().enumerate() {
            writeln!(text, "b{block},o{},r{},{count}", block / 2, usize::from(block == 3)).unwrap();
        }
        text
    };
    let by =
        |column: &str| format!("version = 1\n[[dimensions]]\nname = \"block\"\ncolumns = [\"{column}\"]\n");
    let folder = folder(&[("t.csv", &rows([20, 30, 2, 40])), ("h.toml", &by("ort"))]);
    let history = folder.path().join("history");
    std::fs::create_dir(&history).unwrap();
    let run = |name: &str, period: Option<&str>| {
        let mut request = request(folder.path(), "block", "min5");
        request.count = Some("n".into());
        request.history = Some(history.clone());
        request.period = period.map(String::from);
        (request.out, request.audit) =
            (history.join(format!("{name}.csv")), history.join(format!("{name}.json")));
        protect_table(&request).map(|(audit, _)| audit)
    };
    run("orte", None).unwrap();
    // o0 = b0 + b1 was shown, as were b0 and b1; r0 = b0 + b1 + b2 would tell the two cases of b2.
    std::fs::write(folder.path().join("h.toml"), by("raum")).unwrap();
    let audit = run("raeume", None).unwrap();
    assert!(audit["known_cells"].as_u64().unwrap() >= 3);
    let safe = std::fs::read_to_string(history.join("raeume.csv")).unwrap();
    assert!(safe.contains("r0,•,geschuetzt") && safe.contains("b2,•,geschuetzt"), "{safe}");
    // Three quarters and then the year: the fourth quarter had three cases.
    std::fs::remove_dir_all(&history).unwrap();
    std::fs::create_dir(&history).unwrap();
    for quarter in 1..4 {
        run(&format!("q{quarter}"), Some(&format!("2024-Q{quarter}"))).unwrap();
    }
    std::fs::write(folder.path().join("t.csv"), rows([63, 90, 6, 120])).unwrap();
    let refused = run("jahr", Some("2024")).unwrap_err();
    assert!(matches!(&refused, ProtectError::Refused(text) if text.contains("q1.csv")), "{refused}");
    std::fs::write(folder.path().join("t.csv"), rows([80, 120, 9, 160])).unwrap();
    run("jahr", Some("2024")).unwrap();
}

#[test]
fn hostile_files_are_refused_with_line_column_and_remedy() {
    let listed = "version = 1\n[[dimensions]]\nname = \"ort\"\ncodes = [\"a\", \"b\"]\n";
    for (table, hierarchy, count, parts) in [
        ("ort,n\na,9\nb,x7\n", "", Some("n"), &["Zeile 3", "„n“", "keine Zahl"][..]),
        ("ort,n\na,9\nb,-7\n", "", Some("n"), &["Zeile 3", "keine Anzahl"]),
        ("ort,n\na,9\na,7\n", "", Some("n"), &["Zeile 3", "Zeile 2", "nur einmal"]),
        ("ort,n\na,9\nb,7\ninsgesamt,17\n", "", Some("n"), &["Zeile 4", "nicht die ihrer Teile"]),
        ("ort,n\na,9\ngeheim,7\n", listed, Some("n"), &["Zeile 3", "kennt die Hierarchiedatei nicht"]),
        ("ort,n\na,9\n,7\n", "", Some("n"), &["Zeile 3", "fehlt"]),
        ("ort,n\n", "", Some("n"), &["keine Zeilen"]),
        ("ort,n\na,9\n", "version = 1\nfalsch = 2\n", Some("n"), &["h.toml", "line 2", "docs/formate.md"]),
        ("ort,n\na,9\n", "version = 1\n[[tables]]\ndims = [\"alter\"]\n", Some("n"), &["„alter“", "--dims"]),
    ] {
        let folder = folder(&[("t.csv", table)]);
        if !hierarchy.is_empty() {
            std::fs::write(folder.path().join("h.toml"), hierarchy).unwrap();
        }
        let mut request = request(folder.path(), "ort", "min5");
        request.count = count.map(String::from);
        let text = refusal(&request).to_string();
        assert!(parts.iter().all(|part| text.contains(part)), "{table}: {text}");
        assert!(!text.contains("geheim") && !text.contains("x7"), "{text}");
        assert!(!request.out.exists() && !request.audit.exists());
    }
}

#[test]
fn hierarchies_of_other_columns_are_passed_over_with_a_note() {
    let more = format!(
        "{HIERARCHY}[[dimensions]]\nname = \"plz\"\ncolumns = [\"gibt es nicht\"]\n[[dimensions]]\nname = \"sex\"\n"
    );
    let folder = folder(&[("t.csv", &children(None)), ("h.toml", &more)]);
    let request = request(folder.path(), "statbez,age", "min5");
    let (audit, findings) = protect_table(&request).unwrap();
    let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("„plz“") && said[1].contains("„sex“") && said[1].contains("h.toml"), "{said:?}");
    let codes: Vec<&str> =
        audit["findings"].as_array().unwrap().iter().filter_map(|finding| finding["code"].as_str()).collect();
    assert_eq!(codes, ["hierarchy-left-out"; 2]);
    // The table is the one the file without them gives.
    let safe = std::fs::read_to_string(&request.out).unwrap();
    std::fs::write(folder.path().join("h.toml"), HIERARCHY).unwrap();
    let (audit, _) = protect_table(&request).unwrap();
    assert_eq!(std::fs::read_to_string(&request.out).unwrap(), safe);
    assert_eq!(audit["findings"].as_array().map(Vec::len), Some(0));
}

#[test]
fn given_margins_that_fit_are_taken_and_small_tables_work() {
    let folder = folder(&[("t.csv", "ort,n\na,9\nb,7\ninsgesamt,16\n")]);
    let mut request = request(folder.path(), "ort", "min5");
    request.count = Some("n".into());
    protect_table(&request).unwrap();
    let safe = std::fs::read_to_string(&request.out).unwrap();
    assert_eq!(safe, "ort,n,status\ninsgesamt,16,gezeigt\na,9,gezeigt\nb,7,gezeigt\n");
    std::fs::write(folder.path().join("t.csv"), "ort,n\na,2\n").unwrap();
    protect_table(&request).unwrap();
    let safe = std::fs::read_to_string(&request.out).unwrap();
    assert_eq!(safe, "ort,n,status\ninsgesamt,•,geschuetzt\na,•,geschuetzt\n");
}

#[test]
fn linked_tables_publish_only_their_cells() {
    let hierarchy = format!(
        "{HIERARCHY}[[tables]]\ndims = [\"statbez\", \"age\"]\n[[tables]]\ndims = [\"statbez\", \"sex\"]\n"
    );
    let folder = folder(&[("t.csv", &children(None)), ("h.toml", &hierarchy)]);
    let request = request(folder.path(), "statbez,age,sex", "min5");
    let (audit, _) = protect_table(&request).unwrap();
    let safe = std::fs::read_to_string(&request.out).unwrap();
    assert_eq!(safe.lines().count() - 1, 51 * 5 + 51 * 3 - 51);
    assert!(audit["suppression"]["primary_unpublished"].as_u64().unwrap() > 0);
}

#[test]
fn a_first_policy_and_hierarchy_can_be_used_at_once() {
    let folder = folder(&[("t.csv", &children(None))]);
    let (policy, tree) = (folder.path().join("p.toml"), folder.path().join("h.toml"));
    let found = suggest_protection(&folder.path().join("t.csv"), &policy, &tree).unwrap();
    assert_eq!(found.dims, ["statbez", "age", "sex"]);
    assert_eq!(found.measures, ["cost"]);
    let request = request(folder.path(), &found.dims.join(","), &policy.display().to_string());
    protect_table(&request).unwrap();
    assert!(std::fs::read_to_string(&tree).unwrap().contains("columns = [\"bezirk\", \"ortsteil\"]"));
    assert!(suggest_protection(&folder.path().join("t.csv"), &policy, &tree).is_err());
}
