//! What the administration does with other accounts.

use crate::mail;
use crate::permission::{Action, Actor, Object, require};
use crate::{Context, Refusal};
use kekiz_store::accounts::{self, Account};
use kekiz_store::entities::{AccountState, Role};
use kekiz_store::roles::{self, Grant, Scope};
use kekiz_store::{DatabaseTransaction, begin, personal, sessions};

/// Gives a role to an account.
pub async fn grant_role(
    cx: &mut Context<'_>,
    actor: &Actor,
    account: &str,
    grant: &Grant,
) -> Result<(), Refusal> {
    require(actor, Action::ManageAccounts, &Object::everything())?;
    let tx = begin(cx.db).await?;
    let found = known(&tx, account).await?;
    roles::grant(&tx, account, grant, cx.now, actor.account.as_deref()).await?;
    let letter = mail::role_given(&cx.settings.portal, &cx.settings.address, &found.name);
    cx.send(&tx, Some(account), &found.email, &letter).await?;
    cx.commit(tx, actor, "account.role_given", account, serde_json::json!({ "role": grant })).await
}

/// Takes a role away, unless nobody would be left to manage accounts.
pub async fn revoke_role(
    cx: &mut Context<'_>,
    actor: &Actor,
    account: &str,
    grant: &Grant,
) -> Result<(), Refusal> {
    require(actor, Action::ManageAccounts, &Object::everything())?;
    let tx = begin(cx.db).await?;
    known(&tx, account).await?;
    let managed = is_managed(&tx).await?;
    roles::revoke(&tx, account, grant).await?;
    still_managed(&tx, managed).await?;
    cx.commit(tx, actor, "account.role_taken", account, serde_json::json!({ "role": grant })).await
}

/// Shuts an account and ends its sessions.
pub async fn block(cx: &mut Context<'_>, actor: &Actor, account: &str) -> Result<(), Refusal> {
    require(actor, Action::ManageAccounts, &Object::everything())?;
    let tx = begin(cx.db).await?;
    known(&tx, account).await?;
    let managed = is_managed(&tx).await?;
    accounts::set_state(&tx, account, AccountState::Blocked).await?;
    sessions::revoke_others(&tx, account, None).await?;
    still_managed(&tx, managed).await?;
    cx.commit(tx, actor, "account.blocked", account, serde_json::Value::Null).await
}

/// Lets an account in again. One that was never taken up goes back to waiting.
pub async fn unblock(cx: &mut Context<'_>, actor: &Actor, account: &str) -> Result<(), Refusal> {
    require(actor, Action::ManageAccounts, &Object::everything())?;
    let tx = begin(cx.db).await?;
    let found = known(&tx, account).await?;
    let linked = !kekiz_store::identities::of(&tx, account).await?.is_empty();
    let taken_up = found.password.is_some() || linked;
    let state = if taken_up { AccountState::Active } else { AccountState::Invited };
    accounts::set_state(&tx, account, state).await?;
    cx.commit(tx, actor, "account.unblocked", account, serde_json::Value::Null).await
}

/// Deletes an account with everything that is the person's.
pub async fn delete_account(cx: &mut Context<'_>, actor: &Actor, account: &str) -> Result<(), Refusal> {
    require(actor, Action::ManageAccounts, &Object::everything())?;
    delete(cx, actor, account).await
}

/// Deletes without asking for the permission.
pub(crate) async fn delete(cx: &mut Context<'_>, actor: &Actor, account: &str) -> Result<(), Refusal> {
    let tx = begin(cx.db).await?;
    let managed = is_managed(&tx).await?;
    if !personal::delete(&tx, account).await? {
        return Err(Refusal::NoAccount);
    }
    still_managed(&tx, managed).await?;
    cx.commit(tx, actor, "account.deleted", account, serde_json::Value::Null).await
}

async fn known(tx: &DatabaseTransaction, account: &str) -> Result<Account, Refusal> {
    accounts::by_id(tx, account).await?.ok_or(Refusal::NoAccount)
}

/// Whether somebody can manage all accounts.
pub(crate) async fn is_managed(tx: &DatabaseTransaction) -> Result<bool, Refusal> {
    for (account, scope) in roles::holders(tx, Role::Administration).await? {
        let found = accounts::by_id(tx, &account).await?;
        let active = found.is_some_and(|found| found.state == AccountState::Active);
        if active && scope == Scope::Everywhere {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Refuses, and thereby rolls back, what took the last account away that can manage accounts.
pub(crate) async fn still_managed(tx: &DatabaseTransaction, before: bool) -> Result<(), Refusal> {
    if before && !is_managed(tx).await? { Err(Refusal::LastAdministration) } else { Ok(()) }
}
