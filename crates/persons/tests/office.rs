//! What the office does with person records, from the file to what leaves.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use kekiz_base::{Observation, Period};
use kekiz_disclosure::Policy;
use kekiz_linkage::Cardinality;
use kekiz_persons::{
    Counts, LinkJob, Office, PersonsError, analyse, compute, decide, describe, doubtful, link, list, overdue,
    parse_analysis, parse_counts, purge_dataset, purge_linking, purge_person, release, show_pair,
};
use kekiz_strongbox::ItemKind;
use std::collections::BTreeMap;
use support::{CANARY, accessor, benefits, examinations, import_text, no_canary, office, tree};

const COUNTS: &str = r#"
version = 1
dataset = "seu-zaehlung"
source = { title = "Schuleingangsuntersuchung", publisher = "Probe", licence = "keine", attribution = "" }
frame = { dataset = "seu" }

[[counts]]
variable = "seu_kinder"
title = "Untersuchte Kinder"
known = ["visuomotorik"]
by = "geschlecht"

[[counts]]
variable = "seu_visuomotorik"
title = "Visuomotorik auffällig"
where = { visuomotorik = ["3"] }
by = "geschlecht"
"#;

const TABLES: &str = r#"
version = 1
id = "probe"
title = "Befunde nach Geschlecht"
frame = { dataset = "seu" }

[[tables]]
id = "visuomotorik"
title = "Visuomotorik auffällig"
outcome = "visuomotorik"
case = ["3"]
group = "geschlecht"
exposed = "1"
reference = "2"

[[tables]]
id = "deutsch"
title = "Deutsch mangelhaft"
outcome = "deutsch_mangelhaft"
case = ["1"]
group = "geschlecht"
exposed = "1"
reference = "2"
"#;

fn ok<T>(outcome: Result<T, PersonsError>) -> T {
    outcome.unwrap_or_else(|error| panic!("{error}"))
}

fn imported(children: usize) -> (tempfile::TempDir, Office) {
    let dir = tempfile::tempdir().unwrap();
    let (office, _) = office(dir.path());
    ok(import_text(&office, "schuleingangsuntersuchung", "seu", &examinations(children)));
    ok(import_text(&office, "sgb2", "sgb2", &benefits(children)));
    (dir, office)
}

/// The figures by variable, area, period and group.
fn figures(counts: &Counts) -> BTreeMap<(String, String, Period, String), f64> {
    let (d, f) = (&counts.dictionaries, &counts.figures);
    let at = |n: u32| n as usize;
    (0..f.len())
        .map(|row| {
            let Observation::Value(value, _) = f.observation[row] else { panic!() };
            let key = (
                d.variables.entries()[at(f.variable[row])].to_string(),
                d.areas.entries()[at(f.area[row])].to_string(),
                d.periods.entries()[at(f.period[row])],
                d.groups.entries()[at(f.group[row])].as_str().to_string(),
            );
            (key, value)
        })
        .collect()
}

#[test]
fn imported_records_are_described_without_a_value_and_nothing_readable_lies_on_the_disk() {
    let (dir, office) = imported(40);
    let lines = ok(list(&office));
    let names: Vec<(&str, u64, bool)> =
        lines.iter().map(|l| (l.dataset.as_str(), l.rows, l.linking)).collect();
    assert_eq!(names, [("seu", 40, true), ("sgb2", 10, true)]);
    let description = ok(describe(&office, "seu"));
    let text = serde_json::to_string(&description).unwrap();
    assert!(!text.contains(CANARY) && text.contains("Visuomotorik"));
    assert_eq!(description.summary.placed, Some(30));
    no_canary(dir.path());
    assert!(ok(office.audit()).problems.is_empty());
    assert!(ok(overdue(&office, "2030-12-31".parse().unwrap())).is_empty());
    assert_eq!(ok(overdue(&office, "2031-01-01".parse().unwrap())).len(), 2);
}

#[test]
fn a_refused_file_changes_nothing_and_its_message_says_no_value() {
    let (dir, office) = imported(12);
    let before = office.strongbox().list().unwrap();
    let text = examinations(12).replace("05.03.2018", "05.03.2031");
    let Err(error) = import_text(&office, "schuleingangsuntersuchung", "seu", &text) else { panic!() };
    let findings: String = error.findings().into_iter().flatten().map(ToString::to_string).collect();
    assert!(findings.contains("geburt-nach-untersuchung") && !findings.contains(CANARY), "{findings}");
    assert!(error.to_string().contains("nichts geändert") && !format!("{error:?}").contains(CANARY));
    assert_eq!(office.strongbox().list().unwrap(), before);
    no_canary(dir.path());
}

