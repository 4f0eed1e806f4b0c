use crate::{ORIGIN, Office, PASSWORD, on_both};
use kekiz_accounts::{
    Cost, Refusal, change_password, login, open_reset, request_reset, reset_password, revoke_other_sessions,
    revoke_session, sessions,
};
use kekiz_store::entities::AccountState;
use kekiz_store::{accounts, outbox};

#[test]
fn unknown_wrong_and_invited_get_the_same_answer() {
    on_both(async |mut office: Office| {
        office.account("ada", None).await;
        office.account("neu", None).await;
        accounts::set_state(&office.db, "neu", AccountState::Invited).await.unwrap();
        let mut texts = Vec::new();
        for (email, password) in [
            ("ada@stadt.example", "falsches Passwort"),
            ("niemand@stadt.example", PASSWORD),
            ("neu@stadt.example", PASSWORD),
            ("ada@stadt.example", &"lang".repeat(5000)),
        ] {
            texts.push(login(&mut office.cx(), email, password, ORIGIN).await.unwrap_err().to_string());
        }
        texts.dedup();
        assert_eq!(texts.len(), 1, "{texts:?}");
        let log = office.log().await;
        assert_eq!(log.iter().filter(|action| *action == "account.login_failed").count(), 4);
        let found = login(&mut office.cx(), " ADA@stadt.example", PASSWORD, ORIGIN).await.unwrap();
        assert_eq!((found.account.as_str(), found.code_wanted), ("ada", false));
        assert_eq!(office.log().await.last().unwrap(), "account.logged_in");
    });
}

#[test]
fn a_blocked_account_is_told_only_with_the_right_password() {
    on_both(async |mut office: Office| {
        office.account("ada", None).await;
        accounts::set_state(&office.db, "ada", AccountState::Blocked).await.unwrap();
        let wrong = login(&mut office.cx(), "ada@stadt.example", "falsch", ORIGIN).await;
        assert!(matches!(wrong, Err(Refusal::Wrong)));
        let right = login(&mut office.cx(), "ada@stadt.example", PASSWORD, ORIGIN).await;
        assert!(matches!(right, Err(Refusal::Blocked)));
    });
}

#[test]
fn attempts_are_limited_per_account_and_per_origin() {
    on_both(async |mut office: Office| {
        office.account("ada", None).await;
        for n in 0..10 {
            let origin = format!("192.0.2.{n}");
            let wrong = login(&mut office.cx(), "ada@stadt.example", "falsch", &origin).await;
            assert!(matches!(wrong, Err(Refusal::Wrong)));
        }
        let right = login(&mut office.cx(), "ada@stadt.example", PASSWORD, "192.0.2.99").await;
        assert!(matches!(right, Err(Refusal::TooMany { minutes: 15 })));
        office.later(15);
        login(&mut office.cx(), "ada@stadt.example", PASSWORD, "192.0.2.99").await.unwrap();

        office.settings.limits.per_origin = 20;
        for n in 0..20 {
            let email = format!("n{n}@stadt.example");
            let wrong = login(&mut office.cx(), &email, "falsch", ORIGIN).await;
            assert!(matches!(wrong, Err(Refusal::Wrong)), "{n}");
        }
        let next = login(&mut office.cx(), "ada@stadt.example", PASSWORD, ORIGIN).await;
        assert!(matches!(next, Err(Refusal::TooMany { .. })));
    });
}

#[test]
fn a_hash_of_an_older_cost_is_renewed_at_the_login() {
    on_both(async |mut office: Office| {
        office.account("ada", None).await;
        let old = accounts::by_id(&office.db, "ada").await.unwrap().unwrap();
        office.settings.cost = Cost { memory_kib: 128, ..office.settings.cost };
        login(&mut office.cx(), "ada@stadt.example", PASSWORD, ORIGIN).await.unwrap();
        let new = accounts::by_id(&office.db, "ada").await.unwrap().unwrap();
        assert!(new.password.unwrap().contains("m=128"));
        assert_eq!(new.password_changed_at, old.password_changed_at);
        login(&mut office.cx(), "ada@stadt.example", PASSWORD, ORIGIN).await.unwrap();
    });
}

