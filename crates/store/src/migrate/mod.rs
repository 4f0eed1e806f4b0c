//! The schema, step by step; forward only.

use crate::OpenError;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode,
    Statement, TransactionOptions, TransactionTrait,
};

/// The steps in order; step n is at index n - 1. A step that has been released is never edited.
const STEPS: [&str; 5] = [
    include_str!("../../migrations/0001_identity.sql"),
    include_str!("../../migrations/0002_offers.sql"),
    include_str!("../../migrations/0003_records.sql"),
    include_str!("../../migrations/0004_jobs.sql"),
    include_str!("../../migrations/0005_offers_changed.sql"),
];

/// The version of the schema this program works with.
pub const LATEST: i64 = STEPS.len() as i64;

/// Brings the schema to a version; each step is one transaction, so that a failed step leaves nothing behind.
pub(crate) async fn run(db: &DatabaseConnection, to: i64) -> Result<(), OpenError> {
    let found = prepare(db).await.map_err(OpenError::Other)?;
    if found > LATEST {
        return Err(OpenError::Newer { found, known: LATEST });
    }
    for step in found + 1..=to {
        advance(db, step).await.map_err(|source| OpenError::Migration { step, source })?;
    }
    Ok(())
}

/// Sees to the table of versions and gives the newest.
async fn prepare(db: &DatabaseConnection) -> Result<i64, DbErr> {
    let tx = locked(db).await?;
    tx.execute_unprepared(
        "CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT PRIMARY KEY, applied_at TEXT NOT NULL)",
    )
    .await?;
    let version = version(&tx).await?;
    tx.commit().await?;
    Ok(version)
}

async fn version(db: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let sql = "SELECT COALESCE(MAX(version), 0) AS version FROM schema_versions";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    row.map_or(Ok(0), |row| row.try_get("", "version"))
}

async fn advance(db: &DatabaseConnection, step: i64) -> Result<(), DbErr> {
    let tx = locked(db).await?;
    if version(&tx).await? >= step {
        return tx.commit().await;
    }
    let index = usize::try_from(step - 1).unwrap_or(usize::MAX);
    let sql = STEPS.get(index).ok_or_else(|| DbErr::Migration(format!("Stand {step}")))?;
    for statement in statements(sql, tx.get_database_backend()) {
        tx.execute_unprepared(&statement).await?;
    }
    tx.execute_unprepared(&format!("INSERT INTO schema_versions VALUES ({step}, CURRENT_TIMESTAMP)")).await?;
    tx.commit().await
}

/// A transaction no other starting program can be in: the write lock of SQLite, an advisory lock of PostgreSQL.
async fn locked(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let tx = db.begin_with_options(options).await?;
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared("SELECT pg_advisory_xact_lock(5067433181)").await?;
    }
    Ok(tx)
}

/// The statements of a step for one engine.
fn statements(sql: &str, engine: DbBackend) -> Vec<String> {
    let (own, blob) = match engine {
        DbBackend::Postgres => ("-- postgres", "BYTEA"),
        _ => ("-- sqlite", "BLOB"),
    };
    sql.replace("\r\n", "\n")
        .split("\n\n")
        .filter_map(|block| {
            let (marks, body): (Vec<&str>, Vec<&str>) =
                block.lines().partition(|line| line.starts_with("--"));
            let marked = |mark: &str| marks.first().is_some_and(|line| line.trim() == mark);
            let other = (marked("-- sqlite") || marked("-- postgres")) && !marked(own);
            let body = body.join("\n").replace("@blob@", blob);
            (!other && !body.trim().is_empty()).then_some(body)
        })
        .collect()
}

#[cfg(test)]
mod tests;
