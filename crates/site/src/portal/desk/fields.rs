//! The form of an offer: what it asks, what stands in it, and how an answer changes the offer.
//!
//! A field is written back only when its text was changed, so that what a form cannot show (a second phone, a place
//! with a map of its own) stays as it is.

use crate::portal::desk::gate::Form;
use kekiz_portal::Portal;
use kekiz_portal::offers::hsds::{Accessibility, Address, Language, Location, Phone, ServiceAtLocation};
use kekiz_portal::offers::opening::{Hours, german_text, schedules_from_osm, schedules_to_osm};
use kekiz_portal::offers::{
    Access, ActionField, FieldGroup, Missing, Offer, PreventionType, TargetGroup, phase_from_slug,
};

/// One choice of a field.
pub(crate) struct Choice {
    pub(crate) code: String,
    pub(crate) label: String,
    pub(crate) chosen: bool,
}

/// How a field is asked.
pub(crate) enum Kind {
    /// A line; the word is the input's type.
    Line(&'static str),
    /// A text of several lines.
    Text,
    /// One of a list, or none.
    One(Vec<Choice>),
    /// Any of a list.
    Many(Vec<Choice>),
}

/// One field.
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) hint: &'static str,
    pub(crate) value: String,
    pub(crate) kind: Kind,
}

/// Fields that belong together.
pub(crate) struct Group {
    pub(crate) title: String,
    pub(crate) missing: Vec<String>,
    pub(crate) fields: Vec<Field>,
}

/// The form of an offer.
pub(crate) fn form(portal: &Portal, offer: &Offer, missing: &[Missing]) -> Vec<Group> {
    FieldGroup::ALL
        .into_iter()
        .map(|group| Group {
            title: group.label().to_string(),
            missing: missing
                .iter()
                .filter(|one| one.group == group)
                .map(|one| one.sentence.clone())
                .collect(),
            fields: fields(portal, offer, group),
        })
        .collect()
}

/// A line of text.
pub(crate) fn line(name: &str, label: &str, hint: &'static str, value: impl Into<String>) -> Field {
    Field { name: name.into(), label: label.into(), hint, value: value.into(), kind: Kind::Line("text") }
}

/// A whole number or none.
pub(crate) fn number(name: &str, label: &str, hint: &'static str, value: Option<u32>) -> Field {
    let value = value.map(|number| number.to_string()).unwrap_or_default();
    Field { name: name.into(), label: label.into(), hint, value, kind: Kind::Line("number") }
}

/// A text of several lines.
pub(crate) fn text(name: &str, label: &str, hint: &'static str, value: &str) -> Field {
    Field { name: name.into(), label: label.into(), hint, value: value.into(), kind: Kind::Text }
}

/// Any of a list.
pub(crate) fn many(name: &str, label: &str, hint: &'static str, choices: Vec<Choice>) -> Field {
    Field { kind: Kind::Many(choices), ..line(name, label, hint, "") }
}

/// One of a list, or none.
pub(crate) fn one(name: &str, label: &str, hint: &'static str, choices: Vec<Choice>) -> Field {
    Field { kind: Kind::One(choices), ..line(name, label, hint, "") }
}

/// Terms of a list as choices; `chosen` says which are.
fn terms(portal: &Portal, list: &str, chosen: impl Fn(&str) -> bool) -> Vec<Choice> {
    let list = portal.lists().terms.list(list).map_or(&[][..], |list| &list.terms);
    list.iter()
        .map(|term| Choice { code: term.code.clone(), label: term.name.clone(), chosen: chosen(&term.code) })
        .collect()
}

