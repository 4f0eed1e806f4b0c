//! German dates for texts a person reads.

use jiff::civil::Date;

/// Names of the months, January first.
pub const MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

/// A day in figures: `24.11.2026`.
pub fn german(date: Date) -> String {
    format!("{:02}.{:02}.{:04}", date.day(), date.month(), date.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_germans_do() {
        assert_eq!(german(Date::constant(2026, 1, 5)), "05.01.2026");
        assert_eq!(MONTHS[11], "Dezember");
    }
}
