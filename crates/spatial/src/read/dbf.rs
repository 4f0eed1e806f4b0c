//! Attribute tables of Shapefiles (dBASE III and its relatives) in the encodings they come in.

use crate::Attribute;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::collections::BTreeMap;

/// Upper half of code page 850, which older exports use (language driver 0x02).
const CP850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

#[derive(Clone, Copy, PartialEq)]
enum Charset {
    Named(&'static Encoding),
    Cp850,
}

struct Field {
    name: Vec<u8>,
    kind: u8,
    start: usize,
    length: usize,
}

/// The rows of a table; a row is `None` if it is marked as deleted.
pub(crate) struct Table {
    pub(crate) rows: Vec<Option<BTreeMap<String, Attribute>>>,
    /// What had to be assumed about the encoding, as a sentence.
    pub(crate) assumption: Option<String>,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..at + 2).map(|b| usize::from(u16::from_le_bytes([b[0], b[1]])))
}

/// Reads a table; `cpg` is the text of the .cpg file. The error is a clause that ends a sentence.
pub(crate) fn parse(bytes: &[u8], cpg: Option<&str>) -> Result<Table, String> {
    let short = || "die Attributtabelle (.dbf) bricht im Kopf ab.".to_string();
    let stated =
        bytes.get(4..8).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]) as usize).ok_or_else(short)?;
    let header = u16_at(bytes, 8).ok_or_else(short)?;
    let width = u16_at(bytes, 10).ok_or_else(short)?;
    let driver = bytes.get(29).copied().ok_or_else(short)?;
    let mut fields = Vec::new();
    let (mut at, mut start) = (32, 1);
    while at + 32 <= header && bytes.get(at).is_some_and(|b| *b != 0x0d) {
        let entry = bytes.get(at..at + 32).ok_or_else(short)?;
        let name = entry[..11].split(|b| *b == 0).next().unwrap_or_default().trim_ascii().to_vec();
        let length = match entry[11] {
            b'C' => usize::from(entry[16]) + (usize::from(entry[17]) << 8),
            _ => usize::from(entry[16]),
        };
        fields.push(Field { name, kind: entry[11], start, length });
        start += length;
        at += 32;
    }
    if fields.is_empty() || width == 0 || start > width {
        return Err("die Attributtabelle (.dbf) nennt keine oder unmögliche Spalten.".into());
    }
    let body = bytes.get(header..).ok_or_else(short)?;
    let records: Vec<&[u8]> = body.chunks_exact(width).take(stated).collect();
    if records.len() < stated {
        return Err(format!(
            "die Attributtabelle (.dbf) bricht ab: angekündigt sind {stated} Zeilen, vorhanden {}.",
            records.len()
        ));
    }
    let texts = || {
        let columns = fields.iter().filter(|field| field.kind == b'C');
        let cells = columns.flat_map(|f| records.iter().map(move |r| &r[f.start..f.start + f.length]));
        fields.iter().map(|field| field.name.as_slice()).chain(cells)
    };
    let (charset, assumption) = charset(cpg, driver, texts);
    let names: Vec<String> = fields.iter().map(|field| decode(charset, &field.name)).collect();
    let rows = records
        .iter()
        .map(|record| {
            if record[0] == b'*' {
                return None;
            }
            let cell = |field: &Field| {
                attribute(charset, field.kind, &record[field.start..field.start + field.length])
            };
            Some(names.iter().cloned().zip(fields.iter().map(cell)).collect())
        })
        .collect();
    Ok(Table { rows, assumption })
}

/// Text that is UTF-8, even if the width of the column cut its last letter in two.
fn is_utf8(bytes: &[u8]) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && error.valid_up_to() > 0,
    }
}

