//! `kekiz link model --suggest`: a first model for a file.

use crate::LinkFileError;
use crate::read::{Wanted, read};
use crate::write::whole;
use kekiz_linkage::{Records, Suggestion, write_model};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// For which file.
#[derive(Clone, Debug)]
pub struct SuggestRequest {
    /// CSV or Parquet file.
    pub file: PathBuf,
    /// Column that identifies a record; it is not compared.
    pub id: Option<String>,
    /// Where the model goes; without it the text is only returned.
    pub out: Option<PathBuf>,
}

/// The suggestion for a file.
pub(crate) fn from_file(path: &Path, id: Option<&str>) -> Result<Suggestion, LinkFileError> {
    let mut file = read(path, Wanted::All, None)?;
    file.columns.retain(|column| Some(column.name.as_str()) != id);
    let records = Records { columns: file.columns, files: vec![file.rows], keys: Vec::new() };
    let suggestion = kekiz_linkage::suggest(&records)?;
    if suggestion.model.comparison.is_empty() {
        return Err(LinkFileError::file(
            path,
            "Keine Spalte ist an ihrem Namen als Name, Datum oder Anschrift zu erkennen.",
            "das Modell nach docs/formate.md selbst schreiben.",
        ));
    }
    Ok(suggestion)
}

/// Suggests a model and writes it as TOML, with a comment on every column; gives the text.
///
/// # Errors
/// A file that cannot be read or holds nothing to compare, or an output that cannot be written.
pub fn suggest_model(request: &SuggestRequest) -> Result<String, LinkFileError> {
    let suggestion = from_file(&request.file, request.id.as_deref())?;
    let mut text =
        String::from("# Vorschlag nach den Namen der Spalten. Prüfen: Stimmen die Spalten? Was fehlt?\n");
    for (name, role) in &suggestion.columns {
        if role.is_none() {
            let name = name.replace(['\n', '\r'], " ");
            let _ = writeln!(text, "# nicht verwendet: {name}");
        }
    }
    match suggestion.one_per_source {
        Some(true) => text.push_str(
            "# Jede Person steht je Quelle höchstens einmal da, so zeigen es die Daten (one_per).\n",
        ),
        Some(false) => {
            text.push_str("# Eine Person kann mehrmals in einer Quelle stehen, so zeigen es die Daten.\n")
        }
        None => {}
    }
    text.push('\n');
    text.push_str(&write_model(&suggestion.model));
    if let Some(path) = &request.out {
        whole(path, |out| out.write_all(text.as_bytes()))?;
    }
    Ok(text)
}
