//! Asking providers whether their offers still hold, and greying those nobody answers for.
//!
//! Days count from the first question that was asked since the last check, not from the calendar: an offer is greyed
//! only after its provider had the time to answer.

use crate::people::context;
use crate::people::{Action, Object};
use crate::{Actor, Moment, Portal, PortalError, Writing};
use kekiz_accounts::mail::Letter;
use kekiz_accounts::{Chance, Context};
use kekiz_offers::{Answer, Offer, OfferId, OfferState, ReminderRules, reminder};
use kekiz_store::accounts::Account;
use kekiz_store::entities::{AccountState, Role, TokenPurpose};
use kekiz_store::offers::{self, Filter};
use kekiz_store::reminders::{self, Reminder};
use kekiz_store::roles::{self, Scope};
use kekiz_store::tokens::{self, Token};
use kekiz_store::{Stored, accounts};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Offers handled in one transaction.
const PAGE: u64 = 500;
/// Days a link in a mail can be used.
const LINK_DAYS: i64 = 60;

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

/// What a link in a mail is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The offer.
    pub offer: Arc<Offer>,
    /// Name of the person it was sent to.
    pub name: String,
}

/// The questions one person is asked: titles of offers, each with the secret of its link.
type Questions = BTreeMap<String, (Account, Vec<(String, String)>)>;

impl Portal {
    /// Marks offers that have to be checked as due and, without an answer, as greyed; asks their providers by mail when
    /// they become due and once more before they are greyed. Running it twice on a day changes nothing the second time.
    pub async fn remind(&self, actor: &Actor, rules: &ReminderRules) -> Result<Reminded, PortalError> {
        actor.must(Action::Coordinate, &Object::everything(), "an Prüfungen erinnern")?;
        let states = vec![OfferState::Published, OfferState::Due, OfferState::Greyed];
        let mut filter = Filter { states, ..Filter::default() };
        let mut done = Reminded::default();
        let keepers = self.keepers().await?;
        loop {
            let page = offers::list(self.db(), &filter, PAGE).await?;
            let Some(last) = page.last() else { return Ok(done) };
            filter.after = Some(last.value.id.clone());
            let mut writing = self.begin(actor, "Prüfung fällig").await?;
            let mut questions = Questions::new();
            let mut touched = false;
            for stored in page {
                touched |=
                    self.remind_of(&mut writing, rules, stored, &keepers, &mut questions, &mut done).await?;
            }
            if !touched {
                continue;
            }
            done.mails += questions.len();
            for (account, asked) in questions.into_values() {
                context!(self, cx);
                let letter = letter(&cx.settings.portal, &cx.settings.address, &account.name, rules, &asked);
                cx.send(&writing.tx, Some(&account.id), &account.email, &letter).await?;
            }
            writing.finish().await?;
        }
    }

    /// Who keeps the offers of which provider: active accounts by the provider's id.
    async fn keepers(&self) -> Result<BTreeMap<String, Vec<Account>>, PortalError> {
        let mut keepers: BTreeMap<String, Vec<Account>> = BTreeMap::new();
        for (id, scope) in roles::holders(self.db(), Role::Provider).await? {
            let Scope::Organization(organization) = scope else { continue };
            let found = accounts::by_id(self.db(), &id).await?;
            if let Some(account) = found.filter(|one| one.state == AccountState::Active) {
                keepers.entry(organization).or_default().push(account);
            }
        }
        Ok(keepers)
    }

    /// Gives whether anything was written.
    async fn remind_of(
        &self,
        writing: &mut Writing<'_>,
        rules: &ReminderRules,
        stored: Stored<Offer>,
        keepers: &BTreeMap<String, Vec<Account>>,
        questions: &mut Questions,
        done: &mut Reminded,
    ) -> Result<bool, PortalError> {
        let mut offer = Offer { revision: stored.revision, ..stored.value };
        let today = self.now().local.date();
        let calendar = reminder(&offer, rules, today);
        let day = |one: &Reminder| Moment::of(one.sent_at.timestamp()).local.date();
        let since = offer.last_checked();
        let asked: Vec<_> = match calendar.state {
            OfferState::Published => Vec::new(),
            _ => reminders::of(&writing.tx, &offer.id).await?,
        };
        let asked: Vec<_> =
            asked.iter().map(day).filter(|day| since.is_none_or(|since| *day >= since)).collect();
        let waited = asked.iter().min().map(|first| (today - *first).get_days());
        let (state, asks) = match (calendar.state, waited) {
            (OfferState::Published, _) => (OfferState::Published, false),
            (_, None) => (OfferState::Due, true),
            (_, Some(days)) => {
                let greys = calendar.due_on.is_some() && days >= i32::from(rules.grey_after_days);
                let again = asked.len() < 2 && days >= i32::from(rules.repeat_after_days);
                (if greys { OfferState::Greyed } else { OfferState::Due }, again && !greys)
            }
        };
        if state == offer.state && !asks {
            return Ok(false);
        }
        if state != offer.state {
            offer.state = state;
            done.due += usize::from(state == OfferState::Due);
            done.greyed += usize::from(state == OfferState::Greyed);
            offers::save(&writing.tx, &offer, &writing.edit).await?;
            writing.note("offer.state_by_date", "offer", offer.id.as_str(), json!({ "state": state }));
        }
        if asks {
            let step = i64::try_from(asked.len()).unwrap_or(0) + 1;
            self.ask(writing, rules, &offer, step, keepers, questions).await?;
        }
        Ok(true)
    }

