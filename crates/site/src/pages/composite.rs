//! `/index-bauen`: choose indicators, weights and a normalisation; see map and rank stability; take the recipe away.

use crate::ask::{Ask, Params};
use crate::layout::{Chrome, Section};
use crate::pages::atlas::controls::Choice;
use crate::pages::atlas::figures::{self, LegendEntry, NARROW};
use crate::pages::atlas::query::{bad, shorten, unknown};
use crate::pages::{Page, PageError};
use crate::state::SiteState;
use crate::words;
use kekiz_atlas::AtlasError;
use kekiz_atlas::composite::{CLASSES, Composite, CompositeQuery, CompositeRow, MOST, Part, Scale, fits};
use kekiz_base::number::german;
use kekiz_base::{Cell, Figure, IndicatorId, Interval, Period, Polarity};
use kekiz_charts::{Drawing, Frame, RankRow, Ranking, Unit};

/// Parameters the page and its files know: up to eight indicators with weight and direction.
pub(crate) const CARRIED: [&str; 27] = [
    "k1", "g1", "r1", "k2", "g2", "r2", "k3", "g3", "r3", "k4", "g4", "r4", "k5", "g5", "r5", "k6", "g6",
    "r6", "k7", "g7", "r7", "k8", "g8", "r8", "skala", "ebene", "jahr",
];

/// Rows of the form when nothing is chosen yet.
const SLOTS: usize = 3;
/// Areas drawn with the span of their places.
const DRAWN: usize = 40;

struct Slot {
    number: usize,
    themes: Vec<(String, Vec<Choice>)>,
    weight: String,
    directions: [Choice; 3],
}

struct Line {
    key: String,
    name: String,
    url: String,
    score: String,
    shown: bool,
    rank: String,
    range: String,
    class: &'static str,
    keeps: String,
}

struct Outcome {
    found: Composite,
    map: Drawing,
    legend: Vec<LegendEntry>,
    ranks: [Drawing; 2],
    crowded: bool,
    draws: String,
    lines: Vec<Line>,
    downloads: [(&'static str, &'static str, String); 3],
    attribution: String,
    permalink: String,
}

#[derive(askama::Template)]
#[template(path = "composite.html")]
struct Show {
    chrome: Chrome,
    slots: Vec<Slot>,
    scales: Vec<Choice>,
    levels: Vec<Choice>,
    periods: Vec<Choice>,
    outcome: Option<Outcome>,
    /// Why there is no index yet.
    note: String,
    example: Option<String>,
}

/// The question in the parameters; rows without an indicator are passed over.
pub(crate) fn query(params: &Params) -> Result<CompositeQuery, PageError> {
    let mut parts = Vec::new();
    for slot in 1..=MOST {
        let name = format!("k{slot}");
        let Some(text) = params.get(&name) else { continue };
        let indicator = IndicatorId::new(text)
            .ok_or_else(|| bad(&name, format!("Den Indikator „{}“ gibt es hier nicht.", shorten(text))))?;
        let name = format!("g{slot}");
        let weight = match params.get(&name) {
            None => 1.0,
            Some(text) => text
                .replace(',', ".")
                .parse::<f64>()
                .ok()
                .filter(|weight| weight.is_finite() && *weight >= 0.0 && *weight <= 100.0)
                .ok_or_else(|| {
                    bad(
                        &name,
                        format!("„{}“ ist kein Gewicht; möglich sind Zahlen von 0 bis 100.", shorten(text)),
                    )
                })?,
        };
        let name = format!("r{slot}");
        let more_is_better = match params.get(&name) {
            None => None,
            Some("mehr") => Some(true),
            Some("weniger") => Some(false),
            Some(other) => return Err(unknown(&name, other, &["mehr", "weniger"])),
        };
        if weight > 0.0 {
            parts.push(Part { indicator, weight, more_is_better });
        }
    }
    let scale = match params.get("skala") {
        None => Scale::default(),
        Some(slug) => {
            Scale::from_slug(slug).ok_or_else(|| unknown("skala", slug, &Scale::ALL.map(Scale::slug)))?
        }
    };
    let period = params
        .get("jahr")
        .map(|text| text.parse::<Period>().map_err(|error| bad("jahr", error.to_string())))
        .transpose()?;
    Ok(CompositeQuery { parts, scale, level: params.get("ebene").map(str::to_string), period })
}

