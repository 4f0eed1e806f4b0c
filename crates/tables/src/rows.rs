//! One chunk of records to rows of figures with local numbers. Chunks are independent of each other, so that
//! the result does not depend on how many threads work on them.

use crate::cell::{CellProblem, Reading, Remark};
use crate::number::{NumberProblem, plain};
use crate::plan::{AreaCell, AreaSource, GroupSource, Plan};
use crate::records::{Fields, each_record};
use crate::words::{is_footer, is_prose, is_total};
use foldhash::fast::RandomState;
use kekiz_base::{Annotation, AreaKey, GroupId, Mark, Observation, Period, Recovered};
use smol_str::SmolStr;
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::Hash;
use std::ops::ControlFlow;

/// Refused rows a chunk remembers; the rest is only counted.
const REFUSED_LIMIT: usize = 10_000;
/// Parsed texts a worker remembers between chunks.
const CACHE_LIMIT: usize = 1 << 19;

/// A refused row or cell.
pub(crate) struct Refused {
    pub(crate) line: u32,
    pub(crate) column: Option<usize>,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) remedy: Cow<'static, str>,
    /// Could be a line below the table, if one has ended before.
    pub(crate) maybe_footer: bool,
}

/// Something said once however often it occurs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NoteKey {
    pub(crate) code: &'static str,
    pub(crate) column: Option<usize>,
    pub(crate) detail: String,
}

pub(crate) struct Note {
    pub(crate) key: NoteKey,
    pub(crate) count: u64,
    pub(crate) lines: Vec<u32>,
}

/// The rows of one chunk; numbers refer to the chunk's own lists.
#[derive(Default)]
pub(crate) struct ChunkRows {
    pub(crate) areas: Vec<AreaKey>,
    pub(crate) periods: Vec<Period>,
    pub(crate) variables: Vec<SmolStr>,
    pub(crate) groups: Vec<GroupId>,
    pub(crate) cells: Vec<Cell>,
    pub(crate) refused: Vec<Refused>,
    pub(crate) refused_count: u64,
    pub(crate) notes: Vec<Note>,
    pub(crate) records: u64,
    pub(crate) not_selected: u64,
    pub(crate) used: u64,
    /// A line of underscores, the end of a GENESIS table.
    pub(crate) underline: Option<u32>,
}

/// One figure with local numbers.
#[derive(Clone, Copy)]
pub(crate) struct Cell {
    pub(crate) area: u32,
    pub(crate) period: u32,
    pub(crate) variable: u32,
    pub(crate) group: u32,
    pub(crate) line: u32,
    pub(crate) observation: Observation,
}

/// Parsed texts by their bytes, with the number each has in the chunk at hand.
struct Cache<V> {
    slots: HashMap<Box<[u8]>, u32, RandomState>,
    values: Vec<V>,
    local: Vec<(u32, u32)>,
    last: Vec<u8>,
    last_slot: Option<u32>,
}

impl<V> Default for Cache<V> {
    fn default() -> Self {
        Self {
            slots: HashMap::default(),
            values: Vec::new(),
            local: Vec::new(),
            last: Vec::new(),
            last_slot: None,
        }
    }
}

impl<V> Cache<V> {
    #[inline]
    fn slot(&mut self, raw: &[u8], make: impl FnOnce(&str) -> V) -> usize {
        if let Some(slot) = self.last_slot
            && self.last == raw
        {
            return slot as usize;
        }
        let slot = match self.slots.get(raw) {
            Some(slot) => *slot,
            None => {
                let slot = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
                self.values.push(make(&String::from_utf8_lossy(raw)));
                self.local.push((0, 0));
                self.slots.insert(raw.into(), slot);
                slot
            }
        };
        self.last.clear();
        self.last.extend_from_slice(raw);
        self.last_slot = Some(slot);
        slot as usize
    }

    fn trim(&mut self) {
        if self.values.len() > CACHE_LIMIT {
            *self = Self::default();
        }
    }
}

/// A list of distinct entries of the chunk at hand.
struct Local<T> {
    numbers: HashMap<T, u32, RandomState>,
    entries: Vec<T>,
}

impl<T> Default for Local<T> {
    fn default() -> Self {
        Self { numbers: HashMap::default(), entries: Vec::new() }
    }
}

