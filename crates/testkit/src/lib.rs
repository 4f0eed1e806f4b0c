//! A made-up city with planted canaries, for tests.
//!
//! Musterstadt has 3 Stadtbezirke and 12 Stadtteile; around it lie two Kreise with five Gemeinden in a made-up
//! Land. Its figures come from formulas, so they are the same on every machine. In some Stadtteile the
//! counts are small and their bases are numbers that occur nowhere else ([`CANARIES`]): whoever finds one of
//! them in a page, a file or a message has found a leak.

mod areas;
mod canary;
mod figures;
mod grid;
mod publish;
mod schools;

pub use areas::{area_layers, areas};
pub use canary::canary_in;
pub use figures::{child_poverty, children, income, social_index, youth_share};
pub use grid::published_grid;
pub use publish::{TestkitError, publish_city, published_city};
pub use schools::schools;

/// Numbers that stand in suppressed cells only: bases of the shares, and the shares as a program would print them.
pub const CANARIES: [&str; 6] = ["7919", "7907", "6997", "0.0378", "0.0252", "0.0428"];
