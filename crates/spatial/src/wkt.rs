//! Reference systems from their well-known text: ESRI `.prj` files, OGC WKT 1 (`PROJCS`) and WKT 2 (`PROJCRS`).
//!
//! A system is read from its parameters first and from its EPSG code only where it has none, since offices
//! change a parameter (a false easting) and leave the name as it was. Axis order is ignored on purpose.

use crate::crs::{Crs, CrsTextError, Datum, Kind, TransverseMercator};

/// Deepest nesting a definition may have; real ones have about eight levels.
const MAX_DEPTH: usize = 32;

enum Item {
    Node(Node),
    Text(String),
    Number(f64),
}

struct Node {
    keyword: String,
    items: Vec<Item>,
}

impl Node {
    fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.items.iter().filter_map(|item| match item {
            Item::Node(node) => Some(node),
            _ => None,
        })
    }

    fn child(&self, keywords: &[&str]) -> Option<&Node> {
        self.nodes().find(|node| keywords.contains(&node.keyword.as_str()))
    }

    /// First text, compared without case, blanks and underscores.
    fn name(&self) -> String {
        let text = self.items.iter().find_map(|item| match item {
            Item::Text(text) => Some(text.as_str()),
            _ => None,
        });
        plain(text.unwrap_or_default())
    }

    fn number(&self) -> Option<f64> {
        self.items.iter().find_map(|item| match item {
            Item::Number(number) => Some(*number),
            _ => None,
        })
    }

    /// The EPSG code of this node itself (`AUTHORITY["EPSG","25832"]` or `ID["EPSG",25832]`).
    fn epsg(&self) -> Option<u32> {
        let node = self.child(&["AUTHORITY", "ID"])?;
        if !matches!(node.name().as_str(), "epsg" | "esri") {
            return None;
        }
        node.items.iter().skip(1).find_map(|item| match item {
            Item::Text(text) => text.trim().parse().ok(),
            Item::Number(number) if (0.0..1.0e6).contains(number) => Some(*number as u32),
            _ => None,
        })
    }
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
}

impl Parser<'_> {
    fn blank(&mut self) {
        while self.text.get(self.at).is_some_and(|b| b.is_ascii_whitespace() || *b == 0) {
            self.at += 1;
        }
    }

    fn peek(&mut self) -> Option<u8> {
        self.blank();
        self.text.get(self.at).copied()
    }

    fn word(&mut self) -> String {
        self.blank();
        let start = self.at;
        while self.text.get(self.at).is_some_and(|b| b.is_ascii_alphanumeric() || b"_+-.".contains(b)) {
            self.at += 1;
        }
        String::from_utf8_lossy(&self.text[start..self.at]).into_owned()
    }

    fn quoted(&mut self) -> Option<String> {
        self.at += 1;
        let start = self.at;
        while *self.text.get(self.at)? != b'"' {
            self.at += 1;
        }
        let text = String::from_utf8_lossy(&self.text[start..self.at]).into_owned();
        self.at += 1;
        Some(text)
    }

    fn node(&mut self, keyword: String, depth: usize) -> Option<Node> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.at += 1;
        let mut items = Vec::new();
        loop {
            match self.peek()? {
                b']' | b')' => {
                    self.at += 1;
                    return Some(Node { keyword: keyword.to_ascii_uppercase(), items });
                }
                b',' => self.at += 1,
                b'"' => items.push(Item::Text(self.quoted()?)),
                _ => {
                    let word = self.word();
                    if word.is_empty() {
                        return None;
                    }
                    if matches!(self.peek(), Some(b'[' | b'(')) {
                        items.push(Item::Node(self.node(word, depth + 1)?));
                    } else if let Some(number) = word.parse().ok().filter(|n: &f64| n.is_finite()) {
                        items.push(Item::Number(number));
                    } else {
                        items.push(Item::Text(word));
                    }
                }
            }
        }
    }
}

/// Reads a definition; see [`Crs::from_wkt`].
pub(crate) fn parse(text: &str) -> Result<Crs, CrsTextError> {
    let fail = || {
        let name = text.split('"').nth(1).unwrap_or(text);
        CrsTextError { found: name.trim().chars().take(120).collect() }
    };
    let mut parser = Parser { text: text.trim_start_matches('\u{feff}').as_bytes(), at: 0 };
    let keyword = parser.word();
    if !matches!(parser.peek(), Some(b'[' | b'(')) {
        return Err(fail());
    }
    let root = parser.node(keyword, 0).ok_or_else(fail)?;
    system(&root).ok_or_else(fail)
}

