//! Holidays, opening times, and their words.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use jiff::civil::{Date, DateTime, date, datetime};
use kekiz_offers::hsds::Schedule;
use kekiz_offers::opening::{
    Calendar, Hours, Land, SchoolHolidays, Span, easter, german_text, is_open_at, next_opening,
    open_in_holidays, open_today, public_holidays, schedules_from_osm, schedules_to_osm, span_text,
};
use proptest::prelude::*;

fn nrw() -> Calendar {
    Calendar::new(Land::Nw, Some(SchoolHolidays::shipped(Land::Nw).unwrap()))
}

/// Easter Sundays from python-dateutil 2.9.0 (`dateutil.easter.easter`).
#[test]
fn easter_is_where_it_is() {
    for (year, day) in [
        (1961, date(1961, 4, 2)),
        (2000, date(2000, 4, 23)),
        (2025, date(2025, 4, 20)),
        (2026, date(2026, 4, 5)),
        (2027, date(2027, 3, 28)),
        (2028, date(2028, 4, 16)),
        (2038, date(2038, 4, 25)),
        (2285, date(2285, 3, 22)),
    ] {
        assert_eq!(easter(year), Some(day));
    }
    assert_eq!(easter(1500), None);
}

#[test]
fn every_land_has_its_holidays() {
    let count = |land| public_holidays(land, 2026).len();
    let expected = [
        (Land::Bw, 12),
        (Land::By, 12),
        (Land::Be, 10),
        (Land::Bb, 12),
        (Land::Hb, 10),
        (Land::Hh, 10),
        (Land::He, 10),
        (Land::Mv, 11),
        (Land::Ni, 10),
        (Land::Nw, 11),
        (Land::Rp, 11),
        (Land::Sl, 12),
        (Land::Sn, 11),
        (Land::St, 11),
        (Land::Sh, 10),
        (Land::Th, 11),
    ];
    for (land, number) in expected {
        assert_eq!(count(land), number, "{land:?}");
    }
    let repentance = |year, day| assert!(public_holidays(Land::Sn, year).contains(&(day, "Buß- und Bettag")));
    repentance(2026, date(2026, 11, 18));
    repentance(2028, date(2028, 11, 22));
    assert_eq!(nrw().public_holiday(date(2026, 6, 4)), Some("Fronleichnam"));
}

#[test]
fn school_holidays_are_a_table() {
    let table = SchoolHolidays::shipped(Land::Nw).unwrap();
    assert_eq!(table.holidays.len(), 19);
    assert!(table.holidays.windows(2).all(|pair| pair[0].to < pair[1].from));
    let name = |day: Date| nrw().school_holiday(day).map(|one| one.name.clone());
    assert_eq!(name(date(2026, 9, 1)).as_deref(), Some("Sommerferien"));
    assert_eq!(name(date(2026, 9, 2)), None);
    let wrong = "version = 1\nland = \"NW\"\nsource = \"x\"\nas_of = \"2026-01-01\"\n[[holiday]]\nname = \"O\"\nfrom = \"2026-02-02\"\nto = \"2026-02-01\"";
    assert!(SchoolHolidays::read("x", wrong).unwrap_err().to_string().contains("bevor"));
}

fn hours(osm: &str) -> Hours {
    Hours::from_osm(osm).unwrap()
}

