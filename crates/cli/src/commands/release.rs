//! `kekiz compute` and `kekiz release`

use super::{open, refused};
use crate::arguments::{InStore, Release};
use crate::outcome::Failure;
use crate::terminal::Terminal;

pub(super) fn compute(arguments: &InStore, terminal: &Terminal) -> Result<(), Failure> {
    let project = open(&arguments.store)?;
    let (report, findings) =
        kekiz_app::compute(&project, terminal).map_err(|error| refused(terminal, error))?;
    terminal.findings(&findings);
    for line in &report.indicators {
        terminal.say(&format!(
            "{:<32} {:>6} Gebiete  {:>4} Zeiträume  {:>8} Werte  {:>7} ohne Angabe",
            line.id.as_str(),
            line.areas,
            line.periods,
            line.values,
            line.missing
        ));
    }
    terminal.say("Gerechnet und geprüft; veröffentlicht wurde nichts („kekiz release“ tut es).");
    terminal.answer(&serde_json::json!({ "ok": true, "result": report, "findings": findings }));
    Ok(())
}

pub(super) fn run(arguments: &Release, terminal: &Terminal) -> Result<(), Failure> {
    let project = open(&arguments.store.store)?;
    let (report, findings) =
        kekiz_app::release(&project, arguments.force, terminal).map_err(|error| refused(terminal, error))?;
    terminal.findings(&findings);
    if report.unchanged {
        terminal.say("Nichts hat sich geändert; die Veröffentlichung bleibt, wie sie ist.");
    }
    for line in &report.releases {
        terminal.say(&format!(
            "{:<32} {:>8} gezeigt  {:>6} geschützt  {:>6} ohne Angabe   {}",
            line.id.as_str(),
            line.shown,
            line.suppressed,
            line.missing,
            line.policy
        ));
    }
    for refusal in &report.refused {
        terminal.say(&format!("Nicht veröffentlicht – {}: {}", refusal.id, refusal.reason));
    }
    terminal.answer(&serde_json::json!({
        "ok": report.refused.is_empty(), "result": report, "findings": findings,
    }));
    match report.refused.len() {
        0 => Ok(()),
        n => Err(Failure::Refused(format!(
            "Die Schleuse hat {n} Kennzahlen nicht hinausgelassen; die übrigen sind veröffentlicht."
        ))),
    }
}
