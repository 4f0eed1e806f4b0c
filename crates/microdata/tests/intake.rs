//! From files to records without persons: nothing that identifies stays, nothing is invented, no value is said.
#![allow(clippy::unwrap_used, clippy::panic)]

use jiff::civil::Date;
use kekiz_base::{AreaKey, Diagnostics, Period, Severity};
use kekiz_microdata::{
    Address, AddressTable, AreaFinder, Intake, Nowhere, PseudonymKey, Schema, Taken, parse_schema, read,
    shipped, take_in,
};
use kekiz_tables::TableFile;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const KEY: [u8; 32] = [7; 32];

/// What an import says, with everything at its default.
struct Said {
    areas: Box<dyn AreaFinder>,
    lists: BTreeMap<String, BTreeSet<String>>,
    known: BTreeSet<AreaKey>,
    reference: Option<Date>,
    period: Option<Period>,
    key: [u8; 32],
}

impl Default for Said {
    fn default() -> Self {
        Self {
            areas: Box::new(Nowhere),
            lists: BTreeMap::new(),
            known: BTreeSet::new(),
            reference: Some(Date::constant(2024, 12, 31)),
            period: Some(Period::Year(2024)),
            key: KEY,
        }
    }
}

fn taken(schema: &Schema, text: &str, said: &Said) -> (Option<Taken>, Diagnostics) {
    let raw = read(&TableFile::from_bytes("auszug.csv", text.as_bytes().to_vec()), schema)
        .unwrap_or_else(|error| panic!("{error}"));
    let key = PseudonymKey::new(&said.key);
    let intake = Intake {
        dataset: "probe",
        key: &key,
        areas: said.areas.as_ref(),
        reference: said.reference,
        period: said.period,
        lists: &said.lists,
        known_areas: &said.known,
    };
    take_in(&raw, schema, &intake)
}

fn seu() -> Schema {
    shipped("schuleingangsuntersuchung").unwrap_or_else(|error| panic!("{error}"))
}

const HEADER: &str = "Kind-ID;Vorname;Nachname;Geburtsdatum;Geschlecht;Straße;Hausnummer;PLZ;Untersuchungsdatum;Team;Kita;Kita-Monate;Visuomotorik;Deutschkenntnisse;Sportverein;Religion";
const ROWS: &str =
    "K-1;Zoë;Kanarienvogel;03.02.2018;w;Lindenstraße;3;45468;12.01.2024;A;KITA001;30;auffällig;3;ja;rk
K-2;Ümit;Sittich;2018-05-30;m;Lindenstr.;4a;45468;12.01.2024;A;KITA001;8;1;gut;nein;ev
K-3;Max;Amsel;30.06.2018;männlich;Nirgendweg;1;45468;13.01.2024;B;KITA002;;grenzwertig;;;";

fn city() -> Said {
    let addresses = "Straße;Hausnummer;PLZ;Gebiet\nLindenstraße;3;45468;011\nLindenstraße;4a;45468;012\n";
    let file = TableFile::from_bytes("adressen.csv", addresses.as_bytes().to_vec());
    let areas = AddressTable::read(&file).unwrap_or_else(|error| panic!("{error}"));
    Said { areas: Box::new(areas), ..Said::default() }
}

fn column(taken: &Taken, name: &str) -> Vec<Option<String>> {
    let column = taken.records.column(name).unwrap_or_else(|| panic!("no {name}"));
    (0..taken.records.rows()).map(|row| column.text(row).map(String::from)).collect()
}

/// Values of a column sorted, since records do not lie in the order of the file.
fn sorted(taken: &Taken, name: &str) -> Vec<Option<String>> {
    let mut values = column(taken, name);
    values.sort();
    values
}

fn some(texts: [&str; 3]) -> Vec<Option<String>> {
    texts.map(|text| (!text.is_empty()).then(|| text.to_string())).to_vec()
}

