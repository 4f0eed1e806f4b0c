//! Logging in at an OpenID Connect provider: discovery, authorization code with PKCE, verified id token, user info.
//!
//! Source: OpenID Connect Core 1.0, OpenID Connect Discovery 1.0, RFC 7636 (PKCE), RFC 9700 (best practice). The
//! signature, issuer, audience, end and nonce of the id token are checked against the clock of the context.

use crate::{Context, secret};
use jiff::{SignedDuration, Timestamp};
use kekiz_store::entities::Role;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AuthenticationFlow, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, StandardErrorResponse,
    StandardTokenResponse, TokenResponse, UserInfoClaims, reqwest,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::RwLock;

/// How long what the provider says about itself and its keys is believed.
const KNOWN: SignedDuration = SignedDuration::from_mins(10);

/// The provider of a municipality.
#[derive(Clone, PartialEq, Eq)]
pub struct Oidc {
    /// Its address, as it stands in its tokens.
    pub issuer: String,
    /// How it knows this portal.
    pub client_id: String,
    /// What this portal proves itself with; none for public clients.
    pub client_secret: Option<String>,
    /// What the button says: „Anmeldung der Stadtverwaltung“.
    pub label: String,
    /// The claim that names the groups of a person.
    pub groups_claim: String,
    /// Which groups have which role. Roles named here are given and taken at every login.
    pub roles: Vec<(Role, Vec<String>)>,
    /// Whether somebody who has a role by their groups, but no account, gets one.
    pub create: bool,
}

impl std::fmt::Debug for Oidc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Oidc").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// Why nobody could log in there. The detail is for the log.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// The provider did not answer or not as the standard says.
    #[error(
        "Die Anmeldung der Verwaltung ist gerade nicht erreichbar. Abhilfe: es später noch einmal versuchen oder sich mit Passwort anmelden."
    )]
    Unreachable(String),
    /// The provider says no, or the person did.
    #[error("Die Anmeldung wurde abgebrochen. Abhilfe: noch einmal anmelden.")]
    Denied(String),
    /// What came back does not belong to this login.
    #[error(
        "Diese Anmeldung ist abgelaufen oder gehört nicht zu diesem Browser. Abhilfe: noch einmal anmelden."
    )]
    Foreign,
    /// The token cannot be trusted.
    #[error(
        "Die Antwort der Anmeldung der Verwaltung ist nicht gültig. Abhilfe: noch einmal anmelden; geschieht es wieder, die Administration fragen."
    )]
    Untrusted(String),
    /// The settings make no sense.
    #[error(
        "Die Einstellungen der Anmeldung stimmen nicht: {0}. Abhilfe: den Abschnitt [login] in kekiz.toml prüfen."
    )]
    Settings(String),
}

impl OidcError {
    /// What to write into the log; empty for what persons do.
    pub fn detail(&self) -> &str {
        match self {
            Self::Unreachable(text) | Self::Denied(text) | Self::Untrusted(text) | Self::Settings(text) => {
                text
            }
            Self::Foreign => "",
        }
    }
}

/// A login under way: what has to be remembered until the person comes back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pending {
    /// Comes back in the address.
    pub state: String,
    /// Comes back in the token.
    pub nonce: String,
    /// Proves that whoever fetches the token began the login.
    pub verifier: String,
}

/// Who logged in there.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// The person at the provider; never changes hands.
    pub subject: String,
    /// Mail address, if the provider says that it is the person's.
    pub email: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Groups.
    pub groups: Vec<String>,
}

/// Claims beyond the standard ones.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct More(BTreeMap<String, Value>);

impl AdditionalClaims for More {}

type Fields = IdTokenFields<
    More,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

type Known = Client<
    More,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A provider that is asked.
pub struct Provider {
    /// Its settings.
    pub settings: Oidc,
    http: reqwest::Client,
    known: RwLock<Option<(Timestamp, CoreProviderMetadata)>>,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// All causes of an error in one line.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

impl Provider {
    /// A provider by its settings; asked for the first time when somebody logs in.
    pub fn new(settings: Oidc) -> Result<Self, OidcError> {
        IssuerUrl::new(settings.issuer.clone())
            .map_err(|_| OidcError::Settings("issuer ist keine Adresse".into()))?;
        // Following redirects would let the provider send this server anywhere.
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(10))
            .build()
            .map_err(|error| OidcError::Settings(causes(&error)))?;
        Ok(Self { settings, http, known: RwLock::new(None) })
    }

    async fn metadata(&self, now: Timestamp) -> Result<CoreProviderMetadata, OidcError> {
        if let Some((since, known)) = &*self.known.read().await
            && now.duration_since(*since).abs() < KNOWN
        {
            return Ok(known.clone());
        }
        let issuer = IssuerUrl::new(self.settings.issuer.clone())
            .map_err(|_| OidcError::Settings("issuer ist keine Adresse".into()))?;
        let found = CoreProviderMetadata::discover_async(issuer, &self.http)
            .await
            .map_err(|error| OidcError::Unreachable(causes(&error)))?;
        *self.known.write().await = Some((now, found.clone()));
        Ok(found)
    }

