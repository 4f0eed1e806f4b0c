//! The rows of a table behind its header, chunk by chunk, however the file is written.

use crate::mapping::FileHints;
use crate::number::Evidence;
use crate::open::{Opened, TableFile};
use crate::plan::{Plan, build, decide_formats, named_columns};
use crate::records::{LONGEST_RECORD, cut, each_record};
use crate::sheet::Sheet;
use crate::text::TextBlocks;
use crate::{Mapping, ReadError, dialect};
use kekiz_base::{Diagnostics, Place, Severity};
use std::io::Read;

/// Bytes looked at before the first row is read.
const HEAD: usize = 1 << 22;
/// Size of a chunk. It decides nothing but speed and memory.
const CHUNK: usize = 1 << 20;
/// Most columns of a table; a workbook cannot have more.
const WIDEST: usize = 16_384;

/// The rows of a table: what is left of the head, then the rest of the file.
pub(crate) struct Body<'a> {
    file: &'a TableFile,
    blocks: TextBlocks<'a>,
    buffer: Vec<u8>,
    at: usize,
    ended: bool,
    line: u64,
    delimiter: u8,
    pub(crate) header_line: u64,
    sheet: Option<String>,
    other_sheets: Vec<String>,
    fill: Vec<(usize, Vec<u8>)>,
}

impl Body<'_> {
    pub(crate) fn dialect(&self) -> String {
        match (&self.sheet, self.delimiter) {
            (Some(sheet), _) => sheet.clone(),
            (None, b'\t') => "Tabulator".into(),
            (None, other) => char::from(other).to_string(),
        }
    }

    pub(crate) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The sheet that is read, and the others of the workbook.
    pub(crate) fn sheets(&self) -> Option<(&str, &[String])> {
        Some((self.sheet.as_deref()?, &self.other_sheets))
    }

    /// Whether all that is left is at hand and no more than one chunk.
    pub(crate) fn is_short(&self) -> bool {
        self.ended && self.buffer.len() - self.at <= CHUNK
    }

    pub(crate) fn encoding(&self) -> String {
        if self.sheet.is_some() { "Arbeitsmappe".into() } else { self.blocks.encoding.name().to_string() }
    }

    pub(crate) fn say_encoding(&self, file: &str, diagnostics: &mut Diagnostics) {
        if self.sheet.is_none() && self.blocks.encoding != encoding_rs::UTF_8 {
            diagnostics.push(
                Severity::Note,
                "encoding",
                Place { file: Some(file.to_string()), ..Place::default() },
                format!("Die Datei ist als {} gelesen.", self.blocks.encoding.name()),
                "Sehen Umlaute falsch aus, in der Zuordnung unter [file] encoding angeben.",
            );
        }
    }

    /// The next chunk of whole records and the line it begins in.
    pub(crate) fn next_chunk(&mut self) -> Result<Option<(Vec<u8>, u64)>, ReadError> {
        loop {
            let rest = &self.buffer[self.at..];
            if rest.len() >= CHUNK || self.ended {
                if rest.is_empty() {
                    return Ok(None);
                }
                let end = match cut(rest, CHUNK, self.delimiter) {
                    Some(end) => Some(end),
                    None if self.ended => Some(rest.len()),
                    None => None,
                };
                if end.unwrap_or(rest.len()) > LONGEST_RECORD + CHUNK {
                    return Err(self.file.unusable(
                        format!(
                            "In Zeile {} beginnt ein Anführungszeichen, das nicht geschlossen wird.",
                            self.line
                        ),
                        "Das Anführungszeichen schließen oder streichen.",
                    ));
                }
                if let Some(end) = end {
                    let mut chunk = rest[..end].to_vec();
                    let line = self.line;
                    self.line += memchr::memchr_iter(b'\n', &chunk).count() as u64;
                    self.at += end;
                    if !self.fill.is_empty() {
                        chunk = fill_down(&chunk, self.delimiter, &mut self.fill);
                    }
                    return Ok(Some((chunk, line)));
                }
            }
            self.buffer.drain(..self.at);
            self.at = 0;
            self.ended = !self.blocks.append_to(&mut self.buffer)?;
        }
    }
}

