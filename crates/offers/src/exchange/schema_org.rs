//! Offers as JSON-LD of schema.org, for search engines. Source: <https://schema.org/Service>.

use crate::hsds::{Organization, Schedule};
use crate::{Offer, opening};
use serde_json::{Map, Value, json};

/// A `Service` with provider, places and opening times. Absent fields are left out. The caller embeds it in a
/// page; `<` is written as `\u003c` by [`to_script`] so that text cannot end the script element.
pub fn schema_org(offer: &Offer, organization: Option<&Organization>, url: &str) -> Value {
    let service = &offer.service;
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| {
        let empty = value.is_null() || value == "" || value.as_array().is_some_and(Vec::is_empty);
        if !empty {
            out.insert(key.into(), value);
        }
    };
    put("@context", "https://schema.org".into());
    put("@type", "Service".into());
    put("@id", url.into());
    put("name", service.name.clone().into());
    put("description", service.description.clone().into());
    put("url", service.url.clone().into());
    put("audience", audience(offer));
    put("availableLanguage", service.languages.iter().map(|one| Value::from(one.code.clone())).collect());
    put(
        "provider",
        organization.map_or(Value::Null, |one| json!({"@type": "Organization", "name": one.name})),
    );
    let contact = |number: &str| json!({"@type": "ContactPoint", "telephone": number});
    let phones = service.phones.iter().filter(|one| !one.number.is_empty());
    put("contactPoint", phones.map(|one| contact(&one.number)).collect());
    let hours: Vec<Value> = opening::Hours::of(offer).schedules().iter().flat_map(opening_hours).collect();
    put("hoursAvailable", hours.into());
    put("availableChannel", offer.locations().map(channel).collect());
    let free = service.fees_description.to_lowercase().contains("kostenlos")
        || service.fees.to_lowercase().contains("kostenlos");
    put("isAccessibleForFree", if free { true.into() } else { Value::Null });
    Value::Object(out)
}

fn audience(offer: &Offer) -> Value {
    let Some((from, to)) = offer.prevention.age_months else { return Value::Null };
    let (minimum, maximum) = super::years_from_months(from, to);
    let number = |years: f64| json!((years * 100.0).round() / 100.0);
    let mut audience = json!({"@type": "PeopleAudience", "suggestedMinAge": number(minimum)});
    if let (Some(maximum), Some(map)) = (maximum, audience.as_object_mut()) {
        map.insert("suggestedMaxAge".into(), number(maximum));
    }
    audience
}

fn channel(place: &crate::hsds::Location) -> Value {
    let mut at = json!({"@type": "Place"});
    if let Some(map) = at.as_object_mut() {
        if !place.name.is_empty() {
            map.insert("name".into(), place.name.clone().into());
        }
        if let Some(one) = place.addresses.first() {
            map.insert(
                "address".into(),
                json!({
                    "@type": "PostalAddress", "streetAddress": one.address_1, "postalCode": one.postal_code,
                    "addressLocality": one.city, "addressCountry": one.country,
                }),
            );
        }
        if let Some((longitude, latitude)) = place.longitude.zip(place.latitude) {
            map.insert(
                "geo".into(),
                json!({"@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude}),
            );
        }
    }
    json!({"@type": "ServiceChannel", "serviceLocation": at})
}

fn opening_hours(one: &Schedule) -> Vec<Value> {
    const DAYS: [(&str, &str); 7] = [
        ("MO", "Monday"),
        ("TU", "Tuesday"),
        ("WE", "Wednesday"),
        ("TH", "Thursday"),
        ("FR", "Friday"),
        ("SA", "Saturday"),
        ("SU", "Sunday"),
    ];
    let every_week = one.freq.eq_ignore_ascii_case("WEEKLY") && one.interval.is_none_or(|every| every == 1.0);
    let days: Vec<Value> = one
        .byday
        .split(',')
        .filter_map(|code| DAYS.iter().find(|(name, _)| *name == code.trim()))
        .map(|(_, name)| Value::from(format!("https://schema.org/{name}")))
        .collect();
    if !every_week || days.is_empty() || one.opens_at.is_empty() || one.closes_at.is_empty() {
        return Vec::new();
    }
    vec![json!({
        "@type": "OpeningHoursSpecification", "dayOfWeek": days, "opens": one.opens_at, "closes": one.closes_at,
    })]
}

/// JSON-LD as text for a script element: nothing in it can end the element.
pub fn to_script(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}
