//! The gate: what may leave the vault, and the proof that it hides what it must.
//!
//! [`protect`] turns the sensitive cells of one indicator into a [`Release`], or refuses. It is the only
//! way to a `Release`: the fields are private and there is no `Deserialize`.
//!
//! ```compile_fail
//! let forged = kekiz_disclosure::Release { content: Default::default() };
//! ```
//! ```compile_fail
//! let forged: kekiz_disclosure::Release = serde_json::from_str("{}").unwrap();
//! ```
//!
//! How it works, in the order of the modules: [`policy`] holds the rules as data; `primary` finds the cells
//! that are sensitive by themselves and what an attacker knows of them; `relations`, `land` and `calendar` list the sums an
//! attacker can check (groups in totals, areas in areas, periods in periods) and `discover` those nobody declared;
//! `grid` lays tables that share variables side by side; `secondary` suppresses further cells until every
//! suppressed cell can take enough values, with paths from `moves` or the integer program of `cheapest`; `attack`
//! finds the exact feasible interval of every hidden cell; `bond` hides what shares variables in any other way than as a
//! sum; `publish` rounds and writes the public cells.
//!
//! The promise is one-sided on purpose: a cell counts as safe only when two complete integer tables were
//! exhibited that both agree with everything public and differ in this cell by the promised width. A fault of a
//! solver can cost cells or the word "exact", never safety.

mod attack;
mod audit;
mod bond;
mod calendar;
mod cheapest;
mod discover;
mod gate;
pub mod general;
mod grid;
mod history;
mod land;
mod moves;
pub mod policy;
mod primary;
mod publish;
mod refusal;
mod relations;
mod release;
mod secondary;
mod together;
mod totals;

pub use audit::Audit;
pub use gate::{protect, protect_together};
pub use history::{EarlierCells, History};
pub use policy::{
    AreaSum, Breakdown, GroupDisclosure, Policy, PolicyError, Rounding, VariableSum, WithoutCounts,
};
pub use refusal::{CellName, Refusal};
pub use release::{Protection, Receipt, Release};
pub use together::{Atom, Made, Member, tied};
pub use totals::tied_by_numbers;
