//! One function per thing families, providers and coordinators do with offers, goals and the network.
//!
//! [`Portal`] holds what they share: the database, the search index, the lists and settings of the municipality, the
//! addresses, clock and chance. Functions that write take an [`Actor`], check its permission on the object, validate,
//! do everything in one transaction with an entry in the audit log, and bring the search index up to date. Functions
//! that read take none: what they give is public.

mod actor;
mod around;
pub mod chain;
pub mod claims;
pub mod complain;
mod config;
pub mod demo;
pub mod duplicates;
pub mod edit;
pub mod elsewhere;
mod error;
pub mod exchange;
pub mod find;
pub mod hsds;
pub mod import;
pub mod inbox;
pub mod kinds;
mod lists;
pub mod mission;
pub mod network;
pub mod offer;
pub mod people;
pub mod places;
mod portal;
pub mod post;
pub mod proposals;
mod providers;
pub mod registers;
pub mod remind;
pub mod rounds;
pub mod siting;
pub mod take_up;
pub mod uploads;
mod write;

pub use actor::Actor;
pub use around::{Around, Moment};
pub use config::PortalConfig;
pub use error::PortalError;
pub use kekiz_accounts::oidc::Oidc;
pub use kekiz_offers as offers;
pub use kekiz_planning as planning;
pub use kekiz_search as search;
pub use kekiz_store as store;
pub use kekiz_store::entities::Role;
pub use kekiz_store::roles::{Grant, Scope};
pub use lists::Lists;
pub use portal::Portal;
pub use write::Writing;
