//! General tables: any cross table in up to five dimensions with hierarchies, protected on its own.
//!
//! [`GeneralTable`] adds up the finest cells, finds the sensitive ones by a [`TablePolicy`] and says what each needs;
//! [`suppress()`] chooses further cells and attacks the result with the engine of the gate; [`round`] and [`perturb`] are
//! the other ways to protect. Sums, states, the attack and the integer program are the gate's own ([`crate`]).

mod audit;
mod cell_key;
mod choose;
mod dimension;
mod finder;
mod layout;
mod modular;
mod random;
mod rounding;
mod rules;
mod suppress;
mod table;

pub use audit::TableAudit;
pub use cell_key::{Margins, Perturbed, perturb, record_key, transition};
pub use choose::{Method, Suppression, TableRefusal, suppress};
pub use dimension::{Dimension, DimensionError};
pub use layout::{Layout, MOST_CELLS};
pub use rounding::{Rounded, RoundingRefusal, round, round_controlled};
pub use rules::{
    Dominance, GroupRule, Loss, Noise, RateRule, RuleError, SourceThreshold, TablePolicy, Treatment, Weight,
    Zero,
};
pub use table::{Contents, GeneralTable, LARGEST_KEPT, Primary};
