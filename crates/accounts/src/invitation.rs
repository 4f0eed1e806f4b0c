//! Coming in: invitations and registration, both by a link in a mail.

use crate::administration::is_managed;
use crate::mail;
use crate::permission::{Action, Actor, Object, require};
use crate::{Context, Refusal, password, secret};
use kekiz_store::accounts::{self, Account};
use kekiz_store::entities::{AccountState, Role, TokenPurpose};
use kekiz_store::identities::{self, LinkError};
use kekiz_store::roles::{self, Grant, Scope};
use kekiz_store::tokens::{self, Token};
use kekiz_store::{DatabaseTransaction, begin};

/// Whom to invite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Mail address.
    pub email: String,
    /// Name as shown to colleagues.
    pub name: String,
    /// The role to give.
    pub grant: Grant,
    /// Language of the mails, for example `de`.
    pub language: String,
}

/// Invites somebody by mail and gives the role at once; it does nothing before the account is taken up. Somebody
/// who has an account gets the role and a notice. Gives the account's id.
pub async fn invite(cx: &mut Context<'_>, actor: &Actor, invitation: &Invitation) -> Result<String, Refusal> {
    may_invite(actor, &invitation.grant)?;
    Ok(call(cx, actor, invitation).await?.0)
}

/// Invites the first administration, from the command line; gives the link too, since mails may not go out yet.
/// Refused when somebody can manage accounts already; an open invitation is replaced.
pub async fn set_up(cx: &mut Context<'_>, email: &str, name: &str) -> Result<String, Refusal> {
    let tx = begin(cx.db).await?;
    if is_managed(&tx).await? {
        return Err(Refusal::Forbidden);
    }
    tx.rollback().await?;
    let invitation = Invitation {
        email: email.into(),
        name: name.into(),
        grant: Grant { role: Role::Administration, scope: Scope::Everywhere },
        language: "de".into(),
    };
    let system = Actor { account: Some("system".into()), grants: Vec::new() };
    let (_, link) = call(cx, &system, &invitation).await?;
    link.ok_or(Refusal::Forbidden)
}

/// Invites somebody from the command line, where whoever runs it has the database anyway; gives the link where one was
/// made, since mails may not go out yet.
pub async fn invite_from_here(
    cx: &mut Context<'_>,
    invitation: &Invitation,
) -> Result<Option<String>, Refusal> {
    let system = Actor { account: Some("system".into()), grants: Vec::new() };
    Ok(call(cx, &system, invitation).await?.1)
}

/// Invites without asking for the permission; gives the account's id and the link, if one was made.
async fn call(
    cx: &mut Context<'_>,
    actor: &Actor,
    invitation: &Invitation,
) -> Result<(String, Option<String>), Refusal> {
    let email = check_email(&invitation.email)?;
    let name = check_name(&invitation.name)?;
    let tx = begin(cx.db).await?;
    let present = accounts::by_email(&tx, &email).await?;
    let account = match present {
        Some(account) => account,
        None => add(cx, &tx, email, name, &invitation.language).await?,
    };
    roles::grant(&tx, &account.id, &invitation.grant, cx.now, actor.account.as_deref()).await?;
    let mut address = None;
    let letter = if account.state == AccountState::Invited {
        tokens::forget(&tx, &account.id, TokenPurpose::Invitation).await?;
        let link = link(cx, &tx, &account, TokenPurpose::Invitation, actor.account.clone()).await?;
        let days = days(cx.settings.invitation);
        mail::invitation(&cx.settings.portal, &account.name, address.insert(link), days)
    } else {
        mail::role_given(&cx.settings.portal, &cx.settings.address, &account.name)
    };
    cx.send(&tx, Some(&account.id), &account.email, &letter).await?;
    let detail = serde_json::json!({ "role": invitation.grant });
    cx.commit(tx, actor, "account.invited", &account.id, detail).await?;
    Ok((account.id, address))
}

/// Registers somebody who was not invited: an account without a role, taken up by a link in a mail. An address that
/// has an account gets a mail that says so; the page says the same in both cases.
pub async fn register(
    cx: &mut Context<'_>,
    email: &str,
    name: &str,
    language: &str,
    origin: &str,
) -> Result<(), Refusal> {
    cx.attempt("origin", origin, cx.settings.limits.per_origin).await?;
    let email = check_email(email)?;
    let name = check_name(name)?;
    cx.attempt("register", &email, cx.settings.limits.per_account).await?;
    let tx = begin(cx.db).await?;
    let account = match accounts::by_email(&tx, &email).await? {
        Some(account) => account,
        None => add(cx, &tx, email, name, language).await?,
    };
    let letter = if account.state == AccountState::Invited {
        let link = link(cx, &tx, &account, TokenPurpose::Invitation, None).await?;
        mail::registration(&cx.settings.portal, &account.name, &link, days(cx.settings.invitation))
    } else {
        mail::already_registered(&cx.settings.portal, &cx.settings.address, &account.name)
    };
    cx.send(&tx, Some(&account.id), &account.email, &letter).await?;
    cx.commit(tx, &Actor::public(), "account.registered", &account.id, serde_json::Value::Null).await
}

/// The account an invitation is for, to greet the person before the password is chosen.
pub async fn open_invitation(cx: &Context<'_>, secret: &str) -> Result<Account, Refusal> {
    let token = tokens::peek(cx.db, secret, TokenPurpose::Invitation, cx.now).await?.ok_or(Refusal::Link)?;
    owner(cx.db, &token).await
}

