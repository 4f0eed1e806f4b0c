//! Importing a file by the web: it is looked at first and carried out on a second request.
//!
//! In between the file is kept for a day beside the database, under a name nobody can guess, and never given back:
//! only what was read from it goes into the portal.

use crate::import::{ImportOptions, ImportPlan, Source, Written, is_table, suggest};
use crate::people::{Action, Object};
use crate::{Actor, Portal, PortalError};
use std::path::PathBuf;
use std::time::Duration;

/// Largest file, in bytes.
pub const LARGEST: usize = 10 << 20;

/// How long a file waits for a decision.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// A file that waits for a decision, with what it would change.
#[derive(Clone, Debug)]
pub struct Pending {
    /// The word that finds the file again.
    pub word: String,
    /// What would change.
    pub plan: ImportPlan,
    /// Fingerprint of what would change: what is carried out is what was shown, or nothing.
    pub seen: String,
    /// For tables: which column is what, as TOML.
    pub mapping: Option<String>,
}

fn may_import(actor: &Actor) -> Result<(), PortalError> {
    actor.must(Action::ImportOffers, &Object::everything(), "Angebote einlesen")
}

fn fingerprint(plan: &ImportPlan) -> String {
    blake3::hash(&serde_json::to_vec(&plan.preview).unwrap_or_default()).to_hex().to_string()
}

impl Portal {
    /// Keeps a file and says what reading it would change. Nothing else is saved.
    pub async fn upload(
        &self,
        actor: &Actor,
        source: Source,
        options: ImportOptions,
    ) -> Result<Pending, PortalError> {
        may_import(actor)?;
        if source.bytes.is_empty() {
            return Err(PortalError::Import(
                "Es ist keine Datei angekommen. Abhilfe: eine Datei wählen und noch einmal hochladen.".into(),
            ));
        }
        if source.bytes.len() > LARGEST {
            return Err(PortalError::Import(format!(
                "Die Datei ist größer als {} MB. Abhilfe: in Teilen hochladen oder „kekiz import offers“ benutzen.",
                LARGEST >> 20
            )));
        }
        let pending = self.look_at(&source, options, String::new()).await?;
        Ok(Pending { word: self.keep_upload(&source)?, ..pending })
    }

    /// The same for a file that is there already, read in another way.
    pub async fn look_again(
        &self,
        actor: &Actor,
        word: &str,
        options: ImportOptions,
    ) -> Result<Pending, PortalError> {
        may_import(actor)?;
        let source = self.kept_upload(word)?;
        self.look_at(&source, options, word.into()).await
    }

    async fn look_at(
        &self,
        source: &Source,
        mut options: ImportOptions,
        word: String,
    ) -> Result<Pending, PortalError> {
        options.mapping = match is_table(source) {
            true => Some(options.mapping.map_or_else(|| suggest(source), Ok)?),
            false => None,
        };
        let plan = self.plan_import(source, &options).await?;
        Ok(Pending { word, seen: fingerprint(&plan), plan, mapping: options.mapping })
    }

    /// Carries out what was shown. When something else would change by now, nothing is done and the new preview is
    /// given back.
    pub async fn apply_upload(
        &self,
        actor: &Actor,
        word: &str,
        options: ImportOptions,
        seen: &str,
    ) -> Result<Result<Written, Box<Pending>>, PortalError> {
        let pending = self.look_again(actor, word, options).await?;
        if pending.seen != seen {
            return Ok(Err(Box::new(pending)));
        }
        let written = self.apply_import(actor, pending.plan).await?;
        self.drop_upload(word);
        Ok(Ok(written))
    }

    fn upload_folder(&self) -> PathBuf {
        self.config().folder.join("eingang")
    }

    /// Keeps a file; gives the word that finds it again.
    fn keep_upload(&self, source: &Source) -> Result<String, PortalError> {
        let folder = self.upload_folder();
        let word = self.secret();
        let path = folder.join(&word);
        let name: String = source.name.chars().filter(|c| !c.is_control()).take(200).collect();
        let mut bytes = name.into_bytes();
        bytes.push(b'\n');
        bytes.extend_from_slice(&source.bytes);
        std::fs::create_dir_all(&folder)
            .and_then(|()| std::fs::write(&path, bytes))
            .map_err(|error| PortalError::file(&path, &error))?;
        Ok(word)
    }

    /// A file that was kept.
    fn kept_upload(&self, word: &str) -> Result<Source, PortalError> {
        let gone = || PortalError::NotFound { what: "Diese hochgeladene Datei" };
        if word.len() != 64 || !word.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(gone());
        }
        let path = self.upload_folder().join(word);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(gone()),
            Err(error) => return Err(PortalError::file(&path, &error)),
        };
        let end = bytes.iter().position(|byte| *byte == b'\n').ok_or_else(gone)?;
        let name = String::from_utf8_lossy(&bytes[..end]).into_owned();
        Ok(Source { name, bytes: bytes[end + 1..].to_vec() })
    }

    /// Deletes a file that was read in.
    fn drop_upload(&self, word: &str) {
        if let Err(error) = std::fs::remove_file(self.upload_folder().join(word)) {
            tracing::warn!(%error, "an uploaded file stays");
        }
    }

    /// Deletes files nobody decided on.
    pub(crate) fn forget_uploads(&self) -> Result<(), PortalError> {
        let folder = self.upload_folder();
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(PortalError::file(&folder, &error)),
        };
        for entry in entries.flatten() {
            let old = entry
                .metadata()
                .and_then(|meta| meta.modified())
                .is_ok_and(|time| time.elapsed().is_ok_and(|age| age > KEPT));
            if old {
                std::fs::remove_file(entry.path())
                    .map_err(|error| PortalError::file(&entry.path(), &error))?;
            }
        }
        Ok(())
    }
}
