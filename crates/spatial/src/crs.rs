//! Coordinate reference systems used by German surveying offices.
//!
//! Definitions: EPSG registry. The shift of the DHDN (Gauß-Krüger) is EPSG:1777, accurate to about 3 m in
//! western Germany; the grid-based transformations of the Länder are more exact but need their grid files.

use crate::wkt;
use std::fmt;
use std::str::FromStr;

/// Geodetic datum. ETRS89 and WGS 84 are taken as one; they differ by less than a metre.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Datum {
    /// ETRS89 on GRS 80, and WGS 84.
    Etrs89,
    /// Deutsches Hauptdreiecksnetz on Bessel 1841.
    Dhdn,
}

/// A transverse Mercator projection; degrees and metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TransverseMercator {
    pub(crate) central_meridian: f64,
    pub(crate) latitude_of_origin: f64,
    pub(crate) scale: f64,
    pub(crate) false_easting: f64,
    pub(crate) false_northing: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Degrees,
    TransverseMercator(TransverseMercator),
    WebMercator,
    EuropeLaea,
}

/// A coordinate reference system that can be read and projected into.
///
/// Known by EPSG code: 4326, 4258, 4314 (degrees), 25831 to 25833 and 32631 to 32633 (UTM), 4647, 5649, 5650
/// and 5651 to 5653 (UTM with the zone in the easting), 3043 to 3045 (UTM, northing first), 5554 to 5556 (UTM
/// with heights), 31466 to 31469 and 5676 to 5679 (Gauß-Krüger), 3035 and 3857. Any other transverse Mercator
/// on these datums is read from its WKT, such as UTM with a false easting of 2,500,000 m.
///
/// The axis order of a definition is not part of it: files keep easting or longitude first whatever the
/// registry says, and the reader looks at the numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crs {
    pub(crate) datum: Datum,
    pub(crate) kind: Kind,
}

/// Text that names no reference system this crate knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "„{found}“ ist kein unterstütztes Koordinatensystem. Abhilfe: eines angeben von EPSG:4326, 4258, 25831–25833, 4647, 5650, 31466–31469, 3035, 3857."
)]
pub struct CrsTextError {
    /// Text as found.
    pub found: String,
}

const fn utm(zone: u8, false_easting: f64) -> Crs {
    Crs {
        datum: Datum::Etrs89,
        kind: Kind::TransverseMercator(TransverseMercator {
            central_meridian: zone as f64 * 6.0 - 183.0,
            latitude_of_origin: 0.0,
            scale: 0.9996,
            false_easting,
            false_northing: 0.0,
        }),
    }
}

const fn gauss_krueger(zone: u8) -> Crs {
    Crs {
        datum: Datum::Dhdn,
        kind: Kind::TransverseMercator(TransverseMercator {
            central_meridian: zone as f64 * 3.0,
            latitude_of_origin: 0.0,
            scale: 1.0,
            false_easting: zone as f64 * 1_000_000.0 + 500_000.0,
            false_northing: 0.0,
        }),
    }
}

/// Codes that a system is called by in texts of ours, with a name; the first match names a system.
const NAMED: [(u32, &str); 15] = [
    (4326, "WGS 84, Grad"),
    (25832, "ETRS89 / UTM Zone 32N"),
    (25833, "ETRS89 / UTM Zone 33N"),
    (25831, "ETRS89 / UTM Zone 31N"),
    (4647, "ETRS89 / UTM Zone 32N mit Zonenkennziffer"),
    (5650, "ETRS89 / UTM Zone 33N mit Zonenkennziffer"),
    (5649, "ETRS89 / UTM Zone 31N mit Zonenkennziffer"),
    (31466, "DHDN / Gauß-Krüger Zone 2"),
    (31467, "DHDN / Gauß-Krüger Zone 3"),
    (31468, "DHDN / Gauß-Krüger Zone 4"),
    (31469, "DHDN / Gauß-Krüger Zone 5"),
    (3035, "ETRS89 / LAEA Europa"),
    (3857, "WGS 84 / Pseudo-Mercator"),
    (4314, "DHDN, Grad"),
    (4258, "ETRS89, Grad"),
];

