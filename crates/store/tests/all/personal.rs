use crate::{account, at, edit, offer, on_both};
use kekiz_store::entities::{AccountState, RequestState, Role, TokenPurpose};
use kekiz_store::retention::{self, Periods};
use kekiz_store::roles::{Grant, Scope};
use kekiz_store::{Edit, accounts, audit, begin, changes, claims, factors, identities, offers, personal};
use kekiz_store::{error_reports, outbox, roles, sessions, tokens};

const NOW: &str = "2026-03-01T10:00:00Z";

/// An account with something in every table that can name it.
async fn fill(db: &kekiz_store::DatabaseConnection) {
    let now = at(NOW);
    accounts::insert(db, account("ada")).await.unwrap();
    let grant = Grant { role: Role::Provider, scope: Scope::Organization("traeger".into()) };
    roles::grant(db, "ada", &grant, now, None).await.unwrap();
    factors::enrol(db, "ada", vec![7; 32], now).await.unwrap();
    factors::replace_codes(db, "ada", &["hash".into()]).await.unwrap();
    identities::link(db, "https://login", "7", "ada", now).await.unwrap();
    sessions::create(db, "cookie", "{\"geheim\":1}", now, at("2026-03-02T10:00:00Z")).await.unwrap();
    sessions::attach(db, "cookie", "ada", "Firefox").await.unwrap();
    let token = tokens::Token {
        hash: tokens::hash("secret"),
        purpose: TokenPurpose::PasswordReset,
        account: Some("ada".into()),
        email: "ada@stadt.example".into(),
        detail: "{}".into(),
        created_at: now.into(),
        created_by: None,
        expires_at: at("2026-03-01T11:00:00Z").into(),
        used_at: None,
    };
    tokens::insert(db, token).await.unwrap();
    let mail = outbox::Mail {
        id: "m".into(),
        account: Some("ada".into()),
        recipient: "ada@stadt.example".into(),
        subject: "Hallo".into(),
        plain: "Link".into(),
        html: "Link".into(),
        created_at: now.into(),
        attempts: 0,
        next_attempt_at: Some(now.into()),
        sent_at: None,
        last_error: None,
    };
    outbox::push(db, mail).await.unwrap();
    let tx = begin(db).await.unwrap();
    let by = Edit { by: Some("ada".into()), ..edit() };
    let first = offers::save(&tx, &offer("a", "Krabbelgruppe"), &by).await.unwrap();
    offers::save(&tx, &first.value, &by).await.unwrap();
    let deed = audit::Deed {
        at: now,
        actor: "ada".into(),
        action: "offer.saved".into(),
        object_kind: "offer".into(),
        object: "a".into(),
        detail: serde_json::Value::Null,
    };
    audit::append(&tx, &deed).await.unwrap();
    tx.commit().await.unwrap();
    let claim = claims::Claim {
        id: "c".into(),
        organization: "traeger".into(),
        account: "ada".into(),
        grounds: "Leitung".into(),
        claimed_at: now.into(),
        state: RequestState::Open,
        decided_by: None,
        decided_at: None,
    };
    claims::insert(db, claim).await.unwrap();
    let request = changes::ChangeRequest {
        id: "r".into(),
        offer: "a".into(),
        field: "service.name".into(),
        before_value: "null".into(),
        after_value: "null".into(),
        base_revision: 1,
        proposed_by: Some("ada".into()),
        proposed_at: now.into(),
        note: String::new(),
        state: RequestState::Open,
        decided_by: None,
        decided_at: None,
        decision_note: None,
    };
    changes::propose(db, vec![request]).await.unwrap();
}

#[test]
fn the_export_is_complete_and_holds_no_secret() {
    on_both(async |db| {
        fill(&db).await;
        let export = personal::export(&db, "ada", at(NOW)).await.unwrap().unwrap();
        assert_eq!(
            (export.roles.len(), export.identities.len(), export.sessions.len(), export.links.len()),
            (1, 1, 1, 1)
        );
        assert_eq!((export.mails.len(), export.claims.len(), export.change_requests.len()), (1, 1, 1));
        let text = serde_json::to_string(&export).unwrap();
        assert!(text.contains("ada@stadt.example") && text.contains("2026-03-01T10:00:00Z"));
        for secret in [tokens::hash("secret"), sessions::hash("cookie"), "geheim".into(), "sealed".into()] {
            assert!(!text.contains(&secret), "{secret}");
        }
        assert!(personal::export(&db, "bea", at(NOW)).await.unwrap().is_none());
    });
}

#[test]
fn deleting_an_account_leaves_the_offers_and_no_trace_of_the_person() {
    on_both(async |db| {
        fill(&db).await;
        let tx = begin(&db).await.unwrap();
        assert!(personal::delete(&tx, "ada").await.unwrap());
        assert!(!personal::delete(&tx, "ada").await.unwrap());
        tx.commit().await.unwrap();
        assert!(personal::export(&db, "ada", at(NOW)).await.unwrap().is_none());
        assert!(sessions::load(&db, "cookie", at(NOW)).await.unwrap().is_none());
        assert!(identities::account(&db, "https://login", "7").await.unwrap().is_none());
        assert!(claims::open(&db).await.unwrap().is_empty());
        assert_eq!(changes::open(&db, 9).await.unwrap()[0].proposed_by, None);
        let history = offers::history(&db, &"a".into()).await.unwrap();
        assert!(history.len() == 2 && history.iter().all(|one| one.changed_by.is_none()));
        assert_eq!(audit::verify(&db).await.unwrap().entries, 1);
    });
}

#[test]
fn what_outlived_its_period_goes_and_the_rest_stays() {
    on_both(async |db| {
        fill(&db).await;
        let invited = accounts::Account { state: AccountState::Invited, ..account("bea") };
        accounts::insert(&db, invited).await.unwrap();
        let report = error_reports::ErrorReport {
            id: "e".into(),
            offer: "a".into(),
            message: "falsch".into(),
            contact: None,
            reported_at: at(NOW).into(),
            state: RequestState::Open,
            handled_by: None,
            handled_at: None,
        };
        error_reports::insert(&db, report).await.unwrap();
        let none = retention::Purged::default();
        let at_once = retention::purge(&db, &Periods::default(), at(NOW)).await.unwrap();
        assert_eq!(at_once, none);
        let later = retention::purge(&db, &Periods::default(), at("2026-05-01T10:00:00Z")).await.unwrap();
        assert_eq!(later, retention::Purged { sessions: 1, links: 1, accounts: 1, mails: 1, ..none });
        assert!(error_reports::close(&db, "e", RequestState::Accepted, "ada", at(NOW)).await.unwrap());
        let much_later =
            retention::purge(&db, &Periods::default(), at("2027-05-01T10:00:00Z")).await.unwrap();
        assert_eq!(much_later, retention::Purged { reports: 1, ..none });
        assert!(accounts::by_id(&db, "ada").await.unwrap().is_some());
        assert_eq!(changes::count_open(&db).await.unwrap(), 1);
    });
}
