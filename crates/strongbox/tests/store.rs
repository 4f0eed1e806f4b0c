//! What goes in comes out, with the right key only, and every change from outside is noticed.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use kekiz_strongbox::{ItemKind, Passphrase, Secrets, Strongbox, StrongboxError, keyfile, verify};
use proptest::prelude::*;
use std::path::Path;
use support::{CANARY, accessor, content, files, filled, no_canary, put};

#[test]
fn what_goes_in_comes_out_and_nothing_readable_lies_on_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let (strongbox, secrets) = filled(dir.path());
    for size in [0, 1, 65_536, 200_000] {
        put(&strongbox, "b", size);
        let again = Strongbox::open(dir.path(), &secrets, accessor()).unwrap();
        assert_eq!(*again.read(ItemKind::Records, "b", "Prüfung").unwrap(), content(size));
    }
    let names: Vec<(ItemKind, String)> =
        strongbox.list().unwrap().into_iter().map(|item| (item.kind, item.name)).collect();
    let expected = [
        (ItemKind::Records, "a"),
        (ItemKind::Records, "b"),
        (ItemKind::Linking, "a"),
        (ItemKind::Linking, "b"),
    ];
    assert_eq!(names, expected.map(|(kind, name)| (kind, name.to_string())));
    assert_eq!(files(&dir.path().join("items")).len(), 4, "replaced items are gone");
    no_canary(dir.path());
}

#[test]
fn an_abandoned_change_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (strongbox, _) = filled(dir.path());
    let before = strongbox.list().unwrap();
    let mut change = strongbox.begin("import", "b").unwrap();
    change.put(ItemKind::Records, "b", 1, Vec::new(), &content(10)).unwrap();
    change.remove(ItemKind::Records, "a").unwrap();
    assert!(matches!(change.remove(ItemKind::Links, "a"), Err(StrongboxError::UnknownItem { .. })));
    drop(change);
    assert_eq!(strongbox.list().unwrap(), before);
    strongbox.begin("purge", "x").unwrap().commit("").unwrap();
    assert_eq!(files(&dir.path().join("items")).len(), 2, "the leftover is gone with the next change");
}

#[test]
fn purged_items_are_gone_from_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let (strongbox, _) = filled(dir.path());
    let mut change = strongbox.begin("purge", "a").unwrap();
    change.remove(ItemKind::Linking, "a").unwrap();
    change.commit("gelöscht").unwrap();
    assert_eq!(files(&dir.path().join("items")).len(), 1);
    let error = strongbox.read(ItemKind::Linking, "a", "x").unwrap_err();
    assert!(error.to_string().contains("nicht vorhanden"), "{error}");
}

#[test]
fn the_wrong_key_is_called_so_and_opens_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (_, _) = filled(dir.path());
    let other = Secrets::random().unwrap();
    let Err(error) = Strongbox::open(dir.path(), &other, accessor()) else { panic!() };
    assert!(matches!(error, StrongboxError::WrongKey { .. }));
    assert!(error.to_string().contains(&other.fingerprint()) && error.to_string().contains("Abhilfe"));
    // Who writes the other key's name into the root gets no further.
    let root = dir.path().join("strongbox.json");
    let text = std::fs::read_to_string(&root).unwrap();
    let old = serde_json::from_str::<serde_json::Value>(&text).unwrap()["fingerprint"]
        .as_str()
        .unwrap()
        .to_string();
    std::fs::write(&root, text.replace(&old, &other.fingerprint())).unwrap();
    for file in files(dir.path()) {
        let name = file.file_name().unwrap().to_string_lossy().replace(&old, &other.fingerprint());
        std::fs::rename(&file, file.with_file_name(name)).unwrap();
    }
    assert!(matches!(Strongbox::open(dir.path(), &other, accessor()), Err(StrongboxError::Changed { .. })));
}

fn item_file(folder: &Path) -> std::path::PathBuf {
    files(&folder.join("items")).remove(0)
}

