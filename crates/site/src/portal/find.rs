//! `/hilfe`: what a family asks, and the cards it gets.

use crate::ask::{Ask, Params};
use crate::pages::PageError;
use crate::portal::family::{Frame, Made, family, portal};
use crate::portal::tongue::Tongue;
use crate::portal::view::{self, CardView, Marked};
use crate::state::SiteState;
use axum::Router;
use kekiz_portal::Portal;
use kekiz_portal::find::{Answer, Open, Question};
use kekiz_portal::offers::{phase_from_slug, phase_slug};
use kekiz_portal::places::PlaceFound;
use kekiz_portal::search::{Age, Count, Filter, Sort, Widening};

/// The routes of this module.
pub(crate) fn router() -> Router<SiteState> {
    Router::new().route("/hilfe", family!(show))
}

/// The parameters this page understands, in the order of its addresses.
pub(crate) const PARAMETERS: [&str; 14] = [
    "q",
    "ort",
    "umkreis",
    "alter",
    "phase",
    "thema",
    "fuer",
    "angebotssprache",
    "offen",
    "kostenlos",
    "rollstuhl",
    "traeger",
    "sortieren",
    "seite",
];

/// Hits on a page.
const PER_PAGE: usize = 20;
/// Radii to choose from, in kilometres.
const RADII: [u32; 6] = [1, 2, 5, 10, 25, 50];

/// One choice of a list.
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: Marked,
    pub(crate) selected: bool,
}

impl Choice {
    fn new(value: impl Into<String>, label: impl Into<String>, chosen: &str) -> Self {
        let value = value.into();
        let selected = value == chosen;
        Self { value, label: Marked { text: label.into(), german: false }, selected }
    }
}

/// A way into the offers, with how many lie behind it.
pub(crate) struct Entry {
    pub(crate) label: Marked,
    pub(crate) url: String,
    pub(crate) count: String,
}

/// A way out of an empty page.
pub(crate) struct WayOut {
    pub(crate) text: String,
    pub(crate) url: String,
}

/// The form with what was chosen.
pub(crate) struct Form {
    pub(crate) text: String,
    pub(crate) place: String,
    pub(crate) radii: Vec<Choice>,
    pub(crate) ages: Vec<Choice>,
    pub(crate) open: Vec<Choice>,
    pub(crate) phases: Vec<Choice>,
    pub(crate) topics: Vec<Choice>,
    pub(crate) groups: Vec<Choice>,
    pub(crate) languages: Vec<Choice>,
    pub(crate) sorts: Vec<Choice>,
    pub(crate) free: bool,
    pub(crate) wheelchair: bool,
    /// How many of the folded filters are set.
    pub(crate) more: usize,
}

