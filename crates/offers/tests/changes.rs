//! Changes per field, completeness, reminders, merging.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod common;

use common::krabbelgruppe;
use jiff::civil::{Date, date};
use kekiz_offers::hsds::Phone;
use kekiz_offers::{
    Answer, Conflict, Demands, FieldGroup, Offer, OfferState, PreventionType, ReminderRules, answer, apply,
    confirm, diff, field_label, group_of, is_publishable, merge, missing, reminder, three_way, unmerge,
    value_text,
};
use proptest::prelude::*;
use serde_json::json;

fn edited(edit: impl Fn(&mut Offer)) -> Offer {
    let mut offer = krabbelgruppe("a");
    edit(&mut offer);
    offer
}

#[test]
fn changes_are_named_per_field() {
    let check = |edit: fn(&mut Offer), fields: &[&str]| {
        let (before, after) = (krabbelgruppe("a"), edited(edit));
        let changes = diff(&before, &after);
        let labels: Vec<String> = changes.iter().map(|one| field_label(&one.field)).collect();
        assert_eq!(labels, fields);
        let mut applied = before;
        apply(&mut applied, &changes).unwrap();
        assert_eq!(applied, after);
    };
    check(|_| {}, &[]);
    check(|offer| offer.service.name = "Neu".into(), &["Name"]);
    check(|offer| offer.service.phones[0].number = "1".into(), &["Telefon › Nummer"]);
    check(|offer| offer.service.phones.clear(), &["Telefon"]);
    check(|offer| offer.prevention.places = Some(3), &["Plätze"]);
    check(|offer| offer.prevention.age_months = Some((4, 12)), &["Alter in Monaten"]);
    check(|offer| offer.state = OfferState::Archived, &["Stand"]);
    check(
        |offer| {
            let place = offer.service.service_at_locations[0].location.as_deref_mut().unwrap();
            place.addresses[0].city = "Moers".into();
        },
        &["Ort › Anschrift › Ort"],
    );
    check(
        |offer| {
            offer.service.phones.insert(0, Phone { id: "neu".into(), number: "2".into(), ..Phone::default() })
        },
        &["Telefon › neu", "Telefon › Reihenfolge"],
    );
}

#[test]
fn groups_and_values_have_words() {
    assert_eq!(group_of("service/phones/1/number"), Some(FieldGroup::Contact));
    assert_eq!(group_of("prevention/places"), Some(FieldGroup::Prevention));
    assert_eq!(group_of("state"), None);
    for (value, text) in [
        (json!(null), "–"),
        (json!(true), "ja"),
        (json!(1.5), "1,5"),
        (json!(["a", "b"]), "a, b"),
        (json!({"id": "1", "number": "5"}), "Nummer: 5"),
    ] {
        assert_eq!(value_text(&value), text);
    }
}

#[test]
fn what_changed_meanwhile_is_a_conflict() {
    let base = krabbelgruppe("a");
    let wanted = diff(&base, &edited(|offer| offer.service.name = "Meins".into()));
    let mut other = edited(|offer| offer.service.email = "a@b.de".into());
    apply(&mut other, &wanted).unwrap();
    assert_eq!((other.service.name.as_str(), other.service.email.as_str()), ("Meins", "a@b.de"));
    let mut same = edited(|offer| offer.service.name = "Deins".into());
    let kept = same.clone();
    let Err(Conflict::Changed(fields)) = apply(&mut same, &wanted) else { panic!("no conflict") };
    assert_eq!(fields[0].current, "Deins");
    assert_eq!(same, kept);
    let mut gone = edited(|offer| offer.service.phones.clear());
    let number = diff(&base, &edited(|offer| offer.service.phones[0].number = "9".into()));
    assert!(matches!(apply(&mut gone, &number), Err(Conflict::Changed(_))));
    let mut wrong = base.clone();
    let nonsense =
        [kekiz_offers::FieldChange { field: "state".into(), before: json!("draft"), after: json!("x") }];
    let Err(error) = apply(&mut wrong, &nonsense) else { panic!("accepted") };
    assert!(error.to_string().starts_with("Stand:"), "{error}");
}

#[test]
fn two_editors_are_joined() {
    let ours = edited(|offer| (offer.service.name, offer.service.fees) = ("Wir".into(), "kostenlos".into()));
    let theirs = edited(|offer| (offer.service.name, offer.prevention.places) = ("Sie".into(), Some(4)));
    let joined = three_way(&krabbelgruppe("a"), &ours, &theirs);
    assert_eq!((joined.merged.service.name.as_str(), joined.merged.prevention.places), ("Wir", Some(4)));
    assert_eq!(joined.conflicts.len(), 1);
    assert_eq!(joined.conflicts[0].wanted, "Sie");
}

