//! Identities at an OpenID provider. Only issuer and subject count; that the id token is genuine was checked before.

use crate::administration::{is_managed, still_managed};
use crate::invitation::{add, check_email, check_name};
use crate::login::{LoggedIn, complete};
use crate::oidc::{Identity, Oidc};
use crate::permission::Actor;
use crate::{Context, Refusal};
use kekiz_store::entities::AccountState;
use kekiz_store::identities::{self, LinkError};
use kekiz_store::roles::{self, Grant, Scope};
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

/// Logs in with what an OpenID provider said about a person. Roles the settings give by groups are given and taken at
/// every login, for the whole installation; others stay as they are. Somebody without an account gets one if the
/// settings say so and their groups give a role; an address that has an account already is not taken over.
pub async fn enter_with_identity(
    cx: &mut Context<'_>,
    settings: &Oidc,
    identity: &Identity,
) -> Result<LoggedIn, Refusal> {
    let given = settings.roles_of(&identity.groups);
    let known = identities::account(cx.db, &identity.issuer, &identity.subject).await?;
    let tx = begin(cx.db).await?;
    let account = match known {
        Some(account) => account,
        None if settings.create && !given.is_empty() => {
            let email = check_email(identity.email.as_deref().unwrap_or(""))?;
            if accounts::by_email(&tx, &email).await?.is_some() {
                return Err(Refusal::NotLinked);
            }
            let name = check_name(identity.name.as_deref().unwrap_or(&email))?;
            let account = add(cx, &tx, email, name, "de").await?;
            accounts::set_state(&tx, &account.id, AccountState::Active).await?;
            match identities::link(&tx, &identity.issuer, &identity.subject, &account.id, cx.now).await {
                Ok(()) => account.id,
                Err(LinkError::Taken) => return Err(Refusal::LinkTaken),
                Err(LinkError::Trouble(trouble)) => return Err(trouble.into()),
            }
        }
        None => return Err(Refusal::NotLinked),
    };
    let found = accounts::by_id(&tx, &account).await?.ok_or(Refusal::NoAccount)?;
    if found.state != AccountState::Active {
        return Err(Refusal::Blocked);
    }
    let managed = is_managed(&tx).await?;
    for (role, _) in &settings.roles {
        let grant = Grant { role: *role, scope: Scope::Everywhere };
        if given.contains(role) {
            roles::grant(&tx, &account, &grant, cx.now, None).await?;
        } else {
            roles::revoke(&tx, &account, &grant).await?;
        }
    }
    still_managed(&tx, managed).await?;
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
