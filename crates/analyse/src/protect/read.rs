//! From a table file to the axes and contents of a general table.
//!
//! Rows may be records of persons: no message here names what stands in a cell, only its line and column.

use super::hierarchies::{Hierarchies, Hierarchy, dimension};
use super::{ProtectError, ProtectRequest};
use kekiz_base::Diagnostics;
use kekiz_disclosure::general::{Contents, LARGEST_KEPT, Layout, MOST_CELLS, record_key};
use kekiz_tables::{Columns, TableFile, read_columns};
use std::collections::BTreeSet;

/// Most dimensions of a table.
const MOST_DIMENSIONS: usize = 5;
/// Most decimals of an amount.
const MOST_DECIMALS: i32 = 4;

/// What was read. Sensitive: no `Debug`.
pub(crate) struct Read {
    pub(crate) layout: Layout,
    pub(crate) contents: Contents,
    /// Amounts are in units of 10^-decimals.
    pub(crate) decimals: i32,
    /// Sums of record keys of the finest cells.
    pub(crate) keys: Option<Vec<u64>>,
    pub(crate) rows: usize,
}

struct Source<'a> {
    name: String,
    columns: &'a Columns,
    names: Vec<String>,
}

impl Source<'_> {
    fn at(&self, row: usize, column: usize) -> String {
        format!("{}, Zeile {}, Spalte „{}“", self.name, self.columns.lines[row], self.names[column])
    }

    fn wrong(&self, row: usize, column: usize, what: &str, remedy: &str) -> ProtectError {
        ProtectError::Input(format!("{}: {what} Abhilfe: {remedy}", self.at(row, column)))
    }

    fn number(&self, row: usize, column: usize) -> Result<f64, ProtectError> {
        let text = self.columns.texts[column][row].as_str();
        let plain =
            if text.contains(',') && !text.contains('.') { text.replace(',', ".") } else { text.into() };
        plain.parse().ok().filter(|number: &f64| number.is_finite()).ok_or_else(|| {
            self.wrong(
                row,
                column,
                "Hier steht keine Zahl.",
                "die Zelle berichtigen, oder die Zeile weglassen, wenn nichts bekannt ist.",
            )
        })
    }

    fn count(&self, row: usize, column: usize) -> Result<i64, ProtectError> {
        let number = self.number(row, column)?;
        if number < 0.0 || number.fract() != 0.0 || number > 1e12 {
            return Err(self.wrong(
                row,
                column,
                "Hier steht keine Anzahl.",
                "ganze Zahlen ab null angeben; Beträge gehören in die Spalte von --response.",
            ));
        }
        Ok(number as i64)
    }
}

