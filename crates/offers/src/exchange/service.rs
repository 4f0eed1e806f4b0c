//! Offers as HSDS services and back.
//!
//! What HSDS has no field for travels as attributes: terms of our lists (`link_type` `kekiz:action_field`) and
//! values (`kekiz:offer`). Other systems may ignore them; we read them back equal. Only names of accounts
//! (`Check::by`) stay at home.

use crate::hsds::{Attribute, Service, TaxonomyTerm};
use crate::prevention::{Access, Evidence, PreventionType};
use crate::{
    ActionField, Check, FieldGroup, GoalId, LanguageTag, Offer, OfferId, OfferState, OfferText,
    OrganizationId, Payer, Prevention, TargetGroup, Transition, Vocabularies, derived_uuid, phase_from_slug,
    phase_slug,
};
use kekiz_base::AreaKey;
use std::collections::BTreeMap;

const PREFIX: &str = "kekiz:";
const OFFER: &str = "offer";

/// Ages from here on mean: no upper limit (100 years in months).
pub const NO_UPPER_AGE: u16 = 1200;

/// Ages in years as HSDS has them: the lowest age, and the highest age in completed years (35 months are the age
/// of two). Ranges that do not end with a year keep the fraction; no upper limit gives `None`.
pub fn years_from_months(from: u16, to: u16) -> (f64, Option<f64>) {
    let upper = match to {
        NO_UPPER_AGE.. => None,
        _ if (to + 1).is_multiple_of(12) => Some(f64::from((to + 1) / 12 - 1)),
        _ => Some(f64::from(to) / 12.0),
    };
    (f64::from(from) / 12.0, upper)
}

/// Ages in completed months from ages in years. A whole highest age means that whole year of life (`2` is up to
/// 35 months); a missing one means no limit. `None` if both are missing, negative, or the wrong way round.
pub fn months_from_years(minimum: Option<f64>, maximum: Option<f64>) -> Option<(u16, u16)> {
    if minimum.is_none() && maximum.is_none() {
        return None;
    }
    let limit = f64::from(NO_UPPER_AGE);
    let sane = |years: &f64| years.is_finite() && *years >= 0.0;
    if !minimum.iter().chain(maximum.iter()).all(sane) {
        return None;
    }
    let from = (minimum.unwrap_or(0.0) * 12.0).round().min(limit) as u16;
    let to = match maximum {
        None => limit,
        Some(years) if years.fract() == 0.0 => years * 12.0 + 11.0,
        Some(years) => (years * 12.0 + 1e-9).floor(),
    };
    let to = to.min(limit) as u16;
    (from <= to).then_some((from, to))
}

/// The offer as an HSDS service, with its prevention attributes, ages in years and translations.
pub fn to_service(offer: &Offer, lists: &Vocabularies) -> Service {
    let mut service = offer.service.clone();
    let mut out = Attributes { offer: offer.id.as_str(), lists, made: Vec::new() };
    let prevention = &offer.prevention;
    prevention.life_phases.iter().for_each(|one| out.term("life_phase", phase_slug(*one)));
    prevention.transitions.iter().for_each(|one| out.term("transition", one.as_str()));
    prevention.action_fields.iter().for_each(|one| out.term("action_field", one.as_str()));
    prevention.target_groups.iter().for_each(|one| out.term("target_group", one.as_str()));
    prevention.prevention_type.iter().for_each(|one| out.term("prevention_type", one.slug()));
    prevention.access.iter().for_each(|one| out.term("access", one.slug()));
    prevention.payers.iter().for_each(|one| out.term("payer", one.as_str()));
    if prevention.evidence != Evidence::None {
        out.term("evidence", prevention.evidence.slug());
    }
    if let Some((from, to)) = prevention.age_months
        && months_from_years(service.minimum_age, service.maximum_age) != Some((from, to))
    {
        let (minimum, maximum) = years_from_months(from, to);
        (service.minimum_age, service.maximum_age) = (Some(minimum), maximum);
        out.value("age_months", format!("{from}-{to}"));
    }
    if prevention.pregnancy {
        out.value("pregnancy", "true".into());
    }
    prevention.legal_basis.iter().for_each(|one| out.value("legal_basis", one.clone()));
    prevention.places.iter().for_each(|one| out.value("places", one.to_string()));
    prevention.reached_per_year.iter().for_each(|one| out.value("reached_per_year", one.to_string()));
    let cost = prevention.full_cost_cents_per_year;
    cost.iter().for_each(|one| out.value("full_cost_cents_per_year", one.to_string()));
    prevention.goals.iter().for_each(|one| out.value("goal", one.to_string()));
    prevention.catchment.iter().for_each(|one| out.value("catchment", one.to_string()));
    out.texts(&offer.texts);
    out.checks(&offer.checks);
    service.attributes.extend(out.made);
    if let (true, Some(day)) = (service.assured_date.is_empty(), offer.last_checked()) {
        service.assured_date = day.to_string();
    }
    service
}

