//! An attacker with every output of a served store: pages, interface, downloads, files and the printed report together
//! give back no suppressed number.
#![allow(clippy::unwrap_used, clippy::panic)]

use assert_cmd::Command;
use kekiz_base::CubeCell;
use kekiz_testkit::{canary_in, child_poverty, publish_city};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};

/// Area and year.
type Place = (String, String);

/// Most addresses that are asked.
const MOST_ADDRESSES: usize = 400;

/// A server that ends with the test.
struct Served(Child, String);

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn serve(store: &Path) -> Served {
    let program = Command::cargo_bin("kekiz").unwrap().get_program().to_owned();
    let mut child = std::process::Command::new(program)
        .args(["serve", "--port", "0", "--store"])
        .arg(store)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let address = lines.find_map(|line| {
        let from = line.find("127.0.0.1:")?;
        Some(line[from..].chars().take_while(|c| c.is_ascii_digit() || ".:".contains(*c)).collect::<String>())
    });
    // Nobody reads on: what the server says later goes nowhere.
    std::thread::spawn(move || lines.count());
    Served(child, address.unwrap())
}

/// Kind and text of an answer; `None` for what is no text.
fn get(served: &Served, target: &str) -> Option<(String, String)> {
    let mut stream = TcpStream::connect(&served.1).ok()?;
    write!(stream, "GET {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", served.1).ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    if !head.starts_with("HTTP/1.1 200") {
        return None;
    }
    let kind =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-type: ").map(String::from));
    Some((kind.unwrap_or_default(), body.to_string()))
}

/// Every text the server gives, by address, following links from the start page and from the interface.
fn crawled(served: &Served) -> BTreeMap<String, (String, String)> {
    let mut open: VecDeque<String> =
        ["/", "/api/v1/indicators", "/api/v1/areas", "/api/v1/openapi.json"].map(String::from).into();
    for year in 2019..=2024 {
        for level in ["stadtteil", "stadtbezirk", "gemeinde"] {
            open.push_back(format!("/download/kinderarmut.csv?ebene={level}&jahr={year}"));
            open.push_back(format!("/atlas/kinderarmut?ebene={level}&jahr={year}"));
        }
    }
    open.push_back("/api/v1/indicators/kinderarmut/values".into());
    let mut seen: BTreeSet<String> = open.iter().cloned().collect();
    let mut found = BTreeMap::new();
    while let Some(target) = open.pop_front() {
        if found.len() >= MOST_ADDRESSES {
            break;
        }
        let Some((kind, text)) = get(served, &target) else { continue };
        if kind.contains("html") {
            for link in text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                let link = link.replace("&amp;", "&");
                let link = link.split('#').next().unwrap_or_default();
                if link.starts_with('/') && !link.starts_with("//") && seen.insert(link.to_string()) {
                    open.push_back(link.to_string());
                }
            }
        }
        found.insert(target, (kind, text));
    }
    found
}

/// What the tables say of child poverty.
#[derive(Default)]
struct Published {
    cases: BTreeMap<Place, f64>,
    bases: BTreeMap<Place, f64>,
    rows: BTreeSet<Place>,
}

/// Cases and base by place, from a table as it is downloaded.
fn read_table(text: &str, read: &mut Published) {
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(';').collect();
    let column = |name: &str| header.iter().position(|column| *column == name);
    let (Some(key), Some(year), Some(count), Some(base), Some(value)) =
        (column("schluessel"), column("zeitraum"), column("faelle"), column("bezug"), column("wert"))
    else {
        return;
    };
    for fields in lines.map(|line| line.split(';').collect::<Vec<_>>()) {
        let number = |at: usize| fields.get(at).and_then(|text| text.replace(',', ".").parse::<f64>().ok());
        let (Some(area), Some(year)) = (fields.get(key), fields.get(year)) else { continue };
        let place = (area.to_string(), year.to_string());
        read.rows.insert(place.clone());
        // The same number of one cell everywhere.
        let note = |list: &mut BTreeMap<Place, f64>, number: f64| {
            let known = *list.entry(place.clone()).or_insert(number);
            assert!((known - number).abs() < 1e-9, "{place:?} has two numbers");
        };
        if let Some(base) = number(base) {
            note(&mut read.bases, base);
        }
        match (number(count), number(value), number(base)) {
            (Some(count), ..) => note(&mut read.cases, count),
            (None, Some(share), Some(base)) => note(&mut read.cases, (share * base / 100.0).round()),
            _ => {}
        }
    }
}

/// Smallest and largest number every cell can be: sums of parts, and nothing below zero.
fn intervals(
    known: &BTreeMap<Place, f64>,
    places: &[Place],
    sums: &[(Place, Vec<Place>)],
) -> BTreeMap<Place, (f64, f64)> {
    let start = |place: &Place| known.get(place).map_or((0.0, f64::INFINITY), |number| (*number, *number));
    let mut all: BTreeMap<Place, (f64, f64)> =
        places.iter().map(|place| (place.clone(), start(place))).collect();
    loop {
        let before = all.clone();
        for (whole, parts) in sums {
            let low: f64 = parts.iter().map(|part| all[part].0).sum();
            let high: f64 = parts.iter().map(|part| all[part].1).sum();
            let of = all.get_mut(whole).unwrap();
            *of = (of.0.max(low), of.1.min(high));
            let whole = all[whole];
            for part in parts {
                let others = |of: fn(&(f64, f64)) -> f64| -> f64 {
                    parts.iter().filter(|other| *other != part).map(|other| of(&all[other])).sum()
                };
                let (least, most) = (whole.0 - others(|x| x.1), whole.1 - others(|x| x.0));
                let of = all.get_mut(part).unwrap();
                *of = (of.0.max(least), of.1.min(most));
            }
        }
        if all == before {
            return all;
        }
    }
}

