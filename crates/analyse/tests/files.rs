//! From files to results, as a colleague with R or Python would call it.
#![allow(clippy::unwrap_used, clippy::panic)]

use kekiz_analyse::{
    AccessRequest, AnalyseError, AreaSource, CountsTable, FunnelRequest, GlobalMethod, InequalityRequest,
    Inference, LocalMethod, PlaceTable, RateMethod, RatesRequest, SegregationRequest, SpatialRequest,
    WeightsKind, access, funnel, global, inequality, local, rates, segregation,
};
use kekiz_segregation::inference::{Draws, Null};
use kekiz_spatial::access::Decay;
use kekiz_spatial::weights::IslandPolicy;
use kekiz_stats::Alternative;
use kekiz_stats::funnel::{FunnelKind, FunnelMethod};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Squares side by side in three columns, with keys `01`, `02`, …; the last lies apart.
fn squares(count: usize) -> String {
    let square = |i: usize| {
        let far = if i + 1 == count { 1.0 } else { 0.0 };
        let (x, y) = (7.0 + (i % 3) as f64 * 0.01 + far, 51.0 + (i / 3) as f64 * 0.01);
        let (right, top) = (x + 0.01, y + 0.01);
        format!(
            r#"{{"type":"Feature","properties":{{"NR":"{:02}"}},"geometry":{{"type":"Polygon","coordinates":[[[{x},{y}],[{right},{y}],[{right},{top}],[{x},{top}],[{x},{y}]]]}}}}"#,
            i + 1
        )
    };
    let list: Vec<String> = (0..count).map(square).collect();
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, list.join(","))
}

fn request(folder: &Path, weights: &str) -> SpatialRequest {
    SpatialRequest {
        areas: Some(AreaSource { path: folder.join("a.geojson"), key: None, layer: None, crs: None }),
        values: folder.join("v.csv"),
        key: Some("NR".into()),
        columns: vec!["quote".into()],
        weights: weights.replace("DIR", &folder.display().to_string()).parse().unwrap(),
        row_standardise: true,
        islands: IslandPolicy::Keep,
    }
}

fn inference() -> Inference {
    let mut inference = Inference::usual(Alternative::TwoSided, 1);
    inference.permutations.draws = 199;
    inference
}

const VALUES: &str =
    "NR;quote\n01;1,5\n02;2,5\n03;3,0\n04;2,0\n05;9,5\n06;8,0\n07;\n08;7,5\n09;9,0\n10;4,0\n";

#[test]
fn local_moran_names_every_area_and_every_gap() {
    let folder = folder(&[("a.geojson", &squares(10)), ("v.csv", VALUES)]);
    let (table, findings) =
        local(LocalMethod::Moran, &request(folder.path(), "queen"), &inference()).unwrap();
    let csv = table.csv();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "key,statistic,expected,variance,z,p_sim,p_fdr,cluster,note");
    assert_eq!(lines.len(), 11);
    assert_eq!(lines[7], "07,,,,,,,,kein Wert");
    assert!(lines[10].starts_with("10,,,,,,,Isolated,ohne Nachbarn"), "{}", lines[10]);
    assert!(!csv.contains("NaN") && !csv.contains("inf"));
    assert!(findings.iter().any(|f| f.code == "rows-left-out"));
    let again = local(LocalMethod::Moran, &request(folder.path(), "queen"), &inference()).unwrap().0;
    assert_eq!(table, again);
}

#[test]
fn every_neighbourhood_and_method_runs() {
    let folder = folder(&[("a.geojson", &squares(10)), ("v.csv", VALUES)]);
    for weights in
        ["queen", "rook", "knn:3", "distance:1500", "kernel:gaussian:3000", "kernel:triangular:knn:4"]
    {
        for method in [GlobalMethod::Moran, GlobalMethod::Geary, GlobalMethod::GetisOrd] {
            let (value, _) = global(method, &request(folder.path(), weights), &inference()).unwrap();
            assert!(value["statistic"].as_f64().is_some_and(f64::is_finite), "{weights} {method:?} {value}");
            let p = value["p_sim"].as_f64().unwrap();
            assert!(p > 0.0 && p <= 1.0, "{value}");
        }
        local(LocalMethod::Geary, &request(folder.path(), weights), &inference()).unwrap();
    }
}

#[test]
fn weights_files_go_by_name_or_by_position() {
    let gal = "0 4 x NR\n01 1\n02\n02 2\n01 03\n03 2\n02 04\n04 1\n03\n";
    let numbered = gal.replace(" 0", " ").replace("\n0", "\n");
    let values = "NR,quote\n04,4\n03,2\n02,3\n01,1\n";
    let folder = folder(&[("n.gal", gal), ("i.gal", &numbered), ("v.csv", values)]);
    let statistic = |weights: &str, key: Option<&str>| {
        let request =
            SpatialRequest { areas: None, key: key.map(String::from), ..request(folder.path(), weights) };
        let (value, findings) = global(GlobalMethod::Moran, &request, &inference()).unwrap();
        (value["statistic"].as_f64().unwrap(), findings.iter().any(|f| f.code == "weights-by-position"))
    };
    let (named, by_position) = statistic("gal:DIR/n.gal", Some("NR"));
    assert!(!by_position);
    // A chain read from its other end is the same chain.
    assert_eq!(statistic("gal:DIR/i.gal", None), (named, true));
    // Leading zeros may be lost.
    assert_eq!(statistic("gal:DIR/i.gal", Some("NR")).0, named);
}

