//! Analyses of published figures against other programs.
#![allow(clippy::unwrap_used)]

use kekiz_atlas::Atlas;
use kekiz_atlas::access::{Access, AccessQuery, Places};
use kekiz_atlas::clusters::{ClusterClass, Neighbourhood};
use kekiz_atlas::composite::{CompositeQuery, Part, Scale};
use kekiz_atlas::segregation::{Unit, unevenness};
use kekiz_atlas::view::ViewQuery;
use kekiz_base::{Cell, IndicatorId};
use kekiz_testkit::{canary_in, published_city, published_grid};

fn query(id: &str, level: &str) -> ViewQuery {
    ViewQuery { level: Some(level.into()), ..ViewQuery::of(IndicatorId::new(id).unwrap()) }
}

/// PySAL esda 2.9.0 with libpysal 4.14.1: `Moran` and `Moran_Local` (99,999 permutations, p doubled) on the 63 quarters
/// with a figure that touch another one, row-standardised queen weights, p adjusted after Benjamini and Hochberg.
#[test]
fn clusters_are_those_of_pysal() {
    let (_dir, published) = published_grid().unwrap();
    let atlas = Atlas::of(published).unwrap();
    let found = atlas.clusters(&query("raster-wert", "stadtteil"), Neighbourhood::Touching).unwrap();
    assert_eq!(found.used, 63);
    assert!((found.moran - 0.577_650_168_177_360_8).abs() < 1e-12);
    assert!((found.expected + 0.016_129_032_258_064_516).abs() < 1e-12);
    assert!(found.p < 0.001);
    for (key, statistic, p, class) in [
        ("R00", 4.468_581_943_566_133, 0.000_88, ClusterClass::HighHigh),
        ("R01", 5.013_948_894_043_644, 0.000_04, ClusterClass::HighHigh),
        ("R11", 5.203_929_051_862_579, 0.000_02, ClusterClass::HighHigh),
        ("R20", 2.679_665_457_907_798, 0.005_18, ClusterClass::HighHigh),
        ("R21", 3.125_455_066_654_854, 0.000_30, ClusterClass::HighHigh),
        ("R66", -2.037_080_103_951_226, 0.000_02, ClusterClass::HighLow),
    ] {
        let row = found.rows.iter().find(|row| row.row.area.key.as_str() == key).unwrap();
        assert!((row.statistic.unwrap() - statistic).abs() < 1e-10, "{key}: {:?}", row.statistic);
        assert!((row.p.unwrap() - p).abs() < 0.002, "{key}: {:?}", row.p);
        assert!(row.adjusted.unwrap() >= row.p.unwrap());
        assert_eq!(row.class, Some(class), "{key}");
    }
    let count = |class| found.of_class(class).count();
    assert_eq!((count(ClusterClass::HighLow), count(ClusterClass::Island)), (1, 1));
    assert!((7..=9).contains(&count(ClusterClass::HighHigh)));
}

#[test]
fn missing_areas_and_islands_are_no_zeros_and_no_neighbours() {
    let (_dir, published) = published_grid().unwrap();
    let atlas = Atlas::of(published).unwrap();
    let found = atlas.clusters(&query("raster-wert", "stadtteil"), Neighbourhood::Touching).unwrap();
    let row = |key: &str| found.rows.iter().find(|row| row.row.area.key.as_str() == key).unwrap();
    let missing = row("R07");
    assert!(missing.class.is_none() && missing.p.is_none() && missing.lag.is_none());
    assert_eq!(row("R06").neighbours, 4, "one of five has no figure");
    let island = row("Rx");
    assert_eq!((island.class, island.p, island.neighbours), (Some(ClusterClass::Island), None, 0));
    // Four nearest: the island has neighbours too, and nothing is left out.
    let near = atlas.clusters(&query("raster-wert", "stadtteil"), Neighbourhood::Nearest(4)).unwrap();
    assert_eq!(near.used, 64);
    assert!(near.rows.iter().filter(|row| row.class.is_some()).all(|row| row.neighbours == 4));
    assert_eq!(near.of_class(ClusterClass::Island).count(), 0);
    let csv = String::from_utf8(found.csv()).unwrap();
    assert_eq!(csv.lines().count(), 66);
    assert!(csv.contains("Viertel R66") && csv.contains("hoch, umgeben von niedrig"), "{csv}");
    let fields = |line: &str| line.split(';').count();
    assert!(csv.lines().all(|line| fields(line) == fields(csv.lines().next().unwrap())));
    let svg = atlas.clusters_svg(&found);
    assert!(svg.contains("Viertel R66") && svg.contains("Stadt Raster"));
    // No neighbours but by distance.
    let alone = found.rows.iter().filter(|row| row.class == Some(ClusterClass::Island)).count();
    assert_eq!(alone, 1);
}

