//! What the store promises, on both engines.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "only tests are in here")]

#[path = "../server/mod.rs"]
mod server;

mod audit;
mod identity;
mod offers;
mod opening;
mod personal;
mod records;

use kekiz_store::Edit;

fn at(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

/// An edit by nobody in particular.
fn edit() -> Edit {
    Edit { at: at("2026-03-01T10:00:00Z"), by: None, reason: "Versuch".into() }
}

/// An account with an id.
fn account(id: &str) -> kekiz_store::accounts::Account {
    kekiz_store::accounts::Account {
        id: id.into(),
        email: format!("{id}@stadt.example"),
        name: format!("Name {id}"),
        password: None,
        state: kekiz_store::entities::AccountState::Active,
        language: "de".into(),
        created_at: at("2026-01-01T00:00:00Z").into(),
        last_login_at: None,
        password_changed_at: None,
    }
}

/// An offer with an id and a name.
fn offer(id: &str, name: &str) -> kekiz_offers::Offer {
    let mut offer = kekiz_offers::Offer::draft(id.into(), "traeger".into());
    offer.service.name = name.into();
    offer
}

/// Runs a test on an empty SQLite file and on an empty PostgreSQL database.
fn on_both(test: impl AsyncFn(kekiz_store::DatabaseConnection)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", folder.path().join("kekiz.db").display());
    let server = server::Server::shared();
    for address in [file, server.database()] {
        runtime.block_on(async {
            let db = kekiz_store::open(&address).await.unwrap();
            test(db.clone()).await;
            db.close().await.unwrap();
        });
    }
}
