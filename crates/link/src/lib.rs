//! Record linkage on plain files, for everybody with a CSV or Parquet file: no project, no vault.
//!
//! One function per command of `kekiz link`: files in, a file of identifiers and a report out. Files are read and
//! written here; the method is `kekiz_linkage`. Outputs hold identifiers, weights and counts, never a compared value,
//! and appear whole or not at all.

mod dedupe;
mod error;
mod files;
mod memory;
mod read;
mod report;
mod run;
mod suggest;
mod write;

pub use dedupe::{DedupeRequest, dedupe};
pub use error::LinkFileError;
pub use files::{FilesRequest, link_files};
pub use kekiz_linkage::Cardinality;
pub use report::{Report, RuleReport};
pub use run::RunSettings;
pub use suggest::{SuggestRequest, suggest_model};
