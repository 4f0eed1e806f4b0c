//! Public holidays of the Länder, computed; school holidays, from a table.

use crate::VocabularyError;
use compact_calendar::CompactCalendar;
use jiff::ToSpan;
use jiff::civil::Date;
use opening_hours::ContextHolidays;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A Land.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs)]
pub enum Land {
    Bw,
    By,
    Be,
    Bb,
    Hb,
    Hh,
    He,
    Mv,
    Ni,
    Nw,
    Rp,
    Sl,
    Sn,
    St,
    Sh,
    Th,
}

/// Easter Sunday of a year of the Gregorian calendar. Source: Meeus, Astronomical Algorithms (1991), ch. 8.
/// `None` outside the years 1583–9999.
pub fn easter(year: i16) -> Option<Date> {
    if !(1583..=9999).contains(&year) {
        return None;
    }
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    Date::new(year, (n / 31) as i8, (n % 31 + 1) as i8).ok()
}

/// The public holidays of a Land in a year, in order, with their German names.
///
/// Source: holiday laws of the Länder as of 2026 (NRW: Feiertagsgesetz NW § 2). Holidays of single municipalities
/// (Mariä Himmelfahrt in parts of Bavaria, Fronleichnam in parts of Saxony and Thuringia, Augsburg) are left out.
/// Laws before 2018 are not represented.
pub fn public_holidays(land: Land, year: i16) -> Vec<(Date, &'static str)> {
    use Land::*;
    let Some(easter) = easter(year) else { return Vec::new() };
    let moving = |days: i32| easter.checked_add(days.days()).ok();
    let fixed = |month: i8, day: i8| Date::new(year, month, day).ok();
    let is = |lands: &[Land]| lands.contains(&land);
    let all = [
        (fixed(1, 1), "Neujahr", true),
        (fixed(1, 6), "Heilige Drei Könige", is(&[Bw, By, St])),
        (fixed(3, 8), "Internationaler Frauentag", is(&[Be]) && year >= 2019 || is(&[Mv]) && year >= 2023),
        (moving(-2), "Karfreitag", true),
        (moving(0), "Ostersonntag", is(&[Bb])),
        (moving(1), "Ostermontag", true),
        (fixed(5, 1), "Tag der Arbeit", true),
        (fixed(5, 8), "Tag der Befreiung", is(&[Be]) && matches!(year, 2020 | 2025)),
        (moving(39), "Christi Himmelfahrt", true),
        (moving(49), "Pfingstsonntag", is(&[Bb])),
        (moving(50), "Pfingstmontag", true),
        (moving(60), "Fronleichnam", is(&[Bw, By, He, Nw, Rp, Sl])),
        (fixed(8, 15), "Mariä Himmelfahrt", is(&[Sl])),
        (fixed(9, 20), "Weltkindertag", is(&[Th]) && year >= 2019),
        (fixed(10, 3), "Tag der Deutschen Einheit", true),
        (fixed(10, 31), "Reformationstag", is(&[Bb, Mv, Sn, St, Th, Hb, Hh, Ni, Sh])),
        (fixed(11, 1), "Allerheiligen", is(&[Bw, By, Nw, Rp, Sl])),
        (repentance_day(year), "Buß- und Bettag", is(&[Sn])),
        (fixed(12, 25), "Erster Weihnachtstag", true),
        (fixed(12, 26), "Zweiter Weihnachtstag", true),
    ];
    let mut found: Vec<(Date, &'static str)> = all
        .into_iter()
        .filter(|(_, _, holds)| *holds)
        .filter_map(|(day, name, _)| Some((day?, name)))
        .collect();
    found.sort_unstable();
    found
}

/// The Wednesday before 23 November.
fn repentance_day(year: i16) -> Option<Date> {
    let last = Date::new(year, 11, 22).ok()?;
    let back = (i32::from(last.weekday().to_monday_zero_offset()) + 5) % 7;
    last.checked_sub(back.days()).ok()
}

/// One period of school holidays, both days included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchoolHoliday {
    /// Name (`Sommerferien`).
    pub name: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// The school holidays of a Land (`data/portal/ferien`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchoolHolidays {
    /// Version of the file format; this program reads 1.
    pub version: u32,
    /// The Land.
    pub land: Land,
    /// Decree or page the dates are from.
    pub source: String,
    /// Address of the source.
    #[serde(default)]
    pub url: String,
    /// Day the table was written.
    pub as_of: Date,
    /// The periods in order.
    #[serde(rename = "holiday", default)]
    pub holidays: Vec<SchoolHoliday>,
}

