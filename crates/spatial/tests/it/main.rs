//! Tests of the crate from outside, on generated boundaries and small excerpts.

mod classifying;
mod fixtures;
mod hostile;
mod measuring;
mod projecting;
mod reading;
mod repairing;
mod simplifying;
