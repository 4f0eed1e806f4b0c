//! `kekiz indicators …`

use super::{open, refused};
use crate::arguments::Indicators;
use crate::outcome::Failure;
use crate::terminal::Terminal;

pub(super) fn run(arguments: &Indicators, terminal: &Terminal) -> Result<(), Failure> {
    match arguments {
        Indicators::List(store) => {
            let entries = kekiz_app::list_indicators(&open(&store.store)?)?;
            for entry in &entries {
                terminal.say(&format!("{:<32} {} ({})", entry.id.as_str(), entry.title, entry.unit));
            }
            terminal.answer(&serde_json::json!({ "ok": true, "indicators": entries }));
        }
        Indicators::Check(store) => {
            let project = open(&store.store)?;
            let count = kekiz_app::check_catalogue(&project).map_err(|error| refused(terminal, error))?;
            terminal.say(&format!("Der Katalog ist in Ordnung: {count} Kennzahlen und Rezepte."));
            terminal.answer(&serde_json::json!({ "ok": true, "indicators": count }));
        }
        Indicators::Suggest(store) => {
            let text = kekiz_app::suggest_catalogue(&open(&store.store)?)?;
            if terminal.json() {
                terminal.answer(&serde_json::json!({ "ok": true, "catalogue": text }));
            } else {
                terminal.result(&text);
            }
        }
        Indicators::Retire(retire) => {
            let project = open(&retire.store.store)?;
            let (id, now) = (&retire.indicator, jiff::Timestamp::now());
            let count = kekiz_app::retire(&project, id, &retire.by, &retire.reason, now)?;
            terminal.say(&format!(
                "{count} frühere Veröffentlichungen von „{id}“ ausgemustert und vermerkt (manifest.json, „retired“). Wer sie aufgehoben hat, kennt sie weiter."
            ));
            terminal.answer(&serde_json::json!({ "ok": true, "indicator": id, "retired": count }));
        }
    }
    Ok(())
}
