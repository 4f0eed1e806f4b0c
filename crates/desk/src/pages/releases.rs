//! What leaves: through the gate, with what the gate did; and what left before.

use crate::form::Form;
use crate::gate::Signed;
use crate::look::{Chrome, file, page, percent, whole};
use crate::pages::analysis::ratio;
use crate::pages::away;
use crate::problem::Problem;
use crate::state::Desk;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use kekiz_base::Cell;
use kekiz_persons::{Released, parse_analysis, release};
use kekiz_strongbox::{Item, ItemKind};

pub(super) fn router() -> Router<Desk> {
    Router::new().route("/ausgaben", get(earlier).post(let_out)).route("/ausgaben/tabelle", post(csv))
}

#[derive(Template)]
#[template(path = "releases.html")]
struct Earlier {
    chrome: Chrome,
    items: Vec<Item>,
    policy: String,
}

async fn earlier(State(desk): State<Desk>, signed: Signed) -> Result<Response, Problem> {
    let chrome = Chrome::signed(&signed, "/ausgaben", "Ausgaben");
    let items = away(move || Ok(signed.office.strongbox().list()?)).await?;
    let items = items.into_iter().filter(|item| item.kind == ItemKind::Release).collect();
    page(&Earlier { chrome, items, policy: desk.config().policy.describe() })
}

/// A group of a released table.
struct GroupRow {
    label: String,
    cases: String,
    persons: String,
    share: String,
    note: &'static str,
}

/// A released table.
struct TableView {
    title: String,
    groups: Vec<GroupRow>,
    risk: String,
    odds: String,
    audit: Vec<(&'static str, String)>,
    receipt: String,
}

#[derive(Template)]
#[template(path = "released.html")]
struct Done {
    chrome: Chrome,
    title: String,
    protection: String,
    tables: Vec<TableView>,
    csv: String,
}

fn row(label: &str, cell: &Cell) -> GroupRow {
    let hidden = |note| GroupRow {
        label: label.into(),
        cases: "•".into(),
        persons: "•".into(),
        share: "•".into(),
        note,
    };
    match cell {
        Cell::Shown(figure) => {
            let count =
                |number: Option<f64>| number.map_or_else(|| "–".into(), |n| kekiz_base::number::german(n, 0));
            GroupRow {
                label: label.into(),
                cases: count(figure.numerator),
                persons: count(figure.denominator),
                share: percent(Some(figure.value / 100.0)),
                note: "",
            }
        }
        Cell::Suppressed { reason } => hidden(kekiz_base::Reason::text(*reason)),
        Cell::Missing { .. } => hidden("keine Angabe"),
    }
}

fn view(released: &Released) -> Vec<TableView> {
    let views = released.tables.iter().zip(&released.audits).map(|(table, audit)| TableView {
        title: table.title.clone(),
        groups: table.groups.iter().map(|(label, cell)| row(label, cell)).collect(),
        risk: ratio(table.risk_ratio),
        odds: ratio(table.odds_ratio),
        audit: vec![
            ("von sich aus geschützt", whole(audit.primary as u64)),
            ("gegengesperrt", whole(audit.secondary as u64)),
            ("im Angriff geprüft", whole(audit.attacked as u64)),
            ("geprüfte Beziehungen", whole(audit.relations as u64)),
            (
                "schmalster möglicher Bereich",
                audit.minimal_width.map_or_else(|| "nichts zu verbergen".into(), |width| width.to_string()),
            ),
            (
                "Bereiche genau bewiesen",
                if audit.exact { "ja".into() } else { format!("bis auf {}", audit.inexact) },
            ),
        ],
        receipt: table.receipt.clone(),
    });
    views.collect()
}

async fn let_out(State(desk): State<Desk>, signed: Signed, form: Form) -> Result<Response, Problem> {
    let chrome = Chrome::signed(&signed, "/ausgaben", "Ausgabe");
    let text = form.text("vorschrift").to_string();
    let released = away(move || {
        let definition = parse_analysis("Auswertung", &text)?;
        Ok(release(&signed.office, &definition, &desk.config().policy, "Auswertung")?)
    })
    .await?;
    page(&Done {
        chrome,
        title: released.title.clone(),
        protection: released.protection.clone(),
        tables: view(&released),
        csv: released.to_csv(),
    })
}

/// The protected table that the page carried, as a file. Nothing is computed anew, so nothing leaves that was not shown.
async fn csv(_signed: Signed, form: Form) -> Result<Response, Problem> {
    let table = form.text("tabelle").replace("\r\n", "\n");
    file("ausgabe.csv", "text/csv; charset=utf-8", format!("\u{feff}{table}\n").into_bytes())
}
