//! A sentence and the figures it rests on.

use serde::{Deserialize, Serialize};

/// One figure a sentence rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rests {
    /// What the figure says, for example `Kinder von 3 bis unter 6 Jahren in Nord`.
    pub label: String,
    /// The figure as printed, with unit and interval, or `unbekannt`.
    pub value: String,
    /// Where it comes from.
    pub source: String,
}

impl Rests {
    /// A figure with label, printed value and source.
    pub fn new(label: impl Into<String>, value: impl Into<String>, source: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), source: source.into() }
    }
}

/// A German sentence with the figures it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The sentence.
    pub sentence: String,
    /// Its figures.
    pub rests_on: Vec<Rests>,
}
