//! Cross tables inside the protected zone, and the way out through the gate.

use crate::form::Form;
use crate::gate::Signed;
use crate::look::{Chrome, page, page_as, percent, whole};
use crate::pages::away;
use crate::problem::Problem;
use crate::state::Desk;
use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use kekiz_base::number::german;
use kekiz_persons::{
    Analysis, AnalysisDefinition, DatasetLine, FrameDefinition, Join, RatioLine, TableDefinition, analyse,
    describe, list, parse_analysis,
};
use std::collections::BTreeMap;

pub(super) fn router() -> Router<Desk> {
    Router::new().route("/auswerten", get(show).post(compute))
}

/// A choice in a form: value and title.
type Choice = (String, String);

#[derive(Template)]
#[template(path = "analysis.html")]
struct Page {
    chrome: Chrome,
    datasets: Vec<DatasetLine>,
    /// Chosen dataset.
    dataset: String,
    links: Vec<String>,
    outcomes: Vec<Choice>,
    groups: Vec<Choice>,
    problem: String,
}

/// What a dataset has to choose from: outcomes (`variable=code`), groups (`variable=exposed=reference`).
fn choices(description: &kekiz_persons::Description) -> (Vec<Choice>, Vec<Choice>) {
    let schema = &description.schema;
    let present =
        |name: &str| description.summary.coverage.iter().any(|line| line.variable == name && line.present);
    let mut coded: Vec<(&str, &str, Vec<Choice>)> = Vec::new();
    for variable in schema.variables.iter().filter(|variable| present(&variable.name)) {
        let mut codes: Vec<Choice> = Vec::new();
        for code in &variable.codes {
            if !codes.iter().any(|(known, _)| *known == code.code) {
                codes.push((code.code.clone(), code.label.clone()));
            }
        }
        if variable.kind == kekiz_microdata::schema::Kind::Flag {
            codes = vec![("1".into(), "ja".into()), ("0".into(), "nein".into())];
        }
        coded.push((&variable.name, &variable.title, codes));
    }
    for derived in schema.derived.iter().filter(|derived| present(&derived.name)) {
        let codes = derived.codes.iter().map(|code| (code.code.clone(), code.label.clone()));
        coded.push((&derived.name, &derived.title, codes.collect()));
    }
    coded.retain(|(_, _, codes)| codes.len() >= 2);
    let outcomes = coded.iter().flat_map(|(name, title, codes)| {
        codes.iter().map(move |(code, label)| (format!("{name}={code}"), format!("{title}: {label}")))
    });
    let groups = coded.iter().flat_map(|(name, title, codes)| {
        let pairs = codes.iter().flat_map(|one| codes.iter().map(move |other| (one, other)));
        pairs.filter(|(one, other)| one.0 != other.0).map(move |(one, other)| {
            (format!("{name}={}={}", one.0, other.0), format!("{title}: {} gegen {}", one.1, other.1))
        })
    });
    (outcomes.collect(), groups.collect())
}

async fn choose(signed: &Signed, dataset: String, problem: String) -> Result<Response, Problem> {
    let chrome = Chrome::signed(signed, "/auswerten", "Auswerten");
    let office = signed.office.clone();
    let wanted = dataset.clone();
    let (datasets, description) = away(move || {
        let datasets = list(&office)?;
        let known = datasets.iter().any(|line| line.dataset == wanted);
        let description = if known { Some(describe(&office, &wanted)?) } else { None };
        Ok((datasets, description))
    })
    .await?;
    let links = datasets.iter().find(|line| line.dataset == dataset).map(|line| line.links.clone());
    let (outcomes, groups) = description.as_ref().map(choices).unwrap_or_default();
    let dataset = description.map(|description| description.dataset).unwrap_or_default();
    let status = if problem.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page =
        Page { chrome, datasets, dataset, links: links.unwrap_or_default(), outcomes, groups, problem };
    page_as(status, &page)
}

async fn show(Query(query): Query<BTreeMap<String, String>>, signed: Signed) -> Result<Response, Problem> {
    choose(&signed, query.get("datensatz").cloned().unwrap_or_default(), String::new()).await
}

/// A small-letter name of a text for ids.
fn slug(text: &str) -> String {
    let letters = text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    letters.take(60).collect()
}

