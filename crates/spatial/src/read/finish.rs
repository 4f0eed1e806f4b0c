//! From raw coordinates to WGS 84: turned, projected and repaired feature by feature.

use super::error::ReadError;
use super::raw::{RawFeature, RawGeometry, RawLayer};
use super::system::{axes, fits, in_degrees, pair, system};
use crate::project::Projector;
use crate::repair::{Repairs, repair_rings};
use crate::{Attribute, Crs, Feature, Geometry, Layer, ReadOptions};
use geo::{Coord, Point};
use kekiz_base::{Diagnostics, Place, Severity};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Findings of one kind that are listed one by one; the rest is counted.
const MOST_FINDINGS: usize = 500;

pub(crate) fn finish(
    raw: RawLayer,
    options: &ReadOptions,
    diagnostics: &mut Diagnostics,
) -> Result<Layer, ReadError> {
    if raw.features.is_empty() {
        return Err(ReadError::Empty { file: raw.file, layer: raw.name });
    }
    let place = Place { file: Some(raw.file.clone()), ..Place::default() };
    let crs = system(&raw, options, &place, diagnostics)?;
    let swapped = axes(&raw, crs, &place, diagnostics)?;
    let unsupported = || ReadError::CrsUnsupported { file: raw.file.clone(), found: crs.to_string() };
    let projector = Projector::new(crs, Crs::WGS84).ok_or_else(unsupported)?;
    let key = key_column(&raw.features);
    let done: Vec<(Feature, Vec<Finding>)> = raw
        .features
        .into_par_iter()
        .map(|feature| finish_feature(feature, crs, swapped, &projector))
        .collect();
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
            self.diagnostics.push(
                finding.severity,
                finding.code,
                self.place.clone(),
                message,
                finding.remedy,
            );
        }
    }

    fn close(self) {
        for (code, (severity, count)) in &self.counts {
            if let Some(more) = count.checked_sub(MOST_FINDINGS).filter(|more| *more > 0) {
                let message =
                    format!("{more} weitere Objekte mit demselben Befund sind nicht einzeln aufgeführt.");
                self.diagnostics.push(*severity, code, self.place.clone(), message, "");
            }
        }
        if self.heights > 0 {
            let message = format!(
                "Höhen oder Messwerte an den Koordinaten wurden in {} Objekten weggelassen.",
                self.heights
            );
            self.diagnostics.push(Severity::Note, HEIGHT, self.place, message, "");
        }
    }
}

const HEIGHT: &str = "geometry-height-dropped";

fn finish_feature(
    raw: RawFeature,
    crs: Crs,
    swapped: bool,
    projector: &Projector,
) -> (Feature, Vec<Finding>) {
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
            return Err(format!("Die Koordinate ({}) liegt außerhalb des Koordinatensystems.", pair(*bad)));
        }
        projector.transform(coords).map_err(|error| error.to_string())?;
        if let Some(bad) = coords.iter().find(|c| !in_degrees(**c)) {
            return Err(format!("Die Koordinate ({}) liegt nicht auf der Erde.", pair(*bad)));
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
                    say(
                        Severity::Note,
                        "geometry-repaired",
                        format!("Geometrie repariert: {}.", notable.describe()),
                        "",
                    );
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
                say(
                    Severity::Warning,
                    "geometry-parts-dropped",
                    message,
                    "Je Ort ein eigenes Objekt anlegen.",
                );
            }
            (Some(Geometry::Point(Point(*first))), findings)
        }
        [] if raw.lines > 0 => {
            let message = "Das Objekt ist eine Linie; gebraucht werden Flächen oder Punkte.".to_string();
            say(
                Severity::Error,
                "geometry-refused",
                message,
                "Die Linie in der Quelle in eine Fläche umwandeln.",
            );
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
    const WORDS: [&str; 12] = [
        "ags",
        "ars",
        "rs",
        "schluessel",
        "schlüssel",
        "nr",
        "nummer",
        "key",
        "id",
        "name",
        "gen",
        "bezeichnung",
    ];
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