impl<T: Clone + Eq + Hash> Local<T> {
    fn number(&mut self, entry: &T) -> u32 {
        if let Some(number) = self.numbers.get(entry) {
            return *number;
        }
        let number = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.entries.push(entry.clone());
        self.numbers.insert(entry.clone(), number);
        number
    }
}

/// The group texts of a row: joined, or not selected.
type GroupCell = Option<GroupId>;

/// Reads chunks; keeps what it has parsed from one to the next.
pub(crate) struct Worker<'p> {
    plan: &'p Plan,
    delimiter: u8,
    epoch: u32,
    areas: Cache<AreaCell>,
    periods: Cache<Result<Period, String>>,
    variables: Cache<Option<(SmolStr, bool)>>,
    groups: Cache<GroupCell>,
    local_areas: Local<AreaKey>,
    local_periods: Local<Period>,
    local_variables: Local<SmolStr>,
    local_groups: Local<GroupId>,
    notes: HashMap<NoteKey, usize, RandomState>,
    scratch: Vec<u8>,
    check_skip: bool,
    fast: bool,
    out: ChunkRows,
}

/// What came of one dimension of a row.
enum Part<T> {
    Is(T),
    Drop,
}

impl<'p> Worker<'p> {
    pub(crate) fn new(plan: &'p Plan, delimiter: u8) -> Self {
        let numeric_mark = plan.rules.marks.keys().any(|mark| mark.bytes().any(|b| b.is_ascii_digit()));
        Self {
            plan,
            delimiter,
            epoch: 0,
            areas: Cache::default(),
            periods: Cache::default(),
            variables: Cache::default(),
            groups: Cache::default(),
            local_areas: Local::default(),
            local_periods: Local::default(),
            local_variables: Local::default(),
            local_groups: Local::default(),
            notes: HashMap::default(),
            scratch: Vec::new(),
            check_skip: !plan.skip_rows.is_empty(),
            fast: !numeric_mark && plan.rules.zero == crate::mapping::ZeroMeaning::Zero,
            out: ChunkRows::default(),
        }
    }

    pub(crate) fn chunk(&mut self, chunk: &[u8]) -> ChunkRows {
        self.epoch += 1;
        self.areas.trim();
        self.periods.trim();
        self.variables.trim();
        self.groups.trim();
        self.notes.clear();
        self.out.cells.reserve(chunk.len() / 32);
        each_record(chunk, self.delimiter, |buffer, fields, line| {
            self.record(buffer, fields, line);
            ControlFlow::Continue(())
        });
        let mut out = std::mem::take(&mut self.out);
        out.areas = std::mem::take(&mut self.local_areas).entries;
        out.periods = std::mem::take(&mut self.local_periods).entries;
        out.variables = std::mem::take(&mut self.local_variables).entries;
        out.groups = std::mem::take(&mut self.local_groups).entries;
        out
    }

    fn note(&mut self, code: &'static str, column: Option<usize>, detail: &str, line: u32) {
        let key = NoteKey { code, column, detail: detail.chars().take(80).collect() };
        let index = match self.notes.get(&key) {
            Some(index) => *index,
            None => {
                let index = self.out.notes.len();
                self.out.notes.push(Note { key: key.clone(), count: 0, lines: Vec::new() });
                self.notes.insert(key, index);
                index
            }
        };
        let note = &mut self.out.notes[index];
        note.count += 1;
        if note.lines.len() < 8 {
            note.lines.push(line);
        }
    }

    fn refuse(&mut self, refused: Refused) {
        self.out.refused_count += 1;
        if self.out.refused.len() < REFUSED_LIMIT {
            self.out.refused.push(refused);
        }
    }

