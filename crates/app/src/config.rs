//! The one configuration file of a project, `kekiz.toml`: few keys, unknown keys refused.

use kekiz_base::{AreaChange, KeyKind, Level, Source};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Name of the configuration file in a project folder.
pub const FILE_NAME: &str = "kekiz.toml";

/// The configuration of a project.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Version of the format; this program reads version 1.
    pub version: u32,
    /// Title of the atlas.
    pub title: String,
    /// Who operates it (for the imprint).
    #[serde(default)]
    pub operator: String,
    /// Address of the operator, as printed in the imprint.
    #[serde(default)]
    pub contact: String,
    /// Where the server listens.
    #[serde(default)]
    pub server: Server,
    /// Where offers of help, accounts and the network are kept.
    #[serde(default)]
    pub portal: PortalStore,
    /// The mail server for invitations and reminders; without it mails wait.
    #[serde(default)]
    pub mail: Option<MailServer>,
    /// Logging in at the municipality's own provider (OpenID Connect).
    #[serde(default)]
    pub login: Option<LoginProvider>,
    /// Which protection applies to which dataset.
    #[serde(default)]
    pub protection: Protection,
    /// Catalogue files (indicators and recipes), relative to this file.
    #[serde(default)]
    pub catalogue: Vec<PathBuf>,
    /// Areas to import.
    #[serde(default)]
    pub areas: Vec<AreaSource>,
    /// Figures to import.
    #[serde(default)]
    pub figures: Vec<FigureSource>,
    /// Facilities to import.
    #[serde(default)]
    pub facilities: Vec<FigureSource>,
    /// The municipalities of the initiative.
    #[serde(default)]
    pub members: Option<Members>,
    /// Changes of territory; figures of ended areas are carried to the area that took their place.
    #[serde(default)]
    pub changes: Vec<AreaChange>,
    /// Variable that holds the number of inhabitants of an area, once imported.
    #[serde(default)]
    pub population_variable: Option<String>,
}

/// Where the server listens.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Address and port.
    pub listen: String,
    /// Address under which readers reach the site; used in links that leave it.
    #[serde(default)]
    pub base_url: Option<String>,
}

impl Default for Server {
    fn default() -> Self {
        Self { listen: "127.0.0.1:8080".into(), base_url: None }
    }
}

/// Where offers of help, accounts and the network are kept, and whose holidays hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PortalStore {
    /// Address of a database server (`postgres://…`); without it a SQLite file in the folder `portal`.
    #[serde(default)]
    pub database: Option<String>,
    /// Land whose public and school holidays hold, in two letters (`nw`); North Rhine-Westphalia without it.
    #[serde(default)]
    pub land: Option<String>,
}

/// The mail server the portal sends with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MailServer {
    /// Its name.
    pub host: String,
    /// Its port; 465 for `tls`, 587 for `starttls`, 25 for `none` without it.
    #[serde(default)]
    pub port: Option<u16>,
    /// `tls` (from the first byte), `starttls` or `none` (only on the same machine).
    #[serde(default)]
    pub encryption: MailEncryption,
    /// Name to log in with.
    #[serde(default)]
    pub user: Option<String>,
    /// File that holds the password and nothing else, relative to this one.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// Sender: `Familienportal <portal@stadt.example>`.
    pub from: String,
}

/// An OpenID Connect provider.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LoginProvider {
    /// Its address; what it says about itself lies below it under `.well-known/openid-configuration`.
    pub issuer: String,
    /// How it knows this portal.
    pub client_id: String,
    /// File that holds the secret and nothing else, relative to this one; none for public clients.
    #[serde(default)]
    pub client_secret_file: Option<PathBuf>,
    /// What the button says.
    pub label: String,
    /// Claim that names the groups of a person.
    #[serde(default = "groups")]
    pub groups_claim: String,
    /// Groups that have a role, by the role: `coordination = ["kekiz-koordination"]`.
    #[serde(default)]
    pub roles: BTreeMap<String, Vec<String>>,
    /// Whether somebody with such a group and without an account gets one.
    #[serde(default)]
    pub create_accounts: bool,
}

fn groups() -> String {
    "groups".into()
}

/// How the way to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MailEncryption {
    /// TLS from the first byte.
    #[default]
    Tls,
    /// TLS after STARTTLS.
    Starttls,
    /// None.
    None,
}

