//! What a file holds before anything is understood.

use jiff::civil::Date;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// One cell as its file gives it.
#[derive(Clone, PartialEq)]
pub enum RawCell {
    /// Nothing, or what the file itself marks as missing.
    Empty,
    /// Text, trimmed, not empty.
    Text(SmolStr),
    /// A finite number.
    Number(f64),
    /// A day.
    Date(Date),
}

impl RawCell {
    /// Text without surrounding blanks; nothing left is [`RawCell::Empty`].
    pub fn text(text: &str) -> Self {
        match text.trim() {
            "" => RawCell::Empty,
            text => RawCell::Text(text.into()),
        }
    }

    /// A number; not finite ones are [`RawCell::Empty`].
    pub fn number(number: f64) -> Self {
        if number.is_finite() { RawCell::Number(number) } else { RawCell::Empty }
    }
}

/// A column of a file.
pub struct RawColumn {
    /// Its name in the file.
    pub name: String,
    /// What the file says about it.
    pub label: String,
    /// What the file says of single values (SPSS value labels), as text of the value → label.
    pub labels: BTreeMap<String, String>,
    /// Its cells.
    pub cells: Vec<RawCell>,
}

/// The table of a file.
pub struct RawTable {
    /// Name of the file, for messages.
    pub file: String,
    /// The columns, equally long.
    pub columns: Vec<RawColumn>,
    /// Line (or number) of each row in the file, from 1.
    pub lines: Vec<u64>,
}

impl RawTable {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.lines.len()
    }
}
