//! GeoPackage: an SQLite file, opened in memory and read-only.
//!
//! Source: OGC 12-128r19 "GeoPackage Encoding Standard" 1.4. Coordinates are stored x before y, easting or
//! longitude first, whatever the axis order of the reference system (clause 2.1.3).

use super::error::ReadError;
use super::raw::{self, Declared, RawFeature, RawGeometry, RawLayer};
use super::{MAX_VERTICES, wkb};
use crate::{Attribute, Crs, InputFile};
use kekiz_base::Diagnostics;
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeMap;

/// Steps of the SQLite machine a file may take; a crafted schema could otherwise compute for ever.
const MAX_STEPS: u32 = 2_000_000;
const STEPS_PER_CALL: i32 = 1_000;

struct Table {
    name: String,
    geometry_column: String,
    srs: i64,
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(crate) fn read(file: &InputFile, wanted: Option<&str>) -> Result<RawLayer, ReadError> {
    let damaged = |detail: &str| ReadError::Damaged {
        file: file.name.clone(),
        format: "GeoPackage",
        detail: detail.to_string(),
    };
    let sqlite = |_: rusqlite::Error| damaged("die Datenbank ist nicht lesbar.");
    let connection = open(file).map_err(sqlite)?;
    let tables = tables(&connection)
        .map_err(|_| damaged("die Tabelle gpkg_geometry_columns fehlt oder ist nicht lesbar."))?;
    let names: Vec<String> = tables.iter().map(|table| table.name.clone()).collect();
    let table = match (wanted, tables.as_slice()) {
        (_, []) => return Err(damaged("die Datei enthält keine Ebene mit Geometrien.")),
        (None, [only]) => only,
        (None, _) => return Err(ReadError::ChooseLayer { layers: names }),
        (Some(wanted), [only]) if raw::same_name(&raw::stem(&file.name), wanted) => only,
        (Some(wanted), _) => tables
            .iter()
            .find(|table| raw::same_name(&table.name, wanted))
            .ok_or_else(|| ReadError::LayerUnknown { found: wanted.to_string(), layers: names })?,
    };
    if !is_table(&connection, &table.name).map_err(sqlite)? {
        let name: String = table.name.chars().take(80).collect();
        return Err(damaged(&format!("„{name}“ ist keine Tabelle (Sichten werden nicht gelesen).")));
    }
    let mut layer = RawLayer {
        file: file.name.clone(),
        name: table.name.clone(),
        crs: declared(&connection, table.srs).map_err(sqlite)?,
        features: Vec::new(),
        diagnostics: Diagnostics::new(),
    };
    let full = rows(&connection, table, &mut layer.features)
        .map_err(|_| damaged("eine Zeile der Ebene ist nicht lesbar, oder das Lesen dauert zu lange."))?;
    if full {
        return Err(ReadError::TooLarge {
            file: file.name.clone(),
            detail: format!("mehr als {MAX_VERTICES} Stützpunkte"),
        });
    }
    Ok(layer)
}

fn open(file: &InputFile) -> rusqlite::Result<Connection> {
    let mut bytes = file.bytes.clone();
    // A database in WAL mode cannot be opened from memory; these two bytes of the header say so.
    for version in bytes.iter_mut().skip(18).take(2) {
        *version = 1;
    }
    let mut connection = Connection::open_in_memory()?;
    connection.deserialize_read_exact("main", bytes.as_slice(), bytes.len(), true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    let longest = i32::try_from(file.bytes.len()).unwrap_or(i32::MAX).max(1 << 20);
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, longest)?;
    let mut steps = 0u32;
    connection.progress_handler(
        STEPS_PER_CALL,
        Some(move || {
            steps = steps.saturating_add(1);
            steps > MAX_STEPS
        }),
    )?;
    Ok(connection)
}

fn tables(connection: &Connection) -> rusqlite::Result<Vec<Table>> {
    let mut statement = connection.prepare(
        "SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns ORDER BY table_name, column_name",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(Table { name: row.get(0)?, geometry_column: row.get(1)?, srs: row.get(2)? })
    })?;
    rows.collect()
}

fn is_table(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    let sql: Option<Option<String>> = connection
        .query_row(
            "SELECT sql FROM sqlite_master WHERE type = 'table' AND lower(name) = lower(?1)",
            [name],
            |row| row.get(0),
        )
        .optional()?;
    Ok(sql.flatten().is_some_and(|sql| !sql.to_ascii_uppercase().trim_start().starts_with("CREATE VIRTUAL")))
}

