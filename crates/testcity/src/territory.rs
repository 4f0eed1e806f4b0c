//! Stadtteile and Stadtbezirke, streets and addresses.

use crate::draw::{Draw, Stage, Weights};
use crate::names::Names;
use serde_json::{Value, json};

/// Stadtteile side by side, and rows of them; a row is a Stadtbezirk.
const COLUMNS: usize = 6;
const ROWS: usize = 5;
/// Streets of one Stadtteil.
const STREETS: usize = 10;
/// South-west corner and size of one cell, in degrees.
const CORNER: [f64; 2] = [6.8, 51.38];
const CELL: [f64; 2] = [0.03, 0.018];

/// The city's parts.
#[derive(Clone, Debug)]
pub struct Territory {
    /// Keys of the Stadtteile, `101` (district 1, first).
    pub keys: Vec<String>,
    /// Their names.
    pub names: Vec<String>,
    /// Names of the Stadtbezirke; their keys are `1` to `5`.
    pub districts: Vec<String>,
    /// How poor a Stadtteil is, standard normal.
    pub(crate) poverty: Vec<f64>,
    /// How many children live there, relative to each other.
    pub(crate) weights: Weights,
    /// All addresses, by Stadtteil and street.
    pub addresses: Vec<Address>,
    /// Addresses of a Stadtteil: first and number.
    pub(crate) of_area: Vec<(usize, usize)>,
    corners: Vec<[f64; 2]>,
}

/// An address with its place.
#[derive(Clone, Debug)]
pub struct Address {
    /// Index of the Stadtteil.
    pub area: usize,
    /// Name of the street.
    pub street: String,
    /// House number.
    pub number: usize,
    /// Postal code.
    pub postal_code: String,
    /// Longitude and latitude (EPSG:4326).
    pub place: [f64; 2],
}

/// The Stadtteil of the canaries: the smallest one.
pub(crate) const CANARY_AREA: usize = COLUMNS * ROWS - 1;

impl Territory {
    pub(crate) fn new(seed: u64, children: usize, names: &Names) -> Self {
        let mut draw = Draw::new(seed, Stage::Territory, 0);
        let corners = corners(&mut draw);
        let count = COLUMNS * ROWS;
        let poverty: Vec<f64> = (0..count).map(|_| draw.normal()).collect();
        let mut sizes: Vec<f64> = (0..count).map(|_| 0.6 + draw.unit()).collect();
        sizes[CANARY_AREA] = 0.08;
        let mut streets: Vec<&str> = names.streets.iter().map(String::as_str).collect();
        draw.shuffle(&mut streets);
        let houses = (children / 600).clamp(8, 200);
        let mut territory = Self {
            keys: (0..count).map(|i| format!("{}{:02}", i / COLUMNS + 1, i % COLUMNS + 1)).collect(),
            names: names.areas.iter().take(count).cloned().collect(),
            districts: names.districts.clone(),
            poverty,
            weights: Weights::new(sizes),
            addresses: Vec::new(),
            of_area: Vec::new(),
            corners,
        };
        for area in 0..count {
            let first = territory.addresses.len();
            for street in 0..STREETS {
                let name = match (area, street) {
                    (CANARY_AREA, 0) => names.canary_street.as_str(),
                    _ => streets[(area * STREETS + street) % streets.len()],
                };
                territory.lay_street(area, name, houses, &mut draw);
            }
            territory.of_area.push((first, territory.addresses.len() - first));
        }
        territory
    }

    /// Houses along a line inside the Stadtteil.
    fn lay_street(&mut self, area: usize, street: &str, houses: usize, draw: &mut Draw) {
        let [mut from, mut to] = [[0.0; 2]; 2];
        for end in [&mut from, &mut to] {
            // Between the corners: never outside of the quadrangle.
            *end = self.within(area, 0.1 + 0.8 * draw.unit(), 0.1 + 0.8 * draw.unit());
        }
        for number in 1..=houses {
            let along = (number as f64 - 0.5) / houses as f64;
            let place = [0, 1].map(|axis| {
                let at: f64 = from[axis] + (to[axis] - from[axis]) * along;
                (at * 1e6).round() / 1e6
            });
            self.addresses.push(Address {
                area,
                street: street.to_string(),
                number,
                postal_code: format!("45{}0{}", 4 + area / COLUMNS, area % COLUMNS / 2 + 1),
                place,
            });
        }
    }

