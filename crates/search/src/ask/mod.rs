//! Asking the index: filters, matching, ranking, and why.

mod correct;
mod explain;
mod facets;
mod filter;
mod matching;
mod query;
mod run;
mod understand;
mod widen;

pub use explain::{How, Reason};
pub use facets::{Count, Facets};
pub use filter::Filter;
pub use query::{Age, Near, OpenTest, PriceLimit, Query, Sort};
pub use run::{Found, Hit};
pub use widen::Widening;
