//! Who is there: the cookie, the session behind it, the token of forms.

use crate::ask::{Ask, Params};
use crate::pages::{PageError, problem};
use crate::state::SiteState;
use axum::body::Bytes;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kekiz_portal::people::Visitor;
use kekiz_portal::{Actor, Portal};
use std::net::SocketAddr;
use std::sync::Arc;

/// Name of the cookie. Browsers take `__Host-` only with `Secure`, for this host alone and its whole path.
const COOKIE: &str = "__Host-kekiz";
/// Name of the cookie that finds a login again which goes by the provider; whoever is logged in stays so meanwhile.
const JOURNEY: &str = "__Host-kekiz-weg";
/// Name of the form field with the token.
pub(crate) const TOKEN_FIELD: &str = "schutz";

/// Somebody whose cookie may or may not belong to a session.
pub(crate) struct Guest {
    /// Secret of the cookie; a new one where there was none.
    pub(crate) secret: String,
    /// Whether the cookie has to be set.
    pub(crate) fresh: bool,
    /// Secret of a login on its way by the provider.
    pub(crate) journey: Option<String>,
    /// Network address, for limits.
    pub(crate) origin: String,
    /// A few words about the browser.
    pub(crate) device: String,
    /// Who it is, if logged in.
    pub(crate) visitor: Option<Visitor>,
    pub(crate) portal: Arc<Portal>,
}

impl Guest {
    /// The token of forms on pages for this cookie.
    pub(crate) fn token(&self) -> String {
        token(&self.secret)
    }

    /// An answer that sets the cookie where it is new.
    pub(crate) fn dress(&self, mut response: Response) -> Response {
        if self.fresh {
            set(response.headers_mut(), &self.secret);
        }
        response
    }
}

/// Somebody who is logged in.
pub(crate) struct Signed {
    pub(crate) actor: Actor,
    pub(crate) name: String,
    pub(crate) email: String,
    /// Secret of the session.
    pub(crate) secret: String,
    pub(crate) portal: Arc<Portal>,
}

impl Signed {
    /// The token of forms on this person's pages.
    pub(crate) fn token(&self) -> String {
        token(&self.secret)
    }
}

/// A form whose token was checked.
pub(crate) struct Form(pub(crate) Params);

impl Form {
    /// The first value of a field; empty when not filled.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.get(name).unwrap_or("")
    }

    /// Every value of a field, as checkboxes send them.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(found, _)| *found == name).map(|(_, value)| value)
    }
}

/// The token of forms: tied to the cookie, and of no use for finding the session.
pub(crate) fn token(secret: &str) -> String {
    blake3::derive_key("kekiz 2026 form token", secret.as_bytes())
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

fn cookie(headers: &HeaderMap, wanted: &str) -> Option<String> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let found = pairs.flat_map(|text| text.split(';')).find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == wanted).then(|| value.to_string())
    })?;
    (found.len() == 64 && found.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(found)
}

/// Sets the cookie; it ends with the browser at the latest, the session earlier.
pub(crate) fn set(headers: &mut HeaderMap, secret: &str) {
    write(headers, COOKIE, secret, "");
}

/// Sets the cookie of a login that goes by the provider.
pub(crate) fn set_journey(headers: &mut HeaderMap, secret: &str) {
    write(headers, JOURNEY, secret, "");
}

fn write(headers: &mut HeaderMap, name: &str, secret: &str, end: &str) {
    let text = format!("{name}={secret}; Path=/; Secure; HttpOnly; SameSite=Lax{end}");
    if let Ok(value) = HeaderValue::from_str(&text) {
        headers.append(header::SET_COOKIE, value);
    }
}

/// Takes the cookie away.
pub(crate) fn clear(headers: &mut HeaderMap) {
    write(headers, COOKIE, "", "; Max-Age=0");
}

