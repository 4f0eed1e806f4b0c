//! The atlas over a made-up city that went through the real gate.
#![allow(clippy::unwrap_used)]

use kekiz_atlas::export::csv::{CsvOptions, csv};
use kekiz_atlas::export::json_stat::json_stat;
use kekiz_atlas::export::xlsx::xlsx;
use kekiz_atlas::map::MapStyle;
use kekiz_atlas::scatter::PairQuery;
use kekiz_atlas::table::{Table, TableQuery};
use kekiz_atlas::view::{Method, ViewQuery};
use kekiz_atlas::{Atlas, AtlasError};
use kekiz_base::{AreaKey, Cell, IndicatorId};
use kekiz_testkit::{canary_in, published_city};

fn id(text: &str) -> IndicatorId {
    IndicatorId::new(text).unwrap()
}

fn with_atlas(check: impl FnOnce(&Atlas)) {
    let (_dir, published) = published_city().unwrap();
    check(&Atlas::of(published).unwrap());
}

fn poverty(level: &str) -> ViewQuery {
    ViewQuery { level: Some(level.into()), ..ViewQuery::of(id("kinderarmut")) }
}

#[test]
fn a_view_excludes_protected_areas_from_its_classes() {
    with_atlas(|atlas| {
        let view = atlas.view(&poverty("stadtteil")).unwrap();
        assert_eq!(view.rows.len(), 12);
        let suppressed = view.rows.iter().filter(|row| matches!(row.cell, Cell::Suppressed { .. })).count();
        assert!(suppressed >= 3);
        for row in &view.rows {
            assert_eq!(row.class.is_some(), row.cell.value().is_some(), "{}", row.area.name);
            assert_eq!(row.rank.is_some(), row.cell.value().is_some());
        }
        let classes = view.classes.as_ref().unwrap();
        assert_eq!(classes.counts.iter().sum::<usize>(), 12 - suppressed);
        assert_eq!(classes.suppressed, suppressed);
        assert_eq!(classes.labels.len(), classes.colours.len());
        assert!(
            view.sentence.contains("Am höchsten") && view.sentence.contains("geschützt"),
            "{}",
            view.sentence
        );
        assert_eq!(view.period.to_string(), "2024");
        assert_eq!(view.levels.len(), 3);
    });
}

#[test]
fn every_way_to_classes_works_or_says_why() {
    with_atlas(|atlas| {
        for method in Method::automatic() {
            let view = atlas.view(&ViewQuery { method, ..poverty("stadtteil") }).unwrap();
            let classes = view.classes.unwrap();
            assert!(classes.breaks.windows(2).all(|pair| pair[0] <= pair[1]));
        }
        for (limits, fits) in
            [(vec![10.0, 20.0], true), (vec![20.0, 10.0], false), (vec![], false), (vec![f64::NAN], false)]
        {
            let view = atlas.view(&ViewQuery { method: Method::Own(limits.clone()), ..poverty("stadtteil") });
            assert_eq!(view.is_ok(), fits, "{limits:?}");
        }
        let index = atlas.view(&ViewQuery::of(id("sozialindex"))).unwrap();
        assert_eq!(index.classes.unwrap().labels, ["sehr niedrig", "niedrig", "mittel", "hoch"]);
    });
}

#[test]
fn unknown_names_are_refused_with_the_possible_ones() {
    with_atlas(|atlas| {
        let message = |query: ViewQuery| atlas.view(&query).unwrap_err().to_string();
        assert!(message(ViewQuery::of(id("kinderamut"))).contains("kinderarmut"));
        assert!(message(poverty("baublock")).contains("stadtteil"));
        let period = Some("1999".parse().unwrap());
        assert!(message(ViewQuery { period, ..poverty("stadtteil") }).contains("2024"));
        let within = Some(AreaKey::new("99002"));
        let inside = atlas.view(&ViewQuery { within, ..ViewQuery::of(id("kinderarmut")) }).unwrap_err();
        assert!(matches!(inside, AtlasError::NothingInside { .. }));
    });
}

