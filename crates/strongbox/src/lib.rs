//! The encrypted half of the protected root: person records, links and review decisions as sealed files.
//!
//! A folder holds `strongbox.json` (which catalogue and which key are current), a sealed catalogue, sealed items, and
//! `audit.log`, the chain of all accesses. Every file of content is sealed with AES-256-GCM in chunks ([`seal`]); what is
//! not finished is sealed as well, so a killed process leaves nothing readable. A change becomes visible by one rename
//! ([`Change::commit`]) or not at all.
//!
//! The key lives outside ([`keyfile`]). [`Secrets`] has neither `Debug` nor `Display`:
//!
//! ```compile_fail
//! let secrets = kekiz_strongbox::Secrets::random().unwrap();
//! println!("{secrets:?}");
//! ```
//!
//! Nothing here knows what an item means; its bytes are never looked at and never appear in a message.

pub mod audit;
mod catalogue;
mod change;
mod error;
mod hex;
pub mod keyfile;
mod root;
mod rotate;
pub mod seal;
mod secret;
mod strongbox;

pub use audit::{AuditReport, Entry, verify};
pub use catalogue::{Item, ItemKind, RestsOn};
pub use change::Change;
pub use error::StrongboxError;
pub use secret::{Passphrase, Secrets};
pub use strongbox::{Accessor, Strongbox};
