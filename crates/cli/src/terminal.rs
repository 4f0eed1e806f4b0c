//! What the commands say: progress and sentences for people, one JSON object for machines.

use crate::outcome::Failure;
use indicatif::{ProgressBar, ProgressStyle};
use kekiz_app::Progress;
use kekiz_base::{Diagnostic, Diagnostics, Severity};
use serde::Serialize;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};

/// How much is said, and to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Talk {
    /// To a person: what happened, and the first findings of each kind.
    Short,
    /// To a person: every finding.
    Verbose,
    /// To a person: only what went wrong.
    Quiet,
    /// To a machine: one JSON object.
    Json,
}

/// The terminal, or what stands for it. A closed pipe ends the talking, not the work.
pub(crate) struct Terminal {
    talk: Talk,
    bar: RefCell<Option<ProgressBar>>,
    answered: Cell<bool>,
}

impl Terminal {
    /// A terminal that says as much as wanted.
    pub(crate) fn new(talk: Talk) -> Self {
        Self { talk, bar: RefCell::new(None), answered: Cell::new(false) }
    }

    /// Whether a machine reads.
    pub(crate) fn json(&self) -> bool {
        self.talk == Talk::Json
    }

    /// A sentence for a person.
    pub(crate) fn say(&self, text: &str) {
        self.end_bar();
        if matches!(self.talk, Talk::Short | Talk::Verbose) {
            let _ = writeln!(std::io::stdout(), "{text}");
        }
    }

    /// The result itself, whether or not it is quiet.
    pub(crate) fn result(&self, text: &str) {
        self.end_bar();
        let _ = std::io::stdout().write_all(text.as_bytes());
        let _ = std::io::stdout().flush();
    }

    /// The one JSON object, if a machine reads. Only the first counts: what a command answers says more than the
    /// failure it then ends with.
    pub(crate) fn answer(&self, value: &impl Serialize) {
        self.end_bar();
        if self.json()
            && !self.answered.replace(true)
            && let Ok(text) = serde_json::to_string_pretty(value)
        {
            let _ = writeln!(std::io::stdout(), "{text}");
        }
    }

    /// Findings of an import or computation, the grave ones first.
    pub(crate) fn findings(&self, findings: &Diagnostics) {
        self.end_bar();
        if self.json() {
            return;
        }
        for line in lines(findings, self.talk) {
            let _ = writeln!(std::io::stderr(), "{line}");
        }
    }

    /// Why the command failed.
    pub(crate) fn failure(&self, failure: &Failure) {
        self.end_bar();
        if self.json() {
            self.answer(&serde_json::json!({
                "ok": false, "kind": failure.kind(), "code": failure.code(), "message": failure.message(),
            }));
        } else {
            let _ = writeln!(std::io::stderr(), "{}", failure.message());
        }
    }

    fn end_bar(&self) {
        if let Some(bar) = self.bar.borrow_mut().take() {
            bar.finish_and_clear();
        }
    }
}

/// Findings as lines: alike ones of several columns in one, and of each kind the first few.
fn lines(findings: &Diagnostics, talk: Talk) -> Vec<String> {
    let mut out = Vec::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        if talk == Talk::Quiet && severity != Severity::Error {
            continue;
        }
        let shown = match severity {
            _ if talk == Talk::Verbose => usize::MAX,
            Severity::Error => 20,
            Severity::Warning => 3,
            Severity::Note => 2,
        };
        let mut left: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in alike(findings, severity) {
            let count = left.entry(finding.code).or_default();
            *count += 1;
            if *count <= shown {
                out.push(finding.to_string());
            }
        }
        let rest: Vec<String> = left
            .iter()
            .filter(|(_, count)| **count > shown)
            .map(|(code, count)| format!("{} [{code}]", count - shown))
            .collect();
        if !rest.is_empty() {
            let text = format!("… und weitere dieser Art: {}. Alle zeigt --verbose.", rest.join(", "));
            out.push(text);
        }
    }
    out
}

/// Findings of one severity; those that differ in their column only become one that names all columns.
fn alike(findings: &Diagnostics, severity: Severity) -> Vec<Diagnostic> {
    let mut out: Vec<Diagnostic> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.severity == severity) {
        let same = out.iter_mut().rev().take(50).find(|other| {
            other.code == finding.code
                && other.message == finding.message
                && other.remedy == finding.remedy
                && other.place.file == finding.place.file
                && other.place.line == finding.place.line
        });
        match (same, &finding.place.column) {
            (Some(other), Some(column)) => match &mut other.place.column {
                Some(columns) if columns.split("“, „").any(|known| known == column) => {}
                Some(columns) => columns.push_str(&format!("“, „{column}")),
                None => out.push(finding.clone()),
            },
            (Some(_), None) => {}
            (None, _) => out.push(finding.clone()),
        }
    }
    out
}

impl Progress for Terminal {
    fn step(&self, text: &str) {
        self.end_bar();
        if !matches!(self.talk, Talk::Short | Talk::Verbose) {
            return;
        }
        if std::io::stderr().is_terminal() {
            let bar = ProgressBar::new(0);
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {wide_bar} {percent:>3} %") {
                bar.set_style(style);
            }
            bar.set_message(text.to_string());
            *self.bar.borrow_mut() = Some(bar);
        } else {
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }

    fn amount(&self, done: u64, total: u64) {
        if let Some(bar) = self.bar.borrow().as_ref() {
            bar.set_length(total);
            bar.set_position(done);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kekiz_base::Place;

    fn found(severity: Severity, column: &str, message: &str) -> Diagnostic {
        let place = Place { file: Some("a.csv".into()), line: None, column: Some(column.into()) };
        Diagnostic { code: "zahl", severity, place, message: message.into(), remedy: String::new() }
    }

    #[test]
    fn alike_findings_are_one_line() {
        let all = Diagnostics(vec![
            found(Severity::Warning, "2018", "Gleich."),
            found(Severity::Warning, "2019", "Gleich."),
            found(Severity::Warning, "2019", "Gleich."),
        ]);
        assert_eq!(lines(&all, Talk::Short), ["Warnung [zahl] a.csv, Spalte „2018“, „2019“: Gleich."]);
    }

    #[test]
    fn of_each_kind_the_first_are_shown() {
        let notes = (0..9).map(|n| found(Severity::Note, "x", &format!("Fall {n}."))).collect();
        let all = Diagnostics(notes);
        let short = lines(&all, Talk::Short);
        assert_eq!(short.len(), 3, "{short:?}");
        assert_eq!(short[2], "… und weitere dieser Art: 7 [zahl]. Alle zeigt --verbose.");
        assert_eq!(lines(&all, Talk::Verbose).len(), 9);
        assert!(lines(&all, Talk::Quiet).is_empty());
    }
}
