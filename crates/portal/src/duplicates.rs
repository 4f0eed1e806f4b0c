//! Offers that may be the same: suggested, compared, merged with history, and taken apart again.

use crate::error::invalid;
use crate::people::{Action, Object};
use crate::portal::blocking;
use crate::{Actor, Portal, PortalError};
use kekiz_offers::{
    Duplicate, DuplicateRules, FieldChange, Offer, OfferId, OfferState, compare_pair, diff, duplicates,
};
use kekiz_store::merges::{self, Merge, MergeError};
use kekiz_store::records::{self, Columns, Recorded};
use kekiz_store::{bulk, offers};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Suggestions kept for the list.
const MOST: usize = 200;

/// Two offers somebody looked at and found to be different.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Different {
    first: String,
    second: String,
}

impl Different {
    fn of(one: &OfferId, other: &OfferId) -> Self {
        let (first, second) = if one <= other { (one, other) } else { (other, one) };
        Self { first: first.to_string(), second: second.to_string() }
    }
}

impl Recorded for Different {
    const KIND: &'static str = "different_offers";
    fn columns(&self) -> Columns {
        Columns { id: format!("{} {}", self.first, self.second), ..Columns::default() }
    }
}

/// Suggestions as of a state of the offers.
#[derive(Debug, Default)]
pub(crate) struct Suggestions(Mutex<Option<(u64, Arc<Vec<Suggestion>>)>>);

/// Two offers that may be the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// The pair and why it is one.
    pub duplicate: Duplicate,
    /// Their names.
    pub names: (String, String),
}

/// Two offers side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The one that would stay.
    pub kept: Offer,
    /// The one that would go into it.
    pub absorbed: Offer,
    /// The fields in which they differ: `before` is the one that stays.
    pub differences: Vec<FieldChange>,
    /// Why they may be the same; empty when nothing speaks for it.
    pub reasons: Vec<String>,
}

/// A merge that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// The merge.
    pub merge: Merge,
    /// Name of the offer that stayed.
    pub kept: String,
}

fn may_merge(actor: &Actor) -> Result<(), PortalError> {
    actor.must(Action::MergeOffers, &Object::everything(), "Angebote zusammenführen")
}

impl From<MergeError> for PortalError {
    fn from(error: MergeError) -> Self {
        match error {
            MergeError::Trouble(trouble) => Self::Store(trouble),
            other => invalid("", other.to_string()),
        }
    }
}

impl Portal {
    /// Pairs of offers that may be the same, the likeliest first; without those somebody found to be different.
    pub async fn suggested_duplicates(&self, actor: &Actor) -> Result<Vec<Suggestion>, PortalError> {
        may_merge(actor)?;
        let different: BTreeSet<(String, String)> = records::all::<Different>(self.db())
            .await?
            .into_iter()
            .map(|one| (one.value.first, one.value.second))
            .collect();
        let all = self.all_suggestions().await?;
        let kept = all.iter().filter(|one| {
            let pair = Different::of(&one.duplicate.first, &one.duplicate.second);
            !different.contains(&(pair.first, pair.second))
        });
        Ok(kept.cloned().collect())
    }

