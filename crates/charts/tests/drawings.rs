//! What holds for every drawing, whatever text and numbers go in.
#![allow(clippy::unwrap_used, clippy::panic)]

use kekiz_base::{Cell, Figure, Interval, Mark, Polarity, Reason, Versus};
use kekiz_charts::*;
use proptest::prelude::*;
use std::sync::Arc;

fn cell(value: f64, kind: usize) -> Cell {
    match kind % 4 {
        0 => Cell::Suppressed { reason: Reason::BelowThreshold },
        1 => Cell::Missing { mark: Mark::UnknownOrSecret },
        2 => Cell::Shown(Figure::bare(value)),
        _ => Cell::Shown(Figure {
            interval: Some(Interval { lower: value - 1.0, upper: value + 1.0 }),
            versus_parent: Some(Versus { difference: value - 3.0, significant: Some(value > 0.0) }),
            ..Figure::bare(value)
        }),
    }
}

fn square(key: &str, name: &str, x: f64) -> Shape {
    Shape::new(key, name, vec![vec![[x, 0.0], [x + 90.0, 0.0], [x + 90.0, 90.0], [x, 90.0]]])
}

fn sheet(areas: impl Iterator<Item = Shape>, outlines: &[Shape]) -> Arc<Sheet> {
    Arc::new(Sheet::of(&areas.collect::<Vec<_>>(), outlines))
}