    fn record(&mut self, buffer: &[u8], fields: &Fields, line: u32) {
        let plan = self.plan;
        let width = plan.header.len();
        let count = fields.len();
        if count == 1 && fields.get(buffer, 0).is_empty() {
            return;
        }
        self.out.records += 1;
        if count != width && !self.width_fits(buffer, fields, line) {
            return;
        }
        for (column, texts) in &plan.filters {
            let field = text_bytes(fields.get(buffer, *column));
            if !texts.iter().any(|text| text.as_bytes() == field) {
                self.out.not_selected += 1;
                return;
            }
        }
        if self.check_skip && self.is_skipped(buffer, fields) {
            self.note("skip-rows", None, &first_text(buffer, fields), line);
            return;
        }
        let Part::Is(area) = self.area(buffer, fields, line) else { return };
        let Part::Is(period) = self.period(buffer, fields, line) else { return };
        let Part::Is(variable) = self.variable(buffer, fields, line) else { return };
        let group = match self.group(buffer, fields, None) {
            Some(group) => group,
            None => {
                self.out.not_selected += 1;
                return;
            }
        };
        self.out.used += 1;
        self.values(buffer, fields, line, (area, period, variable, group));
    }

    /// Whether a record with another number of fields is a row all the same; refuses or notes it if not.
    fn width_fits(&mut self, buffer: &[u8], fields: &Fields, line: u32) -> bool {
        let width = self.plan.header.len();
        let filled: Vec<usize> = (0..fields.len()).filter(|i| !fields.get(buffer, *i).is_empty()).collect();
        if filled.is_empty() {
            return false;
        }
        if fields.len() > width && filled.iter().all(|i| *i < width) {
            self.note("extra-fields", None, "", line);
            return true;
        }
        let text = first_text(buffer, fields);
        if filled.len() <= 2 && self.footer(&text, filled.len(), line) {
            return false;
        }
        let found = fields.len();
        self.refuse(Refused {
            line,
            column: None,
            code: "field-count",
            message: format!("Die Zeile hat {found} Felder; die Kopfzeile hat {width}."),
            remedy: "Fehlende oder überzählige Trennzeichen berichtigen; Text mit Trennzeichen in Anführungszeichen setzen.".into(),
            maybe_footer: filled.len() * 2 <= width.max(6),
        });
        false
    }

    /// Notes a line below (or between) the rows; false when the text does not read like one.
    fn footer(&mut self, text: &str, filled: usize, line: u32) -> bool {
        if text.starts_with("____") && self.out.underline.is_none() {
            self.out.underline = Some(line);
        }
        if is_footer(text) || (filled == 1 && is_prose(text)) {
            self.note("footer", None, text, line);
            return true;
        }
        if filled == 1 && is_total(text) {
            self.note("total-row", None, text, line);
            return true;
        }
        false
    }

    fn is_skipped(&self, buffer: &[u8], fields: &Fields) -> bool {
        (0..fields.len().min(3)).any(|i| {
            std::str::from_utf8(text_bytes(fields.get(buffer, i)))
                .is_ok_and(|text| self.plan.skip_rows.contains(text))
        })
    }

    fn filled(buffer: &[u8], fields: &Fields) -> usize {
        (0..fields.len()).filter(|i| !fields.get(buffer, *i).is_empty()).count()
    }

    /// A row whose area or period is unusable: a footer, a sum, a repeated header, or an error.
    fn unusable(&mut self, buffer: &[u8], fields: &Fields, mut refused: Refused) {
        let line = refused.line;
        let filled = Self::filled(buffer, fields);
        if filled == 0 {
            self.out.records -= 1;
            return;
        }
        let text = first_text(buffer, fields);
        if filled <= 2 && self.footer(&text, filled, line) {
            return;
        }
        let total =
            (0..fields.len().min(4)).any(|i| is_total(&String::from_utf8_lossy(fields.get(buffer, i))));
        if total && refused.code == "key-unusable" {
            self.note("total-row", None, &text, line);
            return;
        }
        let header = &self.plan.header;
        let repeated = (0..header.len()).all(|i| text_bytes(fields.get(buffer, i)) == header[i].as_bytes());
        if repeated {
            self.note("header-repeated", None, "", line);
            return;
        }
        refused.maybe_footer = filled * 2 <= header.len().max(6);
        self.refuse(refused);
    }

