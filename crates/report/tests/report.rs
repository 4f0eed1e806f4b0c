//! The report as a whole: an accessible, deterministic PDF that shows hostile text as text.
#![allow(clippy::unwrap_used)]

use kekiz_base::{Cell, Figure, Period, Source};
use kekiz_charts::{
    Choropleth, ClassStyle, Frame, Line, MapArea, Palette, SeriesChart, SeriesPoint, Shape, Sheet, Unit,
};
use kekiz_report::{KeyFigure, Picture, ReportError, ReportInput, Section, TableRow, Term, Theme, render};
use std::sync::Arc;

fn map() -> Picture {
    let classes: Vec<ClassStyle> =
        Palette::Blue.colours(3).into_iter().map(|c| ClassStyle::plain(c, "Klasse")).collect();
    let shapes: Vec<Shape> = (0..9)
        .map(|i| {
            let (x, y) = (f64::from(i % 3) * 100.0, f64::from(i / 3) * 80.0);
            let ring = vec![[x, y], [x + 100.0, y], [x + 100.0, y + 80.0], [x, y + 80.0]];
            Shape::new(i.to_string(), format!("Gebiet {i}"), vec![ring])
        })
        .collect();
    let areas = (0..9)
        .map(|i| MapArea {
            cell: Cell::Shown(Figure::bare(f64::from(i))),
            class: Some(i as usize % 4),
            href: None,
            highlight: i == 4,
            selected: i == 0,
        })
        .collect();
    let drawing = Choropleth {
        frame: Frame::new("karte", "Kinderarmut"),
        unit: Unit::new("%", 1),
        classes,
        sheet: Arc::new(Sheet::of(&shapes, [])),
        areas,
        keyboard: false,
        highlight_label: String::new(),
        outline_label: String::new(),
    }
    .draw();
    Picture { svg: drawing.svg, alt: drawing.sentence, caption: "Kinderarmut 2022".into() }
}

fn series() -> Picture {
    let points = (2012..=2022)
        .map(|year| SeriesPoint {
            period: Period::Year(year),
            cell: Cell::Shown(Figure::bare(f64::from(year % 9))),
        })
        .collect();
    let drawing = SeriesChart {
        frame: Frame::new("reihe", "Kinderarmut 2012 bis 2022"),
        unit: Unit::new("%", 1),
        lines: vec![Line { name: "Musterstadt".into(), points, emphasis: true }],
        breaks: vec![],
        from_zero: true,
        target: None,
    }
    .draw();
    Picture { svg: drawing.svg, alt: drawing.sentence, caption: "Zeitreihe".into() }
}

fn input(text: &str) -> ReportInput {
    ReportInput {
        title: "Sozialbericht".into(),
        area: format!("Musterstadt{text}"),
        level: "Kreisfreie Stadt".into(),
        parent: Some("Nordrhein-Westfalen".into()),
        as_of: jiff::civil::date(2025, 3, 31),
        operator: format!("Stadt Musterstadt{text}"),
        identifier: "muster-1".into(),
        introduction: vec![format!("Einleitung mit Umlauten äöüß{text}.")],
        key_figures: vec![KeyFigure {
            label: "Kinder".into(),
            value: format!("12.345{text}"),
            note: text.into(),
        }],
        themes: vec![Theme {
            title: format!("Lebenslage{text}"),
            text: vec![format!("Jedes fünfte Kind lebt von Grundsicherung{text}.")],
            map: Some(map()),
            legend: None,
            series: Some(series()),
            pictures: vec![],
            rows: vec![TableRow {
                indicator: format!("Kinderarmut{text}"),
                value: "21,3\u{a0}%".into(),
                interval: "20,1–22,5".into(),
                parent: "17,4\u{a0}%".into(),
                change: format!("+1,2 Prozentpunkte seit 2017{text}"),
                period: "2022".into(),
                marks: text.into(),
            }],
            detail: Some(kekiz_report::Detail {
                title: format!("Kinderarmut nach Stadtteilen{text}"),
                rows: (1..=12).map(|n| (format!("Stadtteil {n}{text}"), format!("{n},0\u{a0}%"))).collect(),
            }),
            notes: vec![format!("Hinweis{text}")],
        }],
        method: vec![Section { title: "Intervalle".into(), text: vec![format!("Wilson{text}")] }],
        protection: vec![format!("Kleine Zahlen werden geschützt{text}.")],
        sources: vec![Source {
            title: format!("Quelle{text}"),
            publisher: "Amt".into(),
            licence: "dl-de/by-2-0".into(),
            licence_url: "https://www.govdata.de/dl-de/by-2-0".into(),
            attribution: format!("© Amt{text}"),
            url: text.into(),
            changes: text.into(),
        }],
        glossary: vec![Term { term: "Quote".into(), meaning: format!("Anteil{text}") }],
    }
}

fn text_of(pdf: &[u8]) -> String {
    let document = lopdf::Document::load_mem(pdf).unwrap();
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    document.extract_text(&pages).unwrap()
}

