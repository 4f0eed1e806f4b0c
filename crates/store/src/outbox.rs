//! Mails to send. They are written in the transaction that caused them and sent after it.

use crate::entities::mail;
use crate::{Stamp, Trouble};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

pub use mail::Model as Mail;

/// Puts a mail into the outbox.
pub async fn push(db: &impl ConnectionTrait, mail: Mail) -> Result<(), Trouble> {
    mail::Entity::insert(mail.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The mails to try now, the longest waiting first.
pub async fn due(db: &impl ConnectionTrait, at: jiff::Timestamp, limit: u64) -> Result<Vec<Mail>, Trouble> {
    let found = mail::Entity::find()
        .filter(mail::Column::NextAttemptAt.lte(Stamp::from(at)))
        .order_by_asc(mail::Column::NextAttemptAt)
        .order_by_asc(mail::Column::Id)
        .limit(limit);
    Ok(found.all(db).await?)
}

/// Takes a mail for one try, so that no other sender does; it comes back at `again` if nothing is heard.
/// `false` when another sender was faster.
pub async fn take(db: &impl ConnectionTrait, mail: &Mail, again: jiff::Timestamp) -> Result<bool, Trouble> {
    let done = mail::Entity::update_many()
        .col_expr(mail::Column::Attempts, Expr::value(mail.attempts + 1))
        .col_expr(mail::Column::NextAttemptAt, Expr::value(Stamp::from(again)))
        .filter(mail::Column::Id.eq(&mail.id))
        .filter(mail::Column::Attempts.eq(mail.attempts))
        .filter(mail::Column::SentAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Notes that the mail server took it, and forgets the text: links in it are secrets.
pub async fn sent(db: &impl ConnectionTrait, id: &str, at: jiff::Timestamp) -> Result<(), Trouble> {
    mail::Entity::update_many()
        .col_expr(mail::Column::SentAt, Expr::value(Stamp::from(at)))
        .col_expr(mail::Column::NextAttemptAt, Expr::value(Option::<Stamp>::None))
        .col_expr(mail::Column::Plain, Expr::value(""))
        .col_expr(mail::Column::Html, Expr::value(""))
        .filter(mail::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Notes a failure and when to try again; `None` gives up.
pub async fn failed(
    db: &impl ConnectionTrait,
    id: &str,
    error: &str,
    again: Option<jiff::Timestamp>,
) -> Result<(), Trouble> {
    mail::Entity::update_many()
        .col_expr(mail::Column::LastError, Expr::value(error))
        .col_expr(mail::Column::NextAttemptAt, Expr::value(again.map(Stamp::from)))
        .filter(mail::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// One mail.
pub async fn get(db: &impl ConnectionTrait, id: &str) -> Result<Option<Mail>, Trouble> {
    Ok(mail::Entity::find_by_id(id).one(db).await?)
}

/// Number of mails that wait to be sent.
pub async fn waiting(db: &impl ConnectionTrait) -> Result<u64, Trouble> {
    Ok(mail::Entity::find().filter(mail::Column::NextAttemptAt.is_not_null()).count(db).await?)
}

/// Lets a mail that was given up start anew; `false` when it is not one.
pub async fn again(db: &impl ConnectionTrait, id: &str, at: jiff::Timestamp) -> Result<bool, Trouble> {
    let done = mail::Entity::update_many()
        .col_expr(mail::Column::Attempts, Expr::value(0_i64))
        .col_expr(mail::Column::NextAttemptAt, Expr::value(Stamp::from(at)))
        .filter(mail::Column::Id.eq(id))
        .filter(mail::Column::NextAttemptAt.is_null())
        .filter(mail::Column::SentAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Forgets a mail that was given up; `false` when it is not one.
pub async fn forget(db: &impl ConnectionTrait, id: &str) -> Result<bool, Trouble> {
    let done = mail::Entity::delete_many()
        .filter(mail::Column::Id.eq(id))
        .filter(mail::Column::NextAttemptAt.is_null())
        .filter(mail::Column::SentAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// The mails that were given up, for the page of the administration.
pub async fn given_up(db: &impl ConnectionTrait) -> Result<Vec<Mail>, Trouble> {
    let found = mail::Entity::find()
        .filter(mail::Column::NextAttemptAt.is_null())
        .filter(mail::Column::SentAt.is_null())
        .order_by_asc(mail::Column::CreatedAt)
        .order_by_asc(mail::Column::Id);
    Ok(found.all(db).await?)
}
