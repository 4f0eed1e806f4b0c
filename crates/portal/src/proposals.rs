//! Changes somebody proposes to an offer they do not keep: one decision for each field, the difference in view.

use crate::error::invalid;
use crate::people::{Action, Object};
use crate::{Actor, Portal, PortalError};
use kekiz_offers::{Conflict, FieldChange, Offer, OfferId, apply, diff, field_label, group_of, value_text};
use kekiz_store::changes::{self, ChangeRequest, Decision};
use kekiz_store::entities::RequestState;
use kekiz_store::{Stored, accounts, offers};
use serde_json::{Value, json};

/// Proposals of one account that may wait at a time.
const MOST: usize = 100;
/// Proposals shown at a time.
const SHOWN: u64 = 500;

/// A proposed change of one field.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// The request.
    pub request: ChangeRequest,
    /// The offer it is for.
    pub offer: String,
    /// What the field is called.
    pub field: String,
    /// What the proposer saw, in words.
    pub before: String,
    /// What it should be, in words.
    pub after: String,
    /// What it is now, where that is no longer what the proposer saw.
    pub now: Option<String>,
    /// Who proposes; empty when the account is gone.
    pub person: String,
}

fn change(request: &ChangeRequest) -> FieldChange {
    let value = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
    FieldChange {
        field: request.field.clone(),
        before: value(&request.before_value),
        after: value(&request.after_value),
    }
}

/// What the field is now, where that is neither what the proposer saw nor what is proposed.
fn moved(offer: &Offer, change: &FieldChange) -> Option<Value> {
    match apply(&mut offer.clone(), std::slice::from_ref(change)) {
        Err(Conflict::Changed(found)) => found.into_iter().next().map(|one| one.current),
        _ => None,
    }
}

impl Portal {
    /// The version of a public offer somebody proposes changes to; `None` is the newest.
    pub async fn proposable(
        &self,
        actor: &Actor,
        id: &OfferId,
        revision: Option<u64>,
    ) -> Result<Offer, PortalError> {
        actor.must(Action::ProposeChange, &Object::everything(), "Änderungen vorschlagen")?;
        let now = self.public_offer(id).await?;
        match revision {
            None => Ok((*now).clone()),
            Some(revision) if revision == now.revision => Ok((*now).clone()),
            Some(revision) => {
                let found = offers::version(self.db(), id, revision).await?;
                let found = found.filter(|one| one.value.state.is_public());
                let Stored { value, .. } =
                    found.ok_or(PortalError::NotFound { what: "Diese Fassung des Angebots" })?;
                Ok(Offer { revision, ..value })
            }
        }
    }

    /// Keeps what differs between the version somebody saw and what they wrote, field by field; gives the number of
    /// fields.
    pub async fn propose(&self, actor: &Actor, changed: &Offer, note: &str) -> Result<usize, PortalError> {
        let seen = self.proposable(actor, &changed.id, Some(changed.revision)).await?;
        let mut wanted = changed.clone();
        wanted.state = seen.state;
        wanted.organization = seen.organization.clone();
        wanted.checks = seen.checks.clone();
        let found = diff(&seen, &wanted);
        if found.is_empty() {
            return Err(invalid("", "Es wurde nichts geändert. Bitte erst etwas ändern, dann vorschlagen."));
        }
        let note = crate::complain::clean(note);
        if note.chars().count() > 1000 {
            return Err(invalid("", "Die Begründung ist zu lang. Bitte höchstens 1000 Zeichen schreiben."));
        }
        let mine = changes::open(self.db(), SHOWN).await?;
        let mine = mine.iter().filter(|one| one.proposed_by.as_deref() == actor.account()).count();
        if mine + found.len() > MOST {
            return Err(PortalError::TooMany);
        }
        let mut writing = self.begin(actor, "").await?;
        let text = |value: &Value| value.to_string();
        let requests = found.iter().map(|one| ChangeRequest {
            id: self.around().uuid(),
            offer: seen.id.to_string(),
            field: one.field.clone(),
            before_value: text(&one.before),
            after_value: text(&one.after),
            base_revision: i64::try_from(seen.revision).unwrap_or(i64::MAX),
            proposed_by: actor.account().map(str::to_string),
            proposed_at: writing.edit.at.into(),
            note: note.clone(),
            state: RequestState::Open,
            decided_by: None,
            decided_at: None,
            decision_note: None,
        });
        let requests: Vec<ChangeRequest> = requests.collect();
        changes::propose(&writing.tx, requests).await?;
        let fields: Vec<&str> = found.iter().map(|one| one.field.as_str()).collect();
        writing.note("change.proposed", "offer", seen.id.as_str(), json!({ "fields": fields }));
        writing.finish().await?;
        Ok(found.len())
    }

