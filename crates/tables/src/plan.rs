//! A mapping laid over the header of one file: which field of a row is what.

mod build;
mod formats;

pub(crate) use build::build;
pub(crate) use formats::decide_formats;

use crate::cell::{CellRules, NUMERIC};
use crate::mapping::{AreaMapping, GroupMapping, Mapping, PeriodReading, VariableMapping};
use crate::number::NumberFormat;
use crate::words::{is_footer, is_total, slug};
use kekiz_base::{AreaKey, GroupId, KeyKind, Period, Recovered};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Finds a column: by exact name, by `#number`, without regard to case and blanks, or by the code in front of
/// a GENESIS column (`BEVSTD` for `BEVSTD__Bevölkerungsstand__Anzahl`).
pub(crate) fn find_column(header: &[String], name: &str) -> Option<usize> {
    if let Some(number) = name.strip_prefix('#').and_then(|n| n.parse::<usize>().ok()) {
        return (1..=header.len()).contains(&number).then(|| number - 1);
    }
    if let Some(found) = header.iter().position(|h| h == name) {
        return Some(found);
    }
    let normal = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let wanted = normal(name);
    if let Some(found) =
        header.iter().position(|h| normal(h.trim_start_matches(['\u{feff}', '\u{1}'])) == wanted)
    {
        return Some(found);
    }
    header.iter().position(|h| {
        h.strip_prefix(name).is_some_and(|rest| rest.starts_with("__") && !rest.ends_with("__q"))
    })
}

