//! SQL over what is published.
#![allow(clippy::unwrap_used)]

mod support;

use datafusion::arrow::util::pretty::pretty_format_batches;
use kekiz_lake::{LakeError, Published, Session, SessionConfig};
use support::{id, release};
use tempfile::TempDir;

/// A store whose path holds whatever paths may hold.
fn store() -> (TempDir, Published) {
    let dir = TempDir::new().unwrap();
    let published = Published::create(&dir.path().join("Ämter [neu] 100% *?/öffentlich")).unwrap();
    published.add(&release("kinder-armut", 3)).unwrap();
    (dir, published)
}

fn session(published: &Published, target_partitions: usize) -> Session {
    let session = Session::local(&SessionConfig { target_partitions, ..SessionConfig::default() }).unwrap();
    session.register(published, &id("kinder-armut")).unwrap();
    session
}

const QUERY: &str =
    "SELECT status, count(*) AS n, count(value) AS v FROM \"kinder-armut\" GROUP BY status ORDER BY status";

#[test]
fn cells_can_be_counted_by_sql() {
    let (_dir, published) = store();
    let content = published.get(&id("kinder-armut")).unwrap();
    let shown = content.cells.iter().filter(|cell| cell.value().is_some()).count();
    let one = session(&published, 1).sql(QUERY).unwrap().1;
    let text = pretty_format_batches(&one).unwrap().to_string();
    let line: Vec<&str> =
        text.lines().find(|line| line.starts_with("| shown")).unwrap().split('|').map(str::trim).collect();
    assert_eq!(line[2..4], [shown.to_string(), shown.to_string()]);
    let four = session(&published, 4).sql(QUERY).unwrap().1;
    assert_eq!(pretty_format_batches(&four).unwrap().to_string(), text, "parts do not change the result");
}

#[test]
fn exports_are_parquet_with_the_same_bytes() {
    let (_dir, published) = store();
    let query =
        "SELECT area, period, value FROM \"kinder-armut\" WHERE status = 'shown' ORDER BY area, period";
    let bytes = session(&published, 1).sql_to_parquet(query).unwrap();
    assert_eq!(&bytes[..4], b"PAR1");
    assert_eq!(bytes, session(&published, 3).sql_to_parquet(query).unwrap());
}

#[test]
fn only_questions_are_answered() {
    let (dir, published) = store();
    let session = session(&published, 1);
    let target = dir.path().join("raus.parquet");
    for query in [
        "DROP TABLE \"kinder-armut\"".to_string(),
        "CREATE TABLE x AS SELECT 1".to_string(),
        format!("COPY \"kinder-armut\" TO '{}'", target.display()),
        format!("CREATE EXTERNAL TABLE x STORED AS CSV LOCATION '{}'", dir.path().display()),
        "SET datafusion.execution.batch_size = 1".to_string(),
        "SELECT * FROM '/etc/passwd'".to_string(),
        "SELECT * FROM anderes".to_string(),
        "SELEKT".to_string(),
    ] {
        let error = session.sql(&query).unwrap_err();
        assert!(matches!(error, LakeError::Query { .. }), "{query}");
        assert!(error.to_string().contains("Abhilfe"), "{error}");
    }
    assert!(!target.exists());
}

#[test]
fn a_caller_on_another_runtime_may_ask() {
    let (_dir, published) = store();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let session = session(&published, 1);
        assert!(!session.sql(QUERY).unwrap().1.is_empty());
        drop(session);
    });
}

#[test]
fn the_memory_limit_is_kept() {
    let (_dir, published) = store();
    let config = SessionConfig { memory_limit_bytes: 1 << 10, target_partitions: 1, may_spill: false };
    let session = Session::local(&config).unwrap();
    session.register(&published, &id("kinder-armut")).unwrap();
    let query = "SELECT a.area, b.value, row_number() OVER (ORDER BY b.value, a.value) FROM \"kinder-armut\" a CROSS JOIN \"kinder-armut\" b CROSS JOIN \"kinder-armut\" c";
    let error = session.sql(query).unwrap_err();
    assert!(error.to_string().contains("Speichergrenze"), "{error}");
}
