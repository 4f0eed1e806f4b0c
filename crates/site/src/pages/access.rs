//! `/erreichbarkeit`: how many children reach a facility on foot.

use crate::ask::{Ask, Params};
use crate::layout::{Chrome, Section};
use crate::pages::atlas::controls::{Choice, group_choices, level_choices, period_choices, place_choices};
use crate::pages::atlas::figures::{self, LegendEntry};
use crate::pages::atlas::query::{bad, shorten};
use crate::pages::{Page, PageError};
use crate::state::SiteState;
use crate::words;
use kekiz_atlas::access::{Access, AccessQuery, AccessRow};
use kekiz_atlas::map::MapStyle;
use kekiz_base::number::german;
use kekiz_base::{AreaKey, GroupId, IndicatorId, Period};
use kekiz_charts::{Drawing, Frame};

/// Parameters the page and its files know.
pub(crate) const CARRIED: [&str; 8] =
    ["art", "form", "kinder", "ebene", "gebiet", "jahr", "gruppe", "minuten"];

/// Minutes to choose from.
const MINUTES: [u16; 5] = [5, 10, 15, 20, 30];

struct Line {
    key: String,
    name: String,
    url: String,
    children: String,
    shown: bool,
    share: String,
    reached: String,
}

#[derive(askama::Template)]
#[template(path = "access.html")]
struct Show {
    chrome: Chrome,
    found: Access,
    layers: Vec<Choice>,
    kinds: Vec<Choice>,
    counts: Vec<Choice>,
    levels: Vec<Choice>,
    places: Vec<Choice>,
    periods: Vec<Choice>,
    groups: Vec<Choice>,
    minutes: Vec<Choice>,
    map: Drawing,
    legend: Vec<LegendEntry>,
    points: Option<Drawing>,
    percent: String,
    goals: usize,
    lines: Vec<Line>,
    downloads: [(&'static str, &'static str, String); 2],
    permalink: String,
}

/// The question in the parameters.
pub(crate) fn query(params: &Params) -> Result<AccessQuery, PageError> {
    let children = params
        .get("kinder")
        .map(|text| {
            IndicatorId::new(text)
                .ok_or_else(|| bad("kinder", format!("Die Zahl „{}“ gibt es hier nicht.", shorten(text))))
        })
        .transpose()?;
    let period = params
        .get("jahr")
        .map(|text| text.parse::<Period>().map_err(|error| bad("jahr", error.to_string())))
        .transpose()?;
    let minutes = match params.get("minuten") {
        None => kekiz_atlas::access::MINUTES,
        Some(text) => text.parse().ok().filter(|minutes| (1..=60).contains(minutes)).ok_or_else(|| {
            bad("minuten", format!("„{}“ geht nicht; möglich sind ganze Zahlen von 1 bis 60.", shorten(text)))
        })?,
    };
    Ok(AccessQuery {
        layer: params.get("art").map(str::to_string),
        kind: params.get("form").map(str::to_string),
        children,
        level: params.get("ebene").map(str::to_string),
        within: params.get("gebiet").map(AreaKey::new),
        period,
        group: params.get("gruppe").map(GroupId::new),
        minutes,
    })
}

/// The page.
pub(crate) fn show(state: &SiteState, ask: &Ask) -> Result<Page, PageError> {
    let atlas = &state.atlas;
    let query = query(&ask.params)?;
    let found = atlas.access(&query).map_err(|error| match PageError::parameter(error) {
        PageError::NotFound(text) => PageError::BadParameter(text),
        other => other,
    })?;
    let view = &found.view;
    let level = view.levels.iter().find(|level| level.geography == view.geography);
    let carried = ask
        .params
        .with("art", Some(found.layer.id.as_str()))
        .with("form", Some(found.kind.as_deref().unwrap_or("alle")))
        .with("kinder", Some(view.meta.id.as_str()))
        .with("ebene", level.map(|level| level.slug.as_str()))
        .with("jahr", Some(&view.period.to_string()))
        .with("minuten", Some(&found.minutes.to_string()))
        .only(&CARRIED);
    let href = |key: &AreaKey| words::area_url(key.as_str());
    let style =
        MapStyle { id: "erreichbar".into(), href: Some(&href), members: false, ..MapStyle::default() };
    let map = atlas.access_map(&found, &style);
    let points = atlas.access_points(
        &found,
        Frame::new("ziele", format!("Lage: {}", found.kind.as_deref().unwrap_or(&found.layer.title)))
            .with_width(1000.0),
        |facility| words::facility_url(&found.layer.id, &facility.id),
    );
    let mut minutes = MINUTES.to_vec();
    if !minutes.contains(&found.minutes) {
        minutes.push(found.minutes);
        minutes.sort_unstable();
    }
    let kind_choices = found
        .kinds
        .iter()
        .map(|kind| Choice::new(kind.as_str(), kind.as_str(), found.kind.as_ref() == Some(kind)));
    let page = Show {
        chrome: Chrome::new(state, Section::Facilities, "Zu Fuß erreichbar")
            .crumb("Einrichtungen", "/einrichtungen")
            .describe(found.sentence.clone()),
        layers: atlas
            .facility_choices()
            .iter()
            .map(|one| Choice::new(one.layer.as_str(), one.title.as_str(), one.layer == found.layer.id))
            .collect(),
        kinds: kind_choices.chain([Choice::new("alle", "alle Arten", found.kind.is_none())]).collect(),
        counts: found
            .counts
            .iter()
            .map(|meta| Choice::new(meta.id.as_str(), meta.title.as_str(), meta.id == view.meta.id))
            .collect(),
        levels: level_choices(view),
        places: place_choices(atlas, view),
        periods: period_choices(view),
        groups: group_choices(view),
        minutes: minutes
            .into_iter()
            .map(|one| Choice::new(one.to_string(), format!("{one} Minuten"), one == found.minutes))
            .collect(),
        legend: figures::legend(&map.legend()),
        map: map.draw(),
        points: (!points.points.is_empty() && !points.is_crowded()).then(|| points.draw()),
        percent: found.percent().map_or_else(String::new, |percent| format!("{}\u{a0}%", german(percent, 0))),
        goals: found.facilities.len(),
        lines: found.rows.iter().map(|row| line(&found, row)).collect(),
        downloads: [
            ("CSV", "alle Gebiete mit Annahmen", carried.url("/erreichbarkeit/erreichbarkeit.csv")),
            ("SVG", "Karte als Zeichnung mit Annahmen", carried.url("/erreichbarkeit/erreichbarkeit.svg")),
        ],
        permalink: carried.url("/erreichbarkeit"),
        found,
    };
    Page::html(&page)
}

fn line(found: &Access, row: &AccessRow) -> Line {
    Line {
        key: row.row.area.key.to_string(),
        name: row.row.area.name.clone(),
        url: words::area_url(row.row.area.key.as_str()),
        children: match row.row.value {
            Some(children) => words::count(Some(children)),
            None => words::cell(&found.view.meta, &row.row.cell),
        },
        shown: row.row.value.is_some(),
        share: row.share.map(|share| format!("{}\u{a0}%", german(100.0 * share, 0))).unwrap_or_default(),
        reached: words::count(row.reached),
    }
}
