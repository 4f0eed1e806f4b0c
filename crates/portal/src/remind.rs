//! Asking providers whether their offers still hold, and greying those nobody answers for.

use crate::people::context;
use crate::{Actor, Portal, PortalError};
use kekiz_accounts::mail::Letter;
use kekiz_accounts::{Chance, Context};
use kekiz_offers::{Offer, OfferState, ReminderRules, reminder};
use kekiz_store::entities::{AccountState, Role};
use kekiz_store::offers::{self, Filter};
use kekiz_store::reminders::{self, Reminder};
use kekiz_store::roles::{self, Scope};
use kekiz_store::{Stored, accounts};
use serde_json::json;

/// Offers read at a time.
const PAGE: u64 = 500;

/// What one round of reminding did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Reminded {
    /// Offers that are due since this round.
    pub due: usize,
    /// Offers that are greyed since this round.
    pub greyed: usize,
    /// Mails that go out.
    pub mails: usize,
}

impl Portal {
    /// Marks offers that have to be checked as due and, without an answer, as greyed; asks their providers by mail when
    /// they become due and once more before they are greyed. Running it twice on a day changes nothing the second time.
    pub async fn remind(&self, actor: &Actor, rules: &ReminderRules) -> Result<Reminded, PortalError> {
        actor.must_coordinate("an Prüfungen erinnern")?;
        let states = vec![OfferState::Published, OfferState::Due, OfferState::Greyed];
        let mut filter = Filter { states, ..Filter::default() };
        let mut done = Reminded::default();
        loop {
            let page = offers::list(self.db(), &filter, PAGE).await?;
            let Some(last) = page.last() else { return Ok(done) };
            filter.after = Some(last.value.id.clone());
            for stored in page {
                self.remind_of(actor, rules, stored, &mut done).await?;
            }
        }
    }

    async fn remind_of(
        &self,
        actor: &Actor,
        rules: &ReminderRules,
        stored: Stored<Offer>,
        done: &mut Reminded,
    ) -> Result<(), PortalError> {
        let mut offer = Offer { revision: stored.revision, ..stored.value };
        let today = self.now().local.date();
        let wanted = reminder(&offer, rules, today);
        let since = offer.last_checked();
        let sent = reminders::of(self.db(), &offer.id).await?;
        let after_check = |one: &&Reminder| {
            since.is_none_or(|day| crate::Moment::of(one.sent_at.timestamp()).local.date() >= day)
        };
        let step = i64::from(wanted.mails);
        let asks = step > i64::try_from(sent.iter().filter(after_check).count()).unwrap_or(i64::MAX);
        if wanted.state == offer.state && !asks {
            return Ok(());
        }
        let mut writing = self.begin(actor, "Prüfung fällig").await?;
        if wanted.state != offer.state {
            offer.state = wanted.state;
            done.due += usize::from(offer.state == OfferState::Due);
            done.greyed += usize::from(offer.state == OfferState::Greyed);
            offers::save(&writing.tx, &offer, &writing.edit).await?;
            writing.note("offer.state_by_date", "offer", offer.id.as_str(), json!({ "state": offer.state }));
        }
        if asks {
            let grey = i32::from(rules.grey_after_days);
            let due = writing.edit.at.checked_add(jiff::SignedDuration::from_hours(24 * i64::from(grey)));
            let note = Reminder {
                id: self.around().uuid(),
                offer: offer.id.to_string(),
                step,
                sent_at: writing.edit.at.into(),
                due_at: due.unwrap_or(writing.edit.at).into(),
                answer: None,
                answered_at: None,
            };
            reminders::insert(&writing.tx, note).await?;
            context!(self, cx);
            for (id, scope) in roles::holders(&writing.tx, Role::Provider).await? {
                if scope != Scope::Organization(offer.organization.to_string()) {
                    continue;
                }
                let found = accounts::by_id(&writing.tx, &id).await?;
                let Some(account) = found.filter(|one| one.state == AccountState::Active) else { continue };
                let letter = letter(&cx.settings.portal, &cx.settings.address, &account.name, &offer);
                cx.send(&writing.tx, Some(&account.id), &account.email, &letter).await?;
                done.mails += 1;
            }
            writing.note("offer.reminded", "offer", offer.id.as_str(), json!({ "step": step }));
        }
        writing.finish().await
    }
}

fn letter(portal: &str, address: &str, name: &str, offer: &Offer) -> Letter {
    let title = offer.name();
    Letter::to(portal, name, &format!("Stimmt das noch? {title}"))
        .text(format!("Ihr Angebot „{title}“ ist seit einiger Zeit nicht geprüft worden. Stimmt noch alles?"))
        .link("Ansehen und bestätigen, ändern oder archivieren", &format!("{address}/traeger/angebot/{}", offer.id))
        .text("Ohne Antwort wird das Angebot nach 30 Tagen für Familien als „lange nicht geprüft“ gekennzeichnet.")
}
