//! Generated boundaries and writers of the formats they come in.

use geo::{Coord, LineString, MultiPolygon, Polygon};
use kekiz_spatial::{Crs, InputFile, project};
use rusqlite::Connection;
use std::io::Write;

pub(crate) fn file(name: &str, bytes: impl Into<Vec<u8>>) -> InputFile {
    InputFile { name: name.into(), bytes: bytes.into() }
}

/// `columns` × `rows` areas near Krefeld whose borders wriggle with `detail` vertices per side; neighbours
/// share every vertex.
pub(crate) fn coverage(columns: usize, rows: usize, detail: usize) -> Vec<MultiPolygon<f64>> {
    let size = 0.02;
    let corner = |i: usize, j: usize| Coord { x: 6.5 + i as f64 * size, y: 51.3 + j as f64 * size };
    let side = |from: (usize, usize), to: (usize, usize)| -> Vec<Coord<f64>> {
        let (a, b) = (corner(from.0, from.1), corner(to.0, to.1));
        let seed = (from.0 * 31 + from.1 * 17 + to.0 * 7 + to.1) as f64;
        (0..=detail)
            .map(|step| {
                let t = step as f64 / detail as f64;
                let bend = (t * std::f64::consts::PI).sin()
                    * (0.10 * (t * 40.0 + seed).sin() + 0.03 * (t * 97.0 + seed * 3.0).sin())
                    * size;
                Coord {
                    x: a.x + (b.x - a.x) * t + (b.y - a.y) / size * bend,
                    y: a.y + (b.y - a.y) * t + (b.x - a.x) / size * bend,
                }
            })
            .collect()
    };
    let mut shapes = Vec::new();
    for j in 0..rows {
        for i in 0..columns {
            let mut ring = side((i, j), (i + 1, j));
            ring.extend(side((i + 1, j), (i + 1, j + 1)).into_iter().skip(1));
            ring.extend(side((i, j + 1), (i + 1, j + 1)).into_iter().rev().skip(1));
            ring.extend(side((i, j), (i, j + 1)).into_iter().rev().skip(1));
            shapes.push(MultiPolygon(vec![Polygon::new(LineString::new(ring), vec![])]));
        }
    }
    shapes
}

pub(crate) fn square(x: f64, y: f64, size: f64) -> MultiPolygon<f64> {
    let ring = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)];
    let ring = ring.iter().map(|(dx, dy)| Coord { x: x + dx * size, y: y + dy * size }).collect();
    MultiPolygon(vec![Polygon::new(LineString::new(ring), vec![])])
}

/// Rings as bare coordinates, exterior first.
pub(crate) fn rings(shape: &MultiPolygon<f64>) -> Vec<Vec<Coord<f64>>> {
    let all = shape.0.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    all.map(|ring| ring.0.clone()).collect()
}

pub(crate) fn projected(shapes: &[MultiPolygon<f64>], crs: Crs) -> Vec<MultiPolygon<f64>> {
    shapes.iter().map(|shape| project::from_wgs84(shape, crs).unwrap()).collect()
}

