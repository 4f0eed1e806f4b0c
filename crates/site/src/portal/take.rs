//! `/hilfe/liste.{csv|geojson|ics|jsonld|pdf}` and `/hilfe/karte.svg`: what a search or a list of bookmarks holds.

use crate::ask::Ask;
use crate::pages::PageError;
use crate::portal::bookmarks::ids;
use crate::portal::family::{Made, family, portal};
use crate::portal::find::{PARAMETERS, question};
use crate::portal::hitmap::{Mark, hit_map};
use crate::portal::tongue::Tongue;
use crate::portal::view;
use crate::state::SiteState;
use axum::Router;
use kekiz_portal::exchange::FileKind;

/// The routes of this module.
pub(crate) fn router() -> Router<SiteState> {
    let endings = ["csv", "geojson", "ics", "jsonld", "pdf"];
    let routes = endings
        .into_iter()
        .fold(Router::new(), |routes, ending| routes.route(&format!("/hilfe/liste.{ending}"), family!(file)));
    routes.route("/hilfe/karte.svg", family!(map))
}

async fn file(state: &SiteState, ask: &Ask) -> Result<Made, PageError> {
    let portal = portal(state)?;
    let (_, ending) = ask.path.rsplit_once('.').unwrap_or(("", ""));
    let kind = FileKind::from_ending(ending).ok_or_else(|| {
        PageError::NotFound(
            "Diese Datei gibt es nicht. Möglich sind csv, geojson, ics, jsonld und pdf.".into(),
        )
    })?;
    let t = Tongue::of(&ask.params);
    let moment = portal.now();
    let wanted = ids(&ask.params);
    let offers = if wanted.is_empty() {
        let question = question(&ask.params.only(&PARAMETERS), t);
        portal.find_all(&question, &moment, kind.most()).await?
    } else {
        portal.public_offers(&wanted).await?
    };
    if offers.is_empty() {
        return Err(PageError::NotFound(
            "Für diese Auswahl gibt es keine Angebote, also auch keine Liste. Bitte weniger Filter wählen."
                .into(),
        ));
    }
    let title = match ask.params.get("q") {
        Some(text) => format!("Hilfe für Familien: {text}"),
        None => "Hilfe für Familien".to_string(),
    };
    let bytes = portal.file(kind, &title, offers, &moment).await?;
    Ok(Made::file(kind.media_type(), Some(&format!("hilfe.{ending}")), bytes))
}

async fn map(state: &SiteState, ask: &Ask) -> Result<Made, PageError> {
    let portal = portal(state)?;
    let t = Tongue::of(&ask.params);
    let question = question(&ask.params.only(&PARAMETERS), t);
    let answer = portal.find(&question, &portal.now()).await?;
    let marks = answer.cards.iter().zip(1..).filter_map(|(card, number)| {
        let (lon, lat) = card.point?;
        let name = view::texts(t, &card.offer, "").name.text;
        Some(Mark { number, name, position: state.atlas.plane(lon, lat)? })
    });
    let centre =
        answer.place.and_then(|place| place.point()).and_then(|(lon, lat)| state.atlas.plane(lon, lat));
    let svg = hit_map(&state.atlas, &marks.collect::<Vec<_>>(), centre);
    Ok(Made::file("image/svg+xml", None, svg.into_bytes()))
}
