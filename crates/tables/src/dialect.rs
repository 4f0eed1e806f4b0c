//! How a text is written: delimiter and header, found by looking and by what the mapping names.

use crate::mapping::FileHints;
use crate::records::{Seen, first_records};

/// Records that are looked at.
const LOOK: usize = 250;

/// What was found.
pub(crate) struct Dialect {
    pub(crate) delimiter: u8,
    pub(crate) header: Vec<String>,
    /// Line of the header's first row, from 1.
    pub(crate) header_line: u64,
    /// Line behind the header.
    pub(crate) body_line: u64,
    /// Offset behind the header.
    pub(crate) body: usize,
    /// Texts of the lines above the header.
    pub(crate) above: Vec<String>,
}

/// Why no header was found.
pub(crate) enum NoHeader {
    /// No text that looks like a table.
    Nothing,
    /// The stated line does not exist.
    Line(u64),
}

const DELIMITERS: [u8; 4] = [b';', b'\t', b'|', b','];

/// Finds delimiter and header. `named` are the column names the mapping uses.
pub(crate) fn detect(
    head: &[u8],
    at_end: bool,
    hints: &FileHints,
    sheet: bool,
    named: &[&str],
) -> Result<Dialect, NoHeader> {
    let stated = hints.delimiter.and_then(|c| u8::try_from(c).ok());
    let candidates: Vec<u8> = match (sheet, stated) {
        (true, _) => vec![crate::sheet::DELIMITER],
        (false, Some(one)) => vec![one],
        (false, None) => DELIMITERS.to_vec(),
    };
    let mut best: Option<(u64, usize, u8, Vec<Seen>, usize)> = None;
    for (order, delimiter) in candidates.iter().enumerate() {
        let seen = first_records(head, *delimiter, look(hints), at_end);
        let Some(row) = header_row(&seen, hints, named) else { continue };
        let fields = &seen[row].fields;
        let hits = named.iter().filter(|name| crate::plan::find_column(fields, name).is_some()).count();
        let width = fields.len();
        let same = seen[row..].iter().filter(|r| r.fields.len() == width).count();
        let rest = seen.len() - row;
        let consistency = if width < 2 { 0 } else { same * 1000 / rest.max(1) };
        let score = hits as u64 * 1_000_000 + consistency as u64 * 10 + (width.min(9) as u64);
        if best.as_ref().is_none_or(|(top, ..)| score > *top) {
            best = Some((score, order, *delimiter, seen, row));
        }
    }
    let Some((_, _, delimiter, mut seen, row)) = best else {
        return Err(hints.header_line.map_or(NoHeader::Nothing, NoHeader::Line));
    };
    let rows = hints.header_rows.unwrap_or(1).min(seen.len() - row);
    let header = join_header(&seen[row..row + rows]);
    let last = &seen[row + rows - 1];
    let body = last.end;
    let body_line = last.line + head_lines(head, &seen, row + rows - 1);
    let above = seen[..row]
        .iter_mut()
        .map(|record| {
            let mut texts: Vec<String> = record.fields.iter().filter(|f| !f.is_empty()).cloned().collect();
            texts.dedup();
            texts.join(" ")
        })
        .filter(|text| !text.is_empty())
        .collect();
    Ok(Dialect { delimiter, header, header_line: seen[row].line, body_line, body, above })
}

fn look(hints: &FileHints) -> usize {
    LOOK.max(usize::try_from(hints.header_line.unwrap_or(0)).unwrap_or(0).min(100_000) + 50)
}

/// Number of lines a record takes.
fn head_lines(head: &[u8], seen: &[Seen], index: usize) -> u64 {
    let from = index.checked_sub(1).map_or(0, |before| seen[before].end);
    memchr::memchr_iter(b'\n', head.get(from..seen[index].end).unwrap_or_default()).count() as u64
}

/// The row with the column names.
fn header_row(seen: &[Seen], hints: &FileHints, named: &[&str]) -> Option<usize> {
    if let Some(line) = hints.header_line {
        return seen.iter().position(|record| record.line == line);
    }
    let upper = hints.header_rows.unwrap_or(1);
    if !named.is_empty() && upper == 1 {
        let hits = |record: &Seen| {
            named.iter().filter(|name| crate::plan::find_column(&record.fields, name).is_some()).count()
        };
        let best = seen.iter().map(hits).max().unwrap_or(0);
        if best * 2 >= named.len() && best > 0 {
            return seen.iter().position(|record| hits(record) == best);
        }
    }
    // A title over merged cells repeats one text across the row and counts as one field.
    let filled = |record: &Seen| {
        let mut texts = record.fields.iter().filter(|f| !f.is_empty());
        let first = texts.next();
        let rest = texts.clone().count();
        let repeated = rest > 1 && texts.all(|text| Some(text) == first);
        if repeated && seen.len() > 1 { 1 } else { usize::from(first.is_some()) + rest }
    };
    let widest = seen.iter().map(filled).max().unwrap_or(0);
    if widest == 0 {
        return None;
    }
    // The first row that is about as full as the fullest one, has no numbers and is followed by an equally wide row.
    let full = |record: &Seen| filled(record) * 3 >= widest * 2 && record.fields.len() > 1;
    let numbers = |record: &Seen| {
        record.fields.iter().filter(|f| !f.is_empty()).all(|f| {
            let text = f.trim_start_matches('\u{1}');
            text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'-'))
                && crate::period::parse(text).is_err()
        })
    };
    seen.iter()
        .position(|record| full(record) && !numbers(record))
        .or_else(|| seen.iter().position(|record| filled(record) > 0))
}

/// Joins several header rows with ` | `; an empty field of an upper row repeats the field to its left.
fn join_header(rows: &[Seen]) -> Vec<String> {
    let plain =
        |text: &str| text.trim_start_matches('\u{1}').split_whitespace().collect::<Vec<_>>().join(" ");
    let [one] = rows else {
        let width = rows.iter().map(|r| r.fields.len()).max().unwrap_or(0);
        let mut names = vec![String::new(); width];
        for (index, row) in rows.iter().enumerate() {
            let upper = index + 1 < rows.len();
            let mut left = String::new();
            for (column, name) in names.iter_mut().enumerate() {
                let text = row.fields.get(column).map(|f| plain(f)).unwrap_or_default();
                if !text.is_empty() {
                    left = text.clone();
                }
                let part = if text.is_empty() && upper { &left } else { &text };
                if !part.is_empty() && name != part && !name.ends_with(&format!(" | {part}")) {
                    if !name.is_empty() {
                        name.push_str(" | ");
                    }
                    name.push_str(part);
                }
            }
        }
        return names;
    };
    one.fields.iter().map(|f| plain(f)).collect()
}
