//! The mapping file (TOML): which column of a table is what.
//!
//! The format is described with complete examples in `docs/zuordnung.md`.

mod check;

pub use check::parse_mapping;

use kekiz_base::{KeyKind, Source};
use serde::de::{self, Deserializer, IntoDeserializer, Visitor};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// Version of the mapping format this program reads.
pub const MAPPING_VERSION: u32 = 1;

/// What a table means, read from a mapping file by [`crate::parse_mapping`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Version of the format, [`MAPPING_VERSION`].
    pub version: u32,
    /// Name of the dataset: small letters, digits, `-` and `_`.
    pub dataset: String,
    /// The publisher already protected the figures (open data).
    #[serde(default)]
    pub protected_by_publisher: bool,
    /// Rows to leave out: the text of their first cells or of their area cell.
    #[serde(default)]
    pub skip_rows: Vec<String>,
    /// Where the figures come from and under which licence.
    pub source: Source,
    /// Hints on the file; everything left out is found by looking.
    #[serde(default)]
    pub file: FileHints,
    /// Where the area is.
    #[serde(default)]
    pub area: AreaMapping,
    /// Where the period is.
    #[serde(default)]
    pub time: TimeMapping,
    /// The column that names the variable of each row (long tables).
    #[serde(default)]
    pub variable: Option<VariableMapping>,
    /// Columns of breakdowns; several are joined with ` / `.
    #[serde(default)]
    pub group: OneOrMany<GroupMapping>,
    /// Only rows whose column has (one of) these texts; `""` stands for an empty field.
    #[serde(default, rename = "where")]
    pub filter: BTreeMap<String, OneOrMany<String>>,
    /// The columns with figures.
    pub values: OneOrMany<ValueMapping>,
    /// The publisher's own marks in place of a number.
    #[serde(default)]
    pub marks: BTreeMap<String, MarkMeaning>,
}

/// One entry or a list of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    /// A list.
    Many(Vec<T>),
    /// One entry.
    One(T),
}

/// By hand, since a derived untagged enum would swallow which entry is wrong.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = OneOrMany<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one entry or a list")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                T::deserialize(text.into_deserializer()).map(OneOrMany::One)
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                Vec::deserialize(de::value::SeqAccessDeserializer::new(list)).map(OneOrMany::Many)
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(de::value::MapAccessDeserializer::new(map)).map(OneOrMany::One)
            }
        }

        deserializer.deserialize_any(Either(PhantomData))
    }
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        OneOrMany::Many(Vec::new())
    }
}

impl<T> OneOrMany<T> {
    /// The entries.
    pub fn as_slice(&self) -> &[T] {
        match self {
            OneOrMany::Many(list) => list,
            OneOrMany::One(one) => std::slice::from_ref(one),
        }
    }
}

/// Hints on how the file is written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileHints {
    /// Name of the file this mapping was written for; only for people and for `demo`.
    pub name: Option<String>,
    /// File inside a ZIP archive.
    pub entry: Option<String>,
    /// Sheet of a workbook.
    pub sheet: Option<String>,
    /// Encoding (`utf-8`, `windows-1252`, `utf-16le`, … as in the WHATWG Encoding standard).
    pub encoding: Option<String>,
    /// Character between fields.
    pub delimiter: Option<char>,
    /// Decimal separator, `,` or `.`.
    pub decimal: Option<char>,
    /// Thousands separator, `.`, `,`, `'` or a space.
    pub thousands: Option<char>,
    /// First line of the header.
    pub header_line: Option<u64>,
    /// Number of lines the header takes; several are joined with ` | `.
    pub header_rows: Option<usize>,
    /// What a bare `0` means.
    #[serde(default)]
    pub zero: ZeroMeaning,
    /// Units behind numbers that may be dropped, beside `%`, `€`, `EUR` and `Euro`.
    #[serde(default)]
    pub units: Vec<String>,
    /// Columns where an empty field repeats the field above.
    #[serde(default)]
    pub fill_down: Vec<String>,
}

/// What a bare `0` in a table means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZeroMeaning {
    /// Nothing.
    #[default]
    Zero,
    /// More than nothing, but less than half of the smallest unit (tables that print `-` for nothing).
    LessThanHalf,
}