impl SchoolHolidays {
    /// The shipped table of a Land: Nordrhein-Westfalen for 2025 to 2028, the others for August 2025 to summer 2030.
    pub fn shipped(land: Land) -> Result<Self, VocabularyError> {
        macro_rules! table {
            ($name:literal) => {
                ($name, include_str!(concat!("../../../../data/portal/ferien/", $name)))
            };
        }
        let (name, text) = match land {
            Land::Bb => table!("bb.toml"),
            Land::Be => table!("be.toml"),
            Land::Bw => table!("bw.toml"),
            Land::By => table!("by.toml"),
            Land::Hb => table!("hb.toml"),
            Land::He => table!("he.toml"),
            Land::Hh => table!("hh.toml"),
            Land::Mv => table!("mv.toml"),
            Land::Ni => table!("ni.toml"),
            Land::Nw => table!("nw.toml"),
            Land::Rp => table!("rp.toml"),
            Land::Sh => table!("sh.toml"),
            Land::Sl => table!("sl.toml"),
            Land::Sn => table!("sn.toml"),
            Land::St => table!("st.toml"),
            Land::Th => table!("th.toml"),
        };
        Self::read(&format!("ferien/{name}"), text)
    }

    /// Reads a table from TOML; periods that end before they begin are refused, the others are put in order.
    pub fn read(file: &str, text: &str) -> Result<Self, VocabularyError> {
        let syntax = |detail: String| VocabularyError::Syntax { file: file.into(), detail };
        let mut table: SchoolHolidays =
            toml::from_str(text).map_err(|error| syntax(error.message().into()))?;
        if table.version != 1 {
            return Err(VocabularyError::Version { file: file.into(), found: table.version });
        }
        if let Some(wrong) = table.holidays.iter().find(|one| one.to < one.from) {
            return Err(syntax(format!("Die {} enden am {}, bevor sie beginnen.", wrong.name, wrong.to)));
        }
        table.holidays.sort_by_key(|one| one.from);
        Ok(table)
    }
}

/// Years whose public holidays are computed beforehand; OSM expressions know `PH` in these years only.
const YEARS: std::ops::RangeInclusive<i16> = 2018..=2100;

/// Public and school holidays of one Land.
#[derive(Clone, Debug)]
pub struct Calendar {
    land: Land,
    school: Vec<SchoolHoliday>,
    public: BTreeMap<Date, &'static str>,
    pub(super) holidays: ContextHolidays,
}

impl Calendar {
    /// A calendar; without a table nothing is known about school holidays.
    pub fn new(land: Land, table: Option<SchoolHolidays>) -> Self {
        let school = table.map(|table| table.holidays).unwrap_or_default();
        let public: BTreeMap<Date, &str> = YEARS.flat_map(|year| public_holidays(land, year)).collect();
        let mut public_days = CompactCalendar::default();
        public.keys().copied().filter_map(foreign).for_each(|day| {
            public_days.insert(day);
        });
        let mut school_days = CompactCalendar::default();
        for period in &school {
            let days = period.from.series(1.day()).take_while(|day| *day <= period.to).take(400);
            days.filter_map(foreign).for_each(|day| {
                school_days.insert(day);
            });
        }
        let holidays = ContextHolidays::new(Arc::new(public_days), Arc::new(school_days));
        Self { land, school, public, holidays }
    }

    /// The name of the public holiday a day is.
    pub fn public_holiday(&self, day: Date) -> Option<&'static str> {
        if YEARS.contains(&day.year()) {
            return self.public.get(&day).copied();
        }
        public_holidays(self.land, day.year()).into_iter().find(|(one, _)| *one == day).map(|(_, name)| name)
    }

    /// The school holidays a day is in.
    pub fn school_holiday(&self, day: Date) -> Option<&SchoolHoliday> {
        self.school.iter().find(|one| one.from <= day && day <= one.to)
    }

    /// All known school holidays in order.
    pub fn school(&self) -> &[SchoolHoliday] {
        &self.school
    }
}

/// The day in the type of the crate `opening-hours`.
pub(super) fn foreign(day: Date) -> Option<chrono::NaiveDate> {
    chrono::NaiveDate::from_ymd_opt(
        day.year().into(),
        day.month().try_into().ok()?,
        day.day().try_into().ok()?,
    )
}
