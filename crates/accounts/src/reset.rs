//! A new password by a link in a mail.

use crate::invitation::link;
use crate::mail;
use crate::permission::Actor;
use crate::{Context, Refusal, password};
use kekiz_store::accounts::{self, Account};
use kekiz_store::entities::{AccountState, TokenPurpose};
use kekiz_store::{begin, sessions, tokens};

/// Sends a link for a new password, if the address has an account. The answer is the same either way.
pub async fn request_reset(cx: &mut Context<'_>, email: &str, origin: &str) -> Result<(), Refusal> {
    cx.attempt("origin", origin, cx.settings.limits.per_origin).await?;
    let email = accounts::normal_email(email);
    cx.attempt("reset", &email, cx.settings.limits.per_account).await?;
    let account = accounts::by_email(cx.db, &email).await?;
    let Some(account) = account.filter(|account| account.state == AccountState::Active) else {
        return Ok(());
    };
    let tx = begin(cx.db).await?;
    let link = link(cx, &tx, &account, TokenPurpose::PasswordReset, None).await?;
    let letter = mail::password_reset(&cx.settings.portal, &account.name, &link, cx.settings.reset.as_mins());
    cx.send(&tx, Some(&account.id), &account.email, &letter).await?;
    let nothing = serde_json::Value::Null;
    cx.commit(tx, &Actor::public(), "account.reset_requested", &account.id, nothing).await
}

/// The account a link is for, before the new password is chosen.
pub async fn open_reset(cx: &Context<'_>, secret: &str) -> Result<Account, Refusal> {
    let token = tokens::peek(cx.db, secret, TokenPurpose::PasswordReset, cx.now).await?;
    let id = token.and_then(|token| token.account).ok_or(Refusal::Link)?;
    let account = accounts::by_id(cx.db, &id).await?;
    account.filter(|account| account.state == AccountState::Active).ok_or(Refusal::Link)
}

/// Sets the new password, ends all sessions and says so by mail. A second factor is still asked for at the login:
/// who can read the mail has not shown to have the phone.
pub async fn reset_password(cx: &mut Context<'_>, secret: &str, password: &str) -> Result<(), Refusal> {
    let account = open_reset(cx, secret).await?;
    if let Some(weakness) = password::weakness(password, &account.email, &account.name) {
        return Err(weakness.into());
    }
    let hash = password::hash(cx.settings.cost, password, cx.random).await?;
    let tx = begin(cx.db).await?;
    tokens::take(&tx, secret, TokenPurpose::PasswordReset, cx.now).await?.ok_or(Refusal::Link)?;
    tokens::forget(&tx, &account.id, TokenPurpose::PasswordReset).await?;
    accounts::set_password(&tx, &account.id, &hash, cx.now).await?;
    sessions::revoke_others(&tx, &account.id, None).await?;
    let letter = mail::password_changed(&cx.settings.portal, &cx.settings.address, &account.name);
    cx.send(&tx, Some(&account.id), &account.email, &letter).await?;
    let actor = Actor { account: Some(account.id.clone()), grants: Vec::new() };
    cx.commit(tx, &actor, "account.password_reset", &account.id, serde_json::Value::Null).await
}
