//! Cross tables of linked records inside the protected zone: shares, risk and odds ratios with intervals.

use crate::error::PersonsError;
use crate::frame::{Frame, FrameDefinition};
use crate::office::Office;
use kekiz_base::Interval;
use kekiz_effects::{FourFold, OddsInterval, Ratio, RiskInterval, odds_ratio, risk_ratio};
use kekiz_stats::interval::wilson;
use kekiz_strongbox::RestsOn;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What to tabulate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnalysisDefinition {
    /// Version of the file format, 1.
    pub version: u32,
    /// Name: small letters, digits, `-`, `_`.
    pub id: String,
    /// German title.
    pub title: String,
    /// Where the figures come from, as printed beside them.
    #[serde(default)]
    pub source: String,
    /// The records.
    pub frame: FrameDefinition,
    /// The tables.
    pub tables: Vec<TableDefinition>,
}

/// One cross table: how often an outcome is a case, by group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableDefinition {
    /// Name: small letters, digits, `-`, `_`.
    pub id: String,
    /// German title.
    pub title: String,
    /// The variable of the outcome.
    pub outcome: String,
    /// Codes that are a case; all other known codes are none.
    pub case: Vec<String>,
    /// The variable of the groups.
    pub group: String,
    /// Group that is compared.
    pub exposed: String,
    /// Group it is compared with.
    pub reference: String,
    /// Only records whose variable has one of the codes.
    #[serde(default, rename = "where")]
    pub conditions: BTreeMap<String, Vec<String>>,
}

/// Tables of true counts. For the office only; what leaves goes through [`crate::release()`].
#[derive(Serialize)]
pub struct Analysis {
    /// Name.
    pub id: String,
    /// German title.
    pub title: String,
    /// The tables.
    pub tables: Vec<CrossTable>,
    /// What they rest on.
    pub rests_on: Vec<RestsOn>,
}

/// One table.
#[derive(Serialize)]
pub struct CrossTable {
    /// Name.
    pub id: String,
    /// German title.
    pub title: String,
    /// Title of the groups' variable.
    pub group_title: String,
    /// The groups by their code.
    pub groups: Vec<GroupLine>,
    /// Records in which outcome or group is not known.
    pub unknown: u64,
    /// Share of the compared group by share of the reference group, 95 %, Miettinen and Nurminen.
    pub risk_ratio: Option<RatioLine>,
    /// Odds of the compared group by odds of the reference group, 95 %, Miettinen and Nurminen.
    pub odds_ratio: Option<RatioLine>,
}

/// One group of a table.
#[derive(Serialize)]
pub struct GroupLine {
    /// Code.
    pub code: String,
    /// German label.
    pub label: String,
    /// Cases.
    pub cases: u64,
    /// Persons.
    pub persons: u64,
    /// Cases per person.
    pub share: Option<f64>,
    /// Wilson interval, 95 %.
    pub interval: Option<Interval>,
}

/// A ratio with its interval; `None` stands for beyond all bounds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RatioLine {
    /// The ratio.
    pub value: Option<f64>,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: Option<f64>,
}

impl From<Ratio> for RatioLine {
    fn from(ratio: Ratio) -> Self {
        Self { value: ratio.value, lower: ratio.lower, upper: ratio.upper }
    }
}

/// Level of all intervals.
pub(crate) const LEVEL: f64 = 0.95;

/// Reads the definition of tables (TOML); `file` is its name for messages.
///
/// # Errors
/// No TOML, an unknown entry, another version, or a name that cannot be one.
pub fn parse_analysis(file: &str, text: &str) -> Result<AnalysisDefinition, PersonsError> {
    let found: AnalysisDefinition =
        toml::from_str(text).map_err(|error| kekiz_tables::MappingError::from_toml(file, text, &error))?;
    if found.version != 1 {
        return Err(PersonsError::definition(
            file,
            format!("Die Auswertung hat die Version {}; dieses Programm kennt die Version 1.", found.version),
            "„version = 1“ setzen.",
        ));
    }
    let mut names = std::collections::BTreeSet::new();
    for name in std::iter::once(&found.id).chain(found.tables.iter().map(|table| &table.id)) {
        if kekiz_base::IndicatorId::new(name).is_none() || !names.insert(name) {
            return Err(PersonsError::definition(
                file,
                format!("„{name}“ ist kein Name oder kommt zweimal vor."),
                "Kleine Buchstaben, Ziffern, - und _ verwenden; jeden Namen einmal.",
            ));
        }
    }
    Ok(found)
}

