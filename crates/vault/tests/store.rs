//! Datasets in the vault: all or nothing, versioned, checked.
#![allow(clippy::unwrap_used)]

mod support;

use kekiz_base::*;
use kekiz_vault::{Vault, VaultError};
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use support::{Row, append, check_message, import, info, names, value};
use tempfile::TempDir;

fn vault() -> (TempDir, Vault) {
    let dir = TempDir::new().unwrap();
    let vault = Vault::create(&dir.path().join("vault")).unwrap();
    (dir, vault)
}

fn key(area: &str, year: i16, group: &str) -> FigureKey {
    (AreaKey::new(area), Period::Year(year), GroupId::new(group))
}

const ROWS: [Row<'static>; 6] = [
    ("01", 2020, "bev", "insgesamt", Observation::Value(12.0, Annotation::None)),
    ("01", 2021, "bev", "w", Observation::Value(-0.0, Annotation::Revised)),
    ("02", 2020, "bev", "insgesamt", Observation::Missing(Mark::UnknownOrSecret)),
    ("02", 2020, "sgb2", "insgesamt", Observation::Missing(Mark::Empty)),
    ("03", 2020, "sgb2", "insgesamt", Observation::Value(0.5, Annotation::LessThanHalf)),
    ("03", 2021, "sgb2", "insgesamt", Observation::Missing(Mark::Blocked)),
];

#[test]
fn figures_come_back_as_they_were() {
    let (_dir, vault) = vault();
    let dataset = import(&vault, "probe", &ROWS).unwrap();
    assert_eq!((dataset.version, dataset.rows), (1, 6));
    assert_eq!(dataset.variables.into_iter().collect::<Vec<_>>(), [("bev".into(), 3), ("sgb2".into(), 3)]);
    let reopened = Vault::open(vault.dir()).unwrap();
    assert_eq!(reopened.datasets(), vault.datasets());
    let figures = reopened.figures(&["bev", "sgb2"]).unwrap();
    for (area, year, variable, group, observation) in ROWS {
        assert!(figures.get(variable, &key(area, year, group)) == observation, "{variable} {area} {year}");
    }
    assert_eq!(figures.of("bev").map(|cells| cells.len()), Some(3));
    assert_eq!(figures.origins("bev")[0].info, info("probe"));
    let only = reopened.figures(&["sgb2"]).unwrap();
    assert!(only.of("bev").is_none(), "what was not asked for is not read");
}

#[test]
fn versions_supersede_and_stay() {
    let (_dir, vault) = vault();
    let first = import(&vault, "probe", &ROWS).unwrap();
    assert_eq!(import(&vault, "probe", &ROWS).unwrap(), first, "the same rows are no new version");
    let second = import(&vault, "probe", &[("01", 2020, "bev", "insgesamt", value(13.0))]).unwrap();
    assert_eq!(second.version, 2);
    assert_ne!(second.digest, first.digest);
    assert_eq!(vault.versions("probe"), [first, second.clone()]);
    assert_eq!(vault.datasets(), [second]);
    let figures = vault.figures(&["bev"]).unwrap();
    assert!(figures.get("bev", &key("01", 2020, "insgesamt")) == value(13.0));
    assert!(vault.figures(&["sgb2"]).is_err(), "the superseded version is not read");
    vault.remove("probe").unwrap();
    assert!(vault.datasets().is_empty() && names(&vault, "datasets").is_empty());
    assert!(vault.remove("probe").unwrap_err().to_string().contains("nicht vorhanden"));
}

#[test]
fn a_dropped_writer_leaves_nothing() {
    let (_dir, vault) = vault();
    let mut writer = vault.begin(info("probe")).unwrap();
    append(&mut writer, &ROWS, 2).unwrap();
    assert_eq!(names(&vault, "incoming").len(), 1);
    drop(writer);
    assert!(names(&vault, "incoming").is_empty() && vault.datasets().is_empty());
    check_message(&vault.begin(info("leer")).unwrap().commit().unwrap_err(), "keine Zeilen");
    check_message(&vault.begin(info("../x")).err().unwrap(), "kein Name");
    assert!(names(&vault, "incoming").is_empty());
    import(&vault, "probe", &ROWS).unwrap();
}

#[test]
fn two_writers_do_not_meet() {
    let (_dir, vault) = vault();
    let mut writer = vault.begin(info("probe")).unwrap();
    let other = Vault::open(vault.dir()).unwrap();
    assert_eq!(names(&vault, "incoming").len(), 1, "opening does not disturb who is writing");
    check_message(&other.begin(info("andere")).err().unwrap(), "anderer Vorgang");
    check_message(&other.remove("probe").unwrap_err(), "anderer Vorgang");
    append(&mut writer, &ROWS, 100).unwrap();
    writer.commit().unwrap();
    other.figures(&["bev"]).unwrap();
    assert_eq!(other.datasets().len(), 1, "asking for figures sees what others wrote");
}

