//! The offers and questions of `tests/data`, shared by the tests.
#![allow(clippy::unwrap_used)]

use kekiz_search::{Entry, Finder, Place, Price, Query, Synonyms, Text};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Offer {
    id: String,
    title: String,
    body: String,
    age: Option<(u16, u16)>,
    #[serde(default)]
    pregnancy: bool,
    #[serde(default)]
    fields: Vec<String>,
    #[serde(default)]
    languages: Vec<String>,
    #[serde(default)]
    free: bool,
    price: Option<u32>,
    #[serde(default)]
    wheelchair: bool,
    #[serde(default)]
    remote: bool,
    point: Option<(f64, f64)>,
    #[serde(default)]
    postal_code: String,
    title_tr: Option<String>,
    title_uk: Option<String>,
    title_ar: Option<String>,
    title_en: Option<String>,
}

#[derive(Deserialize)]
struct Offers {
    offer: Vec<Offer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) language: String,
    pub(crate) first: Option<String>,
    #[serde(default)]
    pub(crate) among: Vec<String>,
    pub(crate) means: Option<String>,
}

#[derive(Deserialize)]
struct Questions {
    query: Vec<Question>,
}

fn entry(offer: Offer) -> Entry {
    let text = Text { title: offer.title, body: offer.body, keywords: String::new() };
    let mut texts = BTreeMap::from([("de".to_string(), text)]);
    for (tag, title) in
        [("tr", offer.title_tr), ("uk", offer.title_uk), ("ar", offer.title_ar), ("en", offer.title_en)]
    {
        if let Some(title) = title {
            texts.insert(tag.to_string(), Text { title, ..Text::default() });
        }
    }
    let place = offer.point.map(|point| Place {
        point: Some(point),
        postal_code: offer.postal_code.clone(),
        words: String::new(),
    });
    Entry {
        id: offer.id,
        texts,
        age_months: offer.age,
        pregnancy: offer.pregnancy,
        action_fields: offer.fields,
        languages: offer.languages,
        price: match (offer.free, offer.price) {
            (true, _) => Price::Free,
            (false, Some(cents)) => Price::FromCents(cents),
            (false, None) => Price::Unknown,
        },
        wheelchair: offer.wheelchair.then_some(true),
        remote: offer.remote,
        places: place.into_iter().collect(),
        ..Entry::default()
    }
}

pub(crate) fn entries() -> Vec<Entry> {
    let offers: Offers = toml::from_str(include_str!("../data/angebote.toml")).unwrap();
    offers.offer.into_iter().map(entry).collect()
}

pub(crate) fn questions() -> Vec<Question> {
    let questions: Questions = toml::from_str(include_str!("../data/fragen.toml")).unwrap();
    questions.query
}

pub(crate) fn finder() -> Finder {
    let finder = Finder::in_memory(Synonyms::shipped().unwrap()).unwrap();
    finder.rebuild(entries(), 1).unwrap();
    finder
}

pub(crate) fn query(text: &str) -> Query {
    Query { text: text.to_string(), language: "de".to_string(), ..Query::default() }
}