    /// Notes the question, and makes a link for everybody who can answer it.
    async fn ask(
        &self,
        writing: &mut Writing<'_>,
        rules: &ReminderRules,
        offer: &Offer,
        step: i64,
        keepers: &BTreeMap<String, Vec<Account>>,
        questions: &mut Questions,
    ) -> Result<(), PortalError> {
        let now = writing.edit.at;
        let after = |days: i64| now.checked_add(jiff::SignedDuration::from_hours(24 * days)).unwrap_or(now);
        let note = Reminder {
            id: self.around().uuid(),
            offer: offer.id.to_string(),
            step,
            sent_at: now.into(),
            due_at: after(i64::from(rules.grey_after_days)).into(),
            answer: None,
            answered_at: None,
        };
        reminders::insert(&writing.tx, note).await?;
        writing.note("offer.reminded", "offer", offer.id.as_str(), json!({ "step": step }));
        for account in keepers.get(offer.organization.as_str()).into_iter().flatten() {
            let secret = self.secret();
            let token = Token {
                hash: tokens::hash(&secret),
                purpose: TokenPurpose::Reminder,
                account: Some(account.id.clone()),
                email: account.email.clone(),
                detail: json!({ "offer": offer.id }).to_string(),
                created_at: now.into(),
                created_by: None,
                expires_at: after(LINK_DAYS).into(),
                used_at: None,
            };
            tokens::insert(&writing.tx, token).await?;
            let asked = questions.entry(account.id.clone()).or_insert_with(|| (account.clone(), Vec::new()));
            asked.1.push((offer.name().to_string(), secret));
        }
        Ok(())
    }

    /// What a link in a mail asks about. A link that was used, is too old, or whose offer is gone, is refused.
    pub async fn question(&self, secret: &str) -> Result<Question, PortalError> {
        let gone = || PortalError::Account(kekiz_accounts::Refusal::Link);
        let found = tokens::peek(self.db(), secret, TokenPurpose::Reminder, self.now().at).await?;
        let token = found.ok_or_else(gone)?;
        let id = token.account.as_deref().ok_or_else(gone)?;
        let account = accounts::by_id(self.db(), id).await?.ok_or_else(gone)?;
        Ok(Question { offer: self.public_offer(&asked(&token)).await?, name: account.name })
    }

    /// Answers with a link from a mail: what its account may do now counts, not what it could when it was asked.
    pub async fn answer_question(&self, secret: &str, answer: Answer) -> Result<OfferId, PortalError> {
        let gone = || PortalError::Account(kekiz_accounts::Refusal::Link);
        let now = self.now().at;
        let token = tokens::peek(self.db(), secret, TokenPurpose::Reminder, now).await?.ok_or_else(gone)?;
        let id = token.account.clone().ok_or_else(gone)?;
        let active =
            accounts::by_id(self.db(), &id).await?.is_some_and(|one| one.state == AccountState::Active);
        let actor = Actor::Account { grants: roles::of(self.db(), &id).await?, id };
        if !active {
            return Err(gone());
        }
        let offer = asked(&token);
        self.answer_offer(&actor, &offer, answer).await?;
        if answer != Answer::Change {
            tokens::take(self.db(), secret, TokenPurpose::Reminder, now).await?;
        }
        Ok(offer)
    }
}

/// The offer a link is about.
fn asked(token: &Token) -> OfferId {
    let detail: serde_json::Value = serde_json::from_str(&token.detail).unwrap_or_default();
    OfferId(detail.get("offer").and_then(serde_json::Value::as_str).unwrap_or_default().to_string())
}

fn letter(
    portal: &str,
    address: &str,
    name: &str,
    rules: &ReminderRules,
    asked: &[(String, String)],
) -> Letter {
    let (subject, text) = match asked {
        [(title, _)] => (
            format!("Stimmt das noch? {title}"),
            format!("Ihr Angebot „{title}“ ist seit einiger Zeit nicht geprüft worden. Stimmt noch alles?"),
        ),
        many => (
            format!("Stimmt das noch? {} Angebote", many.len()),
            format!(
                "{} Ihrer Angebote sind seit einiger Zeit nicht geprüft worden. Stimmt noch alles?",
                many.len()
            ),
        ),
    };
    let mut letter = Letter::to(portal, name, &subject)
        .text(text)
        .text("Mit dem Link sagen Sie ohne Anmeldung: stimmt noch, wird geändert oder gibt es nicht mehr.");
    for (title, secret) in asked {
        letter = letter.link(title, &format!("{address}/pruefen/{secret}"));
    }
    letter.text(format!(
        "Ohne Antwort wird ein Angebot {} Tage nach der ersten Mail für Familien als „lange nicht geprüft“ gekennzeichnet. Die Links gelten {LINK_DAYS} Tage.",
        rules.grey_after_days
    ))
}
