//! Record linkage after Fellegi and Sunter: which records are one person?
//!
//! [`parse_model`] reads what is compared how, [`suggest()`] writes a first model from the columns; [`link()`] takes
//! [`Records`] and gives [`Linked`]: parameters, pairs with match weights, from which [`Linked::clusters`] makes
//! persons, `Linked::one_to_one` links, [`Linked::waterfall`] the explanation of a pair and [`Linked::charts`]
//! what a reviewer wants to see. [`clk`] encodes identifying values so that two offices can link without exchanging
//! names. Nothing here reads a file or a clock other than to report how long a step took; no error or `Debug`
//! carries a person's value.

mod assign;
mod blocking;
mod charts;
pub mod clk;
mod cluster;
mod compare;
pub mod em;
mod estimate;
pub mod evaluate;
mod link;
pub mod model;
mod pool;
mod prepare;
mod records;
pub mod similarity;
mod suggest;
pub mod text;
mod waterfall;
mod weights;

pub use assign::{Cardinality, Links};
pub use blocking::RuleCount;
pub use charts::{Bar, Charts, LevelWeight, ThresholdRow};
pub use cluster::Clusters;
pub use estimate::Estimate;
pub use link::{LinkError, Linked, ScoredPair, Search, Timing, count_pairs, link};
pub use model::{Model, ModelError, parse_model, write_model};
pub use prepare::PrepareError;
pub use records::{MISSING, Records, TextColumn, TextColumnBuilder, Texts, stable_hash};
pub use suggest::{Role, Suggestion, suggest};
pub use waterfall::{Step, Waterfall};
pub use weights::{probability, weight_of};
