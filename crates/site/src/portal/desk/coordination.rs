//! `/koordination`: what waits for who coordinates, invitations and accounts.

use crate::ask::Ask;
use crate::layout::Chrome;
use crate::pages::PageError;
use crate::portal::desk::account::role_name;
use crate::portal::desk::gate::{Form, Signed};
use crate::portal::desk::{look, signed_form, signed_page};
use crate::portal::family::Made;
use crate::state::SiteState;
use axum::http::StatusCode;
use axum::routing::{MethodRouter, post};
use kekiz_portal::people::{Action, Invitation, Object, State};
use kekiz_portal::{Grant, PortalError, Role, Scope};

/// The routes of this module.
pub(super) fn routes() -> Vec<(&'static str, MethodRouter<SiteState>)> {
    vec![
        ("/koordination", signed_page!(show)),
        ("/koordination/meldung/{id}", post(signed_form!(close))),
        ("/koordination/einladen", post(signed_form!(invite))),
        ("/koordination/zugaenge", signed_page!(show_accounts)),
        ("/koordination/zugaenge/{id}", post(signed_form!(block))),
    ]
}

/// The pages of the work that has no end.
const WORK: [(&str, &str, &str); 6] = [
    ("/koordination/leitbild", "Leitbild", "Leitsätze, Ziele, Beschlüsse des Rates"),
    ("/koordination/netzwerk", "Netzwerk", "Stellen, Vereinbarungen, Arbeitsgruppen, Aufgaben"),
    ("/koordination/planung", "Planungskreis", "Leitfragen mit Stand und Frist, Übergänge"),
    ("/koordination/teilnahme", "Teilnahme", "wer erreicht wird und wer nicht"),
    ("/koordination/import", "Angebote einlesen", "Listen und Kalender, mit Vorschau"),
    ("/koordination/doppelte", "Doppelte Angebote", "vergleichen, zusammenführen, trennen"),
];

struct Report {
    id: String,
    offer: String,
    url: String,
    message: String,
    contact: String,
}