fn system(node: &Node) -> Option<Crs> {
    match node.keyword.as_str() {
        "COMPD_CS" | "COMPOUNDCRS" => node
            .child(&["PROJCS", "PROJCRS", "PROJECTEDCRS", "GEOGCS", "GEOGCRS", "GEODCRS"])
            .and_then(system),
        "BOUNDCRS" => node.child(&["SOURCECRS"])?.nodes().next().and_then(system),
        "PROJCS" | "PROJCRS" | "PROJECTEDCRS" => projected(node),
        "GEOGCS" | "GEOGCRS" | "GEOGRAPHICCRS" | "GEODCRS" | "BASEGEOGCRS" | "BASEGEODCRS" => {
            Some(Crs { datum: datum(node)?, kind: Kind::Degrees })
        }
        _ => None,
    }
}

fn datum(geographic: &Node) -> Option<Datum> {
    if let Some(meridian) = geographic.child(&["PRIMEM", "PRIMEMERIDIAN"])
        && meridian.number().unwrap_or(0.0) != 0.0
    {
        return None;
    }
    let node = geographic.child(&["DATUM", "GEODETICDATUM", "TRF", "ENSEMBLE"])?;
    let names = [geographic.name(), node.name()];
    let ellipsoid = node.child(&["SPHEROID", "ELLIPSOID"]).map(Node::name).unwrap_or_default();
    let any = |words: &[&str]| words.iter().any(|word| names.iter().any(|name| name.contains(word)));
    if any(&["etrs", "wgs84", "wgs1984", "worldgeodeticsystem1984", "europeanterrestrialreference"]) {
        Some(Datum::Etrs89)
    } else if any(&["dhdn", "hauptdreiecksnetz", "potsdam", "rauenberg"]) {
        Some(Datum::Dhdn)
    } else if any(&["unknown", "unnamed", "notspecified", "bessel1841", "grs80", "grs1980"]) {
        match ellipsoid.as_str() {
            name if name.starts_with("bessel1841") => Some(Datum::Dhdn),
            name if name.contains("grs1980") || name.contains("grs80") || name.contains("wgs") => {
                Some(Datum::Etrs89)
            }
            _ => None,
        }
    } else {
        None
    }
}

