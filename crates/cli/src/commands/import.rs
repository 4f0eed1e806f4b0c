//! `kekiz import …`

use super::{open, portal, refused};
use crate::arguments::{Import, ImportAreas, ImportFacilities, ImportFigures, InStore};
use crate::outcome::Failure;
use crate::terminal::Terminal;
use kekiz_app::config::{AreaSource, JoinedArea};
use kekiz_base::{Diagnostics, Level, Source};
use serde::Serialize;
use std::path::Path;

pub(super) fn run(arguments: &Import, terminal: &Terminal) -> Result<(), Failure> {
    match arguments {
        Import::Areas(arguments) => areas(arguments, terminal),
        Import::Figures(arguments) if arguments.suggest => suggest(arguments, terminal),
        Import::Figures(arguments) => figures(arguments, terminal),
        Import::Facilities(arguments) => facilities(arguments, terminal),
        Import::Offers(arguments) => portal::import_offers(arguments, terminal),
        Import::Addresses(arguments) => portal::import_addresses(arguments, terminal),
        Import::All(arguments) => all(arguments, terminal),
    }
}

fn areas(arguments: &ImportAreas, terminal: &Terminal) -> Result<(), Failure> {
    let project = open(&arguments.store.store)?;
    let source = AreaSource {
        files: arguments.files.clone(),
        geography: arguments.geography.clone(),
        level: arguments.level,
        key: arguments.key.clone(),
        key_kind: arguments.key_kind.into(),
        key_prefix: arguments.key_prefix.clone(),
        key_width: arguments.key_width,
        name: arguments.name.clone(),
        layer: arguments.layer.clone(),
        crs: arguments.crs.clone(),
        parent: parent_of(arguments),
        parent_column: arguments.parent_column.clone(),
        parent_prefix: arguments.parent_prefix.clone(),
        parent_digits: arguments.parent_digits,
        parent_by_surface: arguments.parent_by_surface.clone(),
        valid_from: arguments.valid_from.clone(),
        valid_until: arguments.valid_until.clone(),
        simplify_m: arguments.simplify,
        join: joined(arguments),
        source: Source {
            title: format!("Grenzen {}", arguments.geography),
            publisher: arguments.publisher.clone(),
            licence: arguments.licence.clone(),
            attribution: arguments.attribution.clone(),
            ..Source::default()
        },
    };
    let (imported, findings) = kekiz_app::import_areas(&project, &source, Path::new(""), terminal)
        .map_err(|error| refused(terminal, error))?;
    let sentence =
        format!("{} Gebiete „{}“ eingelesen ({}).", imported.areas, imported.geography, imported.crs);
    finish(terminal, &sentence, &imported, &findings);
    if !placed(arguments) {
        terminal.say(
            "Kein übergeordnetes Gebiet genannt; Summen und Vergleiche brauchen eines (--whole, --parent …).",
        );
    }
    Ok(())
}

/// Whether it was said where the areas lie.
fn placed(arguments: &ImportAreas) -> bool {
    parent_of(arguments).is_some()
        || arguments.parent_column.is_some()
        || arguments.parent_digits.is_some()
        || arguments.parent_by_surface.is_some()
        || arguments.level <= Level::Gemeinde
}

/// The municipality made of all areas; its geography needs no name of its own.
fn joined(arguments: &ImportAreas) -> Option<JoinedArea> {
    let (key, name) = (arguments.whole.clone()?, arguments.whole_name.clone()?);
    Some(JoinedArea { key, name, level: Level::Gemeinde, geography: "gemeinde".into() })
}

/// Where nothing else is said, all areas lie in the municipality made of them.
fn parent_of(arguments: &ImportAreas) -> Option<String> {
    let stated = arguments.parent_column.is_some()
        || arguments.parent_digits.is_some()
        || arguments.parent_by_surface.is_some();
    arguments.parent.clone().or_else(|| arguments.whole.clone().filter(|_| !stated))
}

fn figures(arguments: &ImportFigures, terminal: &Terminal) -> Result<(), Failure> {
    let project = open(&arguments.store.store)?;
    let Some(mapping) = &arguments.mapping else {
        return Err(Failure::Usage("Es fehlt --mapping ZUORDNUNG.".into()));
    };
    let (imported, findings) =
        kekiz_app::import_figures(&project, &arguments.file, mapping, arguments.check, terminal)
            .map_err(|error| refused(terminal, error))?;
    let done = if arguments.check { "geprüft, nichts gespeichert" } else { "eingelesen" };
    let sentence = format!(
        "Datensatz „{}“ {done}: {}, {}, {}.\nVariablen: {}.",
        imported.dataset,
        counted(imported.figures, "Zahl", "Zahlen"),
        counted(imported.areas as u64, "Gebiet", "Gebiete"),
        counted(imported.periods as u64, "Zeitraum", "Zeiträume"),
        named(&imported.variables)
    );
    finish(terminal, &sentence, &imported, &findings);
    Ok(())
}

fn counted(n: u64, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{} {many}", kekiz_base::number::german(n as f64, 0)) }
}

/// The first names, and how many more there are.
fn named(names: &[String]) -> String {
    const NAMED: usize = 12;
    match names.len().saturating_sub(NAMED) {
        0 => names.join(", "),
        more => format!("{} und {more} weitere", names[..NAMED].join(", ")),
    }
}

fn facilities(arguments: &ImportFacilities, terminal: &Terminal) -> Result<(), Failure> {
    let project = open(&arguments.store.store)?;
    let (imported, findings) =
        kekiz_app::import_facilities(&project, &arguments.file, &arguments.mapping, terminal)
            .map_err(|error| refused(terminal, error))?;
    let sentence = format!("{} Einrichtungen „{}“ eingelesen.", imported.facilities, imported.layer);
    finish(terminal, &sentence, &imported, &findings);
    Ok(())
}

fn suggest(arguments: &ImportFigures, terminal: &Terminal) -> Result<(), Failure> {
    let (text, findings) =
        kekiz_app::suggest_mapping(&arguments.file).map_err(|error| refused(terminal, error))?;
    terminal.findings(&findings);
    if terminal.json() {
        terminal.answer(&serde_json::json!({ "ok": true, "mapping": text, "findings": findings }));
    } else {
        terminal.result(&text);
    }
    Ok(())
}

fn all(arguments: &InStore, terminal: &Terminal) -> Result<(), Failure> {
    let project = open(&arguments.store)?;
    let (report, findings) =
        kekiz_app::import_all(&project, terminal).map_err(|error| refused(terminal, error))?;
    let sentence = format!("{} Dateien eingelesen, {} unverändert.", report.imported, report.unchanged);
    finish(terminal, &sentence, &report, &findings);
    Ok(())
}

fn finish(terminal: &Terminal, sentence: &str, result: &impl Serialize, findings: &Diagnostics) {
    terminal.findings(findings);
    terminal.say(sentence);
    terminal.answer(&serde_json::json!({ "ok": true, "result": result, "findings": findings }));
}
