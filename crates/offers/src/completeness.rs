//! What an offer still lacks before it can be published, and what would make it better.

use crate::{FieldGroup, Offer, VocabularyError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One thing an offer lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// Path of the field to fill (as in `FieldChange::field`).
    pub field: &'static str,
    /// The group it is in.
    pub group: FieldGroup,
    /// Whether the offer cannot be published without it.
    pub required: bool,
    /// What is missing and what to do, as a German sentence.
    pub sentence: String,
}

/// How much a field is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Demand {
    /// No publication without it.
    Required,
    /// A hint.
    Recommended,
    /// Not asked for.
    Off,
}

/// What is demanded of an offer, by the code of the rule (`data/portal/pflichtangaben.toml`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demands {
    /// Version of the file format; this program reads 1.
    pub version: u32,
    /// Demand by rule; rules that are not named are off.
    pub fields: BTreeMap<String, Demand>,
}

impl Demands {
    /// The demands the program carries.
    pub fn defaults() -> Result<Self, VocabularyError> {
        Self::read("pflichtangaben.toml", include_str!("../../../data/portal/pflichtangaben.toml"))
    }

    /// Reads demands from TOML and refuses unknown rules.
    pub fn read(file: &str, text: &str) -> Result<Self, VocabularyError> {
        let demands: Demands = toml::from_str(text)
            .map_err(|error| VocabularyError::Syntax { file: file.into(), detail: error.message().into() })?;
        if demands.version != 1 {
            return Err(VocabularyError::Version { file: file.into(), found: demands.version });
        }
        if let Some(code) =
            demands.fields.keys().find(|code| !RULES.iter().any(|rule| rule.code == code.as_str()))
        {
            let allowed = RULES.iter().map(|rule| rule.code).collect::<Vec<_>>().join(", ");
            return Err(VocabularyError::Unknown { file: file.into(), code: code.clone(), allowed });
        }
        Ok(demands)
    }

    fn of(&self, code: &str) -> Demand {
        self.fields.get(code).copied().unwrap_or(Demand::Off)
    }
}

struct Rule {
    code: &'static str,
    field: &'static str,
    group: FieldGroup,
    sentence: &'static str,
    holds: fn(&Offer) -> bool,
}

fn filled(text: &str) -> bool {
    !text.trim().is_empty()
}

fn has_contact(offer: &Offer) -> bool {
    let service = &offer.service;
    let phones = service.phones.iter().any(|phone| filled(&phone.number));
    let persons = service
        .contacts
        .iter()
        .any(|contact| filled(&contact.email) || contact.phones.iter().any(|phone| filled(&phone.number)));
    let places = offer.locations().any(|place| place.phones.iter().any(|phone| filled(&phone.number)));
    phones || persons || places || filled(&service.email) || filled(&service.url)
}

fn has_place(offer: &Offer) -> bool {
    let visits = offer.prevention.access == Some(crate::Access::Geh);
    let online = offer.locations().any(|place| place.location_type == "virtual");
    let address = offer.addresses().into_iter().any(|one| filled(&one.city) && filled(&one.address_1));
    visits || online || address
}

fn has_audience(offer: &Offer) -> bool {
    let prevention = &offer.prevention;
    prevention.age_months.is_some()
        || prevention.pregnancy
        || !prevention.target_groups.is_empty()
        || filled(&offer.service.eligibility_description)
}

fn has_opening(offer: &Offer) -> bool {
    let at_places = offer.service.service_at_locations.iter().any(|at| !at.schedules.is_empty());
    !offer.service.schedules.is_empty()
        || at_places
        || offer.locations().any(|place| !place.schedules.is_empty())
}

fn has_coordinates(offer: &Offer) -> bool {
    offer.locations().all(|place| place.location_type == "virtual") || !offer.points().is_empty()
}

fn has_fees(offer: &Offer) -> bool {
    let service = &offer.service;
    filled(&service.fees_description) || filled(&service.fees) || !service.cost_options.is_empty()
}

