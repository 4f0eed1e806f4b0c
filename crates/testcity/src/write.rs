//! The city as files: registers as offices send them, and the truth in a folder apart.

use crate::city::City;
use crate::error::CityError;
use crate::registers::{self, Register, Table};
use crate::truth;
use rayon::prelude::*;
use serde_json::json;
use std::path::Path;

/// Written last, so that a folder with it is complete.
pub const MARK_FILE: &str = "stadt.json";

/// A file by its path in the folder.
pub struct File {
    /// Path with `/`.
    pub path: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// All files of a city. Same city, same bytes.
///
/// Encodings and separators differ as offices' do: `einwohner.csv` and `schuleingang.csv` UTF-8 with mark and
/// semicolons, `kita.csv` commas and ISO dates, `sgb2.csv` Windows-1252, `kjh_teil1.txt` fixed width. What is true lies
/// under `wahrheit/`.
pub fn files(city: &City) -> Vec<File> {
    let rows = city.rows();
    let file = |path: String, bytes: Vec<u8>| File { path, bytes };
    let registers = rows.par_iter().map(|(register, rows)| {
        let table = register.table(city, rows);
        let bytes = match register {
            Register::Kita => csv(&table, b',').into_bytes(),
            Register::Sgb2 => windows_1252(&csv(&table, b';')),
            Register::Einwohner | Register::Schuleingang => with_mark(&csv(&table, b';')),
        };
        file(format!("{}.csv", register.id()), bytes)
    });
    let mut all: Vec<File> = registers.collect();
    let survey = csv(&registers::familienbefragung(city), b';');
    let kjh: String = registers::kjh(city).into_iter().map(|line| line + "\r\n").collect();
    all.push(file("familienbefragung.csv".into(), with_mark(&survey)));
    all.push(file("kjh_teil1.txt".into(), kjh.into_bytes()));
    all.push(file("adressen.csv".into(), csv(&addresses(city), b';').into_bytes()));
    all.push(file("stadtteile.geojson".into(), city.territory.areas_geojson().to_string().into_bytes()));
    all.push(file(
        "stadtbezirke.geojson".into(),
        city.territory.districts_geojson().to_string().into_bytes(),
    ));
    all.push(file(
        "wahrheit/verknuepfung.csv".into(),
        csv(&truth::links_table(city, &rows), b';').into_bytes(),
    ));
    all.push(file("wahrheit/kinder.csv".into(), csv(&truth::children_table(city), b';').into_bytes()));
    all.push(file("wahrheit/anteile.csv".into(), csv(&shares(city), b';').into_bytes()));
    all.push(file("wahrheit/kanarien.txt".into(), (city.canaries().join("\n") + "\n").into_bytes()));
    let records: serde_json::Map<String, serde_json::Value> =
        rows.iter().map(|(register, rows)| (register.id().to_string(), json!(rows.len()))).collect();
    let mark = json!({
        "version": 1, "children": city.plan.children, "seed": city.plan.seed,
        "households": city.households.len(), "records": records,
        "note": "Erfundene Stadt: kein Kind darin gibt es.",
    });
    all.push(file(MARK_FILE.into(), serde_json::to_vec_pretty(&mark).unwrap_or_default()));
    all
}

/// Writes a city into an empty folder, or over another made-up city.
///
/// # Errors
/// [`CityError::NotEmpty`] when the folder holds other things; [`CityError::Write`] when the system refuses.
pub fn write(city: &City, folder: &Path) -> Result<Vec<File>, CityError> {
    let shown = |path: &Path| path.display().to_string();
    let used = std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if used && !folder.join(MARK_FILE).exists() {
        return Err(CityError::NotEmpty { folder: shown(folder) });
    }
    let written = files(city);
    for file in &written {
        let path = folder.join(&file.path);
        let parent = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::write(&path, &file.bytes))
            .map_err(|error| CityError::Write { file: shown(&path), reason: error.to_string() })?;
    }
    Ok(written)
}

fn addresses(city: &City) -> Table {
    let number = |degrees: f64| format!("{degrees:.6}");
    let row = |address: &crate::Address| {
        vec![
            address.street.clone(),
            address.number.to_string(),
            address.postal_code.clone(),
            city.territory.keys[address.area].clone(),
            number(address.place[0]),
            number(address.place[1]),
        ]
    };
    let rows = city.territory.addresses.iter().map(row).collect();
    Table::new(&["strasse", "hausnummer", "plz", "stadtteil", "laenge", "breite"], rows)
}

/// Shares as they truly are beside the published ones.
fn shares(city: &City) -> Table {
    let row = |outcome: crate::Outcome| {
        let [found, all] = outcome.sgb2;
        let [other_found, other_all] = outcome.other;
        vec![
            outcome.id,
            found.to_string(),
            all.to_string(),
            other_found.to_string(),
            other_all.to_string(),
            outcome.published.sgb2.to_string(),
            outcome.published.other.to_string(),
            outcome.published.source,
        ]
    };
    let header = [
        "befund",
        "sgb2_mit",
        "sgb2_alle",
        "uebrige_mit",
        "uebrige_alle",
        "soll_sgb2",
        "soll_uebrige",
        "quelle",
    ];
    Table::new(&header, city.outcomes().into_iter().map(row).collect())
}

fn csv(table: &Table, delimiter: u8) -> String {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    // Writing to memory does not fail, and every row has the header's length.
    let written =
        std::iter::once(&table.header).chain(&table.rows).try_for_each(|row| writer.write_record(row));
    debug_assert!(written.is_ok());
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn with_mark(text: &str) -> Vec<u8> {
    format!("\u{feff}{text}").into_bytes()
}

/// Letters the encoding lacks are written without their marks.
fn windows_1252(text: &str) -> Vec<u8> {
    let encodable = |letter: char| {
        let mut bytes = [0; 4];
        !encoding_rs::WINDOWS_1252.encode(letter.encode_utf8(&mut bytes)).2
    };
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        if encodable(letter) {
            plain.push(letter);
        } else {
            plain.push_str(&crate::mistake::transliterated(&letter.to_string(), false));
        }
    }
    encoding_rs::WINDOWS_1252.encode(&plain).0.into_owned()
}
