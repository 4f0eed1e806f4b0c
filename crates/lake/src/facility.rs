//! Facility layers (schools, Kitas, offers) as GeoParquet points.

use crate::layer::{bounds, geo_metadata, is_degree};
use crate::parquet::{Columns, HEADER, Table, text};
use crate::wkb;
use datafusion::arrow::array::Array;
use geo_types::Coord;
use kekiz_base::{AreaKey, Source};
use serde::{Deserialize, Serialize};

/// Version of the file format of a facility layer.
const VERSION: u32 = 1;

/// One facility. Position in degrees (WGS 84).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facility {
    /// Unique within its layer.
    pub id: String,
    /// What it is (`Grundschule`).
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Who runs it.
    pub operator: String,
    /// Street, number, postcode, place; as the source has it.
    pub address: String,
    /// Longitude in degrees.
    pub lon: f64,
    /// Latitude in degrees.
    pub lat: f64,
    /// The smallest area it lies in.
    pub area: Option<AreaKey>,
    /// Further attributes as label and text, in the order of the source.
    pub attributes: Vec<(String, String)>,
    /// Level of an index (the Sozialindex of schools, 1 to 9).
    pub index: Option<u8>,
}

/// The facilities of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct FacilityLayer {
    /// Name in URLs.
    pub id: String,
    /// Title as the public reads it.
    pub title: String,
    /// Where the list comes from.
    pub source: Source,
    /// What the index means, if facilities have one.
    pub index_label: Option<String>,
    /// The facilities.
    pub facilities: Vec<Facility>,
}

#[derive(Serialize, Deserialize)]
struct Header {
    version: u32,
    id: String,
    title: String,
    source: Source,
    index_label: Option<String>,
}

impl FacilityLayer {
    /// What keeps the layer from being published, and what to do about it.
    pub(crate) fn problem(&self) -> Option<(String, String)> {
        let fits = !self.id.is_empty()
            && self
                .id
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        if !fits {
            return Some((
                "der Name kann nicht in einer Adresse stehen".into(),
                "nur kleine Buchstaben a–z, Ziffern, - und _ verwenden".into(),
            ));
        }
        let mut ids: Vec<&str> = self.facilities.iter().map(|f| f.id.as_str()).collect();
        ids.sort_unstable();
        if let Some(pair) = ids.windows(2).find(|pair| pair[0] == pair[1]) {
            return Some((
                format!("die Kennung „{}“ kommt zweimal vor", pair[0]),
                "eine Spalte mit eindeutigen Kennungen angeben".into(),
            ));
        }
        let outside = self.facilities.iter().find(|f| !is_degree(f.lon, f.lat))?;
        Some((
            format!("die Lage von „{}“ ist nicht in Grad angegeben", outside.id),
            "das Koordinatensystem der Datei angeben".into(),
        ))
    }
}

/// The bytes of a layer's file.
pub(crate) fn encode(layer: &FacilityLayer) -> Result<Vec<u8>, String> {
    let header = Header {
        version: VERSION,
        id: layer.id.clone(),
        title: layer.title.clone(),
        source: layer.source.clone(),
        index_label: layer.index_label.clone(),
    };
    let header = serde_json::to_string(&header).map_err(|e| e.to_string())?;
    let all = || layer.facilities.iter();
    let attributes = all()
        .map(|f| serde_json::to_string(&f.attributes))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| e.to_string())?;
    let mut columns = Columns::default();
    columns.texts("id", all().map(|f| Some(f.id.as_str())));
    columns.words("kind", all().map(|f| Some(f.kind.as_str())));
    columns.texts("name", all().map(|f| Some(f.name.as_str())));
    columns.words("operator", all().map(|f| Some(f.operator.as_str())));
    columns.texts("address", all().map(|f| Some(f.address.as_str())));
    columns.words("area", all().map(|f| f.area.as_ref().map(AreaKey::as_str)));
    columns.smalls("index", all().map(|f| f.index));
    columns.texts("attributes", attributes.iter().map(|text| Some(text.as_str())));
    columns.blobs("geometry", all().map(|f| Some(wkb::encode_point(f.lon, f.lat))));
    let geo = geo_metadata("Point", bounds(all().map(|f| Coord { x: f.lon, y: f.lat })));
    columns.write(&[("geo", geo), (HEADER, header)])
}

/// A layer from the bytes of its file.
pub(crate) fn decode(bytes: Vec<u8>) -> Result<FacilityLayer, String> {
    let table = Table::read(bytes)?;
    let header: Header = table.header()?;
    if header.version != VERSION {
        return Err(format!("das Format {} ist unbekannt", header.version));
    }
    let (id, kind, name) = (table.texts("id")?, table.texts("kind")?, table.texts("name")?);
    let (operator, address, area) = (table.texts("operator")?, table.texts("address")?, table.texts("area")?);
    let (index, attributes, geometry) =
        (table.smalls("index")?, table.texts("attributes")?, table.blobs("geometry")?);
    let mut facilities = Vec::with_capacity(table.rows());
    for row in 0..table.rows() {
        let own = |array| text(array, row).unwrap_or_default().to_string();
        let place = if geometry.is_valid(row) { geometry.value(row) } else { &[] };
        let place = wkb::decode_point(place).map_err(|e| format!("Zeile {}: {e}", row + 1))?;
        facilities.push(Facility {
            id: own(&id),
            kind: own(&kind),
            name: own(&name),
            operator: own(&operator),
            address: own(&address),
            lon: place.x(),
            lat: place.y(),
            area: text(&area, row).map(AreaKey::new),
            attributes: serde_json::from_str(text(&attributes, row).unwrap_or("[]"))
                .map_err(|e| format!("Zeile {}: {e}", row + 1))?,
            index: index.is_valid(row).then(|| index.value(row)),
        });
    }
    Ok(FacilityLayer {
        id: header.id,
        title: header.title,
        source: header.source,
        index_label: header.index_label,
        facilities,
    })
}
