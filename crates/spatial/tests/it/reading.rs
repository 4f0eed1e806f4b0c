use crate::fixtures::{
    GK2, UTM32_FALSE_EASTING, coverage, dbf, file, geojson, gpkg, projected, rings, shp, square, zip,
};
use geo::MultiPolygon;
use kekiz_spatial::{Attribute, Crs, Geometry, InputFile, Layer, ReadOptions, measure, read};

fn open(files: &[InputFile]) -> (Layer, kekiz_base::Diagnostics) {
    read(files, &ReadOptions::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn areas(layer: &Layer) -> Vec<MultiPolygon<f64>> {
    layer
        .features
        .iter()
        .map(|feature| match &feature.geometry {
            Some(Geometry::Areas(areas)) => areas.clone(),
            other => panic!("no area: {other:?}"),
        })
        .collect()
}

/// Same rings up to `metres`, whatever vertex they begin with.
fn assert_same(found: &[MultiPolygon<f64>], expected: &[MultiPolygon<f64>], metres: f64) {
    assert_eq!(found.len(), expected.len());
    for (a, b) in found.iter().zip(expected) {
        assert!((measure::area_km2(a) - measure::area_km2(b)).abs() < 1.0e-4, "areas differ");
        let (a, b) = (rings(a), rings(b));
        assert_eq!(a.len(), b.len());
        for (ring, other) in a.iter().zip(&b) {
            assert_eq!(ring.len(), other.len());
            for c in ring {
                let near = other
                    .iter()
                    .map(|o| measure::haversine_m((*c).into(), (*o).into()))
                    .fold(f64::MAX, f64::min);
                assert!(near <= metres, "{near} m apart");
            }
        }
    }
}

fn codes(diagnostics: &kekiz_base::Diagnostics) -> Vec<&'static str> {
    diagnostics.iter().map(|d| d.code).collect()
}

fn with_prj(shapes: &[MultiPolygon<f64>], prj: &str, z: bool) -> Vec<InputFile> {
    let names: Vec<Vec<u8>> = (0..shapes.len()).map(|_| b"K\xf6ln-S\xfcd".to_vec()).collect();
    vec![
        file("daten/stadtteile.shp", shp(shapes, z)),
        file("daten/stadtteile.dbf", dbf(&names, 0x57)),
        file("daten/stadtteile.prj", prj),
    ]
}

#[test]
fn all_formats_and_systems_give_the_same_areas() {
    let shapes = coverage(3, 2, 8);
    let crs = |code| Crs::from_epsg(code).unwrap();
    let koeln = Crs::from_wkt(UTM32_FALSE_EASTING).unwrap();
    let named = |code: u32| {
        format!(r#""crs":{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::{code}"}}}},"#)
    };
    let utm = projected(&shapes, Crs::UTM32);
    let mut cases: Vec<(String, Vec<InputFile>, f64)> = vec![
        ("GeoJSON".into(), vec![file("a.geojson", geojson(&shapes, ""))], 1.0e-6),
        ("BOM".into(), vec![file("a.json", format!("\u{feff}{}", geojson(&shapes, "")))], 1.0e-6),
        (
            "UTM32 with easting 2,500,000".into(),
            with_prj(&projected(&shapes, koeln), UTM32_FALSE_EASTING, true),
            1.0e-3,
        ),
        ("Gauß-Krüger".into(), with_prj(&projected(&shapes, crs(31466)), GK2, false), 0.02),
        (
            "zipped".into(),
            vec![file("a.zip", zip(&with_prj(&projected(&shapes, crs(31466)), GK2, false)))],
            0.02,
        ),
        (
            "GeoPackage with heights".into(),
            vec![file("a.gpkg", gpkg(&[("a", 25832, "", &utm)], true))],
            1.0e-3,
        ),
        (
            "GeoPackage by WKT".into(),
            vec![file(
                "a.gpkg",
                gpkg(&[("a", 100_001, UTM32_FALSE_EASTING, &projected(&shapes, koeln))], false),
            )],
            1.0e-3,
        ),
    ];
    for code in [25832, 25833, 4647, 5650, 31466, 31467, 3035, 3857, 4258] {
        let text = geojson(&projected(&shapes, crs(code)), &named(code));
        cases.push((
            code.to_string(),
            vec![file("a.geojson", text)],
            if code / 1000 == 31 { 0.02 } else { 1.0e-3 },
        ));
    }
    for (name, files, tolerance) in cases {
        let (layer, _) = open(&files);
        println!("{name}: {}", layer.crs);
        assert_same(&areas(&layer), &shapes, tolerance);
        let key = layer.features[1].attributes.iter().find(|(k, _)| k.eq_ignore_ascii_case("nr")).unwrap().1;
        assert_eq!(key.text().as_deref(), Some("002"), "{name}");
        assert_eq!(open(&files).0, layer, "{name} is read the same way twice");
    }
}

#[test]
fn topojson_arcs_are_decoded() {
    // Two quantised squares that share an arc, one with a hole; and places in a second object.
    let text = r#"{"type":"Topology","transform":{"scale":[0.001,0.001],"translate":[6.5,51.3]},
      "arcs":[[[10,0],[0,10]],[[10,10],[-10,0],[0,-10],[10,0]],[[10,10],[10,0],[0,-10],[-10,0]],[[2,2],[2,0],[0,2],[-2,0],[0,-2]]],
      "objects":{"teile":{"type":"GeometryCollection","geometries":[
         {"type":"Polygon","id":"01","arcs":[[0,1],[-4]],"properties":{"name":"West"}},
         {"type":"MultiPolygon","arcs":[[[-1,-3]]],"properties":{"name":"Ost"}},
         {"type":null,"properties":{"name":"leer"}}]},
       "orte":{"type":"Point","coordinates":[5,5]}}}"#;
    let files = [file("t.topojson", text)];
    let error = read(&files, &ReadOptions::default()).unwrap_err().to_string();
    assert!(error.contains("„orte“, „teile“") || error.contains("„teile“, „orte“"), "{error}");
    let options = ReadOptions { layer: Some("Teile".into()), crs: None };
    let (layer, diagnostics) = read(&files, &options).unwrap();
    assert_eq!(codes(&diagnostics), ["geometry-missing"]);
    assert_eq!(layer.features[0].attributes["id"], Attribute::Text("01".into()));
    let shape = |i: usize| match &layer.features[i].geometry {
        Some(Geometry::Areas(areas)) => areas.clone(),
        _ => panic!(),
    };
    assert_eq!(rings(&shape(0)).len(), 2);
    let full = measure::area_km2(&square(6.51, 51.3, 0.01));
    assert!((measure::area_km2(&shape(1)) - full).abs() < 1.0e-6);
    assert!((measure::area_km2(&shape(0)) / full - 0.96).abs() < 1.0e-4);
    let options = ReadOptions { layer: Some("orte".into()), crs: None };
    let (layer, _) = read(&files, &options).unwrap();
    let Some(Geometry::Point(point)) = layer.features[0].geometry else { panic!() };
    assert!((point.x() - 6.505).abs() < 1e-12 && (point.y() - 51.305).abs() < 1e-12);
}

#[test]
fn text_survives_every_character_set() {
    let shapes = projected(&coverage(1, 1, 4), Crs::UTM32);
    let utm = UTM32_FALSE_EASTING.replace("2500000.0", "500000.0");
    for (bytes, driver, cpg, note) in [
        (b"K\xf6ln-S\xfcd".as_slice(), 0x57, None, false),
        (b"K\xf6ln-S\xfcd", 0, Some("ISO-8859-1"), false),
        (b"K\xf6ln-S\xfcd", 0, Some("1252"), false),
        (b"K\xf6ln-S\xfcd", 0, None, true),
        (b"K\xf6ln-S\xfcd", 0, Some("UTF-8"), true),
        (b"K\x94ln-S\x81d", 0x02, None, false),
        ("Köln-Süd".as_bytes(), 0, Some("UTF-8"), false),
        ("Köln-Süd".as_bytes(), 0, None, true),
        ("Köln-Süd".as_bytes(), 0x57, None, true),
    ] {
        let mut files = vec![
            file("a.SHP", shp(&shapes, false)),
            file("a.DBF", dbf(&[bytes.to_vec()], driver)),
            file("a.PRJ", utm.clone()),
        ];
        files.extend(cpg.map(|text| file("a.cpg", text)));
        let (layer, diagnostics) = open(&files);
        assert_eq!(
            layer.features[0].attributes["NAME"],
            Attribute::Text("Köln-Süd".into()),
            "{driver} {cpg:?}"
        );
        assert_eq!(codes(&diagnostics).contains(&"encoding-assumed"), note, "{driver} {cpg:?}");
        assert_eq!(layer.features[0].attributes["ZAHL"], Attribute::Number(0.5));
    }
    let latin = geojson(&coverage(1, 1, 4), "").chars().map(|c| c as u8).collect::<Vec<u8>>();
    let (layer, diagnostics) = open(&[file("latin.geojson", latin)]);
    assert_eq!(layer.features[0].attributes["name"], Attribute::Text("Süd 0".into()));
    assert_eq!(codes(&diagnostics), ["encoding-assumed"]);
    let wide: Vec<u8> = format!("\u{feff}{}", geojson(&coverage(1, 1, 4), ""))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(
        open(&[file("utf16.json", wide)]).0.features[0].attributes["name"],
        Attribute::Text("Süd 0".into())
    );
}

#[test]
fn missing_and_wrong_systems_are_explained() {
    let shapes = coverage(2, 1, 4);
    let crs = |code| Crs::from_epsg(code).unwrap();
    let koeln = Crs::from_wkt(UTM32_FALSE_EASTING).unwrap();
    for (shapes, words) in [
        (projected(&shapes, Crs::UTM32), ["EPSG:25832", "--crs EPSG:25832"]),
        (projected(&shapes, crs(31466)), ["EPSG:31466", "--crs EPSG:31466"]),
        (projected(&shapes, crs(4647)), ["EPSG:4647", "--crs EPSG:4647"]),
        (projected(&shapes, crs(3035)), ["EPSG:3035", "--crs EPSG:3035"]),
        (projected(&shapes, crs(3857)), ["EPSG:3857", "--crs EPSG:3857"]),
        (projected(&shapes, koeln), ["2.500.000", ".prj"]),
    ] {
        let files = [file("ohne.geojson", geojson(&shapes, ""))];
        let error = read(&files, &ReadOptions::default()).unwrap_err().to_string();
        assert!(
            error.starts_with("ohne.geojson:") && words.iter().all(|word| error.contains(word)),
            "{error}"
        );
    }
    // GDAL writes a system of its own for "none".
    let undefined = r#"LOCAL_CS["Undefined SRS",LOCAL_DATUM["unknown",32767],UNIT["unknown",0]]"#;
    let utm = projected(&shapes, Crs::UTM32);
    let files = [file("a.gpkg", gpkg(&[("a", 99_999, undefined, &utm)], false))];
    let error = read(&files, &ReadOptions::default()).unwrap_err().to_string();
    assert!(error.contains("--crs EPSG:25832"), "{error}");
    let utm = geojson(&utm, "");
    let options = ReadOptions { layer: None, crs: Some(Crs::UTM32) };
    assert_same(&areas(&read(&[file("a.json", utm.clone())], &options).unwrap().0), &shapes, 1.0e-3);
    let wrong = ReadOptions { layer: None, crs: Some(crs(4647)) };
    let error = read(&[file("a.json", utm)], &wrong).unwrap_err().to_string();
    assert!(error.contains("passen nicht") && error.contains("EPSG:25832"), "{error}");
    let degrees = ReadOptions { layer: None, crs: Some(Crs::UTM32) };
    let error = read(&[file("a.json", geojson(&shapes, ""))], &degrees).unwrap_err().to_string();
    assert!(error.contains("EPSG:4326"), "{error}");
    let foreign = geojson(&shapes, r#""crs":{"type":"name","properties":{"name":"EPSG:28992"}},"#);
    let error = read(&[file("a.json", foreign)], &ReadOptions::default()).unwrap_err().to_string();
    assert!(error.contains("28992") && error.contains("nicht unterstützt"), "{error}");
}

#[test]
fn exchanged_axes_are_turned_and_said() {
    let shapes = coverage(2, 1, 4);
    let turned = |shapes: &[MultiPolygon<f64>]| -> Vec<MultiPolygon<f64>> {
        use geo::MapCoords;
        shapes.iter().map(|s| s.map_coords(|c| geo::Coord { x: c.y, y: c.x })).collect()
    };
    let named = |code: u32| format!(r#""crs":{{"type":"name","properties":{{"name":"EPSG:{code}"}}}},"#);
    for code in [4326, 25832, 31466, 5652, 3035, 3857] {
        let crs = Crs::from_epsg(code).unwrap();
        let text = geojson(&turned(&projected(&shapes, crs)), &named(code));
        let (layer, diagnostics) = open(&[file("a.json", text)]);
        assert_same(&areas(&layer), &shapes, 0.02);
        assert!(codes(&diagnostics).contains(&"axes-swapped"), "{code}");
    }
}

#[test]
fn layers_are_chosen_by_name() {
    let shapes = coverage(2, 1, 4);
    let one = &shapes[..1];
    let bytes = gpkg(&[("bezirke", 4326, "", one), ("viertel", 4326, "", &shapes)], false);
    let files = [file("stadt.gpkg", bytes)];
    let error = read(&files, &ReadOptions::default()).unwrap_err().to_string();
    assert!(error.contains("„bezirke“, „viertel“") && error.contains("--layer"), "{error}");
    let pick = |name: &str| ReadOptions { layer: Some(name.into()), crs: None };
    assert_eq!(read(&files, &pick("Viertel")).unwrap().0.features.len(), 2);
    assert!(read(&files, &pick("ortsteile")).unwrap_err().to_string().contains("„bezirke“"));
    let two = [file(
        "a.zip",
        zip(&[
            file("x/eins.geojson", geojson(one, "")),
            file("x/zwei.geojson", geojson(&shapes, "")),
            file("readme.txt", "hallo"),
        ]),
    )];
    let error = read(&two, &ReadOptions::default()).unwrap_err().to_string();
    assert!(error.contains("„eins“, „zwei“"), "{error}");
    let (layer, diagnostics) = read(&two, &pick("zwei")).unwrap();
    assert_eq!(layer.features.len(), 2);
    assert_eq!(codes(&diagnostics), ["archive-entry-skipped"]);
    // A shapefile and its parts do not make a choice, nor does the only layer of a file asked for by the file's name.
    assert_eq!(
        read(&[file("stadt.gpkg", gpkg(&[("a", 4326, "", one)], false))], &pick("stadt")).unwrap().0.name,
        "a"
    );
}

#[test]
fn odd_features_are_kept_or_refused_with_a_word() {
    let text = r#"{"type":"FeatureCollection","features":[
      {"type":"Feature","id":7,"properties":null,"geometry":{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[6.5,51.3,40]},{"type":"Polygon","coordinates":[[[6.5,51.3,1],[6.6,51.3,1],[6.6,51.4,1],[6.5,51.3,1]]]}]}},
      {"type":"Feature","properties":{"nr":1},"geometry":{"type":"LineString","coordinates":[[6.5,51.3],[6.6,51.3]]}},
      {"type":"Feature","properties":{"nr":2},"geometry":{"type":"MultiPoint","coordinates":[[6.5,51.3],[6.6,51.3]]}},
      {"type":"Feature","properties":{"nr":3},"geometry":{"type":"Polygon","coordinates":[[[6.5,51.3],["x",51.3],[6.6,51.4],[6.5,51.3]]]}},
      {"type":"Feature","properties":{"nr":4},"geometry":null},
      {"type":"Feature","properties":{"nr":5},"geometry":{"type":"Polygon","coordinates":[[[6.5,51.3],[6.6,51.3],[6.5,51.3]]]}},
      {"type":"Feature","properties":{"nr":6},"geometry":{"type":"Point","coordinates":[356000,5645000]}}]}"#;
    let (layer, diagnostics) = open(&[file("a.geojson", text)]);
    let kinds: Vec<&str> = layer
        .features
        .iter()
        .map(|f| match f.geometry {
            Some(Geometry::Areas(_)) => "area",
            Some(Geometry::Point(_)) => "point",
            None => "none",
        })
        .collect();
    assert_eq!(kinds, ["area", "none", "point", "none", "none", "none", "none"]);
    assert_eq!(layer.features[0].attributes["id"].text().as_deref(), Some("7"));
    assert_eq!(diagnostics.count(kekiz_base::Severity::Error), 4);
    let all: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    for words in ["Objekt 2 (nr „1“)", "Linie", "keine Koordinate", "Ring", "Höhen"] {
        assert!(all.iter().any(|line| line.contains(words)) || words == "Ring", "{words}: {all:#?}");
    }
}

