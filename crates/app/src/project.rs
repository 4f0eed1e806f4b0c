//! A project folder: `kekiz.toml`, the vault, the published figures.

use crate::config::{Config, ConfigError, FILE_NAME};
use crate::error::{AppError, io_reason};
use kekiz_lake::{LakeError, Published};
use kekiz_vault::Vault;
use std::path::{Path, PathBuf};

/// An opened project.
#[derive(Clone, Debug)]
pub struct Project {
    folder: PathBuf,
    /// Its configuration.
    pub config: Config,
}

/// Why a project could not be created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// There is one already.
    #[error(
        "In „{folder}“ liegt schon eine kekiz.toml; sie bleibt unverändert. Abhilfe: einen anderen Ordner wählen."
    )]
    Exists {
        /// The folder.
        folder: String,
    },
    /// Something could not be written.
    #[error("„{path}“ lässt sich nicht anlegen: {reason}. Abhilfe: Zugriffsrechte und freien Platz prüfen.")]
    Write {
        /// File or folder.
        path: String,
        /// The operating system's reason.
        reason: String,
    },
}

impl Project {
    /// Opens the project in a folder.
    pub fn open(folder: &Path) -> Result<Project, ConfigError> {
        let config = Config::load(folder)?;
        Ok(Project { folder: folder.to_path_buf(), config })
    }

    /// Creates a project with a commented configuration, a first catalogue and empty folders.
    pub fn create(folder: &Path, title: &str) -> Result<(), CreateError> {
        if folder.join(FILE_NAME).exists() {
            return Err(CreateError::Exists { folder: folder.display().to_string() });
        }
        for name in ["katalog", "zuordnungen", "daten"] {
            let path = folder.join(name);
            std::fs::create_dir_all(&path).map_err(|error| write_error(&path, &error))?;
        }
        let title = toml::Value::String(title.to_string()).to_string();
        let files = [
            ("katalog/kennzahlen.toml", include_str!("../templates/kennzahlen.toml").to_string()),
            (FILE_NAME, include_str!("../templates/kekiz.toml").replace("\"{title}\"", &title)),
        ];
        for (name, text) in files {
            let path = folder.join(name);
            if !path.exists() {
                std::fs::write(&path, text).map_err(|error| write_error(&path, &error))?;
            }
        }
        Ok(())
    }

    /// The project's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A path of the configuration, seen from the project's folder.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }

    /// Folder of the protected root.
    pub fn vault_folder(&self) -> PathBuf {
        self.folder.join("vault")
    }

    /// Folder of the encrypted half of the protected root: person records.
    pub fn strongbox_folder(&self) -> PathBuf {
        self.folder.join("strongbox")
    }

    /// The protected root, made when it is not there.
    pub(crate) fn vault_or_new(&self) -> Result<Vault, AppError> {
        let folder = self.vault_folder();
        Ok(if folder.exists() { Vault::open(&folder)? } else { Vault::create(&folder)? })
    }

    /// The protected root, for what needs figures in it: a refused first import leaves it empty.
    pub(crate) fn filled_vault(&self) -> Result<Vault, AppError> {
        let folder = self.vault_folder();
        let vault = if folder.exists() { Some(Vault::open(&folder)?) } else { None };
        vault.filter(|vault| !vault.datasets().is_empty()).ok_or_else(|| {
            AppError::input(
                "Es sind noch keine Zahlen eingelesen. Abhilfe: zuerst „kekiz import figures“ oder „kekiz import all“.",
            )
        })
    }

    /// The public root, for what needs areas in it: a refused first import leaves it empty.
    pub(crate) fn filled_published(&self) -> Result<Published, AppError> {
        let folder = self.published_folder();
        let published = if folder.exists() { Some(Published::open(&folder)?) } else { None };
        published.filter(|published| !published.geographies().is_empty()).ok_or_else(|| {
            AppError::input(
                "Es sind noch keine Gebiete eingelesen. Abhilfe: zuerst „kekiz import areas“ oder „kekiz import all“.",
            )
        })
    }

    /// The public root, made when it is not there.
    pub(crate) fn published_or_new(&self) -> Result<Published, LakeError> {
        let folder = self.published_folder();
        if folder.exists() { Published::open(&folder) } else { Published::create(&folder) }
    }

    /// Folder of the public root.
    pub fn published_folder(&self) -> PathBuf {
        self.folder.join("published")
    }
}

fn write_error(path: &Path, error: &std::io::Error) -> CreateError {
    CreateError::Write { path: path.display().to_string(), reason: io_reason(error) }
}
