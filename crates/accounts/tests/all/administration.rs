use crate::{ORIGIN, Office, PASSWORD, on_both, provider};
use kekiz_accounts::{
    Actor, Refusal, block, delete_account, delete_own_account, export, grant_role, login, revoke_role,
    unblock,
};
use kekiz_store::entities::Role;
use kekiz_store::roles::{Grant, Scope};

#[test]
fn only_the_administration_manages_accounts_and_every_write_is_logged() {
    on_both(async |mut office: Office| {
        let amt = office.administration().await;
        let ada = office.account("ada", Some(provider("kita"))).await;
        let grant = Grant { role: Role::Coordination, scope: Scope::Everywhere };
        for actor in [&ada, &Actor::public()] {
            let cx = &mut office.cx();
            assert!(matches!(grant_role(cx, actor, "ada", &grant).await, Err(Refusal::Forbidden)));
            assert!(matches!(revoke_role(cx, actor, "amt", &grant).await, Err(Refusal::Forbidden)));
            assert!(matches!(block(cx, actor, "amt").await, Err(Refusal::Forbidden)));
            assert!(matches!(unblock(cx, actor, "amt").await, Err(Refusal::Forbidden)));
            assert!(matches!(delete_account(cx, actor, "amt").await, Err(Refusal::Forbidden)));
        }
        let before = office.log().await.len();
        grant_role(&mut office.cx(), &amt, "ada", &grant).await.unwrap();
        revoke_role(&mut office.cx(), &amt, "ada", &grant).await.unwrap();
        block(&mut office.cx(), &amt, "ada").await.unwrap();
        assert_eq!(Actor::load(&office.db, "ada").await.unwrap(), Actor::public());
        unblock(&mut office.cx(), &amt, "ada").await.unwrap();
        login(&mut office.cx(), "ada@stadt.example", PASSWORD, ORIGIN).await.unwrap();
        delete_account(&mut office.cx(), &amt, "ada").await.unwrap();
        assert_eq!(
            office.log().await[before..],
            [
                "account.role_given",
                "account.role_taken",
                "account.blocked",
                "account.unblocked",
                "account.logged_in",
                "account.deleted"
            ]
        );
        assert!(matches!(block(&mut office.cx(), &amt, "ada").await, Err(Refusal::NoAccount)));
    });
}

#[test]
fn the_last_administration_stays() {
    on_both(async |mut office: Office| {
        let amt = office.administration().await;
        let all = Grant { role: Role::Administration, scope: Scope::Everywhere };
        let last = |result| matches!(result, Err(Refusal::LastAdministration));
        assert!(last(revoke_role(&mut office.cx(), &amt, "amt", &all).await));
        assert!(last(block(&mut office.cx(), &amt, "amt").await));
        assert!(last(delete_own_account(&mut office.cx(), &amt, PASSWORD).await));
        assert!(Actor::load(&office.db, "amt").await.unwrap().has(Role::Administration), "rolled back");
        office.account("zwei", Some(all.clone())).await;
        revoke_role(&mut office.cx(), &amt, "amt", &all).await.unwrap();
    });
}

#[test]
fn everybody_may_export_and_delete_their_own_account() {
    on_both(async |mut office: Office| {
        let ada = office.account("ada", Some(provider("kita"))).await;
        let text = serde_json::to_string(&export(&office.cx(), &ada).await.unwrap()).unwrap();
        assert!(text.contains("ada@stadt.example") && !text.contains("argon2"));
        assert!(matches!(delete_own_account(&mut office.cx(), &ada, "falsch").await, Err(Refusal::Wrong)));
        delete_own_account(&mut office.cx(), &ada, PASSWORD).await.unwrap();
        assert!(matches!(export(&office.cx(), &ada).await, Err(Refusal::NoAccount)));
        let log = kekiz_store::audit::list(&office.db, &Default::default(), 100).await.unwrap();
        let told = log.iter().map(|entry| format!("{entry:?}")).collect::<String>();
        assert!(!told.contains("@stadt.example") && !told.contains("Name ada"), "the log names nobody");
    });
}
