//! Addresses as people type them.
#![allow(clippy::unwrap_used, clippy::panic)]

use kekiz_search::address::{AddressRow, AddressTable, Precision};
use proptest::prelude::*;
use std::sync::LazyLock;

fn row(
    street: &str,
    house_number: &str,
    postal_code: &str,
    town: &str,
    district: &str,
    point: (f64, f64),
) -> AddressRow {
    let text = str::to_string;
    AddressRow {
        street: text(street),
        house_number: text(house_number),
        postal_code: text(postal_code),
        town: text(town),
        district: text(district),
        point,
    }
}

static TABLE: LazyLock<AddressTable> = LazyLock::new(|| {
    AddressTable::new([
        row("Märklinstraße", "2", "47805", "Krefeld", "Dießem-Lehmheide", (6.563161, 51.318888)),
        row("Märklinstraße", "12", "47805", "Krefeld", "Dießem-Lehmheide", (6.5640, 51.3190)),
        row("Märklinstraße", "12a", "47805", "Krefeld", "Dießem-Lehmheide", (6.5641, 51.3191)),
        row("Sankt-Töniser-Straße", "5", "47803", "Krefeld", "Benrad-Nord", (6.55, 51.34)),
        row("Hauptstraße", "1", "47809", "Krefeld", "Oppum", (6.61, 51.32)),
        row("Hauptstraße", "1", "47918", "Tönisvorst", "", (6.49, 51.32)),
        row("Ostwall", "20", "47798", "Krefeld", "Stadtmitte", (6.57, 51.33)),
        row("Straße des 17. Juni", "7", "47798", "Krefeld", "Stadtmitte", (6.571, 51.331)),
        row("", "", "47800", "Krefeld", "Bockum", (6.60, 51.34)),
    ])
});

#[test]
fn addresses_are_found_as_they_are_typed() {
    use Precision::{District, House, NearbyHouse, PostalCode, Street, Town};
    for (typed, label, precision, edits) in [
        ("Märklinstr. 12a, 47805 Krefeld", "Märklinstraße 12a, 47805 Krefeld", House, 0),
        ("maerklinstrasse 12 A krefeld", "Märklinstraße 12a, 47805 Krefeld", House, 0),
        ("Märklinstraße 2", "Märklinstraße 2, 47805 Krefeld", House, 0),
        ("47805 Krefeld, Märklinstraße 2", "Märklinstraße 2, 47805 Krefeld", House, 0),
        ("Krefeld, Märklinstraße 2", "Märklinstraße 2, 47805 Krefeld", House, 0),
        ("Krefeld Märklinstraße", "Märklinstraße, 47805 Krefeld", Street, 0),
        ("Märklinstraße 4", "Märklinstraße 2, 47805 Krefeld", NearbyHouse, 0),
        ("Märklinstraße 12c", "Märklinstraße 12, 47805 Krefeld", NearbyHouse, 0),
        ("Märklinstraße 2-4, Krefeld", "Märklinstraße 2, 47805 Krefeld", House, 0),
        ("St. Töniser Str. 5", "Sankt-Töniser-Straße 5, 47803 Krefeld", House, 0),
        ("sankt toeniser strasse 5 krefeld", "Sankt-Töniser-Straße 5, 47803 Krefeld", House, 0),
        ("Hauptstr. 1 Tönisvorst", "Hauptstraße 1, 47918 Tönisvorst", House, 0),
        ("Hauptstr. 1, 47809", "Hauptstraße 1, 47809 Krefeld", House, 0),
        ("Hauptstraße 1 Oppum", "Hauptstraße 1, 47809 Krefeld", House, 0),
        ("Ostwal 20 Krefeld", "Ostwall 20, 47798 Krefeld", House, 1),
        ("Märklnistraße 2", "Märklinstraße 2, 47805 Krefeld", House, 1),
        ("Ostwall 20 Krefled", "Ostwall 20, 47798 Krefeld", House, 1),
        ("Märklin", "Märklinstraße, 47805 Krefeld", Street, 1),
        ("47800", "47800 Krefeld", PostalCode, 0),
        ("47800 Krefeld", "47800 Krefeld", PostalCode, 0),
        ("Bockum", "Bockum, Krefeld", District, 0),
        ("Krefeld-Bockum", "Bockum, Krefeld", District, 0),
        ("dießem lehmheide", "Dießem-Lehmheide, Krefeld", District, 0),
        ("Krefeld", "Krefeld", Town, 0),
        ("Toenisvorst", "Tönisvorst", Town, 0),
    ] {
        let found = TABLE.look_up(typed);
        let best = found.first().map(|c| (c.label.as_str(), c.precision, c.edits));
        assert_eq!(best, Some((label, precision, edits)), "{typed}: {found:?}");
    }
}

