//! Accounts.

use crate::entities::{AccountState, account};
use crate::{Stamp, Trouble};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};

pub use account::Model as Account;

/// Why an account was not made or its address not changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The address is taken. Never shown to somebody who is not logged in: it would tell who has an account.
    #[error("Zu dieser Mailadresse gibt es schon ein Konto. Abhilfe: dem vorhandenen Konto die Rolle geben.")]
    Taken,
    /// The database refused.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl From<sea_orm::DbErr> for AccountError {
    fn from(error: sea_orm::DbErr) -> Self {
        match error.sql_err() {
            Some(sea_orm::SqlErr::UniqueConstraintViolation(_)) => Self::Taken,
            _ => Self::Trouble(error.into()),
        }
    }
}

/// A mail address as accounts are found by: trimmed and in lower case.
pub fn normal_email(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Adds an account.
pub async fn insert(db: &impl ConnectionTrait, account: Account) -> Result<(), AccountError> {
    account::Entity::insert(account.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// An account by its id.
pub async fn by_id(db: &impl ConnectionTrait, id: &str) -> Result<Option<Account>, Trouble> {
    Ok(account::Entity::find_by_id(id).one(db).await?)
}

/// An account by its mail address.
pub async fn by_email(db: &impl ConnectionTrait, email: &str) -> Result<Option<Account>, Trouble> {
    Ok(account::Entity::find().filter(account::Column::Email.eq(normal_email(email))).one(db).await?)
}

/// All accounts ordered by name.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Account>, Trouble> {
    let ordered =
        account::Entity::find().order_by_asc(account::Column::Name).order_by_asc(account::Column::Id);
    Ok(ordered.all(db).await?)
}

/// Writes an account back.
pub async fn update(db: &impl ConnectionTrait, account: Account) -> Result<(), AccountError> {
    account.into_active_model().reset_all().update(db).await?;
    Ok(())
}

/// Sets the hash of the password.
pub async fn set_password(
    db: &impl ConnectionTrait,
    id: &str,
    hash: &str,
    at: jiff::Timestamp,
) -> Result<(), Trouble> {
    account::Entity::update_many()
        .col_expr(account::Column::Password, Expr::value(hash))
        .col_expr(account::Column::PasswordChangedAt, Expr::value(Stamp::from(at)))
        .filter(account::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Lets an account in or shuts it.
pub async fn set_state(db: &impl ConnectionTrait, id: &str, state: AccountState) -> Result<(), Trouble> {
    account::Entity::update_many()
        .col_expr(account::Column::State, Expr::value(state))
        .filter(account::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Notes a login.
pub async fn logged_in(db: &impl ConnectionTrait, id: &str, at: jiff::Timestamp) -> Result<(), Trouble> {
    account::Entity::update_many()
        .col_expr(account::Column::LastLoginAt, Expr::value(Stamp::from(at)))
        .filter(account::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}
