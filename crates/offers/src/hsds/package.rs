//! HSDS as a Frictionless Tabular Data Package: one CSV file per entity and `datapackage.json`.
//!
//! Machine exchange: values stand exactly as they are (`+49 …`), without the guard that lists for spreadsheets
//! get (`crate::exchange::csv_list`). Source: Data Package v1 and Table Schema v1, <https://specs.frictionlessdata.io>.

use super::edges::{ENTITIES, entity, entity_of_file, references};
use super::tables::{ColumnKind, Row, Tables, columns};
use kekiz_base::{Diagnostics, Place, Severity};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Files of a package by name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Writes tables as a data package; empty tables are left out. The bytes depend on the tables only.
pub fn write_package(tables: &Tables) -> Files {
    let mut files = Files::new();
    let mut resources = Vec::new();
    for kind in ENTITIES {
        let rows = tables.rows(kind.name);
        if rows.is_empty() {
            continue;
        }
        let columns = columns(kind, rows);
        files.insert(kind.file.into(), write_csv(&columns, rows));
        let fields: Vec<Value> =
            columns.iter().map(|(name, kind)| json!({"name": name, "type": type_name(*kind)})).collect();
        let keys: Vec<Value> = references(kind)
            .into_iter()
            .filter_map(|(column, target)| Some((column, target?)))
            .filter(|(_, target)| !tables.rows(target).is_empty())
            .map(|(column, target)| json!({"fields": column, "reference": {"resource": target, "fields": "id"}}))
            .collect();
        let mut schema = json!({"primaryKey": "id", "fields": fields, "missingValues": [""]});
        if !keys.is_empty()
            && let Some(map) = schema.as_object_mut()
        {
            map.insert("foreignKeys".into(), Value::from(keys));
        }
        resources.push(json!({
            "name": kind.name, "path": kind.file, "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
            "profile": "tabular-data-resource", "schema": schema,
        }));
    }
    let package = json!({
        "name": "human_services_data", "title": "Human Services Data Specification",
        "profile": "tabular-data-package", "version": super::page::VERSION, "resources": resources,
    });
    let text = serde_json::to_string_pretty(&package).unwrap_or_default();
    files.insert("datapackage.json".into(), text.into_bytes());
    files
}

fn type_name(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::String => "string",
        ColumnKind::Number => "number",
        ColumnKind::Boolean => "boolean",
        ColumnKind::Any => "any",
    }
}

fn write_csv(columns: &[(String, ColumnKind)], rows: &[Row]) -> Vec<u8> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    let cell = |row: &Row, (name, kind): &(String, ColumnKind)| match row.get(name) {
        None => String::new(),
        // In a column of any kind, text that would be read as JSON (`12`, `true`) stands in quotes.
        Some(Value::String(text)) if *kind != ColumnKind::Any || !is_json(text) => text.clone(),
        Some(value) => value.to_string(),
    };
    // Writing to memory cannot fail; an error would only leave the file shorter, which the tests would see.
    let _ = writer.write_record(columns.iter().map(|(name, _)| name));
    for row in rows {
        let _ = writer.write_record(columns.iter().map(|column| cell(row, column)));
    }
    writer.into_inner().unwrap_or_default()
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok()
}

/// Reads a package. Files that are no table of the standard are ignored with a note; rows that are not readable
/// are refused with line and remedy. Types of columns beyond the standard come from `datapackage.json`.
pub fn read_package(files: &Files) -> (Tables, Diagnostics) {
    let mut tables = Tables::default();
    let mut findings = Diagnostics::new();
    let kinds = declared_kinds(files, &mut findings);
    for kind in ENTITIES {
        if let Some(bytes) = files.get(kind.file) {
            read_csv(kind.name, kind.file, bytes, &kinds, &mut tables, &mut findings);
        }
    }
    for file in files.keys().filter(|file| *file != "datapackage.json" && entity_of_file(file).is_none()) {
        let place = Place { file: Some(file.clone()), ..Place::default() };
        findings.push(
            Severity::Note,
            "hsds-file-unknown",
            place,
            "Diese Datei gehört nicht zu HSDS und wird nicht gelesen.",
            "",
        );
    }
    (tables, findings)
}

type Kinds = BTreeMap<(String, String), String>;

