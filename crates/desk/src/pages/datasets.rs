//! What lies in the strongbox, and how well each variable is documented.

use crate::gate::Signed;
use crate::look::{Chrome, page, percent, whole};
use crate::pages::away;
use crate::problem::Problem;
use crate::state::Desk;
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use kekiz_base::date;
use kekiz_persons::{DatasetLine, Description, describe, list, overdue};

pub(super) fn router() -> Router<Desk> {
    Router::new().route("/", get(all)).route("/datensatz/{name}", get(one))
}

#[derive(Template)]
#[template(path = "datasets.html")]
struct All {
    chrome: Chrome,
    datasets: Vec<DatasetLine>,
    overdue: Vec<(String, String)>,
}

async fn all(State(desk): State<Desk>, signed: Signed) -> Result<Response, Problem> {
    let chrome = Chrome::signed(&signed, "/", "Datensätze");
    let today = desk.today();
    let (datasets, late) = away(move || Ok((list(&signed.office)?, overdue(&signed.office, today)?))).await?;
    let overdue = late.into_iter().map(|(name, until)| (name, date::german(until))).collect();
    page(&All { chrome, datasets, overdue })
}

/// A variable with its coverage, and the office where it is worst.
struct CoverageLine {
    title: String,
    known: String,
    missing: String,
    unreadable: String,
    share: String,
    worst: String,
}

#[derive(Template)]
#[template(path = "dataset.html")]
struct One {
    chrome: Chrome,
    description: Description,
    rows: String,
    placed: String,
    reference: String,
    keep_until: String,
    absent: Vec<String>,
    coverage: Vec<CoverageLine>,
}

async fn one(Path(name): Path<String>, signed: Signed) -> Result<Response, Problem> {
    let chrome = Chrome::signed(&signed, "/", &name);
    let description = away(move || Ok(describe(&signed.office, &name)?)).await?;
    let summary = &description.summary;
    let absent =
        summary.coverage.iter().filter(|line| !line.present).map(|line| line.title.clone()).collect();
    let coverage = summary.coverage.iter().filter(|line| line.present).map(|line| {
        let worst = line
            .offices
            .iter()
            .filter_map(|office| Some((office.share()?, office)))
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(share, office)| format!("{}: {}", office.office, percent(Some(share))));
        CoverageLine {
            title: line.title.clone(),
            known: whole(line.known),
            missing: whole(line.missing),
            unreadable: whole(line.unreadable),
            share: percent(line.share()),
            worst: worst.unwrap_or_else(|| "–".into()),
        }
    });
    let day = |day: Option<jiff::civil::Date>| day.map_or_else(|| "nicht angegeben".into(), date::german);
    let page_of = One {
        chrome,
        rows: whole(summary.rows),
        placed: summary.placed.map_or_else(
            || "ohne Gebiete".into(),
            |placed| {
                format!(
                    "{} ({})",
                    whole(placed),
                    percent((summary.rows > 0).then(|| placed as f64 / summary.rows as f64))
                )
            },
        ),
        reference: day(description.reference),
        keep_until: day(description.keep_until),
        coverage: coverage.collect(),
        absent,
        description,
    };
    page(&page_of)
}
