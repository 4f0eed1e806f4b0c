//! `/suche?q=` and the suggestions of the search field.

use crate::ask::Ask;
use crate::layout::{Chrome, Section};
use crate::pages::{Page, PageError};
use crate::state::SiteState;
use crate::words;
use kekiz_atlas::search::{Hit, HitKind};
use serde_json::json;

/// Longest text that is searched for, in characters.
const LONGEST: usize = 100;
/// Suggestions below the search field.
const SUGGESTIONS: usize = 8;
/// Hits on the page.
const SHOWN: usize = 100;

struct Found {
    title: String,
    context: String,
    url: String,
}

struct Group {
    name: &'static str,
    hits: Vec<Found>,
}

#[derive(askama::Template)]
#[template(path = "search.html")]
struct Show {
    chrome: Chrome,
    text: String,
    groups: Vec<Group>,
    total: usize,
}

fn text(ask: &Ask) -> String {
    ask.params.get("q").unwrap_or("").chars().take(LONGEST).collect()
}

fn url(hit: &Hit) -> String {
    match hit.kind {
        HitKind::Area => words::area_url(&hit.id),
        HitKind::Indicator => words::indicator_url(&hit.id),
        HitKind::Facility => {
            let (layer, id) = hit.id.split_once('/').unwrap_or((&hit.id, ""));
            words::facility_url(layer, id)
        }
    }
}

/// The page of hits.
pub(crate) fn show(state: &SiteState, ask: &Ask) -> Result<Page, PageError> {
    let text = text(ask);
    let hits = if text.is_empty() { Vec::new() } else { state.atlas.search(&text) };
    let total = hits.len();
    let mut groups = Vec::new();
    for (kind, name) in
        [(HitKind::Area, "Orte"), (HitKind::Indicator, "Kennzahlen"), (HitKind::Facility, "Einrichtungen")]
    {
        let found: Vec<Found> = hits
            .iter()
            .filter(|hit| hit.kind == kind)
            .take(SHOWN)
            .map(|hit| Found { title: hit.title.clone(), context: hit.context.clone(), url: url(hit) })
            .collect();
        if !found.is_empty() {
            groups.push(Group { name, hits: found });
        }
    }
    let mut chrome = Chrome::new(state, Section::Other, "Suche");
    chrome.search = text.clone();
    chrome.noindex = true;
    Page::html(&Show { chrome, text, groups, total })
}

/// `/suche/vorschlaege?q=`: the best hits as JSON for the search field.
pub(crate) fn suggest(state: &SiteState, ask: &Ask) -> Result<Page, PageError> {
    let text = text(ask);
    let hits = if text.chars().count() < 2 { Vec::new() } else { state.atlas.search(&text) };
    let list: Vec<_> = hits
        .iter()
        .take(SUGGESTIONS)
        .map(|hit| json!({ "title": hit.title, "context": hit.context, "url": url(hit) }))
        .collect();
    Ok(Page::text("application/json", json!({ "hits": list, "total": hits.len() }).to_string()))
}
