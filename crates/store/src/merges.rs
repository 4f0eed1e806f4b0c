//! Duplicates: merging two offers into one, and undoing it.

use crate::document::{column, revision};
use crate::entities::{merge, offer};
use crate::{Edit, SaveError, Stored, Trouble, offers};
use kekiz_offers::{Offer, OfferId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, ExprTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

pub use merge::Model as Merge;

/// Why a merge was not made or not undone.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// An offer cannot take in itself.
    #[error(
        "Ein Angebot kann nicht mit sich selbst zusammengeführt werden. Abhilfe: zwei verschiedene Angebote wählen."
    )]
    Same,
    /// One of the offers changed or is gone.
    #[error(
        "Eines der Angebote wurde inzwischen geändert. Es wurde nichts zusammengeführt. Abhilfe: den Vergleich neu laden."
    )]
    Stale {
        /// The offer that changed.
        offer: OfferId,
    },
    /// There is no such merge or it was undone.
    #[error("Diese Zusammenführung gibt es nicht oder sie wurde schon aufgehoben.")]
    Unknown,
    /// The database refused.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl From<sea_orm::DbErr> for MergeError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Trouble(error.into())
    }
}

/// What undoing a merge left behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Undone {
    /// The offer that is back.
    pub revived: OfferId,
    /// The kept offer when it is again as it was before the merge; `None` when it was changed since and was left
    /// alone, for a person to look through.
    pub restored: Option<Stored<Offer>>,
}

/// Saves `kept` as the union of both and lets the absorbed offer point to it. `kept.revision` and
/// `absorbed_revision` name the versions the person saw. Gives the kept offer as saved.
pub async fn merge(
    tx: &DatabaseTransaction,
    merge_id: &str,
    kept: &Offer,
    absorbed: (&OfferId, u64),
    edit: &Edit,
) -> Result<Stored<Offer>, MergeError> {
    let (absorbed, absorbed_revision) = absorbed;
    if *absorbed == kept.id {
        return Err(MergeError::Same);
    }
    let saved = offers::save(tx, kept, edit).await.map_err(|error| match error {
        SaveError::Stale { .. } => MergeError::Stale { offer: kept.id.clone() },
        SaveError::Trouble(trouble) => trouble.into(),
    })?;
    let stale = || MergeError::Stale { offer: absorbed.clone() };
    let mut row = offer::Entity::find_by_id(absorbed.as_str()).one(tx).await?.ok_or_else(stale)?;
    if row.revision != column(absorbed_revision) || row.merged_into.is_some() {
        return Err(stale());
    }
    row.merged_into = Some(kept.id.0.clone());
    row.sequence = offers::next_sequence(tx, 1).await?;
    offer::Entity::update(row.into_active_model().reset_all()).exec(tx).await?;
    let note = Merge {
        id: merge_id.into(),
        kept: kept.id.0.clone(),
        absorbed: absorbed.0.clone(),
        kept_before: column(kept.revision),
        kept_after: column(saved.revision),
        merged_at: edit.at.into(),
        merged_by: edit.by.clone(),
        undone_at: None,
        undone_by: None,
    };
    merge::Entity::insert(note.into_active_model()).exec_without_returning(tx).await?;
    Ok(saved)
}

/// Undoes a merge: the absorbed offer is back as it was; the kept one goes back too unless it changed since.
pub async fn unmerge(tx: &DatabaseTransaction, merge_id: &str, edit: &Edit) -> Result<Undone, MergeError> {
    let sequence = offers::next_sequence(tx, 1).await?;
    let note = merge::Entity::find_by_id(merge_id).one(tx).await?;
    let mut note = note.filter(|note| note.undone_at.is_none()).ok_or(MergeError::Unknown)?;
    let absorbed = OfferId(note.absorbed.clone());
    let mut row = offer::Entity::find_by_id(absorbed.as_str()).one(tx).await?.ok_or(MergeError::Unknown)?;
    if row.merged_into.as_deref() != Some(note.kept.as_str()) {
        return Err(MergeError::Stale { offer: absorbed });
    }
    row.merged_into = None;
    row.sequence = sequence;
    offer::Entity::update(row.into_active_model().reset_all()).exec(tx).await?;
    let restored = restore(tx, &note, edit).await?;
    note.undone_at = Some(edit.at.into());
    note.undone_by = edit.by.clone();
    merge::Entity::update(note.into_active_model().reset_all()).exec(tx).await?;
    Ok(Undone { revived: absorbed, restored })
}

/// Saves the version from before the merge as the newest, unless the offer moved on.
async fn restore(
    tx: &DatabaseTransaction,
    note: &Merge,
    edit: &Edit,
) -> Result<Option<Stored<Offer>>, MergeError> {
    let kept = OfferId(note.kept.clone());
    let now = offers::get(tx, &kept).await?;
    if now.is_none_or(|now| now.revision != revision(note.kept_after)) {
        return Ok(None);
    }
    let Some(before) = offers::version(tx, &kept, revision(note.kept_before)).await? else { return Ok(None) };
    let back = Offer { revision: revision(note.kept_after), ..before.value };
    match offers::save(tx, &back, edit).await {
        Ok(saved) => Ok(Some(saved)),
        Err(SaveError::Stale { .. }) => Ok(None),
        Err(SaveError::Trouble(trouble)) => Err(trouble.into()),
    }
}

/// The newest merges that were not undone.
pub async fn recent(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Merge>, Trouble> {
    let found = merge::Entity::find()
        .filter(merge::Column::UndoneAt.is_null())
        .order_by_desc(merge::Column::MergedAt)
        .order_by_asc(merge::Column::Id)
        .limit(limit);
    Ok(found.all(db).await?)
}

/// The merges an offer was part of, the newest first.
pub async fn of(db: &impl ConnectionTrait, offer: &OfferId) -> Result<Vec<Merge>, Trouble> {
    let part = merge::Column::Kept.eq(offer.as_str()).or(merge::Column::Absorbed.eq(offer.as_str()));
    let found = merge::Entity::find().filter(part).order_by_desc(merge::Column::MergedAt);
    Ok(found.order_by_asc(merge::Column::Id).all(db).await?)
}
