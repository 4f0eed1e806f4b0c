//! Reads the parameters that choose features: place, time, amount.

use crate::ask::Params;
use crate::problem::Problem;

/// A box in degrees: west, south, east, north. West may lie east of east: the box then crosses the date line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct BBox(pub(super) [f64; 4]);

impl BBox {
    /// Whether two boxes touch.
    pub(super) fn meets(&self, other: [f64; 4]) -> bool {
        let [west, south, east, north] = self.0;
        let [w, s, e, n] = other;
        let across = if west <= east { w <= east && e >= west } else { w <= east || e >= west };
        across && s <= north && n >= south
    }
}

/// `bbox=west,south,east,north`, or with heights (6 numbers), which are ignored.
pub(super) fn bbox(params: &Params) -> Result<Option<BBox>, Problem> {
    let Some(text) = params.get("bbox") else { return Ok(None) };
    let bad = || {
        Problem::parameter(
            "„bbox“ braucht 4 Zahlen in Grad: West,Süd,Ost,Nord, zum Beispiel bbox=6.5,51.3,6.7,51.4.",
        )
    };
    let numbers: Vec<f64> = text
        .split(',')
        .map(|part| part.trim().parse::<f64>().ok().filter(|number| number.is_finite()).ok_or_else(bad))
        .collect::<Result<_, _>>()?;
    let found = match numbers.as_slice() {
        [w, s, e, n] => [*w, *s, *e, *n],
        [w, s, _, e, n, _] => [*w, *s, *e, *n],
        _ => return Err(bad()),
    };
    if found[1] > found[3] || found[0].abs() > 180.0 || found[2].abs() > 180.0 {
        return Err(bad());
    }
    Ok(Some(BBox(found)))
}

/// A span of days; an open end is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: Option<String>,
    pub(super) until: Option<String>,
}

/// `datetime` as a day or instant, or a span `from/until` with `..` or nothing for an open end (RFC 3339). Days compare as
/// text, since their form is fixed.
pub(super) fn datetime(params: &Params) -> Result<Option<Span>, Problem> {
    let Some(text) = params.get("datetime") else { return Ok(None) };
    let bad = || {
        Problem::parameter(
            "„datetime“ braucht einen Tag oder eine Spanne nach RFC 3339, zum Beispiel 2024-12-31 oder 2020-01-01/.. .",
        )
    };
    let end = |part: &str| -> Result<Option<String>, Problem> {
        match part {
            "" | ".." => Ok(None),
            part => day(part).map(Some).ok_or_else(bad),
        }
    };
    let (from, until) = match text.split_once('/') {
        None => {
            let at = day(text).ok_or_else(bad)?;
            (Some(at.clone()), Some(at))
        }
        Some((from, until)) => (end(from)?, end(until)?),
    };
    let ordered = from.as_ref().zip(until.as_ref()).is_none_or(|(from, until)| from <= until);
    if ordered { Ok(Some(Span { from, until })) } else { Err(bad()) }
}

/// The day of a date or an RFC 3339 instant.
fn day(text: &str) -> Option<String> {
    let date = text.get(..10)?;
    let rest = text.get(10..)?;
    let b = date.as_bytes();
    let digits = |range: std::ops::Range<usize>| b[range].iter().all(u8::is_ascii_digit);
    let fits = digits(0..4) && b[4] == b'-' && digits(5..7) && b[7] == b'-' && digits(8..10);
    let month: u8 = date.get(5..7)?.parse().ok()?;
    let of_month: u8 = date.get(8..10)?.parse().ok()?;
    let time = rest.is_empty()
        || (rest.starts_with(['T', 't'])
            && rest.len() >= 7
            && rest
                .bytes()
                .skip(1)
                .all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.' | b'Z' | b'z' | b'+' | b'-')));
    (fits && time && (1..=12).contains(&month) && (1..=31).contains(&of_month)).then(|| date.to_string())
}

/// `limit` and `offset`. A limit above the most is lowered, as the standard asks for.
pub(super) fn page(params: &Params) -> Result<(usize, usize), Problem> {
    const MOST: u64 = 10_000;
    let number = |name: &str, default: u64, least: u64| -> Result<u64, Problem> {
        let Some(text) = params.get(name) else { return Ok(default) };
        text.parse::<u64>()
            .ok()
            .filter(|number| *number >= least)
            .ok_or_else(|| Problem::parameter(format!("„{name}“ braucht eine ganze Zahl ab {least}.")))
    };
    let limit = number("limit", 100, 1)?.min(MOST);
    let offset = number("offset", 0, 0)?.min(1_000_000_000);
    Ok((usize::try_from(limit).unwrap_or(100), usize::try_from(offset).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_read() {
        for (text, expected) in [
            ("", Some(None)),
            ("bbox=6,51,7,52", Some(Some([6.0, 51.0, 7.0, 52.0]))),
            ("bbox=6,51,0,7,52,100", Some(Some([6.0, 51.0, 7.0, 52.0]))),
            ("bbox=6,52,7,51", None),
            ("bbox=6,51,7", None),
            ("bbox=a,b,c,d", None),
            ("bbox=NaN,51,7,52", None),
            ("bbox=-200,51,7,52", None),
        ] {
            let found = bbox(&Params::parse(text)).ok().map(|found| found.map(|b| b.0));
            assert_eq!(found, expected, "{text}");
        }
        assert!(BBox([170.0, 0.0, -170.0, 1.0]).meets([175.0, 0.0, 176.0, 1.0]));
        assert!(!BBox([170.0, 0.0, -170.0, 1.0]).meets([0.0, 0.0, 1.0, 1.0]));
    }

    #[test]
    fn spans_are_read() {
        for (text, fits) in [
            ("2024-12-31", true),
            ("2024-12-31T12:00:00Z", true),
            ("2020-01-01/..", true),
            ("/2020-01-01", true),
            ("../..", true),
            ("2024-13-01", false),
            ("2024", false),
            ("2021-01-01/2020-01-01", false),
            ("ä2024-01-01", false),
        ] {
            assert_eq!(datetime(&Params::parse(&format!("datetime={text}"))).is_ok(), fits, "{text}");
        }
    }
}
