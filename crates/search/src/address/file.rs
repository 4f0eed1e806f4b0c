//! Reading a municipality's address file.

use super::table::{AddressRow, AddressTable};
use encoding_rs::WINDOWS_1252;
use geo_types::Coord;
use kekiz_base::{Diagnostics, Place, Severity};
use kekiz_spatial::Crs;
use kekiz_spatial::project::Projector;
use std::borrow::Cow;

/// Why an address file cannot be used at all.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressFileError {
    /// No heads of columns for what is needed.
    #[error(
        "In „{file}“ fehlt eine Spalte für {missing}; gefunden: {found}. Abhilfe: die Spalten in der ersten Zeile benennen, zum Beispiel strasse;hausnummer;plz;ort;stadtteil;lon;lat (oder ostwert;nordwert)."
    )]
    Columns {
        /// File name.
        file: String,
        /// What is missing.
        missing: &'static str,
        /// Heads found.
        found: String,
    },
    /// No row could be used.
    #[error(
        "In „{file}“ ist keine Zeile mit einem Ort, der sich lesen lässt. Abhilfe: Koordinaten prüfen (Grad oder UTM Zone 32) und als CSV mit Kopfzeile speichern."
    )]
    Empty {
        /// File name.
        file: String,
    },
}

/// Columns by what they hold; names as municipalities, the state survey and OpenStreetMap exports write them.
const COLUMNS: [(&str, &[&str]); 8] = [
    (
        "street",
        &[
            "strasse",
            "straße",
            "strassenname",
            "straßenname",
            "str",
            "street",
            "str_name",
            "stn",
            "addr:street",
        ],
    ),
    ("number", &["hausnummer", "hausnr", "hnr", "nr", "housenumber", "number", "addr:housenumber"]),
    ("addition", &["zusatz", "hausnummernzusatz", "hnrz", "hnr_zusatz", "adz", "hausnrzusatz"]),
    ("code", &["plz", "postleitzahl", "postal_code", "postcode", "addr:postcode", "postplz"]),
    ("town", &["ort", "gemeinde", "stadt", "gmd", "town", "city", "ortsname", "addr:city", "onm", "postonm"]),
    (
        "district",
        &["stadtteil", "ortsteil", "ott", "stadtbezirk", "bezirk", "district", "quartier", "addr:suburb"],
    ),
    (
        "x",
        &[
            "lon",
            "lng",
            "long",
            "longitude",
            "laenge",
            "länge",
            "x",
            "ostwert",
            "ost",
            "rechtswert",
            "easting",
            "e",
            "utm_x",
            "x_koord",
        ],
    ),
    (
        "y",
        &[
            "lat", "latitude", "breite", "y", "nordwert", "nord", "hochwert", "northing", "n", "utm_y",
            "y_koord",
        ],
    ),
];

fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim().replace(',', ".").parse().ok().filter(|value: &f64| value.is_finite())
}

/// Turns coordinates of a file into degrees; which system they are in is told by their size.
struct ToDegrees {
    utm: Option<Projector>,
    utm_with_zone: Option<Projector>,
}

impl ToDegrees {
    fn new() -> Self {
        let from = |code| Crs::from_epsg(code).and_then(|crs| Projector::new(crs, Crs::WGS84));
        Self { utm: from(25832), utm_with_zone: from(4647) }
    }

    /// Degrees as they are; eastings of UTM zone 32, with or without the zone in front.
    fn point(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        if (-180.0..=180.0).contains(&x) && (-90.0..=90.0).contains(&y) {
            return Some((x, y)).filter(|_| (x, y) != (0.0, 0.0));
        }
        let system = match x {
            100_000.0..1_000_000.0 => self.utm.as_ref()?,
            32_000_000.0..33_000_000.0 => self.utm_with_zone.as_ref()?,
            _ => return None,
        };
        let degrees = system.transform_one(Coord { x, y }).ok()?;
        Some((degrees.x, degrees.y)).filter(|_| (40.0..60.0).contains(&degrees.y))
    }
}

impl AddressTable {
    /// The table of a file: [`read_addresses`] and [`AddressTable::new`].
    pub fn read_csv(file: &str, bytes: &[u8]) -> Result<(Self, Diagnostics), AddressFileError> {
        let (rows, found) = read_addresses(file, bytes)?;
        Ok((Self::new(rows), found))
    }
}

/// Reads a CSV file with a head: separated by `;`, `,` or tabs, in UTF-8 or Windows-1252, points in degrees or in
/// ETRS89 / UTM zone 32N (also with the zone before the easting), decimal point or comma. Rows without a
/// readable point are left out and said, the first twenty by line.
pub fn read_addresses(file: &str, bytes: &[u8]) -> Result<(Vec<AddressRow>, Diagnostics), AddressFileError> {
    let text = decode(bytes);
    let head = text.lines().next().unwrap_or("");
    let separator =
        [b';', b'\t', b','].into_iter().max_by_key(|sign| head.bytes().filter(|b| b == sign).count());
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator.unwrap_or(b';'))
        .flexible(true)
        .from_reader(text.as_bytes());
    let names: Vec<String> = reader
        .headers()
        .map(|row| row.iter().map(|name| name.trim().to_lowercase()).collect())
        .unwrap_or_default();
    let column = |what: &str| {
        let known = COLUMNS.iter().find(|(name, _)| *name == what).map_or(&[][..], |(_, known)| known);
        known.iter().find_map(|known| names.iter().position(|name| name == known))
    };
    let missing = |missing| AddressFileError::Columns { file: file.into(), missing, found: names.join(", ") };
    let x = column("x").ok_or_else(|| missing("die Länge oder den Ostwert"))?;
    let y = column("y").ok_or_else(|| missing("die Breite oder den Nordwert"))?;
    let texts = ["street", "number", "addition", "code", "town", "district"].map(column);
    if texts[0].or(texts[3]).or(texts[4]).or(texts[5]).is_none() {
        return Err(missing("Straße, Postleitzahl, Ort oder Stadtteil"));
    }
    let to_degrees = ToDegrees::new();
    let mut found = Diagnostics::new();
    let (mut rows, mut bad) = (Vec::new(), 0usize);
    for (at, record) in reader.records().enumerate() {
        let record = record.unwrap_or_default();
        let get =
            |column: Option<usize>| column.and_then(|at| record.get(at)).unwrap_or("").trim().to_string();
        let point =
            number(&get(Some(x))).zip(number(&get(Some(y)))).and_then(|(x, y)| to_degrees.point(x, y));
        let Some(point) = point else {
            bad += 1;
            if bad <= 20 {
                let place = Place {
                    file: Some(file.into()),
                    line: Some(at as u64 + 2),
                    column: names.get(x).cloned(),
                };
                let message = "Die Koordinaten sind nicht lesbar; die Zeile wird ausgelassen.";
                found.push(
                    Severity::Warning,
                    "address-point",
                    place,
                    message,
                    "Grad oder UTM Zone 32 angeben.",
                );
            }
            continue;
        };
        let [street, house, addition, postal_code, town, district] = texts.map(get);
        rows.push(AddressRow {
            street,
            house_number: format!("{house}{addition}"),
            postal_code,
            town,
            district,
            point,
        });
    }
    if bad > 20 {
        let place = Place { file: Some(file.into()), ..Place::default() };
        let message = format!("Insgesamt wurden {bad} Zeilen ohne lesbare Koordinaten ausgelassen.");
        found.push(Severity::Warning, "address-points", place, message, "Grad oder UTM Zone 32 angeben.");
    }
    if rows.is_empty() {
        return Err(AddressFileError::Empty { file: file.into() });
    }
    Ok((rows, found))
}
