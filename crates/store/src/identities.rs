//! Identities at an OpenID provider. The subject is the key; a mail address is none, since it can change hands.

use crate::Trouble;
use crate::entities::external_identity;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

pub use external_identity::Model as ExternalIdentity;

/// Why an identity was not linked.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// It logs into some account already.
    #[error("Diese Anmeldung gehört schon zu einem Konto. Abhilfe: sie dort zuerst lösen.")]
    Taken,
    /// The database refused.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// Links an identity to an account.
pub async fn link(
    db: &impl ConnectionTrait,
    issuer: &str,
    subject: &str,
    account: &str,
    at: jiff::Timestamp,
) -> Result<(), LinkError> {
    let row = ExternalIdentity {
        issuer: issuer.into(),
        subject: subject.into(),
        account: account.into(),
        linked_at: at.into(),
    };
    let done = external_identity::Entity::insert(row.into_active_model()).exec_without_returning(db).await;
    done.map(|_| ()).map_err(|error| match error.sql_err() {
        Some(sea_orm::SqlErr::UniqueConstraintViolation(_)) => LinkError::Taken,
        _ => LinkError::Trouble(error.into()),
    })
}

/// The account an identity logs into.
pub async fn account(
    db: &impl ConnectionTrait,
    issuer: &str,
    subject: &str,
) -> Result<Option<String>, Trouble> {
    let found = external_identity::Entity::find_by_id((issuer.into(), subject.into())).one(db).await?;
    Ok(found.map(|row| row.account))
}

/// The identities of an account.
pub async fn of(db: &impl ConnectionTrait, account: &str) -> Result<Vec<ExternalIdentity>, Trouble> {
    let found = external_identity::Entity::find()
        .filter(external_identity::Column::Account.eq(account))
        .order_by_asc(external_identity::Column::Issuer)
        .order_by_asc(external_identity::Column::Subject);
    Ok(found.all(db).await?)
}

/// Removes a link; `false` when the account has none such.
pub async fn unlink(
    db: &impl ConnectionTrait,
    issuer: &str,
    subject: &str,
    account: &str,
) -> Result<bool, Trouble> {
    let done = external_identity::Entity::delete_by_id((issuer.into(), subject.into()))
        .filter(external_identity::Column::Account.eq(account))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}
