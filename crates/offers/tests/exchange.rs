//! Offers out to HSDS, calendars, GeoJSON, schema.org, lists, and in from rows and calendars.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod common;

use common::krabbelgruppe;
use jiff::civil::{date, datetime};
use kekiz_base::{AreaKey, LifePhase};
use kekiz_offers::exchange::{
    MappingError, NO_UPPER_AGE, RowMapping, Target, csv_list, from_service, geojson, guard,
    months_from_years, offer_from_service, offers_from_rows, preview, read_calendar, schema_org,
    suggest_mapping, to_script, to_service, write_calendar, years_from_months,
};
use kekiz_offers::{
    Access, Check, Evidence, FieldGroup, LanguageTag, Offer, OfferId, OfferState, OfferText, Prevention,
    PreventionType, Vocabularies,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn lists() -> Vocabularies {
    Vocabularies::defaults().unwrap()
}

fn rich() -> Offer {
    let mut offer = krabbelgruppe("a");
    offer.prevention = Prevention {
        life_phases: vec![LifePhase::Kita, LifePhase::KleinkindU3],
        transitions: vec!["familie_kita".into()],
        action_fields: vec!["eigenes_feld".into(), "sprache".into()],
        age_months: Some((4, 17)),
        pregnancy: true,
        target_groups: vec!["alleinerziehende".into()],
        prevention_type: Some(PreventionType::Selektiv),
        access: Some(Access::KommUndGeh),
        legal_basis: vec!["§ 16 SGB VIII".into(), "KKG".into()],
        places: Some(12),
        reached_per_year: Some(140),
        full_cost_cents_per_year: Some(1_234_567),
        payers: vec!["kommune".into(), "land".into()],
        evidence: Evidence::GrueneListe2,
        goals: vec!["z1".into()],
        catchment: vec![AreaKey::new("011")],
    };
    let turkish = OfferText { name: "Emekleme grubu".into(), machine: true, ..OfferText::default() };
    let easy = OfferText { description: "Für Babys.\nKostenlos.".into(), ..OfferText::default() };
    offer.texts.insert(LanguageTag::parse("tr").unwrap(), turkish);
    offer.texts.insert(LanguageTag::parse(LanguageTag::EASY_GERMAN).unwrap(), easy);
    let check = Check { at: date(2026, 2, 1), by: String::new(), source: "Eintrag des Trägers".into() };
    offer.checks.insert(FieldGroup::Contact, check);
    offer
}

#[test]
fn an_offer_travels_as_hsds() {
    let offer = rich();
    let service = to_service(&offer, &lists());
    assert_eq!((service.minimum_age, service.maximum_age), (Some(4.0 / 12.0), Some(17.0 / 12.0)));
    assert_eq!(service.assured_date, "2026-02-01");
    let json = serde_json::to_string(&service).unwrap();
    let read = kekiz_offers::hsds::read_objects(json.as_bytes()).unwrap();
    assert_eq!(offer_from_service(&read[0], OfferState::Draft), offer);
    let (tables, findings) = kekiz_offers::hsds::flatten(&[service]);
    assert!(findings.is_empty(), "{findings:?}");
    let mut back: kekiz_offers::hsds::Service = kekiz_offers::hsds::nest(&tables).remove(0);
    back.organization_id = offer.organization.0.clone();
    let (_, prevention) = from_service(&back);
    assert_eq!(prevention, offer.prevention);
}

#[test]
fn ages_in_years_and_months() {
    for (months, years) in [
        ((0, 35), (0.0, Some(2.0))),
        ((36, 71), (3.0, Some(5.0))),
        ((6, 17), (0.5, Some(17.0 / 12.0))),
        ((0, NO_UPPER_AGE), (0.0, None)),
    ] {
        assert_eq!(years_from_months(months.0, months.1), years);
        assert_eq!(months_from_years(Some(years.0), years.1), Some(months));
    }
    assert_eq!(months_from_years(Some(12.0), None), Some((144, NO_UPPER_AGE)));
    assert_eq!(months_from_years(None, None), None);
    assert_eq!(months_from_years(Some(-1.0), None), None);
    assert_eq!(months_from_years(Some(9.0), Some(3.0)), None);
    // Somebody changed the years elsewhere: they win.
    let mut service = to_service(&rich(), &lists());
    (service.minimum_age, service.maximum_age) = (Some(1.0), Some(2.0));
    assert_eq!(from_service(&service).1.age_months, Some((12, 35)));
}

proptest! {
    #[test]
    fn any_age_comes_back(from in 0u16..400, more in 0u16..400) {
        let mut offer = krabbelgruppe("a");
        offer.prevention.age_months = Some((from, from + more));
        let service = to_service(&offer, &lists());
        prop_assert_eq!(from_service(&service), (offer.service, offer.prevention));
    }

    #[test]
    fn calendar_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "(BEGIN:VEVENT\r\n|END:VEVENT\r\n|DTSTART:[0-9TZ]{0,16}\r\n|RRULE:[A-Z=;,0-9]{0,20}\r\n|BEGIN:VCALENDAR\r\n|.{0,5}){0,12}") {
        let _ = read_calendar(&bytes);
        let _ = read_calendar(text.as_bytes());
    }

    #[test]
    fn rows_never_panic(rows in prop::collection::vec(prop::collection::vec(".{0,12}", 0..9), 0..6)) {
        let header: Vec<String> = ["Name", "Alter von", "Alter bis", "Breitengrad", "Plätze", "Öffnungszeiten", "Vollkosten", "Sprachen"].map(String::from).to_vec();
        let mapping = suggest_mapping(&header, "x");
        let _ = offers_from_rows(&header, &rows, &mapping, &lists(), &BTreeMap::new());
    }

    #[test]
    fn guarded_cells_start_no_formula(text in ".{0,10}") {
        let safe = guard(&text);
        let first = safe.trim_start().chars().next();
        prop_assert!(!matches!(first, Some('=' | '@')), "{}", safe);
    }
}

