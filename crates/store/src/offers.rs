//! Offers: saving with a check of the revision, reading, history.

use crate::document::{column, decode, encode, revision};
use crate::entities::{offer, offer_version};
use crate::{Edit, SaveError, Stored, Trouble};
use kekiz_offers::{Offer, OfferId, OfferState, OrganizationId};
use sea_orm::sea_query::{Expr, Func, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, Statement,
};

const KIND: &str = "Angebot";

/// What is found under an id.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// The offer.
    Live(Box<Stored<Offer>>),
    /// It was a duplicate and lives on in another offer.
    Merged {
        /// That one.
        into: OfferId,
    },
}

/// Saves an offer as a new version. `offer.revision` names the version it was made from, 0 for a new offer; the
/// stored document gets the next one. The former version goes to the history.
pub async fn save(
    tx: &DatabaseTransaction,
    offer: &Offer,
    edit: &Edit,
) -> Result<Stored<Offer>, SaveError<Offer>> {
    let sequence = next_sequence(tx, 1).await?;
    let mut fresh = row(offer, sequence, edit)?;
    if offer.revision == 0 {
        let done = offer::Entity::insert(fresh.clone().into_active_model())
            .on_conflict(OnConflict::column(offer::Column::Id).do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
        if done == 0 {
            return Err(stale(tx, offer).await?);
        }
    } else {
        // The counter above is locked until the commit, so nobody changes the row between reading and writing.
        let Some(before) = offer::Entity::find_by_id(offer.id.as_str()).one(tx).await? else {
            return Err(stale(tx, offer).await?);
        };
        if before.revision != column(offer.revision) || before.merged_into.is_some() {
            return Err(stale(tx, offer).await?);
        }
        keep_version(tx, before).await?;
        fresh.merged_into = None;
        offer::Entity::update(fresh.clone().into_active_model().reset_all()).exec(tx).await?;
    }
    Ok(read(fresh)?)
}

/// What is found under an id; `None` when it never was.
pub async fn entry(db: &impl ConnectionTrait, id: &OfferId) -> Result<Option<Entry>, Trouble> {
    let Some(row) = offer::Entity::find_by_id(id.as_str()).one(db).await? else { return Ok(None) };
    Ok(Some(match row.merged_into.clone() {
        Some(into) => Entry::Merged { into: OfferId(into) },
        None => Entry::Live(Box::new(read(row)?)),
    }))
}

/// An offer; `None` for one that was merged into another or never was.
pub async fn get(db: &impl ConnectionTrait, id: &OfferId) -> Result<Option<Stored<Offer>>, Trouble> {
    Ok(match entry(db, id).await? {
        Some(Entry::Live(stored)) => Some(*stored),
        Some(Entry::Merged { .. }) | None => None,
    })
}

/// Several offers by their ids, in the order of the ids; unknown and merged ones are left out.
pub async fn get_all(db: &impl ConnectionTrait, ids: &[OfferId]) -> Result<Vec<Stored<Offer>>, Trouble> {
    let mut found = std::collections::HashMap::new();
    for some in ids.chunks(1000) {
        let rows = offer::Entity::find()
            .filter(offer::Column::Id.is_in(some.iter().map(OfferId::as_str)))
            .filter(offer::Column::MergedInto.is_null());
        for row in rows.all(db).await? {
            found.insert(row.id.clone(), row);
        }
    }
    ids.iter().filter_map(|id| found.remove(id.as_str())).map(read).collect()
}

/// Which offers to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only of this organisation.
    pub organization: Option<OrganizationId>,
    /// Only in these states; empty for all.
    pub states: Vec<OfferState>,
    /// Only after this offer, for paging.
    pub after: Option<OfferId>,
}

/// Offers ordered by id.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    limit: u64,
) -> Result<Vec<Stored<Offer>>, Trouble> {
    let mut found = offer::Entity::find()
        .filter(offer::Column::MergedInto.is_null())
        .order_by_asc(offer::Column::Id)
        .limit(limit);
    if let Some(organization) = &filter.organization {
        found = found.filter(offer::Column::Organization.eq(organization.as_str()));
    }
    if !filter.states.is_empty() {
        found = found.filter(offer::Column::State.is_in(filter.states.iter().map(|state| state.slug())));
    }
    if let Some(after) = &filter.after {
        found = found.filter(offer::Column::Id.gt(after.as_str()));
    }
    found.all(db).await?.into_iter().map(read).collect()
}

/// Ids of the offers in these states that were changed at or after a moment, ordered; the documents are not read.
pub async fn changed_since(
    db: &impl ConnectionTrait,
    states: &[OfferState],
    at: jiff::Timestamp,
) -> Result<Vec<OfferId>, Trouble> {
    let rows: Vec<String> = offer::Entity::find()
        .select_only()
        .column(offer::Column::Id)
        .filter(offer::Column::MergedInto.is_null())
        .filter(offer::Column::State.is_in(states.iter().map(|state| state.slug())))
        .filter(offer::Column::ChangedAt.gte(crate::Stamp::from(at)))
        .order_by_asc(offer::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(OfferId).collect())
}

