//! From the table of a file to records without persons: understood, placed, pseudonymised, derived, checked, split.

use crate::checks::{Ground, run};
use crate::coverage::{Coverage, OfficeCoverage};
use crate::derive::derive;
use crate::parse::{Reading, Value, plain, read};
use crate::place::{Address, AreaFinder};
use crate::pseudonym::PseudonymKey;
use crate::raw::{RawCell, RawColumn, RawTable};
use crate::schema::{AddressPart, Kind, PeriodUnit, Role, Schema, Variable};
use crate::table::{Codes, Column, Table, Values};
use jiff::civil::Date;
use kekiz_base::{AreaKey, Diagnostics, Period, Place, Severity};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What an import says beside its file and schema.
pub struct Intake<'a> {
    /// Name of the dataset.
    pub dataset: &'a str,
    /// The key of pseudonyms.
    pub key: &'a PseudonymKey,
    /// Finds areas of addresses.
    pub areas: &'a dyn AreaFinder,
    /// Day the records stand for; ages without another day and `not_after_reference` use it.
    pub reference: Option<Date>,
    /// Period of all records, where the schema does not take it from a variable.
    pub period: Option<Period>,
    /// Lists of known keys by their name.
    pub lists: &'a BTreeMap<String, BTreeSet<String>>,
    /// Keys of the areas that exist; empty: any key is taken.
    pub known_areas: &'a BTreeSet<AreaKey>,
}

/// What an import gave: numbers that say nothing about a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Rows.
    pub rows: u64,
    /// Rows with an area; `None` where the schema knows no areas.
    pub placed: Option<u64>,
    /// Coverage of each variable.
    pub coverage: Vec<Coverage>,
    /// Columns of the file that the schema does not know; they were not taken in.
    pub left_out: Vec<String>,
}

/// The two tables of an import. Values of persons: no `Debug`.
pub struct Taken {
    /// Record numbers, pseudonyms, areas, periods and content.
    pub records: Table,
    /// Record numbers and what persons are linked by; `None` where the schema has none.
    pub linking: Option<Table>,
    /// What can be told.
    pub summary: Summary,
}

/// Takes the table of a file in. `None` when something refuses it; the findings say what.
pub fn take_in(raw: &RawTable, schema: &Schema, intake: &Intake<'_>) -> (Option<Taken>, Diagnostics) {
    let mut findings = Diagnostics::new();
    let rows = raw.rows();
    let place = |column: Option<&str>| Place {
        file: Some(raw.file.clone()),
        line: None,
        column: column.map(ToString::to_string),
    };
    if rows == 0 {
        findings.push(
            Severity::Error,
            "no-rows",
            place(None),
            "Die Datei hat keine Datensätze.",
            "Die Datei noch einmal ausgeben lassen.",
        );
        return (None, findings);
    }
    let columns = find_columns(raw, schema, &mut findings);
    let used: BTreeSet<usize> = columns.iter().flatten().copied().collect();
    let others = raw.columns.iter().enumerate().filter(|(at, _)| !used.contains(at));
    let left_out: Vec<String> = if has_titles(raw, used.len()) {
        others.map(|(_, column)| column.name.clone()).collect()
    } else {
        Vec::new()
    };
    if !left_out.is_empty() {
        let names: Vec<String> = left_out.iter().map(|name| format!("„{name}“")).collect();
        findings.push(
            Severity::Note,
            "column-left-out",
            place(None),
            format!(
                "Diese Spalten kennt das Schema nicht; sie wurden nicht übernommen: {}.",
                names.join(", ")
            ),
            "Nichts zu tun; was gebraucht wird, im Schema ergänzen.",
        );
    }
    if findings.has_errors() {
        return (None, findings);
    }
    let mut state =
        State { rows, columns: Vec::new(), unreadable: BTreeMap::new(), present: BTreeSet::new() };
    for (variable, found) in schema.variables.iter().zip(&columns) {
        state.read(raw, variable, found.and_then(|at| raw.columns.get(at)), &mut findings);
    }
    if schema.variables.iter().all(|variable| !state.present.contains(&variable.name)) {
        findings.push(
            Severity::Error,
            "no-column",
            place(None),
            format!("Keine Spalte der Datei gehört zum Schema „{}“.", schema.id),
            "Ein anderes Schema wählen oder die Titel der Spalten im Schema unter columns ergänzen.",
        );
        return (None, findings);
    }
    let areas = areas(raw, schema, intake, &state, &mut findings);
    let periods = periods(raw, schema, intake, &state, &mut findings);
    for derived in &schema.derived {
        let column = derive(derived, rows, intake.reference, &|name| state.column(name));
        if derived.rule.sources().iter().all(|source| state.present.contains(*source)) {
            state.present.insert(derived.name.clone());
        }
        state.columns.push(column);
    }
    let coverage = coverage(schema, &state);
    let ground = Ground {
        file: &raw.file,
        lines: &raw.lines,
        reference: intake.reference,
        lists: intake.lists,
        coverage: &coverage,
        column: |name: &str| state.column(name),
    };
    findings.extend(run(schema, &ground));
    if findings.has_errors() {
        return (None, findings);
    }
    let placed =
        areas.as_ref().map(|areas| areas.rows().iter().filter(|row| **row != u32::MAX).count() as u64);
    let summary = Summary { rows: rows as u64, placed, coverage, left_out };
    let (records, linking) = split(schema, intake, state, areas, periods);
    let taken = records.map(|records| Taken { records, linking, summary });
    (taken, findings)
}

