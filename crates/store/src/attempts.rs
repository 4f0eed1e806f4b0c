//! Counts of attempts within a window of time, for rate limits that outlive a restart.

use crate::entities::attempt;
use crate::{Stamp, Trouble};
use sea_orm::{ConnectionTrait, EntityTrait, Statement};

/// A key for what is counted that does not tell whom: the hash of what it is made of.
pub fn key(what: &str, who: &str) -> String {
    format!("{what}:{}", blake3::hash(who.as_bytes()).to_hex())
}

/// Counts one attempt and gives their number in the window that began with the first of them. One statement, so
/// that attempts at the same time are all counted.
pub async fn count(
    db: &impl ConnectionTrait,
    key: &str,
    at: jiff::Timestamp,
    window: jiff::SignedDuration,
) -> Result<u64, Trouble> {
    let over = at.checked_sub(window).unwrap_or(jiff::Timestamp::MIN);
    let sql = "INSERT INTO attempts (key, window_start, count) VALUES ($1, $2, 1) \
        ON CONFLICT (key) DO UPDATE SET \
        count = CASE WHEN attempts.window_start <= $3 THEN 1 ELSE attempts.count + 1 END, \
        window_start = CASE WHEN attempts.window_start <= $3 THEN $2 ELSE attempts.window_start END \
        RETURNING count";
    let values = [key.into(), Stamp::from(at).into(), Stamp::from(over).into()];
    let row =
        db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.try_get("", "count"))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Forgets the attempts, after a success.
pub async fn forget(db: &impl ConnectionTrait, key: &str) -> Result<(), Trouble> {
    attempt::Entity::delete_by_id(key).exec(db).await?;
    Ok(())
}
