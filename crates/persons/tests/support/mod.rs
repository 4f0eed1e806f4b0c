//! A small town in two registers, an office that opens the strongbox, and looking for planted words.
#![allow(dead_code, reason = "each test file uses its part")]

use jiff::Timestamp;
use jiff::civil::Date;
use kekiz_base::{Area, AreaKey, AreaTree, Diagnostics, GeographyId, Level, Validity};
use kekiz_microdata::{AddressTable, Schema, shipped};
use kekiz_persons::{ImportJob, Imported, Office, PersonsError, import};
use kekiz_strongbox::{Accessor, Secrets};
use kekiz_tables::TableFile;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// A surname that may stand nowhere outside a sealed file.
pub(crate) const CANARY: &str = "Kanarienvogel-Çelik";

pub(crate) fn accessor() -> Accessor {
    Accessor { user: "test".into(), clock: || Timestamp::from_second(1_700_000_000).unwrap() }
}

pub(crate) fn office(folder: &Path) -> (Office, Secrets) {
    let secrets = Secrets::random().unwrap();
    (Office::create(folder, &secrets, accessor()).unwrap_or_else(|error| panic!("{error}")), secrets)
}

pub(crate) fn schema(name: &str) -> Schema {
    shipped(name).unwrap_or_else(|error| panic!("{error}"))
}

fn first_name(n: usize) -> String {
    let pick = |words: &[&'static str], n: usize| words[n % words.len()];
    let start = pick(&["Ba", "Do", "Fi", "Gu", "Ha", "Jo", "Ka", "Li", "Mo", "Ne"], n);
    let middle = pick(&["ldo", "rtin", "sbert", "nka", "mira", "tjana", "xel", "ffi", "llo", "ppe"], n / 10);
    format!("{start}{middle}{}", pick(&["", "n", "s", "ra", "tte", "ko"], n / 100))
}

fn surname(n: usize) -> &'static str {
    let all = [
        CANARY,
        "Nachtigall",
        "Sittich",
        "Zaunkönig",
        "Öztürk-Amsel",
        "Pirol",
        "Wendehals",
        "Gimpel",
        "Dohle",
        "Rohrdommel",
        "Kiebitz",
        "Buchfink",
        "Seidenschwanz",
    ];
    all[n % all.len()]
}

/// Examinations of so many children; every third is conspicuous, every fourth in benefit ([`benefits`]).
pub(crate) fn examinations(children: usize) -> String {
    let mut text = String::from(
        "Kind-ID;Vorname;Nachname;Geburtsdatum;Geschlecht;Straße;Hausnummer;PLZ;Untersuchungsdatum;Team;Visuomotorik;Deutschkenntnisse\n",
    );
    for n in 0..children {
        let (day, sex) = (1 + n % 28, if n.is_multiple_of(2) { "w" } else { "m" });
        let finding = if n.is_multiple_of(3) { "auffällig" } else { "unauffällig" };
        let german = if n.is_multiple_of(5) { "mangelhaft" } else { "gut" };
        writeln!(
            text,
            "K{n};{};{};{day:02}.03.2018;{sex};Ring;{};45468;12.01.2024;A;{finding};{german}",
            first_name(n),
            surname(n),
            1 + n % 4
        )
        .unwrap();
    }
    text
}

/// The children in benefit, every fourth.
pub(crate) fn benefits(children: usize) -> String {
    let mut text =
        String::from("Personennummer;BG-Nummer;Vorname;Nachname;Geburtsdatum;Geschlecht;Leistungsbeginn\n");
    for n in (0..children).step_by(4) {
        let day = 1 + n % 28;
        writeln!(text, "P{n};BG{n};{};{};{day:02}.03.2018;w;01.01.2020", first_name(n), surname(n)).unwrap();
    }
    text
}

/// The addresses: numbers 1 and 2 lie in one quarter, 3 in the other, 4 is not known.
fn addresses() -> AddressTable {
    let text = "Straße;Hausnummer;PLZ;Gebiet\nRing;1;45468;011\nRing;2;45468;011\nRing;3;45468;012\n";
    AddressTable::read(&TableFile::from_bytes("adressen.csv", text.as_bytes().to_vec()))
        .unwrap_or_else(|e| panic!("{e}"))
}

pub(crate) fn tree() -> AreaTree {
    let area = |key: &str, level, parent: Option<&str>| Area {
        key: key.into(),
        name: key.into(),
        level,
        geography: GeographyId::new("probe"),
        parent: parent.map(AreaKey::from),
        validity: Validity::default(),
    };
    AreaTree::new([
        area("05117000", Level::Gemeinde, None),
        area("011", Level::Stadtteil, Some("05117000")),
        area("012", Level::Stadtteil, Some("05117000")),
    ])
    .unwrap()
}

pub(crate) fn import_text(
    office: &Office,
    schema_name: &str,
    dataset: &str,
    text: &str,
) -> Result<(Imported, Diagnostics), PersonsError> {
    let schema = schema(schema_name);
    let job = ImportJob {
        file: &TableFile::from_bytes(format!("{dataset}.csv"), text.as_bytes().to_vec()),
        schema: &schema,
        dataset,
        areas: &addresses(),
        known_areas: &BTreeSet::new(),
        reference: Some(Date::constant(2024, 12, 31)),
        period: Some(kekiz_base::Period::Year(2024)),
        lists: &BTreeMap::new(),
        keep_until: Some(Date::constant(2030, 12, 31)),
        check_only: false,
    };
    import(office, &job)
}

/// All files below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).unwrap().flatten() {
            if entry.path().is_dir() { open.push(entry.path()) } else { found.push(entry.path()) }
        }
    }
    found
}

/// No file holds the planted surname or anything else of a child.
pub(crate) fn no_canary(folder: &Path) {
    for file in files(folder) {
        let bytes = std::fs::read(&file).unwrap();
        for word in [CANARY, "Nachtigall", "Baldo", "auffällig"] {
            assert!(
                !bytes.windows(word.len()).any(|part| part == word.as_bytes()),
                "{} in {}",
                word,
                file.display()
            );
        }
    }
}
