//! The shipped parameters: published shares with their source, and assumptions that say so.

use crate::error::CityError;
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;

const CITY: &str = include_str!("../data/stadt.toml");

/// Everything a city is built from, except names.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Version of the file format.
    pub version: u32,
    /// Day the registers show, `2024-12-31`.
    pub reference_date: Date,
    /// First year of school entry with examinations.
    pub first_entry_year: i16,
    /// Last year of school entry with examinations.
    pub last_entry_year: i16,
    /// Findings of the school entry examination.
    pub outcomes: Vec<Published>,
    /// Habits asked there.
    pub habits: Vec<Published>,
    /// Numbers that are not published.
    pub(crate) assumptions: BTreeMap<String, Assumed>,
    pub(crate) household_sizes: Sizes,
    pub(crate) origins: Vec<Origin>,
    pub(crate) registers: BTreeMap<String, Rates>,
    pub(crate) sopess: Sopess,
}

/// A share among children whose family draws SGB II, and among the others.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Name in files.
    pub id: String,
    /// Share with SGB II.
    pub sgb2: f64,
    /// Share without.
    pub other: f64,
    /// Where it is published, or that it is assumed.
    pub source: String,
}

/// A number with its source.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assumed {
    /// The number.
    pub value: f64,
    /// Where it comes from.
    pub source: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sizes {
    pub(crate) weights: Vec<f64>,
    #[serde(rename = "source")]
    _source: String,
}

/// Points of a part of the SOPESS: upper ends of its classes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sopess {
    pub(crate) most: u8,
    pub(crate) conspicuous: u8,
    pub(crate) borderline: u8,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Origin {
    pub(crate) id: String,
    pub(crate) share: f64,
    pub(crate) sgb2: f64,
    pub(crate) german_first: f64,
    pub(crate) countries: Vec<String>,
    pub(crate) languages: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
}

/// How often a register gets something wrong, as shares of its records.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rates {
    pub(crate) coverage: f64,
    pub(crate) duplicates: f64,
    pub(crate) typo: f64,
    pub(crate) variant: f64,
    pub(crate) second_name: f64,
    pub(crate) transliterated: f64,
    pub(crate) other_surname: f64,
    pub(crate) double_surname: f64,
    pub(crate) swapped_names: f64,
    pub(crate) swapped_day_month: f64,
    pub(crate) wrong_digit: f64,
    pub(crate) first_of_january: f64,
    pub(crate) old_address: f64,
    pub(crate) street_typo: f64,
    pub(crate) street_short: f64,
    pub(crate) missing: f64,
    #[serde(rename = "source")]
    _source: String,
}

impl Parameters {
    /// The shipped parameters.
    ///
    /// # Errors
    /// [`CityError::Parameters`] when the shipped file is broken.
    pub fn shipped() -> Result<Self, CityError> {
        let fail = |reason: String| CityError::Parameters { file: "stadt.toml", reason };
        let found: Self = toml::from_str(CITY).map_err(|error| fail(error.message().to_string()))?;
        match found.problem() {
            None => Ok(found),
            Some(problem) => Err(fail(problem)),
        }
    }

    fn problem(&self) -> Option<String> {
        if self.version != 1 {
            return Some(format!("version {} ist unbekannt", self.version));
        }
        let missing = ASSUMED.iter().find(|name| !self.assumptions.contains_key(**name));
        if let Some(name) = missing {
            return Some(format!("[assumptions] {name} fehlt"));
        }
        let register = ["einwohner", "schuleingang", "kita", "sgb2"];
        if let Some(name) = register.iter().find(|name| !self.registers.contains_key(**name)) {
            return Some(format!("[registers.{name}] fehlt"));
        }
        if self.origins.iter().any(|origin| origin.countries.is_empty() || origin.languages.is_empty()) {
            return Some("[[origins]] ohne countries oder languages".into());
        }
        let shares = self.outcomes.iter().chain(&self.habits);
        let mut outside = shares.filter(|s| [s.sgb2, s.other].iter().any(|p| !(*p > 0.0 && *p < 1.0)));
        outside.next().map(|share| format!("{}: Anteile liegen zwischen 0 und 1", share.id))
    }

    /// An assumed number by name.
    pub(crate) fn assumed(&self, name: &str) -> f64 {
        debug_assert!(ASSUMED.contains(&name), "{name}");
        self.assumptions.get(name).map_or(0.0, |assumed| assumed.value)
    }
}

/// Every assumption the generator asks for.
const ASSUMED: [&str; 23] = [
    "sgb2_share",
    "sgb2_four_years",
    "twins",
    "other_surname",
    "second_name",
    "boys",
    "single_parent",
    "never_kita",
    "hilfe_sgb2",
    "hilfe_other",
    "survey_share",
    "survey_response_sgb2",
    "survey_response_other",
    "area_spread",
    "kita_attraction",
    "kita_elsewhere",
    "effect_early_kita",
    "effect_kita_poverty",
    "effect_area_poverty",
    "effect_child",
    "mixed_kita",
    "borderline",
    "undocumented",
];
