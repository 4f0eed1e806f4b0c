//! What if every child went to the nearest facility with a free place?

use crate::places::{ChildTable, Children, FacilityTable, children, facilities};
use crate::{AnalyseError, Table};
use kekiz_base::{Diagnostics, Place, Severity};
use kekiz_segregation::chance::{Index, corrected};
use kekiz_segregation::information::information;
use kekiz_segregation::{Counts, evenness};
use kekiz_spatial::assign::assign as shortest_ways;
use kekiz_spatial::measure::haversine_m;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What `assign` needs.
#[derive(Clone, Debug, PartialEq)]
pub struct AssignRequest {
    /// Children with coordinates; with a group for segregation, with the facility attended for the comparison.
    pub children: ChildTable,
    /// Facilities with places.
    pub facilities: FacilityTable,
    /// How far a child may be sent, in metres along the straight line; infinite for any way.
    pub reach: f64,
}

/// Largest table of ways: children times facilities (8 bytes each).
const MOST_WAYS: usize = 200_000_000;

/// Who would go where, what that does to segregation, and what was found on the way.
pub type AssignAnswer = (Table, Value, Diagnostics);

/// Assigns each child to a facility such that as many as possible get a place and the sum of ways is smallest: `key`,
/// `facility`, `metres`, `nearest`, `metres_to_nearest` and `note`. The object beside it has `children`, `assigned`,
/// `mean_metres`, `share_in_nearest` and, for children with a group, under `assigned_segregation` (and under
/// `attended_segregation` if the facility attended is known) M, H and for two groups D with what chance alone would give.
///
/// # Errors
/// [`AnalyseError`], a German sentence with the remedy.
pub fn assign(request: &AssignRequest) -> Result<AssignAnswer, AnalyseError> {
    if request.reach.is_nan() || request.reach <= 0.0 {
        return Err(AnalyseError::Usage(
            "Die Reichweite muss größer als null sein. Abhilfe: zum Beispiel --reach 3000 angeben.".into(),
        ));
    }
    let (kids, found) = (children(&request.children)?, facilities(&request.facilities)?);
    let mut diagnostics = Diagnostics::default();
    diagnostics.extend(kids.diagnostics.clone());
    diagnostics.extend(found.diagnostics.clone());
    let open: Vec<usize> = (0..found.keys.len()).filter(|f| found.at[*f].is_some()).collect();
    if open.len() < found.keys.len() {
        diagnostics.push(
            Severity::Warning,
            "facilities-without-place",
            Place::default(),
            format!(
                "{} Einrichtungen ohne Koordinaten bleiben außer Betracht.",
                found.keys.len() - open.len()
            ),
            "Die Koordinaten ergänzen.",
        );
    }
    let places = open.iter().map(|f| whole_places(&found.keys[*f], found.places[*f]));
    let places = places.collect::<Result<Vec<u32>, _>>()?;
    let seeking: Vec<usize> = (0..kids.keys.len()).filter(|child| kids.at[*child].is_some()).collect();
    if seeking.is_empty() || open.is_empty() {
        return Err(AnalyseError::Input(
            "Es gibt keine Kinder oder keine Einrichtungen mit Koordinaten. Abhilfe: die Spalten prüfen."
                .into(),
        ));
    }
    if seeking.len().saturating_mul(open.len()) > MOST_WAYS {
        return Err(AnalyseError::Input(format!(
            "{} Kinder und {} Einrichtungen ergeben zu viele Wege. Abhilfe: Bezirke einzeln rechnen.",
            seeking.len(),
            open.len()
        )));
    }
    let way = |child: usize, facility: usize| match kids.at[child].zip(found.at[facility]) {
        Some((from, to)) => haversine_m(from, to),
        None => f64::INFINITY,
    };
    let mut ways = Vec::with_capacity(seeking.len() * open.len());
    for child in &seeking {
        let row = open.iter().map(|facility| way(*child, *facility));
        ways.extend(row.map(|metres| if metres <= request.reach { metres } else { f64::INFINITY }));
    }
    let got = shortest_ways(&ways, &places).map_err(|cause| AnalyseError::Input(cause.to_string()))?;
    let mut facility = vec![None; kids.keys.len()];
    for (child, place) in seeking.iter().zip(&got) {
        facility[*child] = place.map(|place| open[place]);
    }
    let nearest: Vec<Option<usize>> = (0..kids.keys.len())
        .map(|child| {
            kids.at[child]?;
            open.iter().copied().reduce(|a, b| if way(child, b) < way(child, a) { b } else { a })
        })
        .collect();
    let name = |f: &Option<usize>| f.map(|f| found.keys[f].clone());
    let metres = |list: &[Option<usize>]| -> Vec<Option<f64>> {
        list.iter().enumerate().map(|(child, f)| f.map(|f| way(child, f))).collect()
    };
    let note = |child: usize| match (kids.at[child], facility[child]) {
        (None, _) => Some("keine Koordinaten".to_string()),
        (_, None) => Some("kein freier Platz in Reichweite".to_string()),
        _ => None,
    };
    let mut table = Table::default();
    table.text("key", kids.keys.iter().cloned().map(Some).collect());
    table.text("facility", facility.iter().map(name).collect());
    table.number("metres", metres(&facility));
    table.text("nearest", nearest.iter().map(name).collect());
    table.number("metres_to_nearest", metres(&nearest));
    table.text("note", (0..kids.keys.len()).map(note).collect());
    let report = report(&kids, &facility, &nearest, &metres(&facility), &found.number);
    Ok((table, report, diagnostics))
}

