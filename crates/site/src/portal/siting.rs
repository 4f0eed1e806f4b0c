//! `/kette/standort`: where the next offer of a kind would help most.

use super::chain::{Choice, Way, chain_ask, chrome, level_choices, place_choices, ways};
use crate::ask::Ask;
use crate::layout::Chrome;
use crate::pages::PageError;
use crate::portal::family::{Made, family, portal};
use crate::state::SiteState;
use crate::words;
use axum::Router;
use kekiz_base::number::german;
use kekiz_charts::{Drawing, Frame, MapPoint, PointMap};
use kekiz_portal::planning::Rests;
use kekiz_portal::siting::{MOST_OPEN, SitingAsk, SitingView, Wish};

/// The routes of this module.
pub(crate) fn router() -> Router<SiteState> {
    Router::new().route("/kette/standort", family!(show))
}

/// Radii to choose from, in metres.
const RADII: [u32; 9] = [300, 500, 1000, 1500, 2000, 3000, 5000, 10_000, 20_000];

struct Row {
    name: String,
    url: String,
    children: String,
    before: String,
    after: String,
    chosen: bool,
}

#[derive(askama::Template)]
#[template(path = "portal/siting.html")]
struct Page {
    chrome: Chrome,
    ways: Vec<Way>,
    places: Vec<Choice>,
    levels: Vec<Choice>,
    kinds: Vec<Choice>,
    numbers: Vec<Choice>,
    wishes: Vec<Choice>,
    radii: Vec<Choice>,
    heading: String,
    sentence: String,
    rests: Vec<Rests>,
    source: String,
    map: Drawing,
    chosen: Vec<Row>,
    rows: Vec<Row>,
    existing: usize,
    left_out: String,
    ages: String,
}

fn metres(way: Option<f64>) -> String {
    match way {
        None => "kein Ort".into(),
        Some(way) if way < 1000.0 => format!("{}\u{a0}m", german((way / 10.0).round() * 10.0, 0)),
        Some(way) => format!("{}\u{a0}km", german(way / 1000.0, 1)),
    }
}

/// The question in the parameters.
fn siting_ask(ask: &Ask) -> Result<SitingAsk, PageError> {
    let number = |name: &str, otherwise: u32| match ask.params.get(name) {
        None => Ok(otherwise),
        Some(text) => text.parse::<u32>().map_err(|_| {
            PageError::BadParameter(format!(
                "„{text}“ ist keine ganze Zahl. Bitte unter „{name}“ eine Zahl wählen."
            ))
        }),
    };
    let wish = match ask.params.get("ziel") {
        None | Some("umkreis") => Wish::Covered(number("umkreis", 1000)?),
        Some("wege") => Wish::Ways,
        Some(other) => {
            return Err(PageError::BadParameter(format!(
                "Das Ziel „{other}“ gibt es nicht. Möglich: umkreis, wege."
            )));
        }
    };
    Ok(SitingAsk {
        chain: kekiz_portal::chain::ChainAsk { reached: false, ..chain_ask(&ask.params) },
        kind: ask.params.get("art").map(str::to_string),
        open: usize::try_from(number("anzahl", 2)?).unwrap_or(usize::MAX),
        wish,
    })
}

async fn show(state: &SiteState, ask: &Ask) -> Result<Made, PageError> {
    let question = siting_ask(ask)?;
    let portal = portal(state)?;
    let chain = portal.chain(&state.atlas, &question.chain).await?;
    let view = portal.siting(&state.atlas, &question).await?;
    let mut rows: Vec<(f64, Row)> = view.areas.iter().map(|area| (area.children, row(area))).collect();
    rows.sort_by(|a, b| b.1.chosen.cmp(&a.1.chosen).then(b.0.total_cmp(&a.0)));
    let radius = match question.wish {
        Wish::Covered(radius) => radius,
        Wish::Ways => 1000,
    };
    let mut chrome = chrome(state, "Wo ein neuer Standort am meisten bringt").here("Neuer Standort");
    chrome.noindex = true;
    let choice = |value: String, label: String, selected: bool| Choice { value, label, selected };
    let mut radii: Vec<u32> = RADII.to_vec();
    if !radii.contains(&radius) {
        radii.push(radius);
        radii.sort_unstable();
    }
    Made::page(&Page {
        chrome: chrome.describe(view.finding.sentence.clone()),
        ways: ways(&ask.params, "/kette/standort"),
        places: place_choices(&chain),
        levels: level_choices(&chain),
        kinds: view
            .kinds
            .iter()
            .map(|(kind, count)| {
                choice(kind.clone(), format!("{kind} ({})", words::whole(count)), *kind == view.kind)
            })
            .collect(),
        numbers: (1..=MOST_OPEN)
            .map(|open| choice(open.to_string(), open.to_string(), open == question.open))
            .collect(),
        wishes: vec![
            choice("umkreis".into(), "möglichst viele Kinder im Umkreis".into(), question.wish != Wish::Ways),
            choice("wege".into(), "möglichst kurze Wege für alle".into(), question.wish == Wish::Ways),
        ],
        radii: radii
            .into_iter()
            .map(|one| choice(one.to_string(), metres(Some(f64::from(one))), one == radius))
            .collect(),
        heading: format!("{} in {}", view.kind, chain.place.name),
        sentence: view.finding.sentence.clone(),
        source: view.finding.rests_on.first().map_or_else(String::new, |rest| rest.source.clone()),
        rests: view.finding.rests_on.clone(),
        map: map(state, &view, &chain.place.name).draw(),
        chosen: view.areas.iter().filter(|area| area.chosen).map(row).collect(),
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        existing: view.existing.len(),
        left_out: view.left_out.join(", "),
        ages: ages(&view),
    })
}

/// Ages in years: `0 bis unter 7 Jahre`.
fn ages(view: &SitingView) -> String {
    let years = |months: u16| german((f64::from(months) / 12.0).floor(), 0);
    format!("{} bis unter {} Jahre", years(view.ages.from), years(view.ages.to.saturating_add(12)))
}

fn row(area: &kekiz_portal::siting::SitingArea) -> Row {
    Row {
        name: area.name.clone(),
        url: words::area_url(area.key.as_str()),
        children: german(area.children, 0),
        before: metres(area.before),
        after: metres(area.after),
        chosen: area.chosen,
    }
}

/// Existing places and the new ones, which are drawn larger.
fn map(state: &SiteState, view: &SitingView, place: &str) -> PointMap {
    let atlas = &state.atlas;
    let existing = view.existing.iter().filter_map(|(id, name, (lon, lat))| {
        Some(MapPoint {
            key: id.to_string(),
            name: name.clone(),
            detail: "besteht".into(),
            position: atlas.plane(*lon, *lat)?,
            index: Some(2),
            href: Some(format!("/hilfe/{}", words::segment(id.as_str()))),
            selected: false,
        })
    });
    let new = view.areas.iter().filter(|area| area.chosen).filter_map(|area| {
        Some(MapPoint {
            key: format!("neu-{}", area.key),
            name: area.name.clone(),
            detail: "neuer Ort".into(),
            position: atlas.plane(area.point.0, area.point.1)?,
            index: Some(9),
            href: None,
            selected: true,
        })
    });
    PointMap {
        frame: Frame::new("standort", format!("{}, {place}", view.kind)).with_width(1000.0),
        outlines: atlas.area_shapes(view.areas.iter().map(|area| &area.key)),
        points: existing.chain(new).collect(),
        index_label: String::new(),
        noun: ("Ort".into(), "Orte".into()),
        keyboard: false,
    }
}
