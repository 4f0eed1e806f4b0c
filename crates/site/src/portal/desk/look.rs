//! What pages behind the login have around their content.

use crate::layout::{Chrome, Section, SignedIn};
use crate::pages::PageError;
use crate::portal::desk::gate::{self, Guest, Signed};
use crate::portal::family::Made;
use crate::state::SiteState;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kekiz_portal::people::{Action, Object};
use kekiz_portal::{Actor, PortalError};

/// The frame of a page for somebody who is not logged in (yet).
pub(crate) fn open(state: &SiteState, title: &str) -> Chrome {
    let mut chrome = Chrome::new(state, Section::Other, title);
    chrome.noindex = true;
    chrome.cookie = true;
    chrome
}

/// The frame of a page for somebody who is logged in.
pub(crate) fn signed(state: &SiteState, signed: &Signed, title: &str) -> Chrome {
    let mut chrome = open(state, title);
    chrome.signed =
        Some(SignedIn { name: signed.name.clone(), token: signed.token(), links: links(&signed.actor) });
    chrome
}

/// The pages somebody has, by their roles.
fn links(actor: &Actor) -> Vec<(&'static str, &'static str)> {
    let mut links = vec![("/traeger", "Meine Angebote")];
    if actor.may(Action::Coordinate, &Object::everything()) {
        links.push(("/koordination", "Koordination"));
    }
    links.push(("/konto", "Mein Konto"));
    links
}

/// Where somebody starts after the login.
pub(crate) fn start(actor: &Actor) -> &'static str {
    match actor.may(Action::Coordinate, &Object::everything()) {
        true => "/koordination",
        false if !actor.organizations().is_empty() => "/traeger",
        false => "/konto",
    }
}

/// A redirect after a form.
pub(crate) fn go(to: &str) -> Result<Made, PageError> {
    Made::redirect(StatusCode::SEE_OTHER, to)
}

/// A page for a guest, with the cookie where it is new.
pub(crate) fn guest(
    guest: &Guest,
    status: StatusCode,
    template: &impl askama::Template,
) -> Result<Made, PageError> {
    let body = template.render().map_err(|error| PageError::Internal(error.to_string()))?;
    let html = [(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))];
    Ok(Made::Other(guest.dress((status, html, body).into_response())))
}

/// A page from which a login by the provider can begin.
pub(crate) fn page_of_journey(template: &impl askama::Template, secret: &str) -> Result<Made, PageError> {
    let body = template.render().map_err(|error| PageError::Internal(error.to_string()))?;
    let html = [(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))];
    let mut response = (html, body).into_response();
    gate::set_journey(response.headers_mut(), secret);
    Ok(Made::Other(response))
}

/// A redirect to the provider.
pub(crate) fn go_on_journey(to: &str, secret: &str) -> Result<Made, PageError> {
    let mut response = redirect(to)?;
    gate::set_journey(response.headers_mut(), secret);
    Ok(Made::Other(response))
}

fn redirect(to: &str) -> Result<Response, PageError> {
    let to = HeaderValue::from_str(to).map_err(|error| PageError::Internal(error.to_string()))?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response())
}

/// A redirect that begins or ends a session.
pub(crate) fn go_with(to: &str, secret: Option<&str>) -> Result<Made, PageError> {
    let mut response = redirect(to)?;
    match secret {
        Some(secret) => gate::set(response.headers_mut(), secret),
        None => gate::clear(response.headers_mut()),
    }
    Ok(Made::Other(response))
}

/// The sentence for an error the person can mend; everything else is handed on.
pub(crate) fn mend(error: PortalError) -> Result<String, PageError> {
    match error {
        error if error.is_internal() => Err(error.into()),
        PortalError::Forbidden { .. } | PortalError::NotFound { .. } => Err(error.into()),
        other => Ok(other.to_string()),
    }
}