/// The network address of the browser. Behind a web server on the same machine it is the last one that server names.
fn origin(parts: &Parts) -> String {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let named = parts.headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
    match (peer, named.and_then(|text| text.rsplit(',').next())) {
        (Some(peer), Some(last)) if peer.is_loopback() => last.trim().chars().take(45).collect(),
        (Some(peer), _) => peer.to_string(),
        (None, _) => "unbekannt".into(),
    }
}

/// The browser in a few words: what the person recognises in the list of sessions.
fn device(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
    let find = |list: &[(&str, &str)]| {
        list.iter()
            .find(|(mark, _)| agent.contains(mark))
            .map_or(String::new(), |(_, name)| (*name).to_string())
    };
    let browser =
        find(&[("Firefox", "Firefox"), ("Edg/", "Edge"), ("Chrome", "Chrome"), ("Safari", "Safari")]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ]);
    [browser, system].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ")
}

async fn trouble(parts: &mut Parts, state: &SiteState, error: PageError) -> Response {
    match Ask::from_request_parts(parts, state).await {
        Ok(ask) => problem::answer(state, &ask, &error),
        Err(never) => match never {},
    }
}

impl FromRequestParts<SiteState> for Guest {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &SiteState) -> Result<Self, Response> {
        let Some(portal) = state.portal.clone() else {
            let error = PageError::NotFound("Hier gibt es nur den Atlas; anmelden muss sich niemand.".into());
            return Err(trouble(parts, state, error).await);
        };
        let found = cookie(&parts.headers, COOKIE);
        let visitor = match &found {
            Some(secret) => portal.visitor(secret).await,
            None => Ok(None),
        };
        let visitor = match visitor {
            Ok(visitor) => visitor,
            Err(error) => return Err(trouble(parts, state, error.into()).await),
        };
        let fresh = found.is_none();
        Ok(Self {
            secret: found.unwrap_or_else(|| portal.secret()),
            fresh,
            journey: cookie(&parts.headers, JOURNEY),
            origin: origin(parts),
            device: device(&parts.headers),
            visitor,
            portal,
        })
    }
}

impl FromRequestParts<SiteState> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &SiteState) -> Result<Self, Response> {
        let guest = Guest::from_request_parts(parts, state).await?;
        let Some(visitor) = guest.visitor else {
            let mut to = Params::default();
            if parts.method == axum::http::Method::GET {
                to = to.with("weiter", parts.uri.path_and_query().map(|path| path.as_str()));
            }
            let to = to.url("/anmelden");
            return Err((StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response());
        };
        Ok(Self {
            actor: visitor.actor,
            name: visitor.name,
            email: visitor.email,
            secret: guest.secret,
            portal: guest.portal,
        })
    }
}

impl FromRequest<SiteState> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, state: &SiteState) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let secret = cookie(&parts.headers, COOKIE);
        let request = Request::from_parts(parts.clone(), body);
        let bytes = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let params = Params::parse(&String::from_utf8_lossy(&bytes));
        if is_ours(secret.as_deref(), params.get(TOKEN_FIELD)) {
            return Ok(Self(params));
        }
        Err(trouble(&mut parts, state, PageError::Forbidden(EXPIRED.into())).await)
    }
}

/// A form with a file whose token was checked. The token has to come before the file.
pub(crate) struct Upload {
    pub(crate) form: Form,
    /// The name of the file and its bytes.
    pub(crate) file: Option<(String, Vec<u8>)>,
}