/// Which protection applies.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Protection {
    /// Preset for datasets that are not named below.
    pub default: String,
    /// Preset per dataset id.
    #[serde(default)]
    pub datasets: BTreeMap<String, String>,
}

impl Default for Protection {
    fn default() -> Self {
        Self { default: "min5".into(), datasets: BTreeMap::new() }
    }
}

/// How boundaries become areas.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AreaSource {
    /// Files that belong together (one GeoJSON, or .shp with .dbf and .prj), relative to this file.
    pub files: Vec<PathBuf>,
    /// Name of the geography (`krefeld-stadtteile`).
    pub geography: String,
    /// Level of its areas.
    pub level: Level,
    /// Column of the key.
    pub key: String,
    /// Kind of key.
    #[serde(default = "own_key")]
    pub key_kind: KeyKind,
    /// Text put before every key, so that two cities do not share keys (`05114000-`).
    #[serde(default)]
    pub key_prefix: String,
    /// Width the key is filled to with leading zeros, before the prefix.
    #[serde(default)]
    pub key_width: usize,
    /// Column of the name.
    pub name: String,
    /// Layer in a file that has several.
    #[serde(default)]
    pub layer: Option<String>,
    /// Coordinate system, where the file does not say it (`EPSG:25832`).
    #[serde(default)]
    pub crs: Option<String>,
    /// The higher area all of these lie in.
    #[serde(default)]
    pub parent: Option<String>,
    /// Column that holds the key of the higher area.
    #[serde(default)]
    pub parent_column: Option<String>,
    /// Text put before the key found in `parent_column`.
    #[serde(default)]
    pub parent_prefix: String,
    /// The first so many characters of the key are the key of the higher area (5: Gemeinde in Kreis).
    #[serde(default)]
    pub parent_digits: Option<usize>,
    /// Geography of the higher areas; each area goes to the one with the largest share of its surface.
    #[serde(default)]
    pub parent_by_surface: Option<String>,
    /// First day of this territory (Gebietsstand).
    #[serde(default)]
    pub valid_from: Option<String>,
    /// Last day of this territory.
    #[serde(default)]
    pub valid_until: Option<String>,
    /// Tolerance of the simplification for display, in metres; 0 keeps every point.
    #[serde(default = "default_tolerance")]
    pub simplify_m: f64,
    /// A higher area made by joining all of these (the Land from its Kreise).
    #[serde(default)]
    pub join: Option<JoinedArea>,
    /// Where the boundaries come from.
    pub source: Source,
}

/// An area made by joining others.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct JoinedArea {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Its level.
    pub level: Level,
    /// Its geography.
    pub geography: String,
}

/// A table and the mapping that explains it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FigureSource {
    /// The table, relative to this file.
    pub file: PathBuf,
    /// The mapping, relative to this file.
    pub mapping: PathBuf,
}

/// Which areas are municipalities of the initiative.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Members {
    /// CSV with a header line, relative to this file.
    pub file: PathBuf,
    /// Column of the key.
    pub key: String,
    /// Kind of key.
    #[serde(default = "ags_key")]
    pub key_kind: KeyKind,
}

fn own_key() -> KeyKind {
    KeyKind::Own
}

fn ags_key() -> KeyKind {
    KeyKind::Ags
}

fn default_tolerance() -> f64 {
    50.0
}

/// Why a configuration cannot be used. Each variant is a German sentence with the remedy.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// There is none.
    #[error(
        "In „{folder}“ liegt keine kekiz.toml. Abhilfe: „kekiz init {folder}“ legt eine an, oder den Ordner mit --store angeben."
    )]
    Absent {
        /// The folder that was looked at.
        folder: String,
    },
    /// It cannot be read.
    #[error(
        "„{path}“ lässt sich nicht lesen: {reason}. Abhilfe: Zugriffsrechte und Zeichensatz (UTF-8) prüfen."
    )]
    Unreadable {
        /// The file.
        path: String,
        /// The operating system's reason.
        reason: String,
    },
    /// It is no valid TOML of this format.
    #[error("„{path}“, Zeile {line}: {reason}. Abhilfe: die Zeile nach docs/konfiguration.md berichtigen.")]
    Invalid {
        /// The file.
        path: String,
        /// Line, counted from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// Another version of the format.
    #[error(
        "„{path}“ hat die Formatversion {found}; dieses Programm liest Version 1. Abhilfe: eine dazu passende Programmversion verwenden."
    )]
    Version {
        /// The file.
        path: String,
        /// The version found.
        found: u32,
    },
}

