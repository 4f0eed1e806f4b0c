//! Is everything whole? Every check says what it looked at and, where it failed, what to do.

use crate::catalogue;
use crate::persons;
use crate::progress::Progress;
use crate::project::Project;
use kekiz_lake::Published;
use kekiz_strongbox::Secrets;
use kekiz_vault::Vault;
use serde::Serialize;

/// The outcome of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at.
    pub subject: String,
    /// Whether it is whole.
    pub healthy: bool,
    /// What was found, with the remedy where something is wrong.
    pub finding: String,
}

impl Check {
    pub(crate) fn of(subject: impl Into<String>, outcome: Result<String, String>) -> Check {
        let (healthy, finding) = match outcome {
            Ok(finding) => (true, finding),
            Err(finding) => (false, finding),
        };
        Check { subject: subject.into(), healthy, finding }
    }
}

/// Checks configuration, vault and published figures. Every file is read and held against its digest; the log of
/// accesses to person records is checked completely only with their key.
pub fn doctor(project: &Project, secrets: Option<&Secrets>, progress: &dyn Progress) -> Vec<Check> {
    let mut checks = Vec::new();
    progress.step("Einstellungen prüfen");
    let problems = check_config(project);
    let outcome = if problems.is_empty() { Ok("vollständig".into()) } else { Err(problems.join(" ")) };
    checks.push(Check::of("Einstellungen", outcome));
    progress.step("Geschützten Teil prüfen");
    checks.extend(vault(project));
    checks.extend(persons::checks(project, secrets));
    progress.step("Veröffentlichten Teil prüfen");
    checks.extend(published(project));
    checks
}

fn vault(project: &Project) -> Vec<Check> {
    if !project.vault_folder().exists() {
        return vec![Check::of("Geschützter Teil", Ok("noch leer".into()))];
    }
    let vault = match Vault::open(&project.vault_folder()) {
        Ok(vault) => vault,
        Err(error) => return vec![Check::of("Geschützter Teil", Err(error.to_string()))],
    };
    let mut checks = vec![Check::of("Rechte des geschützten Teils", private(project))];
    for set in vault.datasets() {
        let names: Vec<&str> = set.variables.keys().map(|name| name.as_str()).collect();
        let outcome = vault.figures(&names).map_err(|error| error.to_string());
        let found = outcome.map(|_| format!("{} Zeilen, Fassung {}", set.rows, set.version));
        checks.push(Check::of(format!("Datensatz „{}“", set.info.id), found));
    }
    checks
}

#[cfg(unix)]
fn private(project: &Project) -> Result<String, String> {
    use std::os::unix::fs::PermissionsExt;
    let folder = project.vault_folder();
    let mode =
        std::fs::metadata(&folder).map_err(|error| crate::error::io_reason(&error))?.permissions().mode();
    if mode & 0o077 == 0 {
        Ok("nur für das eigene Konto".into())
    } else {
        Err(format!("Andere Konten dürfen „{0}“ lesen. Abhilfe: chmod -R go-rwx {0}", folder.display()))
    }
}

#[cfg(not(unix))]
fn private(_project: &Project) -> Result<String, String> {
    Ok("auf diesem Betriebssystem nicht geprüft".into())
}

fn published(project: &Project) -> Vec<Check> {
    if !project.published_folder().exists() {
        return vec![Check::of("Veröffentlichter Teil", Ok("noch leer".into()))];
    }
    let published = match Published::open(&project.published_folder()) {
        Ok(published) => published,
        Err(error) => return vec![Check::of("Veröffentlichter Teil", Err(error.to_string()))],
    };
    let mut checks = Vec::new();
    for geography in published.geographies() {
        let outcome = published.layer(&geography).map_err(|error| error.to_string());
        let found = outcome.map(|layer| format!("{} Gebiete", layer.areas.len()));
        checks.push(Check::of(format!("Gliederung „{geography}“"), found));
    }
    for meta in published.indicators() {
        let outcome = published.get(&meta.id).map_err(|error| error.to_string());
        let found = outcome.map(|indicator| format!("{} Zellen", indicator.cells.len()));
        checks.push(Check::of(format!("Kennzahl „{}“", meta.id), found));
    }
    let outcome = published.facilities().map_err(|error| error.to_string());
    checks.push(Check::of("Einrichtungen", outcome.map(|layers| format!("{} Ebenen", layers.len()))));
    checks
}

/// Everything that is wrong with the configuration and the files it names.
pub fn check_config(project: &Project) -> Vec<String> {
    let config = &project.config;
    let mut problems = Vec::new();
    let presets = std::iter::once(&config.protection.default).chain(config.protection.datasets.values());
    for preset in presets {
        if !crate::release::STRICTNESS.contains(&preset.as_str()) {
            problems.push(format!(
                "[protection]: „{preset}“ gibt es nicht; bekannt sind: {}.",
                crate::release::STRICTNESS.join(", ")
            ));
        }
    }
    if config.server.listen.parse::<std::net::SocketAddr>().is_err() {
        problems.push(format!(
            "[server] listen: „{}“ ist keine Adresse mit Port, zum Beispiel 127.0.0.1:8080.",
            config.server.listen
        ));
    }
    let figures = config.figures.iter().chain(&config.facilities);
    let files = config.areas.iter().flat_map(|source| &source.files);
    let files = files.chain(figures.flat_map(|source| [&source.file, &source.mapping]));
    for file in files.chain(config.members.iter().map(|members| &members.file)) {
        if !project.resolve(file).is_file() {
            problems.push(format!("Die Datei „{}“ ist nicht da.", file.display()));
        }
    }
    for source in &config.figures {
        if let Err(error) = crate::figures::load_mapping(&project.resolve(&source.mapping)) {
            problems.push(error.to_string());
        }
    }
    if let Err(error) = catalogue::load(project) {
        problems.push(error.to_string());
        problems.extend(error.findings().into_iter().flatten().map(ToString::to_string));
    }
    problems
}
