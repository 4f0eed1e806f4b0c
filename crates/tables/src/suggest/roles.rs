//! Which column of a table is what, as far as its names and cells tell.

use super::Looked;
use super::columns::{
    AREA_WORDS, Column, GROUP_WORDS, KEY_WORDS, TIME_WORDS, VALUE_WORDS, VARIABLE_WORDS, is_period,
};
use crate::ReadError;
use crate::open::TableFile;
use crate::pattern::{Hole, Pattern};
use std::collections::BTreeSet;

/// Which column is what.
pub(super) struct Roles {
    pub(super) time: Option<usize>,
    /// The one period of a table without a column for it, where a title or the name of the file tells it.
    pub(super) period: Option<String>,
    pub(super) area: Option<usize>,
    /// The area is only the first column with texts.
    pub(super) area_guessed: bool,
    pub(super) variable: Option<usize>,
    pub(super) groups: Vec<usize>,
    pub(super) values: Vec<usize>,
    /// Pattern of the names of the value columns.
    pub(super) pattern: Option<String>,
    /// Columns that are none of these.
    pub(super) unused: Vec<usize>,
    /// Rows that say the same of the same area and period as another one.
    pub(super) doubles: usize,
}

impl Roles {
    pub(super) fn find(file: &TableFile, looked: &Looked) -> Result<Self, ReadError> {
        let columns = &looked.columns;
        let all: Vec<usize> = (0..columns.len()).filter(|i| columns[*i].filled > 0).collect();
        if all.is_empty() {
            return Err(file.unusable(
                format!(
                    "Unter der Kopfzeile (Zeile {}) steht keine Zeile mit so vielen Feldern wie sie ({}).",
                    looked.dialect.header_line,
                    columns.len()
                ),
                "Die vollständige Tabelle übergeben und Anführungszeichen schließen; steht die Kopfzeile woanders, in einer Zuordnung unter [file] header_line angeben.",
            ));
        }
        let time = time(columns, &all);
        let mut rest: Vec<usize> = all.into_iter().filter(|i| Some(*i) != time).collect();
        let (area, area_guessed) = area(columns, &rest, time);
        // Each area once: a column of days that nobody calls a time says something of the areas (since when they exist).
        let once = area.is_some_and(|area| doubles(columns, &[area], &[], None) == 0);
        let time =
            time.filter(|i| !once || columns[*i].named(&TIME_WORDS) || columns[*i].distinct.len() == 1);
        rest.retain(|i| Some(*i) != area);
        let numeric = figures(columns, &rest);
        if numeric.is_empty() {
            let is_list = columns.iter().any(Column::is_coordinate);
            return Err(if is_list { places(file, columns) } else { no_figures(file, columns) });
        }
        let texts: Vec<usize> = rest.iter().copied().filter(|i| !numeric.contains(i)).collect();
        let variable = texts.iter().copied().find(|i| {
            columns[*i].named(&VARIABLE_WORDS) && columns[*i].distinct.len() < super::columns::DISTINCT
        });
        // Variables below each other and no word for a value: the columns are the areas.
        let across = variable.is_some()
            && area.is_none()
            && numeric.len() > 1
            && numeric.iter().all(|i| !columns[*i].named(&VALUE_WORDS) && !is_period(&columns[*i].name));
        let values: Vec<usize> = match variable {
            Some(_) if across => numeric.clone(),
            Some(_) => numeric.iter().copied().filter(|i| columns[*i].named(&VALUE_WORDS)).take(1).collect(),
            None => numeric.clone(),
        };
        let values = if values.is_empty() { numeric.last().copied().into_iter().collect() } else { values };
        let pattern = if across { Some("{area}".into()) } else { pattern(looked, &values, time) };
        let own_periods = pattern.as_deref().is_some_and(|p| p.contains("{period}"));
        let time = time.filter(|_| !own_periods);
        let keys: Vec<usize> = [area, time, variable].into_iter().flatten().collect();
        let named = named_group(columns, &texts, variable);
        let crowded = doubles(columns, &keys, &named, area) > 0;
        if crowded && columns.iter().any(Column::is_coordinate) {
            return Err(places(file, columns));
        }
        let (groups, doubles) = groups(columns, &texts, &keys, named, area, variable);
        let used = |i: &usize| Some(*i) == variable || groups.contains(i) || values.contains(i);
        let unused = rest.iter().copied().filter(|i| !used(i)).collect();
        let period = if time.is_none() && !own_periods { stated_period(file, looked) } else { None };
        Ok(Self { time, period, area, area_guessed, variable, groups, values, pattern, unused, doubles })
    }
}

