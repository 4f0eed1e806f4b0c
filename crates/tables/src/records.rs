//! Records of delimited text: cutting a stream into chunks at record ends, and records into fields.
//!
//! A quote opens a field only at its beginning; `""` inside is one quote (RFC 4180). What follows a closing
//! quote up to the delimiter is taken as it is.

use memchr::{memchr, memchr2, memchr2_iter, memrchr};

/// Longest record; a longer one is an unclosed quote.
pub(crate) const LONGEST_RECORD: usize = 1 << 23;

/// End of the record that begins at `from` (behind its line end); `None` when the text ends before.
pub(crate) fn record_end(text: &[u8], from: usize, delimiter: u8) -> Option<usize> {
    let mut at = from;
    loop {
        if text.get(at) == Some(&b'"') {
            at = behind_quotes(text, at + 1)?;
        }
        let hit = at + memchr2(delimiter, b'\n', text.get(at..)?)?;
        if text[hit] == b'\n' {
            return Some(hit + 1);
        }
        at = hit + 1;
    }
}

/// Position behind the closing quote of a field whose content begins at `from`.
fn behind_quotes(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let quote = at + memchr(b'"', text.get(at..)?)?;
        if text.get(quote + 1) == Some(&b'"') {
            at = quote + 2;
        } else {
            return Some(quote + 1);
        }
    }
}

/// A place behind the last complete record within the first `target` bytes, or behind the first record when
/// it is longer. `None` when not even one record is complete.
pub(crate) fn cut(text: &[u8], target: usize, delimiter: u8) -> Option<usize> {
    let window = &text[..text.len().min(target)];
    if memchr(b'"', window).is_none() {
        if let Some(newline) = memrchr(b'\n', window) {
            return Some(newline + 1);
        }
        return record_end(text, 0, delimiter);
    }
    let mut end = record_end(text, 0, delimiter)?;
    while end < window.len() {
        match record_end(window, end, delimiter) {
            Some(next) => end = next,
            None => break,
        }
    }
    Some(end)
}

/// The fields of one record as ranges of a buffer.
#[derive(Default)]
pub(crate) struct Fields {
    pub(crate) ranges: Vec<(u32, u32)>,
}

impl Fields {
    pub(crate) fn len(&self) -> usize {
        self.ranges.len()
    }

    /// A field's bytes without surrounding ASCII blanks.
    #[inline]
    pub(crate) fn get<'b>(&self, buffer: &'b [u8], index: usize) -> &'b [u8] {
        let Some((start, end)) = self.ranges.get(index) else { return b"" };
        let field = buffer.get(*start as usize..*end as usize).unwrap_or_default();
        match field {
            [first, .., last] if *first > b' ' && *last > b' ' => field,
            _ => field.trim_ascii(),
        }
    }
}

/// Goes through the records of a chunk. `each` gets the buffer, the fields and the line (0 is the chunk's first).
pub(crate) fn each_record(
    chunk: &[u8],
    delimiter: u8,
    mut each: impl FnMut(&[u8], &Fields, u32) -> std::ops::ControlFlow<()>,
) {
    let quoted = memchr(b'"', chunk).is_some();
    let mut fields = Fields::default();
    if !quoted {
        let mut line = 0u32;
        let mut start = 0usize;
        for hit in memchr2_iter(delimiter, b'\n', chunk) {
            if chunk[hit] == delimiter {
                push(&mut fields, start, hit);
                start = hit + 1;
                continue;
            }
            let end = if hit > start && chunk[hit - 1] == b'\r' { hit - 1 } else { hit };
            push(&mut fields, start, end);
            if each(chunk, &fields, line).is_break() {
                return;
            }
            fields.ranges.clear();
            start = hit + 1;
            line = line.saturating_add(1);
        }
        if start < chunk.len() || !fields.ranges.is_empty() {
            let end =
                if chunk.ends_with(b"\r") && chunk.len() > start { chunk.len() - 1 } else { chunk.len() };
            push(&mut fields, start, end);
            let _ = each(chunk, &fields, line);
        }
        return;
    }
    let mut scratch = Vec::new();
    let mut at = 0;
    let mut line = 0u32;
    while at < chunk.len() {
        let end = record_end(chunk, at, delimiter).unwrap_or(chunk.len());
        let record = &chunk[at..end];
        split_quoted(record, delimiter, &mut scratch, &mut fields);
        if each(&scratch, &fields, line).is_break() {
            return;
        }
        let lines = memchr::memchr_iter(b'\n', record).count();
        line = line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        at = end;
    }
}

fn push(fields: &mut Fields, start: usize, end: usize) {
    // Chunks are far below 4 GiB.
    let bound = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    fields.ranges.push((bound(start), bound(end)));
}

