//! Messy official tables to checked rows of figures.
//!
//! A [`Mapping`] (TOML) says which column of a table is what; [`read()`] lays it over a file and hands the figures
//! to a [`FigureSink`] batch by batch. Everything the mapping leaves open (encoding, delimiter, header line,
//! number format) is found by looking, and what was assumed is said in the diagnostics. What could not be read is
//! refused with line, column and remedy; no mark of a source is ever turned into 0.
//!
//! The mapping format is described in `docs/zuordnung.md`.

mod body;
mod cell;
mod columns;
mod dialect;
mod error;
pub mod mapping;
mod merge;
mod notes;
mod number;
mod open;
mod pattern;
mod period;
mod plain;
mod plan;
mod points;
mod read;
mod records;
mod rows;
mod sheet;
mod suggest;
mod text;
mod words;

pub use columns::{Columns, read_columns};
pub use error::{MappingError, ReadError, SinkError};
pub use mapping::{Mapping, parse_mapping};
pub use open::{Content, TableFile};
pub use plain::{PlainRecords, PlainTable, read_plain, read_records};
pub use points::{
    FacilityColumns, FacilityMapping, PointRow, Unproject, parse_facility_mapping, read_points,
};
pub use read::{FigureSink, Summary, read, read_with_threads};
pub use suggest::suggest;