#[test]
fn all_outputs_together_give_back_no_suppressed_number() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("stadt");
    Command::cargo_bin("kekiz").unwrap().arg("init").arg(&store).assert().success();
    publish_city(&store.join("published")).unwrap();
    let written = |arguments: &[&str], name: &str| {
        let out = folder.path().join(name);
        let mut command = Command::cargo_bin("kekiz").unwrap();
        command.args(arguments).arg("--store").arg(&store).arg("--out").arg(&out).assert().success();
        std::fs::read(out).unwrap()
    };
    let mut read = Published::default();
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for format in ["csv", "json-stat", "geojson", "svg"] {
        for level in ["stadtteil", "stadtbezirk", "gemeinde"] {
            let bytes = written(&["export", "kinderarmut", "--format", format, "--level", level], "aus");
            let text = String::from_utf8(bytes).unwrap();
            if format == "csv" {
                read_table(&text, &mut read);
            }
            texts.insert(format!("export {format} {level}"), text);
        }
    }
    for area in ["99001001", "M1", "M1-02", "M1-03"] {
        let pdf = lopdf::Document::load_mem(&written(&["report", "sozialbericht", "--area", area], "b.pdf"))
            .unwrap();
        let pages: Vec<u32> = pdf.get_pages().keys().copied().collect();
        texts.insert(format!("report {area}"), pdf.extract_text(&pages).unwrap());
    }
    let served = serve(&store);
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for (target, (kind, text)) in crawled(&served) {
        for name in ["html", "json", "csv", "svg"] {
            *kinds.entry(name).or_default() += usize::from(kind.contains(name));
        }
        if kind.contains("csv") && target.contains("kinderarmut") {
            read_table(&text, &mut read);
        }
        texts.insert(target, text);
    }
    assert!(
        ["html", "json", "csv"].iter().all(|kind| kinds[kind] > 0) && texts.len() > 60,
        "{kinds:?} {}",
        texts.len()
    );
    for (from, text) in &texts {
        assert_eq!(canary_in(text), None, "{from}");
    }
    let cube = child_poverty().unwrap();
    let mut truth: BTreeMap<Place, f64> = BTreeMap::new();
    let mut cells = cube.cells.iter();
    for area in &cube.areas {
        for period in &cube.periods {
            if let Some(CubeCell::Value { numerator: Some(cases), .. }) = cells.next() {
                truth.insert((area.key.to_string(), period.to_string()), cases.expose());
            }
        }
    }
    let places: Vec<Place> = truth.keys().cloned().collect();
    assert_eq!(places.iter().find(|place| !read.rows.contains(*place)), None, "the attacker has not read it");
    let mut cases = read.cases;
    let mut sums = Vec::new();
    for area in &cube.areas {
        let parts: Vec<_> = cube
            .areas
            .iter()
            .filter(|part| part.parent.as_ref() == Some(&area.key))
            .map(|part| &part.key)
            .collect();
        for period in cube.periods.iter().filter(|_| !parts.is_empty()) {
            let of = |key: &kekiz_base::AreaKey| (key.to_string(), period.to_string());
            sums.push((of(&area.key), parts.iter().map(|key| of(key)).collect()));
        }
    }
    assert!(sums.len() >= 4 * cube.periods.len());
    cases.retain(|place, _| truth.contains_key(place));
    for (place, number) in &cases {
        assert!((truth[place] - number).abs() < 1e-6, "{place:?} is published as another number");
    }
    let hidden: Vec<&Place> = places.iter().filter(|place| !cases.contains_key(place)).collect();
    assert!(hidden.len() >= 18, "{}", hidden.len());
    let found = intervals(&cases, &places, &sums);
    for place in hidden {
        let (low, high) = found[place];
        assert!(low <= truth[place] && truth[place] <= high, "{place:?}: the attack is wrong");
        // Nobody can say more than that it is some number up to ten.
        assert!(high - low >= 5.0, "{place:?} lies between {low} and {high}");
    }
    // The attack works: with one more cell of a Stadtbezirk known, its last hidden one is found.
    let mut told = cases.clone();
    let year = cube.periods[0].to_string();
    let inside =
        |place: &&Place| place.0.starts_with("M1-") && place.1 == year && !cases.contains_key(*place);
    for place in places.iter().filter(inside).skip(1) {
        told.insert(place.clone(), truth[place]);
    }
    let broken = intervals(&told, &places, &sums);
    let last = places.iter().find(inside).unwrap();
    assert_eq!(broken[last], (truth[last], truth[last]));
}
