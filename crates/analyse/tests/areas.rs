//! Standardising, grouping, indices, trends and forecasts from files.
#![allow(clippy::unwrap_used, clippy::panic)]

use kekiz_analyse::{
    Ages, Column, ForecastRequest, IndexRequest, RegionaliseMethod, RegionaliseRequest, SpatialRequest,
    StandardTable, StandardiseMethod, StandardiseRequest, Table, TrendRequest, forecast, index,
    parse_normalisation, regionalise, standardise, trend,
};
use kekiz_spatial::regionalise::MaxP;
use kekiz_spatial::weights::IslandPolicy;
use kekiz_stats::forecast::{Draws, Settings};
use kekiz_stats::index::{SensitivitySettings, WeightDraws};
use kekiz_stats::standardise::CountInterval;
use kekiz_stats::trend::Segments;
use std::path::PathBuf;
use tempfile::TempDir;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn note(table: &Table, row: usize) -> String {
    match &table.columns().iter().find(|(name, _)| name == "note").unwrap().1 {
        Column::Text(cells) => cells[row].clone().unwrap_or_default(),
        Column::Number(_) => panic!("notes are words"),
    }
}

fn number(table: &Table, column: &str, row: usize) -> Option<f64> {
    table.numbers(column).unwrap()[row]
}

const CASES: &str = "nr;alter;faelle;kinder\nA;0-2;10;1000\nA;3-5;30;1000\nB;0-2;20;1000\nB;3-5;10;500\nC;0-2;1;100\nC;3-5;;100\nD;0-2;4;100\n";

fn standardising(folder: &TempDir, method: StandardiseMethod) -> StandardiseRequest {
    StandardiseRequest {
        values: folder.path().join("f.csv"),
        key: Some("nr".into()),
        stratum: "alter".into(),
        numerator: "faelle".into(),
        denominator: "kinder".into(),
        standard: None,
        method,
        interval: CountInterval::ExactBelowTen,
        level: 0.95,
    }
}

#[test]
fn rates_are_standardised_to_all_areas_or_a_table() {
    let standard = "alter;leute;f\n3-5;1;5\n0-2;3;30\n";
    let folder = folder(&[("f.csv", CASES), ("s.csv", standard), ("g.csv", "alter;leute\n0-2;3\n")]);
    let (table, _) = standardise(&standardising(&folder, StandardiseMethod::Direct)).unwrap();
    // All complete areas: 2,000 and 1,500 children, so A has (10/1000 · 2000 + 30/1000 · 1500)/3500.
    assert!((number(&table, "value", 0).unwrap() - (0.01 * 2000.0 + 0.03 * 1500.0) / 3500.0).abs() < 1e-15);
    assert!((number(&table, "crude", 0).unwrap() - 0.02).abs() < 1e-15);
    assert!(number(&table, "lower", 0) < number(&table, "value", 0));
    assert_eq!((number(&table, "value", 2), number(&table, "value", 3)), (None, None));
    assert_eq!(note(&table, 2), "Zahl fehlt in Altersgruppe „3-5“");
    assert_eq!(note(&table, 3), "keine Zeile für Altersgruppe „3-5“");
    let (table, _) = standardise(&standardising(&folder, StandardiseMethod::Ratio)).unwrap();
    let expected = 1000.0 * 30.0 / 2000.0 + 1000.0 * 40.0 / 1500.0;
    assert!((number(&table, "value", 0).unwrap() - 40.0 / expected).abs() < 1e-14);
    let (indirect, _) = standardise(&standardising(&folder, StandardiseMethod::Indirect)).unwrap();
    let rate = number(&indirect, "value", 0).unwrap() / number(&table, "value", 0).unwrap();
    assert!((rate - 70.0 / 3500.0).abs() < 1e-14);
    let from_table = |file: &str, cases: Option<&str>, method| StandardiseRequest {
        standard: Some(StandardTable {
            path: folder.path().join(file),
            persons: "leute".into(),
            cases: cases.map(String::from),
        }),
        ..standardising(&folder, method)
    };
    let (table, _) = standardise(&from_table("s.csv", None, StandardiseMethod::Direct)).unwrap();
    assert!((number(&table, "value", 0).unwrap() - (0.01 * 3.0 + 0.03) / 4.0).abs() < 1e-15);
    for (request, part) in [
        (from_table("s.csv", None, StandardiseMethod::Ratio), "--standard-cases"),
        (from_table("g.csv", None, StandardiseMethod::Direct), "Altersgruppe „3-5“"),
    ] {
        assert!(standardise(&request).unwrap_err().to_string().contains(part));
    }
    let twice = self::folder(&[("f.csv", "nr;alter;faelle;kinder\nA;0;1;2\nA;0;1;2\n")]);
    let error = standardise(&standardising(&twice, StandardiseMethod::Direct)).unwrap_err().to_string();
    assert!(error.contains("Zeile 2 und in Zeile 3"), "{error}");
    let empty = self::folder(&[("f.csv", "nr;alter;faelle;kinder\nA;0;0;0\nA;1;1;5\n")]);
    let (table, _) = standardise(&standardising(&empty, StandardiseMethod::Direct)).unwrap();
    assert!(note(&table, 0).contains("In Altersgruppe „0“ lebt niemand"), "{}", note(&table, 0));
}