impl Crs {
    /// Longitude and latitude on WGS 84 (EPSG:4326, also CRS84 and EPSG:4258).
    pub const WGS84: Crs = Crs { datum: Datum::Etrs89, kind: Kind::Degrees };
    /// ETRS89 / UTM zone 32N (EPSG:25832), the official system of North Rhine-Westphalia.
    pub const UTM32: Crs = utm(32, 500_000.0);
    /// ETRS89 / LAEA Europe (EPSG:3035), equal area.
    pub const EUROPE_LAEA: Crs = Crs { datum: Datum::Etrs89, kind: Kind::EuropeLaea };
    /// WGS 84 / Pseudo-Mercator (EPSG:3857) of web maps.
    pub const WEB_MERCATOR: Crs = Crs { datum: Datum::Etrs89, kind: Kind::WebMercator };

    /// The system of an EPSG (or ESRI) code, if it is known here.
    pub fn from_epsg(code: u32) -> Option<Crs> {
        Some(match code {
            4326 | 4258 | 4937 | 4979 | 84 => Crs::WGS84,
            4314 => Crs { datum: Datum::Dhdn, kind: Kind::Degrees },
            25831 | 32631 | 3043 | 5554 => utm(31, 500_000.0),
            25832 | 32632 | 3044 | 5555 => Crs::UTM32,
            25833 | 32633 | 3045 | 5556 => utm(33, 500_000.0),
            5649 | 5651 => utm(31, 31_500_000.0),
            4647 | 5652 => utm(32, 32_500_000.0),
            5650 | 5653 => utm(33, 33_500_000.0),
            31466 | 5676 => gauss_krueger(2),
            31467 | 5677 => gauss_krueger(3),
            31468 | 5678 => gauss_krueger(4),
            31469 | 5679 => gauss_krueger(5),
            3035 => Crs::EUROPE_LAEA,
            3857 | 900_913 | 102_100 | 102_113 | 3785 => Crs::WEB_MERCATOR,
            _ => return None,
        })
    }

    /// The EPSG code, if the system has one of its own; `None` for systems known only by their WKT.
    pub fn epsg(self) -> Option<u32> {
        NAMED.iter().map(|(code, _)| *code).find(|code| Crs::from_epsg(*code) == Some(self))
    }

    /// Whether coordinates are degrees.
    pub fn is_degrees(self) -> bool {
        self.kind == Kind::Degrees
    }

    /// The definition as proj4rs reads it.
    pub(crate) fn proj_string(self) -> String {
        let datum = match self.datum {
            Datum::Etrs89 => "+ellps=GRS80 +towgs84=0,0,0",
            Datum::Dhdn => "+ellps=bessel +towgs84=598.1,73.7,418.2,0.202,0.045,-2.455,6.7",
        };
        match self.kind {
            Kind::Degrees => format!("+proj=longlat {datum}"),
            Kind::TransverseMercator(t) => format!(
                "+proj=etmerc +lat_0={} +lon_0={} +k={} +x_0={} +y_0={} {datum} +units=m",
                t.latitude_of_origin, t.central_meridian, t.scale, t.false_easting, t.false_northing
            ),
            Kind::WebMercator => {
                "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null"
                    .to_string()
            }
            Kind::EuropeLaea => {
                format!("+proj=laea +lat_0=52 +lon_0=10 +x_0=4321000 +y_0=3210000 {datum} +units=m")
            }
        }
    }

    /// Reads a WKT definition (ESRI `.prj`, OGC WKT 1 and 2), with or without an EPSG code.
    pub fn from_wkt(text: &str) -> Result<Crs, CrsTextError> {
        wkt::parse(text)
    }

    /// Systems whose coordinates could look like this one, likeliest first; for messages when a file names none.
    pub(crate) fn plausible(x: f64, y: f64) -> Vec<Crs> {
        let northing = 5_150_000.0..6_150_000.0;
        let candidates = |codes: &[u32]| codes.iter().filter_map(|code| Crs::from_epsg(*code)).collect();
        let (x, y) = if northing.contains(&x) && !northing.contains(&y) { (y, x) } else { (x, y) };
        if northing.contains(&y) {
            return match x / 1000.0 {
                100.0..1_000.0 => candidates(&[25832, 25833]),
                2_480.0..2_800.0 => candidates(&[31466]),
                2_200.0..2_480.0 => vec![utm(32, 2_500_000.0)],
                3_200.0..3_900.0 => candidates(&[31467]),
                4_200.0..4_900.0 => candidates(&[31468]),
                5_200.0..5_900.0 => candidates(&[31469]),
                31_000.0..32_000.0 => candidates(&[5649]),
                32_000.0..33_000.0 => candidates(&[4647]),
                33_000.0..34_000.0 => candidates(&[5650]),
                _ => Vec::new(),
            };
        }
        if (2_500_000.0..3_700_000.0).contains(&y) && (3_900_000.0..4_800_000.0).contains(&x) {
            return candidates(&[3035]);
        }
        if (5_900_000.0..7_500_000.0).contains(&y) && (500_000.0..1_800_000.0).contains(&x) {
            return candidates(&[3857]);
        }
        Vec::new()
    }
}