fn projected(node: &Node) -> Option<Crs> {
    let by_code = || node.epsg().and_then(Crs::from_epsg);
    let base = node.child(&["GEOGCS", "GEOGCRS", "GEODCRS", "BASEGEOGCRS", "BASEGEODCRS"]);
    let holder = node.child(&["CONVERSION"]).unwrap_or(node);
    let Some(method) = holder.child(&["PROJECTION", "METHOD"]).map(Node::name) else {
        return by_code();
    };
    let metre = node
        .child(&["UNIT", "LENGTHUNIT"])
        .and_then(Node::number)
        .is_none_or(|factor| (factor - 1.0).abs() < 1.0e-9);
    if !metre {
        return None;
    }
    let parameter = |names: &[&str]| {
        holder
            .nodes()
            .filter(|node| node.keyword == "PARAMETER")
            .find(|node| names.contains(&node.name().as_str()))
            .and_then(Node::number)
    };
    let latitude = parameter(&["latitudeoforigin", "latitudeofnaturalorigin", "latitudeofcenter"]);
    let longitude = parameter(&["centralmeridian", "longitudeofnaturalorigin", "longitudeofcenter"]);
    let false_easting = parameter(&["falseeasting"]);
    let false_northing = parameter(&["falsenorthing"]);
    match method.as_str() {
        "transversemercator"
        | "transversemercatorcomplex"
        | "gausskruger"
        | "gausskrueger"
        | "gaußkrüger" => {
            let (Some(central_meridian), Some(false_easting)) = (longitude, false_easting) else {
                return by_code();
            };
            Some(Crs {
                datum: base.and_then(datum)?,
                kind: Kind::TransverseMercator(TransverseMercator {
                    central_meridian,
                    latitude_of_origin: latitude.unwrap_or(0.0),
                    scale: parameter(&["scalefactor", "scalefactoratnaturalorigin"]).unwrap_or(1.0),
                    false_easting,
                    false_northing: false_northing.unwrap_or(0.0),
                }),
            })
        }
        "mercatorauxiliarysphere" | "popularvisualisationpseudomercator" => Some(Crs::WEB_MERCATOR),
        "mercator1sp" | "mercator" => (node.name().contains("pseudomercator")
            || node.name().contains("webmercator")
            || node.name().contains("popularvisualisation"))
        .then_some(Crs::WEB_MERCATOR)
        .or_else(by_code),
        "lambertazimuthalequalarea" => {
            let europe = [
                (latitude, 52.0),
                (longitude, 10.0),
                (false_easting, 4_321_000.0),
                (false_northing, 3_210_000.0),
            ];
            europe
                .iter()
                .all(|(found, wanted)| found.is_none_or(|f| f == *wanted))
                .then_some(Crs::EUROPE_LAEA)
        }
        _ => by_code(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ETRS: &str = r#"GEOGCS["GCS_ETRS_1989",DATUM["D_ETRS_1989",SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]"#;

    fn utm(easting: &str) -> String {
        format!(
            r#"PROJCS["ETRS_1989_UTM_Zone_32N",{ETRS},PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",{easting}],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",9.0],PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#
        )
    }

    #[test]
    fn definitions_with_and_without_codes() {
        let wkt2 = r#"PROJCRS["DHDN / 3-degree Gauss-Kruger zone 2",BASEGEOGCRS["DHDN",DATUM["Deutsches Hauptdreiecksnetz",ELLIPSOID["Bessel 1841",6377397.155,299.1528128,LENGTHUNIT["metre",1]]],PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]]],CONVERSION["3-degree Gauss-Kruger zone 2",METHOD["Transverse Mercator",ID["EPSG",9807]],PARAMETER["Latitude of natural origin",0],PARAMETER["Longitude of natural origin",6],PARAMETER["Scale factor at natural origin",1],PARAMETER["False easting",2500000],PARAMETER["False northing",0]],CS[Cartesian,2],AXIS["northing (X)",north],AXIS["easting (Y)",east],LENGTHUNIT["metre",1],ID["EPSG",31466]]"#;
        let esri_gk = r#"PROJCS["Germany_Zone_2",GEOGCS["GCS_Deutsches_Hauptdreiecksnetz",DATUM["D_Deutsches_Hauptdreiecksnetz",SPHEROID["Bessel_1841",6377397.155,299.1528128]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",2500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",6.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#;
        let web = r#"PROJCS["WGS_1984_Web_Mercator_Auxiliary_Sphere",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Mercator_Auxiliary_Sphere"],UNIT["Meter",1.0]]"#;
        let code_only = r#"PROJCS["irgendwas",AUTHORITY["EPSG","25833"]]"#;
        for (text, code) in [
            (utm("500000.0").as_str(), Some(25832)),
            (utm("32500000.0").as_str(), Some(4647)),
            (utm("2500000.0").as_str(), None),
            (ETRS, Some(4326)),
            (wkt2, Some(31466)),
            (esri_gk, Some(31466)),
            (web, Some(3857)),
            (code_only, Some(25833)),
        ] {
            assert_eq!(Crs::from_wkt(text).unwrap().epsg(), code, "{text}");
        }
    }

    #[test]
    fn foreign_and_broken_definitions_are_refused() {
        let deep = "A[".repeat(100_000);
        let dutch = r#"PROJCS["Amersfoort / RD New",GEOGCS["Amersfoort",DATUM["Amersfoort",SPHEROID["Bessel 1841",6377397.155,299.1528128]],PRIMEM["Greenwich",0]],PROJECTION["Oblique_Stereographic"],UNIT["metre",1],AUTHORITY["EPSG","28992"]]"#;
        let feet = utm("500000.0").replace(r#"UNIT["Meter",1.0]"#, r#"UNIT["Foot",0.3048]"#);
        for text in ["", "PROJCS", "PROJCS[", "PROJCS[\"", "LOCAL_CS[\"x\"]", &deep, dutch, &feet] {
            assert!(Crs::from_wkt(text).is_err(), "{}", &text[..text.len().min(40)]);
        }
    }
}
