//! `kekiz protect`: any table, made safe.

use crate::outcome::Failure;
use crate::protect::Protect;
use crate::terminal::Terminal;
use kekiz_analyse::{ProtectError, protect_table, suggest_protection};
use std::path::Path;

impl From<ProtectError> for Failure {
    fn from(error: ProtectError) -> Self {
        match error {
            ProtectError::Usage(text) => Failure::Usage(text),
            ProtectError::Input(text) => Failure::Input(text),
            ProtectError::Configuration(text) => Failure::Configuration(text),
            ProtectError::Refused(text) => Failure::Refused(text),
            ProtectError::Store(text) => Failure::Store(text),
        }
    }
}

pub(super) fn run(arguments: &Protect, terminal: &Terminal) -> Result<(), Failure> {
    if let (true, Some(hierarchies)) = (arguments.suggest, &arguments.hierarchies) {
        let found = suggest_protection(&arguments.table, Path::new(&arguments.policy), hierarchies)?;
        terminal.say(&format!(
            "Geschrieben: {} und {}. Bitte beide prüfen; dann weiter mit --dims {}",
            arguments.policy,
            hierarchies.display(),
            found.dims.join(",")
        ));
        terminal.answer(&serde_json::json!({ "ok": true, "dims": found.dims, "measures": found.measures }));
        return Ok(());
    }
    let request = arguments.request();
    let (mut audit, findings) = protect_table(&request)?;
    terminal.findings(&findings);
    terminal.say(&format!("Geschrieben: {} mit Beleg {}", request.out.display(), request.audit.display()));
    let done = &audit["suppression"];
    if done.is_object() {
        terminal.say(&format!(
            "{} Zellen, davon {} zu schützen und {} Gegensperrungen; für {} ist der Schutz bewiesen, keine lässt sich errechnen.",
            done["cells"], done["primary"], done["secondary"], done["proven"]
        ));
    } else if let Some(note) = audit["note"].as_str() {
        terminal.say(note);
    }
    if let Some(answer) = audit.as_object_mut() {
        // The codes of all nodes are for the file.
        answer.remove("dimensions");
        answer.insert("ok".into(), true.into());
        answer.insert("out".into(), request.out.display().to_string().into());
    }
    terminal.answer(&audit);
    Ok(())
}
