//! Tables of children and of facilities, with coordinates in degrees.

use crate::AnalyseError;
use crate::source::table_file;
use geo::Point;
use kekiz_base::Diagnostics;
use kekiz_tables::read_columns;
use std::collections::HashMap;
use std::path::PathBuf;

/// A table of facilities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacilityTable {
    /// The table.
    pub path: PathBuf,
    /// Column with the key.
    pub key: String,
    /// Column with the longitude.
    pub lon: String,
    /// Column with the latitude.
    pub lat: String,
    /// Column with the number of places.
    pub places: Option<String>,
}

/// A table of children, one row each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildTable {
    /// The table.
    pub path: PathBuf,
    /// Column with the key; without one rows are numbered.
    pub key: Option<String>,
    /// Columns with longitude and latitude, where known.
    pub at: Option<(String, String)>,
    /// Column with the group.
    pub group: Option<String>,
    /// Column with the facility attended.
    pub facility: Option<String>,
    /// Column with the age at entry, in any unit.
    pub entry: Option<String>,
}

/// Facilities as read.
pub(crate) struct Facilities {
    pub(crate) keys: Vec<String>,
    /// Where each lies; `None` without coordinates.
    pub(crate) at: Vec<Option<Point<f64>>>,
    pub(crate) places: Vec<Option<f64>>,
    pub(crate) number: HashMap<String, usize>,
    pub(crate) diagnostics: Diagnostics,
}

/// Children as read.
pub(crate) struct Children {
    pub(crate) keys: Vec<String>,
    pub(crate) at: Vec<Option<Point<f64>>>,
    /// Empty texts are unknown.
    pub(crate) group: Option<Vec<String>>,
    pub(crate) facility: Option<Vec<String>>,
    pub(crate) entry: Option<Vec<Option<f64>>>,
    pub(crate) diagnostics: Diagnostics,
}

fn point(lon: Option<f64>, lat: Option<f64>) -> Result<Option<Point<f64>>, AnalyseError> {
    match lon.zip(lat) {
        Some((x, y)) if x.abs() > 180.0 || y.abs() > 90.0 => Err(AnalyseError::Input(
            "Die Koordinaten sind keine Grad. Abhilfe: Länge und Breite in Grad (WGS 84) angeben.".into(),
        )),
        Some((x, y)) => Ok(Some(Point::new(x, y))),
        None => Ok(None),
    }
}

pub(crate) fn facilities(table: &FacilityTable) -> Result<Facilities, AnalyseError> {
    let file = table_file(&table.path)?;
    let mut names: Vec<&str> = vec![&table.key, &table.lon, &table.lat];
    names.extend(table.places.as_deref());
    let (columns, mut diagnostics) = read_columns(&file, &names)?;
    let (lon, lat) = (columns.numbers(1, &mut diagnostics)?, columns.numbers(2, &mut diagnostics)?);
    let places = match table.places {
        Some(_) => columns.numbers(3, &mut diagnostics)?,
        None => vec![None; columns.rows()],
    };
    let mut number = HashMap::new();
    for (row, key) in columns.texts[0].iter().enumerate() {
        if key.is_empty() {
            return Err(AnalyseError::Input(format!(
                "{}, Zeile {}: Der Schlüssel der Einrichtung fehlt. Abhilfe: ihn ergänzen oder die Zeile löschen.",
                file.name, columns.lines[row]
            )));
        }
        if let Some(before) = number.insert(key.clone(), row) {
            return Err(AnalyseError::Input(format!(
                "{}: Die Einrichtung „{key}“ steht in Zeile {} und in Zeile {}. Abhilfe: jede nur einmal aufführen.",
                file.name, columns.lines[before], columns.lines[row]
            )));
        }
    }
    let at = lon.iter().zip(&lat).map(|(x, y)| point(*x, *y)).collect::<Result<_, _>>()?;
    Ok(Facilities { keys: columns.texts[0].clone(), at, places, number, diagnostics })
}

pub(crate) fn children(table: &ChildTable) -> Result<Children, AnalyseError> {
    let file = table_file(&table.path)?;
    let wanted = [
        table.key.as_ref(),
        table.at.as_ref().map(|(lon, _)| lon),
        table.at.as_ref().map(|(_, lat)| lat),
        table.group.as_ref(),
        table.facility.as_ref(),
        table.entry.as_ref(),
    ];
    let names: Vec<&str> = wanted.iter().flatten().map(|name| name.as_str()).collect();
    // Where each column wanted stands among those read.
    let mut next = 0..;
    let [key, lon, lat, group, facility, entry] = wanted.map(|name| name.and_then(|_| next.next()));
    let (columns, mut diagnostics) = read_columns(&file, &names)?;
    let rows = columns.rows();
    let mut numbers = |at: Option<usize>| at.map(|at| columns.numbers(at, &mut diagnostics)).transpose();
    let (lon, lat, entry) = (numbers(lon)?, numbers(lat)?, numbers(entry)?);
    let at = match lon.zip(lat) {
        Some((lon, lat)) => lon.iter().zip(&lat).map(|(x, y)| point(*x, *y)).collect::<Result<_, _>>()?,
        None => vec![None; rows],
    };
    let texts = |at: Option<usize>| at.map(|at| columns.texts[at].clone());
    Ok(Children {
        keys: texts(key).unwrap_or_else(|| (1..=rows).map(|row| row.to_string()).collect()),
        at,
        group: texts(group),
        facility: texts(facility),
        entry,
        diagnostics,
    })
}
