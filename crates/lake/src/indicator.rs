//! One published indicator: its meaning, its axes and its cells, and how they stand in a file.

use crate::parquet::{Columns, HEADER, Table, number, text};
use datafusion::arrow::array::Array;
use kekiz_base::{
    Annotation, Area, AreaKey, Cell, Figure, GeographyId, GroupId, IndicatorMeta, Interval, Mark, Period,
    Reason, Versus,
};
use kekiz_disclosure::Release;
use serde::de::value::StrDeserializer;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Version of the file format of a release.
const VERSION: u32 = 1;

/// How a release was protected, for notes beside figures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protection {
    /// Name of the policy.
    pub policy: String,
    /// What was done, as German sentences.
    pub text: String,
    /// Number of cells that are shown.
    pub shown: usize,
    /// Number of suppressed cells by their public reason.
    pub suppressed: BTreeMap<Reason, usize>,
    /// Number of cells without a figure by the source's mark.
    pub missing: BTreeMap<Mark, usize>,
    /// Base the counts are rounded to.
    pub rounding: Option<u8>,
}

/// An indicator as the public sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishedIndicator {
    /// What the figures mean.
    pub meta: IndicatorMeta,
    /// The geographies its areas belong to.
    pub geographies: Vec<GeographyId>,
    /// The areas, ordered by key.
    pub areas: Vec<AreaKey>,
    /// The periods, ordered.
    pub periods: Vec<Period>,
    /// The groups; the whole first where it exists.
    pub groups: Vec<GroupId>,
    /// `areas × periods × groups` cells, the groups running fastest.
    pub cells: Vec<Cell>,
    /// How the figures were protected.
    pub protection: Protection,
    /// Digest of everything the release was made from, hexadecimal.
    pub receipt: String,
}

impl PublishedIndicator {
    /// One cell; `None` when the area, the period or the group is not part of the indicator.
    pub fn cell(&self, area: &AreaKey, period: Period, group: &GroupId) -> Option<&Cell> {
        let area = self.areas.binary_search(area).ok()?;
        let period = self.periods.iter().position(|found| *found == period)?;
        let group = self.groups.iter().position(|found| found == group)?;
        self.cells.get((area * self.periods.len() + period) * self.groups.len() + group)
    }
}

/// A release's content as its file holds it.
pub(crate) struct Content {
    pub(crate) header: Header,
    pub(crate) cells: Vec<Cell>,
}

/// What stands in a release's file beside its cells.
#[derive(Serialize, Deserialize)]
pub(crate) struct Header {
    pub(crate) version: u32,
    pub(crate) meta: IndicatorMeta,
    pub(crate) areas: Vec<Area>,
    pub(crate) periods: Vec<Period>,
    pub(crate) groups: Vec<GroupId>,
    pub(crate) protection: Protection,
    /// The receipt as canonical JSON, its digest, and the definition's digest it names.
    pub(crate) receipt_json: String,
    pub(crate) receipt: String,
    pub(crate) definition: String,
}

impl From<&Release> for Content {
    fn from(release: &Release) -> Self {
        let (protection, receipt) = (release.protection(), release.receipt());
        let header = Header {
            version: VERSION,
            meta: release.meta().clone(),
            areas: release.areas().to_vec(),
            periods: release.periods().to_vec(),
            groups: release.groups().to_vec(),
            protection: Protection {
                policy: protection.policy.clone(),
                text: protection.text.clone(),
                shown: protection.shown,
                suppressed: protection.suppressed.clone(),
                missing: protection.missing.clone(),
                rounding: protection.rounding,
            },
            receipt_json: String::from_utf8_lossy(&receipt.bytes()).into_owned(),
            receipt: receipt.digest(),
            definition: receipt.definition.clone(),
        };
        Self { header, cells: release.cells().to_vec() }
    }
}

impl From<Content> for PublishedIndicator {
    fn from(content: Content) -> Self {
        let Content { header, cells } = content;
        let geographies: BTreeSet<_> =
            header.areas.iter().map(|area| (area.level, area.geography.clone())).collect();
        Self {
            meta: header.meta,
            geographies: geographies.into_iter().map(|(_, geography)| geography).collect(),
            areas: header.areas.into_iter().map(|area| area.key).collect(),
            periods: header.periods,
            groups: header.groups,
            cells,
            protection: header.protection,
            receipt: header.receipt,
        }
    }
}

