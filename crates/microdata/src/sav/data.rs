//! The cases of a system file.

use super::dictionary::{Dictionary, Packing, Print, SavVariable};
use super::source::{Fault, Source, text};
use crate::raw::{RawCell, RawColumn};
use jiff::civil::Date;
use std::io::Read;

/// Largest size of unpacked cases; more is a file made to fill the memory.
const LARGEST: usize = 4 << 30;

/// The columns and the number of cases.
pub(super) fn read(source: &mut Source<'_>, dictionary: &Dictionary) -> Result<(Vec<RawColumn>, u64), Fault> {
    let unpacked;
    let (mut inner, packed) = match dictionary.packing {
        Packing::None => (Source::new(source.rest()), false),
        Packing::Bytecode => (Source::new(source.rest()), true),
        Packing::Zlib => {
            unpacked = unzip(source)?;
            (Source::new(&unpacked), true)
        }
    };
    inner.big_endian = source.big_endian;
    let mut columns: Vec<RawColumn> = dictionary
        .variables
        .iter()
        .map(|variable| RawColumn {
            name: variable.name.clone(),
            label: variable.label.clone(),
            labels: variable.labels.clone(),
            cells: Vec::new(),
        })
        .collect();
    let mut commands = Commands { queue: [0; 8], at: 8, ended: false };
    let mut case: Vec<[u8; 8]> = Vec::with_capacity(dictionary.elements.min(1 << 16));
    let mut rows = 0u64;
    if dictionary.elements == 0 {
        return if dictionary.cases.unwrap_or(0) == 0 { Ok((columns, 0)) } else { Err(Fault::Broken) };
    }
    while dictionary.cases.is_none_or(|cases| rows < cases as u64) {
        case.clear();
        for _ in 0..dictionary.elements {
            let element = if packed { commands.next(&mut inner, dictionary)? } else { plain(&mut inner)? };
            match element {
                Some(element) => case.push(element),
                None if case.is_empty() && dictionary.cases.is_none() => return Ok((columns, rows)),
                None => return Err(Fault::Ends),
            }
        }
        for (column, variable) in columns.iter_mut().zip(&dictionary.variables) {
            column.cells.push(cell(&inner, dictionary, variable, &case)?);
        }
        rows += 1;
    }
    Ok((columns, rows))
}

/// The next element of plain data; `None` at the end.
fn plain(inner: &mut Source<'_>) -> Result<Option<[u8; 8]>, Fault> {
    if inner.rest().is_empty() { Ok(None) } else { inner.array().map(Some) }
}

/// Commands of bytecode compression, eight at a time.
struct Commands {
    queue: [u8; 8],
    at: usize,
    ended: bool,
}

impl Commands {
    fn next(&mut self, inner: &mut Source<'_>, dictionary: &Dictionary) -> Result<Option<[u8; 8]>, Fault> {
        loop {
            if self.ended {
                return Ok(None);
            }
            if self.at == self.queue.len() {
                if inner.rest().is_empty() {
                    self.ended = true;
                    return Ok(None);
                }
                self.queue = inner.array()?;
                self.at = 0;
            }
            let command = self.queue[self.at];
            self.at += 1;
            let number = |number: f64| {
                Ok(Some(if inner.big_endian { number.to_be_bytes() } else { number.to_le_bytes() }))
            };
            match command {
                0 => {}
                252 => self.ended = true,
                253 => return inner.array().map(Some),
                254 => return Ok(Some([b' '; 8])),
                255 => return number(dictionary.system_missing),
                code => return number(f64::from(code) - dictionary.bias),
            }
        }
    }
}

/// The bytecode behind the ZLIB blocks.
fn unzip(source: &mut Source<'_>) -> Result<Vec<u8>, Fault> {
    source.i64()?;
    let trailer = usize::try_from(source.i64()?).map_err(|_| Fault::Broken)?;
    source.i64()?;
    let mut index = Source::new(source.whole());
    (index.at, index.big_endian) = (trailer, source.big_endian);
    index.i64()?;
    index.i64()?;
    index.i32()?;
    let blocks = index.count(24)?;
    let mut out = Vec::new();
    for _ in 0..blocks {
        index.i64()?;
        let from = usize::try_from(index.i64()?).map_err(|_| Fault::Broken)?;
        let size = index.len()?;
        let packed = index.len()?;
        let end = from.checked_add(packed).ok_or(Fault::Broken)?;
        let bytes = source.whole().get(from..end).ok_or(Fault::Ends)?;
        let before = out.len();
        if before.saturating_add(size) > LARGEST {
            return Err(Fault::Unknown("sie wird entpackt zu groß"));
        }
        flate2::read::ZlibDecoder::new(bytes)
            .take(size as u64 + 1)
            .read_to_end(&mut out)
            .map_err(|_| Fault::Broken)?;
        if out.len() - before != size {
            return Err(Fault::Broken);
        }
    }
    Ok(out)
}

fn cell(
    inner: &Source<'_>,
    dictionary: &Dictionary,
    variable: &SavVariable,
    case: &[[u8; 8]],
) -> Result<RawCell, Fault> {
    if variable.width > 0 {
        return string(dictionary, variable, case);
    }
    let number = inner.number(*case.get(variable.element).ok_or(Fault::Broken)?);
    let in_range = variable.missing.range.is_some_and(|(low, high)| (low..=high).contains(&number));
    if number == dictionary.system_missing || in_range || variable.missing.numbers.contains(&number) {
        return Ok(RawCell::Empty);
    }
    Ok(match variable.print {
        Print::Plain => RawCell::number(number),
        Print::Date => date(number).map_or(RawCell::Empty, RawCell::Date),
    })
}

/// Seconds since 14 October 1582, the beginning of the Gregorian calendar.
fn date(seconds: f64) -> Option<Date> {
    let days = (seconds / 86_400.0).floor();
    if !(0.0..=3_000_000.0).contains(&days) {
        return None;
    }
    // Cut to days above; the bounds keep it within the type.
    let days = jiff::Span::new().try_days(days as i64).ok()?;
    Date::constant(1582, 10, 14).checked_add(days).ok()
}

/// A string of any length: each segment holds 255 bytes in 32 elements, the last one the rest.
fn string(dictionary: &Dictionary, variable: &SavVariable, case: &[[u8; 8]]) -> Result<RawCell, Fault> {
    let mut bytes = Vec::with_capacity(variable.width);
    let mut element = variable.element;
    while bytes.len() < variable.width {
        let wanted = (variable.width - bytes.len()).min(255);
        let elements = case.get(element..element + wanted.div_ceil(8)).ok_or(Fault::Broken)?;
        bytes.extend(elements.as_flattened().iter().take(wanted));
        element += 32;
    }
    let found = bytes.trim_ascii_end();
    let is_missing = variable.missing.texts.iter().any(|missing| missing.trim_ascii_end() == found);
    if is_missing {
        return Ok(RawCell::Empty);
    }
    Ok(RawCell::text(&text(&bytes, dictionary.encoding)))
}
