//! Work that takes longer than a request.

use crate::entities::{JobState, job};
use crate::{Stamp, Trouble};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

pub use job::Model as Job;

/// Puts a job into the queue.
pub async fn push(db: &impl ConnectionTrait, job: Job) -> Result<(), Trouble> {
    job::Entity::insert(job.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// One job.
pub async fn get(db: &impl ConnectionTrait, id: &str) -> Result<Option<Job>, Trouble> {
    Ok(job::Entity::find_by_id(id).one(db).await?)
}

/// The newest jobs.
pub async fn list(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Job>, Trouble> {
    let found =
        job::Entity::find().order_by_desc(job::Column::CreatedAt).order_by_asc(job::Column::Id).limit(limit);
    Ok(found.all(db).await?)
}

/// Takes the job that waits longest; two workers never get the same one.
pub async fn take(db: &impl ConnectionTrait, at: jiff::Timestamp) -> Result<Option<Job>, Trouble> {
    loop {
        let next = job::Entity::find()
            .filter(job::Column::State.eq(JobState::Waiting))
            .order_by_asc(job::Column::CreatedAt)
            .order_by_asc(job::Column::Id);
        let Some(mut job) = next.one(db).await? else { return Ok(None) };
        let done = job::Entity::update_many()
            .col_expr(job::Column::State, Expr::value(JobState::Running))
            .col_expr(job::Column::StartedAt, Expr::value(Stamp::from(at)))
            .filter(job::Column::Id.eq(&job.id))
            .filter(job::Column::State.eq(JobState::Waiting))
            .exec(db)
            .await?;
        if done.rows_affected == 1 {
            job.state = JobState::Running;
            job.started_at = Some(at.into());
            return Ok(Some(job));
        }
    }
}

/// Notes how far a job is, 0 to 1.
pub async fn progress(db: &impl ConnectionTrait, id: &str, share: f64) -> Result<(), Trouble> {
    job::Entity::update_many()
        .col_expr(job::Column::Progress, Expr::value(share.clamp(0.0, 1.0)))
        .filter(job::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Notes the end of a job and what came of it: `Ok` with JSON, `Err` with a German sentence.
pub async fn finish(
    db: &impl ConnectionTrait,
    id: &str,
    outcome: Result<&str, &str>,
    at: jiff::Timestamp,
) -> Result<(), Trouble> {
    let (state, text) = match outcome {
        Ok(text) => (JobState::Done, text),
        Err(text) => (JobState::Failed, text),
    };
    job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value(state))
        .col_expr(job::Column::Outcome, Expr::value(text))
        .col_expr(job::Column::FinishedAt, Expr::value(Stamp::from(at)))
        .filter(job::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Puts jobs back that were running when the program was stopped; gives their number. Called at the start, when
/// nothing runs yet.
pub async fn resume(db: &impl ConnectionTrait) -> Result<u64, Trouble> {
    let done = job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value(JobState::Waiting))
        .col_expr(job::Column::StartedAt, Expr::value(Option::<Stamp>::None))
        .filter(job::Column::State.eq(JobState::Running))
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}
