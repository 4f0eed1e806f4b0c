//! `/kette` and `/kette/luecken`: the prevention chain as a matrix, and its gaps in sentences.

use crate::ask::{Ask, Params};
use crate::layout::{Chrome, Section};
use crate::pages::PageError;
use crate::portal::family::{Made, family, portal};
use crate::state::SiteState;
use crate::words;
use axum::Router;
use kekiz_base::number::german;
use kekiz_portal::chain::{ChainAsk, ChainView, Sheet};
use kekiz_portal::planning::Amount;
use kekiz_portal::planning::coverage::{Coverage, CoverageCell, GapKind, Measure, Share};
use std::sync::Arc;

/// The routes of this module.
pub(crate) fn router() -> Router<SiteState> {
    Router::new().route("/kette", family!(show)).route("/kette/luecken", family!(gaps))
}

/// The parameters these pages understand.
pub(super) const PARAMETERS: [&str; 3] = ["ort", "ebene", "mass"];
/// Offers listed under a cell.
const LISTED: usize = 40;
/// Areas compared in the table of a cell; further ones are counted.
const COMPARED: usize = 120;
/// Findings of a kind on the page of gaps.
const FINDINGS: usize = 25;
/// Figures listed under a finding.
const RESTS: usize = 12;

/// One choice of a list.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) selected: bool,
}

/// What the chain is asked for in the parameters.
pub(super) fn chain_ask(params: &Params) -> ChainAsk {
    ChainAsk {
        place: params.get("ort").map(str::to_string),
        level: params.get("ebene").map(str::to_string),
        reached: params.get("mass") == Some("erreichte"),
    }
}

/// Places to choose from.
pub(super) fn place_choices(view: &ChainView) -> Vec<Choice> {
    view.places
        .iter()
        .map(|area| Choice {
            value: area.key.to_string(),
            label: words::area_with_level(area),
            selected: area.key == view.place.key,
        })
        .collect()
}

/// Levels to choose from.
pub(super) fn level_choices(view: &ChainView) -> Vec<Choice> {
    let choice = |(geography, title): &(kekiz_base::GeographyId, String)| Choice {
        value: geography.to_string(),
        label: title.clone(),
        selected: *geography == view.geography,
    };
    view.levels.iter().map(choice).collect()
}

/// The way between the pages of the chain.
pub(super) struct Way {
    pub(super) title: &'static str,
    pub(super) url: String,
    pub(super) current: bool,
}

/// Links to all pages of the chain, with the place kept.
pub(super) fn ways(params: &Params, here: &str) -> Vec<Way> {
    [
        ("Überblick", "/kette"),
        ("Lücken", "/kette/luecken"),
        ("Neuer Standort", "/kette/standort"),
        ("Übergänge", "/kette/uebergaenge"),
        ("Netzwerk", "/netzwerk"),
    ]
    .into_iter()
    .map(|(title, path)| Way { title, url: params.only(&["ort", "ebene"]).url(path), current: path == here })
    .collect()
}

/// A cell as the page prints it.
struct CellView {
    /// Class of the cell in the style sheet.
    class: &'static str,
    label: &'static str,
    share: String,
    children: String,
    need: String,
    rate: String,
    places: String,
    reached: String,
    cost: String,
    offers: usize,
    url: String,
    chosen: bool,
}

struct RowView {
    name: String,
    url: String,
    cells: Vec<CellView>,
}

struct Detail {
    title: String,
    field: String,
    phase: String,
    field_code: String,
    phase_code: &'static str,
    cell: CellView,
    only_komm: bool,
    areas: Vec<RowView>,
    more: usize,
    offers: Vec<(String, String, String)>,
    more_offers: usize,
}

#[derive(askama::Template)]
#[template(path = "portal/chain.html")]
struct Page {
    chrome: Chrome,
    ways: Vec<Way>,
    place: String,
    places: Vec<Choice>,
    levels: Vec<Choice>,
    measures: Vec<Choice>,
    sentence: String,
    phases: Vec<String>,
    rows: Vec<RowView>,
    legend: Vec<(&'static str, &'static str)>,
    detail: Option<Detail>,
    indicators: Vec<(String, String)>,
    thresholds: (String, String),
    offers: usize,
}