/// Repeats the field above in empty fields of some columns.
fn fill_down(chunk: &[u8], delimiter: u8, state: &mut [(usize, Vec<u8>)]) -> Vec<u8> {
    let mut out = Vec::with_capacity(chunk.len() + chunk.len() / 4);
    let mut written = 0u32;
    each_record(chunk, delimiter, |buffer, fields, line| {
        while written < line {
            out.push(b'\n');
            written += 1;
        }
        let filled = (0..fields.len()).filter(|i| !fields.get(buffer, *i).is_empty()).count();
        for index in 0..fields.len() {
            if index > 0 {
                out.push(delimiter);
            }
            let mut field = fields.get(buffer, index);
            if let Some((_, last)) = state.iter_mut().find(|(column, _)| *column == index) {
                if !field.is_empty() {
                    *last = field.to_vec();
                } else if filled > 0 {
                    field = last;
                }
            }
            // Line ends inside a field would shift the line numbers.
            out.push(b'"');
            for byte in field {
                match byte {
                    b'"' => out.extend_from_slice(b"\"\""),
                    b'\n' | b'\r' => out.push(b' '),
                    other => out.push(*other),
                }
            }
            out.push(b'"');
        }
        out.push(b'\n');
        written += 1;
        std::ops::ControlFlow::Continue(())
    });
    let wanted = u32::try_from(memchr::memchr_iter(b'\n', chunk).count()).unwrap_or(u32::MAX);
    while written < wanted {
        out.push(b'\n');
        written += 1;
    }
    out
}

