//! Finds planted numbers in texts, however a program spells them, and nothing that only shares their digits.

/// Bases that stand in suppressed cells only.
const BASES: [&str; 3] = ["7919", "7907", "6997"];
/// How the shares of the suppressed cells begin, as percent and as fraction, after the decimal sign.
const SHARES: [&str; 6] = ["0378", "000378", "0252", "000252", "0428", "000428"];

/// The first number of a text that is a planted one, in any of its usual spellings (`7919`, `7919.0`, `7.919`, `7 919`,
/// `0.0378…`, `0,0378…`).
///
/// A number is looked at as a whole: the digits of a digest, of a coordinate or of a larger number are no find.
pub fn canary_in(text: &str) -> Option<&str> {
    let narrow = ['\u{a0}', '\u{202f}', '\u{2009}'];
    let part = |c: char| c.is_alphanumeric() || matches!(c, '.' | ',') || narrow.contains(&c);
    text.split(|c| !part(c))
        .flat_map(|run| run.split(',').chain([run]))
        .map(|run| run.trim_matches(|c: char| matches!(c, '.' | ',') || narrow.contains(&c)))
        .find(|number| is_base(number, &narrow) || is_share(number))
}

/// Thousands may be set apart; behind the whole number only zeros may stand.
fn is_base(number: &str, narrow: &[char]) -> bool {
    let is_separator = |c: char| matches!(c, '.' | ',') || narrow.contains(&c);
    BASES.iter().any(|base| {
        let rest = number.strip_prefix(base).or_else(|| {
            let rest = number.strip_prefix(&base[..1])?.strip_prefix(is_separator)?;
            rest.strip_prefix(&base[1..])
        });
        rest.is_some_and(|rest| {
            rest.is_empty()
                || rest.strip_prefix(is_separator).is_some_and(|end| end.bytes().all(|b| b == b'0'))
        })
    })
}

fn is_share(number: &str) -> bool {
    number
        .strip_prefix("0.")
        .or_else(|| number.strip_prefix("0,"))
        .or_else(|| number.strip_prefix('.'))
        .is_some_and(|digits| SHARES.iter().any(|share| digits.starts_with(share)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planted_numbers_are_found_in_every_spelling_and_digits_alone_are_not() {
        for text in [
            "nenner\":7919,",
            "Some(7919.0)",
            ";7919;",
            ";7919,0;",
            ">7.919 Kinder<",
            "7\u{a0}919 Kinder",
            "7\u{202f}907",
            "von 6997.",
            "1,7919,3",
            "[1.5,7907,3]",
            "value: 0.03788357115797449",
            "0,0378 %",
            "0.000428",
        ] {
            assert!(canary_in(text).is_some(), "{text}");
        }
        for text in [
            "",
            "a7919b0c",
            "6.97919",
            "79190",
            "17919",
            "7919.5",
            "51.6997",
            "10.0378",
            "0.1378",
            "M7.7919,51.2 L",
            "3,00037",
        ] {
            assert_eq!(canary_in(text), None, "{text}");
        }
    }

    #[test]
    fn the_planted_numbers_are_those_of_the_city() {
        let cube = crate::child_poverty().unwrap();
        let found = |number: &str| {
            cube.cells.iter().any(|cell| match cell {
                kekiz_base::CubeCell::Value { denominator: Some(base), .. } => {
                    base.expose().to_string() == number
                }
                kekiz_base::CubeCell::Value { .. } | kekiz_base::CubeCell::Missing(_) => false,
            })
        };
        assert!(BASES.into_iter().all(found));
    }
}