fn time(columns: &[Column], all: &[usize]) -> Option<usize> {
    let periods = |i: usize| columns[i].all(columns[i].periods);
    all.iter().copied().find(|i| periods(*i) && columns[*i].named(&TIME_WORDS)).or_else(|| {
        all.iter().copied().find(|i| {
            let c = &columns[*i];
            periods(*i)
                && c.lengths.iter().all(|l| *l == 4 || *l == 10 || *l == 7)
                && c.distinct.len() < 80
                && !c.named(&VALUE_WORDS)
        })
    })
}

/// The column of the area, and whether nothing but its place speaks for it.
fn area(columns: &[Column], rest: &[usize], time: Option<usize>) -> (Option<usize>, bool) {
    // Each period once: one area over time, and a column of numbers is none of its keys (Industriegebiet).
    let series =
        time.is_some_and(|time| doubles(columns, &[time], &[], None) == 0 && columns[time].filled > 2);
    let rest: Vec<usize> = rest.iter().copied().filter(|i| !series || !columns[*i].is_figure()).collect();
    // A column of numbers with many gaps counts something, even when its name speaks of an area (Industriegebiet).
    let most = columns.iter().map(|c| c.filled).max().unwrap_or(0);
    let full = |c: &Column| c.filled * 10 >= most * 9;
    let keyed = |words: &[&str], i: usize| {
        let c = &columns[i];
        c.named(words)
            && full(c)
            && c.distinct.len() > 1
            && c.distinct.iter().all(|t| !t.contains(['.', ',']) && t.len() <= 12)
    };
    let find = |fits: &dyn Fn(usize) -> bool| rest.iter().copied().find(|i| fits(*i));
    let found = find(&|i| columns[i].key().is_some())
        .or_else(|| find(&|i| keyed(&AREA_WORDS, i)))
        .or_else(|| find(&|i| keyed(&KEY_WORDS, i)))
        .or_else(|| {
            find(&|i| {
                columns[i].named(&AREA_WORDS) && (full(&columns[i]) || !columns[i].all(columns[i].numbers))
            })
        });
    let text = |i: usize| {
        let c = &columns[i];
        !c.all(c.numbers) && !c.named(&GROUP_WORDS) && !c.named(&VARIABLE_WORDS)
    };
    match found {
        Some(_) => (found, false),
        None => (find(&text), true),
    }
}

/// The columns of numbers; where there is none, those that are mostly numbers.
fn figures(columns: &[Column], rest: &[usize]) -> Vec<usize> {
    let sure: Vec<usize> = rest.iter().copied().filter(|i| columns[*i].is_figure()).collect();
    if sure.is_empty() {
        rest.iter().copied().filter(|i| columns[*i].is_mostly_figure()).collect()
    } else {
        sure
    }
}

/// The column named like a breakdown.
fn named_group(columns: &[Column], texts: &[usize], variable: Option<usize>) -> Vec<usize> {
    let fits = |i: &usize| {
        variable.is_none()
            && (2..=60).contains(&columns[*i].distinct.len())
            && columns[*i].named(&GROUP_WORDS)
    };
    texts.iter().copied().find(fits).into_iter().collect()
}

/// Columns of breakdowns: the one named like it, then those without which two rows would say the same.
fn groups(
    columns: &[Column],
    texts: &[usize],
    keys: &[usize],
    mut groups: Vec<usize>,
    area: Option<usize>,
    variable: Option<usize>,
) -> (Vec<usize>, usize) {
    const MOST: usize = 3;
    let doubles_with = |more: &[usize]| doubles(columns, keys, more, area);
    let mut doubles = doubles_with(&groups);
    while doubles > 0 && groups.len() < MOST {
        let candidates = texts
            .iter()
            .copied()
            .filter(|i| Some(*i) != variable && !groups.contains(i) && !columns[*i].is_coordinate());
        let best = candidates
            .map(|i| {
                let mut more = groups.clone();
                more.push(i);
                (doubles_with(&more), columns[i].distinct.len(), i)
            })
            .min();
        match best {
            Some((left, _, found)) if left < doubles => {
                groups.push(found);
                doubles = left;
            }
            _ => break,
        }
    }
    groups.sort_unstable();
    (groups, doubles)
}

