//! Counts by area for the atlas: into the figures vault, from where `kekiz release` brings them through the gate.

use crate::form::Form;
use crate::gate::Signed;
use crate::look::{Chrome, page_as, whole};
use crate::pages::away;
use crate::problem::Problem;
use crate::state::Desk;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use kekiz_persons::{compute, parse_counts};

pub(super) fn router() -> Router<Desk> {
    Router::new().route("/auszaehlen", get(show).post(count))
}

#[derive(Template)]
#[template(path = "counting.html")]
struct Page {
    chrome: Chrome,
    news: String,
    findings: Vec<String>,
    problem: String,
}

fn answer(
    signed: &Signed,
    news: String,
    findings: Vec<String>,
    problem: String,
) -> Result<Response, Problem> {
    let status = if problem.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let chrome = Chrome::signed(signed, "/auszaehlen", "Auszählen");
    page_as(status, &Page { chrome, news, findings, problem })
}

async fn show(signed: Signed) -> Result<Response, Problem> {
    answer(&signed, String::new(), Vec::new(), String::new())
}

async fn count(State(desk): State<Desk>, signed: Signed, mut form: Form) -> Result<Response, Problem> {
    let office = signed.office.clone();
    let done = away(move || {
        let Some(file) = form.file("vorschrift") else {
            return Err(Problem::input("Die Vorschrift fehlt. Abhilfe: eine TOML-Datei auswählen, wie für „kekiz vault compute“."));
        };
        let definitions = parse_counts(&file.name, &String::from_utf8_lossy(&file.bytes))?;
        let tree = desk.config().counts.areas().map_err(Problem::input)?;
        let (counts, findings) = compute(&office, &definitions, &tree, &file.name)?;
        let figures = desk.config().counts.store(&counts).map_err(Problem::input)?;
        let news = format!(
            "{} Datensätze ausgezählt: {} Zahlen liegen geschützt als „{}“. In den Atlas kommen sie mit „kekiz release“.",
            whole(counts.records),
            whole(figures),
            counts.dataset
        );
        Ok((news, findings.iter().map(ToString::to_string).collect()))
    })
    .await;
    match done {
        Ok((news, findings)) => answer(&signed, news, findings, String::new()),
        Err(problem) => answer(&signed, String::new(), Vec::new(), problem.message().into()),
    }
}
