//! What goes into a report.

use crate::ReportError;
use kekiz_base::Source;
use serde::{Deserialize, Serialize};

/// All content of a report. Empty parts are left out of the print.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportInput {
    /// Title of the report, for example "Sozialbericht".
    pub title: String,
    /// Name of the area.
    pub area: String,
    /// Its level in German ("Kreis oder kreisfreie Stadt").
    pub level: String,
    /// Name of the area it is compared with.
    #[serde(default)]
    pub parent: Option<String>,
    /// Stand of the figures; also the date of the document.
    pub as_of: jiff::civil::Date,
    /// Who publishes the report.
    pub operator: String,
    /// Identifies this edition (a digest of its releases); goes into the document id.
    pub identifier: String,
    /// Paragraphs before the themes.
    #[serde(default)]
    pub introduction: Vec<String>,
    /// Figures shown large before the themes.
    #[serde(default)]
    pub key_figures: Vec<KeyFigure>,
    /// The themes, each on a page of its own.
    pub themes: Vec<Theme>,
    /// Paragraphs on how the figures were made.
    #[serde(default)]
    pub method: Vec<Section>,
    /// Paragraphs on how persons are protected.
    #[serde(default)]
    pub protection: Vec<String>,
    /// Where the figures come from.
    #[serde(default)]
    pub sources: Vec<Source>,
    /// Terms in plain language.
    #[serde(default)]
    pub glossary: Vec<Term>,
}

/// One figure of the overview.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KeyFigure {
    /// What it is.
    pub label: String,
    /// The figure with its unit, formatted.
    pub value: String,
    /// A line below, for example "NRW: 17,4 % (2022)".
    #[serde(default)]
    pub note: String,
}

/// One theme.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Theme {
    /// Heading, for example "Soziale Lage".
    pub title: String,
    /// Paragraphs in plain language.
    #[serde(default)]
    pub text: Vec<String>,
    /// The map.
    #[serde(default)]
    pub map: Option<Picture>,
    /// The legend of the map.
    #[serde(default)]
    pub legend: Option<Picture>,
    /// The time series.
    #[serde(default)]
    pub series: Option<Picture>,
    /// More drawings, each over the full width.
    #[serde(default)]
    pub pictures: Vec<Picture>,
    /// The table of indicators.
    #[serde(default)]
    pub rows: Vec<TableRow>,
    /// The figures of the areas on the map.
    #[serde(default)]
    pub detail: Option<Detail>,
    /// Notes on the figures (breaks, protected cells).
    #[serde(default)]
    pub notes: Vec<String>,
}

/// A drawing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// SVG text as `kekiz-charts` draws it.
    pub svg: String,
    /// What the drawing shows, in one or a few sentences.
    pub alt: String,
    /// Caption below the drawing; may be empty.
    #[serde(default)]
    pub caption: String,
}

/// One row of a table, already formatted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TableRow {
    /// Name of the indicator.
    pub indicator: String,
    /// Value with unit, or "geschützt" or "keine Angabe".
    pub value: String,
    /// Interval, or empty.
    #[serde(default)]
    pub interval: String,
    /// Value of the parent, or empty.
    #[serde(default)]
    pub parent: String,
    /// Change over the last years ("+3,2 Prozentpunkte seit 2016"), or empty.
    #[serde(default)]
    pub change: String,
    /// Period.
    pub period: String,
    /// Remarks ("vorläufig", "gesichert höher").
    #[serde(default)]
    pub marks: String,
}

/// One indicator for many areas.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// Heading with indicator, period and kind of areas.
    pub title: String,
    /// Name and formatted value of each area.
    pub rows: Vec<(String, String)>,
}

/// A headed text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Heading.
    pub title: String,
    /// Paragraphs.
    pub text: Vec<String>,
}

/// A term and its meaning.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// The term.
    pub term: String,
    /// Its meaning in plain language.
    pub meaning: String,
}

impl ReportInput {
    /// Finds what would only fail deep inside the typesetting.
    pub(crate) fn check(&self) -> Result<(), ReportError> {
        if self.themes.is_empty() {
            return Err(ReportError::NoTheme);
        }
        for theme in &self.themes {
            let pictures = [&theme.map, &theme.legend, &theme.series].into_iter().flatten();
            for picture in pictures.chain(&theme.pictures) {
                let svg = picture.svg.trim();
                if !(svg.starts_with("<svg") || svg.starts_with("<?xml")) || !svg.ends_with("</svg>") {
                    let picture = if picture.caption.is_empty() { &picture.alt } else { &picture.caption };
                    return Err(ReportError::Picture {
                        theme: theme.title.clone(),
                        picture: picture.clone(),
                    });
                }
            }
        }
        Ok(())
    }
}
