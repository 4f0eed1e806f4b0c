//! Calendar files (iCalendar, RFC 5545): opening times of offers out, events in.

use super::is_forbidden;
use crate::hsds::Schedule;
use crate::{Offer, derived_uuid, opening};
use icalendar::{Calendar, Component, EventLike};
use jiff::civil::{Date, DateTime, Time};
use kekiz_base::{Diagnostics, Place, Severity};

/// An event read from a calendar file, in local time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    /// Identifier in the source; derived from the content where there is none.
    pub uid: String,
    /// Title.
    pub summary: String,
    /// Description.
    pub description: String,
    /// Where, as text.
    pub location: String,
    /// Web page.
    pub url: String,
    /// When, as schedule.
    pub schedule: Schedule,
}

/// Writes the opening times of offers as a calendar file. Every schedule with times becomes a repeating event
/// from its first date (or the first fitting day from `today`); `stamp` is the moment of writing.
pub fn write_calendar(offers: &[Offer], name: &str, today: Date, stamp: DateTime) -> String {
    let mut calendar = Calendar::new();
    calendar.name(name).timezone("Europe/Berlin");
    // Which weekday a series begins on does not depend on holidays.
    let plain = opening::Calendar::new(opening::Land::Nw, None);
    for offer in offers {
        let hours = opening::Hours::of(offer);
        for (number, schedule) in hours.schedules().iter().enumerate() {
            if let Some(event) = event(offer, schedule, number, today, stamp, &plain) {
                calendar.push(event);
            }
        }
    }
    calendar.done().to_string()
}

fn event(
    offer: &Offer,
    one: &Schedule,
    number: usize,
    today: Date,
    stamp: DateTime,
    plain: &opening::Calendar,
) -> Option<icalendar::Event> {
    let mut alone = one.clone();
    alone.more.insert("kekiz_public_holidays".into(), "open".into());
    let hours = opening::Hours::from_schedules(vec![alone]);
    let begin = one.dtstart.get(..10).and_then(|day| day.parse::<Date>().ok()).unwrap_or(today);
    let before = begin.yesterday().ok()?.at(23, 59, 0, 0);
    let first = opening::next_opening(&hours, before, plain)?;
    let span = *hours.on(first.date(), plain).first()?;
    let end = first.checked_add(jiff::ToSpan::minutes(i64::from(span.to - span.from))).ok()?;
    let mut event = icalendar::Event::new();
    event
        .uid(&derived_uuid(&["event", offer.id.as_str(), &one.id, &number.to_string()]))
        .add_property("DTSTAMP", format!("{}Z", compact(stamp)))
        .summary(&offer.service.name)
        .append_property(local("DTSTART", first))
        .append_property(local("DTEND", end));
    if !offer.service.description.is_empty() {
        event.description(&offer.service.description);
    }
    if let Some(address) = offer.addresses().first() {
        event.location(&format!("{}, {} {}", address.address_1, address.postal_code, address.city));
    }
    if !offer.service.url.is_empty() {
        event.url(&offer.service.url);
    }
    if let Some(rule) = recurrence(one) {
        event.add_property("RRULE", rule);
    }
    Some(event.done())
}

fn compact(at: DateTime) -> String {
    at.strftime("%Y%m%dT%H%M%S").to_string()
}

fn local(name: &str, at: DateTime) -> icalendar::Property {
    icalendar::Property::new(name, compact(at)).add_parameter("TZID", "Europe/Berlin").done()
}

/// The recurrence rule of a schedule; `None` if it happens once or has an OSM expression only.
fn recurrence(one: &Schedule) -> Option<String> {
    if one.freq.is_empty() && one.byday.is_empty() {
        return None;
    }
    let frequency = if one.freq.is_empty() { "WEEKLY" } else { &one.freq };
    let mut parts = vec![format!("FREQ={}", frequency.to_ascii_uppercase())];
    let mut text = |key: &str, value: &str| {
        let safe = !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || ",-+".contains(c));
        if safe {
            parts.push(format!("{key}={value}"));
        }
    };
    text("BYDAY", &one.byday.to_ascii_uppercase());
    text("BYMONTHDAY", &one.bymonthday);
    text("BYWEEKNO", &one.byweekno);
    text("BYYEARDAY", &one.byyearday);
    text("WKST", &one.wkst);
    text("INTERVAL", &one.interval.map(|n| (n as u32).to_string()).unwrap_or_default());
    text("COUNT", &one.count.map(|n| (n as u32).to_string()).unwrap_or_default());
    let until = [&one.until, &one.valid_to].into_iter().filter_map(|day| day.get(..10)).min();
    if one.count.is_none()
        && let Some(until) = until.and_then(|day| day.parse::<Date>().ok())
    {
        text("UNTIL", &until.strftime("%Y%m%dT235959").to_string());
    }
    Some(parts.join(";"))
}

