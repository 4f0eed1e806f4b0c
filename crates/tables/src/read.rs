//! Reading a table: open, look, lay the mapping over the header, stream.

use crate::merge::Merger;
use crate::number::Evidence;
use crate::open::{Opened, TableFile, open};
use crate::plan::{Plan, build, decide_formats, named_columns};
use crate::records::{LONGEST_RECORD, cut, each_record};
use crate::rows::{ChunkRows, Worker};
use crate::text::TextBlocks;
use crate::{Mapping, ReadError, SinkError, dialect};
use kekiz_base::{Diagnostics, FigureBatch, FigureDictionaries, Period, Place, Severity};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::io::Read;
use std::num::NonZero;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, mpsc};

/// Takes figures batch by batch.
pub trait FigureSink {
    /// Takes the next batch. The dictionaries only grow; numbers of earlier batches stay as they are.
    ///
    /// # Errors
    /// A German sentence when the figures cannot be taken; reading stops.
    fn append(&mut self, batch: &FigureBatch, dictionaries: &FigureDictionaries) -> Result<(), SinkError>;
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Records below the header, blank lines not counted.
    pub rows: u64,
    /// Records that gave figures.
    pub rows_used: u64,
    /// Records that the mapping does not select (`where`, `only`).
    pub rows_not_selected: u64,
    /// Rows and cells refused.
    pub refused: u64,
    /// Figures handed to the sink, marks included.
    pub figures: u64,
    /// Of these without a number: unknown or secret, later, unreliable, blocked, empty.
    pub missing: [u64; 5],
    /// Distinct areas.
    pub areas: u64,
    /// Distinct periods, in order.
    pub periods: Vec<Period>,
    /// Distinct variables in the order of the file.
    pub variables: Vec<SmolStr>,
    /// Distinct groups.
    pub groups: u64,
    /// Encoding as found.
    pub encoding: String,
    /// Delimiter as found; for a workbook the name of the sheet.
    pub dialect: String,
    /// Line of the header.
    pub header_line: u64,
}

/// Bytes looked at before the first row is read.
const HEAD: usize = 1 << 22;
/// Size of a chunk. It decides nothing but speed and memory.
const CHUNK: usize = 1 << 20;

/// Reads a table into a sink. It streams: memory does not grow with the file beyond one bit to 17 bytes per
/// figure (to find cells that occur twice).
///
/// When the diagnostics have errors the sink has received only part of the table and what it did must be dropped.
/// The result is the same on any number of threads. `progress` gets bytes read and bytes in all.
///
/// # Errors
/// When the file cannot be opened, is no table, or the sink refuses. Refused rows are in the diagnostics.
pub fn read(
    file: &TableFile,
    mapping: &Mapping,
    sink: &mut dyn FigureSink,
    progress: &dyn Fn(u64, u64),
) -> Result<(Summary, Diagnostics), ReadError> {
    let threads = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    read_with_threads(file, mapping, sink, progress, threads)
}

/// [`read`] with a number of threads.
///
/// # Errors
/// As [`read`].
pub fn read_with_threads(
    file: &TableFile,
    mapping: &Mapping,
    sink: &mut dyn FigureSink,
    progress: &dyn Fn(u64, u64),
    threads: NonZero<usize>,
) -> Result<(Summary, Diagnostics), ReadError> {
    open(file, &mapping.file, |opened, bytes| {
        let mut diagnostics = Diagnostics::new();
        with_body(file, opened, mapping, &mut diagnostics, |body, plan, diagnostics| {
            let mut merger = Merger::new(&file.name, &plan.header);
            merger.summary.dialect = body.dialect();
            merger.summary.header_line = body.header_line;
            stream(body, plan, threads, &mut |chunk, base| {
                progress(bytes.done.load(Ordering::Relaxed).min(bytes.total), bytes.total);
                merger.absorb(chunk, base, sink).map_err(ReadError::Sink)
            })?;
            merger.summary.encoding = body.encoding();
            if !merger.suspects.is_empty() {
                inspect(file, mapping, threads, &mut merger)?;
            }
            let summary = merger.finish(diagnostics);
            body.say_encoding(&file.name, diagnostics);
            if summary.figures == 0 && !diagnostics.has_errors() {
                diagnostics.push(
                    Severity::Error,
                    "no-figures",
                    Place { file: Some(file.name.clone()), ..Place::default() },
                    format!(
                        "Aus {} Zeilen ist keine Zahl geworden ({} davon nicht ausgewählt).",
                        summary.rows, summary.rows_not_selected
                    ),
                    "In der Zuordnung [where], only und die Kopfzeile prüfen.",
                );
            }
            progress(bytes.total, bytes.total);
            Ok(summary)
        })
        .map(|summary| (summary.unwrap_or_default(), diagnostics))
    })
}

