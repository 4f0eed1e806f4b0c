//! `kekiz doctor` and `kekiz config check`

use super::open;
use crate::arguments::{Doctor, InStore};
use crate::outcome::Failure;
use crate::terminal::Terminal;

pub(super) fn run(arguments: &Doctor, terminal: &Terminal) -> Result<(), Failure> {
    let project = open(&arguments.store.store)?;
    let secrets = match arguments.key.key {
        Some(_) => Some(super::vault::secrets(&arguments.key)?),
        None => None,
    };
    let checks = kekiz_app::doctor(&project, secrets.as_ref(), terminal);
    for check in &checks {
        let mark = if check.healthy { "in Ordnung" } else { "FEHLER" };
        terminal.say(&format!("{mark:<11} {}: {}", check.subject, check.finding));
    }
    let ill = checks.iter().filter(|check| !check.healthy).count();
    terminal.answer(&serde_json::json!({ "ok": ill == 0, "checks": checks }));
    match ill {
        0 => Ok(()),
        n => Err(Failure::Unwell(format!("{n} Prüfungen sind nicht bestanden; Abhilfe steht bei jeder."))),
    }
}

pub(super) fn check_config(arguments: &InStore, terminal: &Terminal) -> Result<(), Failure> {
    let project = open(&arguments.store)?;
    let mut problems = kekiz_app::check_config(&project);
    problems.extend(super::portal::login(&project).err().map(|failure| failure.message().to_string()));
    problems.extend(super::portal::smtp(&project).err().map(|failure| failure.message().to_string()));
    for problem in &problems {
        terminal.say(problem);
    }
    terminal.answer(&serde_json::json!({ "ok": problems.is_empty(), "problems": problems }));
    if problems.is_empty() {
        terminal.say("Die Einstellungen sind in Ordnung.");
        return Ok(());
    }
    Err(Failure::Configuration(format!("{} Stellen sind zu berichtigen.", problems.len())))
}
