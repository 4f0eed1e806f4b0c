//! `/einladung/{token}`, `/passwort`, `/passwort/{token}`: what links in mails lead to.

use crate::ask::Ask;
use crate::layout::Chrome;
use crate::pages::PageError;
use crate::portal::desk::gate::{Form, Guest};
use crate::portal::desk::{look, open_form, open_page};
use crate::portal::family::Made;
use crate::state::SiteState;
use axum::http::StatusCode;
use axum::routing::MethodRouter;
use kekiz_portal::PortalError;
use kekiz_portal::people::Refusal;

/// The routes of this module.
pub(super) fn routes() -> Vec<(&'static str, MethodRouter<SiteState>)> {
    vec![
        ("/einladung/{token}", open_page!(show_invitation).post(open_form!(accept))),
        ("/registrieren", open_page!(show_register).post(open_form!(register))),
        ("/passwort", open_page!(show_forgotten).post(open_form!(request))),
        ("/passwort/{token}", open_page!(show_reset).post(open_form!(reset))),
    ]
}

#[derive(askama::Template)]
#[template(path = "portal/desk/password.html")]
struct Password {
    chrome: Chrome,
    token: String,
    action: String,
    /// Name and address of the account.
    name: String,
    email: String,
    invitation: bool,
    /// For invitations: the municipality's own login and where it leads.
    provider: Option<(String, String)>,
    problem: Option<String>,
}

async fn password_page(
    state: &SiteState,
    ask: &Ask,
    guest: &Guest,
    invitation: bool,
) -> Result<Password, PageError> {
    let secret = ask.segment("token");
    let found = match invitation {
        true => guest.portal.invited(secret).await,
        false => guest.portal.reset_for(secret).await,
    };
    let account = found.map_err(|error| match error {
        PortalError::Account(Refusal::Link) => PageError::NotFound(error.to_string()),
        other => other.into(),
    })?;
    let title = if invitation { "Zugang einrichten" } else { "Neues Passwort" };
    Ok(Password {
        chrome: look::open(state, title),
        token: guest.token(),
        action: ask.path.clone(),
        name: account.name,
        email: account.email,
        invitation,
        provider: guest.portal.login_provider().filter(|_| invitation).map(|one| {
            let way = crate::ask::Params::default().with("einladung", Some(secret));
            (one.label.clone(), way.url("/oidc/anmelden"))
        }),
        problem: None,
    })
}

async fn show_invitation(state: &SiteState, ask: &Ask, guest: &Guest) -> Result<Made, PageError> {
    look::guest(guest, StatusCode::OK, &password_page(state, ask, guest, true).await?)
}

async fn show_reset(state: &SiteState, ask: &Ask, guest: &Guest) -> Result<Made, PageError> {
    look::guest(guest, StatusCode::OK, &password_page(state, ask, guest, false).await?)
}

/// The password of the form, typed twice alike.
fn chosen(form: &Form) -> Result<&str, String> {
    let password = form.text("passwort");
    if password == form.text("wiederholung") {
        Ok(password)
    } else {
        Err("Die beiden Passwörter sind verschieden. Abhilfe: beide noch einmal eingeben.".into())
    }
}

async fn accept(state: &SiteState, ask: &Ask, guest: &Guest, form: &Form) -> Result<Made, PageError> {
    choose(state, ask, guest, form, true).await
}

async fn reset(state: &SiteState, ask: &Ask, guest: &Guest, form: &Form) -> Result<Made, PageError> {
    choose(state, ask, guest, form, false).await
}

async fn choose(
    state: &SiteState,
    ask: &Ask,
    guest: &Guest,
    form: &Form,
    invitation: bool,
) -> Result<Made, PageError> {
    let page = password_page(state, ask, guest, invitation).await?;
    let secret = ask.segment("token");
    let problem = match chosen(form) {
        Err(problem) => problem,
        Ok(password) => {
            let done = match invitation {
                true => guest.portal.accept_invitation(secret, password).await.map(|_| ()),
                false => guest.portal.reset_password(secret, password).await,
            };
            match done {
                Ok(()) if invitation => return look::go("/anmelden?neu=willkommen"),
                Ok(()) => return look::go("/anmelden?neu=passwort"),
                Err(error) => look::mend(error)?,
            }
        }
    };
    let page = Password { problem: Some(problem), ..page };
    look::guest(guest, StatusCode::UNPROCESSABLE_ENTITY, &page)
}

#[derive(askama::Template)]
#[template(path = "portal/desk/register.html")]
struct Register {
    chrome: Chrome,
    token: String,
    name: String,
    email: String,
    sent: bool,
    problem: Option<String>,
}

fn registration(state: &SiteState, ask: &Ask, guest: &Guest) -> Register {
    Register {
        chrome: look::open(state, "Zugang beantragen").crumb("Anmelden", "/anmelden"),
        token: guest.token(),
        name: String::new(),
        email: String::new(),
        sent: ask.params.get("gesendet").is_some(),
        problem: None,
    }
}

async fn show_register(state: &SiteState, ask: &Ask, guest: &Guest) -> Result<Made, PageError> {
    look::guest(guest, StatusCode::OK, &registration(state, ask, guest))
}

async fn register(state: &SiteState, ask: &Ask, guest: &Guest, form: &Form) -> Result<Made, PageError> {
    let (email, name) = (form.text("email"), form.text("name"));
    match guest.portal.register(email, name, &guest.origin).await {
        Ok(()) => look::go("/registrieren?gesendet=1"),
        Err(error) => {
            let problem = Some(look::mend(error)?);
            let (email, name) = (email.to_string(), name.to_string());
            let page = Register { problem, email, name, ..registration(state, ask, guest) };
            look::guest(guest, StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

#[derive(askama::Template)]
#[template(path = "portal/desk/forgotten.html")]
struct Forgotten {
    chrome: Chrome,
    token: String,
    sent: bool,
    problem: Option<String>,
}

fn forgotten(state: &SiteState, ask: &Ask, guest: &Guest) -> Forgotten {
    Forgotten {
        chrome: look::open(state, "Passwort vergessen").crumb("Anmelden", "/anmelden"),
        token: guest.token(),
        sent: ask.params.get("gesendet").is_some(),
        problem: None,
    }
}

async fn show_forgotten(state: &SiteState, ask: &Ask, guest: &Guest) -> Result<Made, PageError> {
    look::guest(guest, StatusCode::OK, &forgotten(state, ask, guest))
}

async fn request(state: &SiteState, ask: &Ask, guest: &Guest, form: &Form) -> Result<Made, PageError> {
    match guest.portal.request_reset(form.text("email"), &guest.origin).await {
        Ok(()) => look::go("/passwort?gesendet=1"),
        Err(error) => {
            let page = Forgotten { problem: Some(look::mend(error)?), ..forgotten(state, ask, guest) };
            look::guest(guest, StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}