/// Takes up an account with a password; gives its id. The person still has to log in.
pub async fn accept_invitation(
    cx: &mut Context<'_>,
    secret: &str,
    password: &str,
) -> Result<String, Refusal> {
    let account = open_invitation(cx, secret).await?;
    if let Some(weakness) = password::weakness(password, &account.email, &account.name) {
        return Err(weakness.into());
    }
    let hash = password::hash(cx.settings.cost, password, cx.random).await?;
    let tx = begin(cx.db).await?;
    activate(cx, &tx, secret).await?;
    accounts::set_password(&tx, &account.id, &hash, cx.now).await?;
    finish(cx, tx, account.id, "password").await
}

/// Takes up an account with an identity of an OpenID provider instead of a password; gives its id.
pub async fn accept_with_identity(
    cx: &mut Context<'_>,
    secret: &str,
    issuer: &str,
    subject: &str,
) -> Result<String, Refusal> {
    let account = open_invitation(cx, secret).await?;
    let tx = begin(cx.db).await?;
    activate(cx, &tx, secret).await?;
    match identities::link(&tx, issuer, subject, &account.id, cx.now).await {
        Ok(()) => finish(cx, tx, account.id, "identity").await,
        Err(LinkError::Taken) => Err(Refusal::LinkTaken),
        Err(LinkError::Trouble(trouble)) => Err(trouble.into()),
    }
}

async fn activate(cx: &Context<'_>, tx: &DatabaseTransaction, secret: &str) -> Result<(), Refusal> {
    let token = tokens::take(tx, secret, TokenPurpose::Invitation, cx.now).await?.ok_or(Refusal::Link)?;
    let account = owner(tx, &token).await?;
    tokens::forget(tx, &account.id, TokenPurpose::Invitation).await?;
    Ok(accounts::set_state(tx, &account.id, AccountState::Active).await?)
}

async fn finish(
    cx: &Context<'_>,
    tx: DatabaseTransaction,
    account: String,
    way: &str,
) -> Result<String, Refusal> {
    let actor = Actor { account: Some(account.clone()), grants: Vec::new() };
    cx.commit(tx, &actor, "account.taken_up", &account, serde_json::json!({ "with": way })).await?;
    Ok(account)
}

/// The account of a token, if it still waits to be taken up.
async fn owner(db: &impl kekiz_store::ConnectionTrait, token: &Token) -> Result<Account, Refusal> {
    let id = token.account.as_deref().ok_or(Refusal::Link)?;
    let account = accounts::by_id(db, id).await?;
    account.filter(|account| account.state == AccountState::Invited).ok_or(Refusal::Link)
}

/// Providers may be invited by whoever may for that organisation; every other role by the administration only.
fn may_invite(actor: &Actor, grant: &Grant) -> Result<(), Refusal> {
    match (&grant.role, &grant.scope) {
        (Role::Provider, Scope::Organization(id)) => {
            require(actor, Action::InviteProvider, &Object::of_organization(id))
        }
        _ => require(actor, Action::ManageAccounts, &Object::everything()),
    }
}

pub(crate) async fn add(
    cx: &mut Context<'_>,
    tx: &DatabaseTransaction,
    email: String,
    name: String,
    language: &str,
) -> Result<Account, Refusal> {
    let account = Account {
        id: secret::new_id(cx.random),
        email,
        name,
        password: None,
        state: AccountState::Invited,
        language: language.chars().take(35).collect(),
        created_at: cx.now.into(),
        last_login_at: None,
        password_changed_at: None,
    };
    accounts::insert(tx, account.clone()).await?;
    Ok(account)
}

/// Makes a link for an account and gives its address.
pub(crate) async fn link(
    cx: &mut Context<'_>,
    tx: &DatabaseTransaction,
    account: &Account,
    purpose: TokenPurpose,
    by: Option<String>,
) -> Result<String, Refusal> {
    let (path, span) = match purpose {
        TokenPurpose::Invitation => ("einladung", cx.settings.invitation),
        _ => ("passwort", cx.settings.reset),
    };
    let secret = secret::link_secret(cx.random);
    let token = Token {
        hash: tokens::hash(&secret),
        purpose,
        account: Some(account.id.clone()),
        email: account.email.clone(),
        detail: "{}".into(),
        created_at: cx.now.into(),
        created_by: by,
        expires_at: cx.after(span).into(),
        used_at: None,
    };
    tokens::insert(tx, token).await?;
    Ok(format!("{}/{path}/{secret}", cx.settings.address))
}

fn days(span: jiff::SignedDuration) -> i64 {
    (span.as_hours() / 24).max(1)
}

/// A mail address as accounts are found by: one `@` with text on both sides, and nothing a mail header could be
/// broken with.
pub(crate) fn check_email(text: &str) -> Result<String, Refusal> {
    let email = accounts::normal_email(text);
    let plain = email.len() <= 254 && !email.chars().any(|c| c.is_control() || c.is_whitespace());
    if plain && email.parse::<lettre::Address>().is_ok() { Ok(email) } else { Err(Refusal::Email) }
}

pub(crate) fn check_name(text: &str) -> Result<String, Refusal> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let good = (1..=200).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if good { Ok(name) } else { Err(Refusal::Name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_addresses_are_checked() {
        for good in ["ada@stadt.example", " Ada.Lovelace+kita@Stadt.Example ", "ada@xn--mller-kva.de"] {
            assert!(check_email(good).is_ok(), "{good}");
        }
        for wrong in ["", "ada", "@stadt.de", "ada@", "a@b@c", "ada@stadt.de\nBcc: x@y.de", "ada stadt@x.de"]
        {
            assert!(check_email(wrong).is_err(), "{wrong}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_address_can_break_a_header(text in ".{0,40}") {
            if let Ok(email) = check_email(&text) {
                proptest::prop_assert!(!email.contains(['\r', '\n', ' ']));
            }
        }
    }
}
