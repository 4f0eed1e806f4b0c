//! Paths and values in German words, for showing changes to people.

use super::path;
use crate::FieldGroup;
use serde_json::Value;

/// Names of keys, and the group they belong to when they stand at the first or second place of a path.
const KEYS: &[(&str, &str, Option<FieldGroup>)] = &[
    ("name", "Name", Some(FieldGroup::Description)),
    ("alternate_name", "Anderer Name", Some(FieldGroup::Description)),
    ("description", "Beschreibung", Some(FieldGroup::Description)),
    ("alert", "Hinweis", Some(FieldGroup::Description)),
    ("texts", "Übersetzung", Some(FieldGroup::Description)),
    ("url", "Internetseite", Some(FieldGroup::Contact)),
    ("additional_urls", "Weitere Internetseiten", Some(FieldGroup::Contact)),
    ("email", "E-Mail", Some(FieldGroup::Contact)),
    ("phones", "Telefon", Some(FieldGroup::Contact)),
    ("number", "Nummer", None),
    ("contacts", "Ansprechperson", Some(FieldGroup::Contact)),
    ("service_at_locations", "Ort", Some(FieldGroup::Place)),
    ("service_areas", "Einzugsgebiet", Some(FieldGroup::Place)),
    ("location", "Ort", None),
    ("addresses", "Anschrift", None),
    ("address_1", "Straße und Hausnummer", None),
    ("address_2", "Adresszusatz", None),
    ("postal_code", "Postleitzahl", None),
    ("city", "Ort", None),
    ("latitude", "Breitengrad", None),
    ("longitude", "Längengrad", None),
    ("accessibility", "Barrierefreiheit", None),
    ("schedules", "Öffnungszeiten", Some(FieldGroup::Schedule)),
    ("opens_at", "öffnet um", None),
    ("closes_at", "schließt um", None),
    ("byday", "Wochentage", None),
    ("fees", "Kosten", Some(FieldGroup::Access)),
    ("fees_description", "Kosten", Some(FieldGroup::Access)),
    ("cost_options", "Preise", Some(FieldGroup::Access)),
    ("application_process", "Anmeldung", Some(FieldGroup::Access)),
    ("wait_time", "Wartezeit", Some(FieldGroup::Access)),
    ("required_documents", "Mitzubringen", Some(FieldGroup::Access)),
    ("eligibility_description", "Für wen", Some(FieldGroup::Audience)),
    ("minimum_age", "Alter ab (Jahre)", Some(FieldGroup::Audience)),
    ("maximum_age", "Alter bis (Jahre)", Some(FieldGroup::Audience)),
    ("languages", "Sprachen", Some(FieldGroup::Audience)),
    ("interpretation_services", "Dolmetschen", Some(FieldGroup::Audience)),
    ("age_months", "Alter in Monaten", Some(FieldGroup::Audience)),
    ("pregnancy", "Für Schwangere", Some(FieldGroup::Audience)),
    ("target_groups", "Zielgruppen", Some(FieldGroup::Audience)),
    ("life_phases", "Lebensphasen", Some(FieldGroup::Prevention)),
    ("transitions", "Übergänge", Some(FieldGroup::Prevention)),
    ("action_fields", "Handlungsfelder", Some(FieldGroup::Prevention)),
    ("prevention_type", "Art der Prävention", Some(FieldGroup::Prevention)),
    ("access", "Komm- oder Geh-Struktur", Some(FieldGroup::Prevention)),
    ("legal_basis", "Rechtsgrundlage", Some(FieldGroup::Prevention)),
    ("places", "Plätze", Some(FieldGroup::Prevention)),
    ("reached_per_year", "Erreichte Personen im Jahr", Some(FieldGroup::Prevention)),
    ("full_cost_cents_per_year", "Vollkosten im Jahr", Some(FieldGroup::Prevention)),
    ("payers", "Kostenträger", Some(FieldGroup::Prevention)),
    ("evidence", "Wirkungsnachweis", Some(FieldGroup::Prevention)),
    ("goals", "Ziele", Some(FieldGroup::Prevention)),
    ("catchment", "Einzugsgebiet", Some(FieldGroup::Prevention)),
    ("state", "Stand", None),
    ("status", "Stand", None),
    ("checks", "Letzte Prüfung", None),
    ("organization", "Träger", None),
    ("@order", "Reihenfolge", None),
];

fn known(key: &str) -> Option<&'static (&'static str, &'static str, Option<FieldGroup>)> {
    KEYS.iter().find(|(name, _, _)| *name == key)
}

/// A path in German words: `service/phones/1554…/number` becomes `Telefon › Nummer`. Identifiers are left out;
/// a key without a German name is shown as it is.
pub fn field_label(field: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for (place, key) in path::keys(field).enumerate() {
        let skip = place == 0 && (key == "service" || key == "prevention") || crate::is_uuid(&key);
        if !skip {
            let word = known(&key).map(|(_, label, _)| label.to_string()).unwrap_or(key);
            if words.last() != Some(&word) {
                words.push(word);
            }
        }
    }
    if words.is_empty() { "Das Angebot".into() } else { words.join(" › ") }
}

/// The group of fields a path belongs to; `None` for the state, the checks and what no form shows.
pub fn group_of(field: &str) -> Option<FieldGroup> {
    path::keys(field).take(2).find_map(|key| known(&key).and_then(|(_, _, group)| *group))
}

/// A value in words for showing it beside another one; an absent value is `–`.
pub fn value_text(value: &Value) -> String {
    match value {
        Value::Null => "–".into(),
        Value::Bool(yes) => if *yes { "ja" } else { "nein" }.into(),
        Value::Number(number) => number.to_string().replace('.', ","),
        Value::String(text) if text.is_empty() => "–".into(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "–".into(),
        Value::Array(items) => items.iter().map(value_text).collect::<Vec<_>>().join(", "),
        Value::Object(map) => {
            let shown =
                map.iter().filter(|(key, value)| *key != "id" && !key.ends_with("_id") && !value.is_null());
            let parts: Vec<String> =
                shown.map(|(key, value)| format!("{}: {}", field_label(key), value_text(value))).collect();
            if parts.is_empty() { "–".into() } else { parts.join("; ") }
        }
    }
}
