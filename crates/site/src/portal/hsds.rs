//! `/hsds`: the offers for machines, as Open Referral describes (HSDS 3.x).

use crate::ask::{Ask, Params};
use crate::portal::family::absolute;
use crate::problem::{Answer, Problem};
use crate::state::SiteState;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kekiz_portal::hsds::{Ask as HsdsAsk, MOST_PER_PAGE};
use kekiz_portal::offers::hsds::{BaseDocument, Page};
use kekiz_portal::{Portal, PortalError};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;

/// The routes of this module.
pub(crate) fn router() -> Router<SiteState> {
    Router::new()
        .route("/hsds", get(answer))
        .route("/hsds/", get(answer))
        .route("/hsds/datapackage.zip", get(package))
        .route("/hsds/{kind}", get(answer))
        .route("/hsds/{kind}/{id}", get(answer))
}

impl From<PortalError> for Problem {
    fn from(error: PortalError) -> Self {
        match &error {
            PortalError::NotFound { .. } | PortalError::Merged { .. } => {
                Problem::not_found(error.to_string())
            }
            inner if inner.is_internal() => failed(inner),
            _ => Problem::parameter(error.to_string()),
        }
    }
}

fn failed(error: &impl std::fmt::Display) -> Problem {
    tracing::error!(%error, "the offers could not be given out");
    Problem {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        code: "internal",
        detail: "Der Fehler liegt bei uns. Bitte versuchen Sie es in einigen Minuten noch einmal.".into(),
    }
}

fn portal(state: &SiteState) -> Result<&Arc<Portal>, Problem> {
    state.portal.as_ref().ok_or_else(|| {
        Problem::not_found("Hier sind keine Hilfsangebote eingetragen; es gibt nur den Atlas.")
    })
}

async fn answer(State(state): State<SiteState>, ask: Ask) -> Response {
    match make(&state, &ask).await {
        Ok(made) => open(made),
        Err(problem) => open(problem.response()),
    }
}