/// The definition a filled form asks for. `other` is the dataset on the other side of the links.
fn definition(form: &Form, other: Option<String>) -> Result<AnalysisDefinition, Problem> {
    let links = form.text("verknuepfung");
    let dataset = form.text("datensatz").to_string();
    let join = match (&other, links) {
        (Some(other), links) if !links.is_empty() => vec![Join {
            links: links.into(),
            dataset: other.clone(),
            flag: Some("verknuepft".into()),
            title: Some(format!("verknüpft mit {other}")),
            take: Vec::new(),
            at_least: None,
        }],
        _ => Vec::new(),
    };
    let group = form.text("gruppe");
    let [variable, exposed, reference] = match group.split('=').collect::<Vec<_>>()[..] {
        [variable, exposed, reference] => [variable, exposed, reference].map(String::from),
        _ if !join.is_empty() => ["verknuepft", "1", "0"].map(String::from),
        _ => {
            return Err(Problem::input(
                "Die Gruppen fehlen. Abhilfe: wählen, welche Gruppen verglichen werden, oder eine Verknüpfung.",
            ));
        }
    };
    let mut tables = Vec::new();
    for outcome in form.all("befund") {
        let Some((name, code)) = outcome.split_once('=') else { continue };
        tables.push(TableDefinition {
            id: slug(&format!("{name}-{code}")),
            title: form.text(&format!("titel:{outcome}")).to_string(),
            outcome: name.into(),
            case: vec![code.into()],
            group: variable.clone(),
            exposed: exposed.clone(),
            reference: reference.clone(),
            conditions: BTreeMap::new(),
        });
    }
    if tables.is_empty() {
        return Err(Problem::input("Es ist kein Befund gewählt. Abhilfe: mindestens einen ankreuzen."));
    }
    let title = match form.text("titel") {
        "" => format!("{dataset} nach {variable}"),
        title => title.to_string(),
    };
    let frame = FrameDefinition { dataset, join, conditions: BTreeMap::new() };
    Ok(AnalysisDefinition {
        version: 1,
        id: slug(&title),
        title,
        source: form.text("quelle").into(),
        frame,
        tables,
    })
}

/// A group of a table.
struct GroupRow {
    label: String,
    cases: String,
    persons: String,
    share: String,
    interval: String,
}

/// A table with its ratios.
struct TableView {
    title: String,
    group_title: String,
    groups: Vec<GroupRow>,
    unknown: String,
    risk: String,
    odds: String,
}

#[derive(Template)]
#[template(path = "analysed.html")]
struct Found {
    chrome: Chrome,
    title: String,
    tables: Vec<TableView>,
    definition: String,
    policy: String,
}

/// A ratio with its interval.
pub(super) fn ratio(line: Option<RatioLine>) -> String {
    let number = |value: Option<f64>| value.map_or_else(|| "unbegrenzt".into(), |value| german(value, 2));
    line.map_or_else(
        || "–".into(),
        |line| format!("{} ({} bis {})", number(line.value), german(line.lower, 2), number(line.upper)),
    )
}

fn view(analysis: &Analysis) -> Vec<TableView> {
    let group = |line: &kekiz_persons::GroupLine| GroupRow {
        label: line.label.clone(),
        cases: whole(line.cases),
        persons: whole(line.persons),
        share: percent(line.share),
        interval: line.interval.map_or_else(
            || "–".into(),
            |found| format!("{} bis {}", percent(Some(found.lower)), percent(Some(found.upper))),
        ),
    };
    let table = |table: &kekiz_persons::CrossTable| TableView {
        title: table.title.clone(),
        group_title: table.group_title.clone(),
        groups: table.groups.iter().map(group).collect(),
        unknown: whole(table.unknown),
        risk: ratio(table.risk_ratio),
        odds: ratio(table.odds_ratio),
    };
    analysis.tables.iter().map(table).collect()
}

async fn compute(
    axum::extract::State(desk): axum::extract::State<Desk>,
    signed: Signed,
    mut form: Form,
) -> Result<Response, Problem> {
    let dataset = form.text("datensatz").to_string();
    let office = signed.office.clone();
    let done = away(move || {
        let definition = match form.file("vorschrift") {
            Some(file) => parse_analysis(&file.name, &String::from_utf8_lossy(&file.bytes))?,
            None => {
                let links = form.text("verknuepfung");
                let all = list(&office)?;
                let own = form.text("datensatz");
                let beside =
                    |line: &&DatasetLine| line.dataset != own && line.links.iter().any(|name| name == links);
                definition(&form, all.iter().find(beside).map(|line| line.dataset.clone()))?
            }
        };
        let analysis = analyse(&office, &definition, "Auswertung")?;
        let text = toml::to_string(&definition).map_err(|error| Problem::internal(&error))?;
        Ok((analysis, text))
    })
    .await;
    match done {
        Ok((analysis, definition)) => page(&Found {
            chrome: Chrome::signed(&signed, "/auswerten", &analysis.title),
            title: analysis.title.clone(),
            tables: view(&analysis),
            definition,
            policy: desk.config().policy.describe(),
        }),
        Err(problem) => choose(&signed, dataset, problem.message().into()).await,
    }
}