/// Splits one record, with quotes taken off, into `scratch`.
pub(crate) fn split_quoted(record: &[u8], delimiter: u8, scratch: &mut Vec<u8>, fields: &mut Fields) {
    scratch.clear();
    fields.ranges.clear();
    let record = record.strip_suffix(b"\n").unwrap_or(record);
    let record = record.strip_suffix(b"\r").unwrap_or(record);
    let mut at = 0;
    loop {
        let start = scratch.len();
        if record.get(at) == Some(&b'"') {
            let end = behind_quotes(record, at + 1).unwrap_or(record.len() + 1);
            let inner = record.get(at + 1..end - 1).unwrap_or_default();
            let mut rest = inner;
            while let Some(quote) = memchr(b'"', rest) {
                scratch.extend_from_slice(&rest[..=quote]);
                rest = rest.get(quote + 2..).unwrap_or_default();
            }
            scratch.extend_from_slice(rest);
            at = end.min(record.len());
        }
        let end = memchr(delimiter, &record[at..]).map_or(record.len(), |hit| at + hit);
        scratch.extend_from_slice(&record[at..end]);
        push(fields, start, scratch.len());
        if end >= record.len() {
            return;
        }
        at = end + 1;
        if at == record.len() {
            push(fields, scratch.len(), scratch.len());
            return;
        }
    }
}

/// The first records of a text as owned fields, for looking at; with the line each begins in and where it ends.
pub(crate) struct Seen {
    pub(crate) fields: Vec<String>,
    pub(crate) line: u64,
    pub(crate) end: usize,
}

/// Reads up to `limit` records.
pub(crate) fn first_records(text: &[u8], delimiter: u8, limit: usize, at_end: bool) -> Vec<Seen> {
    let mut seen = Vec::new();
    let (mut scratch, mut fields) = (Vec::new(), Fields::default());
    let (mut at, mut line) = (0, 1u64);
    while at < text.len() && seen.len() < limit {
        let end = match record_end(text, at, delimiter) {
            Some(end) => end,
            None if at_end => text.len(),
            None => break,
        };
        if end - at > LONGEST_RECORD {
            break;
        }
        let record = &text[at..end];
        split_quoted(record, delimiter, &mut scratch, &mut fields);
        let texts = (0..fields.len())
            .map(|i| String::from_utf8_lossy(fields.get(&scratch, i)).trim().to_string())
            .collect();
        seen.push(Seen { fields: texts, line, end });
        line += memchr::memchr_iter(b'\n', record).count() as u64;
        at = end;
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str, delimiter: u8) -> Vec<(u32, Vec<String>)> {
        let mut rows = Vec::new();
        each_record(text.as_bytes(), delimiter, |buffer, fields, line| {
            let texts =
                (0..fields.len()).map(|i| String::from_utf8_lossy(fields.get(buffer, i)).into_owned());
            rows.push((line, texts.collect()));
            std::ops::ControlFlow::Continue(())
        });
        rows
    }

    #[test]
    fn records_are_split() {
        let check = |text: &str, expected: &[(u32, &[&str])]| {
            let expected: Vec<_> = expected
                .iter()
                .map(|(l, f)| (*l, f.iter().map(|s| s.to_string()).collect::<Vec<_>>()))
                .collect();
            assert_eq!(all(text, b';'), expected, "{text:?}");
        };
        check("a;b\nc;d", &[(0, &["a", "b"]), (1, &["c", "d"])]);
        check("a;b\r\nc;\r\n", &[(0, &["a", "b"]), (1, &["c", ""])]);
        check("\"a;1\";b\n", &[(0, &["a;1", "b"])]);
        check("\"a\nb\";c\nd;e\n", &[(0, &["a\nb", "c"]), (2, &["d", "e"])]);
        check("\"a\"\"b\";c\n", &[(0, &["a\"b", "c"])]);
        check("5\" Rohr;c\n", &[(0, &["5\" Rohr", "c"])]);
        check("\"a\"x;c\n", &[(0, &["ax", "c"])]);
        check("\"offen;c\n", &[(0, &["offen;c"])]);
        check("a;\"\"\n", &[(0, &["a", ""])]);
        check("a;\"b\";\n", &[(0, &["a", "b", ""])]);
        check("", &[]);
    }

    proptest::proptest! {
        #[test]
        fn cutting_changes_nothing(text in "[ab;\"\n\r]{0,60}", target in 1usize..20) {
            let whole = all(&text, b';');
            let bytes = text.as_bytes();
            let (mut at, mut pieces, mut base) = (0, Vec::new(), 0);
            while at < bytes.len() {
                let end = cut(&bytes[at..], target, b';').map_or(bytes.len(), |e| at + e);
                let piece = &text[at..end];
                for (line, fields) in all(piece, b';') {
                    pieces.push((line + base, fields));
                }
                base += piece.matches('\n').count() as u32;
                at = end;
            }
            proptest::prop_assert_eq!(whole, pieces);
        }
    }
}
