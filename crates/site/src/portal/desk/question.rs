//! `/pruefen/{token}`: answering without login whether an offer still holds, by a link from a mail.
//!
//! Opening the link changes nothing, since mail programs open links by themselves; the answer is a form.

use crate::ask::Ask;
use crate::layout::Chrome;
use crate::pages::PageError;
use crate::portal::desk::gate::{Form, Guest};
use crate::portal::desk::provider::german_day;
use crate::portal::desk::{look, open_form, open_page};
use crate::portal::family::Made;
use crate::state::SiteState;
use axum::http::StatusCode;
use axum::routing::MethodRouter;
use kekiz_portal::offers::{Answer, Offer, opening};
use kekiz_portal::people::Refusal;
use kekiz_portal::{Portal, PortalError};

/// The routes of this module.
pub(super) fn routes() -> Vec<(&'static str, MethodRouter<SiteState>)> {
    vec![("/pruefen/{token}", open_page!(show).post(open_form!(answer)))]
}

#[derive(askama::Template)]
#[template(path = "portal/desk/question.html")]
struct Page {
    chrome: Chrome,
    token: String,
    action: String,
    name: String,
    offer: String,
    public_url: String,
    edit_url: String,
    /// What the offer says: label and text, what is empty left out.
    facts: Vec<(&'static str, String)>,
    checked: String,
    /// What was answered: `gilt` or `archivieren`; empty before.
    answered: &'static str,
}

/// What a person has to look at to say whether it still holds.
fn facts(portal: &Portal, offer: &Offer) -> Vec<(&'static str, String)> {
    let service = &offer.service;
    let address = offer.addresses().first().map_or_else(String::new, |one| {
        format!("{}, {} {}", one.address_1.trim(), one.postal_code.trim(), one.city.trim())
    });
    let hours = opening::Hours::of(offer);
    let facts = [
        ("Träger", portal.provider_of(offer)),
        ("Beschreibung", service.description.trim().to_string()),
        ("Ort", address),
        ("Öffnungszeiten", opening::german_text(hours.schedules())),
        ("Telefon", service.phones.iter().map(|one| one.number.trim()).collect::<Vec<_>>().join(", ")),
        ("E-Mail", service.email.trim().to_string()),
        ("Internet", service.url.trim().to_string()),
        ("Kosten", service.fees_description.trim().to_string()),
    ];
    facts.into_iter().filter(|(_, text)| !text.trim_matches([' ', ',']).is_empty()).collect()
}

async fn page(state: &SiteState, ask: &Ask, guest: &Guest) -> Result<Page, PageError> {
    let found = guest.portal.question(ask.segment("token")).await.map_err(gone)?;
    let offer = &found.offer;
    Ok(Page {
        chrome: look::open(state, "Stimmt das noch?"),
        token: guest.token(),
        action: ask.path.clone(),
        name: found.name,
        public_url: format!("/hilfe/{}", offer.id),
        edit_url: format!("/anmelden?weiter=/traeger/angebot/{}", offer.id),
        facts: facts(&guest.portal, offer),
        checked: offer.last_checked().map(german_day).unwrap_or_default(),
        offer: offer.name().to_string(),
        answered: "",
    })
}

/// A link that does not work any more is a page that is not there.
fn gone(error: PortalError) -> PageError {
    match error {
        PortalError::Account(Refusal::Link) => PageError::NotFound(
            "Dieser Link ist abgelaufen oder die Frage ist schon beantwortet. Abhilfe: anmelden und unter „Meine Angebote“ nachsehen.".into(),
        ),
        other => other.into(),
    }
}

async fn show(state: &SiteState, ask: &Ask, guest: &Guest) -> Result<Made, PageError> {
    look::guest(guest, StatusCode::OK, &page(state, ask, guest).await?)
}

async fn answer(state: &SiteState, ask: &Ask, guest: &Guest, form: &Form) -> Result<Made, PageError> {
    let page = page(state, ask, guest).await?;
    let (answer, answered) = match form.text("antwort") {
        "gilt" => (Answer::StillValid, "gilt"),
        "archivieren" => (Answer::Archive, "archivieren"),
        "aendern" => (Answer::Change, "aendern"),
        _ => return Err(PageError::BadParameter("Bitte eine der drei Antworten wählen.".into())),
    };
    guest.portal.answer_question(ask.segment("token"), answer).await.map_err(gone)?;
    match answer {
        Answer::Change => look::go(&page.edit_url),
        _ => look::guest(guest, StatusCode::OK, &Page { answered, ..page }),
    }
}
