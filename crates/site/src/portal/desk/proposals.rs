//! `/konto/vorschlag/{id}` and `/traeger/vorschlaege`: changes to offers one does not keep, and deciding them one by one.

use crate::ask::Ask;
use crate::layout::Chrome;
use crate::pages::PageError;
use crate::portal::desk::fields::{Group, Kind};
use crate::portal::desk::gate::{Form, Signed};
use crate::portal::desk::provider::{german_day, id};
use crate::portal::desk::{look, signed_form, signed_page};
use crate::portal::desk::{offer_answers, offer_fields};
use crate::portal::family::Made;
use crate::state::SiteState;
use axum::http::StatusCode;
use axum::routing::{MethodRouter, post};
use kekiz_portal::offers::Offer;
use kekiz_portal::proposals::Proposal;
use kekiz_portal::{Moment, PortalError};

/// The routes of this module.
pub(super) fn routes() -> Vec<(&'static str, MethodRouter<SiteState>)> {
    vec![
        ("/konto/vorschlag/{id}", signed_page!(show).post(signed_form!(propose))),
        ("/traeger/vorschlaege", signed_page!(list)),
        ("/traeger/vorschlaege/{id}", post(signed_form!(decide))),
    ]
}

#[derive(askama::Template)]
#[template(path = "portal/desk/propose.html")]
struct Page {
    chrome: Chrome,
    token: String,
    action: String,
    revision: u64,
    offer: String,
    public_url: String,
    groups: Vec<Group>,
    wrong: String,
    note: String,
    /// How many fields were proposed; 0 before.
    sent: usize,
    problem: Option<String>,
}

fn page(state: &SiteState, signed: &Signed, offer: &Offer) -> Page {
    Page {
        chrome: look::signed(state, signed, "Änderung vorschlagen")
            .crumb(offer.name(), format!("/hilfe/{}", offer.id)),
        token: signed.token(),
        action: format!("/konto/vorschlag/{}", offer.id),
        revision: offer.revision,
        offer: offer.name().to_string(),
        public_url: format!("/hilfe/{}", offer.id),
        groups: offer_fields::form(&signed.portal, offer, &[]),
        wrong: String::new(),
        note: String::new(),
        sent: 0,
        problem: None,
    }
}

async fn show(state: &SiteState, ask: &Ask, signed: &Signed) -> Result<Made, PageError> {
    let offer = signed.portal.proposable(&signed.actor, &id(ask), None).await?;
    let sent = ask.params.get("gesendet").and_then(|text| text.parse().ok()).unwrap_or(0);
    Made::page(&Page { sent, ..page(state, signed, &offer) })
}

async fn propose(state: &SiteState, ask: &Ask, signed: &Signed, form: &Form) -> Result<Made, PageError> {
    let portal = &signed.portal;
    let revision = form.text("fassung").parse().unwrap_or(0);
    let mut offer = portal.proposable(&signed.actor, &id(ask), Some(revision)).await?;
    let note = form.text("begruendung").to_string();
    let (wrong, problem) = match offer_answers::read(portal, &mut offer, form) {
        Err((wrong, message)) => (wrong, message),
        Ok(()) => match portal.propose(&signed.actor, &offer, &note).await {
            Ok(count) => return look::go(&format!("/konto/vorschlag/{}?gesendet={count}", offer.id)),
            Err(error) => (String::new(), look::mend(error)?),
        },
    };
    let page = Page { wrong, problem: Some(problem), note, ..page(state, signed, &offer) };
    Made::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

struct Row {
    proposal: Proposal,
    day: String,
    /// The first of its offer: the name of the offer and the way to it are shown.
    first: bool,
}

#[derive(askama::Template)]
#[template(path = "portal/desk/proposals.html")]
struct List {
    chrome: Chrome,
    token: String,
    rows: Vec<Row>,
    news: &'static str,
    problem: Option<String>,
}

async fn made(state: &SiteState, ask: &Ask, signed: &Signed) -> Result<List, PageError> {
    let mut before = String::new();
    let rows = signed.portal.open_proposals(&signed.actor).await?.into_iter().map(|proposal| {
        let first = before != proposal.request.offer;
        before.clone_from(&proposal.request.offer);
        let day = german_day(Moment::of(proposal.request.proposed_at.timestamp()).local.date());
        Row { proposal, day, first }
    });
    let rows = rows.collect();
    let news = match ask.params.get("neu") {
        Some("ja") => "Übernommen.",
        Some("nein") => "Abgelehnt. Das Angebot bleibt, wie es ist.",
        _ => "",
    };
    Ok(List {
        chrome: look::signed(state, signed, "Vorgeschlagene Änderungen").crumb("Meine Angebote", "/traeger"),
        token: signed.token(),
        rows,
        news,
        problem: None,
    })
}

async fn list(state: &SiteState, ask: &Ask, signed: &Signed) -> Result<Made, PageError> {
    Made::page(&made(state, ask, signed).await?)
}

async fn decide(state: &SiteState, ask: &Ask, signed: &Signed, form: &Form) -> Result<Made, PageError> {
    let accepted = form.text("wie") == "uebernehmen";
    let (seen, note) = (form.text("gesehen") == "ja", form.text("begruendung"));
    let done = signed.portal.decide_proposal(&signed.actor, ask.segment("id"), accepted, seen, note).await;
    match done {
        Ok(()) => look::go(&format!("/traeger/vorschlaege?neu={}", if accepted { "ja" } else { "nein" })),
        Err(PortalError::Invalid { message, .. }) => {
            let page = List { problem: Some(message), ..made(state, ask, signed).await? };
            Made::page_with(StatusCode::CONFLICT, &page)
        }
        Err(error) => Err(error.into()),
    }
}