fn fields(portal: &Portal, offer: &Offer, group: FieldGroup) -> Vec<Field> {
    let (service, prevention) = (&offer.service, &offer.prevention);
    match group {
        FieldGroup::Description => vec![
            line("name", "Name", "So, wie Familien das Angebot kennen.", service.name.as_str()),
            text(
                "beschreibung",
                "Beschreibung",
                "Zwei bis fünf kurze Sätze: Was bekommen Familien dort?",
                &service.description,
            ),
            line(
                "hinweis",
                "Aktueller Hinweis",
                "Zum Beispiel: Im August geschlossen.",
                service.alert.as_str(),
            ),
        ],
        FieldGroup::Contact => vec![
            Field {
                kind: Kind::Line("tel"),
                ..line("telefon", "Telefon", "", service.phones.first().map_or("", |one| one.number.as_str()))
            },
            Field { kind: Kind::Line("email"), ..line("email", "E-Mail", "", service.email.as_str()) },
            line(
                "internet",
                "Internetseite",
                "Zum Beispiel: www.beispiel.de/krabbelgruppe",
                service.url.as_str(),
            ),
        ],
        FieldGroup::Place => {
            let address = address(offer).cloned().unwrap_or_default();
            vec![
                line(
                    "strasse",
                    "Straße und Hausnummer",
                    "Leer lassen, wenn Sie zu den Familien kommen.",
                    address.address_1,
                ),
                line("plz", "Postleitzahl", "", address.postal_code),
                line("ort", "Ort", "", address.city),
                text(
                    "barrierefreiheit",
                    "Barrierefreiheit",
                    "Zum Beispiel: stufenlos, rollstuhlgerechte Toilette. Auch was nicht geht, hilft.",
                    &accessibility(offer),
                ),
                line(
                    "online",
                    "Adresse im Internet, wenn es online stattfindet",
                    "Zum Beispiel: www.beispiel.de/sprechstunde",
                    online(offer),
                ),
            ]
        }
        FieldGroup::Schedule => vec![text("zeiten", "Öffnungszeiten", TIMES, &times(offer))],
        FieldGroup::Access => vec![
            text(
                "kosten",
                "Was kostet es?",
                "Zum Beispiel: kostenlos, oder 5 Euro im Monat.",
                &service.fees_description,
            ),
            text(
                "anmeldung",
                "Wie kann man mitmachen?",
                "Zum Beispiel: einfach kommen, oder vorher anrufen.",
                &service.application_process,
            ),
        ],
        FieldGroup::Audience => vec![
            text("fuer_wen", "Für wen ist das Angebot?", "In einem Satz.", &service.eligibility_description),
            number(
                "alter_von",
                "Alter der Kinder ab (Monate)",
                "1 Jahr sind 12 Monate, 6 Jahre sind 72.",
                prevention.age_months.map(|ages| u32::from(ages.0)),
            ),
            number(
                "alter_bis",
                "Alter der Kinder bis (Monate)",
                "Bis zum 3. Geburtstag: 35.",
                prevention.age_months.map(|ages| u32::from(ages.1)),
            ),
            many("sprachen", "Sprachen", "Was vor Ort gesprochen wird.", {
                let spoken = |code: &str| service.languages.iter().any(|one| one.code == code);
                terms(portal, "language", spoken)
            }),
            many("besonders", "Besonders für", "", {
                let has = |code: &str| prevention.target_groups.iter().any(|one| one.as_str() == code);
                let pregnant = Choice {
                    code: PREGNANT.into(),
                    label: "Schwangere und werdende Eltern".into(),
                    chosen: prevention.pregnancy,
                };
                std::iter::once(pregnant).chain(terms(portal, "target_group", has)).collect()
            }),
        ],
        FieldGroup::Prevention => vec![
            many(
                "lebensphasen",
                "Lebensphasen",
                "",
                terms(portal, "life_phase", |code| {
                    prevention.life_phases.iter().any(|one| phase_from_slug(code) == Some(*one))
                }),
            ),
            many(
                "handlungsfelder",
                "Handlungsfelder",
                "",
                terms(portal, "action_field", |code| {
                    prevention.action_fields.iter().any(|one| one.as_str() == code)
                }),
            ),
            one(
                "praevention",
                "Art der Prävention",
                "",
                terms(portal, "prevention_type", |code| {
                    prevention.prevention_type.is_some_and(|one| one.slug() == code)
                }),
            ),
            one(
                "zugang",
                "Wer kommt zu wem?",
                "",
                terms(portal, "access", |code| prevention.access.is_some_and(|one| one.slug() == code)),
            ),
            number("plaetze", "Plätze", "Wie viele gleichzeitig mitmachen können.", prevention.places),
            number(
                "erreicht",
                "Erreichte Personen im Jahr",
                "Eine Schätzung genügt.",
                prevention.reached_per_year,
            ),
        ],
    }
}

