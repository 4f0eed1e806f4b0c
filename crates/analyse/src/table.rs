//! Results as a table, written as CSV or JSON.

use serde_json::{Map, Value};

/// One column of a result.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// Words; `None` stays empty.
    Text(Vec<Option<String>>),
    /// Numbers; `None` stays empty.
    Number(Vec<Option<f64>>),
}

/// A result with named columns of equal length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    columns: Vec<(String, Column)>,
}

impl Table {
    /// Adds a column of words.
    pub fn text(&mut self, name: &str, values: Vec<Option<String>>) {
        self.columns.push((name.into(), Column::Text(values)));
    }

    /// Adds a column of numbers; numbers that are not finite become empty.
    pub fn number(&mut self, name: &str, values: Vec<Option<f64>>) {
        let finite = values.into_iter().map(|v| v.filter(|v| v.is_finite())).collect();
        self.columns.push((name.into(), Column::Number(finite)));
    }

    /// The columns.
    pub fn columns(&self) -> &[(String, Column)] {
        &self.columns
    }

    /// A column of numbers by name.
    pub fn numbers(&self, name: &str) -> Option<&[Option<f64>]> {
        self.columns.iter().find(|(n, _)| n == name).and_then(|(_, column)| match column {
            Column::Number(values) => Some(values.as_slice()),
            Column::Text(_) => None,
        })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.columns.iter().map(|(_, column)| column.length()).max().unwrap_or(0)
    }

    /// Comma-separated values in UTF-8 with decimal points, one header line; numbers with as many digits as it takes to
    /// read the same number back.
    pub fn csv(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|(name, _)| quoted(name)).collect();
        let mut out = names.join(",");
        out.push('\n');
        for row in 0..self.rows() {
            let cells: Vec<String> = self.columns.iter().map(|(_, column)| column.cell(row)).collect();
            out.push_str(&cells.join(","));
            out.push('\n');
        }
        out
    }

    /// A list of objects, one per row; what is empty is `null`.
    pub fn json(&self) -> Value {
        let row = |row: usize| {
            let cells = self.columns.iter().map(|(name, column)| (name.clone(), column.value(row)));
            Value::Object(cells.collect::<Map<String, Value>>())
        };
        Value::Array((0..self.rows()).map(row).collect())
    }
}

impl Column {
    fn length(&self) -> usize {
        match self {
            Column::Text(values) => values.len(),
            Column::Number(values) => values.len(),
        }
    }

    fn cell(&self, row: usize) -> String {
        match self {
            Column::Text(values) => {
                values.get(row).cloned().flatten().map_or_else(String::new, |text| quoted(&text))
            }
            Column::Number(values) => {
                values.get(row).copied().flatten().map_or_else(String::new, |number| number.to_string())
            }
        }
    }

    fn value(&self, row: usize) -> Value {
        match self {
            Column::Text(values) => values.get(row).cloned().flatten().map_or(Value::Null, Value::String),
            Column::Number(values) => values.get(row).copied().flatten().map_or(Value::Null, Value::from),
        }
    }
}

/// A field, in quotes where it needs them. Text that a spreadsheet would run as a formula gets a space in front.
fn quoted(text: &str) -> String {
    let text = if text.starts_with(['=', '@']) { format!(" {text}") } else { text.to_string() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