impl Upload {
    async fn read(parts: Multipart, secret: Option<&str>) -> Result<Self, PageError> {
        let broken = |error: MultipartError| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => PageError::BadParameter(
                "Die Datei ist zu groß. Abhilfe: in Teilen hochladen oder „kekiz import offers“ benutzen."
                    .into(),
            ),
            _ => PageError::BadParameter(
                "Die Datei ist nicht vollständig angekommen. Abhilfe: noch einmal hochladen.".into(),
            ),
        };
        let mut parts = parts;
        let (mut params, mut file) = (Params::default(), None);
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            let name = part.name().unwrap_or_default().to_string();
            if let Some(title) = part.file_name() {
                if !is_ours(secret, params.get(TOKEN_FIELD)) {
                    break;
                }
                // Browsers send a bare name; some send the path on the person's machine.
                let title = title.rsplit(['/', '\\']).next().unwrap_or_default().to_string();
                file = Some((title, part.bytes().await.map_err(broken)?.to_vec()));
            } else {
                let text = part.text().await.map_err(broken)?;
                params = params.with(&name, Some(text.trim()).filter(|text| !text.is_empty()));
            }
        }
        if !is_ours(secret, params.get(TOKEN_FIELD)) {
            return Err(PageError::Forbidden(EXPIRED.into()));
        }
        Ok(Self { form: Form(params), file })
    }
}

impl FromRequest<SiteState> for Upload {
    type Rejection = Response;

    async fn from_request(request: Request, state: &SiteState) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let secret = cookie(&parts.headers, COOKIE);
        let request = Request::from_parts(parts.clone(), body);
        let done = match Multipart::from_request(request, state).await {
            Ok(multipart) => Self::read(multipart, secret.as_deref()).await,
            Err(_) => Err(PageError::Forbidden(EXPIRED.into())),
        };
        match done {
            Ok(upload) => Ok(upload),
            Err(error) => Err(trouble(&mut parts, state, error).await),
        }
    }
}

const EXPIRED: &str = "Dieses Formular ist abgelaufen oder kam von einer anderen Seite. Es wurde nichts gespeichert. Abhilfe: zurückgehen, die Seite neu laden und noch einmal senden.";

/// Whether the token of a form fits the cookie.
pub(crate) fn is_ours(secret: Option<&str>, sent: Option<&str>) -> bool {
    // Both sides are digests of 256 bits, so that comparing them byte by byte tells nothing of use.
    matches!((secret, sent), (Some(secret), Some(sent)) if blake3::hash(token(secret).as_bytes()) == blake3::hash(sent.as_bytes()))
}

/// Where to go after the login: a path of this site, never another one.
pub(crate) fn onward(path: &str) -> Option<&str> {
    let inside = ["/konto", "/traeger", "/koordination"];
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let known = inside.iter().any(|start| {
        path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    });
    (plain && known).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_well_formed_cookie_counts() {
        let good = "ab".repeat(32);
        for (sent, found) in [
            (format!("__Host-kekiz={good}"), true),
            (format!("a=b; __Host-kekiz={good}; c=d"), true),
            (format!("kekiz={good}"), false),
            ("__Host-kekiz=kurz".into(), false),
            (format!("__Host-kekiz={}", "zz".repeat(32)), false),
            (String::new(), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, sent.parse().unwrap());
            assert_eq!(cookie(&headers, COOKIE).is_some(), found, "{sent}");
        }
    }

    #[test]
    fn a_token_fits_its_cookie_only() {
        let (one, other) = ("ab".repeat(32), "cd".repeat(32));
        assert!(is_ours(Some(&one), Some(&token(&one))));
        for (secret, sent) in [
            (Some(one.as_str()), Some(token(&other))),
            (Some(one.as_str()), None),
            (None, Some(token(&one))),
            (Some(one.as_str()), Some(one.clone())),
            (None, None),
        ] {
            assert!(!is_ours(secret, sent.as_deref()));
        }
    }

    #[test]
    fn the_way_on_stays_on_this_site() {
        for (path, kept) in [
            ("/traeger", true),
            ("/traeger/angebot/1?x=y", true),
            ("/koordination", true),
            ("//boese.de", false),
            ("https://boese.de", false),
            ("/traegerx", false),
            ("/konto\\..", false),
            ("/konto\r\nx", false),
            ("/hilfe", false),
        ] {
            assert_eq!(onward(path).is_some(), kept, "{path}");
        }
    }
}