/// Whether the titles of a file are titles. Of a file without them the first person would stand in their place, and no
/// message may say its name: so many of them have to be known.
fn has_titles(raw: &RawTable, known: usize) -> bool {
    known >= 2 || known > 0 && known * 2 >= raw.columns.len()
}

/// For each variable its column in the file.
fn find_columns(raw: &RawTable, schema: &Schema, findings: &mut Diagnostics) -> Vec<Option<usize>> {
    let mut titles: HashMap<String, usize> = HashMap::new();
    for (at, column) in raw.columns.iter().enumerate() {
        titles.entry(plain(&column.name)).or_insert(at);
    }
    let find = |variable: &Variable| {
        let names = [&variable.name, &variable.title].into_iter().chain(&variable.columns);
        let found = names.into_iter().find_map(|name| titles.get(&plain(name)).copied());
        found.or_else(|| raw.columns.iter().position(|column| plain(&column.label) == plain(&variable.title)))
    };
    let known: BTreeSet<usize> = schema.variables.iter().filter_map(find).collect();
    let titles = if has_titles(raw, known.len()) {
        let names: Vec<String> = raw.columns.iter().take(40).map(|c| format!("„{}“", c.name)).collect();
        format!("Die Datei hat {}.", names.join(", "))
    } else {
        "Die erste Zeile sieht nicht nach Titeln dieses Schemas aus.".to_string()
    };
    let mut taken: HashMap<usize, &str> = HashMap::new();
    let mut columns = Vec::new();
    for variable in &schema.variables {
        let place = || Place {
            file: Some(raw.file.clone()),
            line: raw.lines.first().map(|line| line.saturating_sub(1)).filter(|line| *line > 0),
            column: Some(variable.name.clone()),
        };
        let found = find(variable);
        if found.is_none() && variable.required {
            findings.push(
                Severity::Error,
                "column-missing",
                place(),
                format!("Die Spalte „{}“ fehlt. {titles}", variable.title),
                "Den Titel der Spalte im Schema unter columns ergänzen oder die Datei mit Kopfzeile und dieser Spalte ausgeben lassen.",
            );
        }
        if let Some(at) = found
            && let Some(other) = taken.insert(at, &variable.name)
        {
            findings.push(
                Severity::Error,
                "column-twice",
                place(),
                format!("„{other}“ und „{}“ stehen in derselben Spalte.", variable.name),
                "Die Titel unter columns im Schema so wählen, dass jede Variable ihre eigene Spalte hat.",
            );
        }
        columns.push(found);
    }
    columns
}