#[test]
fn cut_changed_missing_and_swapped_files_are_told_apart() {
    type Damage = fn(&Path);
    let damage: [(&str, Damage); 4] = [
        ("Das Ende fehlt", |folder| {
            let file = std::fs::OpenOptions::new().write(true).open(item_file(folder)).unwrap();
            file.set_len(70_000).unwrap();
            // A cut inside a chunk reads as a change; one behind a chunk as a missing end.
            file.set_len(40 + 65_552).unwrap();
        }),
        ("wurde verändert", |folder| {
            let mut bytes = std::fs::read(item_file(folder)).unwrap();
            bytes[100] ^= 1;
            std::fs::write(item_file(folder), bytes).unwrap();
        }),
        ("fehlt", |folder| {
            for file in files(&folder.join("items")) {
                std::fs::remove_file(file).unwrap();
            }
        }),
        ("wurde verändert", |folder| {
            let [one, two] = files(&folder.join("items")).try_into().unwrap();
            let (first, second) = (std::fs::read(&one).unwrap(), std::fs::read(&two).unwrap());
            std::fs::write(one, second).unwrap();
            std::fs::write(two, first).unwrap();
        }),
    ];
    for (expected, damage) in damage {
        let dir = tempfile::tempdir().unwrap();
        let (strongbox, _) = filled(dir.path());
        put(&strongbox, "a", 150_000);
        damage(dir.path());
        let read = [ItemKind::Records, ItemKind::Linking].map(|kind| strongbox.read(kind, "a", "x"));
        let text: String = read.into_iter().filter_map(Result::err).map(|error| error.to_string()).collect();
        assert!(text.contains(expected) && text.contains("Abhilfe"), "{expected}: {text}");
    }
}

#[test]
fn a_new_key_opens_everything_and_the_old_one_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (strongbox, old) = filled(dir.path());
    let new = old.renewed().unwrap();
    assert_eq!(old.pseudonym_key(), new.pseudonym_key());
    let renewed = strongbox.rotate(&new).unwrap();
    assert_eq!(*renewed.read(ItemKind::Linking, "a", "x").unwrap(), content(101));
    assert!(matches!(Strongbox::open(dir.path(), &old, accessor()), Err(StrongboxError::WrongKey { .. })));
    assert!(matches!(strongbox.read(ItemKind::Records, "a", "x"), Err(StrongboxError::WrongKey { .. })));
    let report = verify(dir.path(), Some(&new)).unwrap();
    assert_eq!(report.problems, [""; 0]);
    assert_eq!(files(dir.path()).len(), 7, "{:?}", files(dir.path()));
    put(&renewed, "c", 5);
    assert_eq!(verify(dir.path(), Some(&new)).unwrap().problems, [""; 0]);
}

#[test]
fn key_files_keep_secrets_and_say_what_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let secrets = Secrets::random().unwrap();
    let open = dir.path().join("offen.json");
    keyfile::write(&open, &secrets, None).unwrap();
    assert_eq!(keyfile::read(&open, None).unwrap().fingerprint(), secrets.fingerprint());
    assert!(keyfile::write(&open, &secrets, None).is_err(), "never overwritten");
    let phrase = |text: &str| Passphrase::new(text.into());
    let sealed = dir.path().join("verschlossen.json");
    assert!(keyfile::write(&sealed, &secrets, Some(&phrase("zu kurz"))).is_err());
    keyfile::write(&sealed, &secrets, Some(&phrase("vier Wörter im Umschlag"))).unwrap();
    assert!(keyfile::is_sealed(&sealed).unwrap());
    let read = keyfile::read(&sealed, Some(&phrase("vier Wörter im Umschlag"))).unwrap();
    assert_eq!((read.fingerprint(), read.pseudonym_key()), (secrets.fingerprint(), secrets.pseudonym_key()));
    for (passphrase, part) in
        [(None, "mit einem Kennwort"), (Some("vier Wörter im Ümschlag"), "Kennwort ist falsch")]
    {
        let Err(error) = keyfile::read(&sealed, passphrase.map(phrase).as_ref()) else { panic!() };
        assert!(error.to_string().contains(part), "{error}");
    }
    std::fs::write(dir.path().join("x"), format!("{{\"secret\":\"{CANARY}\"")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path, mode| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap()
        };
        assert_eq!(std::fs::metadata(&open).unwrap().permissions().mode() & 0o777, 0o600);
        mode(&open, 0o644);
        let Err(error) = keyfile::read(&open, None) else { panic!() };
        assert!(error.to_string().contains("chmod 600"), "{error}");
        mode(&dir.path().join("x"), 0o600);
    }
    let Err(error) = keyfile::read(&dir.path().join("x"), None) else { panic!() };
    assert!(
        error.to_string().contains("keine Schlüsseldatei") && !error.to_string().contains(CANARY),
        "{error}"
    );
}

#[test]
fn every_access_is_in_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let (strongbox, secrets) = filled(dir.path());
    strongbox.read(ItemKind::Records, "a", "Auszählung").unwrap();
    strongbox.note("describe", "a", "").unwrap();
    let entries = kekiz_strongbox::audit::entries(dir.path()).unwrap();
    let seen: Vec<(&str, &str, bool)> =
        entries.iter().map(|e| (e.action.as_str(), e.subject.as_str(), e.done)).collect();
    assert_eq!(
        seen,
        [
            ("import", "a", false),
            ("import", "a", true),
            ("read", "records a", false),
            ("describe", "a", false)
        ]
    );
    assert_eq!(entries[2].detail, "Auszählung");
    let report = verify(dir.path(), Some(&secrets)).unwrap();
    assert_eq!((report.entries, report.problems, report.authenticated), (4, Vec::new(), true));
    assert!(!verify(dir.path(), None).unwrap().authenticated);
}

