//! Differences to tables that were released before.
//!
//! An earlier table is its safe CSV with the audit beside it (`NAME.csv`, `NAME.json`). Cells are the same when they hold the same
//! finest codes in every dimension; a dimension one of the tables lacks stands at its total. What an attacker can form: the
//! difference of the same cell in both tables, of a cell and one inside it (geographies that overlap), of a cell and all
//! earlier cells that lie inside it without overlap, and the same over periods of which one holds the other.

use super::{ProtectError, Safe};
use kekiz_base::{Diagnostics, Period, Place, Severity};
use kekiz_disclosure::general::Layout;
use kekiz_tables::{TableFile, read_columns};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Finest codes of one node.
type Codes = BTreeSet<String>;

/// Nodes that hold some codes or lie within them: node, whether it holds them, whether it lies within.
type Fits = Vec<(usize, bool, bool)>;

/// A table that was released before.
pub(crate) struct Earlier {
    name: String,
    period: Option<Period>,
    /// Shown cells: finest codes by dimension (dimensions at their total are left out), and the number.
    shown: Vec<(BTreeMap<String, Codes>, f64)>,
}

#[derive(Deserialize)]
struct AuditFile {
    format: String,
    version: u32,
    measure: String,
    period: Option<String>,
    treatment: String,
    dimensions: Vec<AuditDimension>,
}

#[derive(Deserialize)]
struct AuditDimension {
    name: String,
    total: String,
    nodes: BTreeMap<String, Codes>,
}

/// Reads a period.
pub(crate) fn period(text: &str) -> Result<Period, ProtectError> {
    text.parse().map_err(|_| {
        ProtectError::Usage(format!(
            "„{text}“ ist kein Zeitraum. Abhilfe: zum Beispiel 2024, 2024-Q1 oder 2024-03 angeben."
        ))
    })
}

/// Reads every earlier table of a folder that shows the same measure; says what it left out.
pub(crate) fn load(
    folder: &Path,
    measure: &str,
    findings: &mut Diagnostics,
) -> Result<Vec<Earlier>, ProtectError> {
    let unreadable = |path: &Path, why: &str| {
        ProtectError::Input(format!(
            "{}: {why} Abhilfe: die Datei aus dem Ordner nehmen oder mit ihrem Beleg wiederherstellen.",
            path.display()
        ))
    };
    let entries = std::fs::read_dir(folder).map_err(|cause| {
        ProtectError::Input(format!(
            "{}: Der Ordner ist nicht lesbar ({cause}). Abhilfe: Pfad und Rechte prüfen.",
            folder.display()
        ))
    })?;
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")));
    paths.sort();
    let mut earlier = Vec::new();
    for path in paths {
        let text =
            std::fs::read_to_string(&path).map_err(|_| unreadable(&path, "Der Beleg ist nicht lesbar."))?;
        let audit: AuditFile = serde_json::from_str(&text)
            .map_err(|_| unreadable(&path, "Das ist kein Beleg von kekiz protect."))?;
        if audit.format != "kekiz-protect" || audit.version != super::AUDIT_VERSION {
            return Err(unreadable(&path, "Diesen Beleg kennt das Programm nicht."));
        }
        let table = path.with_extension("csv");
        let left_out = match (audit.measure == measure, audit.treatment.as_str()) {
            (false, _) => Some("zeigt eine andere Größe"),
            (true, "suppress") => None,
            (true, _) => Some("zeigt veränderte Zahlen"),
        };
        if let Some(why) = left_out {
            let place = Place { file: Some(path.display().to_string()), line: None, column: None };
            findings.push(
                Severity::Note,
                "history-left-out",
                place,
                format!("Diese frühere Tabelle {why} und wird nicht verglichen."),
                "",
            );
            continue;
        }
        let mut columns: Vec<&str> =
            audit.dimensions.iter().map(|dimension| dimension.name.as_str()).collect();
        columns.push(measure);
        let (rows, _) = read_columns(&TableFile::from_path(&table), &columns).map_err(ProtectError::input)?;
        let mut shown = Vec::new();
        for row in 0..rows.rows() {
            let number = &rows.texts[columns.len() - 1][row];
            if number == super::write::PROTECTED {
                continue;
            }
            let number: f64 = number
                .parse()
                .map_err(|_| unreadable(&table, &format!("Zeile {} hat keine Zahl.", rows.lines[row])))?;
            let mut place = BTreeMap::new();
            for (dimension, texts) in audit.dimensions.iter().zip(&rows.texts) {
                let code = &texts[row];
                if *code == dimension.total {
                    continue;
                }
                let codes = dimension.nodes.get(code).ok_or_else(|| {
                    unreadable(
                        &table,
                        &format!("Zeile {} hat einen Schlüssel, den der Beleg nicht kennt.", rows.lines[row]),
                    )
                })?;
                place.insert(dimension.name.clone(), codes.clone());
            }
            shown.push((place, number));
        }
        let name = table.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        earlier.push(Earlier { name, period: audit.period.as_deref().map(period).transpose()?, shown });
    }
    Ok(earlier)
}

