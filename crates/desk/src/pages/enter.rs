//! Login with the key file, and logout.

use crate::form::Form;
use crate::gate::{Signed, cookie, set_cookie, token};
use crate::look::{Chrome, go, page_as};
use crate::pages::away;
use crate::problem::Problem;
use crate::state::Desk;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use kekiz_persons::Office;
use kekiz_strongbox::{Accessor, Passphrase, keyfile};
use zeroize::Zeroizing;

pub(super) fn router() -> Router<Desk> {
    Router::new().route("/anmelden", get(show).post(enter)).route("/abmelden", post(leave))
}

#[derive(Template)]
#[template(path = "enter.html")]
struct Page<'a> {
    chrome: Chrome,
    token: String,
    user: &'a str,
    problem: &'a str,
}

/// The page, with a cookie for the form's token where there is none.
fn form(secret: Option<String>, desk: &Desk, user: &str, problem: &str) -> Result<Response, Problem> {
    let (secret, fresh) = secret.map_or_else(|| (desk.secret(), true), |secret| (secret, false));
    let page = Page { chrome: Chrome::open("Anmelden"), token: token(&secret), user, problem };
    let status = if problem.is_empty() { StatusCode::OK } else { StatusCode::FORBIDDEN };
    let mut response = page_as(status, &page)?;
    if fresh {
        set_cookie(&mut response, Some(&secret));
    }
    Ok(response)
}

async fn show(State(desk): State<Desk>, headers: HeaderMap) -> Result<Response, Problem> {
    form(cookie(&headers), &desk, "", "")
}

async fn enter(State(desk): State<Desk>, headers: HeaderMap, mut sent: Form) -> Result<Response, Problem> {
    let user = sent.text("name").to_string();
    let passphrase = Zeroizing::new(sent.text("kennwort").to_string());
    let key = sent.file("schluessel").map(|file| Zeroizing::new(file.bytes));
    if desk.is_closed() {
        return form(
            cookie(&headers),
            &desk,
            &user,
            "Zu viele vergebliche Anmeldungen. Abhilfe: zehn Minuten warten.",
        );
    }
    let folder = desk.config().folder.clone();
    let name = user.clone();
    let opened = away(move || {
        let Some(key) = key else {
            return Err(Problem::input("Die Schlüsseldatei fehlt. Abhilfe: die Datei auswählen, die „kekiz vault key create“ geschrieben hat."));
        };
        let phrase = (!passphrase.is_empty()).then(|| Passphrase::new(passphrase.to_string()));
        let secrets = keyfile::parse("Schlüsseldatei", &key, phrase.as_ref())?;
        let office = Office::open(&folder, &secrets, Accessor::new(&name))?;
        office.strongbox().note("login", "desk", "Anmeldung am Arbeitsplatz")?;
        Ok(office)
    })
    .await;
    match opened {
        Ok(office) => {
            // A new secret, so that one somebody planted before is worth nothing.
            let secret = desk.secret();
            desk.enter(&secret, &user, office);
            let mut response = go("/")?;
            set_cookie(&mut response, Some(&secret));
            Ok(response)
        }
        Err(problem) => {
            desk.failed();
            form(cookie(&headers), &desk, &user, problem.message())
        }
    }
}

async fn leave(State(desk): State<Desk>, signed: Signed, _sent: Form) -> Result<Response, Problem> {
    desk.leave(&signed.secret);
    away(move || Ok(signed.office.strongbox().note("logout", "desk", "Abmeldung am Arbeitsplatz")?)).await?;
    let mut response = go("/anmelden")?;
    set_cookie(&mut response, None);
    Ok(response)
}
