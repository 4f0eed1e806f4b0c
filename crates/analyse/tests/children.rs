//! Facilities, assignment and where segregation comes from, from files.
#![allow(clippy::unwrap_used, clippy::panic)]

use kekiz_analyse::{
    AreaSource, AssignRequest, ChildTable, CountsTable, DifferenceRequest, FacilitiesRequest, FacilityTable,
    SourcesRequest, SpatialSegregationRequest, assign, facilities, segregation_difference,
    segregation_sources, segregation_space,
};
use kekiz_segregation::decompose::Counterfactual;
use tempfile::TempDir;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Two Kitas 7 km apart; four children near the first, two near the second; one child without a place on the map.
const CHILDREN: &str = "kind;lon;lat;gruppe;kita;eintritt\n1;7,00;51;ja;K1;3\n2;7,001;51;ja;K1;2\n3;7,002;51;nein;K2;4\n4;7,003;51;nein;K2;3\n5;7,10;51;nein;K2;3\n6;7,101;51;ja;K1;\n7;;;nein;K2;5\n8;7,10;51;ja;;\n";
const KITAS: &str = "NR;lon;lat;plaetze\nK1;7,00;51;3\nK2;7,10;51;3\n";

fn children(folder: &TempDir) -> ChildTable {
    ChildTable {
        path: folder.path().join("c.csv"),
        key: Some("kind".into()),
        at: Some(("lon".into(), "lat".into())),
        group: Some("gruppe".into()),
        facility: Some("kita".into()),
        entry: Some("eintritt".into()),
    }
}

fn kitas(folder: &TempDir) -> FacilityTable {
    FacilityTable {
        path: folder.path().join("k.csv"),
        key: "NR".into(),
        lon: "lon".into(),
        lat: "lat".into(),
        places: Some("plaetze".into()),
    }
}

#[test]
fn each_facility_is_shown_with_what_chance_would_give() {
    let folder = folder(&[("c.csv", CHILDREN), ("k.csv", KITAS)]);
    let request = FacilitiesRequest {
        children: children(&folder),
        focal: Some("ja".into()),
        facilities: Some(kitas(&folder)),
        level: 0.95,
    };
    let (table, findings) = facilities(&request).unwrap();
    assert!(table.csv().lines().last().unwrap().ends_with("alle Einrichtungen"));
    let column = |name: &str| table.numbers(name).unwrap().to_vec();
    assert_eq!(column("children"), [Some(3.0), Some(4.0), Some(7.0)]);
    assert_eq!(column("share"), [Some(1.0), Some(0.0), Some(3.0 / 7.0)]);
    assert!(column("chance_lower")[0].unwrap() < 3.0 / 7.0 && column("chance_lower")[2].is_none());
    assert_eq!(column("entry_known"), [Some(2.0), Some(4.0), Some(6.0)]);
    assert_eq!(column("entry_mean")[0], Some(2.5));
    // t(1) for 95 % is 12.706: two children say little.
    assert!((column("entry_upper")[0].unwrap() - (2.5 + 12.706_204_736_174_7 * 0.5)).abs() < 1e-9);
    assert_eq!(column("nearest_known"), [Some(3.0), Some(3.0), Some(6.0)]);
    assert_eq!(column("nearest_share"), [Some(2.0 / 3.0), Some(1.0 / 3.0), Some(0.5)]);
    assert!(column("metres_attended")[0] > column("metres_nearest")[0]);
    assert!(findings.iter().any(|f| f.code == "children-without-facility"));
    let alone = FacilitiesRequest { facilities: None, focal: None, ..request.clone() };
    assert!(facilities(&alone).unwrap().0.numbers("nearest_share").is_none());
    let wrong = FacilitiesRequest { focal: Some("vielleicht".into()), ..request };
    assert!(facilities(&wrong).unwrap_err().to_string().contains("„vielleicht“"));
}

#[test]
fn children_go_to_the_nearest_free_place_and_segregation_follows() {
    let folder =
        folder(&[("c.csv", CHILDREN), ("k.csv", KITAS), ("x.csv", "NR;lon;lat;plaetze\nK1;7;51;2,5\n")]);
    let request =
        AssignRequest { children: children(&folder), facilities: kitas(&folder), reach: f64::INFINITY };
    let (table, report, _) = assign(&request).unwrap();
    let csv = table.csv();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "key,facility,metres,nearest,metres_to_nearest,note");
    assert!(lines[7].ends_with("keine Koordinaten"));
    // Four live near K1 with three places, three near K2 with three: six of seven get a place, nobody travels.
    assert_eq!((report["children"].as_u64(), report["assigned"].as_u64()), (Some(8), Some(6)));
    assert_eq!(lines.iter().filter(|line| line.ends_with("kein freier Platz in Reichweite")).count(), 1);
    assert_eq!(report["share_in_nearest"], 1.0);
    assert_eq!(report["attended_segregation"]["d"], 1.0);
    assert!(report["assigned_segregation"]["d"].as_f64().unwrap() < 0.7);
    let (_, short, _) = assign(&AssignRequest { reach: 100.0, ..request.clone() }).unwrap();
    assert!(short["assigned"].as_u64().unwrap() < 6);
    let half = AssignRequest {
        facilities: FacilityTable { path: folder.path().join("x.csv"), ..kitas(&folder) },
        ..request.clone()
    };
    assert!(assign(&half).unwrap_err().to_string().contains("ganze Zahl"));
    assert!(assign(&AssignRequest { reach: 0.0, ..request }).is_err());
}

