//! Who uses the portal: logging in and out, invitations, passwords, second factors, accounts.

use crate::{Actor, Around, Portal, PortalConfig, PortalError};
use jiff::SignedDuration;
use kekiz_accounts::{self as accounts, Chance, Context, Key, Settings};
use kekiz_store::entities::AccountState;
use kekiz_store::roles::{self, Grant};
use kekiz_store::sessions;
use std::io::Write as _;

pub use kekiz_accounts::{Action, Enrolment, Invitation, Object, Refusal};
pub use kekiz_store::accounts::Account;
pub use kekiz_store::entities::AccountState as State;

/// A session ends when it was not used for so long.
const IDLE: SignedDuration = SignedDuration::from_hours(4);
/// A login waits so long for its code.
const WAIT: SignedDuration = SignedDuration::from_mins(10);
/// What the session of a login holds that waits for its code, before the account's id.
const WAITING: &str = "code:";

/// A login that went well so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// Secret for the cookie.
    pub token: String,
    /// Whether a code has to follow before the session counts.
    pub code_wanted: bool,
}

/// Who is behind a cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// The account with its roles.
    pub actor: Actor,
    /// Its name.
    pub name: String,
    /// Its mail address.
    pub email: String,
}

/// An account with its roles, for lists.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// The account.
    pub account: Account,
    /// Its roles.
    pub grants: Vec<Grant>,
}

/// Randomness, clock, database and settings for one call of `accounts`.
macro_rules! context {
    ($portal:expr, $cx:ident) => {
        let around = $portal.around().clone();
        let mut chance = Chance(move |bytes: &mut [u8]| around.fill(bytes));
        #[allow(unused_mut, reason = "some calls only read")]
        let mut $cx = Context {
            db: $portal.db(),
            settings: $portal.settings(),
            now: $portal.now().at,
            random: &mut chance,
        };
    };
}
pub(crate) use context;

/// The settings of a portal, with the key of its folder, which is made at the first start.
pub(crate) fn settings(config: &PortalConfig, around: &Around) -> Result<Settings, PortalError> {
    Ok(Settings::new(&config.title, &config.base_url, key(config, around)?))
}

fn key(config: &PortalConfig, around: &Around) -> Result<Key, PortalError> {
    let path = config.folder.join("schluessel");
    let error = |error: std::io::Error| PortalError::file(&path, &error);
    if !path.exists() {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(mut file) => {
                file.write_all(secret(around).as_bytes()).and_then(|()| file.sync_all()).map_err(error)?;
            }
            // Another process was faster.
            Err(other) if other.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(other) => return Err(error(other)),
        }
    }
    let text = std::fs::read_to_string(&path).map_err(error)?;
    Key::from_hex(&text)
        .map_err(|wrong| PortalError::File { path: path.display().to_string(), reason: wrong.to_string() })
}

