//! How another indicator has changed: a table `[[indicator]]` with `kind = "change"`.

use super::definition::{LIFE_PHASES, POLARITIES, id, levels};
use super::section::Section;
use kekiz_base::{GroupId, IndicatorId, Level, LifePhase, Place, Polarity};
use toml::de::DeValue;

/// How a change is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Now less then, in the unit of the indicator; percentage points for percent.
    Absolute,
    /// Now in percent of then, less 100.
    Relative,
}

/// The change of an indicator over some years. What is not stated is taken from that indicator.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Name in URLs.
    pub id: IndicatorId,
    /// Title as the office writes it.
    pub title: String,
    /// Title in plain language.
    pub plain_title: String,
    /// What the change says; `None` for a sentence made from the indicator.
    pub definition: Option<String>,
    /// The indicator.
    pub of: IndicatorId,
    /// Distance of the two periods in years.
    pub years: u16,
    /// Measure.
    pub measure: Measure,
    /// Unit as printed.
    pub unit: Option<String>,
    /// Decimals to print.
    pub decimals: Option<u8>,
    /// Direction that is good for children.
    pub polarity: Option<Polarity>,
    /// Phase of life.
    pub life_phase: Option<LifePhase>,
    /// Area of life.
    pub life_area: Option<String>,
    /// Smallest number of persons at either end, beside the minimum of the indicator.
    pub minimum_base: u32,
    /// Groups to compute, in this order; `None` for all.
    pub groups: Option<Vec<GroupId>>,
    /// Levels to compute; `None` for all.
    pub levels: Option<Vec<Level>>,
    /// Public notes.
    pub notes: Vec<String>,
    /// Where it stands in the catalogue.
    pub place: Place,
}

pub(super) const KEYS: &[&str] = &[
    "id",
    "title",
    "plain_title",
    "definition",
    "kind",
    "of",
    "years",
    "measure",
    "unit",
    "decimals",
    "polarity",
    "life_phase",
    "life_area",
    "minimum_base",
    "groups",
    "levels",
    "notes",
];

const MEASURES: &[(&str, Measure)] = &[("absolute", Measure::Absolute), ("relative", Measure::Relative)];

/// Whether a table `[[indicator]]` describes a change.
pub(super) fn is_change(value: &DeValue<'_>) -> bool {
    let kind = value.as_table().and_then(|table| table.get("kind"));
    kind.and_then(|kind| kind.get_ref().as_str()).is_some_and(|kind| kind.trim() == "change")
}

/// Reads one change; `None` when it cannot be used (the reasons are with the reader).
pub(super) fn read(mut section: Section<'_, '_, '_>) -> Option<Change> {
    let place = section.place("id");
    let id = id(&mut section);
    let title = section.required_text("title", "Einen Titel angeben, wie er über Karten und Tabellen steht.");
    let of_remedy = "Die id des Indikators angeben, dessen Veränderung gezeigt wird.";
    let of = section.required_text("of", of_remedy);
    let of = of.and_then(|text| {
        let of = IndicatorId::new(&text);
        if of.is_none() {
            section.error("bad-id", "of", format!("„{text}“ ist keine id."), of_remedy);
        }
        of
    });
    if !section.has("years") {
        section.missing("years", "Angeben, über wie viele Jahre, zum Beispiel years = 5.");
    }
    let years = section.whole("years", 1..=100);
    let measure = section.choice("measure", MEASURES).unwrap_or(Measure::Absolute);
    let definition = section.text("definition").filter(|text| !text.is_empty());
    let unit = section.text("unit");
    let decimals = section.whole("decimals", 0..=9).map(|decimals| decimals as u8);
    let polarity = section.choice("polarity", POLARITIES);
    let life_phase = section.choice("life_phase", LIFE_PHASES);
    let life_area = section.text("life_area").filter(|text| !text.is_empty());
    let minimum_base = section.whole("minimum_base", 0..=1_000_000).unwrap_or(0) as u32;
    let groups = section.texts("groups").map(|names| names.iter().map(GroupId::new).collect());
    let levels = levels(&mut section);
    let notes = section.texts("notes").unwrap_or_default();
    let plain_title = section.text("plain_title").filter(|text| !text.is_empty());
    let title = title?;
    Some(Change {
        id: id?,
        plain_title: plain_title.unwrap_or_else(|| title.clone()),
        title,
        definition,
        of: of?,
        years: years? as u16,
        measure,
        unit,
        decimals,
        polarity,
        life_phase,
        life_area,
        minimum_base,
        groups,
        levels,
        notes,
        place,
    })
}
