//! The safe table and its audit, written whole or not at all.

use super::{ProtectError, Safe};
use kekiz_disclosure::general::Layout;
use kekiz_disk::{Access, DiskError, Unfinished};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;

/// What stands for a protected number, as in all tables of the house.
pub(crate) const PROTECTED: &str = "•";

/// The published cells as CSV: a column per dimension, the number, and `status` (`gezeigt` or `geschuetzt`).
pub(crate) fn safe_csv(layout: &Layout, cells: &[Safe], measure: &str, decimals: i32) -> String {
    let mut text = String::new();
    let names = layout.dimensions.iter().map(|dimension| dimension.name.as_str());
    line(&mut text, names.chain([measure, "status"]));
    for (cell, safe) in cells.iter().enumerate() {
        let (value, status) = match safe {
            Safe::Shown(value) => (number(*value, decimals), "gezeigt"),
            Safe::Hidden => (PROTECTED.to_string(), "geschuetzt"),
            Safe::Unpublished => continue,
        };
        line(&mut text, layout.codes(cell).into_iter().chain([value.as_str(), status]));
    }
    text
}

fn number(value: i64, decimals: i32) -> String {
    let digits = usize::try_from(decimals).unwrap_or(0);
    if digits == 0 {
        return value.to_string();
    }
    let unit = 10u64.pow(digits as u32);
    let size = value.unsigned_abs();
    format!("{}{}.{:0digits$}", if value < 0 { "-" } else { "" }, size / unit, size % unit)
}

fn line<'a>(text: &mut String, fields: impl Iterator<Item = &'a str>) {
    for (at, field) in fields.enumerate() {
        if at > 0 {
            text.push(',');
        }
        if field.contains([',', '"', '\n', '\r']) {
            let _ = write!(text, "\"{}\"", field.replace('"', "\"\""));
        } else {
            text.push_str(field);
        }
    }
    text.push('\n');
}

/// The nodes of every dimension with their finest codes, so that a later table can be compared.
pub(crate) fn dimensions(layout: &Layout) -> Value {
    let dimension = |dimension: &kekiz_disclosure::general::Dimension| {
        let code = |node: u32| dimension.codes[node as usize].clone();
        let nodes: serde_json::Map<String, Value> = (0..dimension.len() as u32)
            .map(|node| {
                (code(node), json!(dimension.leaves_below(node).into_iter().map(code).collect::<Vec<_>>()))
            })
            .collect();
        json!({ "name": dimension.name, "total": dimension.codes[0], "nodes": nodes })
    };
    layout.dimensions.iter().map(dimension).collect()
}

/// Writes both files beside their places, then puts the audit and at last the table there.
pub(crate) fn both(out: &Path, safe: &str, audit: &Path, proof: &str) -> Result<(), ProtectError> {
    let beside = |path: &Path, text: &str| {
        Unfinished::write(path, Access::Public, |file| file.write_all(text.as_bytes()))
    };
    let settled = || {
        let table = beside(out, safe)?;
        beside(audit, proof)?.settle()?;
        table.settle()
    };
    settled().map_err(|cause: DiskError| ProtectError::Store(cause.to_string()))
}
