//! JSON text as it comes: with byte order marks, in UTF-16 or Latin-1.

use super::error::ReadError;
use crate::{Attribute, InputFile};
use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use kekiz_base::{Diagnostics, Place, Severity};
use serde_json::Value;
use std::borrow::Cow;

/// RS, which begins each record of a text sequence.
const SEPARATOR: char = '\u{1e}';

pub(crate) fn looks_like_json(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4096)];
    let plain: Vec<u8> = head
        .iter()
        .copied()
        .filter(|b| !b.is_ascii_whitespace() && *b != 0 && *b != SEPARATOR as u8)
        .take(4)
        .collect();
    let plain = match plain.as_slice() {
        [0xef, 0xbb, 0xbf, rest @ ..] | [0xff, 0xfe, rest @ ..] | [0xfe, 0xff, rest @ ..] => rest,
        rest => rest,
    };
    plain.first() == Some(&b'{') || plain.first() == Some(&b'[')
}

fn decode<'a>(file: &'a InputFile, diagnostics: &mut Diagnostics) -> Cow<'a, str> {
    let bytes = file.bytes.as_slice();
    let wide = match bytes {
        [0xff, 0xfe, ..] => Some(UTF_16LE),
        [0xfe, 0xff, ..] => Some(UTF_16BE),
        _ => None,
    };
    if let Some(encoding) = wide {
        return encoding.decode(bytes).0;
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            diagnostics.push(
                Severity::Warning,
                "encoding-assumed",
                Place { file: Some(file.name.clone()), ..Place::default() },
                "Der Text ist kein UTF-8, wie es für JSON vorgeschrieben ist; er wurde als Windows-1252 gelesen.",
                "Umlaute in den Namen prüfen und die Datei künftig in UTF-8 ausgeben lassen.",
            );
            WINDOWS_1252.decode_without_bom_handling(bytes).0
        }
    }
}

pub(crate) fn parse(file: &InputFile, diagnostics: &mut Diagnostics) -> Result<Value, ReadError> {
    let text = decode(file, diagnostics);
    serde_json::from_str(&text).or_else(|error| sequence(&text).ok_or(error)).map_err(|error| {
        ReadError::Damaged {
            file: file.name.clone(),
            format: "JSON",
            detail: format!(
                "in Zeile {}, Spalte {} {}.",
                error.line(),
                error.column(),
                match error.classify() {
                    serde_json::error::Category::Eof => "bricht der Text ab",
                    _ => "steht etwas, das kein gültiges JSON ist",
                }
            ),
        }
    })
}

/// One feature after the other instead of a collection: GeoJSON Text Sequences (RFC 8142), with or without their
/// record separators, as GDAL and PostGIS write them line by line.
fn sequence(text: &str) -> Option<Value> {
    let text: Cow<'_, str> =
        if text.contains(SEPARATOR) { text.replace(SEPARATOR, " ").into() } else { text.into() };
    let features: Vec<Value> =
        serde_json::Deserializer::from_str(&text).into_iter().collect::<Result<_, _>>().ok()?;
    let is_feature = |value: &Value| value.get("type").and_then(Value::as_str) == Some("Feature");
    let all = !features.is_empty() && features.iter().all(is_feature);
    all.then(|| serde_json::json!({ "type": "FeatureCollection", "features": features }))
}

/// The attribute a JSON value stands for. A list of one value is that value, as some portals write each
/// property; other lists and objects stay as JSON text.
pub(crate) fn attribute(value: &Value) -> Attribute {
    /// Integers beyond this do not survive as a double; they are keys, not quantities.
    const EXACT: f64 = 9_007_199_254_740_991.0;
    match value {
        Value::Null => Attribute::Null,
        Value::Bool(flag) => Attribute::Text(flag.to_string()),
        Value::Number(number) => match number.as_f64() {
            Some(float) if !number.is_f64() && float.abs() > EXACT => Attribute::Text(number.to_string()),
            Some(float) if float.is_finite() => Attribute::Number(float),
            _ => Attribute::Text(number.to_string()),
        },
        Value::String(text) => Attribute::Text(text.trim().to_string()),
        Value::Array(list) => match list.as_slice() {
            [only] if !only.is_array() && !only.is_object() => attribute(only),
            _ => Attribute::Text(value.to_string()),
        },
        Value::Object(_) => Attribute::Text(value.to_string()),
    }
}
