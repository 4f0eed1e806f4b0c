//! Protecting any table without a project: `kekiz protect`.
//!
//! A table file, rules and hierarchies in; a safe table and an audit out. Both are written only when the table withstood the
//! attack, each under a temporary name beside its place and then moved there: a table half written, or unprotected numbers in a
//! temporary file, do not occur whatever ends the program.

mod error;
mod hierarchies;
mod history;
mod read;
mod suggest;
mod write;

pub use error::ProtectError;
pub use suggest::{Suggested, suggest_protection};

use hierarchies::Hierarchies;
use kekiz_base::Diagnostics;
use kekiz_disclosure::general::{
    GeneralTable, Method, TablePolicy, Treatment, perturb, round, round_controlled, suppress,
};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Version of the audit file.
const AUDIT_VERSION: u32 = 1;

/// What `kekiz protect` needs.
#[derive(Clone, Debug, Default)]
pub struct ProtectRequest {
    /// Table (CSV, XLSX).
    pub table: PathBuf,
    /// Rules: name of a preset, or a file.
    pub policy: String,
    /// Hierarchy file.
    pub hierarchies: Option<PathBuf>,
    /// Columns that are dimensions.
    pub dims: Vec<String>,
    /// Column with amounts; without it persons are counted.
    pub response: Option<String>,
    /// Column with the number of cases, for a table that is added up already; without it every row is a record.
    pub count: Option<String>,
    /// Columns with the largest contributions, largest first, for rules on contributions in a table that is added up already.
    pub largest: Vec<String>,
    /// Column that names a record, for the cell-key method.
    pub record: Option<String>,
    /// File with the secret of the cell-key method.
    pub key: Option<PathBuf>,
    /// Source of the data, for a threshold of its own.
    pub source: Option<String>,
    /// Folder with earlier safe tables and their audits.
    pub history: Option<PathBuf>,
    /// Period of the table (`2024`, `2024-Q1`, `2024-03`).
    pub period: Option<String>,
    /// How cells are chosen.
    pub method: Method,
    /// Seed.
    pub seed: u64,
    /// Threads, 0 for all; the result does not depend on them.
    pub threads: usize,
    /// Safe table.
    pub out: PathBuf,
    /// Audit.
    pub audit: PathBuf,
}

/// Protects a table and writes it with its audit; gives the audit.
///
/// # Errors
/// [`ProtectError`], a German sentence with the remedy; nothing is written then.
pub fn protect_table(request: &ProtectRequest) -> Result<(Value, Diagnostics), ProtectError> {
    if request.out == request.audit || request.out == request.table || request.audit == request.table {
        return Err(ProtectError::Usage(
            "Tabelle, Ergebnis und Beleg brauchen verschiedene Dateien. Abhilfe: --out und --audit ändern."
                .into(),
        ));
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(request.threads).build().map_err(|cause| {
        ProtectError::Usage(format!(
            "So viele Rechenkerne gibt es nicht ({cause}). Abhilfe: --threads kleiner wählen."
        ))
    })?;
    pool.install(|| run(request))
}

fn run(request: &ProtectRequest) -> Result<(Value, Diagnostics), ProtectError> {
    let policy = policy(&request.policy)?;
    let hierarchies = match &request.hierarchies {
        Some(path) => Hierarchies::from_toml(&path.display().to_string(), &text(path)?)?,
        None => Hierarchies::new(vec![]),
    };
    let period = request.period.as_deref().map(history::period).transpose()?;
    let secret = secret(request, &policy)?;
    let needs_largest = !policy.dominance.is_empty() || policy.p_percent.is_some();
    let (mut read, mut findings) = read::read(request, &hierarchies, needs_largest, secret.as_ref())?;
    if let Some(path) = &request.hierarchies {
        findings.extend(hierarchies.passed_over(&request.dims, path));
    }
    if policy.treatment == Treatment::CellKey && request.response.is_some() {
        return Err(ProtectError::Usage("Die Cell-Key-Methode gilt für Fallzahlen, nicht für Beträge. Abhilfe: --response weglassen oder eine Regel mit „treatment = \"suppress\"“ verwenden.".into()));
    }
    let measure =
        request.response.clone().or_else(|| request.count.clone()).unwrap_or_else(|| "anzahl".into());
    let earlier = match &request.history {
        Some(folder) => history::load(folder, &measure, &mut findings)?,
        None => Vec::new(),
    };
    let values = read
        .layout
        .summed(read.contents.amounts.as_deref().or(read.contents.counts.as_deref()).unwrap_or(&[]));
    let scale = 10f64.powi(read.decimals);
    let compared = history::Compared { layout: &read.layout, values: &values, scale, period };
    read.contents.known = compared.known(&earlier);
    let known = read.contents.known.len();
    let layout = read.layout.clone();
    let table = GeneralTable::new(read.layout, read.contents, &policy, request.source.as_deref())?;
    let (cells, details) = treat(request, &policy, &table, &values, read.keys.as_deref())?;
    let threshold = i64::from(policy.threshold_of(request.source.as_deref())?);
    let compared = history::Compared { layout: &layout, values: &values, scale, period };
    // Of a difference of amounts nobody can say how many persons it holds; known cells were heeded above.
    let leaks = if request.response.is_none() { compared.leaks(&earlier, &cells, threshold) } else { vec![] };
    if !leaks.is_empty() {
        return Err(ProtectError::Refused(history::refusal(&leaks)));
    }
    let safe = write::safe_csv(&layout, &cells, &measure, read.decimals);
    let mut audit = json!({
        "format": "kekiz-protect",
        "version": AUDIT_VERSION,
        "program": env!("CARGO_PKG_VERSION"),
        "policy": { "id": policy.id, "title": policy.title, "basis": policy.basis, "digest": policy.digest() },
        "source": request.source,
        "measure": measure,
        "period": request.period,
        "rows": read.rows,
        "seed": request.seed,
        "output": blake3::hash(safe.as_bytes()).to_hex().to_string(),
        "earlier_tables": earlier.len(),
        "known_cells": known,
        "findings": findings,
        "dimensions": write::dimensions(&layout),
    });
    if let (Value::Object(audit), Value::Object(details)) = (&mut audit, details) {
        audit.extend(details);
    }
    write::both(&request.out, &safe, &request.audit, &format!("{audit:#}\n"))?;
    Ok((audit, findings))
}

/// What stands in each cell of the safe table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Safe {
    /// A number, in units of the last decimal.
    Shown(i64),
    /// Suppressed.
    Hidden,
    /// In none of the linked tables.
    Unpublished,
}