/// Number of offers in each state, in the order of the states; states without offers are there with 0.
pub async fn count_by_state(db: &impl ConnectionTrait) -> Result<Vec<(OfferState, u64)>, Trouble> {
    let rows: Vec<(String, i64)> = offer::Entity::find()
        .select_only()
        .column(offer::Column::State)
        .expr(Func::count(Expr::col(offer::Column::Id)))
        .filter(offer::Column::MergedInto.is_null())
        .group_by(offer::Column::State)
        .into_tuple()
        .all(db)
        .await?;
    let of = |state: OfferState| rows.iter().find(|(word, _)| word == state.slug()).map_or(0, |(_, n)| *n);
    Ok(OfferState::ALL.into_iter().map(|state| (state, revision(of(state)))).collect())
}

/// All versions of an offer, the newest first.
pub async fn history(db: &impl ConnectionTrait, id: &OfferId) -> Result<Vec<Stored<Offer>>, Trouble> {
    let Some(now) = offer::Entity::find_by_id(id.as_str()).one(db).await? else { return Ok(Vec::new()) };
    let former = offer_version::Entity::find()
        .filter(offer_version::Column::Offer.eq(id.as_str()))
        .order_by_desc(offer_version::Column::Revision)
        .all(db)
        .await?;
    std::iter::once(read(now)).chain(former.into_iter().map(read_version)).collect()
}

/// One version of an offer.
pub async fn version(
    db: &impl ConnectionTrait,
    id: &OfferId,
    wanted: u64,
) -> Result<Option<Stored<Offer>>, Trouble> {
    let former = offer_version::Entity::find_by_id((id.as_str().to_string(), column(wanted))).one(db).await?;
    if let Some(found) = former {
        return read_version(found).map(Some);
    }
    let now = offer::Entity::find_by_id(id.as_str()).one(db).await?;
    now.filter(|row| row.revision == column(wanted)).map(read).transpose()
}

/// Copies a row to the history before it changes.
pub(crate) async fn keep_version(tx: &DatabaseTransaction, before: offer::Model) -> Result<(), Trouble> {
    let version = offer_version::Model {
        offer: before.id,
        revision: before.revision,
        changed_at: before.changed_at,
        changed_by: before.changed_by,
        reason: before.reason,
        document: before.document,
    };
    offer_version::Entity::insert(version.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Reserves numbers of changes and gives the first. Its row stays locked until the commit: changes become visible
/// in the order of their numbers, so that a reader who asks for "all since n" misses none.
pub(crate) async fn next_sequence(tx: &DatabaseTransaction, count: i64) -> Result<i64, Trouble> {
    let sql = "INSERT INTO counters (name, value) VALUES ('offers', $1) \
        ON CONFLICT (name) DO UPDATE SET value = counters.value + $1 RETURNING value";
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, [count.into()]);
    let row = tx.query_one_raw(statement).await?;
    let last: i64 = row.map_or(Ok(0), |row| row.try_get("", "value"))?;
    Ok(last - count + 1)
}

/// The row of the next version of an offer.
pub(crate) fn row(offer: &Offer, sequence: i64, edit: &Edit) -> Result<offer::Model, Trouble> {
    let next = Offer { revision: offer.revision + 1, ..offer.clone() };
    Ok(offer::Model {
        document: encode(KIND, next.id.as_str(), &next)?,
        title: next.name().to_string(),
        revision: column(next.revision),
        id: next.id.0,
        organization: next.organization.0,
        state: next.state.slug().into(),
        sequence,
        changed_at: edit.at.into(),
        changed_by: edit.by.clone(),
        reason: edit.reason.clone(),
        merged_into: None,
    })
}

pub(crate) fn read(row: offer::Model) -> Result<Stored<Offer>, Trouble> {
    Ok(Stored {
        value: decode(KIND, &row.id, &row.document)?,
        revision: revision(row.revision),
        changed_at: row.changed_at.timestamp(),
        changed_by: row.changed_by,
        reason: row.reason,
    })
}

fn read_version(row: offer_version::Model) -> Result<Stored<Offer>, Trouble> {
    Ok(Stored {
        value: decode(KIND, &row.offer, &row.document)?,
        revision: revision(row.revision),
        changed_at: row.changed_at.timestamp(),
        changed_by: row.changed_by,
        reason: row.reason,
    })
}

async fn stale(tx: &DatabaseTransaction, offer: &Offer) -> Result<SaveError<Offer>, Trouble> {
    let theirs = get(tx, &offer.id).await?.map(Box::new);
    Ok(SaveError::Stale { yours: Box::new(offer.clone()), theirs })
}