/// What was understood so far.
struct State {
    rows: usize,
    columns: Vec<Column>,
    unreadable: BTreeMap<String, u64>,
    present: BTreeSet<String>,
}

impl State {
    fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    fn read(
        &mut self,
        raw: &RawTable,
        variable: &Variable,
        column: Option<&RawColumn>,
        findings: &mut Diagnostics,
    ) {
        let mut codes = Codes::default();
        let (mut numbers, mut dates) = (Vec::new(), Vec::new());
        let mut broken: BTreeMap<&'static str, Vec<u64>> = BTreeMap::new();
        for row in 0..self.rows {
            let cell = column.and_then(|column| column.cells.get(row)).unwrap_or(&RawCell::Empty);
            let value = match read(variable, cell) {
                Reading::Known(value) => Some(value),
                Reading::Missing => None,
                Reading::Unreadable(why) => {
                    broken.entry(why).or_default().push(raw.lines[row]);
                    None
                }
            };
            match variable.kind {
                Kind::Code | Kind::Flag | Kind::Key | Kind::Text => match &value {
                    Some(Value::Code(code)) => codes.push(Some(code)),
                    _ => codes.push(None),
                },
                Kind::Number | Kind::Integer => {
                    numbers.push(if let Some(Value::Number(number)) = value { Some(number) } else { None });
                }
                Kind::Date | Kind::Month => {
                    dates.push(if let Some(Value::Date(date)) = value { Some(date) } else { None });
                }
            }
        }
        if column.is_some() {
            self.present.insert(variable.name.clone());
        }
        for (why, lines) in broken {
            *self.unreadable.entry(variable.name.clone()).or_default() += lines.len() as u64;
            let named: Vec<String> = lines.iter().take(10).map(u64::to_string).collect();
            let more = if lines.len() > 10 { " …" } else { "" };
            findings.push(
                Severity::Warning,
                "value-unreadable",
                Place {
                    file: Some(raw.file.clone()),
                    line: lines.first().copied(),
                    column: Some(variable.name.clone()),
                },
                format!(
                    "{} Einträge von „{}“ gelten als fehlend: {why} (Zeile {}{more}).",
                    lines.len(),
                    variable.title,
                    named.join(", ")
                ),
                "Die Einträge in der Quelle berichtigen oder den Code im Schema ergänzen.",
            );
        }
        let values = match variable.kind {
            Kind::Code | Kind::Flag | Kind::Key | Kind::Text => Values::Codes(codes),
            Kind::Number | Kind::Integer => Values::Numbers(numbers),
            Kind::Date | Kind::Month => Values::Dates(dates),
        };
        self.columns.push(Column { name: variable.name.as_str().into(), values });
    }
}