fn declared(connection: &Connection, srs: i64) -> rusqlite::Result<Declared> {
    let found: Option<(String, i64, String)> = connection
        .query_row(
            "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?1",
            [srs],
            |row| {
                let text = |index| row.get::<_, Option<String>>(index).map(Option::unwrap_or_default);
                Ok((text(0)?, row.get::<_, Option<i64>>(1)?.unwrap_or_default(), text(2)?))
            },
        )
        .optional()?;
    // -1 and 0 mean an undefined system (clause 1.1.2.1).
    if matches!(srs, -1 | 0) {
        return Ok(Declared::Nothing);
    }
    let Some((organisation, code, definition)) = found else {
        return Ok(match u32::try_from(srs).ok().and_then(Crs::from_epsg) {
            Some(crs) => Declared::Known(crs),
            None => Declared::Unsupported(format!("srs_id {srs}")),
        });
    };
    // A writer without a system may leave one of its own that says so.
    if definition.to_lowercase().contains("undefined") {
        return Ok(Declared::Nothing);
    }
    let by_code = || {
        let registry = organisation.eq_ignore_ascii_case("epsg") || organisation.eq_ignore_ascii_case("esri");
        u32::try_from(code).ok().filter(|_| registry).and_then(Crs::from_epsg)
    };
    Ok(match by_code().or_else(|| Crs::from_wkt(&definition).ok()) {
        Some(crs) => Declared::Known(crs),
        None => Declared::Unsupported(format!("{organisation}:{code}")),
    })
}

/// Reads all rows; `true` when there are more vertices than the limit.
fn rows(connection: &Connection, table: &Table, features: &mut Vec<RawFeature>) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare(&format!("SELECT * FROM {}", quote(&table.name)))?;
    let columns: Vec<String> = statement.column_names().into_iter().map(str::to_string).collect();
    let mut rows = statement.query([])?;
    let mut vertices = 0usize;
    while let Some(row) = rows.next()? {
        let mut geometry = Ok(None);
        let mut attributes = BTreeMap::new();
        for (index, column) in columns.iter().enumerate() {
            let value = row.get_ref(index)?;
            if raw::same_name(column, &table.geometry_column) {
                geometry = match value {
                    ValueRef::Blob(bytes) => blob(bytes),
                    ValueRef::Null => Ok(None),
                    _ => Err("In der Geometriespalte steht keine Geometrie.".into()),
                };
            } else {
                attributes.insert(column.clone(), attribute(value));
            }
        }
        if let Ok(Some(found)) = &geometry {
            vertices = vertices.saturating_add(found.vertices());
        }
        if vertices > MAX_VERTICES {
            return Ok(true);
        }
        features.push(RawFeature { geometry, attributes });
    }
    Ok(false)
}

fn attribute(value: ValueRef<'_>) -> Attribute {
    match value {
        ValueRef::Null | ValueRef::Blob(_) => Attribute::Null,
        ValueRef::Integer(number) if number.unsigned_abs() > (1 << 53) => Attribute::Text(number.to_string()),
        ValueRef::Integer(number) => Attribute::Number(number as f64),
        ValueRef::Real(number) if number.is_finite() => Attribute::Number(number),
        ValueRef::Real(_) => Attribute::Null,
        ValueRef::Text(bytes) => Attribute::Text(String::from_utf8_lossy(bytes).trim().to_string()),
    }
}

/// The GeoPackage header (clause 2.1.3.1.1) and the well-known binary behind it.
fn blob(bytes: &[u8]) -> Result<Option<RawGeometry>, String> {
    let [b'G', b'P', _version, flags, ..] = bytes else {
        return Err("Der Geometrie fehlt der Kopf „GP“.".into());
    };
    let envelope = match (flags >> 1) & 7 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        _ => return Err("Der Kopf der Geometrie nennt einen unbekannten Umriss.".into()),
    };
    if flags & 0x20 != 0 {
        return Err("Die Geometrie hat eine herstellereigene Form.".into());
    }
    let body = bytes.get(8 + envelope..).unwrap_or_default();
    if flags & 0x10 != 0 && body.len() < 5 {
        return Ok(None);
    }
    let geometry = wkb::parse(body).map_err(|detail| format!("Unlesbar: {detail}"))?;
    Ok((geometry != RawGeometry::default()).then_some(geometry))
}
