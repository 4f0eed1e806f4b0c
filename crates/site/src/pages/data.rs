//! `/daten`: every indicator with its source and licence, and how to get the figures.

use crate::ask::Ask;
use crate::layout::{Chrome, Section};
use crate::pages::atlas::downloads;
use crate::pages::{Page, PageError};
use crate::state::SiteState;
use crate::words;
use kekiz_base::Source;
use kekiz_base::number::german;

struct Entry {
    id: String,
    title: String,
    url: String,
    theme: String,
    levels: String,
    periods: String,
    sources: Vec<String>,
    downloads: Vec<(&'static str, &'static str, String)>,
}

struct Origin {
    source: Source,
    /// Indicators and layers made from it.
    uses: Vec<String>,
}

#[derive(askama::Template)]
#[template(path = "data.html")]
struct Show {
    chrome: Chrome,
    entries: Vec<Entry>,
    origins: Vec<Origin>,
    areas: String,
}

/// The page.
pub(crate) fn show(state: &SiteState, _: &Ask) -> Result<Page, PageError> {
    let atlas = &state.atlas;
    let mut origins: Vec<Origin> = Vec::new();
    let mut note =
        |source: &Source, used: &str| match origins.iter_mut().find(|origin| origin.source == *source) {
            Some(origin) if origin.uses.iter().any(|found| found == used) => {}
            Some(origin) => origin.uses.push(used.to_string()),
            None => origins.push(Origin { source: source.clone(), uses: vec![used.to_string()] }),
        };
    let mut entries = Vec::new();
    for theme in atlas.themes() {
        for meta in &theme.indicators {
            let data = atlas.indicator(&meta.id)?.data.clone();
            for source in &meta.sources {
                note(source, &meta.title);
            }
            let mut levels: Vec<_> =
                data.areas.iter().filter_map(|key| atlas.tree().get(key)).map(|area| area.level).collect();
            levels.sort();
            levels.dedup();
            let periods = match (data.periods.first(), data.periods.last()) {
                (Some(first), Some(last)) if first != last => {
                    format!("{first} bis {last} ({} Zeiträume)", data.periods.len())
                }
                (Some(only), _) => only.to_string(),
                _ => String::new(),
            };
            entries.push(Entry {
                id: meta.id.to_string(),
                title: meta.title.clone(),
                url: words::indicator_url(meta.id.as_str()),
                theme: theme.name.clone(),
                levels: levels.iter().map(|level| level.plural()).collect::<Vec<_>>().join(", "),
                periods,
                sources: meta.sources.iter().map(|source| source.publisher.clone()).collect(),
                downloads: downloads(meta.id.as_str(), &crate::ask::Params::default())
                    .into_iter()
                    .take(5)
                    .collect(),
            });
        }
    }
    for layer in atlas.layers() {
        let level = layer.areas.first().map_or("Gebiete", |area| area.level.plural());
        note(&layer.source, &format!("Grenzen: {level}"));
    }
    for layer in atlas.facility_layers() {
        note(&layer.source, &layer.title);
    }
    let chrome = Chrome::new(state, Section::Data, "Daten")
        .describe("Alle Kennzahlen mit Quelle, Lizenz, Dateien zum Herunterladen und Schnittstellen.");
    Page::html(&Show { chrome, entries, origins, areas: german(atlas.tree().len() as f64, 0) })
}