#[test]
fn a_file_becomes_two_tables_and_the_address_an_area() {
    let (taken, findings) = taken(&seu(), &format!("{HEADER}\n{ROWS}\n"), &city());
    let taken = taken.unwrap_or_else(|| panic!("{findings:?}"));
    assert_eq!(sorted(&taken, "area"), some(["", "011", "012"]));
    assert_eq!(sorted(&taken, "period"), some(["2023/24", "2023/24", "2023/24"]));
    assert_eq!(sorted(&taken, "alter_monate"), some(["66", "67", "71"]));
    assert_eq!(sorted(&taken, "visuomotorik"), some(["1", "2", "3"]));
    assert_eq!(sorted(&taken, "deutsch_mangelhaft"), some(["", "0", "1"]));
    assert_eq!(sorted(&taken, "kita_dauer"), some(["", "1", "3"]));
    assert_eq!(sorted(&taken, "geschlecht"), some(["1", "1", "2"]));
    let names: Vec<&str> = taken.records.columns().iter().map(|column| column.name.as_str()).collect();
    for gone in [
        "vorname",
        "nachname",
        "geburtsdatum",
        "strasse",
        "hausnummer",
        "plz",
        "untersuchungsdatum",
        "religion",
    ] {
        assert!(!names.contains(&gone), "{gone} in {names:?}");
    }
    let linking = taken.linking.as_ref().unwrap();
    let fields: Vec<&str> = linking.columns().iter().map(|column| column.name.as_str()).collect();
    assert_eq!(
        fields,
        ["record", "first_name", "surname", "birth_date", "sex", "street", "house_number", "postcode"]
    );
    let records: BTreeSet<_> = (0..3).map(|row| linking.column("record").unwrap().text(row)).collect();
    assert_eq!(records, column(&taken, "record").iter().map(|r| r.as_deref().map(Into::into)).collect());
    assert_eq!(taken.summary.placed, Some(2));
    assert_eq!(taken.summary.left_out, ["Religion"]);
    let kind = &column(&taken, "kind");
    assert!(kind.iter().flatten().all(|p| p.len() == 32 && !p.contains('K')), "{kind:?}");
}

#[test]
fn coverage_tells_what_each_office_documents() {
    let (taken, _) = taken(&seu(), &format!("{HEADER}\n{ROWS}\n"), &city());
    let coverage = taken.unwrap().summary.coverage;
    let of = |name: &str| coverage.iter().find(|c| c.variable == name).unwrap();
    let german = of("deutsch");
    assert_eq!((german.present, german.known, german.missing), (true, 2, 1));
    let offices: Vec<_> = german.offices.iter().map(|o| (o.office.as_str(), o.known, o.missing)).collect();
    assert_eq!(offices, [("A", 2, 0), ("B", 0, 1)]);
    assert!(!of("masern").present && of("masern").share() == Some(0.0));
    assert!(!of("adipositas").present, "derived from a column that is not there");
}

#[test]
fn no_finding_says_a_value() {
    // Every cell that can go wrong goes wrong, each with a word that must not be said.
    let canary = "Kanarienvogel7919";
    let row = |n: usize| vec![canary; n].join(";");
    let wrong = format!("{HEADER}\n{}\n{}\n", row(16), row(16));
    let (taken, findings) = taken(&seu(), &wrong, &city());
    let text = findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert!(!text.contains(canary), "{text}");
    assert!(findings.iter().any(|finding| finding.code == "value-unreadable"), "{text}");
    assert!(
        findings.iter().any(|finding| finding.code == "check-failed"),
        "the identifier is there twice: {text}"
    );
    let summary = serde_json::to_string(&taken.map(|taken| taken.summary)).unwrap();
    // Offices are no persons: their keys stand in the coverage.
    assert!(!summary.replace(&format!("\"office\":\"{canary}\""), "").contains(canary), "{summary}");
}

