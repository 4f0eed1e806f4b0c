//! Second factors and recovery codes.

use crate::entities::{recovery_code, second_factor};
use crate::{Stamp, Trouble};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};

pub use second_factor::Model as SecondFactor;

/// Keeps a new, unconfirmed secret; one that was there before is replaced.
pub async fn enrol(
    db: &impl ConnectionTrait,
    account: &str,
    sealed_secret: Vec<u8>,
    at: jiff::Timestamp,
) -> Result<(), Trouble> {
    remove(db, account).await?;
    let row = SecondFactor {
        account: account.into(),
        sealed_secret,
        created_at: at.into(),
        confirmed_at: None,
        last_step: -1,
    };
    second_factor::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The second factor of an account.
pub async fn of(db: &impl ConnectionTrait, account: &str) -> Result<Option<SecondFactor>, Trouble> {
    Ok(second_factor::Entity::find_by_id(account).one(db).await?)
}

/// Takes a time step; `false` when it or a later one was taken before. One statement, so that of two logins
/// with the same code only one succeeds.
pub async fn take_step(db: &impl ConnectionTrait, account: &str, step: u64) -> Result<bool, Trouble> {
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    let done = second_factor::Entity::update_many()
        .col_expr(second_factor::Column::LastStep, Expr::value(step))
        .filter(second_factor::Column::Account.eq(account))
        .filter(second_factor::Column::LastStep.lt(step))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Notes that the person has shown to have the secret; from now on it is asked for.
pub async fn confirm(db: &impl ConnectionTrait, account: &str, at: jiff::Timestamp) -> Result<(), Trouble> {
    second_factor::Entity::update_many()
        .col_expr(second_factor::Column::ConfirmedAt, Expr::value(Stamp::from(at)))
        .filter(second_factor::Column::Account.eq(account))
        .filter(second_factor::Column::ConfirmedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// Removes the second factor; its recovery codes go with it.
pub async fn remove(db: &impl ConnectionTrait, account: &str) -> Result<(), Trouble> {
    second_factor::Entity::delete_by_id(account).exec(db).await?;
    replace_codes(db, account, &[]).await
}

/// Replaces the recovery codes by new ones, given as hashes.
pub async fn replace_codes(
    db: &impl ConnectionTrait,
    account: &str,
    hashes: &[String],
) -> Result<(), Trouble> {
    recovery_code::Entity::delete_many().filter(recovery_code::Column::Account.eq(account)).exec(db).await?;
    if hashes.is_empty() {
        return Ok(());
    }
    let rows = hashes.iter().map(|hash| {
        recovery_code::Model { account: account.into(), code_hash: hash.clone(), used_at: None }
            .into_active_model()
    });
    let key = [recovery_code::Column::Account, recovery_code::Column::CodeHash];
    recovery_code::Entity::insert_many(rows)
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Uses up a recovery code; `false` when it is not one or was used.
pub async fn take_code(
    db: &impl ConnectionTrait,
    account: &str,
    hash: &str,
    at: jiff::Timestamp,
) -> Result<bool, Trouble> {
    let done = recovery_code::Entity::update_many()
        .col_expr(recovery_code::Column::UsedAt, Expr::value(Stamp::from(at)))
        .filter(recovery_code::Column::Account.eq(account))
        .filter(recovery_code::Column::CodeHash.eq(hash))
        .filter(Expr::col(recovery_code::Column::UsedAt).is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// How many recovery codes are left.
pub async fn codes_left(db: &impl ConnectionTrait, account: &str) -> Result<u64, Trouble> {
    let left = recovery_code::Entity::find()
        .filter(recovery_code::Column::Account.eq(account))
        .filter(recovery_code::Column::UsedAt.is_null());
    Ok(left.count(db).await?)
}
