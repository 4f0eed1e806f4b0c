//! Offers from files: what would change is shown first, then all of it is done or nothing.
//!
//! Told apart by content: HSDS as JSON or as a ZIP of tables, calendars, and any other table (CSV, XLSX).

use crate::people::{Action, Object};
use crate::{Actor, Portal, PortalError};
use kekiz_base::{Diagnostics, Severity};
use kekiz_offers::exchange::{
    Imported, Preview, Refused, RowMapping, offer_from_service, offers_from_rows, preview, read_calendar,
    suggest_mapping,
};
use kekiz_offers::hsds::{self, Organization, Service};
use kekiz_offers::{Offer, OfferId, OfferState, OrganizationId, derived_uuid, is_publishable};
use kekiz_store::{bulk, offers, records};
use kekiz_tables::{TableFile, read_plain};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

/// A file to read.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// How to read it.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// For tables: which column is what (TOML); guessed without it.
    pub mapping: Option<String>,
    /// Publish new offers that lack nothing; else they are drafts.
    pub publish: bool,
}

/// An import that can be carried out.
#[derive(Clone, Debug)]
pub struct ImportPlan {
    /// What would change.
    pub preview: Preview,
    /// Providers named in the file.
    pub organizations: Vec<Organization>,
    /// Name of the file.
    pub source: String,
}

/// How many offers an import touches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Written {
    /// New ones.
    pub new: usize,
    /// Changed ones.
    pub changed: usize,
    /// Those that stay as they are.
    pub unchanged: usize,
    /// Those of the same source that are no longer in the file; they stay.
    pub vanished: usize,
}

impl Written {
    /// The counts of a preview.
    pub fn of(preview: &Preview) -> Self {
        Self {
            new: preview.new.len(),
            changed: preview.changed.len(),
            unchanged: preview.unchanged.len(),
            vanished: preview.vanished.len(),
        }
    }
}

/// Which column of a table probably is what, as TOML to correct.
pub fn suggest(source: &Source) -> Result<String, PortalError> {
    let table = read_plain(&TableFile::from_bytes(source.name.as_str(), source.bytes.clone()))
        .map_err(|error| PortalError::Import(error.to_string()))?;
    Ok(suggest_mapping(&table.header, stem(&source.name)).write())
}

/// Whether a file is a table, whose columns have to be assigned.
pub fn is_table(source: &Source) -> bool {
    kind(&source.bytes) == FileKind::Table
}