/// Last month before the 18th birthday: the upper end where only a lower one is given.
const ADULT: u16 = 215;
const PREGNANT: &str = "schwanger";
const TIMES: &str =
    "Zum Beispiel: Mo-Fr 09:00-12:00; Di 14:00-18:00. Mehrere Zeiten mit Strichpunkt trennen.";

fn address(offer: &Offer) -> Option<&Address> {
    offer.locations().flat_map(|place| &place.addresses).next()
}

/// What is said about getting in, of the first place.
fn accessibility(offer: &Offer) -> String {
    let found = offer.locations().flat_map(|place| &place.accessibility).next();
    found.map_or_else(String::new, |one| one.description.clone())
}

fn is_online(at: &ServiceAtLocation) -> bool {
    at.location.as_deref().is_some_and(|place| place.location_type == "virtual")
}

/// Where it takes place on the net.
fn online(offer: &Offer) -> String {
    let found = offer.locations().find(|place| place.location_type == "virtual");
    found.map_or_else(String::new, |place| place.url.clone())
}

/// German and international short names of weekdays and holidays; the same where they do not differ.
const DAYS: [(&str, &str); 5] = [("Di", "Tu"), ("Mi", "We"), ("Do", "Th"), ("So", "Su"), ("Feiertag", "PH")];

/// Exchanges whole words, so that „Mi“ is one and „Mitte“ is none.
fn exchange(text: &str, pair: impl Fn(&str) -> Option<&'static str>) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_alphabetic() {
            word.push(c);
            continue;
        }
        out.push_str(pair(&word).unwrap_or(&word));
        word.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}

/// Opening times as the form writes them: short where the short form says all, else in words nobody has to change.
fn times(offer: &Offer) -> String {
    let hours = Hours::of(offer);
    match schedules_to_osm(hours.schedules()) {
        Ok(text) => {
            exchange(&text, |word| DAYS.iter().find(|(_, osm)| *osm == word).map(|(german, _)| *german))
        }
        Err(_) => german_text(hours.schedules()),
    }
}

/// Writes what was changed in the form into the offer; else what is wrong in which field.
pub(crate) fn read(portal: &Portal, offer: &mut Offer, form: &Form) -> Result<(), (String, String)> {
    let before: Vec<Field> =
        FieldGroup::ALL.into_iter().flat_map(|group| fields(portal, offer, group)).collect();
    for field in before {
        match field.kind {
            Kind::Line(_) | Kind::Text => {
                let new = form.text(&field.name).replace("\r\n", "\n");
                if new != field.value.trim().replace("\r\n", "\n") {
                    write(portal, offer, &field.name, &new).map_err(|message| (field.name, message))?;
                }
            }
            Kind::One(choices) | Kind::Many(choices) => {
                let new: Vec<&str> = choices
                    .iter()
                    .map(|one| one.code.as_str())
                    .filter(|code| form.all(&field.name).any(|sent| sent == *code))
                    .collect();
                let old: Vec<&str> =
                    choices.iter().filter(|one| one.chosen).map(|one| one.code.as_str()).collect();
                if new != old {
                    choose(portal, offer, &field.name, &new);
                }
            }
        }
    }
    match offer.prevention.age_months {
        Some((from, to)) if from > to => Err((
            "alter_bis".into(),
            "Das höchste Alter ist kleiner als das niedrigste. Bitte beide prüfen.".into(),
        )),
        _ => Ok(()),
    }
}

