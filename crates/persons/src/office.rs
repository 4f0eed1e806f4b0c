//! An opened strongbox and who opened it.

use crate::describe::Description;
use crate::error::PersonsError;
use kekiz_microdata::{PseudonymKey, Table};
use kekiz_strongbox::{Accessor, AuditReport, ItemKind, Secrets, Strongbox};
use std::path::Path;

/// The statistics office at work: a strongbox, opened with the key, and the name of the person.
#[derive(Clone)]
pub struct Office {
    pub(crate) strongbox: Strongbox,
}

impl Office {
    /// Makes an empty strongbox.
    ///
    /// # Errors
    /// There is one already, nobody is named, or the disk refuses.
    pub fn create(folder: &Path, secrets: &Secrets, accessor: Accessor) -> Result<Self, PersonsError> {
        Ok(Self { strongbox: Strongbox::create(folder, secrets, accessor)? })
    }

    /// Opens a strongbox.
    ///
    /// # Errors
    /// There is none, the key is another one, nobody is named, or a file is damaged.
    pub fn open(folder: &Path, secrets: &Secrets, accessor: Accessor) -> Result<Self, PersonsError> {
        Ok(Self { strongbox: Strongbox::open(folder, secrets, accessor)? })
    }

    /// The strongbox below.
    pub fn strongbox(&self) -> &Strongbox {
        &self.strongbox
    }

    /// Seals everything under a new key; pseudonyms stay the same. The new key has to be safe before.
    ///
    /// # Errors
    /// A damaged file, or the disk refuses; then the old key holds on.
    pub fn rotate_key(&self, secrets: &Secrets) -> Result<Office, PersonsError> {
        Ok(Self { strongbox: self.strongbox.rotate(secrets)? })
    }

    /// Checks the log of accesses with the key.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn audit(&self) -> Result<AuditReport, PersonsError> {
        Ok(kekiz_strongbox::verify(self.strongbox.folder(), Some(self.strongbox.secrets()))?)
    }

    /// The pseudonym of an identifier, as the import makes it: for finding a person who asks for deletion.
    pub fn pseudonym(&self, namespace: &str, identifier: &str) -> String {
        self.key().pseudonym(namespace, identifier).to_string()
    }

    pub(crate) fn key(&self) -> PseudonymKey {
        PseudonymKey::new(self.strongbox.secrets().pseudonym_key())
    }

    pub(crate) fn table(&self, kind: ItemKind, name: &str, purpose: &str) -> Result<Table, PersonsError> {
        let bytes = self.strongbox.read(kind, name, purpose)?;
        Table::from_bytes(&bytes).map_err(|reason| PersonsError::Table { name: name.into(), reason })
    }

    pub(crate) fn description(&self, name: &str, purpose: &str) -> Result<Description, PersonsError> {
        let bytes = self.strongbox.read(ItemKind::Description, name, purpose)?;
        serde_json::from_slice(&bytes).map_err(|_| {
            PersonsError::definition(
                name,
                "Die Beschreibung des Datensatzes ist nicht lesbar.",
                "Den Datensatz mit dieser Fassung von KeKiz neu importieren.",
            )
        })
    }
}
