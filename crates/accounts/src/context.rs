//! What every function here needs: database, settings, clock, randomness.

use crate::mail::Letter;
use crate::password::Cost;
use crate::secret::{self, Key};
use crate::{Actor, Refusal};
use jiff::{SignedDuration, Timestamp};
use kekiz_store::audit::{self, Deed};
use kekiz_store::outbox::{self, Mail};
use kekiz_store::{DatabaseConnection, DatabaseTransaction, Trouble, attempts};
use rand::CryptoRng;

/// How often something may be tried within the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Length of the window.
    pub window: SignedDuration,
    /// Logins to one address.
    pub per_account: u64,
    /// Logins, registrations and resets from one network address. Higher, since an office shares one.
    pub per_origin: u64,
    /// Codes of the second factor of one account: 10^6 codes, three valid at a time.
    pub codes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { window: SignedDuration::from_mins(15), per_account: 10, per_origin: 100, codes: 5 }
    }
}

/// Settings of the installation.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Name of the portal, in mails and in the code app.
    pub portal: String,
    /// Address of the portal without a slash at the end; links in mails begin with it.
    pub address: String,
    /// Cost of the password hash.
    pub cost: Cost,
    /// Key that seals the secrets of second factors.
    pub key: Key,
    /// Limits of attempts.
    pub limits: Limits,
    /// How long an invitation holds.
    pub invitation: SignedDuration,
    /// How long a link for a new password holds.
    pub reset: SignedDuration,
}

impl Settings {
    /// The usual settings: invitations hold 14 days, links for a new password one hour.
    pub fn new(portal: &str, address: &str, key: Key) -> Self {
        Self {
            portal: portal.into(),
            address: address.trim_end_matches('/').into(),
            cost: Cost::default(),
            key,
            limits: Limits::default(),
            invitation: SignedDuration::from_hours(14 * 24),
            reset: SignedDuration::from_hours(1),
        }
    }
}

/// Randomness from a function that fills a buffer, which has to be fit for secrets.
pub struct Chance<F>(pub F);

impl<F: FnMut(&mut [u8])> rand::TryRng for Chance<F> {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        (self.0)(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        (self.0)(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        (self.0)(bytes);
        Ok(())
    }
}

impl<F: FnMut(&mut [u8])> rand::TryCryptoRng for Chance<F> {}

/// Database, settings, clock and randomness of one request.
pub struct Context<'a> {
    /// The database.
    pub db: &'a DatabaseConnection,
    /// Settings of the installation.
    pub settings: &'a Settings,
    /// Now.
    pub now: Timestamp,
    /// Randomness nobody can foresee.
    pub random: &'a mut (dyn CryptoRng + Send + Sync),
}

impl Context<'_> {
    /// The moment a span from now; the end of time where that is beyond it.
    pub(crate) fn after(&self, span: SignedDuration) -> Timestamp {
        self.now.checked_add(span).unwrap_or(Timestamp::MAX)
    }

    /// Counts an attempt and refuses it beyond the limit.
    pub(crate) async fn attempt(&self, what: &str, who: &str, limit: u64) -> Result<(), Refusal> {
        let key = attempts::key(what, who);
        let window = self.settings.limits.window;
        let count = attempts::count(self.db, &key, self.now, window).await?;
        if count > limit { Err(Refusal::TooMany { minutes: window.as_mins().max(1) }) } else { Ok(()) }
    }

    /// Puts a letter into the outbox within a transaction; it is sent after the commit.
    pub async fn send(
        &mut self,
        tx: &DatabaseTransaction,
        account: Option<&str>,
        recipient: &str,
        letter: &Letter,
    ) -> Result<(), Trouble> {
        let mail = Mail {
            id: secret::new_id(self.random),
            account: account.map(str::to_string),
            recipient: recipient.into(),
            subject: letter.subject.clone(),
            plain: letter.plain(),
            html: letter.html(),
            created_at: self.now.into(),
            attempts: 0,
            next_attempt_at: Some(self.now.into()),
            sent_at: None,
            last_error: None,
        };
        outbox::push(tx, mail).await
    }

    /// Appends an audit entry about an account and commits; the last step of every write here.
    pub(crate) async fn commit(
        &self,
        tx: DatabaseTransaction,
        actor: &Actor,
        action: &str,
        account: &str,
        detail: serde_json::Value,
    ) -> Result<(), Refusal> {
        let deed = Deed {
            at: self.now,
            actor: actor.account.clone().unwrap_or_else(|| "public".into()),
            action: action.into(),
            object_kind: "account".into(),
            object: account.into(),
            detail,
        };
        audit::append(&tx, &deed).await?;
        Ok(tx.commit().await?)
    }
}
