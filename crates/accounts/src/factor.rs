//! The second factor: codes by time (TOTP, RFC 6238) and recovery codes.

use crate::login::{LoggedIn, complete};
use crate::password::{self, Match};
use crate::permission::Actor;
use crate::secret;
use crate::{Context, Refusal};
use kekiz_store::{accounts, attempts, begin, factors};
use totp_rs::{Builder, Secret, Totp};

/// What the person needs to set up the app; shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// `otpauth://` address for the QR code.
    pub address: String,
    /// The secret in base 32, for typing.
    pub secret: String,
}

/// Begins to set up a second factor. It is asked for only after [`confirm_factor`].
pub async fn enrol_factor(cx: &mut Context<'_>, actor: &Actor) -> Result<Enrolment, Refusal> {
    let id = actor.id()?;
    let account = accounts::by_id(cx.db, id).await?.ok_or(Refusal::NoAccount)?;
    let present = factors::of(cx.db, id).await?;
    if present.is_some_and(|factor| factor.confirmed_at.is_some()) {
        return Err(Refusal::FactorSet);
    }
    // RFC 4226 § 4 recommends 160 bits.
    let mut bytes = vec![0; 20];
    cx.random.fill_bytes(&mut bytes);
    let sealed = cx.settings.key.seal(id, &bytes, cx.random).ok_or(Refusal::Unreadable)?;
    let tx = begin(cx.db).await?;
    factors::enrol(&tx, id, sealed, cx.now).await?;
    cx.commit(tx, actor, "account.factor_begun", id, serde_json::Value::Null).await?;
    let secret = Secret::from(bytes).to_base32();
    let (portal, email) = (encode(&cx.settings.portal), encode(&account.email));
    let address = format!("otpauth://totp/{portal}:{email}?secret={secret}&issuer={portal}");
    Ok(Enrolment { address, secret })
}

/// Completes the set-up with a first code; gives ten recovery codes, shown once.
pub async fn confirm_factor(cx: &mut Context<'_>, actor: &Actor, code: &str) -> Result<Vec<String>, Refusal> {
    let id = actor.id()?;
    cx.attempt("code", id, cx.settings.limits.codes).await?;
    let factor = factors::of(cx.db, id).await?.ok_or(Refusal::NoFactor)?;
    if factor.confirmed_at.is_some() {
        return Err(Refusal::FactorSet);
    }
    let step = check(cx, id, &factor.sealed_secret, code)?.ok_or(Refusal::WrongCode)?;
    let codes: Vec<String> = (0..10).map(|_| secret::recovery_code(cx.random)).collect();
    let hashes: Vec<String> = codes.iter().map(|code| secret::recovery_hash(id, code)).collect();
    let tx = begin(cx.db).await?;
    if !factors::take_step(&tx, id, step).await? {
        return Err(Refusal::WrongCode);
    }
    factors::confirm(&tx, id, cx.now).await?;
    factors::replace_codes(&tx, id, &hashes).await?;
    cx.commit(tx, actor, "account.factor_set", id, serde_json::Value::Null).await?;
    attempts::forget(cx.db, &attempts::key("code", id)).await?;
    Ok(codes)
}

/// Completes a login with a code of the app or a recovery code. Every code works once. `account` comes from the
/// session in which [`crate::login()`] took the password, never from the form.
pub async fn verify_factor(cx: &mut Context<'_>, account: &str, code: &str) -> Result<LoggedIn, Refusal> {
    cx.attempt("code", account, cx.settings.limits.codes).await?;
    let factor = factors::of(cx.db, account).await?.ok_or(Refusal::NoFactor)?;
    if Actor::load(cx.db, account).await?.account.is_none() {
        return Err(Refusal::Blocked);
    }
    let step = check(cx, account, &factor.sealed_secret, code)?;
    let tx = begin(cx.db).await?;
    let way = match step {
        Some(step) if factors::take_step(&tx, account, step).await? => "code",
        Some(_) => "",
        None => {
            let hash = secret::recovery_hash(account, code);
            if factors::take_code(&tx, account, &hash, cx.now).await? { "recovery_code" } else { "" }
        }
    };
    if way.is_empty() {
        let nothing = serde_json::Value::Null;
        cx.commit(tx, &Actor::public(), "account.code_failed", account, nothing).await?;
        return Err(Refusal::WrongCode);
    }
    let logged_in = complete(cx, tx, account, way).await?;
    attempts::forget(cx.db, &attempts::key("code", account)).await?;
    Ok(logged_in)
}

/// Removes the second factor; the password has to be given again.
pub async fn remove_factor(cx: &mut Context<'_>, actor: &Actor, password: &str) -> Result<(), Refusal> {
    let id = actor.id()?;
    cx.attempt("password", id, cx.settings.limits.per_account).await?;
    let account = accounts::by_id(cx.db, id).await?.ok_or(Refusal::NoAccount)?;
    if password::verify(cx.settings.cost, password, account.password).await == Match::Wrong {
        return Err(Refusal::Wrong);
    }
    let tx = begin(cx.db).await?;
    factors::remove(&tx, id).await?;
    cx.commit(tx, actor, "account.factor_removed", id, serde_json::Value::Null).await
}

/// The time step a code belongs to, the one before and after included; `None` for a wrong code.
fn check(cx: &Context<'_>, account: &str, sealed: &[u8], code: &str) -> Result<Option<u64>, Refusal> {
    let secret = cx.settings.key.open(account, sealed).ok_or(Refusal::Unreadable)?;
    let totp: Totp = Builder::new().with_secret(secret).build().map_err(|_| Refusal::Unreadable)?;
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(cx.now.as_second()).unwrap_or(0);
    Ok(totp.check(&digits, seconds))
}

/// Percent-encoding of everything but the unreserved characters of RFC 3986 § 2.3.
fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
