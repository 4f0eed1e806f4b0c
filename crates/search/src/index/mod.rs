//! The index: terms in the engine, properties in columns, both of one state.

mod columns;
mod document;
mod finder;
mod snapshot;

pub(crate) use columns::{Columns, Origin, Tags};
pub use document::Part;
pub(crate) use document::{STEM, WORD, texts_of};
pub use finder::{Finder, State, Written};
pub(crate) use snapshot::Snapshot;
