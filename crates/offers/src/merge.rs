//! Two offers become one, and two again.

use crate::{Conflict, FieldConflict, Offer, OfferState, apply, diff, three_way};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a merge did; kept so that it can be undone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MergeRecord {
    /// The offer that stays, as it was.
    pub kept: Offer,
    /// The offer that went into it, as it was.
    pub absorbed: Offer,
    /// The joined offer, as the merge left it.
    pub merged: Offer,
    /// Day of the merge.
    pub at: Date,
    /// Who merged.
    pub by: String,
}

/// Merges `absorbed` into `kept`: fields that are empty in `kept` are filled, lists are joined, and the fields
/// named in `take` (paths as in `FieldChange::field`) come from `absorbed`. Identifier, provider, state and
/// revision stay those of `kept`; the caller archives `absorbed` and keeps the record.
pub fn merge(
    kept: &Offer,
    absorbed: &Offer,
    take: &[String],
    at: Date,
    by: &str,
) -> Result<MergeRecord, Conflict> {
    let fixed = ["id", "organization", "state", "revision", "service/id", "service/organization_id"];
    let wanted = |field: &str| {
        take.iter().any(|one| {
            field == one || field.strip_prefix(one.as_str()).is_some_and(|rest| rest.starts_with('/'))
        })
    };
    let mut merged = kept.clone();
    for change in diff(kept, absorbed) {
        let fills = says_nothing(&change.before);
        let removes = says_nothing(&change.after);
        // Joined lists keep the order of `kept`, with what is new behind it.
        let order = change.field.ends_with("/@order");
        if order || fixed.contains(&change.field.as_str()) || removes && !wanted(&change.field) {
            continue;
        }
        if fills || wanted(&change.field) {
            apply(&mut merged, std::slice::from_ref(&change))?;
        } else if let (Value::Array(ours), Value::Array(theirs)) = (&change.before, &change.after) {
            let more = theirs.iter().filter(|one| !ours.contains(one));
            let joined: Vec<Value> = ours.iter().chain(more).cloned().collect();
            let after =
                if change.field == "prevention/age_months" { change.before.clone() } else { joined.into() };
            apply(&mut merged, &[crate::FieldChange { after, ..change.clone() }])?;
        }
    }
    Ok(MergeRecord { kept: kept.clone(), absorbed: absorbed.clone(), merged, at, by: by.into() })
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty() || text == "none",
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

/// What undoing a merge gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Unmerged {
    /// The offer that had stayed.
    pub kept: Offer,
    /// The offer that had gone, as it was.
    pub absorbed: Offer,
    /// Changes made since the merge that touch what the merge had changed, so they could not be carried over.
    pub conflicts: Vec<FieldConflict>,
}

/// Undoes a merge. If the joined offer was not changed since, both come back exactly; changes made since are
/// carried over into the one that stayed, where they do not touch what the merge had filled in.
pub fn unmerge(record: &MergeRecord, current: &Offer) -> Unmerged {
    let joined = three_way(&record.merged, &record.kept, current);
    let mut kept = joined.merged;
    kept.revision = current.revision.max(record.kept.revision);
    if diff(&record.merged, current).is_empty() {
        kept = Offer { revision: kept.revision, ..record.kept.clone() };
    }
    if kept.state == OfferState::Archived && record.kept.state != OfferState::Archived {
        kept.state = record.kept.state;
    }
    Unmerged { kept, absorbed: record.absorbed.clone(), conflicts: joined.conflicts }
}