fn treat(
    request: &ProtectRequest,
    policy: &TablePolicy,
    table: &GeneralTable,
    values: &[i64],
    keys: Option<&[u64]>,
) -> Result<(Vec<Safe>, Value), ProtectError> {
    let published = |cell: usize, safe: Safe| if table.is_published(cell) { safe } else { Safe::Unpublished };
    let numbers = |numbers: &[i64]| -> Vec<Safe> {
        numbers.iter().enumerate().map(|(cell, &number)| published(cell, Safe::Shown(number))).collect()
    };
    Ok(match policy.treatment {
        Treatment::Suppress => {
            let done = suppress(table, request.method, request.seed)?;
            let cell = |(cell, &value): (usize, &i64)| {
                published(cell, if done.hidden[cell] { Safe::Hidden } else { Safe::Shown(value) })
            };
            let cells = values.iter().enumerate().map(cell).collect();
            let note = "Gesperrte Zellen tragen alle dasselbe Zeichen; welche von sich aus zu schützen war, sagt es nicht.";
            (cells, json!({ "treatment": "suppress", "suppression": done.audit, "note": note }))
        }
        Treatment::Round | Treatment::ControlledRound => {
            let (name, done) = match policy.treatment {
                Treatment::Round => ("round", round(table, policy.base)),
                _ => ("controlled_round", round_controlled(table, policy.base)?),
            };
            let note = match done.margins.not_additive {
                0 => "Alle Summen gehen auf.".to_string(),
                gaps => format!(
                    "{gaps} von {} Summen gehen nicht auf; die größte Lücke ist {}.",
                    done.margins.sums, done.margins.largest_gap
                ),
            };
            let details = json!({ "treatment": name, "base": policy.base, "largest_change": done.largest_change, "margins": done.margins, "note": note });
            (numbers(&done.values), details)
        }
        Treatment::CellKey => {
            let keys = keys.ok_or_else(no_key)?;
            let done = perturb(table, keys, policy.noise);
            let note = format!(
                "Jede Zahl ist für sich verändert; {} von {} Summen gehen nicht auf, die größte Lücke ist {}. Summen nicht aus Teilen rechnen, sondern der Tabelle entnehmen.",
                done.margins.not_additive, done.margins.sums, done.margins.largest_gap
            );
            let details = json!({ "treatment": "cell_key", "noise": policy.noise, "largest_change": done.largest_change, "margins": done.margins, "note": note });
            (numbers(&done.values), details)
        }
    })
}

fn policy(name: &str) -> Result<TablePolicy, ProtectError> {
    if let Some(preset) = TablePolicy::by_name(name) {
        return Ok(preset);
    }
    let path = Path::new(name);
    if !path.exists() {
        return Err(ProtectError::Usage(format!(
            "Die Schutzregel „{name}“ ist weder eine Vorlage noch eine Datei. Abhilfe: eine Datei angeben oder eine Vorlage: ba, min3, min5, min10, cost, rounding5, controlled5, cellkey."
        )));
    }
    TablePolicy::from_toml(&text(path)?)
        .map_err(|error| ProtectError::Configuration(format!("{name}: {error}")))
}

fn text(path: &Path) -> Result<String, ProtectError> {
    let bytes = crate::input::bytes(path).map_err(|error| ProtectError::Input(error.to_string()))?;
    String::from_utf8(bytes).map_err(|_| {
        ProtectError::Input(format!(
            "{}: Die Datei ist nicht in UTF-8. Abhilfe: als UTF-8 speichern.",
            path.display()
        ))
    })
}

fn no_key() -> ProtectError {
    ProtectError::Usage("Die Cell-Key-Methode braucht einen geheimen Schlüssel. Abhilfe: mit --key eine Datei mit mindestens 32 zufälligen Zeichen angeben und geheim halten; dieselbe Datei für alle Tabellen verwenden.".into())
}

fn secret(request: &ProtectRequest, policy: &TablePolicy) -> Result<Option<[u8; 32]>, ProtectError> {
    if policy.treatment != Treatment::CellKey {
        return Ok(None);
    }
    let path = request.key.as_ref().ok_or_else(no_key)?;
    let bytes = crate::input::bytes(path).map_err(|error| ProtectError::Input(error.to_string()))?;
    if bytes.trim_ascii().len() < 32 {
        return Err(no_key());
    }
    Ok(Some(*blake3::hash(bytes.trim_ascii()).as_bytes()))
}
