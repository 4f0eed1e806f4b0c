//! Record linkage on plain files, for everybody with a CSV or Parquet file: no project, no vault.
//!
//! One function per command of `kekiz link`: files in, a file of identifiers and a report out. Files are read and
//! written here; the method is `kekiz_linkage`. Outputs hold identifiers, weights and counts, never a compared value,
//! and appear whole or not at all.

mod add;
mod dedupe;
mod encode;
mod error;
mod evaluate;
mod files;
mod memory;
mod read;
mod report;
mod run;
mod suggest;
mod write;

pub use add::{AddRequest, add};
pub use dedupe::{DedupeRequest, dedupe};
pub use encode::{CompareReport, CompareRequest, EncodeReport, EncodeRequest, compare_encoded, encode};
pub use error::LinkFileError;
pub use evaluate::{AtThreshold, EvaluateRequest, Evaluation, evaluate};
pub use files::{FilesRequest, link_files};
pub use kekiz_linkage::Cardinality;
pub use kekiz_linkage::evaluate::Quality;
pub use report::{Report, RuleReport};
pub use run::RunSettings;
pub use suggest::{SuggestRequest, suggest_model};
