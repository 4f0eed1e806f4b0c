//! Lays a mapping over the header of one file; whatever does not fit is an error in the diagnostics.

use super::{
    AreaCell, AreaPlan, AreaSource, GroupPlan, GroupSource, Plan, TimePlan, ValuePlan, VariablePlan,
    find_column,
};
use crate::cell::CellRules;
use crate::mapping::{Mapping, ValueMapping};
use crate::number::NumberFormat;
use crate::pattern::{Hole, Pattern, closest};
use crate::words::{is_total, slug};
use kekiz_base::{AreaKey, Diagnostics, Period, Place, Severity};
use smol_str::SmolStr;
use std::collections::{BTreeSet, HashSet};

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
