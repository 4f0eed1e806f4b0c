//! Who is there: the cookie, the session behind it, the token of forms.

use crate::state::Desk;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kekiz_persons::Office;

/// Name of the cookie. Browsers take `__Host-` only over TLS or from the own machine, for this host alone.
const COOKIE: &str = "__Host-kekiz-desk";
/// Name of the form field with the token.
pub(crate) const TOKEN_FIELD: &str = "schutz";

/// Somebody at work.
pub(crate) struct Signed {
    pub(crate) user: String,
    pub(crate) office: Office,
    /// Secret of the session.
    pub(crate) secret: String,
}

impl Signed {
    /// The token of forms on this person's pages.
    pub(crate) fn token(&self) -> String {
        token(&self.secret)
    }
}

/// The token of forms: tied to the cookie, and of no use for finding the session.
pub(crate) fn token(secret: &str) -> String {
    blake3::Hash::from_bytes(blake3::derive_key("kekiz 2026 desk form token", secret.as_bytes()))
        .to_hex()
        .to_string()
}

/// Whether the token of a form fits the cookie. Hashes are compared in constant time.
pub(crate) fn is_ours(secret: Option<&str>, sent: Option<&str>) -> bool {
    let (Some(secret), Some(sent)) = (secret, sent) else { return false };
    blake3::hash(token(secret).as_bytes()) == blake3::hash(sent.as_bytes())
}

/// The secret in the cookie, if there is a well-formed one.
pub(crate) fn cookie(headers: &HeaderMap) -> Option<String> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let found = pairs.flat_map(|text| text.split(';')).find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == COOKIE).then(|| value.to_string())
    })?;
    (found.len() == 64 && found.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(found)
}

/// Sets the cookie, or takes it away.
pub(crate) fn set_cookie(response: &mut Response, secret: Option<&str>) {
    let text = match secret {
        Some(secret) => format!("{COOKIE}={secret}; Path=/; Secure; HttpOnly; SameSite=Strict"),
        None => format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"),
    };
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

impl FromRequestParts<Desk> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Response> {
        let secret = cookie(&parts.headers);
        let found = secret.and_then(|secret| Some((desk.at_work(&secret)?, secret)));
        let Some(((user, office), secret)) = found else {
            return Err((StatusCode::SEE_OTHER, [(header::LOCATION, "/anmelden")]).into_response());
        };
        Ok(Self { user, office, secret })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_fits_its_cookie_only() {
        let (one, other) = ("ab".repeat(32), "cd".repeat(32));
        assert!(is_ours(Some(&one), Some(&token(&one))));
        for (secret, sent) in [
            (Some(one.as_str()), Some(token(&other))),
            (Some(one.as_str()), None),
            (None, Some(token(&one))),
            (Some(one.as_str()), Some(one.clone())),
        ] {
            assert!(!is_ours(secret, sent.as_deref()));
        }
    }
}