/// The parameters of a question, rows without gaps.
fn params_of(query: &CompositeQuery) -> Params {
    let mut params = Params::default();
    for (at, part) in query.parts.iter().enumerate() {
        let number = at + 1;
        let direction = part.more_is_better.map(|more| if more { "mehr" } else { "weniger" });
        params = params
            .with(&format!("k{number}"), Some(part.indicator.as_str()))
            .with(&format!("g{number}"), Some(&part.weight.to_string()))
            .with(&format!("r{number}"), direction);
    }
    params
        .with("skala", Some(query.scale.slug()))
        .with("ebene", query.level.as_deref())
        .with("jahr", query.period.map(|period| period.to_string()).as_deref())
}

/// The page.
pub(crate) fn show(state: &SiteState, ask: &Ask) -> Result<Page, PageError> {
    let atlas = &state.atlas;
    let query = query(&ask.params)?;
    for part in &query.parts {
        atlas.meta(&part.indicator).map_err(|error| PageError::BadParameter(error.to_string()))?;
    }
    let (outcome, note) = match atlas.composite(&query) {
        Ok(found) => (Some(outcome(state, &query, found)), String::new()),
        Err(_) if query.parts.is_empty() => (None, String::new()),
        Err(AtlasError::Analysis(text)) => (None, text),
        Err(error) => return Err(PageError::parameter(error)),
    };
    let shown = (query.parts.len() + 1).clamp(SLOTS, MOST);
    let chrome = Chrome::new(state, Section::Atlas, "Index selbst bauen")
        .crumb("Karten und Themen", "/atlas")
        .describe("Kennzahlen, Gewichte und Verfahren wählen und sehen, wie stabil die Reihenfolge ist.");
    let found = outcome.as_ref().map(|outcome| &outcome.found);
    Page::html(&Show {
        chrome,
        slots: (0..shown).map(|at| slot(state, at + 1, query.parts.get(at))).collect(),
        scales: Scale::ALL
            .iter()
            .map(|scale| Choice::new(scale.slug(), scale.name(), *scale == query.scale))
            .collect(),
        levels: found.map_or_else(Vec::new, |found| {
            found
                .levels
                .iter()
                .map(|level| {
                    Choice::new(level.slug.as_str(), level.title.as_str(), level.geography == found.geography)
                })
                .collect()
        }),
        periods: found.map_or_else(Vec::new, |found| {
            found
                .periods
                .iter()
                .rev()
                .map(|one| Choice::new(one.to_string(), words::period(*one), *one == found.period))
                .collect()
        }),
        example: if query.parts.is_empty() { example(state) } else { None },
        outcome,
        note,
    })
}

fn slot(state: &SiteState, number: usize, part: Option<&Part>) -> Slot {
    let themes = state
        .atlas
        .themes()
        .into_iter()
        .map(|theme| {
            let choices: Vec<Choice> = theme
                .indicators
                .iter()
                .filter(|meta| fits(meta))
                .map(|meta| {
                    let selected = part.is_some_and(|part| part.indicator == meta.id);
                    Choice::new(meta.id.as_str(), meta.title.as_str(), selected)
                })
                .collect();
            (theme.name, choices)
        })
        .filter(|(_, choices)| !choices.is_empty())
        .collect();
    let direction = part.and_then(|part| part.more_is_better);
    Slot {
        number,
        themes,
        weight: part.map_or_else(|| "1".into(), |part| part.weight.to_string()),
        directions: [
            Choice::new("", "wie bei der Kennzahl", direction.is_none()),
            Choice::new("mehr", "mehr ist günstig", direction == Some(true)),
            Choice::new("weniger", "weniger ist günstig", direction == Some(false)),
        ],
    }
}

