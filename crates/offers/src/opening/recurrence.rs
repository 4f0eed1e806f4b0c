//! Recurrence rules of RFC 5545 as HSDS schedules hold them, asked day by day.

use super::{Calendar, Span};
use crate::hsds::Schedule;
use jiff::civil::{Date, Time, Weekday};

/// What a schedule says about holidays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    Unsaid,
    Open,
    Closed,
    Only,
}

pub(super) const PUBLIC: &str = "kekiz_public_holidays";
pub(super) const SCHOOL: &str = "kekiz_school_holidays";

pub(super) fn said(schedule: &Schedule, key: &str) -> On {
    match schedule.more.get(key).and_then(|value| value.as_str()) {
        Some("open") => On::Open,
        Some("closed") => On::Closed,
        Some("only") => On::Only,
        _ => On::Unsaid,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// A day of the week, with its place in the month (`1MO`, `-1FR`); 0: every one.
pub(super) type Day = (i8, Weekday);

/// A schedule that can be asked whether it holds on a day.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rule {
    pub(super) span: Span,
    frequency: Frequency,
    interval: i32,
    start: Option<Date>,
    end: Option<Date>,
    count: Option<u32>,
    week_start: Weekday,
    days: Vec<Day>,
    month_days: Vec<i32>,
    weeks: Vec<i32>,
    year_days: Vec<i32>,
    public: On,
    school: On,
}

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("MO", Weekday::Monday),
    ("TU", Weekday::Tuesday),
    ("WE", Weekday::Wednesday),
    ("TH", Weekday::Thursday),
    ("FR", Weekday::Friday),
    ("SA", Weekday::Saturday),
    ("SU", Weekday::Sunday),
];

pub(super) fn weekday(code: &str) -> Option<Weekday> {
    WEEKDAYS.iter().find(|(name, _)| name.eq_ignore_ascii_case(code)).map(|(_, day)| *day)
}

pub(super) fn weekday_code(day: Weekday) -> &'static str {
    WEEKDAYS[day.to_monday_zero_offset() as usize % 7].0
}

/// Reads `MO,WE` or `1MO,-1FR`; what is not readable is left out.
pub(super) fn read_days(text: &str) -> Vec<Day> {
    let one = |word: &str| {
        let word = word.trim();
        let cut = word.len().checked_sub(2).filter(|cut| word.is_char_boundary(*cut))?;
        let (place, code) = word.split_at(cut);
        let place =
            if place.is_empty() { 0 } else { place.parse().ok().filter(|n: &i8| (-5..=5).contains(n))? };
        Some((place, weekday(code)?))
    };
    text.split(',').filter_map(one).collect()
}

fn numbers(text: &str) -> Vec<i32> {
    text.split(',').filter_map(|word| word.trim().parse().ok()).collect()
}

/// A time of day: `09:00`, `9:00:00`, `24:00`, with a zone behind it that is not used.
pub(super) fn minutes(text: &str) -> Option<u16> {
    let text = text.trim().trim_end_matches('Z');
    let text = text.split(['+', '-']).next().unwrap_or_default();
    let mut parts = text.split(':');
    let hour: u16 = parts.next()?.parse().ok()?;
    let minute: u16 = parts.next().unwrap_or("0").parse().ok()?;
    let end_of_day = hour == 24 && minute == 0;
    (end_of_day || Time::new(hour.try_into().ok()?, minute.try_into().ok()?, 0, 0).is_ok())
        .then_some(hour * 60 + minute)
}

pub(super) fn read_date(text: &str) -> Option<Date> {
    text.get(..10).and_then(|day| day.parse().ok())
}

fn whole(number: Option<f64>) -> Option<u32> {
    number.filter(|n| *n >= 1.0 && *n < 100_000.0).map(|n| n as u32)
}