#[test]
fn counts_are_those_of_the_records_and_add_up() {
    let (_dir, office) = imported(40);
    let definitions = ok(parse_counts("z.toml", COUNTS));
    let (counts, findings) = ok(compute(&office, &definitions, &tree(), "z.toml"));
    assert_eq!((counts.records, counts.unplaced), (30, 10));
    assert!(findings.iter().any(|finding| finding.code == "records-unplaced"));
    let found = figures(&counts);
    let year = Period::SchoolYear(2023);
    let get =
        |variable: &str, area: &str, group: &str| found[&(variable.into(), area.into(), year, group.into())];
    // House 4 is not placed: of 40 children the rest of n mod 4 is 0, 1 (quarter 011) or 2 (quarter 012).
    let children = |rests: &[usize]| (0..40).filter(|n| rests.contains(&(n % 4))).collect::<Vec<usize>>();
    for (area, rests) in [("05117000", vec![0, 1, 2]), ("011", vec![0, 1]), ("012", vec![2])] {
        let all = children(&rests);
        let hits = |wanted: &dyn Fn(usize) -> bool| all.iter().filter(|n| wanted(**n)).count() as f64;
        assert_eq!(get("seu_kinder", area, "insgesamt"), hits(&|_| true));
        assert_eq!(get("seu_visuomotorik", area, "insgesamt"), hits(&|n| n.is_multiple_of(3)));
        assert_eq!(get("seu_visuomotorik", area, "weiblich"), hits(&|n| n.is_multiple_of(6)));
    }
    assert_eq!(
        found.get(&("seu_kinder".into(), "012".into(), year, "männlich".into())),
        None,
        "nobody there"
    );
    let (again, _) = ok(compute(&office, &definitions, &tree(), "z.toml"));
    assert!(again.digest == counts.digest && figures(&again) == found);
    let unknown =
        ok(parse_counts("z.toml", &COUNTS.replace("known = [\"visuomotorik\"]", "known = [\"vorname\"]")));
    let Err(error) = compute(&office, &unknown, &tree(), "z.toml") else { panic!() };
    assert!(error.to_string().contains("vorname") && error.to_string().contains('→'), "{error}");
    assert!(parse_counts("z.toml", "version = 2\n").is_err());
}

#[test]
fn cross_tables_have_shares_and_ratios() {
    let (_dir, office) = imported(600);
    let analysis = ok(analyse(&office, &ok(parse_analysis("a.toml", TABLES)), "a.toml"));
    let table = &analysis.tables[0];
    let [men, women] = [&table.groups[0], &table.groups[1]];
    // Multiples of 3 among 300 odd and 300 even numbers below 600: 100 each.
    assert_eq!((men.label.as_str(), men.cases, men.persons), ("männlich", 100, 300));
    assert_eq!((women.label.as_str(), women.cases, women.persons), ("weiblich", 100, 300));
    let ratio = table.risk_ratio.unwrap();
    assert_eq!(ratio.value, Some(1.0));
    assert!(ratio.lower < 1.0 && ratio.upper.unwrap() > 1.0);
    let wrong = TABLES.replacen("exposed = \"1\"", "exposed = \"7\"", 1);
    let Err(error) = analyse(&office, &ok(parse_analysis("a.toml", &wrong)), "a.toml") else { panic!() };
    assert!(error.to_string().contains("keine Gruppe „7“"), "{error}");
}

fn linked(office: &Office) -> kekiz_persons::LinkReport {
    let job = LinkJob {
        name: "seu-sgb2",
        left: "seu",
        right: "sgb2",
        model: None,
        match_probability: None,
        review_probability: 0.01,
        cardinality: Cardinality::OneToOne,
        seed: 1,
    };
    ok(link(office, &job))
}

