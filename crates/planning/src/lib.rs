//! The prevention chain and the mission statement as computations: coverage, gaps, transitions, take-up,
//! siting of offers, state of a goal, the planning cycle, the network of actors.
//!
//! Everything here is a pure function on plain structs: no file, no clock, no database. What is not known stays
//! visible as not known and is never a zero. Every sentence comes with the figures it rests on ([`Finding`]).
//!
//! Methods and their sources in German: `docs/verfahren/planung.md`.

pub mod coverage;
pub mod cycle;
pub mod distance;
pub mod estimate;
pub mod finding;
pub mod goals;
pub mod network;
pub mod siting;
pub mod take_up;
pub mod transitions;

pub use estimate::{Amount, Estimate};
pub use finding::{Finding, Rests};
