//! Schools of Musterstadt with a Sozialindex.

use crate::areas::stadtteil_key;
use kekiz_base::{AreaKey, Source};
use kekiz_lake::{Facility, FacilityLayer};

/// Twelve primary schools, one in each Stadtteil, and two Gesamtschulen; one school has no index.
pub fn schools() -> FacilityLayer {
    let school = |number: usize, kind: &str, name: String| {
        let (column, row) = (number % 12 / 4, number % 4);
        Facility {
            id: format!("{}", 100_001 + number),
            kind: kind.into(),
            name,
            operator: if number == 5 { "Trägerverein e. V." } else { "Stadt Musterstadt" }.into(),
            address: format!("Schulweg {}, 99999 Musterstadt", number + 1),
            lon: 6.6 + column as f64 * 0.2 + 0.01 * (number / 12) as f64,
            lat: 51.025 + row as f64 * 0.05,
            area: Some(AreaKey::new(stadtteil_key(number % 12))),
            attributes: vec![("Schülerinnen und Schüler".into(), format!("{}", 200 + 10 * number))],
            index: (number != 5).then(|| u8::try_from(number % 9 + 1).unwrap_or(1)),
        }
    };
    let primary = (0..12).map(|number| school(number, "Grundschule", format!("Grundschule {}", number + 1)));
    let comprehensive =
        (12..14).map(|number| school(number, "Gesamtschule", format!("Gesamtschule {}", number - 11)));
    FacilityLayer {
        id: "schulen".into(),
        title: "Schulen".into(),
        source: Source {
            title: "Schulverzeichnis Musterland".into(),
            publisher: "Schulministerium Musterland".into(),
            licence: "dl-de/by-2-0".into(),
            attribution: "Schulministerium Musterland 2025, dl-de/by-2-0".into(),
            ..Source::default()
        },
        index_label: Some("Sozialindex".into()),
        facilities: primary.chain(comprehensive).collect(),
    }
}
