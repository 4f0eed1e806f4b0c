//! `/traeger`: a provider's own offers, what they lack, what is due, and the form of one.

use crate::ask::Ask;
use crate::layout::Chrome;
use crate::pages::PageError;
use crate::portal::desk::fields::{Group, Kind};
use crate::portal::desk::gate::{Form, Signed};
use crate::portal::desk::{look, signed_form, signed_page};
use crate::portal::desk::{offer_answers, offer_fields};
use crate::portal::family::Made;
use crate::state::SiteState;
use axum::http::StatusCode;
use axum::routing::{MethodRouter, post};
use kekiz_portal::PortalError;
use kekiz_portal::edit::Mine;
use kekiz_portal::offers::{Answer, Offer, OfferId, OfferState, OrganizationId, field_label, value_text};
use kekiz_portal::people::{Action, Object};

/// The routes of this module.
pub(super) fn routes() -> Vec<(&'static str, MethodRouter<SiteState>)> {
    vec![
        ("/traeger", signed_page!(show).post(signed_form!(begin))),
        ("/traeger/angebot/{id}", signed_page!(edit).post(signed_form!(save))),
        ("/traeger/angebot/{id}/stand", post(signed_form!(step))),
    ]
}

struct Row {
    name: String,
    url: String,
    state: &'static str,
    /// Sentences on what is required and missing.
    missing: Vec<String>,
    due: String,
    is_due: bool,
    is_public: bool,
}

#[derive(askama::Template)]
#[template(path = "portal/desk/offers.html")]
struct List {
    chrome: Chrome,
    token: String,
    /// Providers this person keeps: id and name.
    providers: Vec<(String, String)>,
    rows: Vec<Row>,
    waiting: usize,
    problem: Option<String>,
}

pub(crate) fn german_day(day: jiff::civil::Date) -> String {
    format!("{}.{}.{}", day.day(), day.month(), day.year())
}

fn row(mine: Mine) -> Row {
    let name = mine.offer.name().trim();
    Row {
        name: if name.is_empty() { "Angebot ohne Namen".into() } else { name.to_string() },
        url: format!("/traeger/angebot/{}", mine.offer.id),
        state: mine.offer.state.label(),
        missing: mine.missing.iter().filter(|one| one.required).map(|one| one.sentence.clone()).collect(),
        due: mine.due_on.map(german_day).unwrap_or_default(),
        is_due: mine.is_due && mine.offer.state != OfferState::Draft,
        is_public: mine.offer.state.is_public(),
    }
}

async fn list(state: &SiteState, signed: &Signed) -> Result<List, PageError> {
    let mut mine = signed.portal.my_offers(&signed.actor).await?;
    let all_offers = signed.actor.may(Action::EditOffer, &Object::everything());
    if all_offers {
        mine.extend(signed.portal.waiting_offers(&signed.actor).await?);
    }
    let providers = match all_offers {
        true => super::claims::providers(signed),
        false => {
            let name = |id: &OrganizationId| (id.to_string(), signed.portal.provider_name(id.as_str()));
            signed.actor.organizations().iter().map(name).collect()
        }
    };
    let rows: Vec<Row> = mine.into_iter().map(row).collect();
    Ok(List {
        chrome: look::signed(state, signed, "Meine Angebote"),
        token: signed.token(),
        providers,
        waiting: rows.iter().filter(|one| one.is_due).count(),
        rows,
        problem: None,
    })
}

async fn show(state: &SiteState, _: &Ask, signed: &Signed) -> Result<Made, PageError> {
    Made::page(&list(state, signed).await?)
}