/// Where the area of a figure is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaMapping {
    /// Column with the key.
    pub column: Option<String>,
    /// Code of the GENESIS dimension with the key (`KREISE`), or several of which one is present.
    pub dimension: Option<OneOrMany<String>>,
    /// One area for the whole table.
    pub fixed: Option<String>,
    /// Kind of key.
    #[serde(default = "own_key")]
    pub kind: KeyKind,
    /// Put in front of every key.
    #[serde(default)]
    pub key_prefix: String,
    /// The key of rows without one, or `skip` to leave such rows out.
    pub when_empty: Option<String>,
    /// `skip` leaves out rows whose key is of another level (a table of all levels in one column).
    pub other_levels: Option<SkipWord>,
    /// Final keys for texts of the column (no prefix is added to them); `skip` leaves the rows out.
    #[serde(default)]
    pub rename: BTreeMap<String, String>,
    /// Keep only these texts of the column.
    pub only: Option<Vec<String>>,
}

/// The one word `skip`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipWord {
    /// Leave the rows out.
    Skip,
}

fn own_key() -> KeyKind {
    KeyKind::Own
}

impl Default for AreaMapping {
    fn default() -> Self {
        Self {
            column: None,
            dimension: None,
            fixed: None,
            kind: KeyKind::Own,
            key_prefix: String::new(),
            when_empty: None,
            other_levels: None,
            rename: BTreeMap::new(),
            only: None,
        }
    }
}

/// Where the period of a figure is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeMapping {
    /// Column with the period.
    pub column: Option<String>,
    /// One period for the whole table.
    pub fixed: Option<String>,
    /// Read every period as this kind (a reference date as its year).
    #[serde(rename = "as")]
    pub reading: Option<PeriodReading>,
    /// Periods for texts of the column.
    #[serde(default)]
    pub rename: BTreeMap<String, String>,
}

/// The kind of period every text is turned into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodReading {
    /// The year the period ends in.
    Year,
    /// A school year; a plain year is the year it begins in.
    SchoolYear,
}

/// The column that names the variable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariableMapping {
    /// Column with the name; left out when a pattern of `values` has `{variable}`.
    pub column: Option<String>,
    /// Variables for texts of the column.
    #[serde(default)]
    pub rename: BTreeMap<String, String>,
    /// Keep only these texts of the column.
    pub only: Option<Vec<String>>,
    /// Put in front of every variable that is not renamed.
    #[serde(default)]
    pub prefix: String,
}

/// A column of a breakdown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupMapping {
    /// Column with the group; left out when a pattern of `values` has `{group}`.
    pub column: Option<String>,
    /// Code of the GENESIS dimension (`GES`).
    pub dimension: Option<String>,
    /// Groups for texts of the column; `insgesamt` is the whole.
    #[serde(default)]
    pub rename: BTreeMap<String, String>,
    /// Keep only these texts of the column.
    pub only: Option<Vec<String>>,
}

/// A column with figures, or a pattern of many.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueMapping {
    /// Name of the column (or `#3` for the third).
    pub column: Option<String>,
    /// Pattern of column names with `{variable}`, `{period}`, `{group}`, `{area}` or `{ignore}`.
    pub pattern: Option<String>,
    /// Columns the pattern must not take.
    #[serde(default)]
    pub except: Vec<String>,
    /// Variable of the column.
    pub variable: Option<String>,
    /// Period of the column.
    pub period: Option<String>,
    /// Group of the column.
    pub group: Option<String>,
    /// Column with the quality mark; for a pattern a suffix of the column's name (`__q`).
    pub quality: Option<String>,
    /// Factor for every number (1000 for a table in thousands).
    pub scale: Option<f64>,
}

/// Meaning of a publisher's own mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkMeaning {
    /// A true zero.
    Zero,
    /// Unknown or kept secret.
    UnknownOrSecret,
    /// Comes later.
    Later,
    /// Not reliable enough.
    Unreliable,
    /// Makes no sense.
    Blocked,
    /// No statement.
    Empty,
}

/// Whether a text can name a variable: ascii letters, digits and `_`, not beginning with a digit.
pub(crate) fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 120
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !name.starts_with(|c: char| c.is_ascii_digit())
}
