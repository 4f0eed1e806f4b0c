//! What an import would change, before anything is saved.

use super::Imported;
use crate::{FieldChange, Offer, OfferId, diff};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A cell or row that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Line of the file, from 1.
    pub line: u64,
    /// Title of the column; empty for the whole row.
    pub column: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

/// An offer that would change.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Changed {
    /// The offer as it would be.
    pub after: Offer,
    /// The fields that differ.
    pub changes: Vec<FieldChange>,
}

/// What an import would do. It may be carried out only if nothing was refused.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Preview {
    /// Offers that are not there yet.
    pub new: Vec<Offer>,
    /// Offers that would change.
    pub changed: Vec<Changed>,
    /// Offers that stay as they are.
    pub unchanged: Vec<OfferId>,
    /// Offers of this source that are no longer in the file. They are kept unless somebody decides otherwise.
    pub vanished: Vec<OfferId>,
    /// What was refused.
    pub refused: Vec<Refused>,
}

impl Preview {
    /// Whether the import may be carried out: nothing refused.
    pub fn is_ready(&self) -> bool {
        self.refused.is_empty()
    }
}

/// Compares imported offers with those the same source gave before (by identifier).
pub fn preview(existing: &BTreeMap<OfferId, Offer>, imported: Imported) -> Preview {
    let mut out = Preview { refused: imported.refused, ..Preview::default() };
    let mut seen = BTreeSet::new();
    for after in imported.offers {
        seen.insert(after.id.clone());
        match existing.get(&after.id) {
            None => out.new.push(after),
            Some(before) => match diff(before, &after) {
                changes if changes.is_empty() => out.unchanged.push(after.id),
                changes => out.changed.push(Changed { after, changes }),
            },
        }
    }
    out.vanished = existing.keys().filter(|id| !seen.contains(*id)).cloned().collect();
    out
}