#[test]
fn lists_for_spreadsheets_are_guarded() {
    for (text, safe) in [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+49 2151 123", "+49 2151 123"),
        ("-5", "-5"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        (" =A1", "' =A1"),
        ("Krabbelgruppe", "Krabbelgruppe"),
    ] {
        assert_eq!(guard(text), safe);
    }
    let mut offer = rich();
    offer.service.name = "=HYPERLINK(\"x\")".into();
    let csv = String::from_utf8(csv_list(&[offer], &|_| "Stadt Krefeld".into(), &lists())).unwrap();
    assert!(csv.starts_with("\u{feff}Kennung;Name;Träger"));
    assert!(csv.contains("'=HYPERLINK"));
    assert!(csv.contains("montags und mittwochs 9–11 Uhr"));
    assert!(csv.contains(";51,3332;6,5623;"));
}

fn table(lines: &[&str]) -> (Vec<String>, Vec<Vec<String>>) {
    let mut rows =
        lines.iter().map(|line| line.split('|').map(|cell| cell.trim().to_string()).collect::<Vec<_>>());
    (rows.next().unwrap(), rows.collect())
}

const TABLE: [&str; 3] = [
    "Nr | Angebot       | Träger | Straße   | Hausnummer | PLZ   | Ort     | Alter von | Alter bis | Lebensphasen   | Vollkosten | Öffnungszeiten",
    "1  | Krabbelgruppe | AWO    | Am Markt | 3a         | 47798 | Krefeld | 0         | 2         | Kleinkind_u3   | 12.500,50  | Mo 09:00-11:00",
    "2  | Elterncafé    | AWO    | Ostwall  | 7          | 47798 | Krefeld |           |           | Kita-Kinder; 0 bis unter 3 Jahre |  | nach Absprache",
];

#[test]
fn rows_become_offers_by_a_suggested_mapping() {
    let (header, rows) = table(&TABLE);
    let mapping = suggest_mapping(&header, "stadt");
    assert_eq!(mapping.columns.len(), header.len());
    assert_eq!(RowMapping::read(&mapping.write()).unwrap(), mapping);
    let imported = offers_from_rows(&header, &rows, &mapping, &lists(), &BTreeMap::new()).unwrap();
    assert_eq!(imported.refused, []);
    assert_eq!(imported.organizations.len(), 1);
    let first = &imported.offers[0];
    assert_eq!(first.prevention.age_months, Some((0, 35)));
    assert_eq!(first.prevention.full_cost_cents_per_year, Some(1_250_050));
    assert_eq!(first.addresses()[0].address_1, "Am Markt 3a");
    assert_eq!(first.service.schedules[0].byday, "MO");
    assert_eq!(imported.offers[1].prevention.life_phases, [LifePhase::Kita, LifePhase::KleinkindU3]);
    assert_eq!(imported.offers[1].service.schedules[0].description, "nach Absprache");
}

#[test]
fn a_preview_says_what_would_change() {
    let (header, rows) = table(&TABLE);
    let mapping = suggest_mapping(&header, "stadt");
    let read = |rows: &[Vec<String>], existing: &BTreeMap<OfferId, Offer>| {
        preview(existing, offers_from_rows(&header, rows, &mapping, &lists(), existing).unwrap())
    };
    let first = read(&rows, &BTreeMap::new());
    assert_eq!((first.new.len(), first.is_ready()), (2, true));
    let mut existing: BTreeMap<OfferId, Offer> =
        first.new.into_iter().map(|one| (one.id.clone(), one)).collect();
    assert_eq!(read(&rows, &existing).unchanged.len(), 2);
    // What no column fills stays.
    existing.values_mut().for_each(|one| one.service.alert = "Sommerpause".into());
    let mut changed = rows.clone();
    changed[0][1] = "Krabbelgruppe am Markt".into();
    let second = read(&changed[..1], &existing);
    assert_eq!(second.changed[0].changes.len(), 1);
    assert_eq!(second.changed[0].changes[0].field, "service/name");
    assert_eq!(second.changed[0].after.service.alert, "Sommerpause");
    assert_eq!(second.vanished.len(), 1);
}

#[test]
fn what_is_wrong_is_refused_with_line_and_column() {
    let (header, rows) = table(&[
        "Nr | Angebot | Alter von | Alter bis | Breitengrad | Sprachen | Schwangerschaft",
        "1  | A       | 9         | 3         |             | Deutsch  | ja",
        "2  |         |           |           | 510         | Klingon  | vielleicht",
        "   |         |           |           |             |          |",
        "3  | B\u{7}  |           |           |             |          |",
        "1  | A       |           |           |             |          |",
        "1  | A       |           |           |             |          |",
    ]);
    let imported =
        offers_from_rows(&header, &rows, &suggest_mapping(&header, "x"), &lists(), &BTreeMap::new()).unwrap();
    let found: Vec<(u64, &str)> =
        imported.refused.iter().map(|one| (one.line, one.column.as_str())).collect();
    assert_eq!(
        found,
        [
            (2, "Alter"),
            (3, ""),
            (3, "Sprachen"),
            (3, "Breitengrad"),
            (3, "Schwangerschaft"),
            (5, "Angebot"),
            (5, ""),
            (7, ""),
        ]
    );
    assert!(imported.refused.iter().all(|one| !one.message.is_empty() && !one.remedy.is_empty()));
    let missing = RowMapping { columns: vec![], ..suggest_mapping(&header, "x") };
    assert_eq!(
        offers_from_rows(&header, &[], &missing, &lists(), &BTreeMap::new()),
        Err(MappingError::NoName)
    );
    let other = ["Titel".to_string()];
    let error = offers_from_rows(&other, &[], &suggest_mapping(&header, "x"), &lists(), &BTreeMap::new())
        .unwrap_err();
    assert!(error.to_string().contains("Vorhanden sind: Titel"), "{error}");
}

#[test]
fn constants_fill_what_no_column_fills() {
    let (header, rows) = table(&["Angebot|Straße", "A|Ostwall 1"]);
    let mut mapping = suggest_mapping(&header, "x");
    mapping.constants.insert(Target::City, "Krefeld".into());
    let mapping = RowMapping::read(&mapping.write()).unwrap();
    let imported = offers_from_rows(&header, &rows, &mapping, &lists(), &BTreeMap::new()).unwrap();
    assert_eq!(imported.offers[0].addresses()[0].city, "Krefeld");
}

#[test]
fn calendars_go_out_and_come_in() {
    let offer = rich();
    let written = write_calendar(
        std::slice::from_ref(&offer),
        "Angebote",
        date(2026, 11, 24),
        datetime(2026, 11, 24, 10, 0, 0, 0),
    );
    assert_eq!(
        written,
        write_calendar(&[offer], "Angebote", date(2026, 11, 24), datetime(2026, 11, 24, 10, 0, 0, 0))
    );
    let (events, findings) = read_calendar(written.as_bytes());
    assert!(findings.is_empty(), "{findings:?}");
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!(event.summary, "Krabbelgruppe Nord");
    assert_eq!(event.location, "Hauptstraße 5a, 47798 Krefeld");
    let schedule = &event.schedule;
    let found = (
        schedule.dtstart.as_str(),
        schedule.opens_at.as_str(),
        schedule.closes_at.as_str(),
        schedule.byday.as_str(),
    );
    assert_eq!(found, ("2026-11-25", "09:00", "11:00", "MO,WE"));
}

#[test]
fn foreign_calendars_are_read_with_care() {
    let file = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n\
        BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Caf\u{e9}\\, offen\r\nDTSTART:20260701T120000Z\r\nDTEND:20260701T140000Z\r\nRRULE:FREQ=WEEKLY;BYDAY=WE;UNTIL=20260801T000000Z\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nUID:2\r\nSUMMARY:Fest\r\nDTSTART;VALUE=DATE:20260705\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nUID:3\r\nSUMMARY:ohne Beginn\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let (events, findings) = read_calendar(file.as_bytes());
    assert_eq!(events.len(), 2);
    assert_eq!(events[0].summary, "Café, offen");
    let first = &events[0].schedule;
    assert_eq!(
        (first.opens_at.as_str(), first.closes_at.as_str(), first.until.as_str()),
        ("14:00", "16:00", "2026-08-01")
    );
    assert_eq!(
        (events[1].schedule.opens_at.as_str(), events[1].schedule.closes_at.as_str()),
        ("00:00", "24:00")
    );
    assert_eq!(findings.iter().map(|one| one.code).collect::<Vec<_>>(), ["calendar-start"]);
    assert_eq!(read_calendar(b"<html>").0, []);
    assert!(read_calendar(&"BEGIN:X\r\n".repeat(100_000).into_bytes()).1.has_errors());
}

#[test]
fn maps_and_search_engines() {
    let mut offer = rich();
    let features = geojson(std::slice::from_ref(&offer));
    assert_eq!(features["features"][0]["geometry"]["coordinates"], serde_json::json!([6.5623, 51.3332]));
    offer.service.description = "</script><b>".into();
    let linked = schema_org(&offer, None, "https://example.org/a");
    assert_eq!(linked["@type"], "Service");
    assert_eq!(linked["audience"]["suggestedMinAge"], 0.33);
    assert_eq!(linked["hoursAvailable"][0]["dayOfWeek"][1], "https://schema.org/Wednesday");
    assert!(!to_script(&linked).contains('<'));
    assert_eq!(serde_json::from_str::<serde_json::Value>(&to_script(&linked)).unwrap(), linked);
    offer.service.service_at_locations.clear();
    assert!(geojson(&[offer])["features"][0]["geometry"].is_null());
}
