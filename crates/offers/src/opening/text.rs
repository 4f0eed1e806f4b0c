//! Opening times in German words.

use super::recurrence::{On, PUBLIC, SCHOOL, minutes, read_date, read_days, said};
use super::{Span, osm};
use crate::hsds::Schedule;
use jiff::civil::{Date, Weekday};
use kekiz_base::date::MONTHS;

const DAYS: [&str; 7] =
    ["montags", "dienstags", "mittwochs", "donnerstags", "freitags", "samstags", "sonntags"];
const DAY_NAMES: [&str; 7] =
    ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"];

/// A span in words: `9–11 Uhr`, `9:30–12 Uhr`.
pub fn span_text(span: Span) -> String {
    format!("{} Uhr", bare(span))
}

fn bare(span: Span) -> String {
    let clock = |minute: u16| {
        let (hour, minute) = (if minute == 1440 { 24 } else { minute / 60 % 24 }, minute % 60);
        if minute == 0 { hour.to_string() } else { format!("{hour}:{minute:02}") }
    };
    format!("{}–{}", clock(span.from), clock(span.to))
}

/// Schedules in German: `montags und mittwochs 9–11 Uhr; an Feiertagen geschlossen`. A schedule without times gives
/// its own description. Empty if nothing is known.
pub fn german_text(schedules: &[Schedule]) -> String {
    let mut groups: Vec<(String, Vec<String>, String)> = Vec::new();
    let mut words: Vec<String> = Vec::new();
    for one in schedules {
        match (minutes(&one.opens_at), minutes(&one.closes_at)) {
            (Some(from), Some(to)) => {
                let span = bare(Span { from, to });
                let (days, validity) = (days_text(one), validity_text(one));
                match groups.iter_mut().find(|(other, _, valid)| *other == days && *valid == validity) {
                    Some((_, spans, _)) => spans.push(span),
                    None => groups.push((days, vec![span], validity)),
                }
            }
            _ if !one.description.is_empty() => words.push(one.description.clone()),
            _ => words.extend(osm::expression(one).map(str::to_string)),
        }
    }
    let mut parts: Vec<String> = Vec::new();
    for (days, spans, validity) in groups {
        let text = [days, format!("{} Uhr", join(&spans)), validity];
        parts.push(text.iter().filter(|word| !word.is_empty()).cloned().collect::<Vec<_>>().join(" "));
    }
    parts.extend(words);
    for (key, closed, only) in [
        (PUBLIC, "an Feiertagen geschlossen", "nur an Feiertagen"),
        (SCHOOL, "in den Schulferien geschlossen", "nur in den Schulferien"),
    ] {
        let all = |on: On| !schedules.is_empty() && schedules.iter().all(|one| said(one, key) == on);
        if all(On::Closed) {
            parts.push(closed.into());
        } else if all(On::Only) {
            parts.push(only.into());
        }
    }
    parts.join("; ")
}

fn join(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} und {last}", rest.join(", ")),
    }
}

fn days_text(one: &Schedule) -> String {
    let days = read_days(&one.byday);
    let every = one.interval.filter(|every| *every > 1.0).map(|every| every as i64);
    match one.freq.to_ascii_uppercase().as_str() {
        "MONTHLY" => {
            let mut places: Vec<String> = days.iter().map(|day| place_text(*day)).collect();
            let month_days = one.bymonthday.split(',').filter_map(|word| word.trim().parse::<i8>().ok());
            places
                .extend(month_days.map(|day| if day < 0 { "letzten Tag".into() } else { format!("{day}.") }));
            let when = every.map_or("im Monat".to_string(), |every| format!("alle {every} Monate"));
            if places.is_empty() { "einmal im Monat".into() } else { format!("am {} {when}", join(&places)) }
        }
        "DAILY" if days.is_empty() => "täglich".into(),
        _ => {
            let when = every.map_or(String::new(), |every| format!("alle {every} Wochen "));
            let once = days.is_empty().then(|| read_date(&one.dtstart)).flatten();
            let text = once.map_or_else(|| week_text(&days), |day| format!("am {}", date_text(day)));
            format!("{when}{text}")
        }
    }
}

fn place_text((place, day): (i8, Weekday)) -> String {
    let name = DAY_NAMES[day.to_monday_zero_offset() as usize % 7];
    match place {
        0 => name.into(),
        -1 => format!("letzten {name}"),
        _ if place < 0 => format!("{}.-letzten {name}", -place),
        _ => format!("{place}. {name}"),
    }
}

/// Days of the week: three or more in a row as a range.
fn week_text(days: &[(i8, Weekday)]) -> String {
    let mut numbers: Vec<usize> =
        days.iter().map(|(_, day)| day.to_monday_zero_offset() as usize % 7).collect();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.len() == 7 {
        return "täglich".into();
    }
    let mut words = Vec::new();
    let mut at = 0;
    while at < numbers.len() {
        let mut end = at;
        while numbers.get(end + 1) == Some(&(numbers[end] + 1)) {
            end += 1;
        }
        if end - at >= 2 {
            words.push(format!("{} bis {}", DAYS[numbers[at]], DAYS[numbers[end]]));
        } else {
            words.extend(numbers[at..=end].iter().map(|day| DAYS[*day].to_string()));
        }
        at = end + 1;
    }
    join(&words)
}

pub(crate) fn date_text(day: Date) -> String {
    format!("{}. {} {}", day.day(), MONTHS[(day.month() as usize + 11) % 12], day.year())
}

fn validity_text(one: &Schedule) -> String {
    let once = one.freq.is_empty() && one.byday.is_empty();
    let from = read_date(&one.valid_from).or_else(|| read_date(&one.dtstart)).filter(|_| !once);
    let to = read_date(&one.valid_to).or_else(|| read_date(&one.until));
    match (from, to) {
        (Some(from), Some(to)) => format!("(vom {} bis {})", date_text(from), date_text(to)),
        (Some(from), None) => format!("(ab {})", date_text(from)),
        (None, Some(to)) => format!("(bis {})", date_text(to)),
        (None, None) => String::new(),
    }
}
