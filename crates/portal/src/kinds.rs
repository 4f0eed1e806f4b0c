//! Kinds of facility: what holds for every nursery, library or school, so that a list of names and places becomes offers.

use kekiz_base::LifePhase;
use kekiz_offers::hsds::{Address, Location, Organization, Schedule, Service, ServiceAtLocation};
use kekiz_offers::opening::schedules_from_osm;
use kekiz_offers::{
    Access, ActionField, Check, FieldGroup, Offer, OfferId, OfferState, OrganizationId, Prevention,
    PreventionType, TargetGroup, derived_uuid, phase_from_slug,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What stands as source of attributes that come from the kind of facility only.
pub const DERIVED: &str = "aus der Art der Einrichtung abgeleitet";

/// A kind of facility.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// Code.
    pub code: String,
    /// Name of one.
    pub name: String,
    /// What it does, in plain German.
    pub description: String,
    /// Age in completed months.
    pub age_months: (u16, u16),
    /// Life phases.
    pub life_phases: Vec<String>,
    /// Action fields.
    pub action_fields: Vec<String>,
    /// Target groups.
    #[serde(default)]
    pub target_groups: Vec<String>,
    /// To whom prevention is directed.
    pub prevention_type: String,
    /// Who goes to whom.
    pub access: String,
    /// Paragraphs.
    #[serde(default)]
    pub legal_basis: Vec<String>,
    /// What it costs, in words.
    #[serde(default)]
    pub fees: String,
    /// How to take part.
    #[serde(default)]
    pub application: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindsFile {
    version: u32,
    #[serde(rename = "source")]
    _source: String,
    kind: Vec<Kind>,
}

/// The kinds by code.
#[derive(Clone, Debug)]
pub struct Kinds(BTreeMap<String, Kind>);

/// Why a list of kinds was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Die Liste der Einrichtungsarten ist nicht lesbar: {0}. Abhilfe: die genannte Stelle berichtigen.")]
pub struct KindsError(String);

impl Kinds {
    /// The kinds the program carries.
    pub fn shipped() -> Result<Self, KindsError> {
        Self::read(include_str!("../../../data/portal/einrichtungsarten.toml"))
    }

    /// Reads a list; every code of a life phase, prevention type or access must be known.
    pub fn read(text: &str) -> Result<Self, KindsError> {
        let file: KindsFile =
            toml::from_str(text).map_err(|error| KindsError(error.message().to_string()))?;
        if file.version != 1 {
            return Err(KindsError(format!("Fassung {} kennt dieses Programm nicht", file.version)));
        }
        for kind in &file.kind {
            let phases = kind.life_phases.iter().all(|one| phase_from_slug(one).is_some());
            let known = phases
                && PreventionType::from_slug(&kind.prevention_type).is_some()
                && Access::from_slug(&kind.access).is_some()
                && kind.age_months.0 <= kind.age_months.1;
            if !known {
                return Err(KindsError(format!(
                    "„{}“ hat ein unbekanntes Kürzel oder ein falsches Alter",
                    kind.code
                )));
            }
        }
        Ok(Self(file.kind.into_iter().map(|kind| (kind.code.clone(), kind)).collect()))
    }

    /// The kind of a code.
    pub fn get(&self, code: &str) -> Option<&Kind> {
        self.0.get(code)
    }
}

/// A facility as lists have it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facility {
    /// Parts of its identifier that stay the same: source, kind, key.
    pub key: Vec<String>,
    /// Name.
    pub name: String,
    /// What the list says about it; empty for what holds for its kind.
    pub description: String,
    /// Provider.
    pub provider: String,
    /// Street and number.
    pub street: String,
    /// Postal code.
    pub postcode: String,
    /// Town.
    pub town: String,
    /// Longitude and latitude.
    pub point: Option<(f64, f64)>,
    /// How to get there.
    pub transport: String,
    /// Web page.
    pub web: String,
    /// Opening times in German words.
    pub opening: String,
    /// Ages the list names; `None` for those of the kind.
    pub age_months: Option<(u16, u16)>,
    /// For whom, in words.
    pub eligibility: String,
    /// What it costs, in words; empty for what holds for the kind.
    pub fees: String,
    /// Where the entry comes from.
    pub source: String,
    /// The day the source is from.
    pub as_of: jiff::civil::Date,
}

/// The provider with this name.
pub fn provider(name: &str) -> Organization {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    Organization {
        id: derived_uuid(&["organization", &name.to_lowercase()]),
        description: String::new(),
        name,
        ..Organization::default()
    }
}