fn whole_places(key: &str, places: Option<f64>) -> Result<u32, AnalyseError> {
    let whole = places.filter(|n| *n >= 0.0 && n.fract() == 0.0 && *n <= f64::from(u32::MAX));
    whole.map(|n| n as u32).ok_or_else(|| {
        AnalyseError::Input(format!(
            "Die Zahl der Plätze von „{key}“ fehlt oder ist keine ganze Zahl ab null. Abhilfe: die Zelle berichtigen."
        ))
    })
}

fn report(
    kids: &Children,
    facility: &[Option<usize>],
    nearest: &[Option<usize>],
    metres: &[Option<f64>],
    number: &std::collections::HashMap<String, usize>,
) -> Value {
    let ways: Vec<f64> = metres.iter().flatten().copied().collect();
    let mean = (!ways.is_empty()).then(|| ways.iter().sum::<f64>() / ways.len() as f64);
    let same = facility.iter().zip(nearest).filter(|(f, n)| f.is_some() && f == n).count();
    let mut out = Map::new();
    out.insert("children".into(), json!(kids.keys.len()));
    out.insert("assigned".into(), json!(ways.len()));
    out.insert("mean_metres".into(), json!(mean));
    let share = (!ways.is_empty()).then(|| same as f64 / ways.len() as f64);
    out.insert("share_in_nearest".into(), json!(share));
    if let Some(groups) = &kids.group {
        out.insert("assigned_segregation".into(), segregation(groups, facility));
        if let Some(attended) = &kids.facility {
            // Children outside the comparison on either side would tell two different stories.
            let attended: Vec<Option<usize>> = attended
                .iter()
                .zip(facility)
                .map(|(key, assigned)| assigned.and(number.get(key.as_str()).copied()))
                .collect();
            out.insert("attended_segregation".into(), segregation(groups, &attended));
        }
    }
    Value::Object(out)
}

/// Segregation of groups over facilities; an object with a `note` where there is nothing to compute.
fn segregation(groups: &[String], facility: &[Option<usize>]) -> Value {
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for (group, _) in groups.iter().zip(facility).filter(|(g, f)| !g.is_empty() && f.is_some()) {
        let next = names.len();
        names.entry(group).or_insert(next);
    }
    let mut rows: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for (group, place) in groups.iter().zip(facility) {
        if let (Some(group), Some(place)) = (names.get(group.as_str()), place) {
            rows.entry(*place).or_insert_with(|| vec![0.0; names.len()])[*group] += 1.0;
        }
    }
    let rows: Vec<Vec<f64>> = rows.into_values().collect();
    let Ok(counts) = Counts::from_rows(&rows) else {
        return json!({ "note": "Es gibt keine zwei Gruppen mit Kindern." });
    };
    let found = information(&counts);
    let mut out =
        json!({ "m": found.m, "h": found.h, "facilities": counts.units(), "children": counts.total() });
    if counts.groups() == 2 {
        out["d"] = json!(evenness::dissimilarity(counts.group(0), counts.group(1)));
        if let Ok(d) = corrected(&counts, Index::Dissimilarity) {
            out["d_expected"] = json!(d.expected);
            out["d_adjusted"] = json!(d.adjusted);
        }
    }
    out
}
