//! Schedules and OSM `opening_hours`, both ways.
//!
//! Source: <https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification>.

use super::recurrence::{On, PUBLIC, SCHOOL, minutes, read_date, read_days, said, weekday_code};
use super::{Calendar, Span};
use crate::derived_uuid;
use crate::hsds::Schedule;
use jiff::civil::{Date, Weekday};
use opening_hours::{Context, OpeningHours};

/// Where a schedule keeps an OSM expression that recurrence rules cannot say.
const OSM: &str = "opening_hours";

/// The OSM expression a schedule carries.
pub(super) fn expression(schedule: &Schedule) -> Option<&str> {
    schedule.more.get(OSM).and_then(|value| value.as_str())
}

const DAYS: [(&str, Weekday); 7] = [
    ("Mo", Weekday::Monday),
    ("Tu", Weekday::Tuesday),
    ("We", Weekday::Wednesday),
    ("Th", Weekday::Thursday),
    ("Fr", Weekday::Friday),
    ("Sa", Weekday::Saturday),
    ("Su", Weekday::Sunday),
];

/// Openings of an OSM expression on a day; what passes midnight is cut there and continues on the next day.
pub(super) fn spans_on(hours: &OpeningHours, day: Date, calendar: &Calendar) -> Vec<Span> {
    let Some(day) = super::calendar::foreign(day) else { return Vec::new() };
    let context = Context::default().with_holidays(calendar.holidays.clone());
    let ranges = hours.clone().with_context(context).schedule_at(day);
    let open = ranges.into_iter().filter(|range| range.kind == opening_hours::RuleKind::Open);
    open.map(|range| Span {
        from: range.range.start.mins_from_midnight(),
        to: range.range.end.mins_from_midnight(),
    })
    .collect()
}

/// Schedules that say what an OSM expression says; `None` if it is not readable.
///
/// Days of the week with times, `Mo[1]`, `PH off` and `SH off` become recurrence rules. Any other expression is
/// kept whole in one schedule (`opening_hours`), so that writing gives it back.
pub fn schedules_from_osm(text: &str) -> Option<Vec<Schedule>> {
    let text = text.trim();
    if text.is_empty() || text.len() > 4096 || text.parse::<OpeningHours>().is_err() {
        return None;
    }
    Some(simple(text).unwrap_or_else(|| vec![whole(text)]))
}

fn whole(text: &str) -> Schedule {
    let mut schedule = Schedule { id: derived_uuid(&["schedule", text]), ..Schedule::default() };
    schedule.more.insert(OSM.into(), text.into());
    schedule
}

/// Rules of the simple kind; `None` if any part is of another kind.
fn simple(text: &str) -> Option<Vec<Schedule>> {
    if text == "24/7" {
        let all = DAYS.map(|(_, day)| (0i8, day)).to_vec();
        return Some(vec![schedule(text, 0, &all, "00:00", "24:00")]);
    }
    let (mut found, mut flags): (Vec<Schedule>, Vec<&str>) = (Vec::new(), Vec::new());
    let mut named: Vec<(i8, Weekday)> = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        if let Some(kinds) = part.strip_suffix(" off").or_else(|| part.strip_suffix(" closed")) {
            for kind in kinds.split(',').map(str::trim) {
                flags.push(match kind {
                    "PH" => PUBLIC,
                    "SH" => SCHOOL,
                    _ => return None,
                });
            }
            continue;
        }
        let (days, times) = part.split_once(' ')?;
        let days = read_osm_days(days)?;
        // A later rule for the same day replaces an earlier one: not simple.
        if !flags.is_empty() || days.iter().any(|day| named.iter().any(|(_, one)| *one == day.1)) {
            return None;
        }
        named.extend(&days);
        for (number, span) in times.split(',').map(str::trim).enumerate() {
            let (from, to) = span.split_once('-')?;
            let clock = |text: &str| text.len() == 5 && minutes(text).is_some();
            if !clock(from) || !clock(to) {
                return None;
            }
            found.push(schedule(part, number, &days, from, to));
        }
    }
    for one in &mut found {
        one.more.extend(flags.iter().map(|flag| (flag.to_string(), "closed".into())));
    }
    (!found.is_empty()).then_some(found)
}

fn schedule(part: &str, number: usize, days: &[(i8, Weekday)], from: &str, to: &str) -> Schedule {
    let monthly = days.iter().any(|(place, _)| *place != 0);
    let word = |(place, day): &(i8, Weekday)| match place {
        0 => weekday_code(*day).to_string(),
        _ => format!("{place}{}", weekday_code(*day)),
    };
    Schedule {
        id: derived_uuid(&["schedule", part, &number.to_string()]),
        freq: if monthly { "MONTHLY" } else { "WEEKLY" }.into(),
        byday: days.iter().map(word).collect::<Vec<_>>().join(","),
        opens_at: from.into(),
        closes_at: to.into(),
        ..Schedule::default()
    }
}

