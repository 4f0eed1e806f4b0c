use crate::{at, on_both};
use kekiz_store::audit::{self, ChainError, Deed, Filter};
use kekiz_store::{ConnectionTrait, DatabaseConnection, begin};

fn deed(actor: &str, object: &str) -> Deed {
    Deed {
        at: at("2026-03-01T10:00:00Z"),
        actor: actor.into(),
        action: "offer.saved".into(),
        object_kind: "offer".into(),
        object: object.into(),
        detail: serde_json::json!({ "fields": ["name"] }),
    }
}

async fn append(db: &DatabaseConnection, deed: Deed) {
    let tx = begin(db).await.unwrap();
    audit::append(&tx, &deed).await.unwrap();
    tx.commit().await.unwrap();
}

#[test]
fn entries_form_a_chain_also_when_many_write_at_once() {
    on_both(async |db| {
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let db = db.clone();
                tokio::spawn(async move {
                    for object in 0..10 {
                        append(&db, deed(&format!("k{writer}"), &object.to_string())).await;
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        let verified = audit::verify(&db).await.unwrap();
        assert_eq!(verified.entries, 80);
        let newest = audit::list(&db, &Filter::default(), 1).await.unwrap();
        assert_eq!(newest[0].hash, verified.head);
        let of_one = Filter { actor: Some("k3".into()), ..Filter::default() };
        assert_eq!(audit::list(&db, &of_one, 100).await.unwrap().len(), 10);
        let page = Filter { before: Some(3), ..Filter::default() };
        assert_eq!(audit::list(&db, &page, 100).await.unwrap().len(), 2);
    });
}

#[test]
fn a_deed_that_is_rolled_back_leaves_no_entry() {
    on_both(async |db| {
        let tx = begin(&db).await.unwrap();
        audit::append(&tx, &deed("k", "1")).await.unwrap();
        tx.rollback().await.unwrap();
        assert_eq!(audit::verify(&db).await.unwrap().entries, 0);
    });
}

#[test]
fn the_database_refuses_to_change_the_log() {
    on_both(async |db| {
        append(&db, deed("k", "1")).await;
        let attempts = [
            "UPDATE audit_log SET actor = 'x'",
            "DELETE FROM audit_log",
            "DELETE FROM audit_log WHERE sequence = 1",
            "INSERT INTO audit_log SELECT * FROM audit_log",
        ];
        for sql in attempts {
            assert!(db.execute_unprepared(sql).await.is_err(), "{sql}");
        }
        let replace = "INSERT OR REPLACE INTO audit_log SELECT * FROM audit_log";
        let truncate = "TRUNCATE audit_log";
        assert!(db.execute_unprepared(replace).await.is_err());
        assert!(db.execute_unprepared(truncate).await.is_err());
        assert_eq!(audit::verify(&db).await.unwrap().entries, 1);
    });
}

/// What somebody does who owns the file and drops the triggers.
#[test]
fn tampering_with_the_file_is_noticed() {
    let cases = [
        ("UPDATE audit_log SET actor = 'x' WHERE sequence = 2", 2, "verändert"),
        ("UPDATE audit_log SET detail = '{}' WHERE sequence = 1", 1, "verändert"),
        ("DELETE FROM audit_log WHERE sequence = 2", 3, "fehlen"),
        ("DELETE FROM audit_log WHERE sequence = 1", 2, "fehlen"),
        ("UPDATE audit_log SET previous = '' WHERE sequence = 3", 3, "schließt nicht an"),
    ];
    on_both(async |db| {
        for object in ["1", "2", "3"] {
            append(&db, deed("k", object)).await;
        }
        for drop in [
            "DROP TRIGGER audit_log_no_update",
            "DROP TRIGGER audit_log_no_delete",
            "DROP TRIGGER audit_log_no_change ON audit_log",
        ] {
            let _ = db.execute_unprepared(drop).await;
        }
        for (sql, sequence, finding) in cases {
            db.execute_unprepared("CREATE TABLE copy AS SELECT * FROM audit_log").await.unwrap();
            db.execute_unprepared(sql).await.unwrap();
            match audit::verify(&db).await {
                Err(error @ ChainError::Broken { sequence: found, .. }) => {
                    assert_eq!(found, sequence, "{sql}");
                    assert!(error.to_string().contains(finding), "{sql}: {error}");
                }
                other => panic!("{sql}: {other:?}"),
            }
            db.execute_unprepared("DELETE FROM audit_log").await.unwrap();
            db.execute_unprepared("INSERT INTO audit_log SELECT * FROM copy ORDER BY sequence")
                .await
                .unwrap();
            db.execute_unprepared("DROP TABLE copy").await.unwrap();
        }
    });
}
