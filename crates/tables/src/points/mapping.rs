//! The mapping of a table of places.

use crate::MappingError;
use crate::mapping::{FileHints, OneOrMany, SkipWord};
use kekiz_base::{KeyKind, Source};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a table of places means, read by [`parse_facility_mapping`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacilityMapping {
    /// Version of the format, 1.
    pub version: u32,
    /// Name of the layer: small letters, digits, `-` and `_`.
    pub layer: String,
    /// Title of the layer (`Schulen`).
    pub title: String,
    /// What the index of a place is (`Schulsozialindex`).
    #[serde(default)]
    pub index_label: Option<String>,
    /// The kind of every place, when no column says it.
    #[serde(default)]
    pub kind: Option<String>,
    /// Coordinate reference system of the coordinates as EPSG code; left out for longitude and latitude.
    #[serde(default)]
    pub epsg: Option<u32>,
    /// `skip` leaves out places without coordinates; otherwise they are errors.
    #[serde(default)]
    pub missing_position: Option<SkipWord>,
    /// Where the places come from and under which licence.
    pub source: Source,
    /// Hints on the file.
    #[serde(default)]
    pub file: FileHints,
    /// Which column is what.
    pub columns: FacilityColumns,
    /// Only rows whose column has (one of) these texts.
    #[serde(default, rename = "where")]
    pub filter: BTreeMap<String, OneOrMany<String>>,
    /// Names of kinds for texts of the kind column.
    #[serde(default)]
    pub kinds: BTreeMap<String, String>,
    /// Further columns to show, by the label to show them under.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

/// Columns of a table of places.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacilityColumns {
    /// Unique name or number; left out, the line numbers serve.
    pub id: Option<String>,
    /// Name as the public knows it.
    pub name: String,
    /// Kind of place.
    pub kind: Option<String>,
    /// Who runs it.
    pub operator: Option<String>,
    /// Parts of the address, joined by blanks.
    #[serde(default)]
    pub address: OneOrMany<String>,
    /// Longitude or easting.
    pub lon: String,
    /// Latitude or northing.
    pub lat: String,
    /// Key of the area it lies in.
    pub area: Option<String>,
    /// Kind of that key.
    #[serde(default)]
    pub area_kind: Option<KeyKind>,
    /// An index from 1 up (`Schulsozialindex`).
    pub index: Option<String>,
}

/// Reads the mapping of a table of places.
///
/// # Errors
/// A German sentence with file, line and remedy.
pub fn parse_facility_mapping(file_name: &str, text: &str) -> Result<FacilityMapping, MappingError> {
    let mapping: FacilityMapping =
        toml::from_str(text).map_err(|error| MappingError::from_toml(file_name, text, &error))?;
    let fail = |message: &str, remedy: &str| {
        Err(MappingError {
            file: file_name.into(),
            line: None,
            message: message.into(),
            remedy: remedy.into(),
        })
    };
    if mapping.version != 1 {
        return fail("Diese Fassung des Formats ist unbekannt.", "version = 1 schreiben.");
    }
    let id = &mapping.layer;
    if id.is_empty()
        || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
    {
        return fail("layer taugt nicht als Name.", "Kleinbuchstaben a–z, Ziffern, - und _ verwenden.");
    }
    if mapping.kind.is_none() && mapping.columns.kind.is_none() {
        return fail(
            "Von welcher Art die Orte sind, ist nicht gesagt.",
            "kind = \"kita\" oder unter [columns] kind = \"Spalte\" angeben.",
        );
    }
    Ok(mapping)
}
