//! What lies in a strongbox. Sealed itself, since names and dates of datasets tell something too.

use serde::{Deserialize, Serialize};

/// What an item is. Content and the particulars by which persons are linked lie apart (§ 103 SGB VIII; § 12 BStatG).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// What is known of a dataset beside its records: schema, coverage, how long it is kept.
    Description,
    /// Records without particulars: pseudonyms, areas, content (Erhebungsmerkmale).
    Records,
    /// Names and dates for linking (Hilfsmerkmale), with their own purge.
    Linking,
    /// Which records belong to one person.
    Links,
    /// What somebody decided on doubtful pairs.
    Decisions,
    /// What was let out, and what it rests on.
    Release,
}

impl ItemKind {
    /// Name in files and messages.
    pub fn slug(self) -> &'static str {
        match self {
            ItemKind::Description => "description",
            ItemKind::Records => "records",
            ItemKind::Linking => "linking",
            ItemKind::Links => "links",
            ItemKind::Decisions => "decisions",
            ItemKind::Release => "release",
        }
    }

    /// German name.
    pub fn title(self) -> &'static str {
        match self {
            ItemKind::Description => "Beschreibung",
            ItemKind::Records => "Erhebungsmerkmale",
            ItemKind::Linking => "Hilfsmerkmale",
            ItemKind::Links => "Verknüpfung",
            ItemKind::Decisions => "Entscheidungen",
            ItemKind::Release => "Ausgabe",
        }
    }
}

/// An item something was made from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RestsOn {
    /// What it is.
    pub kind: ItemKind,
    /// Its name.
    pub name: String,
    /// Digest of its content at that time.
    pub digest: String,
}

/// One entry of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// Its name: small letters, digits, `-`, `_`.
    pub name: String,
    /// When it was stored (UTC).
    pub stored: String,
    /// Who stored it.
    pub user: String,
    /// Number of records or entries.
    pub rows: u64,
    /// BLAKE3 digest of its content, hexadecimal.
    pub digest: String,
    /// What it was made from.
    pub rests_on: Vec<RestsOn>,
    /// Name of its file.
    pub(crate) file: String,
}

impl Item {
    /// This item as something another rests on.
    pub fn as_base(&self) -> RestsOn {
        RestsOn { kind: self.kind, name: self.name.clone(), digest: self.digest.clone() }
    }
}

/// All items, ordered by kind and name.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Catalogue {
    pub(crate) items: Vec<Item>,
}

impl Catalogue {
    pub(crate) fn find(&self, kind: ItemKind, name: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.kind == kind && item.name == name)
    }

    /// Adds or replaces.
    pub(crate) fn set(&mut self, item: Item) {
        self.remove(item.kind, &item.name);
        self.items.push(item);
        self.items.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    }

    pub(crate) fn remove(&mut self, kind: ItemKind, name: &str) -> bool {
        let before = self.items.len();
        self.items.retain(|item| item.kind != kind || item.name != name);
        self.items.len() < before
    }
}

/// Whether a text can name an item.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 80
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
}
