//! Catalogue definitions to sensitive cells.
//!
//! A catalogue is a TOML file: indicators with expressions over the variables of the imported datasets, and recipes
//! that join indicators to an index. [`Catalogue::read`] reads it, [`check`] holds its expressions against the
//! variables there are, [`compute()`] turns a definition and figures into a [`kekiz_base::Cube`], and
//! [`compute_index`] turns several cubes and a recipe into an index, [`compute_change`] a cube into its changes. Nothing
//! here reads a file, and every result is sensitive until it has passed the gate.

pub mod catalogue;
pub mod change;
pub mod compute;
pub mod expression;
pub mod index;
pub mod spelling;
pub mod suggest;
pub mod territory;

pub use catalogue::{
    Catalogue, CatalogueError, Change, Definition, Formula, IntervalMethod, Measure, Method, Recipe, check,
};
pub use change::{ChangeError, compute_change};
pub use compute::{ComputeError, compute, compute_on_territory};
pub use expression::{Expression, ExpressionError, Variable};
pub use index::{AreaSensitivity, Index, IndexError, compute_index};
pub use suggest::suggest_catalogue;
pub use territory::rewrite;
