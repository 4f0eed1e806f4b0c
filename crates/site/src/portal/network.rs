//! `/netzwerk` and `/kette/uebergaenge`: who works with whom, and who hands children over to whom.

use super::chain::{Way, chrome, ways};
use crate::ask::Ask;
use crate::layout::Chrome;
use crate::pages::PageError;
use crate::portal::family::{Made, family, portal};
use crate::state::SiteState;
use axum::Router;
use jiff::civil::Date;
use kekiz_base::date;
use kekiz_base::number::german;
use kekiz_charts::{Drawing, Frame, NetworkNode, NetworkPicture};
use kekiz_portal::network::{NetworkView, StationView, TransitionView};
use kekiz_portal::planning::Rests;
use kekiz_portal::planning::cycle::Progress;
use kekiz_portal::planning::network::Point;
use kekiz_portal::planning::transitions::Lack;

/// The routes of this module.
pub(crate) fn router() -> Router<SiteState> {
    Router::new().route("/netzwerk", family!(network)).route("/kette/uebergaenge", family!(transitions))
}

struct ActorRow {
    name: String,
    sector: String,
    task: String,
    partners: String,
    agreements: String,
    broker: bool,
}

struct AgreementRow {
    title: String,
    subject: String,
    parties: String,
    from: String,
    until: String,
    ended: bool,
}

struct TaskRow {
    title: String,
    responsible: String,
    due: String,
    state: &'static str,
    late: bool,
}

struct GroupView {
    name: String,
    purpose: String,
    members: String,
    rhythm: String,
    decisions: Vec<(String, String)>,
}

struct StationRow {
    station: StationView,
    state: &'static str,
    class: &'static str,
    due: String,
}

#[derive(askama::Template)]
#[template(path = "portal/network.html")]
struct Page {
    chrome: Chrome,
    ways: Vec<Way>,
    there: bool,
    sentence: String,
    findings: Vec<(String, Vec<Rests>)>,
    pictures: Vec<Drawing>,
    actors: Vec<ActorRow>,
    agreements: Vec<AgreementRow>,
    groups: Vec<GroupView>,
    tasks: Vec<TaskRow>,
    late: Vec<String>,
    done: usize,
    stations: Vec<StationRow>,
}

fn day(date: Option<Date>) -> String {
    date.map_or_else(String::new, date::german)
}

async fn network(state: &SiteState, ask: &Ask) -> Result<Made, PageError> {
    let view = portal(state)?.network().await?;
    let mut chrome = chrome(state, "Netzwerk");
    chrome.noindex = view.is_none();
    let mut page = Page {
        chrome: chrome.describe("Wer arbeitet mit wem zusammen, und wer fehlt?"),
        ways: ways(&ask.params, "/netzwerk"),
        there: view.is_some(),
        sentence: String::new(),
        findings: Vec::new(),
        pictures: Vec::new(),
        actors: Vec::new(),
        agreements: Vec::new(),
        groups: Vec::new(),
        tasks: Vec::new(),
        late: Vec::new(),
        done: 0,
        stations: Vec::new(),
    };
    if let Some(view) = &view {
        fill(&mut page, view);
    }
    Made::page(&page)
}

fn fill(page: &mut Page, view: &NetworkView) {
    let mut findings: Vec<(String, Vec<Rests>)> =
        view.network.findings.iter().map(|one| (one.sentence.clone(), one.rests_on.clone())).collect();
    if !findings.is_empty() {
        page.sentence = findings.remove(0).0;
    }
    page.findings = findings;
    page.pictures =
        [("netz", 1000.0), ("netz-schmal", 480.0)].map(|(id, width)| picture(view, id, width).draw()).into();
    page.actors = actors(view);
    page.agreements = view
        .agreements
        .iter()
        .map(|one| AgreementRow {
            title: one.title.clone(),
            subject: one.subject.clone(),
            parties: names(view, &one.parties),
            from: day(one.from),
            until: day(one.until),
            ended: one.until.is_some_and(|until| until < view.today),
        })
        .collect();
    page.groups = view
        .groups
        .iter()
        .map(|group| GroupView {
            name: group.name.clone(),
            purpose: group.purpose.clone(),
            members: names(view, &group.members),
            rhythm: group.rhythm.clone(),
            decisions: view
                .decisions
                .iter()
                .filter(|decision| decision.group == group.id)
                .map(|decision| (day(decision.decided_on), decision.text.clone()))
                .collect(),
        })
        .collect();
    page.tasks = view
        .tasks
        .iter()
        .map(|task| TaskRow {
            title: task.title.clone(),
            responsible: view.name(&task.responsible).to_string(),
            due: day(task.due_on),
            state: if task.state == kekiz_portal::store::network::TaskState::Doing {
                "in Arbeit"
            } else {
                "offen"
            },
            late: task.due_on.is_some_and(|due| due < view.today),
        })
        .collect();
    page.late = view.late.iter().map(|one| one.sentence.clone()).collect();
    page.done = view.done;
    page.stations = view.stations.iter().map(station).collect();
}

