//! Methods of small-area statistics as free functions on slices: intervals, standardisation, empirical Bayes,
//! differences, quantiles, correlation, funnel limits, composite indices, and what permutation tests need: random
//! draws, p-values and their adjustment.
//!
//! Two rules hold everywhere. What cannot be computed (no persons, constant columns, not finite input) is `None`
//! or an error, never a NaN. Where literature knows several answers (type of a quantile, divisor of a standard
//! deviation, interval), the caller names the one wanted.

pub mod adjust;
pub mod alternative;
pub mod correlation;
pub mod difference;
pub mod draw;
pub mod empirical_bayes;
pub mod forecast;
pub mod funnel;
pub mod index;
pub mod inequality;
pub mod interval;
pub mod moments;
pub mod mover;
pub mod quantile;
mod root;
pub mod standardise;
pub mod trend;

pub use alternative::{Alternative, Extremes, normal_p};
pub use kekiz_base::Interval;