    /// Bilinear place in the quadrangle of a Stadtteil.
    fn within(&self, area: usize, u: f64, v: f64) -> [f64; 2] {
        let [a, b, c, d] = self.ring(area);
        [0, 1].map(|axis| {
            (1.0 - v) * ((1.0 - u) * a[axis] + u * b[axis]) + v * ((1.0 - u) * d[axis] + u * c[axis])
        })
    }

    /// Corners of a Stadtteil, counter-clockwise from the south-west.
    fn ring(&self, area: usize) -> [[f64; 2]; 4] {
        let (row, column) = (area / COLUMNS, area % COLUMNS);
        let at = |row: usize, column: usize| self.corners[row * (COLUMNS + 1) + column];
        [at(row, column), at(row, column + 1), at(row + 1, column + 1), at(row + 1, column)]
    }

    /// Number of Stadtteile.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none; a city always has some.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Index of the Stadtbezirk of a Stadtteil.
    pub fn district(&self, area: usize) -> usize {
        area / COLUMNS
    }

    /// A drawn address of a Stadtteil.
    pub(crate) fn address(&self, area: usize, draw: &mut Draw) -> usize {
        let (first, count) = self.of_area[area];
        first + draw.below(count)
    }

    /// The Stadtteile as GeoJSON with `schluessel`, `name`, `bezirk`.
    pub fn areas_geojson(&self) -> Value {
        let features = (0..self.len()).map(|area| {
            let [a, b, c, d] = self.ring(area);
            let bezirk = (self.district(area) + 1).to_string();
            let properties =
                json!({ "schluessel": self.keys[area], "name": self.names[area], "bezirk": bezirk });
            feature(properties, &[a, b, c, d, a])
        });
        json!({ "type": "FeatureCollection", "features": features.collect::<Vec<_>>() })
    }

    /// The Stadtbezirke as GeoJSON with `schluessel` and `name`.
    pub fn districts_geojson(&self) -> Value {
        let features = (0..ROWS).map(|row| {
            let line =
                |row: usize| self.corners[row * (COLUMNS + 1)..(row + 1) * (COLUMNS + 1)].iter().copied();
            let mut ring: Vec<[f64; 2]> = line(row).chain(line(row + 1).rev()).collect();
            ring.push(ring[0]);
            let name = format!("Bezirk {}", self.districts[row]);
            feature(json!({ "schluessel": (row + 1).to_string(), "name": name }), &ring)
        });
        json!({ "type": "FeatureCollection", "features": features.collect::<Vec<_>>() })
    }
}

fn feature(properties: Value, ring: &[[f64; 2]]) -> Value {
    json!({
        "type": "Feature",
        "properties": properties,
        "geometry": { "type": "Polygon", "coordinates": [ring] },
    })
}

/// A grid whose inner points are moved by less than a quarter of a cell, so that every quadrangle stays convex.
fn corners(draw: &mut Draw) -> Vec<[f64; 2]> {
    let points = (0..=ROWS).flat_map(|row| (0..=COLUMNS).map(move |column| (row, column)));
    let mut moved = |edge: bool| if edge { 0.0 } else { (draw.unit() - 0.5) * 0.4 };
    points
        .map(|(row, column)| {
            let dx = moved(column == 0 || column == COLUMNS);
            let dy = moved(row == 0 || row == ROWS);
            let place = [CORNER[0] + CELL[0] * (column as f64 + dx), CORNER[1] + CELL[1] * (row as f64 + dy)];
            place.map(|degrees| (degrees * 1e6).round() / 1e6)
        })
        .collect()
}
