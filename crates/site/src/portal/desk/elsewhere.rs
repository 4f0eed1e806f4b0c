//! `/oidc/anmelden`, `/oidc/zurueck`, `/konto/oidc`: logging in at the municipality's own provider.

use crate::ask::Ask;
use crate::layout::Chrome;
use crate::pages::PageError;
use crate::portal::desk::gate::{self, Form, Guest, Signed};
use crate::portal::desk::{enter, look, open_page, signed_form};
use crate::portal::family::Made;
use crate::state::SiteState;
use axum::routing::{MethodRouter, post};
use kekiz_portal::elsewhere::{Back, Errand};

/// The routes of this module.
pub(super) fn routes() -> Vec<(&'static str, MethodRouter<SiteState>)> {
    vec![
        ("/oidc/anmelden", open_page!(go)),
        ("/oidc/zurueck", open_page!(back)),
        ("/konto/oidc", post(signed_form!(link))),
        ("/konto/oidc/loesen", post(signed_form!(unlink))),
    ]
}

/// Sends the browser to the provider; the cookie finds this login again.
async fn go(state: &SiteState, ask: &Ask, guest: &Guest) -> Result<Made, PageError> {
    let errand = match ask.params.get("einladung") {
        Some(secret) => Errand::Accept(secret.to_string()),
        None => Errand::Enter(ask.params.get("weiter").and_then(gate::onward).unwrap_or("").to_string()),
    };
    match guest.portal.go_to_provider(errand).await {
        Ok((address, token)) => look::go_on_journey(&address, &token),
        Err(error) => enter::refused(state, ask, guest, look::mend(error)?),
    }
}

async fn back(state: &SiteState, ask: &Ask, guest: &Guest) -> Result<Made, PageError> {
    let given = |name: &str| ask.params.get(name).unwrap_or("");
    let journey = guest.journey.as_deref().unwrap_or("");
    match guest.portal.come_back(journey, given("state"), given("code"), &guest.device).await {
        Ok(Back::Entered { entered, onward }) => enter::arrive(guest, &entered.token, &onward).await,
        Ok(Back::Linked) => look::go("/konto?neu=verknuepft"),
        Err(error) => enter::refused(state, ask, guest, look::mend(error)?),
    }
}

#[derive(askama::Template)]
#[template(path = "portal/desk/elsewhere.html")]
struct Page {
    chrome: Chrome,
    label: String,
    address: String,
}

/// A page with a link: browsers let a form lead to this site only.
async fn link(state: &SiteState, _: &Ask, signed: &Signed, _: &Form) -> Result<Made, PageError> {
    let account = signed.actor.account().unwrap_or_default().to_string();
    let (address, token) = signed.portal.go_to_provider(Errand::Link(account)).await?;
    let label = signed.portal.login_provider().map(|one| one.label.clone()).unwrap_or_default();
    let chrome = look::signed(state, signed, "Anmeldung verknüpfen").crumb("Mein Konto", "/konto");
    look::page_of_journey(&Page { chrome, label, address }, &token)
}

async fn unlink(_: &SiteState, _: &Ask, signed: &Signed, _: &Form) -> Result<Made, PageError> {
    match signed.portal.unlink_provider(&signed.actor).await {
        Ok(()) => look::go("/konto?neu=geloest"),
        Err(error) => Err(PageError::BadParameter(look::mend(error)?)),
    }
}
