//! What the HSDS API answers: base document, pages of lists, short forms of objects; and reading answers.

use super::{Organization, Record, Service, ServiceAtLocation};
use kekiz_base::{Diagnostics, Place, Severity};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version of the standard we write.
pub const VERSION: &str = "3.1";
/// The schema of the API of that version.
pub const OPENAPI_URL: &str =
    "https://raw.githubusercontent.com/openreferral/specification/3.1/schema/openapi.json";
/// The profile we follow: the standard itself.
pub const PROFILE_URL: &str = "https://docs.openreferral.org/en/3.1/hsds/";

/// The answer of `/hsds/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseDocument {
    /// Version of HSDS.
    pub version: String,
    /// Address of the profile.
    pub profile: String,
    /// Address of the OpenAPI description.
    pub openapi_url: String,
}

impl Default for BaseDocument {
    fn default() -> Self {
        Self { version: VERSION.into(), profile: PROFILE_URL.into(), openapi_url: OPENAPI_URL.into() }
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// Objects on all pages.
    pub total_items: u64,
    /// Number of pages; 0 for an empty list.
    pub total_pages: u64,
    /// This page, from 1.
    pub page_number: u64,
    /// Objects on this page.
    pub size: u64,
    /// Whether this is the first page.
    pub first_page: bool,
    /// Whether no page follows.
    pub last_page: bool,
    /// Whether this page is empty.
    pub empty: bool,
    /// The objects.
    pub contents: Vec<T>,
}

impl<T> Page<T> {
    /// A page from the objects on it. `page_number` counts from 1; 0 is read as 1, `per_page` 0 as 1.
    pub fn new(contents: Vec<T>, total_items: u64, page_number: u64, per_page: u64) -> Self {
        let (page_number, per_page) = (page_number.max(1), per_page.max(1));
        let total_pages = total_items.div_ceil(per_page);
        Self {
            total_items,
            total_pages,
            page_number,
            size: contents.len() as u64,
            first_page: page_number == 1,
            last_page: page_number >= total_pages,
            empty: contents.is_empty(),
            contents,
        }
    }
}

/// A service as it stands in `/services`: its own fields, the organization and the programme in short.
pub fn service_summary(service: &Service) -> Service {
    Service {
        organization: service.organization.as_deref().map(|one| Box::new(organization_summary(one))),
        program: service.program.clone(),
        phones: Vec::new(),
        schedules: Vec::new(),
        service_areas: Vec::new(),
        service_at_locations: Vec::new(),
        languages: Vec::new(),
        funding: Vec::new(),
        cost_options: Vec::new(),
        required_documents: Vec::new(),
        contacts: Vec::new(),
        capacities: Vec::new(),
        attributes: Vec::new(),
        metadata: Vec::new(),
        additional_urls: Vec::new(),
        ..service.clone()
    }
}

/// An organization as it stands in `/organizations`: its own fields only.
pub fn organization_summary(organization: &Organization) -> Organization {
    Organization {
        funding: Vec::new(),
        contacts: Vec::new(),
        phones: Vec::new(),
        locations: Vec::new(),
        programs: Vec::new(),
        organization_identifiers: Vec::new(),
        services: Vec::new(),
        attributes: Vec::new(),
        metadata: Vec::new(),
        additional_websites: Vec::new(),
        ..organization.clone()
    }
}

/// The places of a service as `/service_at_locations` lists them, each with its service in short.
pub fn service_at_locations(service: &Service) -> Vec<ServiceAtLocation> {
    let summary = serde_json::to_value(service_summary(service)).unwrap_or_default();
    let with_service = |at: &ServiceAtLocation| {
        let mut at = at.clone();
        at.more.insert("service".into(), summary.clone());
        at
    };
    service.service_at_locations.iter().map(with_service).collect()
}

/// Why bytes are not HSDS.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Not JSON.
    #[error(
        "Das ist keine lesbare JSON-Datei (Zeile {line}, Spalte {column}). Bitte die Datei neu herunterladen."
    )]
    Json {
        /// Line from 1.
        line: usize,
        /// Column from 1.
        column: usize,
    },
    /// JSON, but neither an object, nor a list of objects, nor a page.
    #[error(
        "Erwartet wird ein HSDS-Objekt, eine Liste oder eine Seite mit „contents“. Bitte eine HSDS-Datei wählen."
    )]
    Shape,
    /// More bytes than allowed.
    #[error("Die Datei ist größer als {limit} MB. Bitte in mehreren Teilen einlesen.")]
    TooLarge {
        /// Limit in megabytes.
        limit: usize,
    },
}