#[test]
fn today_now_and_next() {
    let calendar = nrw();
    let monday = hours("Mo,We 09:00-11:00");
    assert_eq!(open_today(&monday, date(2026, 11, 23), &calendar), [Span { from: 540, to: 660 }]);
    assert!(open_today(&monday, date(2026, 11, 24), &calendar).is_empty());
    let open = |hours: &Hours, at: DateTime| is_open_at(hours, at, &calendar);
    assert!(open(&monday, datetime(2026, 11, 23, 9, 0, 0, 0)));
    assert!(!open(&monday, datetime(2026, 11, 23, 11, 0, 0, 0)));
    assert_eq!(
        next_opening(&monday, datetime(2026, 11, 23, 9, 0, 0, 0), &calendar),
        Some(datetime(2026, 11, 25, 9, 0, 0, 0))
    );
    // Ostermontag 2026: closed, though it is a Monday.
    assert!(open_today(&monday, date(2026, 4, 6), &calendar).is_empty());
    // Every day: also on Christmas.
    assert!(open(&hours("24/7"), datetime(2026, 12, 25, 23, 59, 0, 0)));
    // Past midnight.
    let night = hours("Fr 22:00-02:00");
    assert!(open(&night, datetime(2026, 11, 28, 1, 30, 0, 0)));
    assert!(!open(&night, datetime(2026, 11, 28, 2, 0, 0, 0)));
    assert_eq!(next_opening(&Hours::default(), datetime(2026, 1, 1, 0, 0, 0, 0), &calendar), None);
}

#[test]
fn open_in_the_holidays() {
    let calendar = nrw();
    let check = |osm: &str, today: Date, expected| {
        assert_eq!(open_in_holidays(&hours(osm), today, &calendar), expected, "{osm} {today}");
    };
    check("Mo 09:00-11:00", date(2026, 11, 24), Some(true));
    check("Mo 09:00-11:00; SH off", date(2026, 11, 24), Some(false));
    check("SH Mo-Fr 10:00-16:00", date(2026, 7, 1), Some(true));
    check("Mo 09:00-11:00; SH off", date(2030, 1, 1), None);
    // On the last Tuesday of the summer holidays a Monday group does not meet again in them.
    check("Mo 09:00-11:00", date(2026, 9, 1), Some(false));
}

#[test]
fn recurrence_rules_are_asked_day_by_day() {
    let calendar = nrw();
    let check = |edit: fn(&mut Schedule), open: &[Date]| {
        let mut one =
            Schedule { opens_at: "10:00:00Z".into(), closes_at: "12:00".into(), ..Schedule::default() };
        edit(&mut one);
        let hours = Hours::from_schedules(vec![one.clone()]);
        let days = date(2026, 9, 1).series(jiff::ToSpan::day(1)).take_while(|day| *day <= date(2026, 10, 31));
        let found: Vec<Date> = days.filter(|day| !hours.on(*day, &calendar).is_empty()).collect();
        assert_eq!(found, open, "{one:?}");
    };
    // Expected days from python-dateutil 2.9.0 (`rrule`), between 1 September and 31 October 2026.
    check(
        |one| {
            (one.freq, one.byday, one.interval, one.dtstart) =
                ("WEEKLY".into(), "TU".into(), Some(2.0), "2026-09-01".into())
        },
        &[date(2026, 9, 1), date(2026, 9, 15), date(2026, 9, 29), date(2026, 10, 13), date(2026, 10, 27)],
    );
    check(
        |one| (one.freq, one.byday) = ("MONTHLY".into(), "1MO,-1FR".into()),
        &[date(2026, 9, 7), date(2026, 9, 25), date(2026, 10, 5), date(2026, 10, 30)],
    );
    check(
        |one| (one.freq, one.bymonthday) = ("MONTHLY".into(), "15,-1".into()),
        &[date(2026, 9, 15), date(2026, 9, 30), date(2026, 10, 15), date(2026, 10, 31)],
    );
    check(
        |one| {
            (one.freq, one.byday, one.count, one.dtstart) =
                ("WEEKLY".into(), "WE,TH".into(), Some(3.0), "2026-09-02".into())
        },
        &[date(2026, 9, 2), date(2026, 9, 3), date(2026, 9, 9)],
    );
    check(|one| one.dtstart = "2026-09-12".into(), &[date(2026, 9, 12)]);
    check(
        |one| {
            (one.freq, one.byday, one.valid_from, one.until) =
                ("WEEKLY".into(), "SA".into(), "2026-10-01".into(), "2026-10-17".into())
        },
        // 3 October is a public holiday.
        &[date(2026, 10, 10), date(2026, 10, 17)],
    );
}

