//! Where an area lies: which area of a higher level is its parent.

use crate::config::AreaSource;
use crate::error::AppError;
use geo_types::MultiPolygon;
use kekiz_base::{Area, AreaKey, AreaTree, Diagnostics, GeographyId, Place, Severity};
use kekiz_lake::{AreaLayer, Published};

/// Below this share of its surface an area does not nest in its parent, and that is said.
const NESTS: f64 = 0.98;

/// Gives every area its parent by the rule of its source.
pub(crate) fn assign(
    source: &AreaSource,
    published: &Published,
    areas: &mut [Area],
    shapes: &[MultiPolygon<f64>],
    found: &[Option<String>],
    findings: &mut Diagnostics,
) -> Result<(), AppError> {
    if let Some(geography) = &source.parent_by_surface {
        return by_surface(geography, published, areas, shapes, findings);
    }
    for (area, found) in areas.iter_mut().zip(found) {
        area.parent = if let Some(parent) = &source.parent {
            Some(AreaKey::new(parent))
        } else if let Some(digits) = source.parent_digits {
            area.key.as_str().get(..digits).map(AreaKey::new)
        } else {
            found.as_ref().map(|text| AreaKey::new(format!("{}{}", source.parent_prefix, text.trim())))
        };
    }
    let known = published.areas()?;
    let joined = source.join.as_ref().map(|join| join.key.as_str());
    let mut unknown: Vec<&AreaKey> = areas
        .iter()
        .filter_map(|area| area.parent.as_ref())
        .filter(|parent| known.get(parent).is_none() && joined != Some(parent.as_str()))
        .collect();
    unknown.sort();
    unknown.dedup();
    if let Some(first) = unknown.first() {
        findings.push(
            Severity::Warning,
            "area-parent",
            Place::default(),
            format!(
                "{} übergeordnete Gebiete sind (noch) nicht eingelesen, zuerst „{first}“.",
                unknown.len()
            ),
            "Die Grenzen der höheren Ebene einlesen oder die Angabe des übergeordneten Gebiets prüfen.",
        );
    }
    Ok(())
}

fn by_surface(
    geography: &str,
    published: &Published,
    areas: &mut [Area],
    shapes: &[MultiPolygon<f64>],
    findings: &mut Diagnostics,
) -> Result<(), AppError> {
    let id = GeographyId::new(geography);
    if !published.geographies().contains(&id) {
        return Err(AppError::Configuration(format!(
            "Die Gliederung „{geography}“ für die übergeordneten Gebiete ist nicht eingelesen. Abhilfe: sie zuerst einlesen."
        )));
    }
    let layer = published.layer(&id)?;
    let assigned = kekiz_spatial::assign_parents(shapes, &layer.shapes);
    for (area, assignment) in areas.iter_mut().zip(assigned) {
        let Some(parent) = assignment.parent else {
            findings.push(
                Severity::Warning,
                "area-outside",
                Place::default(),
                format!("„{}“ ({}) liegt in keinem Gebiet von „{geography}“.", area.name, area.key),
                "Die Koordinatensysteme beider Dateien vergleichen.",
            );
            continue;
        };
        let parent = &layer.areas[parent];
        if assignment.share() < NESTS {
            findings.push(
                Severity::Warning,
                "area-nesting",
                Place::default(),
                format!(
                    "„{}“ ({}) liegt nur zu {} % in „{}“; Summen dieser Ebene sind Schätzungen.",
                    area.name,
                    area.key,
                    kekiz_base::number::german(assignment.share() * 100.0, 0),
                    parent.name
                ),
                "Als eigene Gliederung unter der Stadt führen (--parent), wenn die Ebenen nicht ineinander passen.",
            );
        }
        area.parent = Some(parent.key.clone());
    }
    Ok(())
}

/// Checks that new layers and those already published form one tree. The message is a German sentence.
pub(crate) fn check(published: &Published, new: &[AreaLayer]) -> Result<(), String> {
    let replaced: Vec<&GeographyId> = new.iter().filter_map(AreaLayer::geography).collect();
    let known = published.areas().map_err(|error| error.to_string())?;
    let kept = known.iter().filter(|area| !replaced.contains(&&area.geography)).cloned();
    let added = new.iter().flat_map(|layer| layer.areas.iter().cloned());
    AreaTree::new(kept.chain(added)).map(|_| ()).map_err(|error| error.to_string())
}
