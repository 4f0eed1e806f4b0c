//! Identities at an OpenID provider. Only issuer and subject count; that the id token is genuine was checked before.

use crate::login::{LoggedIn, complete};
use crate::permission::Actor;
use crate::{Context, Refusal};
use kekiz_store::identities::{self, LinkError};
use kekiz_store::{accounts, begin};

/// Logs in with an identity. A code is not asked for: the provider answers for the strength of its login.
pub async fn login_with_identity(
    cx: &mut Context<'_>,
    issuer: &str,
    subject: &str,
) -> Result<LoggedIn, Refusal> {
    let account = identities::account(cx.db, issuer, subject).await?.ok_or(Refusal::NotLinked)?;
    if Actor::load(cx.db, &account).await?.account.is_none() {
        return Err(Refusal::Blocked);
    }
    let tx = begin(cx.db).await?;
    complete(cx, tx, &account, "identity").await
}

/// Links an identity to the account that is logged in.
pub async fn link_identity(
    cx: &mut Context<'_>,
    actor: &Actor,
    issuer: &str,
    subject: &str,
) -> Result<(), Refusal> {
    let id = actor.id()?;
    let tx = begin(cx.db).await?;
    match identities::link(&tx, issuer, subject, id, cx.now).await {
        Ok(()) => {
            cx.commit(tx, actor, "account.identity_linked", id, serde_json::json!({ "issuer": issuer })).await
        }
        Err(LinkError::Taken) => Err(Refusal::LinkTaken),
        Err(LinkError::Trouble(trouble)) => Err(trouble.into()),
    }
}

/// Removes a link, unless it is the only way into the account.
pub async fn unlink_identity(
    cx: &mut Context<'_>,
    actor: &Actor,
    issuer: &str,
    subject: &str,
) -> Result<(), Refusal> {
    let id = actor.id()?;
    let tx = begin(cx.db).await?;
    let account = accounts::by_id(&tx, id).await?.ok_or(Refusal::NoAccount)?;
    if !identities::unlink(&tx, issuer, subject, id).await? {
        return Err(Refusal::NotLinked);
    }
    if account.password.is_none() && identities::of(&tx, id).await?.is_empty() {
        return Err(Refusal::LastWayIn);
    }
    cx.commit(tx, actor, "account.identity_unlinked", id, serde_json::json!({ "issuer": issuer })).await
}