    /// Proposals that wait and the actor may decide, by offer, the oldest first.
    pub async fn open_proposals(&self, actor: &Actor) -> Result<Vec<Proposal>, PortalError> {
        let mut found: Vec<Proposal> = Vec::new();
        for request in changes::open(self.db(), SHOWN).await? {
            let Some(stored) = offers::get(self.db(), &OfferId(request.offer.clone())).await? else {
                continue;
            };
            let offer = stored.value;
            if !actor.may(Action::DecideChange, &Object::of_organization(offer.organization.as_str())) {
                continue;
            }
            let change = change(&request);
            let person = match &request.proposed_by {
                Some(id) => accounts::by_id(self.db(), id).await?.map(|one| one.name).unwrap_or_default(),
                None => String::new(),
            };
            found.push(Proposal {
                offer: offer.name().to_string(),
                field: field_label(&change.field),
                before: value_text(&change.before),
                after: value_text(&change.after),
                now: moved(&offer, &change).map(|value| value_text(&value)),
                person,
                request,
            });
        }
        let mut order: Vec<String> = Vec::new();
        for one in &found {
            if !order.contains(&one.request.offer) {
                order.push(one.request.offer.clone());
            }
        }
        found.sort_by_key(|one| order.iter().position(|offer| *offer == one.request.offer));
        Ok(found)
    }

    /// Takes a proposed value over or turns it down. A field that was changed since keeps its value unless `seen` says
    /// that the person saw the newer one.
    pub async fn decide_proposal(
        &self,
        actor: &Actor,
        id: &str,
        accepted: bool,
        seen: bool,
        note: &str,
    ) -> Result<(), PortalError> {
        let gone = || PortalError::NotFound { what: "Diesen Vorschlag" };
        let request = changes::get(self.db(), id).await?.ok_or_else(gone)?;
        let stored = offers::get(self.db(), &OfferId(request.offer.clone())).await?.ok_or_else(gone)?;
        let before = Offer { revision: stored.revision, ..stored.value };
        let object = Object::of_organization(before.organization.as_str());
        actor.must(Action::DecideChange, &object, "über einen Vorschlag entscheiden")?;
        let mut writing = self.begin(actor, "Vorschlag übernommen").await?;
        if accepted {
            let mut change = change(&request);
            if let Some(now) = moved(&before, &change) {
                if !seen {
                    return Err(invalid(
                        "",
                        "Das Feld wurde inzwischen geändert. Es wurde nichts überschrieben. Abhilfe: die neue Fassung ansehen und noch einmal entscheiden.",
                    ));
                }
                change.before = now;
            }
            let mut offer = before.clone();
            apply(&mut offer, std::slice::from_ref(&change))
                .map_err(|error| invalid("", error.to_string()))?;
            if offer.state.is_public() {
                self.must_be_whole(&offer)?;
            }
            if offer != before {
                let today = self.now().local.date();
                kekiz_offers::confirm(
                    &mut offer,
                    group_of(&change.field),
                    today,
                    actor.audit_name(),
                    "Vorschlag",
                );
                offers::save(&writing.tx, &offer, &writing.edit).await?;
            }
        }
        let decision = Decision {
            state: if accepted { RequestState::Accepted } else { RequestState::Rejected },
            by: actor.account().map(str::to_string),
            at: writing.edit.at,
            note: crate::complain::clean(note).chars().take(1000).collect(),
        };
        if !changes::decide(&writing.tx, id, &decision).await? {
            return Err(gone());
        }
        let detail = json!({ "field": request.field, "accepted": accepted });
        writing.note("change.decided", "offer", &request.offer, detail);
        writing.finish().await
    }
}
