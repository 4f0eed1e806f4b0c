//! `/konto`: name, roles, password, second factor, export and deletion of what is stored about the person.

use crate::ask::Ask;
use crate::layout::Chrome;
use crate::pages::PageError;
use crate::portal::desk::gate::{Form, Signed};
use crate::portal::desk::{look, signed_form, signed_page};
use crate::portal::family::Made;
use crate::state::SiteState;
use axum::http::StatusCode;
use axum::routing::{MethodRouter, post};
use kekiz_portal::{Actor, Role, Scope};

/// The routes of this module.
pub(super) fn routes() -> Vec<(&'static str, MethodRouter<SiteState>)> {
    vec![
        ("/konto", signed_page!(show)),
        ("/konto/passwort", post(signed_form!(change_password))),
        ("/konto/code", signed_page!(show_code).post(signed_form!(begin_code))),
        ("/konto/code/bestaetigen", post(signed_form!(confirm_code))),
        ("/konto/code/entfernen", post(signed_form!(remove_code))),
        ("/konto/daten", signed_page!(data)),
        ("/konto/loeschen", post(signed_form!(delete))),
    ]
}

/// The German name of a role.
pub(crate) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Provider => "Träger",
        Role::Coordination => "Netzwerkkoordination",
        Role::Statistics => "Statistikstelle",
        Role::Land => "Land",
        Role::Administration => "Administration",
    }
}

#[derive(askama::Template)]
#[template(path = "portal/desk/account.html")]
struct Page {
    chrome: Chrome,
    token: String,
    name: String,
    email: String,
    roles: Vec<String>,
    has_code: bool,
    /// The municipality's own login, and whether it is linked.
    provider: Option<(String, bool)>,
    news: &'static str,
    problem: Option<String>,
}

async fn page(state: &SiteState, ask: &Ask, signed: &Signed) -> Result<Page, PageError> {
    let grants = match &signed.actor {
        Actor::Account { grants, .. } => grants.as_slice(),
        _ => &[],
    };
    let roles = grants.iter().map(|grant| match &grant.scope {
        Scope::Everywhere => role_name(grant.role).to_string(),
        Scope::Organization(id) => {
            format!("{}: {}", role_name(grant.role), signed.portal.provider_name(id))
        }
        Scope::Area(key) => format!("{} im Gebiet {key}", role_name(grant.role)),
    });
    let news = match ask.params.get("neu") {
        Some("passwort") => "Das neue Passwort gilt. Auf anderen Geräten sind Sie abgemeldet.",
        Some("code") => "Die Anmeldung fragt jetzt auch nach einem Code.",
        Some("verknuepft") => "Ab jetzt kommen Sie auch mit der Anmeldung der Verwaltung in Ihr Konto.",
        Some("geloest") => "Die Anmeldung der Verwaltung führt nicht mehr in dieses Konto.",
        Some("ohne") => "Die Anmeldung fragt nicht mehr nach einem Code.",
        _ => "",
    };
    Ok(Page {
        chrome: look::signed(state, signed, "Mein Konto"),
        token: signed.token(),
        name: signed.name.clone(),
        email: signed.email.clone(),
        roles: roles.collect(),
        has_code: signed.portal.has_factor(&signed.actor).await?,
        provider: match signed.portal.login_provider() {
            Some(one) => {
                Some((one.label.clone(), !signed.portal.my_identities(&signed.actor).await?.is_empty()))
            }
            None => None,
        },
        news,
        problem: None,
    })
}

async fn show(state: &SiteState, ask: &Ask, signed: &Signed) -> Result<Made, PageError> {
    Made::page(&page(state, ask, signed).await?)
}