fn write(portal: &Portal, offer: &mut Offer, name: &str, new: &str) -> Result<(), String> {
    const LONGEST: usize = 5000;
    if new.chars().count() > LONGEST {
        return Err(format!("Der Text ist zu lang. Bitte höchstens {LONGEST} Zeichen schreiben."));
    }
    let owner = offer.id.to_string();
    let service = &mut offer.service;
    match name {
        "name" => service.name = new.into(),
        "beschreibung" => service.description = new.into(),
        "hinweis" => service.alert = new.into(),
        "email" if !new.is_empty() && !new.contains('@') => {
            return Err("Das ist keine E-Mail-Adresse. Bitte in der Form name@ort.de eintragen.".into());
        }
        "email" => service.email = new.into(),
        "internet" if !new.is_empty() && kekiz_portal::offer::web_address(new).is_none() => {
            return Err("Das ist keine Internetadresse. Bitte in der Form www.beispiel.de eintragen.".into());
        }
        "internet" => service.url = new.into(),
        "telefon" => match (service.phones.first_mut(), new.is_empty()) {
            (Some(_), true) => drop(service.phones.remove(0)),
            (Some(phone), false) => phone.number = new.into(),
            (None, true) => {}
            (None, false) => service.phones.push(Phone {
                id: portal.around().uuid(),
                service_id: owner,
                number: new.into(),
                ..Phone::default()
            }),
        },
        "strasse" | "plz" | "ort" | "barrierefreiheit" => write_place(portal, offer, name, new),
        "online" if !new.is_empty() && kekiz_portal::offer::web_address(new).is_none() => {
            return Err("Das ist keine Internetadresse. Bitte in der Form www.beispiel.de eintragen.".into());
        }
        "online" => write_online(portal, offer, new),
        "zeiten" => write_times(offer, new)?,
        "kosten" => service.fees_description = new.into(),
        "anmeldung" => service.application_process = new.into(),
        "fuer_wen" => service.eligibility_description = new.into(),
        "alter_von" => {
            let to = offer.prevention.age_months.map(|ages| ages.1);
            let from = whole(new, 1200)?;
            offer.prevention.age_months =
                from.or(to.map(|_| 0)).map(|from| (from, to.unwrap_or(from.max(ADULT))));
        }
        "alter_bis" => {
            let from = offer.prevention.age_months.map_or(0, |ages| ages.0);
            offer.prevention.age_months = whole(new, 1200)?.map(|to| (from, to));
        }
        "plaetze" => offer.prevention.places = whole(new, 1_000_000)?,
        "erreicht" => offer.prevention.reached_per_year = whole(new, 10_000_000)?,
        _ => {}
    }
    Ok(())
}

fn whole<T: std::str::FromStr + PartialOrd + std::fmt::Display>(
    text: &str,
    most: T,
) -> Result<Option<T>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<T>() {
        Ok(number) if number <= most => Ok(Some(number)),
        _ => Err(format!("Bitte eine ganze Zahl von 0 bis {most} eintragen.")),
    }
}

fn write_times(offer: &mut Offer, new: &str) -> Result<(), String> {
    let schedules = if new.is_empty() {
        Vec::new()
    } else {
        let osm = exchange(&new.replace('–', "-").replace(" Uhr", ""), |word| {
            DAYS.iter().find(|(german, _)| *german == word).map(|(_, osm)| *osm)
        });
        schedules_from_osm(&osm).ok_or_else(|| {
            "Diese Zeiten sind nicht lesbar. Bitte so schreiben: Mo-Fr 09:00-12:00; Di 14:00-18:00."
                .to_string()
        })?
    };
    for at in &mut offer.service.service_at_locations {
        at.schedules.clear();
        if let Some(place) = &mut at.location {
            place.schedules.clear();
        }
    }
    offer.service.schedules = schedules;
    Ok(())
}

