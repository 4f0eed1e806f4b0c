//! How alike two texts are. All functions are symmetric.

mod edit;
mod jaro_winkler;

pub use edit::{damerau_levenshtein, damerau_levenshtein_within};
pub use jaro_winkler::{jaro, jaro_winkler};
