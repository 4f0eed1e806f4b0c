//! Which reference system the coordinates of a file are in, and whether its axes are the right way round.

use super::error::ReadError;
use super::raw::{Declared, RawGeometry, RawLayer};
use crate::crs::Kind;
use crate::{Crs, ReadOptions};
use geo::Coord;
use kekiz_base::{Diagnostics, Place, Severity};

fn number(value: f64) -> String {
    kekiz_base::number::german(value, if value.abs() < 1000.0 { 5 } else { 1 })
}

pub(super) fn pair(at: Coord<f64>) -> String {
    format!("{}; {}", number(at.x), number(at.y))
}

fn guess(at: Coord<f64>) -> (String, String) {
    let plausible = Crs::plausible(at.x, at.y);
    let degrees = at.x.abs() <= 180.0 && at.y.abs() <= 90.0;
    let names: Vec<String> =
        if degrees { vec![Crs::WGS84] } else { plausible.clone() }.iter().map(Crs::to_string).collect();
    let example = if degrees { Some(4326) } else { plausible.first().and_then(|crs| crs.epsg()) };
    let sentence = match (names.is_empty(), example) {
        (true, _) => "Zu dieser Größenordnung passt keines der unterstützten Systeme.".to_string(),
        (false, Some(_)) => format!("Nach der Größenordnung kommt in Frage: {}.", names.join(" oder ")),
        (false, None) => format!(
            "Nach der Größenordnung ist es UTM Zone 32N mit der Rechtswert-Verschiebung 2.500.000 m ({}); dazu gehört eine .prj-Datei, deren Text sich als Koordinatensystem angeben lässt.",
            names.join(" oder ")
        ),
    };
    (sentence, example.map(|code| format!(", z. B. --crs EPSG:{code}")).unwrap_or_default())
}

/// The reference system: what the caller says, else what the file says, else degrees if they can be.
pub(super) fn system(
    raw: &RawLayer,
    options: &ReadOptions,
    place: &Place,
    diagnostics: &mut Diagnostics,
) -> Result<Crs, ReadError> {
    if let Some(crs) = options.crs {
        let other = match &raw.crs {
            Declared::Known(found) if *found != crs => Some(found.to_string()),
            Declared::Unsupported(found) => Some(found.clone()),
            _ => None,
        };
        if let Some(found) = other {
            let message = format!(
                "Die Datei nennt das Koordinatensystem „{found}“; verwendet wird das angegebene {crs}."
            );
            diagnostics.push(
                Severity::Warning,
                "crs-overridden",
                place.clone(),
                message,
                "Die Lage der Gebiete auf der Karte prüfen.",
            );
        }
        return Ok(crs);
    }
    match &raw.crs {
        Declared::Known(crs) => Ok(*crs),
        Declared::Unsupported(found) => {
            Err(ReadError::CrsUnsupported { file: raw.file.clone(), found: found.clone() })
        }
        Declared::Nothing => {
            let Some(example) = first_unfit(raw, |c| c.x.abs() <= 180.0 && c.y.abs() <= 180.0) else {
                return Ok(Crs::WGS84);
            };
            let (guess, hint) = guess(example);
            Err(ReadError::CrsMissing { file: raw.file.clone(), at: pair(example), guess, example: hint })
        }
    }
}

fn coords(raw: &RawLayer) -> impl Iterator<Item = &Coord<f64>> {
    raw.features.iter().filter_map(|f| f.geometry.as_ref().ok()?.as_ref()).flat_map(RawGeometry::coords)
}

/// The first coordinate that does not fit, if more than half do not; `None` otherwise.
fn first_unfit(raw: &RawLayer, fits: impl Fn(Coord<f64>) -> bool) -> Option<Coord<f64>> {
    let (mut all, mut unfit, mut first) = (0usize, 0usize, None);
    for coord in coords(raw) {
        all += 1;
        if !fits(*coord) {
            unfit += 1;
            first = first.or(Some(*coord));
        }
    }
    first.filter(|_| unfit * 2 > all)
}

pub(super) fn in_degrees(c: Coord<f64>) -> bool {
    c.x.abs() <= 180.0 && c.y.abs() <= 90.0
}

/// Whether a coordinate can belong to a reference system at all.
pub(super) fn fits(crs: Crs, c: Coord<f64>) -> bool {
    match crs.kind {
        Kind::Degrees => in_degrees(c),
        _ if in_degrees(c) => false,
        Kind::TransverseMercator(t) => {
            (c.x - t.false_easting).abs() < 1_200_000.0 && (c.y - t.false_northing).abs() < 10_000_000.0
        }
        Kind::WebMercator => c.x.abs() < 20_100_000.0 && c.y.abs() < 20_100_000.0,
        Kind::EuropeLaea => (0.0..9_000_000.0).contains(&c.x) && (0.0..7_000_000.0).contains(&c.y),
    }
}

/// Whether a coordinate lies in Germany only with its two numbers exchanged.
fn exchanged(crs: Crs, c: Coord<f64>) -> bool {
    match crs.kind {
        Kind::Degrees => (46.5..56.0).contains(&c.x) && (5.0..16.0).contains(&c.y),
        Kind::TransverseMercator(t) => {
            let northing = 5_150_000.0..6_150_000.0;
            northing.contains(&(c.x - t.false_northing)) && (c.y - t.false_easting).abs() < 600_000.0
        }
        Kind::EuropeLaea => {
            (2_600_000.0..3_600_000.0).contains(&c.x) && (4_000_000.0..4_700_000.0).contains(&c.y)
        }
        Kind::WebMercator => {
            (5_900_000.0..7_500_000.0).contains(&c.x) && (500_000.0..1_800_000.0).contains(&c.y)
        }
    }
}

/// Whether the axes are exchanged; an error if coordinates cannot belong to the system either way.
pub(super) fn axes(
    raw: &RawLayer,
    crs: Crs,
    place: &Place,
    diagnostics: &mut Diagnostics,
) -> Result<bool, ReadError> {
    if coords(raw).next().is_some() && first_unfit(raw, |c| exchanged(crs, c)).is_none() {
        let message = if crs.is_degrees() {
            "Breite und Länge sind vertauscht (die Breite steht zuerst); die Koordinaten wurden umgedreht."
        } else {
            "Hochwert und Rechtswert sind vertauscht (der Hochwert steht zuerst); die Koordinaten wurden umgedreht."
        };
        let remedy =
            "Die Lage auf der Karte prüfen und künftig mit der Länge (dem Rechtswert) zuerst exportieren.";
        diagnostics.push(Severity::Warning, "axes-swapped", place.clone(), message, remedy);
        return Ok(true);
    }
    match first_unfit(raw, |c| fits(crs, c)) {
        None => Ok(false),
        Some(example) => {
            let (guess, hint) = guess(example);
            Err(ReadError::CrsImplausible {
                file: raw.file.clone(),
                crs: crs.to_string(),
                at: pair(example),
                guess,
                example: hint,
            })
        }
    }
}