/// Largest calendar file read, in bytes.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Reads the events of a calendar file. Events without a start and texts with control characters are refused
/// with a finding; a file that is no calendar gives no events and an error.
pub fn read_calendar(bytes: &[u8]) -> (Vec<Event>, Diagnostics) {
    let mut findings = Diagnostics::new();
    let mut refuse = |code: &'static str, column: Option<&str>, message: &str, remedy: &str| {
        let place = Place { column: column.map(str::to_string), ..Place::default() };
        findings.push(Severity::Error, code, place, message, remedy);
    };
    if bytes.len() > MAX_BYTES {
        refuse("calendar-size", None, "Die Kalenderdatei ist größer als 16 MB.", "Bitte in Teilen einlesen.");
        return (Vec::new(), findings);
    }
    let text = String::from_utf8_lossy(bytes);
    let text = icalendar::parser::unfold(text.trim_start_matches('\u{feff}'));
    let read =
        if nested_too_deep(&text) { Err(String::new()) } else { icalendar::parser::read_calendar(&text) };
    let Ok(calendar) = read else {
        refuse(
            "calendar-syntax",
            None,
            "Das ist keine lesbare Kalenderdatei.",
            "Bitte die Datei als iCalendar (.ics) neu ausgeben.",
        );
        return (Vec::new(), findings);
    };
    let mut events = Vec::new();
    for component in calendar.components.iter().filter(|one| one.name == "VEVENT") {
        let value = |name: &str| component.find_prop(name).map(|one| one.val.to_string()).unwrap_or_default();
        let texts = ["SUMMARY", "DESCRIPTION", "LOCATION", "URL", "UID"].map(|name| unescape(&value(name)));
        let title = texts[0].chars().filter(|c| !is_forbidden(*c)).take(60).collect::<String>();
        if texts.iter().any(|text| text.chars().any(is_forbidden)) {
            refuse(
                "control-character",
                Some(&title),
                "Der Termin enthält unsichtbare Steuerzeichen.",
                "Bitte den Text neu eintippen.",
            );
            continue;
        }
        let Some(schedule) = schedule(&value) else {
            refuse(
                "calendar-start",
                Some(&title),
                "Dem Termin fehlt ein lesbarer Beginn.",
                "Bitte Beginn und Ende angeben.",
            );
            continue;
        };
        let [summary, description, location, url, uid] = texts;
        let uid = if uid.is_empty() { derived_uuid(&["event", &summary, &schedule.id]) } else { uid };
        events.push(Event { uid, summary, description, location, url, schedule });
    }
    (events, findings)
}

/// Components may be nested (alarms in events in calendars); more than a few levels is an attack on the reader.
fn nested_too_deep(text: &str) -> bool {
    let mut depth = 0u32;
    text.lines().any(|line| {
        let line = line.trim_start();
        if line.get(..6).is_some_and(|head| head.eq_ignore_ascii_case("BEGIN:")) {
            depth += 1;
        } else if line.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("END:")) {
            depth = depth.saturating_sub(1);
        }
        depth > 8
    })
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut escaped = false;
    for c in text.chars() {
        match (escaped, c) {
            (false, '\\') => escaped = true,
            (true, 'n' | 'N') => (out.push('\n'), escaped = false).1,
            _ => (out.push(c), escaped = false).1,
        }
    }
    out
}

fn schedule(value: &dyn Fn(&str) -> String) -> Option<Schedule> {
    let start = moment(&value("DTSTART"))?;
    let whole_day = value("DTSTART").trim().len() == 8;
    let end = moment(&value("DTEND")).unwrap_or_else(|| start.date().at(23, 59, 0, 0));
    let clock = |at: DateTime| at.strftime("%H:%M").to_string();
    let rule = value("RRULE");
    let part = |name: &str| {
        let found = rule
            .split(';')
            .filter_map(|part| part.split_once('='))
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim().to_string()).unwrap_or_default()
    };
    let number = |name: &str| part(name).parse::<u32>().ok().map(f64::from);
    Some(Schedule {
        id: derived_uuid(&["schedule", &value("DTSTART"), &value("DTEND"), &rule]),
        dtstart: start.date().to_string(),
        opens_at: if whole_day { "00:00".into() } else { clock(start) },
        closes_at: if whole_day { "24:00".into() } else { clock(end) },
        freq: part("FREQ").to_ascii_uppercase(),
        byday: part("BYDAY").to_ascii_uppercase(),
        bymonthday: part("BYMONTHDAY"),
        byweekno: part("BYWEEKNO"),
        byyearday: part("BYYEARDAY"),
        wkst: part("WKST").to_ascii_uppercase(),
        interval: number("INTERVAL"),
        count: number("COUNT"),
        until: moment(&part("UNTIL")).map(|at| at.date().to_string()).unwrap_or_default(),
        ..Schedule::default()
    })
}

/// `20260301T090000` (with or without `Z`) or `20260301`. Times in UTC become German local time.
fn moment(text: &str) -> Option<DateTime> {
    let text = text.trim();
    let digits = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<i16>().ok());
    let small = |range| digits(range).and_then(|n| i8::try_from(n).ok());
    let day = Date::new(digits(0..4)?, small(4..6)?, small(6..8)?).ok()?;
    if text.len() == 8 {
        return Some(day.at(0, 0, 0, 0));
    }
    let at = day
        .to_datetime(Time::new(small(9..11)?, small(11..13)?, small(13..15).unwrap_or(0).min(59), 0).ok()?);
    if text.ends_with('Z') { german_time(at) } else { Some(at) }
}

/// Local time in Germany of a moment in UTC: one hour more, two in summer time (last Sunday of March 01:00 UTC
/// to last Sunday of October 01:00 UTC, Directive 2000/84/EC).
fn german_time(utc: DateTime) -> Option<DateTime> {
    let change = |month: i8| {
        let last = Date::new(utc.year(), month, 31).ok()?;
        let back = i32::from(last.weekday().to_sunday_zero_offset());
        Some(last.checked_sub(jiff::ToSpan::days(back)).ok()?.at(1, 0, 0, 0))
    };
    let summer = change(3)? <= utc && utc < change(10)?;
    utc.checked_add(jiff::ToSpan::hours(if summer { 2 } else { 1 })).ok()
}
