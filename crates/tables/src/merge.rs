//! Chunks put together in the order of the file: one numbering, one list of findings, no cell twice.

use crate::read::Summary;
use crate::rows::{ChunkRows, NoteKey};
use crate::{FigureSink, SinkError};
use foldhash::fast::RandomState;
use kekiz_base::{
    Diagnostic, Diagnostics, FigureBatch, FigureDictionaries, Mark, Observation, Place, Severity,
};
use std::collections::{BTreeMap, HashMap};

/// Refused rows that are listed; the rest is counted.
pub(crate) const LISTED: usize = 10_000;
/// Cells that occur twice and are looked at in a second pass.
const SUSPECTS: usize = 10_000;

/// Area, period, variable and group by number.
pub(crate) type CellId = (u32, u32, u32, u32);

/// Which cells have been seen: a bit per area under each combination of period, variable and group. Dense
/// tables take one bit per row, scattered ones at most 17 bytes and a map's slack.
#[derive(Default)]
struct SeenCells {
    combinations: HashMap<(u32, u32, u32), u32, RandomState>,
    last: Option<((u32, u32, u32), u32)>,
    blocks: HashMap<u64, u64, RandomState>,
}

impl SeenCells {
    /// Marks a cell; true when it was marked before.
    #[inline]
    fn mark(&mut self, (area, period, variable, group): CellId) -> bool {
        let combination = (period, variable, group);
        let number = match self.last {
            Some((last, number)) if last == combination => number,
            _ => {
                let next = u32::try_from(self.combinations.len()).unwrap_or(u32::MAX);
                let number = *self.combinations.entry(combination).or_insert(next);
                self.last = Some((combination, number));
                number
            }
        };
        let block = u64::from(number) << 32 | u64::from(area >> 6);
        let bit = 1u64 << (area & 63);
        let bits = self.blocks.entry(block).or_default();
        let before = *bits & bit != 0;
        *bits |= bit;
        before
    }
}

struct Collected {
    key: NoteKey,
    count: u64,
    lines: Vec<u64>,
}

/// Puts chunks together.
pub(crate) struct Merger<'a> {
    file: &'a str,
    header: &'a [String],
    dictionaries: FigureDictionaries,
    seen: SeenCells,
    notes: Vec<Collected>,
    note_index: HashMap<NoteKey, usize, RandomState>,
    refused: Vec<Diagnostic>,
    refused_count: u64,
    underline: bool,
    /// Cells that occur more than once, with what the second pass finds.
    pub(crate) suspects: BTreeMap<CellId, Vec<(u64, Observation)>>,
    pub(crate) more_suspects: u64,
    pub(crate) summary: Summary,
}

impl<'a> Merger<'a> {
    pub(crate) fn new(file: &'a str, header: &'a [String]) -> Self {
        Self {
            file,
            header,
            dictionaries: FigureDictionaries::default(),
            seen: SeenCells::default(),
            notes: Vec::new(),
            note_index: HashMap::default(),
            refused: Vec::new(),
            refused_count: 0,
            underline: false,
            suspects: BTreeMap::new(),
            more_suspects: 0,
            summary: Summary::default(),
        }
    }

    fn place(&self, line: u64, column: Option<usize>) -> Place {
        Place {
            file: Some(self.file.to_string()),
            line: Some(line),
            column: column.and_then(|c| self.header.get(c).cloned()),
        }
    }

