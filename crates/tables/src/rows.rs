//! One chunk of records to rows of figures with local numbers. Chunks are independent of each other, so that
//! the result does not depend on how many threads work on them.

mod cache;
mod dimensions;
mod result;
mod values;

use cache::{Cache, Local};
pub(crate) use result::{Cell, ChunkRows, Note, NoteKey, Refused};

use crate::plan::{AreaCell, Plan};
use crate::records::{Fields, each_record};
use crate::words::{is_footer, is_prose, is_total};
use foldhash::fast::RandomState;
use kekiz_base::{AreaKey, GroupId, Period};
use smol_str::SmolStr;
use std::collections::HashMap;
use std::ops::ControlFlow;

/// Refused rows a chunk remembers; the rest is only counted.
const REFUSED_LIMIT: usize = 10_000;

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
