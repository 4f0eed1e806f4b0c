//! The workbench of the statistics office: import, coverage, linkage with clerical review, cross tables, release through
//! the gate, purge, log of accesses.
//!
//! These are the only pages that see the vault, and they are a process of their own: the public server neither contains
//! this crate nor has the key. Who wants in brings the key file; nothing of it is written to disk, and it is forgotten
//! when the session ends. A session ends on logout, after a time without a request, or with the process. Every page
//! works without JavaScript; nothing is kept by browsers, and no page is shown inside another one.
//!
//! What a page shows of persons: counts, levels of agreement, coverage. Names and dates of a pair are shown only when the
//! reviewer asks for them, and that is an entry in the log.

mod form;
mod gate;
mod guard;
mod look;
mod pages;
mod problem;
mod state;

pub use guard::is_own_machine;
pub use pages::{router, serve};
pub use state::{Around, CountStore, Desk, DeskConfig};