impl Rule {
    /// The rule of a schedule; `None` without opening and closing time. No frequency means once on `dtstart` if
    /// no day of the week is named, else every week.
    pub(super) fn of(schedule: &Schedule) -> Option<Self> {
        let (from, to) = (minutes(&schedule.opens_at)?, minutes(&schedule.closes_at)?);
        let span = Span { from, to: if to <= from { to + 1440 } else { to } };
        let latest = |a: Option<Date>, b: Option<Date>| a.into_iter().chain(b).max();
        let earliest = |a: Option<Date>, b: Option<Date>| a.into_iter().chain(b).min();
        let start = read_date(&schedule.dtstart);
        let days = read_days(&schedule.byday);
        let once = schedule.freq.is_empty() && days.is_empty();
        let frequency = match schedule.freq.to_ascii_uppercase().as_str() {
            "DAILY" => Frequency::Daily,
            "MONTHLY" => Frequency::Monthly,
            "YEARLY" => Frequency::Yearly,
            _ if once => Frequency::Daily,
            _ => Frequency::Weekly,
        };
        if once && start.is_none() {
            return None;
        }
        let every_day = frequency == Frequency::Daily && schedule.byday.is_empty() || {
            WEEKDAYS.iter().all(|(_, day)| days.contains(&(0, *day)))
        };
        let public = match said(schedule, PUBLIC) {
            On::Unsaid if every_day => On::Open,
            On::Unsaid => On::Closed,
            other => other,
        };
        Some(Self {
            span,
            frequency,
            interval: whole(schedule.interval).unwrap_or(1) as i32,
            start: latest(start, read_date(&schedule.valid_from)),
            end: earliest(read_date(&schedule.until), read_date(&schedule.valid_to)),
            count: if once { Some(1) } else { whole(schedule.count) },
            week_start: weekday(&schedule.wkst).unwrap_or(Weekday::Monday),
            days,
            month_days: numbers(&schedule.bymonthday),
            weeks: numbers(&schedule.byweekno),
            year_days: numbers(&schedule.byyearday),
            public,
            school: said(schedule, SCHOOL),
        })
    }

    pub(super) fn holds_on(&self, day: Date, calendar: &Calendar) -> bool {
        let in_time = self.start.is_none_or(|start| start <= day) && self.end.is_none_or(|end| day <= end);
        if !in_time || !self.matches(day) {
            return false;
        }
        let allowed = |on: On, holiday: bool| match on {
            On::Closed => !holiday,
            On::Only => holiday,
            On::Open | On::Unsaid => true,
        };
        allowed(self.public, calendar.public_holiday(day).is_some())
            && allowed(self.school, calendar.school_holiday(day).is_some())
            && self.within_count(day)
    }

    /// Whether a day is among the first `count` ones since `dtstart`; looks at 100 years at most.
    fn within_count(&self, day: Date) -> bool {
        let (Some(count), Some(start)) = (self.count, self.start) else { return true };
        let before = start.series(jiff::ToSpan::day(1)).take(36_525).take_while(|one| *one < day);
        (before.filter(|one| self.matches(*one)).take(count as usize).count() as u32) < count
    }

    fn matches(&self, day: Date) -> bool {
        let anchor = self.start.unwrap_or(day);
        let periods = match self.frequency {
            Frequency::Daily => (day - anchor).get_days(),
            Frequency::Weekly => (self.week_of(day) - self.week_of(anchor)).get_days() / 7,
            Frequency::Monthly => months(day) - months(anchor),
            Frequency::Yearly => i32::from(day.year()) - i32::from(anchor.year()),
        };
        periods % self.interval == 0
            && self.day_matches(day, anchor)
            && (self.weeks.is_empty() || self.weeks.contains(&i32::from(day.iso_week_date().week())))
            && matches_from_end(&self.year_days, day.day_of_year().into(), day.days_in_year().into())
    }

    fn day_matches(&self, day: Date, anchor: Date) -> bool {
        let by_month_day = matches_from_end(&self.month_days, day.day().into(), day.days_in_month().into());
        let none = self.days.is_empty() && self.month_days.is_empty() && self.year_days.is_empty();
        if none {
            return match self.frequency {
                Frequency::Daily => true,
                Frequency::Weekly => self.start.is_some() && day.weekday() == anchor.weekday(),
                Frequency::Monthly => self.start.is_some() && day.day() == anchor.day(),
                Frequency::Yearly => {
                    self.start.is_some() && (day.month(), day.day()) == (anchor.month(), anchor.day())
                }
            };
        }
        let place = (day.day() - 1) / 7 + 1;
        let from_end = -((day.days_in_month() - day.day()) / 7 + 1);
        let fits = |&(nth, weekday): &Day| {
            weekday == day.weekday()
                && (nth == 0 || self.frequency == Frequency::Weekly || nth == place || nth == from_end)
        };
        by_month_day && (self.days.is_empty() || self.days.iter().any(fits))
    }

    fn week_of(&self, day: Date) -> Date {
        let back = day.weekday().since(self.week_start);
        day.checked_sub(jiff::ToSpan::days(i32::from(back))).unwrap_or(day)
    }
}

fn months(day: Date) -> i32 {
    i32::from(day.year()) * 12 + i32::from(day.month())
}

fn matches_from_end(wanted: &[i32], number: i32, last: i32) -> bool {
    wanted.is_empty() || wanted.contains(&number) || wanted.contains(&(number - last - 1))
}
