//! `kekiz demo`: the shipped open data as a project, loaded and shown.

use super::{portal, refused, serve};
use crate::arguments::Demo;
use crate::outcome::Failure;
use crate::terminal::Terminal;
use std::time::Instant;

pub(super) fn run(arguments: &Demo, terminal: &Terminal) -> Result<(), Failure> {
    let start = Instant::now();
    let project = kekiz_app::demo::lay_out(&arguments.store).map_err(|error| refused(terminal, error))?;
    let (imported, _) =
        kekiz_app::import_all(&project, terminal).map_err(|error| refused(terminal, error))?;
    let (released, _) =
        kekiz_app::release(&project, false, terminal).map_err(|error| refused(terminal, error))?;
    if let Some(refusal) = released.refused.first() {
        return Err(Failure::Refused(format!("{}: {}", refusal.id, refusal.reason)));
    }
    let seconds = start.elapsed().as_secs_f64();
    terminal.say(&format!(
        "Atlas geladen in {} s: {} Dateien neu, {} unverändert, {} Kennzahlen veröffentlicht.",
        kekiz_base::number::german(seconds, 1),
        imported.imported,
        imported.unchanged,
        released.releases.len()
    ));
    let offers = portal::load_example(&project)?;
    terminal.say(&format!(
        "Hilfsangebote: {} neu, {} schon da, {} Adressen zum Suchen.",
        kekiz_base::number::german(offers.added as f64, 0),
        kekiz_base::number::german(offers.known as f64, 0),
        kekiz_base::number::german(offers.addresses as f64, 0)
    ));
    if arguments.no_serve {
        terminal.answer(&serde_json::json!({
            "ok": true, "store": arguments.store, "seconds": seconds, "imported": imported, "released": released,
            "offers": offers,
        }));
        return Ok(());
    }
    serve::listen(&project, &format!("127.0.0.1:{}", arguments.port), terminal)
}
