//! How an answer in the form changes the offer.
//!
//! A field is written back only when its text was changed, so that what a form cannot show (a second phone, a place
//! with a map of its own) stays as it is.

use crate::portal::desk::fields::{Field, Kind};
use crate::portal::desk::gate::Form;
use crate::portal::desk::offer_fields::{ADULT, DAYS, PREGNANT, exchange, fields, is_online};
use kekiz_portal::Portal;
use kekiz_portal::offers::hsds::{Accessibility, Address, Language, Location, Phone, ServiceAtLocation};
use kekiz_portal::offers::opening::schedules_from_osm;
use kekiz_portal::offers::{
    Access, ActionField, FieldGroup, Offer, PreventionType, TargetGroup, phase_from_slug,
};

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
