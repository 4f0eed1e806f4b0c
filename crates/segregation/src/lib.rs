//! Segregation indices with chance correction, intervals and decomposition.
//!
//! [`Counts`] holds how many children of each group each unit has (a quarter, a Kita, a school); indices are free
//! functions on it or on the two slices of a focal group and the rest. Small units differ by pure chance:
//! [`chance`] says how much, and [`inference`] draws what chance alone would give.

pub mod chance;
mod counts;
pub mod decompose;
mod draw;
pub mod evenness;
pub mod exposure;
pub mod inference;
pub mod information;
pub mod multigroup;
pub mod space;

pub use counts::{Counts, CountsError};
