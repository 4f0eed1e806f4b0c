//! Somebody says an organisation is theirs; who coordinates decides.

use crate::error::invalid;
use crate::people::{Action, Object, context};
use crate::{Actor, Grant, Portal, PortalError, Role, Scope};
use kekiz_accounts::mail::Letter;
use kekiz_accounts::{Chance, Context};
use kekiz_offers::OrganizationId;
use kekiz_store::claims::{self, Claim};
use kekiz_store::entities::RequestState;
use kekiz_store::{accounts, roles};
use serde_json::json;

/// Longest grounds, in characters.
const LONGEST: usize = 2000;

/// A claim as it is decided on.
#[derive(Clone, Debug, PartialEq)]
pub struct Claimed {
    /// The claim.
    pub claim: Claim,
    /// Name of the organisation.
    pub organization: String,
    /// Name and mail address of who claims it.
    pub person: (String, String),
    /// Names of those who keep it already.
    pub keepers: Vec<String>,
}

impl Portal {
    /// Keeps the claim of an account to an organisation.
    pub async fn claim(&self, actor: &Actor, id: &OrganizationId, grounds: &str) -> Result<(), PortalError> {
        actor.must(Action::ClaimOrganization, &Object::everything(), "einen Träger übernehmen")?;
        let account = actor.account().ok_or(PortalError::Forbidden { what: "einen Träger übernehmen" })?;
        if self.provider(id).is_none() {
            return Err(PortalError::NotFound { what: "Diesen Träger" });
        }
        if actor.organizations().contains(id) {
            return Err(invalid("traeger", "Diesen Träger pflegen Sie schon."));
        }
        let grounds = crate::complain::clean(grounds);
        if grounds.chars().filter(|c| c.is_alphanumeric()).count() < 3 {
            let message = "Bitte schreiben Sie kurz, was Sie mit dem Träger zu tun haben, zum Beispiel „Ich leite die Kita“.";
            return Err(invalid("grund", message));
        }
        if grounds.chars().count() > LONGEST {
            return Err(invalid(
                "grund",
                format!("Der Text ist zu lang. Bitte höchstens {LONGEST} Zeichen schreiben."),
            ));
        }
        let mut writing = self.begin(actor, "").await?;
        let claim = Claim {
            id: self.around().uuid(),
            organization: id.to_string(),
            account: account.into(),
            grounds,
            claimed_at: writing.edit.at.into(),
            state: RequestState::Open,
            decided_by: None,
            decided_at: None,
        };
        let number = claim.id.clone();
        if !claims::insert(&writing.tx, claim).await? {
            return Err(invalid(
                "traeger",
                "Darum haben Sie schon gebeten. Die Netzwerkkoordination meldet sich.",
            ));
        }
        writing.note("claim.made", "organization", id.as_str(), json!({ "claim": number }));
        writing.finish().await
    }

    /// Claims that wait and the actor may decide, the oldest first.
    pub async fn open_claims(&self, actor: &Actor) -> Result<Vec<Claimed>, PortalError> {
        let holders = roles::holders(self.db(), Role::Provider).await?;
        let mut found = Vec::new();
        for claim in claims::open(self.db()).await? {
            if !actor.may(Action::DecideClaim, &Object::of_organization(&claim.organization)) {
                continue;
            }
            let Some(account) = accounts::by_id(self.db(), &claim.account).await? else { continue };
            let scope = Scope::Organization(claim.organization.clone());
            let mut keepers = Vec::new();
            for (id, _) in holders.iter().filter(|(_, held)| *held == scope) {
                keepers.extend(accounts::by_id(self.db(), id).await?.map(|one| one.name));
            }
            found.push(Claimed {
                organization: self.provider_name(&claim.organization),
                person: (account.name, account.email),
                keepers,
                claim,
            });
        }
        Ok(found)
    }

    /// Grants or refuses a claim. Granted, the account keeps the offers of the organisation from now on; either way it
    /// gets a mail.
    pub async fn decide_claim(&self, actor: &Actor, id: &str, granted: bool) -> Result<(), PortalError> {
        let gone = || PortalError::NotFound { what: "Diese Anfrage" };
        let claim = claims::get(self.db(), id).await?.ok_or_else(gone)?;
        let object = Object::of_organization(&claim.organization);
        actor.must(Action::DecideClaim, &object, "über eine Anfrage entscheiden")?;
        let name = self.provider_name(&claim.organization);
        let mut writing = self.begin(actor, "").await?;
        let (state, now) =
            (if granted { RequestState::Accepted } else { RequestState::Rejected }, writing.edit.at);
        if !claims::decide(&writing.tx, id, state, actor.audit_name(), now).await? {
            return Err(gone());
        }
        if granted {
            let grant =
                Grant { role: Role::Provider, scope: Scope::Organization(claim.organization.clone()) };
            roles::grant(&writing.tx, &claim.account, &grant, now, actor.account()).await?;
        }
        if let Some(account) = accounts::by_id(&writing.tx, &claim.account).await? {
            context!(self, cx);
            let (portal, address) = (&cx.settings.portal, &cx.settings.address);
            let letter = match granted {
                true => Letter::to(portal, &account.name, &format!("Sie pflegen jetzt: {name}"))
                    .text(format!("Sie pflegen ab jetzt die Angebote von „{name}“."))
                    .link("Zu Ihren Angeboten", &format!("{address}/traeger")),
                false => Letter::to(portal, &account.name, &format!("Ihre Anfrage zu {name}"))
                    .text(format!(
                        "Ihre Anfrage, die Angebote von „{name}“ zu pflegen, wurde nicht angenommen."
                    ))
                    .text("Wenn das ein Irrtum ist, sprechen Sie bitte die Netzwerkkoordination an."),
            };
            cx.send(&writing.tx, Some(&account.id), &account.email, &letter).await?;
        }
        let detail = json!({ "claim": id, "granted": granted });
        writing.note("claim.decided", "organization", &claim.organization, detail);
        writing.finish().await
    }
}
