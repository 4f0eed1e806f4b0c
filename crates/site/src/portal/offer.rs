//! `/hilfe/{id}`: everything about one offer.

use crate::ask::{Ask, Params};
use crate::pages::PageError;
use crate::portal::family::{Frame, Made, absolute, family, portal};
use crate::portal::find::phase_url;
use crate::portal::tongue::Tongue;
use crate::portal::view::{self, Marked, Step, Texts};
use crate::state::SiteState;
use crate::words;
use axum::Router;
use axum::http::StatusCode;
use kekiz_base::LifePhase;
use kekiz_base::date;
use kekiz_portal::offer::{Day, Shown};
use kekiz_portal::offers::exchange::{schema_org, to_script, write_calendar};
use kekiz_portal::offers::hsds::Accessibility;
use kekiz_portal::offers::opening::Span;
use kekiz_portal::offers::{Offer, OfferId, phase_slug};
use kekiz_portal::{Portal, PortalError};
use std::sync::Arc;

/// The routes of this module.
pub(crate) fn router() -> Router<SiteState> {
    Router::new().route("/hilfe/{id}", family!(show)).route("/hilfe/{id}/termin.ics", family!(calendar))
}

/// A day of the next week.
struct DayView {
    name: String,
    date: String,
    times: String,
    open: bool,
    holiday: Marked,
}

/// A place of the offer.
struct PlaceView {
    name: String,
    lines: Vec<String>,
    transport: String,
}

#[derive(askama::Template)]
#[template(path = "portal/offer.html")]
struct Page {
    frame: Frame,
    id: String,
    texts: Texts,
    provider: Marked,
    provider_url: String,
    provider_page: Option<String>,
    open: String,
    open_class: &'static str,
    week: Vec<DayView>,
    holidays: String,
    ages: String,
    cost: String,
    phases: Vec<(Marked, String)>,
    topics: Vec<(Marked, String)>,
    languages: String,
    wheelchair: Option<bool>,
    access_notes: Vec<String>,
    places: Vec<PlaceView>,
    steps: Vec<Step>,
    checked: String,
    source: String,
    derived: bool,
    greyed: bool,
    has_times: bool,
    calendar: String,
    wrong: String,
    remember: String,
    address: String,
    qr: String,
    json_ld: String,
}

/// The offer of the path, or the page that says it is gone, or the way to the one it was merged into.
pub(crate) async fn find(
    state: &SiteState,
    ask: &Ask,
    portal: &Portal,
) -> Result<Result<Arc<Offer>, Made>, PageError> {
    match portal.public_offer(&OfferId(ask.segment("id").to_string())).await {
        Ok(offer) => Ok(Ok(offer)),
        Err(error) => missing(state, ask, error).map(Err),
    }
}

/// The answer for an offer that is not there.
fn missing(state: &SiteState, ask: &Ask, error: PortalError) -> Result<Made, PageError> {
    match error {
        PortalError::Merged { into } => {
            let t = Tongue::of(&ask.params);
            let path = format!("/hilfe/{}", words::segment(into.as_str()));
            Made::redirect(StatusCode::PERMANENT_REDIRECT, &t.link(&path))
        }
        PortalError::NotFound { .. } => gone(state, ask),
        other => Err(other.into()),
    }
}

#[derive(askama::Template)]
#[template(path = "portal/gone.html")]
struct Gone {
    frame: Frame,
}

fn gone(state: &SiteState, ask: &Ask) -> Result<Made, PageError> {
    let t = Tongue::of(&ask.params);
    let mut frame = Frame::new(state, ask, &Params::default(), t.t("offer_gone"));
    frame.noindex = true;
    frame.current = "hilfe";
    Made::page_with(StatusCode::NOT_FOUND, &Gone { frame })
}

async fn show(state: &SiteState, ask: &Ask) -> Result<Made, PageError> {
    let portal = portal(state)?;
    match portal.show(&OfferId(ask.segment("id").to_string()), &portal.now()).await {
        Ok(shown) => Made::page(&page(state, ask, portal, &shown)?),
        Err(error) => missing(state, ask, error),
    }
}

async fn calendar(state: &SiteState, ask: &Ask) -> Result<Made, PageError> {
    let portal = portal(state)?;
    let offer = match find(state, ask, portal).await? {
        Ok(offer) => offer,
        Err(made) => return Ok(made),
    };
    let now = portal.now();
    let text = write_calendar(std::slice::from_ref(&*offer), offer.name(), now.local.date(), now.local);
    Ok(Made::file("text/calendar; charset=utf-8", Some("termin.ics"), text.into_bytes()))
}

