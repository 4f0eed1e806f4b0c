//! What lies behind the login: accounts, providers, coordination. The only pages with a cookie.
//!
//! A session lives in the database; the cookie holds a secret that finds it ([`gate`]). Every form carries a token
//! derived from that secret, and nothing here is kept by caches.

mod account;
mod claims;
mod coordination;
mod duplicates;
mod elsewhere;
mod enter;
mod fields;
mod gate;
mod import;
mod link;
mod look;
mod offer_answers;
mod offer_fields;
mod post;
mod proposals;
mod provider;
mod question;
mod sheets;

use crate::portal::family;
use crate::state::SiteState;
use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::MethodRouter;

/// Every address behind the login or leading to it, with what answers there.
fn routes() -> Vec<(&'static str, MethodRouter<SiteState>)> {
    [
        enter::routes(),
        elsewhere::routes(),
        link::routes(),
        question::routes(),
        account::routes(),
        claims::routes(),
        provider::routes(),
        proposals::routes(),
        coordination::routes(),
        sheets::routes(),
        duplicates::routes(),
        import::routes(),
        post::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The addresses of these pages, for the test that asks who may open them.
pub fn guarded_paths() -> Vec<&'static str> {
    routes().into_iter().map(|(path, _)| path).collect()
}

/// All routes of this module.
pub(crate) fn router() -> Router<SiteState> {
    routes()
        .into_iter()
        .fold(Router::new(), |router, (path, method)| router.route(path, method))
        .layer(axum::middleware::map_response(unkept))
}

/// Nobody keeps these pages.
async fn unkept(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A page that needs no login: `make(state, ask, guest)` answers GET.
macro_rules! open_page {
    ($make:path) => {
        axum::routing::get(
            |axum::extract::State(state): axum::extract::State<crate::state::SiteState>,
             ask: crate::ask::Ask,
             guest: crate::portal::desk::gate::Guest| async move {
                let made = $make(&state, &ask, &guest).await;
                crate::portal::desk::send(&state, &ask, made)
            },
        )
    };
}

/// A page behind the login: `make(state, ask, signed)` answers GET.
macro_rules! signed_page {
    ($make:path) => {
        axum::routing::get(
            |axum::extract::State(state): axum::extract::State<crate::state::SiteState>,
             ask: crate::ask::Ask,
             signed: crate::portal::desk::gate::Signed| async move {
                let made = $make(&state, &ask, &signed).await;
                crate::portal::desk::send(&state, &ask, made)
            },
        )
    };
}

/// A form behind the login: `make(state, ask, signed, form)` answers POST after the token was checked.
macro_rules! signed_form {
    ($make:path) => {
        |axum::extract::State(state): axum::extract::State<crate::state::SiteState>,
         ask: crate::ask::Ask,
         signed: crate::portal::desk::gate::Signed,
         form: crate::portal::desk::gate::Form| async move {
            let made = $make(&state, &ask, &signed, &form).await;
            crate::portal::desk::send(&state, &ask, made)
        }
    };
}

/// A form that needs no login: `make(state, ask, guest, form)` answers POST after the token was checked.
macro_rules! open_form {
    ($make:path) => {
        |axum::extract::State(state): axum::extract::State<crate::state::SiteState>,
         ask: crate::ask::Ask,
         guest: crate::portal::desk::gate::Guest,
         form: crate::portal::desk::gate::Form| async move {
            let made = $make(&state, &ask, &guest, &form).await;
            crate::portal::desk::send(&state, &ask, made)
        }
    };
}
use {open_form, open_page, signed_form, signed_page};

fn send(
    state: &SiteState,
    ask: &crate::ask::Ask,
    made: Result<family::Made, crate::pages::PageError>,
) -> Response {
    family::respond(state, ask, std::time::Instant::now(), made)
}
