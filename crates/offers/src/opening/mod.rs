//! When an offer is open: today, now, in the holidays, next; and in German words.
//!
//! Opening times are HSDS schedules (fields of RFC 5545 recurrence rules) or OSM `opening_hours`. What simple
//! weekly and monthly rules can say is computed here; every other OSM expression by the crate `opening-hours`.
//!
//! Public holidays: HSDS does not say what happens then. A schedule that names fewer than seven days of the week
//! counts as closed on public holidays unless it says otherwise, since a family at a closed door is worse than
//! one that asks first. `PH off` and `SH off` of OSM travel as `kekiz_public_holidays`/`kekiz_school_holidays`.

mod calendar;
mod osm;
mod recurrence;
mod text;

pub use calendar::{Calendar, Land, SchoolHoliday, SchoolHolidays, easter, public_holidays};
pub use osm::{Inexpressible, schedules_from_osm, schedules_to_osm};
pub use text::{german_text, span_text};

use crate::Offer;
use crate::hsds::Schedule;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};
use recurrence::Rule;

/// An opening on a day: minutes after midnight; `to` may pass 1440 when it ends after midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First minute.
    pub from: u16,
    /// Minute it ends.
    pub to: u16,
}

/// Opening times ready to be asked.
#[derive(Clone, Debug, Default)]
pub struct Hours {
    rules: Vec<Rule>,
    complex: Vec<opening_hours::OpeningHours>,
    schedules: Vec<Schedule>,
}

impl Hours {
    /// Opening times of an offer: its own schedules, else those of its places.
    pub fn of(offer: &Offer) -> Self {
        let service = &offer.service;
        let at = service.service_at_locations.iter();
        let at_places: Vec<Schedule> = at.clone().flat_map(|one| one.schedules.clone()).collect();
        let schedules = match (service.schedules.is_empty(), at_places.is_empty()) {
            (false, _) => [service.schedules.clone(), at_places].concat(),
            (true, false) => at_places,
            (true, true) => offer.locations().flat_map(|place| place.schedules.clone()).collect(),
        };
        Self::from_schedules(schedules)
    }

    /// Opening times from schedules. Schedules without usable times say nothing and are kept for the text only.
    pub fn from_schedules(schedules: Vec<Schedule>) -> Self {
        let mut hours = Self { schedules, ..Self::default() };
        for schedule in &hours.schedules {
            match osm::expression(schedule).map(str::parse) {
                Some(Ok(complex)) => hours.complex.push(complex),
                _ => hours.rules.extend(Rule::of(schedule)),
            }
        }
        hours
    }

    /// Opening times from an OSM expression; `None` if it is not readable.
    pub fn from_osm(text: &str) -> Option<Self> {
        schedules_from_osm(text).map(Self::from_schedules)
    }

    /// Whether nothing is known about opening.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.complex.is_empty()
    }

    /// The schedules they were made from.
    pub fn schedules(&self) -> &[Schedule] {
        &self.schedules
    }

    /// Openings that begin on a day, in order, overlapping ones joined.
    pub fn on(&self, day: Date, calendar: &Calendar) -> Vec<Span> {
        let mut spans: Vec<Span> =
            self.rules.iter().filter(|rule| rule.holds_on(day, calendar)).map(|rule| rule.span).collect();
        for hours in &self.complex {
            spans.extend(osm::spans_on(hours, day, calendar));
        }
        spans.sort_unstable();
        let mut joined: Vec<Span> = Vec::new();
        for span in spans {
            match joined.last_mut() {
                Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
                _ => joined.push(span),
            }
        }
        joined
    }
}

fn minute(time: Time) -> u16 {
    time.hour() as u16 * 60 + time.minute() as u16
}

/// Whether it is open at a moment (local time), also when the opening began the day before.
pub fn is_open_at(hours: &Hours, at: DateTime, calendar: &Calendar) -> bool {
    let now = minute(at.time());
    let within = |span: &Span, now: u16| span.from <= now && now < span.to;
    let night = at
        .date()
        .yesterday()
        .is_ok_and(|day| hours.on(day, calendar).iter().any(|span| within(span, now + 1440)));
    night || hours.on(at.date(), calendar).iter().any(|span| within(span, now))
}

/// Openings on a day; empty when closed or unknown.
pub fn open_today(hours: &Hours, today: Date, calendar: &Calendar) -> Vec<Span> {
    hours.on(today, calendar)
}

/// How far ahead the next opening is looked for, in days.
const HORIZON_DAYS: i32 = 400;

/// The next moment it opens after a moment (the present opening does not count); `None` within 400 days.
pub fn next_opening(hours: &Hours, after: DateTime, calendar: &Calendar) -> Option<DateTime> {
    if hours.is_empty() {
        return None;
    }
    (0..HORIZON_DAYS).find_map(|ahead| {
        let day = after.date().checked_add(ahead.days()).ok()?;
        let first =
            hours.on(day, calendar).into_iter().find(|span| ahead > 0 || span.from > minute(after.time()))?;
        let time = Time::new((first.from / 60 % 24) as i8, (first.from % 60) as i8, 0, 0).ok()?;
        Some(day.to_datetime(time))
    })
}

/// Whether it opens in the next school holidays of two days or more (or the present ones, from today on);
/// `None` if the table ends before, or nothing is known about opening.
pub fn open_in_holidays(hours: &Hours, today: Date, calendar: &Calendar) -> Option<bool> {
    if hours.is_empty() {
        return None;
    }
    let holiday = calendar.school().iter().find(|one| one.to >= today && one.from < one.to)?;
    let mut day = holiday.from.max(today);
    while day <= holiday.to {
        if !hours.on(day, calendar).is_empty() {
            return Some(true);
        }
        day = day.tomorrow().ok()?;
    }
    Some(false)
}