#[test]
fn no_file_holds_a_canary() {
    with_atlas(|atlas| {
        let mut texts: Vec<String> = Vec::new();
        for meta in atlas.indicators() {
            let table = atlas.table(&TableQuery::of(meta.id.clone())).unwrap();
            texts.push(
                String::from_utf8(csv(&table, CsvOptions { bom: false, decimal_comma: false })).unwrap(),
            );
            texts.push(json_stat(&table).to_string());
            texts.push(atlas.geojson(&table).unwrap().to_string());
            let view = atlas.view(&ViewQuery::of(meta.id.clone())).unwrap();
            texts.push(atlas.svg(&view));
            texts.push(format!("{view:?}"));
        }
        for area in atlas.tree().iter() {
            texts.push(format!("{:?}", atlas.profile(&area.key, None).unwrap()));
        }
        for text in &texts {
            assert_eq!(canary_in(text), None);
        }
    });
}

#[test]
fn files_carry_source_licence_and_signs() {
    with_atlas(|atlas| {
        let view = atlas.view(&poverty("stadtteil")).unwrap();
        let table = Table::of_view(&view);
        let text = String::from_utf8(csv(&table, CsvOptions::default())).unwrap();
        assert!(text.starts_with('\u{feff}'));
        assert!(text.contains(";•;%;geschuetzt;"), "{text}");
        assert!(text.lines().skip(1).all(|line| line.contains("dl-de/by-2-0")));
        let book = xlsx(&table).unwrap();
        assert_eq!(book, xlsx(&table).unwrap());
        assert!(book.starts_with(b"PK"));
        let stat = json_stat(&table);
        let cells: u64 = stat["size"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).product();
        assert_eq!(stat["value"].as_array().unwrap().len() as u64, cells);
        assert_eq!(stat["status"].as_array().unwrap().len() as u64, cells);
        assert!(stat["status"].as_array().unwrap().iter().any(|code| code == "c"));
        assert_eq!(stat["id"].as_array().unwrap().len(), stat["size"].as_array().unwrap().len());
        let geo = atlas.geojson(&table).unwrap();
        assert!(geo["attribution"].as_str().unwrap().contains("Musterstadt"));
        assert!(atlas.parquet(&id("kinderarmut")).unwrap().starts_with(b"PAR1"));
    });
}

#[test]
fn pictures_show_letters_without_fonts_of_the_machine() {
    with_atlas(|atlas| {
        let view = atlas.view(&poverty("stadtteil")).unwrap();
        let png = atlas.png(&view, 600).unwrap();
        assert!(png.starts_with(b"\x89PNG"));
        let letters = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 20"><text x="2" y="15" font-family="Fira Sans, sans-serif">Größe</text></svg>"##;
        let empty = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 20"></svg>"##;
        let draw = |svg: &str| kekiz_atlas::export::image::png(svg, 300).unwrap();
        assert_ne!(draw(letters), draw(empty));
        assert!(atlas.map_svg(&view, &MapStyle::default()).contains("<path"));
    });
}

#[test]
fn the_reach_counts_every_child_once() {
    with_atlas(|atlas| {
        let reach = atlas.members().unwrap();
        let names: Vec<&str> = reach.members.iter().map(|member| member.area.name.as_str()).collect();
        assert_eq!(names, ["Beispielstadt", "Kreis Beispiel", "Musterstadt"]);
        // Musterstadt 21,000 and Kreis Beispiel 24,000 + 11,000, of 86,000; one percent more in 2024.
        assert!((reach.reached.unwrap() - 56_000.0 * 1.01).abs() < 1.0, "{:?}", reach.reached);
        assert!((reach.percent.unwrap() - 100.0 * 56.0 / 86.0).abs() < 0.01);
        assert!(reach.sentence.contains("Nicht doppelt gezählt"), "{}", reach.sentence);
    });
}

