//! Segregation indices that know where units lie.

use crate::AnalyseError;
use crate::counts::{CountsTable, ReadCounts, read_counts};
use crate::input::{matches, shapes};
use crate::segregation::{position_of, two_groups};
use crate::settings::AreaSource;
use geo::{Centroid, Point};
use kekiz_base::{Diagnostics, Place, Severity};
use kekiz_segregation::{Counts, space};
use kekiz_spatial::measure::{area_km2, haversine_m};
use kekiz_spatial::weights::{Contiguity, contiguity};
use serde_json::{Map, Value, json};

/// What `segregation-space` needs.
#[derive(Clone, Debug, PartialEq)]
pub struct SpatialSegregationRequest {
    /// Counts; the unit's name is the key of its area.
    pub counts: CountsTable,
    /// Boundaries of the units.
    pub areas: AreaSource,
    /// Group set against all others, or the first of two.
    pub focal: Option<String>,
    /// Metres over which meeting becomes less likely by the factor e.
    pub scale: f64,
    /// Centre of the city in degrees (longitude, latitude); by default the mean of all persons' places.
    pub centre: Option<(f64, f64)>,
}

/// Spatial indices as one object: `delta`, `absolute_concentration`, `relative_concentration`, `absolute_centralisation`,
/// `relative_centralisation`, `spatial_dissimilarity` (neighbours that touch), `distance_decay_isolation`,
/// `spatial_proximity`, `spatial_isolation` and `spatial_information` (of all groups). Distances are between centroids;
/// within a unit the distance is the root of 0.6 times its surface. Work grows with the square of the number of units.
///
/// # Errors
/// [`AnalyseError`], a German sentence with the remedy.
pub fn segregation_space(request: &SpatialSegregationRequest) -> Result<(Value, Diagnostics), AnalyseError> {
    if !(request.scale.is_finite() && request.scale > 0.0) {
        return Err(AnalyseError::Usage(
            "Die Reichweite der Begegnung muss über null liegen. Abhilfe: zum Beispiel --scale 1000 angeben."
                .into(),
        ));
    }
    let ReadCounts { counts, units, groups, mut diagnostics, .. } = read_counts(&request.counts, None, None)?;
    let (keys, shapes) = shapes(&request.areas, Some(&request.counts.unit), &mut diagnostics)?;
    let (found, _) = matches(&units, &keys);
    let placed: Vec<usize> = (0..units.len()).filter(|unit| found[*unit].is_some()).collect();
    if placed.is_empty() {
        return Err(AnalyseError::Input(format!(
            "Keine Einheit der Tabelle (zum Beispiel „{}“) kommt bei den Grenzen vor. Abhilfe: die Spalte mit --area-key angeben.",
            units.first().map_or("", String::as_str)
        )));
    }
    if placed.len() < units.len() {
        diagnostics.push(
            Severity::Warning,
            "units-without-area",
            Place::default(),
            format!(
                "{} von {} Einheiten haben keine Grenze und bleiben außer Betracht.",
                units.len() - placed.len(),
                units.len()
            ),
            "Die Schlüssel beider Dateien vergleichen.",
        );
    }
    let rows: Vec<Vec<f64>> = placed
        .iter()
        .map(|unit| (0..counts.groups()).map(|group| counts.group(group)[*unit]).collect())
        .collect();
    let counts = Counts::from_rows(&rows)?;
    let outlines: Vec<_> =
        placed.iter().filter_map(|unit| found[*unit]).map(|place| shapes[place].clone()).collect();
    let focal = position_of(&groups, request.focal.as_deref())?;
    let two = two_groups(&counts, focal).ok_or_else(|| {
        AnalyseError::Usage("Es sind mehr als zwei Gruppen. Abhilfe: eine mit --focal nennen.".into())
    })?;
    let surfaces: Vec<f64> = outlines.iter().map(area_km2).collect();
    let places: Vec<Point<f64>> =
        outlines.iter().map(|s| s.centroid().unwrap_or(Point::new(0.0, 0.0))).collect();
    let persons = counts.unit_totals();
    let centre = request.centre.map_or_else(
        || {
            let total: f64 = persons.iter().sum();
            let mean = |of: fn(Point<f64>) -> f64| {
                places.iter().zip(&persons).map(|(place, n)| of(*place) * n / total).sum::<f64>()
            };
            Point::new(mean(|p| p.x()), mean(|p| p.y()))
        },
        |(x, y)| Point::new(x, y),
    );
    let from_centre: Vec<f64> = places.iter().map(|place| haversine_m(*place, centre)).collect();
    let proximity = |i: usize, j: usize| {
        let metres =
            if i == j { (0.6 * surfaces[i]).sqrt() * 1000.0 } else { haversine_m(places[i], places[j]) };
        (-metres / request.scale).exp()
    };
    let (x, y) = (two.group(0), two.group(1));
    let beside = contiguity(&outlines, Contiguity::Queen);
    let pairs = (0..outlines.len()).flat_map(|i| beside.row(i).map(move |(j, w)| (i, j, w)));
    let mut out = Map::new();
    let mut put = |name: &str, value: Option<f64>| {
        out.insert(name.into(), json!(value));
    };
    put("delta", space::delta(x, y, &surfaces));
    put("absolute_concentration", space::absolute_concentration(x, y, &surfaces));
    put("relative_concentration", space::relative_concentration(x, y, &surfaces));
    put("absolute_centralisation", space::absolute_centralisation(x, y, &surfaces, &from_centre));
    put("relative_centralisation", space::relative_centralisation(x, y, &from_centre));
    put("spatial_dissimilarity", space::spatial_dissimilarity(x, y, pairs));
    put("distance_decay_isolation", space::distance_decay_isolation(x, y, proximity));
    put("spatial_proximity", space::spatial_proximity(x, y, proximity));
    put("spatial_isolation", space::spatial_exposure(&two, 0, 0, proximity));
    put("spatial_information", space::spatial_information(&counts, proximity));
    if out.values().any(Value::is_null) {
        out.insert(
            "note".into(),
            json!("Leere Angaben lassen sich nicht rechnen, zum Beispiel bei nur einer Einheit."),
        );
    }
    out.insert("units".into(), json!(counts.units()));
    out.insert("groups".into(), json!(groups));
    out.insert("persons".into(), json!(counts.total()));
    Ok((Value::Object(out), diagnostics))
}
