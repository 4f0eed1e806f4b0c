//! Reading a table: open, look, lay the mapping over the header, stream.

use crate::body::{Body, with_body};
use crate::merge::Merger;
use crate::open::{TableFile, open};
use crate::plan::Plan;
use crate::rows::{ChunkRows, Worker};
use crate::{Mapping, ReadError, SinkError};
use kekiz_base::{Diagnostics, FigureBatch, FigureDictionaries, Period, Place, Severity};
use smol_str::SmolStr;
use std::collections::BTreeMap;
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

/// Hands chunks to workers and their rows, in the order of the file, to `take`.
fn stream(
    body: &mut Body<'_>,
    plan: &Plan,
    threads: NonZero<usize>,
    take: &mut dyn FnMut(ChunkRows, u64) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let delimiter = body.delimiter();
    if threads.get() == 1 || body.is_short() {
        let mut worker = Worker::new(plan, delimiter);
        while let Some((chunk, base)) = body.next_chunk()? {
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
            match body.next_chunk()? {
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
