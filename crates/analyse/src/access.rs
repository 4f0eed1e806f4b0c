//! Which areas reach places, and how many for how many children?

use crate::columns::rows;
use crate::{AnalyseError, Table};
use geo::Point;
use kekiz_base::Diagnostics;
use kekiz_spatial::access::{Decay, floating_catchment, straight_line};
use std::path::PathBuf;

/// A table of places with coordinates in degrees and a number.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceTable {
    /// The table.
    pub path: PathBuf,
    /// Column with the key; without one rows are numbered.
    pub key: Option<String>,
    /// Column with the longitude.
    pub lon: String,
    /// Column with the latitude.
    pub lat: String,
    /// Column with the number: people who demand, or places supplied.
    pub number: String,
}

/// What `access` needs.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessRequest {
    /// People.
    pub demand: PlaceTable,
    /// Places.
    pub supply: PlaceTable,
    /// How far people go, in metres along the straight line.
    pub metres: f64,
    /// How much farther places count.
    pub decay: Decay,
}

/// Places per person within reach (`access`), the nearest place (`nearest`) and the way there (`metres`) for each demand
/// row, with `note` where a cell is empty. Rows without coordinates are left out of the sharing.
///
/// # Errors
/// [`AnalyseError`], a German sentence with the remedy.
pub fn access(request: &AccessRequest) -> Result<(Table, Diagnostics), AnalyseError> {
    if !(request.metres.is_finite() && request.metres > 0.0) {
        return Err(AnalyseError::Usage(
            "Die Reichweite muss größer als null sein. Abhilfe: zum Beispiel --reach 1000 angeben.".into(),
        ));
    }
    let read = |table: &PlaceTable| {
        rows(&table.path, table.key.as_deref(), &[&table.lon, &table.lat, &table.number])
    };
    let (demand, supply) = (read(&request.demand)?, read(&request.supply)?);
    let mut diagnostics = demand.diagnostics;
    diagnostics.extend(supply.diagnostics);
    let points = |numbers: &[Vec<Option<f64>>]| -> Vec<Point<f64>> {
        let degree = |v: Option<f64>| v.unwrap_or(f64::NAN);
        let place = |(x, y): (&Option<f64>, &Option<f64>)| Point::new(degree(*x), degree(*y));
        numbers[0].iter().zip(&numbers[1]).map(place).collect()
    };
    let amounts = |numbers: &[Option<f64>]| numbers.iter().map(|n| n.unwrap_or(0.0)).collect::<Vec<f64>>();
    let (at, of) = (points(&demand.numbers), points(&supply.numbers));
    if at.iter().chain(&of).any(|p| p.x().abs() > 180.0 || p.y().abs() > 90.0) {
        return Err(AnalyseError::Input(
            "Die Koordinaten sind keine Grad. Abhilfe: Länge und Breite in Grad (WGS 84) angeben.".into(),
        ));
    }
    let reach = straight_line(&at, &of, request.metres);
    let found = floating_catchment(
        &amounts(&supply.numbers[2]),
        &amounts(&demand.numbers[2]),
        &reach,
        &request.decay,
    );
    let Some(found) = found else {
        return Err(AnalyseError::Input(
            "Personen und Plätze müssen ab null sein. Abhilfe: die Tabellen prüfen.".into(),
        ));
    };
    let nearest = reach.nearest();
    let known: Vec<bool> = at.iter().map(|p| p.x().is_finite() && p.y().is_finite()).collect();
    let note = |row: usize| match (known[row], nearest[row]) {
        (false, _) => Some("keine Koordinaten".to_string()),
        (true, None) => Some("kein Platz in Reichweite".to_string()),
        _ => None,
    };
    let notes = (0..known.len()).map(note).collect();
    let mut out = Table::default();
    out.text("key", demand.keys.into_iter().map(Some).collect());
    out.number("access", found.iter().zip(&known).map(|(a, known)| known.then_some(*a)).collect());
    out.text(
        "nearest",
        nearest.iter().map(|n| n.map(|(supply_row, _)| supply.keys[supply_row].clone())).collect(),
    );
    out.number("metres", nearest.iter().map(|n| n.map(|(_, way)| way)).collect());
    out.text("note", notes);
    Ok((out, diagnostics))
}