#[test]
fn linked_registers_tell_who_is_in_benefit() {
    let (dir, office) = imported(600);
    let report = linked(&office);
    assert_eq!(report.records, [600, 150]);
    // First names differ, so every child in benefit has one partner.
    assert_eq!(report.links, 150, "{report:?}");
    let joined = TABLES.replace(
        "frame = { dataset = \"seu\" }",
        "[frame]\ndataset = \"seu\"\n[[frame.join]]\nlinks = \"seu-sgb2\"\ndataset = \"sgb2\"\nflag = \"sgb2\"\ntitle = \"SGB II\"\ntake = [\"alter\"]",
    );
    let joined = joined
        .replace("group = \"geschlecht\"", "group = \"sgb2\"")
        .replace("reference = \"2\"", "reference = \"0\"");
    let analysis = ok(analyse(&office, &ok(parse_analysis("a.toml", &joined)), "a.toml"));
    let table = &analysis.tables[0];
    let lines: Vec<(&str, u64, u64)> =
        table.groups.iter().map(|group| (group.label.as_str(), group.cases, group.persons)).collect();
    // Multiples of 4 are in benefit; of those, multiples of 12 are conspicuous.
    assert_eq!(lines, [("nein", 150, 450), ("ja", 50, 150)]);
    assert_eq!(table.group_title, "SGB II");
    no_canary(dir.path());
    // One person is gone from both registers and from the links, found by either identifier.
    let parts = ok(purge_person(&office, &office.pseudonym("sgb2-person", "P8"))).parts;
    // Doubtful pairs of that person, if linking left any, go as well.
    let settled = parts.iter().filter(|part| part.kind != "decisions");
    let rows: Vec<(&str, &str, u64)> = settled.map(|p| (p.kind, p.name.as_str(), p.rows)).collect();
    let expected = [
        ("records", "seu"),
        ("records", "sgb2"),
        ("linking", "seu"),
        ("linking", "sgb2"),
        ("links", "seu-sgb2"),
    ];
    assert_eq!(rows, expected.map(|(kind, name)| (kind, name, 1)));
    assert!(purge_person(&office, &office.pseudonym("seu-kind", "K8")).is_err(), "the examination went too");
    // A new import makes the links worthless; they go with the old one.
    ok(import_text(&office, "sgb2", "sgb2", &benefits(600)));
    assert!(office.strongbox().item(ItemKind::Links, "seu-sgb2").is_err());
}

#[test]
fn links_do_not_depend_on_threads() {
    let stored = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let dir = tempfile::tempdir().unwrap();
            let secrets = kekiz_strongbox::keyfile::read(&key(), None).unwrap();
            let office = ok(Office::create(dir.path(), &secrets, accessor()));
            ok(import_text(&office, "schuleingangsuntersuchung", "seu", &examinations(300)));
            ok(import_text(&office, "sgb2", "sgb2", &benefits(300)));
            linked(&office);
            let digests: Vec<String> =
                office.strongbox().list().unwrap().into_iter().map(|item| item.digest).collect();
            digests
        })
    };
    assert_eq!(stored(1), stored(3));
}

/// A key that is the same in every run of a test.
fn key() -> std::path::PathBuf {
    static KEY: std::sync::OnceLock<(tempfile::TempDir, std::path::PathBuf)> = std::sync::OnceLock::new();
    let (_, path) = KEY.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        kekiz_strongbox::keyfile::write(&path, &kekiz_strongbox::Secrets::random().unwrap(), None).unwrap();
        (dir, path)
    });
    path.clone()
}

#[test]
fn doubtful_pairs_are_decided_by_people() {
    let (_dir, office) = imported(600);
    linked(&office);
    let pairs = ok(doubtful(&office, "seu-sgb2"));
    if let Some(pair) = pairs.first() {
        let fields = ok(show_pair(&office, "seu-sgb2", pair.number)).fields;
        assert!(fields.iter().any(|(name, ..)| name == "surname"));
        let before = office.strongbox().item(ItemKind::Links, "seu-sgb2").unwrap().rows;
        ok(decide(&office, "seu-sgb2", pair.number, true));
        assert_eq!(office.strongbox().item(ItemKind::Links, "seu-sgb2").unwrap().rows, before + 1);
        ok(decide(&office, "seu-sgb2", pair.number, false));
        assert_eq!(office.strongbox().item(ItemKind::Links, "seu-sgb2").unwrap().rows, before);
        assert_eq!(ok(doubtful(&office, "seu-sgb2"))[pair.number].decision, "no");
    }
    assert!(decide(&office, "seu-sgb2", 1_000_000, true).is_err());
    ok(purge_linking(&office, "seu"));
    assert!(show_pair(&office, "seu-sgb2", 0).is_err(), "no names any more");
}

