//! Figures as they come from files, in columns: the form in which tables travel into the vault.

use crate::{Annotation, AreaKey, GroupId, Mark, Observation, Period, Source};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// Distinct entries in the order of their first appearance; rows refer to them by number.
#[derive(Clone)]
pub struct Dictionary<T> {
    entries: Vec<T>,
    numbers: HashMap<T, u32>,
}

impl<T: Clone + Eq + Hash> Dictionary<T> {
    /// The number of an entry, adding it when it is new.
    pub fn number(&mut self, entry: &T) -> u32 {
        if let Some(number) = self.numbers.get(entry) {
            return *number;
        }
        let number = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.entries.push(entry.clone());
        self.numbers.insert(entry.clone(), number);
        number
    }

    /// All entries in the order of their numbers.
    pub fn entries(&self) -> &[T] {
        &self.entries
    }
}

impl<T> Default for Dictionary<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), numbers: HashMap::new() }
    }
}

/// The dictionaries shared by all batches of one import; they only grow.
#[derive(Clone, Default)]
pub struct FigureDictionaries {
    /// Area keys.
    pub areas: Dictionary<AreaKey>,
    /// Periods.
    pub periods: Dictionary<Period>,
    /// Variables (`bev_u18`).
    pub variables: Dictionary<SmolStr>,
    /// Groups (breakdowns); [`GroupId::total`] where the file has none.
    pub groups: Dictionary<GroupId>,
}

/// A batch of rows in columns of equal length. Figures may be sensitive: there is no `Debug`.
#[derive(Clone, Default)]
pub struct FigureBatch {
    /// Numbers into [`FigureDictionaries::areas`].
    pub area: Vec<u32>,
    /// Numbers into [`FigureDictionaries::periods`].
    pub period: Vec<u32>,
    /// Numbers into [`FigureDictionaries::variables`].
    pub variable: Vec<u32>,
    /// Numbers into [`FigureDictionaries::groups`].
    pub group: Vec<u32>,
    /// What the source says in each row.
    pub observation: Vec<Observation>,
}

impl FigureBatch {
    /// Adds a row; the numbers come from the dictionaries.
    pub fn push(&mut self, area: u32, period: u32, variable: u32, group: u32, observation: Observation) {
        self.area.push(area);
        self.period.push(period);
        self.variable.push(variable);
        self.group.push(group);
        self.observation.push(observation);
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.observation.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.observation.is_empty()
    }
}

/// Code of an observation's state in files: 0 is a plain number; stable, never reused.
pub fn state_code(observation: Observation) -> u8 {
    match observation {
        Observation::Value(_, annotation) => match annotation {
            Annotation::None => 0,
            Annotation::Limited => 1,
            Annotation::Revised => 2,
            Annotation::Provisional => 3,
            Annotation::Estimated => 4,
            Annotation::LessThanHalf => 5,
        },
        Observation::Missing(mark) => match mark {
            Mark::UnknownOrSecret => 16,
            Mark::Later => 17,
            Mark::Unreliable => 18,
            Mark::Blocked => 19,
            Mark::Empty => 20,
        },
    }
}

/// The observation of a state code and a value; `None` for a code this version does not know.
pub fn observation(code: u8, value: Option<f64>) -> Option<Observation> {
    let missing = |mark| Some(Observation::Missing(mark));
    let annotated = |annotation| value.map(|value| Observation::Value(value, annotation));
    match code {
        0 => annotated(Annotation::None),
        1 => annotated(Annotation::Limited),
        2 => annotated(Annotation::Revised),
        3 => annotated(Annotation::Provisional),
        4 => annotated(Annotation::Estimated),
        5 => annotated(Annotation::LessThanHalf),
        16 => missing(Mark::UnknownOrSecret),
        17 => missing(Mark::Later),
        18 => missing(Mark::Unreliable),
        19 => missing(Mark::Blocked),
        20 => missing(Mark::Empty),
        _ => None,
    }
}

/// Figures of several variables in memory, as the computing floor asks for them. Sensitive: no `Debug`.
#[derive(Clone, Default)]
pub struct Figures {
    variables: BTreeMap<SmolStr, BTreeMap<FigureKey, Observation>>,
    origins: BTreeMap<SmolStr, Vec<DatasetDigest>>,
}

/// Area, period and group of a figure.
pub type FigureKey = (AreaKey, Period, GroupId);

/// A dataset a variable came from, with the digest of its stored rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetDigest {
    /// What is known of the dataset.
    pub info: DatasetInfo,
    /// BLAKE3 digest of its stored rows, hexadecimal.
    pub digest: String,
}

impl Figures {
    /// Adds a figure; a figure that was there is replaced and returned.
    pub fn insert(
        &mut self,
        variable: &SmolStr,
        key: FigureKey,
        observation: Observation,
    ) -> Option<Observation> {
        if !self.variables.contains_key(variable) {
            self.variables.insert(variable.clone(), BTreeMap::new());
        }
        self.variables.get_mut(variable).and_then(|cells| cells.insert(key, observation))
    }

    /// Takes a figure out, for example when its area was merged into another.
    pub fn remove(&mut self, variable: &str, key: &FigureKey) -> Option<Observation> {
        self.variables.get_mut(variable).and_then(|cells| cells.remove(key))
    }

    /// Notes that a variable came from a dataset.
    pub fn add_origin(&mut self, variable: &SmolStr, dataset: DatasetDigest) {
        let origins = self.origins.entry(variable.clone()).or_default();
        if !origins.contains(&dataset) {
            origins.push(dataset);
        }
    }

    /// Names of all variables, ordered.
    pub fn variables(&self) -> impl Iterator<Item = &SmolStr> {
        self.variables.keys()
    }

    /// All figures of a variable, ordered by area, period, group; `None` for an unknown variable.
    pub fn of(&self, variable: &str) -> Option<&BTreeMap<FigureKey, Observation>> {
        self.variables.get(variable)
    }

    /// One figure. An absent row is [`Mark::Empty`]: the source says nothing.
    pub fn get(&self, variable: &str, key: &FigureKey) -> Observation {
        self.variables
            .get(variable)
            .and_then(|cells| cells.get(key))
            .copied()
            .unwrap_or(Observation::Missing(Mark::Empty))
    }

    /// The datasets a variable came from.
    pub fn origins(&self, variable: &str) -> &[DatasetDigest] {
        self.origins.get(variable).map_or(&[], Vec::as_slice)
    }
}

/// What is known of a dataset beside its rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetInfo {
    /// Name of the dataset: small letters, digits, hyphens.
    pub id: String,
    /// Where it comes from and under which licence.
    pub source: Source,
    /// The publisher already protected the figures (open data); they pass the gate under that policy.
    pub protected_by_publisher: bool,
    /// Name of the file as the user gave it.
    pub file_name: String,
    /// BLAKE3 digest of the file's bytes, hexadecimal.
    pub file_digest: String,
    /// BLAKE3 digest of the mapping file's text, hexadecimal.
    pub mapping_digest: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_round_trip() {
        for code in 0..=255u8 {
            if let Some(found) = observation(code, Some(1.5)) {
                assert_eq!(state_code(found), code);
            }
        }
    }

    #[test]
    fn dictionaries_number_by_first_appearance() {
        let mut dictionary = Dictionary::default();
        assert_eq!([dictionary.number(&"b"), dictionary.number(&"a"), dictionary.number(&"b")], [0, 1, 0]);
        assert_eq!(dictionary.entries(), ["b", "a"]);
    }
}
