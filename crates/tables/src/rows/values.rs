//! The numbers of a row.

use super::{Cell, Refused, Worker};
use crate::cell::{CellProblem, Reading, Remark};
use crate::number::{NumberProblem, plain};
use crate::records::Fields;
use kekiz_base::{Annotation, Mark, Observation};

impl Worker<'_> {
    /// Reads the value columns of a row.
    pub(super) fn values(
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
    pub(super) fn cell(
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