#[test]
fn a_new_password_comes_by_mail_once_and_ends_all_sessions() {
    on_both(async |mut office: Office| {
        let ada = office.account("ada", None).await;
        let end = "2026-03-02T10:00:00Z".parse().unwrap();
        kekiz_store::sessions::create(&office.db, "cookie", "{}", office.now, end).await.unwrap();
        kekiz_store::sessions::attach(&office.db, "cookie", "ada", "Firefox").await.unwrap();
        let before = outbox::due(&office.db, office.now, 100).await.unwrap().len();
        request_reset(&mut office.cx(), "niemand@stadt.example", ORIGIN).await.unwrap();
        assert_eq!(outbox::due(&office.db, office.now, 100).await.unwrap().len(), before);
        office.later(1);
        request_reset(&mut office.cx(), "Ada@stadt.example", ORIGIN).await.unwrap();
        let link = office.link("ada@stadt.example").await;
        assert_eq!(open_reset(&office.cx(), &link).await.unwrap().name, "Name ada");

        let weak = reset_password(&mut office.cx(), &link, "kurz").await;
        assert!(matches!(weak, Err(Refusal::Weak(_))), "a weak password does not use the link up");
        let new = "fünf ganz andere Worte";
        reset_password(&mut office.cx(), &link, new).await.unwrap();
        assert!(matches!(reset_password(&mut office.cx(), &link, new).await, Err(Refusal::Link)));
        assert!(sessions(&office.cx(), &ada).await.unwrap().is_empty());
        assert!(login(&mut office.cx(), "ada@stadt.example", PASSWORD, ORIGIN).await.is_err());
        login(&mut office.cx(), "ada@stadt.example", new, ORIGIN).await.unwrap();

        office.later(1);
        request_reset(&mut office.cx(), "ada@stadt.example", ORIGIN).await.unwrap();
        let link = office.link("ada@stadt.example").await;
        office.later(60);
        assert!(matches!(open_reset(&office.cx(), &link).await, Err(Refusal::Link)));
    });
}

#[test]
fn sessions_are_listed_and_ended_by_their_owner_only() {
    on_both(async |mut office: Office| {
        let ada = office.account("ada", None).await;
        let bea = office.account("bea", None).await;
        let end = "2026-03-02T10:00:00Z".parse().unwrap();
        for id in ["eins", "zwei", "drei"] {
            kekiz_store::sessions::create(&office.db, id, "{}", office.now, end).await.unwrap();
            kekiz_store::sessions::attach(&office.db, id, "ada", "Firefox").await.unwrap();
        }
        let listed = sessions(&office.cx(), &ada).await.unwrap();
        assert_eq!(listed.len(), 3);
        let foreign = revoke_session(&mut office.cx(), &bea, &listed[0].id_hash).await;
        assert!(matches!(foreign, Err(Refusal::Forbidden)));
        let eins = kekiz_store::sessions::hash("eins");
        revoke_session(&mut office.cx(), &ada, &eins).await.unwrap();
        assert_eq!(revoke_other_sessions(&mut office.cx(), &ada, "zwei").await.unwrap(), 1);
        assert_eq!(sessions(&office.cx(), &ada).await.unwrap().len(), 1);
        let wrong = change_password(&mut office.cx(), &ada, "falsch", "fünf ganz andere Worte", "zwei").await;
        assert!(matches!(wrong, Err(Refusal::Wrong)));
        change_password(&mut office.cx(), &ada, PASSWORD, "fünf ganz andere Worte", "zwei").await.unwrap();
        assert_eq!(sessions(&office.cx(), &ada).await.unwrap().len(), 1);
    });
}