fn charset<'a, I: Iterator<Item = &'a [u8]>>(
    cpg: Option<&str>,
    driver: u8,
    texts: impl Fn() -> I,
) -> (Charset, Option<String>) {
    let latin = Charset::Named(WINDOWS_1252);
    let utf8 = Charset::Named(UTF_8);
    let ascii = texts().all(<[u8]>::is_ascii);
    let valid = texts().all(|bytes| is_utf8(bytes.trim_ascii_end()));
    let stated = cpg.and_then(named).or(match driver {
        0x03 | 0x57 | 0x58 | 0x59 => Some(latin),
        0x01 | 0x02 | 0x08..=0x1b | 0x37 => Some(Charset::Cp850),
        _ => None,
    });
    match stated {
        _ if ascii => (utf8, None),
        Some(stated) if stated == utf8 && !valid => (
            latin,
            Some("Als Zeichensatz ist UTF-8 angegeben, der Text ist es aber nicht; er wurde als Windows-1252 gelesen.".into()),
        ),
        Some(stated) if stated != utf8 && valid => (
            utf8,
            Some("Der Text ist UTF-8, obwohl ein anderer Zeichensatz angegeben ist; er wurde als UTF-8 gelesen.".into()),
        ),
        Some(stated) => (stated, None),
        None if valid => (utf8, Some("Der Zeichensatz ist nicht angegeben (keine .cpg-Datei); angenommen wurde UTF-8.".into())),
        None => (latin, Some("Der Zeichensatz ist nicht angegeben (keine .cpg-Datei); angenommen wurde Windows-1252.".into())),
    }
}

/// The encoding a .cpg file names: `UTF-8`, `1252`, `ISO-8859-1`, `ISO 88591`, `ANSI 1252`, `cp850` …
fn named(text: &str) -> Option<Charset> {
    let plain: String =
        text.trim().chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let digits = plain.trim_start_matches(|c: char| !c.is_ascii_digit());
    Some(match (plain.as_str(), digits) {
        ("utf8" | "utf" | "65001", _) => Charset::Named(UTF_8),
        (_, "850" | "437") => Charset::Cp850,
        ("latin1" | "ansi" | "iso88591", _) | (_, "1252" | "88591") => Charset::Named(WINDOWS_1252),
        ("latin9", _) | (_, "885915") => Charset::Named(encoding_rs::ISO_8859_15),
        (_, "1250") => Charset::Named(encoding_rs::WINDOWS_1250),
        _ => Charset::Named(Encoding::for_label(text.trim().as_bytes())?),
    })
}

fn decode(charset: Charset, bytes: &[u8]) -> String {
    let bytes = bytes.split(|b| *b == 0).next().unwrap_or_default();
    let text = match charset {
        Charset::Named(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        Charset::Cp850 => bytes
            .iter()
            .map(|b| match b {
                0..=127 => char::from(*b),
                _ => CP850.chars().nth(usize::from(*b) - 128).unwrap_or('\u{fffd}'),
            })
            .collect(),
    };
    text.trim().trim_end_matches('\u{fffd}').to_string()
}

fn attribute(charset: Charset, kind: u8, cell: &[u8]) -> Attribute {
    let number = |value: f64| if value.is_finite() { Attribute::Number(value) } else { Attribute::Null };
    match (kind, cell) {
        (b'I' | b'+', &[a, b, c, d]) => {
            return Attribute::Number(f64::from(i32::from_le_bytes([a, b, c, d])));
        }
        (b'B' | b'O', &[a, b, c, d, e, f, g, h]) => {
            return number(f64::from_le_bytes([a, b, c, d, e, f, g, h]));
        }
        (b'M' | b'G' | b'P', _) => return Attribute::Null,
        _ => {}
    }
    let text = decode(charset, cell);
    match kind {
        _ if text.is_empty() => Attribute::Null,
        // A number with leading zeros is a key, a row of stars a number that did not fit.
        b'N' | b'F' => match text.replace(',', ".").parse::<f64>() {
            Ok(_) if text.len() > 1 && text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit()) => {
                Attribute::Text(text)
            }
            Ok(value) => number(value),
            Err(_) => Attribute::Null,
        },
        b'L' => match text.as_str() {
            "T" | "t" | "Y" | "y" => Attribute::Text("true".into()),
            "F" | "f" | "N" | "n" => Attribute::Text("false".into()),
            _ => Attribute::Null,
        },
        b'D' if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) => {
            Attribute::Text(format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]))
        }
        _ => Attribute::Text(text),
    }
}