/// GeoJSON whose areas have the keys `001`, `002` … and an extra member of the collection.
pub(crate) fn geojson(shapes: &[MultiPolygon<f64>], extra: &str) -> String {
    let position = |c: &Coord<f64>| format!("[{},{}]", c.x, c.y);
    let ring = |r: &LineString<f64>| format!("[{}]", r.0.iter().map(position).collect::<Vec<_>>().join(","));
    let polygon = |p: &Polygon<f64>| {
        let rings = std::iter::once(p.exterior()).chain(p.interiors());
        format!("[{}]", rings.map(ring).collect::<Vec<_>>().join(","))
    };
    let feature = |(i, shape): (usize, &MultiPolygon<f64>)| {
        let polygons = shape.0.iter().map(polygon).collect::<Vec<_>>().join(",");
        format!(
            r#"{{"type":"Feature","properties":{{"nr":"{:03}","name":"Süd {i}","zahl":{i}}},"geometry":{{"type":"MultiPolygon","coordinates":[{polygons}]}}}}"#,
            i + 1
        )
    };
    let features = shapes.iter().enumerate().map(feature).collect::<Vec<_>>().join(",");
    format!(r#"{{"type":"FeatureCollection",{extra}"features":[{features}]}}"#)
}

/// A .shp file; clockwise exteriors, with heights when `z`.
pub(crate) fn shp(shapes: &[MultiPolygon<f64>], z: bool) -> Vec<u8> {
    let mut body = Vec::new();
    for (number, shape) in shapes.iter().enumerate() {
        let mut rings = rings(shape);
        for ring in &mut rings {
            ring.reverse();
        }
        let points: usize = rings.iter().map(Vec::len).sum();
        let mut record = Vec::new();
        record.extend_from_slice(&(if z { 15i32 } else { 5 }).to_le_bytes());
        record.extend_from_slice(&[0; 32]);
        record.extend_from_slice(&(rings.len() as i32).to_le_bytes());
        record.extend_from_slice(&(points as i32).to_le_bytes());
        let mut start = 0i32;
        for ring in &rings {
            record.extend_from_slice(&start.to_le_bytes());
            start += ring.len() as i32;
        }
        for c in rings.iter().flatten() {
            record.extend_from_slice(&c.x.to_le_bytes());
            record.extend_from_slice(&c.y.to_le_bytes());
        }
        if z {
            record.extend_from_slice(&vec![0; 16 + 8 * points]);
        }
        body.extend_from_slice(&(number as i32 + 1).to_be_bytes());
        body.extend_from_slice(&((record.len() / 2) as i32).to_be_bytes());
        body.extend(record);
    }
    let mut out = vec![0; 100];
    out[..4].copy_from_slice(&9994i32.to_be_bytes());
    out[24..28].copy_from_slice(&(((100 + body.len()) / 2) as i32).to_be_bytes());
    out[28..32].copy_from_slice(&1000i32.to_le_bytes());
    out[32..36].copy_from_slice(&(if z { 15i32 } else { 5 }).to_le_bytes());
    out.extend(body);
    out
}

/// A .dbf file with a text column `NR`, a text column `NAME` in the given bytes and a number `ZAHL`.
pub(crate) fn dbf(names: &[Vec<u8>], driver: u8) -> Vec<u8> {
    let fields = [(b"NR".as_slice(), b'C', 5u8, 0u8), (b"NAME", b'C', 20, 0), (b"ZAHL", b'N', 8, 1)];
    let header = 32 + 32 * fields.len() + 1;
    let width = 1 + 5 + 20 + 8;
    let mut out = vec![0; 32];
    out[0] = 3;
    out[4..8].copy_from_slice(&(names.len() as u32).to_le_bytes());
    out[8..10].copy_from_slice(&(header as u16).to_le_bytes());
    out[10..12].copy_from_slice(&(width as u16).to_le_bytes());
    out[29] = driver;
    for (name, kind, length, decimals) in fields {
        let mut entry = [0; 32];
        entry[..name.len()].copy_from_slice(name);
        (entry[11], entry[16], entry[17]) = (kind, length, decimals);
        out.extend_from_slice(&entry);
    }
    out.push(0x0d);
    for (i, name) in names.iter().enumerate() {
        out.push(b' ');
        out.extend_from_slice(format!("{:<5}", format!("{:03}", i + 1)).as_bytes());
        let mut cell = name.clone();
        cell.resize(20, b' ');
        out.extend(cell);
        out.extend_from_slice(format!("{:>8.1}", i as f64 + 0.5).as_bytes());
    }
    out.push(0x1a);
    out
}

pub(crate) fn zip(files: &[InputFile]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for file in files {
        writer.start_file(file.name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(&file.bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Well-known binary of a multipolygon, little endian, with a height at each vertex when `z`.
pub(crate) fn wkb(shape: &MultiPolygon<f64>, z: bool) -> Vec<u8> {
    let form = if z { 1000u32 } else { 0 };
    let mut out = vec![1];
    out.extend_from_slice(&(6 + form).to_le_bytes());
    out.extend_from_slice(&(shape.0.len() as u32).to_le_bytes());
    for polygon in &shape.0 {
        out.push(1);
        out.extend_from_slice(&(3 + form).to_le_bytes());
        let rings: Vec<_> = std::iter::once(polygon.exterior()).chain(polygon.interiors()).collect();
        out.extend_from_slice(&(rings.len() as u32).to_le_bytes());
        for ring in rings {
            out.extend_from_slice(&(ring.0.len() as u32).to_le_bytes());
            for c in &ring.0 {
                out.extend_from_slice(&c.x.to_le_bytes());
                out.extend_from_slice(&c.y.to_le_bytes());
                if z {
                    out.extend_from_slice(&33.0f64.to_le_bytes());
                }
            }
        }
    }
    out
}

/// A GeoPackage with one table per entry: name, srs id, definition, shapes.
pub(crate) fn gpkg(layers: &[(&str, i64, &str, &[MultiPolygon<f64>])], z: bool) -> Vec<u8> {
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch(
        "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT, organization_coordsys_id INTEGER, definition TEXT, description TEXT);
         CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT, srs_id INTEGER, z INTEGER, m INTEGER);",
    )
    .unwrap();
    for (name, srs, definition, shapes) in layers {
        let organisation = if *srs > 50_000 { "NONE" } else { "EPSG" };
        db.execute(
            "INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES ('x', ?1, ?2, ?1, ?3, '')",
            (srs, organisation, definition),
        )
        .unwrap();
        db.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?1, 'geom', 'MULTIPOLYGON', ?2, 0, 0)",
            (name, srs),
        )
        .unwrap();
        db.execute_batch(&format!(
            "CREATE TABLE \"{name}\" (fid INTEGER PRIMARY KEY, geom BLOB, nr TEXT, zahl REAL, gross INTEGER);"
        ))
        .unwrap();
        for (i, shape) in shapes.iter().enumerate() {
            let mut blob = b"GP\0\x03".to_vec();
            blob.extend_from_slice(&(*srs as i32).to_le_bytes());
            blob.extend_from_slice(&[0; 32]);
            blob.extend(wkb(shape, z));
            db.execute(
                &format!("INSERT INTO \"{name}\" VALUES (?1, ?2, ?3, ?4, ?5)"),
                (i as i64 + 1, blob, format!("{:03}", i + 1), i as f64 + 0.5, 53_340_002_002_i64),
            )
            .unwrap();
        }
    }
    db.serialize("main").unwrap().to_vec()
}

pub(crate) const UTM32_FALSE_EASTING: &str = r#"PROJCS["UTM32_Koeln",GEOGCS["GCS_ETRS_1989",DATUM["D_ETRS_1989",SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",2500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",9.0],PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#;

pub(crate) const GK2: &str = r#"PROJCS["DHDN_3_Degree_Gauss_Zone_2",GEOGCS["GCS_Deutsches_Hauptdreiecksnetz",DATUM["D_Deutsches_Hauptdreiecksnetz",SPHEROID["Bessel_1841",6377397.155,299.1528128]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",2500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",6.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#;
