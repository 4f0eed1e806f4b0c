//! A child as it truly is.

use jiff::civil::Date;

/// Sex in the registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// Männlich.
    Male,
    /// Weiblich.
    Female,
}

impl Sex {
    /// `m` or `w`.
    pub fn letter(self) -> &'static str {
        match self {
            Sex::Male => "m",
            Sex::Female => "w",
        }
    }
}

/// A child; its number is its place in [`crate::City::children`].
#[derive(Clone, Debug)]
pub struct Child {
    /// Number of the household.
    pub household: usize,
    /// First name.
    pub first: String,
    /// Second given name.
    pub second: Option<String>,
    /// Surname; usually the household's.
    pub surname: String,
    /// Sex.
    pub sex: Sex,
    /// Day of birth.
    pub born: Date,
    /// Day of the school entry examination, for children of its years.
    pub examined: Option<Date>,
    /// First day in a Kita.
    pub kita_start: Option<Date>,
    /// Number of the Kita.
    pub kita: Option<usize>,
    /// Whether the family truly draws SGB II.
    pub sgb2: bool,
    /// Findings, in the order of [`crate::Parameters::outcomes`], for examined children.
    pub outcomes: Vec<bool>,
    /// Habits, in the order of [`crate::Parameters::habits`].
    pub habits: Vec<bool>,
    /// Whether a Hilfe zur Erziehung was given.
    pub help: bool,
}

/// Whole months from one day to a later one (0 when it is not later).
pub(crate) fn months_between(from: Date, to: Date) -> i32 {
    let months = (i32::from(to.year()) - i32::from(from.year())) * 12 + i32::from(to.month())
        - i32::from(from.month())
        - i32::from(to.day() < from.day());
    months.max(0)
}

/// The first day of the month `months` after a day.
pub(crate) fn first_of_month_after(day: Date, months: i32) -> Date {
    let number = i32::from(day.year()) * 12 + i32::from(day.month()) - 1 + months;
    let year = i16::try_from(number.div_euclid(12)).unwrap_or(i16::MAX);
    let month = i8::try_from(number.rem_euclid(12) + 1).unwrap_or(1);
    Date::new(year, month, 1).unwrap_or(day)
}

/// A day some days later (the same day where the calendar ends).
pub(crate) fn days_after(day: Date, days: i64) -> Date {
    day.checked_add(jiff::Span::new().try_days(days).unwrap_or_default()).unwrap_or(day)
}
