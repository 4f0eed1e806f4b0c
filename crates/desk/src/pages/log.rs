//! The log of accesses, checked with the key.

use crate::gate::Signed;
use crate::look::{Chrome, page, whole};
use crate::pages::away;
use crate::problem::Problem;
use crate::state::Desk;
use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use kekiz_strongbox::audit::entries;
use kekiz_strongbox::{AuditReport, Entry};
use std::collections::BTreeMap;

pub(super) fn router() -> Router<Desk> {
    Router::new().route("/protokoll", get(show))
}

/// Entries of one page.
const PAGE: usize = 200;

#[derive(Template)]
#[template(path = "log.html")]
struct Page {
    chrome: Chrome,
    report: AuditReport,
    all: String,
    lines: Vec<Entry>,
    /// Number of the entry before which the next page begins.
    before: Option<u64>,
}

async fn show(Query(query): Query<BTreeMap<String, String>>, signed: Signed) -> Result<Response, Problem> {
    let chrome = Chrome::signed(&signed, "/protokoll", "Protokoll");
    let before = query.get("vor").and_then(|text| text.parse::<u64>().ok()).unwrap_or(u64::MAX);
    let (report, found) =
        away(move || Ok((signed.office.audit()?, entries(signed.office.strongbox().folder())?))).await?;
    let lines: Vec<Entry> =
        found.iter().rev().filter(|entry| entry.seq < before).take(PAGE).cloned().collect();
    let next = lines.last().map(|entry| entry.seq).filter(|seq| *seq > 1);
    page(&Page { chrome, report, all: whole(found.len() as u64), lines, before: next })
}