/// The areas of all rows, from a key or from the address; `None` where the schema knows neither.
fn areas(
    raw: &RawTable,
    schema: &Schema,
    intake: &Intake<'_>,
    state: &State,
    findings: &mut Diagnostics,
) -> Option<Codes> {
    let key = schema.variables.iter().find(|variable| variable.role == Role::Area);
    let key = key.and_then(|variable| state.column(&variable.name));
    let parts: Vec<(AddressPart, &Column)> = schema
        .variables
        .iter()
        .filter_map(|variable| Some((variable.part?, state.column(&variable.name)?)))
        .collect();
    if key.is_none() && parts.is_empty() {
        return None;
    }
    let (mut nowhere, mut unknown) = (Vec::new(), Vec::new());
    let mut found: HashMap<Vec<Option<smol_str::SmolStr>>, Option<AreaKey>> = HashMap::new();
    let mut codes = Codes::default();
    for row in 0..state.rows {
        let mut area = key.and_then(|column| column.code(row)).map(AreaKey::new);
        if area.is_none() && !parts.is_empty() {
            let texts: Vec<_> = parts.iter().map(|(_, column)| column.text(row)).collect();
            area = found.entry(texts).or_insert_with(|| intake.areas.area(&address(&parts, row))).clone();
        }
        let known = intake.known_areas;
        if let Some(key) = &area
            && !known.is_empty()
            && !known.contains(key)
        {
            unknown.push(raw.lines[row]);
            area = None;
        } else if area.is_none() {
            nowhere.push(raw.lines[row]);
        }
        codes.push(area.as_ref().map(AreaKey::as_str));
    }
    let mut say = |code, lines: &[u64], message: &str, remedy: &str| {
        let Some(first) = lines.first() else { return };
        findings.push(
            Severity::Warning,
            code,
            Place { file: Some(raw.file.clone()), line: Some(*first), column: None },
            format!("{} von {} Datensätzen {message}", lines.len(), state.rows),
            remedy,
        );
    };
    say(
        "area-unknown",
        &unknown,
        "haben einen Gebietsschlüssel, den der Atlas nicht kennt; ihr Gebiet gilt als unbekannt.",
        "Den Gebietsstand der Datei mit dem des Atlas vergleichen.",
    );
    say(
        "area-not-found",
        &nowhere,
        "ließ sich kein Gebiet zuordnen; ihr Gebiet gilt als unbekannt.",
        "Adressliste mit --addresses angeben oder ergänzen; die Zeilen in der Quelle prüfen.",
    );
    Some(codes)
}

fn address(parts: &[(AddressPart, &Column)], row: usize) -> Address {
    let mut address = Address::default();
    let mut suffix = None;
    for (part, column) in parts {
        let text = || column.text(row).map(String::from);
        match part {
            AddressPart::Street => address.street = text(),
            AddressPart::HouseNumber => address.house_number = text(),
            AddressPart::HouseSuffix => suffix = text(),
            AddressPart::Postcode => address.postcode = text(),
            AddressPart::X => address.x = column.number(row),
            AddressPart::Y => address.y = column.number(row),
        }
    }
    if let (Some(number), Some(suffix)) = (&mut address.house_number, suffix) {
        number.push_str(&suffix);
    }
    address
}

/// The period of all rows.
fn periods(
    raw: &RawTable,
    schema: &Schema,
    intake: &Intake<'_>,
    state: &State,
    findings: &mut Diagnostics,
) -> Codes {
    let stated = intake.period.map(|period| period.to_string());
    let mut none = Vec::new();
    let mut codes = Codes::default();
    for row in 0..state.rows {
        let own = schema.period.as_ref().and_then(|of| {
            let date = state.column(&of.variable)?.date(row)?;
            Some(match of.unit {
                PeriodUnit::Year => Period::Year(date.year()),
                PeriodUnit::SchoolYear if date.month() >= 8 => Period::SchoolYear(date.year()),
                PeriodUnit::SchoolYear => Period::SchoolYear(date.year().saturating_sub(1)),
            })
        });
        let text = own.map(|period| period.to_string()).or_else(|| stated.clone());
        if text.is_none() {
            none.push(raw.lines[row]);
        }
        codes.push(text.as_deref());
    }
    if let Some(first) = none.first() {
        let all = none.len() == state.rows;
        findings.push(
            if all { Severity::Error } else { Severity::Warning },
            "no-period",
            Place { file: Some(raw.file.clone()), line: Some(*first), column: None },
            format!("{} von {} Datensätzen haben keinen Zeitraum.", none.len(), state.rows),
            "Den Zeitraum beim Import mit --period angeben.",
        );
    }
    codes
}

