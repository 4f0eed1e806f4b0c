//! What the index knows of an offer.

use kekiz_base::LifePhase;
use kekiz_offers::hsds::{Location, Schedule};
use kekiz_offers::opening::Hours;
use kekiz_offers::{Offer, OfferState, Vocabularies, phase_slug};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What an offer costs a family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Price {
    /// Nobody has said.
    #[default]
    Unknown,
    /// Nothing.
    Free,
    /// From so many cents on.
    FromCents(u32),
}

/// Texts in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Text {
    /// Name of the offer, with its other names.
    pub title: String,
    /// Words to find it by: names of action field, target group, life phase in that language.
    pub keywords: String,
    /// Everything else.
    pub body: String,
}

/// A place of an offer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// Longitude and latitude in degrees (WGS 84).
    pub point: Option<(f64, f64)>,
    /// Postal code; empty when unknown.
    pub postal_code: String,
    /// Name of the place, street and town, to be found by.
    pub words: String,
}

/// An offer as the index sees it. Independent of how offers are kept; [`Entry::from_offer`] makes one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// Identifier; one entry each.
    pub id: String,
    /// Texts by language tag (`de`, `de-simple`, `tr`); the German title is what lists are sorted by.
    pub texts: BTreeMap<String, Text>,
    /// Identifier of the provider.
    pub organization: String,
    /// Name of the provider, to be found by.
    pub organization_name: String,
    /// Age in completed months, both ends included; `None`: every age, or expecting
    /// parents only when the life phases say no more than that.
    pub age_months: Option<(u16, u16)>,
    /// For expecting parents.
    pub pregnancy: bool,
    /// Phases of life.
    pub life_phases: Vec<LifePhase>,
    /// Codes of action fields.
    pub action_fields: Vec<String>,
    /// Codes of target groups.
    pub target_groups: Vec<String>,
    /// Languages it is given in (ISO 639 codes).
    pub languages: Vec<String>,
    /// Price.
    pub price: Price,
    /// Whether a wheelchair gets in; `None` when unknown.
    pub wheelchair: Option<bool>,
    /// Places; none for offers by telephone, on the net or at home.
    pub places: Vec<Place>,
    /// Needs no way: by telephone, on the net, or the offer comes to the family.
    pub remote: bool,
    /// Areas it is for or lies in (keys as text).
    pub areas: Vec<String>,
    /// Opening times as a text the caller understands ([`opening_text`]); equal texts are judged once.
    pub opening: String,
    /// Not checked for long: ranked lower.
    pub greyed: bool,
}

impl Entry {
    /// The entry of an offer, or `None` when families must not see it. `lists` gives the names of action fields,
    /// target groups and life phases, to be found by, and the ages of life phases.
    pub fn from_offer(offer: &Offer, lists: &Vocabularies) -> Option<Entry> {
        if !offer.state.is_public() {
            return None;
        }
        let service = &offer.service;
        let prevention = &offer.prevention;
        let mut keywords: Vec<&str> = Vec::new();
        let fields = prevention.action_fields.iter().map(|code| ("action_field", code.as_str()));
        let groups = prevention.target_groups.iter().map(|code| ("target_group", code.as_str()));
        let phases = prevention.life_phases.iter().map(|phase| ("life_phase", phase_slug(*phase)));
        for (list, code) in fields.chain(groups).chain(phases) {
            if let Some(term) = lists.list(list).and_then(|list| list.get(code)) {
                keywords.extend([term.name.as_str(), term.plain.as_str()]);
            }
        }
        let german = Text {
            title: join([&service.name, &service.alternate_name]),
            keywords: keywords.join(" "),
            body: join([
                &service.description,
                &service.eligibility_description,
                &service.application_process,
                &service.fees_description,
            ]),
        };
        let mut texts = BTreeMap::from([("de".to_string(), german)]);
        for (tag, text) in &offer.texts {
            let body = join([&text.summary, &text.description, &text.eligibility, &text.application]);
            let entry = texts.entry(tag.to_string()).or_default();
            entry.title = join([&entry.title, &text.name]);
            entry.body = join([&entry.body, &body]);
        }
        let locations: Vec<&Location> = offer.locations().collect();
        let visits = matches!(prevention.access, Some(kekiz_offers::Access::Geh));
        Some(Entry {
            id: offer.id.to_string(),
            texts,
            organization: offer.organization.to_string(),
            organization_name: service.organization.as_ref().map(|o| o.name.clone()).unwrap_or_default(),
            age_months: (prevention.age_months)
                .or_else(|| ages_in_months(service.minimum_age, service.maximum_age))
                .or_else(|| ages_of_phases(&prevention.life_phases, lists)),
            pregnancy: prevention.pregnancy,
            life_phases: prevention.life_phases.clone(),
            action_fields: prevention.action_fields.iter().map(|code| code.to_string()).collect(),
            target_groups: prevention.target_groups.iter().map(|code| code.to_string()).collect(),
            languages: languages(offer),
            price: price(offer),
            wheelchair: wheelchair(&locations),
            places: locations.iter().flat_map(|location| places(location)).collect(),
            remote: visits || locations.iter().any(|location| location.location_type == "virtual"),
            areas: prevention.catchment.iter().map(|key| key.to_string()).collect(),
            opening: opening_text(offer),
            greyed: offer.state == OfferState::Greyed,
        })
    }

