//! The form of an offer: what it asks, and what stands in it.

use crate::portal::desk::fields::{Choice, Field, Group, Kind, line, many, number, one, text};
use kekiz_portal::Portal;
use kekiz_portal::offers::hsds::{Address, ServiceAtLocation};
use kekiz_portal::offers::opening::{Hours, german_text, schedules_to_osm};
use kekiz_portal::offers::{FieldGroup, Missing, Offer, phase_from_slug};

/// Last month before the 18th birthday: the upper end where only a lower one is given.
pub(super) const ADULT: u16 = 215;
pub(super) const PREGNANT: &str = "schwanger";
const TIMES: &str =
    "Zum Beispiel: Mo-Fr 09:00-12:00; Di 14:00-18:00. Mehrere Zeiten mit Strichpunkt trennen.";

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

/// Terms of a list as choices; `chosen` says which are.
fn terms(portal: &Portal, list: &str, chosen: impl Fn(&str) -> bool) -> Vec<Choice> {
    let list = portal.lists().terms.list(list).map_or(&[][..], |list| &list.terms);
    list.iter()
        .map(|term| Choice { code: term.code.clone(), label: term.name.clone(), chosen: chosen(&term.code) })
        .collect()
}

/// The fields of a group, with what stands in them.
pub(super) fn fields(portal: &Portal, offer: &Offer, group: FieldGroup) -> Vec<Field> {
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

fn address(offer: &Offer) -> Option<&Address> {
    offer.locations().flat_map(|place| &place.addresses).next()
}

/// What is said about getting in, of the first place.
fn accessibility(offer: &Offer) -> String {
    let found = offer.locations().flat_map(|place| &place.accessibility).next();
    found.map_or_else(String::new, |one| one.description.clone())
}

pub(super) fn is_online(at: &ServiceAtLocation) -> bool {
    at.location.as_deref().is_some_and(|place| place.location_type == "virtual")
}

/// Where it takes place on the net.
fn online(offer: &Offer) -> String {
    let found = offer.locations().find(|place| place.location_type == "virtual");
    found.map_or_else(String::new, |place| place.url.clone())
}

/// German and international short names of weekdays and holidays; the same where they do not differ.
pub(super) const DAYS: [(&str, &str); 5] =
    [("Di", "Tu"), ("Mi", "We"), ("Do", "Th"), ("So", "Su"), ("Feiertag", "PH")];

/// Exchanges whole words, so that „Mi“ is one and „Mitte“ is none.
pub(super) fn exchange(text: &str, pair: impl Fn(&str) -> Option<&'static str>) -> String {
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