#[test]
fn areas_of_a_chain_are_grouped() {
    let gal = "0 6 x NR\na 1\nb\nb 2\na c\nc 2\nb d\nd 2\nc e\ne 2\nd f\nf 1\ne\n";
    let values =
        "NR;v;n;gleich\na;1;10;1\nb;1,2;10;1\nc;0,9;10;1\nd;8;5;1\ne;8,3;5;1\nf;8,1;5;1\ng;8,1;5;1\n";
    let folder = folder(&[("n.gal", gal), ("v.csv", values)]);
    let request = |column: &str, method| RegionaliseRequest {
        spatial: SpatialRequest {
            areas: None,
            values: folder.path().join("v.csv"),
            key: Some("NR".into()),
            columns: vec![column.into()],
            weights: format!("gal:{}", folder.path().join("n.gal").display()).parse().unwrap(),
            row_standardise: false,
            islands: IslandPolicy::Keep,
        },
        method,
        size: Some("n".into()),
        least: None,
        raw: false,
    };
    let (table, findings) = regionalise(&request("v", RegionaliseMethod::Skater { regions: 2 })).unwrap();
    let region: Vec<Option<f64>> = table.numbers("region").unwrap().to_vec();
    assert_eq!(
        region,
        [1.0, 1.0, 1.0, 2.0, 2.0, 2.0].map(Some).into_iter().chain([None]).collect::<Vec<_>>()
    );
    assert_eq!(note(&table, 6), "nicht in der Nachbarschaftsdatei");
    assert!(findings.iter().any(|f| f.message.starts_with("2 Gruppen; 99,")));
    let most =
        RegionaliseRequest { least: Some(15.0), ..request("v", RegionaliseMethod::MaxP(MaxP::default())) };
    let (table, _) = regionalise(&most).unwrap();
    let count = table.numbers("region").unwrap().iter().flatten().fold(0.0_f64, |a, b| a.max(*b));
    assert_eq!(count, 2.0);
    for (request, part) in [
        (request("gleich", RegionaliseMethod::Skater { regions: 2 }), "„gleich“ unterscheidet"),
        (request("v", RegionaliseMethod::Skater { regions: 9 }), "9 Gruppen sind nicht möglich"),
        (request("v", RegionaliseMethod::MaxP(MaxP::default())), "--min-size"),
        (RegionaliseRequest { least: Some(100.0), ..most.clone() }, "Mindestgröße"),
    ] {
        let error = regionalise(&request).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn an_index_names_rank_class_and_how_firm_they_are() {
    let values = "NR;a;b;leer;fest\n1;1;9;;4\n2;2;7;;4\n3;3;5;;4\n4;4;1;;4\n5;;2;;4\n";
    let folder = folder(&[("v.csv", values)]);
    let request = |columns: &[&str]| IndexRequest {
        values: folder.path().join("v.csv"),
        key: Some("NR".into()),
        indicators: columns.iter().map(|c| c.parse().unwrap()).collect(),
        normalisations: ["z", "min-max", "rank"].map(|n| parse_normalisation(n).unwrap()).to_vec(),
        principal_component: false,
        classes: 2,
        sensitivity: SensitivitySettings {
            draws: 200,
            seed: 1,
            weights: WeightDraws::Dirichlet { concentration: 1.0 },
        },
    };
    let (table, findings) = index(&request(&["a:2", "b:-1"])).unwrap();
    let column = |name: &str| table.numbers(name).unwrap().to_vec();
    // More of a and less of b: the order is the same whatever the weights.
    assert_eq!(column("rank"), [Some(4.0), Some(3.0), Some(2.0), Some(1.0), None]);
    assert_eq!(column("rank_lower"), column("rank"));
    assert_eq!(column("class"), [Some(2.0), Some(2.0), Some(1.0), Some(1.0), None]);
    assert_eq!(column("keeps_class"), [Some(1.0), Some(1.0), Some(1.0), Some(1.0), None]);
    assert_eq!(note(&table, 4), "mindestens ein Merkmal fehlt");
    assert!(findings.iter().any(|f| f.message.contains("100 % bleiben in ihrer Klasse")));
    // Against each other, weights decide.
    let (table, _) = index(&request(&["a", "b"])).unwrap();
    assert!(table.numbers("rank_upper").unwrap()[0] > table.numbers("rank_lower").unwrap()[0]);
    let (one, _) = index(&IndexRequest { principal_component: true, ..request(&["a", "b:-1"]) }).unwrap();
    assert_eq!(one.numbers("rank").unwrap()[3], Some(1.0));
    for (columns, part) in [
        (&["a", "fest"][..], "„fest“ hat in allen Gebieten denselben Wert"),
        (&["leer"], "mindestens zwei Gebiete"),
        (&["c"], "Die Spalte „c“ gibt es nicht"),
        (&[], "mindestens ein Merkmal"),
    ] {
        let error = index(&request(columns)).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    assert!(
        "a:0".parse::<kekiz_analyse::Indicator>().is_err()
            && "a:x".parse::<kekiz_analyse::Indicator>().is_err()
    );
}

#[test]
fn a_trend_shows_line_and_break_of_each_series() {
    let mut values = String::from("nr,jahr,v\n");
    for year in 2010..2022 {
        let v = if year < 2016 { 10.0 } else { 20.0 } + f64::from(year % 2) * 0.5;
        values.push_str(&format!("A,{year},{}\n", if year == 2013 { String::new() } else { v.to_string() }));
        values.push_str(&format!("B,{year},7\n"));
    }
    values.push_str("C,2020,1\n");
    let folder = folder(&[("v.csv", &values), ("w.csv", "nr,jahr,v\nA,Mai,1\n")]);
    let request = |file: &str| TrendRequest {
        values: folder.path().join(file),
        key: Some("nr".into()),
        time: "jahr".into(),
        value: "v".into(),
        span: 0.75,
        level: 0.95,
        segments: Segments::Levels,
        penalty: None,
        shortest: 3,
    };
    let (table, _) = trend(&request("v.csv")).unwrap();
    assert_eq!(table.rows(), 25);
    let breaks: Vec<f64> = (0..25)
        .filter(|r| number(&table, "break", *r) == Some(1.0))
        .map(|r| number(&table, "time", r).unwrap())
        .collect();
    assert_eq!(breaks, [2016.0]);
    assert_eq!((number(&table, "line", 3), note(&table, 3).as_str()), (None, "kein Wert"));
    assert!((number(&table, "level", 12).unwrap() - 7.0).abs() < 1e-12);
    assert!(note(&table, 24).contains("mindestens 4 Zeitpunkte"), "{}", note(&table, 24));
    assert_eq!(number(&table, "level", 24), Some(1.0));
    assert!(trend(&request("w.csv")).unwrap_err().to_string().contains("„Mai“"));
    let wrong = TrendRequest { level: 2.0, ..request("v.csv") };
    assert!(trend(&wrong).unwrap_err().to_string().contains("Niveau"));
}

fn population(years: std::ops::Range<u32>, skip: Option<(u32, u32)>) -> String {
    let mut out = String::from("NR;jahr;alter;n\n");
    for area in ["01", "02"] {
        for year in years.clone() {
            for age in (0..6_u32).filter(|age| skip != Some((year, *age))) {
                out.push_str(&format!("{area};{year};{age};{}\n", 30 + (year * 7 + age * 3) % 11));
            }
        }
    }
    out
}

#[test]
fn children_are_carried_forward_with_a_report() {
    let folder = folder(&[
        ("p.csv", &population(2010..2024, None)),
        ("kurz.csv", &population(2020..2024, None)),
        ("lücke.csv", &population(2010..2024, Some((2012, 3)))),
        ("leer.csv", "NR;jahr;alter;n\n"),
        ("alt.csv", "NR;jahr;alter;n\n01;2020;90+;4\n"),
    ]);
    let request = |file: &str| ForecastRequest {
        counts: folder.path().join(file),
        key: Some("NR".into()),
        year: "jahr".into(),
        age: "alter".into(),
        count: "n".into(),
        women: None,
        settings: Settings { horizon: 3, base: 5, shrink: 0.0 },
        groups: vec!["0-2".parse::<Ages>().unwrap().0, "5".parse::<Ages>().unwrap().0],
        draws: Draws { draws: 99, seed: 1, level: 0.9, threads: 1 },
    };
    let (table, report, _) = forecast(&request("p.csv")).unwrap();
    assert_eq!(table.rows(), 3 * 3 * 2);
    assert_eq!(number(&table, "year", 0), Some(2024.0));
    assert!(number(&table, "lower", 0).unwrap() <= number(&table, "upper", 0).unwrap());
    assert_eq!((report["births"].as_str(), report["origins"].as_u64()), (Some("recent-mean"), Some(8)));
    assert_eq!(report["backtest"][0]["years_ahead"].as_array().unwrap().len(), 3);
    let (again, _, _) = forecast(&request("p.csv")).unwrap();
    assert_eq!(again, table);
    let (short, report, _) = forecast(&request("kurz.csv")).unwrap();
    assert!(note(&short, 0).starts_with("zu wenige Jahre") && number(&short, "lower", 0).is_none());
    assert_eq!(report["base_years"], 3);
    for (file, part) in [
        ("lücke.csv", "Für „01“, 2012, Alter 3 fehlt"),
        ("leer.csv", "keine Zeilen"),
        ("alt.csv", "„90+“ ist kein Alter"),
    ] {
        let error = forecast(&request(file)).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    let old = ForecastRequest { groups: vec!["7-9".parse::<Ages>().unwrap().0], ..request("p.csv") };
    assert!(forecast(&old).unwrap_err().to_string().contains("bis Alter 5"));
    let missing = ForecastRequest { counts: PathBuf::from("/nirgends.csv"), ..request("p.csv") };
    assert!(forecast(&missing).is_err());
}

#[test]
fn parquet_keeps_words_numbers_and_gaps() {
    let mut table = Table::default();
    table.text("NR", vec![Some("01".into()), Some("ä, \"b\"".into()), None]);
    table.number("v", vec![Some(1.234), None, Some(-3.0)]);
    let bytes = table.parquet().unwrap();
    assert_eq!(&bytes[..4], b"PAR1");
    assert_eq!(table.parquet().unwrap(), bytes);
    assert!(Table::default().parquet().is_ok());
    let folder = folder(&[]);
    let path = folder.path().join("t.parquet");
    std::fs::write(&path, &bytes).unwrap();
    // Read back as the table of another command.
    let read = IndexRequest {
        values: path.clone(),
        key: Some("NR".into()),
        indicators: vec!["v".parse().unwrap()],
        normalisations: vec![parse_normalisation("min-max").unwrap()],
        principal_component: false,
        classes: 2,
        sensitivity: SensitivitySettings { draws: 1, seed: 1, weights: WeightDraws::Uniform { spread: 1.0 } },
    };
    let (found, _) = index(&read).unwrap();
    assert_eq!(found.numbers("index").unwrap(), [Some(1.0), None, Some(0.0)]);
    assert_eq!(found.columns()[0].1, table.columns()[0].1.clone().into_filled());
    std::fs::write(&path, "PAR1 ist anders").unwrap();
    assert!(index(&read).unwrap_err().to_string().contains("nicht lesbar"));
}

trait Filled {
    fn into_filled(self) -> Self;
}

impl Filled for Column {
    /// As keys are read: an empty cell is an empty text.
    fn into_filled(self) -> Self {
        match self {
            Column::Text(cells) => {
                Column::Text(cells.into_iter().map(|c| Some(c.unwrap_or_default())).collect())
            }
            other => other,
        }
    }
}
