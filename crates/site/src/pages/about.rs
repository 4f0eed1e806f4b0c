//! Pages about the site itself: method, accessibility, privacy, imprint.

use crate::ask::Ask;
use crate::layout::{Chrome, Section};
use crate::pages::{Page, PageError};
use crate::state::SiteState;

#[derive(askama::Template)]
#[template(path = "method.html")]
struct Method {
    chrome: Chrome,
    methods: Vec<String>,
    protections: Vec<String>,
}

/// `/methodik`: how figures are computed and protected, from what the published figures say about themselves.
pub(crate) fn method(state: &SiteState, _: &Ask) -> Result<Page, PageError> {
    let mut methods: Vec<String> = Vec::new();
    let mut protections: Vec<String> = Vec::new();
    for meta in state.atlas.indicators() {
        let indicator = state.atlas.indicator(&meta.id)?;
        let about = kekiz_atlas::about::About::of(&indicator);
        for (list, text) in [(&mut methods, about.interval), (&mut protections, about.protection)] {
            if !text.is_empty() && !list.contains(&text) {
                list.push(text);
            }
        }
    }
    let chrome = Chrome::new(state, Section::Other, "So rechnen und schützen wir");
    Page::html(&Method { chrome, methods, protections })
}

#[derive(askama::Template)]
#[template(path = "accessibility.html")]
struct Accessibility {
    chrome: Chrome,
    contact: String,
}

/// `/barrierefreiheit`
pub(crate) fn accessibility(state: &SiteState, _: &Ask) -> Result<Page, PageError> {
    let chrome = Chrome::new(state, Section::Other, "Barrierefreiheit");
    Page::html(&Accessibility { chrome, contact: state.atlas.site().contact.clone() })
}

#[derive(askama::Template)]
#[template(path = "privacy.html")]
struct Privacy {
    chrome: Chrome,
    operator: String,
    contact: String,
    url: String,
}

/// `/datenschutz`
pub(crate) fn privacy(state: &SiteState, _: &Ask) -> Result<Page, PageError> {
    let site = state.atlas.site();
    let chrome = Chrome::new(state, Section::Other, "Datenschutz");
    Page::html(&Privacy {
        chrome,
        operator: site.operator.clone(),
        contact: site.contact.clone(),
        url: web(&site.privacy_url),
    })
}

#[derive(askama::Template)]
#[template(path = "imprint.html")]
struct Imprint {
    chrome: Chrome,
    operator: String,
    contact: String,
    url: String,
}

/// `/impressum`
pub(crate) fn imprint(state: &SiteState, _: &Ask) -> Result<Page, PageError> {
    let site = state.atlas.site();
    let chrome = Chrome::new(state, Section::Other, "Impressum");
    Page::html(&Imprint {
        chrome,
        operator: site.operator.clone(),
        contact: site.contact.clone(),
        url: web(&site.imprint_url),
    })
}

/// An address, if it leads to the web; anything else is not linked.
fn web(url: &str) -> String {
    if url.starts_with("https://") || url.starts_with("http://") { url.to_string() } else { String::new() }
}
