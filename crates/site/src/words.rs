//! Figures in German words, the same on every page.

use kekiz_base::number::german;
use kekiz_base::{Area, Cell, Figure, GroupId, IndicatorMeta, Period};
use kekiz_charts::Unit;

/// Unit and rounding of an indicator.
pub(crate) fn unit(meta: &IndicatorMeta) -> Unit {
    Unit::new(kekiz_atlas::wording::unit(meta), meta.decimals)
}

/// A value with its unit.
pub(crate) fn value(meta: &IndicatorMeta, value: f64) -> String {
    unit(meta).value(value)
}

/// A cell for a table: the value with its unit, or why there is none.
pub(crate) fn cell(meta: &IndicatorMeta, cell: &Cell) -> String {
    match cell {
        Cell::Shown(figure) => value(meta, figure.value),
        Cell::Suppressed { reason } => reason.text().to_string(),
        Cell::Missing { mark } => mark.text().to_string(),
    }
}

/// The interval of a figure without unit; empty if there is none.
pub(crate) fn interval(meta: &IndicatorMeta, figure: Option<&Figure>) -> String {
    let unit = unit(meta);
    figure
        .and_then(|figure| figure.interval)
        .map(|range| format!("{} bis {}", unit.number(range.lower), unit.number(range.upper)))
        .unwrap_or_default()
}

/// A number of persons; empty if it may not be shown.
pub(crate) fn count(number: Option<f64>) -> String {
    number.map(|number| german(number, 0)).unwrap_or_default()
}

/// How many there are.
pub(crate) fn whole(number: &usize) -> String {
    german(*number as f64, 0)
}

/// A difference with its sign; percentage points for shares.
pub(crate) fn difference(meta: &IndicatorMeta, difference: f64) -> String {
    kekiz_atlas::wording::difference(meta, difference)
}

/// The address of an area's profile.
pub(crate) fn area_url(key: &str) -> String {
    format!("/gebiet/{}", segment(key))
}

/// The address of an indicator's page.
pub(crate) fn indicator_url(id: &str) -> String {
    format!("/atlas/{}", segment(id))
}

/// The address of a facility.
pub(crate) fn facility_url(layer: &str, id: &str) -> String {
    format!("/einrichtungen/{}/{}", segment(layer), segment(id))
}

/// Text as one segment of a path (RFC 3986 § 3.3); everything but unreserved characters is encoded.
pub(crate) fn segment(text: &str) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A group as a reader sees it.
pub(crate) fn group(group: &GroupId) -> String {
    if *group == GroupId::total() {
        return "insgesamt".into();
    }
    group.as_str().replace('_', " ")
}

/// A period as a reader says it: `2024`, `Schuljahr 2024/25`, `3. Quartal 2024`, `März 2024`, `31.12.2024`.
pub(crate) fn period(period: Period) -> String {
    match period {
        Period::Year(_) => period.to_string(),
        Period::SchoolYear(_) => format!("Schuljahr {period}"),
        Period::Quarter(year, quarter) => format!("{quarter}. Quartal {year}"),
        Period::Month(year, month) => {
            let name =
                kekiz_base::date::MONTHS.get(usize::from(month).saturating_sub(1)).copied().unwrap_or("");
            format!("{name} {year}")
        }
        Period::Day(date) => kekiz_base::date::german(date),
    }
}

/// What an area is, for lists with areas of several levels: `Krefeld (Kreis oder kreisfreie Stadt)`.
pub(crate) fn area_with_level(area: &Area) -> String {
    format!("{} ({})", area.name, area.level.singular())
}

/// A name as German lists sort it (DIN 5007-1: umlauts as their base letters, ß as ss, case ignored).
pub(crate) fn collate(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            'ä' => out.push('a'),
            'ö' => out.push('o'),
            'ü' => out.push('u'),
            'ß' => out.push_str("ss"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_hold_any_key() {
        for (key, expected) in
            [("05114000", "05114000"), ("KR 01/2", "KR%2001%2F2"), ("ö", "%C3%B6"), ("..", "..")]
        {
            assert_eq!(segment(key), expected);
        }
    }
}
