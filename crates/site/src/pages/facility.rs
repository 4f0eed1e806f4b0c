//! `/einrichtungen` and the page of one facility.

use crate::ask::Ask;
use crate::layout::{Chrome, Section};
use crate::pages::atlas::controls::Choice;
use crate::pages::atlas::figures;
use crate::pages::{Page, PageError, page};
use crate::state::SiteState;
use crate::words;
use axum::Router;
use kekiz_atlas::facilities::{FacilityProfile, FacilityView};
use kekiz_base::number::german;
use kekiz_base::{Area, AreaKey, GeographyId, Level};
use kekiz_charts::{Drawing, PointMap};

/// `/einrichtungen` and everything below it.
pub(crate) fn router() -> Router<SiteState> {
    Router::new().route("/einrichtungen", page(index)).route("/einrichtungen/{layer}/{id}", page(show))
}

/// Facilities on one page of the list.
const PER_PAGE: usize = 100;

#[derive(askama::Template)]
#[template(path = "facility_index.html")]
struct Index {
    chrome: Chrome,
    found: Option<FacilityView>,
    layers: Vec<Choice>,
    places: Vec<Choice>,
    map: Option<Drawing>,
    legend: Vec<figures::LegendEntry>,
    crowded: bool,
    page: usize,
    pages: usize,
    previous: Option<String>,
    next: Option<String>,
    mean: String,
    /// The map of who reaches these facilities on foot.
    reach_url: Option<String>,
}

impl Index {
    fn listed(&self) -> Vec<&kekiz_lake::Facility> {
        self.found
            .iter()
            .flat_map(FacilityView::facilities)
            .skip((self.page - 1) * PER_PAGE)
            .take(PER_PAGE)
            .collect()
    }
}

fn index(state: &SiteState, ask: &Ask) -> Result<Page, PageError> {
    let atlas = &state.atlas;
    let choices = atlas.facility_choices();
    let within = ask.params.get("gebiet").map(AreaKey::new);
    let chosen = ask
        .params
        .get("art")
        .map(str::to_string)
        .or_else(|| choices.first().map(|choice| choice.layer.clone()));
    let found = match &chosen {
        Some(layer) => Some(atlas.facilities(layer, within.as_ref()).map_err(PageError::parameter)?),
        None => None,
    };
    let pages = found.as_ref().map_or(1, |found| found.shown.len().div_ceil(PER_PAGE).max(1));
    let page: usize =
        match ask.params.get("seite") {
            None => 1,
            Some(text) => text.parse().ok().filter(|page| (1..=pages).contains(page)).ok_or_else(|| {
                PageError::BadParameter(format!("Angabe „seite“: möglich sind 1 bis {pages}."))
            })?,
        };
    let points =
        found.as_ref().map(|found| figures::point_map(atlas, found, ground(state, found.within.as_ref())));
    let params = ask.params.only(&["art", "gebiet"]);
    let to = |page: usize| {
        params.with("seite", (page > 1).then_some(page.to_string().as_str())).url("/einrichtungen")
    };
    let mut chrome = Chrome::new(state, Section::Facilities, "Einrichtungen");
    if let Some(found) = &found {
        chrome = chrome.describe(found.sentence.clone());
    }
    Page::html(&Index {
        chrome,
        reach_url: atlas.has_access().then(|| ask.params.only(&["art", "gebiet"]).url("/erreichbarkeit")),
        layers: choices
            .iter()
            .map(|choice| {
                let label = format!("{} ({})", choice.title, german(choice.count as f64, 0));
                Choice::new(choice.layer.as_str(), label, chosen.as_deref() == Some(choice.layer.as_str()))
            })
            .collect(),
        places: places(state, within.as_ref()),
        mean: found
            .as_ref()
            .and_then(|found| found.index_mean)
            .map_or_else(String::new, |mean| german(mean, 1)),
        found,
        map: points.as_ref().map(PointMap::draw),
        legend: points.as_ref().map_or_else(Vec::new, |map| figures::legend(&map.legend())),
        crowded: points.as_ref().is_some_and(PointMap::is_crowded),
        page,
        pages,
        previous: (page > 1).then(|| to(page - 1)),
        next: (page < pages).then(|| to(page + 1)),
    })
}

/// The areas drawn under the points: those directly below the place, or the place itself.
fn ground<'a>(state: &'a SiteState, within: Option<&'a Area>) -> Vec<&'a AreaKey> {
    let tree = state.atlas.tree();
    match within {
        None => {
            let all = |(level, id): (Level, GeographyId)| -> Vec<&'a AreaKey> {
                tree.level(level).filter(|area| area.geography == id).map(|area| &area.key).collect()
            };
            tree.geographies().into_iter().map(all).find(|areas| areas.len() > 1).unwrap_or_default()
        }
        Some(area) => {
            let below: Vec<&AreaKey> = tree.children(&area.key).iter().collect();
            if below.is_empty() {
                tree.get(&area.key).map(|area| &area.key).into_iter().collect()
            } else {
                below
            }
        }
    }
}

fn places(state: &SiteState, chosen: Option<&AreaKey>) -> Vec<Choice> {
    let tree = state.atlas.tree();
    let mut areas: Vec<&Area> = tree.iter().filter(|area| area.level <= Level::Gemeinde).collect();
    if areas.len() < 2 {
        areas = tree.iter().collect();
    }
    areas.sort_by_cached_key(|area| (words::collate(&area.name), area.level));
    areas
        .into_iter()
        .map(|area| Choice::new(area.key.as_str(), words::area_with_level(area), Some(&area.key) == chosen))
        .collect()
}

#[derive(askama::Template)]
#[template(path = "facility_show.html")]
struct Show {
    chrome: Chrome,
    found: FacilityProfile,
    index: String,
}

fn show(state: &SiteState, ask: &Ask) -> Result<Page, PageError> {
    let found = state.atlas.facility(ask.segment("layer"), ask.segment("id"))?;
    let chrome = Chrome::new(state, Section::Facilities, found.facility.name.clone())
        .describe(found.sentence.clone())
        .crumb("Einrichtungen", "/einrichtungen")
        .crumb(
            found.layer_title.as_str(),
            crate::ask::Params::parse("").with("art", Some(&found.layer)).url("/einrichtungen"),
        );
    let index = found.facility.index.map(|index| index.to_string()).unwrap_or_default();
    Page::html(&Show { chrome, found, index })
}
