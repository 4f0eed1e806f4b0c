//! Offers that may be the same, and the lists offers are described with.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod common;

use common::krabbelgruppe;
use kekiz_offers::{DuplicateRules, Offer, OfferState, TermList, Vocabularies, compare_pair, duplicates};

fn place(offer: &mut Offer) -> &mut kekiz_offers::hsds::Location {
    offer.service.service_at_locations[0].location.as_deref_mut().unwrap()
}

#[test]
fn likely_pairs_have_reasons() {
    let rules = DuplicateRules::default();
    let check = |edit: fn(&mut Offer), reasons: &[&str]| {
        let (one, mut other) = (krabbelgruppe("a"), krabbelgruppe("b"));
        other.organization = "other".into();
        edit(&mut other);
        let pair = compare_pair(&one, &other, &rules);
        let found: Vec<String> =
            pair.iter().flat_map(|pair| &pair.reasons).map(|(_, text)| text.clone()).collect();
        assert_eq!(found, reasons);
        assert_eq!(duplicates(&[one, other], &rules), pair.into_iter().collect::<Vec<_>>());
    };
    let all = [
        "Gleicher Name.",
        "Gleiche Telefonnummer (02151123456).",
        "Gleiche Anschrift.",
        "0 m voneinander entfernt.",
    ];
    check(|_| {}, &all);
    check(
        |other| {
            other.service.name = "KRABBELGRUPPE NORD e.V.".into();
            other.service.phones[0].number = "+49 (0)2151 / 12 34 56".into();
            place(other).addresses[0].address_1 = "Hauptstr. 5 A".into();
        },
        &all,
    );
    // Another offer in the same house with the same telephone.
    check(|other| other.service.name = "Schuldnerberatung".into(), &[]);
    // The same kind of group elsewhere.
    check(
        |other| {
            other.service.phones.clear();
            let place = place(other);
            (place.latitude, place.longitude) = (Some(51.4), Some(6.6));
            place.addresses[0].address_1 = "Ostwall 1".into();
            place.addresses[0].postal_code = "47803".into();
        },
        &[],
    );
    check(|other| other.service.name = "Krabbelgruppe Nord 2".into(), &[]);
    check(|other| other.state = OfferState::Draft, &all);
}

#[test]
fn archived_offers_are_left_out() {
    let (one, mut other) = (krabbelgruppe("a"), krabbelgruppe("b"));
    other.state = OfferState::Archived;
    assert_eq!(duplicates(&[one, other], &DuplicateRules::default()), []);
}

#[test]
fn blocking_loses_no_pair_of_a_small_town() {
    let names = ["Krabbelgruppe", "Krabbelgruppen", "Krabbelgruppe Nord", "Nachhilfe", "Nachhilfe Mathe"];
    let offers: Vec<Offer> = (0..60)
        .map(|n| {
            let mut offer = krabbelgruppe(&n.to_string());
            offer.service.name = names[n % 5].into();
            offer.service.phones[0].number = format!("02151 1234{:02}", n % 7);
            place(&mut offer).addresses[0].address_1 = format!("Ostwall {}", n % 4);
            place(&mut offer).latitude = Some(51.3 + (n % 3) as f64 * 0.0005);
            offer
        })
        .collect();
    let rules = DuplicateRules::default();
    let mut every = 0;
    for (number, one) in offers.iter().enumerate() {
        every +=
            offers[number + 1..].iter().filter(|other| compare_pair(one, other, &rules).is_some()).count();
    }
    let found = duplicates(&offers, &rules);
    assert_eq!(found.len(), every);
    assert!(found.windows(2).all(|pair| pair[0].score >= pair[1].score));
}

#[test]
fn the_lists_are_whole() {
    let lists = Vocabularies::defaults().unwrap();
    assert_eq!(lists.iter().count(), 10);
    assert!(
        lists.iter().all(|list| !list.source.is_empty() && !list.as_of.is_empty() && !list.terms.is_empty())
    );
    assert_eq!(lists.list("sector").unwrap().terms.len(), 8);
    assert_eq!(lists.find("life_phase", " kita-kinder ").unwrap().code, "kita");
    assert_eq!(lists.plain("transition", "kita_grundschule"), "Mein Kind kommt in die Schule");
    assert_eq!(lists.name("payer", "unbekannt"), "unbekannt");
    assert_eq!(lists.phases_of_ages(30, 40).len(), 2);
    let refused = |text: &str, part: &str| {
        let error = TermList::read("x.toml", text).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    };
    let head = "code = \"life_phase\"\nname = \"n\"\nsource = \"s\"\nas_of = \"2026\"\n";
    let term = |code: &str| format!("[[term]]\ncode = \"{code}\"\nname = \"n\"\nplain = \"p\"\n");
    refused(&format!("version = 2\n{head}"), "Format 2");
    refused(&format!("version = 1\n{head}{}", term("jugend")), "jugend");
    refused(&format!("version = 1\n{head}{}{}", term("kita"), term("kita")), "zweimal");
    refused("version = ", "lässt sich nicht lesen");
}
