//! Errors that readers report about offers.

use crate::entities::{RequestState, error_report};
use crate::{Stamp, Trouble};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

pub use error_report::Model as ErrorReport;

/// Keeps a report.
pub async fn insert(db: &impl ConnectionTrait, report: ErrorReport) -> Result<(), Trouble> {
    error_report::Entity::insert(report.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// One report.
pub async fn get(db: &impl ConnectionTrait, id: &str) -> Result<Option<ErrorReport>, Trouble> {
    Ok(error_report::Entity::find_by_id(id).one(db).await?)
}

/// The reports that wait, the oldest first.
pub async fn open(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<ErrorReport>, Trouble> {
    let found = error_report::Entity::find()
        .filter(error_report::Column::State.eq(RequestState::Open))
        .order_by_asc(error_report::Column::ReportedAt)
        .order_by_asc(error_report::Column::Id)
        .limit(limit);
    Ok(found.all(db).await?)
}

/// Closes a report and forgets where the reader wanted an answer; `false` when it was closed.
pub async fn close(
    db: &impl ConnectionTrait,
    id: &str,
    state: RequestState,
    by: &str,
    at: jiff::Timestamp,
) -> Result<bool, Trouble> {
    let done = error_report::Entity::update_many()
        .col_expr(error_report::Column::State, Expr::value(state))
        .col_expr(error_report::Column::HandledBy, Expr::value(by))
        .col_expr(error_report::Column::HandledAt, Expr::value(Stamp::from(at)))
        .col_expr(error_report::Column::Contact, Expr::value(Option::<String>::None))
        .filter(error_report::Column::Id.eq(id))
        .filter(error_report::Column::State.eq(RequestState::Open))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}