/// Class in the style sheet and name of each state.
fn look(coverage: Coverage) -> (&'static str, &'static str) {
    let class = match coverage {
        Coverage::NoOffer => "none",
        Coverage::Gap => "gap",
        Coverage::PossibleGap => "maybe",
        Coverage::Covered => "covered",
        Coverage::Overlap => "overlap",
        Coverage::Unknown => "unknown",
        Coverage::NoNeed => "noneed",
    };
    (class, coverage.name())
}

fn amount(amount: Amount, factor: f64, unit: &str) -> String {
    match amount {
        Amount::Known(value) => format!("{}{unit}", german(value * factor, 0)),
        Amount::AtLeast(value) => format!("mindestens {}{unit}", german(value * factor, 0)),
        Amount::Unknown => "unbekannt".into(),
    }
}

fn cell(sheet: &Sheet, cell: &CoverageCell, url: String, considered: bool) -> CellView {
    let (mut class, mut label) = look(cell.coverage);
    if !considered {
        (class, label) = ("out", "nicht betrachtet");
    }
    let rate = cell.rate.and_then(|at| sheet.chain.rates.get(at)).filter(|_| considered);
    CellView {
        class,
        label,
        share: match cell.share {
            _ if !considered => String::new(),
            Share::Known(share) => format!("{}\u{a0}%", german(share.value * 100.0, 0)),
            Share::AtLeast(share) => format!("mind. {}\u{a0}%", german(share.value * 100.0, 0)),
            Share::Unknown | Share::NoNeed => String::new(),
        },
        children: cell.children.map_or("unbekannt".into(), |children| german(children, 0)),
        need: cell.need.map_or("unbekannt".into(), |need| need.german(1.0, 0, "")),
        rate: rate.filter(|rate| rate.share.value.is_finite()).map_or_else(String::new, |rate| {
            format!("{}: {}", rate.share.german(100.0, 1, "\u{a0}%"), rate.source)
        }),
        places: amount(cell.places, 1.0, ""),
        reached: amount(cell.reached, 1.0, ""),
        cost: if cell.offers.is_empty() {
            "keine".into()
        } else {
            amount(cell.cost_cents, 0.01, "\u{a0}€")
        },
        offers: cell.offers.len(),
        url,
        chosen: false,
    }
}

async fn view(state: &SiteState, params: &Params) -> Result<Arc<ChainView>, PageError> {
    Ok(portal(state)?.chain(&state.atlas, &chain_ask(params)).await?)
}

/// The frame of a page of the chain.
pub(super) fn chrome(state: &SiteState, title: &str) -> Chrome {
    let chrome = Chrome::new(state, Section::Chain, title);
    if title == "Präventionskette" { chrome } else { chrome.crumb("Präventionskette", "/kette") }
}

async fn show(state: &SiteState, ask: &Ask) -> Result<Made, PageError> {
    let params = ask.params.only(&PARAMETERS);
    let view = view(state, &params).await?;
    let chain = &view.whole.chain;
    let asked = |name: &str| ask.params.get(name).unwrap_or("");
    let field = chain.fields.iter().position(|field| field.code == asked("feld"));
    let phase = chain.phases.iter().position(|phase| slug(phase.id) == asked("phase"));
    let chosen = field.zip(phase);
    let url = |field: usize, phase: usize| {
        let to = params
            .with("feld", chain.fields.get(field).map(|field| field.code.as_str()))
            .with("phase", chain.phases.get(phase).map(|phase| slug(phase.id)));
        format!("{}#zelle", to.url("/kette"))
    };
    let mut rows = Vec::new();
    for (at, one) in chain.fields.iter().enumerate() {
        let cells = (0..chain.phases.len()).filter_map(|phase| {
            let found = view.whole.matrix.cell(0, phase, at)?;
            let shown = cell(&view.whole, found, url(at, phase), view.is_considered(phase, at));
            Some(CellView { chosen: chosen == Some((at, phase)), ..shown })
        });
        rows.push(RowView { name: one.name.clone(), url: String::new(), cells: cells.collect() });
    }
    let thresholds = view.whole.matrix.thresholds;
    let percent = |share: f64| format!("{}\u{a0}%", german(share * 100.0, 0));
    let mut chrome = chrome(state, "Präventionskette");
    chrome.noindex = chosen.is_some();
    let detail = chosen.and_then(|(field, phase)| detail(&view, field, phase));
    Made::page(&Page {
        chrome: chrome
            .describe(format!("Bedarf und Angebote von der Geburt bis zum Beruf, {}", view.place.name)),
        ways: ways(&params, "/kette"),
        places: place_choices(&view),
        levels: level_choices(&view),
        measures: measures(view.whole.matrix.measure),
        sentence: sentence(&view),
        phases: chain.phases.iter().map(|phase| phase.name.clone()).collect(),
        rows,
        legend: vec![
            look(Coverage::NoOffer),
            look(Coverage::Gap),
            look(Coverage::PossibleGap),
            look(Coverage::Covered),
            look(Coverage::Overlap),
            look(Coverage::Unknown),
        ],
        detail,
        indicators: indicators(&view),
        thresholds: (percent(thresholds.gap_below), percent(thresholds.overlap_above)),
        offers: view.distinct,
        place: view.place.name.clone(),
    })
}

