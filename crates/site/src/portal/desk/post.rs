//! `/koordination/mails`: mails that could not be sent.

use crate::ask::Ask;
use crate::layout::Chrome;
use crate::pages::PageError;
use crate::portal::desk::gate::{Form, Signed};
use crate::portal::desk::provider::german_day;
use crate::portal::desk::{look, signed_form, signed_page};
use crate::portal::family::Made;
use crate::state::SiteState;
use axum::routing::{MethodRouter, post};
use kekiz_portal::Moment;

/// The routes of this module.
pub(super) fn routes() -> Vec<(&'static str, MethodRouter<SiteState>)> {
    vec![
        ("/koordination/mails", signed_page!(show)),
        ("/koordination/mails/{id}", post(signed_form!(settle))),
    ]
}

struct Row {
    id: String,
    recipient: String,
    subject: String,
    written: String,
    error: String,
}

#[derive(askama::Template)]
#[template(path = "portal/desk/mails.html")]
struct Page {
    chrome: Chrome,
    token: String,
    waiting: u64,
    rows: Vec<Row>,
    news: &'static str,
}

async fn show(state: &SiteState, ask: &Ask, signed: &Signed) -> Result<Made, PageError> {
    let found = signed.portal.post(&signed.actor).await?;
    let rows = found.given_up.into_iter().map(|mail| Row {
        written: german_day(Moment::of(mail.created_at.timestamp()).local.date()),
        id: mail.id,
        recipient: mail.recipient,
        subject: mail.subject,
        error: mail.last_error.unwrap_or_default(),
    });
    let news = match ask.params.get("neu") {
        Some("noch-einmal") => "Die Mail wird noch einmal verschickt.",
        Some("vergessen") => "Die Mail ist gelöscht.",
        _ => "",
    };
    Made::page(&Page {
        chrome: look::signed(state, signed, "Mails").crumb("Koordination", "/koordination"),
        token: signed.token(),
        waiting: found.waiting,
        rows: rows.collect(),
        news,
    })
}

async fn settle(_: &SiteState, ask: &Ask, signed: &Signed, form: &Form) -> Result<Made, PageError> {
    let again = form.text("wie") == "noch-einmal";
    signed.portal.settle_mail(&signed.actor, ask.segment("id"), again).await?;
    look::go(&format!("/koordination/mails?neu={}", if again { "noch-einmal" } else { "vergessen" }))
}
