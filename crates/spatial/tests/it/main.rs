//! Tests of the crate from outside, on generated boundaries and small excerpts.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a fixture that cannot be built is a failed test")]

mod autocorrelating;
mod classifying;
mod fixtures;
mod hostile;
mod measuring;
mod projecting;
mod reaching;
mod reading;
mod regionalising;
mod repairing;
mod simplifying;
