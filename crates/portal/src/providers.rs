//! Providers by their id, kept in memory: every card names one.

use kekiz_offers::OrganizationId;
use kekiz_offers::hsds::Organization;
use kekiz_store::{DatabaseConnection, Trouble, records};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The providers as of the last write.
#[derive(Debug, Default)]
pub(crate) struct Providers(RwLock<Arc<HashMap<String, Organization>>>);

impl Providers {
    /// Reads them all again.
    pub(crate) async fn reload(&self, db: &DatabaseConnection) -> Result<(), Trouble> {
        let all = records::all::<Organization>(db).await?;
        let map = all.into_iter().map(|stored| (stored.value.id.clone(), stored.value)).collect();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(map);
        Ok(())
    }

    /// All of them as they are now.
    pub(crate) fn all(&self) -> Arc<HashMap<String, Organization>> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// One of them.
    pub(crate) fn get(&self, id: &OrganizationId) -> Option<Organization> {
        self.all().get(id.as_str()).cloned()
    }
}
