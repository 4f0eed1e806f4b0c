//! Person records from files of other programs: read, checked, placed in areas and freed from what identifies.
//!
//! A [`Schema`] (TOML, shipped ones in [`shipped()`]) says which variable is what. [`read()`] opens CSV, fixed width,
//! XLSX, Parquet and SPSS files as [`RawTable`]; [`take_in()`] turns that into two tables that have nothing in common
//! but a random-looking record number: [`Taken::records`] with pseudonyms, areas and content (Erhebungsmerkmale), and
//! [`Taken::linking`] with names and dates (Hilfsmerkmale). Addresses become areas and are gone. What was found goes to
//! [`kekiz_base::Diagnostics`]: places and counts, never a value.
//!
//! No type that holds values of persons has `Debug` or `Display`:
//!
//! ```compile_fail
//! let table = kekiz_microdata::Table::default();
//! println!("{table:?}");
//! ```
//!
//! The format of schemas is described in `docs/formate.md`.

mod checks;
mod coverage;
mod derive;
mod encode;
mod error;
mod fixed;
mod intake;
mod parquet;
mod parse;
mod place;
mod pseudonym;
mod raw;
mod read;
mod sav;
pub mod schema;
mod shipped;
mod table;

pub use coverage::{Coverage, OfficeCoverage};
pub use encode::TableError;
pub use error::IntakeError;
pub use intake::{Intake, Summary, Taken, take_in};
pub use place::{Address, AddressTable, AreaFinder, Nowhere};
pub use pseudonym::PseudonymKey;
pub use raw::{RawCell, RawColumn, RawTable};
pub use read::read;
pub use schema::{LinkField, Schema, parse_schema};
pub use shipped::{SHIPPED, shipped};
pub use table::{Codes, Column, Table, Values};