#[test]
fn contradictions_are_named_without_values() {
    let cell = |observation| [("01", 2020, "bev", "insgesamt", observation)];
    let missing = |mark| Observation::Missing(mark);
    let cases = [
        (value(4711.0), value(4711.0), true),
        (value(4711.0), value(4712.0), false),
        (value(4711.0), Observation::Value(4711.0, Annotation::Revised), false),
        (value(4711.0), missing(Mark::UnknownOrSecret), false),
        (value(4711.0), missing(Mark::Empty), true),
        (missing(Mark::Empty), value(4711.0), true),
    ];
    for (first, second, agree) in cases {
        let (_dir, vault) = vault();
        import(&vault, "a", &cell(first)).unwrap();
        import(&vault, "b", &cell(second)).unwrap();
        import(&vault, "c", &ROWS[4..]).unwrap();
        match vault.figures(&["bev"]) {
            Ok(figures) => {
                assert!(agree);
                assert!(figures.get("bev", &key("01", 2020, "insgesamt")) == value(4711.0));
                assert_eq!(figures.origins("bev").len(), 2);
            }
            Err(error) => {
                assert!(!agree);
                check_message(&error, "„bev“ in „a“ und „b“: 1 Zelle, zuerst Gebiet 01, Zeitraum 2020");
                assert!(!error.to_string().contains("471"), "no value in a message");
            }
        }
        assert!(vault.figures(&["sgb2"]).is_ok(), "other variables are not touched");
    }
    let (_dir, vault) = vault();
    let twice = [("01", 2020, "bev", "w", value(1.0)), ("01", 2020, "bev", "w", value(2.0))];
    import(&vault, "a", &twice).unwrap();
    check_message(&vault.figures(&["bev"]).err().unwrap(), "in „a“: 1 Zelle");
}

#[test]
fn unknown_variables_are_named_with_what_there_is() {
    let (_dir, vault) = vault();
    import(&vault, "probe", &ROWS).unwrap();
    let error = vault.figures(&["bev", "fehlt", "auch"]).err().unwrap();
    check_message(&error, "„auch“, „fehlt“");
    assert!(error.to_string().contains("Vorhanden: „bev“, „sgb2“"), "{error}");
}

#[test]
fn impossible_rows_are_refused() {
    let good = || {
        let mut dictionaries = FigureDictionaries::default();
        dictionaries.areas.number(&"01".into());
        dictionaries.periods.number(&Period::Year(2020));
        dictionaries.variables.number(&"bev".into());
        dictionaries.groups.number(&GroupId::total());
        let mut batch = FigureBatch::default();
        batch.push(0, 0, 0, 0, value(1.0));
        batch.push(0, 0, 0, 0, value(1.0));
        (batch, dictionaries)
    };
    type Spoil = fn(&mut FigureBatch);
    let cases: [(Spoil, &str); 5] = [
        (|batch| batch.area[1] = u32::MAX, "ab 2 des Imports"),
        (|batch| batch.group[0] = 1, "Wörterbuch"),
        (|batch| batch.period.truncate(1), "verschieden lang"),
        (|batch| batch.observation[1] = value(f64::NAN), "keine endliche Zahl"),
        (|batch| batch.observation[0] = value(f64::INFINITY), "keine endliche Zahl"),
    ];
    for (spoil, part) in cases {
        let (_dir, vault) = vault();
        let (mut batch, dictionaries) = good();
        spoil(&mut batch);
        let mut writer = vault.begin(info("probe")).unwrap();
        check_message(&writer.append(&batch, &dictionaries).unwrap_err(), part);
    }
}

