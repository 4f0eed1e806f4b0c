//! What a figure means and where it comes from; shown wherever the figure is shown.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::fmt;

/// Names an indicator in URLs and files: small letters, digits, hyphens (`kinderarmut`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IndicatorId(SmolStr);

impl IndicatorId {
    /// A name, if it can stand in a URL and a file name.
    pub fn new(text: &str) -> Option<Self> {
        let fits = !text.is_empty()
            && text.len() <= 80
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        fits.then(|| Self(SmolStr::new(text)))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IndicatorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What kind of number an indicator is; decides interval, axis and rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndicatorKind {
    /// A number of persons or cases.
    Count,
    /// Part of a whole, in percent.
    Share,
    /// Cases per so many persons; may exceed the base.
    Rate,
    /// A value as published (euros, years, a quota without its counts).
    Value,
    /// A composite index (standardised score).
    Index,
    /// The change of another indicator over some years, made from its published figures.
    Change,
}

/// Which direction is good for children.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Polarity {
    /// More is better.
    HigherIsBetter,
    /// Less is better.
    LowerIsBetter,
    /// Neither; the figure only describes.
    #[default]
    Neutral,
}

/// Phase of life an indicator or offer belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LifePhase {
    /// Pregnancy and birth.
    SchwangerschaftGeburt,
    /// 0 to under 3 years.
    KleinkindU3,
    /// 3 to under 6 years (Kita).
    Kita,
    /// 6 to under 10 years (primary school).
    Grundschule,
    /// 10 to under 16 years.
    Sekundarstufe,
    /// 16 years to the first job.
    Berufseinstieg,
    /// All phases, or the family as a whole.
    Familie,
}

impl LifePhase {
    /// German name.
    pub fn name(self) -> &'static str {
        match self {
            LifePhase::SchwangerschaftGeburt => "Schwangerschaft und Geburt",
            LifePhase::KleinkindU3 => "0 bis unter 3 Jahre",
            LifePhase::Kita => "3 bis unter 6 Jahre (Kita)",
            LifePhase::Grundschule => "Grundschule",
            LifePhase::Sekundarstufe => "10 bis unter 16 Jahre",
            LifePhase::Berufseinstieg => "Übergang in den Beruf",
            LifePhase::Familie => "Familie und alle Lebensphasen",
        }
    }
}

/// Where figures come from and under which licence; printed beside every figure made from them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Short name of the dataset.
    pub title: String,
    /// Who published it.
    pub publisher: String,
    /// Licence as named by the publisher (`dl-de/by-2-0`).
    pub licence: String,
    /// Address of the licence text.
    #[serde(default)]
    pub licence_url: String,
    /// The attribution the licence asks for, ready to print.
    pub attribution: String,
    /// Address of the dataset.
    #[serde(default)]
    pub url: String,
    /// What was changed on the way here.
    #[serde(default)]
    pub changes: String,
}

/// What a reader needs to understand an indicator. Expressions stay in the catalogue; this is what is published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndicatorMeta {
    /// Name in URLs.
    pub id: IndicatorId,
    /// Title as the office writes it.
    pub title: String,
    /// Title in plain language.
    pub plain_title: String,
    /// Definition: who is counted, relative to whom, when.
    pub definition: String,
    /// Kind of number.
    pub kind: IndicatorKind,
    /// Unit as printed behind the number (`%`, `Kinder`, `€`).
    pub unit: String,
    /// Decimals to print.
    pub decimals: u8,
    /// Direction that is good for children.
    pub polarity: Polarity,
    /// Phase of life.
    pub life_phase: LifePhase,
    /// Area of life (theme), for example `Soziale Lage`.
    pub life_area: String,
    /// Name of the interval method (`Wilson`, `Byar`), or why there is none.
    pub interval_method: String,
    /// Smallest denominator a rate is shown for.
    pub minimum_base: u32,
    /// Sources with licence and attribution.
    pub sources: Vec<Source>,
    /// Names of index classes from class 1 up; empty for other kinds.
    #[serde(default)]
    pub classes: Vec<String>,
    /// Public notes on the figures (breaks in the series, changed definitions).
    #[serde(default)]
    pub notes: Vec<String>,
    /// How far ranks of an index move under other weights, as a sentence; empty for other kinds.
    #[serde(default)]
    pub sensitivity: String,
}