/// Reads table and hierarchies.
pub(crate) fn read(
    request: &ProtectRequest,
    hierarchies: &Hierarchies,
    needs_largest: bool,
    secret: Option<&[u8; 32]>,
) -> Result<(Read, Diagnostics), ProtectError> {
    let dims = &request.dims;
    if dims.is_empty() || dims.len() > MOST_DIMENSIONS {
        return Err(ProtectError::Usage("Eine Tabelle hat eine bis fünf Gliederungen. Abhilfe: --dims mit den Namen der Spalten angeben, etwa --dims stadtteil,alter,geschlecht.".into()));
    }
    if let Some(twice) = dims.iter().enumerate().find(|(at, name)| dims[..*at].contains(name)) {
        return Err(ProtectError::Usage(format!(
            "Die Gliederung „{}“ ist zweimal genannt. Abhilfe: --dims berichtigen.",
            twice.1
        )));
    }
    let own: Vec<Hierarchy> = dims.iter().map(|name| hierarchies.of(name)).collect();
    let mut names: Vec<String> = Vec::new();
    let mut place = |name: &String| {
        names.iter().position(|known| known == name).unwrap_or_else(|| {
            names.push(name.clone());
            names.len() - 1
        })
    };
    let of_dims: Vec<(usize, Vec<usize>, Vec<usize>)> = own
        .iter()
        .map(|hierarchy| {
            let finest = place(&hierarchy.name);
            (
                finest,
                hierarchy.columns.iter().map(&mut place).collect(),
                hierarchy.also.iter().map(&mut place).collect(),
            )
        })
        .collect();
    let count = request.count.as_ref().map(&mut place);
    let response = request.response.as_ref().map(&mut place);
    let largest: Vec<usize> = request.largest.iter().map(&mut place).collect();
    let record = request.record.as_ref().map(&mut place);
    let file = TableFile::from_path(&request.table);
    let (columns, diagnostics) = read_columns(&file, &names.iter().map(String::as_str).collect::<Vec<_>>())
        .map_err(ProtectError::input)?;
    let source = Source { name: file.name.clone(), columns: &columns, names: names.clone() };
    if columns.rows() == 0 {
        return Err(ProtectError::Input(format!(
            "{}: Die Tabelle hat keine Zeilen. Abhilfe: eine Tabelle mit Daten übergeben.",
            source.name
        )));
    }
    let is_margin = |row: usize| {
        own.iter().zip(&of_dims).any(|(hierarchy, (finest, ..))| {
            let code = &columns.texts[*finest][row];
            *code == hierarchy.total || hierarchy.parents.values().any(|parent| parent == code)
        })
    };
    // In a table that is added up already a margin is a row of its own; a record has no margins.
    let margins: Vec<bool> = (0..columns.rows()).map(|row| count.is_some() && is_margin(row)).collect();
    let mut dimensions = Vec::new();
    for (hierarchy, (finest, coarser, also)) in own.iter().zip(&of_dims) {
        let text = |row: usize, column: usize| columns.texts[column][row].clone();
        let mut rows = BTreeSet::new();
        for row in (0..columns.rows()).filter(|&row| !margins[row]) {
            for &column in std::iter::once(finest).chain(coarser).chain(also) {
                if columns.texts[column][row].is_empty() {
                    return Err(source.wrong(
                        row,
                        column,
                        "Der Schlüssel fehlt.",
                        "einen Schlüssel eintragen, etwa „unbekannt“.",
                    ));
                }
            }
            let code = text(row, *finest);
            let listed = hierarchy.codes.is_empty() && hierarchy.parents.is_empty()
                || hierarchy.codes.contains(&code)
                || hierarchy.parents.contains_key(&code);
            if !listed || code == hierarchy.total {
                return Err(source.wrong(
                    row,
                    *finest,
                    "Diesen Schlüssel kennt die Hierarchiedatei nicht.",
                    "den Schlüssel berichtigen oder in die Hierarchie aufnehmen.",
                ));
            }
            let list =
                |columns: &[usize]| columns.iter().map(|&column| text(row, column)).collect::<Vec<_>>();
            rows.insert((list(coarser), code, list(also)));
        }
        dimensions.push(dimension(hierarchy, &rows).map_err(ProtectError::input)?);
    }
    let layout = Layout::new(dimensions).ok_or_else(|| {
        ProtectError::Input(format!("Die Tabelle hätte mehr als {MOST_CELLS} Zellen. Abhilfe: weniger oder gröbere Gliederungen angeben."))
    })?;
    let decimals = match response {
        Some(column) => decimals(&source, column, &largest)?,
        None => 0,
    };
    let scale = 10f64.powi(decimals);
    let numbers: Vec<std::collections::HashMap<&str, u32>> = layout
        .dimensions
        .iter()
        .map(|dimension| {
            dimension.codes.iter().enumerate().map(|(node, code)| (code.as_str(), node as u32)).collect()
        })
        .collect();
    let mut counts = vec![0i64; layout.len()];
    let mut amounts = response.map(|_| vec![0i64; layout.len()]);
    let keeps_largest = needs_largest && response.is_some() && (count.is_none() || !largest.is_empty());
    let mut tops: Option<Vec<Vec<i64>>> = keeps_largest.then(|| vec![Vec::new(); layout.len()]);
    let mut keys: Option<Vec<u64>> = secret.map(|_| vec![0; layout.len()]);
    let mut line_of: Vec<u64> = if count.is_some() { vec![0; layout.len()] } else { vec![] };
    let mut given: Vec<(usize, usize)> = Vec::new();
    for (row, &is_margin) in margins.iter().enumerate() {
        let mut nodes = Vec::with_capacity(dims.len());
        for (number, (finest, ..)) in numbers.iter().zip(&of_dims) {
            let Some(&node) = number.get(columns.texts[*finest][row].as_str()) else {
                return Err(source.wrong(
                    row,
                    *finest,
                    "Zu dieser Summe gibt es keine Teile in der Tabelle.",
                    "die Teile mitliefern oder die Zeile weglassen.",
                ));
            };
            nodes.push(node);
        }
        let cell = layout.cell(&nodes);
        if let Some(column) = count {
            if line_of[cell] > 0 {
                return Err(source.wrong(
                    row,
                    of_dims[0].0,
                    &format!("Dieselbe Zelle stand schon in Zeile {}.", line_of[cell]),
                    "jede Zelle nur einmal angeben; Einzeldaten ohne --count übergeben.",
                ));
            }
            line_of[cell] = columns.lines[row];
            if is_margin {
                given.push((row, cell));
                continue;
            }
            counts[cell] = source.count(row, column)?;
        } else {
            counts[cell] += 1;
        }
        if let (Some(column), Some(amounts)) = (response, &mut amounts) {
            let amount = (source.number(row, column)? * scale).round();
            if amount.abs() > 1e15 {
                return Err(source.wrong(
                    row,
                    column,
                    "Dieser Betrag ist zu groß.",
                    "in größeren Einheiten angeben, etwa in Tausend Euro.",
                ));
            }
            amounts[cell] = amounts[cell].saturating_add(amount as i64);
            if let Some(tops) = &mut tops {
                let own = &mut tops[cell];
                if count.is_none() {
                    own.push(amount as i64);
                } else {
                    for &column in &largest {
                        own.push((source.number(row, column)? * scale).round() as i64);
                    }
                }
                own.sort_unstable_by_key(|&x| std::cmp::Reverse(x));
                own.truncate(LARGEST_KEPT);
            }
        }
        if let (Some(keys), Some(secret)) = (&mut keys, secret) {
            let name = match record {
                Some(column) => columns.texts[column][row].clone(),
                None if count.is_some() => layout.codes(cell).join("\u{1f}"),
                None => columns.lines[row].to_string(),
            };
            keys[cell] = keys[cell].wrapping_add(record_key(secret, name.as_bytes()));
        }
    }
    check_margins(&source, &layout, &given, (count, &counts), (response, amounts.as_deref(), scale))?;
    let published = published(&layout, hierarchies, dims)?;
    let contents = Contents { counts: Some(counts), amounts, largest: tops, published, known: vec![] };
    Ok((Read { layout, contents, decimals, keys, rows: columns.rows() }, diagnostics))
}