#[test]
fn the_digest_belongs_to_the_rows() {
    let (_dir, vault) = vault();
    let digest = |id: &str, rows: &[Row<'_>], batch_rows| {
        let mut writer = vault.begin(info(id)).unwrap();
        append(&mut writer, rows, batch_rows).unwrap();
        writer.commit().unwrap().digest
    };
    let whole = digest("a", &ROWS, 100);
    assert_eq!(digest("b", &ROWS, 1), whole, "batches do not matter");
    let mut swapped = ROWS;
    swapped.swap(0, 4);
    assert_ne!(digest("c", &swapped, 100), whole, "the order of the file does");
    let mut other = ROWS;
    other[2].4 = Observation::Missing(Mark::Later);
    assert_ne!(digest("d", &other, 100), whole);
    let mut renamed = ROWS;
    renamed[0].0 = "011";
    assert_ne!(digest("e", &renamed, 100), whole);
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_enter() {
    use std::os::unix::fs::PermissionsExt;
    let (_dir, vault) = vault();
    import(&vault, "probe", &ROWS).unwrap();
    let mut stack = vec![vault.dir().to_path_buf()];
    let mut files = 0;
    while let Some(path) = stack.pop() {
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        if path.is_dir() {
            assert_eq!(mode, 0o700, "{}", path.display());
            stack.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            assert_eq!(mode, 0o600, "{}", path.display());
            files += 1;
        }
    }
    assert_eq!(files, 3, "lock, manifest and one dataset");
}

#[test]
fn a_missing_or_doubled_vault_is_said() {
    let (dir, vault) = vault();
    let open = |path: &Path| Vault::open(path).err().unwrap();
    check_message(&open(&dir.path().join("fehlt")), "kein geschützter Bestand");
    check_message(&Vault::create(vault.dir()).err().unwrap(), "schon ein geschützter Bestand");
    let file = dir.path().join("datei");
    fs::write(&file, "").unwrap();
    check_message(&Vault::create(&file.join("x")).err().unwrap(), "Datei statt eines Ordners");
    import(&vault, "probe", &ROWS).unwrap();
    let manifest = vault.dir().join("manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    for (found, replaced, part) in [
        ("\"version\": 1,\n  \"datasets\"", "\"version\": 7,\n  \"datasets\"", "neuere Fassung"),
        ("\"file\": \"", "\"file\": \"../", "keine Prüfsumme"),
        ("\"rows\"", "\"zeilen\"", "beschädigt"),
    ] {
        assert!(text.contains(found), "{found} in {text}");
        fs::write(&manifest, text.replace(found, replaced)).unwrap();
        check_message(&open(vault.dir()), part);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_that_cannot_be_written_is_said() {
    check_message(&Vault::create(Path::new("/sys/kekiz")).err().unwrap(), "lässt sich nicht anlegen");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn changed_files_are_noticed(at in any::<prop::sample::Index>(), xor in 1..=255u8, cut in any::<bool>()) {
        let (_dir, vault) = vault();
        import(&vault, "probe", &ROWS).unwrap();
        let path = vault.dir().join("datasets").join(&names(&vault, "datasets")[0]);
        let mut bytes = fs::read(&path).unwrap();
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] ^= xor }
        fs::write(&path, bytes).unwrap();
        let error = Vault::open(vault.dir()).unwrap().figures(&["bev"]).err().unwrap();
        let tampered = matches!(error, VaultError::Tampered { .. });
        prop_assert!(tampered);
        check_message(&error, "Prüfsumme");
        // Importing the same again heals it.
        import(&vault, "probe", &ROWS).unwrap();
        prop_assert!(vault.figures(&["bev"]).is_ok());
    }

    #[test]
    fn garbage_manifests_do_not_panic(at in any::<prop::sample::Index>(), with in any::<u8>(), cut in any::<bool>()) {
        let (_dir, vault) = vault();
        import(&vault, "probe", &ROWS).unwrap();
        let path = vault.dir().join("manifest.json");
        let mut bytes = fs::read(&path).unwrap();
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] = with }
        fs::write(&path, bytes).unwrap();
        match Vault::open(vault.dir()) {
            Err(error) => check_message(&error, "manifest.json"),
            Ok(opened) => {
                let _ = opened.figures(&["bev"]);
            }
        }
    }

    #[test]
    fn any_rows_round_trip(rows in prop::collection::vec((0..9u8, 1990..2030i16, 0..3u8, 0..2u8, 0..21u8, -1e9..1e9f64), 1..200)) {
        let texts = ["a", "b", "c", "d", "e", "f", "g", "h", "ß"];
        let mut expected = std::collections::BTreeMap::new();
        for (area, year, variable, group, code, number) in rows {
            if let Some(observation) = kekiz_base::figures::observation(code, Some(number)) {
                let (area, variable, group) = (texts[area as usize], texts[variable as usize], texts[group as usize]);
                expected.insert((area, year, variable, group), observation);
            }
        }
        prop_assume!(!expected.is_empty());
        let rows: Vec<Row<'_>> = expected.iter().map(|((a, y, v, g), o)| (*a, *y, *v, *g, *o)).collect();
        let (_dir, vault) = vault();
        let variables = import(&vault, "probe", &rows).unwrap().variables;
        let names: Vec<&str> = variables.keys().map(|name| name.as_str()).collect();
        let figures = vault.figures(&names).unwrap();
        for (area, year, variable, group, observation) in &rows {
            prop_assert!(figures.get(variable, &key(area, *year, group)) == *observation);
        }
        let count: usize = names.iter().filter_map(|name| figures.of(name)).map(|cells| cells.len()).sum();
        prop_assert_eq!(count, rows.len());
    }
}

#[test]
fn dictionaries_made_anew_for_each_batch_are_refused() {
    let (_dir, vault) = vault();
    let mut writer = vault.begin(info("probe")).unwrap();
    support::append(&mut writer, &[("01", 2020, "bev", "a", value(1.0))], 7).unwrap();
    let error = support::append(&mut writer, &[("02", 2021, "bev", "a", value(2.0))], 7).unwrap_err();
    assert!(error.to_string().contains("Wörterbücher"), "{error}");
}