    /// Worked out once for every state of the offers: comparing all of them takes seconds.
    async fn all_suggestions(&self) -> Result<Arc<Vec<Suggestion>>, PortalError> {
        let content = self.content();
        let memory = &self.suggestions().0;
        if let Some((of, found)) = &*memory.lock().unwrap_or_else(PoisonError::into_inner)
            && *of == content
        {
            return Ok(Arc::clone(found));
        }
        let mut all: Vec<Offer> = Vec::new();
        bulk::for_each(self.db(), |stored| {
            if stored.value.state != OfferState::Archived {
                all.push(stored.value);
            }
            true
        })
        .await?;
        let found = blocking(move || {
            let mut found = duplicates(&all, &DuplicateRules::default());
            found.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.first.cmp(&b.first)));
            found.truncate(MOST);
            let name = |id: &OfferId| {
                all.iter().find(|one| one.id == *id).map_or_else(String::new, |one| one.name().to_string())
            };
            let named = found.into_iter().map(|duplicate| Suggestion {
                names: (name(&duplicate.first), name(&duplicate.second)),
                duplicate,
            });
            Arc::new(named.collect::<Vec<_>>())
        })
        .await?;
        *memory.lock().unwrap_or_else(PoisonError::into_inner) = Some((content, Arc::clone(&found)));
        Ok(found)
    }

    /// Two offers side by side.
    pub async fn pair(&self, actor: &Actor, kept: &OfferId, absorbed: &OfferId) -> Result<Pair, PortalError> {
        may_merge(actor)?;
        let load = async |id: &OfferId| {
            let found = offers::get(self.db(), id).await?;
            let stored = found.ok_or(PortalError::NotFound { what: "Eines der beiden Angebote" })?;
            Ok::<Offer, PortalError>(Offer { revision: stored.revision, ..stored.value })
        };
        if kept == absorbed {
            return Err(MergeError::Same.into());
        }
        let (kept, absorbed) = (load(kept).await?, load(absorbed).await?);
        let reasons = compare_pair(&kept, &absorbed, &DuplicateRules::default());
        let hidden = ["id", "state", "organization", "service/id", "service/organization_id", "checks"];
        let mut differences = diff(&kept, &absorbed);
        differences.retain(|one| {
            !hidden.iter().any(|start| one.field == *start || one.field.starts_with("checks/"))
        });
        Ok(Pair {
            differences,
            reasons: reasons
                .map_or_else(Vec::new, |one| one.reasons.into_iter().map(|(_, text)| text).collect()),
            kept,
            absorbed,
        })
    }

    /// Merges two offers: what is empty in the one that stays is filled, lists are joined, and the fields in `take` come
    /// from the other. The revisions name the versions the person saw.
    pub async fn merge_offers(
        &self,
        actor: &Actor,
        kept: (&OfferId, u64),
        absorbed: (&OfferId, u64),
        take: &[String],
    ) -> Result<(), PortalError> {
        let pair = self.pair(actor, kept.0, absorbed.0).await?;
        if (pair.kept.revision, pair.absorbed.revision) != (kept.1, absorbed.1) {
            return Err(MergeError::Stale { offer: kept.0.clone() }.into());
        }
        let today = self.now().local.date();
        let record = kekiz_offers::merge(&pair.kept, &pair.absorbed, take, today, actor.audit_name())
            .map_err(|error| invalid("", error.to_string()))?;
        let mut writing = self.begin(actor, "Zusammengeführt").await?;
        let id = self.around().uuid();
        merges::merge(&writing.tx, &id, &record.merged, absorbed, &writing.edit).await?;
        let detail = json!({ "absorbed": absorbed.0, "merge": id });
        writing.note("offers.merged", "offer", kept.0.as_str(), detail);
        writing.finish().await
    }

    /// Notes that two offers are not the same, so that they are not suggested again.
    pub async fn keep_apart(&self, actor: &Actor, one: &OfferId, other: &OfferId) -> Result<(), PortalError> {
        self.pair(actor, one, other).await?;
        let note = Different::of(one, other);
        let mut writing = self.begin(actor, "").await?;
        match records::save(&writing.tx, &note, 0, &writing.edit).await {
            // Somebody said so before.
            Ok(_) | Err(kekiz_store::SaveError::Stale { .. }) => {}
            Err(error) => return Err(PortalError::record(error)),
        }
        writing.note("offers.kept_apart", "offer", one.as_str(), json!({ "other": other }));
        writing.finish().await
    }

    /// The newest merges that can be undone.
    pub async fn recent_merges(&self, actor: &Actor) -> Result<Vec<Merged>, PortalError> {
        may_merge(actor)?;
        let mut found = Vec::new();
        for merge in merges::recent(self.db(), 50).await? {
            let kept = offers::get(self.db(), &OfferId(merge.kept.clone())).await?;
            let kept = kept.map_or_else(String::new, |one| one.value.name().to_string());
            found.push(Merged { merge, kept });
        }
        Ok(found)
    }

    /// Takes a merge apart: the absorbed offer is back as it was. Gives whether the other one is back too; it is left
    /// alone when it was changed since.
    pub async fn unmerge_offers(&self, actor: &Actor, id: &str) -> Result<bool, PortalError> {
        may_merge(actor)?;
        let mut writing = self.begin(actor, "Wieder getrennt").await?;
        let undone = merges::unmerge(&writing.tx, id, &writing.edit).await?;
        let detail = json!({ "merge": id, "restored": undone.restored.is_some() });
        writing.note("offers.unmerged", "offer", undone.revived.as_str(), detail);
        writing.finish().await?;
        Ok(undone.restored.is_some())
    }
}
