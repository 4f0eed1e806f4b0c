//! Results of other programs on the same input.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use kekiz_linkage::em::{AllPairs, Fixed, Parameters, PatternCount, expectation_maximisation};
use kekiz_linkage::evaluate::cluster_quality;
use kekiz_linkage::similarity::{damerau_levenshtein, jaro, jaro_winkler};
use kekiz_linkage::{Records, Search, TextColumnBuilder, link, suggest};

/// jellyfish 1.3.0: `jaro_similarity`, `jaro_winkler_similarity`, `damerau_levenshtein_distance`.
#[test]
fn similarities_as_jellyfish() {
    for (a, b, plain, winkler, edits) in [
        ("mueller", "muellre", 0.952_380_952_381, 0.971_428_571_429, 1),
        ("schmidt", "schmitt", 0.904_761_904_762, 0.942_857_142_857, 1),
        ("yilmaz", "jilmas", 0.777_777_777_778, 0.777_777_777_778, 2),
        ("kowalski", "kowalska", 0.916_666_666_667, 0.95, 1),
        ("anna lena", "lena anna", 0.666_666_666_667, 0.666_666_666_667, 4),
        ("hauptstr 12", "haupstr 21", 0.903_030_303_03, 0.941_818_181_818, 2),
        ("alexander", "alex", 0.814_814_814_815, 0.888_888_888_889, 5),
        ("mohammed", "muhammad", 0.833_333_333_333, 0.85, 2),
        ("a", "b", 0.0, 0.0, 1),
        ("ab", "ba", 0.0, 0.0, 1),
        ("katharina", "kathrin", 0.925_925_925_926, 0.955_555_555_556, 2),
        ("shevchenko", "schewtschenko", 0.827_065_527_066, 0.844_358_974_359, 4),
    ] {
        let near = |x: f64, y: f64| (x - y).abs() < 1e-9;
        assert!(near(jaro(a.as_bytes(), b.as_bytes()), plain), "{a} {b}");
        assert!(near(jaro_winkler(a.as_bytes(), b.as_bytes()), winkler), "{a} {b}");
        assert_eq!(damerau_levenshtein(a.as_bytes(), b.as_bytes()), edits, "{a} {b}");
    }
}

/// All pairs are candidates, every comparison agrees (level 1) or not (level 2), two classes.
fn binary(counts: &[([u8; 4], f64)], width: usize) -> (Vec<PatternCount>, AllPairs, Parameters) {
    let candidates: Vec<PatternCount> = counts
        .iter()
        .map(|(agree, count)| PatternCount {
            levels: agree[..width].iter().map(|agree| 2 - agree).collect(),
            count: *count,
        })
        .collect();
    let count: f64 = candidates.iter().map(|c| c.count).sum();
    let share =
        |at: usize| candidates.iter().filter(|c| c.levels[at] == 1).map(|c| c.count).sum::<f64>() / count;
    let all = AllPairs {
        count,
        levels: (0..width).map(|at| vec![share(at), 1.0 - share(at)]).collect(),
        present: vec![1.0; width],
    };
    let start = Parameters {
        matching: 0.1,
        household: 0.0,
        m: vec![vec![0.9, 0.1]; width],
        u: vec![vec![0.1, 0.9]; width],
        h: vec![vec![0.5, 0.5]; width],
    };
    (candidates, all, start)
}

/// recordlinkage 0.16 `ECMClassifier(init="jaro", atol=1e-12)` on the same 1,724 comparison vectors.
#[test]
fn em_as_recordlinkage() {
    let counts = [
        ([1, 1, 1, 1], 60.0),
        ([1, 1, 1, 0], 22.0),
        ([1, 1, 0, 1], 9.0),
        ([1, 0, 1, 1], 7.0),
        ([0, 1, 1, 1], 5.0),
        ([1, 1, 0, 0], 6.0),
        ([1, 0, 0, 1], 30.0),
        ([0, 0, 1, 1], 28.0),
        ([0, 1, 0, 1], 41.0),
        ([0, 1, 1, 0], 12.0),
        ([1, 0, 1, 0], 9.0),
        ([0, 0, 0, 1], 300.0),
        ([0, 0, 1, 0], 80.0),
        ([0, 1, 0, 0], 120.0),
        ([1, 0, 0, 0], 95.0),
        ([0, 0, 0, 0], 900.0),
    ];
    let (candidates, all, start) = binary(&counts, 4);
    let (found, report) = expectation_maximisation(&candidates, &all, &start, &Fixed::default(), 5_000);
    assert!(report.converged);
    let near = |x: f64, y: f64| (x - y).abs() < 2e-3;
    assert!(near(found.matching, 0.054_585_637), "{}", found.matching);
    for (at, m, u) in [
        (0, 0.973_516_593, 0.089_813_550),
        (1, 0.934_594_290, 0.114_761_675),
        (2, 0.941_016_087, 0.082_486_990),
        (3, 0.748_763_622, 0.251_266_052),
    ] {
        assert!(near(found.m[at][0], m), "{at}: {}", found.m[at][0]);
        assert!(near(found.u[at][0], u), "{at}: {}", found.u[at][0]);
    }
}