/// Looks at the head of the file, lays the mapping over it and hands the rows to `take`. `None` when the mapping
/// does not fit; why is in the diagnostics.
pub(crate) fn with_body<T>(
    file: &TableFile,
    opened: Opened<'_>,
    mapping: &Mapping,
    diagnostics: &mut Diagnostics,
    take: impl FnOnce(&mut Body<'_>, &Plan, &mut Diagnostics) -> Result<T, ReadError>,
) -> Result<Option<T>, ReadError> {
    let named = named_columns(mapping);
    with_table(file, opened, &mapping.file, &named, diagnostics, |mut body, dialect, diagnostics| {
        let mut plan = match build(mapping, &file.name, &dialect.header, dialect.header_line) {
            Ok(plan) => plan,
            Err(problems) => {
                diagnostics.extend(problems);
                return Ok(None);
            }
        };
        let rows = &body.buffer[body.at..];
        let sample = &rows[..cut(rows, HEAD, body.delimiter).unwrap_or(rows.len()).min(rows.len())];
        let evidence = look_at_numbers(sample, body.delimiter, &plan);
        decide_formats(&mut plan, &evidence, &file.name, diagnostics);
        body.fill = plan.fill_down.iter().map(|column| (*column, Vec::new())).collect();
        take(&mut body, &plan, diagnostics).map(Some)
    })
}

/// Reads the head and finds delimiter and header; `named` are the columns to find the header by.
pub(crate) fn with_table<T>(
    file: &TableFile,
    opened: Opened<'_>,
    hints: &FileHints,
    named: &[&str],
    diagnostics: &mut Diagnostics,
    take: impl FnOnce(Body<'_>, dialect::Dialect, &mut Diagnostics) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    let (mut nothing, mut buffer, mut sheet) = (std::io::empty(), Vec::new(), None);
    let mut other_sheets = Vec::new();
    let reader: &mut dyn Read = match opened {
        Opened::Text(reader) => reader,
        Opened::Sheet(found) => {
            say_sheet(&file.name, &found, hints, diagnostics);
            buffer = found.text;
            sheet = Some(found.name);
            other_sheets = found.others;
            &mut nothing
        }
    };
    let stated = if sheet.is_some() { Some("utf-8") } else { hints.encoding.as_deref() };
    let mut blocks = TextBlocks::new(file, reader, stated);
    let mut ended = sheet.is_some();
    while !ended && buffer.len() < HEAD {
        ended = !blocks.append_to(&mut buffer)?;
    }
    if sheet.is_none() && is_binary(&buffer) {
        return Err(file.unusable(
            "Das ist keine Tabelle als Text: Die Datei enthält Zeichen, die in keinem Text vorkommen.",
            "Eine CSV- oder XLSX-Datei übergeben; Archive als ZIP oder GZIP. Ist es eine, noch einmal herunterladen.",
        ));
    }
    let dialect = dialect::detect(&buffer, ended, hints, sheet.is_some(), named).map_err(|why| match why {
        dialect::NoHeader::Nothing if sheet.is_some() && buffer.is_empty() => file.unusable(
            format!("Das Blatt „{}“ ist leer.", sheet.as_deref().unwrap_or_default()),
            "In der Zuordnung unter [file] sheet das Blatt mit der Tabelle angeben.",
        ),
        dialect::NoHeader::Nothing if buffer.len() >= HEAD && memchr::memchr(b'\n', &buffer[..HEAD]).is_none() => {
            file.unusable(
                "Die erste Zeile ist länger als 4 MiB; so breit ist keine Tabelle.",
                "Zeilen und Spalten tauschen oder die Tabelle teilen; stehen alle Zeilen in einer, die Zeilenenden berichtigen.",
            )
        }
        dialect::NoHeader::Nothing => file.unusable(
            "Keine Kopfzeile gefunden: Die Datei sieht nicht wie eine Tabelle aus.",
            "Eine CSV- oder XLSX-Datei mit Spaltennamen übergeben, oder in der Zuordnung unter [file] header_line angeben.",
        ),
        dialect::NoHeader::Line(line) => file.unusable(
            format!("In Zeile {line} beginnt keine Kopfzeile."),
            "In der Zuordnung unter [file] header_line berichtigen.",
        ),
    })?;
    if dialect.header.len() > WIDEST {
        return Err(file.unusable(
            format!(
                "Die Kopfzeile (Zeile {}) hat {} Spalten; gelesen werden höchstens {WIDEST}, so viele wie in einer Arbeitsmappe.",
                dialect.header_line,
                dialect.header.len()
            ),
            "Zeilen und Spalten tauschen oder die Tabelle teilen; stimmt das Trennzeichen nicht, in der Zuordnung unter [file] delimiter angeben.",
        ));
    }
    if !dialect.above.is_empty() {
        let shown: Vec<String> = dialect
            .above
            .iter()
            .take(5)
            .map(|t| format!("„{}“", t.chars().take(80).collect::<String>()))
            .collect();
        diagnostics.push(
            Severity::Note,
            "lines-above",
            Place { file: Some(file.name.clone()), line: Some(1), column: None },
            format!("Über der Kopfzeile (Zeile {}) steht Text: {}.", dialect.header_line, shown.join(", ")),
            "",
        );
    }
    let body = Body {
        file,
        blocks,
        at: dialect.body,
        buffer,
        ended,
        line: dialect.body_line,
        delimiter: dialect.delimiter,
        header_line: dialect.header_line,
        sheet,
        other_sheets,
        fill: Vec::new(),
    };
    take(body, dialect, diagnostics)
}

/// Whether bytes are something else than text: more than one in a hundred is a control character that no table has.
fn is_binary(text: &[u8]) -> bool {
    let looked = &text[..text.len().min(1 << 16)];
    let control =
        |byte: &&u8| byte.is_ascii_control() && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1a | 0x1f);
    looked.iter().filter(control).count() * 100 > looked.len()
}

fn say_sheet(file: &str, sheet: &Sheet, hints: &FileHints, diagnostics: &mut Diagnostics) {
    let place = || Place { file: Some(file.to_string()), ..Place::default() };
    if hints.sheet.is_none() && !sheet.others.is_empty() {
        let others: Vec<String> = sheet.others.iter().take(12).map(|n| format!("„{n}“")).collect();
        diagnostics.push(
            Severity::Note,
            "sheet-first",
            place(),
            format!("Das erste Blatt „{}“ ist gelesen; es gibt auch {}.", sheet.name, others.join(", ")),
            "Ein anderes in der Zuordnung unter [file] sheet angeben.",
        );
    }
    if sheet.filled > 0 {
        diagnostics.push(
            Severity::Note,
            "merged-cells",
            place(),
            format!(
                "Verbundene Zellen: Ihr Inhalt gilt auch für die {} Zellen, die sie überdecken.",
                sheet.filled
            ),
            "",
        );
    }
}

fn look_at_numbers(sample: &[u8], delimiter: u8, plan: &Plan) -> Vec<Evidence> {
    let mut evidence = vec![Evidence::default(); plan.values.len()];
    if plan.values.iter().all(|v| v.format.decided_by_mapping) {
        return evidence;
    }
    each_record(sample, delimiter, |buffer, fields, _| {
        if fields.len() == plan.header.len() {
            for (seen, value) in evidence.iter_mut().zip(&plan.values) {
                let raw = fields.get(buffer, value.column);
                if raw.first() == Some(&crate::cell::NUMERIC) || raw.iter().all(|b| !b.is_ascii_digit()) {
                    continue;
                }
                let text = String::from_utf8_lossy(raw);
                let digits = text.trim_matches(|c: char| !c.is_ascii_digit());
                seen.see(digits);
            }
        }
        std::ops::ControlFlow::Continue(())
    });
    evidence
}
