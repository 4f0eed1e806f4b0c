//! `/leitbild` and `/leitbild/{ziel}`: goals, their targets, and where they stand.

use crate::ask::Ask;
use crate::layout::{Chrome, Section};
use crate::pages::PageError;
use crate::pages::atlas::figures::NARROW;
use crate::portal::family::{Made, family, portal};
use crate::state::SiteState;
use crate::words;
use axum::Router;
use kekiz_atlas::series::Series;
use kekiz_base::Period;
use kekiz_base::date;
use kekiz_charts::{Drawing, Frame, TargetPath};
use kekiz_portal::mission::{GoalPage, GoalView, Mission, TargetView, with_unit};
use kekiz_portal::planning::Finding;
use kekiz_portal::planning::goals::{Letter, Status};

/// The routes of this module.
pub(crate) fn router() -> Router<SiteState> {
    Router::new().route("/leitbild", family!(index)).route("/leitbild/{ziel}", family!(show))
}

/// The state of a target or goal as it is shown: by words and sign, not by colour alone.
#[derive(Clone, Copy)]
struct Light {
    word: &'static str,
    sign: &'static str,
    class: &'static str,
}

impl Light {
    fn of(status: &Status) -> Self {
        let (sign, class) = match status {
            Status::Reached => ("✓", "good"),
            Status::OnTrack => ("↗", "good"),
            Status::OffTrack => ("!", "bad"),
            Status::NotMeasurableYet(_) => ("?", "open"),
        };
        Self { word: status.name(), sign, class }
    }
}

struct Target {
    title: String,
    place: String,
    url: Option<String>,
    from: String,
    latest: String,
    to: String,
    light: Light,
    finding: Finding,
    /// The series with the way to the target, for wide and for narrow screens.
    curve: Option<[Drawing; 2]>,
}

