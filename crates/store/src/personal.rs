//! What is stored about one person, and deleting it (Articles 15, 17 and 20 GDPR).

use crate::entities::{
    account, change_request, claim, mail, offer, offer_version, record, record_version, token,
};
use crate::{Trouble, accounts, factors, identities, roles, sessions};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use serde::Serialize;

/// Everything stored about one account, for the person to read and to take along.
#[derive(Clone, Debug, Serialize)]
pub struct Personal {
    /// Name, mail address, times.
    pub account: accounts::Account,
    /// What it may do.
    pub roles: Vec<roles::Grant>,
    /// Whether a second factor is set, without its secret.
    pub second_factor: Option<factors::SecondFactor>,
    /// Logins elsewhere that lead here.
    pub identities: Vec<identities::ExternalIdentity>,
    /// Where it is logged in.
    pub sessions: Vec<sessions::Session>,
    /// Links it was sent.
    pub links: Vec<token::Model>,
    /// Mails it was sent.
    pub mails: Vec<mail::Model>,
    /// Claims it made.
    pub claims: Vec<claim::Model>,
    /// Changes it proposed.
    pub change_requests: Vec<change_request::Model>,
}

/// Gathers what is stored about an account; `None` when there is none.
pub async fn export(
    db: &impl ConnectionTrait,
    id: &str,
    at: jiff::Timestamp,
) -> Result<Option<Personal>, Trouble> {
    let Some(account) = accounts::by_id(db, id).await? else { return Ok(None) };
    Ok(Some(Personal {
        roles: roles::of(db, id).await?,
        second_factor: factors::of(db, id).await?,
        identities: identities::of(db, id).await?,
        sessions: sessions::of(db, id, at).await?,
        links: token::Entity::find().filter(token::Column::Account.eq(id)).all(db).await?,
        mails: mail::Entity::find().filter(mail::Column::Account.eq(id)).all(db).await?,
        claims: claim::Entity::find().filter(claim::Column::Account.eq(id)).all(db).await?,
        change_requests: change_request::Entity::find()
            .filter(change_request::Column::ProposedBy.eq(id))
            .all(db)
            .await?,
        account,
    }))
}

/// Deletes an account and everything that is the person's; `false` when there is none. What it wrote about offers
/// and goals stays, without naming it. The audit log keeps the random id, which then leads to nobody.
pub async fn delete(tx: &DatabaseTransaction, id: &str) -> Result<bool, Trouble> {
    // Roles, second factor, codes, identities, links, sessions, mails and claims go with the row (ON DELETE CASCADE).
    let done = account::Entity::delete_by_id(id).exec(tx).await?;
    let nobody = || Expr::value(Option::<String>::None);
    offer::Entity::update_many()
        .col_expr(offer::Column::ChangedBy, nobody())
        .filter(offer::Column::ChangedBy.eq(id))
        .exec(tx)
        .await?;
    offer_version::Entity::update_many()
        .col_expr(offer_version::Column::ChangedBy, nobody())
        .filter(offer_version::Column::ChangedBy.eq(id))
        .exec(tx)
        .await?;
    record::Entity::update_many()
        .col_expr(record::Column::ChangedBy, nobody())
        .filter(record::Column::ChangedBy.eq(id))
        .exec(tx)
        .await?;
    record_version::Entity::update_many()
        .col_expr(record_version::Column::ChangedBy, nobody())
        .filter(record_version::Column::ChangedBy.eq(id))
        .exec(tx)
        .await?;
    change_request::Entity::update_many()
        .col_expr(change_request::Column::ProposedBy, nobody())
        .filter(change_request::Column::ProposedBy.eq(id))
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}
