//! One function per thing the statistics office does with person records; the command line and the desk call the same.
//!
//! An [`Office`] is an opened strongbox with the person who opened it. Whoever has the key is the office: possession of the
//! key is what the role Statistikstelle is proved by, and the name goes to the log of accesses. What leaves is counts
//! ([`compute()`]), which the figures vault takes and the gate protects, and protected tables ([`release()`]). Names are read
//! by [`link()`] alone.

mod analyse;
mod compute;
mod describe;
mod error;
mod frame;
mod import;
mod link;
mod office;
mod purge;
mod release;

pub use analyse::{
    Analysis, AnalysisDefinition, CrossTable, GroupLine, RatioLine, TableDefinition, analyse, parse_analysis,
};
pub use compute::{CountDefinition, CountDefinitions, Counts, compute, parse_counts};
pub use describe::{DatasetLine, Description, describe, list};
pub use error::{PersonsError, Refused};
pub use frame::{FrameDefinition, Join};
pub use import::{ImportJob, Imported, import};
pub use link::{Doubtful, LinkJob, LinkReport, PairFields, decide, doubtful, link, show_pair};
pub use office::Office;
pub use purge::{PurgeReport, PurgedPart, overdue, purge_dataset, purge_linking, purge_person};
pub use release::{Released, ReleasedTable, release};