struct Goal {
    title: String,
    url: String,
    audience: String,
    step: Option<(u8, &'static str)>,
    due: String,
    targets: Vec<Target>,
    lacks: usize,
}

struct Sentence {
    text: String,
    explanation: String,
    goals: Vec<Goal>,
}

/// How many targets are in a state.
struct Tally {
    count: usize,
    light: Light,
}

#[derive(askama::Template)]
#[template(path = "portal/mission.html")]
struct Index {
    chrome: Chrome,
    sentences: Vec<Sentence>,
    tally: Vec<Tally>,
    example: bool,
}

/// What each letter of SMART is missing.
struct Smart {
    name: &'static str,
    lacks: Vec<String>,
}

struct Step {
    name: &'static str,
    here: bool,
}

struct Version {
    revision: u64,
    day: String,
    reason: String,
    changes: Vec<(String, String, String)>,
}

#[derive(askama::Template)]
#[template(path = "portal/goal.html")]
struct Show {
    chrome: Chrome,
    goal: Goal,
    sentence: String,
    responsible: String,
    measures: Vec<String>,
    story: Vec<String>,
    smart: Vec<Smart>,
    steps: Vec<Step>,
    decisions: Vec<(String, String)>,
    versions: Vec<Version>,
    example: bool,
}

async fn index(state: &SiteState, _: &Ask) -> Result<Made, PageError> {
    let mission = portal(state)?.mission(&state.atlas).await?.unwrap_or_default();
    let chrome = Chrome::new(state, Section::Mission, "Leitbild")
        .describe("Was sich eine Kommune für ihre Kinder vornimmt, und wie weit sie damit ist.");
    let example = is_example(&mission);
    let tally = tally(&mission);
    let sentences = mission
        .sentences
        .into_iter()
        .map(|one| Sentence {
            goals: one.goals.iter().map(goal).collect(),
            text: one.sentence.text,
            explanation: one.sentence.explanation,
        })
        .collect();
    Made::page(&Index { chrome, sentences, tally, example })
}

async fn show(state: &SiteState, ask: &Ask) -> Result<Made, PageError> {
    let page = portal(state)?.goal(&state.atlas, ask.segment("ziel")).await?;
    let chrome = Chrome::new(state, Section::Mission, page.view.goal.title.as_str())
        .crumb("Leitbild", "/leitbild")
        .here("Ziel");
    let mut shown = goal(&page.view);
    for (i, target) in shown.targets.iter_mut().enumerate() {
        let (Some(Some(series)), Some(view)) = (page.series.get(i), page.view.targets.get(i)) else {
            continue;
        };
        target.curve = Some(curve(series, view, i));
    }
    Made::page(&Show {
        goal: shown,
        sentence: page.sentence.as_ref().map_or_else(String::new, |one| one.text.clone()),
        responsible: page.view.goal.responsible.clone(),
        measures: paragraphs(&page.view.goal.measures),
        story: paragraphs(&page.view.goal.story),
        smart: smart(&page.view),
        steps: steps(&page.view),
        decisions: decisions(&page),
        versions: versions(&page),
        example: page.view.goal.id.starts_with(EXAMPLE),
        chrome,
    })
}

/// Begins the ids of the goals that come with the program.
const EXAMPLE: &str = "beispiel-";

fn is_example(mission: &Mission) -> bool {
    mission.sentences.iter().flat_map(|one| &one.goals).any(|one| one.goal.id.starts_with(EXAMPLE))
}

fn tally(mission: &Mission) -> Vec<Tally> {
    let states: Vec<Light> = mission
        .sentences
        .iter()
        .flat_map(|one| &one.goals)
        .flat_map(|one| &one.targets)
        .map(|one| Light::of(&one.state.status))
        .collect();
    let mut tally: Vec<Tally> = Vec::new();
    for light in states {
        match tally.iter_mut().find(|one| one.light.word == light.word) {
            Some(one) => one.count += 1,
            None => tally.push(Tally { count: 1, light }),
        }
    }
    tally.sort_by_key(|one| one.light.word);
    tally
}

fn goal(view: &GoalView) -> Goal {
    Goal {
        title: view.goal.title.clone(),
        url: format!("/leitbild/{}", words::segment(&view.goal.id)),
        audience: view.goal.audience.clone(),
        step: view.step.map(|step| (step.number(), step.name())),
        due: view.goal.due_on.map_or_else(String::new, date::german),
        targets: view.targets.iter().map(target).collect(),
        lacks: view.lacks.len(),
    }
}

fn target(view: &TargetView) -> Target {
    let meta = view.meta.as_deref();
    let place = view.area.as_ref().map_or_else(|| view.target.area.clone(), |area| area.name.clone());
    let url = view.meta.as_ref().map(|meta| {
        crate::ask::Params::default()
            .with("ort", Some(&view.target.area))
            .with("ebene", view.area.as_ref().map(|area| area.geography.as_str()))
            .url(&words::indicator_url(meta.id.as_str()))
    });
    let unknown = || "noch keine Zahl".to_string();
    Target {
        title: meta.map_or_else(|| view.target.indicator.clone(), |meta| meta.title.clone()),
        place,
        url,
        from: view
            .baseline
            .map_or_else(unknown, |value| format!("{} ({})", with_unit(meta, value), view.target.from_year)),
        latest: view.state.latest.map_or_else(unknown, |latest| {
            format!("{} ({})", with_unit(meta, latest.value), latest.date.year())
        }),
        to: format!("{} ({})", with_unit(meta, view.target.value), view.target.year),
        light: Light::of(&view.state.status),
        finding: view.state.finding.clone(),
        curve: None,
    }
}

/// The series of a target with the way to it, for wide and for narrow screens.
fn curve(series: &Series, view: &TargetView, number: usize) -> [Drawing; 2] {
    let draw = |suffix: &str, width: f64| {
        let id = format!("ziel-{number}{suffix}");
        let mut chart = series.chart(&id);
        let title = format!("{} und der Weg zum Ziel", series.meta.title);
        chart.frame = Frame::new(id, title).with_width(width);
        chart.unit = words::unit(&series.meta);
        chart.target = view.baseline.map(|value| TargetPath {
            from: (Period::Year(view.target.from_year), value),
            to: (Period::Year(view.target.year), view.target.value),
            label: "Ziel".into(),
        });
        for found in &mut chart.breaks {
            found.label = "Bruch".into();
        }
        chart.draw()
    };
    [draw("", 720.0), draw("-schmal", NARROW)]
}

fn smart(view: &GoalView) -> Vec<Smart> {
    let letters = [Letter::Specific, Letter::Measurable, Letter::Achievable, Letter::Relevant, Letter::Timed];
    letters
        .into_iter()
        .map(|letter| Smart {
            name: letter.name(),
            lacks: view
                .lacks
                .iter()
                .filter(|gap| gap.letter == letter)
                .map(|gap| gap.sentence.clone())
                .collect(),
        })
        .collect()
}

fn steps(view: &GoalView) -> Vec<Step> {
    (1..=7)
        .filter_map(kekiz_portal::planning::goals::Step::new)
        .map(|step| Step { name: step.name(), here: view.step == Some(step) })
        .collect()
}

fn decisions(page: &GoalPage) -> Vec<(String, String)> {
    page.decisions
        .iter()
        .map(|one| {
            let parts = [
                one.body.clone(),
                one.decided_on.map_or_else(String::new, date::german),
                one.reference.clone(),
            ];
            let about: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            (one.title.clone(), about.join(", "))
        })
        .collect()
}

fn versions(page: &GoalPage) -> Vec<Version> {
    let text = |part: &Option<String>| part.clone().unwrap_or_else(|| "–".into());
    page.versions
        .iter()
        .map(|one| Version {
            revision: one.revision,
            day: date::german(one.day),
            reason: one.reason.clone(),
            changes: one
                .changes
                .iter()
                .map(|change| (change.place.clone(), text(&change.before), text(&change.after)))
                .collect(),
        })
        .collect()
}

fn paragraphs(text: &str) -> Vec<String> {
    text.split("\n\n").map(str::trim).filter(|part| !part.is_empty()).map(str::to_string).collect()
}
