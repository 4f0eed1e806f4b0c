//! `/konto/traeger` and `/koordination/anfragen`: asking to keep the offers of a provider, and deciding it.

use crate::ask::Ask;
use crate::layout::Chrome;
use crate::pages::PageError;
use crate::portal::desk::gate::{Form, Signed};
use crate::portal::desk::provider::german_day;
use crate::portal::desk::{look, signed_form, signed_page};
use crate::portal::family::Made;
use crate::state::SiteState;
use axum::http::StatusCode;
use axum::routing::{MethodRouter, post};
use kekiz_portal::Moment;
use kekiz_portal::claims::Claimed;
use kekiz_portal::offers::OrganizationId;
use kekiz_portal::people::{Action, Object};

/// The routes of this module.
pub(super) fn routes() -> Vec<(&'static str, MethodRouter<SiteState>)> {
    vec![
        ("/konto/traeger", signed_page!(show).post(signed_form!(claim))),
        ("/koordination/anfragen", signed_page!(list)),
        ("/koordination/anfragen/{id}", post(signed_form!(decide))),
    ]
}

/// Providers by name, as choices.
pub(super) fn providers(signed: &Signed) -> Vec<(String, String)> {
    let all = signed.portal.providers();
    let mut all: Vec<(String, String)> = all.iter().map(|(id, one)| (id.clone(), one.name.clone())).collect();
    all.sort_by(|one, other| one.1.cmp(&other.1));
    all
}

#[derive(askama::Template)]
#[template(path = "portal/desk/claim.html")]
struct Page {
    chrome: Chrome,
    token: String,
    providers: Vec<(String, String)>,
    chosen: String,
    grounds: String,
    sent: bool,
    problem: Option<String>,
}

fn page(state: &SiteState, ask: &Ask, signed: &Signed) -> Page {
    Page {
        chrome: look::signed(state, signed, "Angebote eines Trägers pflegen").crumb("Mein Konto", "/konto"),
        token: signed.token(),
        providers: providers(signed),
        chosen: ask.params.get("traeger").unwrap_or("").to_string(),
        grounds: String::new(),
        sent: ask.params.get("gesendet").is_some(),
        problem: None,
    }
}

async fn show(state: &SiteState, ask: &Ask, signed: &Signed) -> Result<Made, PageError> {
    Made::page(&page(state, ask, signed))
}

async fn claim(state: &SiteState, ask: &Ask, signed: &Signed, form: &Form) -> Result<Made, PageError> {
    let (chosen, grounds) = (form.text("traeger").to_string(), form.text("grund").to_string());
    match signed.portal.claim(&signed.actor, &OrganizationId(chosen.clone()), &grounds).await {
        Ok(()) => look::go("/konto/traeger?gesendet=1"),
        Err(error) => {
            let problem = Some(look::mend(error)?);
            let page = Page { problem, chosen, grounds, ..page(state, ask, signed) };
            Made::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

struct Row {
    claimed: Claimed,
    day: String,
}

#[derive(askama::Template)]
#[template(path = "portal/desk/claims.html")]
struct List {
    chrome: Chrome,
    token: String,
    rows: Vec<Row>,
    news: &'static str,
}

async fn list(state: &SiteState, ask: &Ask, signed: &Signed) -> Result<Made, PageError> {
    signed.actor.must(Action::DecideClaim, &Object::everything(), "über Anfragen entscheiden")?;
    let rows = signed.portal.open_claims(&signed.actor).await?.into_iter().map(|claimed| Row {
        day: german_day(Moment::of(claimed.claim.claimed_at.timestamp()).local.date()),
        claimed,
    });
    let news = match ask.params.get("neu") {
        Some("ja") => "Angenommen. Die Person pflegt die Angebote ab jetzt und bekommt eine Mail.",
        Some("nein") => "Abgelehnt. Die Person bekommt eine Mail.",
        _ => "",
    };
    Made::page(&List {
        chrome: look::signed(state, signed, "Anfragen von Trägern").crumb("Koordination", "/koordination"),
        token: signed.token(),
        rows: rows.collect(),
        news,
    })
}

async fn decide(_: &SiteState, ask: &Ask, signed: &Signed, form: &Form) -> Result<Made, PageError> {
    let granted = form.text("wie") == "annehmen";
    signed.portal.decide_claim(&signed.actor, ask.segment("id"), granted).await?;
    look::go(&format!("/koordination/anfragen?neu={}", if granted { "ja" } else { "nein" }))
}
