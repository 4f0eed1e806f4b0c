//! `kekiz vault import`

use super::{failure, office};
use crate::commands::refused;
use crate::outcome::Failure;
use crate::terminal::Terminal;
use crate::vault::Import;
use jiff::civil::Date;
use kekiz_app::{AddressSource, Progress, with_areas};
use kekiz_base::{Period, number::german};
use kekiz_microdata::{SHIPPED, Schema, parse_schema, shipped};
use kekiz_persons::{ImportJob, Imported};
use kekiz_tables::{TableFile, read_plain};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

pub(super) fn run(arguments: &Import, terminal: &Terminal) -> Result<(), Failure> {
    if arguments.print_schema {
        return print(&arguments.schema, terminal);
    }
    let (Some(file), Some(dataset)) = (&arguments.file, &arguments.dataset) else {
        return Err(Failure::Usage("Es fehlen DATEI und --dataset NAME.".into()));
    };
    let schema = schema(&arguments.schema)?;
    let day = |text: &Option<String>, what: &str| -> Result<Option<Date>, Failure> {
        let Some(text) = text else { return Ok(None) };
        let found = text.parse::<Date>().ok();
        found.map(Some).ok_or_else(|| {
            Failure::Usage(format!("{what} „{text}“ ist kein Tag; erwartet wird zum Beispiel 2024-12-31."))
        })
    };
    let period = match &arguments.period {
        Some(text) => Some(text.parse::<Period>().map_err(|error| Failure::Usage(error.to_string()))?),
        None => None,
    };
    let (reference, keep_until) =
        (day(&arguments.reference, "--reference")?, day(&arguments.keep_until, "--keep-until")?);
    let lists = lists(&arguments.lists)?;
    let (project, office) = office(&arguments.access)?;
    let source = AddressSource {
        addresses: arguments.addresses.as_deref(),
        geography: arguments.geography.as_deref(),
        crs: arguments.crs.as_deref(),
    };
    terminal.step(&format!("Einzeldaten lesen: {}", file.display()));
    let outcome = with_areas(&project, &source, |areas, known_areas| {
        let job = ImportJob {
            file: &TableFile::from_path(file),
            schema: &schema,
            dataset,
            areas,
            known_areas,
            reference,
            period,
            lists: &lists,
            keep_until,
            check_only: arguments.check,
        };
        kekiz_persons::import(&office, &job)
    });
    let (imported, findings) =
        outcome.map_err(|error| refused(terminal, error))?.map_err(|error| failure(terminal, &error))?;
    terminal.findings(&findings);
    terminal.say(&sentence(&imported));
    terminal.answer(&serde_json::json!({ "ok": true, "result": imported, "findings": findings }));
    Ok(())
}

fn sentence(imported: &Imported) -> String {
    let rows = german(imported.summary.rows as f64, 0);
    let done = if imported.stored { "verschlüsselt abgelegt" } else { "geprüft, nichts abgelegt" };
    let mut text = format!("„{}“ {done}: {rows} Datensätze ({}).", imported.dataset, imported.title);
    if let Some(placed) = imported.summary.placed {
        text += &format!(" {} mit Gebiet.", german(placed as f64, 0));
    }
    if imported.linking && imported.stored {
        text += " Namen und Daten zum Verknüpfen liegen getrennt; „kekiz vault purge --linking“ löscht sie.";
    }
    if imported.replaced {
        text += " Der frühere Datensatz dieses Namens ist ersetzt.";
    }
    text
}

/// A shipped schema by its name, or one from a file.
fn schema(name: &str) -> Result<Schema, Failure> {
    if !Path::new(name).exists() {
        return shipped(name).map_err(|error| Failure::Configuration(error.to_string()));
    }
    let text = std::fs::read_to_string(name).map_err(|error| {
        Failure::Configuration(format!(
            "„{name}“ lässt sich nicht lesen: {}. Abhilfe: Pfad und Zugriffsrechte prüfen.",
            kekiz_app::io_reason(&error)
        ))
    })?;
    parse_schema(name, &text).map_err(|error| Failure::Configuration(error.to_string()))
}

fn print(name: &str, terminal: &Terminal) -> Result<(), Failure> {
    shipped(name).map_err(|error| Failure::Configuration(error.to_string()))?;
    let text = SHIPPED.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| *text);
    if terminal.json() {
        terminal.answer(&serde_json::json!({ "ok": true, "schema": text }));
    } else {
        terminal.result(text);
    }
    Ok(())
}

/// Lists of known keys: the first column of each file.
fn lists(arguments: &[String]) -> Result<BTreeMap<String, BTreeSet<String>>, Failure> {
    let mut lists = BTreeMap::new();
    for argument in arguments {
        let (name, path) = argument.split_once('=').ok_or_else(|| {
            Failure::Usage(format!(
                "--list „{argument}“: erwartet wird NAME=DATEI, zum Beispiel kitas=kitas.csv."
            ))
        })?;
        let table =
            read_plain(&TableFile::from_path(path)).map_err(|error| Failure::Input(error.to_string()))?;
        let keys = table.rows.iter().filter_map(|row| row.first()).map(|key| key.trim().to_string());
        lists.insert(name.to_string(), keys.filter(|key| !key.is_empty()).collect());
    }
    Ok(lists)
}
