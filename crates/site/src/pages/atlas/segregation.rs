//! `/atlas/{indikator}/trennung`: is a group spread evenly, or apart, and is it more than chance?

use super::controls::Controls;
use super::figures::NARROW;
use super::query::AtlasAsk;
use super::views::frame;
use crate::ask::Ask;
use crate::layout::Chrome;
use crate::pages::{Page, PageError};
use crate::state::SiteState;
use crate::words;
use kekiz_atlas::segregation::Segregation;
use kekiz_atlas::segregation::file::{MOST_DRAWN, place};
use kekiz_atlas::segregation::words::{against_chance, index_name};
use kekiz_base::AreaKey;
use kekiz_base::number::german;
use kekiz_charts::{Drawing, Frame};

/// Parameters the page and its files know.
pub(crate) const CARRIED: [&str; 4] = ["ebene", "gebiet", "jahr", "gruppe"];

struct IndexLine {
    name: &'static str,
    meaning: &'static str,
    raw: String,
    expected: String,
    band: String,
    adjusted: String,
    verdict: &'static str,
}

struct Line {
    key: String,
    name: String,
    url: String,
    share: String,
    interval: String,
    band: String,
    cases: String,
    persons: String,
    place: &'static str,
}

#[derive(askama::Template)]
#[template(path = "atlas_segregation.html")]
struct Show {
    chrome: Chrome,
    found: Segregation,
    controls: Controls,
    chart: [Drawing; 2],
    crowded: bool,
    indices: Vec<IndexLine>,
    plain: String,
    lines: Vec<Line>,
    downloads: [(&'static str, &'static str, String); 2],
    permalink: String,
    back: String,
}

/// The page.
pub(crate) fn show(state: &SiteState, ask: &Ask) -> Result<Page, PageError> {
    let asked = AtlasAsk::parse(ask.segment("indikator"), &ask.params)?;
    let found = state.atlas.segregation(&asked.view).map_err(PageError::parameter)?;
    let view = &found.view;
    let meta = &view.meta;
    let base = words::indicator_url(meta.id.as_str());
    let path = format!("{base}/trennung");
    let level = view.levels.iter().find(|level| level.geography == view.geography);
    let carried = asked
        .params
        .with("ebene", level.map(|level| level.slug.as_str()))
        .with("jahr", Some(&view.period.to_string()))
        .only(&CARRIED);
    let mut controls = Controls::new(&state.atlas, view, &asked);
    controls.action.clone_from(&path);
    let file = |ending: &str| {
        carried.url(&format!("/download/{}/trennung.{ending}", words::segment(meta.id.as_str())))
    };
    let chart = [("trennung", 720.0), ("trennung-schmal", NARROW)].map(|(id, width)| {
        let frame = Frame::new(id, format!("{}: Gebiete gegen den Zufall", meta.title)).with_width(width);
        found.chart(frame, asked.place.as_ref(), |key: &AreaKey| Some(words::area_url(key.as_str())))
    });
    let page = Show {
        chrome: frame(state, meta, "Ungleiche Verteilung").describe(found.sentence.clone()),
        controls,
        chart,
        crowded: found.rows.len() > MOST_DRAWN,
        indices: indices(&found),
        plain: plain(&found),
        lines: lines(&found),
        downloads: [
            ("CSV", "alle Gebiete und Indizes", file("csv")),
            ("SVG", "Bild der Gebiete gegen den Zufall", file("svg")),
        ],
        permalink: carried.url(&path),
        back: carried.url(&base),
        found,
    };
    Page::html(&page)
}

fn indices(found: &Segregation) -> Vec<IndexLine> {
    let number = |value: f64| german(value, if value.abs() < 0.01 { 4 } else { 3 });
    found
        .found
        .indices
        .iter()
        .map(|row| {
            let (name, meaning) = index_name(row.index);
            IndexLine {
                name,
                meaning,
                raw: number(row.corrected.raw),
                expected: number(row.corrected.expected),
                band: format!("{} bis {}", number(row.band.0), number(row.band.1)),
                adjusted: row.corrected.adjusted.map_or_else(|| "–".into(), number),
                verdict: against_chance(row),
            }
        })
        .collect()
}

/// What correcting for chance does to D, with the numbers of the page.
fn plain(found: &Segregation) -> String {
    let Some(row) = found.dissimilarity() else { return String::new() };
    let percent = |share: f64| german(100.0 * share, 1);
    let corrected = &row.corrected;
    let rest = corrected.adjusted.map_or_else(String::new, |adjusted| {
        format!(
            " Davon bereinigt bleiben {} von 100 (D*): Das ist die Ungleichheit, die nicht vom Zufall kommt.",
            percent(adjusted)
        )
    });
    format!(
        "Würde man alle Menschen auslosen, wohin sie gehören, käme trotzdem nie eine völlig gleiche Verteilung heraus: In kleinen Gebieten schwankt der Anteil von selbst. Bei diesen Größen ergäbe das Los im Mittel {} von 100; gemessen sind {} von 100.{rest}",
        percent(corrected.expected),
        percent(corrected.raw)
    )
}

fn lines(found: &Segregation) -> Vec<Line> {
    let range = |range: Option<kekiz_base::Interval>| {
        range.map_or_else(String::new, |range| {
            format!("{} bis {}", german(100.0 * range.lower, 1), german(100.0 * range.upper, 1))
        })
    };
    found
        .rows
        .iter()
        .zip(&found.found.units)
        .map(|(row, unit)| Line {
            key: row.area.key.to_string(),
            name: row.area.name.clone(),
            url: words::area_url(row.area.key.as_str()),
            share: format!("{}\u{a0}%", german(100.0 * unit.share, 1)),
            interval: range(unit.interval),
            band: range(unit.band),
            cases: words::count(Some(unit.unit.cases)),
            persons: words::count(Some(unit.unit.persons)),
            place: place(unit.outside()),
        })
        .collect()
}
