//! What goes into the public root comes out of it, unchanged or not at all.
#![allow(clippy::unwrap_used)]

mod support;

use kekiz_base::{Cell, GeographyId, GroupId, Level, Period};
use kekiz_disclosure::History;
use kekiz_disk::{Access, Lock};
use kekiz_lake::{FacilityLayer, LakeError, Published, SiteInfo};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use support::{id, layer, release, schools};
use tempfile::TempDir;

fn store() -> (TempDir, Published) {
    let dir = TempDir::new().unwrap();
    let published = Published::create(&dir.path().join("published")).unwrap();
    (dir, published)
}

fn objects(published: &Published) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(published.dir().join("objects")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// A message for a person: German, with a remedy.
fn check_message(error: &LakeError, part: &str) {
    let text = error.to_string();
    assert!(text.contains(part) && text.contains("Abhilfe"), "{text}");
}

#[test]
fn a_release_comes_back_as_it_was() {
    let (_dir, published) = store();
    let release = release("kinderarmut", 3);
    published.add(&release).unwrap();
    let reopened = Published::open(published.dir()).unwrap();
    let found = reopened.get(&id("kinderarmut")).unwrap();
    assert_eq!(found.meta, *release.meta());
    assert_eq!(found.cells, release.cells());
    assert_eq!(found.periods, release.periods());
    assert_eq!(found.groups, release.groups());
    assert!(found.areas.iter().eq(release.areas().iter().map(|area| &area.key)));
    assert_eq!(found.geographies, [GeographyId::new("probe-stadtteil")]);
    assert_eq!(found.receipt, release.receipt().digest());
    assert_eq!(found.protection.suppressed, release.protection().suppressed);
    assert_eq!(reopened.receipt(&id("kinderarmut")).unwrap().as_bytes(), release.receipt().bytes());
    assert_eq!(reopened.indicators(), [release.meta().clone()]);
    for kind in [
        |cell: &Cell| matches!(cell, Cell::Shown(_)),
        |cell: &Cell| matches!(cell, Cell::Suppressed { .. }),
        |cell: &Cell| matches!(cell, Cell::Missing { .. }),
    ] {
        assert!(found.cells.iter().any(kind), "the example has every kind of cell");
    }
    let cell = found.cell(&"03".into(), Period::Year(2021), &GroupId::total());
    assert_eq!(cell, Some(&release.cells()[2 * 3 + 1]));
    assert_eq!(found.cell(&"99".into(), Period::Year(2021), &GroupId::total()), None);
    assert_eq!(found.cell(&"03".into(), Period::Year(1999), &GroupId::total()), None);
    assert_eq!(found.cell(&"03".into(), Period::Year(2021), &GroupId::new("w")), None);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let fill = |published: &Published| {
        published.add(&release("kinderarmut", 3)).unwrap();
        published.add_areas(&layer(Level::Kreis, &["1", "2"], None)).unwrap();
        published.add_facilities(&schools()).unwrap();
        published.set_site(&SiteInfo { title: "Krefeld".into(), ..SiteInfo::default() }).unwrap();
    };
    let ((_a, first), (_b, second)) = (store(), store());
    fill(&first);
    fill(&second);
    fill(&second);
    assert_eq!(first.generation(), second.generation());
    let contents = |published: &Published| -> Vec<Vec<u8>> {
        objects(published).iter().map(|path| fs::read(path).unwrap()).collect()
    };
    assert_eq!(contents(&first), contents(&second));
    assert_eq!(contents(&first).len(), 3);
}

#[test]
fn layers_come_back_as_they_were() {
    let (_dir, published) = store();
    let land = layer(Level::Land, &["05"], None);
    let kreise = layer(Level::Kreis, &["05111", "05112", "05113"], Some("05"));
    published.add_areas(&land).unwrap();
    published.add_areas(&kreise).unwrap();
    published.add_facilities(&schools()).unwrap();
    let reopened = Published::open(published.dir()).unwrap();
    assert_eq!(*reopened.layer(&GeographyId::new("probe-kreis")).unwrap(), kreise);
    assert_eq!(*reopened.layer(&GeographyId::new("probe-land")).unwrap(), land);
    assert_eq!(*reopened.facilities().unwrap()[0], schools());
    let tree = reopened.areas().unwrap();
    assert_eq!(tree.children(&"05".into()).len(), 3);
    assert_eq!(reopened.geographies().len(), 2);
    let unknown = reopened.layer(&GeographyId::new("mond")).unwrap_err().to_string();
    assert!(unknown.contains("„mond“") && unknown.contains("probe-kreis"), "{unknown}");
}

#[test]
fn what_cannot_be_right_is_refused() {
    let (_dir, published) = store();
    let good = || layer(Level::Kreis, &["1", "2"], None);
    published.add_areas(&good()).unwrap();
    let before = published.generation();
    let mut short = good();
    short.members.pop();
    let mut metres = good();
    metres.shapes[0] = support::square(340_000.0, 5_690_000.0, 100.0);
    let mut mixed = good();
    mixed.areas[1].geography = GeographyId::new("andere");
    let mut none = good();
    none.areas.clear();
    for (layer, part) in
        [(short, "2 Einträge"), (metres, "nicht in Grad"), (mixed, "„andere“"), (none, "keine Gebiete")]
    {
        check_message(&published.add_areas(&layer).unwrap_err(), part);
    }
    let twice = layer(Level::Stadtteil, &["1"], None);
    check_message(&published.add_areas(&twice).unwrap_err(), "kommt zweimal vor");
    let schools_with = |edit: fn(&mut FacilityLayer)| {
        let mut layer = schools();
        edit(&mut layer);
        published.add_facilities(&layer).unwrap_err()
    };
    check_message(&schools_with(|layer| layer.id = "../x".into()), "Adresse");
    check_message(&schools_with(|layer| layer.facilities[1].id = "100001".into()), "zweimal");
    check_message(&schools_with(|layer| layer.facilities[1].lat = f64::NAN), "nicht in Grad");
    assert_eq!(published.generation(), before, "nothing was changed");
}

#[test]
fn history_keeps_what_was_public() {
    let (_dir, published) = store();
    let kinderarmut = id("kinderarmut");
    let (first, second) = (release("kinderarmut", 2), release("kinderarmut", 3));
    for release in [&first, &second, &second] {
        published.add(release).unwrap();
    }
    let mut expected = History::empty();
    expected.add(&first);
    expected.add(&second);
    assert_eq!(published.history(&kinderarmut).unwrap(), expected);
    assert_eq!(published.history(&id("anderes")).unwrap(), History::empty());
    published.withdraw(&kinderarmut).unwrap();
    assert!(published.get(&kinderarmut).is_err() && published.indicators().is_empty());
    assert!(published.withdraw(&kinderarmut).is_err());
    assert_eq!(published.sweep().unwrap(), 0);
    assert_eq!(
        published.history(&kinderarmut).unwrap(),
        expected,
        "withdrawn figures stay known to the gate"
    );
}

#[test]
fn what_is_retired_stands_in_no_way_and_stays_on_record() {
    let (_dir, published) = store();
    let kinderarmut = id("kinderarmut");
    let at = "2026-03-01T08:00:00Z".parse().unwrap();
    published
        .add_all([&release("kinderarmut", 2), &release("kinderarmut", 3), &release("andere", 2)])
        .unwrap();
    let retire = |name| published.retire(&id(name), "Statistikstelle", "einzeln geschützt", at);
    check_message(&retire("kinderarmut").unwrap_err(), "noch veröffentlicht");
    check_message(&retire("fremd").unwrap_err(), "keine früheren");
    published.withdraw(&kinderarmut).unwrap();
    assert_eq!(retire("kinderarmut").unwrap(), 2);
    assert_eq!(published.history(&kinderarmut).unwrap(), History::empty());
    assert_ne!(published.history(&id("andere")).unwrap(), History::empty());
    check_message(&retire("kinderarmut").unwrap_err(), "keine früheren");
    assert_eq!(published.sweep().unwrap(), 0, "retired files are kept");
    let record = Published::open(published.dir()).unwrap().retired();
    assert_eq!(record.len(), 1);
    assert_eq!((record[0].by.as_str(), record[0].at, record[0].objects.len()), ("Statistikstelle", at, 2));
    // Published anew, the history begins with it.
    published.add(&release("kinderarmut", 3)).unwrap();
    let mut expected = History::empty();
    expected.add(&release("kinderarmut", 3));
    assert_eq!(published.history(&kinderarmut).unwrap(), expected);
}

#[test]
fn a_manifest_of_the_first_version_is_read() {
    let (_dir, published) = store();
    published.add(&release("kinderarmut", 2)).unwrap();
    let path = published.dir().join("manifest.json");
    let mut old: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    old["version"] = 1.into();
    old.as_object_mut().unwrap().remove("retired");
    fs::write(&path, old.to_string()).unwrap();
    let reopened = Published::open(published.dir()).unwrap();
    assert!(reopened.retired().is_empty());
    reopened.withdraw(&id("kinderarmut")).unwrap();
    assert_ne!(reopened.history(&id("kinderarmut")).unwrap(), History::empty());
}

#[test]
fn sweeping_removes_only_what_nobody_needs() {
    let (_dir, published) = store();
    published.add(&release("kinderarmut", 2)).unwrap();
    published.add_areas(&layer(Level::Kreis, &["1"], None)).unwrap();
    published.add_areas(&layer(Level::Kreis, &["1", "2"], None)).unwrap();
    fs::write(published.dir().join("objects/.neu-1-1"), "halb").unwrap();
    fs::write(published.dir().join(".neu-1-2"), "halb").unwrap();
    fs::write(published.dir().join("objects/LIESMICH"), "fremd").unwrap();
    assert_eq!(published.sweep().unwrap(), 3);
    assert_eq!(published.sweep().unwrap(), 0);
    assert!(published.dir().join("objects/LIESMICH").exists());
    let reopened = Published::open(published.dir()).unwrap();
    reopened.get(&id("kinderarmut")).unwrap();
    assert_eq!(reopened.layer(&GeographyId::new("probe-kreis")).unwrap().areas.len(), 2);
}

#[test]
fn a_reader_notices_what_another_process_published() {
    let (_dir, writer) = store();
    let reader = Published::open(writer.dir()).unwrap();
    let generation = reader.generation();
    assert!(!reader.reload().unwrap());
    writer.add(&release("kinderarmut", 2)).unwrap();
    assert!(reader.get(&id("kinderarmut")).is_err());
    assert!(reader.reload().unwrap());
    assert_ne!(reader.generation(), generation);
    assert_eq!(reader.generation(), writer.generation());
    assert_eq!(reader.get(&id("kinderarmut")).unwrap().periods.len(), 2);
    // A second writer builds on what the first wrote.
    reader.add(&release("armut-2", 2)).unwrap();
    writer.set_site(&SiteInfo { title: "T".into(), ..SiteInfo::default() }).unwrap();
    assert_eq!(writer.indicators().len(), 2);
    assert_eq!(Published::open(writer.dir()).unwrap().site().title, "T");
}

#[test]
fn several_releases_come_at_once() {
    let (_dir, published) = store();
    published.add_all([&release("a", 1), &release("b", 1), &release("a", 2)]).unwrap();
    assert_eq!(published.indicators().len(), 2);
    assert_eq!(published.get(&id("a")).unwrap().periods.len(), 2, "the last of one indicator stands");
    // Threads of one process wait for each other.
    std::thread::scope(|scope| {
        for name in ["c", "d", "e"] {
            let published = &published;
            scope.spawn(move || published.add(&release(name, 1)).unwrap());
        }
    });
    assert_eq!(Published::open(published.dir()).unwrap().indicators().len(), 5);
}

#[test]
fn two_writers_do_not_meet() {
    let (_dir, published) = store();
    let lock = Lock::take(&published.dir().join("lock"), Access::Public).unwrap();
    check_message(&published.add(&release("kinderarmut", 2)).unwrap_err(), "anderer Vorgang");
    drop(lock);
    published.add(&release("kinderarmut", 2)).unwrap();
}

#[test]
fn a_missing_or_doubled_store_is_said() {
    let (dir, published) = store();
    let open = |path: &Path| Published::open(path).err().unwrap();
    check_message(&open(&dir.path().join("fehlt")), "kein veröffentlichter Bestand");
    check_message(&Published::create(published.dir()).err().unwrap(), "schon ein veröffentlichter Bestand");
    let file = dir.path().join("datei");
    fs::write(&file, "").unwrap();
    check_message(&Published::create(&file.join("x")).err().unwrap(), "Datei statt eines Ordners");
    let manifest = published.dir().join("manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    for (found, replaced, part) in [
        ("\"version\": 2", "\"version\": 99", "neuere Fassung"),
        ("\"version\": 2", "\"version\": \"eins\"", "beschädigt"),
        ("\"areas\": {}", "\"areas\": {\"a\": \"../../etc/passwd\"}", "kein Name einer Datei"),
        ("\"areas\": {}", "\"areas\": {}, \"x\": 1", "beschädigt"),
    ] {
        assert!(text.contains(found), "{found} in {text}");
        fs::write(&manifest, text.replace(found, replaced)).unwrap();
        check_message(&open(published.dir()), part);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_that_cannot_be_written_is_said() {
    let error = Published::create(Path::new("/sys/kekiz")).err().unwrap();
    check_message(&error, "lässt sich nicht anlegen");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn changed_bytes_are_noticed(at in any::<prop::sample::Index>(), xor in 1..=255u8, cut in any::<bool>()) {
        let (_dir, published) = store();
        published.add(&release("kinderarmut", 2)).unwrap();
        let path = objects(&published).remove(0);
        let mut bytes = fs::read(&path).unwrap();
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] ^= xor }
        fs::write(&path, bytes).unwrap();
        let reopened = Published::open(published.dir()).unwrap();
        for error in [
            reopened.get(&id("kinderarmut")).unwrap_err(),
            reopened.release_bytes(&id("kinderarmut")).unwrap_err(),
            reopened.history(&id("kinderarmut")).unwrap_err(),
        ] {
            let tampered = matches!(error, LakeError::Tampered { .. });
            prop_assert!(tampered);
            check_message(&error, "Prüfsumme");
        }
        // Publishing the same again heals it.
        published.add(&release("kinderarmut", 2)).unwrap();
        prop_assert!(reopened.get(&id("kinderarmut")).is_ok());
    }

    #[test]
    fn garbage_manifests_do_not_panic(at in any::<prop::sample::Index>(), with in any::<u8>(), cut in any::<bool>()) {
        let (_dir, published) = store();
        published.add(&release("kinderarmut", 2)).unwrap();
        published.add_areas(&layer(Level::Kreis, &["1", "2"], None)).unwrap();
        let path = published.dir().join("manifest.json");
        let mut bytes = fs::read(&path).unwrap();
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] = with }
        fs::write(&path, bytes).unwrap();
        match Published::open(published.dir()) {
            Err(error) => check_message(&error, "manifest.json"),
            Ok(opened) => {
                for meta in opened.indicators() {
                    let _ = opened.get(&meta.id);
                }
                let _ = opened.areas();
            }
        }
    }
}
