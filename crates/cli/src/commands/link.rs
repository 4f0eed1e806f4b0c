//! `kekiz link …`: record linkage on plain files.

use crate::link::{
    Compare, Dedupe, Encode, Evaluate, Link, LinkAdd, LinkFiles, LinkModel, LinkRun, Partners,
};
use crate::outcome::Failure;
use crate::terminal::Terminal;
use kekiz_base::number::german;
use kekiz_link::{
    AddRequest, Cardinality, CompareRequest, DedupeRequest, EncodeRequest, EvaluateRequest, FilesRequest,
    LinkFileError, Quality, Report, RunSettings, SuggestRequest,
};
use std::path::Path;

pub(super) fn run(link: &Link, terminal: &Terminal) -> Result<(), Failure> {
    match link {
        Link::Model(arguments) => model(arguments, terminal),
        Link::Dedupe(arguments) => dedupe(arguments, terminal),
        Link::Files(arguments) => files(arguments, terminal),
        Link::Add(arguments) => add(arguments, terminal),
        Link::Encode(arguments) => encode(arguments, terminal),
        Link::Compare(arguments) => compare(arguments, terminal),
        Link::Evaluate(arguments) => evaluate(arguments, terminal),
    }
}

impl From<LinkFileError> for Failure {
    fn from(error: LinkFileError) -> Self {
        match error {
            LinkFileError::Usage(text) => Failure::Usage(text),
            LinkFileError::Input(text) => Failure::Input(text),
            LinkFileError::Model(text) => Failure::Configuration(text),
            LinkFileError::Output(text) => Failure::Store(text),
        }
    }
}

fn settings(arguments: &LinkRun) -> RunSettings {
    RunSettings {
        model: arguments.model.clone(),
        id: arguments.id.clone(),
        seed: arguments.seed,
        threads: arguments.threads,
        match_probability: arguments.threshold,
        trained: arguments.trained.clone(),
    }
}

fn model(arguments: &LinkModel, terminal: &Terminal) -> Result<(), Failure> {
    let text = kekiz_link::suggest_model(&SuggestRequest {
        file: arguments.suggest.clone(),
        id: arguments.id.clone(),
        out: arguments.out.clone(),
    })?;
    match &arguments.out {
        Some(path) => {
            terminal.say(&format!("Geschrieben: {}. Bitte prüfen, bevor es verwendet wird.", path.display()));
            terminal.answer(&serde_json::json!({ "ok": true, "out": path }));
        }
        None if terminal.json() => terminal.answer(&serde_json::json!({ "ok": true, "model": text })),
        None => terminal.result(&text),
    }
    Ok(())
}

fn dedupe(arguments: &Dedupe, terminal: &Terminal) -> Result<(), Failure> {
    let report = kekiz_link::dedupe(&DedupeRequest {
        file: arguments.file.clone(),
        settings: settings(&arguments.run),
        out: arguments.out.clone(),
        links: arguments.links.clone(),
    })?;
    said(&report, &arguments.out, terminal);
    Ok(())
}

fn files(arguments: &LinkFiles, terminal: &Terminal) -> Result<(), Failure> {
    let report = kekiz_link::link_files(&FilesRequest {
        files: arguments.files.clone(),
        settings: settings(&arguments.run),
        cardinality: match arguments.partners {
            Partners::ManyToMany => Cardinality::ManyToMany,
            Partners::OneToMany => Cardinality::OneToMany,
            Partners::OneToOne => Cardinality::OneToOne,
        },
        out: arguments.out.clone(),
    })?;
    said(&report, &arguments.out, terminal);
    Ok(())
}

fn add(arguments: &LinkAdd, terminal: &Terminal) -> Result<(), Failure> {
    let report = kekiz_link::add(&AddRequest {
        file: arguments.file.clone(),
        clusters: arguments.clusters.clone(),
        new: arguments.new.clone(),
        settings: settings(&arguments.run),
        out: arguments.out.clone(),
    })?;
    said(&report, &arguments.out, terminal);
    Ok(())
}

