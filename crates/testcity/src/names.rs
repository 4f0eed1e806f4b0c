//! The stock of names: first names as two cities published them, surnames from general knowledge, made-up canaries.

use crate::child::Sex;
use crate::draw::{Draw, Weights};
use crate::error::CityError;
use crate::parameters::Origin;
use serde::Deserialize;
use std::collections::BTreeMap;

const FIRST: &str = include_str!("../data/vornamen.csv");
const OTHERS: &str = include_str!("../data/namen.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shipped {
    version: u32,
    #[serde(rename = "source")]
    _source: String,
    surnames: BTreeMap<String, String>,
    compound: Compound,
    streets: Compound,
    areas: AreaNames,
    canaries: Canaries,
    variants: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Compound {
    first: String,
    second: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AreaNames {
    names: String,
    districts: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Canaries {
    surnames: String,
    first_names: String,
    street: String,
}

#[derive(Deserialize)]
struct FirstName {
    name: String,
    sex: String,
    origin: String,
    count: f64,
}

/// Names with how often they are drawn.
#[derive(Default)]
struct Stock {
    names: Vec<String>,
    weights: Weights,
}

impl Stock {
    fn new(pairs: Vec<(String, f64)>) -> Self {
        let weights = Weights::new(pairs.iter().map(|(_, weight)| *weight));
        Self { names: pairs.into_iter().map(|(name, _)| name).collect(), weights }
    }

    fn draw(&self, draw: &mut Draw) -> &str {
        &self.names[self.weights.draw(draw)]
    }
}

/// All names of the city.
pub(crate) struct Names {
    /// By origin: boys, girls.
    first: Vec<[Stock; 2]>,
    /// By origin.
    surnames: Vec<Stock>,
    pub(crate) streets: Vec<String>,
    pub(crate) areas: Vec<String>,
    pub(crate) districts: Vec<String>,
    pub(crate) canary_surnames: Vec<String>,
    pub(crate) canary_first_names: Vec<String>,
    pub(crate) canary_street: String,
    variants: BTreeMap<String, String>,
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_string).collect()
}

fn joined(parts: &Compound) -> Vec<String> {
    let second = words(&parts.second);
    let pairs = words(&parts.first).into_iter().flat_map(|first| {
        let ends = second.iter().filter(|end| !first.eq_ignore_ascii_case(end)).cloned().collect::<Vec<_>>();
        ends.into_iter().map(move |end| join(&first, &end))
    });
    pairs.collect()
}

/// After a hyphen the second part is a word of its own: Friedrich-Ebert-Straße.
fn join(first: &str, end: &str) -> String {
    let mut letters = end.chars();
    match letters.next() {
        Some(letter) if first.ends_with('-') => {
            format!("{first}{}{}", letter.to_uppercase(), letters.as_str())
        }
        _ => format!("{first}{end}"),
    }
}

/// Weight of the name of rank `rank` (Zipf's law with Mandelbrot's shift, as name frequencies follow it).
fn by_rank(rank: usize) -> f64 {
    (rank as f64 + 8.0).powf(-0.8)
}

impl Names {
    pub(crate) fn shipped(origins: &[Origin]) -> Result<Self, CityError> {
        let fail = |reason: String| CityError::Parameters { file: "namen.toml", reason };
        let shipped: Shipped = toml::from_str(OTHERS).map_err(|error| fail(error.message().to_string()))?;
        if shipped.version != 1 {
            return Err(fail(format!("version {} ist unbekannt", shipped.version)));
        }
        let first_names = first_names()?;
        let mut first = Vec::new();
        let mut surnames = Vec::new();
        for origin in origins {
            let of = |sex: &str| {
                let own = first_names.iter().filter(|name| name.origin == origin.id && name.sex == sex);
                Stock::new(own.map(|name| (name.name.clone(), name.count)).collect())
            };
            first.push([of("m"), of("w")]);
            let listed = shipped.surnames.get(&origin.id).map(|list| words(list)).unwrap_or_default();
            let more = if origin.id == "deutsch" { joined(&shipped.compound) } else { Vec::new() };
            let ranked = listed.into_iter().chain(more).enumerate();
            surnames.push(Stock::new(ranked.map(|(rank, name)| (name, by_rank(rank))).collect()));
            let empty = first.iter().flatten().chain(&surnames).any(|stock| stock.names.is_empty());
            if empty {
                return Err(fail(format!("für „{}“ fehlen Namen", origin.id)));
            }
        }
        Ok(Self {
            first,
            surnames,
            streets: joined(&shipped.streets),
            areas: words(&shipped.areas.names),
            districts: words(&shipped.areas.districts),
            canary_surnames: words(&shipped.canaries.surnames),
            canary_first_names: words(&shipped.canaries.first_names),
            canary_street: shipped.canaries.street,
            variants: shipped.variants,
        })
    }

    pub(crate) fn first(&self, origin: usize, sex: Sex, draw: &mut Draw) -> String {
        let [boys, girls] = &self.first[origin];
        let stock = match sex {
            Sex::Male => boys,
            Sex::Female => girls,
        };
        stock.draw(draw).to_string()
    }

    pub(crate) fn surname(&self, origin: usize, draw: &mut Draw) -> String {
        self.surnames[origin].draw(draw).to_string()
    }

    /// Another spelling of a first name, where one is usual.
    pub(crate) fn variant(&self, first: &str) -> Option<&str> {
        self.variants.get(first).map(String::as_str)
    }
}

fn first_names() -> Result<Vec<FirstName>, CityError> {
    let mut reader = csv::Reader::from_reader(FIRST.as_bytes());
    let rows: Result<Vec<FirstName>, _> = reader.deserialize().collect();
    rows.map_err(|error| CityError::Parameters { file: "vornamen.csv", reason: error.to_string() })
}