struct Attributes<'a> {
    offer: &'a str,
    lists: &'a Vocabularies,
    made: Vec<Attribute>,
}

impl Attributes<'_> {
    fn term(&mut self, list: &str, code: &str) {
        let known = self.lists.list(list).and_then(|terms| Some(terms.taxonomy_term(terms.get(code)?)));
        let term = known.unwrap_or_else(|| own_term(list, code));
        self.push(list, code, String::new(), term);
    }

    fn value(&mut self, code: &str, value: String) {
        self.push(OFFER, code, value, own_term(OFFER, code));
    }

    fn push(&mut self, list: &str, code: &str, value: String, term: TaxonomyTerm) {
        let attribute = Attribute {
            id: derived_uuid(&["attribute", self.offer, list, code, &value]),
            link_id: self.offer.into(),
            link_type: format!("{PREFIX}{list}"),
            link_entity: "service".into(),
            taxonomy_term_id: term.id.clone(),
            value,
            taxonomy_term: Some(Box::new(term)),
            ..Attribute::default()
        };
        if self.made.iter().all(|one| one.id != attribute.id) {
            self.made.push(attribute);
        }
    }

    /// Text of one language; the tag goes into the label, since the term is shared by all languages.
    fn text(&mut self, tag: &LanguageTag, field: &str, value: &str) {
        let before = self.made.len();
        self.push("text", &format!("{tag}/{field}"), value.to_string(), own_term("text", field));
        self.made[before..].iter_mut().for_each(|one| one.label = tag.to_string());
    }

    fn texts(&mut self, texts: &BTreeMap<LanguageTag, OfferText>) {
        for (tag, text) in texts {
            for (field, value) in text_fields(text) {
                if !value.is_empty() {
                    self.text(tag, field, value);
                }
            }
            let reader = if text.machine { "machine" } else { "person" };
            self.text(tag, "by", reader);
        }
    }

    fn checks(&mut self, checks: &BTreeMap<FieldGroup, Check>) {
        for (group, check) in checks {
            let code = group_code(*group);
            self.push("check", &code, format!("{} {}", check.at, check.source), own_term("check", &code));
        }
    }
}

fn own_term(list: &str, code: &str) -> TaxonomyTerm {
    TaxonomyTerm {
        id: derived_uuid(&["term", list, code]),
        code: code.into(),
        name: code.into(),
        description: format!("KeKiz: {list}"),
        taxonomy: format!("KeKiz {list}"),
        ..TaxonomyTerm::default()
    }
}

fn group_code(group: FieldGroup) -> String {
    serde_json::to_value(group).ok().and_then(|value| value.as_str().map(str::to_string)).unwrap_or_default()
}