#[derive(askama::Template)]
#[template(path = "portal/desk/coordination.html")]
struct Page {
    chrome: Chrome,
    token: String,
    reports: Vec<Report>,
    /// What waits: a link, what it leads to, how many.
    waiting: Vec<(&'static str, &'static str, usize)>,
    /// What can be kept: a link, what it is, a few words.
    work: Vec<(&'static str, &'static str, &'static str)>,
    providers: Vec<(String, String)>,
    manages: bool,
    news: &'static str,
    problem: Option<String>,
}

/// Only who coordinates comes in, whatever the page then shows.
fn must_coordinate(signed: &Signed) -> Result<(), PageError> {
    Ok(signed.actor.must(Action::Coordinate, &Object::everything(), "die Koordination")?)
}

async fn page(state: &SiteState, ask: &Ask, signed: &Signed) -> Result<Page, PageError> {
    must_coordinate(signed)?;
    let portal = &signed.portal;
    let reports = portal.open_reports(&signed.actor).await?.into_iter().map(|one| Report {
        url: format!("/traeger/angebot/{}", one.report.offer),
        offer: if one.offer.is_empty() { "Angebot, das es nicht mehr gibt".into() } else { one.offer },
        id: one.report.id,
        message: one.report.message,
        contact: one.report.contact.unwrap_or_default(),
    });
    let news = match ask.params.get("neu") {
        Some("eingeladen") => "Die Einladung ist unterwegs.",
        Some("erledigt") => "Die Meldung ist erledigt.",
        _ => "",
    };
    Ok(Page {
        chrome: look::signed(state, signed, "Koordination"),
        token: signed.token(),
        reports: reports.collect(),
        waiting: vec![
            (
                "/traeger",
                "Angebote, die Entwurf oder zu prüfen sind",
                portal.count_waiting(&signed.actor).await? as usize,
            ),
            (
                "/traeger/vorschlaege",
                "Vorgeschlagene Änderungen",
                portal.open_proposals(&signed.actor).await?.len(),
            ),
            (
                "/koordination/anfragen",
                "Anfragen von Trägern",
                portal.open_claims(&signed.actor).await?.len(),
            ),
            (
                "/koordination/mails",
                "Mails, die nicht ankamen",
                portal.post(&signed.actor).await?.given_up.len(),
            ),
        ],
        work: WORK.to_vec(),
        providers: super::claims::providers(signed),
        manages: signed.actor.may(Action::ManageAccounts, &Object::everything()),
        news,
        problem: None,
    })
}

async fn show(state: &SiteState, ask: &Ask, signed: &Signed) -> Result<Made, PageError> {
    Made::page(&page(state, ask, signed).await?)
}

async fn close(_: &SiteState, ask: &Ask, signed: &Signed, form: &Form) -> Result<Made, PageError> {
    let mended = form.text("wie") == "berichtigt";
    signed.portal.close_report(&signed.actor, ask.segment("id"), mended).await?;
    look::go("/koordination?neu=erledigt")
}

async fn invite(state: &SiteState, ask: &Ask, signed: &Signed, form: &Form) -> Result<Made, PageError> {
    must_coordinate(signed)?;
    let grant = match Role::from_word(form.text("aufgabe")) {
        Some(Role::Provider) | None => {
            let id = form.text("traeger").to_string();
            if !signed.portal.providers().contains_key(&id) {
                return Err(PortalError::NotFound { what: "Diesen Träger" }.into());
            }
            Grant { role: Role::Provider, scope: Scope::Organization(id) }
        }
        Some(role) => Grant { role, scope: Scope::Everywhere },
    };
    let invitation = Invitation {
        email: form.text("email").to_string(),
        name: form.text("name").to_string(),
        grant,
        language: "de".into(),
    };
    match signed.portal.invite(&signed.actor, &invitation).await {
        Ok(_) => look::go("/koordination?neu=eingeladen"),
        Err(error) => {
            let page = Page { problem: Some(look::mend(error)?), ..page(state, ask, signed).await? };
            Made::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

struct Row {
    id: String,
    name: String,
    email: String,
    roles: String,
    state: &'static str,
    blocked: bool,
}

#[derive(askama::Template)]
#[template(path = "portal/desk/accounts.html")]
struct Accounts {
    chrome: Chrome,
    token: String,
    rows: Vec<Row>,
    problem: Option<String>,
}

async fn accounts(state: &SiteState, signed: &Signed) -> Result<Accounts, PageError> {
    let rows = signed.portal.accounts(&signed.actor).await?.into_iter().map(|one| Row {
        roles: one.grants.iter().map(|grant| role_name(grant.role)).collect::<Vec<_>>().join(", "),
        state: match one.account.state {
            State::Active => "aktiv",
            State::Invited => "eingeladen",
            State::Blocked => "gesperrt",
        },
        blocked: one.account.state == State::Blocked,
        id: one.account.id,
        name: one.account.name,
        email: one.account.email,
    });
    Ok(Accounts {
        chrome: look::signed(state, signed, "Zugänge").crumb("Koordination", "/koordination"),
        token: signed.token(),
        rows: rows.collect(),
        problem: None,
    })
}

async fn show_accounts(state: &SiteState, _: &Ask, signed: &Signed) -> Result<Made, PageError> {
    Made::page(&accounts(state, signed).await?)
}

async fn block(state: &SiteState, ask: &Ask, signed: &Signed, form: &Form) -> Result<Made, PageError> {
    let blocked = form.text("stand") == "sperren";
    match signed.portal.set_blocked(&signed.actor, ask.segment("id"), blocked).await {
        Ok(()) => look::go("/koordination/zugaenge"),
        Err(error) if matches!(error, PortalError::Account(kekiz_portal::people::Refusal::Forbidden)) => {
            Err(error.into())
        }
        Err(error) => {
            let page = Accounts { problem: Some(look::mend(error)?), ..accounts(state, signed).await? };
            Made::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}