    fn area(&mut self, buffer: &[u8], fields: &Fields, line: u32) -> Part<Option<u32>> {
        let plan = self.plan;
        let column = match &plan.area.source {
            AreaSource::Fixed(key) => return Part::Is(Some(self.local_areas.number(key))),
            AreaSource::InValue => return Part::Is(None),
            AreaSource::Column(column) => *column,
            AreaSource::Dimension(pairs, codes) => {
                let hit = pairs.iter().find(|(code, _)| {
                    let found = fields.get(buffer, *code);
                    codes.iter().any(|c| c.as_bytes() == found)
                });
                match hit {
                    Some((_, value)) => *value,
                    None => {
                        self.out.not_selected += 1;
                        return Part::Drop;
                    }
                }
            }
        };
        let raw = fields.get(buffer, column);
        let slot = self.areas.slot(raw, |text| plan.area.resolve(text));
        let (epoch, number) = self.areas.local[slot];
        match &self.areas.values[slot] {
            AreaCell::Key(key, recovered) => {
                let number = if epoch == self.epoch {
                    number
                } else {
                    let number = self.local_areas.number(key);
                    self.areas.local[slot] = (self.epoch, number);
                    number
                };
                match recovered {
                    Recovered::Unchanged => {}
                    Recovered::LeadingZeros { .. } => {
                        let text = lossy(raw);
                        self.note_first("leading-zeros", column, &text, line);
                    }
                    Recovered::DecimalTail { .. } => {
                        let text = lossy(raw);
                        self.note_first("decimal-tail", column, &text, line);
                    }
                }
                Part::Is(Some(number))
            }
            AreaCell::Suspect(key) => {
                let key = key.clone();
                if Self::filled(buffer, fields) <= 2 && self.footer(&lossy(raw), 1, line) {
                    return Part::Drop;
                }
                Part::Is(Some(self.local_areas.number(&key)))
            }
            AreaCell::Skip(code) => {
                let code = *code;
                let text = if raw.is_empty() { String::new() } else { lossy(raw) };
                if code == "empty-area" && Self::filled(buffer, fields) == 0 {
                    self.out.records -= 1;
                    return Part::Drop;
                }
                let detail = if code == "other-level" { String::new() } else { text };
                self.note(code, Some(column), &detail, line);
                Part::Drop
            }
            AreaCell::NotSelected => {
                self.out.not_selected += 1;
                Part::Drop
            }
            AreaCell::Bad(message, remedy) => {
                let refused = Refused {
                    line,
                    column: Some(column),
                    code: "key-unusable",
                    message: message.clone(),
                    remedy: Cow::Borrowed(remedy),
                    maybe_footer: false,
                };
                self.unusable(buffer, fields, refused);
                Part::Drop
            }
        }
    }

    /// A note that is summed up over all texts; the first text is its example.
    fn note_first(&mut self, code: &'static str, column: usize, text: &str, line: u32) {
        let index = self.out.notes.iter().position(|n| n.key.code == code && n.key.column == Some(column));
        match index {
            Some(index) => self.out.notes[index].count += 1,
            None => self.note(code, Some(column), text, line),
        }
    }

    fn period(&mut self, buffer: &[u8], fields: &Fields, line: u32) -> Part<Option<u32>> {
        let plan = self.plan;
        let Some(column) = plan.time.column else {
            return Part::Is(plan.time.fixed.map(|fixed| self.local_periods.number(&fixed)));
        };
        let raw = fields.get(buffer, column);
        let slot = self.periods.slot(raw, |text| plan.time.resolve(text));
        let (epoch, number) = self.periods.local[slot];
        if epoch == self.epoch {
            return Part::Is(Some(number));
        }
        match &self.periods.values[slot] {
            Ok(period) => {
                let number = self.local_periods.number(period);
                self.periods.local[slot] = (self.epoch, number);
                Part::Is(Some(number))
            }
            Err(message) => {
                let refused = Refused {
                    line,
                    column: Some(column),
                    code: "period-unusable",
                    message: message.clone(),
                    remedy: "Den Zeitraum berichtigen, oder in der Zuordnung unter [time] rename angeben."
                        .into(),
                    maybe_footer: false,
                };
                self.unusable(buffer, fields, refused);
                Part::Drop
            }
        }
    }

