//! "Über diese Zahl": what a reader must know to trust or doubt a figure.

use kekiz_base::Source;

/// What stands beside every figure.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct About {
    /// Title.
    pub title: String,
    /// Title in plain language.
    pub plain_title: String,
    /// Who is counted, relative to whom, when.
    pub definition: String,
    /// Kind of number and unit in words.
    pub kind: String,
    /// Which direction is good for children, as a sentence.
    pub polarity: String,
    /// Sources with licence and attribution.
    pub sources: Vec<Source>,
    /// The attributions in one line, ready to print.
    pub attribution: String,
    /// How the figures are protected, in German sentences.
    pub protection: String,
    /// How many cells of the indicator are protected and how many are shown.
    pub suppressed: usize,
    /// Cells shown.
    pub shown: usize,
    /// How the interval is computed, or why there is none.
    pub interval: String,
    /// Smallest base a rate is shown for, as a sentence; empty if none is set.
    pub minimum_base: String,
    /// Public notes (breaks in the series, changed definitions).
    pub notes: Vec<String>,
    /// How far ranks of an index move under other weights; empty for other kinds.
    pub sensitivity: String,
    /// Digest of the receipt: inputs, definition, policy, program version.
    pub receipt: String,
}
