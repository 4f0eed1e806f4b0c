//! The first part of a system file: variables, labels, missing values.

use super::source::{Fault, Source, encoding, text};
use encoding_rs::Encoding;
use std::collections::BTreeMap;

/// Type of numbers that are printed as dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Print {
    Plain,
    Date,
}

/// Values that mean nothing is known.
#[derive(Clone, Default)]
pub(super) struct Missing {
    /// Single values as their eight bytes or their text.
    pub(super) numbers: Vec<f64>,
    pub(super) range: Option<(f64, f64)>,
    pub(super) texts: Vec<Vec<u8>>,
}

/// A variable as the user sees it; very long strings are put together from several.
#[derive(Clone)]
pub(super) struct SavVariable {
    pub(super) name: String,
    pub(super) label: String,
    /// 0: number; otherwise bytes of a string.
    pub(super) width: usize,
    /// First eight-byte element in a case.
    pub(super) element: usize,
    pub(super) print: Print,
    pub(super) missing: Missing,
    pub(super) labels: BTreeMap<String, String>,
}

/// How the cases are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    None,
    Bytecode,
    Zlib,
}

pub(super) struct Dictionary {
    pub(super) variables: Vec<SavVariable>,
    /// Eight-byte elements of a case.
    pub(super) elements: usize,
    pub(super) packing: Packing,
    pub(super) bias: f64,
    pub(super) cases: Option<usize>,
    pub(super) encoding: &'static Encoding,
    pub(super) system_missing: f64,
}

/// A variable record before names and encodings are known.
struct Raw {
    short_name: Vec<u8>,
    label: Vec<u8>,
    width: usize,
    element: usize,
    format: i32,
    missing: Vec<[u8; 8]>,
    missing_kind: i32,
}

/// Value labels before the encoding is known.
struct RawLabels {
    values: Vec<([u8; 8], Vec<u8>)>,
    elements: Vec<usize>,
}

#[derive(Default)]
struct Extensions<'a> {
    code_page: Option<i32>,
    encoding: Option<&'a [u8]>,
    long_names: &'a [u8],
    very_long: &'a [u8],
    string_labels: Vec<&'a [u8]>,
    string_missing: Vec<&'a [u8]>,
    cases: Option<i64>,
}

pub(super) fn read(source: &mut Source<'_>) -> Result<Dictionary, Fault> {
    source.take(64)?;
    let layout = source.array::<4>()?;
    source.big_endian = match (i32::from_le_bytes(layout), i32::from_be_bytes(layout)) {
        (2 | 3, _) => false,
        (_, 2 | 3) => true,
        _ => return Err(Fault::Broken),
    };
    source.i32()?;
    let packing = match source.i32()? {
        0 => Packing::None,
        1 => Packing::Bytecode,
        2 => Packing::Zlib,
        _ => return Err(Fault::Unknown("die Packung der Daten ist unbekannt")),
    };
    source.i32()?;
    let cases = source.i32()?;
    let bias = source.f64()?;
    source.take(84)?;
    let mut raw: Vec<Raw> = Vec::new();
    let mut labels: Vec<RawLabels> = Vec::new();
    let mut extensions = Extensions::default();
    let mut elements = 0usize;
    loop {
        match source.i32()? {
            2 => {
                if let Some(variable) = variable(source, elements)? {
                    raw.push(variable);
                }
                elements += 1;
            }
            3 => labels.push(value_labels(source)?),
            6 => {
                let lines = source.count(80)?;
                source.take(lines * 80)?;
            }
            7 => extension(source, &mut extensions)?,
            999 => {
                source.i32()?;
                break;
            }
            _ => return Err(Fault::Broken),
        }
    }
    let name = extensions.encoding.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let encoding = encoding(name.as_deref(), extensions.code_page);
    let long = cases.max(-1);
    let cases = extensions.cases.filter(|n| *n >= 0).or((long >= 0).then_some(i64::from(long)));
    let cases = cases.map(|n| usize::try_from(n).map_err(|_| Fault::Broken)).transpose()?;
    let mut variables = assemble(source, &raw, &extensions, encoding)?;
    attach_labels(source, &mut variables, &labels, encoding);
    for bytes in &extensions.string_labels {
        string_labels(source, bytes, &mut variables, encoding)?;
    }
    for bytes in &extensions.string_missing {
        string_missing(source, bytes, &mut variables, encoding)?;
    }
    Ok(Dictionary { variables, elements, packing, bias, cases, encoding, system_missing: -f64::MAX })
}