#[test]
fn the_first_person_of_a_file_without_titles_is_not_named() {
    for (name, first) in [("schuleingangsuntersuchung", "K1"), ("familienbefragung", "w"), ("einwohner", "1")]
    {
        let schema = shipped(name).unwrap_or_else(|error| panic!("{error}"));
        let text = format!("{first};Zoë;Kanarienvogel;03.02.2018;w\nK2;Max;Sittich;04.02.2018;m\n");
        let (taken, findings) = taken(&schema, &text, &Said::default());
        let said: String = findings.iter().map(ToString::to_string).collect();
        assert!(taken.is_none() && !said.contains("Kanarienvogel"), "{said}");
        assert!(said.contains("Kopfzeile") || said.contains("Keine Spalte"), "{said}");
    }
}

/// One row of the examination with some cells replaced.
fn examination(changes: &[(&str, &str)]) -> String {
    let titles: Vec<&str> = HEADER.split(';').collect();
    let mut cells: Vec<&str> = ROWS.lines().next().unwrap().split(';').collect();
    for (title, value) in changes {
        cells[titles.iter().position(|known| known == title).unwrap()] = value;
    }
    format!("{HEADER}\n{}\n", cells.join(";"))
}

#[test]
fn checks_look_across_columns_and_rows() {
    for (changes, id, refused) in [
        (vec![("Geburtsdatum", "13.01.2024")], "geburt-nach-untersuchung", true),
        (vec![("Geburtsdatum", "13.01.2021")], "alter", false),
        (vec![("Geburtsdatum", "13.01.2010")], "alter", false),
        (vec![("Untersuchungsdatum", "12.01.2025")], "untersuchung-nach-stichtag", false),
        (vec![("Kita-Monate", "80")], "kita-laenger-als-das-leben", false),
        (vec![], "", false),
    ] {
        let (taken, findings) = taken(&seu(), &examination(&changes), &city());
        let hits: Vec<&str> = findings
            .iter()
            .filter(|finding| finding.code == "check-failed")
            .map(|finding| finding.message.as_str())
            .collect();
        assert_eq!(taken.is_none(), refused, "{changes:?}");
        if id.is_empty() {
            assert!(hits.is_empty(), "{hits:?}");
        } else {
            assert!(hits.iter().any(|text| text.contains(&format!("„{id}“"))), "{id}: {hits:?}");
        }
    }
}

#[test]
fn unknown_keys_are_found_with_a_list_and_said_without_one() {
    let mut said = city();
    let codes = |said: &Said| -> Vec<&'static str> {
        taken(&seu(), &examination(&[]), said).1.iter().map(|finding| finding.code).collect()
    };
    assert!(codes(&said).contains(&"check-without-list"));
    said.lists.insert("kitas".into(), BTreeSet::from(["KITA001".into()]));
    assert!(!codes(&said).contains(&"check-failed"));
    said.lists.insert("kitas".into(), BTreeSet::from(["KITA999".into()]));
    assert!(codes(&said).contains(&"check-failed"));
    said.known.insert("999".into());
    assert!(codes(&said).contains(&"area-unknown"));
}

#[test]
fn what_is_missing_refuses_the_file_and_names_the_remedy() {
    for (text, code) in
        [("Kind-ID;Vorname\nK1;Max\n", "column-missing"), ("Geburtsdatum;Untersuchungsdatum\n;\n", "no-rows")]
    {
        let (taken, findings) = taken(&seu(), text, &Said::default());
        assert!(taken.is_none());
        let found =
            findings.iter().find(|finding| finding.code == code).unwrap_or_else(|| panic!("{findings:?}"));
        assert!(found.severity == Severity::Error && !found.remedy.is_empty());
    }
    let survey = shipped("familienbefragung").unwrap_or_else(|error| panic!("{error}"));
    let (none, findings) = taken(&survey, "a;b\n1;2\n", &Said::default());
    assert!(none.is_none() && findings.iter().any(|finding| finding.code == "no-column"), "{findings:?}");
    let without = Said { period: None, ..Said::default() };
    let (none, findings) = taken(&survey, "Fragebogen;Gewicht\n1;1,5\n", &without);
    assert!(none.is_none() && findings.iter().any(|finding| finding.code == "no-period"), "{findings:?}");
}

