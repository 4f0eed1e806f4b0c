//! `/hilfe/{id}/fehler`: what readers report about an offer.

use crate::ask::{Ask, Params};
use crate::pages::PageError;
use crate::portal::family::{Frame, Made, family, portal, respond};
use crate::portal::offer::find;
use crate::portal::tongue::Tongue;
use crate::portal::view::{self, Marked};
use crate::state::SiteState;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use kekiz_portal::PortalError;
use kekiz_portal::offers::{Offer, OfferId};
use std::time::Instant;

/// The routes of this module.
pub(crate) fn router() -> Router<SiteState> {
    Router::new().route("/hilfe/{id}/fehler", family!(show).post(send))
}

#[derive(askama::Template)]
#[template(path = "portal/wrong.html")]
struct Page {
    frame: Frame,
    name: Marked,
    message: String,
    contact: String,
    problem: Option<&'static str>,
    done: bool,
    back: String,
    /// The way to propose a change, for who has an account.
    propose: String,
    action: String,
}

fn page(state: &SiteState, ask: &Ask, offer: &Offer) -> Page {
    let t = Tongue::of(&ask.params);
    let name = view::texts(t, offer, "").name;
    let path = view::offer_path(offer);
    let mut frame = Frame::new(state, ask, &Params::default(), t.t("wrong_title"));
    frame.crumbs.push((t.t("find_title").to_string(), t.link("/hilfe")));
    frame.crumbs.push((name.text.clone(), t.link(&path)));
    frame.current = "hilfe";
    frame.noindex = true;
    Page {
        name,
        message: String::new(),
        contact: String::new(),
        problem: None,
        done: ask.params.get("gesendet").is_some(),
        back: t.link(&path),
        propose: format!("/konto/vorschlag/{}", offer.id),
        action: t.link(&format!("{path}/fehler")),
        frame,
    }
}

async fn show(state: &SiteState, ask: &Ask) -> Result<Made, PageError> {
    match find(state, ask, portal(state)?).await? {
        Ok(offer) => Made::page(&page(state, ask, &offer)),
        Err(made) => Ok(made),
    }
}

async fn send(State(state): State<SiteState>, ask: Ask, body: Bytes) -> Response {
    let started = Instant::now();
    let made = receive(&state, &ask, &body).await;
    respond(&state, &ask, started, made)
}

/// Reports of one offer that are taken in an hour.
const IN_AN_HOUR: u32 = 20;

async fn receive(state: &SiteState, ask: &Ask, body: &[u8]) -> Result<Made, PageError> {
    let portal = portal(state)?;
    if !is_from_here(&ask.headers) {
        return Err(PageError::BadParameter(
            "Dieses Formular wurde von einer anderen Seite aus abgeschickt und deshalb nicht angenommen. Bitte die Seite des Angebots öffnen und dort noch einmal senden.".into(),
        ));
    }
    let offer = match find(state, ask, portal).await? {
        Ok(offer) => offer,
        Err(made) => return Ok(made),
    };
    let fields = Params::parse(&String::from_utf8_lossy(body));
    let (message, contact) = (fields.get("meldung").unwrap_or(""), fields.get("kontakt").unwrap_or(""));
    let t = Tongue::of(&ask.params);
    let thanks = t
        .keep(&Params::default().with("gesendet", Some("1")))
        .url(&format!("{}/fehler", view::offer_path(&offer)));
    // A field people do not see; programs fill it.
    if fields.get("webseite").is_some() {
        return Made::redirect(StatusCode::SEE_OTHER, &thanks);
    }
    let problem = match portal
        .report_error(&OfferId(offer.id.to_string()), message, contact, IN_AN_HOUR)
        .await
    {
        Ok(_) => return Made::redirect(StatusCode::SEE_OTHER, &thanks),
        Err(PortalError::TooMany) => "wrong_too_many",
        Err(PortalError::Invalid { field, .. }) if field == "meldung" && message.chars().count() < 100 => {
            "wrong_too_short"
        }
        Err(PortalError::Invalid { .. }) => "wrong_too_long",
        Err(other) => return Err(other.into()),
    };
    let page = Page {
        message: message.to_string(),
        contact: contact.to_string(),
        problem: Some(problem),
        ..page(state, ask, &offer)
    };
    Made::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Whether a form was sent from a page of this site, as far as the browser says (Fetch Metadata, else `Origin`). The
/// form has no session behind it, so there is nothing a token could be bound to.
fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match (text("origin"), headers.get(header::HOST).and_then(|value| value.to_str().ok())) {
        (Some(origin), Some(host)) => origin.split("//").nth(1) == Some(host),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_other_sites_are_known_by_their_headers() {
        for (pairs, here) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("origin", "https://kekiz.de"), ("host", "kekiz.de")], true),
            (&[("origin", "https://boese.de"), ("host", "kekiz.de")], false),
            (&[("origin", "null"), ("host", "kekiz.de")], false),
            (&[], true),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            assert_eq!(is_from_here(&headers), here, "{pairs:?}");
        }
    }
}