/// A variable record; `None` for the continuation of a string.
fn variable(source: &mut Source<'_>, element: usize) -> Result<Option<Raw>, Fault> {
    let kind = source.i32()?;
    let has_label = source.i32()?;
    let missing_kind = source.i32()?;
    let format = source.i32()?;
    source.i32()?;
    let short_name = source.take(8)?.to_vec();
    let label = if has_label == 1 {
        let len = source.count(1)?;
        let label = source.take(len)?.to_vec();
        source.take(len.next_multiple_of(4) - len)?;
        label
    } else {
        Vec::new()
    };
    if !(-3..=3).contains(&missing_kind) {
        return Err(Fault::Broken);
    }
    let missing = (0..missing_kind.unsigned_abs()).map(|_| source.array()).collect::<Result<_, _>>()?;
    if kind == -1 {
        return Ok(None);
    }
    let width = usize::try_from(kind).ok().filter(|width| *width <= 255).ok_or(Fault::Broken)?;
    Ok(Some(Raw { short_name, label, width, element, format, missing, missing_kind }))
}

fn value_labels(source: &mut Source<'_>) -> Result<RawLabels, Fault> {
    let count = source.count(9)?;
    let mut values = Vec::with_capacity(count);
    for _ in 0..count {
        let value = source.array::<8>()?;
        let [len] = source.array::<1>()?;
        let len = usize::from(len);
        let label = source.take(len)?.to_vec();
        source.take((len + 1).next_multiple_of(8) - len - 1)?;
        values.push((value, label));
    }
    if source.i32()? != 4 {
        return Err(Fault::Broken);
    }
    let count = source.count(4)?;
    let elements =
        (0..count).map(|_| source.len()?.checked_sub(1).ok_or(Fault::Broken)).collect::<Result<_, _>>()?;
    Ok(RawLabels { values, elements })
}

fn extension<'a>(source: &mut Source<'a>, found: &mut Extensions<'a>) -> Result<(), Fault> {
    let subtype = source.i32()?;
    let size = source.len()?;
    let count = source.len()?;
    let bytes = source.take(size.checked_mul(count).ok_or(Fault::Broken)?)?;
    let part = |at: usize| -> Option<[u8; 4]> { bytes.get(at..at + 4)?.try_into().ok() };
    match subtype {
        3 => {
            let page = part(28)
                .map(|b| if source.big_endian { i32::from_be_bytes(b) } else { i32::from_le_bytes(b) });
            // 2 and 3 are old words for "some ASCII"; 1 is EBCDIC.
            found.code_page = page.filter(|page| *page > 4);
        }
        13 => found.long_names = bytes,
        14 => found.very_long = bytes,
        16 => {
            let cases = bytes.get(8..16).and_then(|b| b.try_into().ok());
            found.cases =
                cases.map(|b| if source.big_endian { i64::from_be_bytes(b) } else { i64::from_le_bytes(b) });
        }
        20 => found.encoding = Some(bytes),
        21 => found.string_labels.push(bytes),
        22 => found.string_missing.push(bytes),
        _ => {}
    }
    Ok(())
}

/// `NAME=value` pairs between tabs.
fn pairs(bytes: &[u8], encoding: &'static Encoding) -> BTreeMap<String, String> {
    text(bytes, encoding)
        .split('\t')
        .filter_map(|pair| pair.trim_matches('\0').split_once('='))
        .map(|(name, value)| (name.to_uppercase(), value.trim_end_matches('\0').to_string()))
        .collect()
}

