//! Looking for duplicates among many offers.

use kekiz_offers::hsds::{Address, Location, Phone, ServiceAtLocation};
use kekiz_offers::{DuplicateRules, Offer, OfferId, OrganizationId, duplicates};

fn main() {
    divan::main();
}

/// Offers of 24 names in houses of four offers each, about 100 m apart.
fn town(size: u32) -> Vec<Offer> {
    const KINDS: [&str; 6] =
        ["Krabbelgruppe", "Elterncafé", "Nachhilfe", "Sprachkurs", "Turnen", "Hebammenpraxis"];
    (0..size)
        .map(|n| {
            let mixed = u64::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
            let (house, kind) = (mixed % u64::from(size / 4 + 1), mixed % 6);
            let mut offer = Offer::draft(OfferId(format!("{n:08}")), OrganizationId::from("1"));
            offer.service.name = format!(
                "{} {}",
                KINDS[kind as usize],
                ["Nord", "Süd", "West", "am Park"][(house % 4) as usize]
            );
            offer.service.phones =
                vec![Phone { number: format!("02151 {:06}", house + 100_000), ..Phone::default() }];
            let address = Address {
                address_1: format!("Hauptstr. {house}"),
                postal_code: format!("478{:02}", house % 40),
                city: "Krefeld".into(),
                ..Address::default()
            };
            let location = Location {
                addresses: vec![address],
                latitude: Some(51.2 + (house % 160) as f64 / 1000.0),
                longitude: Some(6.4 + (house / 160) as f64 / 700.0),
                ..Location::default()
            };
            let site =
                ServiceAtLocation { location: Some(Box::new(location)), ..ServiceAtLocation::default() };
            offer.service.service_at_locations = vec![site];
            offer
        })
        .collect()
}

#[divan::bench(args = [1_000, 10_000, 100_000], sample_count = 3)]
fn suggest(bencher: divan::Bencher<'_, '_>, size: u32) {
    let offers = town(size);
    bencher.bench_local(|| duplicates(&offers, &DuplicateRules::default()));
}
