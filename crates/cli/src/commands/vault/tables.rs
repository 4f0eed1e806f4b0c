//! `kekiz vault link`, `compute`, `analyse` and `release`

use super::{failure, office, percent};
use crate::outcome::Failure;
use crate::terminal::Terminal;
use crate::vault::{Definition, Link, Release, TableFormat};
use kekiz_base::number::german;
use kekiz_disclosure::Policy;
use kekiz_disk::Access;
use kekiz_linkage::{Cardinality, parse_model};
use kekiz_persons::{LinkJob, parse_analysis, parse_counts};
use std::path::Path;

fn text(path: &Path) -> Result<(String, String), Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::Configuration(format!(
            "„{}“ lässt sich nicht lesen: {}. Abhilfe: Pfad und Zugriffsrechte prüfen.",
            path.display(),
            kekiz_app::io_reason(&error)
        ))
    })?;
    Ok((path.display().to_string(), text))
}

pub(super) fn link(arguments: &Link, terminal: &Terminal) -> Result<(), Failure> {
    let model = match &arguments.model {
        Some(path) => {
            let (name, text) = text(path)?;
            let model =
                parse_model(&text).map_err(|error| Failure::Configuration(format!("{name}: {error}")))?;
            Some(model)
        }
        None => None,
    };
    let (_, office) = office(&arguments.access)?;
    let job = LinkJob {
        name: &arguments.name,
        left: &arguments.left,
        right: &arguments.right,
        model: model.as_ref(),
        match_probability: arguments.match_probability,
        review_probability: arguments.review_probability,
        cardinality: if arguments.many { Cardinality::OneToMany } else { Cardinality::OneToOne },
        seed: arguments.seed,
    };
    let report = kekiz_persons::link(&office, &job).map_err(|error| failure(terminal, &error))?;
    let number = |n: u64| german(n as f64, 0);
    terminal.say(&format!(
        "„{}“: {} und {} Datensätze verglichen nach {}; {} Verknüpfungen ab Wahrscheinlichkeit {}, {} Paare zur Durchsicht.",
        report.name,
        number(report.records[0]),
        number(report.records[1]),
        report.fields.join(", "),
        number(report.links),
        german(report.match_probability, 3),
        number(report.doubtful)
    ));
    if let Some(precision) = report.expected_precision {
        terminal
            .say(&format!("Nach dem Modell sind {} der Verknüpfungen richtig.", percent(Some(precision))));
    }
    terminal.answer(&serde_json::json!({ "ok": true, "result": report }));
    Ok(())
}

pub(super) fn compute(arguments: &Definition, terminal: &Terminal) -> Result<(), Failure> {
    let (name, text) = text(&arguments.file)?;
    let definitions = parse_counts(&name, &text).map_err(|error| failure(terminal, &error))?;
    let (project, office) = office(&arguments.access)?;
    let tree = kekiz_app::area_tree(&project)?;
    let (counts, findings) = kekiz_persons::compute(&office, &definitions, &tree, &name)
        .map_err(|error| failure(terminal, &error))?;
    let stored = kekiz_app::store_counts(&project, &counts)?;
    terminal.findings(&findings);
    terminal.say(&format!(
        "{} Datensätze ausgezählt: {} Zahlen im geschützten Teil als „{}“ ({}).\nWeiter: Kennzahlen im Katalog nennen, dann „kekiz release“.",
        german(counts.records as f64, 0),
        german(stored.figures as f64, 0),
        stored.dataset,
        stored.variables.join(", ")
    ));
    terminal.answer(&serde_json::json!({
        "ok": true, "result": stored, "records": counts.records, "unplaced": counts.unplaced, "findings": findings,
    }));
    Ok(())
}

pub(super) fn analyse(arguments: &Definition, terminal: &Terminal) -> Result<(), Failure> {
    let (name, text) = text(&arguments.file)?;
    let definition = parse_analysis(&name, &text).map_err(|error| failure(terminal, &error))?;
    let (_, office) = office(&arguments.access)?;
    let analysis =
        kekiz_persons::analyse(&office, &definition, &name).map_err(|error| failure(terminal, &error))?;
    terminal.say(&format!("{} – echte Zahlen, nur für die Statistikstelle", analysis.title));
    for table in &analysis.tables {
        terminal.say(&format!("\n{} nach „{}“", table.title, table.group_title));
        for group in &table.groups {
            let interval = group.interval.as_ref().map_or(String::new(), |interval| {
                format!("  [{}; {}]", german(interval.lower * 100.0, 1), german(interval.upper * 100.0, 1))
            });
            terminal.say(&format!(
                "  {:<28} {:>7} von {:>7}  {:>8}{interval}",
                group.label,
                group.cases,
                group.persons,
                percent(group.share)
            ));
        }
        for (name, ratio) in [("Relatives Risiko", table.risk_ratio), ("Odds Ratio", table.odds_ratio)] {
            let Some(ratio) = ratio else { continue };
            let number =
                |value: Option<f64>| value.map_or_else(|| "unbegrenzt".into(), |value| german(value, 2));
            terminal.say(&format!(
                "  {name:<28} {}  [{}; {}]",
                number(ratio.value),
                number(Some(ratio.lower)),
                number(ratio.upper)
            ));
        }
        if table.unknown > 0 {
            terminal.say(&format!("  ohne Angabe: {}", table.unknown));
        }
    }
    terminal.answer(&serde_json::json!({ "ok": true, "result": analysis }));
    Ok(())
}

fn policy(name: &str) -> Result<Policy, Failure> {
    if let Some(policy) = Policy::by_name(name) {
        return Ok(policy);
    }
    let (_, text) = text(Path::new(name))?;
    Policy::from_toml(&text).map_err(|error| Failure::Configuration(error.to_string()))
}

pub(super) fn release(arguments: &Release, terminal: &Terminal) -> Result<(), Failure> {
    let (name, text) = text(&arguments.file)?;
    let definition = parse_analysis(&name, &text).map_err(|error| failure(terminal, &error))?;
    let policy = policy(&arguments.policy)?;
    let (_, office) = office(&arguments.access)?;
    let released = kekiz_persons::release(&office, &definition, &policy, &name)
        .map_err(|error| failure(terminal, &error))?;
    let bytes = match arguments.format {
        TableFormat::Csv => format!("\u{feff}{}", released.to_csv()).into_bytes(),
        TableFormat::Json => serde_json::to_vec_pretty(&released).unwrap_or_default(),
    };
    kekiz_disk::replace(&arguments.out, &bytes, Access::Public).map_err(|cause| {
        Failure::Store(format!("{cause} Die Ausgabe steht im Bestand und lässt sich wiederholen."))
    })?;
    for (table, audit) in released.tables.iter().zip(&released.audits) {
        let shown = table.groups.iter().filter(|(_, cell)| cell.figure().is_some()).count();
        terminal.say(&format!(
            "{:<32} {shown} gezeigt, {} geschützt, davon {} wegen anderer Zellen",
            table.id,
            table.groups.len() - shown,
            audit.secondary
        ));
    }
    terminal.say(&format!("{}\n{}", released.protection, arguments.out.display()));
    terminal.answer(&serde_json::json!({ "ok": true, "result": released }));
    Ok(())
}
