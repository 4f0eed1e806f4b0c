//! Counting records by area, period and group. The counts are sensitive; they go to the figures vault and from there
//! through the gate like all figures.

use crate::error::PersonsError;
use crate::frame::{Frame, FrameDefinition};
use crate::office::Office;
use kekiz_base::{
    Annotation, AreaKey, AreaTree, Diagnostics, FigureBatch, FigureDictionaries, GroupId, Observation,
    Period, Place, Severity, Source,
};
use kekiz_strongbox::{ItemKind, RestsOn};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// What to count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountDefinitions {
    /// Version of the file format, 1.
    pub version: u32,
    /// Name of the dataset of figures that becomes of it.
    pub dataset: String,
    /// Where the figures come from, as printed beside them.
    pub source: Source,
    /// The records.
    pub frame: FrameDefinition,
    /// The counts.
    pub counts: Vec<CountDefinition>,
}

/// One count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountDefinition {
    /// Name of the variable in the figures vault.
    pub variable: String,
    /// German title.
    pub title: String,
    /// Only records whose variable has one of the codes.
    #[serde(default, rename = "where")]
    pub conditions: BTreeMap<String, Vec<String>>,
    /// Only records where these variables are known: the persons of a share.
    #[serde(default)]
    pub known: Vec<String>,
    /// Breakdown by the codes of a variable, beside the total.
    #[serde(default)]
    pub by: Option<String>,
}

/// Counts on their way to the figures vault. Sensitive: no `Debug`.
pub struct Counts {
    /// Name of the dataset of figures.
    pub dataset: String,
    /// Where the figures come from.
    pub source: Source,
    /// What the numbers of [`Counts::figures`] mean.
    pub dictionaries: FigureDictionaries,
    /// The counts.
    pub figures: FigureBatch,
    /// Digest of what was counted and how; the same digest gives the same counts.
    pub digest: String,
    /// What the counts rest on.
    pub rests_on: Vec<RestsOn>,
    /// Records that were counted.
    pub records: u64,
    /// Records without area or period; they are in no count.
    pub unplaced: u64,
}

/// Reads definitions of counts (TOML); `file` is their name for messages.
///
/// # Errors
/// No TOML, an unknown entry, another version, or a variable that is counted twice.
pub fn parse_counts(file: &str, text: &str) -> Result<CountDefinitions, PersonsError> {
    let found: CountDefinitions =
        toml::from_str(text).map_err(|error| kekiz_tables::MappingError::from_toml(file, text, &error))?;
    if found.version != 1 {
        return Err(PersonsError::definition(
            file,
            format!("Die Auszählung hat die Version {}; dieses Programm kennt die Version 1.", found.version),
            "„version = 1“ setzen.",
        ));
    }
    let mut names = BTreeSet::new();
    if let Some(twice) = found.counts.iter().find(|count| !names.insert(&count.variable)) {
        return Err(PersonsError::definition(
            file,
            format!("„{}“ wird zweimal gezählt.", twice.variable),
            "Jeder Zählung einen eigenen Namen geben.",
        ));
    }
    Ok(found)
}

