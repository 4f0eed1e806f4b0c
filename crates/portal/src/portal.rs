//! The portal as a thing that is opened and shared.

use crate::lists::{self, Lists};
use crate::places::Places;
use crate::providers::Providers;
use crate::{Around, Moment, PortalConfig, PortalError};
use kekiz_offers::hsds::Organization;
use kekiz_offers::{Offer, OrganizationId};
use kekiz_search::{Entry, Finder, State, Synonyms};
use kekiz_store::{DatabaseConnection, bulk};
use std::collections::HashMap;
use std::sync::Arc;

/// Changes that are put into the index in one step.
const STEP: u64 = 2000;

/// An opened portal; shared by all requests.
pub struct Portal {
    db: DatabaseConnection,
    finder: Arc<Finder>,
    lists: Lists,
    providers: Providers,
    places: Places,
    config: PortalConfig,
    around: Around,
    logins: Option<kekiz_accounts::oidc::Provider>,
    settings: kekiz_accounts::Settings,
    refreshing: tokio::sync::Mutex<()>,
    chains: crate::chain::Memory,
    sitings: crate::siting::SitingMemory,
    suggestions: crate::duplicates::Suggestions,
    sites: crate::hsds::Sites,
}

impl Portal {
    /// Opens database and search index; a missing, broken or foreign index is built anew, one that lags behind the
    /// database is brought up to date.
    pub async fn open(config: &PortalConfig, around: Around) -> Result<Self, PortalError> {
        std::fs::create_dir_all(&config.folder).map_err(|error| PortalError::file(&config.folder, &error))?;
        let lists = Lists::read(Some(&config.folder), config.land)?;
        let synonyms = lists::synonyms(&config.folder)?;
        let db = kekiz_store::open(&config.database).await?;
        let folder = config.folder.join("index");
        let (finder, state) = Finder::open(&folder, synonyms)?;
        let portal = Self {
            db,
            finder: Arc::new(finder),
            lists,
            providers: Providers::default(),
            places: Places::default(),
            config: config.clone(),
            settings: crate::people::settings(config, &around)?,
            around,
            logins: config.login.clone().map(kekiz_accounts::oidc::Provider::new).transpose()?,
            refreshing: tokio::sync::Mutex::new(()),
            chains: crate::chain::Memory::default(),
            sitings: crate::siting::SitingMemory::default(),
            suggestions: crate::duplicates::Suggestions::default(),
            sites: crate::hsds::Sites::default(),
        };
        portal.providers.reload(&portal.db).await?;
        portal.reload_places().await?;
        match state {
            State::Ready { content } if content <= portal.last_change().await? => portal.refresh().await?,
            State::Ready { .. } => portal.rebuild().await?,
            State::NeedsRebuild { reason } => {
                tracing::info!(%reason, "building the search index");
                portal.rebuild().await?;
            }
        }
        Ok(portal)
    }

    /// The database.
    pub fn db(&self) -> &DatabaseConnection {
        &self.db
    }

    /// The search index.
    pub fn finder(&self) -> &Arc<Finder> {
        &self.finder
    }

    /// Lists, demands and holidays.
    pub fn lists(&self) -> &Lists {
        &self.lists
    }

    /// Settings.
    pub fn config(&self) -> &PortalConfig {
        &self.config
    }

    /// Settings of accounts: name and address of the portal, limits, the key that seals second factors.
    pub(crate) fn settings(&self) -> &kekiz_accounts::Settings {
        &self.settings
    }

    pub(crate) fn provider_of_logins(&self) -> Option<&kekiz_accounts::oidc::Provider> {
        self.logins.as_ref()
    }

    /// Clock and chance.
    pub fn around(&self) -> &Around {
        &self.around
    }

    /// The moment now.
    pub fn now(&self) -> Moment {
        self.around.now()
    }

    pub(crate) fn chain_memory(&self) -> &crate::chain::Memory {
        &self.chains
    }

    pub(crate) fn siting_memory(&self) -> &crate::siting::SitingMemory {
        &self.sitings
    }

    pub(crate) fn suggestions(&self) -> &crate::duplicates::Suggestions {
        &self.suggestions
    }

    pub(crate) fn sites(&self) -> &crate::hsds::Sites {
        &self.sites
    }

    pub(crate) fn places(&self) -> &Places {
        &self.places
    }

    /// A number that grows with every change of an offer: what was made from the offers stays right while it stays.
    pub fn content(&self) -> u64 {
        self.finder.content()
    }

    /// A provider.
    pub fn provider(&self, id: &OrganizationId) -> Option<Organization> {
        self.providers.get(id)
    }

    /// All providers by id.
    pub fn providers(&self) -> Arc<HashMap<String, Organization>> {
        self.providers.all()
    }

    /// The name of a provider; empty when unknown.
    pub fn provider_name(&self, id: &str) -> String {
        self.providers.all().get(id).map(|one| one.name.clone()).unwrap_or_default()
    }

    /// Takes another list of synonyms from the next search on.
    pub fn set_synonyms(&self, synonyms: Synonyms) {
        self.finder.set_synonyms(synonyms);
    }

    async fn last_change(&self) -> Result<u64, PortalError> {
        Ok(u64::try_from(bulk::last_sequence(&self.db).await?).unwrap_or(0))
    }

    /// Brings providers and search index up to what the database holds. Called after every write; two at a time
    /// wait for each other.
    pub async fn refresh(&self) -> Result<(), PortalError> {
        let _alone = self.refreshing.lock().await;
        self.providers.reload(&self.db).await?;
        loop {
            let since = i64::try_from(self.finder.content()).unwrap_or(i64::MAX);
            let changes = bulk::changes_since(&self.db, since, STEP).await?;
            let Some(last) = changes.last() else { return Ok(()) };
            let content = u64::try_from(last.sequence).unwrap_or(0);
            let (mut entries, mut gone) = (Vec::new(), Vec::new());
            for change in changes {
                match change.now.and_then(|stored| self.entry(&stored.value)) {
                    Some(entry) => entries.push(entry),
                    None => gone.push(change.id.0),
                }
            }
            let finder = Arc::clone(&self.finder);
            blocking(move || finder.update(&entries, &gone, content)).await??;
        }
    }

    /// Builds the search index from the database.
    pub async fn rebuild(&self) -> Result<(), PortalError> {
        let _alone = self.refreshing.lock().await;
        self.providers.reload(&self.db).await?;
        let content = self.last_change().await?;
        let mut entries: Vec<Entry> = Vec::new();
        bulk::for_each(&self.db, |stored| {
            entries.extend(self.entry(&stored.value));
            true
        })
        .await?;
        let finder = Arc::clone(&self.finder);
        blocking(move || finder.rebuild(entries, content)).await??;
        Ok(())
    }

    /// What the index knows of an offer: with the name of its provider, and its holder's name where that differs.
    fn entry(&self, offer: &Offer) -> Option<Entry> {
        let mut entry = Entry::from_offer(offer, &self.lists.terms)?;
        if entry.organization_name.is_empty() {
            entry.organization_name = self.provider_name(offer.organization.as_str());
        }
        Some(entry)
    }
}

impl std::fmt::Debug for Portal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Portal").field("folder", &self.config.folder).finish_non_exhaustive()
    }
}

/// Work that would hold up other requests, on a thread of its own.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, PortalError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| PortalError::Report(format!("die Arbeit wurde abgebrochen ({error})")))
}
