//! Variables made from others. What is unknown stays unknown.

use crate::schema::{Derived, Rule};
use crate::table::{Codes, Column, Values};
use jiff::civil::Date;
use smol_str::SmolStr;
use std::collections::HashMap;

/// Completed months from one day to another; negative when the order is wrong. The last day of a month completes it when
/// the later month is shorter (31 January to 28 February is no month, to 1 March is one; § 188 BGB counts so).
pub(crate) fn months(from: Date, until: Date) -> i32 {
    let count = |date: Date| i32::from(date.year()) * 12 + i32::from(date.month());
    let months = count(until) - count(from);
    if until.day() < from.day() { months - 1 } else { months }
}

/// The column of a derived variable. `column` finds its sources, `reference` is the reference day of the import.
pub(crate) fn derive<'a>(
    derived: &Derived,
    rows: usize,
    reference: Option<Date>,
    column: &impl Fn(&str) -> Option<&'a Column>,
) -> Column {
    let numbers = |of: &dyn Fn(usize) -> Option<f64>| Values::Numbers((0..rows).map(of).collect());
    let later = |until: &Option<String>, row: usize| match until {
        Some(name) => column(name)?.date(row),
        None => reference,
    };
    let between = |from: &str, until: &Option<String>, row: usize| {
        Some(months(column(from)?.date(row)?, later(until, row)?))
    };
    let values = match &derived.rule {
        Rule::Months { from, until } => numbers(&|row| between(from, until, row).map(f64::from)),
        Rule::Years { from, until } => {
            numbers(&|row| between(from, until, row).map(|months| f64::from(months.div_euclid(12))))
        }
        Rule::YearOf { of } => numbers(&|row| Some(f64::from(column(of)?.date(row)?.year()))),
        Rule::Classes { of, below, into } => {
            let class = |row| {
                let number = column(of)?.number(row)?;
                into.get(below.partition_point(|bound| *bound <= number)).map(String::as_str)
            };
            Values::Codes((0..rows).map(class).collect())
        }
        Rule::Recode { of, map, otherwise } => {
            let mut known: HashMap<SmolStr, Option<&str>> = HashMap::new();
            let mut codes = Codes::default();
            for row in 0..rows {
                let new = column(of).and_then(|column| column.text(row)).and_then(|code| {
                    *known.entry(code).or_insert_with_key(|code| {
                        map.get(code.as_str()).or(otherwise.as_ref()).map(String::as_str)
                    })
                });
                codes.push(new);
            }
            Values::Codes(codes)
        }
        Rule::Mean { of, answered } => numbers(&|row| {
            let known: Vec<f64> = of.iter().filter_map(|name| column(name)?.number(row)).collect();
            let enough = known.len() as f64 >= answered * of.len() as f64 && !known.is_empty();
            enough.then(|| known.iter().sum::<f64>() / known.len() as f64)
        }),
        Rule::Answered { of } => numbers(&|row| {
            let known =
                of.iter().filter(|name| column(name).is_some_and(|column| column.is_known(row))).count();
            (!of.is_empty()).then(|| known as f64 / of.len() as f64)
        }),
        Rule::Count { of, codes, known: least } => numbers(&|row| {
            let texts: Vec<SmolStr> = of.iter().filter_map(|name| column(name)?.text(row)).collect();
            let enough = texts.len() as f64 >= least * of.len() as f64 && !texts.is_empty();
            let hits = || texts.iter().filter(|text| codes.iter().any(|code| code == text.as_str())).count();
            enough.then(|| hits() as f64)
        }),
    };
    Column { name: derived.name.as_str().into(), values }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_completed_ones() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        for (from, until, expected) in [
            ("2018-05-17", "2024-05-17", 72),
            ("2018-05-17", "2024-05-16", 71),
            ("2020-01-31", "2020-02-29", 0),
            ("2020-01-31", "2020-03-01", 1),
            ("2020-02-29", "2021-02-28", 11),
            ("2024-05-17", "2024-05-17", 0),
            ("2024-05-17", "2024-05-16", -1),
        ] {
            assert_eq!(months(day(from), day(until)), expected, "{from} {until}");
        }
    }

    /// Of the SOPESS kind: a number on a bound belongs to the next class.
    #[test]
    fn classes_have_their_lower_bound() {
        let column = Column {
            name: "punkte".into(),
            values: Values::Numbers(vec![Some(0.0), Some(3.0), Some(3.5), Some(9.0), None]),
        };
        let rule = Rule::Classes {
            of: "punkte".into(),
            below: vec![3.0, 4.0],
            into: ["3", "2", "1"].map(String::from).to_vec(),
        };
        let derived = Derived { name: "klasse".into(), title: String::new(), rule, codes: Vec::new() };
        let made = derive(&derived, 5, None, &|name| (name == "punkte").then_some(&column));
        let codes: Vec<Option<&str>> = (0..5).map(|row| made.code(row)).collect();
        assert_eq!(codes, [Some("3"), Some("2"), Some("2"), Some("1"), None]);
    }

    #[test]
    fn scales_need_enough_answers() {
        let column = |name: &str, values: [Option<f64>; 3]| Column {
            name: name.into(),
            values: Values::Numbers(values.to_vec()),
        };
        let columns = [
            column("a", [Some(1.0), Some(5.0), None]),
            column("b", [Some(3.0), None, None]),
            column("c", [Some(5.0), None, None]),
        ];
        let find = |name: &str| columns.iter().find(|column| column.name == name);
        let of: Vec<String> = ["a", "b", "c"].map(String::from).to_vec();
        let make = |rule| {
            derive(
                &Derived { name: "x".into(), title: String::new(), rule, codes: Vec::new() },
                3,
                None,
                &find,
            )
        };
        let mean = make(Rule::Mean { of: of.clone(), answered: 0.5 });
        assert_eq!([0, 1, 2].map(|row| mean.number(row)), [Some(3.0), None, None]);
        let answered = make(Rule::Answered { of: of.clone() });
        assert_eq!(answered.number(2), Some(0.0));
        let count = make(Rule::Count { of, codes: vec!["5".into()], known: 0.0 });
        assert_eq!([0, 1, 2].map(|row| count.number(row)), [Some(1.0), Some(1.0), None]);
    }
}