/// The facility as a published offer, with what holds for its kind, marked as [`DERIVED`].
pub fn offer(facility: &Facility, kind: &Kind) -> Offer {
    let parts: Vec<&str> = facility.key.iter().map(String::as_str).collect();
    let id = OfferId(derived_uuid(&parts));
    let owner = OrganizationId(provider(&facility.provider).id);
    let mut offer = Offer::draft(id.clone(), owner);
    offer.state = OfferState::Published;
    offer.prevention = prevention(facility, kind);
    let or = |text: &str, other: &str| {
        if text.trim().is_empty() { other.to_string() } else { text.trim().to_string() }
    };
    let service = &mut offer.service;
    service.name = facility.name.trim().to_string();
    service.alternate_name = kind.name.clone();
    service.description = match facility.description.trim() {
        "" => kind.description.clone(),
        own => format!("{own}\n{}", kind.description),
    };
    service.eligibility_description = facility.eligibility.trim().to_string();
    service.fees_description = or(&facility.fees, &kind.fees);
    service.application_process = kind.application.clone();
    service.url = facility.web.trim().to_string();
    service.schedules = schedules(&facility.opening, id.as_str());
    service.service_at_locations = vec![at_location(facility, service, &parts)];
    let check = |source: &str| Check { at: facility.as_of, by: "einlesen".into(), source: source.into() };
    for group in [FieldGroup::Description, FieldGroup::Place, FieldGroup::Schedule] {
        offer.checks.insert(group, check(&facility.source));
    }
    for group in [FieldGroup::Audience, FieldGroup::Prevention] {
        offer.checks.insert(group, check(DERIVED));
    }
    offer
}

fn prevention(facility: &Facility, kind: &Kind) -> Prevention {
    let (from, to) = facility.age_months.unwrap_or(kind.age_months);
    let mut life_phases: Vec<LifePhase> =
        kind.life_phases.iter().filter_map(|one| phase_from_slug(one)).collect();
    if from >= 36 {
        life_phases.retain(|phase| *phase != LifePhase::KleinkindU3);
    }
    Prevention {
        life_phases,
        action_fields: kind.action_fields.iter().map(|one| ActionField::from(one.as_str())).collect(),
        age_months: Some((from, to)),
        target_groups: kind.target_groups.iter().map(|one| TargetGroup::from(one.as_str())).collect(),
        prevention_type: PreventionType::from_slug(&kind.prevention_type),
        access: Access::from_slug(&kind.access),
        legal_basis: kind.legal_basis.clone(),
        ..Prevention::default()
    }
}

fn at_location(facility: &Facility, service: &Service, parts: &[&str]) -> ServiceAtLocation {
    let sub = |what: &str| derived_uuid(&[&[what], parts].concat());
    let address = Address {
        id: sub("address"),
        address_1: facility.street.trim().to_string(),
        city: facility.town.trim().to_string(),
        state_province: "Nordrhein-Westfalen".into(),
        postal_code: facility.postcode.trim().to_string(),
        country: "DE".into(),
        address_type: "physical".into(),
        ..Address::default()
    };
    let location = Location {
        id: sub("location"),
        location_type: "physical".into(),
        name: service.name.clone(),
        longitude: facility.point.map(|(x, _)| x),
        latitude: facility.point.map(|(_, y)| y),
        transportation: facility.transport.trim().to_string(),
        addresses: vec![address],
        ..Location::default()
    };
    ServiceAtLocation {
        id: sub("service_at_location"),
        service_id: service.id.clone(),
        location_id: location.id.clone(),
        location: Some(Box::new(location)),
        ..ServiceAtLocation::default()
    }
}

/// Opening times from German words; what is not wholly understood is kept as words.
fn schedules(text: &str, offer: &str) -> Vec<Schedule> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return Vec::new();
    }
    if let Some(mut found) = osm_from_words(&text).and_then(|osm| schedules_from_osm(&osm)) {
        for (number, one) in found.iter_mut().enumerate() {
            one.id = derived_uuid(&["schedule", offer, &number.to_string()]);
        }
        return found;
    }
    vec![Schedule { id: derived_uuid(&["schedule", offer]), description: text, ..Schedule::default() }]
}

/// OSM's way of writing opening times said in German: `montags bis donnerstags: 07.15 bis 16.30 Uhr; freitags …`.
/// `None` unless every word is understood.
pub fn osm_from_words(text: &str) -> Option<String> {
    let lower = text.to_lowercase().replace(" - ", " bis ").replace(['–', '-'], " bis ").replace("uhr", " ");
    let mut rules: Vec<String> = Vec::new();
    for part in lower.split([';', ',']).map(str::trim).filter(|part| !part.is_empty()) {
        rules.push(rule(part, rules.last())?);
    }
    (!rules.is_empty()).then(|| rules.join("; "))
}

