//! Forms, with or without files. The token is looked at before a file is read.

use crate::gate::{TOKEN_FIELD, cookie, is_ours};
use crate::problem::Problem;
use crate::state::Desk;
use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::collections::BTreeMap;

const EXPIRED: &str = "Dieses Formular ist abgelaufen oder kam von einer anderen Seite. Es wurde nichts getan. Abhilfe: zurückgehen, die Seite neu laden und noch einmal senden.";

/// A file from a form.
pub(crate) struct Upload {
    /// Bare name.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// A form whose token was checked.
#[derive(Default)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
    files: BTreeMap<String, Upload>,
}

impl Form {
    /// The first value of a field without spaces around it; empty when not filled.
    pub(crate) fn text(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(found, _)| found == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// Every value of a field, as checkboxes send them.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Takes a file out; `None` when none was chosen.
    pub(crate) fn file(&mut self, name: &str) -> Option<Upload> {
        self.files.remove(name).filter(|file| !file.name.is_empty())
    }

    fn is_ours(&self, secret: Option<&str>) -> bool {
        is_ours(secret, self.all(TOKEN_FIELD).next())
    }

    async fn read_parts(mut parts: Multipart, secret: Option<&str>) -> Result<Self, Problem> {
        let broken = |_| {
            Problem::input(
                "Die Datei ist zu groß oder nicht vollständig angekommen. Abhilfe: noch einmal hochladen, oder „kekiz vault import“ auf der Kommandozeile benutzen.",
            )
        };
        let mut form = Self::default();
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            let name = part.name().unwrap_or_default().to_string();
            match part.file_name() {
                Some(title) => {
                    if !form.is_ours(secret) {
                        break;
                    }
                    let title = title.rsplit(['/', '\\']).next().unwrap_or_default().to_string();
                    let bytes = part.bytes().await.map_err(broken)?.to_vec();
                    form.files.insert(name, Upload { name: title, bytes });
                }
                None => form.fields.push((name, part.text().await.map_err(broken)?)),
            }
        }
        Ok(form)
    }
}

impl FromRequest<Desk> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, desk: &Desk) -> Result<Self, Response> {
        let secret = cookie(request.headers());
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let form = if kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
            let parts = Multipart::from_request(request, desk).await.map_err(IntoResponse::into_response)?;
            Self::read_parts(parts, secret.as_deref()).await.map_err(IntoResponse::into_response)?
        } else {
            let bytes = Bytes::from_request(request, desk).await.map_err(IntoResponse::into_response)?;
            let fields = form_urlencoded::parse(&bytes).into_owned().collect();
            Self { fields, files: BTreeMap::new() }
        };
        if form.is_ours(secret.as_deref()) {
            Ok(form)
        } else {
            Err(Problem::forbidden(EXPIRED).into_response())
        }
    }
}
