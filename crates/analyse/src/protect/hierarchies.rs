//! The hierarchy file of `kekiz protect`: which codes make which.

use crate::AnalyseError;
use kekiz_base::{Diagnostics, Place, Severity};
use kekiz_disclosure::general::{Dimension, DimensionError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Version of the file format.
const VERSION: u32 = 1;

/// A hierarchy file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hierarchies {
    /// Version of the file format, 1.
    pub(crate) version: u32,
    /// One entry per dimension that is more than a list of codes.
    #[serde(default)]
    pub(crate) dimensions: Vec<Hierarchy>,
    /// Linked tables: the dimensions of each; without them one table over all dimensions is published.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tables: Vec<LinkedTable>,
}

/// The hierarchy of one dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hierarchy {
    /// Column with the finest codes.
    pub(crate) name: String,
    /// Code of the total.
    #[serde(default = "total")]
    pub(crate) total: String,
    /// Columns with the coarser codes of the same row, coarsest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) columns: Vec<String>,
    /// Parent of every code that does not lie directly below the total.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) parents: BTreeMap<String, String>,
    /// All finest codes there are, where the table may hold others only by mistake.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) codes: Vec<String>,
    /// A second way to take the total apart: column with its codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) also: Vec<String>,
}

/// The dimensions of one linked table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkedTable {
    /// Names of the dimensions.
    pub(crate) dims: Vec<String>,
}

pub(crate) fn total() -> String {
    "insgesamt".into()
}

impl Hierarchies {
    pub(crate) fn new(dimensions: Vec<Hierarchy>) -> Self {
        Self { version: VERSION, dimensions, tables: Vec::new() }
    }

    pub(crate) fn from_toml(name: &str, text: &str) -> Result<Self, AnalyseError> {
        let read: Self = toml::from_str(text).map_err(|error| {
            AnalyseError::Input(format!(
                "{name}: nicht lesbar: {error} Abhilfe: mit dem Abschnitt „Hierarchien“ in docs/formate.md vergleichen."
            ))
        })?;
        if read.version != VERSION {
            return Err(AnalyseError::Input(format!(
                "{name}: Diese Version ist unbekannt. Abhilfe: „version = 1“ setzen oder das Programm aktualisieren."
            )));
        }
        Ok(read)
    }

    /// Notes which dimensions of the file the table does not have: one file may serve many tables.
    pub(crate) fn passed_over(&self, dims: &[String], file: &Path) -> Diagnostics {
        let mut findings = Diagnostics::new();
        for hierarchy in self.dimensions.iter().filter(|hierarchy| !dims.contains(&hierarchy.name)) {
            findings.push(
                Severity::Note,
                "hierarchy-left-out",
                Place { file: Some(file.display().to_string()), line: None, column: None },
                format!(
                    "Die Hierarchie von „{}“ bleibt außer Acht, denn --dims nennt diese Spalte nicht.",
                    hierarchy.name
                ),
                "nichts zu tun, wenn die Tabelle nicht danach gegliedert ist; sonst den Namen berichtigen",
            );
        }
        findings
    }

    /// The hierarchy of a dimension; a list of codes when the file has none.
    pub(crate) fn of(&self, name: &str) -> Hierarchy {
        self.dimensions.iter().find(|hierarchy| hierarchy.name == name).cloned().unwrap_or_else(|| {
            Hierarchy {
                name: name.into(),
                total: total(),
                columns: vec![],
                parents: BTreeMap::new(),
                codes: vec![],
                also: vec![],
            }
        })
    }
}

/// Builds a dimension: `rows` holds for every row that counts the coarser codes (coarsest first), the finest code, and the
/// codes of the second breakdowns.
pub(crate) fn dimension(
    hierarchy: &Hierarchy,
    rows: &BTreeSet<(Vec<String>, String, Vec<String>)>,
) -> Result<Dimension, DimensionError> {
    let mut chains: BTreeSet<Vec<String>> = BTreeSet::new();
    let above = |code: &str| {
        let mut chain = vec![code.to_string()];
        while let Some(parent) = hierarchy.parents.get(&chain[chain.len() - 1]) {
            if parent == &hierarchy.total || chain.len() > hierarchy.parents.len() {
                break;
            }
            chain.push(parent.clone());
        }
        chain.reverse();
        chain
    };
    for (coarser, code, _) in rows {
        let mut chain = coarser.clone();
        chain.extend(above(code));
        chains.insert(chain);
    }
    chains.extend(hierarchy.codes.iter().filter(|_| hierarchy.columns.is_empty()).map(|code| above(code)));
    let parents: BTreeSet<&String> = hierarchy.parents.values().collect();
    let finest = hierarchy.parents.keys().filter(|code| !parents.contains(code));
    chains.extend(finest.map(|code| above(code)));
    let mut dimension =
        Dimension::from_chains(&hierarchy.name, &hierarchy.total, &chains.into_iter().collect::<Vec<_>>())?;
    for number in 0..hierarchy.also.len() {
        let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (_, code, also) in rows {
            groups.entry(also[number].clone()).or_default().insert(code.clone());
        }
        dimension = dimension.also(
            &groups.into_iter().map(|(code, members)| (code, members.into_iter().collect())).collect(),
        )?;
    }
    Ok(dimension)
}
