//! Opening the database and beginning a transaction.

use crate::{Trouble, migrate, trouble};
use sea_orm::sqlx::{self, sqlite::SqliteJournalMode, sqlite::SqliteSynchronous};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a write waits for another write before it gives up.
const PATIENCE: Duration = Duration::from_secs(10);
/// Pause before a locked file is tried again.
const AGAIN: Duration = Duration::from_millis(50);

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address names neither engine.
    #[error(
        "„{found}“ ist keine Adresse einer Datenbank. Abhilfe: `sqlite:Ordner/kekiz.db` oder `postgres://nutzer:passwort@rechner/datenbank` angeben."
    )]
    Address {
        /// The part before the first colon; never the rest, which may hold a password.
        found: String,
    },
    /// The folder of the file does not exist.
    #[error("Den Ordner „{}“ für die Datenbank gibt es nicht. Abhilfe: den Ordner anlegen oder den Pfad in der Konfiguration berichtigen.", folder.display())]
    NoFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// The file or its folder cannot be opened for writing.
    #[error(
        "Die Datenbank „{}“ lässt sich nicht zum Schreiben öffnen. Abhilfe: prüfen, ob der Pfad eine Datei nennt, und dem Dienst Schreibrechte auf sie und ihren Ordner geben (SQLite legt daneben -wal und -shm an).",
        file.display()
    )]
    ReadOnly {
        /// The file.
        file: PathBuf,
    },
    /// The file is something else.
    #[error("„{}“ ist keine SQLite-Datenbank oder beschädigt. Abhilfe: einen anderen Pfad angeben oder die Sicherung zurückspielen.", file.display())]
    NotADatabase {
        /// The file.
        file: PathBuf,
    },
    /// Another program holds the file.
    #[error("Die Datenbank „{}“ ist von einem anderen Programm gesperrt. Abhilfe: das andere Programm beenden; es darf nur ein KeKiz mit dieser Datei laufen.", file.display())]
    Locked {
        /// The file.
        file: PathBuf,
    },
    /// The server did not answer.
    #[error(
        "Der Datenbankserver {server} antwortet nicht. Abhilfe: prüfen, ob PostgreSQL läuft und ob Rechnername und Port stimmen."
    )]
    Unreachable {
        /// Host and port.
        server: String,
    },
    /// The server refused the login.
    #[error(
        "Der Datenbankserver {server} hat die Anmeldung abgelehnt. Abhilfe: Nutzer und Passwort in der Konfiguration prüfen."
    )]
    Login {
        /// Host and port.
        server: String,
    },
    /// The server does not know the database.
    #[error(
        "Auf dem Datenbankserver {server} gibt es die Datenbank nicht. Abhilfe: sie mit `createdb` anlegen oder den Namen berichtigen."
    )]
    NoDatabase {
        /// Host and port.
        server: String,
    },
    /// A newer program has been here.
    #[error(
        "Die Datenbank hat den Stand {found}, dieses Programm kennt nur Stand {known}. Abhilfe: die neuere Fassung von KeKiz starten oder die Sicherung von vor der Aktualisierung zurückspielen."
    )]
    Newer {
        /// Version of the database.
        found: i64,
        /// Version of the program.
        known: i64,
    },
    /// A step of the migration failed; the database is as it was before.
    #[error(
        "Die Datenbank ließ sich nicht auf den Stand {step} bringen und ist unverändert. Abhilfe: die Meldung im Protokoll ansehen, Rechte und Speicherplatz prüfen."
    )]
    Migration {
        /// The step.
        step: i64,
        /// What the database said.
        #[source]
        source: DbErr,
    },
    /// Anything else.
    #[error("Die Datenbank ließ sich nicht öffnen. Abhilfe: die Meldung im Protokoll ansehen.")]
    Other(#[source] DbErr),
}

/// Opens the database at `sqlite:PATH` (made when it is not there) or `postgres://…` and brings its schema to
/// [`crate::LATEST`]. Several programs may start at once on PostgreSQL; the first one migrates.
///
/// SQLite runs with a write-ahead log, `synchronous = FULL` (a save that was acknowledged survives a power
/// cut), foreign keys, and waits up to ten seconds for another write.
pub async fn open(url: &str) -> Result<DatabaseConnection, OpenError> {
    let began = tokio::time::Instant::now();
    loop {
        match open_once(url).await {
            // Switching a new file to its write-ahead log is refused at once while another program does the same.
            Err(OpenError::Locked { .. }) if began.elapsed() < PATIENCE => tokio::time::sleep(AGAIN).await,
            other => return other,
        }
    }
}

async fn open_once(url: &str) -> Result<DatabaseConnection, OpenError> {
    let db = connect(url).await?;
    migrate::run(&db, migrate::LATEST).await.map_err(|error| match error {
        OpenError::Other(source) => explain(url, source),
        other => other,
    })?;
    Ok(db)
}

/// Connects without touching the schema.
pub(crate) async fn connect(url: &str) -> Result<DatabaseConnection, OpenError> {
    let mut options = ConnectOptions::new(url);
    options.sqlx_logging(false).acquire_timeout(PATIENCE).connect_timeout(PATIENCE);
    if let Some(file) = sqlite_file(url) {
        check_folder(&file)?;
        options.max_connections(8).map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(PATIENCE)
        });
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        options.max_connections(16);
    } else {
        return Err(OpenError::Address { found: scheme(url) });
    }
    Database::connect(options).await.map_err(|error| explain(url, error))
}

/// Begins a transaction for writing. On SQLite it takes the write lock at once: a transaction that reads first
/// and writes later would fail, not wait, when another one wrote in between.
pub async fn begin(db: &DatabaseConnection) -> Result<DatabaseTransaction, Trouble> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    Ok(db.begin_with_options(options).await?)
}

fn scheme(url: &str) -> String {
    url.split(':').next().unwrap_or_default().chars().take(40).collect()
}

/// The file of an SQLite address, without its parameters.
fn sqlite_file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
}

fn check_folder(file: &Path) -> Result<(), OpenError> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        Some(folder) if !folder.is_dir() => Err(OpenError::NoFolder { folder: folder.into() }),
        _ => Ok(()),
    }
}

/// Turns what the driver says into what a person can do.
fn explain(url: &str, error: DbErr) -> OpenError {
    let code = trouble::code(&error);
    if let Some(file) = sqlite_file(url) {
        // Primary result codes of SQLite: busy 5, locked 6, read-only 8, corrupt 11, cannot open 14, not a database 26.
        return match code.and_then(|code| code.parse::<u32>().ok()).map(|code| code & 0xff) {
            Some(5 | 6) => OpenError::Locked { file },
            Some(8 | 14) => OpenError::ReadOnly { file },
            Some(11 | 26) => OpenError::NotADatabase { file },
            _ => OpenError::Other(error),
        };
    }
    let server = server(url);
    match code.as_deref() {
        Some("28P01" | "28000") => OpenError::Login { server },
        Some("3D000") => OpenError::NoDatabase { server },
        Some(_) => OpenError::Other(error),
        None if matches!(trouble::runtime(&error), Some(sqlx::Error::Configuration(_))) => {
            OpenError::Address { found: scheme(url) }
        }
        None => OpenError::Unreachable { server },
    }
}

/// Host and port of a PostgreSQL address, never its password.
fn server(url: &str) -> String {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    if host.is_empty() { "auf diesem Rechner".into() } else { format!("„{host}“") }
}