/// Every drawing of this crate from one text and a list of numbers.
fn all(text: &str, values: &[f64]) -> Vec<(&'static str, Drawing)> {
    let unit = Unit::new(text, 1);
    let frame = |id: &str| Frame::new(id, text);
    let indexed = || values.iter().copied().enumerate();
    let classes: Vec<ClassStyle> =
        status_dynamics().into_iter().map(|class| ClassStyle { label: text.into(), ..class }).collect();
    let choropleth = Choropleth {
        frame: frame("map"),
        unit: unit.clone(),
        classes,
        sheet: sheet(
            indexed().map(|(i, _)| square(text, text, i as f64 * 100.0)),
            &[square("parent", text, 0.0)],
        ),
        areas: indexed()
            .map(|(i, value)| MapArea {
                cell: cell(value, i),
                class: Some(i),
                href: Some(format!("/gebiet/{}", i)),
                highlight: i % 3 == 0,
                selected: i == 1,
            })
            .collect(),
        keyboard: true,
        highlight_label: text.into(),
        outline_label: text.into(),
    };
    let two = Bivariate {
        frame: frame("two"),
        x_label: text.into(),
        x_unit: unit.clone(),
        y_label: text.into(),
        y_unit: unit.clone(),
        sheet: sheet(indexed().map(|(_, value)| square(text, text, value)), &[]),
        areas: indexed()
            .map(|(i, value)| BivariateArea {
                x: cell(value, i),
                y: cell(value, i + 1),
                class: (i % 2 == 0).then_some((i % 4, i % 3)),
                href: Some(text.into()),
                highlight: i == 0,
                selected: i == 2,
            })
            .collect(),
        keyboard: false,
    };
    let points = PointMap {
        frame: frame("points"),
        outlines: vec![square(text, text, 0.0)],
        points: indexed()
            .map(|(i, value)| MapPoint {
                key: text.into(),
                name: text.into(),
                detail: text.into(),
                position: [value, 10.0],
                index: Some(i as u8),
                href: Some(text.into()),
                selected: i == 0,
            })
            .collect(),
        index_label: text.into(),
        noun: (text.into(), text.into()),
        keyboard: true,
    };
    let reference = Some(Reference { label: text.into(), value: values.first().copied().unwrap_or(1.0) });
    let bars = Bars {
        frame: frame("bars"),
        unit: unit.clone(),
        bars: indexed()
            .map(|(i, value)| Bar {
                href: Some(text.into()),
                highlight: i == 1,
                ..Bar::new(text, cell(value, i))
            })
            .collect(),
        reference: reference.clone(),
    };
    let ranking = Ranking {
        frame: frame("ranking"),
        unit: unit.clone(),
        rows: indexed()
            .map(|(i, value)| RankRow {
                key: text.into(),
                label: text.into(),
                cell: cell(value, i),
                href: Some("/x".into()),
                highlight: i == 3,
                band: None,
            })
            .collect(),
        reference: reference.clone(),
    };
    let line = |shift: usize| Line {
        name: text.into(),
        points: indexed()
            .map(|(i, value)| SeriesPoint {
                period: kekiz_base::Period::Year(2000 + i as i16),
                cell: cell(value, i / 3 + shift),
            })
            .collect(),
        emphasis: shift == 3,
    };
    let series = SeriesChart {
        frame: frame("series"),
        unit: unit.clone(),
        lines: vec![line(3), line(2)],
        breaks: vec![Break { period: kekiz_base::Period::Year(2002), label: text.into() }],
        from_zero: true,
        target: values.first().map(|value| TargetPath {
            from: (kekiz_base::Period::Year(2000), *value),
            to: (kekiz_base::Period::Year(2030), value / 2.0),
            label: text.into(),
        }),
    };
    let histogram = Histogram {
        frame: frame("histogram"),
        unit: unit.clone(),
        values: values.to_vec(),
        noun: text.into(),
        breaks: vec![0.0, 1.0, 2.0],
        classes: vec![ClassStyle::plain(Colour::WHITE, text), ClassStyle::plain(Colour::BLACK, text)],
        reference,
    };
    let scatter = Scatter {
        frame: frame("scatter"),
        x_label: text.into(),
        x_unit: unit.clone(),
        y_label: text.into(),
        y_unit: unit.clone(),
        points: indexed()
            .map(|(i, value)| ScatterPoint {
                key: text.into(),
                label: text.into(),
                x: value,
                y: value * 2.0 - i as f64,
                size: Some(value),
                href: Some("/x".into()),
                highlight: i == 0,
            })
            .collect(),
        means: Some((text.into(), 1.0, 2.0)),
        fit: Some(Fit { intercept: 1.0, slope: values.first().copied().unwrap_or(0.5), note: text.into() }),
        label_outliers: 3,
    };
    let curve =
        |factor: f64| (1..20).map(|i| [f64::from(i) * 5.0, factor / f64::from(i)]).collect::<Vec<_>>();
    let funnel = Funnel {
        frame: frame("funnel"),
        unit: unit.clone(),
        base_label: text.into(),
        points: indexed()
            .map(|(i, value)| FunnelPoint {
                key: text.into(),
                label: text.into(),
                denominator: i as f64 * 7.0,
                value,
                href: None,
                highlight: i == 0,
            })
            .collect(),
        target: (text.into(), 1.0),
        limits: vec![Limits { label: text.into(), lower: curve(-2.0), upper: curve(3.0) }],
    };
    let comparison = Comparison {
        frame: frame("comparison"),
        a: text.into(),
        b: text.into(),
        rows: indexed()
            .map(|(i, value)| ComparisonRow {
                label: text.into(),
                unit: unit.clone(),
                a: cell(value, i),
                b: cell(-value, i + 1),
                range: (i % 2 == 0).then_some((value, value + 1.0)),
                href: Some("/x".into()),
            })
            .collect(),
    };
    let spine = Spine {
        frame: frame("spine"),
        area: text.into(),
        parent: text.into(),
        peers: text.into(),
        rows: indexed()
            .map(|(i, value)| SpineRow {
                label: text.into(),
                unit: unit.clone(),
                polarity: [Polarity::HigherIsBetter, Polarity::LowerIsBetter, Polarity::Neutral][i % 3],
                cell: cell(value, i),
                parent: (i % 5 > 0).then_some(3.0),
                peers: Some(PeerRange {
                    min: value - 9.0,
                    q1: value - 1.0,
                    q3: value + 1.0,
                    max: value + 9.0,
                }),
                href: None,
            })
            .collect(),
    };
    let gaps: Vec<Option<f64>> = indexed().map(|(i, value)| (i % 3 != 1).then_some(value)).collect();
    vec![
        ("choropleth", choropleth.draw()),
        ("legend", choropleth.legend().draw(&frame("legend"))),
        ("bivariate", two.draw()),
        ("bivariate legend", two.legend(&frame("key"))),
        ("points", points.draw()),
        ("points legend", points.legend().draw(&frame("pkey"))),
        ("bars", bars.draw()),
        ("ranking", ranking.draw()),
        ("series", series.draw()),
        ("histogram", histogram.draw()),
        ("scatter", scatter.draw()),
        ("funnel", funnel.draw()),
        ("comparison", comparison.draw()),
        ("spine", spine.draw()),
        ("sparkline", sparkline(&frame("spark"), &gaps, &unit)),
    ]
}