fn station(station: &StationView) -> StationRow {
    let (state, class) = match (station.progress, &station.overdue) {
        (Progress::Done, _) => (Progress::Done.name(), "covered"),
        (_, Some(_)) => ("überfällig", "gap"),
        (Progress::InWork, None) => (Progress::InWork.name(), "maybe"),
        (Progress::Open, None) => (Progress::Open.name(), "unknown"),
    };
    StationRow { state, class, due: day(station.deadline), station: station.clone() }
}

fn names(view: &NetworkView, ids: &[String]) -> String {
    ids.iter().map(|id| plain(view.name(id))).collect::<Vec<_>>().join(", ")
}

/// A name without the word that marks it as an example; the mark stands where the actor is introduced.
fn plain(name: &str) -> &str {
    name.strip_suffix(" (Beispiel)").unwrap_or(name)
}

fn sector_of(view: &NetworkView, at: usize) -> Option<usize> {
    let code = view.actors.get(at)?.sector.as_ref()?;
    view.sectors.iter().position(|sector| sector.code == code.as_str())
}

fn actors(view: &NetworkView) -> Vec<ActorRow> {
    let row = |(at, actor): (usize, &kekiz_portal::store::network::Actor)| {
        let partners = view.links.iter().filter_map(|(a, b, _)| match at {
            _ if *a == at => view.actors.get(*b),
            _ if *b == at => view.actors.get(*a),
            _ => None,
        });
        let partners: Vec<&str> = partners.map(|one| plain(&one.name)).collect();
        let agreements = view.agreements.iter().filter(|one| one.parties.contains(&actor.id)).count();
        ActorRow {
            name: actor.name.clone(),
            sector: sector_of(view, at)
                .and_then(|at| view.sectors.get(at))
                .map_or_else(|| "ohne Sektor".into(), |sector| sector.name.clone()),
            task: actor.task.clone(),
            partners: if partners.is_empty() { "niemandem".into() } else { partners.join(", ") },
            agreements: german(agreements as f64, 0),
            broker: view.network.brokers.contains(&at),
        }
    };
    view.actors.iter().enumerate().map(row).collect()
}

/// Places that fill the picture: linked actors above, those without any link in a row below.
fn places(view: &NetworkView) -> Vec<[f64; 2]> {
    let alone = |at: usize| view.network.roles.get(at).is_none_or(|role| role.degree == 0);
    let linked = || view.points.iter().enumerate().filter(|(at, _)| !alone(*at)).map(|(_, point)| point);
    let ends = |of: fn(&Point) -> f64| {
        linked().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
    };
    let (wide, high) = (ends(|point| point.x), ends(|point| point.y));
    let part = |(low, top): (f64, f64), x: f64| if top > low { (x - low) / (top - low) } else { 0.5 };
    let lonely = (0..view.points.len()).filter(|at| alone(*at)).count();
    let bottom = if lonely > 0 { 0.86 } else { 1.0 };
    let mut row = 0;
    view.points
        .iter()
        .enumerate()
        .map(|(at, point)| {
            if alone(at) {
                row += 1;
                return [(f64::from(row) - 0.8) / lonely as f64, 0.98];
            }
            [0.02 + 0.9 * part(wide, point.x), 0.02 + (bottom - 0.04) * part(high, point.y)]
        })
        .collect()
}