#[test]
fn german_words() {
    for (osm, text) in [
        ("Mo,We 09:00-11:00", "montags und mittwochs 9–11 Uhr"),
        (
            "Mo-Fr 08:30-12:00,14:00-16:00; PH off",
            "montags bis freitags 8:30–12 und 14–16 Uhr; an Feiertagen geschlossen",
        ),
        (
            "Mo 09:00-11:00; Th 15:00-17:00; SH off",
            "montags 9–11 Uhr; donnerstags 15–17 Uhr; in den Schulferien geschlossen",
        ),
        ("Tu[1] 10:00-12:00", "am 1. Dienstag im Monat 10–12 Uhr"),
        ("Fr[-1] 18:00-24:00", "am letzten Freitag im Monat 18–24 Uhr"),
        ("24/7", "täglich 0–24 Uhr"),
        ("Sa-Mo 10:00-12:00", "montags, samstags und sonntags 10–12 Uhr"),
    ] {
        assert_eq!(german_text(&schedules_from_osm(osm).unwrap()), text);
    }
    let every_other = Schedule {
        freq: "WEEKLY".into(),
        interval: Some(2.0),
        byday: "TH".into(),
        opens_at: "15:00".into(),
        closes_at: "17:00".into(),
        dtstart: "2026-03-05".into(),
        ..Schedule::default()
    };
    assert_eq!(german_text(&[every_other]), "alle 2 Wochen donnerstags 15–17 Uhr (ab 5. März 2026)");
    assert_eq!(
        german_text(&[Schedule { description: "nach Absprache".into(), ..Schedule::default() }]),
        "nach Absprache"
    );
    assert_eq!(german_text(&[]), "");
    assert_eq!(span_text(Span { from: 570, to: 720 }), "9:30–12 Uhr");
}

#[test]
fn osm_and_schedules_both_ways() {
    for osm in [
        "Mo,We 09:00-11:00",
        "Mo,Tu,We,Th,Fr 08:30-12:00,14:00-16:00; PH off",
        "Mo 09:00-11:00; Th 15:00-17:00; SH off",
        "Tu[1],Tu[-1] 10:00-12:00",
        "Apr-Oct Mo-Fr 10:00-18:00; Nov-Mar Mo-Fr 10:00-16:00; PH closed",
        "Mo-Fr 08:00-18:00; We off",
        "SH Mo-Fr 10:00-16:00",
    ] {
        assert_eq!(schedules_to_osm(&schedules_from_osm(osm).unwrap()).as_deref(), Ok(osm));
    }
    assert_eq!(schedules_from_osm("immer mal"), None);
    let twice = Schedule {
        freq: "WEEKLY".into(),
        interval: Some(2.0),
        byday: "MO".into(),
        opens_at: "9:00".into(),
        closes_at: "10:00".into(),
        ..Schedule::default()
    };
    assert!(schedules_to_osm(&[twice]).unwrap_err().to_string().contains("nicht in jeder Woche"));
}

