use super::*;
use crate::entities::*;
use crate::open::connect;
use sea_orm::{EntityTrait, PaginatorTrait};
use server::Server;

#[path = "../../tests/server/mod.rs"]
mod server;

/// A row in every table of each version, as that version's program could have written it.
const DATA: [&str; STEPS.len()] = [
    include_str!("../../tests/fixtures/1.sql"),
    include_str!("../../tests/fixtures/2.sql"),
    include_str!("../../tests/fixtures/3.sql"),
    include_str!("../../tests/fixtures/4.sql"),
    // Version 5 has no table of its own.
    "",
];

#[test]
fn each_engine_gets_its_own_statements() {
    let sql = "-- about\n\nCREATE TABLE a (b @blob@)\n\n-- sqlite\nONE\n\n-- postgres\nTWO\n";
    assert_eq!(statements(sql, DbBackend::Sqlite), ["CREATE TABLE a (b BLOB)", "ONE"]);
    assert_eq!(statements(sql, DbBackend::Postgres), ["CREATE TABLE a (b BYTEA)", "TWO"]);
}

/// From every older version, with data in every table, to the newest: all rows are there and readable.
#[test]
fn every_older_version_comes_to_the_newest_with_its_data() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let server = Server::shared();
    for from in 1..=LATEST {
        let file = format!("sqlite:{}", folder.path().join(format!("{from}.db")).display());
        for address in [file, server.database()] {
            runtime.block_on(async {
                let db = connect(&address).await.unwrap();
                run(&db, from).await.unwrap();
                for step in &DATA[..usize::try_from(from).unwrap()] {
                    insert(&db, step).await;
                }
                let before = counts(&db).await;
                assert!(before.iter().all(|(_, rows)| *rows > 0), "Tabelle ohne Probe: {before:?}");
                run(&db, LATEST).await.unwrap();
                let after = counts(&db).await;
                for (table, rows) in before {
                    let now = after.iter().find(|(name, _)| *name == table);
                    let rows = if table == "schema_versions" { LATEST } else { rows };
                    assert_eq!(now, Some(&(table, rows)), "von Stand {from}");
                }
                readable(&db, from).await;
                db.close().await.unwrap();
            });
        }
    }
}

/// A step that fails leaves the database as it was, and the error says which step.
#[test]
fn a_failed_step_leaves_nothing_behind() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let server = Server::shared();
    for address in [format!("sqlite:{}", folder.path().join("a.db").display()), server.database()] {
        runtime.block_on(async {
            let db = connect(&address).await.unwrap();
            run(&db, 1).await.unwrap();
            db.execute_unprepared("CREATE TABLE claims (in_the_way BIGINT)").await.unwrap();
            let before = counts(&db).await;
            let error = run(&db, LATEST).await.unwrap_err();
            assert!(matches!(error, OpenError::Migration { step: 2, .. }), "{error:?}");
            assert_eq!(counts(&db).await, before);
            db.close().await.unwrap();
        });
    }
}

async fn insert(db: &DatabaseConnection, sql: &str) {
    let bytes = match db.get_database_backend() {
        DbBackend::Postgres => r"'\x010203'::bytea",
        _ => "X'010203'",
    };
    let mut offer = kekiz_offers::Offer::draft("a".into(), "traeger".into());
    offer.service.name = "Krabbelgruppe".into();
    let offer = format!("'{}'", serde_json::to_string(&offer).unwrap());
    for statement in sql.split(";\n").filter(|one| !one.is_empty()) {
        let statement = statement.replace("@bytes@", bytes).replace("@offer@", &offer);
        db.execute_unprepared(&statement).await.unwrap();
    }
}

/// Every table with its number of rows.
async fn counts(db: &DatabaseConnection) -> Vec<(String, i64)> {
    let engine = db.get_database_backend();
    let tables = match engine {
        DbBackend::Postgres => {
            "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        }
        _ => "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1",
    };
    let mut counts = Vec::new();
    for row in db.query_all_raw(Statement::from_string(engine, tables)).await.unwrap() {
        let name: String = row.try_get("", "name").unwrap();
        let count = format!("SELECT COUNT(*) AS n FROM {name}");
        let row = db.query_one_raw(Statement::from_string(engine, count)).await.unwrap().unwrap();
        counts.push((name, row.try_get("", "n").unwrap()));
    }
    counts
}

/// Reads every table through its entity, so that a column the program expects cannot be missing.
async fn readable(db: &DatabaseConnection, from: i64) {
    assert_eq!(account::Entity::find().one(db).await.unwrap().unwrap().name, "Ada");
    assert_eq!(second_factor::Entity::find().one(db).await.unwrap().unwrap().sealed_secret, [1, 2, 3]);
    assert_eq!(role::Entity::find().one(db).await.unwrap().unwrap().role, Role::Provider);
    recovery_code::Entity::find().one(db).await.unwrap().unwrap();
    external_identity::Entity::find().one(db).await.unwrap().unwrap();
    token::Entity::find().one(db).await.unwrap().unwrap();
    session::Entity::find().one(db).await.unwrap().unwrap();
    attempt::Entity::find().one(db).await.unwrap().unwrap();
    mail::Entity::find().one(db).await.unwrap().unwrap();
    audit_entry::Entity::find().one(db).await.unwrap().unwrap();
    let expected = |version: i64, rows: u64| if from >= version { rows } else { 0 };
    if from >= 2 {
        let offer = crate::offers::get(db, &"a".into()).await.unwrap().unwrap();
        assert_eq!((offer.value.service.name.as_str(), offer.revision), ("Krabbelgruppe", 2));
        assert_eq!(crate::offers::history(db, &"a".into()).await.unwrap().len(), 2);
    }
    assert_eq!(merge::Entity::find().all(db).await.unwrap().len() as u64, expected(2, 1));
    assert_eq!(change_request::Entity::find().all(db).await.unwrap().len() as u64, expected(2, 1));
    assert_eq!(claim::Entity::find().all(db).await.unwrap().len() as u64, expected(2, 1));
    assert_eq!(reminder::Entity::find().all(db).await.unwrap().len() as u64, expected(2, 1));
    assert_eq!(error_report::Entity::find().all(db).await.unwrap().len() as u64, expected(2, 1));
    assert_eq!(taxonomy_term::Entity::find().all(db).await.unwrap().len() as u64, expected(2, 1));
    assert_eq!(synonym::Entity::find().all(db).await.unwrap().len() as u64, expected(2, 1));
    assert_eq!(address::Entity::find().all(db).await.unwrap().len() as u64, expected(2, 1));
    let goals = crate::records::all::<crate::leitbild::Goal>(db).await.unwrap();
    assert_eq!(goals.len() as u64, expected(3, 1));
    assert_eq!(record_version::Entity::find().count(db).await.unwrap(), expected(3, 1));
    assert_eq!(job::Entity::find().all(db).await.unwrap().len() as u64, expected(4, 1));
}
