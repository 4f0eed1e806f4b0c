//! `/koordination/import`: offers from a file; what would change is shown first, then all of it is done or nothing.

use crate::ask::{Ask, Params};
use crate::layout::Chrome;
use crate::pages::PageError;
use crate::portal::desk::gate::{Form, Signed, Upload};
use crate::portal::desk::{look, send, signed_form, signed_page};
use crate::portal::family::Made;
use crate::state::SiteState;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::{MethodRouter, post};
use kekiz_portal::import::{ImportOptions, Source, Written};
use kekiz_portal::offers::{field_label, value_text};
use kekiz_portal::people::{Action, Object};
use kekiz_portal::uploads::{LARGEST, Pending};

/// Most entries of a list in the preview; how many more there are is said.
const SHOWN: usize = 50;

/// The routes of this module.
pub(super) fn routes() -> Vec<(&'static str, MethodRouter<SiteState>)> {
    let upload = async |State(state): State<SiteState>, ask: Ask, signed: Signed, upload: Upload| {
        let made = look_at(&state, &signed, upload).await;
        send(&state, &ask, made)
    };
    // The form around the file is small.
    let limit = DefaultBodyLimit::max(LARGEST + (64 << 10));
    vec![
        ("/koordination/import", signed_page!(show).post(upload).layer(limit)),
        ("/koordination/import/{token}", post(signed_form!(apply))),
    ]
}

#[derive(askama::Template)]
#[template(path = "portal/desk/import.html")]
struct Page {
    chrome: Chrome,
    token: String,
    largest: usize,
    news: String,
    problem: Option<String>,
}

fn page(state: &SiteState, signed: &Signed) -> Result<Page, PageError> {
    signed.actor.must(Action::ImportOffers, &Object::everything(), "Angebote einlesen")?;
    Ok(Page {
        chrome: look::signed(state, signed, "Angebote einlesen").crumb("Koordination", "/koordination"),
        token: signed.token(),
        largest: LARGEST >> 20,
        news: String::new(),
        problem: None,
    })
}

async fn show(state: &SiteState, ask: &Ask, signed: &Signed) -> Result<Made, PageError> {
    let number = |name: &str| ask.params.get(name).and_then(|text| text.parse::<u64>().ok());
    let news = match (number("neu"), number("geaendert")) {
        (Some(new), Some(changed)) => format!("Eingelesen: {new} neu, {changed} geändert."),
        _ => String::new(),
    };
    Made::page(&Page { news, ..page(state, signed)? })
}

/// An offer that would change: its name and the fields with their values before and after.
struct Changed {
    name: String,
    fields: Vec<(String, String, String)>,
}

struct Refused {
    place: String,
    message: String,
    remedy: String,
}

#[derive(askama::Template)]
#[template(path = "portal/desk/import_preview.html")]
struct Preview {
    chrome: Chrome,
    token: String,
    action: String,
    file: String,
    counts: Written,
    new: Vec<String>,
    more_new: usize,
    changed: Vec<Changed>,
    more_changed: usize,
    refused: Vec<Refused>,
    more_refused: usize,
    seen: String,
    publish: bool,
    mapping: Option<String>,
    problem: Option<String>,
}

fn preview(state: &SiteState, signed: &Signed, pending: &Pending, publish: bool) -> Preview {
    let found = &pending.plan.preview;
    let changed = found.changed.iter().take(SHOWN).map(|one| Changed {
        name: one.after.name().to_string(),
        fields: one
            .changes
            .iter()
            .map(|change| (field_label(&change.field), value_text(&change.before), value_text(&change.after)))
            .collect(),
    });
    let refused = found.refused.iter().take(SHOWN).map(|one| Refused {
        place: match (one.line, one.column.as_str()) {
            (0, "") => String::new(),
            (0, column) => format!("Spalte „{column}“"),
            (line, "") => format!("Zeile {line}"),
            (line, column) => format!("Zeile {line}, Spalte „{column}“"),
        },
        message: one.message.clone(),
        remedy: one.remedy.clone(),
    });
    Preview {
        chrome: look::signed(state, signed, "Vorschau")
            .crumb("Koordination", "/koordination")
            .crumb("Angebote einlesen", "/koordination/import"),
        token: signed.token(),
        action: format!("/koordination/import/{}", pending.word),
        file: pending.plan.source.clone(),
        counts: Written::of(found),
        new: found.new.iter().take(SHOWN).map(|one| one.name().to_string()).collect(),
        more_new: found.new.len().saturating_sub(SHOWN),
        changed: changed.collect(),
        more_changed: found.changed.len().saturating_sub(SHOWN),
        refused: refused.collect(),
        more_refused: found.refused.len().saturating_sub(SHOWN),
        seen: pending.seen.clone(),
        publish,
        mapping: pending.mapping.clone(),
        problem: None,
    }
}

async fn look_at(state: &SiteState, signed: &Signed, upload: Upload) -> Result<Made, PageError> {
    let page = page(state, signed)?;
    let publish = upload.form.text("veroeffentlichen") == "ja";
    let (name, bytes) = upload.file.unwrap_or_default();
    let options = ImportOptions { mapping: None, publish };
    match signed.portal.upload(&signed.actor, Source { name, bytes }, options).await {
        Ok(pending) => Made::page(&preview(state, signed, &pending, publish)),
        Err(error) => {
            let page = Page { problem: Some(look::mend(error)?), ..page };
            Made::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

async fn apply(state: &SiteState, ask: &Ask, signed: &Signed, form: &Form) -> Result<Made, PageError> {
    let (portal, word) = (&signed.portal, ask.segment("token"));
    let publish = form.text("veroeffentlichen") == "ja";
    let mapping = Some(form.text("zuordnung").to_string()).filter(|text| !text.is_empty());
    let options = ImportOptions { mapping, publish };
    if form.text("wie") == "vorschau" {
        return match portal.look_again(&signed.actor, word, options).await {
            Ok(pending) => Made::page(&preview(state, signed, &pending, publish)),
            Err(error) => back(state, signed, look::mend(error)?),
        };
    }
    match portal.apply_upload(&signed.actor, word, options, form.text("stand")).await {
        Ok(Ok(written)) => {
            let (new, changed) = (written.new.to_string(), written.changed.to_string());
            let to = Params::default().with("neu", Some(&new)).with("geaendert", Some(&changed));
            look::go(&to.url("/koordination/import"))
        }
        Ok(Err(pending)) => {
            let problem = "Seit der Vorschau hat sich etwas geändert. Es wurde nichts eingelesen. Abhilfe: die neue Vorschau ansehen und dann übernehmen.";
            let page = Preview { problem: Some(problem.into()), ..preview(state, signed, &pending, publish) };
            Made::page_with(StatusCode::CONFLICT, &page)
        }
        Err(error) => back(state, signed, look::mend(error)?),
    }
}

/// The first page again, with what went wrong.
fn back(state: &SiteState, signed: &Signed, problem: String) -> Result<Made, PageError> {
    let page = Page { problem: Some(problem), ..page(state, signed)? };
    Made::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}
