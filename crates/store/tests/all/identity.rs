use crate::{account, at, on_both};
use jiff::SignedDuration;
use kekiz_store::accounts::AccountError;
use kekiz_store::entities::{Role, TokenPurpose};
use kekiz_store::identities::LinkError;
use kekiz_store::outbox::Mail;
use kekiz_store::roles::{Grant, Scope};
use kekiz_store::tokens::Token;
use kekiz_store::{accounts, attempts, factors, identities, outbox, roles, sessions, tokens};

#[test]
fn accounts_are_found_by_mail_whatever_its_case_and_stand_once() {
    on_both(async |db| {
        accounts::insert(&db, account("ada")).await.unwrap();
        let found = accounts::by_email(&db, " ADA@Stadt.example ").await.unwrap().unwrap();
        assert_eq!(found, account("ada"));
        let twin = accounts::Account { id: "ada2".into(), ..account("ada") };
        assert!(matches!(accounts::insert(&db, twin).await, Err(AccountError::Taken)));
        let now = at("2026-02-01T08:00:00Z");
        accounts::set_password(&db, "ada", "$argon2id$…", now).await.unwrap();
        accounts::logged_in(&db, "ada", now).await.unwrap();
        let found = accounts::by_id(&db, "ada").await.unwrap().unwrap();
        assert_eq!((found.password.as_deref(), found.last_login_at), (Some("$argon2id$…"), Some(now.into())));
        accounts::update(&db, accounts::Account { name: "Ada".into(), ..found }).await.unwrap();
        assert_eq!(accounts::all(&db).await.unwrap()[0].name, "Ada");
    });
}

#[test]
fn roles_hold_somewhere_and_can_be_given_twice() {
    on_both(async |db| {
        accounts::insert(&db, account("ada")).await.unwrap();
        let now = at("2026-02-01T08:00:00Z");
        let provider = Grant { role: Role::Provider, scope: Scope::Organization("kita".into()) };
        let office = Grant { role: Role::Coordination, scope: Scope::Area("05114000".into()) };
        for grant in [&provider, &office, &provider] {
            roles::grant(&db, "ada", grant, now, None).await.unwrap();
        }
        assert_eq!(roles::of(&db, "ada").await.unwrap(), [provider.clone(), office.clone()]);
        let holders = roles::holders(&db, Role::Provider).await.unwrap();
        assert_eq!(holders, [("ada".to_string(), provider.scope.clone())]);
        assert!(roles::revoke(&db, "ada", &provider).await.unwrap());
        assert!(!roles::revoke(&db, "ada", &provider).await.unwrap());
        let nobody = roles::grant(&db, "nobody", &office, now, None).await;
        assert!(nobody.is_err(), "foreign keys are on");
    });
}

#[test]
fn a_token_works_once_and_until_it_expires() {
    on_both(async |db| {
        accounts::insert(&db, account("ada")).await.unwrap();
        let token = |secret: &str| Token {
            hash: tokens::hash(secret),
            purpose: TokenPurpose::PasswordReset,
            account: Some("ada".into()),
            email: "ada@stadt.example".into(),
            detail: "{}".into(),
            created_at: at("2026-02-01T08:00:00Z").into(),
            created_by: None,
            expires_at: at("2026-02-01T09:00:00Z").into(),
            used_at: None,
        };
        tokens::insert(&db, token("geheim")).await.unwrap();
        tokens::insert(&db, token("anders")).await.unwrap();
        let (early, late) = (at("2026-02-01T08:59:59Z"), at("2026-02-01T09:00:00Z"));
        let reset = TokenPurpose::PasswordReset;
        assert!(tokens::take(&db, "geheim", TokenPurpose::Invitation, early).await.unwrap().is_none());
        assert!(tokens::take(&db, "geheim", reset, late).await.unwrap().is_none());
        assert!(tokens::take(&db, "falsch", reset, early).await.unwrap().is_none());
        assert!(tokens::take(&db, "geheim", reset, early).await.unwrap().is_some());
        assert!(tokens::take(&db, "geheim", reset, early).await.unwrap().is_none());
        assert_eq!(tokens::open(&db, reset).await.unwrap().len(), 1);
        assert_eq!(tokens::forget(&db, "ada", reset).await.unwrap(), 1);
    });
}

#[test]
fn of_many_who_use_one_code_at_once_one_succeeds() {
    on_both(async |db| {
        accounts::insert(&db, account("ada")).await.unwrap();
        let now = at("2026-02-01T08:00:00Z");
        factors::enrol(&db, "ada", vec![1, 2, 3], now).await.unwrap();
        factors::replace_codes(&db, "ada", &["a".into(), "b".into()]).await.unwrap();
        let tries: Vec<_> = (0..8)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    let step = factors::take_step(&db, "ada", 58_000_000).await.unwrap();
                    let code = factors::take_code(&db, "ada", "a", now).await.unwrap();
                    (u8::from(step), u8::from(code))
                })
            })
            .collect();
        let mut sum = (0, 0);
        for one in tries {
            let (step, code) = one.await.unwrap();
            sum = (sum.0 + step, sum.1 + code);
        }
        assert_eq!(sum, (1, 1));
        assert!(!factors::take_step(&db, "ada", 57_999_999).await.unwrap());
        assert_eq!(factors::codes_left(&db, "ada").await.unwrap(), 1);
        factors::remove(&db, "ada").await.unwrap();
        assert!(factors::of(&db, "ada").await.unwrap().is_none());
        assert_eq!(factors::codes_left(&db, "ada").await.unwrap(), 0);
    });
}

