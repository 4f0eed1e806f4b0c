//! Accounts that say an organisation is theirs.

use crate::entities::{RequestState, claim};
use crate::{Stamp, Trouble};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

pub use claim::Model as Claim;

/// Keeps a claim; `false` when the same account already waits for the same organisation.
pub async fn insert(db: &impl ConnectionTrait, claim: Claim) -> Result<bool, Trouble> {
    match claim::Entity::insert(claim.into_active_model()).exec_without_returning(db).await {
        Ok(_) => Ok(true),
        Err(error) => match error.sql_err() {
            Some(sea_orm::SqlErr::UniqueConstraintViolation(_)) => Ok(false),
            _ => Err(error.into()),
        },
    }
}

/// One claim.
pub async fn get(db: &impl ConnectionTrait, id: &str) -> Result<Option<Claim>, Trouble> {
    Ok(claim::Entity::find_by_id(id).one(db).await?)
}

/// The claims that wait, the oldest first.
pub async fn open(db: &impl ConnectionTrait) -> Result<Vec<Claim>, Trouble> {
    let found = claim::Entity::find()
        .filter(claim::Column::State.eq(RequestState::Open))
        .order_by_asc(claim::Column::ClaimedAt)
        .order_by_asc(claim::Column::Id);
    Ok(found.all(db).await?)
}

/// Decides a claim; `false` when it does not wait any more.
pub async fn decide(
    db: &impl ConnectionTrait,
    id: &str,
    state: RequestState,
    by: &str,
    at: jiff::Timestamp,
) -> Result<bool, Trouble> {
    let done = claim::Entity::update_many()
        .col_expr(claim::Column::State, Expr::value(state))
        .col_expr(claim::Column::DecidedBy, Expr::value(by))
        .col_expr(claim::Column::DecidedAt, Expr::value(Stamp::from(at)))
        .filter(claim::Column::Id.eq(id))
        .filter(claim::Column::State.eq(RequestState::Open))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}
