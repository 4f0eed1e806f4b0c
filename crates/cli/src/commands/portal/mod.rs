//! The portal of a project: opening it, and reading offers and addresses into it.

mod work;

pub(super) use work::{login, run, smtp};

use super::open;
use crate::arguments::{ImportAddresses, ImportOffers};
use crate::outcome::Failure;
use crate::terminal::Terminal;
use kekiz_app::Project;
use kekiz_portal::demo::Loaded;
use kekiz_portal::import::{ImportOptions, Source, Written};
use kekiz_portal::offers::opening::Land;
use kekiz_portal::{Actor, Around, Portal, PortalConfig, PortalError};
use std::path::Path;
use std::sync::Arc;

impl From<PortalError> for Failure {
    fn from(error: PortalError) -> Self {
        match error {
            PortalError::Account(_) if !error.is_internal() => Failure::Usage(error.to_string()),
            PortalError::Import(_) | PortalError::Invalid { .. } => Failure::Input(error.to_string()),
            PortalError::Terms(_) | PortalError::Synonyms(_) | PortalError::Open(_) => {
                Failure::Configuration(error.to_string())
            }
            other => Failure::Store(other.to_string()),
        }
    }
}

/// The real clock and the system's random bytes. Without random bytes there are no secrets, so the program ends.
fn around() -> Around {
    Around::new(jiff::Timestamp::now, |bytes| {
        if let Err(error) = getrandom::fill(bytes) {
            tracing::error!(%error, "the system gives no random bytes");
            std::process::abort();
        }
    })
}

fn config(project: &Project) -> Result<PortalConfig, Failure> {
    let mut config = PortalConfig::in_folder(&project.folder().join("portal"));
    if let Some(database) = &project.config.portal.database {
        config.database = database.clone();
    }
    if let Some(land) = &project.config.portal.land {
        config.land = land_of(land).ok_or_else(|| {
            Failure::Configuration(format!(
                "Das Land „{land}“ in [portal] ist unbekannt. Abhilfe: das Kürzel in zwei Buchstaben angeben, zum Beispiel „nw“."
            ))
        })?;
    }
    config.title = match project.config.operator.trim() {
        "" => project.config.title.clone(),
        operator => operator.to_string(),
    };
    config.base_url = project.config.server.base_url.clone().unwrap_or_default();
    config.login = work::login(project)?;
    Ok(config)
}

fn land_of(text: &str) -> Option<Land> {
    let lands = [
        ("bw", Land::Bw),
        ("by", Land::By),
        ("be", Land::Be),
        ("bb", Land::Bb),
        ("hb", Land::Hb),
        ("hh", Land::Hh),
        ("he", Land::He),
        ("mv", Land::Mv),
        ("ni", Land::Ni),
        ("nw", Land::Nw),
        ("rp", Land::Rp),
        ("sl", Land::Sl),
        ("sn", Land::Sn),
        ("st", Land::St),
        ("sh", Land::Sh),
        ("th", Land::Th),
    ];
    let wanted = text.trim().to_lowercase();
    lands.into_iter().find(|(code, _)| *code == wanted).map(|(_, land)| land)
}

/// The portal of a project, made when it is not there.
pub(super) async fn open_portal(project: &Project) -> Result<Portal, Failure> {
    Ok(Portal::open(&config(project)?, around()).await?)
}

/// The portal for the server: only if somebody made one or configured a database.
pub(super) async fn if_there(project: &Project) -> Result<Option<Arc<Portal>>, Failure> {
    let wanted = project.config.portal.database.is_some() || project.folder().join("portal").exists();
    if wanted { Ok(Some(Arc::new(open_portal(project).await?))) } else { Ok(None) }
}

pub(super) fn wait<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Store(format!("Das Programm kann nicht weiterarbeiten: {error}.")))?;
    runtime.block_on(work)
}

/// Loads the example offers.
pub(super) fn load_example(project: &Project) -> Result<Loaded, Failure> {
    wait(async { Ok(open_portal(project).await?.load_example().await?) })
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| {
        Failure::Input(format!(
            "„{}“ lässt sich nicht lesen: {error}. Abhilfe: Pfad und Rechte prüfen.",
            path.display()
        ))
    })
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// `kekiz import offers`
pub(super) fn import_offers(arguments: &ImportOffers, terminal: &Terminal) -> Result<(), Failure> {
    let source = Source { name: name_of(&arguments.file), bytes: bytes_of(&arguments.file)? };
    if arguments.suggest {
        terminal.result(&kekiz_portal::import::suggest(&source)?);
        return Ok(());
    }
    let mapping = match &arguments.mapping {
        Some(path) => Some(String::from_utf8_lossy(&bytes_of(path)?).into_owned()),
        None => None,
    };
    let project = open(&arguments.store.store)?;
    let options = ImportOptions { mapping, publish: arguments.publish };
    wait(async {
        let portal = open_portal(&project).await?;
        let plan = portal.plan_import(&source, &options).await?;
        let preview = &plan.preview;
        for refused in preview.refused.iter().take(50) {
            let column = if refused.column.is_empty() {
                String::new()
            } else {
                format!(", Spalte „{}“", refused.column)
            };
            terminal.say(&format!("Zeile {}{column}: {} {}", refused.line, refused.message, refused.remedy));
        }
        if !preview.is_ready() {
            terminal.answer(&serde_json::json!({
                "ok": false, "kind": "input", "code": 3, "refused": preview.refused,
            }));
            return Err(Failure::Input(format!(
                "{} Angaben sind nicht lesbar; es wurde nichts gespeichert. Abhilfe: die genannten Zellen berichtigen und noch einmal einlesen.",
                preview.refused.len()
            )));
        }
        let counts = Written::of(preview);
        let done = if arguments.preview { "würden eingelesen, nichts gespeichert" } else { "eingelesen" };
        if !arguments.preview {
            portal.apply_import(&Actor::System, plan.clone()).await?;
        }
        for changed in preview.changed.iter().take(20) {
            let fields: Vec<String> = changed
                .changes
                .iter()
                .map(|change| kekiz_portal::offers::field_label(&change.field))
                .collect();
            terminal.say(&format!("Geändert: „{}“ ({})", changed.after.name(), fields.join(", ")));
        }
        terminal.say(&format!(
            "Angebote {done}: {} neu, {} geändert, {} unverändert, {} nicht mehr in der Datei (sie bleiben).",
            counts.new, counts.changed, counts.unchanged, counts.vanished
        ));
        terminal.answer(&serde_json::json!({ "ok": true, "preview": arguments.preview, "offers": counts }));
        Ok(())
    })
}

/// `kekiz import addresses`
pub(super) fn import_addresses(arguments: &ImportAddresses, terminal: &Terminal) -> Result<(), Failure> {
    let bytes = bytes_of(&arguments.file)?;
    let project = open(&arguments.store.store)?;
    wait(async {
        let portal = open_portal(&project).await?;
        let name = name_of(&arguments.file);
        let (count, findings) = portal.import_address_file(&Actor::System, &name, &bytes).await?;
        terminal.findings(&findings);
        terminal.say(&format!("{} Adressen eingelesen.", kekiz_base::number::german(count as f64, 0)));
        terminal.answer(&serde_json::json!({ "ok": true, "addresses": count, "findings": findings }));
        Ok(())
    })
}