/// What a life phase is called in an address.
pub(super) fn slug(phase: kekiz_base::LifePhase) -> &'static str {
    kekiz_portal::offers::phase_slug(phase)
}

fn measures(measure: Measure) -> Vec<Choice> {
    [("", "Plätze", Measure::Places), ("erreichte", "im Jahr erreichte Personen", Measure::Reached)]
        .into_iter()
        .map(|(value, label, one)| Choice {
            value: value.into(),
            label: label.into(),
            selected: one == measure,
        })
        .collect()
}

fn indicators(view: &ChainView) -> Vec<(String, String)> {
    let link =
        |meta: &Arc<kekiz_base::IndicatorMeta>| (meta.title.clone(), words::indicator_url(meta.id.as_str()));
    view.indicators.iter().map(link).collect()
}

/// The matrix in one sentence.
fn sentence(view: &ChainView) -> String {
    let considered = |cell: &&CoverageCell| view.is_considered(cell.phase, cell.field);
    let cells: Vec<&CoverageCell> = view.whole.matrix.cells.iter().filter(considered).collect();
    let count = |wanted: &[Coverage]| cells.iter().filter(|cell| wanted.contains(&cell.coverage)).count();
    let (gaps, maybe) = (count(&[Coverage::Gap, Coverage::NoOffer]), count(&[Coverage::PossibleGap]));
    let (covered, unknown) = (count(&[Coverage::Covered, Coverage::Overlap]), count(&[Coverage::Unknown]));
    format!(
        "{}: Von {} betrachteten Feldern sind {covered} gedeckt, in {gaps} ist eine Lücke, in {maybe} möglicherweise eine, und für {unknown} fehlen Zahlen.",
        view.place.name,
        cells.len()
    )
}

fn detail(view: &ChainView, field: usize, phase: usize) -> Option<Detail> {
    let chain = &view.whole.chain;
    let (field_name, phase_name) = (&chain.fields.get(field)?.name, &chain.phases.get(phase)?.name);
    let considered = view.is_considered(phase, field);
    let found = view.whole.matrix.cell(0, phase, field)?;
    let mut areas = Vec::new();
    for (at, place) in view.parts.chain.areas.iter().enumerate() {
        let one = view.parts.matrix.cell(at, phase, field)?;
        areas.push((
            one.need.map(|need| need.value),
            RowView {
                name: place.name.clone(),
                url: words::area_url(place.key.as_str()),
                cells: vec![cell(&view.parts, one, String::new(), considered)],
            },
        ));
    }
    let more = areas.len().saturating_sub(COMPARED);
    if more > 0 {
        areas.sort_by(|a, b| b.0.unwrap_or(-1.0).total_cmp(&a.0.unwrap_or(-1.0)));
        areas.truncate(COMPARED);
    }
    let offers: Vec<(String, String, String)> = found
        .offers
        .iter()
        .filter_map(|at| {
            let (offer, id) = (chain.offers.get(*at)?, view.offers.get(*at)?);
            let places = offer.places.map_or("Plätze unbekannt".into(), |places| {
                format!("{} Plätze, {}", german(places, 0), offer.source)
            });
            Some((offer.name.clone(), format!("/hilfe/{}", words::segment(id.as_str())), places))
        })
        .take(LISTED)
        .collect();
    Some(Detail {
        title: format!("{field_name}, {phase_name}"),
        field: field_name.clone(),
        phase: phase_name.clone(),
        field_code: chain.fields.get(field)?.code.clone(),
        phase_code: slug(chain.phases.get(phase)?.id),
        only_komm: found.only_komm,
        cell: cell(&view.whole, found, String::new(), considered),
        areas: areas.into_iter().map(|(_, row)| row).collect(),
        more,
        more_offers: found.offers.len().saturating_sub(offers.len()),
        offers,
    })
}

