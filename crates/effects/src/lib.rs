//! How much more often one group has something than another: cross tables with shares, risk and odds ratios,
//! tests of association, strata, survey weights, and logistic regression.
//!
//! Counts are persons. A ratio that grows without end is `None` ("beyond all bounds"), never an infinite number; what
//! cannot be computed (no persons in a group) is `None` as a whole, never a NaN. Where literature knows several
//! intervals, the caller names the one wanted. Results of these functions are as sensitive as the counts they come
//! from: only `disclosure::protect` lets figures out.

mod bisect;
pub mod chi_square;
mod cholesky;
pub mod exact;
pub mod fourfold;
pub mod logistic;
pub mod ratio;
pub mod score;
pub mod stratified;
pub mod survey;

pub use fourfold::{FourFold, FourFoldError, Share};
pub use ratio::{OddsInterval, Ratio, RiskInterval, odds_ratio, risk_ratio};
