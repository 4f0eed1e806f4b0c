//! Checks across columns and rows. Findings name check, number of rows and lines; never a value.

use crate::coverage::Coverage;
use crate::schema::{Check, CheckRule, Schema};
use crate::table::Column;
use jiff::civil::Date;
use kekiz_base::{Diagnostics, Place};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What checks may look at.
pub(crate) struct Ground<'a, F: Fn(&str) -> Option<&'a Column>> {
    pub(crate) file: &'a str,
    pub(crate) lines: &'a [u64],
    pub(crate) reference: Option<Date>,
    pub(crate) lists: &'a BTreeMap<String, BTreeSet<String>>,
    pub(crate) coverage: &'a [Coverage],
    pub(crate) column: F,
}

/// Lines that are named; of the others only the number is said.
const NAMED: usize = 10;

/// Runs all checks in their order.
pub(crate) fn run<'a, F: Fn(&str) -> Option<&'a Column>>(
    schema: &Schema,
    ground: &Ground<'a, F>,
) -> Diagnostics {
    let mut findings = Diagnostics::new();
    for check in &schema.checks {
        match &check.rule {
            CheckRule::Missing { of, maximum } => missing(check, of, *maximum, ground, &mut findings),
            CheckRule::Known { list, .. } if !ground.lists.contains_key(list) => findings.push(
                kekiz_base::Severity::Note,
                "check-without-list",
                Place { file: Some(ground.file.into()), ..Place::default() },
                format!(
                    "Die Prüfung „{}“ wurde ausgelassen, da die Liste „{list}“ nicht angegeben ist.",
                    check.id
                ),
                format!("Die Liste mit --list {list}=DATEI angeben."),
            ),
            rule => {
                let rows = broken(rule, ground);
                say(check, &rows, ground, &mut findings);
            }
        }
    }
    findings
}

fn say<'a, F: Fn(&str) -> Option<&'a Column>>(
    check: &Check,
    rows: &[usize],
    ground: &Ground<'a, F>,
    findings: &mut Diagnostics,
) {
    let Some(first) = rows.first() else { return };
    let lines: Vec<String> =
        rows.iter().take(NAMED).filter_map(|row| ground.lines.get(*row)).map(u64::to_string).collect();
    let more = if rows.len() > NAMED { " …" } else { "" };
    let count = if rows.len() == 1 { "1 Zeile".to_string() } else { format!("{} Zeilen", rows.len()) };
    findings.push(
        check.severity.into(),
        "check-failed",
        Place {
            file: Some(ground.file.into()),
            line: ground.lines.get(*first).copied(),
            column: check.rule.sources().first().map(ToString::to_string),
        },
        format!("{} (Prüfung „{}“: {count}, Zeile {}{more})", check.message, check.id, lines.join(", ")),
        check.remedy.clone(),
    );
}

/// The rows in which a rule does not hold.
fn broken<'a, F: Fn(&str) -> Option<&'a Column>>(rule: &CheckRule, ground: &Ground<'a, F>) -> Vec<usize> {
    let column = |name: &str| (ground.column)(name);
    let rows = |holds: &dyn Fn(usize) -> Option<bool>| -> Vec<usize> {
        (0..ground.lines.len()).filter(|row| holds(*row) == Some(false)).collect()
    };
    match rule {
        CheckRule::Range { of, minimum, maximum } => rows(&|row| {
            let number = column(of)?.number(row)?;
            Some(minimum.is_none_or(|low| number >= low) && maximum.is_none_or(|high| number <= high))
        }),
        CheckRule::Order { earlier, later } => {
            rows(&|row| Some(column(earlier)?.date(row)? <= column(later)?.date(row)?))
        }
        CheckRule::NotAfterReference { of } => rows(&|row| Some(column(of)?.date(row)? <= ground.reference?)),
        CheckRule::NotBefore { of, day } => rows(&|row| Some(column(of)?.date(row)? >= *day)),
        CheckRule::AtLeast { larger, smaller } => {
            rows(&|row| Some(column(larger)?.number(row)? >= column(smaller)?.number(row)?))
        }
        CheckRule::Filled { of } => rows(&|row| Some(column(of).is_some_and(|column| column.is_known(row)))),
        CheckRule::Implies { when, is, then, has } => rows(&|row| {
            let condition = column(when)?.text(row)?;
            if !is.iter().any(|code| *code == condition) {
                return None;
            }
            match column(then)?.text(row) {
                Some(found) => Some(has.is_empty() || has.iter().any(|code| *code == found)),
                None => has.is_empty().then_some(false),
            }
        }),
        CheckRule::Known { of, list } => {
            let known = ground.lists.get(list);
            rows(&|row| Some(known?.contains(column(of)?.text(row)?.as_str())))
        }
        CheckRule::Unique { of } => {
            let columns: Option<Vec<&Column>> = of.iter().map(|name| column(name)).collect();
            let Some(columns) = columns else { return Vec::new() };
            let mut first: HashMap<Vec<smol_str::SmolStr>, usize> = HashMap::new();
            let mut twice = Vec::new();
            for row in 0..ground.lines.len() {
                let key: Option<Vec<_>> = columns.iter().map(|column| column.text(row)).collect();
                if let Some(key) = key
                    && *first.entry(key).or_insert(row) != row
                {
                    twice.push(row);
                }
            }
            twice
        }
        CheckRule::Missing { .. } => Vec::new(),
    }
}

fn missing<'a, F: Fn(&str) -> Option<&'a Column>>(
    check: &Check,
    of: &[String],
    maximum: f64,
    ground: &Ground<'a, F>,
    findings: &mut Diagnostics,
) {
    let wanted = |coverage: &&Coverage| of.is_empty() || of.contains(&coverage.variable);
    let percent = |share: f64| kekiz_base::number::german(share * 100.0, 1);
    for coverage in ground.coverage.iter().filter(wanted).filter(|coverage| coverage.present) {
        let shares: Vec<f64> = if coverage.offices.is_empty() {
            coverage.share().into_iter().collect()
        } else {
            coverage.offices.iter().filter_map(|office| office.share()).collect()
        };
        let gaps = shares.iter().map(|known| 1.0 - known).filter(|gap| *gap > maximum);
        let (count, worst) = gaps.fold((0usize, 0.0f64), |(count, worst), gap| (count + 1, worst.max(gap)));
        if count == 0 {
            continue;
        }
        // The key of an office may be the name of somebody who works there; the description tells it, a message does not.
        let whose = match (coverage.offices.len(), count) {
            (0 | 1, _) => String::new(),
            (all, count) => format!(" bei {count} von {all} Stellen"),
        };
        findings.push(
            check.severity.into(),
            "check-missing-share",
            Place { file: Some(ground.file.into()), line: None, column: Some(coverage.variable.clone()) },
            format!(
                "{} „{}“{whose}: bis zu {} % fehlen (Prüfung „{}“, höchstens {} %).",
                check.message,
                coverage.title,
                percent(worst),
                check.id,
                percent(maximum)
            ),
            check.remedy.clone(),
        );
    }
}
