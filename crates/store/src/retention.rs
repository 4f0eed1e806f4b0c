//! What is deleted after which time.

use crate::Stamp;
use crate::Trouble;
use crate::entities::{
    AccountState, JobState, RequestState, account, attempt, change_request, claim, error_report, job, mail,
    session, token,
};
use jiff::{SignedDuration, Timestamp};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};

/// Periods in days. The audit log is kept: it holds no person's data and cannot be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Periods {
    /// Links in mails after they expired.
    pub expired_links: u32,
    /// Invited accounts that were never taken up.
    pub unused_invitations: u32,
    /// Mails after they were written: address and subject; the text goes when they are sent.
    pub mails: u32,
    /// Decided change requests and claims.
    pub decided_requests: u32,
    /// Closed reports of errors.
    pub closed_reports: u32,
    /// Finished jobs.
    pub finished_jobs: u32,
    /// Counts of attempts.
    pub attempts: u32,
}

impl Default for Periods {
    fn default() -> Self {
        Self {
            expired_links: 7,
            unused_invitations: 90,
            mails: 30,
            decided_requests: 730,
            closed_reports: 180,
            finished_jobs: 90,
            attempts: 1,
        }
    }
}

/// How many rows went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Purged {
    /// Sessions that had ended.
    pub sessions: u64,
    /// Links in mails.
    pub links: u64,
    /// Invited accounts.
    pub accounts: u64,
    /// Mails.
    pub mails: u64,
    /// Change requests and claims.
    pub requests: u64,
    /// Reports of errors.
    pub reports: u64,
    /// Jobs.
    pub jobs: u64,
    /// Counts of attempts.
    pub attempts: u64,
}

/// Deletes what has outlived its period at `now`.
pub async fn purge(db: &impl ConnectionTrait, periods: &Periods, now: Timestamp) -> Result<Purged, Trouble> {
    let before = |days: u32| {
        let span = SignedDuration::from_hours(24 * i64::from(days));
        Stamp::from(now.checked_sub(span).unwrap_or(Timestamp::MIN))
    };
    let sessions =
        session::Entity::delete_many().filter(session::Column::ExpiresAt.lte(Stamp::from(now))).exec(db);
    let sessions = sessions.await?.rows_affected;
    let expired = token::Column::ExpiresAt.lte(before(periods.expired_links));
    let links = token::Entity::delete_many().filter(expired).exec(db).await?.rows_affected;
    let accounts = account::Entity::delete_many()
        .filter(account::Column::State.eq(AccountState::Invited))
        .filter(account::Column::CreatedAt.lte(before(periods.unused_invitations)))
        .exec(db)
        .await?;
    let old = mail::Column::CreatedAt.lte(before(periods.mails));
    let mails = mail::Entity::delete_many().filter(old).exec(db).await?.rows_affected;
    let decided = before(periods.decided_requests);
    let changes = change_request::Entity::delete_many()
        .filter(change_request::Column::State.ne(RequestState::Open))
        .filter(change_request::Column::DecidedAt.lte(decided))
        .exec(db)
        .await?;
    let claims = claim::Entity::delete_many()
        .filter(claim::Column::State.ne(RequestState::Open))
        .filter(claim::Column::DecidedAt.lte(decided))
        .exec(db)
        .await?;
    let reports = error_report::Entity::delete_many()
        .filter(error_report::Column::State.ne(RequestState::Open))
        .filter(error_report::Column::HandledAt.lte(before(periods.closed_reports)))
        .exec(db)
        .await?;
    let jobs = job::Entity::delete_many()
        .filter(job::Column::State.is_in([JobState::Done, JobState::Failed]))
        .filter(job::Column::FinishedAt.lte(before(periods.finished_jobs)))
        .exec(db)
        .await?;
    let counted = attempt::Column::WindowStart.lte(before(periods.attempts));
    let attempts = attempt::Entity::delete_many().filter(counted).exec(db).await?.rows_affected;
    Ok(Purged {
        sessions,
        links,
        accounts: accounts.rows_affected,
        mails,
        requests: changes.rows_affected + claims.rows_affected,
        reports: reports.rows_affected,
        jobs: jobs.rows_affected,
        attempts,
    })
}
