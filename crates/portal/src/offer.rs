//! One offer as families see it.

use crate::find::{Opening, opening_at};
use crate::{Moment, Portal, PortalError};
use jiff::civil::Date;
use kekiz_offers::hsds::Organization;
use kekiz_offers::opening::{self, Hours, Span};
use kekiz_offers::{Offer, OfferId, OfferState};
use kekiz_store::offers::{self, Entry};
use std::sync::Arc;

/// A day with its openings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// When it is open; empty when closed.
    pub spans: Vec<Span>,
    /// Name of the public holiday.
    pub public_holiday: Option<&'static str>,
}

/// What to do next, the easiest first.
#[derive(Clone, Debug, PartialEq)]
pub enum NextStep {
    /// Register or read more there.
    Web(String),
    /// Call.
    Phone {
        /// As written.
        shown: String,
        /// For `tel:`, digits and a leading plus only.
        dial: String,
        /// What it is for.
        about: String,
    },
    /// Write.
    Mail(String),
    /// Go there.
    Go {
        /// Longitude and latitude.
        point: (f64, f64),
        /// Street and town.
        address: String,
    },
}

/// An offer with what its page says about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The offer.
    pub offer: Arc<Offer>,
    /// Its provider.
    pub provider: Option<Organization>,
    /// Whether it is open.
    pub opening: Opening,
    /// Openings of the next seven days; empty when nothing is known.
    pub week: Vec<Day>,
    /// Opening times in German words; empty when there are none.
    pub hours_text: String,
    /// Whether it opens in the next school holidays; `None` when nobody knows.
    pub in_holidays: Option<bool>,
    /// The next school holidays: name, first and last day.
    pub holidays: Option<(String, Date, Date)>,
    /// What to do next.
    pub steps: Vec<NextStep>,
    /// Not checked for long.
    pub greyed: bool,
}

impl Portal {
    /// Offers families may see, in the order of the ids; others are left out.
    pub async fn public_offers(&self, ids: &[OfferId]) -> Result<Vec<Arc<Offer>>, PortalError> {
        let stored = offers::get_all(self.db(), ids).await?;
        Ok(stored.into_iter().map(|one| one.value).filter(|o| o.state.is_public()).map(Arc::new).collect())
    }

    /// One offer families may see. A duplicate that was merged leads to the one it lives on in.
    pub async fn public_offer(&self, id: &OfferId) -> Result<Arc<Offer>, PortalError> {
        match offers::entry(self.db(), id).await? {
            Some(Entry::Live(stored)) if stored.value.state.is_public() => Ok(Arc::new(stored.value)),
            Some(Entry::Merged { into }) => Err(PortalError::Merged { into }),
            _ => Err(PortalError::NotFound { what: "Dieses Angebot" }),
        }
    }

    /// One offer with what its page says about it.
    pub async fn show(&self, id: &OfferId, moment: &Moment) -> Result<Shown, PortalError> {
        let offer = self.public_offer(id).await?;
        let hours = Hours::of(&offer);
        let calendar = &self.lists().calendar;
        let today = moment.local.date();
        let day = |date: Date| Day {
            date,
            spans: hours.on(date, calendar),
            public_holiday: calendar.public_holiday(date),
        };
        let week = match hours.is_empty() {
            true => Vec::new(),
            false => today.series(jiff::ToSpan::days(1)).take(7).map(day).collect(),
        };
        let holidays = calendar.school().iter().find(|one| one.to >= today && one.from < one.to);
        Ok(Shown {
            provider: self.provider(&offer.organization),
            opening: opening_at(&hours, moment, calendar),
            week,
            hours_text: opening::german_text(hours.schedules()),
            in_holidays: opening::open_in_holidays(&hours, today, calendar),
            holidays: holidays.map(|one| (one.name.clone(), one.from, one.to)),
            steps: next_steps(&offer),
            greyed: offer.state == OfferState::Greyed,
            offer,
        })
    }

    /// The name of an offer's provider; empty when unknown.
    pub fn provider_of(&self, offer: &Offer) -> String {
        match offer.service.organization.as_deref().map(|one| one.name.clone()) {
            Some(name) if !name.is_empty() => name,
            _ => self.provider_name(offer.organization.as_str()),
        }
    }
}

/// What to do next: register on the net, call, write, go there. Without any of them empty.
pub fn next_steps(offer: &Offer) -> Vec<NextStep> {
    let service = &offer.service;
    let mut steps = Vec::new();
    let phones = service.phones.iter().chain(offer.locations().flat_map(|place| &place.phones));
    for phone in phones {
        let dial = dial(&phone.number);
        let known = |step: &NextStep| matches!(step, NextStep::Phone { dial: found, .. } if *found == dial);
        if dial.len() > 2 && !steps.iter().any(known) {
            let about = phone.description.trim().to_string();
            steps.push(NextStep::Phone { shown: phone.number.trim().to_string(), dial, about });
        }
    }
    let mail = service.email.trim();
    if mail.contains('@') && !mail.contains([' ', '?', '&', '\n', '\r']) {
        steps.push(NextStep::Mail(mail.to_string()));
    }
    if let Some(address) = web_address(&service.url) {
        steps.push(NextStep::Web(address));
    }
    let place = offer.locations().find_map(|place| {
        let point = place.longitude.zip(place.latitude)?;
        let address = place.addresses.iter().find(|one| one.address_type != "postal")?;
        let town = format!("{} {}", address.postal_code, address.city);
        Some(NextStep::Go { point, address: format!("{}, {}", address.address_1.trim(), town.trim()) })
    });
    steps.extend(place);
    steps
}

/// The digits to dial, with a leading plus; letters, brackets and strokes are dropped, `(0)` behind a country code too.
fn dial(number: &str) -> String {
    let number = number.replace("(0)", "");
    let plus = number.trim_start().starts_with('+');
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    if plus { format!("+{digits}") } else { digits }
}

/// A web address that may stand in a link: only http and https, `www.` gets its https. Anything else is left out, so
/// that no script hides in an offer.
pub fn web_address(text: &str) -> Option<String> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let plain = !text.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>'));
    let with = match () {
        () if lower.starts_with("https://") || lower.starts_with("http://") => text.to_string(),
        () if lower.contains(':') || !lower.contains('.') => return None,
        () => format!("https://{text}"),
    };
    plain.then_some(with)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_dialled_as_written() {
        for (number, dialled) in [
            ("02151 / 86-0", "02151860"),
            ("+49 (0) 2151 860", "+492151860"),
            ("116 111", "116111"),
            ("", ""),
            ("nach Absprache", ""),
        ] {
            assert_eq!(dial(number), dialled, "{number}");
        }
    }

    #[test]
    fn only_pages_of_the_web_become_links() {
        for (text, address) in [
            ("www.krefeld.de/kita", Some("https://www.krefeld.de/kita")),
            ("HTTP://krefeld.de", Some("HTTP://krefeld.de")),
            ("javascript:alert(1)", None),
            ("data:text/html,x", None),
            ("https://a.de/\"onclick", None),
            ("siehe Aushang", None),
            ("", None),
        ] {
            assert_eq!(web_address(text).as_deref(), address, "{text}");
        }
    }
}
