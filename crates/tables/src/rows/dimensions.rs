//! Where a figure belongs: area, period, variable and group of a row.

use super::{Part, Refused, Worker, lossy};
use crate::plan::{AreaCell, AreaSource, GroupSource};
use crate::records::Fields;
use kekiz_base::{GroupId, Recovered};
use std::borrow::Cow;

impl Worker<'_> {
    pub(super) fn area(&mut self, buffer: &[u8], fields: &Fields, line: u32) -> Part<Option<u32>> {
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
    pub(super) fn note_first(&mut self, code: &'static str, column: usize, text: &str, line: u32) {
        let index = self.out.notes.iter().position(|n| n.key.code == code && n.key.column == Some(column));
        match index {
            Some(index) => self.out.notes[index].count += 1,
            None => self.note(code, Some(column), text, line),
        }
    }

    pub(super) fn period(&mut self, buffer: &[u8], fields: &Fields, line: u32) -> Part<Option<u32>> {
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

    pub(super) fn variable(&mut self, buffer: &[u8], fields: &Fields, line: u32) -> Part<Option<u32>> {
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
    pub(super) fn group(&mut self, buffer: &[u8], fields: &Fields, own: Option<&str>) -> Option<u32> {
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
}