#[test]
fn drafts_say_what_they_lack() {
    let demands = Demands::defaults().unwrap();
    let empty = Offer::default();
    let required: Vec<&str> =
        missing(&empty).iter().filter(|one| one.required).map(|one| one.field).collect();
    assert_eq!(required.len(), 7);
    assert_eq!(required[0], "service/name");
    assert!(missing(&empty).iter().all(|one| one.sentence.ends_with('.')));
    let whole = edited(|offer| {
        offer.prevention.life_phases = vec![kekiz_offers::LifePhase::KleinkindU3];
        offer.prevention.action_fields = vec!["fruehe_hilfen".into()];
        offer.prevention.age_months = Some((0, 11));
    });
    assert!(is_publishable(&whole, &demands), "{:?}", missing(&whole));
    assert!(!is_publishable(&edited(|offer| offer.service.name = " ".into()), &demands));
    assert!(
        Demands::read("x", "version = 1\n[fields]\nnmae = \"required\"")
            .unwrap_err()
            .to_string()
            .contains("nmae")
    );
}

#[test]
fn reminders_follow_the_calendar() {
    let rules = ReminderRules::default();
    let check = |today: Date, state, mails| {
        let mut offer = krabbelgruppe("a");
        offer.state = OfferState::Published;
        confirm(&mut offer, FieldGroup::ALL, date(2026, 1, 31), "a", "b");
        let found = reminder(&offer, &rules, today);
        assert_eq!((found.state, found.mails), (state, mails), "{today}");
    };
    check(date(2026, 7, 30), OfferState::Published, 0);
    check(date(2026, 7, 31), OfferState::Due, 1);
    check(date(2026, 8, 14), OfferState::Due, 2);
    check(date(2026, 8, 29), OfferState::Due, 2);
    check(date(2026, 8, 30), OfferState::Greyed, 2);
    let mut never = krabbelgruppe("a");
    assert_eq!(reminder(&never, &rules, date(2026, 1, 1)).state, OfferState::Draft);
    never.state = OfferState::Published;
    assert_eq!(reminder(&never, &rules, date(2026, 1, 1)).state, OfferState::Due);
    answer(&mut never, Answer::StillValid, date(2026, 1, 1), "a");
    assert_eq!(reminder(&never, &rules, date(2026, 1, 2)).state, OfferState::Published);
    answer(&mut never, Answer::Archive, date(2026, 1, 3), "a");
    answer(&mut never, Answer::StillValid, date(2026, 1, 4), "a");
    assert_eq!(never.state, OfferState::Archived);
}

#[test]
fn a_merge_can_be_undone() {
    let kept = edited(|offer| offer.service.fees.clear());
    let mut absorbed = krabbelgruppe("b");
    absorbed.service.fees = "kostenlos".into();
    absorbed.service.name = "Krabbelgruppe Nord e. V.".into();
    absorbed.prevention.age_months = Some((0, 11));
    absorbed.prevention.prevention_type = Some(PreventionType::Universell);
    let record = merge(&kept, &absorbed, &[], date(2026, 3, 1), "k").unwrap();
    assert_eq!(record.merged.id, kept.id);
    assert_eq!(record.merged.service.name, kept.service.name);
    assert_eq!(record.merged.service.fees, "kostenlos");
    assert_eq!(record.merged.prevention.age_months, Some((0, 11)));
    assert_eq!(record.merged.service.phones.len(), 2);
    let back = unmerge(&record, &record.merged);
    assert_eq!((&back.kept, &back.absorbed), (&kept, &absorbed));
    assert!(back.conflicts.is_empty());
    let taken = merge(&kept, &absorbed, &["service/name".into()], date(2026, 3, 1), "k").unwrap();
    assert_eq!(taken.merged.service.name, absorbed.service.name);
    let mut later = record.merged.clone();
    later.service.description = "Neu".into();
    later.service.fees = "5 €".into();
    let back = unmerge(&record, &later);
    assert_eq!((back.kept.service.description.as_str(), back.kept.service.fees.as_str()), ("Neu", ""));
    assert_eq!(back.conflicts.len(), 1);
}

fn any_offer() -> impl Strategy<Value = Offer> {
    let phones = prop::collection::vec(("[a-e]", "[0-9]{0,3}"), 0..4);
    let texts = ("[a-z/~]{0,4}", "[a-z]{0,4}");
    (phones, texts, any::<Option<(u16, u16)>>(), any::<bool>(), prop::collection::vec("[a-c]", 0..3))
        .prop_map(|(phones, (name, email), age, pregnancy, fields)| {
            edited(|offer| {
                let mut seen = std::collections::BTreeSet::new();
                let fresh = phones.iter().filter(|(id, _)| seen.insert(id.clone()));
                offer.service.phones = fresh
                    .map(|(id, number)| Phone { id: id.clone(), number: number.clone(), ..Phone::default() })
                    .collect();
                offer.service.name = name.clone();
                offer.service.email = email.clone();
                offer.prevention.age_months = age;
                offer.prevention.pregnancy = pregnancy;
                offer.prevention.action_fields = fields.iter().map(|one| one.as_str().into()).collect();
            })
        })
}

proptest! {
    #[test]
    fn applying_the_difference_gives_the_other(a in any_offer(), b in any_offer()) {
        let mut applied = a.clone();
        apply(&mut applied, &diff(&a, &b)).unwrap();
        prop_assert_eq!(applied, b);
    }

    #[test]
    fn unmerging_at_once_restores_both(a in any_offer(), mut b in any_offer()) {
        b.id = "b".into();
        let record = merge(&a, &b, &[], date(2026, 1, 1), "k").unwrap();
        let back = unmerge(&record, &record.merged);
        prop_assert_eq!((back.kept, back.absorbed), (a, b));
    }
}