/// The stable word of a unit variant in files.
fn word<T: Serialize>(value: T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

fn parse<'a, T: Deserialize<'a>>(word: &'a str) -> Result<T, String> {
    T::deserialize(StrDeserializer::<serde::de::value::Error>::new(word))
        .map_err(|_| format!("das Kennwort „{word}“ ist unbekannt"))
}

/// The bytes of a release's file. The cells have to fit the axes.
pub(crate) fn encode(content: &Content) -> Result<Vec<u8>, String> {
    let axes = &content.header;
    check(axes, content.cells.len())?;
    let header = serde_json::to_string(axes).map_err(|e| e.to_string())?;
    let (periods, groups) = (axes.periods.len(), axes.groups.len());
    let period_texts: Vec<String> = axes.periods.iter().map(Period::to_string).collect();
    let rows = || 0..content.cells.len();
    let figures = || content.cells.iter().map(Cell::figure);
    let mut columns = Columns::default();
    columns.words("area", rows().map(|row| Some(axes.areas[row / (periods * groups)].key.as_str())));
    columns.words("period", rows().map(|row| Some(period_texts[row / groups % periods].as_str())));
    columns.words("group", rows().map(|row| Some(axes.groups[row % groups].as_str())));
    columns.words(
        "status",
        content.cells.iter().map(|cell| {
            Some(match cell {
                Cell::Shown(_) => "shown",
                Cell::Suppressed { .. } => "suppressed",
                Cell::Missing { .. } => "missing",
            })
        }),
    );
    columns.words(
        "reason",
        content.cells.iter().map(|cell| match cell {
            Cell::Suppressed { reason } => Some(reason.slug()),
            _ => None,
        }),
    );
    let marks: Vec<Option<String>> = content
        .cells
        .iter()
        .map(|cell| match cell {
            Cell::Missing { mark } => Some(word(mark)),
            _ => None,
        })
        .collect();
    columns.words("mark", marks.iter().map(Option::as_deref));
    columns.numbers("value", figures().map(|f| Some(f?.value)));
    columns.numbers("lower", figures().map(|f| Some(f?.interval?.lower)));
    columns.numbers("upper", figures().map(|f| Some(f?.interval?.upper)));
    columns.numbers("numerator", figures().map(|f| f?.numerator));
    columns.numbers("denominator", figures().map(|f| f?.denominator));
    columns.numbers("smoothed", figures().map(|f| f?.smoothed));
    columns.numbers("difference", figures().map(|f| Some(f?.versus_parent?.difference)));
    columns.flags("significant", figures().map(|f| f?.versus_parent?.significant));
    columns.smalls("class", figures().map(|f| f?.class));
    let annotations: Vec<Option<String>> = figures().map(|f| Some(word(f?.annotation))).collect();
    columns.words("annotation", annotations.iter().map(Option::as_deref));
    columns.write(&[(HEADER, header)])
}

/// A release from the bytes of its file. Every row has to stand where the axes say.
pub(crate) fn decode(bytes: Vec<u8>) -> Result<Content, String> {
    let table = Table::read(bytes)?;
    let header: Header = table.header()?;
    check(&header, table.rows())?;
    let (periods, groups) = (header.periods.len(), header.groups.len());
    let (area, period, group) = (table.texts("area")?, table.texts("period")?, table.texts("group")?);
    let (status, reason, mark) = (table.texts("status")?, table.texts("reason")?, table.texts("mark")?);
    let (value, lower, upper) = (table.numbers("value")?, table.numbers("lower")?, table.numbers("upper")?);
    let (numerator, denominator) = (table.numbers("numerator")?, table.numbers("denominator")?);
    let (smoothed, difference) = (table.numbers("smoothed")?, table.numbers("difference")?);
    let (significant, class) = (table.flags("significant")?, table.smalls("class")?);
    let annotation = table.texts("annotation")?;
    let period_texts: Vec<String> = header.periods.iter().map(Period::to_string).collect();
    let mut cells = Vec::with_capacity(table.rows());
    for row in 0..table.rows() {
        let place = (
            Some(header.areas[row / (periods * groups)].key.as_str()),
            Some(period_texts[row / groups % periods].as_str()),
            Some(header.groups[row % groups].as_str()),
        );
        if place != (text(&area, row), text(&period, row), text(&group, row)) {
            return Err(format!("die Zeile {} steht nicht an ihrem Platz", row + 1));
        }
        let absent = |what: &str| format!("in Zeile {} fehlt {what}", row + 1);
        cells.push(match text(&status, row) {
            Some("shown") => Cell::Shown(Figure {
                value: number(&value, row).ok_or_else(|| absent("der Wert"))?,
                interval: number(&lower, row)
                    .zip(number(&upper, row))
                    .map(|(lower, upper)| Interval { lower, upper }),
                numerator: number(&numerator, row),
                denominator: number(&denominator, row),
                smoothed: number(&smoothed, row),
                versus_parent: number(&difference, row).map(|difference| Versus {
                    difference,
                    significant: significant.is_valid(row).then(|| significant.value(row)),
                }),
                class: class.is_valid(row).then(|| class.value(row)),
                annotation: text(&annotation, row).map_or(Ok(Annotation::None), parse)?,
            }),
            Some("suppressed") => Cell::Suppressed {
                reason: parse::<Reason>(text(&reason, row).ok_or_else(|| absent("der Grund"))?)?,
            },
            Some("missing") => {
                Cell::Missing { mark: parse::<Mark>(text(&mark, row).ok_or_else(|| absent("das Zeichen"))?)? }
            }
            _ => return Err(absent("der Status")),
        });
    }
    Ok(Content { header, cells })
}

fn check(header: &Header, cells: usize) -> Result<(), String> {
    if header.version != VERSION {
        return Err(format!("das Format {} ist unbekannt", header.version));
    }
    if !header.areas.is_sorted_by(|a, b| a.key < b.key) {
        return Err("die Gebiete sind nicht nach Schlüssel geordnet".into());
    }
    let expected = header.areas.len().checked_mul(header.periods.len());
    if expected.and_then(|n| n.checked_mul(header.groups.len())) != Some(cells) {
        return Err("die Zahl der Zellen passt nicht zu den Achsen".into());
    }
    Ok(())
}