impl Config {
    /// Reads the text of a configuration; `path` is named in messages.
    pub fn parse(path: &str, text: &str) -> Result<Config, ConfigError> {
        let config: Config = toml::from_str(text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start.min(text.len()));
            let line = text.as_bytes()[..offset].iter().filter(|byte| **byte == b'\n').count() + 1;
            ConfigError::Invalid { path: path.into(), line, reason: german_reason(error.message()) }
        })?;
        if config.version != 1 {
            return Err(ConfigError::Version { path: path.into(), found: config.version });
        }
        Ok(config)
    }

    /// Reads `kekiz.toml` of a project folder.
    pub fn load(folder: &Path) -> Result<Config, ConfigError> {
        let path = folder.join(FILE_NAME);
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(&path.display().to_string(), &text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(ConfigError::Absent { folder: folder.display().to_string() })
            }
            Err(error) => Err(ConfigError::Unreadable {
                path: path.display().to_string(),
                reason: crate::error::io_reason(&error),
            }),
        }
    }

    /// The preset that protects an indicator made from these datasets, and why: the strictest that any
    /// dataset asks for. Presets are ordered from the mildest to the strictest.
    pub fn preset_for<'a>(&'a self, dataset: &str, protected_by_publisher: bool) -> &'a str {
        match self.protection.datasets.get(dataset) {
            Some(preset) => preset,
            None if protected_by_publisher => "published_source",
            None => &self.protection.default,
        }
    }
}

/// The TOML reader speaks English; the messages a user meets most are put into German.
pub(crate) fn german_reason(message: &str) -> String {
    let message = message.lines().next().unwrap_or_default();
    let quoted = |text: &str| text.replace('`', "“").replacen('“', "„", 1);
    if let Some(rest) = message.strip_prefix("unknown field ") {
        let (field, expected) = rest.split_once(", expected ").unwrap_or((rest, ""));
        let known = expected.trim_start_matches("one of ").replace('`', "");
        return format!("das Feld {} ist unbekannt; bekannt sind: {known}", quoted(field));
    }
    if let Some(field) = message.strip_prefix("missing field ") {
        return format!("das Pflichtfeld {} fehlt", quoted(field));
    }
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        let (value, expected) = rest.split_once(", expected ").unwrap_or((rest, ""));
        let known = expected.trim_start_matches("one of ").replace('`', "");
        return format!("der Wert {} ist unbekannt; möglich sind: {known}", quoted(value));
    }
    if let Some(rest) = message.strip_prefix("invalid type: ") {
        let (found, expected) = rest.split_once(", expected ").unwrap_or((rest, ""));
        return format!("falsche Art von Wert ({found}); erwartet wird: {expected}");
    }
    if message.starts_with("duplicate key") {
        return "ein Schlüssel steht zweimal da".into();
    }
    format!("kein gültiges TOML ({message})")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let message = Config::parse("kekiz.toml", text).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }

    #[test]
    fn wrong_configurations_are_explained() {
        check("version = 1", "das Pflichtfeld „title“ fehlt");
        check("version = 2\ntitle = 'x'", "Formatversion 2");
        check("version = 1\ntitle = 'x'\nfoo = 1", "Zeile 3: das Feld „foo“ ist unbekannt");
        check("version = 1\ntitle = 3", "Zeile 2: falsche Art von Wert");
        check("version = ", "Zeile 1: kein gültiges TOML");
        check("version = 1\ntitle='ä'\n[server]\nlisten = '0'\nport = 1", "„port“ ist unbekannt");
    }

    #[test]
    fn the_smallest_configuration_is_enough() {
        let config = Config::parse("kekiz.toml", "version = 1\ntitle = 'Atlas'").unwrap();
        assert_eq!(config.server.listen, "127.0.0.1:8080");
        assert_eq!(config.preset_for("eigene", false), "min5");
        assert_eq!(config.preset_for("inkar", true), "published_source");
    }
}