    async fn client(&self, now: Timestamp, back: &str) -> Result<Known, OidcError> {
        let back = RedirectUrl::new(back.into()).map_err(|_| OidcError::Settings("base_url fehlt".into()))?;
        let secret = self.settings.client_secret.clone().map(ClientSecret::new);
        let id = ClientId::new(self.settings.client_id.clone());
        Ok(Client::from_provider_metadata(self.metadata(now).await?, id, secret).set_redirect_uri(back))
    }

    /// Begins a login; gives the address to send the browser to. `back` is where it returns.
    pub async fn begin(&self, cx: &mut Context<'_>, back: &str) -> Result<(String, Pending), OidcError> {
        let client = self.client(cx.now, back).await?;
        let pending = Pending {
            state: secret::link_secret(cx.random),
            nonce: secret::link_secret(cx.random),
            verifier: secret::link_secret(cx.random),
        };
        let (state, nonce) = (CsrfToken::new(pending.state.clone()), Nonce::new(pending.nonce.clone()));
        let verifier = PkceCodeVerifier::new(pending.verifier.clone());
        let (address, _, _) = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || state,
                move || nonce,
            )
            .add_scopes(["email", "profile"].map(|scope| Scope::new(scope.into())))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok((address.to_string(), pending))
    }

    /// Completes a login with what came back in the address.
    pub async fn complete(
        &self,
        cx: &Context<'_>,
        back: &str,
        pending: Pending,
        state: &str,
        code: &str,
    ) -> Result<Identity, OidcError> {
        if state.is_empty() || blake3::hash(state.as_bytes()) != blake3::hash(pending.state.as_bytes()) {
            return Err(OidcError::Foreign);
        }
        let client = self.client(cx.now, back).await?;
        let unreachable = |error: &dyn std::error::Error| OidcError::Unreachable(causes(error));
        let answer = client
            .exchange_code(AuthorizationCode::new(code.into()))
            .map_err(|error| unreachable(&error))?
            .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier))
            .request_async(&self.http)
            .await
            .map_err(|error| match error {
                openidconnect::RequestTokenError::ServerResponse(answer) => {
                    OidcError::Denied(answer.error().to_string())
                }
                other => unreachable(&other),
            })?;
        let token = answer.id_token().ok_or_else(|| OidcError::Untrusted("no id token".into()))?;
        let now = cx.now.as_second();
        let verifier = client
            .id_token_verifier()
            .set_time_fn(move || chrono::DateTime::from_timestamp(now, 0).unwrap_or_default());
        let claims = token.claims(&verifier, &Nonce::new(pending.nonce)).map_err(|error| {
            // Keys may have changed: they are asked for anew at the next try.
            if let Ok(mut known) = self.known.try_write() {
                *known = None;
            }
            OidcError::Untrusted(causes(&error))
        })?;
        let mut identity = Identity {
            issuer: claims.issuer().to_string(),
            subject: claims.subject().to_string(),
            email: claims
                .email()
                .filter(|_| claims.email_verified() == Some(true))
                .map(|email| email.to_string()),
            name: claims.name().and_then(|name| name.get(None)).map(|name| name.to_string()),
            groups: self.groups(&claims.additional_claims().0),
        };
        // Many providers keep names and groups out of the token and give them when asked.
        if client.user_info_url().is_some() {
            let request = client
                .user_info(answer.access_token().clone(), Some(claims.subject().clone()))
                .map_err(|error| unreachable(&error))?;
            let more: UserInfoClaims<More, CoreGenderClaim> =
                request.request_async(&self.http).await.map_err(|error| unreachable(&error))?;
            let verified = more.email_verified() == Some(true);
            let email = more.email().filter(|_| verified).map(|email| email.to_string());
            let name = more.name().and_then(|name| name.get(None)).map(|name| name.to_string());
            identity.email = identity.email.or(email);
            identity.name = identity.name.or(name);
            if identity.groups.is_empty() {
                identity.groups = self.groups(&more.additional_claims().0);
            }
        }
        Ok(identity)
    }

    fn groups(&self, claims: &BTreeMap<String, Value>) -> Vec<String> {
        match claims.get(&self.settings.groups_claim) {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).map(str::to_string).collect(),
            _ => Vec::new(),
        }
    }
}

impl Oidc {
    /// The roles of a person by their groups.
    pub fn roles_of(&self, groups: &[String]) -> Vec<Role> {
        let has = |names: &[String]| names.iter().any(|name| groups.contains(name));
        self.roles.iter().filter(|(_, names)| has(names)).map(|(role, _)| *role).collect()
    }
}
