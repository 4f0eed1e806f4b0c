//! `kekiz vault` as a script sees it: the whole way of person records, and no value of a person anywhere.
#![allow(clippy::unwrap_used)]

mod support;

use support::{IMPORT, kekiz, no_canary, ok, project, vault};

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