const DAYS: [(&str, &str); 7] = [
    ("montag", "Mo"),
    ("dienstag", "Tu"),
    ("mittwoch", "We"),
    ("donnerstag", "Th"),
    ("freitag", "Fr"),
    ("samstag", "Sa"),
    ("sonntag", "Su"),
];

fn rule(part: &str, before: Option<&String>) -> Option<String> {
    let mut days: Vec<&str> = Vec::new();
    let mut times: Vec<String> = Vec::new();
    let mut ranges = (false, false);
    for word in
        part.split([' ', '(', ')']).map(|word| word.trim_matches([':', '.'])).filter(|word| !word.is_empty())
    {
        let bare = word.strip_suffix('s').unwrap_or(word);
        if let Some((_, day)) =
            DAYS.iter().find(|(name, short)| *name == bare || short.eq_ignore_ascii_case(word))
        {
            days.push(day);
        } else if let Some(time) = clock(word) {
            times.push(time);
        } else if word == "bis" {
            ranges = (ranges.0 || (days.len() == 1 && times.is_empty()), ranges.1 || times.len() == 1);
        } else if !matches!(word, "von" | "und" | "geöffnet") {
            return None;
        }
    }
    let days = match (days.as_slice(), ranges.0) {
        ([from, to], true) => format!("{from}-{to}"),
        ([], _) => before?.split(' ').next()?.to_string(),
        (list, false) => list.join(","),
        _ => return None,
    };
    match (times.as_slice(), ranges.1) {
        ([from, to], true) if from < to => Some(format!("{days} {from}-{to}")),
        _ => None,
    }
}

/// `7.15`, `07:15`, `7` as `07:15`, `07:00`.
fn clock(word: &str) -> Option<String> {
    let (hour, minute) = word.split_once(['.', ':']).unwrap_or((word, "00"));
    let (hour, minute): (u8, u8) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour <= 24 && minute < 60).then(|| format!("{hour:02}:{minute:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn german_times_are_understood_wholly_or_not_at_all() {
        for (text, osm) in [
            ("montags bis freitags: 07.00 bis 16.00 Uhr", Some("Mo-Fr 07:00-16:00")),
            (
                "montags bis donnerstags: 07.15 bis 16.30 Uhr; freitags: 07.15 bis 15.15 Uhr",
                Some("Mo-Th 07:15-16:30; Fr 07:15-15:15"),
            ),
            ("montags bis freitags: 7:00 - 16:00", Some("Mo-Fr 07:00-16:00")),
            ("montags bis donnerstags. 7 bis 16.30 Uhr", Some("Mo-Th 07:00-16:30")),
            ("montags - freitags 15:00 - 21:00", Some("Mo-Fr 15:00-21:00")),
            ("dienstags und donnerstags 15 bis 18 Uhr", Some("Tu,Th 15:00-18:00")),
            ("nach Vereinbarung", None),
            ("montags bis freitags", None),
            ("montags bis freitags 16 bis 9 Uhr", None),
            ("montags 99 bis 100 Uhr", None),
            ("jeden zweiten Montag 10 bis 12 Uhr", None),
            ("", None),
        ] {
            assert_eq!(osm_from_words(text).as_deref(), osm, "{text}");
        }
    }

    #[test]
    fn the_shipped_kinds_fit_the_lists() {
        let kinds = Kinds::shipped().unwrap();
        let lists = crate::Lists::shipped().unwrap();
        for kind in kinds.0.values() {
            for (list, codes) in
                [("action_field", &kind.action_fields), ("target_group", &kind.target_groups)]
            {
                for code in codes {
                    assert!(lists.terms.list(list).unwrap().get(code).is_some(), "{} {code}", kind.code);
                }
            }
            let (from, to) = kind.age_months;
            let phases = lists.terms.phases_of_ages(from, to);
            for phase in kind.life_phases.iter().filter(|one| *one != "familie") {
                assert!(phases.contains(&phase_from_slug(phase).unwrap()), "{} {phase}", kind.code);
            }
        }
    }

    #[test]
    fn a_broken_list_of_kinds_is_refused() {
        for text in ["", "version = 2\nsource = \"\"\nkind = []", "version = 1\nsource = \"\"\nkind = [{}]"] {
            assert!(Kinds::read(text).is_err(), "{text}");
        }
    }
}