/// Reads `Mo-Fr,Su` or `Mo[1],We[-1]`.
fn read_osm_days(text: &str) -> Option<Vec<(i8, Weekday)>> {
    let day = |code: &str| DAYS.iter().position(|(name, _)| *name == code);
    let mut found = Vec::new();
    for word in text.split(',') {
        if let Some((code, place)) = word.strip_suffix(']').and_then(|word| word.split_once('[')) {
            let place: i8 = place.parse().ok().filter(|n| (1..=5).contains(n) || *n == -1)?;
            found.push((place, DAYS[day(code)?].1));
            continue;
        }
        let (first, last) = word.split_once('-').unwrap_or((word, word));
        let (first, last) = (day(first)?, day(last)?);
        let length = (last + 7 - first) % 7;
        found.extend((first..=first + length).map(|place| (0, DAYS[place % 7].1)));
    }
    let mut days: Vec<Weekday> = found.iter().map(|(_, day)| *day).collect();
    days.sort_by_key(|day| day.to_monday_zero_offset());
    days.dedup();
    let mixed = found.iter().any(|(place, _)| *place == 0) && found.iter().any(|(place, _)| *place != 0);
    (days.len() == found.len() && !mixed).then_some(found)
}

/// Why schedules cannot be said in OSM.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Die Öffnungszeiten lassen sich nicht als OSM-Ausdruck schreiben: {reason}.")]
pub struct Inexpressible {
    /// What stands in the way.
    pub reason: &'static str,
}

/// An OSM expression that says what schedules say.
///
/// Refused are rules OSM has no exact word for: every second week, a number of times, days of the year, and
/// different words on holidays in one set of schedules.
pub fn schedules_to_osm(schedules: &[Schedule]) -> Result<String, Inexpressible> {
    if let [one] = schedules
        && let Some(text) = expression(one)
    {
        return Ok(text.to_string());
    }
    let refuse = |reason| Err(Inexpressible { reason });
    let mut parts: Vec<(String, Vec<String>)> = Vec::new();
    let flags = |one: &Schedule| (said(one, PUBLIC), said(one, SCHOOL));
    let Some(first) = schedules.first() else { return refuse("es gibt keine") };
    for one in schedules {
        if expression(one).is_some() {
            return refuse("mehrere OSM-Ausdrücke");
        }
        if flags(one) != flags(first) {
            return refuse("an Feiertagen oder in den Ferien gelten verschiedene Regeln");
        }
        let days = days_text(one)?;
        let (Some(from), Some(to)) = (minutes(&one.opens_at), minutes(&one.closes_at)) else {
            return refuse("Anfang oder Ende fehlt");
        };
        let time = format!("{}-{}", clock(from), clock(to));
        match parts.iter_mut().find(|(text, _)| *text == days) {
            Some((_, times)) => times.push(time),
            None => parts.push((days, vec![time])),
        }
    }
    let mut text = String::new();
    for (days, times) in parts {
        // `;` would let a later rule replace an earlier one on the same day; a comma adds to it.
        let shared = text.split("; ").any(|part| share_a_day(part, &days));
        text += if text.is_empty() {
            ""
        } else if shared {
            ", "
        } else {
            "; "
        };
        text += &[days, times.join(",")]
            .iter()
            .filter(|part| !part.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(" ");
    }
    let (public, school) = flags(first);
    for (on, word) in [(public, "PH"), (school, "SH")] {
        match on {
            On::Closed => text += &format!("; {word} off"),
            On::Only => return refuse("nur an Feiertagen oder nur in den Ferien"),
            On::Open | On::Unsaid => {}
        }
    }
    Ok(text)
}

fn share_a_day(part: &str, days: &str) -> bool {
    let of = |text: &str| {
        read_osm_days(
            text.rsplit_once(' ').map_or(text, |(head, _)| head).split(' ').next_back().unwrap_or_default(),
        )
    };
    match (of(part), read_osm_days(days.split(' ').next_back().unwrap_or_default())) {
        (Some(a), Some(b)) => a.iter().any(|(_, day)| b.iter().any(|(_, other)| day == other)),
        _ => true,
    }
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn days_text(one: &Schedule) -> Result<String, Inexpressible> {
    let refuse = |reason| Err(Inexpressible { reason });
    let days = read_days(&one.byday);
    if one.interval.is_some_and(|every| every != 1.0) {
        return refuse("nicht in jeder Woche");
    }
    if one.count.is_some()
        || !one.byyearday.is_empty()
        || !one.byweekno.is_empty()
        || !one.bymonthday.is_empty()
    {
        return refuse("eine Zahl von Terminen oder bestimmte Tage");
    }
    let monthly = one.freq.eq_ignore_ascii_case("MONTHLY");
    if !monthly && !one.freq.eq_ignore_ascii_case("WEEKLY") || days.is_empty() {
        return refuse("weder wöchentlich noch monatlich an Wochentagen");
    }
    if days.iter().any(|(place, _)| *place < -1) {
        return refuse("vorletzte Wochentage des Monats");
    }
    let name = |day: Weekday| DAYS[day.to_monday_zero_offset() as usize % 7].0;
    let word = |(place, day): &(i8, Weekday)| match place {
        0 => name(*day).to_string(),
        _ if !monthly => name(*day).to_string(),
        _ => format!("{}[{place}]", name(*day)),
    };
    let week = days.iter().map(word).collect::<Vec<_>>().join(",");
    let from = [&one.dtstart, &one.valid_from].into_iter().filter_map(|text| read_date(text)).max();
    let to = [&one.until, &one.valid_to].into_iter().filter_map(|text| read_date(text)).min();
    match (from, to) {
        (None, None) => Ok(week),
        (Some(from), Some(to)) => Ok(format!("{}-{} {week}", osm_date(from), osm_date(to))),
        _ => refuse("nur ein Anfang oder nur ein Ende der Gültigkeit"),
    }
}

fn osm_date(day: Date) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    format!("{} {} {:02}", day.year(), MONTHS[(day.month() as usize + 11) % 12], day.day())
}
