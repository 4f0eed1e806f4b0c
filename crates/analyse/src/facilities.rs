//! Who attends which facility, from what age, and from how far?

use crate::places::{
    ChildTable, Children, Facilities, FacilityTable, children, facilities as read_facilities,
};
use crate::{AnalyseError, Table};
use geo::Point;
use kekiz_base::{Diagnostics, Place, Severity};
use kekiz_spatial::access::straight_line;
use kekiz_spatial::measure::haversine_m;
use kekiz_stats::Interval;
use kekiz_stats::funnel::{FunnelKind, FunnelMethod, limits};
use kekiz_stats::interval::{student_quantile, wilson};
use kekiz_stats::moments::{Deviation, mean_and_deviation};
use kekiz_stats::quantile::{QuantileType, quantile};

/// What `facilities` needs.
#[derive(Clone, Debug, PartialEq)]
pub struct FacilitiesRequest {
    /// Children with the facility attended.
    pub children: ChildTable,
    /// Group whose share is shown.
    pub focal: Option<String>,
    /// Facilities with coordinates, for ways.
    pub facilities: Option<FacilityTable>,
    /// Level of intervals.
    pub level: f64,
}

/// One row per facility, and a last one without key for all together: `key`, `children`; with a group `with_group` (children
/// whose group is known), `share`, `lower`, `upper` (Wilson) and `chance_lower`, `chance_upper` (where the share of a
/// facility of that size would lie by chance at the overall share); with ages of entry `entry_known`, `entry_mean`,
/// `entry_lower`, `entry_upper` (Student) and `entry_median`; with coordinates `metres_attended`, `metres_nearest` (means
/// over children whose place is known), `nearest_known`, `nearest_share`, `nearest_lower`, `nearest_upper` (share attending
/// the nearest facility). `note` says why cells are empty.
///
/// # Errors
/// [`AnalyseError`], a German sentence with the remedy.
pub fn facilities(request: &FacilitiesRequest) -> Result<(Table, Diagnostics), AnalyseError> {
    if !(request.level > 0.0 && request.level < 1.0) {
        return Err(AnalyseError::Usage(
            "Das Niveau muss zwischen 0 und 1 liegen. Abhilfe: zum Beispiel --level 0.95 angeben.".into(),
        ));
    }
    let kids = children(&request.children)?;
    let known = request.facilities.as_ref().map(read_facilities).transpose()?;
    let mut diagnostics = Diagnostics::default();
    diagnostics.extend(kids.diagnostics.clone());
    if let Some(known) = &known {
        diagnostics.extend(known.diagnostics.clone());
    }
    let Some(attended) = &kids.facility else {
        return Err(AnalyseError::Usage(
            "Es fehlt die Spalte mit der besuchten Einrichtung. Abhilfe: --facility angeben.".into(),
        ));
    };
    if let (Some(focal), Some(groups)) = (&request.focal, &kids.group)
        && !groups.contains(focal)
    {
        return Err(AnalyseError::Usage(format!(
            "Die Gruppe „{focal}“ kommt in der Tabelle nicht vor. Abhilfe: einen vorhandenen Wert angeben."
        )));
    }
    let mut keys: Vec<String> = Vec::new();
    let mut members: Vec<Vec<usize>> = Vec::new();
    let mut number = std::collections::HashMap::new();
    for (child, key) in attended.iter().enumerate().filter(|(_, key)| !key.is_empty()) {
        let at = *number.entry(key.clone()).or_insert_with(|| {
            keys.push(key.clone());
            members.push(Vec::new());
            keys.len() - 1
        });
        members[at].push(child);
    }
    let without = attended.iter().filter(|key| key.is_empty()).count();
    if without > 0 {
        diagnostics.push(
            Severity::Note,
            "children-without-facility",
            Place::default(),
            format!("{without} Kinder besuchen keine Einrichtung und zählen nicht mit."),
            "",
        );
    }
    if keys.is_empty() {
        return Err(AnalyseError::Input(
            "In keiner Zeile steht eine Einrichtung. Abhilfe: die Spalte bei --facility prüfen.".into(),
        ));
    }
    members.push(members.iter().flatten().copied().collect());
    let mut out = Table::default();
    out.text("key", keys.iter().cloned().map(Some).chain([None]).collect());
    out.number("children", members.iter().map(|m| Some(m.len() as f64)).collect());
    if let (Some(groups), Some(focal)) = (&kids.group, &request.focal) {
        composition(&mut out, &members, groups, focal, request.level);
    }
    if let Some(entry) = &kids.entry {
        ages_of_entry(&mut out, &members, entry, request.level);
    }
    let mut notes = vec![None; keys.len()];
    if let Some(known) = &known {
        notes = ways(&mut out, &members, &kids, known, &keys, request.level);
    }
    notes.push(Some("alle Einrichtungen".to_string()));
    out.text("note", notes);
    Ok((out, diagnostics))
}

fn ends(out: &mut Table, lower: &str, upper: &str, intervals: &[Option<Interval>]) {
    out.number(lower, intervals.iter().map(|i| i.map(|i| i.lower)).collect());
    out.number(upper, intervals.iter().map(|i| i.map(|i| i.upper)).collect());
}

