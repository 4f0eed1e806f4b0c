//! The audit log: append-only, and each entry carries the hash of the one before.
//!
//! The database refuses to change or delete entries (triggers). Who can drop the triggers can still rewrite the
//! file, but not unnoticed: [`verify`] walks the chain and gives its head, which the administration can note
//! outside of the database. Entries name accounts by id and things by kind and id, never a person's data, so
//! that deleting an account leaves the log whole.

use crate::entities::audit_entry;
use crate::{Stamp, Trouble};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};

pub use audit_entry::Model as AuditEntry;

/// What somebody did.
#[derive(Clone, Debug, PartialEq)]
pub struct Deed {
    /// When.
    pub at: jiff::Timestamp,
    /// Account id, `system` or `public`.
    pub actor: String,
    /// What, as `thing.verb`: `offer.saved`.
    pub action: String,
    /// To what kind of thing.
    pub object_kind: String,
    /// Its id.
    pub object: String,
    /// More; never a person's data. Names of fields, not their values.
    pub detail: serde_json::Value,
}

/// A chain without a break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Number of entries.
    pub entries: u64,
    /// Hash of the last one; empty without entries.
    pub head: String,
}

/// Why the chain cannot be trusted.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// An entry does not fit the one before it or its own hash.
    #[error(
        "Das Protokoll ist ab Eintrag {sequence} nicht mehr glaubwürdig: {finding}. Abhilfe: mit der Sicherung vergleichen und die Zugriffe auf die Datenbank prüfen."
    )]
    Broken {
        /// Number of the entry.
        sequence: i64,
        /// What does not fit.
        finding: &'static str,
    },
    /// The database refused.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// Appends an entry within the transaction of the deed: both happen or neither. Call it last before the commit,
/// since on PostgreSQL it holds a lock until then that other writers wait for.
pub async fn append(tx: &DatabaseTransaction, deed: &Deed) -> Result<AuditEntry, Trouble> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared("SELECT pg_advisory_xact_lock(5067433182)").await?;
    }
    let last = audit_entry::Entity::find().order_by_desc(audit_entry::Column::Sequence).one(tx).await?;
    let (before, previous) = last.map_or((0, String::new()), |entry| (entry.sequence, entry.hash));
    let mut entry = AuditEntry {
        sequence: before + 1,
        at: deed.at.into(),
        actor: deed.actor.clone(),
        action: deed.action.clone(),
        object_kind: deed.object_kind.clone(),
        object: deed.object.clone(),
        detail: deed.detail.to_string(),
        previous,
        hash: String::new(),
    };
    entry.hash = hash(&entry);
    audit_entry::Entity::insert(entry.clone().into_active_model()).exec_without_returning(tx).await?;
    Ok(entry)
}

/// Walks the whole chain in steps of a thousand.
pub async fn verify(db: &impl ConnectionTrait) -> Result<Verified, ChainError> {
    let (mut entries, mut head, mut last) = (0, String::new(), 0);
    loop {
        let page = audit_entry::Entity::find()
            .filter(audit_entry::Column::Sequence.gt(last))
            .order_by_asc(audit_entry::Column::Sequence)
            .limit(1000);
        let page = page.all(db).await.map_err(Trouble::from)?;
        if page.is_empty() {
            return Ok(Verified { entries, head });
        }
        for entry in page {
            let broken = |finding| ChainError::Broken { sequence: entry.sequence, finding };
            if entry.sequence != last + 1 {
                return Err(broken("davor fehlen Einträge"));
            }
            if entry.previous != head {
                return Err(broken("er schließt nicht an den vorigen an"));
            }
            if entry.hash != hash(&entry) {
                return Err(broken("sein Inhalt wurde verändert"));
            }
            last = entry.sequence;
            head = entry.hash;
            entries += 1;
        }
    }
}

/// Which entries to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only of this account.
    pub actor: Option<String>,
    /// Only about this kind of thing.
    pub object_kind: Option<String>,
    /// Only about the thing with this id.
    pub object: Option<String>,
    /// Only entries before this number, for paging.
    pub before: Option<i64>,
}

/// Entries, newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    limit: u64,
) -> Result<Vec<AuditEntry>, Trouble> {
    let mut found = audit_entry::Entity::find().order_by_desc(audit_entry::Column::Sequence).limit(limit);
    if let Some(actor) = &filter.actor {
        found = found.filter(audit_entry::Column::Actor.eq(actor));
    }
    if let Some(kind) = &filter.object_kind {
        found = found.filter(audit_entry::Column::ObjectKind.eq(kind));
    }
    if let Some(object) = &filter.object {
        found = found.filter(audit_entry::Column::Object.eq(object));
    }
    if let Some(before) = filter.before {
        found = found.filter(audit_entry::Column::Sequence.lt(before));
    }
    Ok(found.all(db).await?)
}

/// BLAKE3 over all fields but the hash, each with its length before it, so that no two entries read alike.
fn hash(entry: &AuditEntry) -> String {
    let mut hasher = blake3::Hasher::new();
    let at = Stamp::timestamp(entry.at).as_millisecond().to_string();
    let sequence = entry.sequence.to_string();
    for field in [
        sequence.as_str(),
        &at,
        &entry.actor,
        &entry.action,
        &entry.object_kind,
        &entry.object,
        &entry.detail,
        &entry.previous,
    ] {
        hasher.update(&(field.len() as u64).to_le_bytes());
        hasher.update(field.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}