#[test]
fn keys_that_look_like_some_running_numbers_are_no_names() {
    let gal = "0 4 x NR\n0 1\n1\n1 2\n0 2\n2 2\n1 3\n3 1\n2\n";
    let folder = folder(&[("i.gal", gal), ("v.csv", "NR,quote\n1001,1\n3,3\n7,2\n1003,4\n")]);
    let request = SpatialRequest { areas: None, ..request(folder.path(), "gal:DIR/i.gal") };
    let (value, findings) = global(GlobalMethod::Moran, &request, &inference()).unwrap();
    assert_eq!(value["areas"], 4);
    assert!(findings.iter().any(|f| f.code == "weights-by-position"));
}

#[test]
fn mistakes_are_told_in_german_with_a_remedy() {
    let twice = "NR;quote\n01;1\n01;2\n02;3\n";
    let text = "NR;quote\n01;viel\n02;3\n";
    let alien = "NR;quote\nA;1\nB;2\nC;3\n";
    let same = "NR;quote\n01;5\n02;5\n03;5\n04;5\n";
    for (values, weights, expected) in [
        (twice, "queen", "Der Schlüssel „01“ steht in Zeile 2 und in Zeile 3"),
        (text, "queen", "„viel“ ist keine Zahl"),
        (alien, "queen", "Kein Schlüssel der Tabelle"),
        (same, "queen", "Alle Gebiete haben denselben Wert"),
        (VALUES, "gal:DIR/nirgends.gal", "die Datei oder der Ordner fehlt"),
        (VALUES, "gal:DIR/v.csv", "keine Nachbarschaftsdatei"),
        ("NR;quote\n01;1\n", "queen", "mindestens 3 Gebiete"),
        ("NR;andere\n01;1\n", "queen", "Die Spalte „quote“ gibt es nicht"),
    ] {
        let folder = folder(&[("a.geojson", &squares(10)), ("v.csv", values)]);
        let error = global(GlobalMethod::Moran, &request(folder.path(), weights), &inference()).unwrap_err();
        assert!(matches!(error, AnalyseError::Input(_)), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
    let wrong = "knn:0".parse::<WeightsKind>().unwrap_err().to_string();
    assert!(wrong.starts_with("möglich sind") && wrong.contains("knn:K"), "{wrong}");
}

#[test]
fn islands_follow_the_policy() {
    let folder = folder(&[("a.geojson", &squares(10)), ("v.csv", VALUES)]);
    let run = |islands| {
        let request = SpatialRequest { islands, ..request(folder.path(), "queen") };
        global(GlobalMethod::Moran, &request, &inference())
            .map(|(value, _)| (value["areas"].clone(), value["islands"].clone()))
    };
    assert_eq!(run(IslandPolicy::Keep).unwrap(), (9.into(), 1.into()));
    assert_eq!(run(IslandPolicy::Drop).unwrap(), (8.into(), 0.into()));
    assert_eq!(run(IslandPolicy::Nearest).unwrap(), (9.into(), 0.into()));
    assert!(run(IslandPolicy::Refuse).unwrap_err().to_string().contains("„10“"));
}

fn rates_of(folder: &Path, method: RateMethod) -> RatesRequest {
    RatesRequest {
        values: folder.join("r.csv"),
        key: Some("NR".into()),
        numerator: "faelle".into(),
        denominator: "kinder".into(),
        method,
        level: 0.95,
        neighbours: Some(SpatialRequest { row_standardise: false, ..request(folder, "queen") })
            .map(|r| SpatialRequest { values: folder.join("r.csv"), ..r }),
    }
}

#[test]
fn rates_have_intervals_and_reasons() {
    let table = "NR,faelle,kinder\n01,3,12\n02,0,10\n03,4,0\n04,,20\n05,9,8\n06,2,40\n";
    let folder = folder(&[("a.geojson", &squares(7)), ("r.csv", table)]);
    let (found, _) = rates(&rates_of(folder.path(), RateMethod::Wilson)).unwrap();
    // statsmodels 0.15.0: proportion_confint(3, 12, method="wilson").
    assert!((found.numbers("lower").unwrap()[0].unwrap() - 0.08894166839405471).abs() < 1e-12);
    let csv = found.csv();
    assert_eq!(csv.lines().next(), Some("key,numerator,denominator,rate,lower,upper,note"));
    for (line, reason) in [(3, "niemand da"), (4, "kein Wert"), (5, "mehr Fälle als Personen")] {
        assert!(csv.lines().nth(line).unwrap().ends_with(reason), "{csv}");
    }
    for method in [RateMethod::EmpiricalBayes, RateMethod::Excess, RateMethod::Byar] {
        assert!(!rates(&rates_of(folder.path(), method)).unwrap().0.csv().contains("NaN"));
    }
    assert!(
        rates(&rates_of(folder.path(), RateMethod::SpatialEmpiricalBayes))
            .unwrap_err()
            .to_string()
            .contains("wo niemand lebt")
    );
}

#[test]
fn segregation_answers_by_name() {
    let counts = "kita,traeger,gruppe,kinder\nA,x,ja,10\nA,x,nein,10\nB,x,ja,5\nB,x,nein,15\nC,y,ja,15\nC,y,nein,5\nD,y,ja,0\nD,y,nein,0\n";
    let folder = folder(&[("k.csv", counts)]);
    let request = SegregationRequest {
        counts: CountsTable {
            path: folder.path().join("k.csv"),
            unit: "kita".into(),
            group: "gruppe".into(),
            count: "kinder".into(),
            minimum: 0.0,
        },
        within: Some("traeger".into()),
        focal: None,
        indices: vec!["d".into(), "H".into(), "m".into(), "isolation".into()],
        draws: Draws { draws: 99, seed: 1, threads: 1 },
        null: Null::Persons,
        bootstrap: 50,
    };
    let (value, _) = segregation(&request).unwrap();
    assert!((value["d"].as_f64().unwrap() - 1.0 / 3.0).abs() < 1e-12, "{value}");
    assert_eq!(value["units"], 3);
    let m = value["m"].as_f64().unwrap();
    let split =
        value["nested"]["between"]["m"].as_f64().unwrap() + value["nested"]["within"]["m"].as_f64().unwrap();
    assert!((m - split).abs() < 1e-12);
    let d = &value["details"]["d"];
    assert!(d["expected"].as_f64().unwrap() > 0.05 && d["adjusted"].as_f64().unwrap() < 1.0 / 3.0);
    assert!(d["p"].as_f64().unwrap() <= 0.05 && d["standard_error"].as_f64().unwrap() > 0.0);
    for (change, expected) in [
        (
            SegregationRequest { focal: Some("vielleicht".into()), ..request.clone() },
            "vorhanden sind: ja, nein",
        ),
        (SegregationRequest { indices: vec!["q".into()], ..request.clone() }, "Den Index „q“ gibt es nicht"),
        (
            SegregationRequest {
                counts: CountsTable { minimum: 1e6, ..request.counts.clone() },
                ..request.clone()
            },
            "--min-size",
        ),
        (
            SegregationRequest {
                counts: CountsTable { path: PathBuf::from("/nirgends.csv"), ..request.counts.clone() },
                ..request.clone()
            },
            "nicht da",
        ),
    ] {
        let error = segregation(&change).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn funnel_inequality_and_access_run_on_plain_tables() {
    let table = "NR,faelle,kinder,armut\n01,30,100,1\n02,40,100,2\n03,50,100,3\n04,90,100,4\n05,0,0,5\n";
    let homes = "NR,lon,lat,kinder\nh1,7.0,51.0,100\nh2,7.001,51.0,50\nh3,8.0,51.0,50\n";
    let kitas = "NR,lon,lat,plaetze\nk1,7.0,51.0,30\n";
    let folder = folder(&[("v.csv", table), ("h.csv", homes), ("k.csv", kitas)]);
    let (found, _) = funnel(&FunnelRequest {
        values: folder.path().join("v.csv"),
        key: Some("NR".into()),
        numerator: "faelle".into(),
        denominator: "kinder".into(),
        kind: FunnelKind::Share,
        method: FunnelMethod::Exact,
        target: None,
    })
    .unwrap();
    let csv = found.csv();
    assert!(
        csv.lines().nth(4).unwrap().contains("high!") && csv.lines().nth(1).unwrap().contains("low"),
        "{csv}"
    );
    let (value, _) = inequality(&InequalityRequest {
        values: folder.path().join("v.csv"),
        numerator: "faelle".into(),
        denominator: "kinder".into(),
        deprivation: Some("armut".into()),
    })
    .unwrap();
    assert_eq!((value["areas"].clone(), value["left_out"].clone()), (4.into(), 1.into()));
    // Equal sizes, ranks 1/8, 3/8, 5/8, 7/8: the slope is that of an ordinary regression.
    assert!((value["slope_index"].as_f64().unwrap() - 0.76).abs() < 1e-12, "{value}");
    let place = |file: &str, number: &str| PlaceTable {
        path: folder.path().join(file),
        key: Some("NR".into()),
        lon: "lon".into(),
        lat: "lat".into(),
        number: number.into(),
    };
    let (found, _) = access(&AccessRequest {
        demand: place("h.csv", "kinder"),
        supply: place("k.csv", "plaetze"),
        metres: 500.0,
        decay: Decay::None,
    })
    .unwrap();
    assert_eq!(found.numbers("access").unwrap(), [Some(0.2), Some(0.2), Some(0.0)]);
    assert!(found.csv().lines().nth(3).unwrap().ends_with("kein Platz in Reichweite"));
}