#[test]
fn what_leaves_is_protected_and_remembered() {
    let (dir, office) = imported(600);
    let definition = ok(parse_analysis("a.toml", TABLES));
    let released = ok(release(&office, &definition, &Policy::min10(), "a.toml"));
    let csv = released.to_csv();
    assert!(csv.contains("visuomotorik;Visuomotorik auffällig;männlich;100;300;33,3;"), "{csv}");
    assert!(csv.contains("Relatives Risiko;;;1,00;"), "{csv}");
    // The same again is the same again.
    assert_eq!(ok(release(&office, &definition, &Policy::min10(), "a.toml")).to_csv(), csv);
    let lines = ok(list(&office));
    assert_eq!(lines[0].releases, ["tables-probe-1", "tables-probe-2"]);
    no_canary(dir.path());
    let (_dir, small) = imported(20);
    let released = ok(release(&small, &definition, &Policy::min10(), "a.toml"));
    let shown =
        released.tables.iter().flat_map(|table| &table.groups).filter(|(_, cell)| cell.figure().is_some());
    assert_eq!(shown.count(), 0, "{}", released.to_csv());
    assert!(released.tables.iter().all(|table| table.risk_ratio.is_none()));
    assert!(released.to_csv().contains("geschützt"));
}

#[test]
fn a_child_between_two_releases_is_not_let_out() {
    let (_dir, office) = imported(600);
    let definition = ok(parse_analysis("a.toml", TABLES));
    ok(release(&office, &definition, &Policy::min5(), "a.toml"));
    // One more child: the difference of the two tables would be that child.
    ok(import_text(&office, "schuleingangsuntersuchung", "seu", &examinations(601)));
    let outcome = release(&office, &definition, &Policy::min5(), "a.toml");
    assert!(matches!(outcome, Err(PersonsError::Gate(_))), "refused");
}

#[test]
fn purged_is_purged() {
    let (dir, office) = imported(40);
    ok(compute(&office, &ok(parse_counts("z.toml", COUNTS)), &tree(), "z.toml"));
    let report = ok(purge_linking(&office, "seu"));
    assert_eq!((report.parts.len(), report.parts[0].kind), (1, "linking"));
    assert!(purge_linking(&office, "seu").is_err(), "they are gone");
    let report = ok(purge_dataset(&office, "seu"));
    assert_eq!(report.releases, ["figures-seu-zaehlung"]);
    let kinds: Vec<ItemKind> = office.strongbox().list().unwrap().iter().map(|item| item.kind).collect();
    assert_eq!(kinds, [ItemKind::Description, ItemKind::Records, ItemKind::Linking, ItemKind::Release]);
    assert!(purge_dataset(&office, "seu").is_err());
    no_canary(dir.path());
}

#[test]
fn one_person_is_purged_everywhere() {
    let (dir, office) = imported(40);
    let pseudonym = office.pseudonym("seu-kind", "k 7");
    let report = ok(purge_person(&office, &pseudonym));
    let parts: Vec<(&str, &str, u64)> =
        report.parts.iter().map(|p| (p.kind, p.name.as_str(), p.rows)).collect();
    assert_eq!(parts, [("records", "seu", 1), ("linking", "seu", 1)]);
    assert_eq!(ok(list(&office))[0].rows, 39);
    assert!(matches!(purge_person(&office, &pseudonym), Err(PersonsError::UnknownPerson)));
    assert!(ok(office.audit()).problems.is_empty());
    no_canary(dir.path());
}

#[test]
fn pseudonyms_survive_a_new_key() {
    let (dir, office) = imported(12);
    let before = office.pseudonym("seu-kind", "K1");
    let new = office.strongbox().secrets().renewed().unwrap();
    let renewed = ok(office.rotate_key(&new));
    assert_eq!(renewed.pseudonym("seu-kind", "K1"), before);
    assert_eq!(ok(list(&renewed)).len(), 2);
    let again = ok(Office::open(dir.path(), &new, accessor()));
    assert_eq!(ok(purge_person(&again, &before)).parts.len(), 2);
}