/// Rows that agree with an earlier one in all of some columns; rows without an area do not count.
fn doubles(columns: &[Column], keys: &[usize], more: &[usize], area: Option<usize>) -> usize {
    let rows = columns.first().map_or(0, |c| c.codes.len());
    let empty = Column::code("");
    let counted = (0..rows).filter(|row| area.is_none_or(|area| columns[area].codes[*row] != empty));
    let mut seen: BTreeSet<Vec<u64>> = BTreeSet::new();
    counted
        .filter(|row| !seen.insert(keys.iter().chain(more).map(|i| columns[*i].codes[*row]).collect()))
        .count()
}

/// The pattern of the names of the value columns, where most of them have a period in their name.
fn pattern(looked: &Looked, values: &[usize], time: Option<usize>) -> Option<String> {
    let columns = &looked.columns;
    if looked.header_rows > 1
        && let Some(pattern) = two_way(columns)
    {
        return Some(pattern.into());
    }
    if values.len() > 1 && values.iter().all(|i| is_period(&columns[*i].name)) {
        return Some("{period}".into());
    }
    if time.is_some() || values.len() < 2 {
        return None;
    }
    let most = |fits: &dyn Fn(&str) -> bool| {
        values.iter().filter(|i| fits(&columns[**i].name)).count() * 4 >= values.len() * 3
    };
    for between in [" ", "_", "-"] {
        if most(&|name| name.rsplit_once(between).is_some_and(|(_, last)| is_period(last))) {
            return Some(format!("{{variable}}{between}{{period}}"));
        }
        if most(&|name| name.split_once(between).is_some_and(|(first, _)| is_period(first))) {
            return Some(format!("{{period}}{between}{{variable}}"));
        }
    }
    None
}

/// Whether a name fits a pattern whose hole for the period takes periods only.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    let accept = |hole, text: &str| hole != Hole::Period || is_period(text);
    Pattern::parse(pattern).is_ok_and(|pattern| pattern.fill(name, &accept).is_some())
}

/// The pattern of a header of two rows, when most number columns have a period in one of them.
pub(super) fn two_way(columns: &[Column]) -> Option<&'static str> {
    let numbers: Vec<(&str, &str)> = columns
        .iter()
        .filter(|column| column.all(column.numbers))
        .filter_map(|column| column.name.split_once(" | "))
        .collect();
    let many = |count: usize| count > 1 && count * 4 >= numbers.len() * 3;
    let above = numbers.iter().filter(|(above, _)| is_period(above)).count();
    let below = numbers.iter().filter(|(_, below)| is_period(below)).count();
    match (many(above), many(below)) {
        (true, _) => Some("{period} | {variable}"),
        (_, true) => Some("{variable} | {period}"),
        _ => None,
    }
}

/// The one year that the lines above the header name, or else the name of the file.
fn stated_period(file: &TableFile, looked: &Looked) -> Option<String> {
    let years = |text: &str| -> BTreeSet<String> {
        text.split(|c: char| !c.is_ascii_digit())
            .filter(|part| part.len() == 4 && part.parse::<u16>().is_ok_and(|y| (1950..2050).contains(&y)))
            .map(str::to_string)
            .collect()
    };
    let one = |found: BTreeSet<String>| if found.len() == 1 { found.into_iter().next() } else { None };
    one(looked.dialect.above.iter().flat_map(|line| years(line)).collect()).or_else(|| one(years(&file.name)))
}

fn names(columns: &[Column]) -> String {
    let mut names: Vec<String> =
        columns.iter().filter(|c| !c.name.is_empty()).take(8).map(|c| format!("„{}“", c.name)).collect();
    if columns.len() > names.len() {
        names.push("…".into());
    }
    names.join(", ")
}

fn no_figures(file: &TableFile, columns: &[Column]) -> ReadError {
    file.unusable(
        format!(
            "In keiner Spalte stehen Zahlen, die etwas zählen (Spalten: {}): Das ist eine Liste oder die Beschreibung anderer Daten.",
            names(columns)
        ),
        "Die Datei mit den Zahlen selbst übergeben. Eine Liste von Orten (Schulen, Kitas) liest „kekiz import facilities“.",
    )
}

fn places(file: &TableFile, columns: &[Column]) -> ReadError {
    let found: Vec<String> =
        columns.iter().filter(|c| c.is_coordinate()).map(|c| format!("„{}“", c.name)).collect();
    file.unusable(
        format!(
            "Jede Zeile ist ein einzelner Ort mit Koordinaten (Spalten {}): Das ist eine Liste von Orten, keine Statistik.",
            found.join(", ")
        ),
        "Mit „kekiz import facilities“ einlesen; wie ihre Zuordnung aussieht, steht in docs/zuordnung.md.",
    )
}
