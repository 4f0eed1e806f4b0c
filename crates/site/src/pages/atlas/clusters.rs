//! `/atlas/{indikator}/haeufungen`: where high lies with high and low with low, more than by chance.

use super::controls::{Choice, Controls};
use super::figures::{self, LegendEntry, NARROW};
use super::query::{AtlasAsk, shorten};
use super::views::frame;
use crate::ask::{Ask, Params};
use crate::layout::Chrome;
use crate::pages::{Page, PageError};
use crate::state::SiteState;
use crate::words;
use kekiz_atlas::clusters::{ClusterClass, ClusterRow, Clusters, Neighbourhood};
use kekiz_atlas::map::MapStyle;
use kekiz_base::number::german;
use kekiz_base::{AreaKey, IndicatorMeta};
use kekiz_charts::{Drawing, Frame};
use std::sync::Arc;

/// Parameters the page and its files know.
pub(crate) const CARRIED: [&str; 6] = ["ebene", "gebiet", "jahr", "gruppe", "geglaettet", "nachbarn"];

struct Line {
    key: String,
    name: String,
    url: String,
    value: String,
    shown: bool,
    lag: String,
    class: &'static str,
    p: String,
    adjusted: String,
}

#[derive(askama::Template)]
#[template(path = "atlas_clusters.html")]
struct Show {
    chrome: Chrome,
    found: Arc<Clusters>,
    controls: Controls,
    around: Vec<Choice>,
    map: Drawing,
    legend: Vec<LegendEntry>,
    scatter: [Drawing; 2],
    islands: Vec<String>,
    strength: String,
    p: String,
    lines: Vec<Line>,
    downloads: [(&'static str, &'static str, String); 2],
    permalink: String,
    back: String,
}

/// Who counts as a neighbour, from the parameter `nachbarn`.
pub(crate) fn neighbourhood(params: &Params) -> Result<Neighbourhood, PageError> {
    let Some(slug) = params.get("nachbarn") else { return Ok(Neighbourhood::default()) };
    Neighbourhood::from_slug(slug).ok_or_else(|| {
        let known = Neighbourhood::ALL.map(Neighbourhood::slug);
        PageError::BadParameter(format!(
            "Angabe „nachbarn“: „{}“ gibt es nicht. Möglich: {}.",
            shorten(slug),
            known.join(", ")
        ))
    })
}

/// The page.
pub(crate) fn show(state: &SiteState, ask: &Ask) -> Result<Page, PageError> {
    let atlas = &state.atlas;
    let asked = AtlasAsk::parse(ask.segment("indikator"), &ask.params)?;
    let around = neighbourhood(&ask.params)?;
    let found = atlas.clusters(&asked.view, around).map_err(PageError::parameter)?;
    let view = &found.view;
    let meta = &view.meta;
    let base = words::indicator_url(meta.id.as_str());
    let path = format!("{base}/haeufungen");
    let level = view.levels.iter().find(|level| level.geography == view.geography);
    let params = asked
        .params
        .with("ebene", level.map(|level| level.slug.as_str()))
        .with("jahr", Some(&view.period.to_string()))
        .with("nachbarn", (around != Neighbourhood::default()).then(|| around.slug()).as_deref());
    let carried = params.only(&CARRIED);
    let href = |key: &AreaKey| carried.with("ort", Some(key.as_str())).url(&path);
    let map = atlas.cluster_map(
        &found,
        &MapStyle {
            id: "haeufungen".into(),
            href: Some(&href),
            selected: asked.place.iter().cloned().collect(),
            keyboard: false,
            members: false,
        },
    );
    let legend = figures::legend(&map.legend());
    let mut controls = Controls::new(atlas, view, &asked);
    controls.action.clone_from(&path);
    controls.hidden = params
        .only(&["ort", "geglaettet"])
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect();
    let file = |ending: &str| {
        carried.url(&format!("/download/{}/haeufungen.{ending}", words::segment(meta.id.as_str())))
    };
    let page = Show {
        chrome: frame(state, meta, "Häufungen").describe(found.sentence.clone()),
        controls,
        around: choices(around),
        map: map.draw(),
        legend,
        scatter: [("moran", 720.0, 6), ("moran-schmal", NARROW, 3)]
            .map(|(id, width, names)| scatter(&found, asked.place.as_ref(), id, width, names)),
        islands: found.of_class(ClusterClass::Island).map(|row| row.row.area.name.clone()).collect(),
        strength: strength(&found),
        p: p_value(found.p),
        lines: found.rows.iter().map(|row| line(meta, row)).collect(),
        downloads: [
            ("CSV", "alle Gebiete mit Nachbarn, p-Werten und Klasse", file("csv")),
            ("SVG", "Karte als Zeichnung, beliebig vergrößerbar", file("svg")),
        ],
        permalink: carried.url(&path),
        back: params.only(&["ebene", "gebiet", "jahr", "gruppe", "ort", "geglaettet"]).url(&base),
        found: found.clone(),
    };
    Page::html(&page)
}

fn choices(chosen: Neighbourhood) -> Vec<Choice> {
    let mut all = Neighbourhood::ALL.to_vec();
    if !all.contains(&chosen) {
        all.push(chosen);
    }
    all.into_iter().map(|one| Choice::new(one.slug(), one.name(), one == chosen)).collect()
}

fn scatter(found: &Clusters, place: Option<&AreaKey>, id: &str, width: f64, names: usize) -> Drawing {
    let frame = Frame::new(id, found.heading()).with_width(width);
    let mut chart = found.scatter(frame, |key| words::area_url(key.as_str()));
    chart.label_outliers = names;
    for point in &mut chart.points {
        point.highlight = place.is_some_and(|place| place.as_str() == point.key);
    }
    chart.draw()
}

fn line(meta: &IndicatorMeta, row: &ClusterRow) -> Line {
    Line {
        key: row.row.area.key.to_string(),
        name: row.row.area.name.clone(),
        url: words::area_url(row.row.area.key.as_str()),
        value: row.row.value.map_or_else(|| words::cell(meta, &row.row.cell), |v| words::value(meta, v)),
        shown: row.row.value.is_some(),
        lag: row.lag.map(|lag| words::value(meta, lag)).unwrap_or_default(),
        class: row.class.map_or("", ClusterClass::name),
        p: row.p.map(p_value).unwrap_or_default(),
        adjusted: row.adjusted.map(p_value).unwrap_or_default(),
    }
}

/// A p-value with as many digits as it deserves.
fn p_value(p: f64) -> String {
    let decimals = if p < 0.001 { 4 } else { 3 };
    german(p, decimals)
}

/// What Moran's I says of the whole map, in plain words.
fn strength(found: &Clusters) -> String {
    let text = match found.moran {
        _ if found.p > 0.05 => {
            "Über die ganze Karte ist kein Muster zu erkennen, das der Zufall nicht auch ergäbe."
        }
        i if i < 0.0 => "Nachbarn unterscheiden sich stärker, als der Zufall erwarten lässt.",
        i if i < 0.3 => "Nachbarn ähneln sich etwas mehr, als der Zufall erwarten lässt.",
        i if i < 0.6 => "Nachbarn ähneln sich deutlich.",
        _ => "Nachbarn ähneln sich sehr stark.",
    };
    text.into()
}
