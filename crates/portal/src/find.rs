//! Finding help: what a family asks, and what it gets back.

use crate::places::PlaceFound;
use crate::portal::blocking;
use crate::{Moment, Portal, PortalError};
use kekiz_base::LifePhase;
use kekiz_offers::opening::{self, Hours, Span};
use kekiz_offers::{Offer, OfferId};
use kekiz_search::{
    Age, Entry, Facets, Hit, Near, OpenTest, PriceLimit, Query, Reason, Sort, Widening, hours_of_text,
};
use std::sync::Arc;

/// When an offer shall be open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Open {
    /// Whenever.
    #[default]
    Any,
    /// At this moment.
    Now,
    /// Today.
    Today,
    /// On Saturday or Sunday.
    Weekend,
    /// In the next school holidays.
    Holidays,
}

impl Open {
    /// All but `Any`, in the order of the form.
    pub const ALL: [Open; 4] = [Open::Now, Open::Today, Open::Weekend, Open::Holidays];

    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Open::Any => "",
            Open::Now => "jetzt",
            Open::Today => "heute",
            Open::Weekend => "wochenende",
            Open::Holidays => "ferien",
        }
    }

    /// From the word.
    pub fn from_word(word: &str) -> Option<Open> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }

    /// In German, for explanations.
    pub fn label(self) -> &'static str {
        match self {
            Open::Any => "",
            Open::Now => "jetzt geöffnet",
            Open::Today => "heute geöffnet",
            Open::Weekend => "am Wochenende geöffnet",
            Open::Holidays => "in den Ferien geöffnet",
        }
    }
}

/// What a family asks. Empty fields ask for nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question {
    /// Words as typed.
    pub text: String,
    /// Language of the page.
    pub language: String,
    /// Address, postal code or part of the town, as typed.
    pub place: String,
    /// Farthest distance in metres; only with a place.
    pub radius_m: Option<f64>,
    /// Age of the child, or pregnancy.
    pub age: Option<Age>,
    /// Phases of life.
    pub phases: Vec<LifePhase>,
    /// Codes of action fields.
    pub fields: Vec<String>,
    /// Codes of target groups.
    pub groups: Vec<String>,
    /// Languages it is given in.
    pub languages: Vec<String>,
    /// Only what costs nothing.
    pub free: bool,
    /// Only with access for wheelchairs.
    pub wheelchair: bool,
    /// When it shall be open.
    pub open: Open,
    /// Keys of areas.
    pub areas: Vec<String>,
    /// Only of this provider.
    pub organization: Option<String>,
    /// Order.
    pub sort: Sort,
    /// Page, from 0.
    pub page: usize,
    /// Hits on a page; 0 means 20.
    pub per_page: usize,
}

impl Question {
    /// Whether nothing is asked, so that the entrance is shown instead of hits.
    pub fn is_empty(&self) -> bool {
        let plain = Question { language: self.language.clone(), ..Question::default() };
        let same = Question { sort: Sort::default(), page: 0, per_page: 0, radius_m: None, ..self.clone() };
        same == plain
    }
}

/// Whether an offer is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Nobody knows, or by appointment.
    Unknown,
    /// Open until that minute of the day (may pass 1440).
    OpenUntil(u16),
    /// Closed now, opens later today at that minute.
    Today(u16),
    /// Closed; opens again on that day at that minute.
    Later(jiff::civil::Date, u16),
    /// Closed, and no opening is known.
    Closed,
}

/// Whether opening times are met at a moment.
pub fn opening_at(hours: &Hours, moment: &Moment, calendar: &opening::Calendar) -> Opening {
    if hours.is_empty() {
        return Opening::Unknown;
    }
    let now = moment.local.hour() as u16 * 60 + moment.local.minute() as u16;
    let day = moment.local.date();
    let running =
        |spans: Vec<Span>, now: u16| spans.into_iter().find(|span| span.from <= now && now < span.to);
    if let Some(span) = running(opening::open_today(hours, day, calendar), now) {
        return Opening::OpenUntil(span.to);
    }
    let night = day.yesterday().ok().and_then(|day| running(hours.on(day, calendar), now + 1440));
    if let Some(span) = night {
        return Opening::OpenUntil(span.to - 1440);
    }
    match opening::next_opening(hours, moment.local, calendar) {
        Some(at) => {
            let minute = at.hour() as u16 * 60 + at.minute() as u16;
            if at.date() == day { Opening::Today(minute) } else { Opening::Later(at.date(), minute) }
        }
        None => Opening::Closed,
    }
}

/// One hit, ready for a card.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// The offer.
    pub offer: Arc<Offer>,
    /// What the index knows of it: ages, price, languages, wheelchairs.
    pub facts: Entry,
    /// Name of its provider.
    pub provider: String,
    /// Metres to its nearest place, when a place was asked for.
    pub distance_m: Option<f64>,
    /// That place, or the first one, as longitude and latitude.
    pub point: Option<(f64, f64)>,
    /// Whether it is open.
    pub opening: Opening,
    /// Why it stands here.
    pub why: Vec<Reason>,
}

/// What a family gets back.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Hits on all pages.
    pub total: usize,
    /// Hits of this page.
    pub cards: Vec<Card>,
    /// Counts for further choices.
    pub facets: Facets,
    /// The words with likely misspellings corrected.
    pub did_you_mean: Option<String>,
    /// Words no offer has; they were passed over.
    pub unknown_words: Vec<String>,
    /// Without hits: what to let go of.
    pub widenings: Vec<Widening>,
    /// What became of the place; `None` when none was asked for.
    pub place: Option<PlaceFound>,
}