/// 256 random bits as hexadecimal digits.
fn secret(around: &Around) -> String {
    let mut bytes = [0; 32];
    around.fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Portal {
    /// A secret nobody can guess, for a cookie that has no session yet.
    pub fn secret(&self) -> String {
        secret(self.around())
    }

    /// Logs in with a password. `origin` is the network address, `device` a few words about the browser.
    pub async fn log_in(
        &self,
        email: &str,
        password: &str,
        origin: &str,
        device: &str,
    ) -> Result<Entered, PortalError> {
        context!(self, cx);
        let done = accounts::login(&mut cx, email, password, origin).await?;
        if !done.code_wanted {
            let token = self.enter(&done.account, device).await?;
            return Ok(Entered { token, code_wanted: false });
        }
        let (token, now) = (self.secret(), self.now().at);
        let until = now.checked_add(WAIT).unwrap_or(now);
        sessions::create(self.db(), &token, &format!("{WAITING}{}", done.account), now, until).await?;
        Ok(Entered { token, code_wanted: true })
    }

    /// Completes a login that waits for its code; gives the secret of the session that counts.
    pub async fn give_code(&self, token: &str, code: &str, device: &str) -> Result<String, PortalError> {
        let waiting = sessions::load(self.db(), token, self.now().at).await?;
        let data = waiting.filter(|one| one.account.is_none()).map(|one| one.data).unwrap_or_default();
        let account = data.strip_prefix(WAITING).ok_or(Refusal::Wrong)?;
        context!(self, cx);
        let done = accounts::verify_factor(&mut cx, account, code).await?;
        sessions::delete(self.db(), token).await?;
        self.enter(&done.account, device).await
    }

    /// Whether a cookie belongs to a login that waits for its code.
    pub async fn waits_for_code(&self, token: &str) -> Result<bool, PortalError> {
        let found = sessions::load(self.db(), token, self.now().at).await?;
        Ok(found.is_some_and(|one| one.account.is_none() && one.data.starts_with(WAITING)))
    }

    /// Begins a session of an account.
    pub(crate) async fn enter(&self, account: &str, device: &str) -> Result<String, PortalError> {
        let (token, now) = (self.secret(), self.now().at);
        let until = now.checked_add(IDLE).unwrap_or(now);
        sessions::create(self.db(), &token, "", now, until).await?;
        let device: String = device.chars().filter(|c| !c.is_control()).take(100).collect();
        sessions::attach(self.db(), &token, account, &device).await?;
        Ok(token)
    }

    /// Who is behind a cookie, with the roles of this moment; `None` when the session ended, the account is shut, or a
    /// code is still wanted. Keeps the session alive.
    pub async fn visitor(&self, token: &str) -> Result<Option<Visitor>, PortalError> {
        let now = self.now().at;
        let Some(session) = sessions::load(self.db(), token, now).await? else { return Ok(None) };
        let Some(id) = session.account else { return Ok(None) };
        let found = kekiz_store::accounts::by_id(self.db(), &id).await?;
        let Some(account) = found.filter(|one| one.state == AccountState::Active) else { return Ok(None) };
        let grants = roles::of(self.db(), &id).await?;
        let since = now.duration_since(session.seen_at.timestamp());
        if since > SignedDuration::from_mins(5) {
            let until = now.checked_add(IDLE).unwrap_or(now);
            sessions::save(self.db(), token, &session.data, now, until).await?;
        }
        Ok(Some(Visitor { actor: Actor::Account { id, grants }, name: account.name, email: account.email }))
    }

    /// Ends a session.
    pub async fn log_out(&self, token: &str) -> Result<(), PortalError> {
        Ok(sessions::delete(self.db(), token).await?)
    }

    /// Invites somebody by mail; gives the account's id.
    pub async fn invite(&self, actor: &Actor, invitation: &Invitation) -> Result<String, PortalError> {
        context!(self, cx);
        Ok(accounts::invite(&mut cx, &actor.person(), invitation).await?)
    }

    /// Invites the first administration, from the command line; gives the link. Refused when there is one.
    pub async fn invite_first(&self, email: &str, name: &str) -> Result<String, PortalError> {
        context!(self, cx);
        Ok(accounts::set_up(&mut cx, email, name).await?)
    }

    /// Invites somebody from the command line; gives the link where the account has still to be taken up.
    pub async fn invite_from_here(&self, invitation: &Invitation) -> Result<Option<String>, PortalError> {
        context!(self, cx);
        Ok(accounts::invite_from_here(&mut cx, invitation).await?)
    }

    /// The account an invitation is for.
    pub async fn invited(&self, secret: &str) -> Result<Account, PortalError> {
        context!(self, cx);
        Ok(accounts::open_invitation(&cx, secret).await?)
    }

    /// Takes up an account with a password.
    pub async fn accept_invitation(&self, secret: &str, password: &str) -> Result<String, PortalError> {
        context!(self, cx);
        Ok(accounts::accept_invitation(&mut cx, secret, password).await?)
    }

    /// Registers somebody who was not invited; says the same whether or not the address has an account.
    pub async fn register(&self, email: &str, name: &str, origin: &str) -> Result<(), PortalError> {
        context!(self, cx);
        Ok(accounts::register(&mut cx, email, name, "de", origin).await?)
    }

    /// Sends a link for a new password if the address has an account; says the same either way.
    pub async fn request_reset(&self, email: &str, origin: &str) -> Result<(), PortalError> {
        context!(self, cx);
        Ok(accounts::request_reset(&mut cx, email, origin).await?)
    }

    /// The account a link for a new password is for.
    pub async fn reset_for(&self, secret: &str) -> Result<Account, PortalError> {
        context!(self, cx);
        Ok(accounts::open_reset(&cx, secret).await?)
    }

    /// Sets the new password and ends all sessions.
    pub async fn reset_password(&self, secret: &str, password: &str) -> Result<(), PortalError> {
        context!(self, cx);
        Ok(accounts::reset_password(&mut cx, secret, password).await?)
    }

    /// Begins to set up a second factor.
    pub async fn enrol_factor(&self, actor: &Actor) -> Result<Enrolment, PortalError> {
        context!(self, cx);
        Ok(accounts::enrol_factor(&mut cx, &actor.person()).await?)
    }

    /// Completes it with a first code; gives the recovery codes, shown once.
    pub async fn confirm_factor(&self, actor: &Actor, code: &str) -> Result<Vec<String>, PortalError> {
        context!(self, cx);
        Ok(accounts::confirm_factor(&mut cx, &actor.person(), code).await?)
    }

    /// Removes it; the password has to be given again.
    pub async fn remove_factor(&self, actor: &Actor, password: &str) -> Result<(), PortalError> {
        context!(self, cx);
        Ok(accounts::remove_factor(&mut cx, &actor.person(), password).await?)
    }

    /// Whether an account has a second factor.
    pub async fn has_factor(&self, actor: &Actor) -> Result<bool, PortalError> {
        let Some(id) = actor.account() else { return Ok(false) };
        let found = kekiz_store::factors::of(self.db(), id).await?;
        Ok(found.is_some_and(|one| one.confirmed_at.is_some()))
    }

    /// Changes the password; ends all sessions but the one of `token`.
    pub async fn change_password(
        &self,
        actor: &Actor,
        old: &str,
        new: &str,
        token: &str,
    ) -> Result<(), PortalError> {
        context!(self, cx);
        Ok(accounts::change_password(&mut cx, &actor.person(), old, new, token).await?)
    }

    /// Everything stored about the account, as JSON (Articles 15 and 20 GDPR). Without hashes of secrets.
    pub async fn personal_data(&self, actor: &Actor) -> Result<serde_json::Value, PortalError> {
        context!(self, cx);
        let found = accounts::export(&cx, &actor.person()).await?;
        Ok(serde_json::to_value(found).unwrap_or_default())
    }

    /// Deletes the own account (Article 17 GDPR).
    pub async fn delete_own_account(&self, actor: &Actor, password: &str) -> Result<(), PortalError> {
        context!(self, cx);
        Ok(accounts::delete_own_account(&mut cx, &actor.person(), password).await?)
    }

    /// All accounts with their roles.
    pub async fn accounts(&self, actor: &Actor) -> Result<Vec<Listed>, PortalError> {
        actor.must(Action::ManageAccounts, &Object::everything(), "Zugänge verwalten")?;
        let mut all = Vec::new();
        for account in kekiz_store::accounts::all(self.db()).await? {
            let grants = roles::of(self.db(), &account.id).await?;
            all.push(Listed { account, grants });
        }
        Ok(all)
    }

    /// Shuts an account and ends its sessions, or lets it in again.
    pub async fn set_blocked(&self, actor: &Actor, account: &str, blocked: bool) -> Result<(), PortalError> {
        context!(self, cx);
        let person = actor.person();
        let done = match blocked {
            true => accounts::block(&mut cx, &person, account).await,
            false => accounts::unblock(&mut cx, &person, account).await,
        };
        Ok(done?)
    }
}
