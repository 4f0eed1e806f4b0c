//! Siblings, twins and large families: what tells them apart, and how the size of a home counts.
#![allow(clippy::unwrap_used)]

use kekiz_linkage::evaluate::cluster_quality;
use kekiz_linkage::{
    Linked, Model, Records, Search, TextColumnBuilder, link, parse_model, stable_hash, suggest, write_model,
};
use std::collections::BTreeMap;

const FIRST: [&str; 24] = [
    "Anna", "Ben", "Clara", "David", "Emil", "Frida", "Georg", "Hanna", "Ida", "Jonas", "Karla", "Leo",
    "Mira", "Nils", "Oskar", "Paula", "Quirin", "Rosa", "Selma", "Theo", "Uwe", "Vera", "Willi", "Yara",
];
const STREET: [&str; 12] = [
    "Hauptstraße",
    "Lindenallee",
    "Ringweg",
    "Schulgasse",
    "Am Berg",
    "Rosenweg",
    "Bahnhofstraße",
    "Kirchplatz",
    "Mühlenweg",
    "Gartenstraße",
    "Goethestraße",
    "Uferpromenade",
];
const FAMILY: [&str; 8] =
    ["Müller", "Yılmaz", "Kowalski", "Schewtschenko", "Weiß", "Nguyen", "Hoffmann", "Öztürk"];

fn draw(what: &str, home: usize, child: usize, below: u64) -> usize {
    (stable_hash(&format!("{what} {home} {child}")) % below) as usize
}

/// Children in every home.
fn children(home: usize) -> usize {
    if home.is_multiple_of(12) { 9 } else { 1 + home % 3 }
}

/// Two records of every child, and whose they are; in every fifth home the first two children are twins. A ninth of
/// the second records has a digit of the date wrong.
fn city(homes: usize) -> (Records, Vec<Option<u32>>, Vec<usize>) {
    let mut builders: Vec<TextColumnBuilder> = ["vorname", "nachname", "geburtsdatum", "strasse", "plz"]
        .map(TextColumnBuilder::new)
        .into_iter()
        .collect();
    let (mut truth, mut home_of, mut person) = (Vec::new(), Vec::new(), 0);
    for home in 0..homes {
        let family = FAMILY[draw("family", home, 0, 8)];
        let street = format!("{} {}", STREET[draw("street", home, 0, 12)], 1 + draw("number", home, 0, 90));
        let postcode = format!("4705{}", draw("postcode", home, 0, 6));
        for child in 0..children(home) {
            let given = FIRST[(draw("given", home, 0, 24) + 5 * child) % 24];
            let born = if home % 5 == 0 && child == 1 { 0 } else { child };
            let year = 2005 + draw("year", home, 0, 3) + born * 2;
            let (month, day) = (1 + draw("month", home, born, 12), 1 + draw("day", home, born, 28));
            for record in 0..2 {
                let wrong = record == 1 && person % 9 == 0;
                let date = format!("{year}-{month:02}-{:02}", if wrong { (day + 3) % 28 + 1 } else { day });
                let values = [given, family, &date, &street, &postcode];
                builders.iter_mut().zip(values).for_each(|(builder, value)| builder.push(Some(value)));
                truth.push(Some(person));
                home_of.push(home);
            }
            person += 1;
        }
    }
    let columns: Vec<_> = builders.into_iter().map(TextColumnBuilder::finish).collect();
    let files = vec![truth.len()];
    (Records { columns, files, keys: Vec::new() }, truth, home_of)
}

fn model_and_links(homes: usize) -> (Model, Linked, Vec<Option<u32>>, Vec<usize>) {
    let (records, truth, home_of) = city(homes);
    let model = suggest(&records).unwrap().model;
    let linked = link(&model, records, Search::Dedupe, 1).unwrap();
    (model, linked, truth, home_of)
}

#[test]
fn siblings_twins_and_large_families_stay_apart() {
    let (model, linked, truth, _) = model_and_links(240);
    let clusters = linked.clusters(model.decision.match_probability, &[]);
    let quality = cluster_quality(&clusters.of_row, &truth);
    assert_eq!(quality.false_positives, 0, "{quality:?}");
    assert!(quality.recall.unwrap() > 0.99, "{quality:?}");
}

/// The same agreement says less the more of one name live at one address.
#[test]
fn the_larger_the_home_the_less_it_says() {
    let (_, linked, _, home_of) = model_and_links(240);
    let mut by_size: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for pair in &linked.pairs {
        let (left, right) = (linked.row(pair.left), linked.row(pair.right));
        // All five agree wholly.
        if pair.levels == 0x1_1111 && home_of[left] == home_of[right] {
            by_size.entry(children(home_of[left])).or_default().push(pair.weight);
        }
    }
    assert_eq!(by_size.keys().copied().collect::<Vec<_>>(), [1, 2, 3, 9]);
    let mean = |size: usize| by_size[&size].iter().sum::<f64>() / by_size[&size].len() as f64;
    let means = [1, 2, 3, 9].map(mean);
    assert!(means.is_sorted_by(|a, b| a > b) && means[0] - means[3] > 2.0, "{means:?}");
}

/// What was learned, written and read again gives the same weights: nothing that was given is estimated anew.
#[test]
fn a_trained_model_gives_the_same_weights() {
    let (_, linked, ..) = model_and_links(60);
    let trained = parse_model(&write_model(&linked.trained_model())).unwrap();
    let again = link(&trained, city(60).0, Search::Dedupe, 7).unwrap();
    assert_eq!(again.pairs.len(), linked.pairs.len());
    for (a, b) in linked.pairs.iter().zip(&again.pairs) {
        assert_eq!((a.left, a.right, a.levels), (b.left, b.right, b.levels));
        assert!((a.weight - b.weight).abs() < 1e-6, "{} {}", a.weight, b.weight);
    }
}
