//! What the commands say: progress and sentences for people, one JSON object for machines.

use crate::outcome::Failure;
use indicatif::{ProgressBar, ProgressStyle};
use kekiz_app::Progress;
use kekiz_base::{Diagnostics, Severity};
use serde::Serialize;
use std::cell::RefCell;
use std::io::{IsTerminal, Write};

/// Findings of one kind shown before the rest is summarised.
const SHOWN: usize = 20;

/// The terminal, or what stands for it. A closed pipe ends the talking, not the work.
pub struct Terminal {
    json: bool,
    quiet: bool,
    bar: RefCell<Option<ProgressBar>>,
}

impl Terminal {
    /// `json` keeps standard output for one JSON object; `quiet` says only what went wrong.
    pub fn new(json: bool, quiet: bool) -> Self {
        Self { json, quiet, bar: RefCell::new(None) }
    }

    /// Whether a machine reads.
    pub fn json(&self) -> bool {
        self.json
    }

    /// A sentence for a person.
    pub fn say(&self, text: &str) {
        self.end_bar();
        if !self.json && !self.quiet {
            let _ = writeln!(std::io::stdout(), "{text}");
        }
    }

    /// The result itself, whether or not it is quiet.
    pub fn result(&self, text: &str) {
        self.end_bar();
        let _ = std::io::stdout().write_all(text.as_bytes());
        let _ = std::io::stdout().flush();
    }

    /// One JSON object, if a machine reads.
    pub fn answer(&self, value: &impl Serialize) {
        self.end_bar();
        if self.json
            && let Ok(text) = serde_json::to_string_pretty(value)
        {
            let _ = writeln!(std::io::stdout(), "{text}");
        }
    }

    /// Findings of an import or computation, the grave ones first.
    pub fn findings(&self, findings: &Diagnostics) {
        self.end_bar();
        if self.json {
            return;
        }
        for severity in [Severity::Error, Severity::Warning, Severity::Note] {
            if self.quiet && severity != Severity::Error {
                continue;
            }
            let all: Vec<_> = findings.iter().filter(|finding| finding.severity == severity).collect();
            for finding in all.iter().take(SHOWN) {
                let _ = writeln!(std::io::stderr(), "{finding}");
            }
            if all.len() > SHOWN {
                let more = all.len() - SHOWN;
                let _ = writeln!(
                    std::io::stderr(),
                    "… und {more} weitere dieser Art; „--json“ gibt alle aus."
                );
            }
        }
    }

    /// Why the command failed.
    pub fn failure(&self, failure: &Failure) {
        self.end_bar();
        if self.json {
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

impl Progress for Terminal {
    fn step(&self, text: &str) {
        self.end_bar();
        if self.json || self.quiet {
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