/// Second pass: the lines of cells that occur more than once.
fn inspect(
    file: &TableFile,
    mapping: &Mapping,
    threads: NonZero<usize>,
    merger: &mut Merger<'_>,
) -> Result<(), ReadError> {
    open(file, &mapping.file, |opened, _| {
        let mut unheard = Diagnostics::new();
        with_body(file, opened, mapping, &mut unheard, |body, plan, _| {
            stream(body, plan, threads, &mut |chunk, base| {
                merger.inspect(&chunk, base);
                Ok(())
            })
        })
        .map(|_| ())
    })
}

/// The rows of a table: what is left of the head, then the rest of the file.
pub(crate) struct Body<'a> {
    file: &'a TableFile,
    blocks: TextBlocks<'a>,
    buffer: Vec<u8>,
    at: usize,
    ended: bool,
    line: u64,
    delimiter: u8,
    header_line: u64,
    sheet: Option<String>,
    fill: Vec<(usize, Vec<u8>)>,
}

impl Body<'_> {
    fn dialect(&self) -> String {
        match (&self.sheet, self.delimiter) {
            (Some(sheet), _) => sheet.clone(),
            (None, b'\t') => "Tabulator".into(),
            (None, other) => char::from(other).to_string(),
        }
    }

    fn encoding(&self) -> String {
        if self.sheet.is_some() { "Arbeitsmappe".into() } else { self.blocks.encoding.name().to_string() }
    }

    fn say_encoding(&self, file: &str, diagnostics: &mut Diagnostics) {
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
    fn next(&mut self) -> Result<Option<(Vec<u8>, u64)>, ReadError> {
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
fn with_body<T>(
    file: &TableFile,
    opened: Opened<'_>,
    mapping: &Mapping,
    diagnostics: &mut Diagnostics,
    take: impl FnOnce(&mut Body<'_>, &Plan, &mut Diagnostics) -> Result<T, ReadError>,
) -> Result<Option<T>, ReadError> {
    with_head(file, opened, mapping, diagnostics, |mut body, dialect, diagnostics| {
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

/// Reads the head and finds delimiter and header.
pub(crate) fn with_head<T>(
    file: &TableFile,
    opened: Opened<'_>,
    mapping: &Mapping,
    diagnostics: &mut Diagnostics,
    take: impl FnOnce(Body<'_>, dialect::Dialect, &mut Diagnostics) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    let named = named_columns(mapping);
    with_table(file, opened, &mapping.file, &named, diagnostics, take)
}

/// As [`with_head`], for whoever has no mapping.
pub(crate) fn with_table<T>(
    file: &TableFile,
    opened: Opened<'_>,
    hints: &crate::mapping::FileHints,
    named: &[&str],
    diagnostics: &mut Diagnostics,
    take: impl FnOnce(Body<'_>, dialect::Dialect, &mut Diagnostics) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    let (mut nothing, mut buffer, mut sheet) = (std::io::empty(), Vec::new(), None);
    let reader: &mut dyn Read = match opened {
        Opened::Text(reader) => reader,
        Opened::Sheet(found) => {
            say_sheet(&file.name, &found, hints, diagnostics);
            buffer = found.text;
            sheet = Some(found.name);
            &mut nothing
        }
    };
    let stated = if sheet.is_some() { Some("utf-8") } else { hints.encoding.as_deref() };
    let mut blocks = TextBlocks::new(file, reader, stated);
    let mut ended = sheet.is_some();
    while !ended && buffer.len() < HEAD {
        ended = !blocks.append_to(&mut buffer)?;
    }
    let dialect = dialect::detect(&buffer, ended, hints, sheet.is_some(), named).map_err(|why| match why {
        dialect::NoHeader::Nothing => file.unusable(
            "Keine Kopfzeile gefunden: Die Datei sieht nicht wie eine Tabelle aus.",
            "Eine CSV- oder XLSX-Datei mit Spaltennamen übergeben, oder in der Zuordnung unter [file] header_line angeben.",
        ),
        dialect::NoHeader::Line(line) => file.unusable(
            format!("In Zeile {line} beginnt keine Kopfzeile."),
            "In der Zuordnung unter [file] header_line berichtigen.",
        ),
    })?;
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
        fill: Vec::new(),
    };
    take(body, dialect, diagnostics)
}

fn say_sheet(
    file: &str,
    sheet: &crate::sheet::Sheet,
    hints: &crate::mapping::FileHints,
    diagnostics: &mut Diagnostics,
) {
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

impl Body<'_> {
    /// The rows at hand, for looking at.
    pub(crate) fn sample(&self) -> (&[u8], u8, bool) {
        (&self.buffer[self.at..], self.delimiter, self.ended)
    }

    pub(crate) fn is_sheet(&self) -> bool {
        self.sheet.is_some()
    }

    /// The next chunk of whole records and its first line.
    pub(crate) fn next_chunk(&mut self) -> Result<Option<(Vec<u8>, u64)>, ReadError> {
        self.next()
    }

    pub(crate) fn close(&self, file: &str, diagnostics: &mut Diagnostics) {
        self.say_encoding(file, diagnostics);
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

/// Hands chunks to workers and their rows, in the order of the file, to `take`.
fn stream(
    body: &mut Body<'_>,
    plan: &Plan,
    threads: NonZero<usize>,
    take: &mut dyn FnMut(ChunkRows, u64) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let delimiter = body.delimiter;
    let rest = body.buffer.len() - body.at;
    if threads.get() == 1 || (body.ended && rest <= CHUNK) {
        let mut worker = Worker::new(plan, delimiter);
        while let Some((chunk, base)) = body.next()? {
            take(worker.chunk(&chunk), base)?;
        }
        return Ok(());
    }
    let (send_chunk, receive_chunk) = mpsc::channel::<(u64, Vec<u8>, u64)>();
    let receive_chunk = &Mutex::new(receive_chunk);
    std::thread::scope(|scope| {
        let (send_rows, receive_rows) = mpsc::channel::<(u64, ChunkRows, u64)>();
        for _ in 0..threads.get().min(64) {
            let send_rows = send_rows.clone();
            scope.spawn(move || {
                let mut worker = Worker::new(plan, delimiter);
                loop {
                    let received = match receive_chunk.lock() {
                        Ok(queue) => queue.recv(),
                        Err(_) => break,
                    };
                    let Ok((number, chunk, base)) = received else { break };
                    if send_rows.send((number, worker.chunk(&chunk), base)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send_rows);
        let outcome = pump(body, threads.get().min(64) * 2 + 1, &send_chunk, &receive_rows, take);
        drop(send_chunk);
        outcome
    })
}

/// Keeps a bounded number of chunks under way.
fn pump(
    body: &mut Body<'_>,
    limit: usize,
    send_chunk: &mpsc::Sender<(u64, Vec<u8>, u64)>,
    receive_rows: &mpsc::Receiver<(u64, ChunkRows, u64)>,
    take: &mut dyn FnMut(ChunkRows, u64) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let (mut sent, mut taken, mut more) = (0u64, 0u64, true);
    let mut waiting: BTreeMap<u64, (ChunkRows, u64)> = BTreeMap::new();
    loop {
        while more && usize::try_from(sent - taken).unwrap_or(usize::MAX) < limit {
            match body.next()? {
                Some((chunk, base)) => {
                    if send_chunk.send((sent, chunk, base)).is_err() {
                        return Ok(());
                    }
                    sent += 1;
                }
                None => more = false,
            }
        }
        if taken == sent {
            return Ok(());
        }
        let Ok((number, rows, base)) = receive_rows.recv() else { return Ok(()) };
        waiting.insert(number, (rows, base));
        while let Some((rows, base)) = waiting.remove(&taken) {
            taken += 1;
            take(rows, base)?;
        }
    }
}