/// What an area cell means.
#[derive(Clone, Debug)]
pub(crate) enum AreaCell {
    Key(AreaKey, Recovered),
    /// A key as it is, but the text looks like a line below the table.
    Suspect(AreaKey),
    Skip(&'static str),
    NotSelected,
    Bad(String, &'static str),
}

pub(crate) enum AreaSource {
    Column(usize),
    /// Columns with the code of a dimension and with its value.
    Dimension(Vec<(usize, usize)>, Vec<String>),
    Fixed(AreaKey),
    InValue,
}

pub(crate) struct AreaPlan {
    pub(crate) source: AreaSource,
    mapping: AreaMapping,
    only: Option<BTreeSet<String>>,
    skip_rows: HashSet<String>,
}

impl AreaPlan {
    pub(crate) fn resolve(&self, raw: &str) -> AreaCell {
        let text = raw.trim_start_matches(char::from(NUMERIC)).trim();
        let mapping = &self.mapping;
        if text.is_empty() {
            return match mapping.when_empty.as_deref() {
                None => AreaCell::Bad(
                    "Der Gebietsschlüssel fehlt.".into(),
                    "Den Schlüssel nachtragen, oder in der Zuordnung unter [area] when_empty = \"skip\" oder ein Gebiet angeben.",
                ),
                Some("skip") => AreaCell::Skip("empty-area"),
                Some(key) => AreaCell::Key(AreaKey::new(key), Recovered::Unchanged),
            };
        }
        match mapping.rename.get(text).map(String::as_str) {
            Some("skip") => return AreaCell::Skip("skip-rows"),
            Some(key) => return AreaCell::Key(AreaKey::new(key), Recovered::Unchanged),
            None => {}
        }
        if self.only.as_ref().is_some_and(|only| !only.contains(text)) {
            return AreaCell::NotSelected;
        }
        if self.skip_rows.contains(text) {
            return AreaCell::Skip("skip-rows");
        }
        let parsed = mapping.kind.parse(text);
        if is_total(text) && (mapping.kind == KeyKind::Own || parsed.is_err()) {
            return AreaCell::Skip("total-row");
        }
        match parsed {
            Ok((key, recovered)) => {
                let key = if mapping.key_prefix.is_empty() {
                    key
                } else {
                    AreaKey::new(format!("{}{key}", mapping.key_prefix))
                };
                let strange = mapping.kind == KeyKind::Own
                    && (is_footer(text) || text.chars().count() > 60 || text.contains(':'));
                if strange { AreaCell::Suspect(key) } else { AreaCell::Key(key, recovered) }
            }
            Err(_)
                if mapping.other_levels.is_some()
                    && !is_footer(text)
                    && !text.contains(char::is_whitespace) =>
            {
                AreaCell::Skip("other-level")
            }
            Err(problem) => AreaCell::Bad(
                problem.to_string(),
                "Den Schlüssel berichtigen, oder in der Zuordnung unter [area] kind, rename oder other_levels = \"skip\" anpassen.",
            ),
        }
    }
}

pub(crate) struct TimePlan {
    pub(crate) column: Option<usize>,
    pub(crate) fixed: Option<Period>,
    reading: Option<PeriodReading>,
    rename: BTreeMap<String, String>,
}

impl TimePlan {
    pub(crate) fn resolve(&self, raw: &str) -> Result<Period, String> {
        let text = raw.trim_start_matches(char::from(NUMERIC)).trim();
        if text.is_empty() {
            return Err("Der Zeitraum fehlt.".into());
        }
        let text = self.rename.get(text).map_or(text, String::as_str);
        crate::period::parse(text)
            .map(|period| crate::period::read_as(period, self.reading))
            .map_err(|problem| problem.to_string())
    }
}

pub(crate) struct VariablePlan {
    pub(crate) column: Option<usize>,
    mapping: VariableMapping,
    only: Option<BTreeSet<String>>,
}

impl VariablePlan {
    /// The variable of a text, `None` when it is not selected. The flag says that the name was made from the text.
    pub(crate) fn resolve(&self, raw: &str) -> Option<(SmolStr, bool)> {
        let text = raw.trim_start_matches(char::from(NUMERIC)).trim();
        if self.only.as_ref().is_some_and(|only| !only.contains(text)) {
            return None;
        }
        if let Some(name) = self.mapping.rename.get(text) {
            return Some((SmolStr::new(name), false));
        }
        let name = format!("{}{text}", self.mapping.prefix);
        if crate::mapping::is_variable(&name) {
            return Some((SmolStr::new(name), false));
        }
        Some((SmolStr::new(slug(&name)), true))
    }
}

pub(crate) enum GroupSource {
    Column(usize),
    Dimension(Vec<(usize, usize)>, String),
    InValue,
}

pub(crate) struct GroupPlan {
    pub(crate) source: GroupSource,
    mapping: GroupMapping,
    only: Option<BTreeSet<String>>,
}

impl GroupPlan {
    /// The group's name, empty for the whole; `None` when it is not selected.
    pub(crate) fn resolve(&self, raw: &str) -> Option<String> {
        let text = raw.trim_start_matches(char::from(NUMERIC)).trim();
        if self.only.as_ref().is_some_and(|only| !only.contains(text)) {
            return None;
        }
        let name = self.mapping.rename.get(text).map_or(text, String::as_str);
        Some(if is_total(name) || name == GroupId::total().as_str() {
            String::new()
        } else {
            name.to_string()
        })
    }
}

/// A column with figures.
pub(crate) struct ValuePlan {
    pub(crate) column: usize,
    pub(crate) quality: Option<usize>,
    pub(crate) area: Option<AreaKey>,
    pub(crate) period: Option<Period>,
    pub(crate) variable: Option<SmolStr>,
    pub(crate) group: Option<String>,
    pub(crate) scale: f64,
    pub(crate) format: NumberFormat,
}

pub(crate) struct Plan {
    pub(crate) header: Vec<String>,
    pub(crate) area: AreaPlan,
    pub(crate) time: TimePlan,
    pub(crate) variable: Option<VariablePlan>,
    pub(crate) groups: Vec<GroupPlan>,
    pub(crate) filters: Vec<(usize, Vec<String>)>,
    pub(crate) values: Vec<ValuePlan>,
    pub(crate) rules: CellRules,
    pub(crate) skip_rows: HashSet<String>,
    pub(crate) fill_down: Vec<usize>,
}

/// The column names a mapping uses, to find the header by.
pub(crate) fn named_columns(mapping: &Mapping) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    names.extend(mapping.area.column.as_deref());
    names.extend(mapping.time.column.as_deref());
    names.extend(mapping.variable.as_ref().and_then(|v| v.column.as_deref()));
    names.extend(mapping.group.as_slice().iter().filter_map(|g| g.column.as_deref()));
    names.extend(mapping.filter.keys().map(String::as_str));
    for value in mapping.values.as_slice() {
        names.extend(value.column.as_deref());
    }
    names.retain(|name| !name.starts_with('#'));
    names.sort_unstable();
    names.dedup();
    names
}