/// Parses a drawing and holds it to the rules of the crate.
fn hold(name: &str, drawing: &Drawing, text: &str) {
    let document =
        roxmltree::Document::parse(&drawing.svg).unwrap_or_else(|e| panic!("{name}: {e}\n{}", drawing.svg));
    let root = document.root_element();
    assert!(matches!(root.attribute("role"), Some("img" | "group")), "{name}");
    let id = root.attribute("aria-labelledby").and_then(|id| id.strip_suffix("-t")).unwrap().to_string();
    for node in root.descendants().filter(|node| node.is_element()) {
        let tag = node.tag_name().name();
        assert!(
            ["svg", "title", "desc", "defs", "pattern", "g", "a", "path", "rect", "circle", "text", "use"]
                .contains(&tag),
            "{name}: {tag}"
        );
        for attribute in node.attributes() {
            assert!(attribute.name() != "style" && !attribute.name().starts_with("on"), "{name}");
            if attribute.name() == "id" {
                assert!(attribute.value().starts_with(&format!("{id}-")), "{name}: {}", attribute.value());
            }
            assert!(!attribute.value().contains("NaN") || text.contains("NaN"), "{name}: {}", drawing.svg);
            assert!(!attribute.value().contains("inf") || text.contains("inf"), "{name}: {}", drawing.svg);
        }
        // An image cannot hold what the keyboard reaches.
        assert!(tag != "a" || root.attribute("role") == Some("group"), "{name}");
    }
    assert!(!drawing.sentence.is_empty(), "{name}");
}

#[test]
fn hostile_text_stays_text() {
    let text = "<script>alert(\"1\")</script> & 'x' \u{0}\u{8}\u{b}\u{fffe} style=\"y\"";
    for (name, drawing) in all(text, &[3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0]) {
        hold(name, &drawing, text);
        assert!(!drawing.svg.contains("<script"), "{name}");
    }
}

#[test]
fn nothing_one_and_odd_numbers_are_drawn() {
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, 1e308, -1e308, 1e-308];
    for values in [&[][..], &[7.0], &[0.0; 9], &odd, &odd[..1], &[5.0, 5.0]] {
        for (name, drawing) in all("Krefeld", values) {
            hold(name, &drawing, "Krefeld");
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let values: Vec<f64> = (0..40).map(|i| f64::from((i * 7919) % 97)).collect();
    assert_eq!(all("Köln", &values), all("Köln", &values));
}

#[test]
fn a_missing_or_suppressed_area_is_never_coloured_as_a_class() {
    let palette = Palette::Blue.colours(3);
    let map = Choropleth {
        frame: Frame::new("m", "Karte"),
        unit: Unit::new("%", 1),
        classes: palette.iter().map(|colour| ClassStyle::plain(*colour, "Klasse")).collect(),
        sheet: sheet((0..3).map(|i| square(&i.to_string(), "A", 100.0 * f64::from(i))), &[]),
        areas: (0..3)
            .map(|i| MapArea {
                cell: cell(5.0, i),
                class: Some(0),
                href: None,
                highlight: false,
                selected: false,
            })
            .collect(),
        keyboard: false,
        highlight_label: String::new(),
        outline_label: String::new(),
    };
    let svg = map.draw().svg;
    assert_eq!(svg.matches(&palette[0].to_string()).count(), 1);
    assert!(svg.contains("url(#m-hatch)") && svg.contains("url(#m-dots)"));
    let legend = map.legend();
    assert_eq!(legend.items.len(), 5);
    assert_eq!(legend.items[0].count, Some(1));
}

#[test]
fn small_drawings_look_as_they_did() {
    let values = [12.5, 30.0, 21.0, 8.25];
    for (name, drawing) in all("Ort", &values) {
        insta::assert_snapshot!(
            format!("{}", name.replace(' ', "_")),
            format!("{}\n{}", drawing.sentence, drawing.svg.replace("><", ">\n<"))
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_text_and_numbers_give_well_formed_drawings(
        text in "[<>&\"'\\PC\u{0}-\u{20}]{0,24}",
        values in prop::collection::vec(prop_oneof![-1e4..1e4f64, any::<f64>()], 0..12),
    ) {
        for (name, drawing) in all(&text, &values) {
            hold(name, &drawing, &text);
        }
    }
}