#[test]
fn every_shipped_schema_reads_a_file_of_its_kind() {
    let rows = [
        (
            "einwohner",
            "OM;Geburtsdatum;Geschlecht;Migrationshintergrund;Stadtteil;Einzug in die Wohnung\n1;01.02.2015;w;ohne;011;01.03.2016\n",
            "altersgruppe",
            "6-9",
        ),
        (
            "kita",
            "Kind-ID;Geburtsdatum;Kita;Aufnahme;Stunden;Vorrangig nicht Deutsch\n1;01.02.2020;K1;01.08.2022;35;ja\n",
            "frueh",
            "1",
        ),
        (
            "sgb2",
            "Kundennummer;BG-Nummer;Geburtsdatum;BG-Typ;Leistungsbeginn\n1;B1;01.02.2018;alleinerziehend;01.03.2020\n",
            "lang",
            "1",
        ),
        (
            "familienbefragung",
            "Nr;Gewicht;Stadtteil;Bürgergeld;Zurechtfinden 1;Zurechtfinden 2;Zurechtfinden 3;Zurechtfinden 4\n1;0,9;011;1;4;5;-9;-9\n",
            "zurechtfinden",
            "4.5",
        ),
        (
            "kompik",
            "Kind-ID;Einrichtung;Geburtsmonat;Beobachtungsdatum;MUSIK1;MUSIK2;MUSIK3;MUSIK4;MUSIK5;MUSIK6;MUSIK7\n1;K1;02.2020;01.03.2024;1;2;3;4;5;3;3\n",
            "musik",
            "3",
        ),
    ];
    for (name, text, variable, value) in rows {
        let schema = shipped(name).unwrap_or_else(|error| panic!("{error}"));
        let (taken, findings) = taken(&schema, text, &Said::default());
        let taken = taken.unwrap_or_else(|| panic!("{name}: {findings:?}"));
        assert_eq!(column(&taken, variable), [Some(value.to_string())], "{name}: {findings:?}");
        assert!(!findings.iter().any(|f| f.code == "value-unreadable"), "{name}: {findings:?}");
    }
    let kjh = shipped("hilfen-zur-erziehung").unwrap_or_else(|error| panic!("{error}"));
    // Land 05, RB 5, Kreis 17, Gemeinde 000, Einrichtung, Nummer, Beginn, Übernahme, Art, Ort, … as EF1 to EF5 say.
    let line = "055170000000120003403202120701102201412111004202301\n";
    let (taken, findings) = taken(&kjh, line, &Said { period: None, ..Said::default() });
    let taken = taken.unwrap_or_else(|| panic!("{findings:?}"));
    for (variable, value) in [
        ("ef1_kreis", "17"),
        ("einrichtung", "000012"),
        ("art", "07"),
        ("ort", "01"),
        ("geschlecht", "1"),
        ("form", "ambulant"),
        ("dauer", "25"),
        ("alter_bei_beginn", "7"),
        ("period", "2023"),
        ("grund", "10"),
    ] {
        assert_eq!(column(&taken, variable), [Some(value.to_string())], "{variable}: {findings:?}");
    }
}

