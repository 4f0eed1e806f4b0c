//! What providers do with their own offers: write, save, publish, confirm, archive.

use crate::error::invalid;
use crate::people::{Action, Object};
use crate::{Actor, Portal, PortalError};
use jiff::civil::Date;
use kekiz_offers::{
    Answer, FieldChange, Missing, Offer, OfferId, OfferState, OrganizationId, ReminderRules, ThreeWay, diff,
    group_of, missing_by, reminder, three_way,
};
use kekiz_store::entities::ReminderAnswer;
use kekiz_store::offers::{self, Filter};
use kekiz_store::{Stored, reminders};
use serde_json::json;

/// Most offers in a list of one's own.
const MOST: u64 = 500;

/// An offer in the list of its provider.
#[derive(Clone, Debug, PartialEq)]
pub struct Mine {
    /// The offer.
    pub offer: Offer,
    /// What it lacks, required things first.
    pub missing: Vec<Missing>,
    /// Day it has to be checked; `None` for drafts, archived ones, and when it never was.
    pub due_on: Option<Date>,
    /// Whether somebody should look at it now.
    pub is_due: bool,
}

/// Two versions that grew from the same one, for the page that lets a person choose.
#[derive(Clone, Debug, PartialEq)]
pub struct Collision {
    /// What is stored now.
    pub theirs: Stored<Offer>,
    /// Fields in which both differ: `before` is stored, `after` is the person's.
    pub differences: Vec<FieldChange>,
    /// Both joined; where both changed a field in different ways, the person's.
    pub joined: ThreeWay,
}

fn object(organization: &OrganizationId) -> Object {
    Object::of_organization(organization.as_str())
}

impl Portal {
    /// The offers an actor keeps: all of their providers; what waits for somebody comes first.
    pub async fn my_offers(&self, actor: &Actor) -> Result<Vec<Mine>, PortalError> {
        let mut found = Vec::new();
        for organization in actor.organizations() {
            let filter = Filter { organization: Some(organization), ..Filter::default() };
            found.extend(offers::list(self.db(), &filter, MOST).await?);
        }
        let today = self.now().local.date();
        let mut mine: Vec<Mine> = found.into_iter().map(|stored| self.mine(stored.value, today)).collect();
        mine.sort_by_key(|one| (one.offer.state == OfferState::Archived, !one.is_due));
        Ok(mine)
    }

    /// Offers of all providers that wait for somebody: drafts, due and greyed ones. For who coordinates.
    pub async fn waiting_offers(&self, actor: &Actor) -> Result<Vec<Mine>, PortalError> {
        actor.must(Action::EditOffer, &Object::everything(), "alle Angebote pflegen")?;
        let states = vec![OfferState::Draft, OfferState::Due, OfferState::Greyed];
        let found = offers::list(self.db(), &Filter { states, ..Filter::default() }, 100).await?;
        let today = self.now().local.date();
        Ok(found.into_iter().map(|stored| self.mine(stored.value, today)).collect())
    }

    /// How many offers of all providers wait for somebody.
    pub async fn count_waiting(&self, actor: &Actor) -> Result<u64, PortalError> {
        actor.must(Action::EditOffer, &Object::everything(), "alle Angebote pflegen")?;
        let waiting = [OfferState::Draft, OfferState::Due, OfferState::Greyed];
        let counts = offers::count_by_state(self.db()).await?;
        Ok(counts.into_iter().filter(|(state, _)| waiting.contains(state)).map(|(_, count)| count).sum())
    }

    fn mine(&self, offer: Offer, today: Date) -> Mine {
        let reminder = reminder(&offer, &ReminderRules::default(), today);
        let is_due = offer.state == OfferState::Draft
            || matches!(reminder.state, OfferState::Due | OfferState::Greyed);
        Mine { missing: missing_by(&offer, &self.lists().demands), due_on: reminder.due_on, is_due, offer }
    }

    /// An offer to change, drafts included.
    pub async fn editable(&self, actor: &Actor, id: &OfferId) -> Result<Mine, PortalError> {
        let offer = self.own(actor, id, Action::EditOffer).await?;
        Ok(self.mine(offer, self.now().local.date()))
    }

    /// The stored offer if the actor may do this to it. Whoever may not see drafts learns nothing of one.
    async fn own(&self, actor: &Actor, id: &OfferId, action: Action) -> Result<Offer, PortalError> {
        let found = offers::get(self.db(), id).await?;
        let offer = found.ok_or(PortalError::NotFound { what: "Dieses Angebot" })?.value;
        if !offer.state.is_public() && !actor.may(Action::ReadDraft, &object(&offer.organization)) {
            return Err(PortalError::NotFound { what: "Dieses Angebot" });
        }
        actor.must(action, &object(&offer.organization), "dieses Angebot ändern")?;
        Ok(offer)
    }

    /// Begins a new offer with nothing but a name; gives its id.
    pub async fn begin_offer(
        &self,
        actor: &Actor,
        organization: &OrganizationId,
        name: &str,
    ) -> Result<OfferId, PortalError> {
        actor.must(Action::EditOffer, &object(organization), "ein Angebot anlegen")?;
        if self.provider(organization).is_none() {
            return Err(PortalError::NotFound { what: "Diesen Träger" });
        }
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 200 {
            return Err(invalid("name", "Bitte einen Namen mit höchstens 200 Zeichen eintragen."));
        }
        let mut offer = Offer::draft(OfferId(self.around().uuid()), organization.clone());
        offer.service.name = name.into();
        let mut writing = self.begin(actor, "neu angelegt").await?;
        offers::save(&writing.tx, &offer, &writing.edit).await?;
        writing.note("offer.begun", "offer", offer.id.as_str(), json!({}));
        writing.finish().await?;
        Ok(offer.id)
    }

