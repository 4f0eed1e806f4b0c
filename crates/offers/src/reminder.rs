//! When an offer has to be checked again, and what an answer does.

use crate::{Check, FieldGroup, Offer, OfferState};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

/// When providers are asked. Municipalities set this in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReminderRules {
    /// Months after the last check when the provider is asked.
    pub due_after_months: u16,
    /// Days between the first and the second mail.
    pub repeat_after_days: u16,
    /// Days without an answer after which the offer is greyed.
    pub grey_after_days: u16,
}

impl Default for ReminderRules {
    /// Asked after 6 months, again after 14 days, greyed after 30.
    fn default() -> Self {
        Self { due_after_months: 6, repeat_after_days: 14, grey_after_days: 30 }
    }
}

/// What the calendar says about an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reminder {
    /// The state the offer should have today.
    pub state: OfferState,
    /// Day the provider is asked; `None` if the offer is not public or was never checked.
    pub due_on: Option<Date>,
    /// Day the offer is greyed.
    pub grey_on: Option<Date>,
    /// Mails that should have been sent since the last check: 0, 1 or 2.
    pub mails: u8,
}

/// What the calendar says about an offer on a day.
///
/// Counts from the oldest check of any field group, else from `service.assured_date`. A public offer that was
/// never checked is due at once and is not greyed by itself. Drafts and archived offers are left alone. Dates
/// beyond the calendar (year 9999) count as never.
pub fn reminder(offer: &Offer, rules: &ReminderRules, today: Date) -> Reminder {
    if !offer.state.is_public() {
        return Reminder { state: offer.state, due_on: None, grey_on: None, mails: 0 };
    }
    let assured = || offer.service.assured_date.get(..10).and_then(|text| text.parse::<Date>().ok());
    let Some(checked) = offer.last_checked().or_else(assured) else {
        return Reminder { state: OfferState::Due, due_on: None, grey_on: None, mails: 1 };
    };
    let due_on = checked.checked_add(i32::from(rules.due_after_months).months()).ok();
    let after_due = |days: u16| due_on.and_then(|due| due.checked_add(i32::from(days).days()).ok());
    let grey_on = after_due(rules.grey_after_days);
    let reached = |day: Option<Date>| day.is_some_and(|day| day <= today);
    let state = match (reached(due_on), reached(grey_on)) {
        (_, true) => OfferState::Greyed,
        (true, false) => OfferState::Due,
        (false, false) => OfferState::Published,
    };
    let mails = u8::from(reached(due_on)) + u8::from(reached(after_due(rules.repeat_after_days)));
    Reminder { state, due_on, grey_on, mails }
}

/// What a provider answers when asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Everything still holds.
    StillValid,
    /// Something has to be changed: the offer stays as it is until the change is saved.
    Change,
    /// The offer has ended.
    Archive,
}

/// Writes an answer into an offer: `StillValid` confirms every field group on this day, `Archive` archives.
/// A draft stays a draft, and an archived offer stays archived, whatever is answered.
pub fn answer(offer: &mut Offer, answer: Answer, today: Date, by: &str) {
    match answer {
        Answer::StillValid if offer.state.is_public() => {
            confirm(offer, FieldGroup::ALL, today, by, "Bestätigung des Trägers");
            offer.state = OfferState::Published;
        }
        Answer::Archive if offer.state.is_public() => offer.state = OfferState::Archived,
        _ => {}
    }
}

/// Confirms groups of fields on a day.
pub fn confirm(
    offer: &mut Offer,
    groups: impl IntoIterator<Item = FieldGroup>,
    today: Date,
    by: &str,
    source: &str,
) {
    for group in groups {
        offer.checks.insert(group, Check { at: today, by: by.into(), source: source.into() });
    }
}