/// Writes into the first address, which is made where there is none; the point on the map is looked up again in the
/// municipality's own table.
fn write_place(portal: &Portal, offer: &mut Offer, name: &str, new: &str) {
    let uuid = || portal.around().uuid();
    let owner = offer.id.to_string();
    let places = &mut offer.service.service_at_locations;
    if places.iter().all(is_online) {
        places.insert(0, ServiceAtLocation { id: uuid(), service_id: owner, ..ServiceAtLocation::default() });
    }
    let Some(at) = places.iter_mut().find(|one| !is_online(one)) else { return };
    let place = at.location.get_or_insert_with(|| {
        Box::new(Location { id: uuid(), location_type: "physical".into(), ..Location::default() })
    });
    at.location_id = place.id.clone();
    if name == "barrierefreiheit" {
        match (place.accessibility.first_mut(), new.is_empty()) {
            (Some(_), true) => drop(place.accessibility.remove(0)),
            (Some(one), false) => one.description = new.into(),
            (None, true) => {}
            (None, false) => place.accessibility.push(Accessibility {
                id: uuid(),
                location_id: place.id.clone(),
                description: new.into(),
                ..Accessibility::default()
            }),
        }
        return;
    }
    if place.addresses.is_empty() {
        let address = Address {
            id: uuid(),
            location_id: place.id.clone(),
            address_type: "physical".into(),
            ..Address::default()
        };
        place.addresses.push(Address { country: "DE".into(), ..address });
    }
    let Some(address) = place.addresses.first_mut() else { return };
    match name {
        "strasse" => address.address_1 = new.into(),
        "plz" => address.postal_code = new.into(),
        _ => address.city = new.into(),
    }
    let typed = format!("{}, {} {}", address.address_1, address.postal_code, address.city);
    let point = match address.address_1.is_empty() {
        true => None,
        false => portal.locate(&typed).point(),
    };
    (place.longitude, place.latitude) = (point.map(|one| one.0), point.map(|one| one.1));
}

/// Writes where it takes place on the net; without an address that place is taken away.
fn write_online(portal: &Portal, offer: &mut Offer, new: &str) {
    let owner = offer.id.to_string();
    let places = &mut offer.service.service_at_locations;
    if new.is_empty() {
        places.retain(|one| !is_online(one));
        return;
    }
    if let Some(place) = places.iter_mut().find(|one| is_online(one)).and_then(|at| at.location.as_mut()) {
        place.url = new.into();
        return;
    }
    let place = Location {
        id: portal.around().uuid(),
        location_type: "virtual".into(),
        url: new.into(),
        ..Location::default()
    };
    places.push(ServiceAtLocation {
        id: portal.around().uuid(),
        service_id: owner,
        location_id: place.id.clone(),
        location: Some(Box::new(place)),
        ..ServiceAtLocation::default()
    });
}

/// Languages that were chosen; those the list does not know stay.
fn choose_languages(portal: &Portal, offer: &mut Offer, codes: &[&str]) {
    let list = portal.lists().terms.list("language");
    let known = |code: &str| list.is_some_and(|list| list.get(code).is_some());
    let owner = offer.id.to_string();
    let languages = &mut offer.service.languages;
    languages.retain(|one| !known(&one.code) || codes.contains(&one.code.as_str()));
    for code in codes {
        if !languages.iter().any(|one| one.code == *code) {
            let name = list.and_then(|list| list.get(code)).map_or(*code, |term| term.name.as_str());
            languages.push(Language {
                id: portal.around().uuid(),
                service_id: owner.clone(),
                name: name.into(),
                code: (*code).into(),
                ..Language::default()
            });
        }
    }
}

fn choose(portal: &Portal, offer: &mut Offer, name: &str, codes: &[&str]) {
    if name == "sprachen" {
        return choose_languages(portal, offer, codes);
    }
    let prevention = &mut offer.prevention;
    match name {
        "besonders" => {
            prevention.pregnancy = codes.contains(&PREGNANT);
            prevention.target_groups = codes
                .iter()
                .filter(|code| **code != PREGNANT)
                .map(|code| TargetGroup((*code).into()))
                .collect();
        }
        "lebensphasen" => {
            prevention.life_phases = codes.iter().filter_map(|code| phase_from_slug(code)).collect();
            prevention.life_phases.sort();
        }
        "handlungsfelder" => {
            prevention.action_fields = codes.iter().map(|code| ActionField((*code).into())).collect();
        }
        "praevention" => {
            prevention.prevention_type = codes.first().and_then(|code| PreventionType::from_slug(code))
        }
        "zugang" => prevention.access = codes.first().and_then(|code| Access::from_slug(code)),
        _ => {}
    }
}
