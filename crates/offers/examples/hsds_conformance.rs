//! Checks KeKiz against the schemas and examples of HSDS, which are not shipped here (CC BY-SA 4.0).
//!
//!     cargo run -p kekiz-offers --example hsds_conformance -- ORDNER…
//!
//! Each folder holds `schema/*.json` and `examples/*.{json,csv}` of one version. Every example is read, written and
//! compared; what we write, and an offer of ours, is held to the schemas. Exit code 1 if anything differs.

use kekiz_offers::hsds::{
    self, Files, Organization, Record, Service, ServiceAtLocation, Taxonomy, TaxonomyTerm,
};
use kekiz_offers::{Vocabularies, exchange};
use serde_json::{Map, Value};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut wrong = 0;
    for folder in std::env::args().skip(1) {
        wrong += check_folder(Path::new(&folder));
    }
    if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[expect(clippy::print_stdout, reason = "a command for people")]
fn say(ok: bool, what: &str) -> usize {
    println!("{} {what}", if ok { "ok    " } else { "FEHLER" });
    usize::from(!ok)
}

fn files(folder: &Path, ending: &str) -> Files {
    let found = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let named = found.filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path())));
    named
        .filter(|(name, _)| name.ends_with(ending))
        .filter_map(|(name, path)| Some((name, std::fs::read(path).ok()?)))
        .collect()
}

fn check_folder(folder: &Path) -> usize {
    let schemas = bundle(&files(&folder.join("schema"), ".json"));
    let mut wrong = 0;
    for (name, bytes) in files(&folder.join("examples"), ".json") {
        let label = format!("{}: {name}", folder.display());
        let stem = name.trim_end_matches(".json");
        wrong += match stem {
            "base" => base(&label, &bytes),
            "tabular" => tabular(&label, &bytes),
            _ if stem.starts_with("service_at_location") => {
                objects::<ServiceAtLocation>(&label, &bytes, &schemas)
            }
            _ if stem.starts_with("service") => objects::<Service>(&label, &bytes, &schemas),
            _ if stem.starts_with("organization") => objects::<Organization>(&label, &bytes, &schemas),
            _ if stem.starts_with("location") => objects::<hsds::Location>(&label, &bytes, &schemas),
            _ if stem.starts_with("taxonomy_term") => objects::<TaxonomyTerm>(&label, &bytes, &schemas),
            _ if stem.starts_with("taxonomy") => objects::<Taxonomy>(&label, &bytes, &schemas),
            _ => say(false, &format!("{label}: unbekanntes Beispiel")),
        };
    }
    for place in ["examples", "examples/csv"] {
        let tables = files(&folder.join(place), ".csv");
        if !tables.is_empty() {
            wrong += package(&format!("{}: {place}/*.csv", folder.display()), &tables);
        }
    }
    wrong + own_offer(&format!("{}: eigenes Angebot", folder.display()), &schemas)
}

/// All schemas in one, so that references are found without a network.
fn bundle(files: &Files) -> Map<String, Value> {
    let mut all = Map::new();
    for (name, bytes) in files {
        if let Ok(mut schema) = serde_json::from_slice::<Value>(bytes) {
            localise(&mut schema);
            all.insert(name.trim_end_matches(".json").into(), schema);
        }
    }
    all
}

fn localise(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(target)) = map.get_mut("$ref") {
                let name = target.trim_end_matches(".json").rsplit('/').next().unwrap_or_default();
                *target = format!("#/$defs/{name}");
            }
            // Names of fields in descriptions of tables, not JSON Schema; `unique` of a table is not one of JSON.
            map.remove("constraints");
            map.remove("$id");
            map.values_mut().for_each(localise);
        }
        Value::Array(items) => items.iter_mut().for_each(localise),
        _ => {}
    }
}

fn errors(entity: &str, value: &Value, schemas: &Map<String, Value>) -> Vec<String> {
    let schema = serde_json::json!({"$ref": format!("#/$defs/{entity}"), "$defs": schemas});
    match jsonschema::options().should_validate_formats(true).build(&schema) {
        Ok(validator) => validator.iter_errors(value).map(|error| error.to_string()).collect(),
        Err(error) => vec![error.to_string()],
    }
}