/// Cross tables of true counts, with ratios.
///
/// # Errors
/// An unknown dataset, variable or group, or the strongbox refuses.
pub fn analyse(
    office: &Office,
    definition: &AnalysisDefinition,
    file: &str,
) -> Result<Analysis, PersonsError> {
    let frame = Frame::read(office, &definition.frame, file, "Auswertung")?;
    let tables =
        definition.tables.iter().map(|table| cross(&frame, table, file)).collect::<Result<_, _>>()?;
    let (id, title) = (definition.id.clone(), definition.title.clone());
    Ok(Analysis { id, title, tables, rests_on: frame.rests_on })
}

/// Cases and persons of each group, by code.
pub(crate) type GroupCounts = BTreeMap<String, (u64, u64)>;

/// Cases and persons of each group, by code, and the records in which something is not known.
pub(crate) fn groups(
    frame: &Frame,
    definition: &TableDefinition,
    file: &str,
) -> Result<(GroupCounts, u64), PersonsError> {
    let (outcome, group) = (frame.column(&definition.outcome, file)?, frame.column(&definition.group, file)?);
    let meets: std::collections::BTreeSet<usize> =
        frame.meeting(&definition.conditions, file)?.into_iter().collect();
    let mut found = GroupCounts::new();
    let mut unknown = 0;
    for row in frame.rows.iter().filter(|row| meets.contains(row)) {
        let (Some(outcome), Some(group)) = (outcome.text(*row), group.text(*row)) else {
            unknown += 1;
            continue;
        };
        let counts = found.entry(group.to_string()).or_default();
        counts.0 += u64::from(definition.case.iter().any(|code| *code == outcome));
        counts.1 += 1;
    }
    for code in [&definition.exposed, &definition.reference] {
        if !found.contains_key(code) {
            return Err(PersonsError::definition(
                file,
                format!("In „{}“ gibt es keine Gruppe „{code}“.", definition.group),
                "exposed und reference berichtigen; die Codes stehen im Schema.",
            ));
        }
    }
    Ok((found, unknown))
}

fn cross(frame: &Frame, definition: &TableDefinition, file: &str) -> Result<CrossTable, PersonsError> {
    let (found, unknown) = groups(frame, definition, file)?;
    let of = |code: &str| found.get(code).copied().unwrap_or_default();
    let (risk_ratio, odds_ratio) = ratios(of(&definition.exposed), of(&definition.reference));
    let groups = found.iter().map(|(code, (cases, persons))| GroupLine {
        code: code.clone(),
        label: frame.label(&definition.group, code),
        cases: *cases,
        persons: *persons,
        share: (*persons > 0).then(|| *cases as f64 / *persons as f64),
        interval: wilson(*cases as f64, *persons as f64, LEVEL),
    });
    Ok(CrossTable {
        id: definition.id.clone(),
        title: definition.title.clone(),
        group_title: frame.title(&definition.group),
        groups: groups.collect(),
        unknown,
        risk_ratio,
        odds_ratio,
    })
}

/// Risk and odds ratio of two groups given as cases and persons.
pub(crate) fn ratios(exposed: (u64, u64), reference: (u64, u64)) -> (Option<RatioLine>, Option<RatioLine>) {
    let Ok(table) = FourFold::new(exposed, reference) else { return (None, None) };
    (
        risk_ratio(&table, LEVEL, RiskInterval::MiettinenNurminen).map(RatioLine::from),
        odds_ratio(&table, LEVEL, OddsInterval::MiettinenNurminen).map(RatioLine::from),
    )
}
