//! Finding offers by the words people use, and places by an address table, without asking anyone else.
//!
//! [`Finder`] holds the offers as [`Entry`]s and answers a [`Query`] with hits in order, each with its [`Reason`]s,
//! counts for further choices, corrections of spelling, and ways out when nothing is found. What parents say and
//! what offers call it is in [`Synonyms`], a file that a municipality edits. [`address::AddressTable`] turns a typed
//! address into a point. How hits are ranked is written down in `docs/verfahren.md`.

pub mod address;
mod ask;
mod bits;
mod entry;
mod error;
mod fold;
mod index;
mod lexicon;
mod stem;
mod synonyms;

pub use ask::{
    Age, Count, Facets, Filter, Found, Hit, How, Near, OpenTest, PriceLimit, Query, Reason, Sort, Widening,
};
pub use entry::{Entry, Place, Price, Text, hours_of_text, opening_text};
pub use error::SearchError;
pub use index::{Finder, Part, State, Written};
pub use synonyms::{SynonymError, Synonyms};
