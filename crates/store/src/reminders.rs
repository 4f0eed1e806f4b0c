//! Reminders to providers that an offer wants checking.

use crate::entities::{ReminderAnswer, reminder};
use crate::{Stamp, Trouble};
use kekiz_offers::OfferId;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

pub use reminder::Model as Reminder;

/// Notes that a reminder was sent.
pub async fn insert(db: &impl ConnectionTrait, reminder: Reminder) -> Result<(), Trouble> {
    reminder::Entity::insert(reminder.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The reminders of an offer, the newest first.
pub async fn of(db: &impl ConnectionTrait, offer: &OfferId) -> Result<Vec<Reminder>, Trouble> {
    let found = reminder::Entity::find()
        .filter(reminder::Column::Offer.eq(offer.as_str()))
        .order_by_desc(reminder::Column::SentAt)
        .order_by_asc(reminder::Column::Id);
    Ok(found.all(db).await?)
}

/// Reminders whose answer is overdue, the longest first.
pub async fn overdue(db: &impl ConnectionTrait, at: jiff::Timestamp) -> Result<Vec<Reminder>, Trouble> {
    let found = reminder::Entity::find()
        .filter(reminder::Column::AnsweredAt.is_null())
        .filter(reminder::Column::DueAt.lt(Stamp::from(at)))
        .order_by_asc(reminder::Column::DueAt)
        .order_by_asc(reminder::Column::Id);
    Ok(found.all(db).await?)
}

/// Notes an answer for all open reminders of an offer; gives their number.
pub async fn answer(
    db: &impl ConnectionTrait,
    offer: &OfferId,
    answer: ReminderAnswer,
    at: jiff::Timestamp,
) -> Result<u64, Trouble> {
    let done = reminder::Entity::update_many()
        .col_expr(reminder::Column::Answer, Expr::value(answer))
        .col_expr(reminder::Column::AnsweredAt, Expr::value(Stamp::from(at)))
        .filter(reminder::Column::Offer.eq(offer.as_str()))
        .filter(reminder::Column::AnsweredAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}