/// Any page may read what is public.
fn open(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

async fn make(state: &SiteState, ask: &Ask) -> Result<Response, Problem> {
    let portal = portal(state)?;
    let (kind, id) = (ask.segment("kind"), ask.segment("id"));
    let request = asked(&ask.params)?;
    let yes = |name: &str| ask.params.get(name).is_some_and(|text| matches!(text, "true" | "1"));
    if ask.params.get("format") == Some("ndjson") && id.is_empty() {
        return stream(portal, kind, &request, &ask.params).await;
    }
    match (kind, id) {
        ("", _) => json(&BaseDocument {
            openapi_url: absolute(state, ask, "/hsds/openapi.json"),
            ..BaseDocument::default()
        }),
        ("openapi.json", "") => json(&openapi(&absolute(state, ask, "/hsds"))),
        ("services", "") if yes("minimal") => {
            let page = portal.hsds_services(&request).await?;
            let one = |service: &kekiz_portal::offers::hsds::Service| serde_json::json!({ "id": service.id, "modified_date": service.last_modified });
            let contents: Vec<Value> = page.contents.iter().map(one).collect();
            json(&Page::new(contents, page.total_items, page.page_number, request_size(&request)))
        }
        ("services", "") => json(&portal.hsds_services(&request).await?),
        ("services", id) => found(portal.hsds_service(id).await?, "Diesen Dienst"),
        ("organizations", "") => json(&portal.hsds_organizations(&request, yes("full_service")).await?),
        ("organizations", id) => {
            found(portal.hsds_organization(id, yes("full_service")).await?, "Diese Organisation")
        }
        ("service_at_locations", "") => json(&portal.hsds_service_at_locations(&request).await?),
        ("service_at_locations", id) => {
            found(portal.hsds_service_at_location(id).await?, "Diesen Ort eines Dienstes")
        }
        ("taxonomies", "") => json(&portal.hsds_taxonomies(&request)),
        ("taxonomies", id) => {
            let all = portal.hsds_taxonomies(&HsdsAsk { per_page: MOST_PER_PAGE, ..HsdsAsk::default() });
            found(all.contents.into_iter().find(|one| one.id == id), "Diese Liste")
        }
        ("taxonomy_terms", "") => json(&portal.hsds_terms(&request, ask.params.get("parent_id"))),
        ("taxonomy_terms", id) => found(term(portal, id), "Diesen Begriff"),
        _ => Err(Problem::not_found(
            "Diese Liste gibt es nicht. Möglich sind services, organizations, service_at_locations, taxonomies und taxonomy_terms.",
        )),
    }
}

fn request_size(ask: &HsdsAsk) -> u64 {
    if ask.per_page == 0 { 25 } else { ask.per_page }
}

fn term(portal: &Portal, id: &str) -> Option<kekiz_portal::offers::hsds::TaxonomyTerm> {
    (1..)
        .map_while(|page| {
            let ask = HsdsAsk { page, per_page: MOST_PER_PAGE, ..HsdsAsk::default() };
            let page = portal.hsds_terms(&ask, None);
            (!page.empty).then_some(page.contents)
        })
        .flatten()
        .find(|one| one.id == id)
}

/// Every object on a line of its own, without pages.
async fn stream(portal: &Portal, kind: &str, ask: &HsdsAsk, params: &Params) -> Result<Response, Problem> {
    let full_service = params.get("full_service").is_some_and(|text| matches!(text, "true" | "1"));
    let mut out = Vec::new();
    for page in 1.. {
        let ask = HsdsAsk { page, per_page: MOST_PER_PAGE, ..ask.clone() };
        let (lines, last) = match kind {
            "services" => lines(&portal.hsds_services(&ask).await?),
            "organizations" => lines(&portal.hsds_organizations(&ask, full_service).await?),
            "service_at_locations" => lines(&portal.hsds_service_at_locations(&ask).await?),
            "taxonomies" => lines(&portal.hsds_taxonomies(&ask)),
            "taxonomy_terms" => lines(&portal.hsds_terms(&ask, params.get("parent_id"))),
            _ => return Err(Problem::not_found("Diese Liste gibt es nicht.")),
        };
        out.extend(lines);
        if last {
            break;
        }
    }
    Ok(sent(Answer::new("application/x-ndjson", out)))
}

fn lines<T: Serialize>(page: &Page<T>) -> (Vec<u8>, bool) {
    let mut out = Vec::new();
    for one in &page.contents {
        if serde_json::to_writer(&mut out, one).is_ok() {
            out.push(b'\n');
        }
    }
    (out, page.last_page)
}

fn json(value: &impl Serialize) -> Result<Response, Problem> {
    let value = serde_json::to_value(value).map_err(|error| failed(&error))?;
    Ok(sent(Answer::json(&value)))
}

fn found<T: Serialize>(value: Option<T>, what: &str) -> Result<Response, Problem> {
    match value {
        Some(value) => json(&value),
        None => Err(Problem::not_found(format!("{what} gibt es hier nicht (mehr)."))),
    }
}

fn sent(answer: Answer) -> Response {
    ([(header::CONTENT_TYPE, answer.content_type)], answer.body).into_response()
}

/// The parameters of HSDS. Unknown ones are passed over, as the standard allows profiles to add some.
fn asked(params: &Params) -> Result<HsdsAsk, Problem> {
    let whole = |name: &str| match params.get(name) {
        None => Ok(0),
        Some(text) => text
            .parse::<u64>()
            .map_err(|_| Problem::parameter(format!("Angabe „{name}“: erwartet wird eine ganze Zahl ab 1."))),
    };
    let modified_after = match params.get("modified_after") {
        None => None,
        Some(text) => Some(moment(text).ok_or_else(|| {
            Problem::parameter(
                "Angabe „modified_after“: erwartet wird ein Zeitpunkt wie 2026-01-31T12:00:00Z oder ein Tag.",
            )
        })?),
    };
    let proximity_m = match params.get("proximity") {
        None => None,
        Some(text) => {
            Some(text.parse::<f64>().ok().filter(|m| *m > 0.0 && m.is_finite()).ok_or_else(|| {
                Problem::parameter("Angabe „proximity“: erwartet wird eine Entfernung in Metern.")
            })?)
        }
    };
    let text = |name: &str| params.get(name).map(str::to_string);
    Ok(HsdsAsk {
        search: text("search").unwrap_or_default(),
        page: whole("page")?,
        per_page: whole("per_page")?.min(MOST_PER_PAGE),
        taxonomy_term_id: text("taxonomy_term_id"),
        taxonomy_id: text("taxonomy_id"),
        organization_id: text("organization_id"),
        modified_after,
        postcode: text("postcode"),
        proximity_m,
        full: params.get("full").is_some_and(|text| matches!(text, "true" | "1")),
    })
}

fn moment(text: &str) -> Option<jiff::Timestamp> {
    // A plus sign in a query arrives as a space.
    let text = text.replace(' ', "+");
    text.parse().ok().or_else(|| {
        let day: jiff::civil::Date = text.parse().ok()?;
        format!("{day}T00:00:00Z").parse().ok()
    })
}

async fn package(State(state): State<SiteState>) -> Response {
    let made = match portal(&state) {
        Ok(portal) => portal.hsds_package().await.map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    match made {
        Ok(bytes) => open(sent(Answer::new("application/zip", bytes))),
        Err(problem) => open(problem.response()),
    }
}

/// The paths of this API in short; the objects are those of the standard's own description.
fn openapi(server: &str) -> Value {
    let parameter = |name: &str, kind: &str| serde_json::json!({ "name": name, "in": "query", "schema": { "type": kind } });
    let common = [("search", "string"), ("page", "integer"), ("per_page", "integer"), ("format", "string")];
    let list = |more: &[(&str, &str)]| {
        let parameters: Vec<Value> =
            common.iter().chain(more).map(|(name, kind)| parameter(name, kind)).collect();
        serde_json::json!({ "get": { "parameters": parameters, "responses": { "200": { "description": "A page of objects" } } } })
    };
    let one = serde_json::json!({ "get": {
        "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
        "responses": { "200": { "description": "The object" }, "404": { "description": "No such object" } },
    } });
    let filters = [
        ("taxonomy_term_id", "string"),
        ("taxonomy_id", "string"),
        ("organization_id", "string"),
        ("modified_after", "string"),
        ("full", "boolean"),
    ];
    let services = [&filters[..], &[("minimal", "boolean")]].concat();
    let places = [&filters[..], &[("postcode", "string"), ("proximity", "string")]].concat();
    serde_json::json!({
        "openapi": "3.1.0",
        "info": { "title": "HSDS", "version": kekiz_portal::offers::hsds::VERSION },
        "servers": [{ "url": server }],
        "paths": {
            "/": { "get": { "responses": { "200": { "description": "Version and profile" } } } },
            "/services": list(&services), "/services/{id}": one,
            "/organizations": list(&[("full", "boolean"), ("full_service", "boolean")]), "/organizations/{id}": one,
            "/service_at_locations": list(&places), "/service_at_locations/{id}": one,
            "/taxonomies": list(&[]), "/taxonomies/{id}": one,
            "/taxonomy_terms": list(&[("taxonomy_id", "string"), ("top_only", "boolean"), ("parent_id", "string")]),
            "/taxonomy_terms/{id}": one,
            "/datapackage.zip": { "get": { "responses": { "200": { "description": "Everything as CSV tables" } } } },
        },
    })
}
