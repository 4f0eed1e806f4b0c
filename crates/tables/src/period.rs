//! Periods as offices write them.

use crate::mapping::PeriodReading;
use kekiz_base::Period;
use kekiz_base::period::PeriodError;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mär", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez"];

/// Words in front of a period that say nothing more.
const PREFIXES: [&str; 9] =
    ["stichtag", "stand", "schuljahr", "kindergartenjahr", "kita-jahr", "jahr", "sj", "am", "zum"];

/// Reads a period: the forms of [`Period`] and also `Stand 31.12.2022`, `Schuljahr 2022/23`, `Dez 2022`,
/// `12/2022`, `4. Quartal 2022`, `2022-12-31 00:00:00` and `2022*`.
pub(crate) fn parse(text: &str) -> Result<Period, PeriodError> {
    let found = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | ':' | '\u{1}'));
    if let Ok(period) = found.parse::<Period>() {
        return Ok(period);
    }
    let lower = found.to_lowercase();
    let mut rest = lower.as_str();
    while let Some(tail) = PREFIXES
        .iter()
        .find_map(|word| rest.strip_prefix(word).filter(|tail| tail.starts_with([' ', '\u{a0}', ':', '.'])))
    {
        rest = tail.trim_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '.'));
    }
    if rest != lower
        && let Ok(period) = rest.parse::<Period>()
    {
        return Ok(period);
    }
    let fail = || PeriodError { found: text.trim().chars().take(60).collect() };
    if let Some((date, time)) = rest.split_once([' ', 't'])
        && time.len() >= 5
        && time.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.' | b'z'))
        && let Ok(period @ Period::Day(_)) = date.parse()
    {
        return Ok(period);
    }
    let (first, year) = rest.rsplit_once([' ', '/', '\u{a0}']).ok_or_else(fail)?;
    let first = first.trim();
    let number = if year.len() == 4 { year.parse::<i16>().ok().filter(|y| *y >= 1000) } else { None };
    let Some(year) = number else {
        // "2022 Q4", "2022 4. Quartal"
        let (year, part) = rest.split_once([' ', '\u{a0}']).ok_or_else(fail)?;
        return match (year.len() == 4).then(|| year.parse::<i16>().ok()).flatten() {
            Some(year) => part_of_year(part.trim(), year).ok_or_else(fail),
            None => Err(fail()),
        };
    };
    part_of_year(first, year).ok_or_else(fail)
}

fn part_of_year(part: &str, year: i16) -> Option<Period> {
    if let Some(number) = part
        .strip_prefix('q')
        .or_else(|| part.strip_suffix("quartal").map(|p| p.trim().trim_end_matches('.')))
        .or_else(|| part.strip_suffix("vj").map(|p| p.trim().trim_end_matches('.')))
    {
        let quarter = match number.trim() {
            "1" | "i" => 1,
            "2" | "ii" => 2,
            "3" | "iii" => 3,
            "4" | "iv" => 4,
            _ => return None,
        };
        return Some(Period::Quarter(year, quarter));
    }
    if let Ok(month) = part.parse::<u8>() {
        return (1..=12).contains(&month).then_some(Period::Month(year, month));
    }
    let name = part.trim_end_matches('.').replace("mrz", "mär").replace("mae", "mär");
    let index = MONTHS.iter().position(|month| name.starts_with(month))?;
    (name.chars().all(char::is_alphabetic) && name.chars().count() <= 9)
        .then(|| u8::try_from(index + 1).ok())
        .flatten()
        .map(|month| Period::Month(year, month))
}

/// Turns a period into the kind the mapping asks for.
pub(crate) fn read_as(period: Period, reading: Option<PeriodReading>) -> Period {
    match (reading, period) {
        (Some(PeriodReading::Year), period) => Period::Year(period.year()),
        (Some(PeriodReading::SchoolYear), Period::Year(year)) => Period::SchoolYear(year),
        (_, period) => period,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn offices_write_periods_in_many_ways() {
        let check = |text: &str, expected: &str| {
            let found = super::parse(text).map(|p| p.to_string()).unwrap_or_else(|_| "–".into());
            assert_eq!(found, expected, "{text}");
        };
        for (text, expected) in [
            ("2022", "2022"),
            (" 2022.0 ", "2022"),
            ("2022*", "2022"),
            ("31.12.2022", "2022-12-31"),
            ("Stand: 31.12.2022", "2022-12-31"),
            ("Stichtag 31.12.2022", "2022-12-31"),
            ("2022/23", "2022/23"),
            ("Schuljahr 2022/23", "2022/23"),
            ("Jahr 2022", "2022"),
            ("Dez 2022", "2022-12"),
            ("Dezember 2022", "2022-12"),
            ("März 2022", "2022-03"),
            ("12/2022", "2022-12"),
            ("4. Quartal 2022", "2022-Q4"),
            ("IV. Quartal 2022", "2022-Q4"),
            ("Q4 2022", "2022-Q4"),
            ("2022 Q4", "2022-Q4"),
            ("2022-12-31 00:00:00", "2022-12-31"),
            ("2022-12-31T00:00:00", "2022-12-31"),
            ("", "–"),
            ("heute", "–"),
            ("13/2022", "–"),
            ("ä 2022", "–"),
            ("2022 ", "2022"),
            ("Ergebnis 2010", "–"),
        ] {
            check(text, expected);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in ".{0,24}") {
            let _ = super::parse(&text);
        }
    }
}