/// Counts records by area, period and group. Every area the tree knows above a record's area is counted too; an area with
/// records but none that meets a count has a true 0 there. Records without area or period are in no count; how many they
/// are is said.
///
/// # Errors
/// An unknown dataset or variable, or the strongbox refuses.
pub fn compute(
    office: &Office,
    definitions: &CountDefinitions,
    tree: &AreaTree,
    file: &str,
) -> Result<(Counts, Diagnostics), PersonsError> {
    let frame = Frame::read(office, &definitions.frame, file, "Auszählung")?;
    let mut findings = Diagnostics::new();
    let (places, unplaced) = places(&frame, tree, file)?;
    let place = Place { file: Some(file.into()), ..Place::default() };
    if unplaced > 0 {
        findings.push(
            Severity::Warning,
            "records-unplaced",
            place.clone(),
            format!("{unplaced} von {} Datensätzen haben kein Gebiet oder keinen Zeitraum; sie sind nicht gezählt.", frame.rows.len()),
            "Die Zuordnung der Adressen und den Zeitraum des Imports prüfen.",
        );
    }
    let mut counts = Counts {
        dataset: definitions.dataset.clone(),
        source: definitions.source.clone(),
        dictionaries: FigureDictionaries::default(),
        figures: FigureBatch::default(),
        digest: String::new(),
        rests_on: frame.rests_on.clone(),
        records: frame.rows.len() as u64 - unplaced,
        unplaced,
    };
    for definition in &definitions.counts {
        let cells = count(&frame, &places, definition, file)?;
        if !cells.values().any(|count| *count > 0) {
            findings.push(
                Severity::Warning,
                "count-empty",
                Place { column: Some(definition.variable.clone()), ..place.clone() },
                format!("„{}“ ergibt überall 0.", definition.title),
                "Die Bedingungen und Codes prüfen („kekiz vault describe“ zeigt sie).",
            );
        }
        let variable = counts.dictionaries.variables.number(&SmolStr::new(&definition.variable));
        for ((area, period, group), count) in cells {
            let area = counts.dictionaries.areas.number(&area);
            let period = counts.dictionaries.periods.number(&period);
            let group = counts.dictionaries.groups.number(&group);
            counts.figures.push(
                area,
                period,
                variable,
                group,
                Observation::Value(count as f64, Annotation::None),
            );
        }
    }
    let bases: Vec<&str> = counts.rests_on.iter().map(|base| base.digest.as_str()).collect();
    let text = format!("{}{}", serde_json::to_string(definitions).unwrap_or_default(), bases.join(" "));
    counts.digest = text_digest(&text);
    let mut change = office.strongbox.begin("compute", &definitions.dataset)?;
    let said = serde_json::to_vec(definitions).unwrap_or_default();
    let name = format!("figures-{}", definitions.dataset);
    change.put(ItemKind::Release, &name, counts.figures.len() as u64, counts.rests_on.clone(), &said)?;
    change.commit(&format!("{} Zahlen", counts.figures.len()))?;
    Ok((counts, findings))
}

/// A stable digest of a text; only equality matters.
pub(crate) fn text_digest(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

type Cells = BTreeMap<(AreaKey, Period, GroupId), u64>;

/// For each row of the frame its areas (own and those above) and its period; and how many have none.
type Places = Vec<Option<(Vec<AreaKey>, Period)>>;

fn places(frame: &Frame, tree: &AreaTree, file: &str) -> Result<(Places, u64), PersonsError> {
    let (areas, periods) = (frame.column("area", file)?, frame.column("period", file)?);
    let mut known: BTreeMap<&str, Vec<AreaKey>> = BTreeMap::new();
    let mut unplaced = 0;
    let mut places: Places = vec![None; frame.table.rows()];
    for row in &frame.rows {
        let period = periods.code(*row).and_then(|text| text.parse::<Period>().ok());
        let (Some(area), Some(period)) = (areas.code(*row), period) else {
            unplaced += 1;
            continue;
        };
        let chain = known.entry(area).or_insert_with(|| {
            let key = AreaKey::new(area);
            let above: Vec<AreaKey> = tree.ancestors(&key).map(|area| area.key.clone()).collect();
            std::iter::once(key).chain(above).collect()
        });
        places[*row] = Some((chain.clone(), period));
    }
    Ok((places, unplaced))
}

fn count(
    frame: &Frame,
    places: &Places,
    definition: &CountDefinition,
    file: &str,
) -> Result<Cells, PersonsError> {
    let meets: BTreeSet<usize> = frame.meeting(&definition.conditions, file)?.into_iter().collect();
    let known =
        definition.known.iter().map(|name| frame.column(name, file)).collect::<Result<Vec<_>, _>>()?;
    let by = definition.by.as_ref().map(|name| frame.column(name, file)).transpose()?;
    let mut cells = Cells::new();
    for row in &frame.rows {
        let Some((areas, period)) = places.get(*row).and_then(Option::as_ref) else { continue };
        let hit = meets.contains(row) && known.iter().all(|column| column.is_known(*row));
        let group = by
            .zip(definition.by.as_ref())
            .and_then(|(column, name)| column.text(*row).map(|code| GroupId::new(frame.label(name, &code))));
        for area in areas {
            for group in std::iter::once(GroupId::total()).chain(group.clone()) {
                // The entry is there for every record, so that nobody who meets the count is a true 0.
                *cells.entry((area.clone(), *period, group)).or_default() += u64::from(hit);
            }
        }
    }
    Ok(cells)
}