/// The name of a file without its ending: names the source of its offers.
fn stem(name: &str) -> &str {
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

impl Portal {
    /// What reading a file would change. Nothing is saved.
    pub async fn plan_import(
        &self,
        source: &Source,
        options: &ImportOptions,
    ) -> Result<ImportPlan, PortalError> {
        let mut imported = match kind(&source.bytes) {
            FileKind::Calendar => from_calendar(source)?,
            FileKind::HsdsJson | FileKind::HsdsZip => from_hsds(source)?,
            FileKind::Table => self.read_table(source, options).await?,
        };
        self.name_known_providers(&mut imported);
        let ids: Vec<OfferId> = imported.offers.iter().map(|one| one.id.clone()).collect();
        let existing: BTreeMap<OfferId, Offer> = offers::get_all(self.db(), &ids)
            .await?
            .into_iter()
            .map(|stored| (stored.value.id.clone(), Offer { revision: stored.revision, ..stored.value }))
            .collect();
        for offer in &mut imported.offers {
            match existing.get(&offer.id) {
                Some(before) => {
                    // State and checks are the portal's own; the file does not change them.
                    offer.state = before.state;
                    offer.revision = before.revision;
                    offer.checks = before.checks.clone();
                }
                None if options.publish && is_publishable(offer, &self.lists().demands) => {
                    offer.state = OfferState::Published;
                }
                None => offer.state = OfferState::Draft,
            }
        }
        let organizations = std::mem::take(&mut imported.organizations);
        Ok(ImportPlan { preview: preview(&existing, imported), organizations, source: source.name.clone() })
    }

    /// Gives offers of a provider that is here already, under whatever id, to that one: a file names it by its name.
    fn name_known_providers(&self, imported: &mut Imported) {
        let plain = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let known = self.providers();
        let by_name: BTreeMap<String, &String> =
            known.iter().map(|(id, one)| (plain(&one.name), id)).collect();
        let mut same: BTreeMap<String, String> = BTreeMap::new();
        imported.organizations.retain(|one| match by_name.get(&plain(&one.name)) {
            Some(id) if **id != one.id && !known.contains_key(&one.id) => {
                same.insert(one.id.clone(), (*id).clone());
                false
            }
            _ => true,
        });
        for offer in &mut imported.offers {
            if let Some(id) = same.get(offer.organization.as_str()) {
                offer.organization = OrganizationId(id.clone());
                offer.service.organization_id.clone_from(id);
            }
        }
    }

    async fn read_table(&self, source: &Source, options: &ImportOptions) -> Result<Imported, PortalError> {
        let refuse = |text: String| PortalError::Import(text);
        let table = read_plain(&TableFile::from_bytes(source.name.as_str(), source.bytes.clone()))
            .map_err(|error| refuse(error.to_string()))?;
        let mapping = match &options.mapping {
            Some(text) => RowMapping::read(text).map_err(|error| refuse(error.to_string()))?,
            None => suggest_mapping(&table.header, stem(&source.name)),
        };
        let lists = &self.lists().terms;
        let rows = |existing: &BTreeMap<OfferId, Offer>| {
            offers_from_rows(&table.header, &table.rows, &mapping, lists, existing)
                .map_err(|error| refuse(error.to_string()))
        };
        // Once to learn the identifiers, once to write into the offers that are there.
        let first = rows(&BTreeMap::new())?;
        let ids: Vec<OfferId> = first.offers.iter().map(|one| one.id.clone()).collect();
        let known = offers::get_all(self.db(), &ids).await?;
        rows(&known.into_iter().map(|stored| (stored.value.id.clone(), stored.value)).collect())
    }

    /// Carries an import out: all of it or nothing. Refused when a cell was not readable, or when somebody changed one
    /// of the offers in between.
    pub async fn apply_import(&self, actor: &Actor, plan: ImportPlan) -> Result<Written, PortalError> {
        actor.must(Action::ImportOffers, &Object::everything(), "Angebote einlesen")?;
        if !plan.preview.is_ready() {
            return Err(PortalError::Import(
                "Einige Angaben sind nicht lesbar. Abhilfe: die genannten Zellen berichtigen und noch einmal einlesen.".into(),
            ));
        }
        let counts = Written::of(&plan.preview);
        let mut writing = self.begin(actor, &format!("Eingelesen aus {}", plan.source)).await?;
        let known = self.providers();
        let mut seen = BTreeSet::new();
        let new: Vec<Organization> = plan
            .organizations
            .into_iter()
            .filter(|one| !known.contains_key(&one.id) && seen.insert(one.id.clone()))
            .collect();
        records::insert_many(&writing.tx, &new, &writing.edit).await?;
        bulk::insert(&writing.tx, &plan.preview.new, &writing.edit).await?;
        for changed in &plan.preview.changed {
            offers::save(&writing.tx, &changed.after, &writing.edit).await?;
        }
        writing.note(
            "offers.imported",
            "offers",
            &plan.source,
            json!({ "new": counts.new, "changed": counts.changed }),
        );
        if counts.new + counts.changed > 500 {
            writing.finish_large().await?
        } else {
            writing.finish().await?
        }
        Ok(counts)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileKind {
    Calendar,
    HsdsJson,
    HsdsZip,
    Table,
}

fn kind(bytes: &[u8]) -> FileKind {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = start.trim_ascii_start();
    if text.len() >= 15 && text[..15].eq_ignore_ascii_case(b"BEGIN:VCALENDAR") {
        return FileKind::Calendar;
    }
    if text.starts_with(b"{") || text.starts_with(b"[") {
        return FileKind::HsdsJson;
    }
    let zip =
        bytes.starts_with(b"PK").then(|| zip::ZipArchive::new(std::io::Cursor::new(bytes)).ok()).flatten();
    let has = |archive: &zip::ZipArchive<std::io::Cursor<&[u8]>>, name: &str| {
        archive.file_names().filter_map(Result::ok).any(|one| one.rsplit('/').next() == Some(name))
    };
    if zip.is_some_and(|archive| has(&archive, "services.csv") || has(&archive, "datapackage.json")) {
        return FileKind::HsdsZip;
    }
    FileKind::Table
}

/// Findings that are errors, as refusals.
fn refusals(findings: &Diagnostics) -> Vec<Refused> {
    findings
        .iter()
        .filter(|one| one.severity == Severity::Error)
        .map(|one| Refused {
            line: one.place.line.unwrap_or(0),
            column: one.place.column.clone().unwrap_or_default(),
            message: one.message.clone(),
            remedy: one.remedy.clone(),
        })
        .collect()
}

fn from_calendar(source: &Source) -> Result<Imported, PortalError> {
    let (events, findings) = read_calendar(&source.bytes);
    let name = stem(&source.name);
    let owner = crate::kinds::provider(name);
    let mut out = Imported { refused: refusals(&findings), ..Imported::default() };
    for event in events {
        let id = OfferId(derived_uuid(&["calendar", name, &event.uid]));
        let mut offer = Offer::draft(id.clone(), OrganizationId(owner.id.clone()));
        offer.service.name = event.summary;
        offer.service.description = event.description;
        offer.service.url = event.url;
        let mut schedule = event.schedule;
        schedule.id = derived_uuid(&["schedule", id.as_str()]);
        offer.service.schedules = vec![schedule];
        if !event.location.trim().is_empty() {
            offer.service.service_at_locations = vec![place(&id, &event.location)];
        }
        out.offers.push(offer);
    }
    if out.offers.is_empty() && out.refused.is_empty() {
        return Err(PortalError::Import(
            "Im Kalender steht kein Termin. Abhilfe: eine andere Datei wählen.".into(),
        ));
    }
    out.organizations = vec![owner];
    Ok(out)
}

/// A place of which only words are known.
fn place(offer: &OfferId, words: &str) -> hsds::ServiceAtLocation {
    let location = hsds::Location {
        id: derived_uuid(&["location", offer.as_str()]),
        location_type: "physical".into(),
        name: words.trim().to_string(),
        ..hsds::Location::default()
    };
    hsds::ServiceAtLocation {
        id: derived_uuid(&["service_at_location", offer.as_str()]),
        service_id: offer.to_string(),
        location_id: location.id.clone(),
        location: Some(Box::new(location)),
        ..hsds::ServiceAtLocation::default()
    }
}

fn from_hsds(source: &Source) -> Result<Imported, PortalError> {
    let mut refused = Vec::new();
    let mut services: Vec<Service> = Vec::new();
    let mut organizations: Vec<Organization> = Vec::new();
    if kind(&source.bytes) == FileKind::HsdsZip {
        let (tables, findings) = hsds::read_package(&unzip(&source.bytes)?);
        refused.extend(refusals(&findings));
        services = hsds::nest(&tables);
        organizations = hsds::nest(&tables);
    } else {
        let bytes = source.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&source.bytes);
        let failed = |error: &dyn std::fmt::Display| PortalError::Import(error.to_string());
        if is_tables(bytes) {
            let value: Value = serde_json::from_slice(bytes).map_err(|error| failed(&error))?;
            let tables = hsds::tables_from_json(value).ok_or_else(|| {
                PortalError::Import(
                    "Die Tabellen im JSON sind nicht lesbar. Abhilfe: eine HSDS-Datei wählen.".into(),
                )
            })?;
            services = hsds::nest(&tables);
            organizations = hsds::nest(&tables);
        } else {
            let objects: Vec<Value> = objects(bytes)?;
            for object in objects {
                let whole = serde_json::to_vec(&object).unwrap_or_default();
                if object.get("services").is_some() && object.get("organization_id").is_none() {
                    organizations
                        .extend(hsds::read_objects::<Organization>(&whole).map_err(|error| failed(&error))?);
                } else {
                    services.extend(hsds::read_objects::<Service>(&whole).map_err(|error| failed(&error))?);
                }
            }
        }
    }
    for organization in &mut organizations {
        for mut service in std::mem::take(&mut organization.services) {
            if service.organization_id.is_empty() {
                service.organization_id = organization.id.clone();
            }
            services.push(service);
        }
    }
    let mut out = Imported { refused, ..Imported::default() };
    let mut seen = BTreeSet::new();
    for (number, service) in services.iter().enumerate() {
        let findings = hsds::check(service);
        out.refused
            .extend(refusals(&findings).into_iter().map(|one| Refused { line: number as u64 + 1, ..one }));
        if service.name.trim().is_empty() {
            out.refused.push(Refused {
                line: number as u64 + 1,
                column: "name".into(),
                message: "Der Dienst hat keinen Namen.".into(),
                remedy: "Bitte einen Namen eintragen.".into(),
            });
        }
        let mut offer = offer_from_service(service, OfferState::Draft);
        if let Some(owner) = offer.service.organization.take() {
            organizations.push(*owner);
        }
        if seen.insert(offer.id.clone()) {
            out.offers.push(offer);
        }
    }
    if out.offers.is_empty() && out.refused.is_empty() {
        return Err(PortalError::Import(
            "In der Datei steht kein Dienst (service). Abhilfe: eine HSDS-Datei wählen.".into(),
        ));
    }
    organizations.retain(|one| !one.id.is_empty() && !one.name.is_empty());
    out.organizations = organizations;
    Ok(out)
}

/// Whether JSON holds tables (`{"services": [...], "organizations": [...]}`) and not objects.
fn is_tables(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Value>(bytes).is_ok_and(|value| {
        value.get("id").is_none()
            && ["services", "service"].iter().any(|name| value.get(name).is_some_and(Value::is_array))
    })
}

/// The objects of a document: one, a list, or a page.
fn objects(bytes: &[u8]) -> Result<Vec<Value>, PortalError> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        PortalError::Import(format!(
            "Das ist keine lesbare JSON-Datei (Zeile {}, Spalte {}). Abhilfe: die Datei neu herunterladen.",
            error.line(),
            error.column()
        ))
    })?;
    Ok(match value {
        Value::Array(items) => items,
        Value::Object(mut map) => match map.remove("contents") {
            Some(Value::Array(items)) => items,
            _ => vec![Value::Object(map)],
        },
        _ => Vec::new(),
    })
}

/// The files of an archive by their last name, at most 256 MiB.
fn unzip(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, PortalError> {
    const LARGEST: u64 = 256 << 20;
    let broken = || {
        PortalError::Import(
            "Das ZIP-Archiv ist beschädigt. Abhilfe: die Datei noch einmal herunterladen.".into(),
        )
    };
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).map_err(|_| broken())?;
    let mut files = BTreeMap::new();
    let mut left = LARGEST;
    for number in 0..archive.len() {
        let entry = archive.by_index(number).map_err(|_| broken())?;
        if entry.is_dir() {
            continue;
        }
        let name = entry.name().map_err(|_| broken())?.rsplit('/').next().unwrap_or_default().to_string();
        let mut content = Vec::new();
        entry.take(left + 1).read_to_end(&mut content).map_err(|_| broken())?;
        left = left.checked_sub(content.len() as u64).ok_or_else(|| {
            PortalError::Import(
                "Das ZIP-Archiv enthält mehr als 256 MiB. Abhilfe: in Teilen einlesen.".into(),
            )
        })?;
        files.insert(name, content);
    }
    Ok(files)
}
