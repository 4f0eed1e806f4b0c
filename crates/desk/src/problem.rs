//! What goes wrong, as a page.

use crate::look::{Chrome, page_as};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kekiz_persons::PersonsError;
use std::fmt::Display;

/// Something went wrong. The message is a German sentence with the remedy, without a person's value.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    message: String,
}

#[derive(Template)]
#[template(path = "problem.html")]
struct Page<'a> {
    chrome: Chrome,
    message: &'a str,
}

impl Problem {
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, message: message.into() }
    }

    pub(crate) fn forbidden(message: &str) -> Self {
        Self { status: StatusCode::FORBIDDEN, message: message.into() }
    }

    pub(crate) fn missing(message: &str) -> Self {
        Self { status: StatusCode::NOT_FOUND, message: message.into() }
    }

    /// Something a person cannot mend. What it was goes to the log of the process; such errors carry no person's value.
    pub(crate) fn internal(error: &dyn Display) -> Self {
        tracing::error!(%error, "a page failed");
        let message = "Das hat nicht geklappt; am Bestand wurde nichts geändert. Abhilfe: noch einmal versuchen, sonst das Protokoll des Programms ansehen.";
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, message: message.into() }
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }
}

impl From<PersonsError> for Problem {
    fn from(error: PersonsError) -> Self {
        Problem::input(error.to_string())
    }
}

impl From<kekiz_strongbox::StrongboxError> for Problem {
    fn from(error: kekiz_strongbox::StrongboxError) -> Self {
        Problem::input(error.to_string())
    }
}

impl From<tokio::task::JoinError> for Problem {
    fn from(error: tokio::task::JoinError) -> Self {
        // Its text may hold the message of a panic, and that a value.
        let kind = if error.is_panic() { "a worker panicked" } else { "a worker was stopped" };
        Problem::internal(&kind)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let page = Page { chrome: Chrome::open("Das ging nicht"), message: &self.message };
        page_as(self.status, &page).unwrap_or_else(|_| (self.status, self.message.clone()).into_response())
    }
}