    fn variable(&mut self, buffer: &[u8], fields: &Fields, line: u32) -> Part<Option<u32>> {
        let plan = self.plan;
        let Some((variable, column)) = plan.variable.as_ref().and_then(|v| Some((v, v.column?))) else {
            return Part::Is(None);
        };
        let raw = fields.get(buffer, column);
        let slot = self.variables.slot(raw, |text| variable.resolve(text));
        let (epoch, number) = self.variables.local[slot];
        if epoch == self.epoch {
            return Part::Is(Some(number));
        }
        match &self.variables.values[slot] {
            None => {
                self.out.not_selected += 1;
                Part::Drop
            }
            Some((name, made)) => {
                let (name, made) = (name.clone(), *made);
                if raw.is_empty() {
                    let refused = Refused {
                        line,
                        column: Some(column),
                        code: "variable-empty",
                        message: "Der Name der Größe fehlt.".into(),
                        remedy: "Den Namen nachtragen, oder in der Zuordnung unter [variable] only die gewünschten Größen nennen.".into(),
                        maybe_footer: false,
                    };
                    self.unusable(buffer, fields, refused);
                    return Part::Drop;
                }
                let number = self.local_variables.number(&name);
                self.variables.local[slot] = (self.epoch, number);
                if made {
                    let detail = format!("{}\u{1f}{name}", lossy(raw));
                    self.note("variable-named", Some(column), &detail, line);
                }
                Part::Is(Some(number))
            }
        }
    }

    /// The group of a row joined with the group of a value column; `None` when not selected.
    fn group(&mut self, buffer: &[u8], fields: &Fields, own: Option<&str>) -> Option<u32> {
        let plan = self.plan;
        self.scratch.clear();
        for group in &plan.groups {
            let raw: &[u8] = match &group.source {
                GroupSource::Column(column) => fields.get(buffer, *column),
                GroupSource::Dimension(pairs, code) => pairs
                    .iter()
                    .find(|(at, _)| fields.get(buffer, *at) == code.as_bytes())
                    .map_or(b"", |(_, value)| fields.get(buffer, *value)),
                GroupSource::InValue => continue,
            };
            self.scratch.extend_from_slice(raw);
            self.scratch.push(0x1e);
        }
        self.scratch.extend_from_slice(own.unwrap_or_default().as_bytes());
        let slot = self.groups.slot(&self.scratch, |joined| {
            let mut texts = joined.split('\u{1e}');
            let mut parts = Vec::new();
            for group in plan.groups.iter().filter(|g| !matches!(g.source, GroupSource::InValue)) {
                parts.push(group.resolve(texts.next().unwrap_or_default())?);
            }
            parts.push(texts.next().unwrap_or_default().to_string());
            parts.retain(|part| !part.is_empty());
            Some(if parts.is_empty() { GroupId::total() } else { GroupId::new(parts.join(" / ")) })
        });
        let (epoch, number) = self.groups.local[slot];
        if epoch == self.epoch {
            return Some(number);
        }
        let group = self.groups.values[slot].clone()?;
        let number = self.local_groups.number(&group);
        self.groups.local[slot] = (self.epoch, number);
        Some(number)
    }

    /// Reads the value columns of a row.
    fn values(
        &mut self,
        buffer: &[u8],
        fields: &Fields,
        line: u32,
        (area, period, variable, group): (Option<u32>, Option<u32>, Option<u32>, u32),
    ) {
        let plan = self.plan;
        for value in &plan.values {
            let raw = fields.get(buffer, value.column);
            let decimal = value.format.fast_decimal();
            let quality = value.quality.map_or(&b""[..], |column| fields.get(buffer, column));
            let observation = if self.fast
                && quality.is_empty()
                && let Some(number) = plain(raw, decimal)
            {
                Observation::Value(number * value.scale, Annotation::None)
            } else {
                match self.cell(raw, quality, value, line) {
                    Some(observation) => observation,
                    None => continue,
                }
            };
            let area = match (&value.area, area) {
                (Some(key), _) => self.local_areas.number(key),
                (None, Some(area)) => area,
                (None, None) => continue,
            };
            let period = match (&value.period, period) {
                (Some(period), _) => self.local_periods.number(period),
                (None, Some(period)) => period,
                (None, None) => continue,
            };
            let variable = match (&value.variable, variable) {
                (Some(name), _) => self.local_variables.number(name),
                (None, Some(variable)) => variable,
                (None, None) => continue,
            };
            let group = match &value.group {
                None => group,
                Some(own) => match self.group(buffer, fields, Some(own)) {
                    Some(group) => group,
                    None => continue,
                },
            };
            self.out.cells.push(Cell { area, period, variable, group, line, observation });
        }
    }