impl Portal {
    /// Answers what a family asks. A place that is not known is passed over and said so.
    pub async fn find(&self, question: &Question, moment: &Moment) -> Result<Answer, PortalError> {
        let place = (!question.place.trim().is_empty()).then(|| self.locate(&question.place));
        let point = place.as_ref().and_then(PlaceFound::point);
        let query = query(question, point);
        let (finder, calendar) = (Arc::clone(self.finder()), self.lists().calendar.clone());
        let (open, moment_of) = (question.open, *moment);
        let mut found = blocking(move || {
            let is_open = |text: &str| passes(open, text, &moment_of, &calendar);
            let key = format!("{} {}", open.word(), bucket(open, &moment_of));
            let test = OpenTest { key: &key, label: open.label(), is_open: &is_open };
            let tests: &[OpenTest<'_>] = if open == Open::Any { &[] } else { &[test] };
            finder.search(&query, tests)
        })
        .await??;
        let hits = std::mem::take(&mut found.hits);
        let cards = self.cards(hits, moment).await?;
        Ok(Answer {
            total: found.total,
            cards,
            facets: found.facets,
            did_you_mean: found.did_you_mean,
            unknown_words: found.unknown_words,
            widenings: found.widenings,
            place,
        })
    }

    async fn cards(&self, hits: Vec<Hit>, moment: &Moment) -> Result<Vec<Card>, PortalError> {
        let ids: Vec<OfferId> = hits.iter().map(|hit| OfferId(hit.id.clone())).collect();
        let offers = self.public_offers(&ids).await?;
        let mut cards = Vec::with_capacity(hits.len());
        for hit in hits {
            // An offer may have been withdrawn since the index was asked.
            let Some(offer) = offers.iter().find(|offer| offer.id.as_str() == hit.id) else { continue };
            let Some(mut card) = self.card(offer, moment) else { continue };
            let nearest = hit.place.and_then(|at| card.facts.places.get(at)?.point);
            card.point = nearest.or(card.point);
            card.distance_m = hit.distance_m;
            card.why = hit.why;
            cards.push(card);
        }
        Ok(cards)
    }

    /// The card of an offer by itself; `None` for one families must not see.
    pub fn card(&self, offer: &Arc<Offer>, moment: &Moment) -> Option<Card> {
        let facts = Entry::from_offer(offer, &self.lists().terms)?;
        Some(Card {
            provider: self.provider_of(offer),
            distance_m: None,
            point: facts.places.iter().find_map(|place| place.point),
            opening: opening_at(&Hours::of(offer), moment, &self.lists().calendar),
            why: Vec::new(),
            offer: Arc::clone(offer),
            facts,
        })
    }

    /// All hits of a question as offers, best first, at most `limit`; for files to take away.
    pub async fn find_all(
        &self,
        question: &Question,
        moment: &Moment,
        limit: usize,
    ) -> Result<Vec<Arc<Offer>>, PortalError> {
        let mut offers = Vec::new();
        let mut question = Question { page: 0, per_page: 100, ..question.clone() };
        while offers.len() < limit {
            let answer = self.find(&question, moment).await?;
            let before = offers.len();
            offers.extend(answer.cards.into_iter().map(|card| card.offer));
            question.page += 1;
            if offers.len() == before || question.page * 100 >= answer.total {
                break;
            }
        }
        offers.truncate(limit);
        Ok(offers)
    }
}

fn query(question: &Question, point: Option<(f64, f64)>) -> Query {
    Query {
        text: question.text.clone(),
        language: question.language.clone(),
        near: point.map(|point| Near { point, radius_m: question.radius_m }),
        age: question.age,
        life_phases: question.phases.clone(),
        action_fields: question.fields.clone(),
        target_groups: question.groups.clone(),
        languages: question.languages.clone(),
        price: question.free.then_some(PriceLimit::Free),
        wheelchair: question.wheelchair,
        areas: question.areas.clone(),
        organization: question.organization.clone(),
        sort: question.sort,
        page: question.page,
        per_page: question.per_page,
        ..Query::default()
    }
}

/// Answers about opening are kept per day, those about this moment per five minutes.
fn bucket(open: Open, moment: &Moment) -> String {
    let local = moment.local;
    match open {
        Open::Now => format!("{} {:02}:{:02}", local.date(), local.hour(), local.minute() / 5 * 5),
        _ => local.date().to_string(),
    }
}

fn passes(open: Open, text: &str, moment: &Moment, calendar: &opening::Calendar) -> bool {
    let hours = hours_of_text(text);
    let today = moment.local.date();
    match open {
        Open::Any => true,
        Open::Now => opening::is_open_at(&hours, moment.local, calendar),
        Open::Today => !opening::open_today(&hours, today, calendar).is_empty(),
        Open::Weekend => {
            let mut days = today.series(jiff::ToSpan::days(1)).take(7);
            days.any(|day| day.weekday().to_monday_zero_offset() >= 5 && !hours.on(day, calendar).is_empty())
        }
        Open::Holidays => opening::open_in_holidays(&hours, today, calendar) == Some(true),
    }
}
