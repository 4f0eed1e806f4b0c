//! Logging in at the municipality's own provider: beginning, coming back, linking and unlinking.

use crate::people::{Entered, context};
use crate::{Actor, Portal, PortalError};
use jiff::SignedDuration;
use kekiz_accounts::oidc::{Identity, Oidc, OidcError, Pending};
use kekiz_accounts::{self as accounts, Chance, Context};
use kekiz_store::identities::{self, ExternalIdentity};
use kekiz_store::sessions;
use serde::{Deserialize, Serialize};

/// A login waits so long for the person to come back.
const WAIT: SignedDuration = SignedDuration::from_mins(15);
/// What the session of such a login holds, before its JSON.
const AWAY: &str = "oidc:";

/// Why somebody goes to the provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Errand {
    /// To log in, and then to a page.
    Enter(String),
    /// To take up an account with an invitation, by its secret.
    Accept(String),
    /// To link the identity to the account that was logged in, by its id.
    Link(String),
}

/// What is remembered until the person comes back.
#[derive(Serialize, Deserialize)]
struct Away {
    pending: Pending,
    errand: Errand,
}

/// Somebody who came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Back {
    /// Logged in, and where to go on.
    Entered {
        /// The session.
        entered: Entered,
        /// The page the person wanted.
        onward: String,
    },
    /// The identity is linked now; the person was and is logged in.
    Linked,
}

fn wrong(error: OidcError) -> PortalError {
    if !error.detail().is_empty() {
        tracing::warn!(detail = error.detail(), "login at the provider");
    }
    PortalError::Login(error)
}

impl Portal {
    /// The provider, if there is one.
    pub fn login_provider(&self) -> Option<&Oidc> {
        self.provider_of_logins().map(|provider| &provider.settings)
    }

    fn back_address(&self) -> String {
        format!("{}/oidc/zurueck", self.config().base_url.trim_end_matches('/'))
    }

    /// Begins a login there: gives the address to go to, and the secret of the cookie that comes back with the person.
    pub async fn go_to_provider(&self, errand: Errand) -> Result<(String, String), PortalError> {
        let none = PortalError::NotFound { what: "Diese Anmeldung" };
        let provider = self.provider_of_logins().ok_or(none)?;
        let (address, pending) = {
            context!(self, cx);
            provider.begin(&mut cx, &self.back_address()).await.map_err(wrong)?
        };
        let data = serde_json::to_string(&Away { pending, errand }).unwrap_or_default();
        let (token, now) = (self.secret(), self.now().at);
        let until = now.checked_add(WAIT).unwrap_or(now);
        sessions::create(self.db(), &token, &format!("{AWAY}{data}"), now, until).await?;
        Ok((address, token))
    }

    /// Completes it. The session of the journey ends here, whatever comes of it.
    pub async fn come_back(
        &self,
        token: &str,
        state: &str,
        code: &str,
        device: &str,
    ) -> Result<Back, PortalError> {
        let foreign = || wrong(OidcError::Foreign);
        let provider = self.provider_of_logins().ok_or_else(foreign)?;
        let found = sessions::load(self.db(), token, self.now().at).await?;
        let data = found.filter(|one| one.account.is_none()).map(|one| one.data).unwrap_or_default();
        let data = data.strip_prefix(AWAY).ok_or_else(foreign)?;
        let away: Away = serde_json::from_str(data).map_err(|_| foreign())?;
        sessions::delete(self.db(), token).await?;
        if code.is_empty() {
            return Err(wrong(OidcError::Denied("no code".into())));
        }
        let identity = {
            context!(self, cx);
            provider.complete(&cx, &self.back_address(), away.pending, state, code).await.map_err(wrong)?
        };
        self.run_errand(&provider.settings, away.errand, &identity, device).await
    }

    async fn run_errand(
        &self,
        settings: &Oidc,
        errand: Errand,
        identity: &Identity,
        device: &str,
    ) -> Result<Back, PortalError> {
        let onward = match errand {
            Errand::Link(account) => {
                {
                    context!(self, cx);
                    let person = accounts::Actor::load(cx.db, &account).await?;
                    accounts::link_identity(&mut cx, &person, &identity.issuer, &identity.subject).await?;
                }
                return Ok(Back::Linked);
            }
            Errand::Accept(secret) => {
                context!(self, cx);
                accounts::accept_with_identity(&mut cx, &secret, &identity.issuer, &identity.subject).await?;
                String::new()
            }
            Errand::Enter(onward) => onward,
        };
        let done = {
            context!(self, cx);
            accounts::enter_with_identity(&mut cx, settings, identity).await?
        };
        let token = self.enter(&done.account, device).await?;
        Ok(Back::Entered { entered: Entered { token, code_wanted: false }, onward })
    }

    /// The identities that lead into an account.
    pub async fn my_identities(&self, actor: &Actor) -> Result<Vec<ExternalIdentity>, PortalError> {
        let Some(id) = actor.account() else { return Ok(Vec::new()) };
        Ok(identities::of(self.db(), id).await?)
    }

    /// Removes the links to the provider, unless they are the only way into the account.
    pub async fn unlink_provider(&self, actor: &Actor) -> Result<(), PortalError> {
        for one in self.my_identities(actor).await? {
            context!(self, cx);
            accounts::unlink_identity(&mut cx, &actor.person(), &one.issuer, &one.subject).await?;
        }
        Ok(())
    }
}