    /// Saves a changed offer. `offer.revision` names the version it grew from; a stale one gives both versions back and
    /// changes nothing. State and provider stay as stored; the groups of fields that changed count as checked today.
    /// A draft may lack anything, a public offer nothing required.
    pub async fn save_offer(&self, actor: &Actor, mut offer: Offer) -> Result<Vec<FieldChange>, PortalError> {
        let before = self.own(actor, &offer.id, Action::EditOffer).await?;
        offer.state = before.state;
        offer.organization = before.organization.clone();
        if offer.state.is_public() {
            self.must_be_whole(&offer)?;
        }
        let changes = diff(&before, &offer);
        if changes.is_empty() && before.revision == offer.revision {
            return Ok(changes);
        }
        let today = self.now().local.date();
        let groups = changes.iter().filter_map(|change| group_of(&change.field));
        kekiz_offers::confirm(&mut offer, groups, today, actor.audit_name(), "Eintrag des Trägers");
        let mut writing = self.begin(actor, "").await?;
        offers::save(&writing.tx, &offer, &writing.edit).await?;
        let fields: Vec<&str> = changes.iter().map(|change| change.field.as_str()).collect();
        writing.note("offer.saved", "offer", offer.id.as_str(), json!({ "fields": fields }));
        writing.finish().await?;
        Ok(changes)
    }

    /// The version of an offer somebody had before them when they began to write; the stored one where it is unknown.
    pub async fn version_of(&self, actor: &Actor, now: &Offer, wanted: u64) -> Result<Offer, PortalError> {
        actor.must(Action::EditOffer, &object(&now.organization), "dieses Angebot ändern")?;
        if wanted == now.revision {
            return Ok(now.clone());
        }
        let found = offers::version(self.db(), &now.id, wanted).await?;
        let stored = found.ok_or(PortalError::NotFound { what: "Diese Fassung des Angebots" })?;
        Ok(Offer { revision: wanted, ..stored.value })
    }

    /// What a refused save shows: the stored version, where both differ, and both joined.
    pub async fn collision(&self, yours: &Offer, theirs: Stored<Offer>) -> Result<Collision, PortalError> {
        let base = offers::version(self.db(), &yours.id, yours.revision).await?;
        let mut mine = yours.clone();
        (mine.state, mine.checks) = (theirs.value.state, theirs.value.checks.clone());
        let base = base.map_or_else(|| theirs.value.clone(), |stored| stored.value);
        let mut joined = three_way(&base, &mine, &theirs.value);
        joined.merged.revision = theirs.value.revision;
        Ok(Collision { differences: diff(&theirs.value, &mine), joined, theirs })
    }

    pub(crate) fn must_be_whole(&self, offer: &Offer) -> Result<(), PortalError> {
        let missing = missing_by(offer, &self.lists().demands);
        let required: Vec<&str> =
            missing.iter().filter(|one| one.required).map(|one| one.sentence.as_str()).collect();
        if required.is_empty() {
            return Ok(());
        }
        Err(invalid("", format!("Zum Veröffentlichen fehlt noch etwas. {}", required.join(" "))))
    }

    /// Makes an offer public that lacks nothing required. What is in it counts as checked today.
    pub async fn publish_offer(&self, actor: &Actor, id: &OfferId) -> Result<(), PortalError> {
        let mut offer = self.own(actor, id, Action::PublishOffer).await?;
        self.must_be_whole(&offer)?;
        let today = self.now().local.date();
        let groups = kekiz_offers::FieldGroup::ALL;
        kekiz_offers::confirm(&mut offer, groups, today, actor.audit_name(), "Eintrag des Trägers");
        offer.state = OfferState::Published;
        self.put(actor, offer, "offer.published", None).await
    }

    /// Answers whether an offer still holds: confirms it, or archives it. `Change` changes nothing yet.
    pub async fn answer_offer(&self, actor: &Actor, id: &OfferId, answer: Answer) -> Result<(), PortalError> {
        let action = if answer == Answer::Archive { Action::ArchiveOffer } else { Action::PublishOffer };
        let mut offer = self.own(actor, id, action).await?;
        let before = offer.clone();
        let today = self.now().local.date();
        kekiz_offers::answer(&mut offer, answer, today, actor.audit_name());
        if answer == Answer::Archive {
            // Drafts are put away the same way; nothing is ever thrown away.
            offer.state = OfferState::Archived;
        }
        let (word, deed) = match answer {
            Answer::StillValid => (ReminderAnswer::StillValid, "offer.confirmed"),
            Answer::Change => (ReminderAnswer::Changed, "offer.change_announced"),
            Answer::Archive => (ReminderAnswer::Archived, "offer.archived"),
        };
        if before == offer && answer != Answer::Change {
            return Ok(());
        }
        self.put(actor, offer, deed, Some(word)).await
    }

    async fn put(
        &self,
        actor: &Actor,
        offer: Offer,
        deed: &str,
        answer: Option<ReminderAnswer>,
    ) -> Result<(), PortalError> {
        let mut writing = self.begin(actor, "").await?;
        offers::save(&writing.tx, &offer, &writing.edit).await?;
        if let Some(answer) = answer {
            reminders::answer(&writing.tx, &offer.id, answer, writing.edit.at).await?;
        }
        writing.note(deed, "offer", offer.id.as_str(), json!({}));
        writing.finish().await
    }
}
