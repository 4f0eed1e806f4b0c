//! What everybody does with their own account.

use crate::mail;
use crate::password::{self, Match};
use crate::permission::Actor;
use crate::{Context, Refusal, administration};
use kekiz_store::personal::{self, Personal};
use kekiz_store::sessions::Session;
use kekiz_store::{accounts, begin};

/// Changes the password; ends all sessions but the one with the id `session`.
pub async fn change_password(
    cx: &mut Context<'_>,
    actor: &Actor,
    old: &str,
    new: &str,
    session: &str,
) -> Result<(), Refusal> {
    let id = actor.id()?;
    cx.attempt("password", id, cx.settings.limits.per_account).await?;
    let account = accounts::by_id(cx.db, id).await?.ok_or(Refusal::NoAccount)?;
    // An account that came in with an outside identity has no password yet and sets its first one.
    if account.password.is_some()
        && password::verify(cx.settings.cost, old, account.password.clone()).await == Match::Wrong
    {
        return Err(Refusal::Wrong);
    }
    if let Some(weakness) = password::weakness(new, &account.email, &account.name) {
        return Err(weakness.into());
    }
    let hash = password::hash(cx.settings.cost, new, cx.random).await?;
    let tx = begin(cx.db).await?;
    accounts::set_password(&tx, id, &hash, cx.now).await?;
    kekiz_store::sessions::revoke_others(&tx, id, Some(session)).await?;
    let letter = mail::password_changed(&cx.settings.portal, &cx.settings.address, &account.name);
    cx.send(&tx, Some(id), &account.email, &letter).await?;
    cx.commit(tx, actor, "account.password_changed", id, serde_json::Value::Null).await
}

/// Where the account is logged in, last used first.
pub async fn sessions(cx: &Context<'_>, actor: &Actor) -> Result<Vec<Session>, Refusal> {
    Ok(kekiz_store::sessions::of(cx.db, actor.id()?, cx.now).await?)
}

/// Ends one of the account's own sessions, named by its hash.
pub async fn revoke_session(cx: &mut Context<'_>, actor: &Actor, id_hash: &str) -> Result<(), Refusal> {
    let id = actor.id()?;
    let tx = begin(cx.db).await?;
    if !kekiz_store::sessions::revoke(&tx, id, id_hash).await? {
        return Err(Refusal::Forbidden);
    }
    cx.commit(tx, actor, "account.session_revoked", id, serde_json::Value::Null).await
}

/// Ends all sessions but the one with the id `session`; gives their number.
pub async fn revoke_other_sessions(
    cx: &mut Context<'_>,
    actor: &Actor,
    session: &str,
) -> Result<u64, Refusal> {
    let id = actor.id()?;
    let tx = begin(cx.db).await?;
    let ended = kekiz_store::sessions::revoke_others(&tx, id, Some(session)).await?;
    cx.commit(tx, actor, "account.sessions_revoked", id, serde_json::json!({ "sessions": ended })).await?;
    Ok(ended)
}

/// Everything stored about the account (Articles 15 and 20 GDPR).
pub async fn export(cx: &Context<'_>, actor: &Actor) -> Result<Personal, Refusal> {
    let found = personal::export(cx.db, actor.id()?, cx.now).await?;
    found.ok_or(Refusal::NoAccount)
}

/// Deletes the account (Article 17 GDPR); the password has to be given again where there is one.
pub async fn delete_own_account(cx: &mut Context<'_>, actor: &Actor, password: &str) -> Result<(), Refusal> {
    let id = actor.id()?;
    cx.attempt("password", id, cx.settings.limits.per_account).await?;
    let account = accounts::by_id(cx.db, id).await?.ok_or(Refusal::NoAccount)?;
    if account.password.is_some()
        && password::verify(cx.settings.cost, password, account.password).await == Match::Wrong
    {
        return Err(Refusal::Wrong);
    }
    administration::delete(cx, actor, id).await
}