fn contents(value: Value) -> Vec<Value> {
    match value {
        Value::Object(mut map) if map.contains_key("contents") => match map.remove("contents") {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        },
        other => vec![other],
    }
}

fn objects<R: Record>(label: &str, bytes: &[u8], schemas: &Map<String, Value>) -> usize {
    let expected = serde_json::from_slice(bytes).map(contents).unwrap_or_default();
    let Ok(read) = hsds::read_objects::<R>(bytes) else {
        return say(false, &format!("{label}: nicht lesbar"));
    };
    let written: Vec<Value> = read.iter().map(|one| serde_json::to_value(one).unwrap_or_default()).collect();
    let mut wrong =
        say(!written.is_empty() && written == expected, &format!("{label}: gelesen und gleich geschrieben"));
    for one in &read {
        let conforming = serde_json::to_value(hsds::conform(one)).unwrap_or_default();
        let found = errors(R::ENTITY, &conforming, schemas);
        wrong += say(found.is_empty(), &format!("{label}: gültig nach Schema {}", found.join("; ")));
    }
    let (tables, _) = hsds::flatten(&read);
    let (again, _) = hsds::read_package(&hsds::write_package(&tables));
    wrong + say(tables == again, &format!("{label}: als Tabellen gleich"))
}

fn base(label: &str, bytes: &[u8]) -> usize {
    let read = serde_json::from_slice::<hsds::BaseDocument>(bytes);
    let same =
        read.ok().and_then(|base| serde_json::to_value(base).ok()) == serde_json::from_slice(bytes).ok();
    say(same, &format!("{label}: gelesen und gleich geschrieben"))
}

fn tabular(label: &str, bytes: &[u8]) -> usize {
    let value: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let Some(tables) = hsds::tables_from_json(value.clone()) else {
        return say(false, &format!("{label}: nicht lesbar"));
    };
    let wrong =
        say(hsds::tables_to_json(&tables) == value, &format!("{label}: gelesen und gleich geschrieben"));
    let (again, _) = hsds::read_package(&hsds::write_package(&tables));
    wrong + say(again == tables, &format!("{label}: als CSV-Paket gleich"))
}

fn package(label: &str, files: &Files) -> usize {
    let (tables, findings) = hsds::read_package(files);
    let (again, _) = hsds::read_package(&hsds::write_package(&tables));
    let texts: Vec<String> = findings.iter().map(ToString::to_string).collect();
    say(
        again == tables && !findings.has_errors(),
        &format!("{label}: gelesen und gleich geschrieben {}", texts.join(" ")),
    )
}

fn own_offer(label: &str, schemas: &Map<String, Value>) -> usize {
    let Ok(lists) = Vocabularies::defaults() else { return say(false, label) };
    let text = |words: &[&str]| words.iter().map(|word| word.to_string()).collect::<Vec<String>>();
    let header = text(&[
        "Name",
        "Träger",
        "Straße",
        "PLZ",
        "Ort",
        "Breitengrad",
        "Längengrad",
        "Telefon",
        "Öffnungszeiten",
        "Sprachen",
        "Lebensphasen",
        "Handlungsfelder",
        "Alter von (Monate)",
        "Plätze",
    ]);
    let row = text(&[
        "Krabbelgruppe",
        "Stadt",
        "Am Markt 1",
        "47798",
        "Krefeld",
        "51,33",
        "6,56",
        "02151 123456",
        "Mo,We 09:00-11:00; PH off",
        "Deutsch; Türkisch",
        "kleinkind_u3",
        "Frühe Hilfen",
        "4",
        "12",
    ]);
    let mapping = exchange::suggest_mapping(&header, "probe");
    let imported = exchange::offers_from_rows(&header, &[row], &mapping, &lists, &Default::default());
    let Some(offer) = imported.ok().and_then(|one| one.offers.into_iter().next()) else {
        return say(false, label);
    };
    let service = hsds::conform(&exchange::to_service(&offer, &lists));
    let found = errors("service", &serde_json::to_value(service).unwrap_or_default(), schemas);
    say(found.is_empty(), &format!("{label}: gültig nach Schema {}", found.join("; ")))
}
