//! "Über diese Zahl": what a reader must know to trust or doubt a figure.

use crate::indicator::Indicator;
use crate::wording;
use kekiz_base::{Cell, Polarity, Source};

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

impl About {
    /// What stands beside the figures of an indicator.
    pub fn of(indicator: &Indicator) -> About {
        let meta = &indicator.meta;
        let cells = &indicator.data.cells;
        let polarity = match meta.polarity {
            Polarity::HigherIsBetter => "Höhere Werte sind günstig für Kinder.",
            Polarity::LowerIsBetter => "Niedrigere Werte sind günstig für Kinder.",
            Polarity::Neutral => "Der Indikator beschreibt; höhere Werte sind weder günstig noch ungünstig.",
        };
        let minimum_base = match meta.minimum_base {
            0 => String::new(),
            base => format!("Gezeigt ab {base} Personen, auf die sich der Wert bezieht."),
        };
        About {
            title: meta.title.clone(),
            plain_title: meta.plain_title.clone(),
            definition: meta.definition.clone(),
            kind: wording::kind(meta),
            polarity: polarity.into(),
            attribution: attribution(&meta.sources),
            sources: meta.sources.clone(),
            protection: indicator.data.protection.text.clone(),
            suppressed: cells.iter().filter(|cell| matches!(cell, Cell::Suppressed { .. })).count(),
            shown: cells.iter().filter(|cell| matches!(cell, Cell::Shown(_))).count(),
            interval: meta.interval_method.clone(),
            minimum_base,
            notes: meta.notes.clone(),
            sensitivity: meta.sensitivity.clone(),
            receipt: indicator.data.receipt.clone(),
        }
    }
}

/// The attributions of all sources, each once, separated by semicolons.
pub fn attribution(sources: &[Source]) -> String {
    let mut seen: Vec<&str> = Vec::new();
    for source in sources {
        let text = if source.attribution.is_empty() { &source.publisher } else { &source.attribution };
        if !text.is_empty() && !seen.contains(&text.as_str()) {
            seen.push(text);
        }
    }
    seen.join("; ")
}

/// The licences of all sources, each once, separated by semicolons.
pub fn licences(sources: &[Source]) -> String {
    let mut seen: Vec<&str> = Vec::new();
    for source in sources {
        if !source.licence.is_empty() && !seen.contains(&source.licence.as_str()) {
            seen.push(&source.licence);
        }
    }
    seen.join("; ")
}