    /// The German title, else the first there is; empty without any.
    pub fn title(&self) -> &str {
        let german = self.texts.get("de").map(|text| text.title.as_str()).filter(|title| !title.is_empty());
        german
            .or_else(|| self.texts.values().map(|text| text.title.as_str()).find(|t| !t.is_empty()))
            .unwrap_or("")
    }
}

fn join<const N: usize>(parts: [&String; N]) -> String {
    parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// Years to months: 3 to 6 years is 36 to 83, since a six-year-old is not older than six until 84.
fn ages_in_months(from: Option<f64>, to: Option<f64>) -> Option<(u16, u16)> {
    let months = |years: f64| (years.clamp(0.0, 100.0) * 12.0).round() as u16;
    if from.is_none() && to.is_none() {
        return None;
    }
    let first = from.filter(|age| age.is_finite()).map_or(0, months);
    let last = to
        .filter(|age| age.is_finite())
        .map_or(u16::MAX, |years| months(years.floor() + 1.0).saturating_sub(1));
    (first <= last).then_some((first, last))
}

/// From the first to the last month of the phases that have an age of the child; `None` when one is for all
/// ages or none has an age.
fn ages_of_phases(phases: &[LifePhase], lists: &Vocabularies) -> Option<(u16, u16)> {
    if phases.contains(&LifePhase::Familie) {
        return None;
    }
    let list = lists.list("life_phase")?;
    let born = phases.iter().filter(|phase| **phase != LifePhase::SchwangerschaftGeburt);
    let spans = born.filter_map(|phase| {
        let term = list.get(phase_slug(*phase))?;
        term.from_months.zip(term.to_months)
    });
    spans.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)))
}

fn languages(offer: &Offer) -> Vec<String> {
    let of_places = offer.locations().flat_map(|location| &location.languages);
    let mut codes: Vec<String> = (offer.service.languages.iter().chain(of_places))
        .map(|language| language.code.trim().to_ascii_lowercase())
        .filter(|code| !code.is_empty())
        .collect();
    codes.sort();
    codes.dedup();
    codes
}

fn price(offer: &Offer) -> Price {
    let cheapest = (offer.service.cost_options.iter())
        .filter_map(|option| option.amount)
        .filter(|amount| amount.is_finite() && *amount >= 0.0)
        .fold(None, |least: Option<f64>, amount| Some(least.map_or(amount, |l| l.min(amount))));
    match cheapest {
        Some(0.0) => return Price::Free,
        Some(euros) => return Price::FromCents((euros * 100.0).round().min(f64::from(u32::MAX)) as u32),
        None => {}
    }
    let words = format!("{} {}", offer.service.fees, offer.service.fees_description).to_lowercase();
    let free = ["kostenlos", "kostenfrei", "gebührenfrei", "keine kosten", "umsonst"];
    let denied = ["nicht kostenlos", "nicht kostenfrei"];
    let says_free = free.iter().any(|w| words.contains(w)) && !denied.iter().any(|w| words.contains(w));
    if says_free { Price::Free } else { Price::Unknown }
}

fn wheelchair(locations: &[&Location]) -> Option<bool> {
    let mut known = None;
    for location in locations {
        for accessibility in &location.accessibility {
            let words = format!("{} {}", accessibility.description, accessibility.details).to_lowercase();
            let names_it = ["rollstuhl", "barrierefrei", "stufenlos", "wheelchair", "step-free"];
            let denies = ["nicht", "kein", "not ", "no ", "ohne", "eingeschränkt"];
            if names_it.iter().any(|word| words.contains(word)) {
                let yes = !denies.iter().any(|word| words.contains(word));
                known = Some(known.unwrap_or(false) || yes);
            }
        }
    }
    known
}

fn places(location: &Location) -> Vec<Place> {
    let degrees = |&(x, y): &(f64, f64)| (-180.0..=180.0).contains(&x) && (-90.0..=90.0).contains(&y);
    let point = location.longitude.zip(location.latitude).filter(degrees);
    let mut found: Vec<Place> = (location.addresses.iter())
        .filter(|address| address.address_type != "postal")
        .map(|address| Place {
            point,
            postal_code: address.postal_code.trim().to_string(),
            words: join([&location.name, &address.address_1, &address.city]),
        })
        .collect();
    if found.is_empty() && point.is_some() {
        found.push(Place { point, postal_code: String::new(), words: location.name.clone() });
    }
    found
}

/// Opening times of an offer as text: its schedules as JSON without their identifiers, so that offers with the
/// same hours share one text. Empty without schedules. Read back by [`hours_of_text`].
pub fn opening_text(offer: &Offer) -> String {
    let hours = Hours::of(offer);
    let plain: Vec<Schedule> = (hours.schedules().iter())
        .map(|schedule| Schedule {
            id: String::new(),
            service_id: String::new(),
            location_id: String::new(),
            service_at_location_id: String::new(),
            metadata: Vec::new(),
            ..schedule.clone()
        })
        .collect();
    if plain.is_empty() { String::new() } else { serde_json::to_string(&plain).unwrap_or_default() }
}

/// The opening times of an [`opening_text`]; none for a text that is not one.
pub fn hours_of_text(text: &str) -> Hours {
    Hours::from_schedules(serde_json::from_str(text).unwrap_or_default())
}
