//! Why a question has no answer, as German sentences with the possible values.

use kekiz_base::{AreaKey, IndicatorId};

/// Why the atlas cannot answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AtlasError {
    /// No published indicator has this name.
    #[error("Den Indikator „{found}“ gibt es hier nicht.{}", hint(.similar))]
    UnknownIndicator {
        /// Name as asked.
        found: String,
        /// Names close to it.
        similar: Vec<String>,
    },
    /// No area has this key.
    #[error("Das Gebiet „{found}“ gibt es hier nicht.{}", hint(.similar))]
    UnknownArea {
        /// Key as asked.
        found: String,
        /// Keys or names close to it.
        similar: Vec<String>,
    },
    /// The indicator has no figures for this level or geography.
    #[error("Die Ebene „{found}“ gibt es für diesen Indikator nicht.{}", choices(.possible))]
    UnknownLevel {
        /// Level as asked.
        found: String,
        /// Slugs of levels and names of geographies that would do.
        possible: Vec<String>,
    },
    /// The indicator has no figures for this period.
    #[error("Den Zeitraum „{found}“ gibt es für diesen Indikator nicht.{}", choices(.possible))]
    UnknownPeriod {
        /// Period as asked.
        found: String,
        /// Periods that would do.
        possible: Vec<String>,
    },
    /// The indicator has no such group.
    #[error("Die Gruppe „{found}“ gibt es für diesen Indikator nicht.{}", choices(.possible))]
    UnknownGroup {
        /// Group as asked.
        found: String,
        /// Groups that would do.
        possible: Vec<String>,
    },
    /// No facility layer has this name.
    #[error("Die Einrichtungsart „{found}“ gibt es hier nicht.{}", choices(.possible))]
    UnknownLayer {
        /// Layer as asked.
        found: String,
        /// Layers that would do.
        possible: Vec<String>,
    },
    /// No facility of the layer has this number.
    #[error("Die Einrichtung „{found}“ gibt es in „{layer}“ nicht.")]
    UnknownFacility {
        /// Number as asked.
        found: String,
        /// The layer.
        layer: String,
    },
    /// No geography has this name.
    #[error("Die Gebietsgliederung „{found}“ gibt es hier nicht.{}", choices(.possible))]
    UnknownGeography {
        /// Geography as asked.
        found: String,
        /// Geographies that would do.
        possible: Vec<String>,
    },
    /// The indicator has no figures inside the area.
    #[error(
        "Für „{title}“ gibt es keine Zahlen innerhalb von {area}. Abhilfe: ein größeres Gebiet wählen oder die Einschränkung weglassen."
    )]
    NothingInside {
        /// Title of the indicator.
        title: String,
        /// Name of the area.
        area: String,
    },
    /// The classes asked for cannot be made.
    #[error("{0}")]
    Classes(String),
    /// The indicator has no counts to draw a funnel from.
    #[error(
        "Diese Auswertung braucht Fallzahl und Bevölkerung; „{title}“ wird ohne beide veröffentlicht. Abhilfe: einen Anteil oder eine Rate wählen."
    )]
    NoCounts {
        /// Title of the indicator.
        title: String,
    },
    /// Two indicators have no level and period in common.
    #[error(
        "„{x}“ und „{y}“ haben keine gemeinsame Ebene mit Zahlen. Abhilfe: zwei Indikatoren derselben Gebietsgliederung wählen."
    )]
    NothingShared {
        /// Title of the first.
        x: String,
        /// Title of the second.
        y: String,
    },
    /// An analysis is not possible with the published figures.
    #[error("{0}")]
    Analysis(String),
    /// A drawing or file could not be made.
    #[error("Die Datei ließ sich nicht erzeugen: {0}")]
    Export(String),
    /// The store of published figures cannot be read.
    #[error("{0}")]
    Store(String),
}

impl AtlasError {
    /// Stable code for machines.
    pub fn code(&self) -> &'static str {
        match self {
            AtlasError::UnknownIndicator { .. } => "indicator-unknown",
            AtlasError::UnknownArea { .. } => "area-unknown",
            AtlasError::UnknownLevel { .. } => "level-unknown",
            AtlasError::UnknownPeriod { .. } => "period-unknown",
            AtlasError::UnknownGroup { .. } => "group-unknown",
            AtlasError::UnknownLayer { .. } => "layer-unknown",
            AtlasError::UnknownFacility { .. } => "facility-unknown",
            AtlasError::UnknownGeography { .. } => "geography-unknown",
            AtlasError::NothingInside { .. } => "nothing-inside",
            AtlasError::Classes(_) => "classes-impossible",
            AtlasError::NoCounts { .. } => "counts-missing",
            AtlasError::NothingShared { .. } => "nothing-shared",
            AtlasError::Analysis(_) => "analysis-impossible",
            AtlasError::Export(_) => "export-failed",
            AtlasError::Store(_) => "store-unreadable",
        }
    }

    /// Whether the thing named in the path does not exist (404), unlike a wrong parameter (400).
    pub fn is_not_found(&self) -> bool {
        matches!(
            self,
            AtlasError::UnknownIndicator { .. }
                | AtlasError::UnknownArea { .. }
                | AtlasError::UnknownLayer { .. }
                | AtlasError::UnknownFacility { .. }
                | AtlasError::UnknownGeography { .. }
        )
    }

    /// Whether the fault lies with the server (500).
    pub fn is_internal(&self) -> bool {
        matches!(self, AtlasError::Export(_) | AtlasError::Store(_))
    }

    pub(crate) fn indicator(id: &IndicatorId, similar: Vec<String>) -> Self {
        AtlasError::UnknownIndicator { found: id.to_string(), similar }
    }

    pub(crate) fn area(key: &AreaKey, similar: Vec<String>) -> Self {
        AtlasError::UnknownArea { found: key.to_string(), similar }
    }
}

fn hint(similar: &[String]) -> String {
    if similar.is_empty() {
        " Abhilfe: die Suche benutzen.".into()
    } else {
        format!(" Ähnlich: {}.", similar.join(", "))
    }
}

fn choices(possible: &[String]) -> String {
    const SHOWN: usize = 12;
    if possible.is_empty() {
        return " Es gibt hier keine.".into();
    }
    let more = if possible.len() > SHOWN { ", …" } else { "" };
    let list = possible.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    format!(" Möglich: {list}{more}.")
}