#[test]
fn broken_schemas_are_refused_with_the_reason() {
    let head = "version = 1\nid = \"x\"\nedition = \"1\"\ntitle = \"X\"\nunit = \"Kind\"\nbasis = \"B\"\n";
    for (rest, part) in [
        ("[[variables]]\nname = \"a\"\ntitle = \"A\"\nkind = \"text\"\n", "freier Text"),
        ("[[variables]]\nname = \"area\"\ntitle = \"A\"\nkind = \"key\"\n", "kein Name"),
        ("[[variables]]\nname = \"a\"\ntitle = \"A\"\nkind = \"code\"\n", "keine Codes"),
        ("[[variables]]\nname = \"a\"\ntitle = \"A\"\nkind = \"kye\"\n", "key"),
        (
            "[[variables]]\nname = \"a\"\ntitle = \"A\"\nkind = \"key\"\n[[variables]]\nname = \"a\"\ntitle = \"A\"\nkind = \"key\"\n",
            "zweimal",
        ),
        (
            "[[variables]]\nname = \"a\"\ntitle = \"A\"\nkind = \"number\"\n[[derived]]\nname = \"b\"\ntitle = \"B\"\nrule = { kind = \"classes\", of = \"a\", below = [3, 1], into = [\"1\", \"2\", \"3\"] }\n",
            "Grenzen",
        ),
        (
            "[[variables]]\nname = \"a\"\ntitle = \"A\"\nkind = \"number\"\n[[derived]]\nname = \"b\"\ntitle = \"B\"\nrule = { kind = \"year_of\", of = \"c\" }\n",
            "braucht „c“",
        ),
        (
            "layout = \"fixed_width\"\n[[variables]]\nname = \"a\"\ntitle = \"A\"\nkind = \"key\"\n",
            "wo es in der Zeile steht",
        ),
        (
            "layout = \"fixed_width\"\n[[variables]]\nname = \"a\"\ntitle = \"A\"\nkind = \"key\"\nfrom = 1\nlength = 3\n[[variables]]\nname = \"b\"\ntitle = \"B\"\nkind = \"key\"\nfrom = 3\nlength = 1\n",
            "überlappen",
        ),
    ] {
        let error = parse_schema("x.toml", &format!("{head}{rest}")).unwrap_err().to_string();
        assert!(error.contains(part), "{part}: {error}");
    }
}

/// Finds an area for every address, so that a lost address would show.
struct Everywhere;

impl AreaFinder for Everywhere {
    fn area(&self, address: &Address) -> Option<AreaKey> {
        address.street.as_ref().map(|_| AreaKey::new("011"))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn no_name_and_no_address_is_among_the_content(
        names in prop::collection::vec("[A-ZÄÖÜ][a-zäöüß]{6,12}", 4),
        rows in 1usize..20,
    ) {
        let [first, last, street, id] = [0, 1, 2, 3].map(|n| names[n].clone());
        let mut text = format!("{HEADER}\n");
        for row in 0..rows {
            text += &format!("{id}{row};{first};{last};03.02.2018;w;{street};{row};45468;12.01.2024;A;K1;30;1;1;ja;x\n");
        }
        let (taken, _) = taken(&seu(), &text, &Said { areas: Box::new(Everywhere), ..Said::default() });
        let taken = taken.unwrap();
        let bytes = taken.records.to_bytes();
        let holds = |word: &str| bytes.windows(word.len()).any(|part| part == word.as_bytes());
        for word in [&first, &last, &street, &id] {
            prop_assert!(!holds(word));
        }
        prop_assert_eq!(taken.summary.placed, Some(rows as u64));
        let linking = taken.linking.unwrap();
        prop_assert_eq!(linking.rows(), rows);
    }

    #[test]
    fn the_same_file_gives_the_same_bytes_and_another_key_other_pseudonyms(rows in 1usize..20, key: [u8; 32]) {
        let mut text = format!("{HEADER}\n");
        for row in 0..rows {
            text += &format!("K{row};Max;Amsel;03.02.2018;w;Weg;{row};45468;12.01.2024;A;K1;30;1;1;ja;x\n");
        }
        let once = taken(&seu(), &text, &city()).0.unwrap();
        let twice = taken(&seu(), &text, &city()).0.unwrap();
        prop_assert!(*once.records.to_bytes() == *twice.records.to_bytes());
        let other = taken(&seu(), &text, &Said { key, ..city() }).0.unwrap();
        let all = |taken: &Taken| column(taken, "kind").into_iter().flatten().collect::<BTreeSet<_>>();
        prop_assert!(key == KEY || all(&once).is_disjoint(&all(&other)));
    }
}