fn picture(view: &NetworkView, id: &str, width: f64) -> NetworkPicture {
    let places = places(view);
    let node = |(at, actor): (usize, &kekiz_portal::store::network::Actor)| NetworkNode {
        key: actor.id.clone(),
        name: plain(&actor.name).to_string(),
        group: sector_of(view, at).unwrap_or(usize::MAX),
        at: places.get(at).copied().unwrap_or([0.5, 0.5]),
        strong: view.network.brokers.contains(&at),
    };
    NetworkPicture {
        frame: Frame::new(id, "Netzwerk der Präventionskette").with_width(width),
        groups: view.sectors.iter().map(|sector| sector.name.clone()).collect(),
        nodes: view.actors.iter().enumerate().map(node).collect(),
        ties: view.links.clone(),
    }
}

struct TransitionRow {
    name: String,
    sentence: String,
    leaving: String,
    arriving: String,
    handed: String,
    lost: String,
    /// Width of the part that arrives, of 1000.
    arrived_part: Option<f64>,
    handed_part: Option<f64>,
    responsible: String,
    agreement: String,
    partners: String,
    review: String,
    procedure: String,
    who_is_lost: String,
    lacks: Vec<String>,
    class: &'static str,
}

#[derive(askama::Template)]
#[template(path = "portal/transitions.html")]
struct Transitions {
    chrome: Chrome,
    ways: Vec<Way>,
    sentence: String,
    rows: Vec<TransitionRow>,
}

async fn transitions(state: &SiteState, ask: &Ask) -> Result<Made, PageError> {
    let views = portal(state)?.transitions().await?;
    let without = views.iter().filter(|view| view.transition.agreement.is_none()).count();
    let unknown = views.iter().filter(|view| view.checked.lost.is_none()).count();
    let sentence = match views.len() {
        0 => "Es sind noch keine Übergänge eingetragen.".to_string(),
        all => format!(
            "{} Übergänge: {} ohne Vereinbarung, bei {} ist nicht bekannt, wer verloren geht.",
            german(all as f64, 0),
            german(without as f64, 0),
            german(unknown as f64, 0)
        ),
    };
    Made::page(&Transitions {
        chrome: chrome(state, "Übergänge").describe(sentence.clone()),
        ways: ways(&ask.params, "/kette/uebergaenge"),
        sentence,
        rows: views.iter().map(transition).collect(),
    })
}

fn transition(view: &TransitionView) -> TransitionRow {
    let (one, checked) = (&view.transition, &view.checked);
    let number = |estimate: Option<kekiz_portal::planning::Estimate>| {
        estimate.map_or("unbekannt".into(), |estimate| estimate.german(1.0, 0, ""))
    };
    let part = |estimate: Option<kekiz_portal::planning::Estimate>| {
        let (estimate, all) = estimate.zip(one.leaving)?;
        (all.value > 0.0).then(|| (estimate.value / all.value * 1000.0).clamp(0.0, 1000.0).round())
    };
    let serious = |(lack, _): &(Lack, String)| matches!(lack, Lack::NoAgreement | Lack::NobodyResponsible);
    let class = match checked.lacks.iter().filter(|lack| serious(lack)).count() {
        0 if checked.lacks.is_empty() => "gut",
        0 => "vielleicht",
        _ => "luecken",
    };
    TransitionRow {
        name: one.name.clone(),
        sentence: checked.finding.sentence.clone(),
        leaving: number(one.leaving),
        arriving: number(one.arriving),
        handed: number(one.handed_over),
        lost: number(checked.lost),
        arrived_part: part(one.arriving),
        handed_part: part(one.handed_over),
        responsible: if one.responsible.is_empty() { "niemand".into() } else { one.responsible.clone() },
        agreement: one.agreement.as_ref().map_or("keine".into(), |written| written.title.clone()),
        partners: one.agreement.as_ref().map_or_else(String::new, |written| written.partners.join(", ")),
        review: day(one.agreement.as_ref().and_then(|written| written.review)),
        procedure: view.record.procedure.clone(),
        who_is_lost: view.record.who_is_lost.clone(),
        lacks: checked.lacks.iter().map(|(_, sentence)| sentence.clone()).collect(),
        class,
    }
}