#[test]
fn nobody_is_not_let_in() {
    let dir = tempfile::tempdir().unwrap();
    let secrets = Secrets::random().unwrap();
    let nobody = kekiz_strongbox::Accessor::new(" \u{7} ");
    assert!(matches!(Strongbox::create(dir.path(), &secrets, nobody), Err(StrongboxError::Nobody)));
}

#[test]
fn a_rolled_back_catalogue_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let (strongbox, secrets) = filled(dir.path());
    let copy = |from: &Path, to: &Path| {
        for file in files(from) {
            let target = to.join(file.strip_prefix(from).unwrap());
            std::fs::create_dir_all(target.parent().unwrap()).unwrap();
            std::fs::copy(file, target).unwrap();
        }
    };
    let earlier = tempfile::tempdir().unwrap();
    copy(dir.path(), earlier.path());
    let mut change = strongbox.begin("purge", "a").unwrap();
    change.remove(ItemKind::Records, "a").unwrap();
    change.commit("").unwrap();
    let log = std::fs::read(dir.path().join("audit.log")).unwrap();
    let head = files(dir.path())
        .into_iter()
        .find(|f| f.file_name().unwrap().to_string_lossy().starts_with("audit-"))
        .unwrap();
    let head_bytes = std::fs::read(&head).unwrap();
    copy(earlier.path(), dir.path());
    std::fs::write(dir.path().join("audit.log"), log).unwrap();
    std::fs::write(head, head_bytes).unwrap();
    let problems = verify(dir.path(), Some(&secrets)).unwrap().problems;
    assert!(problems.iter().any(|p| p.contains("zurückgesetzt")), "{problems:?}");
}

/// The log of a strongbox with a few accesses, and its key.
fn logged() -> (tempfile::TempDir, Secrets) {
    let dir = tempfile::tempdir().unwrap();
    let (strongbox, secrets) = filled(dir.path());
    for n in 0..4 {
        strongbox.note("describe", "a", &n.to_string()).unwrap();
    }
    (dir, secrets)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_edit_of_the_log_breaks_the_chain(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let (dir, secrets) = logged();
        let path = dir.path().join("audit.log");
        let mut bytes = std::fs::read(&path).unwrap();
        let at = at.index(bytes.len());
        prop_assume!(bytes[at] != byte);
        bytes[at] = byte;
        std::fs::write(&path, bytes).unwrap();
        prop_assert!(!verify(dir.path(), Some(&secrets)).unwrap().problems.is_empty());
    }

    #[test]
    fn taken_out_doubled_and_cut_off_lines_break_the_chain(line in 0usize..6, how in 0usize..3) {
        let (dir, secrets) = logged();
        let path = dir.path().join("audit.log");
        let text = std::fs::read_to_string(&path).unwrap();
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        match how {
            0 => { lines.remove(line); }
            1 => lines.insert(line, lines[line]),
            _ => lines.truncate(line),
        }
        std::fs::write(&path, lines.concat()).unwrap();
        prop_assert!(!verify(dir.path(), Some(&secrets)).unwrap().problems.is_empty());
    }

    #[test]
    fn a_chain_made_anew_without_the_key_is_noticed(from in 0usize..6) {
        let (dir, secrets) = logged();
        let path = dir.path().join("audit.log");
        let text = std::fs::read_to_string(&path).unwrap();
        let mut previous = "0".repeat(64);
        let mut forged = String::new();
        for (number, line) in text.lines().enumerate() {
            let mut entry: serde_json::Value = serde_json::from_str(line).unwrap();
            if number >= from {
                entry["user"] = "niemand".into();
            }
            let mut entry: kekiz_strongbox::Entry = serde_json::from_value(entry).unwrap();
            entry.previous.clone_from(&previous);
            let line = serde_json::to_string(&entry).unwrap();
            previous = blake3::hash(line.as_bytes()).to_hex().to_string();
            forged += &line;
            forged.push('\n');
        }
        std::fs::write(&path, forged).unwrap();
        prop_assert!(verify(dir.path(), None).unwrap().problems.is_empty(), "the chain itself holds");
        prop_assert!(!verify(dir.path(), Some(&secrets)).unwrap().problems.is_empty());
    }
}