#[test]
fn what_may_mean_several_places_gives_them_all() {
    let labels: Vec<String> = TABLE.look_up("Hauptstraße 1").into_iter().map(|c| c.label).collect();
    assert_eq!(labels, ["Hauptstraße 1, 47809 Krefeld", "Hauptstraße 1, 47918 Tönisvorst"]);
    assert!(TABLE.look_up("Nirgendwo 99").is_empty() && TABLE.look_up("").is_empty());
    assert!(AddressTable::default().look_up("Krefeld").is_empty());
}

#[test]
fn files_of_surveying_offices_are_read() {
    // The point of the Krefeld town hall, UTM by pyproj 3.7.2 (PROJ 9.5.1) from 6.5623° E, 51.3330° N.
    for (name, bytes) in [
        ("grad.csv", "strasse;hausnummer;zusatz;plz;ort;lon;lat\nVon-der-Leyen-Platz;1;;47798;Krefeld;6,5623;51,3330\n".as_bytes()),
        ("komma.csv", "street,housenumber,postcode,city,lon,lat\nVon-der-Leyen-Platz,1,47798,Krefeld,6.5623,51.3330\n".as_bytes()),
        ("gebref.csv", "nba;str;hnr;adz;gmd;plz;ostwert;nordwert\nN;Von-der-Leyen-Platz;1;;Krefeld;47798;32330186,08;5689678,13\n".as_bytes()),
        ("utm.csv", "Straße;Hausnr;PLZ;Ort;Ostwert;Nordwert\nVon-der-Leyen-Platz;1;47798;Krefeld;330186,08;5689678,13\nX;1;;;;\n".as_bytes()),
        ("ansi.csv", b"Stra\xdfe;Nr;PLZ;Ort;x;y\nVon-der-Leyen-Platz;1;47798;Krefeld;6.5623;51.333\n"),
    ] {
        let (table, _) = AddressTable::read_csv(name, bytes).unwrap();
        let found = table.look_up("von der leyen platz 1");
        let best = found.first().unwrap_or_else(|| panic!("{name}"));
        assert_eq!(best.label, "Von-der-Leyen-Platz 1, 47798 Krefeld", "{name}");
        assert!((best.point.0 - 6.5623).abs() < 2e-5 && (best.point.1 - 51.3330).abs() < 2e-5, "{name} {best:?}");
    }
    for (bytes, part) in [
        (&b""[..], "fehlt eine Spalte"),
        (b"strasse;ort\na;b\n", "Ostwert"),
        (b"lon;lat\n6;51\n", "Straße, Postleitzahl"),
        (b"ort;lon;lat\nKrefeld;abc;51\n", "keine Zeile"),
    ] {
        let message = AddressTable::read_csv("adressen.csv", bytes).unwrap_err().to_string();
        assert!(message.contains(part) && message.contains("Abhilfe"), "{message}");
    }
}

proptest! {
    #[test]
    fn no_text_and_no_file_makes_it_stumble(text in any::<String>(), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        TABLE.look_up(&text);
        let _ = AddressTable::read_csv("x.csv", &bytes);
        let _ = AddressTable::read_csv("x.csv", &[b"strasse;ort;lon;lat\n", bytes.as_slice()].concat());
    }

    #[test]
    fn every_address_is_found_by_its_own_label(streets in prop::collection::btree_map("[A-ZÄÖÜ][a-zäöüß]{3,9}(straße|weg|platz)", 1u16..200, 1..20)) {
        let rows: Vec<AddressRow> = streets.iter().enumerate()
            .map(|(at, (street, number))| row(street, &number.to_string(), "47798", "Krefeld", "", (6.5 + at as f64 / 1000.0, 51.3)))
            .collect();
        let table = AddressTable::new(rows.clone());
        prop_assert_eq!(table.len(), rows.len());
        for one in rows {
            let label = format!("{} {}, 47798 Krefeld", one.street, one.house_number);
            let found = table.look_up(&label);
            prop_assert!(found.iter().any(|c| c.label == label && c.precision == Precision::House), "{} {:?}", label, found);
        }
    }
}
