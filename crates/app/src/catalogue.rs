//! The catalogue of a project: all files the configuration names, read and checked together.

use crate::error::{AppError, Rejection, read_input};
use crate::project::Project;
use kekiz_base::{Diagnostics, IndicatorId};
use kekiz_indicators::Catalogue;
use kekiz_vault::Vault;
use serde::Serialize;
use std::collections::BTreeMap;

/// One indicator or index, as `kekiz indicators list` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CatalogueEntry {
    /// Name in URLs.
    pub id: IndicatorId,
    /// Title.
    pub title: String,
    /// Unit; empty for an index.
    pub unit: String,
    /// Area of life.
    pub life_area: String,
}

/// Reads all catalogue files. The second value is their text, for digests.
pub(crate) fn load(project: &Project) -> Result<(Catalogue, Vec<u8>), AppError> {
    if project.config.catalogue.is_empty() {
        return Err(AppError::Configuration(
            "Die kekiz.toml nennt keinen Katalog. Abhilfe: catalogue = [\"katalog/kennzahlen.toml\"] eintragen; „kekiz indicators suggest“ schlägt einen vor.".into(),
        ));
    }
    let mut whole = Catalogue::default();
    let mut texts = Vec::new();
    let mut seen: BTreeMap<IndicatorId, String> = BTreeMap::new();
    for file in &project.config.catalogue {
        let path = project.resolve(file);
        let name = path.display().to_string();
        let bytes = read_input(&path).map_err(|error| AppError::Configuration(error.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|_| {
            AppError::Configuration(format!(
                "„{name}“ ist kein UTF-8-Text. Abhilfe: die Datei als UTF-8 speichern."
            ))
        })?;
        let part = Catalogue::read(&text, &name).map_err(|error| refuse(&name, error.0))?;
        let ids = part
            .indicators
            .iter()
            .map(|d| &d.id)
            .chain(part.changes.iter().map(|c| &c.id))
            .chain(part.recipes.iter().map(|r| &r.id));
        for id in ids {
            if let Some(first) = seen.insert(id.clone(), name.clone()) {
                return Err(AppError::Configuration(format!(
                    "Die id „{id}“ steht in „{first}“ und in „{name}“. Abhilfe: eine von beiden umbenennen."
                )));
            }
        }
        whole.indicators.extend(part.indicators);
        whole.changes.extend(part.changes);
        whole.recipes.extend(part.recipes);
        texts.extend_from_slice(text.as_bytes());
        texts.push(0);
    }
    Ok((whole, texts))
}

fn refuse(file: &str, findings: Diagnostics) -> AppError {
    let message =
        format!("Der Katalog „{file}“ lässt sich nicht verwenden ({} Fehler).", findings.iter().count());
    AppError::Input(Rejection { message, findings })
}

/// Indicators and recipes in the order of the catalogue.
pub fn list_indicators(project: &Project) -> Result<Vec<CatalogueEntry>, AppError> {
    let (catalogue, _) = load(project)?;
    let indicators = catalogue.indicators.into_iter().map(|definition| CatalogueEntry {
        id: definition.id,
        title: definition.title,
        unit: definition.unit,
        life_area: definition.life_area,
    });
    let changes = catalogue.changes.into_iter().map(|change| CatalogueEntry {
        id: change.id,
        title: change.title,
        unit: "Veränderung".into(),
        life_area: change.life_area.unwrap_or_default(),
    });
    let recipes = catalogue.recipes.into_iter().map(|recipe| CatalogueEntry {
        id: recipe.id,
        title: recipe.title,
        unit: "Index".into(),
        life_area: recipe.life_area,
    });
    Ok(indicators.chain(changes).chain(recipes).collect())
}

/// Checks the catalogue against the variables that were imported. Gives the number of entries.
pub fn check_catalogue(project: &Project) -> Result<usize, AppError> {
    let (catalogue, _) = load(project)?;
    let known = variables(project)?;
    let findings = kekiz_indicators::check(&catalogue, &known);
    if findings.has_errors() {
        return Err(refuse(&project.folder().display().to_string(), findings));
    }
    Ok(catalogue.indicators.len() + catalogue.changes.len() + catalogue.recipes.len())
}

/// A first catalogue for the variables that were imported.
pub fn suggest_catalogue(project: &Project) -> Result<String, AppError> {
    let known = variables(project)?;
    if known.is_empty() {
        return Err(AppError::input(
            "Es ist noch keine Tabelle eingelesen. Abhilfe: zuerst „kekiz import figures“.",
        ));
    }
    Ok(kekiz_indicators::suggest_catalogue(&known))
}

/// Names of all imported variables, ordered.
pub(crate) fn variables(project: &Project) -> Result<Vec<String>, AppError> {
    if !project.vault_folder().exists() {
        return Ok(Vec::new());
    }
    let vault = Vault::open(&project.vault_folder())?;
    let mut names: Vec<String> = vault
        .datasets()
        .iter()
        .flat_map(|set| set.variables.keys().map(ToString::to_string).collect::<Vec<_>>())
        .collect();
    names.sort();
    names.dedup();
    Ok(names)
}