    /// Takes the next chunk in the order of the file; its first line is `base`.
    pub(crate) fn absorb(
        &mut self,
        chunk: ChunkRows,
        base: u64,
        sink: &mut dyn FigureSink,
    ) -> Result<(), SinkError> {
        self.findings(&chunk, base);
        let (areas, periods, variables, groups) = self.numbers(&chunk);
        let mut batch = FigureBatch::default();
        let room = chunk.cells.len();
        batch.area.reserve(room);
        batch.period.reserve(room);
        batch.variable.reserve(room);
        batch.group.reserve(room);
        batch.observation.reserve(room);
        let mut missing = [0u64; 5];
        for cell in &chunk.cells {
            let id = (
                areas[cell.area as usize],
                periods[cell.period as usize],
                variables[cell.variable as usize],
                groups[cell.group as usize],
            );
            if self.seen.mark(id) {
                if self.suspects.len() < SUSPECTS {
                    self.suspects.entry(id).or_default();
                } else if !self.suspects.contains_key(&id) {
                    self.more_suspects += 1;
                }
                continue;
            }
            if let Observation::Missing(mark) = cell.observation {
                missing[mark_index(mark)] += 1;
            }
            batch.push(id.0, id.1, id.2, id.3, cell.observation);
        }
        for (sum, count) in self.summary.missing.iter_mut().zip(missing) {
            *sum += count;
        }
        self.summary.figures += batch.len() as u64;
        if batch.is_empty() {
            return Ok(());
        }
        sink.append(&batch, &self.dictionaries)
    }

    /// In a second pass: keeps lines and values of the cells that occur more than once.
    pub(crate) fn inspect(&mut self, chunk: &ChunkRows, base: u64) {
        let (areas, periods, variables, groups) = self.numbers(chunk);
        for cell in &chunk.cells {
            let id = (
                areas[cell.area as usize],
                periods[cell.period as usize],
                variables[cell.variable as usize],
                groups[cell.group as usize],
            );
            if let Some(found) = self.suspects.get_mut(&id)
                && found.len() < 50
            {
                found.push((base + u64::from(cell.line), cell.observation));
            }
        }
    }

    fn numbers(&mut self, chunk: &ChunkRows) -> (Vec<u32>, Vec<u32>, Vec<u32>, Vec<u32>) {
        let d = &mut self.dictionaries;
        (
            chunk.areas.iter().map(|a| d.areas.number(a)).collect(),
            chunk.periods.iter().map(|p| d.periods.number(p)).collect(),
            chunk.variables.iter().map(|v| d.variables.number(v)).collect(),
            chunk.groups.iter().map(|g| d.groups.number(g)).collect(),
        )
    }

    fn findings(&mut self, chunk: &ChunkRows, base: u64) {
        self.summary.rows += chunk.records;
        self.summary.rows_used += chunk.used;
        self.summary.rows_not_selected += chunk.not_selected;
        for note in &chunk.notes {
            let index = match self.note_index.get(&note.key) {
                Some(index) => *index,
                None => {
                    // Texts that differ in every row must not fill the memory.
                    if self.notes.len() > LISTED {
                        continue;
                    }
                    self.notes.push(Collected { key: note.key.clone(), count: 0, lines: Vec::new() });
                    self.note_index.insert(note.key.clone(), self.notes.len() - 1);
                    self.notes.len() - 1
                }
            };
            let collected = &mut self.notes[index];
            collected.count += note.count;
            let room = 8usize.saturating_sub(collected.lines.len());
            collected.lines.extend(note.lines.iter().take(room).map(|line| base + u64::from(*line)));
        }
        let mut ended = self.underline;
        let ended_at = chunk.underline.unwrap_or(u32::MAX);
        let mut below = 0;
        for refused in &chunk.refused {
            ended |= refused.line > ended_at;
            if ended && refused.maybe_footer {
                below += 1;
                self.collect_footer(base + u64::from(refused.line));
                continue;
            }
            if self.refused.len() < LISTED {
                let place = self.place(base + u64::from(refused.line), refused.column);
                self.refused.push(Diagnostic {
                    code: refused.code,
                    severity: Severity::Error,
                    place,
                    message: refused.message.clone(),
                    remedy: refused.remedy.to_string(),
                });
            }
        }
        self.refused_count += chunk.refused_count - below;
        self.underline |= chunk.underline.is_some();
    }

    fn collect_footer(&mut self, line: u64) {
        let key = NoteKey { code: "footer", column: None, detail: "Text unter der Tabelle".into() };
        let index = *self.note_index.entry(key.clone()).or_insert_with(|| {
            self.notes.push(Collected { key, count: 0, lines: Vec::new() });
            self.notes.len() - 1
        });
        self.notes[index].count += 1;
        if self.notes[index].lines.len() < 8 {
            self.notes[index].lines.push(line);
        }
    }

