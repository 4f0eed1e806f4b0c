//! Links sent by mail. The table holds hashes: whoever reads it can use none of them.

use crate::entities::{TokenPurpose, token};
use crate::{Stamp, Trouble};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

pub use token::Model as Token;

/// The hash a secret is kept under. The secret has 256 random bits, so a plain hash is enough.
pub fn hash(secret: &str) -> String {
    blake3::hash(secret.as_bytes()).to_hex().to_string()
}

/// Keeps a token.
pub async fn insert(db: &impl ConnectionTrait, token: Token) -> Result<(), Trouble> {
    token::Entity::insert(token.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// A token that could be used now, without using it.
pub async fn peek(
    db: &impl ConnectionTrait,
    secret: &str,
    purpose: TokenPurpose,
    at: jiff::Timestamp,
) -> Result<Option<Token>, Trouble> {
    let found = token::Entity::find_by_id(hash(secret))
        .filter(token::Column::Purpose.eq(purpose))
        .filter(token::Column::UsedAt.is_null())
        .filter(token::Column::ExpiresAt.gt(Stamp::from(at)));
    Ok(found.one(db).await?)
}

/// Uses a token; `None` when there is none, it has expired, or somebody was faster.
pub async fn take(
    db: &impl ConnectionTrait,
    secret: &str,
    purpose: TokenPurpose,
    at: jiff::Timestamp,
) -> Result<Option<Token>, Trouble> {
    let Some(token) = peek(db, secret, purpose, at).await? else { return Ok(None) };
    let done = token::Entity::update_many()
        .col_expr(token::Column::UsedAt, Expr::value(Stamp::from(at)))
        .filter(token::Column::Hash.eq(&token.hash))
        .filter(token::Column::UsedAt.is_null())
        .exec(db)
        .await?;
    Ok((done.rows_affected == 1).then_some(token))
}

/// Forgets the unused tokens of an account for one purpose.
pub async fn forget(db: &impl ConnectionTrait, account: &str, purpose: TokenPurpose) -> Result<u64, Trouble> {
    let done = token::Entity::delete_many()
        .filter(token::Column::Account.eq(account))
        .filter(token::Column::Purpose.eq(purpose))
        .filter(token::Column::UsedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

/// The unused tokens of one purpose, oldest first, for lists of open invitations.
pub async fn open(db: &impl ConnectionTrait, purpose: TokenPurpose) -> Result<Vec<Token>, Trouble> {
    let found = token::Entity::find()
        .filter(token::Column::Purpose.eq(purpose))
        .filter(token::Column::UsedAt.is_null())
        .order_by_asc(token::Column::CreatedAt)
        .order_by_asc(token::Column::Hash);
    Ok(found.all(db).await?)
}
