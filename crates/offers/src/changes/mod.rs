//! Changes per field: what differs, applying it, and conflicts.
//!
//! A change request holds single fields, so two people can change different fields of one offer at the same
//! time and neither is lost; where both changed the same field, both values are given back.

mod path;
mod words;

pub use words::{field_label, group_of, value_text};

use crate::Offer;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One field that changes.
///
/// `field` is a path of keys joined by `/` (`service/name`). Inside lists whose items have identifiers a key is
/// the identifier of the item (`service/phones/1554f2e2-…/number`). `null` stands for "absent".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Path of the field.
    pub field: String,
    /// Value before, `null` if absent.
    pub before: Value,
    /// Value after, `null` if absent.
    pub after: Value,
}

/// One field that cannot be changed as wanted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldConflict {
    /// Path of the field.
    pub field: String,
    /// Value the change was based on.
    pub base: Value,
    /// Value now.
    pub current: Value,
    /// Value wanted.
    pub wanted: Value,
}

/// Why changes were not applied. Nothing was changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Conflict {
    /// Fields changed since the request was made.
    #[error(
        "{} wurde inzwischen anders geändert. Bitte beide Fassungen vergleichen und eine wählen.",
        names(.0)
    )]
    Changed(Vec<FieldConflict>),
    /// A value is not of the kind its field wants.
    #[error("{field}: Der Wert passt nicht zu diesem Feld ({detail}). Bitte den Wert prüfen.", field = field_label(.field))]
    Invalid {
        /// Path of the first wrong field, empty if unknown.
        field: String,
        /// What the reader said.
        detail: String,
    },
}

fn names(fields: &[FieldConflict]) -> String {
    let mut labels: Vec<String> = fields.iter().map(|one| field_label(&one.field)).collect();
    labels.dedup();
    labels.join(", ")
}

/// The fields in which two versions of an offer differ, in the order of their paths; `revision` is not
/// compared. `apply(before, diff(before, after))` gives `after`.
pub fn diff(before: &Offer, after: &Offer) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    path::compare(&document(before), &document(after), String::new(), &mut changes);
    changes
}

/// Applies changes to an offer, all or none.
///
/// A field is changed if it still has the value the change was based on, or already has the wanted one.
pub fn apply(offer: &mut Offer, changes: &[FieldChange]) -> Result<(), Conflict> {
    let mut value = document(offer);
    let mut conflicts = Vec::new();
    for change in changes {
        let current = path::order(&value, &change.field)
            .or_else(|| path::get(&value, &change.field).cloned())
            .unwrap_or(Value::Null);
        if path::same(&current, &change.after) {
            continue;
        }
        let done = path::same(&current, &change.before)
            && path::set(&mut value, &change.field, change.after.clone()).is_some();
        if !done {
            conflicts.push(FieldConflict {
                field: change.field.clone(),
                base: change.before.clone(),
                current,
                wanted: change.after.clone(),
            });
        }
    }
    if !conflicts.is_empty() {
        return Err(Conflict::Changed(conflicts));
    }
    let mut changed: Offer = serde_json::from_value(value).map_err(|error| Conflict::Invalid {
        field: changes.first().map(|change| change.field.clone()).unwrap_or_default(),
        detail: error.to_string(),
    })?;
    changed.revision = offer.revision;
    *offer = changed;
    Ok(())
}

/// What joining two changed versions of one offer gives.
#[derive(Clone, Debug, PartialEq)]
pub struct ThreeWay {
    /// `ours` with every change of `theirs` that does not conflict.
    pub merged: Offer,
    /// Fields both changed, in different ways; `merged` keeps ours.
    pub conflicts: Vec<FieldConflict>,
}

/// Joins two versions that grew from the same base.
pub fn three_way(base: &Offer, ours: &Offer, theirs: &Offer) -> ThreeWay {
    let mut merged = ours.clone();
    let mut conflicts = Vec::new();
    for change in diff(base, theirs) {
        match apply(&mut merged, std::slice::from_ref(&change)) {
            Ok(()) => {}
            Err(Conflict::Changed(more)) => conflicts.extend(more),
            Err(Conflict::Invalid { .. }) => conflicts.push(FieldConflict {
                field: change.field,
                base: change.before,
                current: Value::Null,
                wanted: change.after,
            }),
        }
    }
    ThreeWay { merged, conflicts }
}

fn document(offer: &Offer) -> Value {
    let mut value = serde_json::to_value(offer).unwrap_or_default();
    if let Some(map) = value.as_object_mut() {
        map.remove("revision");
    }
    value
}
