//! What accounts promise, on both engines.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "only tests are in here")]

#[path = "../../../store/tests/server/mod.rs"]
mod server;

mod administration;
mod coming_in;
mod factor;
mod login;
mod sending;
mod sink;

use jiff::{SignedDuration, Timestamp};
use kekiz_accounts::{Actor, Context, Cost, Key, Settings};
use kekiz_base::stream::stream;
use kekiz_store::entities::{AccountState, Role};
use kekiz_store::roles::{Grant, Scope};
use kekiz_store::{DatabaseConnection, accounts, outbox, roles};
use rand_chacha::ChaCha8Rng;

const PASSWORD: &str = "vier Worte hintereinander";
const ORIGIN: &str = "192.0.2.1";

/// A database with settings, a clock that stands where it is put, and randomness from a seed.
struct Office {
    db: DatabaseConnection,
    settings: Settings,
    now: Timestamp,
    random: ChaCha8Rng,
}

impl Office {
    fn new(db: DatabaseConnection) -> Self {
        let key = Key::from_hex(&"0f".repeat(32)).unwrap();
        let mut settings = Settings::new("Familienportal Musterstadt", "https://portal.example/", key);
        settings.cost = Cost { memory_kib: 64, passes: 1, lanes: 1 };
        Self { db, settings, now: "2026-03-01T10:00:00Z".parse().unwrap(), random: stream(7, 1) }
    }

    fn cx(&mut self) -> Context<'_> {
        Context { db: &self.db, settings: &self.settings, now: self.now, random: &mut self.random }
    }

    fn later(&mut self, minutes: i64) {
        self.now = self.now.checked_add(SignedDuration::from_mins(minutes)).unwrap();
    }

    /// An active account with a password and perhaps a role.
    async fn account(&mut self, id: &str, grant: Option<Grant>) -> Actor {
        let account = accounts::Account {
            id: id.into(),
            email: format!("{id}@stadt.example"),
            name: format!("Name {id}"),
            password: None,
            state: AccountState::Active,
            language: "de".into(),
            created_at: self.now.into(),
            last_login_at: None,
            password_changed_at: None,
        };
        accounts::insert(&self.db, account).await.unwrap();
        let actor = Actor { account: Some(id.into()), grants: Vec::new() };
        kekiz_accounts::change_password(&mut self.cx(), &actor, "", PASSWORD, "").await.unwrap();
        if let Some(grant) = grant {
            roles::grant(&self.db, id, &grant, self.now, None).await.unwrap();
        }
        Actor::load(&self.db, id).await.unwrap()
    }

    async fn administration(&mut self) -> Actor {
        self.account("amt", Some(Grant { role: Role::Administration, scope: Scope::Everywhere })).await
    }

    /// The secret in the link of the newest mail to an address.
    async fn link(&self, email: &str) -> String {
        let mail = self.mail(email).await;
        let link = mail.plain.lines().find(|line| line.starts_with("https://portal.example/")).unwrap();
        link.rsplit('/').next().unwrap().to_string()
    }

    /// The newest mail to an address.
    async fn mail(&self, email: &str) -> outbox::Mail {
        let due = outbox::due(&self.db, self.now, 1000).await.unwrap();
        due.into_iter().filter(|mail| mail.recipient == email).max_by_key(|mail| mail.created_at).unwrap()
    }

    /// The actions in the audit log, oldest first.
    async fn log(&self) -> Vec<String> {
        let list = kekiz_store::audit::list(&self.db, &Default::default(), 1000).await.unwrap();
        list.into_iter().rev().map(|entry| entry.action).collect()
    }
}

/// Runs a test on an empty SQLite file and on an empty PostgreSQL database; the audit chain has to hold at the end.
fn on_both(test: impl AsyncFn(Office)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", folder.path().join("kekiz.db").display());
    let server = server::Server::shared();
    for address in [file, server.database()] {
        runtime.block_on(async {
            let db = kekiz_store::open(&address).await.unwrap();
            test(Office::new(db.clone())).await;
            kekiz_store::audit::verify(&db).await.unwrap();
            db.close().await.unwrap();
        });
    }
}

fn provider(organization: &str) -> Grant {
    Grant { role: Role::Provider, scope: Scope::Organization(organization.into()) }
}