fn outcome(state: &SiteState, query: &CompositeQuery, found: Composite) -> Outcome {
    let atlas = &state.atlas;
    let level = found.levels.iter().find(|level| level.geography == found.geography);
    let carried = params_of(&CompositeQuery {
        level: level.map(|level| level.slug.clone()),
        period: Some(found.period),
        ..query.clone()
    });
    let map = atlas.composite_map(&found, "index", |key| Some(words::area_url(key.as_str())));
    Outcome {
        legend: figures::legend(&map.legend()),
        map: map.draw(),
        ranks: [("stabil", 720.0), ("stabil-schmal", NARROW)].map(|(id, width)| ranks(&found, id, width)),
        crowded: found.rows.iter().filter(|row| row.rank.is_some()).count() > DRAWN,
        draws: german(kekiz_atlas::composite::DRAWS as f64, 0),
        lines: lines(&found),
        downloads: [
            (
                "Rezept",
                "TOML für den Katalog, rechnet denselben Index",
                carried.url("/index-bauen/rezept.toml"),
            ),
            ("CSV", "alle Gebiete mit Rang und Spanne", carried.url("/index-bauen/index.csv")),
            ("SVG", "Karte als Zeichnung", carried.url("/index-bauen/index.svg")),
        ],
        attribution: found.attribution(),
        permalink: carried.url("/index-bauen"),
        found,
    }
}

/// Areas with a place, the best first.
fn ranked(found: &Composite) -> Vec<&CompositeRow> {
    let mut rows: Vec<&CompositeRow> = found.rows.iter().filter(|row| row.rank.is_some()).collect();
    rows.sort_by(|a, b| {
        let place = |row: &CompositeRow| row.rank.unwrap_or(f64::INFINITY);
        place(a).total_cmp(&place(b)).then_with(|| a.area.key.cmp(&b.area.key))
    });
    rows
}

/// Places with the span they have under other choices; both ends of many.
fn ranks(found: &Composite, id: &str, width: f64) -> Drawing {
    let mut rows = ranked(found);
    if rows.len() > DRAWN {
        rows.drain(DRAWN / 2..rows.len() - DRAWN / 2);
    }
    Ranking {
        frame: Frame::new(id, "Rang und seine Spanne").with_width(width),
        unit: Unit::new("", 0),
        rows: rows
            .into_iter()
            .map(|row| RankRow {
                key: row.area.key.to_string(),
                label: row.area.name.clone(),
                cell: Cell::Shown(Figure {
                    interval: row.range.map(|(lower, upper)| Interval { lower, upper }),
                    ..Figure::bare(row.rank.unwrap_or(0.0))
                }),
                href: Some(words::area_url(row.area.key.as_str())),
                highlight: false,
                band: None,
            })
            .collect(),
        reference: None,
    }
    .draw()
}

fn lines(found: &Composite) -> Vec<Line> {
    let hidden = found.rows.iter().filter(|row| row.rank.is_none());
    ranked(found)
        .into_iter()
        .chain(hidden)
        .map(|row| Line {
            key: row.area.key.to_string(),
            name: row.area.name.clone(),
            url: words::area_url(row.area.key.as_str()),
            score: match row.cell {
                Cell::Shown(figure) => german(figure.value, 2),
                Cell::Suppressed { reason } => reason.text().into(),
                Cell::Missing { mark } => mark.text().into(),
            },
            shown: row.rank.is_some(),
            rank: row.rank.map(|rank| german(rank, usize::from(rank.fract() != 0.0))).unwrap_or_default(),
            range: row
                .range
                .map(|(low, high)| format!("{} bis {}", german(low, 0), german(high, 0)))
                .unwrap_or_default(),
            class: row.class.and_then(|class| CLASSES.get(class)).copied().unwrap_or(""),
            keeps: row
                .keeps_class
                .map(|share| format!("{}\u{a0}%", german(100.0 * share, 0)))
                .unwrap_or_default(),
        })
        .collect()
}

/// An index of the first indicators that go together.
fn example(state: &SiteState) -> Option<String> {
    let mut query = CompositeQuery { parts: Vec::new(), scale: Scale::Z, level: None, period: None };
    for meta in state.atlas.indicators().filter(|meta| fits(meta) && meta.polarity != Polarity::Neutral) {
        query.parts.push(Part { indicator: meta.id.clone(), weight: 1.0, more_is_better: None });
        if query.parts.len() > 1 && state.atlas.composite(&query).is_err() {
            query.parts.pop();
        }
        if query.parts.len() == SLOTS {
            break;
        }
    }
    (query.parts.len() > 1).then(|| params_of(&query).url("/index-bauen"))
}