async fn refused(state: &SiteState, ask: &Ask, signed: &Signed, problem: String) -> Result<Made, PageError> {
    let page = Page { problem: Some(problem), ..page(state, ask, signed).await? };
    Made::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

async fn change_password(
    state: &SiteState,
    ask: &Ask,
    signed: &Signed,
    form: &Form,
) -> Result<Made, PageError> {
    let (old, new) = (form.text("bisher"), form.text("passwort"));
    if new != form.text("wiederholung") {
        let problem = "Die beiden neuen Passwörter sind verschieden. Abhilfe: beide noch einmal eingeben.";
        return refused(state, ask, signed, problem.into()).await;
    }
    match signed.portal.change_password(&signed.actor, old, new, &signed.secret).await {
        Ok(()) => look::go("/konto?neu=passwort"),
        Err(error) => refused(state, ask, signed, look::mend(error)?).await,
    }
}

#[derive(askama::Template)]
#[template(path = "portal/desk/factor.html")]
struct Factor {
    chrome: Chrome,
    token: String,
    /// The secret to type and the picture to scan.
    secret: String,
    picture: String,
    /// Codes for the day the phone is gone; shown once.
    codes: Vec<String>,
    problem: Option<String>,
}

fn factor(state: &SiteState, signed: &Signed) -> Factor {
    Factor {
        chrome: look::signed(state, signed, "Code beim Anmelden").crumb("Mein Konto", "/konto"),
        token: signed.token(),
        secret: String::new(),
        picture: String::new(),
        codes: Vec::new(),
        problem: None,
    }
}

async fn show_code(state: &SiteState, _: &Ask, signed: &Signed) -> Result<Made, PageError> {
    Made::page(&factor(state, signed))
}

async fn begin_code(state: &SiteState, _: &Ask, signed: &Signed, _: &Form) -> Result<Made, PageError> {
    match signed.portal.enrol_factor(&signed.actor).await {
        Ok(enrolment) => {
            let code = qrcode::QrCode::new(enrolment.address.as_bytes())
                .map_err(|error| PageError::Internal(error.to_string()))?;
            let picture = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(220, 220).build();
            let picture = picture.split_once("?>").map_or(picture.clone(), |(_, svg)| svg.to_string());
            Made::page(&Factor { secret: enrolment.secret, picture, ..factor(state, signed) })
        }
        Err(error) => {
            let page = Factor { problem: Some(look::mend(error)?), ..factor(state, signed) };
            Made::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

async fn confirm_code(state: &SiteState, _: &Ask, signed: &Signed, form: &Form) -> Result<Made, PageError> {
    match signed.portal.confirm_factor(&signed.actor, form.text("code")).await {
        Ok(codes) => Made::page(&Factor { codes, ..factor(state, signed) }),
        Err(error) => {
            let problem = Some(look::mend(error)?);
            Made::page_with(StatusCode::UNPROCESSABLE_ENTITY, &Factor { problem, ..factor(state, signed) })
        }
    }
}

async fn remove_code(state: &SiteState, ask: &Ask, signed: &Signed, form: &Form) -> Result<Made, PageError> {
    match signed.portal.remove_factor(&signed.actor, form.text("passwort")).await {
        Ok(()) => look::go("/konto?neu=ohne"),
        Err(error) => refused(state, ask, signed, look::mend(error)?).await,
    }
}

async fn data(_: &SiteState, _: &Ask, signed: &Signed) -> Result<Made, PageError> {
    let found = signed.portal.personal_data(&signed.actor).await?;
    let bytes = serde_json::to_vec_pretty(&found).map_err(|error| PageError::Internal(error.to_string()))?;
    Ok(Made::file("application/json", Some("meine-daten.json"), bytes))
}

async fn delete(state: &SiteState, ask: &Ask, signed: &Signed, form: &Form) -> Result<Made, PageError> {
    if form.text("sicher") != "ja" {
        let problem = "Es wurde nichts gelöscht. Abhilfe: das Häkchen setzen, wenn Sie sicher sind.";
        return refused(state, ask, signed, problem.into()).await;
    }
    match signed.portal.delete_own_account(&signed.actor, form.text("passwort")).await {
        Ok(()) => look::go_with("/anmelden?neu=geloescht", None),
        Err(error) => refused(state, ask, signed, look::mend(error)?).await,
    }
}