#[test]
fn an_identity_belongs_to_one_account() {
    on_both(async |db| {
        for id in ["ada", "bea"] {
            accounts::insert(&db, account(id)).await.unwrap();
        }
        let now = at("2026-02-01T08:00:00Z");
        identities::link(&db, "https://login", "7", "ada", now).await.unwrap();
        let taken = identities::link(&db, "https://login", "7", "bea", now).await;
        assert!(matches!(taken, Err(LinkError::Taken)));
        assert_eq!(identities::account(&db, "https://login", "7").await.unwrap().as_deref(), Some("ada"));
        assert_eq!(identities::account(&db, "https://other", "7").await.unwrap(), None);
        assert!(!identities::unlink(&db, "https://login", "7", "bea").await.unwrap());
        assert!(identities::unlink(&db, "https://login", "7", "ada").await.unwrap());
    });
}

#[test]
fn a_revoked_session_does_not_come_back() {
    on_both(async |db| {
        accounts::insert(&db, account("ada")).await.unwrap();
        let (now, end) = (at("2026-02-01T08:00:00Z"), at("2026-02-01T20:00:00Z"));
        for id in ["eins", "zwei", "drei"] {
            assert!(sessions::create(&db, id, "{}", now, end).await.unwrap());
            assert!(sessions::attach(&db, id, "ada", "Firefox, Android").await.unwrap());
        }
        assert!(!sessions::create(&db, "eins", "{}", now, end).await.unwrap());
        assert!(sessions::save(&db, "eins", "{\"a\":1}", now, end).await.unwrap());
        assert_eq!(sessions::load(&db, "eins", now).await.unwrap().unwrap().data, "{\"a\":1}");
        assert!(sessions::load(&db, "eins", end).await.unwrap().is_none());
        assert!(!sessions::revoke(&db, "bea", &sessions::hash("eins")).await.unwrap());
        assert!(sessions::revoke(&db, "ada", &sessions::hash("eins")).await.unwrap());
        assert!(!sessions::save(&db, "eins", "{}", now, end).await.unwrap());
        assert!(sessions::load(&db, "eins", now).await.unwrap().is_none());
        assert_eq!(sessions::revoke_others(&db, "ada", Some("zwei")).await.unwrap(), 1);
        assert_eq!(sessions::of(&db, "ada", now).await.unwrap().len(), 1);
    });
}

#[test]
fn attempts_are_counted_within_their_window() {
    on_both(async |db| {
        let window = SignedDuration::from_mins(15);
        let key = attempts::key("login", "ada@stadt.example");
        let many: Vec<_> = (0..10)
            .map(|_| {
                let (db, key) = (db.clone(), key.clone());
                tokio::spawn(async move {
                    attempts::count(&db, &key, at("2026-02-01T08:00:00Z"), window).await.unwrap()
                })
            })
            .collect();
        let mut seen = Vec::new();
        for one in many {
            seen.push(one.await.unwrap());
        }
        seen.sort();
        assert_eq!(seen, (1..=10).collect::<Vec<u64>>());
        let later = attempts::count(&db, &key, at("2026-02-01T08:14:59Z"), window).await.unwrap();
        let next = attempts::count(&db, &key, at("2026-02-01T08:15:00Z"), window).await.unwrap();
        assert_eq!((later, next), (11, 1));
        attempts::forget(&db, &key).await.unwrap();
        assert_eq!(attempts::count(&db, &key, at("2026-02-01T08:15:01Z"), window).await.unwrap(), 1);
        assert!(!key.contains("ada"));
    });
}

#[test]
fn a_mail_is_taken_by_one_sender_and_its_text_forgotten() {
    on_both(async |db| {
        let now = at("2026-02-01T08:00:00Z");
        let mail = Mail {
            id: "m".into(),
            account: None,
            recipient: "ada@stadt.example".into(),
            subject: "Einladung".into(),
            plain: "Link".into(),
            html: "<p>Link</p>".into(),
            created_at: now.into(),
            attempts: 0,
            next_attempt_at: Some(now.into()),
            sent_at: None,
            last_error: None,
        };
        outbox::push(&db, mail).await.unwrap();
        let due = outbox::due(&db, now, 10).await.unwrap();
        let again = at("2026-02-01T08:05:00Z");
        assert!(outbox::take(&db, &due[0], again).await.unwrap());
        assert!(!outbox::take(&db, &due[0], again).await.unwrap());
        assert!(outbox::due(&db, now, 10).await.unwrap().is_empty());
        let due = outbox::due(&db, again, 10).await.unwrap();
        assert_eq!(due[0].attempts, 1);
        outbox::failed(&db, "m", "451", None).await.unwrap();
        assert_eq!(outbox::given_up(&db).await.unwrap()[0].last_error.as_deref(), Some("451"));
        outbox::sent(&db, "m", again).await.unwrap();
        assert!(outbox::given_up(&db).await.unwrap().is_empty());
        let kept = kekiz_store::entities::mail::Model { ..due[0].clone() };
        assert!(!outbox::take(&db, &kept, again).await.unwrap());
    });
}