#[derive(askama::Template)]
#[template(path = "portal/find.html")]
struct Page {
    frame: Frame,
    form: Form,
    asked: bool,
    total: usize,
    heading: String,
    cards: Vec<CardView>,
    did_you_mean: Option<(String, String)>,
    unknown_words: String,
    place: Option<(String, bool)>,
    ways_out: Vec<WayOut>,
    phases: Vec<Entry>,
    topics: Vec<Entry>,
    page: usize,
    pages: usize,
    previous: Option<String>,
    next: Option<String>,
    map: Option<String>,
    files: Vec<(&'static str, String)>,
    reset: String,
}

/// The question in the parameters. Values that do not fit ask for nothing: a family's old bookmark must still work.
pub(crate) fn question(params: &Params, t: &Tongue) -> Question {
    let codes = |name: &str| -> Vec<String> {
        params.iter().filter(|(key, _)| *key == name).map(|(_, value)| value.to_string()).take(20).collect()
    };
    let age = match params.get("alter") {
        Some("schwanger") => Some(Age::Pregnancy),
        Some(months) => months.parse().ok().filter(|months| *months < 1200).map(Age::Months),
        None => None,
    };
    let km = params.get("umkreis").and_then(|km| km.replace(',', ".").parse::<f64>().ok());
    Question {
        text: params.get("q").unwrap_or("").to_string(),
        language: t.lang.to_string(),
        place: params.get("ort").unwrap_or("").to_string(),
        radius_m: km.filter(|km| (0.1..=1000.0).contains(km)).map(|km| km * 1000.0),
        age,
        phases: codes("phase").iter().filter_map(|slug| phase_from_slug(slug)).collect(),
        fields: codes("thema"),
        groups: codes("fuer"),
        languages: codes("angebotssprache"),
        free: params.get("kostenlos").is_some(),
        wheelchair: params.get("rollstuhl").is_some(),
        open: params.get("offen").and_then(Open::from_word).unwrap_or_default(),
        organization: params.get("traeger").map(str::to_string),
        sort: match params.get("sortieren") {
            Some("naehe") => Sort::Distance,
            Some("name") => Sort::Title,
            _ => Sort::Relevance,
        },
        page: params.get("seite").and_then(|page| page.parse::<usize>().ok()).unwrap_or(1).clamp(1, 100_000)
            - 1,
        per_page: PER_PAGE,
        ..Question::default()
    }
}

async fn show(state: &SiteState, ask: &Ask) -> Result<Made, PageError> {
    let portal = portal(state)?;
    let t = Tongue::of(&ask.params);
    let params = ask.params.only(&PARAMETERS);
    let question = question(&params, t);
    let asked = !question.is_empty();
    let answer = portal.find(&question, &portal.now()).await?;
    let page = page(state, ask, portal, &params, &question, asked, answer);
    Made::page(&page)
}

fn page(
    state: &SiteState,
    ask: &Ask,
    portal: &Portal,
    params: &Params,
    question: &Question,
    asked: bool,
    answer: Answer,
) -> Page {
    let t = Tongue::of(&ask.params);
    let pages = answer.total.div_ceil(PER_PAGE).max(1);
    let number = question.page + 1;
    let to = |page: usize| {
        let value = page.to_string();
        t.keep(&params.with("seite", (page > 1).then_some(value.as_str()))).url("/hilfe")
    };
    let heading = match answer.total {
        0 => t.t("result_none").to_string(),
        1 => t.t("result_one").to_string(),
        n => t.with("result_many", "n", &whole(t, n)),
    };
    let mut frame = Frame::new(state, ask, params, t.t("find_title"));
    frame.current = "hilfe";
    if asked {
        frame.title = match question.text.as_str() {
            "" => heading.clone(),
            text => format!("{text} – {heading}"),
        };
        frame.noindex = true;
    }
    let cards: Vec<CardView> = match asked {
        true => answer.cards.iter().zip(1..).map(|(card, number)| view::card(t, card, number)).collect(),
        false => Vec::new(),
    };
    let bare = params.with("seite", None);
    let has_points = cards.iter().any(|card| card.point.is_some());
    let files =
        [("PDF", "pdf"), ("CSV", "csv"), ("iCal", "ics"), ("GeoJSON", "geojson"), ("JSON-LD", "jsonld")];
    Page {
        form: form(t, portal, params, question),
        heading,
        did_you_mean: answer.did_you_mean.map(|text| {
            let url = t.keep(&bare.with("q", Some(&text))).url("/hilfe");
            (text, url)
        }),
        unknown_words: answer.unknown_words.join(", "),
        place: answer.place.map(|place| match place {
            PlaceFound::One { name, .. } => (t.with("place_found", "place", &name), true),
            PlaceFound::Unknown { typed } => (t.with("place_unknown", "place", &typed), false),
        }),
        ways_out: answer.widenings.iter().take(5).map(|way| way_out(t, &bare, way)).collect(),
        phases: if asked { Vec::new() } else { phases(t, portal, &answer.facets.life_phases) },
        topics: if asked { Vec::new() } else { topics(t, portal, &answer.facets.action_fields) },
        page: number,
        pages,
        previous: (number > 1).then(|| to(number.min(pages + 1) - 1)),
        next: (number < pages).then(|| to(number + 1)),
        map: (asked && has_points).then(|| params.url("/hilfe/karte.svg")),
        files: files
            .into_iter()
            .map(|(name, ending)| (name, bare.url(&format!("/hilfe/liste.{ending}"))))
            .collect(),
        reset: t.link("/hilfe"),
        total: answer.total,
        cards,
        asked,
        frame,
    }
}

/// A count with the marks of thousands of the language.
fn whole(t: &Tongue, n: usize) -> String {
    let german = crate::words::whole(&n);
    if t.lang == "en" { german.replace('.', ",") } else { german }
}

fn count(t: &Tongue, n: usize) -> String {
    if n == 1 { t.t("offers_one").to_string() } else { t.with("offers_count", "n", &whole(t, n)) }
}

fn phases(t: &Tongue, portal: &Portal, counts: &[Count]) -> Vec<Entry> {
    let Some(list) = portal.lists().terms.list("life_phase") else { return Vec::new() };
    list.terms.iter().map(|term| entry(t, portal, "life_phase", "phase", &term.code, counts)).collect()
}

fn topics(t: &Tongue, portal: &Portal, counts: &[Count]) -> Vec<Entry> {
    counts.iter().map(|one| entry(t, portal, "action_field", "thema", &one.value, counts)).collect()
}

fn entry(t: &Tongue, portal: &Portal, list: &str, parameter: &str, code: &str, counts: &[Count]) -> Entry {
    let hits = counts.iter().find(|one| one.value == code).map_or(0, |one| one.hits);
    Entry {
        label: view::term(t, portal, list, code),
        url: t.keep(&Params::default().with(parameter, Some(code))).url("/hilfe"),
        count: count(t, hits),
    }
}

fn form(t: &Tongue, portal: &Portal, params: &Params, question: &Question) -> Form {
    let get = |name: &str| params.get(name).unwrap_or("").to_string();
    let km = |km: &u32| Choice::new(km.to_string(), format!("{km}\u{a0}km"), &get("umkreis"));
    let first = |label: &str| Choice::new("", t.t(label), "-");
    let list = |list: &str, name: &str, any: &str| -> Vec<Choice> {
        let terms = portal.lists().terms.list(list).map_or(&[][..], |list| &list.terms);
        let of = |code: &str| Choice {
            selected: params.get(name) == Some(code),
            value: code.to_string(),
            label: view::term(t, portal, list, code),
        };
        std::iter::once(first(any)).chain(terms.iter().map(|term| of(&term.code))).collect()
    };
    let spoken = portal.lists().terms.list("language").map_or(&[][..], |list| &list.terms);
    let languages = spoken.iter().filter(|term| term.code != "de-simple").map(|term| {
        let name = if term.native.is_empty() { &term.name } else { &term.native };
        Choice::new(&term.code, name.as_str(), &get("angebotssprache"))
    });
    let open = Open::ALL.into_iter().map(|one| {
        let label = match one {
            Open::Now => "find_open_now",
            Open::Today => "find_open_today",
            Open::Weekend => "find_open_weekend",
            Open::Any | Open::Holidays => "find_open_holidays",
        };
        Choice::new(one.word(), t.t(label), &get("offen"))
    });
    let sorts = [("", "find_sort_best"), ("naehe", "find_sort_near"), ("name", "find_sort_name")];
    let folded =
        ["phase", "thema", "fuer", "angebotssprache", "offen", "kostenlos", "rollstuhl", "sortieren"];
    Form {
        text: question.text.clone(),
        place: question.place.clone(),
        radii: std::iter::once(first("find_radius_any")).chain(RADII.iter().map(km)).collect(),
        ages: ages(t, &get("alter")),
        open: std::iter::once(first("find_open_any")).chain(open).collect(),
        phases: list("life_phase", "phase", "find_phase_any"),
        topics: list("action_field", "thema", "find_field_any"),
        groups: list("target_group", "fuer", "find_group_any"),
        languages: std::iter::once(first("find_language_any")).chain(languages).collect(),
        sorts: sorts
            .into_iter()
            .map(|(value, label)| Choice::new(value, t.t(label), &get("sortieren")))
            .collect(),
        free: question.free,
        wheelchair: question.wheelchair,
        more: folded.iter().filter(|name| params.get(name).is_some()).count(),
    }
}

/// Ages to choose from: half years at first, then years; each stands for an age in its middle.
fn ages(t: &Tongue, chosen: &str) -> Vec<Choice> {
    let months = |value: &str, from: &str, to: &str| {
        Choice::new(value, t.fill("find_age_months", &[("from", from), ("to", to)]), chosen)
    };
    let mut list = vec![
        Choice::new("", t.t("find_age_any"), "-"),
        Choice::new("schwanger", t.t("find_age_pregnant"), chosen),
        months("3", "0", "5"),
        months("9", "6", "11"),
        Choice::new("18", t.t("find_age_year"), chosen),
    ];
    for years in 2..18 {
        let label = t.with("find_age_years", "n", &years.to_string());
        list.push(Choice::new((years * 12 + 6).to_string(), label, chosen));
    }
    list.push(Choice::new("222", t.t("find_age_adult"), chosen));
    list
}

/// Name and parameter of a filter.
fn filter(filter: &Filter) -> (&'static str, &'static str) {
    match filter {
        Filter::Text => ("filter_text", "q"),
        Filter::Radius => ("filter_radius", "umkreis"),
        Filter::Age => ("filter_age", "alter"),
        Filter::LifePhase => ("filter_life_phase", "phase"),
        Filter::ActionField => ("filter_action_field", "thema"),
        Filter::TargetGroup => ("filter_target_group", "fuer"),
        Filter::Language => ("filter_language", "angebotssprache"),
        Filter::Price => ("filter_price", "kostenlos"),
        Filter::Wheelchair => ("filter_wheelchair", "rollstuhl"),
        Filter::PostalCode => ("filter_postal_code", "plz"),
        Filter::Area => ("filter_area", "gebiet"),
        Filter::Organization => ("filter_organization", "traeger"),
        Filter::Open(_) => ("filter_open", "offen"),
    }
}

fn way_out(t: &Tongue, params: &Params, way: &Widening) -> WayOut {
    let n = count(t, way.hits);
    if let Some(radius) = way.radius_m {
        let km = format!("{:.0}", radius / 1000.0);
        return WayOut {
            text: t.fill("widen_radius", &[("km", &km), ("n", &n)]),
            url: t.keep(&params.with("umkreis", Some(&km))).url("/hilfe"),
        };
    }
    let names: Vec<&str> = way.drop.iter().map(|one| t.t(filter(one).0)).collect();
    let filters = names.join(&format!(" {} ", t.t("and")));
    let without = way.drop.iter().fold(params.clone(), |params, one| params.with(filter(one).1, None));
    WayOut {
        text: t.fill("widen_drop", &[("filters", &filters), ("n", &n)]),
        url: t.keep(&without).url("/hilfe"),
    }
}

/// What a life phase is called in an address.
pub(crate) fn phase_url(t: &Tongue, phase: kekiz_base::LifePhase) -> String {
    t.keep(&Params::default().with("phase", Some(phase_slug(phase)))).url("/hilfe")
}
