//! Reading, repairing, projecting, simplifying and classifying areas.
//!
//! [`read()`] takes the files a surveying office hands out (GeoJSON, TopoJSON, GeoPackage, Shapefile, loose,
//! zipped or gzipped) and gives areas and points in longitude and latitude, repaired, with every repair said.
//! The other modules are free functions on those shapes. Nothing here opens a file.

pub mod access;
pub mod assign;
pub mod autocorrelation;
pub mod classify;
pub mod crs;
pub mod dissolve;
pub mod hierarchy;
pub mod locate;
pub mod measure;
pub mod neighbours;
pub mod project;
pub mod rates;
mod read;
pub mod regionalise;
mod repair;
mod segments;
mod simplify;
mod topology;
pub mod weights;
mod wkt;

pub use crs::{Crs, CrsTextError};
pub use dissolve::dissolve;
pub use hierarchy::assign_parents;
pub use locate::AreaIndex;
pub use neighbours::neighbours;
pub use read::{ReadError, read, wkb_geometry};
pub use repair::{RepairError, Repairs, repair};
pub use simplify::simplify;

use geo::{MultiPolygon, Point};
use std::collections::BTreeMap;
use std::fmt;

/// The shape of a feature: always longitude and latitude in degrees (WGS 84), 2D, valid, exteriors
/// counter-clockwise and holes clockwise as RFC 7946 asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Geometry {
    /// One or more polygons.
    Areas(MultiPolygon<f64>),
    /// One place.
    Point(Point<f64>),
}

/// The value of one attribute of a feature.
#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    /// Text, trimmed. Keys with leading zeros stay text in every format.
    Text(String),
    /// A number.
    Number(f64),
    /// No value in the file.
    Null,
}

impl Attribute {
    /// The value as text, integers without a decimal tail (`7`, not `7.0`); `None` for no value.
    pub fn text(&self) -> Option<String> {
        match self {
            Attribute::Text(text) => Some(text.clone()),
            Attribute::Number(number) => Some(number.to_string()),
            Attribute::Null => None,
        }
    }

    /// The value as a number; text is read with a decimal point or a German decimal comma.
    pub fn number(&self) -> Option<f64> {
        match self {
            Attribute::Number(number) => Some(*number),
            Attribute::Text(text) => {
                text.trim().replace(',', ".").parse().ok().filter(|n: &f64| n.is_finite())
            }
            Attribute::Null => None,
        }
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().unwrap_or_default())
    }
}

/// One area or place with its attributes.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// The shape; `None` when the file has none or it could not be used (then a diagnostic says so).
    pub geometry: Option<Geometry>,
    /// Attributes by the name of their column.
    pub attributes: BTreeMap<String, Attribute>,
}

/// The features of one layer in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Name of the layer (table, object) or of the file without its ending.
    pub name: String,
    /// Coordinate reference system as found in the file or given by the caller.
    pub crs: Crs,
    /// The features, already in WGS 84.
    pub features: Vec<Feature>,
}

/// One file as bytes, under the name the user gave it.
#[derive(Clone, Debug)]
pub struct InputFile {
    /// File name with its ending.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// What the caller knows better than the file.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The layer, table, object or file (without ending) to read where there are several.
    pub layer: Option<String>,
    /// The reference system of the coordinates; wins over what the file says and is needed when the file
    /// says nothing and its coordinates are not degrees.
    pub crs: Option<Crs>,
}
