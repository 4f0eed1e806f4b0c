//! `/merkliste`: offers a reader has marked. The list is in the address; JavaScript keeps it on the device.

use crate::ask::{Ask, Params};
use crate::pages::PageError;
use crate::portal::family::{Frame, Made, absolute, family, portal};
use crate::portal::tongue::Tongue;
use crate::portal::view::{self, CardView};
use crate::state::SiteState;
use axum::Router;
use kekiz_portal::offers::OfferId;

/// The routes of this module.
pub(crate) fn router() -> Router<SiteState> {
    Router::new().route("/merkliste", family!(show))
}

/// Most offers on a list.
pub(crate) const MOST: usize = 100;

#[derive(askama::Template)]
#[template(path = "portal/bookmarks.html")]
struct Page {
    frame: Frame,
    cards: Vec<CardView>,
    address: String,
    files: Vec<(&'static str, String)>,
    search: String,
}

/// The ids in the address, each once.
pub(crate) fn ids(params: &Params) -> Vec<OfferId> {
    let mut found: Vec<OfferId> = Vec::new();
    for (_, value) in params.iter().filter(|(name, _)| *name == "id") {
        let id = OfferId(value.to_string());
        if !found.contains(&id) && found.len() < MOST {
            found.push(id);
        }
    }
    found
}

/// The address of a path with these ids.
fn list_url(t: Option<&Tongue>, path: &str, ids: &[OfferId]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for id in ids {
        query.append_pair("id", id.as_str());
    }
    if let Some(t) = t.filter(|t| t.code != "de") {
        query.append_pair("sprache", t.code);
    }
    let query = query.finish();
    if query.is_empty() { path.to_string() } else { format!("{path}?{query}") }
}

async fn show(state: &SiteState, ask: &Ask) -> Result<Made, PageError> {
    let portal = portal(state)?;
    let t = Tongue::of(&ask.params);
    let wanted = ids(&ask.params);
    let moment = portal.now();
    let offers = portal.public_offers(&wanted).await?;
    let there: Vec<OfferId> = offers.iter().map(|offer| offer.id.clone()).collect();
    let cards = offers
        .iter()
        .zip(1..)
        .filter_map(|(offer, number)| {
            let mut card = view::card(t, &portal.card(offer, &moment)?, number);
            let rest: Vec<OfferId> = there.iter().filter(|id| **id != offer.id).cloned().collect();
            card.forget = Some(list_url(Some(t), "/merkliste", &rest));
            card.why.clear();
            Some(card)
        })
        .collect();
    let mut frame = Frame::new(state, ask, &Params::default(), t.t("bookmarks_title"));
    for (link, tongue) in frame.languages.iter_mut().zip(Tongue::all()) {
        link.url = list_url(Some(tongue), "/merkliste", &there);
    }
    frame.current = "merkliste";
    frame.noindex = true;
    let file = |name, ending: &str| (name, list_url(None, &format!("/hilfe/liste.{ending}"), &there));
    Made::page(&Page {
        address: absolute(state, ask, &list_url(Some(t), "/merkliste", &there)),
        files: vec![file("PDF", "pdf"), file("iCal", "ics"), file("CSV", "csv")],
        search: t.link("/hilfe"),
        cards,
        frame,
    })
}