    /// All findings: errors in the order of the file, then notes.
    pub(crate) fn finish(mut self, diagnostics: &mut Diagnostics) -> Summary {
        self.duplicates();
        let listed = self.refused.len() as u64;
        self.summary.refused = self.refused_count;
        self.refused.sort_by_key(|d| d.place.line);
        diagnostics.0.append(&mut self.refused);
        if self.refused_count > listed {
            diagnostics.push(
                Severity::Error,
                "more-refused",
                Place { file: Some(self.file.to_string()), ..Place::default() },
                format!("{} weitere Fehler sind hier nicht einzeln aufgeführt.", self.refused_count - listed),
                "Zuerst die aufgeführten beheben; oft ist die Ursache dieselbe.",
            );
        }
        let notes = std::mem::take(&mut self.notes);
        for note in notes {
            let (severity, message, remedy) =
                crate::notes::sentence(note.key.code, &note.key.detail, note.count, &note.lines);
            let place = self.place(note.lines.first().copied().unwrap_or(0), note.key.column);
            diagnostics.push(severity, note.key.code, place, message, remedy);
        }
        self.summary.areas = self.dictionaries.areas.entries().len() as u64;
        self.summary.periods = self.dictionaries.periods.entries().to_vec();
        self.summary.periods.sort();
        self.summary.variables = self.dictionaries.variables.entries().to_vec();
        self.summary.groups = self.dictionaries.groups.entries().len() as u64;
        self.summary
    }

    fn duplicates(&mut self) {
        let mut identical = (0u64, None::<(u64, u64)>);
        for (id, found) in std::mem::take(&mut self.suspects) {
            let Some(((first, value), rest)) = found.split_first() else { continue };
            let name = || {
                let d = &self.dictionaries;
                let text =
                    |index: u32, list: Vec<String>| list.get(index as usize).cloned().unwrap_or_default();
                let area = d.areas.entries().get(id.0 as usize).map(ToString::to_string).unwrap_or_default();
                let period =
                    d.periods.entries().get(id.1 as usize).map(ToString::to_string).unwrap_or_default();
                let variable =
                    d.variables.entries().get(id.2 as usize).map(ToString::to_string).unwrap_or_default();
                let group = text(
                    0,
                    vec![
                        d.groups
                            .entries()
                            .get(id.3 as usize)
                            .map(|g| g.as_str().to_string())
                            .unwrap_or_default(),
                    ],
                );
                format!("Gebiet „{area}“, {period}, {variable}, {group}")
            };
            for (line, other) in rest {
                if other == value {
                    identical.0 += 1;
                    identical.1.get_or_insert((*first, *line));
                    continue;
                }
                self.refused_count += 1;
                if self.refused.len() < LISTED {
                    let place = self.place(*line, None);
                    self.refused.push(Diagnostic {
                        code: "cell-twice",
                        severity: Severity::Error,
                        place,
                        message: format!("{}: Die Zahl steht schon in Zeile {first}, aber mit einem anderen Wert.", name()),
                        remedy: "Eine der beiden Zeilen streichen, oder in der Zuordnung eine Gliederung ([[group]]) oder Auswahl ([where]) ergänzen.".into(),
                    });
                }
            }
        }
        if self.more_suspects > 0 {
            self.refused_count += self.more_suspects;
            self.refused.push(Diagnostic {
                code: "cell-twice",
                severity: Severity::Error,
                place: Place { file: Some(self.file.to_string()), ..Place::default() },
                message: format!("{} weitere Zahlen stehen mehrfach in der Tabelle.", self.more_suspects),
                remedy:
                    "In der Zuordnung fehlt wohl eine Gliederung ([[group]]) oder eine Auswahl ([where])."
                        .into(),
            });
        }
        if let (count, Some((first, second))) = identical {
            let key = NoteKey { code: "row-twice", column: None, detail: first.to_string() };
            self.notes.push(Collected { key, count, lines: vec![second] });
        }
    }
}

fn mark_index(mark: Mark) -> usize {
    match mark {
        Mark::UnknownOrSecret => 0,
        Mark::Later => 1,
        Mark::Unreliable => 2,
        Mark::Blocked => 3,
        Mark::Empty => 4,
    }
}
