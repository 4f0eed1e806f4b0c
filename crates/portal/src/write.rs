//! One transaction with its audit entries.

use crate::{Actor, Portal, PortalError};
use kekiz_store::{DatabaseTransaction, Edit, audit};
use serde_json::Value;

/// A write under way. Nothing is kept unless [`Writing::finish`] is called.
pub struct Writing<'a> {
    portal: &'a Portal,
    /// The transaction.
    pub tx: DatabaseTransaction,
    /// Who, when, why: for the store.
    pub edit: Edit,
    actor: String,
    deeds: Vec<audit::Deed>,
}

impl Portal {
    /// Begins a write. `reason` is in the words of the person; may be empty.
    pub async fn begin(&self, actor: &Actor, reason: &str) -> Result<Writing<'_>, PortalError> {
        let edit = Edit {
            at: self.now().at,
            by: actor.account().map(str::to_string),
            reason: reason.trim().to_string(),
        };
        let tx = kekiz_store::begin(self.db()).await?;
        Ok(Writing { portal: self, tx, edit, actor: actor.audit_name().to_string(), deeds: Vec::new() })
    }
}

impl<'a> Writing<'a> {
    /// Notes for the audit log what is done (`offer.saved`) to which object. `detail` names fields, never values of
    /// persons.
    pub fn note(&mut self, action: &str, object_kind: &str, object: &str, detail: Value) {
        self.deeds.push(audit::Deed {
            at: self.edit.at,
            actor: self.actor.clone(),
            action: action.into(),
            object_kind: object_kind.into(),
            object: object.into(),
            detail,
        });
    }

    /// Writes the audit entries, commits, and brings the search index up to date.
    pub async fn finish(self) -> Result<(), PortalError> {
        let portal = self.commit().await?;
        portal.refresh().await
    }

    /// The same for thousands of offers: builds the index anew, which is faster than changing it.
    pub async fn finish_large(self) -> Result<(), PortalError> {
        let portal = self.commit().await?;
        portal.rebuild().await
    }

    async fn commit(self) -> Result<&'a Portal, PortalError> {
        for deed in &self.deeds {
            audit::append(&self.tx, deed).await?;
        }
        self.tx.commit().await.map_err(kekiz_store::Trouble::from)?;
        Ok(self.portal)
    }
}
