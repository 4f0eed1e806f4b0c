//! What every page has around its content.

use crate::gate::Signed;
use crate::problem::Problem;
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The frame of a page.
pub(crate) struct Chrome {
    pub(crate) title: String,
    /// Name and token of who is at work; `None` before the login.
    pub(crate) signed: Option<(String, String)>,
    /// Address of the menu entry the page belongs to.
    pub(crate) section: &'static str,
    pub(crate) styles: &'static [&'static str],
    pub(crate) fonts: &'static [&'static str],
}

/// The menu: address and name.
pub(crate) const MENU: [(&str, &str); 8] = [
    ("/", "Datensätze"),
    ("/import", "Einlesen"),
    ("/verknuepfen", "Verknüpfen"),
    ("/auswerten", "Auswerten"),
    ("/auszaehlen", "Auszählen"),
    ("/ausgaben", "Ausgaben"),
    ("/loeschen", "Löschen"),
    ("/protokoll", "Protokoll"),
];

impl Chrome {
    /// The frame of a page before the login.
    pub(crate) fn open(title: &str) -> Self {
        Self {
            title: title.into(),
            signed: None,
            section: "",
            styles: kekiz_frontend::styles(),
            fonts: kekiz_frontend::fonts(),
        }
    }

    /// The frame of a page for somebody at work.
    pub(crate) fn signed(signed: &Signed, section: &'static str, title: &str) -> Self {
        Self { signed: Some((signed.user.clone(), signed.token())), section, ..Self::open(title) }
    }

    pub(crate) fn current(&self, entry: &str) -> &'static str {
        if self.section == entry { "page" } else { "false" }
    }

    /// The token of forms on the page.
    pub(crate) fn token(&self) -> &str {
        self.signed.as_ref().map_or("", |(_, token)| token)
    }
}

/// A page as an answer.
pub(crate) fn page(template: &impl Template) -> Result<Response, Problem> {
    page_as(StatusCode::OK, template)
}

/// A page with a status.
pub(crate) fn page_as(status: StatusCode, template: &impl Template) -> Result<Response, Problem> {
    let body = template.render().map_err(|error| Problem::internal(&error))?;
    let html = [(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))];
    Ok((status, html, body).into_response())
}

/// A redirect after a form.
pub(crate) fn go(to: &str) -> Result<Response, Problem> {
    let to = HeaderValue::from_str(to).map_err(|error| Problem::internal(&error))?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response())
}

/// A file to keep.
pub(crate) fn file(name: &str, content_type: &'static str, bytes: Vec<u8>) -> Result<Response, Problem> {
    let kept = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .map_err(|error| Problem::internal(&error))?;
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(content_type)), (header::CONTENT_DISPOSITION, kept)];
    Ok((headers, bytes).into_response())
}

/// A whole number with thousands apart.
pub(crate) fn whole(number: impl TryInto<u64>) -> String {
    number.try_into().map_or_else(|_| String::new(), |n: u64| kekiz_base::number::german(n as f64, 0))
}

/// A share as percent with one decimal; `–` for none.
pub(crate) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".into(), |share| format!("{} %", kekiz_base::number::german(share * 100.0, 1)))
}