fn text_fields(text: &OfferText) -> [(&'static str, &str); 7] {
    [
        ("name", &text.name),
        ("summary", &text.summary),
        ("description", &text.description),
        ("eligibility", &text.eligibility),
        ("application", &text.application),
        ("fees", &text.fees),
        ("opening", &text.opening),
    ]
}

/// What was read from the attributes of a service.
#[derive(Clone, Debug, Default, PartialEq)]
struct Found {
    prevention: Prevention,
    texts: BTreeMap<LanguageTag, OfferText>,
    checks: BTreeMap<FieldGroup, Check>,
}

/// Takes prevention attributes out of a service. Attributes that are not ours, and codes our fixed lists do not
/// know, stay in the service. Ages in years fill the ages in months; where both are given and disagree, somebody
/// changed the years elsewhere, and the years win.
pub fn from_service(service: &Service) -> (Service, Prevention) {
    let (service, found) = split(service);
    (service, found.prevention)
}

fn split(service: &Service) -> (Service, Found) {
    let mut service = service.clone();
    let mut found = Found::default();
    let attributes = std::mem::take(&mut service.attributes);
    service.attributes = attributes.into_iter().filter(|one| found.take(one).is_none()).collect();
    let years = (service.minimum_age, service.maximum_age);
    let agrees = |(from, to): (u16, u16)| {
        let (minimum, maximum) = years_from_months(from, to);
        years == (Some(minimum), maximum)
    };
    match found.prevention.age_months {
        Some(age) if agrees(age) => (service.minimum_age, service.maximum_age) = (None, None),
        _ => found.prevention.age_months = months_from_years(years.0, years.1),
    }
    let last = found.checks.values().map(|check| check.at).min();
    if last.is_some_and(|day| day.to_string() == service.assured_date) {
        service.assured_date.clear();
    }
    (service, found)
}

impl Found {
    /// Takes over one attribute; `None` if it is not ours or its code is unknown.
    fn take(&mut self, attribute: &Attribute) -> Option<()> {
        let list = attribute.link_type.strip_prefix(PREFIX)?;
        let code = attribute.taxonomy_term.as_deref()?.code.as_str();
        let prevention = &mut self.prevention;
        match list {
            "life_phase" => prevention.life_phases.push(phase_from_slug(code)?),
            "transition" => prevention.transitions.push(Transition::from(code)),
            "action_field" => prevention.action_fields.push(ActionField::from(code)),
            "target_group" => prevention.target_groups.push(TargetGroup::from(code)),
            "prevention_type" => prevention.prevention_type = Some(PreventionType::from_slug(code)?),
            "access" => prevention.access = Some(Access::from_slug(code)?),
            "payer" => prevention.payers.push(Payer::from(code)),
            "evidence" => prevention.evidence = Evidence::from_slug(code)?,
            OFFER => self.take_value(code, &attribute.value)?,
            "text" => self.take_text(&attribute.label, code, &attribute.value)?,
            "check" => self.take_check(code, &attribute.value)?,
            _ => return None,
        }
        Some(())
    }

    fn take_value(&mut self, code: &str, value: &str) -> Option<()> {
        let prevention = &mut self.prevention;
        match code {
            "age_months" => {
                let (from, to) = value.split_once('-')?;
                let ages: (u16, u16) = (from.parse().ok()?, to.parse().ok()?);
                prevention.age_months = (ages.0 <= ages.1).then_some(ages);
                prevention.age_months?;
            }
            "pregnancy" => prevention.pregnancy = value == "true",
            "legal_basis" => prevention.legal_basis.push(value.into()),
            "places" => prevention.places = Some(value.parse().ok()?),
            "reached_per_year" => prevention.reached_per_year = Some(value.parse().ok()?),
            "full_cost_cents_per_year" => prevention.full_cost_cents_per_year = Some(value.parse().ok()?),
            "goal" => prevention.goals.push(GoalId::from(value)),
            "catchment" => prevention.catchment.push(AreaKey::new(value)),
            _ => return None,
        }
        Some(())
    }

    fn take_text(&mut self, tag: &str, field: &str, value: &str) -> Option<()> {
        let tag = LanguageTag::parse(tag)?;
        let text = self.texts.entry(tag).or_default();
        match field {
            "name" => text.name = value.into(),
            "summary" => text.summary = value.into(),
            "description" => text.description = value.into(),
            "eligibility" => text.eligibility = value.into(),
            "application" => text.application = value.into(),
            "fees" => text.fees = value.into(),
            "opening" => text.opening = value.into(),
            "by" => text.machine = value == "machine",
            _ => return None,
        }
        Some(())
    }

    fn take_check(&mut self, code: &str, value: &str) -> Option<()> {
        let group = serde_json::from_value::<FieldGroup>(code.into()).ok()?;
        let (day, source) = value.split_once(' ').unwrap_or((value, ""));
        let check = Check { at: day.parse().ok()?, by: String::new(), source: source.into() };
        self.checks.insert(group, check);
        Some(())
    }
}

/// A service as an offer in a given state. A service without identifier gets one from its content.
pub fn offer_from_service(service: &Service, state: OfferState) -> Offer {
    let (mut service, found) = split(service);
    if service.id.is_empty() {
        let content = serde_json::to_string(&service).unwrap_or_default();
        service.id = derived_uuid(&["service", &content]);
    }
    let owner = service.organization.as_deref().map(|one| one.id.clone()).unwrap_or_default();
    let organization =
        if service.organization_id.is_empty() { owner } else { service.organization_id.clone() };
    Offer {
        id: OfferId(service.id.clone()),
        organization: OrganizationId(organization),
        state,
        service,
        prevention: found.prevention,
        texts: found.texts,
        checks: found.checks,
        revision: 0,
    }
}
