use crate::{ORIGIN, Office, PASSWORD, on_both, provider};
use kekiz_accounts::{
    Actor, Invitation, Refusal, accept_invitation, accept_with_identity, invite, link_identity, login,
    login_with_identity, open_invitation, register, set_up, unlink_identity,
};
use kekiz_store::entities::Role;
use kekiz_store::outbox;
use kekiz_store::roles::{Grant, Scope};

fn invitation(email: &str, grant: Grant) -> Invitation {
    Invitation { email: email.into(), name: "Bea  Beispiel".into(), grant, language: "de".into() }
}

#[test]
fn an_invited_provider_takes_up_the_account_by_the_link() {
    on_both(async |mut office: Office| {
        let kita = office.account("kita", Some(provider("kita"))).await;
        let bea = invitation("Bea@verein.example", provider("kita"));
        let id = invite(&mut office.cx(), &kita, &bea).await.unwrap();
        let early = login(&mut office.cx(), "bea@verein.example", PASSWORD, ORIGIN).await;
        assert!(matches!(early, Err(Refusal::Wrong)));
        let first = office.link("bea@verein.example").await;
        office.later(1);
        assert_eq!(invite(&mut office.cx(), &kita, &bea).await.unwrap(), id);
        let second = office.link("bea@verein.example").await;
        assert!(matches!(open_invitation(&office.cx(), &first).await, Err(Refusal::Link)), "replaced");
        assert_eq!(open_invitation(&office.cx(), &second).await.unwrap().name, "Bea Beispiel");
        let own = accept_invitation(&mut office.cx(), &second, "bea@verein.example!").await;
        assert!(matches!(own, Err(Refusal::Weak(_))));
        accept_invitation(&mut office.cx(), &second, PASSWORD).await.unwrap();
        assert!(matches!(accept_invitation(&mut office.cx(), &second, PASSWORD).await, Err(Refusal::Link)));
        let found = login(&mut office.cx(), "bea@verein.example", PASSWORD, ORIGIN).await.unwrap();
        assert_eq!(Actor::load(&office.db, &found.account).await.unwrap().grants, [provider("kita")]);
        assert_eq!(
            office.log().await[1..],
            [
                "account.invited",
                "account.login_failed",
                "account.invited",
                "account.taken_up",
                "account.logged_in"
            ]
        );
    });
}

#[test]
fn nobody_gives_what_they_may_not() {
    on_both(async |mut office: Office| {
        let kita = office.account("kita", Some(provider("kita"))).await;
        let admin = Grant { role: Role::Administration, scope: Scope::Everywhere };
        let everywhere = Grant { role: Role::Provider, scope: Scope::Everywhere };
        for grant in [provider("verein"), admin.clone(), everywhere] {
            let refused = invite(&mut office.cx(), &kita, &invitation("x@y.example", grant)).await;
            assert!(matches!(refused, Err(Refusal::Forbidden)));
        }
        let public =
            invite(&mut office.cx(), &Actor::public(), &invitation("x@y.example", admin.clone())).await;
        assert!(matches!(public, Err(Refusal::Forbidden)));
        let office_actor = office.administration().await;
        invite(&mut office.cx(), &office_actor, &invitation("x@y.example", admin)).await.unwrap();
        let broken = invitation("x@y.example\nBcc: z@y.example", provider("kita"));
        assert!(matches!(invite(&mut office.cx(), &office_actor, &broken).await, Err(Refusal::Email)));
    });
}

