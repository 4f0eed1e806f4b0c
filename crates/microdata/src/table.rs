//! A table of person records in columns.

use jiff::civil::Date;
use smol_str::SmolStr;
use std::collections::HashMap;

/// Words of a column: distinct ones, and for each row which of them.
#[derive(Clone, Default, PartialEq)]
pub struct Codes {
    words: Vec<SmolStr>,
    rows: Vec<u32>,
    numbers: HashMap<SmolStr, u32>,
}

const NONE: u32 = u32::MAX;

impl Codes {
    /// Appends a row.
    pub fn push(&mut self, word: Option<&str>) {
        let Some(word) = word else { return self.rows.push(NONE) };
        let number = match self.numbers.get(word) {
            Some(number) => *number,
            None => {
                let number = u32::try_from(self.words.len()).unwrap_or(NONE);
                self.words.push(word.into());
                self.numbers.insert(word.into(), number);
                number
            }
        };
        self.rows.push(number);
    }

    /// The word of a row.
    pub fn get(&self, row: usize) -> Option<&str> {
        let number = *self.rows.get(row)?;
        self.words.get(number as usize).map(SmolStr::as_str)
    }

    /// The distinct words in the order of their first row.
    pub fn words(&self) -> &[SmolStr] {
        &self.words
    }

    /// For each row the number of its word; `u32::MAX` where there is none.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// From parts; `None` when a number names no word or two words are the same.
    pub(crate) fn from_parts(words: Vec<SmolStr>, rows: Vec<u32>) -> Option<Self> {
        let numbers: HashMap<SmolStr, u32> = words
            .iter()
            .cloned()
            .enumerate()
            .map(|(n, word)| Some((word, u32::try_from(n).ok()?)))
            .collect::<Option<_>>()?;
        let fits = rows.iter().all(|row| *row == NONE || (*row as usize) < words.len());
        (fits && numbers.len() == words.len()).then_some(Self { words, rows, numbers })
    }
}

impl<'a> FromIterator<Option<&'a str>> for Codes {
    fn from_iter<T: IntoIterator<Item = Option<&'a str>>>(words: T) -> Self {
        let mut codes = Codes::default();
        for word in words {
            codes.push(word);
        }
        codes
    }
}

/// The values of one column; `None` where nothing is known.
#[derive(Clone, PartialEq)]
pub enum Values {
    /// Codes, keys, pseudonyms, names.
    Codes(Codes),
    /// Finite numbers.
    Numbers(Vec<Option<f64>>),
    /// Days; a month is its first day.
    Dates(Vec<Option<Date>>),
}

/// A column.
#[derive(Clone, PartialEq)]
pub struct Column {
    /// Name of the variable.
    pub name: SmolStr,
    /// Its values.
    pub values: Values,
}

impl Column {
    /// A code, key or name.
    pub fn code(&self, row: usize) -> Option<&str> {
        match &self.values {
            Values::Codes(codes) => codes.get(row),
            Values::Numbers(_) | Values::Dates(_) => None,
        }
    }

    /// A number.
    pub fn number(&self, row: usize) -> Option<f64> {
        match &self.values {
            Values::Numbers(numbers) => numbers.get(row).copied().flatten(),
            Values::Codes(_) | Values::Dates(_) => None,
        }
    }

    /// A day.
    pub fn date(&self, row: usize) -> Option<Date> {
        match &self.values {
            Values::Dates(dates) => dates.get(row).copied().flatten(),
            Values::Codes(_) | Values::Numbers(_) => None,
        }
    }

    /// Whether something is known.
    pub fn is_known(&self, row: usize) -> bool {
        match &self.values {
            Values::Codes(codes) => codes.get(row).is_some(),
            Values::Numbers(_) => self.number(row).is_some(),
            Values::Dates(_) => self.date(row).is_some(),
        }
    }

    /// The value as text for grouping: codes as they are, whole numbers without decimals, days as `2024-12-31`.
    pub fn text(&self, row: usize) -> Option<SmolStr> {
        match &self.values {
            Values::Codes(codes) => codes.get(row).map(SmolStr::new),
            Values::Numbers(_) => self.number(row).map(|number| smol_str::format_smolstr!("{number}")),
            Values::Dates(_) => self.date(row).map(|date| smol_str::format_smolstr!("{date}")),
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match &self.values {
            Values::Codes(codes) => codes.rows.len(),
            Values::Numbers(numbers) => numbers.len(),
            Values::Dates(dates) => dates.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows whose mark is true.
    pub(crate) fn filtered(&self, keep: &[bool]) -> Column {
        fn kept<T: Copy>(values: &[T], keep: &[bool]) -> Vec<T> {
            values.iter().zip(keep).filter(|(_, keep)| **keep).map(|(value, _)| *value).collect()
        }
        let values = match &self.values {
            // Built anew, so that a word nobody has any more does not stay in the dictionary.
            Values::Codes(codes) => {
                let rows = keep.iter().enumerate().filter(|(_, keep)| **keep);
                Values::Codes(rows.map(|(row, _)| codes.get(row)).collect())
            }
            Values::Numbers(numbers) => Values::Numbers(kept(numbers, keep)),
            Values::Dates(dates) => Values::Dates(kept(dates, keep)),
        };
        Column { name: self.name.clone(), values }
    }
}

/// Columns of equal length.
#[derive(Clone, Default, PartialEq)]
pub struct Table {
    columns: Vec<Column>,
    rows: usize,
}

impl Table {
    /// A table of columns; `None` when they differ in length or two share a name.
    pub fn new(columns: Vec<Column>) -> Option<Self> {
        let rows = columns.first().map_or(0, Column::len);
        let names: std::collections::HashSet<&SmolStr> = columns.iter().map(|column| &column.name).collect();
        let fits = names.len() == columns.len() && columns.iter().all(|column| column.len() == rows);
        fits.then_some(Self { columns, rows })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The columns in their order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// A column by its name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The rows whose mark is true, in their order; `keep` is as long as the table.
    pub fn filtered(&self, keep: &[bool]) -> Table {
        let columns: Vec<Column> = self.columns.iter().map(|column| column.filtered(keep)).collect();
        let rows = keep.iter().take(self.rows).filter(|keep| **keep).count();
        Table { columns, rows }
    }
}