/// Largest document read, in bytes.
pub const MAX_BYTES: usize = 256 * 1024 * 1024;

/// Reads objects from one object, a JSON list, or a page of a list.
pub fn read_objects<R: Record>(bytes: &[u8]) -> Result<Vec<R>, ReadError> {
    if bytes.len() > MAX_BYTES {
        return Err(ReadError::TooLarge { limit: MAX_BYTES / (1024 * 1024) });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let value: Value = serde_json::from_slice(bytes)
        .map_err(|error| ReadError::Json { line: error.line(), column: error.column() })?;
    let items = match value {
        Value::Array(items) => items,
        Value::Object(mut map) => match map.remove("contents") {
            Some(Value::Array(items)) => items,
            Some(_) => return Err(ReadError::Shape),
            None => vec![Value::Object(map)],
        },
        _ => return Err(ReadError::Shape),
    };
    let object = |item| match item {
        Value::Object(map) => Ok(R::from_map(map)),
        _ => Err(ReadError::Shape),
    };
    items.into_iter().map(object).collect()
}

/// What is odd about an object and everything in it: values of another shape, control characters, identifiers
/// that are no UUID, coordinates off the globe, dates that are none. The object is usable all the same, except
/// where a finding is an error (control characters).
pub fn check<R: Record>(object: &R) -> Diagnostics {
    let mut findings = Diagnostics::new();
    let value = serde_json::to_value(object).unwrap_or_default();
    for (field, found) in object.misfits() {
        if !found.is_null() && found != &Value::from("") && found != &Value::Array(Vec::new()) {
            note(
                &mut findings,
                Severity::Warning,
                "hsds-shape",
                field,
                "Der Wert hat eine andere Form als der Standard vorsieht; er wird unverändert behalten.",
                "Bitte bei der Quelle nachfragen.",
            );
        }
    }
    check_value(&value, "", &mut findings);
    findings
}

fn note(
    findings: &mut Diagnostics,
    severity: Severity,
    code: &'static str,
    column: &str,
    message: &str,
    remedy: &str,
) {
    let place = Place { column: Some(column.to_string()), ..Place::default() };
    findings.push(severity, code, place, message, remedy);
}

fn check_value(value: &Value, path: &str, findings: &mut Diagnostics) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            check_value(value, &path, findings);
        }),
        Value::Array(items) => items.iter().for_each(|item| check_value(item, path, findings)),
        Value::String(text) => check_text(text, path, findings),
        Value::Number(number) => check_number(number.as_f64().unwrap_or_default(), path, findings),
        _ => {}
    }
}

fn check_text(text: &str, path: &str, findings: &mut Diagnostics) {
    if text.chars().any(crate::exchange::is_forbidden) {
        note(
            findings,
            Severity::Error,
            "control-character",
            path,
            "Der Text enthält unsichtbare Steuerzeichen.",
            "Bitte den Text in der Quelle neu eintippen.",
        );
    }
    let key = path.rsplit('.').next().unwrap_or_default();
    let is_date = matches!(key, "valid_from" | "valid_to" | "dtstart" | "until" | "assured_date");
    if is_date && text.get(..10).is_none_or(|day| day.parse::<jiff::civil::Date>().is_err()) {
        note(
            findings,
            Severity::Warning,
            "hsds-date",
            path,
            "Das ist kein Datum der Form JJJJ-MM-TT.",
            "Bitte das Datum in der Quelle berichtigen.",
        );
    }
    if key == "id" && !crate::is_uuid(text) {
        note(
            findings,
            Severity::Note,
            "hsds-id",
            path,
            "Die Kennung ist keine UUID; sie wird unverändert behalten.",
            "",
        );
    }
}

fn check_number(number: f64, path: &str, findings: &mut Diagnostics) {
    let limit = match path.rsplit('.').next() {
        Some("latitude") => 90.0,
        Some("longitude") => 180.0,
        _ => f64::INFINITY,
    };
    if number.abs() > limit {
        note(
            findings,
            Severity::Warning,
            "hsds-coordinate",
            path,
            "Die Koordinate liegt außerhalb der Erde; der Ort erscheint nicht auf der Karte.",
            "Bitte Längen- und Breitengrad prüfen.",
        );
    }
}