#[test]
fn the_finding_is_one_sentence_that_names_places() {
    let (_dir, published) = published_grid().unwrap();
    let atlas = Atlas::of(published).unwrap();
    let found = atlas.clusters(&query("raster-wert", "stadtteil"), Neighbourhood::Touching).unwrap();
    let text = &found.sentence;
    assert!(text.contains("Hohe Werte liegen beieinander rund um Viertel R11, Viertel R01, "), "{text}");
    assert!(text.contains("Viertel R66 liegt hoch zwischen niedrigen Werten"), "{text}");
    assert!(text.ends_with("Gebiete sind nicht auffällig.") && !text.contains(". "), "{text}");
}

#[test]
fn clusters_of_protected_figures_hold_no_canary() {
    let (_dir, published) = published_city().unwrap();
    let atlas = Atlas::of(published).unwrap();
    let found = atlas.clusters(&query("kinderarmut", "stadtteil"), Neighbourhood::Nearest(4)).unwrap();
    let protected = found.rows.iter().filter(|row| matches!(row.row.cell, Cell::Suppressed { .. }));
    assert!(protected.clone().count() >= 3);
    assert!(protected.clone().all(|row| row.class.is_none() && row.lag.is_none() && row.statistic.is_none()));
    for text in [String::from_utf8(found.csv()).unwrap(), atlas.clusters_svg(&found), format!("{found:?}")] {
        assert_eq!(canary_in(&text), None);
    }
    // Three Stadtbezirke in a row are enough, two Kreise are not.
    let few = atlas.clusters(&query("kinder", "kreis"), Neighbourhood::Touching).unwrap_err();
    assert!(few.to_string().contains("mindestens 3") && few.to_string().contains("Abhilfe"), "{few}");
}

#[test]
fn reach_grows_with_time_and_counts_children() {
    let (_dir, published) = published_city().unwrap();
    let atlas = Atlas::of(published).unwrap();
    let ask = |minutes| atlas.access(&AccessQuery { minutes, ..AccessQuery::default() }).unwrap();
    let found = ask(15);
    assert_eq!((found.kind.as_deref(), found.facilities.len()), (Some("Grundschule"), 12));
    assert_eq!(found.places, Places::Unknown);
    assert!(found.assumptions.iter().any(|text| text.contains("nennt keine Plätze")));
    assert!(found.assumptions[0].contains("920 m"), "{:?}", found.assumptions);
    let share = |found: &Access, key: &str| {
        found.rows.iter().find(|row| row.row.area.key.as_str() == key).unwrap().share.unwrap()
    };
    assert!(share(&found, "99001001") > 0.0 && share(&found, "99001001") < 0.2);
    // The list has no school in Köhlerdorf: nothing is known, which is not nothing.
    let unknown = found.rows.iter().find(|row| row.row.area.key.as_str() == "99002002").unwrap();
    assert!(!unknown.covered && unknown.share.is_none() && unknown.reached.is_none());
    assert!(found.assumptions.iter().any(|text| text.contains("keine Einrichtung ihrer Kommune")));
    let mut before = 0.0;
    for minutes in [1, 5, 15, 30, 60] {
        let percent = ask(minutes).percent().unwrap();
        assert!(percent >= before && percent <= 100.0, "{minutes}: {percent}");
        before = percent;
    }
    assert!(before > 5.0);
    assert!(found.sentence.contains("von 100 Kindern"), "{}", found.sentence);
    assert_eq!(String::from_utf8(found.csv()).unwrap().lines().count(), found.rows.len() + 1);
    assert!(atlas.access_svg(&found).contains("Luftlinie"));
    let query = |kind: &str| AccessQuery { kind: Some(kind.into()), ..AccessQuery::default() };
    assert_eq!(atlas.access(&query("alle")).unwrap().facilities.len(), 14);
    let wrong = atlas.access(&query("Opernhaus")).unwrap_err().to_string();
    assert!(wrong.contains("Möglich: alle, Grundschule"), "{wrong}");
    let (_dir, published) = published_grid().unwrap();
    let none = Atlas::of(published).unwrap().access(&AccessQuery::default()).unwrap_err();
    assert!(none.to_string().contains("keine Einrichtungen"));
}

/// At a share of 28 % chance alone gives D = 0.11 for 60 Kitas of 60 children, 0.20 for 60 groups of 20, 0.05 for 40
/// quarters of 300 (means of 2,000 random allocations by `multivariate_hypergeometric` of NumPy 2.4.6).
#[test]
fn small_facilities_look_apart_by_chance_alone_and_are_corrected() {
    for (units, size, expected) in [(60, 60, 0.1140), (60, 20, 0.1993), (40, 300, 0.0504)] {
        let even: Vec<Unit> = (0..units)
            .map(|unit| {
                let until = |unit: i32| (f64::from(unit) * 0.28 * f64::from(size)).floor();
                Unit { cases: until(unit + 1) - until(unit), persons: f64::from(size) }
            })
            .collect();
        let found = unevenness(&even).unwrap();
        let d = found.indices[0];
        assert!((d.corrected.expected - expected).abs() < 0.002, "{units} × {size}: {d:?}");
        assert!(d.band.0 < d.corrected.expected && d.corrected.expected < d.band.1);
        assert!(d.corrected.raw < d.band.0 && d.corrected.adjusted.unwrap() < 0.0, "more even than chance");
        assert!(found.units.iter().all(|unit| unit.outside().is_none()));
    }
    let apart: Vec<Unit> =
        (0..20).map(|unit| Unit { cases: if unit < 5 { 50.0 } else { 2.0 }, persons: 60.0 }).collect();
    let found = unevenness(&apart).unwrap();
    assert_eq!(found.units.iter().filter(|unit| unit.outside() == Some(true)).count(), 5);
    assert!(found.indices.iter().all(|row| row.corrected.raw > row.band.1));
    assert_eq!(unevenness(&apart).unwrap(), found, "the same seed gives the same band");
    for bad in [vec![], vec![Unit { cases: 1.5, persons: 3.0 }, Unit { cases: 1.0, persons: 3.0 }]] {
        assert!(unevenness(&bad).is_err());
    }
    assert!(unevenness(&[Unit { cases: 0.0, persons: 9.0 }, Unit { cases: 0.0, persons: 8.0 }]).is_err());
}

