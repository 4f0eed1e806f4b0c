//! A mapping laid over the header of one file: which field of a row is what.

use crate::cell::{CellRules, NUMERIC};
use crate::mapping::{AreaMapping, GroupMapping, Mapping, PeriodReading, ValueMapping, VariableMapping};
use crate::number::{Evidence, NumberFormat};
use crate::pattern::{Hole, Pattern, closest};
use crate::words::{is_footer, is_total, slug};
use kekiz_base::{AreaKey, Diagnostics, GroupId, KeyKind, Period, Place, Recovered, Severity};
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

struct Builder<'a> {
    file: &'a str,
    header: &'a [String],
    line: u64,
    diagnostics: Diagnostics,
    used: BTreeSet<usize>,
}

impl Builder<'_> {
    fn error(&mut self, column: Option<&str>, code: &'static str, message: String, remedy: String) {
        let place = Place {
            file: Some(self.file.to_string()),
            line: Some(self.line),
            column: column.map(str::to_string),
        };
        self.diagnostics.push(Severity::Error, code, place, message, remedy);
    }

    fn column(&mut self, name: &str) -> Option<usize> {
        let Some(found) = find_column(self.header, name) else {
            let there: Vec<String> =
                self.header.iter().filter(|h| !h.is_empty()).take(20).map(|h| format!("„{h}“")).collect();
            let remedy = match closest(name, self.header.iter().map(String::as_str)) {
                Some(near) => format!("Gemeint ist vielleicht „{near}“; die Zuordnung berichtigen."),
                None => {
                    "Die Zuordnung berichtigen; steht die Kopfzeile woanders, [file] header_line angeben."
                        .into()
                }
            };
            self.error(
                None,
                "column-unknown",
                format!("Die Spalte „{name}“ gibt es nicht; die Kopfzeile enthält {}.", there.join(", ")),
                remedy,
            );
            return None;
        };
        let twice =
            !name.starts_with('#') && self.header.iter().filter(|h| *h == &self.header[found]).count() > 1;
        if twice && self.header[found] == name {
            self.error(
                Some(name),
                "column-twice",
                format!("Die Spalte „{name}“ kommt mehrmals vor."),
                format!("In der Zuordnung die Nummer der Spalte angeben, zum Beispiel \"#{}\".", found + 1),
            );
        }
        self.used.insert(found);
        Some(found)
    }

    /// Pairs of columns with a dimension's code and its value in both dialects of GENESIS.
    fn dimensions(&mut self) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        for (index, name) in self.header.iter().enumerate() {
            let value =
                name.strip_suffix("_Merkmal_Code").map(|n| format!("{n}_Auspraegung_Code")).or_else(|| {
                    name.strip_suffix("_variable_code").map(|n| format!("{n}_variable_attribute_code"))
                });
            if let Some(value) = value
                && let Some(found) = self.header.iter().position(|h| *h == value)
            {
                pairs.push((index, found));
            }
        }
        if pairs.is_empty() {
            self.error(
                None,
                "dimension-unknown",
                "Die Tabelle hat keine Spalten mit Merkmalen von GENESIS (1_Merkmal_Code, 1_variable_code)."
                    .into(),
                "In der Zuordnung column statt dimension angeben.".into(),
            );
        }
        pairs
    }
}

fn set(list: &Option<Vec<String>>) -> Option<BTreeSet<String>> {
    list.as_ref().map(|list| list.iter().map(|t| t.trim().to_string()).collect())
}

