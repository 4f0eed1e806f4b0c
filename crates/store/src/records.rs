//! Short lists of documents with versions: organisations, places, goals, the network.
//!
//! Dozens to thousands of each kind, always edited one at a time by people: they share one table and one set of
//! functions. What they are asked for by is in [`Columns`]; everything else stays in the document.

use crate::document::{column, decode, encode, revision};
use crate::entities::{record, record_version};
use crate::{Edit, SaveError, Stored, Trouble};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Serialize, de::DeserializeOwned};

/// What a record is asked for by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// Unique within its kind.
    pub id: String,
    /// What it belongs to; empty for none.
    pub parent: String,
    /// Its name.
    pub title: String,
    /// Its state; empty where it has none.
    pub state: String,
    /// Day it is due on.
    pub due_on: Option<jiff::civil::Date>,
    /// Place in the list.
    pub position: i64,
}

/// A document that is kept as a record.
pub trait Recorded: Clone + Serialize + DeserializeOwned {
    /// What it is, in the table and in error texts; never changes once released.
    const KIND: &'static str;
    /// What it is asked for by.
    fn columns(&self) -> Columns;
}

/// Saves a record as a new version. `base` is the revision it was made from, 0 for a new one (also for one that
/// was removed and comes back under its id: then `base` is its last revision).
pub async fn save<T: Recorded>(
    tx: &DatabaseTransaction,
    value: &T,
    base: u64,
    edit: &Edit,
) -> Result<Stored<T>, SaveError<T>> {
    let row = write(value, base, edit, false)?;
    if base == 0 {
        let done = record::Entity::insert(row.clone().into_active_model())
            .on_conflict(
                OnConflict::columns([record::Column::Kind, record::Column::Id]).do_nothing().to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
        if done == 0 {
            return Err(stale(tx, value).await?);
        }
    } else if !replace(tx, row.clone(), base).await? {
        return Err(stale(tx, value).await?);
    }
    Ok(read(row)?)
}

/// Takes a record off the list; its versions stay. `base` is the revision the person saw.
pub async fn remove<T: Recorded>(
    tx: &DatabaseTransaction,
    value: &T,
    base: u64,
    edit: &Edit,
) -> Result<(), SaveError<T>> {
    let row = write(value, base, edit, true)?;
    if replace(tx, row, base).await? { Ok(()) } else { Err(stale(tx, value).await?) }
}

/// Adds many new records, all or none, for imports.
pub async fn insert_many<T: Recorded>(
    tx: &DatabaseTransaction,
    values: &[T],
    edit: &Edit,
) -> Result<(), Trouble> {
    for some in values.chunks(1000) {
        let rows: Result<Vec<_>, Trouble> =
            some.iter().map(|value| Ok(write(value, 0, edit, false)?.into_active_model())).collect();
        record::Entity::insert_many(rows?).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// A record that is on the list.
pub async fn get<T: Recorded>(db: &impl ConnectionTrait, id: &str) -> Result<Option<Stored<T>>, Trouble> {
    let found = record::Entity::find_by_id((T::KIND.into(), id.into())).one(db).await?;
    found.filter(|row| !row.removed).map(read).transpose()
}

/// All records of a kind that are on the list, by position, then title.
pub async fn all<T: Recorded>(db: &impl ConnectionTrait) -> Result<Vec<Stored<T>>, Trouble> {
    listed::<T>().all(db).await?.into_iter().map(read).collect()
}

/// The records that belong to another, by position, then title.
pub async fn of_parent<T: Recorded>(
    db: &impl ConnectionTrait,
    parent: &str,
) -> Result<Vec<Stored<T>>, Trouble> {
    let found = listed::<T>().filter(record::Column::Parent.eq(parent));
    found.all(db).await?.into_iter().map(read).collect()
}

/// The records due on or before a day, the longest due first.
pub async fn due<T: Recorded>(
    db: &impl ConnectionTrait,
    day: jiff::civil::Date,
) -> Result<Vec<Stored<T>>, Trouble> {
    let found = record::Entity::find()
        .filter(record::Column::Kind.eq(T::KIND))
        .filter(record::Column::Removed.eq(false))
        .filter(record::Column::DueOn.lte(day.to_string()))
        .order_by_asc(record::Column::DueOn)
        .order_by_asc(record::Column::Id);
    found.all(db).await?.into_iter().map(read).collect()
}

/// A page of the records of a kind after an id, ordered by id, for long lists.
pub async fn page<T: Recorded>(
    db: &impl ConnectionTrait,
    after: &str,
    limit: u64,
) -> Result<Vec<Stored<T>>, Trouble> {
    let found = record::Entity::find()
        .filter(record::Column::Kind.eq(T::KIND))
        .filter(record::Column::Removed.eq(false))
        .filter(record::Column::Id.gt(after))
        .order_by_asc(record::Column::Id)
        .limit(limit);
    found.all(db).await?.into_iter().map(read).collect()
}

/// All versions of a record, the newest first, also of one that was removed.
pub async fn history<T: Recorded>(db: &impl ConnectionTrait, id: &str) -> Result<Vec<Stored<T>>, Trouble> {
    let now = record::Entity::find_by_id((T::KIND.into(), id.into())).one(db).await?;
    let Some(now) = now else { return Ok(Vec::new()) };
    let former = record_version::Entity::find()
        .filter(record_version::Column::Kind.eq(T::KIND))
        .filter(record_version::Column::Id.eq(id))
        .order_by_desc(record_version::Column::Revision)
        .all(db)
        .await?;
    std::iter::once(read(now)).chain(former.into_iter().map(read_version)).collect()
}

fn listed<T: Recorded>() -> sea_orm::Select<record::Entity> {
    record::Entity::find()
        .filter(record::Column::Kind.eq(T::KIND))
        .filter(record::Column::Removed.eq(false))
        .order_by_asc(record::Column::Position)
        .order_by_asc(record::Column::Title)
        .order_by_asc(record::Column::Id)
}

/// Puts a row in the place of its former version, which goes to the history; `false` when that is not `base`.
async fn replace(tx: &DatabaseTransaction, row: record::Model, base: u64) -> Result<bool, Trouble> {
    // PostgreSQL: the row stays locked until the commit. SQLite: the transaction is the only writer.
    let key = (row.kind.clone(), row.id.clone());
    let before = record::Entity::find_by_id(key).lock_exclusive().one(tx).await?;
    let Some(before) = before.filter(|before| before.revision == column(base)) else { return Ok(false) };
    let version = record_version::Model {
        kind: before.kind,
        id: before.id,
        revision: before.revision,
        changed_at: before.changed_at,
        changed_by: before.changed_by,
        reason: before.reason,
        removed: before.removed,
        document: before.document,
    };
    record_version::Entity::insert(version.into_active_model()).exec_without_returning(tx).await?;
    record::Entity::update(row.into_active_model().reset_all()).exec(tx).await?;
    Ok(true)
}

fn write<T: Recorded>(value: &T, base: u64, edit: &Edit, removed: bool) -> Result<record::Model, Trouble> {
    let columns = value.columns();
    Ok(record::Model {
        document: encode(T::KIND, &columns.id, value)?,
        kind: T::KIND.into(),
        id: columns.id,
        parent: columns.parent,
        title: columns.title,
        state: columns.state,
        due_on: columns.due_on.map(|day| day.to_string()),
        position: columns.position,
        revision: column(base + 1),
        changed_at: edit.at.into(),
        changed_by: edit.by.clone(),
        reason: edit.reason.clone(),
        removed,
    })
}

fn read<T: Recorded>(row: record::Model) -> Result<Stored<T>, Trouble> {
    Ok(Stored {
        value: decode(T::KIND, &row.id, &row.document)?,
        revision: revision(row.revision),
        changed_at: row.changed_at.timestamp(),
        changed_by: row.changed_by,
        reason: row.reason,
    })
}

fn read_version<T: Recorded>(row: record_version::Model) -> Result<Stored<T>, Trouble> {
    Ok(Stored {
        value: decode(T::KIND, &row.id, &row.document)?,
        revision: revision(row.revision),
        changed_at: row.changed_at.timestamp(),
        changed_by: row.changed_by,
        reason: row.reason,
    })
}

async fn stale<T: Recorded>(tx: &DatabaseTransaction, value: &T) -> Result<SaveError<T>, Trouble> {
    let theirs = get::<T>(tx, &value.columns().id).await?.map(Box::new);
    Ok(SaveError::Stale { yours: Box::new(value.clone()), theirs })
}
