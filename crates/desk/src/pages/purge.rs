//! Taking out again: a dataset, its particulars, one person.

use crate::form::Form;
use crate::gate::Signed;
use crate::look::{Chrome, page};
use crate::pages::away;
use crate::problem::Problem;
use crate::state::Desk;
use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use kekiz_persons::{DatasetLine, PurgeReport, list, purge_dataset, purge_linking, purge_person};

pub(super) fn router() -> Router<Desk> {
    Router::new().route("/loeschen", get(show).post(take_out))
}

#[derive(Template)]
#[template(path = "purge.html")]
struct Page {
    chrome: Chrome,
    datasets: Vec<DatasetLine>,
    done: Option<PurgeReport>,
    problem: String,
}

async fn show(signed: Signed) -> Result<Response, Problem> {
    answer(signed, None, String::new()).await
}

async fn answer(signed: Signed, done: Option<PurgeReport>, problem: String) -> Result<Response, Problem> {
    let chrome = Chrome::signed(&signed, "/loeschen", "Löschen");
    let datasets = away(move || Ok(list(&signed.office)?)).await?;
    page(&Page { chrome, datasets, done, problem })
}

async fn take_out(signed: Signed, form: Form) -> Result<Response, Problem> {
    let (what, name) = (form.text("was").to_string(), form.text("name").to_string());
    let typed = form.text("bestaetigung").to_string();
    let sure = match what.as_str() {
        "person" => typed == "LÖSCHEN",
        _ => typed == name && !name.is_empty(),
    };
    if !sure {
        let problem = match what.as_str() {
            "person" => "Es wurde nichts gelöscht. Abhilfe: zur Bestätigung LÖSCHEN eingeben.".to_string(),
            _ => "Es wurde nichts gelöscht. Abhilfe: zur Bestätigung den Namen des Datensatzes eingeben."
                .to_string(),
        };
        return answer(signed, None, problem).await;
    }
    let office = signed.office.clone();
    let done = away(move || {
        let done = match what.as_str() {
            "datensatz" => purge_dataset(&office, &name),
            "hilfsmerkmale" => purge_linking(&office, &name),
            "person" => purge_person(&office, &name),
            _ => {
                return Err(Problem::input("Was gelöscht werden soll, fehlt. Abhilfe: die Seite neu laden."));
            }
        };
        Ok(done)
    })
    .await?;
    match done {
        Ok(done) => answer(signed, Some(done), String::new()).await,
        Err(error) => answer(signed, None, error.to_string()).await,
    }
}