#[test]
fn segregation_uses_shown_counts_only() {
    let (_dir, published) = published_city().unwrap();
    let atlas = Atlas::of(published).unwrap();
    let found = atlas.segregation(&query("kinderarmut", "stadtteil")).unwrap();
    assert_eq!(found.rows.len() + found.left_out, 12);
    assert!(found.left_out >= 3);
    assert!(
        found.sentence.contains("müssten umziehen") && found.sentence.contains("nicht dabei"),
        "{}",
        found.sentence
    );
    let csv = String::from_utf8(found.csv()).unwrap();
    assert_eq!(csv.lines().count(), 1 + found.rows.len() + 3);
    for text in [csv, found.svg(), format!("{found:?}")] {
        assert_eq!(canary_in(&text), None);
    }
    for (id, level, part) in [
        ("jugendanteil", "stadtteil", "Fallzahl"),
        ("kinder", "kreis", "Fallzahl"),
        ("kinderarmut", "gemeinde", "weniger als drei"),
    ] {
        let error = atlas.segregation(&query(id, level)).unwrap_err().to_string();
        assert!(error.contains(part) && error.contains("Abhilfe"), "{error}");
    }
}

#[test]
fn an_index_of_ones_own_has_places_spans_and_refuses_what_makes_none() {
    let (_dir, published) = published_city().unwrap();
    let atlas = Atlas::of(published).unwrap();
    let part = |id: &str, weight: f64, more: Option<bool>| Part {
        indicator: IndicatorId::new(id).unwrap(),
        weight,
        more_is_better: more,
    };
    let ask = |parts: Vec<Part>| {
        atlas.composite(&CompositeQuery {
            parts,
            scale: Scale::Z,
            level: Some("stadtteil".into()),
            period: None,
        })
    };
    let two = || vec![part("kinderarmut", 1.0, None), part("jugendanteil", 1.0, Some(true))];
    let found = ask(two()).unwrap();
    assert_eq!((found.rows.len(), found.period.to_string().as_str()), (12, "2024"));
    let shown: Vec<_> = found.rows.iter().filter(|row| row.rank.is_some()).collect();
    assert!(shown.len() >= 6 && shown.len() <= 9);
    for row in &found.rows {
        assert_eq!(row.rank.is_some(), matches!(row.cell, Cell::Shown(_)));
        if let (Some(rank), Some((low, high))) = (row.rank, row.range) {
            assert!(low <= high && low >= 1.0 && high <= shown.len() as f64 && rank >= 1.0);
        }
    }
    // z-scores add up to nothing.
    let sum: f64 = shown.iter().filter_map(|row| row.cell.value()).sum();
    assert!(sum.abs() < 1e-9, "{sum}");
    assert_eq!(ask(two()).unwrap().mean_shift.to_bits(), found.mean_shift.to_bits());
    let turned =
        ask(vec![part("kinderarmut", 1.0, Some(true)), part("jugendanteil", 1.0, Some(false))]).unwrap();
    for (a, b) in found.rows.iter().zip(&turned.rows) {
        assert_eq!(a.cell.value().map(|v| (-v * 1e9).round()), b.cell.value().map(|v| (v * 1e9).round()));
    }
    assert_eq!(String::from_utf8(found.csv()).unwrap().lines().count(), 13);
    for text in [String::from_utf8(found.csv()).unwrap(), atlas.composite_svg(&found), found.recipe()] {
        assert_eq!(canary_in(&text), None);
    }
    for (parts, expected) in [
        (vec![part("kinderarmut", 1.0, None)], "mindestens zwei"),
        (vec![part("kinderarmut", 1.0, None), part("jugendanteil", 1.0, None)], "weder gut noch schlecht"),
        (vec![part("kinderarmut", 1.0, None), part("kinderarmut", 1.0, None)], "zweimal"),
        (vec![part("kinderarmut", f64::NAN, None), part("jugendanteil", 1.0, Some(true))], "Gewicht"),
        ((0..9).map(|_| part("kinderarmut", 1.0, None)).collect(), "höchstens 8"),
    ] {
        let error = ask(parts).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