/// Lays a mapping over a header. Errors are in the diagnostics.
pub(crate) fn build(
    mapping: &Mapping,
    file: &str,
    header: &[String],
    line: u64,
) -> Result<Plan, Diagnostics> {
    let mut builder = Builder { file, header, line, diagnostics: Diagnostics::new(), used: BTreeSet::new() };
    let b = &mut builder;
    let area_source = match (&mapping.area.column, &mapping.area.dimension, &mapping.area.fixed) {
        (Some(name), ..) => b.column(name).map(AreaSource::Column),
        (_, Some(codes), _) => Some(AreaSource::Dimension(b.dimensions(), codes.as_slice().to_vec())),
        (_, _, Some(fixed)) => mapping
            .area
            .kind
            .parse(fixed)
            .ok()
            .map(|(key, _)| AreaSource::Fixed(AreaKey::new(format!("{}{key}", mapping.area.key_prefix)))),
        _ => Some(AreaSource::InValue),
    };
    let skip_rows: HashSet<String> = mapping.skip_rows.iter().map(|t| t.trim().to_string()).collect();
    let area = AreaPlan {
        source: area_source.unwrap_or(AreaSource::InValue),
        mapping: mapping.area.clone(),
        only: set(&mapping.area.only),
        skip_rows: skip_rows.clone(),
    };
    let time = TimePlan {
        column: mapping.time.column.as_deref().and_then(|name| b.column(name)),
        fixed: mapping.time.fixed.as_deref().and_then(|t| crate::period::parse(t).ok()),
        reading: mapping.time.reading,
        rename: mapping.time.rename.clone(),
    };
    let variable = mapping.variable.as_ref().map(|m| VariablePlan {
        column: m.column.as_deref().and_then(|name| b.column(name)),
        mapping: m.clone(),
        only: set(&m.only),
    });
    let groups = mapping
        .group
        .as_slice()
        .iter()
        .map(|m| GroupPlan {
            source: match (&m.column, &m.dimension) {
                (Some(name), _) => b.column(name).map_or(GroupSource::InValue, GroupSource::Column),
                (None, Some(code)) => GroupSource::Dimension(b.dimensions(), code.clone()),
                (None, None) => GroupSource::InValue,
            },
            mapping: m.clone(),
            only: set(&m.only),
        })
        .collect();
    let filters = mapping
        .filter
        .iter()
        .filter_map(|(name, texts)| {
            let texts = texts.as_slice().iter().map(|t| t.trim().to_string()).collect();
            Some((b.column(name)?, texts))
        })
        .collect();
    let fill_down = mapping.file.fill_down.iter().filter_map(|name| b.column(name)).collect();
    let mut plan = Plan {
        header: header.to_vec(),
        area,
        time,
        variable,
        groups,
        filters,
        values: Vec::new(),
        rules: CellRules {
            marks: mapping.marks.iter().map(|(k, v)| (k.trim().to_string(), *v)).collect(),
            zero: mapping.file.zero,
            units: mapping.file.units.clone(),
        },
        skip_rows,
        fill_down,
    };
    for value in mapping.values.as_slice().iter().filter(|v| v.column.is_some()) {
        add_column(b, &mut plan, value);
    }
    for value in mapping.values.as_slice().iter().filter(|v| v.pattern.is_some()) {
        add_pattern(b, &mut plan, value);
    }
    let stated = NumberFormat::stated(mapping.file.decimal, mapping.file.thousands);
    for value in &mut plan.values {
        value.format = stated.unwrap_or_default();
    }
    if builder.diagnostics.has_errors() { Err(builder.diagnostics) } else { Ok(plan) }
}

fn fixed_period(plan: &Plan, text: &str) -> Option<Period> {
    plan.time.resolve(text).ok()
}

fn add_column(b: &mut Builder<'_>, plan: &mut Plan, value: &ValueMapping) {
    let Some(column) = value.column.as_deref().and_then(|name| b.column(name)) else { return };
    let quality = match &value.quality {
        Some(name) => b.column(name),
        // The quality column GENESIS puts behind each value column.
        None => {
            let name = &b.header[column];
            let own = format!("{name}__q");
            let short = name.rsplit_once("__").map(|(front, _)| format!("{front}__q"));
            let found = b.header.iter().position(|h| *h == own || Some(h) == short.as_ref());
            let found = found.or_else(|| {
                (name == "value").then(|| b.header.iter().position(|h| h == "value_q")).flatten()
            });
            b.used.extend(found);
            found
        }
    };
    plan.values.push(ValuePlan {
        column,
        quality,
        area: None,
        period: value.period.as_deref().and_then(|p| fixed_period(plan, p)),
        variable: value.variable.as_deref().map(SmolStr::new),
        group: value.group.clone(),
        scale: value.scale.unwrap_or(1.0),
        format: NumberFormat::default(),
    });
}

