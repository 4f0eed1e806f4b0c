//! `/anmelden`, `/anmelden/code`, `/abmelden`.

use crate::ask::{Ask, Params};
use crate::layout::Chrome;
use crate::pages::PageError;
use crate::portal::desk::gate::{self, Form, Guest};
use crate::portal::desk::{look, open_form, open_page};
use crate::portal::family::Made;
use crate::state::SiteState;
use axum::http::StatusCode;
use axum::routing::MethodRouter;

/// The routes of this module.
pub(super) fn routes() -> Vec<(&'static str, MethodRouter<SiteState>)> {
    vec![
        ("/anmelden", open_page!(show).post(open_form!(send))),
        ("/anmelden/code", open_page!(show_code).post(open_form!(send_code))),
        ("/abmelden", open_page!(leave_page).post(open_form!(leave))),
    ]
}

#[derive(askama::Template)]
#[template(path = "portal/desk/enter.html")]
struct Page {
    chrome: Chrome,
    token: String,
    email: String,
    onward: String,
    /// The municipality's own login: what the button says and where it leads.
    provider: Option<(String, String)>,
    /// What just happened: `abgemeldet`, `passwort`, `willkommen`.
    news: &'static str,
    problem: Option<String>,
}

fn page(state: &SiteState, ask: &Ask, guest: &Guest) -> Page {
    let news = match ask.params.get("neu") {
        Some("abgemeldet") => "Sie sind abgemeldet.",
        Some("passwort") => "Das neue Passwort gilt. Bitte melden Sie sich damit an.",
        Some("willkommen") => "Ihr Zugang ist eingerichtet. Bitte melden Sie sich jetzt an.",
        Some("geloescht") => "Ihr Konto und alles, was zu Ihrer Person gespeichert war, ist gelöscht.",
        _ => "",
    };
    let onward = ask.params.get("weiter").and_then(gate::onward).unwrap_or("").to_string();
    let provider = guest.portal.login_provider().map(|one| {
        let way = Params::default().with("weiter", Some(onward.as_str()).filter(|way| !way.is_empty()));
        (one.label.clone(), way.url("/oidc/anmelden"))
    });
    Page {
        provider,
        chrome: look::open(state, "Anmelden"),
        token: guest.token(),
        email: String::new(),
        onward,
        news,
        problem: None,
    }
}

async fn show(state: &SiteState, ask: &Ask, guest: &Guest) -> Result<Made, PageError> {
    match &guest.visitor {
        Some(visitor) => look::go(look::start(&visitor.actor)),
        None => look::guest(guest, StatusCode::OK, &page(state, ask, guest)),
    }
}

async fn send(state: &SiteState, ask: &Ask, guest: &Guest, form: &Form) -> Result<Made, PageError> {
    let (email, password) = (form.text("email"), form.text("passwort"));
    let onward = gate::onward(form.text("weiter")).unwrap_or("");
    match guest.portal.log_in(email, password, &guest.origin, &guest.device).await {
        Ok(entered) if entered.code_wanted => {
            let to = Params::default().with("weiter", Some(onward).filter(|way| !way.is_empty()));
            look::go_with(&to.url("/anmelden/code"), Some(&entered.token))
        }
        Ok(entered) => arrive(guest, &entered.token, onward).await,
        Err(error) => {
            let problem = Some(look::mend(error)?);
            let (email, onward) = (email.to_string(), onward.to_string());
            let page = Page { email, onward, problem, ..page(state, ask, guest) };
            look::guest(guest, StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// The login page with what went wrong.
pub(super) fn refused(
    state: &SiteState,
    ask: &Ask,
    guest: &Guest,
    problem: String,
) -> Result<Made, PageError> {
    let page = Page { problem: Some(problem), ..page(state, ask, guest) };
    look::guest(guest, StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// After the login: where the person wanted to go, else where their work is.
pub(super) async fn arrive(guest: &Guest, secret: &str, onward: &str) -> Result<Made, PageError> {
    let visitor = guest.portal.visitor(secret).await?;
    let start = visitor.map_or("/konto", |visitor| look::start(&visitor.actor));
    look::go_with(if onward.is_empty() { start } else { onward }, Some(secret))
}

#[derive(askama::Template)]
#[template(path = "portal/desk/code.html")]
struct Code {
    chrome: Chrome,
    token: String,
    onward: String,
    problem: Option<String>,
}

fn code_page(state: &SiteState, guest: &Guest, onward: &str) -> Code {
    let chrome = look::open(state, "Code eingeben").crumb("Anmelden", "/anmelden");
    Code { chrome, token: guest.token(), onward: onward.to_string(), problem: None }
}

async fn show_code(state: &SiteState, ask: &Ask, guest: &Guest) -> Result<Made, PageError> {
    if !guest.portal.waits_for_code(&guest.secret).await? {
        return look::go("/anmelden");
    }
    let onward = ask.params.get("weiter").and_then(gate::onward).unwrap_or("");
    look::guest(guest, StatusCode::OK, &code_page(state, guest, onward))
}

async fn send_code(state: &SiteState, _: &Ask, guest: &Guest, form: &Form) -> Result<Made, PageError> {
    let onward = gate::onward(form.text("weiter")).unwrap_or("");
    if !guest.portal.waits_for_code(&guest.secret).await? {
        return look::go("/anmelden");
    }
    match guest.portal.give_code(&guest.secret, form.text("code"), &guest.device).await {
        Ok(secret) => arrive(guest, &secret, onward).await,
        Err(error) => {
            let page = Code { problem: Some(look::mend(error)?), ..code_page(state, guest, onward) };
            look::guest(guest, StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

async fn leave_page(_: &SiteState, _: &Ask, guest: &Guest) -> Result<Made, PageError> {
    look::go(guest.visitor.as_ref().map_or("/anmelden", |_| "/konto"))
}

async fn leave(_: &SiteState, _: &Ask, guest: &Guest, _: &Form) -> Result<Made, PageError> {
    guest.portal.log_out(&guest.secret).await?;
    look::go_with("/anmelden?neu=abgemeldet", None)
}