/// RFC 8142 with record separators, and the newline-delimited form without them.
#[test]
fn features_one_to_a_line_are_a_layer() {
    let feature = |name: &str, x: f64| {
        serde_json::json!({"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Point", "coordinates": [x, 51.0]}})
            .to_string()
    };
    let (a, b) = (feature("A", 7.0), feature("B", 7.5));
    for text in [format!("{a}\n{b}\n"), format!("\u{1e}{a}\n\u{1e}{b}\n"), format!("{a}\r\n\r\n{b}")] {
        let (layer, diagnostics) = open(&[file("punkte.geojsonl", text.as_str())]);
        assert_eq!(layer.features.len(), 2);
        assert_eq!(layer.features[1].attributes["name"], Attribute::Text("B".into()));
        assert!(diagnostics.is_empty());
    }
    for text in [format!("{a}\n{{\"type\":"), format!("{a}\n{{\"type\":\"Topology\"}}")] {
        let error = read(&[file("punkte.geojsonl", text.as_str())], &ReadOptions::default()).unwrap_err();
        assert!(error.to_string().contains("Zeile 2"), "{error}");
    }
}

#[test]
fn a_point_layer_is_read() {
    let text = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"title":"Kita Arche Noah","zip":"47805"},"geometry":{"type":"Point","coordinates":[6.582,51.321]}}]}"#;
    let (layer, diagnostics) = open(&[file("kitas.geojson", text)]);
    assert!(diagnostics.is_empty());
    assert_eq!(layer.features[0].geometry, Some(Geometry::Point(geo::Point::new(6.582, 51.321))));
    assert_eq!(layer.name, "kitas");
}