const RULES: [Rule; 16] = [
    Rule {
        code: "name",
        field: "service/name",
        group: FieldGroup::Description,
        sentence: "Der Name fehlt. Bitte so nennen, wie Familien das Angebot kennen.",
        holds: |offer| filled(&offer.service.name),
    },
    Rule {
        code: "description",
        field: "service/description",
        group: FieldGroup::Description,
        sentence: "Die Beschreibung fehlt. Bitte in zwei bis fünf kurzen Sätzen sagen, was Familien dort bekommen.",
        holds: |offer| filled(&offer.service.description),
    },
    Rule {
        code: "contact",
        field: "service/phones",
        group: FieldGroup::Contact,
        sentence: "Ein Kontakt fehlt. Bitte Telefon, E-Mail oder Internetseite eintragen.",
        holds: has_contact,
    },
    Rule {
        code: "place",
        field: "service/service_at_locations",
        group: FieldGroup::Place,
        sentence: "Der Ort fehlt. Bitte Straße und Ort eintragen, oder „online“ oder „wir kommen zu Ihnen“ wählen.",
        holds: has_place,
    },
    Rule {
        code: "audience",
        field: "prevention/age_months",
        group: FieldGroup::Audience,
        sentence: "Für wen das Angebot ist, fehlt. Bitte Alter der Kinder, Schwangerschaft oder Zielgruppe angeben.",
        holds: has_audience,
    },
    Rule {
        code: "life_phase",
        field: "prevention/life_phases",
        group: FieldGroup::Prevention,
        sentence: "Die Lebensphase fehlt. Bitte mindestens eine wählen, damit das Angebot in der Präventionskette zählt.",
        holds: |offer| !offer.prevention.life_phases.is_empty(),
    },
    Rule {
        code: "action_field",
        field: "prevention/action_fields",
        group: FieldGroup::Prevention,
        sentence: "Das Handlungsfeld fehlt. Bitte mindestens eines wählen.",
        holds: |offer| !offer.prevention.action_fields.is_empty(),
    },
    Rule {
        code: "opening",
        field: "service/schedules",
        group: FieldGroup::Schedule,
        sentence: "Öffnungszeiten fehlen. Mit ihnen finden Familien das Angebot unter „heute offen“.",
        holds: has_opening,
    },
    Rule {
        code: "coordinates",
        field: "service/service_at_locations",
        group: FieldGroup::Place,
        sentence: "Die Lage auf der Karte fehlt. Bitte die Anschrift prüfen oder den Punkt auf der Karte setzen.",
        holds: has_coordinates,
    },
    Rule {
        code: "fees",
        field: "service/fees_description",
        group: FieldGroup::Access,
        sentence: "Die Kosten fehlen. Ist das Angebot kostenlos, bitte „kostenlos“ eintragen.",
        holds: has_fees,
    },
    Rule {
        code: "application",
        field: "service/application_process",
        group: FieldGroup::Access,
        sentence: "Wie man teilnimmt, fehlt. Bitte sagen, ob man sich anmeldet oder einfach kommt.",
        holds: |offer| filled(&offer.service.application_process),
    },
    Rule {
        code: "languages",
        field: "service/languages",
        group: FieldGroup::Audience,
        sentence: "Die Sprachen fehlen. Bitte eintragen, welche Sprachen vor Ort gesprochen werden.",
        holds: |offer| !offer.service.languages.is_empty(),
    },
    Rule {
        code: "accessibility",
        field: "service/service_at_locations",
        group: FieldGroup::Place,
        sentence: "Angaben zur Barrierefreiheit fehlen. Bitte sagen, ob man mit Rollstuhl und Kinderwagen hineinkommt.",
        holds: |offer| {
            offer.locations().all(|place| place.location_type == "virtual" || !place.accessibility.is_empty())
        },
    },
    Rule {
        code: "prevention_type",
        field: "prevention/prevention_type",
        group: FieldGroup::Prevention,
        sentence: "Die Art der Prävention fehlt. Bitte universell, selektiv oder indiziert wählen.",
        holds: |offer| offer.prevention.prevention_type.is_some(),
    },
    Rule {
        code: "access",
        field: "prevention/access",
        group: FieldGroup::Prevention,
        sentence: "Komm- oder Geh-Struktur fehlt. Bitte wählen, wer zu wem kommt.",
        holds: |offer| offer.prevention.access.is_some(),
    },
    Rule {
        code: "places",
        field: "prevention/places",
        group: FieldGroup::Prevention,
        sentence: "Plätze oder erreichte Personen fehlen. Ohne sie zählt das Angebot in der Lückenanalyse nur als vorhanden.",
        holds: |offer| offer.prevention.places.is_some() || offer.prevention.reached_per_year.is_some(),
    },
];

/// What an offer lacks under the demands the program carries; required things first.
pub fn missing(offer: &Offer) -> Vec<Missing> {
    Demands::defaults().map(|demands| missing_by(offer, &demands)).unwrap_or_default()
}

/// What an offer lacks under a municipality's demands; required things first, then in the order of the form.
pub fn missing_by(offer: &Offer, demands: &Demands) -> Vec<Missing> {
    let open = RULES.iter().filter(|rule| demands.of(rule.code) != Demand::Off && !(rule.holds)(offer));
    let mut found: Vec<Missing> = open
        .map(|rule| Missing {
            field: rule.field,
            group: rule.group,
            required: demands.of(rule.code) == Demand::Required,
            sentence: rule.sentence.into(),
        })
        .collect();
    found.sort_by_key(|one| !one.required);
    found
}

/// Whether nothing required is missing.
pub fn is_publishable(offer: &Offer, demands: &Demands) -> bool {
    missing_by(offer, demands).iter().all(|one| !one.required)
}
