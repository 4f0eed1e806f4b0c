use crate::{ORIGIN, Office, PASSWORD, on_both};
use kekiz_accounts::{Refusal, confirm_factor, enrol_factor, login, remove_factor, verify_factor};
use totp_rs::{Builder, Secret};

fn code(secret: &str, at: jiff::Timestamp) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let totp = Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(at.as_second()).unwrap()).to_string()
}

#[test]
fn a_second_factor_is_set_up_asked_for_and_takes_each_code_once() {
    on_both(async |mut office: Office| {
        let ada = office.account("ada", None).await;
        let enrolment = enrol_factor(&mut office.cx(), &ada).await.unwrap();
        assert!(
            enrolment.address.starts_with("otpauth://totp/Familienportal%20Musterstadt:ada%40stadt.example?")
        );
        // Not asked for before it is confirmed.
        assert!(!login(&mut office.cx(), "ada@stadt.example", PASSWORD, ORIGIN).await.unwrap().code_wanted);
        let wrong = confirm_factor(&mut office.cx(), &ada, "000000").await;
        assert!(matches!(wrong, Err(Refusal::WrongCode)));
        let first = code(&enrolment.secret, office.now);
        let recovery = confirm_factor(&mut office.cx(), &ada, &first).await.unwrap();
        assert_eq!(recovery.len(), 10);
        assert!(matches!(enrol_factor(&mut office.cx(), &ada).await, Err(Refusal::FactorSet)));

        assert!(login(&mut office.cx(), "ada@stadt.example", PASSWORD, ORIGIN).await.unwrap().code_wanted);
        // The code of the set-up is used up, also in the next half minute, where it would still be valid.
        assert!(matches!(verify_factor(&mut office.cx(), "ada", &first).await, Err(Refusal::WrongCode)));
        office.later(1);
        let second = code(&enrolment.secret, office.now);
        let spaced = format!("{} {}", &second[..3], &second[3..]);
        verify_factor(&mut office.cx(), "ada", &spaced).await.unwrap();
        assert!(matches!(verify_factor(&mut office.cx(), "ada", &second).await, Err(Refusal::WrongCode)));
        assert_eq!(office.log().await.last().unwrap(), "account.code_failed");

        let careless = recovery[3].to_lowercase().replace('-', "");
        verify_factor(&mut office.cx(), "ada", &careless).await.unwrap();
        assert!(matches!(
            verify_factor(&mut office.cx(), "ada", &recovery[3]).await,
            Err(Refusal::WrongCode)
        ));

        assert!(matches!(remove_factor(&mut office.cx(), &ada, "falsch").await, Err(Refusal::Wrong)));
        remove_factor(&mut office.cx(), &ada, PASSWORD).await.unwrap();
        assert!(!login(&mut office.cx(), "ada@stadt.example", PASSWORD, ORIGIN).await.unwrap().code_wanted);
    });
}

#[test]
fn codes_cannot_be_tried_through() {
    on_both(async |mut office: Office| {
        let ada = office.account("ada", None).await;
        let enrolment = enrol_factor(&mut office.cx(), &ada).await.unwrap();
        let first = code(&enrolment.secret, office.now);
        confirm_factor(&mut office.cx(), &ada, &first).await.unwrap();
        office.later(1);
        for _ in 0..5 {
            let wrong = verify_factor(&mut office.cx(), "ada", "000000").await;
            assert!(matches!(wrong, Err(Refusal::WrongCode)));
        }
        let right = code(&enrolment.secret, office.now);
        assert!(matches!(verify_factor(&mut office.cx(), "ada", &right).await, Err(Refusal::TooMany { .. })));
        office.later(15);
        let right = code(&enrolment.secret, office.now);
        verify_factor(&mut office.cx(), "ada", &right).await.unwrap();
    });
}

#[test]
fn the_secret_is_sealed_in_the_database() {
    on_both(async |mut office: Office| {
        let ada = office.account("ada", None).await;
        let enrolment = enrol_factor(&mut office.cx(), &ada).await.unwrap();
        let stored = kekiz_store::factors::of(&office.db, "ada").await.unwrap().unwrap().sealed_secret;
        let plain = Secret::try_from_base32(&enrolment.secret).unwrap();
        assert!(!stored.windows(20).any(|part| part == plain.as_bytes()));
        office.settings.key = kekiz_accounts::Key::from_hex(&"aa".repeat(32)).unwrap();
        let other_key = confirm_factor(&mut office.cx(), &ada, "123456").await;
        assert!(matches!(other_key, Err(Refusal::Unreadable)));
    });
}
