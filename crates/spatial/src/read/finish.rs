//! From raw coordinates to WGS 84: which reference system, axes the right way round, projected, repaired.

use super::error::ReadError;
use super::raw::{Declared, RawFeature, RawGeometry, RawLayer};
use crate::crs::Kind;
use crate::project::Projector;
use crate::repair::{Repairs, repair_rings};
use crate::{Attribute, Crs, Feature, Geometry, Layer, ReadOptions};
use geo::{Coord, Point};
use kekiz_base::{Diagnostics, Place, Severity};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Findings of one kind that are listed one by one; the rest is counted.
const MOST_FINDINGS: usize = 500;

pub(crate) fn finish(raw: RawLayer, options: &ReadOptions, diagnostics: &mut Diagnostics) -> Result<Layer, ReadError> {
    if raw.features.is_empty() {
        return Err(ReadError::Empty { file: raw.file, layer: raw.name });
    }
    let place = Place { file: Some(raw.file.clone()), ..Place::default() };
    let crs = system(&raw, options, &place, diagnostics)?;
    let swapped = axes(&raw, crs, &place, diagnostics)?;
    let unsupported = || ReadError::CrsUnsupported { file: raw.file.clone(), found: crs.to_string() };
    let projector = Projector::new(crs, Crs::WGS84).ok_or_else(unsupported)?;
    let key = key_column(&raw.features);
    let done: Vec<(Feature, Vec<Finding>)> =
        raw.features.into_par_iter().map(|feature| finish_feature(feature, crs, swapped, &projector)).collect();
    let mut report = Report { place, counts: BTreeMap::new(), heights: 0, diagnostics };
    let mut features = Vec::with_capacity(done.len());
    for (index, (feature, findings)) in done.into_iter().enumerate() {
        let name = label(index, key.as_deref(), &feature);
        for finding in findings {
            report.add(&name, finding);
        }
        features.push(feature);
    }
    report.close();
    Ok(Layer { name: raw.name, crs, features })
}

pub(super) struct Finding {
    severity: Severity,
    code: &'static str,
    message: String,
    remedy: &'static str,
}

struct Report<'a> {
    place: Place,
    counts: BTreeMap<&'static str, (Severity, usize)>,
    heights: usize,
    diagnostics: &'a mut Diagnostics,
}

impl Report<'_> {
    fn add(&mut self, name: &str, finding: Finding) {
        if finding.code == HEIGHT {
            self.heights += 1;
            return;
        }
        let (_, count) = self.counts.entry(finding.code).or_insert((finding.severity, 0));
        *count += 1;
        if *count <= MOST_FINDINGS {
            let message = format!("{name}: {}", finding.message);
            self.diagnostics.push(finding.severity, finding.code, self.place.clone(), message, finding.remedy);
        }
    }

    fn close(self) {
        for (code, (severity, count)) in &self.counts {
            if let Some(more) = count.checked_sub(MOST_FINDINGS).filter(|more| *more > 0) {
                let message = format!("{more} weitere Objekte mit demselben Befund sind nicht einzeln aufgeführt.");
                self.diagnostics.push(*severity, code, self.place.clone(), message, "");
            }
        }
        if self.heights > 0 {
            let message = format!("Höhen oder Messwerte an den Koordinaten wurden in {} Objekten weggelassen.", self.heights);
            self.diagnostics.push(Severity::Note, HEIGHT, self.place, message, "");
        }
    }
}

const HEIGHT: &str = "geometry-height-dropped";

fn number(value: f64) -> String {
    kekiz_base::number::german(value, if value.abs() < 1000.0 { 5 } else { 1 })
}

