//! The protected root of a store: figures as the sources have them, before the gate.
//!
//! A directory `vault/` holds `manifest.json`, which names the datasets and their versions, `datasets/` with their rows
//! as Parquet, and `incoming/` for what is being written. On Unix only the owner may enter. A dataset gets in completely
//! or not at all: rows are written aside, made durable, moved to their place, and then the manifest is replaced. What
//! leaves this crate is [`kekiz_base::Figures`], which has no `Debug`; messages name datasets, variables, areas and
//! periods, never values.

mod error;
mod figures;
mod manifest;
mod rowgroup;
mod rows;
mod vault;
mod writer;

pub use error::{Conflict, VaultError};
pub use manifest::Dataset;
pub use vault::Vault;
pub use writer::DatasetWriter;