impl fmt::Display for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(code) = self.epsg()
            && let Some((_, name)) = NAMED.iter().find(|(named, _)| *named == code)
        {
            return write!(f, "EPSG:{code} ({name})");
        }
        f.write_str(&self.proj_string())
    }
}

impl FromStr for Crs {
    type Err = CrsTextError;

    /// Reads `25832`, `EPSG:25832`, `urn:ogc:def:crs:EPSG::25832`, `http://www.opengis.net/def/crs/EPSG/0/25832`,
    /// `CRS84`, `ETRS89_UTM32` (AdV) or a WKT definition.
    fn from_str(text: &str) -> Result<Crs, CrsTextError> {
        let found = text.trim().trim_start_matches('\u{feff}').trim();
        let fail = || CrsTextError { found: found.chars().take(120).collect() };
        if found.contains(['[', '(']) {
            return Crs::from_wkt(found);
        }
        let upper = found.to_ascii_uppercase();
        let last = upper.rsplit([':', '/', '#']).next().unwrap_or_default();
        if let Ok(code) = last.parse::<u32>() {
            return Crs::from_epsg(code).ok_or_else(fail);
        }
        let name = last.replace(['-', ' '], "_");
        match name.as_str() {
            "CRS84" | "WGS84" | "WGS_84" | "OGC_CRS84" => Ok(Crs::WGS84),
            "ETRS89_UTM31" => Ok(utm(31, 500_000.0)),
            "ETRS89_UTM32" => Ok(Crs::UTM32),
            "ETRS89_UTM33" => Ok(utm(33, 500_000.0)),
            "DE_DHDN_3GK2" => Ok(gauss_krueger(2)),
            "DE_DHDN_3GK3" => Ok(gauss_krueger(3)),
            "DE_DHDN_3GK4" => Ok(gauss_krueger(4)),
            "DE_DHDN_3GK5" => Ok(gauss_krueger(5)),
            _ => Err(fail()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes_are_understood() {
        for (text, code) in [
            ("25832", 25832),
            ("EPSG:25832", 25832),
            ("epsg:31466", 31466),
            ("urn:ogc:def:crs:EPSG::25832", 25832),
            ("urn:ogc:def:crs:OGC:1.3:CRS84", 4326),
            ("http://www.opengis.net/def/crs/EPSG/0/3857", 3857),
            ("http://www.opengis.net/gml/srs/epsg.xml#31467", 31467),
            ("ETRS89_UTM32", 25832),
            ("urn:adv:crs:DE_DHDN_3GK2", 31466),
            ("WGS 84", 4326),
        ] {
            assert_eq!(text.parse::<Crs>().unwrap().epsg(), Some(code), "{text}");
        }
        for text in ["", "EPSG:2", "Krefeld", "PROJCS[", "28992"] {
            assert!(text.parse::<Crs>().unwrap_err().to_string().contains("Abhilfe"), "{text}");
        }
    }

    #[test]
    fn magnitudes_name_the_system() {
        for (x, y, code) in [
            (356_000.0, 5_645_000.0, Some(25832)),
            (2_567_000.0, 5_645_000.0, Some(31466)),
            (3_434_000.0, 5_766_000.0, Some(31467)),
            (32_356_000.0, 5_645_000.0, Some(4647)),
            (5_645_000.0, 32_356_000.0, Some(4647)),
            (2_356_000.0, 5_645_000.0, None),
            (4_106_000.0, 3_098_000.0, Some(3035)),
            (774_000.0, 6_610_000.0, Some(3857)),
        ] {
            assert_eq!(Crs::plausible(x, y).first().and_then(|crs| crs.epsg()), code, "{x} {y}");
        }
        assert!(Crs::plausible(1.0e9, -1.0).is_empty());
    }
}
