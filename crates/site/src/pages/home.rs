//! `/`: what this is, the three ways in, and what stands out in the figures.

use crate::ask::Ask;
use crate::layout::{Chrome, Section};
use crate::pages::{Page, PageError};
use crate::portal::{Entrance, entrance};
use crate::state::SiteState;
use crate::words;
use kekiz_atlas::map::MapStyle;
use kekiz_atlas::members::{Reach, ReachBasis};
use kekiz_atlas::view::{View, ViewQuery};
use kekiz_base::{AreaKey, IndicatorKind, IndicatorMeta, Polarity};
use kekiz_charts::Drawing;

/// Findings shown on the start page, one per area of life.
const HIGHLIGHTS: usize = 4;

struct Highlight {
    theme: String,
    title: String,
    url: String,
    sentence: String,
}

struct Hero {
    title: String,
    period: String,
    url: String,
    drawing: Drawing,
    source: String,
    lowest: String,
    highest: String,
    colours: Vec<String>,
}

#[derive(askama::Template)]
#[template(path = "home.html")]
struct Home {
    chrome: Chrome,
    hero: Option<Hero>,
    highlights: Vec<Highlight>,
    reach: Reach,
    basis: String,
    themes: Vec<(String, String, usize)>,
    entrance: Option<Entrance>,
    indicators: usize,
    areas: String,
}

/// The start page.
pub(crate) fn show(state: &SiteState, _: &Ask) -> Result<Page, PageError> {
    let atlas = &state.atlas;
    let themes = atlas.themes();
    let mut views: Vec<View> = Vec::new();
    for theme in &themes {
        let mut best: Option<(Weight, View)> = None;
        for meta in theme.indicators.iter().filter(|meta| speaks(meta)) {
            let view = atlas.view(&ViewQuery::of(meta.id.clone()))?;
            let weight = weight(&view);
            if weight.shown > 1 && best.as_ref().is_none_or(|(most, _)| weight > *most) {
                best = Some((weight, view));
            }
        }
        views.extend(best.map(|(_, view)| view));
    }
    views.sort_by_cached_key(|view| std::cmp::Reverse(weight(view)));
    let hero = views.first().map(|view| hero(state, view));
    let highlights = views
        .iter()
        .take(HIGHLIGHTS)
        .map(|view| Highlight {
            theme: view.meta.life_area.clone(),
            title: view.meta.plain_title.clone(),
            url: words::indicator_url(view.meta.id.as_str()),
            sentence: view.sentence.clone(),
        })
        .collect();
    let reach = atlas.members()?;
    let basis = match &reach.basis {
        Some(ReachBasis::Children { title, period, .. }) => format!("{title}, {}", words::period(*period)),
        Some(ReachBasis::Inhabitants) => "Einwohnerinnen und Einwohner".into(),
        None => String::new(),
    };
    let mut chrome = Chrome::new(state, Section::Home, "");
    chrome.title = chrome.site_title.clone();
    Page::html(&Home {
        chrome,
        hero,
        highlights,
        reach,
        basis,
        themes: themes
            .iter()
            .map(|theme| (theme.name.clone(), theme.slug.clone(), theme.indicators.len()))
            .collect(),
        entrance: entrance(state),
        indicators: atlas.indicators().count(),
        areas: kekiz_base::number::german(atlas.tree().len() as f64, 0),
    })
}

/// Whether an indicator says something about the lives of children by itself (a bare count does not).
fn speaks(meta: &IndicatorMeta) -> bool {
    !matches!(meta.kind, IndicatorKind::Count)
}

/// What makes a map worth the first look, the most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Weight {
    /// A share of people in need, on a map that shows a pattern.
    need: bool,
    /// About children by its own words.
    children: bool,
    /// Areas with a figure.
    shown: usize,
}

/// A map with fewer figures shows no pattern.
const PATTERN: usize = 12;

fn weight(view: &View) -> Weight {
    let shown = view.rows.iter().filter(|row| row.value.is_some()).count();
    let need = view.meta.polarity == Polarity::LowerIsBetter && view.meta.unit == "%";
    let children = format!("{} {}", view.meta.title, view.meta.plain_title).to_lowercase().contains("kind");
    Weight { need: need && shown >= PATTERN, children, shown }
}

fn hero(state: &SiteState, view: &View) -> Hero {
    let url = words::indicator_url(view.meta.id.as_str());
    let href = |key: &AreaKey| words::area_url(key.as_str());
    let map = state.atlas.map(
        view,
        &MapStyle {
            id: "start".into(),
            href: Some(&href),
            selected: Vec::new(),
            keyboard: false,
            members: false,
        },
    );
    let ends = view.classes.as_ref().and_then(|info| Some((*info.breaks.first()?, *info.breaks.last()?)));
    Hero {
        title: view.meta.plain_title.clone(),
        period: words::period(view.period),
        url,
        drawing: map.draw(),
        source: view.about.attribution.clone(),
        lowest: ends.map_or_else(String::new, |(low, _)| words::value(&view.meta, low)),
        highest: ends.map_or_else(String::new, |(_, high)| words::value(&view.meta, high)),
        colours: view.classes.as_ref().map_or_else(Vec::new, |info| info.colours.clone()),
    }
}
