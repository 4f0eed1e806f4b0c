//! Operational data: offers, accounts, goals, the network; SQLite or PostgreSQL.
//!
//! [`open()`] gives a connection whose schema is current. Everything else is functions on that connection or on a
//! transaction from [`begin`]; who may call them is decided above, in `accounts` and `portal`. A document (an
//! offer, a goal, an agreement) is kept whole as JSON beside the columns it is asked for by, carries a revision
//! that every write has to name, and leaves its former versions behind.

pub mod accounts;
pub mod addresses;
pub mod attempts;
pub mod audit;
pub mod bulk;
pub mod changes;
pub mod claims;
pub mod cycle;
pub mod document;
pub mod entities;
pub mod error_reports;
pub mod factors;
pub mod identities;
pub mod jobs;
pub mod leitbild;
pub mod merges;
mod migrate;
pub mod network;
pub mod offers;
pub mod open;
pub mod outbox;
pub mod personal;
pub mod places;
pub mod records;
pub mod reminders;
pub mod retention;
pub mod roles;
pub mod sessions;
pub mod stamp;
pub mod taxonomy;
pub mod tokens;
mod trouble;

pub use document::{Edit, SaveError, Stored};
pub use migrate::LATEST;
pub use open::{OpenError, begin, open};
pub use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr};
pub use stamp::Stamp;
pub use trouble::Trouble;