#[test]
fn the_report_is_an_accessible_pdf() {
    let pdf = render(&input("")).unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    let document = lopdf::Document::load_mem(&pdf).unwrap();
    let catalog = document.catalog().unwrap();
    let marks = catalog.get(b"MarkInfo").and_then(|o| document.dereference(o)).unwrap().1.as_dict().unwrap();
    assert!(marks.get(b"Marked").unwrap().as_bool().unwrap());
    let language = catalog.get(b"Lang").unwrap().as_str().unwrap();
    assert!(language.starts_with(b"de"));
    assert!(catalog.get(b"StructTreeRoot").is_ok() && catalog.get(b"Outlines").is_ok());
    let metadata =
        catalog.get(b"Metadata").and_then(|o| document.dereference(o)).unwrap().1.as_stream().unwrap();
    let xmp = String::from_utf8_lossy(&metadata.content).into_owned();
    assert!(xmp.contains("pdfuaid:part") && xmp.contains("Sozialbericht Musterstadt"), "{xmp}");
    // Alternative texts, header cells of columns and rows.
    let mut kinds = std::collections::BTreeMap::<Vec<u8>, usize>::new();
    let mut alternatives = 0;
    for object in document.objects.values() {
        if let Ok(element) = object.as_dict()
            && let Ok(kind) = element.get(b"S").and_then(|o| o.as_name())
        {
            *kinds.entry(kind.to_vec()).or_default() += 1;
            alternatives += usize::from(element.has(b"Alt"));
        }
    }
    for (kind, least) in [("H1", 4), ("Table", 1), ("TH", 7), ("TD", 5), ("Figure", 2), ("TOC", 1)] {
        assert!(kinds.get(kind.as_bytes()).copied().unwrap_or(0) >= least, "{kind}: {kinds:?}");
    }
    assert!(alternatives >= 2);
}

/// The drawings of a theme shrink before it takes a second page; what cannot fit goes on.
#[test]
fn a_theme_is_one_page_where_it_can_be() {
    let pages = |pictures: usize, notes: usize| {
        let mut long = input("");
        long.themes[0].pictures = vec![series(); pictures];
        long.themes[0].notes = (1..=notes).map(|n| format!("Hinweis {n}")).collect();
        lopdf::Document::load_mem(&render(&long).unwrap()).unwrap().get_pages().len()
    };
    let short = pages(0, 0);
    for (pictures, notes) in [(1, 1), (2, 1), (2, 6), (4, 1)] {
        assert_eq!(pages(pictures, notes), short, "{pictures} pictures, {notes} notes");
    }
    assert!(pages(0, 150) > short);
}

#[test]
fn words_can_be_read_from_the_pdf() {
    let text = text_of(&render(&input("")).unwrap());
    for word in [
        "Musterstadt",
        "Lebenslage",
        "Grundsicherung",
        "Kinderarmut",
        "Wilson",
        "Quellen",
        "Begriffe",
        "äöüß",
    ] {
        assert!(text.contains(word), "{word}: {text}");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(render(&input("")).unwrap(), render(&input("")).unwrap());
}

#[test]
fn hostile_text_is_printed_not_run() {
    let hostile = " #panic(1) *fett* _k_ $x^2$ @ziel <marke> = Titel `r` \\ \"'& [#import \"a\"] {1+1}";
    let text = text_of(&render(&input(hostile)).unwrap());
    for part in ["#panic(1)", "*fett*", "@ziel", "<marke>", "{1+1}"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn characters_without_a_glyph_do_not_break_the_standard() {
    for odd in [
        "\u{0}\u{7}\u{1b}",
        "😀🏳️‍🌈",
        "漢字 العربية",
        "\u{e000}\u{10fffd}\u{fffe}",
        "\u{ad}\u{200b}\u{202e}",
        "\n\n= x",
    ] {
        assert!(render(&input(odd)).is_ok(), "{odd:?}: {:?}", render(&input(odd)).err());
    }
}

#[test]
fn bare_and_broken_input() {
    let empty = ReportInput { themes: vec![], ..input("") };
    assert_eq!(render(&empty), Err(ReportError::NoTheme));
    assert!(ReportError::NoTheme.to_string().contains("Abhilfe"));
    let bare = ReportInput {
        title: " ".into(),
        area: String::new(),
        level: String::new(),
        parent: None,
        operator: String::new(),
        introduction: vec![],
        key_figures: vec![],
        themes: vec![Theme::default(), Theme { rows: vec![TableRow::default()], ..Theme::default() }],
        method: vec![],
        protection: vec![],
        sources: vec![Source::default()],
        glossary: vec![Term::default()],
        ..input("")
    };
    assert!(render(&bare).unwrap().starts_with(b"%PDF-"));
    for svg in ["", "<svg", "<html></html>", "<svg><<</svg>"] {
        let picture = Picture { svg: svg.into(), alt: String::new(), caption: "Karte".into() };
        let theme = Theme { title: "T".into(), map: Some(picture), ..Theme::default() };
        let error = render(&ReportInput { themes: vec![theme], ..input("") }).unwrap_err();
        assert!(error.to_string().contains("Abhilfe"), "{error}");
    }
}