async fn begin(state: &SiteState, _: &Ask, signed: &Signed, form: &Form) -> Result<Made, PageError> {
    let owner = OrganizationId(form.text("traeger").to_string());
    match signed.portal.begin_offer(&signed.actor, &owner, form.text("name")).await {
        Ok(id) => look::go(&format!("/traeger/angebot/{id}")),
        Err(error) => {
            let page = List { problem: Some(look::mend(error)?), ..list(state, signed).await? };
            Made::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// A field two persons changed: its name, the stored value, this person's.
pub(super) struct Difference {
    pub(super) label: String,
    pub(super) stored: String,
    pub(super) yours: String,
}

#[derive(askama::Template)]
#[template(path = "portal/desk/offer.html")]
struct Page {
    chrome: Chrome,
    token: String,
    action: String,
    revision: u64,
    state: &'static str,
    due: String,
    is_due: bool,
    is_draft: bool,
    is_public: bool,
    can_publish: bool,
    public_url: String,
    required: Vec<String>,
    groups: Vec<Group>,
    /// Name of the field that is wrong.
    wrong: String,
    news: &'static str,
    problem: Option<String>,
    differences: Vec<Difference>,
}

fn page(state: &SiteState, signed: &Signed, mine: &Mine) -> Page {
    let offer = &mine.offer;
    let name = if offer.name().trim().is_empty() { "Angebot ohne Namen" } else { offer.name() };
    let required: Vec<String> =
        mine.missing.iter().filter(|one| one.required).map(|one| one.sentence.clone()).collect();
    Page {
        chrome: look::signed(state, signed, name).crumb("Meine Angebote", "/traeger"),
        token: signed.token(),
        action: format!("/traeger/angebot/{}", offer.id),
        revision: offer.revision,
        state: offer.state.label(),
        due: mine.due_on.map(german_day).unwrap_or_default(),
        is_due: mine.is_due && offer.state != OfferState::Draft,
        is_draft: matches!(offer.state, OfferState::Draft | OfferState::Archived),
        is_public: offer.state.is_public(),
        can_publish: required.is_empty(),
        public_url: format!("/hilfe/{}", offer.id),
        required,
        groups: offer_fields::form(&signed.portal, offer, &mine.missing),
        wrong: String::new(),
        news: "",
        problem: None,
        differences: Vec::new(),
    }
}

pub(super) fn id(ask: &Ask) -> OfferId {
    OfferId(ask.segment("id").to_string())
}

async fn edit(state: &SiteState, ask: &Ask, signed: &Signed) -> Result<Made, PageError> {
    let mine = signed.portal.editable(&signed.actor, &id(ask)).await?;
    let news = match ask.params.get("neu") {
        Some("gespeichert") => "Gespeichert.",
        Some("veroeffentlicht") => "Veröffentlicht. Familien finden das Angebot ab jetzt.",
        Some("bestaetigt") => "Danke. Das Angebot gilt als heute geprüft.",
        Some("archiviert") => "Archiviert. Familien sehen das Angebot nicht mehr; es bleibt hier aufgehoben.",
        _ => "",
    };
    Made::page(&Page { news, ..page(state, signed, &mine) })
}

async fn save(state: &SiteState, ask: &Ask, signed: &Signed, form: &Form) -> Result<Made, PageError> {
    let portal = &signed.portal;
    let mine = portal.editable(&signed.actor, &id(ask)).await?;
    let sent: u64 = form.text("fassung").parse().unwrap_or(0);
    // What the person saw: the form is compared with that version, not with what somebody saved since.
    let mut offer = portal.version_of(&signed.actor, &mine.offer, sent).await?;
    if let Err((wrong, message)) = offer_answers::read(portal, &mut offer, form) {
        let shown = Mine { offer, ..mine };
        let page = Page { wrong, problem: Some(message), ..page(state, signed, &shown) };
        return Made::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    match portal.save_offer(&signed.actor, offer.clone()).await {
        Ok(_) => look::go(&format!("/traeger/angebot/{}?neu=gespeichert", offer.id)),
        Err(PortalError::Stale { theirs: Some(theirs), .. }) => collide(state, signed, &offer, *theirs).await,
        Err(error) => {
            let problem = Some(look::mend(error)?);
            let page = Page { problem, ..page(state, signed, &Mine { offer, ..mine }) };
            Made::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// Both versions side by side; the form holds both joined, ready to be saved on purpose.
async fn collide(
    state: &SiteState,
    signed: &Signed,
    yours: &Offer,
    theirs: kekiz_portal::store::Stored<Offer>,
) -> Result<Made, PageError> {
    let collision = signed.portal.collision(yours, theirs).await?;
    let differences = collision
        .differences
        .iter()
        .map(|change| Difference {
            label: field_label(&change.field),
            stored: value_text(&change.before),
            yours: value_text(&change.after),
        })
        .collect();
    let mine = signed.portal.editable(&signed.actor, &yours.id).await?;
    let mine = Mine { offer: collision.joined.merged, ..mine };
    let problem = PortalError::Stale { yours: Box::new(yours.clone()), theirs: None }.to_string();
    let page = Page { differences, problem: Some(problem), ..page(state, signed, &mine) };
    Made::page_with(StatusCode::CONFLICT, &page)
}

async fn step(state: &SiteState, ask: &Ask, signed: &Signed, form: &Form) -> Result<Made, PageError> {
    let (portal, id) = (&signed.portal, id(ask));
    let (done, word) = match form.text("schritt") {
        "veroeffentlichen" => (portal.publish_offer(&signed.actor, &id).await, "veroeffentlicht"),
        "gilt" => (portal.answer_offer(&signed.actor, &id, Answer::StillValid).await, "bestaetigt"),
        "archivieren" => (portal.answer_offer(&signed.actor, &id, Answer::Archive).await, "archiviert"),
        _ => {
            return Err(PageError::BadParameter(
                "Diesen Schritt gibt es nicht. Bitte die Seite neu laden.".into(),
            ));
        }
    };
    match done {
        Ok(()) => look::go(&format!("/traeger/angebot/{id}?neu={word}")),
        Err(error) => {
            let problem = Some(look::mend(error)?);
            let mine = portal.editable(&signed.actor, &id).await?;
            Made::page_with(StatusCode::UNPROCESSABLE_ENTITY, &Page { problem, ..page(state, signed, &mine) })
        }
    }
}
