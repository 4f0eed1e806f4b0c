//! `/koordination/doppelte`: offers that may be the same, side by side; merging them and taking a merge apart.

use crate::ask::Ask;
use crate::layout::Chrome;
use crate::pages::PageError;
use crate::portal::desk::gate::{Form, Signed};
use crate::portal::desk::provider::german_day;
use crate::portal::desk::{look, signed_form, signed_page};
use crate::portal::family::Made;
use crate::state::SiteState;
use axum::http::StatusCode;
use axum::routing::{MethodRouter, post};
use kekiz_portal::Moment;
use kekiz_portal::duplicates::{Merged, Suggestion};
use kekiz_portal::offers::{OfferId, field_label, value_text};

/// Suggestions on one page.
const SHOWN: usize = 50;

/// The routes of this module.
pub(super) fn routes() -> Vec<(&'static str, MethodRouter<SiteState>)> {
    vec![
        ("/koordination/doppelte", signed_page!(list)),
        ("/koordination/doppelte/{id}/{other}", signed_page!(show).post(signed_form!(settle))),
        ("/koordination/getrennt/{id}", post(signed_form!(unmerge))),
    ]
}

struct Row {
    suggestion: Suggestion,
    url: String,
}

struct Done {
    merged: Merged,
    day: String,
}

#[derive(askama::Template)]
#[template(path = "portal/desk/duplicates.html")]
struct List {
    chrome: Chrome,
    token: String,
    rows: Vec<Row>,
    more: usize,
    done: Vec<Done>,
    news: &'static str,
}

async fn list(state: &SiteState, ask: &Ask, signed: &Signed) -> Result<Made, PageError> {
    let found = signed.portal.suggested_duplicates(&signed.actor).await?;
    let more = found.len().saturating_sub(SHOWN);
    let rows = found.into_iter().take(SHOWN).map(|suggestion| Row {
        url: format!("/koordination/doppelte/{}/{}", suggestion.duplicate.first, suggestion.duplicate.second),
        suggestion,
    });
    let done = signed.portal.recent_merges(&signed.actor).await?.into_iter().map(|merged| Done {
        day: german_day(Moment::of(merged.merge.merged_at.timestamp()).local.date()),
        merged,
    });
    let news = match ask.params.get("neu") {
        Some("zusammen") => "Zusammengeführt. Alte Links führen zum Angebot, das bleibt.",
        Some("verschieden") => "Gemerkt: Die beiden sind verschieden.",
        Some("getrennt") => "Wieder getrennt. Beide Angebote sind, wie sie waren.",
        Some("halb") => {
            "Wieder getrennt. Das andere Angebot wurde seither geändert und bleibt so; bitte sehen Sie es durch."
        }
        _ => "",
    };
    Made::page(&List {
        chrome: look::signed(state, signed, "Doppelte Angebote").crumb("Koordination", "/koordination"),
        token: signed.token(),
        rows: rows.collect(),
        more,
        done: done.collect(),
        news,
    })
}

/// A field in which the two differ.
struct Difference {
    field: String,
    label: String,
    kept: String,
    absorbed: String,
}

#[derive(askama::Template)]
#[template(path = "portal/desk/pair.html")]
struct Page {
    chrome: Chrome,
    token: String,
    action: String,
    swapped: String,
    /// Name, provider, state, public address and revision of each.
    kept: (String, String, &'static str, String, u64),
    absorbed: (String, String, &'static str, String, u64),
    reasons: Vec<String>,
    differences: Vec<Difference>,
    problem: Option<String>,
}

fn ids(ask: &Ask) -> (OfferId, OfferId) {
    (OfferId(ask.segment("id").to_string()), OfferId(ask.segment("other").to_string()))
}

async fn page(state: &SiteState, ask: &Ask, signed: &Signed) -> Result<Page, PageError> {
    let (kept, absorbed) = ids(ask);
    let pair = signed.portal.pair(&signed.actor, &kept, &absorbed).await?;
    let head = |offer: &kekiz_portal::offers::Offer| {
        let provider = signed.portal.provider_of(offer);
        (
            offer.name().to_string(),
            provider,
            offer.state.label(),
            format!("/hilfe/{}", offer.id),
            offer.revision,
        )
    };
    let differences = pair.differences.iter().map(|one| Difference {
        field: one.field.clone(),
        label: field_label(&one.field),
        kept: value_text(&one.before),
        absorbed: value_text(&one.after),
    });
    Ok(Page {
        chrome: look::signed(state, signed, "Zwei Angebote vergleichen")
            .crumb("Koordination", "/koordination")
            .crumb("Doppelte Angebote", "/koordination/doppelte"),
        token: signed.token(),
        action: format!("/koordination/doppelte/{kept}/{absorbed}"),
        swapped: format!("/koordination/doppelte/{absorbed}/{kept}"),
        kept: head(&pair.kept),
        absorbed: head(&pair.absorbed),
        differences: differences.collect(),
        reasons: pair.reasons,
        problem: None,
    })
}

async fn show(state: &SiteState, ask: &Ask, signed: &Signed) -> Result<Made, PageError> {
    Made::page(&page(state, ask, signed).await?)
}

async fn settle(state: &SiteState, ask: &Ask, signed: &Signed, form: &Form) -> Result<Made, PageError> {
    let (kept, absorbed) = ids(ask);
    if form.text("wie") == "verschieden" {
        signed.portal.keep_apart(&signed.actor, &kept, &absorbed).await?;
        return look::go("/koordination/doppelte?neu=verschieden");
    }
    let revision = |name: &str| form.text(name).parse::<u64>().unwrap_or(0);
    let take: Vec<String> = form.all("nehmen").map(str::to_string).collect();
    let (kept, absorbed) = ((&kept, revision("fassung")), (&absorbed, revision("andere_fassung")));
    match signed.portal.merge_offers(&signed.actor, kept, absorbed, &take).await {
        Ok(()) => look::go("/koordination/doppelte?neu=zusammen"),
        Err(error) => {
            let page = Page { problem: Some(look::mend(error)?), ..page(state, ask, signed).await? };
            Made::page_with(StatusCode::CONFLICT, &page)
        }
    }
}

async fn unmerge(_: &SiteState, ask: &Ask, signed: &Signed, _: &Form) -> Result<Made, PageError> {
    let whole = signed.portal.unmerge_offers(&signed.actor, ask.segment("id")).await?;
    look::go(&format!("/koordination/doppelte?neu={}", if whole { "getrennt" } else { "halb" }))
}
