//! What every request handler shares.

use crate::cache::PageCache;
use kekiz_atlas::Atlas;
use kekiz_portal::Portal;
use std::sync::Arc;

/// Settings of the public server. Everything it shows comes from the published store.
#[derive(Clone, Debug, Default)]
pub struct SiteConfig {
    /// Address under which readers reach the site (`https://atlas.example.de`), for links in files that leave it;
    /// `None` gives links relative to the request.
    pub base_url: Option<String>,
}

/// The published figures, the portal, the settings, and the pages rendered so far.
#[derive(Clone)]
pub struct SiteState {
    /// The published figures.
    pub atlas: Arc<Atlas>,
    /// Offers, goals and the network; an atlas can do without.
    pub portal: Option<Arc<Portal>>,
    /// Settings.
    pub config: Arc<SiteConfig>,
    pub(crate) cache: Arc<PageCache>,
}

impl SiteState {
    /// A state with an empty page cache and without a portal.
    pub fn new(atlas: Arc<Atlas>, config: SiteConfig) -> Self {
        Self { atlas, portal: None, config: Arc::new(config), cache: Arc::new(PageCache::new()) }
    }

    /// The same with a portal.
    pub fn with_portal(mut self, portal: Arc<Portal>) -> Self {
        self.portal = Some(portal);
        self
    }
}
