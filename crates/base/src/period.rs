//! Periods a figure belongs to.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A period of time, ordered by its end.
///
/// Text forms: `2024` (year), `2024/25` (school year), `2024-Q1`, `2024-03`, `2024-12-31` (reference date).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Period {
    /// A calendar year.
    Year(i16),
    /// A school year, named by the year it begins in.
    SchoolYear(i16),
    /// A quarter, 1 to 4.
    Quarter(i16, u8),
    /// A month, 1 to 12.
    Month(i16, u8),
    /// A reference date.
    Day(jiff::civil::Date),
}

/// Text that is no period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "„{found}“ ist kein Zeitraum; erwartet wird zum Beispiel 2024, 2024/25, 2024-Q1, 2024-03 oder 31.12.2024."
)]
pub struct PeriodError {
    /// Text as found.
    pub found: String,
}

impl Period {
    /// The year the period ends in; series are drawn against it.
    pub fn year(self) -> i16 {
        match self {
            Period::Year(year) | Period::Quarter(year, _) | Period::Month(year, _) => year,
            Period::SchoolYear(year) => year.saturating_add(1),
            Period::Day(date) => date.year(),
        }
    }

    fn order(self) -> (i16, u8, u8, u8) {
        match self {
            Period::Year(year) => (year, 12, 31, 1),
            Period::SchoolYear(year) => (year.saturating_add(1), 7, 31, 0),
            Period::Quarter(year, quarter) => (year, quarter.saturating_mul(3), 31, 0),
            Period::Month(year, month) => (year, month, 31, 0),
            Period::Day(date) => (date.year(), date.month().unsigned_abs(), date.day().unsigned_abs(), 0),
        }
    }
}

impl PartialOrd for Period {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Period {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        // Maps of figures compare equal periods all the time; they must not be spelt out for it.
        if self == other {
            return std::cmp::Ordering::Equal;
        }
        self.order().cmp(&other.order()).then_with(|| self.to_string().cmp(&other.to_string()))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Period::Year(year) => write!(f, "{year:04}"),
            Period::SchoolYear(year) => {
                write!(f, "{year:04}/{:02}", (i32::from(*year) + 1).rem_euclid(100))
            }
            Period::Quarter(year, quarter) => write!(f, "{year:04}-Q{quarter}"),
            Period::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Period::Day(date) => write!(f, "{date}"),
        }
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

impl TryFrom<String> for Period {
    type Error = PeriodError;
    fn try_from(text: String) -> Result<Self, PeriodError> {
        text.parse()
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let found = text.trim();
        let fail = || PeriodError { found: found.to_string() };
        let year = |part: &str| -> Option<i16> {
            (part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok()).flatten()
        };
        let found_year = found.strip_suffix(".0").unwrap_or(found);
        if let Some(number) = year(found_year) {
            return Ok(Period::Year(number));
        }
        if let Some((start, end)) = found.split_once('/')
            && let Some(first) = year(start.trim())
        {
            let end = end.trim();
            let next = i32::from(first) + 1;
            let fits = end == format!("{:02}", next.rem_euclid(100)) || end == next.to_string();
            return fits.then_some(Period::SchoolYear(first)).ok_or_else(fail);
        }
        if let Some((day_month, number)) = found.rsplit_once('.')
            && let Some(number) = year(number)
            && let Some((day, month)) = day_month.split_once('.')
            && let (Ok(day), Ok(month)) = (day.parse(), month.parse())
        {
            return jiff::civil::Date::new(number, month, day).map(Period::Day).map_err(|_| fail());
        }
        let (first, rest) = found.split_once('-').ok_or_else(fail)?;
        let number = year(first).ok_or_else(fail)?;
        if let Some(quarter) = rest.strip_prefix(['Q', 'q']) {
            let quarter: u8 = quarter.parse().map_err(|_| fail())?;
            return (1..=4).contains(&quarter).then_some(Period::Quarter(number, quarter)).ok_or_else(fail);
        }
        if let Some((month, day)) = rest.split_once('-') {
            let day = day.get(..2).ok_or_else(fail)?;
            let (month, day) = (month.parse().map_err(|_| fail())?, day.parse().map_err(|_| fail())?);
            return jiff::civil::Date::new(number, month, day).map(Period::Day).map_err(|_| fail());
        }
        let month: u8 = rest.parse().map_err(|_| fail())?;
        (rest.len() == 2 && (1..=12).contains(&month))
            .then_some(Period::Month(number, month))
            .ok_or_else(fail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_forms_round_trip() {
        for text in ["2024", "2024/25", "1999/00", "2024-Q1", "2024-03", "2024-12-31"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        assert_eq!("31.12.2024".parse::<Period>().unwrap().to_string(), "2024-12-31");
        assert_eq!("2024/2025".parse::<Period>().unwrap(), Period::SchoolYear(2024));
        assert_eq!("2021.0".parse::<Period>().unwrap(), Period::Year(2021));
        for text in ["", "24", "2024/27", "2024-13", "2024-Q5", "31.02.2024", "heute", "2024-1ä"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }

    #[test]
    fn periods_are_ordered_by_their_end() {
        let ordered = ["2023", "2024-03", "2024-Q2", "2023/24", "2024", "2025-01-01"];
        let periods: Vec<Period> = ordered.iter().map(|t| t.parse().unwrap()).collect();
        assert!(periods.windows(2).all(|w| w[0] < w[1]));
    }
}