/// The case of Splink's own tests (`test_expectation_maximisation`): exact counts of λ = 0.5, m = 0.7, u = 0.1 give the
/// parameters back.
#[test]
fn em_recovers_known_parameters() {
    let counts: Vec<([u8; 4], f64)> = (0..8_u8)
        .map(|bits| {
            let agree = [bits & 1, bits >> 1 & 1, bits >> 2 & 1, 0];
            let of = |p: f64| agree[..3].iter().map(|a| if *a == 1 { p } else { 1.0 - p }).product::<f64>();
            (agree, 1_000.0 * (0.5 * of(0.7) + 0.5 * of(0.1)))
        })
        .collect();
    let (candidates, all, start) = binary(&counts, 3);
    let (found, _) = expectation_maximisation(&candidates, &all, &start, &Fixed::default(), 20_000);
    assert!((found.matching - 0.5).abs() < 5e-3, "{}", found.matching);
    for at in 0..3 {
        assert!((found.m[at][0] - 0.7).abs() < 5e-3 && (found.u[at][0] - 0.1).abs() < 5e-3);
    }
}

/// Columns from lines of fields separated by a bar; empty fields are missing.
fn records(header: &[&str], lines: &str) -> Records {
    let mut builders: Vec<TextColumnBuilder> =
        header.iter().map(|name| TextColumnBuilder::new(name)).collect();
    let mut count = 0;
    for line in lines.lines() {
        for (builder, field) in builders.iter_mut().zip(line.split('|')) {
            builder.push((!field.is_empty()).then_some(field));
        }
        count += 1;
    }
    Records {
        columns: builders.into_iter().map(TextColumnBuilder::finish).collect(),
        files: vec![count],
        keys: Vec::new(),
    }
}

/// Persons with every kind of error and their siblings: the suggested model finds the first and keeps the second
/// apart.
#[test]
fn errors_are_found_and_siblings_stay_apart() {
    let first =
        ["Anna", "Ben", "Clara", "David", "Emil", "Frida", "Georg", "Hanna", "Ida", "Jonas", "Karla", "Leo"];
    let family = ["Müller", "Yılmaz", "Kowalski", "Schewtschenko", "Weiß", "Nguyen", "Hoffmann", "Öztürk"];
    let (mut lines, mut truth) = (String::new(), Vec::new());
    // Numbers without a pattern that strangers could share.
    let draw = |what: &str, household: usize, child: usize, below: u64| {
        (kekiz_linkage::stable_hash(&format!("{what} {household} {child}")) % below) as usize
    };
    for household in 0..120_usize {
        let name =
            format!("{}{}", family[draw("family", household, 0, 8)], ["", "berg", "mann"][household % 3]);
        let town = ["Haupt", "Linden", "Ring", "Schul", "Berg"][draw("street", household, 0, 5)];
        let street = format!("{town}straße {}", household + 1);
        for child in 0..2 {
            // Siblings do not share a given name.
            let given = first[draw("given", household, child, 6) + 6 * child];
            let year = 2005 + draw("year", household, child, 14);
            let (month, day) =
                (1 + draw("month", household, child, 12), 1 + draw("day", household, child, 28));
            let clean = format!("{given}|{name}|{year}-{month:02}-{day:02}|{street}|45{household:03}\n");
            let other = match household % 5 {
                0 => format!(
                    "{given}|{}|{day:02}.{month:02}.{year}|{street}|45{household:03}\n",
                    name.replace('ü', "ue")
                ),
                1 => format!(
                    "{given}|{name}|{year}-{month:02}-{day:02}|{}|45{household:03}\n",
                    street.replace("straße", "str.")
                ),
                2 => format!(
                    "{given} {}|{name}|{year}-{month:02}-{day:02}||\n",
                    first[draw("second", household, child, 12)]
                ),
                3 => format!("{name}|{given}|{year}-{month:02}-{day:02}|{street}|45{household:03}\n"),
                _ => format!(
                    "{given}|{name}|{year}-{month:02}-{:02}|{street}|45{household:03}\n",
                    day % 28 + 1
                ),
            };
            lines.push_str(&clean);
            lines.push_str(&other);
            truth.extend([Some((household * 2 + child) as u32); 2]);
        }
    }
    let records = records(&["vorname", "nachname", "geburtsdatum", "strasse", "plz"], &lines);
    let model = suggest(&records).unwrap().model;
    let linked = link(&model, records, Search::Dedupe, 1).unwrap();
    let clusters = linked.clusters(model.decision.match_probability, &[]);
    let quality = cluster_quality(&clusters.of_row, &truth);
    assert!(quality.f1.unwrap() > 0.97, "{quality:?}");
    assert_eq!(quality.false_positives, 0, "{quality:?}");
}