fn page(state: &SiteState, ask: &Ask, portal: &Portal, shown: &Shown) -> Result<Page, PageError> {
    let t = Tongue::of(&ask.params);
    let offer = &shown.offer;
    let facts = portal
        .card(offer, &portal.now())
        .ok_or_else(|| PageError::NotFound("Dieses Angebot gibt es hier nicht (mehr).".into()))?
        .facts;
    let texts = view::texts(t, offer, &shown.hours_text);
    let path = view::offer_path(offer);
    let address = absolute(state, ask, &path);
    let german = |text: &str| Marked { text: text.trim().to_string(), german: !t.is_german() };
    let mut frame = Frame::new(state, ask, &Params::default(), texts.name.text.clone());
    frame.crumbs.push((t.t("find_title").to_string(), t.link("/hilfe")));
    frame.current = "hilfe";
    if let Some(first) = texts.description.paragraphs().first() {
        frame.description = (*first).chars().take(200).collect();
    }
    let (open, open_class) = view::opening(t, &shown.opening);
    let provider = portal.provider_of(offer);
    let topic = |code: &str| {
        let url = t.keep(&Params::default().with("thema", Some(code))).url("/hilfe");
        (view::term(t, portal, "action_field", code), url)
    };
    let phase =
        |phase: &LifePhase| (view::term(t, portal, "life_phase", phase_slug(*phase)), phase_url(t, *phase));
    let check = offer.checks.values().min_by_key(|check| check.at);
    Ok(Page {
        id: offer.id.to_string(),
        provider_url: t
            .keep(&Params::default().with("traeger", Some(offer.organization.as_str())))
            .url("/hilfe"),
        provider_page: shown.provider.as_ref().and_then(|one| kekiz_portal::offer::web_address(&one.website)),
        provider: german(&provider),
        open,
        open_class,
        week: shown.week.iter().map(|day| day_view(t, day, portal)).collect(),
        holidays: holidays(t, shown),
        ages: view::ages(t, facts.age_months, facts.pregnancy),
        cost: view::price(t, facts.price),
        phases: offer.prevention.life_phases.iter().map(phase).collect(),
        topics: offer.prevention.action_fields.iter().map(|one| topic(one.as_str())).collect(),
        languages: languages(portal, &facts.languages),
        wheelchair: facts.wheelchair,
        access_notes: access_notes(offer),
        places: places(offer),
        steps: shown.steps.iter().map(|one| view::step(t, one)).collect(),
        checked: offer
            .last_checked()
            .map(|day| t.with("offer_checked", "date", &date::german(day)))
            .unwrap_or_default(),
        source: check.map(|check| check.source.trim().to_string()).unwrap_or_default(),
        derived: view::is_derived(offer),
        greyed: shown.greyed,
        has_times: !shown.week.is_empty(),
        calendar: format!("{path}/termin.ics"),
        wrong: t.link(&format!("{path}/fehler")),
        remember: t.keep(&Params::default().with("id", Some(offer.id.as_str()))).url("/merkliste"),
        qr: qr(&address),
        json_ld: to_script(&schema_org(offer, shown.provider.as_ref(), &address)),
        address,
        texts,
        frame,
    })
}

fn day_view(t: &Tongue, day: &Day, portal: &Portal) -> DayView {
    let times: Vec<String> = day.spans.iter().map(|span| span_text(t, span)).collect();
    DayView {
        name: if day.date == portal.now().local.date() {
            t.t("today").into()
        } else {
            view::weekday(t, day.date)
        },
        date: format!("{:02}.{:02}.", day.date.day(), day.date.month()),
        open: !times.is_empty(),
        times: if times.is_empty() { t.t("closed").to_string() } else { times.join(", ") },
        holiday: Marked {
            text: day.public_holiday.map(|name| t.with("offer_holiday", "name", name)).unwrap_or_default(),
            german: false,
        },
    }
}

fn span_text(t: &Tongue, span: &Span) -> String {
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
    t.with("time", "time", &format!("{}–{}", clock(span.from), clock(span.to)))
}

fn holidays(t: &Tongue, shown: &Shown) -> String {
    let (Some(open), Some((name, from, to))) = (shown.in_holidays, &shown.holidays) else {
        return String::new();
    };
    let key = if open { "offer_holidays_open" } else { "offer_holidays_closed" };
    t.fill(key, &[("name", name), ("from", &date::german(*from)), ("to", &date::german(*to))])
}

/// Spoken languages by their own names.
fn languages(portal: &Portal, codes: &[String]) -> String {
    let list = portal.lists().terms.list("language");
    let name = |code: &String| match list.and_then(|list| list.get(code)) {
        Some(term) if !term.native.is_empty() => term.native.clone(),
        Some(term) => term.name.clone(),
        None => code.clone(),
    };
    codes.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn access_notes(offer: &Offer) -> Vec<String> {
    let text = |one: &Accessibility| {
        let parts = [one.description.trim(), one.details.trim()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    };
    let notes = offer.locations().flat_map(|place| &place.accessibility).map(text);
    notes.filter(|note| !note.is_empty()).collect()
}

fn places(offer: &Offer) -> Vec<PlaceView> {
    let view = |place: &kekiz_portal::offers::hsds::Location| PlaceView {
        name: if place.name.trim() == offer.name().trim() {
            String::new()
        } else {
            place.name.trim().to_string()
        },
        lines: place
            .addresses
            .iter()
            .filter(|one| one.address_type != "postal")
            .flat_map(|one| {
                [
                    one.address_1.trim().to_string(),
                    format!("{} {}", one.postal_code, one.city).trim().to_string(),
                ]
            })
            .filter(|line| !line.is_empty())
            .collect(),
        transport: place.transportation.trim().to_string(),
    };
    offer.locations().map(view).filter(|one| !one.lines.is_empty() || !one.name.is_empty()).collect()
}

/// A QR code as SVG; empty for an address too long for one.
fn qr(address: &str) -> String {
    let Ok(code) = qrcode::QrCode::new(address.as_bytes()) else { return String::new() };
    let svg = code
        .render::<qrcode::render::svg::Color<'_>>()
        .min_dimensions(160, 160)
        .dark_color(qrcode::render::svg::Color("#000"))
        .light_color(qrcode::render::svg::Color("#fff"))
        .build();
    let body = svg.find("<svg").map_or("", |start| &svg[start..]);
    body.replacen("<svg", "<svg aria-hidden=\"true\" focusable=\"false\"", 1)
}
