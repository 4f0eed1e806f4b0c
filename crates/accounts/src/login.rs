//! Logging in with a password.

use crate::password::{self, Match};
use crate::permission::Actor;
use crate::{Context, Refusal};
use kekiz_store::accounts::{self, Account};
use kekiz_store::entities::AccountState;
use kekiz_store::{DatabaseTransaction, attempts, begin, factors};

/// A login that went well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedIn {
    /// The account's id.
    pub account: String,
    /// A code has to follow ([`crate::verify_factor`]); until then the session must not count as logged in.
    pub code_wanted: bool,
}

/// Checks address and password. `origin` is the network address, for the limit. Unknown addresses take the same
/// path, time and answer as wrong passwords.
pub async fn login(
    cx: &mut Context<'_>,
    email: &str,
    password: &str,
    origin: &str,
) -> Result<LoggedIn, Refusal> {
    let email = accounts::normal_email(email);
    let limits = cx.settings.limits;
    cx.attempt("origin", origin, limits.per_origin).await?;
    cx.attempt("login", &email, limits.per_account).await?;
    let account = accounts::by_email(cx.db, &email).await?;
    let stored = account.as_ref().and_then(|found| found.password.clone());
    let found = password::verify(cx.settings.cost, password, stored).await;
    let (account, old) = match (account, found) {
        (Some(account), Match::Right) => (account, false),
        (Some(account), Match::RightButOld) => (account, true),
        (account, _) => return Err(note_failure(cx, account.as_ref()).await?),
    };
    match account.state {
        AccountState::Active => {}
        AccountState::Blocked => return Err(Refusal::Blocked),
        AccountState::Invited => return Err(note_failure(cx, Some(&account)).await?),
    }
    attempts::forget(cx.db, &attempts::key("login", &email)).await?;
    if old {
        let hash = password::hash(cx.settings.cost, password, cx.random).await?;
        let changed = account.password_changed_at.map_or(cx.now, |stamp| stamp.timestamp());
        accounts::set_password(cx.db, &account.id, &hash, changed).await?;
    }
    let factor = factors::of(cx.db, &account.id).await?;
    if factor.is_some_and(|factor| factor.confirmed_at.is_some()) {
        return Ok(LoggedIn { account: account.id, code_wanted: true });
    }
    let tx = begin(cx.db).await?;
    complete(cx, tx, &account.id, "password").await
}

/// Notes a complete login and how it came about.
pub(crate) async fn complete(
    cx: &Context<'_>,
    tx: DatabaseTransaction,
    account: &str,
    way: &str,
) -> Result<LoggedIn, Refusal> {
    accounts::logged_in(&tx, account, cx.now).await?;
    let actor = Actor { account: Some(account.into()), grants: Vec::new() };
    cx.commit(tx, &actor, "account.logged_in", account, serde_json::json!({ "with": way })).await?;
    Ok(LoggedIn { account: account.into(), code_wanted: false })
}

/// Notes a failed login, for unknown addresses too: the same work, so that the time does not tell.
async fn note_failure(cx: &Context<'_>, account: Option<&Account>) -> Result<Refusal, Refusal> {
    let tx = begin(cx.db).await?;
    let object = account.map_or("-", |found| found.id.as_str());
    cx.commit(tx, &Actor::public(), "account.login_failed", object, serde_json::Value::Null).await?;
    Ok(Refusal::Wrong)
}