/// A cell of the present table that tells something together with an earlier table.
pub(crate) struct Leak {
    cell: String,
    table: String,
}

/// What to say of leaks.
pub(crate) fn refusal(leaks: &[Leak]) -> String {
    let list: Vec<String> =
        leaks.iter().take(5).map(|leak| format!("{} (mit {})", leak.cell, leak.table)).collect();
    let more = leaks.len().saturating_sub(5);
    let more = if more > 0 { format!(" und {more} weitere") } else { String::new() };
    format!(
        "Zusammen mit einer früheren Tabelle ließen sich durch Differenz wenige Fälle errechnen: {}{more}. Abhilfe: dieselbe Abgrenzung wie früher verwenden, die Zellen weglassen oder runden.",
        list.join("; ")
    )
}

/// The present table as it is compared.
pub(crate) struct Compared<'a> {
    pub(crate) layout: &'a Layout,
    /// True numbers in units of the last decimal.
    pub(crate) values: &'a [i64],
    pub(crate) scale: f64,
    pub(crate) period: Option<Period>,
}

impl Compared<'_> {
    /// Nodes by their finest codes, per dimension.
    fn nodes(&self) -> Vec<BTreeMap<Codes, u32>> {
        let of = |dimension: &kekiz_disclosure::general::Dimension| {
            (0..dimension.len() as u32)
                .rev() // the coarser node where two hold the same codes
                .map(|node| (codes(dimension, node), node))
                .collect()
        };
        self.layout.dimensions.iter().map(of).collect()
    }

    /// The finest codes an earlier cell holds in each dimension; `None` where it is finer than this table can tell.
    fn place(&self, cell: &BTreeMap<String, Codes>, all: &[Codes]) -> Option<Vec<Codes>> {
        let known = |name: &String| self.layout.dimensions.iter().any(|dimension| dimension.name == *name);
        if !cell.keys().all(known) {
            return None;
        }
        let dimensions = self.layout.dimensions.iter().zip(all);
        Some(dimensions.map(|(dimension, all)| cell.get(&dimension.name).unwrap_or(all).clone()).collect())
    }

    fn all(&self) -> Vec<Codes> {
        self.layout.dimensions.iter().map(|dimension| codes(dimension, 0)).collect()
    }

    /// Cells an earlier table of the same period shows with the same number.
    pub(crate) fn known(&self, earlier: &[Earlier]) -> Vec<usize> {
        let (nodes, all) = (self.nodes(), self.all());
        let mut known = BTreeSet::new();
        for table in earlier.iter().filter(|table| table.period == self.period) {
            for (cell, number) in &table.shown {
                let Some(place) = self.place(cell, &all) else { continue };
                let here: Option<Vec<u32>> =
                    place.iter().zip(&nodes).map(|(codes, nodes)| nodes.get(codes).copied()).collect();
                let Some(here) = here.map(|nodes| self.layout.cell(&nodes)) else { continue };
                if (number * self.scale).round() as i64 == self.values[here] {
                    known.insert(here);
                }
            }
        }
        known.into_iter().collect()
    }

    /// Shown cells that differ from earlier ones by 1 to `threshold - 1`.
    pub(crate) fn leaks(&self, earlier: &[Earlier], cells: &[Safe], threshold: i64) -> Vec<Leak> {
        let unit = self.scale.round() as i64;
        let small = |gap: i64| gap != 0 && gap.abs() < threshold.max(2) * unit;
        let all = self.all();
        let mut found: BTreeMap<(usize, &str), ()> = BTreeMap::new();
        let holds = |outer: Option<Period>, inner: Option<Period>| match (outer, inner) {
            (None, None) => true,
            (Some(outer), Some(inner)) => outer == inner || contains(outer, inner),
            _ => false,
        };
        // By present cell: earlier cells inside it, with the period.
        let finest: Vec<Vec<Codes>> = self
            .layout
            .dimensions
            .iter()
            .map(|dimension| (0..dimension.len() as u32).map(|node| codes(dimension, node)).collect())
            .collect();
        let nodes = self.nodes();
        let mut fits: Vec<BTreeMap<Codes, Fits>> = vec![BTreeMap::new(); self.layout.dimensions.len()];
        let mut inside: BTreeMap<usize, Vec<(usize, Vec<Codes>, i64)>> = BTreeMap::new();
        for (number, table) in earlier.iter().enumerate() {
            for (cell, value) in &table.shown {
                let Some(place) = self.place(cell, &all) else { continue };
                let value = (value * self.scale).round() as i64;
                // Sums over the same nodes of the same period are the attack's matter.
                let same = place.iter().zip(&nodes).all(|(codes, nodes)| nodes.contains_key(codes));
                let apart = !same || table.period != self.period;
                for (at, (larger, smaller)) in self.around(&place, &finest, &mut fits, cells) {
                    if larger && holds(self.period, table.period) {
                        if apart {
                            inside.entry(at).or_default().push((number, place.clone(), value));
                        }
                        if small(self.values[at] - value) {
                            found.insert((at, table.name.as_str()), ());
                        }
                    }
                    if smaller && holds(table.period, self.period) && small(self.values[at] - value) {
                        found.insert((at, table.name.as_str()), ());
                    }
                }
            }
        }
        for (cell, parts) in &inside {
            // All parts without overlap, the largest first, from each period once.
            let mut order: Vec<&(usize, Vec<Codes>, i64)> = parts.iter().collect();
            order.sort_by_key(|(table, place, _)| {
                (std::cmp::Reverse(place.iter().map(Codes::len).product::<usize>()), *table)
            });
            let mut taken: Vec<&(usize, Vec<Codes>, i64)> = Vec::new();
            for part in order {
                let apart = |other: &&(usize, Vec<Codes>, i64)| {
                    let periods = (earlier[part.0].period, earlier[other.0].period);
                    let apart_in_time =
                        matches!(periods, (Some(a), Some(b)) if a != b && !contains(a, b) && !contains(b, a));
                    apart_in_time || part.1.iter().zip(&other.1).any(|(a, b)| a.is_disjoint(b))
                };
                if taken.iter().all(apart) {
                    taken.push(part);
                }
            }
            let sum: i64 = taken.iter().map(|(_, _, value)| value).sum();
            if taken.len() > 1 && small(self.values[*cell] - sum) {
                found.insert((*cell, earlier[taken[0].0].name.as_str()), ());
            }
        }
        let leak = |(cell, table): (usize, &str)| Leak { cell: self.layout.name(cell), table: table.into() };
        found.into_keys().map(leak).collect()
    }

    /// Shown cells of which an earlier place is a part (or the same), or which are a part of it.
    fn around(
        &self,
        place: &[Codes],
        finest: &[Vec<Codes>],
        known: &mut [BTreeMap<Codes, Fits>],
        cells: &[Safe],
    ) -> Vec<(usize, (bool, bool))> {
        let mut found: Vec<(usize, (bool, bool))> = vec![(0, (true, true))];
        for (at, (codes, nodes)) in place.iter().zip(finest).enumerate() {
            let fits = known[at].entry(codes.clone()).or_insert_with(|| {
                let both = nodes
                    .iter()
                    .enumerate()
                    .map(|(node, own)| (node, codes.is_subset(own), own.is_subset(codes)));
                both.filter(|(_, larger, smaller)| *larger || *smaller).collect()
            });
            let stride: usize =
                self.layout.dimensions[at + 1..].iter().map(|dimension| dimension.len()).product();
            found = found
                .iter()
                .flat_map(|&(cell, (larger, smaller))| {
                    fits.iter()
                        .map(move |&(node, up, down)| (cell + node * stride, (larger && up, smaller && down)))
                })
                .filter(|(_, (larger, smaller))| *larger || *smaller)
                .collect();
        }
        found.retain(|(cell, _)| matches!(cells[*cell], Safe::Shown(_)));
        found
    }
}

fn codes(dimension: &kekiz_disclosure::general::Dimension, node: u32) -> Codes {
    dimension.leaves_below(node).into_iter().map(|leaf| dimension.codes[leaf as usize].clone()).collect()
}

/// Whether one period lies within another. Reference dates hold nothing.
fn contains(outer: Period, inner: Period) -> bool {
    let months = |period: Period| -> Option<(i32, i32)> {
        Some(match period {
            Period::Year(year) => (i32::from(year) * 12, 12),
            // From August to July.
            Period::SchoolYear(year) => (i32::from(year) * 12 + 7, 12),
            Period::Quarter(year, quarter) => (i32::from(year) * 12 + (i32::from(quarter) - 1) * 3, 3),
            Period::Month(year, month) => (i32::from(year) * 12 + i32::from(month) - 1, 1),
            Period::Day(_) => return None,
        })
    };
    let (Some(outer), Some(inner)) = (months(outer), months(inner)) else { return false };
    outer != inner && outer.0 <= inner.0 && inner.0 + inner.1 <= outer.0 + outer.1
}