struct FindingView {
    sentence: String,
    rests: Vec<kekiz_portal::planning::Rests>,
    more: usize,
    cell: Option<String>,
    area: Option<(String, String)>,
}

struct Group {
    id: &'static str,
    title: &'static str,
    about: &'static str,
    count: usize,
    more: usize,
    findings: Vec<FindingView>,
}

#[derive(askama::Template)]
#[template(path = "portal/gaps.html")]
struct GapsPage {
    chrome: Chrome,
    ways: Vec<Way>,
    place: String,
    places: Vec<Choice>,
    levels: Vec<Choice>,
    measures: Vec<Choice>,
    groups: Vec<Group>,
    sentence: String,
    indicators: Vec<(String, String)>,
}

const KINDS: [(GapKind, &str, &str, &str); 5] = [
    (GapKind::MissingLink, "fehlt", "Fehlt überall", "Dafür ist in keinem Gebiet ein Angebot eingetragen."),
    (GapKind::Gap, "luecken", "Lücken", "Hier gibt es sicher zu wenig, die größte Lücke zuerst."),
    (
        GapKind::PossibleGap,
        "vielleicht",
        "Mögliche Lücken",
        "Hier kann es zu wenig geben; Zahlen sind unsicher oder fehlen.",
    ),
    (GapKind::Overlap, "mehr", "Mehr Angebot als Bedarf", "Hier gibt es mehr, als die Zahlen verlangen."),
    (
        GapKind::FiguresMissing,
        "zahlen",
        "Was noch fehlt, um es zu wissen",
        "Angaben, die Träger nachtragen können.",
    ),
];

async fn gaps(state: &SiteState, ask: &Ask) -> Result<Made, PageError> {
    let params = ask.params.only(&PARAMETERS);
    let view = view(state, &params).await?;
    let mut groups = Vec::new();
    for (kind, id, title, about) in KINDS {
        let of_kind = || view.gaps.iter().filter(|gap| gap.kind == kind);
        let count = of_kind().count();
        if count == 0 {
            continue;
        }
        let findings = of_kind().take(FINDINGS).map(|gap| {
            let rests = &gap.finding.rests_on;
            let cell = gap.phase.zip(gap.field).and_then(|(phase, field)| {
                let chain = &view.parts.chain;
                let to = params
                    .with("feld", Some(&chain.fields.get(field)?.code))
                    .with("phase", Some(slug(chain.phases.get(phase)?.id)));
                Some(format!("{}#zelle", to.url("/kette")))
            });
            let area = gap.area.and_then(|at| view.parts.chain.areas.get(at));
            FindingView {
                sentence: gap.finding.sentence.clone(),
                more: rests.len().saturating_sub(RESTS),
                rests: rests.iter().take(RESTS).cloned().collect(),
                cell,
                area: area.map(|area| (area.name.clone(), words::area_url(area.key.as_str()))),
            }
        });
        groups.push(Group {
            id,
            title,
            about,
            count,
            more: count.saturating_sub(FINDINGS),
            findings: findings.collect(),
        });
    }
    let number = |kind: GapKind| german(view.gaps.iter().filter(|gap| gap.kind == kind).count() as f64, 0);
    let sentence = format!(
        "{} in {} Gebieten: {} Lücken, {} mögliche Lücken und {} Stellen mit mehr Angebot als Bedarf. Gezählt wird, was hier eingetragen ist.",
        view.place.name,
        german(view.parts.chain.areas.len() as f64, 0),
        number(GapKind::Gap),
        number(GapKind::PossibleGap),
        number(GapKind::Overlap),
    );
    Made::page(&GapsPage {
        chrome: chrome(state, "Lücken der Präventionskette").describe(sentence.clone()).here("Lücken"),
        ways: ways(&params, "/kette/luecken"),
        places: place_choices(&view),
        levels: level_choices(&view),
        measures: measures(view.whole.matrix.measure),
        groups,
        sentence,
        indicators: indicators(&view),
        place: view.place.name.clone(),
    })
}
