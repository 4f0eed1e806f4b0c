//! Sessions of browsers. The cookie's id is kept as a hash: whoever reads the table can take over none.

use crate::entities::session;
use crate::{Stamp, Trouble};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

pub use session::Model as Session;

/// The hash an id is kept under; lists of sessions name sessions by it.
pub fn hash(id: &str) -> String {
    blake3::hash(id.as_bytes()).to_hex().to_string()
}

/// Adds a session; `false` when the id is taken.
pub async fn create(
    db: &impl ConnectionTrait,
    id: &str,
    data: &str,
    at: jiff::Timestamp,
    expires_at: jiff::Timestamp,
) -> Result<bool, Trouble> {
    let row = fresh(id, data, at, expires_at);
    let done = session::Entity::insert(row.into_active_model())
        .on_conflict(OnConflict::column(session::Column::IdHash).do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(done == 1)
}

/// Writes what the web layer keeps. A session that is gone stays gone: one that was revoked while a request ran
/// must not come back with the request's end. `false` then.
pub async fn save(
    db: &impl ConnectionTrait,
    id: &str,
    data: &str,
    at: jiff::Timestamp,
    expires_at: jiff::Timestamp,
) -> Result<bool, Trouble> {
    let done = session::Entity::update_many()
        .col_expr(session::Column::Data, Expr::value(data))
        .col_expr(session::Column::SeenAt, Expr::value(Stamp::from(at)))
        .col_expr(session::Column::ExpiresAt, Expr::value(Stamp::from(expires_at)))
        .filter(session::Column::IdHash.eq(hash(id)))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// A session that has not ended.
pub async fn load(
    db: &impl ConnectionTrait,
    id: &str,
    at: jiff::Timestamp,
) -> Result<Option<Session>, Trouble> {
    let found = session::Entity::find_by_id(hash(id)).filter(session::Column::ExpiresAt.gt(Stamp::from(at)));
    Ok(found.one(db).await?)
}

/// Notes who has logged in and with what; `device` is a few words such as "Firefox, Android". `false` when the
/// session is gone.
pub async fn attach(
    db: &impl ConnectionTrait,
    id: &str,
    account: &str,
    device: &str,
) -> Result<bool, Trouble> {
    let done = session::Entity::update_many()
        .col_expr(session::Column::Account, Expr::value(account))
        .col_expr(session::Column::Device, Expr::value(device))
        .filter(session::Column::IdHash.eq(hash(id)))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Ends a session.
pub async fn delete(db: &impl ConnectionTrait, id: &str) -> Result<(), Trouble> {
    session::Entity::delete_by_id(hash(id)).exec(db).await?;
    Ok(())
}

/// The running sessions of an account, last used first.
pub async fn of(
    db: &impl ConnectionTrait,
    account: &str,
    at: jiff::Timestamp,
) -> Result<Vec<Session>, Trouble> {
    let found = session::Entity::find()
        .filter(session::Column::Account.eq(account))
        .filter(session::Column::ExpiresAt.gt(Stamp::from(at)))
        .order_by_desc(session::Column::SeenAt)
        .order_by_asc(session::Column::IdHash);
    Ok(found.all(db).await?)
}

/// Ends one session of an account, named by its hash; `false` when it has none such.
pub async fn revoke(db: &impl ConnectionTrait, account: &str, id_hash: &str) -> Result<bool, Trouble> {
    let done =
        session::Entity::delete_by_id(id_hash).filter(session::Column::Account.eq(account)).exec(db).await?;
    Ok(done.rows_affected == 1)
}

/// Ends all sessions of an account but one; gives their number.
pub async fn revoke_others(
    db: &impl ConnectionTrait,
    account: &str,
    keep: Option<&str>,
) -> Result<u64, Trouble> {
    let mut doomed = session::Entity::delete_many().filter(session::Column::Account.eq(account));
    if let Some(id) = keep {
        doomed = doomed.filter(session::Column::IdHash.ne(hash(id)));
    }
    Ok(doomed.exec(db).await?.rows_affected)
}

fn fresh(id: &str, data: &str, at: jiff::Timestamp, expires_at: jiff::Timestamp) -> Session {
    Session {
        id_hash: hash(id),
        account: None,
        data: data.into(),
        device: String::new(),
        created_at: at.into(),
        seen_at: at.into(),
        expires_at: expires_at.into(),
    }
}
