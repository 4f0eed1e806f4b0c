//! `/atlas`: all indicators by area of life.

use crate::ask::Ask;
use crate::layout::{Chrome, Section};
use crate::pages::{Page, PageError};
use crate::state::SiteState;
use crate::words;
use kekiz_base::LifePhase;

struct Entry {
    title: String,
    plain: String,
    url: String,
    phase: &'static str,
    periods: String,
}

struct Group {
    name: String,
    slug: String,
    entries: Vec<Entry>,
}

#[derive(askama::Template)]
#[template(path = "atlas_index.html")]
struct Index {
    chrome: Chrome,
    groups: Vec<Group>,
    phases: Vec<(&'static str, &'static str, bool)>,
    count: usize,
    has_access: bool,
}

const PHASES: [(LifePhase, &str); 7] = [
    (LifePhase::SchwangerschaftGeburt, "geburt"),
    (LifePhase::KleinkindU3, "u3"),
    (LifePhase::Kita, "kita"),
    (LifePhase::Grundschule, "grundschule"),
    (LifePhase::Sekundarstufe, "sekundarstufe"),
    (LifePhase::Berufseinstieg, "beruf"),
    (LifePhase::Familie, "familie"),
];

/// The page; `?phase=` keeps the indicators of one phase of life.
pub(crate) fn show(state: &SiteState, ask: &Ask) -> Result<Page, PageError> {
    let phase = match ask.params.get("phase") {
        None => None,
        Some(slug) => {
            Some(PHASES.iter().find(|(_, known)| *known == slug).map(|(phase, _)| *phase).ok_or_else(
                || crate::pages::atlas::query::unknown("phase", slug, &PHASES.map(|(_, slug)| slug)),
            )?)
        }
    };
    let mut groups = Vec::new();
    for theme in state.atlas.themes() {
        let mut entries = Vec::new();
        for meta in theme.indicators.iter().filter(|meta| phase.is_none_or(|phase| meta.life_phase == phase))
        {
            let indicator = state.atlas.indicator(&meta.id)?;
            let periods = &indicator.data.periods;
            let periods = match (periods.first(), periods.last()) {
                (Some(first), Some(last)) if first != last => format!("{first} bis {last}"),
                (Some(only), _) => only.to_string(),
                _ => String::new(),
            };
            entries.push(Entry {
                title: kekiz_atlas::wording::title_with_unit(meta),
                plain: meta.plain_title.clone(),
                url: words::indicator_url(meta.id.as_str()),
                phase: meta.life_phase.name(),
                periods,
            });
        }
        if !entries.is_empty() {
            groups.push(Group { name: theme.name, slug: theme.slug, entries });
        }
    }
    let used = |wanted: LifePhase| state.atlas.indicators().any(|meta| meta.life_phase == wanted);
    let phases = PHASES
        .iter()
        .filter(|(known, _)| used(*known))
        .map(|(known, slug)| (*slug, known.name(), phase == Some(*known)))
        .collect();
    let count = groups.iter().map(|group| group.entries.len()).sum();
    let chrome = Chrome::new(state, Section::Atlas, "Karten und Themen")
        .describe("Alle Themen mit Karte, Rangfolge, Zeitreihe und Tabelle.");
    Page::html(&Index { has_access: state.atlas.has_access(), chrome, groups, phases, count })
}