#[test]
fn series_profiles_and_comparisons_say_what_they_show() {
    with_atlas(|atlas| {
        let series = atlas.series(&id("kinderarmut"), &["M1-01".into(), "M1-03".into()], None).unwrap();
        assert_eq!(series.periods.len(), 6);
        assert_eq!(series.lines.len(), 3);
        assert_eq!(series.breaks.len(), 1);
        assert!(series.lines[1].cells.iter().all(|cell| cell.value().is_none()));
        let profile = atlas.profile(&"M3-04".into(), None).unwrap();
        let entry =
            profile.themes.iter().flat_map(|t| &t.entries).find(|e| e.meta.id == id("kinderarmut")).unwrap();
        assert!(entry.trend.as_ref().unwrap().broken.is_some());
        assert_eq!(entry.judgement, Some(kekiz_atlas::profile::Judgement::Worse));
        assert!(profile.facilities.iter().any(|f| f.layer == "schulen" && f.count == 1));
        let compared = atlas.compare(&"M1-01".into(), &"M3-04".into()).unwrap();
        assert!(compared.sentence.contains("günstiger"), "{}", compared.sentence);
        let peers = atlas.peers(&"99001001".into(), 2).unwrap().unwrap();
        assert_eq!(peers.peers.len(), 2);
        assert!(peers.variables.iter().any(|v| v.title == "Einwohnerzahl"));
    });
}

#[test]
fn pairs_and_funnels_leave_out_what_is_protected() {
    with_atlas(|atlas| {
        let pair = PairQuery::of(id("kinderarmut"), id("sozialindex"));
        let scatter = atlas.scatter(&pair).unwrap();
        assert_eq!(scatter.points.len() + scatter.left_out, 12);
        assert!(scatter.left_out >= 3 && scatter.spearman.unwrap() > 0.9);
        assert!(scatter.caveat.contains("ökologischer Fehlschluss"));
        let map = atlas.bivariate(&pair).unwrap();
        let counted: usize = map.counts.iter().flatten().sum();
        assert_eq!(counted, scatter.points.len());
        let funnel = atlas.funnel(&poverty("stadtteil")).unwrap();
        assert_eq!(funnel.points.len() + funnel.left_out, 12);
        assert!(funnel.limits.iter().all(|l| l.limits.windows(2).all(|pair| pair[0] <= pair[1])));
        assert!(matches!(atlas.funnel(&ViewQuery::of(id("einkommen"))), Err(AtlasError::NoCounts { .. })));
        let nothing = atlas.scatter(&PairQuery::of(id("kinderarmut"), id("einkommen")));
        assert!(nothing.is_ok() || matches!(nothing, Err(AtlasError::NothingShared { .. })));
    });
}

#[test]
fn search_forgives() {
    with_atlas(|atlas| {
        for (text, first) in [
            ("Musterstadt", "99001001"),
            ("musterstdt", "99001001"),
            ("faehrhoehe", "M2-02"),
            ("fahrhohe", "M2-02"),
            ("Köhler", "99002002"),
            ("99002001", "99002001"),
            ("kinderarmt", "kinderarmut"),
        ] {
            let hits = atlas.search(text);
            assert_eq!(hits.first().map(|hit| hit.id.as_str()), Some(first), "{text}");
        }
        for text in ["", "   ", "%%%", "ä", "\u{0}", "zzzzzzzzzzzz"] {
            assert!(atlas.search(text).len() <= 30);
        }
    });
}

#[test]
fn facilities_are_counted_and_compared() {
    with_atlas(|atlas| {
        let view = atlas.facilities("schulen", Some(&"M1".into())).unwrap();
        assert_eq!(view.shown.len(), 6);
        assert!((view.kinds.iter().map(|k| k.percent).sum::<f64>() - 100.0).abs() < 1e-9);
        let school = atlas.facility("schulen", "100001").unwrap();
        assert_eq!(school.neighbours.len(), 5);
        assert!(school.sentence.contains("Stufe 1"), "{}", school.sentence);
        assert!(atlas.facility("schulen", "1").is_err());
        assert!(atlas.facilities("kitas", None).unwrap_err().to_string().contains("schulen"));
    });
}
