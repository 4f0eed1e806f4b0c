//! Where a portal lives.

use kekiz_accounts::oidc::Oidc;
use kekiz_offers::opening::Land;
use std::path::{Path, PathBuf};

/// Settings of a portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortalConfig {
    /// Folder of the portal: the search index, the municipality's own lists (`handlungsfelder.toml`,
    /// `synonyme.toml`, …), and by default the database.
    pub folder: PathBuf,
    /// Address of the database: `sqlite:FILE` or `postgres://…`.
    pub database: String,
    /// Land whose public and school holidays hold.
    pub land: Land,
    /// Title for files that leave the site.
    pub title: String,
    /// Where the municipality's own people log in; `None` without.
    pub login: Option<Oidc>,
    /// Address under which readers reach the site, without a slash at the end; empty for relative links.
    pub base_url: String,
}

impl PortalConfig {
    /// A portal in a folder with a SQLite database, in North Rhine-Westphalia.
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_path_buf(),
            database: format!("sqlite:{}", folder.join("portal.sqlite").display()),
            land: Land::Nw,
            title: "KeKiz".into(),
            login: None,
            base_url: String::new(),
        }
    }
}