#[test]
fn segregation_is_traced_to_homes_providers_and_choice() {
    let folder = folder(&[
        ("c.csv", "q;t;k;g\nN;A;1;ja\nN;A;1;nein\nN;B;2;ja\nN;B;2;nein\nS;A;3;nein\nS;A;3;nein\n"),
        ("l.csv", "q;t;k;g\nN;A;1;\n"),
    ]);
    let request = |file: &str| SourcesRequest {
        counts: folder.path().join(file),
        quarter: "q".into(),
        provider: Some("t".into()),
        facility: "k".into(),
        group: "g".into(),
        count: None,
    };
    let (found, _) = segregation_sources(&request("c.csv")).unwrap();
    // Within the quarters everybody is spread alike: homes explain all of it.
    assert!((found["residential"]["share"].as_f64().unwrap() - 1.0).abs() < 1e-12);
    assert!(found["provider"]["m"].as_f64().unwrap().abs() < 1e-12);
    assert_eq!(found["children"], 6.0);
    let error = segregation_sources(&request("l.csv")).unwrap_err().to_string();
    assert!(error.contains("keine zwei Gruppen"), "{error}");
}

#[test]
fn the_difference_of_two_years_adds_up() {
    let counts = "jahr;kita;g;n\n1;a;ja;9\n1;a;nein;1\n1;b;nein;9\n1;b;ja;1\n2;a;nein;6\n2;a;ja;5\n2;b;ja;4\n2;b;nein;5\n";
    let folder = folder(&[("c.csv", counts)]);
    let request = |focal: Option<&str>, second: &str| DifferenceRequest {
        counts: CountsTable {
            path: folder.path().join("c.csv"),
            unit: "kita".into(),
            group: "g".into(),
            count: "n".into(),
            minimum: 0.0,
        },
        by: "jahr".into(),
        first: "1".into(),
        second: second.into(),
        focal: focal.map(String::from),
        index: "d".into(),
        counterfactual: Counterfactual::Composition,
    };
    let (named, _) = segregation_difference(&request(Some("ja"), "2")).unwrap();
    let number = |name: &str| named[name].as_f64().unwrap();
    assert!((number("first") - 0.8).abs() < 1e-12);
    assert!((number("first") - number("second") - number("difference")).abs() < 1e-12);
    assert!((number("structure") + number("attribute") - number("difference")).abs() < 1e-12);
    // The years name groups in another order; without a focal group the first one leads in both.
    assert_eq!(segregation_difference(&request(None, "2")).unwrap().0, named);
    assert!(segregation_difference(&request(None, "3")).unwrap_err().to_string().contains("nirgends „3“"));
}

#[test]
fn indices_know_where_units_lie() {
    let square = |nr: usize, x: f64| {
        let right = x + 0.01;
        format!(
            r#"{{"type":"Feature","properties":{{"NR":"{nr}"}},"geometry":{{"type":"Polygon","coordinates":[[[{x},51],[{right},51],[{right},51.01],[{x},51.01],[{x},51]]]}}}}"#
        )
    };
    let list: Vec<String> = (0..4).map(|i| square(i, 7.0 + 0.01 * i as f64)).collect();
    let areas = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, list.join(","));
    let together = "u;g;n\n0;ja;9\n0;nein;1\n1;ja;9\n1;nein;1\n2;ja;1\n2;nein;9\n3;ja;1\n3;nein;9\n4;ja;1\n";
    let mixed = "u;g;n\n0;ja;9\n0;nein;1\n1;ja;1\n1;nein;9\n2;ja;9\n2;nein;1\n3;ja;1\n3;nein;9\n";
    let folder = folder(&[
        ("a.geojson", &areas),
        ("t.csv", together),
        ("m.csv", mixed),
        ("x.csv", "u;g;n\nx;ja;1\nx;nein;1\n"),
    ]);
    let request = |file: &str| SpatialSegregationRequest {
        counts: CountsTable {
            path: folder.path().join(file),
            unit: "u".into(),
            group: "g".into(),
            count: "n".into(),
            minimum: 0.0,
        },
        areas: AreaSource {
            path: folder.path().join("a.geojson"),
            key: Some("NR".into()),
            layer: None,
            crs: None,
        },
        focal: Some("ja".into()),
        scale: 1000.0,
        centre: None,
    };
    let (near, findings) = segregation_space(&request("t.csv")).unwrap();
    let (far, _) = segregation_space(&request("m.csv")).unwrap();
    assert!(findings.iter().any(|f| f.code == "units-without-area"));
    for name in ["spatial_information", "spatial_proximity", "spatial_isolation", "spatial_dissimilarity"] {
        assert!(near[name].as_f64().unwrap() > far[name].as_f64().unwrap(), "{name} {near} {far}");
    }
    assert!(segregation_space(&request("x.csv")).unwrap_err().to_string().contains("„x“"));
    let wrong = SpatialSegregationRequest { scale: f64::NAN, ..request("t.csv") };
    assert!(segregation_space(&wrong).is_err());
}
