//! What a reader asks for: path, parameters, headers. Reading it never fails; bad values are for the page to explain.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use std::convert::Infallible;

/// One request for a page.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    /// Path and query as sent; together with the generation the key of the cache.
    pub(crate) target: String,
    /// Path as sent.
    pub(crate) path: String,
    /// Query parameters.
    pub(crate) params: Params,
    /// Headers.
    pub(crate) headers: HeaderMap,
    segments: Vec<(String, String)>,
}

impl Ask {
    /// A part of the path by the name in the route; empty if it is not UTF-8.
    pub(crate) fn segment(&self, name: &str) -> &str {
        self.segments.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Ask {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let segments = match RawPathParams::from_request_parts(parts, state).await {
            Ok(found) => found.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
            Err(_) => Vec::new(),
        };
        Ok(Self {
            target: parts.uri.path_and_query().map_or_else(String::new, ToString::to_string),
            path: parts.uri.path().to_string(),
            params: Params::parse(parts.uri.query().unwrap_or("")),
            headers: parts.headers.clone(),
            segments,
        })
    }
}

/// Query parameters in their order. A parameter that is empty counts as not given, since forms send those.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    /// Reads `application/x-www-form-urlencoded` text; bytes that are not UTF-8 become replacement characters.
    pub(crate) fn parse(query: &str) -> Self {
        Self(
            form_urlencoded::parse(query.as_bytes())
                .map(|(name, value)| (name.into_owned(), value.trim().to_string()))
                .filter(|(_, value)| !value.is_empty())
                .collect(),
        )
    }

    /// The first value of a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Only the parameters with these names, each once, in this order: what a page carries into its links.
    pub(crate) fn only(&self, names: &[&str]) -> Self {
        Self(
            names
                .iter()
                .filter_map(|name| self.get(name).map(|value| ((*name).to_string(), value.to_string())))
                .collect(),
        )
    }

    /// The same parameters with one changed; `None` takes it away.
    pub(crate) fn with(&self, name: &str, value: Option<&str>) -> Self {
        let mut list: Vec<_> = self.0.iter().filter(|(found, _)| found != name).cloned().collect();
        if let Some(value) = value {
            list.push((name.to_string(), value.to_string()));
        }
        Self(list)
    }

    /// All parameters in their order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The address of `path` with these parameters.
    pub(crate) fn url(&self, path: &str) -> String {
        if self.0.is_empty() {
            return path.to_string();
        }
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish();
        format!("{path}?{query}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_survive_a_round_trip() {
        for query in ["", "a=1", "jahr=2021%2F22&ebene=kreis", "q=%C3%A4%20%26", "a=&b=2", "%ff=%ff", "=&&=x"]
        {
            let params = Params::parse(query);
            let again = Params::parse(params.url("/x").strip_prefix("/x").unwrap().trim_start_matches('?'));
            assert_eq!(params, again, "{query}");
        }
    }

    #[test]
    fn links_carry_what_is_known_and_change_one() {
        let params = Params::parse("jahr=2021&boese=%3Cscript%3E&ebene=kreis&jahr=2020");
        let known = params.only(&["ebene", "jahr"]);
        assert_eq!(known.url("/atlas/x"), "/atlas/x?ebene=kreis&jahr=2021");
        assert_eq!(known.with("jahr", Some("2022")).url("/"), "/?ebene=kreis&jahr=2022");
        assert_eq!(known.with("jahr", None).with("ebene", None).url("/"), "/");
    }
}