fn declared_kinds(files: &Files, findings: &mut Diagnostics) -> Kinds {
    let Some(bytes) = files.get("datapackage.json") else { return Kinds::new() };
    let Ok(package) = serde_json::from_slice::<Value>(bytes) else {
        let place = Place { file: Some("datapackage.json".into()), ..Place::default() };
        findings.push(
            Severity::Warning,
            "hsds-package",
            place,
            "Die Beschreibung des Pakets ist kein JSON.",
            "Die Tabellen werden trotzdem gelesen.",
        );
        return Kinds::new();
    };
    let text =
        |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_string();
    let mut kinds = Kinds::new();
    for resource in package["resources"].as_array().into_iter().flatten() {
        for field in resource["schema"]["fields"].as_array().into_iter().flatten() {
            kinds.insert((text(resource, "path"), text(field, "name")), text(field, "type"));
        }
    }
    kinds
}

fn read_csv(
    name: &'static str,
    file: &str,
    bytes: &[u8],
    kinds: &Kinds,
    tables: &mut Tables,
    findings: &mut Diagnostics,
) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let place = |line: u64| Place { file: Some(file.into()), line: Some(line), column: None };
    let header: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(str::to_string).collect(),
        Err(_) => {
            findings.push(
                Severity::Error,
                "hsds-csv",
                place(1),
                "Die Kopfzeile ist nicht lesbar.",
                "Bitte die Datei als CSV in UTF-8 speichern.",
            );
            return;
        }
    };
    for (number, record) in reader.records().enumerate() {
        let line = number as u64 + 2;
        match record {
            Ok(record) if record.len() == header.len() => {
                let cells = header.iter().zip(record.iter()).filter(|(_, text)| !text.is_empty());
                tables.push(
                    name,
                    cells
                        .map(|(column, text)| (column.clone(), typed(name, file, column, text, kinds)))
                        .collect(),
                );
            }
            Ok(record) => {
                let message =
                    format!("Die Zeile hat {} Felder, die Kopfzeile {}.", record.len(), header.len());
                findings.push(
                    Severity::Error,
                    "hsds-csv-fields",
                    place(line),
                    message,
                    "Bitte Trennzeichen und Anführungszeichen prüfen.",
                );
            }
            Err(_) => findings.push(
                Severity::Error,
                "hsds-csv",
                place(line),
                "Die Zeile ist nicht lesbar.",
                "Bitte die Datei als CSV in UTF-8 speichern.",
            ),
        }
    }
}

fn typed(name: &str, file: &str, column: &str, text: &str, kinds: &Kinds) -> Value {
    let standard = entity(name).and_then(|kind| kind.fields.iter().find(|field| field.name == column));
    let declared = kinds.get(&(file.to_string(), column.to_string())).map(String::as_str);
    let kind = match standard.map(|field| field.shape) {
        _ if declared == Some("any") => "any",
        Some(super::record::Shape::Number) => "number",
        Some(super::record::Shape::Text) => "string",
        _ => declared.unwrap_or("string"),
    };
    let parsed = match kind {
        "number" | "integer" => serde_json::from_str(text).ok().filter(Value::is_number),
        "boolean" => serde_json::from_str(text).ok().filter(Value::is_boolean),
        "any" | "object" | "array" => serde_json::from_str(text).ok(),
        _ => None,
    };
    parsed.unwrap_or_else(|| Value::from(text))
}

/// The tables as one JSON object (`tabular.json` of the standard): file name → rows.
pub fn tables_to_json(tables: &Tables) -> Value {
    let mut all = Map::new();
    for kind in ENTITIES.iter().filter(|kind| !tables.rows(kind.name).is_empty()) {
        all.insert(kind.file.into(), tables.rows(kind.name).iter().cloned().map(Value::Object).collect());
    }
    Value::Object(all)
}

/// Reads `tabular.json`; `None` if it is not an object of lists of objects.
pub fn tables_from_json(value: Value) -> Option<Tables> {
    let Value::Object(all) = value else { return None };
    let mut tables = Tables::default();
    for (file, rows) in all {
        let Value::Array(rows) = rows else { return None };
        for row in rows {
            let Value::Object(row) = row else { return None };
            if let Some(kind) = entity_of_file(&file) {
                tables.push(kind.name, row);
            }
        }
    }
    Some(tables)
}
