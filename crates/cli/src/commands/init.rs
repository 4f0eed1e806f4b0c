//! `kekiz init`

use crate::arguments::Init;
use crate::outcome::Failure;
use crate::terminal::Terminal;
use kekiz_app::{CreateError, Project};

pub(super) fn run(arguments: &Init, terminal: &Terminal) -> Result<(), Failure> {
    Project::create(&arguments.folder, &arguments.title).map_err(|error| match error {
        CreateError::Exists { .. } => Failure::Usage(error.to_string()),
        CreateError::Write { .. } => Failure::Store(error.to_string()),
    })?;
    let folder = arguments.folder.display();
    terminal.say(&format!(
        "Neuer Atlas in „{folder}“.\n\nAls Nächstes:\n  kekiz import areas GRENZEN --store {folder} --geography … --level … --key … --name …\n  kekiz import figures TABELLE --suggest > {folder}/zuordnungen/tabelle.toml"
    ));
    terminal.answer(&serde_json::json!({ "ok": true, "folder": arguments.folder }));
    Ok(())
}
