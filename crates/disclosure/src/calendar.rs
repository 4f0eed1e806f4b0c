//! Periods that add up to others, and periods that follow each other.

use crate::relations::Sum;
use kekiz_base::Period;
use std::collections::BTreeMap;

/// Periods that are made of others by the calendar, where all parts are there: a year of its quarters or months, a
/// quarter of its months, a school year (August to July) of its months. Indices are into `periods`.
///
/// Whether figures add up over them is seen from the numbers: events do, numbers of residents do not.
pub(crate) fn calendar(periods: &[Period]) -> Vec<Sum> {
    let place: BTreeMap<Period, usize> = periods.iter().enumerate().map(|(i, period)| (*period, i)).collect();
    let mut sums = Vec::new();
    for (whole, period) in periods.iter().enumerate() {
        for parts in parts(*period) {
            let parts: Option<Vec<usize>> = parts.iter().map(|part| place.get(part).copied()).collect();
            if let Some(parts) = parts {
                sums.push(Sum { whole, parts });
            }
        }
    }
    sums
}

/// A period of which all parts but one are there: what is left over is the missing part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Lacking {
    pub(crate) whole: Period,
    pub(crate) present: Vec<Period>,
    pub(crate) missing: Period,
}

/// Every period of which just one part is missing (a year with three of its quarters).
pub(crate) fn lacking_one(periods: &[Period]) -> Vec<Lacking> {
    let lacking = |whole: Period, parts: Vec<Period>| {
        let (present, missing): (Vec<Period>, Vec<Period>) =
            parts.into_iter().partition(|part| periods.contains(part));
        match missing[..] {
            [missing] => Some(Lacking { whole, present, missing }),
            _ => None,
        }
    };
    periods
        .iter()
        .flat_map(|&whole| parts(whole).into_iter().filter_map(move |parts| lacking(whole, parts)))
        .collect()
}

fn parts(period: Period) -> Vec<Vec<Period>> {
    match period {
        Period::Year(year) => vec![
            (1..=4).map(|quarter| Period::Quarter(year, quarter)).collect(),
            (1..=12).map(|month| Period::Month(year, month)).collect(),
        ],
        Period::Quarter(year, quarter) => {
            let last = quarter.saturating_mul(3);
            vec![(last.saturating_sub(2)..=last).map(|month| Period::Month(year, month)).collect()]
        }
        Period::SchoolYear(year) => {
            let autumn = (8..=12).map(|month| Period::Month(year, month));
            vec![autumn.chain((1..=7).map(|month| Period::Month(year.saturating_add(1), month))).collect()]
        }
        Period::Month(..) | Period::Day(_) => Vec::new(),
    }
}

/// The place of the period just before every period, of the same kind; `None` where there is none.
pub(crate) fn previous(periods: &[Period]) -> Vec<Option<usize>> {
    let before = |period: Period| match period {
        Period::Year(year) => Some(Period::Year(year.checked_sub(1)?)),
        Period::SchoolYear(year) => Some(Period::SchoolYear(year.checked_sub(1)?)),
        Period::Quarter(year, 1) => Some(Period::Quarter(year.checked_sub(1)?, 4)),
        Period::Quarter(year, quarter) => Some(Period::Quarter(year, quarter.checked_sub(1)?)),
        Period::Month(year, 1) => Some(Period::Month(year.checked_sub(1)?, 12)),
        Period::Month(year, month) => Some(Period::Month(year, month.checked_sub(1)?)),
        Period::Day(_) => None,
    };
    let day = |period: Period| match period {
        Period::Day(date) => Some(date),
        _ => None,
    };
    let neighbour = |period: &Period| match period {
        // Reference dates have no fixed distance; the one before is the neighbour.
        Period::Day(date) => (0..periods.len())
            .filter(|&other| day(periods[other]).is_some_and(|other| other < *date))
            .max_by_key(|&other| day(periods[other])),
        _ => {
            let before = before(*period)?;
            periods.iter().position(|other| *other == before)
        }
    };
    periods.iter().map(neighbour).collect()
}

/// Whether a period is the first of its kind in a calendar year (January, first quarter); running totals begin anew there.
pub(crate) fn is_first_of_year(period: Period) -> bool {
    matches!(period, Period::Month(_, 1) | Period::Quarter(_, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn periods(texts: &[&str]) -> Vec<Period> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn only_complete_sets_of_periods_add_up() {
        let quarters = ["2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4", "2024"];
        assert_eq!(calendar(&periods(&quarters)), [Sum { whole: 4, parts: vec![0, 1, 2, 3] }]);
        assert!(calendar(&periods(&quarters[1..])).is_empty());
        let spring = ["2024-04", "2024-05", "2024-06", "2024-Q2"];
        assert_eq!(calendar(&periods(&spring)), [Sum { whole: 3, parts: vec![0, 1, 2] }]);
        let months: Vec<String> =
            (8..=12).map(|m| format!("2024-{m:02}")).chain((1..=7).map(|m| format!("2025-{m:02}"))).collect();
        let mut school: Vec<&str> = months.iter().map(String::as_str).collect();
        school.push("2024/25");
        assert_eq!(calendar(&periods(&school)), [Sum { whole: 12, parts: (0..12).collect() }]);
        assert!(calendar(&[]).is_empty());
    }

    #[test]
    fn one_missing_part_is_what_is_left_over() {
        let found = lacking_one(&periods(&["2024", "2024-Q1", "2024-Q2", "2024-Q4"]));
        let texts = |list: &[Period]| list.iter().map(Period::to_string).collect::<Vec<_>>();
        assert_eq!(found.len(), 1);
        assert_eq!(texts(&[found[0].whole, found[0].missing]), ["2024", "2024-Q3"]);
        assert_eq!(found[0].present.len(), 3);
        assert!(lacking_one(&periods(&["2024", "2024-Q1", "2024-Q2"])).is_empty());
    }

    #[test]
    fn neighbours_are_of_one_kind() {
        let found = previous(&periods(&[
            "2023",
            "2024",
            "2024-01",
            "2023-12",
            "2024-Q1",
            "2023-12-31",
            "2024-12-31",
        ]));
        assert_eq!(found, [None, Some(0), Some(3), None, None, None, Some(5)]);
    }
}
