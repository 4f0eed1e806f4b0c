//! Proposed changes to offers, one field each, and what was decided.

use crate::entities::{RequestState, change_request};
use crate::{Stamp, Trouble};
use kekiz_offers::OfferId;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

pub use change_request::Model as ChangeRequest;

/// Keeps proposals; they belong together only by offer and moment, each is decided on its own.
pub async fn propose(db: &impl ConnectionTrait, requests: Vec<ChangeRequest>) -> Result<(), Trouble> {
    if requests.is_empty() {
        return Ok(());
    }
    let rows = requests.into_iter().map(IntoActiveModel::into_active_model);
    change_request::Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

/// One proposal.
pub async fn get(db: &impl ConnectionTrait, id: &str) -> Result<Option<ChangeRequest>, Trouble> {
    Ok(change_request::Entity::find_by_id(id).one(db).await?)
}

/// The proposals for an offer, the newest first.
pub async fn of_offer(db: &impl ConnectionTrait, offer: &OfferId) -> Result<Vec<ChangeRequest>, Trouble> {
    let found = change_request::Entity::find()
        .filter(change_request::Column::Offer.eq(offer.as_str()))
        .order_by_desc(change_request::Column::ProposedAt)
        .order_by_asc(change_request::Column::Id);
    Ok(found.all(db).await?)
}

/// The proposals that wait, the oldest first.
pub async fn open(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<ChangeRequest>, Trouble> {
    let found = change_request::Entity::find()
        .filter(change_request::Column::State.eq(RequestState::Open))
        .order_by_asc(change_request::Column::ProposedAt)
        .order_by_asc(change_request::Column::Id)
        .limit(limit);
    Ok(found.all(db).await?)
}

/// How many proposals wait.
pub async fn count_open(db: &impl ConnectionTrait) -> Result<u64, Trouble> {
    let open = change_request::Entity::find().filter(change_request::Column::State.eq(RequestState::Open));
    Ok(open.count(db).await?)
}

/// How a proposal was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Accepted, rejected or withdrawn.
    pub state: RequestState,
    /// By which account.
    pub by: Option<String>,
    /// When.
    pub at: jiff::Timestamp,
    /// Why so.
    pub note: String,
}

/// Decides a proposal; `false` when it does not wait any more.
pub async fn decide(db: &impl ConnectionTrait, id: &str, decision: &Decision) -> Result<bool, Trouble> {
    let done = change_request::Entity::update_many()
        .col_expr(change_request::Column::State, Expr::value(decision.state))
        .col_expr(change_request::Column::DecidedBy, Expr::value(decision.by.clone()))
        .col_expr(change_request::Column::DecidedAt, Expr::value(Stamp::from(decision.at)))
        .col_expr(change_request::Column::DecisionNote, Expr::value(decision.note.as_str()))
        .filter(change_request::Column::Id.eq(id))
        .filter(change_request::Column::State.eq(RequestState::Open))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}