fn coverage(schema: &Schema, state: &State) -> Vec<Coverage> {
    let office = schema.variables.iter().find(|variable| variable.role == Role::Office);
    let office = office.and_then(|variable| state.column(&variable.name));
    let names = schema.variables.iter().map(|variable| (&variable.name, &variable.title));
    let derived = schema.derived.iter().map(|derived| (&derived.name, &derived.title));
    let mut found = Vec::new();
    for (name, title) in names.chain(derived) {
        let Some(column) = state.column(name) else { continue };
        let mut offices: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        let (mut known, mut missing) = (0, 0);
        for row in 0..state.rows {
            let is_known = column.is_known(row);
            known += u64::from(is_known);
            missing += u64::from(!is_known);
            if let Some(office) = office {
                let counts = offices.entry(office.code(row).unwrap_or("unbekannt")).or_default();
                counts.0 += u64::from(is_known);
                counts.1 += u64::from(!is_known);
            }
        }
        found.push(Coverage {
            variable: name.clone(),
            title: title.clone(),
            present: state.present.contains(name),
            known,
            missing,
            unreadable: state.unreadable.get(name).copied().unwrap_or(0),
            offices: offices
                .into_iter()
                .map(|(office, (known, missing))| OfficeCoverage { office: office.into(), known, missing })
                .collect(),
        });
    }
    found
}

/// Takes the table apart: what identifies goes one way, content the other.
fn split(
    schema: &Schema,
    intake: &Intake<'_>,
    state: State,
    areas: Option<Codes>,
    periods: Codes,
) -> (Option<Table>, Option<Table>) {
    let numbers: Vec<_> = (0..state.rows).map(|row| intake.key.record(intake.dataset, row)).collect();
    // Records lie in the order of their numbers, so that their place in the file cannot join the two tables to it.
    let mut order: Vec<usize> = (0..state.rows).collect();
    order.sort_by(|a, b| numbers[*a].cmp(&numbers[*b]));
    let codes = |of: &dyn Fn(usize) -> Option<smol_str::SmolStr>| {
        let mut codes = Codes::default();
        order.iter().for_each(|row| codes.push(of(*row).as_deref()));
        Values::Codes(codes)
    };
    let own = |name: &'static str, values| Column { name: smol_str::SmolStr::new_static(name), values };
    let sorted = |column: &Column, name: &str| {
        let values = match &column.values {
            Values::Codes(_) => codes(&|row| column.code(row).map(Into::into)),
            Values::Numbers(_) => Values::Numbers(order.iter().map(|row| column.number(*row)).collect()),
            Values::Dates(_) => Values::Dates(order.iter().map(|row| column.date(*row)).collect()),
        };
        Column { name: name.into(), values }
    };
    let record = || own("record", codes(&|row| numbers.get(row).cloned()));
    let mut content = vec![record(), own("period", codes(&|row| periods.get(row).map(Into::into)))];
    if let Some(areas) = &areas {
        content.push(own("area", codes(&|row| areas.get(row).map(Into::into))));
    }
    let mut linking = vec![record()];
    for variable in &schema.variables {
        let Some(column) = state.column(&variable.name).filter(|_| state.present.contains(&variable.name))
        else {
            continue;
        };
        if let Some(field) = variable.linking {
            linking.push(sorted(column, field.name()));
        }
        match variable.role {
            Role::Content | Role::Office | Role::Weight => content.push(sorted(column, &variable.name)),
            Role::Identifier => {
                let namespace = variable.namespace.as_deref().unwrap_or(&variable.name);
                let pseudonym = |row| Some(intake.key.pseudonym(namespace, &column.text(row)?));
                content.push(Column { name: variable.name.as_str().into(), values: codes(&pseudonym) });
            }
            Role::Linking | Role::Address | Role::Area | Role::Passing => {}
        }
    }
    for derived in schema.derived.iter().filter(|derived| state.present.contains(&derived.name)) {
        if let Some(column) = state.column(&derived.name) {
            content.push(sorted(column, &derived.name));
        }
    }
    let linking = if linking.len() > 1 { Table::new(linking) } else { None };
    (Table::new(content), linking)
}