fn encode(arguments: &Encode, terminal: &Terminal) -> Result<(), Failure> {
    let report = kekiz_link::encode(&EncodeRequest {
        file: arguments.file.clone(),
        id: arguments.id.clone(),
        model: arguments.model.clone(),
        key: arguments.key.clone(),
        threads: arguments.threads,
        out: arguments.out.clone(),
    })?;
    let count = german(report.records as f64, 0);
    terminal.say(&format!("{count} Datensätze mit je {} Bit kodiert.", report.bits));
    terminal.say(&format!("Geschrieben: {}", arguments.out.display()));
    terminal.answer(&report);
    Ok(())
}

fn compare(arguments: &Compare, terminal: &Terminal) -> Result<(), Failure> {
    let report = kekiz_link::compare_encoded(&CompareRequest {
        files: [arguments.left.clone(), arguments.right.clone()],
        threshold: arguments.threshold,
        recall: arguments.recall,
        one_to_one: arguments.one_to_one,
        threads: arguments.threads,
        out: arguments.out.clone(),
    })?;
    terminal.say(&format!(
        "{} Paare verglichen, {} verknüpft.",
        german(report.compared as f64, 0),
        german(report.linked as f64, 0)
    ));
    terminal.say(&format!("Geschrieben: {}", arguments.out.display()));
    terminal.answer(&report);
    Ok(())
}

fn evaluate(arguments: &Evaluate, terminal: &Terminal) -> Result<(), Failure> {
    let found = kekiz_link::evaluate(&EvaluateRequest {
        files: arguments.files.clone(),
        id: arguments.id.clone(),
        truth: arguments.truth.clone(),
        clusters: arguments.clusters.clone(),
        links: arguments.links.clone(),
    })?;
    let line = |what: &str, quality: &Quality| {
        let share = |value: Option<f64>| value.map_or("–".to_string(), |value| german(value, 4));
        format!(
            "{what}: Genauigkeit {}, Trefferquote {}, F1 {} ({} richtig, {} falsch, {} übersehen)",
            share(quality.precision),
            share(quality.recall),
            share(quality.f1),
            german(quality.true_positives as f64, 0),
            german(quality.false_positives as f64, 0),
            german(quality.false_negatives as f64, 0)
        )
    };
    terminal.say(&format!("{} wahre Paare.", german(found.true_pairs as f64, 0)));
    if let Some(quality) = &found.clusters {
        terminal.say(&line("Personen", quality));
    }
    for row in found.links.iter().flatten() {
        terminal.say(&line(&format!("Paare ab {}", german(row.match_probability, 4)), &row.quality));
    }
    terminal.answer(&found);
    Ok(())
}

/// What a run found, for a person and for a machine.
fn said(report: &Report, out: &Path, terminal: &Terminal) {
    terminal.findings(&report.findings);
    let count = |number: u64| german(number as f64, 0);
    let records: usize = report.records.iter().sum();
    terminal.say(&format!(
        "{} Datensätze, {} Paare verglichen, {} verknüpft (Wahrscheinlichkeit ab {}).",
        count(records as u64),
        count(report.compared),
        count(report.linked),
        german(report.match_probability, 2),
    ));
    for rule in &report.rules {
        terminal.say(&format!(
            "  {}: {} Paare, davon {} neu",
            rule.rule,
            count(rule.pairs),
            count(rule.compared)
        ));
    }
    if let Some(clusters) = report.clusters {
        terminal.say(&format!("{} Personen.", count(clusters)));
    }
    if let Some(row) =
        report.charts.thresholds.iter().rev().find(|row| row.match_probability <= report.match_probability)
        && let (Some(precision), Some(recall)) = (row.expected_precision, row.expected_recall)
    {
        terminal.say(&format!(
            "Nach dem Modell zu erwarten: {} % der Verknüpfungen richtig, {} % der findbaren gefunden.",
            german(100.0 * precision, 1),
            german(100.0 * recall, 1),
        ));
    }
    terminal.say(&format!("Geschrieben: {}", out.display()));
    let mut answer = serde_json::to_value(report).unwrap_or_default();
    if let Some(object) = answer.as_object_mut() {
        object.insert("ok".into(), true.into());
        object.insert("out".into(), serde_json::json!(out));
        object.insert("findings".into(), serde_json::to_value(&report.findings).unwrap_or_default());
    }
    terminal.answer(&answer);
}