/// The crate `opening-hours` 2.1 is the other tool: with `PH off` said, both must agree on every day.
#[test]
fn simple_rules_agree_with_the_crate() {
    use opening_hours::{Context, ContextHolidays, OpeningHours};
    let mut days = compact_calendar::CompactCalendar::default();
    for (day, _) in public_holidays(Land::Nw, 2026) {
        days.insert(chrono::NaiveDate::from_ymd_opt(2026, day.month() as u32, day.day() as u32).unwrap());
    }
    let holidays = ContextHolidays::new(std::sync::Arc::new(days), Default::default());
    let calendar = nrw();
    for osm in [
        "Mo,We 09:00-11:00; PH off",
        "Mo-Fr 08:30-12:00,14:00-16:00; PH off",
        "Tu[1] 10:00-12:00; PH off",
        "Su[-1] 10:00-12:00; PH off",
    ] {
        let other: OpeningHours = osm.parse().unwrap();
        let other = other.with_context(Context::default().with_holidays(holidays.clone()));
        let ours = hours(osm);
        for day in date(2026, 1, 1).series(jiff::ToSpan::day(1)).take(365) {
            let foreign =
                chrono::NaiveDate::from_ymd_opt(2026, day.month() as u32, day.day() as u32).unwrap();
            let open = other
                .schedule_at(foreign)
                .into_iter()
                .filter(|one| one.kind == opening_hours::RuleKind::Open);
            let theirs: Vec<Span> = open
                .map(|one| Span {
                    from: one.range.start.mins_from_midnight(),
                    to: one.range.end.mins_from_midnight(),
                })
                .collect();
            assert_eq!(ours.on(day, &calendar), theirs, "{osm} {day}");
        }
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,30}", opens in "[0-9:]{0,6}", byday in "[A-Z0-9,+-]{0,8}", dtstart in "[0-9-]{0,10}", count in any::<Option<f64>>()) {
        thread_local!(static NRW: Calendar = nrw());
        let calendar = NRW.with(Clone::clone);
        if let Some(hours) = Hours::from_osm(&text) {
            let _ = hours.on(date(2026, 1, 1), &calendar);
            let _ = german_text(hours.schedules());
        }
        let one = Schedule { opens_at: opens.clone(), closes_at: opens, byday, dtstart, count, interval: count, ..Schedule::default() };
        let _ = schedules_to_osm(std::slice::from_ref(&one));
        let _ = german_text(std::slice::from_ref(&one));
        let _ = next_opening(&Hours::from_schedules(vec![one]), datetime(2026, 1, 1, 0, 0, 0, 0), &calendar);
    }

    #[test]
    fn osm_of_simple_rules_comes_back(days in prop::collection::btree_set(0usize..7, 1..7), from in 0u16..1380, long in 1u16..60) {
        let names = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
        let list: Vec<&str> = days.iter().map(|day| names[*day]).collect();
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let osm = format!("{} {}-{}", list.join(","), clock(from), clock(from + long));
        prop_assert_eq!(schedules_to_osm(&schedules_from_osm(&osm).unwrap()), Ok(osm));
    }
}

/// Every Land has a table of its own that goes on for years, without two holidays at once.
#[test]
fn each_land_has_its_school_holidays() {
    use Land::{Bb, Be, Bw, By, Hb, He, Hh, Mv, Ni, Nw, Rp, Sh, Sl, Sn, St, Th};
    for land in [Bb, Be, Bw, By, Hb, He, Hh, Mv, Ni, Nw, Rp, Sh, Sl, Sn, St, Th] {
        let table = SchoolHolidays::shipped(land).unwrap();
        assert_eq!(table.land, land);
        assert!(table.holidays.windows(2).all(|two| two[0].to < two[1].from), "{land:?}");
        for year in 2026..=2027 {
            let days =
                (0..366).filter_map(|day| date(year, 1, 1).checked_add(jiff::Span::new().days(day)).ok());
            let free = days
                .filter(|day| day.year() == year && day.weekday().to_monday_zero_offset() < 5)
                .filter(|day| table.holidays.iter().any(|one| one.from <= *day && *day <= one.to))
                .count();
            // The Länder agreed on 75 days a year, Saturdays and days each school sets itself among them.
            assert!((55..=75).contains(&free), "{land:?} {year}: {free}");
        }
    }
    // As schools of these Länder print them.
    for (land, from, to) in [
        (By, date(2026, 8, 3), date(2026, 9, 14)),
        (Ni, date(2026, 7, 2), date(2026, 8, 12)),
        (Bw, date(2026, 3, 30), date(2026, 4, 11)),
    ] {
        let table = SchoolHolidays::shipped(land).unwrap();
        assert!(table.holidays.iter().any(|one| one.from == from && one.to == to), "{land:?}");
    }
}
