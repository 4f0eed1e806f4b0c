//! `kekiz report …`

use super::{open, refused};
use crate::arguments::Sozialbericht;
use crate::outcome::Failure;
use crate::terminal::Terminal;

pub(super) fn run(arguments: &Sozialbericht, terminal: &Terminal) -> Result<(), Failure> {
    let project = open(&arguments.store.store)?;
    let written = kekiz_app::sozialbericht(
        &project,
        &arguments.area,
        arguments.date.as_deref(),
        &arguments.out,
        terminal,
    )
    .map_err(|error| refused(terminal, error))?;
    let out = arguments.out.display();
    terminal.say(&format!("Bericht für {} geschrieben: {out} ({} Themen).", written.area, written.themes));
    terminal.answer(&serde_json::json!({ "ok": true, "result": written }));
    Ok(())
}