    /// A cell off the fast path.
    fn cell(
        &mut self,
        raw: &[u8],
        quality: &[u8],
        value: &crate::plan::ValuePlan,
        line: u32,
    ) -> Option<Observation> {
        let text = String::from_utf8_lossy(raw);
        let text = text.trim();
        let mut reading = self.plan.rules.read(text, value.format);
        if !quality.is_empty() {
            let mark = String::from_utf8_lossy(quality);
            reading = self.plan.rules.with_quality(reading, &mark);
            if reading == Reading::Refused(CellProblem::Quality) {
                self.refuse(Refused {
                    line,
                    column: value.quality,
                    code: "quality-unknown",
                    message: format!("„{mark}“ ist kein bekanntes Qualitätskennzeichen."),
                    remedy: "In der Zuordnung unter [marks] festlegen, was das Zeichen bedeutet.".into(),
                    maybe_footer: false,
                });
                return None;
            }
        }
        match reading {
            Reading::Plain(observation) => Some(scaled(observation, value.scale)),
            Reading::Noted(observation, remark) => {
                let (code, detail) = match remark {
                    Remark::UnofficialMark(mark) => match observation {
                        Observation::Missing(Mark::Empty) => ("mark-empty", mark),
                        _ => ("mark-unknown", mark),
                    },
                    Remark::Unit(unit) => ("unit", unit),
                };
                self.note(code, Some(value.column), detail, line);
                Some(scaled(observation, value.scale))
            }
            Reading::Refused(problem) => {
                let shown: String = text.trim_start_matches('\u{1}').chars().take(40).collect();
                let (code, message, remedy) = match problem {
                    CellProblem::SpreadsheetError => (
                        "cell-error",
                        format!("„{shown}“ ist eine Fehlermeldung der Tabellenkalkulation, keine Zahl."),
                        "Die Formel in der Quelle berichtigen, oder in der Zuordnung unter [marks] eine Bedeutung festlegen.",
                    ),
                    CellProblem::Number(NumberProblem::Ambiguous) => (
                        "number-ambiguous",
                        format!("„{shown}“ ist mehrdeutig: Tausender- oder Dezimalzeichen?"),
                        "In der Zuordnung unter [file] decimal = \",\" oder decimal = \".\" angeben.",
                    ),
                    CellProblem::Number(NumberProblem::OtherFormat) => (
                        "number-format",
                        format!("„{shown}“ ist anders geschrieben als die übrigen Zahlen der Spalte."),
                        "Die Zelle berichtigen, oder in der Zuordnung unter [file] decimal und thousands angeben.",
                    ),
                    CellProblem::Number(NumberProblem::NotANumber) | CellProblem::Quality => (
                        "number-unusable",
                        format!("„{shown}“ ist weder eine Zahl noch ein bekanntes Zeichen."),
                        "Die Zelle berichtigen, oder in der Zuordnung unter [marks] festlegen, was sie bedeutet.",
                    ),
                };
                self.refuse(Refused {
                    line,
                    column: Some(value.column),
                    code,
                    message,
                    remedy: remedy.into(),
                    maybe_footer: false,
                });
                None
            }
        }
    }
}

fn scaled(observation: Observation, scale: f64) -> Observation {
    match observation {
        Observation::Value(value, annotation) => Observation::Value(value * scale, annotation),
        missing => missing,
    }
}

fn lossy(raw: &[u8]) -> String {
    String::from_utf8_lossy(text_bytes(raw)).into_owned()
}

/// A field without the sign that marks numbers of a workbook.
pub(crate) fn text_bytes(raw: &[u8]) -> &[u8] {
    raw.strip_prefix(&[crate::cell::NUMERIC]).unwrap_or(raw)
}

fn first_text(buffer: &[u8], fields: &Fields) -> String {
    let first = (0..fields.len()).map(|i| fields.get(buffer, i)).find(|f| !f.is_empty()).unwrap_or_default();
    lossy(first)
}