/// Puts variables together: names, very long strings, missing values.
fn assemble(
    source: &Source<'_>,
    raw: &[Raw],
    extensions: &Extensions<'_>,
    encoding: &'static Encoding,
) -> Result<Vec<SavVariable>, Fault> {
    let long_names = pairs(extensions.long_names, encoding);
    let very_long = pairs(extensions.very_long, encoding);
    let mut variables = Vec::new();
    let mut at = 0;
    while let Some(first) = raw.get(at) {
        let short = text(&first.short_name, encoding);
        let width = match very_long.get(&short.to_uppercase()) {
            Some(width) => {
                width.trim().parse::<usize>().ok().filter(|width| *width < 1 << 20).ok_or(Fault::Broken)?
            }
            None => first.width,
        };
        // A segment of 255 bytes takes the room of 252 in the count of segments.
        let segments = if width > 255 { width.div_ceil(252) } else { 1 };
        if raw.len() < at + segments {
            return Err(Fault::Broken);
        }
        let kind = (first.format >> 16) & 0xff;
        let print = if first.width == 0 && matches!(kind, 20 | 22..=24 | 28..=30 | 38 | 39 | 41) {
            Print::Date
        } else {
            Print::Plain
        };
        variables.push(SavVariable {
            name: long_names.get(&short.to_uppercase()).cloned().unwrap_or(short),
            label: text(&first.label, encoding),
            width,
            element: first.element,
            print,
            missing: missing(source, first),
            labels: BTreeMap::new(),
        });
        at += segments;
    }
    Ok(variables)
}

fn missing(source: &Source<'_>, raw: &Raw) -> Missing {
    let mut found = Missing::default();
    if raw.width > 0 {
        found.texts = raw.missing.iter().map(|bytes| bytes.to_vec()).collect();
        return found;
    }
    let mut numbers = raw.missing.iter().map(|bytes| source.number(*bytes));
    if raw.missing_kind < 0 {
        found.range = numbers.next().zip(numbers.next());
    }
    found.numbers = numbers.collect();
    found
}

fn attach_labels(
    source: &Source<'_>,
    variables: &mut [SavVariable],
    labels: &[RawLabels],
    encoding: &'static Encoding,
) {
    for set in labels {
        for variable in variables.iter_mut().filter(|v| set.elements.contains(&v.element)) {
            for (value, label) in &set.values {
                let value = if variable.width == 0 {
                    source.number(*value).to_string()
                } else {
                    text(value, encoding)
                };
                variable.labels.insert(value, text(label, encoding));
            }
        }
    }
}

fn sub<'a>(source: &Source<'_>, bytes: &'a [u8]) -> Source<'a> {
    let mut inner = Source::new(bytes);
    inner.big_endian = source.big_endian;
    inner
}

fn string_labels(
    source: &Source<'_>,
    bytes: &[u8],
    variables: &mut [SavVariable],
    encoding: &'static Encoding,
) -> Result<(), Fault> {
    let mut inner = sub(source, bytes);
    while !inner.rest().is_empty() {
        let len = inner.count(1)?;
        let name = text(inner.take(len)?, encoding);
        inner.i32()?;
        let count = inner.count(8)?;
        let mut labels = BTreeMap::new();
        for _ in 0..count {
            let len = inner.count(1)?;
            let value = text(inner.take(len)?, encoding);
            let len = inner.count(1)?;
            labels.insert(value, text(inner.take(len)?, encoding));
        }
        if let Some(variable) = variables.iter_mut().find(|v| v.name.eq_ignore_ascii_case(&name)) {
            variable.labels.extend(labels);
        }
    }
    Ok(())
}

fn string_missing(
    source: &Source<'_>,
    bytes: &[u8],
    variables: &mut [SavVariable],
    encoding: &'static Encoding,
) -> Result<(), Fault> {
    let mut inner = sub(source, bytes);
    while !inner.rest().is_empty() {
        let len = inner.count(1)?;
        let name = text(inner.take(len)?, encoding);
        let [count] = inner.array::<1>()?;
        let len = inner.len()?;
        let texts: Vec<Vec<u8>> =
            (0..count).map(|_| Ok(inner.take(len)?.to_vec())).collect::<Result<_, Fault>>()?;
        if let Some(variable) = variables.iter_mut().find(|v| v.name.eq_ignore_ascii_case(&name)) {
            variable.missing.texts.extend(texts);
        }
    }
    Ok(())
}
