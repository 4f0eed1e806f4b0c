use crate::{on_both, server::Server};
use kekiz_store::{ConnectionTrait, LATEST, OpenError, open};
use std::path::Path;

fn url(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

async fn refusal(url: &str) -> (OpenError, String) {
    let error = open(url).await.expect_err(url);
    let text = error.to_string();
    assert!(text.contains("Abhilfe:"), "{text}");
    (error, text)
}

#[test]
fn opening_twice_changes_nothing() {
    on_both(async |db| {
        let sql = "SELECT COUNT(*) AS n FROM schema_versions";
        let row = db.query_one_raw(sea_orm::Statement::from_string(db.get_database_backend(), sql)).await;
        assert_eq!(row.unwrap().unwrap().try_get::<i64>("", "n").unwrap(), LATEST);
    });
}

#[tokio::test]
async fn a_file_that_cannot_be_used_is_refused_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("fehlt/kekiz.db");
    assert!(matches!(refusal(&url(&nowhere)).await.0, OpenError::NoFolder { .. }));

    let text = folder.path().join("brief.txt");
    std::fs::write(&text, "Sehr geehrte Damen und Herren, dies ist keine Datenbank.".repeat(40)).unwrap();
    assert!(matches!(refusal(&url(&text)).await.0, OpenError::NotADatabase { .. }));

    assert!(matches!(refusal(&url(folder.path())).await.0, OpenError::ReadOnly { .. }));
    assert!(matches!(refusal("mysql://nutzer:geheim@rechner/db").await.0, OpenError::Address { .. }));
    assert!(!refusal("mysql://nutzer:geheim@rechner/db").await.1.contains("geheim"));
}

/// As root nothing is read-only, so the address asks for it.
#[tokio::test]
async fn a_read_only_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kekiz.db");
    std::fs::write(&file, b"").unwrap();
    let found = open(&format!("{}?mode=ro", url(&file))).await;
    assert!(matches!(found, Err(OpenError::ReadOnly { .. })), "{found:?}");
}

#[test]
fn a_newer_database_is_left_alone() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let server = Server::shared();
    for address in [url(&folder.path().join("kekiz.db")), server.database()] {
        runtime.block_on(async {
            let db = open(&address).await.unwrap();
            db.execute_unprepared("INSERT INTO schema_versions VALUES (999, '2030-01-01')").await.unwrap();
            db.close().await.unwrap();
            let (error, _) = refusal(&address).await;
            assert!(matches!(error, OpenError::Newer { found: 999, known: LATEST }), "{error:?}");
        });
    }
}

#[test]
fn a_locked_file_is_named() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let address = url(&folder.path().join("kekiz.db"));
    runtime.block_on(async {
        let db = open(&address).await.unwrap();
        let held = kekiz_store::begin(&db).await.unwrap();
        let (error, _) = refusal(&address).await;
        assert!(matches!(error, OpenError::Locked { .. }), "{error:?}");
        held.rollback().await.unwrap();
        open(&address).await.unwrap();
    });
}

#[test]
fn a_server_that_does_not_answer_or_does_not_know_us_is_named() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let server = Server::shared();
    runtime.block_on(async {
        let (error, text) = refusal("postgres://nutzer:geheim@127.0.0.1:1/kekiz").await;
        assert!(matches!(error, OpenError::Unreachable { .. }), "{error:?}");
        assert!(text.contains("127.0.0.1:1") && !text.contains("geheim"), "{text}");
        let (error, _) = refusal(&server.address("gibtesnicht")).await;
        assert!(matches!(error, OpenError::NoDatabase { .. }), "{error:?}");
        let stranger = server.address("postgres").replace("kekiz@", "fremd:geheim@");
        let (error, text) = refusal(&stranger).await;
        assert!(matches!(error, OpenError::Login { .. }), "{error:?}");
        assert!(!text.contains("geheim"));
    });
}

#[test]
fn many_programs_may_start_at_once() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let server = Server::shared();
    for address in [url(&folder.path().join("kekiz.db")), server.database()] {
        runtime.block_on(async {
            let starts: Vec<_> = (0..4)
                .map(|_| {
                    let address = address.clone();
                    tokio::spawn(async move { open(&address).await.map(|_| ()) })
                })
                .collect();
            for start in starts {
                start.await.unwrap().unwrap();
            }
        });
    }
}