fn composition(out: &mut Table, members: &[Vec<usize>], groups: &[String], focal: &str, level: f64) {
    let counted = members.iter().map(|list| {
        let known = list.iter().filter(|child| !groups[**child].is_empty());
        known.fold((0.0, 0.0), |(x, n), child| (x + f64::from(u8::from(groups[*child] == focal)), n + 1.0))
    });
    let counted: Vec<(f64, f64)> = counted.collect();
    let (x, n) = counted.last().copied().unwrap_or((0.0, 0.0));
    out.number("with_group", counted.iter().map(|(_, n)| Some(*n)).collect());
    out.number("share", counted.iter().map(|(x, n)| (*n > 0.0).then(|| x / n)).collect());
    let shares: Vec<Option<Interval>> = counted.iter().map(|(x, n)| wilson(*x, *n, level)).collect();
    ends(out, "lower", "upper", &shares);
    let sizes: Vec<f64> = counted.iter().map(|(_, n)| *n).collect();
    let mut chance = limits(x / n, &sizes, level, FunnelKind::Share, FunnelMethod::Exact);
    if let Some(last) = chance.last_mut() {
        // All together lie at their own share.
        *last = None;
    }
    ends(out, "chance_lower", "chance_upper", &chance);
}

fn ages_of_entry(out: &mut Table, members: &[Vec<usize>], entry: &[Option<f64>], level: f64) {
    let ages: Vec<Vec<f64>> =
        members.iter().map(|list| list.iter().filter_map(|child| entry[*child]).collect()).collect();
    let interval = |ages: &Vec<f64>| {
        let n = ages.len() as f64;
        let (mean, deviation) = mean_and_deviation(ages, Deviation::Sample)?;
        let reach = student_quantile(level, n - 1.0)? * deviation / n.sqrt();
        Some(Interval { lower: mean - reach, upper: mean + reach })
    };
    out.number("entry_known", ages.iter().map(|ages| Some(ages.len() as f64)).collect());
    out.number(
        "entry_mean",
        ages.iter().map(|a| mean_and_deviation(a, Deviation::Population).map(|(mean, _)| mean)).collect(),
    );
    ends(out, "entry_lower", "entry_upper", &ages.iter().map(interval).collect::<Vec<_>>());
    out.number("entry_median", ages.iter().map(|a| quantile(a, 0.5, QuantileType::T7)).collect());
}

/// Ways of children; gives the notes of facilities.
fn ways(
    out: &mut Table,
    members: &[Vec<usize>],
    kids: &Children,
    known: &Facilities,
    keys: &[String],
    level: f64,
) -> Vec<Option<String>> {
    let nowhere = Point::new(f64::NAN, f64::NAN);
    let from: Vec<Point<f64>> = kids.at.iter().map(|at| at.unwrap_or(nowhere)).collect();
    let to: Vec<Point<f64>> = known.at.iter().map(|at| at.unwrap_or(nowhere)).collect();
    let nearest = nearest(&from, &to);
    let place_of: Vec<Option<usize>> = keys
        .iter()
        .map(|key| known.number.get(key).copied().filter(|facility| known.at[*facility].is_some()))
        .collect();
    // Facility attended and the way there of each child whose place is known.
    let mut attended: Vec<Option<(usize, f64)>> = vec![None; kids.keys.len()];
    for (place, list) in place_of.iter().zip(members) {
        let Some(place) = place else { continue };
        for child in list {
            attended[*child] = kids.at[*child].map(|at| (*place, haversine_m(at, to[*place])));
        }
    }
    let sums = members.iter().map(|list| {
        let both = list.iter().filter_map(|child| attended[*child].zip(nearest[*child]));
        both.fold([0.0; 4], |[n, own, near, same], ((place, way), (closest, shortest))| {
            // Two facilities at the same distance are both nearest.
            let at_nearest = place == closest || way <= shortest;
            [n + 1.0, own + way, near + shortest, same + f64::from(u8::from(at_nearest))]
        })
    });
    let sums: Vec<[f64; 4]> = sums.collect();
    let mean = |at: usize| sums.iter().map(|s| (s[0] > 0.0).then(|| s[at] / s[0])).collect::<Vec<_>>();
    out.number("metres_attended", mean(1));
    out.number("metres_nearest", mean(2));
    out.number("nearest_known", sums.iter().map(|s| Some(s[0])).collect());
    out.number("nearest_share", mean(3));
    let shares: Vec<Option<Interval>> = sums.iter().map(|s| wilson(s[3], s[0], level)).collect();
    ends(out, "nearest_lower", "nearest_upper", &shares);
    let note = |(place, sums): (&Option<usize>, &[f64; 4])| match (place, sums[0] > 0.0) {
        (None, _) => Some("Einrichtung ohne Koordinaten".to_string()),
        (_, false) => Some("keine Kinder mit Koordinaten".to_string()),
        _ => None,
    };
    place_of.iter().zip(&sums).map(note).collect()
}

/// The nearest facility of each child and the way there; the radius doubles until everybody has one.
fn nearest(from: &[Point<f64>], to: &[Point<f64>]) -> Vec<Option<(usize, f64)>> {
    let mut found = vec![None; from.len()];
    let mut open: Vec<usize> = (0..from.len()).filter(|child| from[*child].x().is_finite()).collect();
    let mut metres = 2_000.0;
    while !open.is_empty() && to.iter().any(|at| at.x().is_finite()) && metres < 5e7 {
        let points: Vec<Point<f64>> = open.iter().map(|child| from[*child]).collect();
        for (child, nearest) in open.iter().zip(straight_line(&points, to, metres).nearest()) {
            found[*child] = nearest;
        }
        open.retain(|child| found[*child].is_none());
        metres *= 4.0;
    }
    found
}