#[test]
fn damaged_files_name_place_and_remedy() {
    let shapes = projected(&coverage(2, 1, 4), Crs::UTM32);
    let whole = shp(&shapes, false);
    let names = [b"a".to_vec(), b"b".to_vec()];
    let utm = UTM32_FALSE_EASTING.replace("2500000.0", "500000.0");
    for (files, words) in [
        (vec![], "keine Datei"),
        (vec![file("a.txt", "hallo")], "unbekannt"),
        (vec![file("a.geojson", "")], "ist leer"),
        (vec![file("a.shp", " \r\n"), file("a.dbf", "")], "beschädigt"),
        (vec![file("a.geojson", r#"{"type":"FeatureCollection","features":[{"#)], "Zeile 1, Spalte 41"),
        (vec![file("a.geojson", r#"{"type":"FeatureCollection","features":[]}"#)], "kein einziges Objekt"),
        (vec![file("a.geojson", r#"{"type":"Unsinn"}"#)], "Unsinn"),
        (vec![file("a.geojson", "{}")], "unbekannt"),
        (vec![file("a.shp", &whole[..whole.len() - 9])], "bricht im Objekt 2 ab"),
        (
            vec![file("a.shp", whole.clone()), file("a.dbf", dbf(&names[..1], 0))],
            "2 Objekte, die .dbf-Datei aber 1 Zeilen",
        ),
        (vec![file("a.dbf", dbf(&names, 0))], "fehlt die Datei .shp"),
        (vec![file("a.zip", zip(&[file("liesmich.txt", "x")]))], "keine Geodaten"),
        (vec![file("a.gpkg", b"SQLite format 3\0kaputt".to_vec())], "GeoPackage-Datei ist beschädigt"),
        (vec![file("a.shp", whole.clone()), file("a.prj", utm.replace("ETRS", "XYZ"))], "nicht unterstützt"),
    ] {
        let error = read(&files, &ReadOptions::default()).unwrap_err().to_string();
        assert!(error.contains(words) && error.contains("Abhilfe"), "{words}: {error}");
    }
}

#[test]
fn values_keep_their_kind() {
    let properties = r#"{"ags":"05114000","zahl":7,"anteil":0.5,"ars":53340002002,"lang":12345678901234567890,"ja":true,"leer":null,"liste":["Krefeld"],"zwei":[1,2],"rand":" x "}"#;
    let text = format!(
        r#"{{"type":"Feature","properties":{properties},"geometry":{{"type":"Point","coordinates":[6.5,51.3]}}}}"#
    );
    let (layer, _) = open(&[file("a.json", text)]);
    for (name, value) in [
        ("ags", Some("05114000")),
        ("zahl", Some("7")),
        ("anteil", Some("0.5")),
        ("ars", Some("53340002002")),
        ("lang", Some("12345678901234567890")),
        ("ja", Some("true")),
        ("leer", None),
        ("liste", Some("Krefeld")),
        ("zwei", Some("[1,2]")),
        ("rand", Some("x")),
    ] {
        assert_eq!(layer.features[0].attributes[name].text().as_deref(), value, "{name}");
    }
    assert_eq!(Attribute::Text("1,5".into()).number(), Some(1.5));
}

#[test]
fn a_geopackage_left_open_by_qgis_is_read() {
    let shapes = coverage(1, 1, 4);
    let mut bytes = gpkg(&[("a", 4326, "", &shapes)], false);
    // Write-ahead logging, as QGIS leaves it.
    bytes[18..20].copy_from_slice(&[2, 2]);
    let (layer, diagnostics) = open(&[file("a.gpkg", bytes), file("a.gpkg-wal", "x")]);
    assert_same(&areas(&layer), &shapes, 1.0e-6);
    assert_eq!(codes(&diagnostics), ["geopackage-log-ignored"]);
    assert_eq!(layer.features[0].attributes["gross"].text().as_deref(), Some("53340002002"));
}
