//! Where results of `kekiz analyse …` go.

use crate::analyse::Output;
use crate::outcome::Failure;
use crate::terminal::Terminal;
use kekiz_analyse::Table;
use kekiz_base::Diagnostics;
use kekiz_disk::Access;
use serde_json::Value;
use std::path::Path;

/// One JSON object, into the file or onto the terminal.
pub(super) fn object(
    value: &Value,
    findings: &Diagnostics,
    output: &Output,
    terminal: &Terminal,
) -> Result<(), Failure> {
    terminal.findings(findings);
    if output.parquet {
        return Err(Failure::Usage(
            "Dieses Verfahren gibt ein JSON-Objekt, keine Tabelle. Abhilfe: --parquet weglassen.".into(),
        ));
    }
    let text = format!("{value:#}\n");
    match &output.out {
        Some(path) => written(path, text.as_bytes(), terminal),
        None => {
            terminal.result(&text);
            Ok(())
        }
    }
}

/// A table as CSV, or as JSON or Parquet when asked for or when the file is called so.
pub(super) fn rows(
    table: &Table,
    findings: &Diagnostics,
    output: &Output,
    terminal: &Terminal,
) -> Result<(), Failure> {
    terminal.findings(findings);
    let named = |ending: &str| {
        let found = output.out.as_deref().and_then(Path::extension);
        !output.csv && found.is_some_and(|found| found.eq_ignore_ascii_case(ending))
    };
    if let Some(path) = output.out.as_deref().filter(|_| output.parquet || named("parquet")) {
        return written(path, &table.parquet()?, terminal);
    }
    let json = !output.csv && (named("json") || (terminal.json() && output.out.is_none()));
    let text = if json { format!("{:#}\n", table.json()) } else { table.csv() };
    match &output.out {
        Some(path) => written(path, text.as_bytes(), terminal),
        None => {
            terminal.result(&text);
            Ok(())
        }
    }
}

/// A report beside a table, if a file for it was named.
pub(super) fn report(path: Option<&Path>, value: &Value, terminal: &Terminal) -> Result<(), Failure> {
    match path {
        Some(path) => {
            store(path, format!("{value:#}\n").as_bytes())?;
            terminal.say(&format!("Geschrieben: {}", path.display()));
            Ok(())
        }
        None => Ok(()),
    }
}

fn store(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    kekiz_disk::replace(path, bytes, Access::Public).map_err(|cause| Failure::Store(cause.to_string()))
}

fn written(path: &Path, bytes: &[u8], terminal: &Terminal) -> Result<(), Failure> {
    store(path, bytes)?;
    terminal.say(&format!("Geschrieben: {}", path.display()));
    terminal.answer(&serde_json::json!({ "ok": true, "out": path }));
    Ok(())
}