/// The fewest decimals that hold all amounts.
fn decimals(source: &Source<'_>, column: usize, largest: &[usize]) -> Result<i32, ProtectError> {
    let mut decimals = 0;
    for row in 0..source.columns.rows() {
        for &column in std::iter::once(&column).chain(largest) {
            let number = source.number(row, column)?;
            let whole = |decimals: i32| {
                let scaled = number * 10f64.powi(decimals);
                (scaled - scaled.round()).abs() <= 1e-9 * scaled.abs().max(1.0)
            };
            while !whole(decimals) {
                decimals += 1;
                if decimals > MOST_DECIMALS {
                    return Err(source.wrong(
                        row,
                        column,
                        "Der Betrag hat mehr als vier Nachkommastellen.",
                        "die Beträge vorher runden.",
                    ));
                }
            }
        }
    }
    Ok(decimals)
}

/// Margins that were given must be what their parts make.
fn check_margins(
    source: &Source<'_>,
    layout: &Layout,
    given: &[(usize, usize)],
    (count, counts): (Option<usize>, &[i64]),
    (response, amounts, scale): (Option<usize>, Option<&[i64]>, f64),
) -> Result<(), ProtectError> {
    if given.is_empty() {
        return Ok(());
    }
    let inconsistent = |row: usize, column: usize| {
        source.wrong(
            row,
            column,
            "Diese Summe ist nicht die ihrer Teile.",
            "die Teile vervollständigen oder die Summe weglassen; sie wird dann gerechnet.",
        )
    };
    let counts = layout.summed(counts);
    let amounts = amounts.map(|amounts| layout.summed(amounts));
    for &(row, cell) in given {
        if let Some(column) = count
            && source.count(row, column)? != counts[cell]
        {
            return Err(inconsistent(row, column));
        }
        if let (Some(column), Some(amounts)) = (response, &amounts)
            && (source.number(row, column)? * scale).round() as i64 != amounts[cell]
        {
            return Err(inconsistent(row, column));
        }
    }
    Ok(())
}

/// Which cells are published when linked tables are named: those where every other dimension stands at its total.
fn published(
    layout: &Layout,
    hierarchies: &Hierarchies,
    dims: &[String],
) -> Result<Option<Vec<bool>>, ProtectError> {
    if hierarchies.tables.is_empty() {
        return Ok(None);
    }
    let mut masks: Vec<Vec<bool>> = Vec::new();
    for table in &hierarchies.tables {
        if let Some(unknown) = table.dims.iter().find(|name| !dims.contains(name)) {
            return Err(ProtectError::Usage(format!(
                "Eine verbundene Tabelle nennt „{unknown}“, --dims nicht. Abhilfe: einen der beiden Namen berichtigen."
            )));
        }
        masks.push(dims.iter().map(|name| table.dims.contains(name)).collect());
    }
    let is_in =
        |cell: usize, mask: &Vec<bool>| (0..dims.len()).all(|at| mask[at] || layout.node(cell, at) == 0);
    Ok(Some((0..layout.len()).map(|cell| masks.iter().any(|mask| is_in(cell, mask))).collect()))
}