#[test]
fn registering_does_not_tell_who_has_an_account() {
    on_both(async |mut office: Office| {
        office.account("ada", None).await;
        office.later(1);
        register(&mut office.cx(), "ada@stadt.example", "Ada", "de", ORIGIN).await.unwrap();
        assert!(office.mail("ada@stadt.example").await.subject.contains("schon einen Zugang"));
        register(&mut office.cx(), "neu@stadt.example", "Neu", "de", ORIGIN).await.unwrap();
        let link = office.link("neu@stadt.example").await;
        let id = accept_invitation(&mut office.cx(), &link, PASSWORD).await.unwrap();
        assert!(Actor::load(&office.db, &id).await.unwrap().grants.is_empty());
        for wrong in ["", "   ", &"n".repeat(201), "a\u{7}b"] {
            let refused = register(&mut office.cx(), "c@stadt.example", wrong, "de", ORIGIN).await;
            assert!(matches!(refused, Err(Refusal::Name)), "{wrong:?}");
        }
    });
}

#[test]
fn a_link_is_old_after_its_days() {
    on_both(async |mut office: Office| {
        register(&mut office.cx(), "neu@stadt.example", "Neu", "de", ORIGIN).await.unwrap();
        let link = office.link("neu@stadt.example").await;
        office.later(14 * 24 * 60);
        assert!(matches!(accept_invitation(&mut office.cx(), &link, PASSWORD).await, Err(Refusal::Link)));
        assert!(outbox::due(&office.db, office.now, 10).await.unwrap()[0].plain.contains("14 Tage"));
    });
}

#[test]
fn an_outside_identity_logs_in_by_its_subject() {
    on_both(async |mut office: Office| {
        let (issuer, subject) = ("https://login.example", "subject-7");
        let unknown = login_with_identity(&mut office.cx(), issuer, subject).await;
        assert!(matches!(unknown, Err(Refusal::NotLinked)));
        let ada = office.account("ada", None).await;
        link_identity(&mut office.cx(), &ada, issuer, subject).await.unwrap();
        assert_eq!(login_with_identity(&mut office.cx(), issuer, subject).await.unwrap().account, "ada");
        let elsewhere = login_with_identity(&mut office.cx(), "https://evil.example", subject).await;
        assert!(matches!(elsewhere, Err(Refusal::NotLinked)));

        register(&mut office.cx(), "neu@stadt.example", "Neu", "de", ORIGIN).await.unwrap();
        let link = office.link("neu@stadt.example").await;
        let taken = accept_with_identity(&mut office.cx(), &link, issuer, subject).await;
        assert!(matches!(taken, Err(Refusal::LinkTaken)));
        let id = accept_with_identity(&mut office.cx(), &link, issuer, "subject-8").await.unwrap();
        let neu = Actor::load(&office.db, &id).await.unwrap();
        let only = unlink_identity(&mut office.cx(), &neu, issuer, "subject-8").await;
        assert!(matches!(only, Err(Refusal::LastWayIn)));
        assert_eq!(login_with_identity(&mut office.cx(), issuer, "subject-8").await.unwrap().account, id);
        unlink_identity(&mut office.cx(), &ada, issuer, subject).await.unwrap();
        assert!(login_with_identity(&mut office.cx(), issuer, subject).await.is_err());
    });
}

#[test]
fn the_first_administration_comes_from_the_command_line_and_only_the_first() {
    on_both(async |mut office: Office| {
        let lost = set_up(&mut office.cx(), "amt@stadt.example", "Amt").await.unwrap();
        let link = set_up(&mut office.cx(), "amt@stadt.example", "Amt").await.unwrap();
        let secret = |link: &str| link.rsplit('/').next().unwrap().to_string();
        assert!(link.starts_with("https://portal.example/einladung/"));
        assert!(matches!(open_invitation(&office.cx(), &secret(&lost)).await, Err(Refusal::Link)));
        let id = accept_invitation(&mut office.cx(), &secret(&link), PASSWORD).await.unwrap();
        assert!(Actor::load(&office.db, &id).await.unwrap().has(Role::Administration));
        let second = set_up(&mut office.cx(), "zwei@stadt.example", "Zwei").await;
        assert!(matches!(second, Err(Refusal::Forbidden)));
        let log = kekiz_store::audit::list(&office.db, &Default::default(), 10).await.unwrap();
        assert_eq!(log.last().unwrap().actor, "system");
    });
}
