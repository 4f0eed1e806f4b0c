//! Many offers at once: imports, the rebuild of the search index, and what changed since.

use crate::entities::offer;
use crate::offers::{next_sequence, read, row};
use crate::{Edit, Stored, Trouble};
use kekiz_offers::{Offer, OfferId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

/// Rows of one statement: 11 columns each, and SQLite takes 32,766 values.
const ROWS: usize = 1000;

/// Why an import was not saved.
#[derive(Debug, thiserror::Error)]
pub enum BulkError {
    /// One of the ids is taken; nothing was saved.
    #[error(
        "Eines der Angebote gibt es schon. Es wurde nichts gespeichert. Abhilfe: die Vorschau neu laden, sie zeigt vorhandene Angebote als Änderung."
    )]
    Taken,
    /// The database refused.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl From<sea_orm::DbErr> for BulkError {
    fn from(error: sea_orm::DbErr) -> Self {
        match error.sql_err() {
            Some(sea_orm::SqlErr::UniqueConstraintViolation(_)) => Self::Taken,
            _ => Self::Trouble(error.into()),
        }
    }
}

/// Adds new offers, all or none; gives their number.
pub async fn insert(tx: &DatabaseTransaction, offers: &[Offer], edit: &Edit) -> Result<u64, BulkError> {
    let count = i64::try_from(offers.len()).unwrap_or(i64::MAX);
    let mut sequence = next_sequence(tx, count).await?;
    for some in offers.chunks(ROWS) {
        let mut rows = Vec::with_capacity(some.len());
        for offer in some {
            rows.push(row(&Offer { revision: 0, ..offer.clone() }, sequence, edit)?.into_active_model());
            sequence += 1;
        }
        offer::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(offers.len() as u64)
}

/// Hands every offer that was not merged away to `each`, ordered by id, a thousand at a time. `each` may stop by
/// giving `false`. Not one snapshot: to have missed nothing, ask [`last_sequence`] before and [`changes_since`]
/// after.
pub async fn for_each(
    db: &impl ConnectionTrait,
    mut each: impl FnMut(Stored<Offer>) -> bool,
) -> Result<(), Trouble> {
    let mut after = String::new();
    loop {
        let page = offer::Entity::find()
            .filter(offer::Column::Id.gt(&after))
            .order_by_asc(offer::Column::Id)
            .limit(ROWS as u64)
            .all(db)
            .await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.id.clone();
        for row in page {
            if row.merged_into.is_none() && !each(read(row)?) {
                return Ok(());
            }
        }
    }
}

/// One change, for the search index.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Its number.
    pub sequence: i64,
    /// The offer.
    pub id: OfferId,
    /// The offer as it is now; `None` when it was merged into another and is to be taken out.
    pub now: Option<Stored<Offer>>,
}

/// Offers that changed after a number, in the order of their changes, at most `limit`. An offer that changed
/// twice comes once, with its last number. The next call continues with the number of the last change.
pub async fn changes_since(
    db: &impl ConnectionTrait,
    sequence: i64,
    limit: u64,
) -> Result<Vec<Change>, Trouble> {
    let rows = offer::Entity::find()
        .filter(offer::Column::Sequence.gt(sequence))
        .order_by_asc(offer::Column::Sequence)
        .limit(limit)
        .all(db)
        .await?;
    let change = |row: offer::Model| {
        let (sequence, id) = (row.sequence, OfferId(row.id.clone()));
        let now = if row.merged_into.is_some() { None } else { Some(read(row)?) };
        Ok(Change { sequence, id, now })
    };
    rows.into_iter().map(change).collect()
}

/// The number of the last change; 0 before the first.
pub async fn last_sequence(db: &impl ConnectionTrait) -> Result<i64, Trouble> {
    let last: Option<i64> = offer::Entity::find()
        .select_only()
        .column(offer::Column::Sequence)
        .order_by_desc(offer::Column::Sequence)
        .into_tuple()
        .one(db)
        .await?;
    Ok(last.unwrap_or(0))
}
