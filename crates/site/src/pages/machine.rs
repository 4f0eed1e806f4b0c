//! Files for machines that read the site: robots.txt, sitemap.xml, the icon.

use crate::ask::Ask;
use crate::pages::{Page, PageError};
use crate::state::SiteState;
use crate::words;

/// `/robots.txt`: everything may be read, but not every combination of choices.
pub(crate) fn robots(state: &SiteState, _: &Ask) -> Result<Page, PageError> {
    let mut text = String::from("User-agent: *\nDisallow: /suche\nDisallow: /*?\nAllow: /\n");
    if let Some(base) = &state.config.base_url {
        text.push_str(&format!("Sitemap: {}/sitemap.xml\n", base.trim_end_matches('/')));
    }
    Ok(Page::text("text/plain; charset=utf-8", text))
}

/// `/sitemap.xml` (sitemaps.org 0.9): pages that stand for themselves. Addresses are complete when the
/// configuration names the site's own; at most 50,000 of them.
pub(crate) fn sitemap(state: &SiteState, _: &Ask) -> Result<Page, PageError> {
    let base = state.config.base_url.as_deref().unwrap_or("").trim_end_matches('/').to_string();
    let mut urls: Vec<String> =
        ["/", "/atlas", "/orte", "/vergleich", "/einrichtungen", "/daten", "/methodik"]
            .map(str::to_string)
            .to_vec();
    urls.extend(state.atlas.indicators().map(|meta| words::indicator_url(meta.id.as_str())));
    urls.extend(state.atlas.tree().iter().map(|area| words::area_url(area.key.as_str())));
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for url in urls.iter().take(50_000) {
        let full = format!("{base}{url}").replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        out.push_str(&format!("<url><loc>{full}</loc></url>\n"));
    }
    out.push_str("</urlset>\n");
    Ok(Page::text("application/xml; charset=utf-8", out))
}

/// `/favicon.svg`
pub(crate) fn icon(_: &SiteState, _: &Ask) -> Result<Page, PageError> {
    let svg = concat!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" rx="8" fill="#fff"/>"##,
        r##"<rect x="4" y="21" width="14" height="15" rx="2" fill="#925400"/><rect x="21" y="11" width="15" height="25" rx="2" fill="#2044aa"/>"##,
        r##"<circle cx="11" cy="11" r="6" fill="#007155"/></svg>"##
    );
    Ok(Page::text("image/svg+xml", svg.to_string()))
}
