//! From an offer to what the index knows of it.
#![allow(clippy::unwrap_used, clippy::panic)]

use kekiz_base::LifePhase;
use kekiz_offers::hsds::{
    Accessibility, Address, CostOption, Language, Location, Schedule, ServiceAtLocation,
};
use kekiz_offers::opening::{Calendar, Land, open_today};
use kekiz_offers::{LanguageTag, Offer, OfferState, OfferText, Vocabularies};
use kekiz_search::{Entry, Price, hours_of_text};

fn offer() -> Offer {
    let mut offer = Offer::draft("offer-1".into(), "provider-1".into());
    offer.state = OfferState::Published;
    offer.service.name = "Krabbelgruppe".into();
    offer.service.description = "Jeden Montag.".into();
    offer.service.languages = vec![Language { code: "TR".into(), ..Language::default() }];
    offer.service.schedules = vec![Schedule {
        id: "s1".into(),
        freq: "WEEKLY".into(),
        byday: "MO".into(),
        opens_at: "09:00".into(),
        closes_at: "11:00".into(),
        ..Schedule::default()
    }];
    let location = Location {
        name: "Familienzentrum".into(),
        longitude: Some(6.5),
        latitude: Some(51.3),
        addresses: vec![Address {
            address_1: "Hauptstr. 1".into(),
            postal_code: "47798".into(),
            ..Address::default()
        }],
        accessibility: vec![Accessibility {
            description: "Mit dem Rollstuhl erreichbar".into(),
            ..Accessibility::default()
        }],
        ..Location::default()
    };
    offer.service.service_at_locations =
        vec![ServiceAtLocation { location: Some(Box::new(location)), ..ServiceAtLocation::default() }];
    let turkish = OfferText { name: "Emekleme grubu".into(), ..OfferText::default() };
    offer.texts.insert(LanguageTag::parse("tr").unwrap(), turkish);
    offer
}

fn entry(change: impl FnOnce(&mut Offer)) -> Entry {
    let mut offer = offer();
    change(&mut offer);
    Entry::from_offer(&offer, &Vocabularies::defaults().unwrap()).unwrap()
}

#[test]
fn an_offer_is_found_by_all_its_sides() {
    let entry = entry(|offer| offer.prevention.action_fields = vec!["fruehe_hilfen".into()]);
    assert_eq!(entry.title(), "Krabbelgruppe");
    assert_eq!(entry.texts["tr"].title, "Emekleme grubu");
    assert!(entry.texts["de"].keywords.contains("Frühe Hilfen"));
    assert_eq!((entry.languages.as_slice(), entry.wheelchair), (&["tr".to_string()][..], Some(true)));
    assert_eq!((entry.places[0].point, entry.places[0].postal_code.as_str()), (Some((6.5, 51.3)), "47798"));
    let hours = hours_of_text(&entry.opening);
    let calendar = Calendar::new(Land::Nw, None);
    let open = |day: &str| !open_today(&hours, day.parse().unwrap(), &calendar).is_empty();
    assert!(open("2026-05-04") && !open("2026-05-05"));
    assert!(hours_of_text("no hours").is_empty());
}

#[test]
fn what_families_must_not_see_is_not_found() {
    let lists = Vocabularies::defaults().unwrap();
    for state in OfferState::ALL {
        let seen = Entry::from_offer(&Offer { state, ..offer() }, &lists);
        assert_eq!(seen.is_some(), state.is_public(), "{state:?}");
        assert_eq!(seen.is_some_and(|entry| entry.greyed), state == OfferState::Greyed);
    }
}

#[test]
fn prices_ages_and_access_are_read_from_where_they_stand() {
    let option = |amount| CostOption { amount: Some(amount), ..CostOption::default() };
    for (options, fees, expected) in [
        (vec![option(12.5), option(8.0)], "", Price::FromCents(800)),
        (vec![option(8.0), option(0.0)], "", Price::Free),
        (vec![], "Die Teilnahme ist kostenlos.", Price::Free),
        (vec![], "Nicht kostenlos.", Price::Unknown),
        (vec![option(f64::NAN)], "", Price::Unknown),
        (vec![], "", Price::Unknown),
    ] {
        let found = entry(|offer| {
            offer.service.cost_options = options;
            offer.service.fees_description = fees.into();
        });
        assert_eq!(found.price, expected, "{fees}");
    }
    for (ages, phases, expected) in [
        ((Some(3.0), Some(5.0)), vec![], Some((36, 71))),
        ((None, Some(0.5)), vec![], Some((0, 11))),
        ((Some(9.0), Some(3.0)), vec![], None),
        ((None, None), vec![LifePhase::Familie, LifePhase::Kita], None),
        ((None, None), vec![LifePhase::Kita], Some((36, 71))),
        ((None, None), vec![], None),
    ] {
        let found = entry(|offer| {
            (offer.service.minimum_age, offer.service.maximum_age) = ages;
            offer.prevention.life_phases = phases.clone();
        });
        assert_eq!(found.age_months, expected, "{ages:?} {phases:?}");
    }
    for (said, expected) in
        [("nicht barrierefrei", Some(false)), ("stufenlos", Some(true)), ("Parkplatz", None), ("", None)]
    {
        let found = entry(|offer| {
            let place = offer.service.service_at_locations[0].location.as_mut().unwrap();
            place.accessibility[0].description = said.into();
        });
        assert_eq!(found.wheelchair, expected, "{said}");
    }
}