fn guess(at: Coord<f64>) -> (String, String) {
    let plausible = Crs::plausible(at.x, at.y);
    let degrees = at.x.abs() <= 180.0 && at.y.abs() <= 90.0;
    let names: Vec<String> = if degrees { vec![Crs::WGS84] } else { plausible.clone() }.iter().map(Crs::to_string).collect();
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
fn system(
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
            let message = format!("Die Datei nennt das Koordinatensystem „{found}“; verwendet wird das angegebene {crs}.");
            diagnostics.push(Severity::Warning, "crs-overridden", place.clone(), message, "Die Lage der Gebiete auf der Karte prüfen.");
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
            Err(ReadError::CrsMissing {
                file: raw.file.clone(),
                x: number(example.x),
                y: number(example.y),
                guess,
                example: hint,
            })
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

fn in_degrees(c: Coord<f64>) -> bool {
    c.x.abs() <= 180.0 && c.y.abs() <= 90.0
}

/// Whether a coordinate can belong to a reference system at all.
fn fits(crs: Crs, c: Coord<f64>) -> bool {
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
        Kind::EuropeLaea => (2_600_000.0..3_600_000.0).contains(&c.x) && (4_000_000.0..4_700_000.0).contains(&c.y),
        Kind::WebMercator => (5_900_000.0..7_500_000.0).contains(&c.x) && (500_000.0..1_800_000.0).contains(&c.y),
    }
}

/// Whether the axes are exchanged; an error if coordinates cannot belong to the system either way.
fn axes(raw: &RawLayer, crs: Crs, place: &Place, diagnostics: &mut Diagnostics) -> Result<bool, ReadError> {
    if coords(raw).next().is_some() && first_unfit(raw, |c| exchanged(crs, c)).is_none() {
        let message = if crs.is_degrees() {
            "Breite und Länge sind vertauscht (die Breite steht zuerst); die Koordinaten wurden umgedreht."
        } else {
            "Hochwert und Rechtswert sind vertauscht (der Hochwert steht zuerst); die Koordinaten wurden umgedreht."
        };
        let remedy = "Die Lage auf der Karte prüfen und künftig mit der Länge (dem Rechtswert) zuerst exportieren.";
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
                x: number(example.x),
                y: number(example.y),
                guess,
                example: hint,
            })
        }
    }
}

fn finish_feature(raw: RawFeature, crs: Crs, swapped: bool, projector: &Projector) -> (Feature, Vec<Finding>) {
    const LOST: &str = "Die Geometrie in der Quelle berichtigen; bis dahin fehlt das Gebiet auf der Karte.";
    let mut findings = Vec::new();
    let mut refuse = |message: String| {
        findings.push(Finding { severity: Severity::Error, code: "geometry-refused", message, remedy: LOST });
    };
    let geometry = match raw.geometry {
        Err(message) => {
            refuse(message);
            None
        }
        Ok(None) => {
            findings.push(Finding {
                severity: Severity::Warning,
                code: "geometry-missing",
                message: "Das Objekt hat keine Geometrie.".into(),
                remedy: "Prüfen, ob das Gebiet in der Quelle eine Fläche hat.",
            });
            None
        }
        Ok(Some(mut found)) => match place(&mut found, crs, swapped, projector) {
            Err(message) => {
                refuse(message);
                None
            }
            Ok(()) => {
                let (geometry, more) = geometry(found);
                findings.extend(more);
                geometry
            }
        },
    };
    (Feature { geometry, attributes: raw.attributes }, findings)
}

/// Turns and projects all coordinates of a geometry.
fn place(geometry: &mut RawGeometry, crs: Crs, swapped: bool, projector: &Projector) -> Result<(), String> {
    for coords in geometry.coords_mut() {
        if swapped {
            for c in coords.iter_mut() {
                *c = Coord { x: c.y, y: c.x };
            }
        }
        if let Some(bad) = coords.iter().find(|c| !fits(crs, **c)) {
            return Err(format!(
                "Die Koordinate ({}; {}) liegt außerhalb des Koordinatensystems.",
                number(bad.x),
                number(bad.y)
            ));
        }
        projector.transform(coords).map_err(|error| error.to_string())?;
        if let Some(bad) = coords.iter().find(|c| !in_degrees(**c)) {
            return Err(format!("Die Koordinate ({}; {}) liegt nicht auf der Erde.", number(bad.x), number(bad.y)));
        }
    }
    Ok(())
}