fn add_pattern(b: &mut Builder<'_>, plan: &mut Plan, value: &ValueMapping) {
    let Some(text) = &value.pattern else { return };
    let Ok(pattern) = Pattern::parse(text) else { return };
    let accept = |hole: Hole, filling: &str| match hole {
        Hole::Period => plan.time.resolve(filling).is_ok(),
        _ => true,
    };
    let suffix = value.quality.as_deref();
    let mut found = Vec::new();
    for (column, name) in b.header.iter().enumerate() {
        let named = value.except.iter().any(|e| find_column(b.header, e) == Some(column));
        let is_quality = suffix.is_some_and(|suffix| name.ends_with(suffix));
        if name.is_empty() || b.used.contains(&column) || named || is_quality {
            continue;
        }
        if let Some(holes) = pattern.fill(name, &accept) {
            found.push((column, holes));
        }
    }
    if found.is_empty() {
        let there: Vec<String> =
            b.header.iter().filter(|h| !h.is_empty()).take(20).map(|h| format!("„{h}“")).collect();
        b.error(
            None,
            "pattern-empty",
            format!("Zum Muster „{text}“ passt keine Spalte; die Kopfzeile enthält {}.", there.join(", ")),
            "Das Muster berichtigen; steht die Kopfzeile woanders, [file] header_line angeben.".into(),
        );
        return;
    }
    for (column, holes) in found {
        let hole =
            |wanted: Hole| holes.iter().find(|(hole, _)| *hole == wanted).map(|(_, text)| text.as_str());
        let variable = match (&value.variable, hole(Hole::Variable)) {
            (Some(name), _) => Some(SmolStr::new(name)),
            (None, None) => None,
            (None, Some(text)) => match &plan.variable {
                Some(renames) => match renames.resolve(text) {
                    Some((name, _)) => Some(name),
                    None => continue,
                },
                None => Some(SmolStr::new(slug(text))),
            },
        };
        let group = match (&value.group, hole(Hole::Group)) {
            (Some(name), _) => Some(name.clone()),
            (None, None) => None,
            (None, Some(text)) => {
                let renames = plan.groups.iter().find(|g| matches!(g.source, GroupSource::InValue));
                match renames {
                    Some(renames) => match renames.resolve(text) {
                        Some(name) => Some(name),
                        None => continue,
                    },
                    None => Some(if is_total(text) { String::new() } else { text.to_string() }),
                }
            }
        };
        let area = match hole(Hole::Area).map(|text| (text, plan.area.resolve(text))) {
            None => None,
            Some((_, AreaCell::Key(key, _) | AreaCell::Suspect(key))) => Some(key),
            Some((_, AreaCell::Skip(_) | AreaCell::NotSelected)) => continue,
            Some((text, AreaCell::Bad(problem, _))) => {
                b.error(
                    Some(text),
                    "key-unusable",
                    problem,
                    "In der Zuordnung unter [area] rename den Schlüssel für diese Spalte angeben, oder die Spalte unter except nennen.".into(),
                );
                continue;
            }
        };
        let period = match (&value.period, hole(Hole::Period)) {
            (Some(text), _) => fixed_period(plan, text),
            (None, Some(text)) => fixed_period(plan, text),
            (None, None) => None,
        };
        let quality =
            suffix.and_then(|suffix| find_column(b.header, &format!("{}{suffix}", b.header[column])));
        plan.values.push(ValuePlan {
            column,
            quality,
            area,
            period,
            variable,
            group,
            scale: value.scale.unwrap_or(1.0),
            format: NumberFormat::default(),
        });
    }
}

/// Decides the number format of each value column from what a sample shows; says how open cells were decided.
pub(crate) fn decide_formats(
    plan: &mut Plan,
    evidence: &[Evidence],
    file: &str,
    diagnostics: &mut Diagnostics,
) {
    use crate::number::Ground;
    let mut all = Evidence::default();
    for one in evidence {
        all.add(one);
    }
    for (value, seen) in plan.values.iter_mut().zip(evidence) {
        if value.format.decided_by_mapping {
            continue;
        }
        let (format, how) = seen.decide(&all);
        value.format = format;
        let Some((separator, ground)) = how else { continue };
        let as_decimal = match separator {
            '.' => format.fast_decimal() == b'.',
            _ => format.fast_decimal() == b',',
        };
        let example = if separator == '.' { "1.234" } else { "1,234" };
        let read = if as_decimal {
            "ein Dezimalzeichen (eins Komma zwei drei vier)"
        } else {
            "ein Tausenderzeichen (eintausendzweihundertvierunddreißig)"
        };
        let because = match ground {
            Ground::Column => "da andere Zellen der Spalte eindeutig sind",
            Ground::Ungrouped => "da die Spalte auch vierstellige Zahlen ohne Trennzeichen enthält",
            Ground::File => "da andere Spalten der Datei eindeutig sind",
            Ground::Custom => "nach deutscher Schreibweise; die Datei selbst lässt es offen",
        };
        let (severity, remedy) = match ground {
            Ground::Custom => (
                Severity::Warning,
                "Prüfen, und in der Zuordnung unter [file] decimal = \",\" oder decimal = \".\" festlegen.",
            ),
            _ => (Severity::Note, ""),
        };
        let place = Place {
            file: Some(file.to_string()),
            line: None,
            column: plan.header.get(value.column).cloned(),
        };
        diagnostics.push(
            severity,
            "number-format",
            place,
            format!(
                "Zahlen wie „{example}“: Das Zeichen „{separator}“ ist als {} gelesen, {because}.",
                read.trim_start_matches("ein ")
            ),
            remedy,
        );
    }
}
