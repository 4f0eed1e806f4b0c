//! Objects for the tests.

use kekiz_offers::hsds::{Address, Location, Phone, Schedule, ServiceAtLocation};
use kekiz_offers::{Offer, OfferId, OrganizationId, derived_uuid};

/// An offer with a place, a telephone and opening times.
pub(crate) fn krabbelgruppe(key: &str) -> Offer {
    let id = derived_uuid(&["test", key]);
    let mut offer = Offer::draft(OfferId(id.clone()), OrganizationId(derived_uuid(&["test", "provider"])));
    offer.service.name = "Krabbelgruppe Nord".into();
    offer.service.description = "Spielen und Reden für Eltern mit Babys.".into();
    let number = "02151 123456".into();
    offer.service.phones = vec![Phone { id: derived_uuid(&["phone", key]), number, ..Phone::default() }];
    let address = Address {
        id: derived_uuid(&["address", key]),
        address_1: "Hauptstraße 5a".into(),
        postal_code: "47798".into(),
        city: "Krefeld".into(),
        state_province: "Nordrhein-Westfalen".into(),
        country: "DE".into(),
        address_type: "physical".into(),
        ..Address::default()
    };
    let location = Location {
        id: derived_uuid(&["location", key]),
        location_type: "physical".into(),
        latitude: Some(51.3332),
        longitude: Some(6.5623),
        addresses: vec![address],
        ..Location::default()
    };
    let site = derived_uuid(&["site", key]);
    let site =
        ServiceAtLocation { id: site, location: Some(Box::new(location)), ..ServiceAtLocation::default() };
    offer.service.service_at_locations = vec![site];
    offer.service.schedules = vec![Schedule {
        id: derived_uuid(&["schedule", key]),
        freq: "WEEKLY".into(),
        byday: "MO,WE".into(),
        opens_at: "09:00".into(),
        closes_at: "11:00".into(),
        ..Schedule::default()
    }];
    offer
}