/// A repaired geometry from coordinates in degrees, and what has to be said about it.
pub(super) fn geometry(raw: RawGeometry) -> (Option<Geometry>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut say = |severity, code, message: String, remedy| {
        findings.push(Finding { severity, code, message, remedy });
    };
    if raw.had_height {
        say(Severity::Note, HEIGHT, String::new(), "");
    }
    let others = raw.lines + if raw.polygons.is_empty() { 0 } else { raw.points.len() };
    if !raw.polygons.is_empty() {
        if others > 0 {
            let message = format!("{others} Linien oder Punkte neben den Flächen wurden weggelassen.");
            say(Severity::Note, "geometry-parts-dropped", message, "");
        }
        return match repair_rings(raw.polygons) {
            Ok((areas, repairs)) => {
                if repairs.is_notable() {
                    let notable = Repairs { reoriented_rings: 0, ..repairs };
                    say(Severity::Note, "geometry-repaired", format!("Geometrie repariert: {}.", notable.describe()), "");
                }
                (Some(Geometry::Areas(areas)), findings)
            }
            Err(error) => {
                say(
                    Severity::Error,
                    "geometry-refused",
                    error.to_string(),
                    "Die Geometrie in der Quelle berichtigen; bis dahin fehlt das Gebiet auf der Karte.",
                );
                (None, findings)
            }
        };
    }
    match raw.points.as_slice() {
        [first, rest @ ..] => {
            if !rest.is_empty() {
                let message = format!("Das Objekt hat {} Punkte; verwendet wird der erste.", rest.len() + 1);
                say(Severity::Warning, "geometry-parts-dropped", message, "Je Ort ein eigenes Objekt anlegen.");
            }
            (Some(Geometry::Point(Point(*first))), findings)
        }
        [] if raw.lines > 0 => {
            let message = "Das Objekt ist eine Linie; gebraucht werden Flächen oder Punkte.".to_string();
            say(Severity::Error, "geometry-refused", message, "Die Linie in der Quelle in eine Fläche umwandeln.");
            (None, findings)
        }
        [] => {
            let remedy = "Prüfen, ob das Gebiet in der Quelle eine Fläche hat.";
            say(Severity::Warning, "geometry-missing", "Das Objekt hat keine Geometrie.".into(), remedy);
            (None, findings)
        }
    }
}

/// The column that most likely holds the key, else the name, so that findings can be located.
fn key_column(features: &[RawFeature]) -> Option<String> {
    const WORDS: [&str; 12] = ["ags", "ars", "rs", "schluessel", "schlüssel", "nr", "nummer", "key", "id", "name", "gen", "bezeichnung"];
    let columns: Vec<&String> = features.iter().take(20).flat_map(|f| f.attributes.keys()).collect();
    let word = |word: &str| {
        let ends = |column: &&&String| {
            let column = column.to_lowercase();
            column == word || column.rsplit(['_', '-', ' ']).next() == Some(word)
        };
        let exact = columns.iter().find(|column| column.to_lowercase() == word);
        exact.or_else(|| columns.iter().find(ends)).map(ToString::to_string)
    };
    WORDS.iter().find_map(|w| word(w))
}

fn label(index: usize, key: Option<&str>, feature: &Feature) -> String {
    let value = key.and_then(|key| feature.attributes.get(key)).and_then(Attribute::text);
    match (key, value) {
        (Some(key), Some(value)) => {
            let value: String = value.chars().take(60).collect();
            format!("Objekt {} ({key} „{value}“)", index + 1)
        }
        _ => format!("Objekt {}", index + 1),
    }
}
