//! What can go wrong once the database is open.

use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, sqlx};

/// Why the database did not do as asked, with the remedy. What the driver said is kept as the source, for the
/// log; it may hold values, so it is never part of the sentence.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The server went away or no connection came free in time.
    #[error(
        "Die Datenbank ist gerade nicht erreichbar. Es wurde nichts gespeichert. Abhilfe: in einer Minute noch einmal versuchen; bleibt der Fehler, den Datenbankdienst prüfen."
    )]
    Unreachable(#[source] DbErr),
    /// Another write held the lock for too long.
    #[error(
        "Die Datenbank ist gerade beschäftigt. Es wurde nichts gespeichert. Abhilfe: in einigen Sekunden noch einmal versuchen."
    )]
    Busy(#[source] DbErr),
    /// The disk is full.
    #[error(
        "Der Speicherplatz der Datenbank ist voll. Es wurde nichts gespeichert. Abhilfe: Platz auf dem Datenträger schaffen."
    )]
    Full(#[source] DbErr),
    /// The file or the server lets nobody write.
    #[error(
        "Die Datenbank ist schreibgeschützt. Es wurde nichts gespeichert. Abhilfe: Schreibrechte von Ordner und Datei (SQLite) oder der Rolle (PostgreSQL) prüfen."
    )]
    ReadOnly(#[source] DbErr),
    /// A stored document could not be read back.
    #[error(
        "Der gespeicherte Eintrag „{id}“ ({kind}) ist nicht lesbar. Abhilfe: die frühere Fassung aus dem Verlauf oder der Sicherung zurückholen."
    )]
    Unreadable {
        /// What it was.
        kind: &'static str,
        /// Its id.
        id: String,
        /// What the reader said.
        #[source]
        source: serde_json::Error,
    },
    /// Anything else the driver reports.
    #[error(
        "Die Datenbank hat die Anfrage abgelehnt. Abhilfe: die Meldung im Protokoll des Servers ansehen."
    )]
    Refused(#[source] DbErr),
}

/// The code the database gave for an error: SQLite's result code as a number, PostgreSQL's SQLSTATE.
pub(crate) fn code(error: &DbErr) -> Option<String> {
    let inner = runtime(error)?;
    inner.as_database_error().and_then(|found| found.code().map(|code| code.into_owned()))
}

/// The driver's error inside of SeaORM's.
pub(crate) fn runtime(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(inner))
        | DbErr::Exec(RuntimeErr::SqlxError(inner))
        | DbErr::Query(RuntimeErr::SqlxError(inner)) => Some(inner.as_ref()),
        _ => None,
    }
}

impl From<DbErr> for Trouble {
    fn from(error: DbErr) -> Self {
        if matches!(
            error,
            DbErr::ConnectionAcquire(ConnAcquireErr::Timeout | ConnAcquireErr::ConnectionClosed)
        ) {
            return Self::Unreachable(error);
        }
        let lost = matches!(
            runtime(&error),
            Some(
                sqlx::Error::Io(_)
                    | sqlx::Error::PoolTimedOut
                    | sqlx::Error::PoolClosed
                    | sqlx::Error::WorkerCrashed
            )
        );
        // SQLite: extended result codes keep the primary code in the low byte. PostgreSQL: SQLSTATE, appendix A.
        let code = code(&error);
        let sqlite = code.as_deref().and_then(|code| code.parse::<u32>().ok()).map(|code| code & 0xff);
        match (code.as_deref(), sqlite) {
            _ if lost => Self::Unreachable(error),
            (Some("57P01" | "57P02" | "57P03" | "53300"), _) => Self::Unreachable(error),
            (Some("40001" | "40P01" | "55P03"), _) => Self::Busy(error),
            (Some("53100"), _) => Self::Full(error),
            (Some("25006" | "42501"), _) => Self::ReadOnly(error),
            (Some(text), Some(5 | 6)) if text.len() < 5 => Self::Busy(error),
            (Some(text), Some(13)) if text.len() < 5 => Self::Full(error),
            (Some(text), Some(8)) if text.len() < 5 => Self::ReadOnly(error),
            _ => Self::Refused(error),
        }
    }
}
