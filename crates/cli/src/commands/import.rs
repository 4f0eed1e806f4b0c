//! `kekiz import …`

use super::{open, refused};
use crate::arguments::{Import, ImportAreas, ImportFacilities, ImportFigures, InStore};
use crate::outcome::Failure;
use crate::terminal::Terminal;
use kekiz_app::config::AreaSource;
use kekiz_base::{Diagnostics, Source};
use serde::Serialize;
use std::path::Path;

pub(super) fn run(arguments: &Import, terminal: &Terminal) -> Result<(), Failure> {
    match arguments {
        Import::Areas(arguments) => areas(arguments, terminal),
        Import::Figures(arguments) if arguments.suggest => suggest(arguments, terminal),
        Import::Figures(arguments) => figures(arguments, terminal),
        Import::Facilities(arguments) => facilities(arguments, terminal),
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
        parent: arguments.parent.clone(),
        parent_column: arguments.parent_column.clone(),
        parent_prefix: arguments.parent_prefix.clone(),
        parent_digits: arguments.parent_digits,
        parent_by_surface: arguments.parent_by_surface.clone(),
        valid_from: arguments.valid_from.clone(),
        valid_until: arguments.valid_until.clone(),
        simplify_m: arguments.simplify,
        join: None,
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
    Ok(())
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
        "Datensatz „{}“ {done}: {} Zahlen, {} Gebiete, {} Zeiträume, {} Variablen.",
        imported.dataset,
        imported.figures,
        imported.areas,
        imported.periods,
        imported.variables.len()
    );
    finish(terminal, &sentence, &imported, &findings);
    Ok(())
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
